/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/measured.h"

#include "gate/base/typo.h"
#include "gate/config/merge.h"

/* A service or an environment that nothing is known of is a slip of the pen. */
static int check_name(const char *what, const char *name, const struct gate_measurement *all,
                      bool service, struct gate_error *err)
{
	const struct gate_metrics *metrics = &all->metrics;
	GATE_AUTO(gate_free)
	const char **names =
		calloc(metrics->n_streams + all->config->n_services + 1, sizeof(*names));
	const char *near;
	size_t n = 0;

	if (!names)
		return gate_fail_memory(err);
	for (size_t i = 0; i < metrics->n_streams; i++)
		names[n++] =
			service ? metrics->streams[i].service : metrics->streams[i].environment;
	for (size_t i = 0; service && i < all->config->n_services; i++)
		names[n++] = all->config->services[i].name;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return GATE_OK;
	near = gate_nearest(name, names);
	return gate_fail(err, GATE_EUSAGE, "no deployment of %s '%s' is known%s%s%s", what, name,
	                 near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

int gate_measured_open(struct gate_measurement *out, const struct gate_measured *measured,
                       struct gate_context *context, struct gate_error *err)
{
	GATE_AUTO(gate_measurement_release) struct gate_measurement all = { 0 };
	const struct gate_measure_options options = {
		.config = measured->config,
		.as_of = measured->as_of,
		.now = context->common.now ? &context->now : NULL,
		.window = measured->window,
		.to = measured->to,
		.zone = measured->zone,
	};
	int code = gate_measure(&all, context->repo, &options, err);

	if (code == GATE_OK && measured->service)
		code = check_name("a service", measured->service, &all, true, err);
	if (code == GATE_OK && measured->environment && strcmp(measured->environment, "all") != 0)
		code = check_name("an environment", measured->environment, &all, false, err);
	if (code < 0)
		return code;
	*out = all;
	out->input.log = &out->live;
	all = (struct gate_measurement){ 0 };
	return GATE_OK;
}

/* The first by name, which is one that record takes. */
static const char *first_service(const struct gate_measurement *all)
{
	const char *name = all->input.n_services ? all->services[0].name
	                                         : gate_repository_service(all->repository);

	return gate_config_is_name(name) ? name : NULL;
}

static const char *first_production(const struct gate_config *config)
{
	for (size_t i = 0; i < config->n_environments; i++)
		if (config->environments[i].tier == GATE_TIER_PRODUCTION)
			return config->environments[i].name;
	return "production";
}

struct gate_metrics_head gate_measured_head(const struct gate_measurement *all)
{
	struct gate_metrics_head head = {
		.repository = all->repository,
		.service = first_service(all),
		.environment = first_production(all->config),
		.log = all->log.position[0] ? all->log.position : NULL,
		.as_of = all->log.as_of,
		.config_digest = all->config->digest,
		.window = all->window,
		.now = all->input.now,
		.n_unshared = all->log.n_spooled,
		.n_found = all->found ? all->found->n : 0,
		.n_missing = all->metrics.n_missing,
		.n_tags_left_out = all->metrics.n_tags_left_out,
		.inferred = all->metrics.inferred,
		.tags = all->metrics.tags,
		.requests = all->metrics.requests,
		.cut = all->metrics.cut,
		.shallow = gate_repo_is_shallow(all->input.repo),
	};

	if (all->has_config_commit)
		gate_oid_hex(head.config_commit, &all->config_commit);
	return head;
}

bool gate_measured_wants(const struct gate_measured *measured,
                         const struct gate_measurement *measurement,
                         const struct gate_stream *stream)
{
	if (measured->service && strcmp(measured->service, stream->service) != 0)
		return false;
	if (!measured->environment)
		return gate_measures_environment(measurement, stream->environment);
	return !strcmp(measured->environment, "all") ||
	       !strcmp(measured->environment, stream->environment);
}
