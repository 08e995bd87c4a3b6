/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/facts.h"

#include "gate/read/services.h"

static int read_names(struct gate_facts *out, const struct gate_config *config,
                      struct gate_error *err)
{
	out->services = calloc(config->n_services + 1, sizeof(*out->services));
	out->production = calloc(config->n_environments + 1, sizeof(*out->production));
	if (!out->services || !out->production)
		return gate_fail_memory(err);
	for (size_t i = 0; i < config->n_services; i++)
		out->services[out->n_services++] = config->services[i].name;
	for (size_t i = 0; i < config->n_environments; i++)
		if (config->environments[i].tier == GATE_TIER_PRODUCTION)
			out->production[out->n_production++] = config->environments[i].name;
	return GATE_OK;
}

/* What is not in this clone, or cannot be read, shows nothing. */
static int find_services(struct gate_facts *out, const struct gate_log *log, struct gate_error *err)
{
	GATE_AUTO(gate_found_services_free) struct gate_found_services *found = NULL;
	struct gate_error why = { 0 };
	struct gate_snapshot head;
	int code = gate_snapshot_of_commit(&head, log->repo, &log->head, &why);

	if (code == GATE_OK)
		code = gate_services_find(&found, &head, &why);
	if (code == GATE_ENOMEM)
		return gate_fail_memory(err);
	if (code < 0)
		return GATE_OK;
	out->found = calloc(found->n + 1, sizeof(*out->found));
	for (size_t i = 0; out->found && i < found->n; i++) {
		const char *name = found->items[i].name;

		out->found[i] = gate_arena_copy(&out->arena, name, strlen(name));
		if (!out->found[i])
			return gate_fail_memory(err);
		out->n_found++;
	}
	return out->found ? GATE_OK : gate_fail_memory(err);
}

int gate_facts_read(struct gate_facts *out, struct gate_log *log, struct gate_error *err)
{
	GATE_AUTO(gate_facts_release)
	struct gate_facts facts = { .repo = log->repo,
		                    .resolve = gate_rev_commit,
		                    .state_dir = log->state_dir,
		                    .details = log->config->log.details };
	GATE_AUTO(gate_buf_release) struct gate_buf repository = { 0 };
	int code = gate_log_source(&repository, log, NULL, err);

	if (code == GATE_OK)
		code = read_names(&facts, log->config, err);
	if (code == GATE_OK && !facts.n_services && !gate_oid_is_zero(&log->head))
		code = find_services(&facts, log, err);
	if (code < 0)
		return code;
	if (!gate_oid_is_zero(&log->head))
		gate_oid_hex(facts.head, &log->head);
	facts.repository =
		gate_arena_copy(&facts.arena, gate_buf_text(&repository), repository.len);
	if (!facts.repository)
		return gate_fail_memory(err);
	*out = facts;
	facts = (struct gate_facts){ 0 };
	return GATE_OK;
}
