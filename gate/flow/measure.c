/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/measure.h"

#include "gate/flow/measure_cache.h"
#include "gate/git/refs.h"

void gate_measurement_release(struct gate_measurement *measurement)
{
	gate_metrics_release(&measurement->metrics);
	if (measurement->memo)
		gate_memo_release(measurement->memo);
	free(measurement->memo);
	gate_live_release(&measurement->live);
	gate_log_release(&measurement->log);
	gate_config_free(measurement->config);
	free(measurement->repository);
	for (size_t i = 0; measurement->folders && i < measurement->found->n; i++)
		gate_pathset_free(measurement->folders[i]);
	free(measurement->folders);
	gate_found_services_free(measurement->found);
	free(measurement->services);
	gate_zone_free(measurement->zone);
	*measurement = (struct gate_measurement){ 0 };
}

static int find_head(struct gate_measurement *out, const struct gate_repo *repo,
                     struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf name = { 0 };
	struct gate_error why = { 0 };
	struct gate_oid id;
	int code = GATE_ENOTFOUND;

	gate_buf_printf(&name, "refs/remotes/%s/HEAD", out->log.remote ? out->log.remote : "");
	if (gate_buf_failed(&name))
		return gate_fail_memory(err);
	if (out->log.remote)
		code = gate_ref_lookup(&id, repo, name.ptr, &why);
	if (code == GATE_ENOTFOUND)
		code = gate_ref_lookup(&id, repo, "HEAD", &why);
	if (code == GATE_ENOTFOUND)
		return GATE_OK;
	if (code == GATE_OK)
		code = gate_peel_commit(&out->input.trunk, repo, &id, &why);
	if (code < 0) {
		if (err)
			*err = why;
		return code;
	}
	out->input.has_trunk = true;
	return GATE_OK;
}

/* Reads the configuration; `head` is the tree that it was read from. */
static int load_config(struct gate_measurement *out, struct gate_snapshot *head,
                       const struct gate_repo *repo, const char *revision, struct gate_error *err)
{
	int code = gate_repo_trees(&head->trees, repo, err);

	out->config_commit = out->input.trunk;
	out->has_config_commit = out->input.has_trunk;
	if (code == GATE_OK && revision) {
		code = gate_rev_commit(&out->config_commit, repo, revision, err);
		out->has_config_commit = true;
		/* What is merged follows from what the head of a report says, too. */
		out->input.trunk = out->config_commit;
		out->input.has_trunk = true;
	}
	if (code == GATE_OK && out->has_config_commit)
		code = gate_snapshot_of_commit(head, repo, &out->config_commit, err);
	if (code == GATE_OK)
		code = gate_config_load(&out->config, head, NULL, NULL, 0, err);
	return code == GATE_OK ? gate_config_seal(out->config, err) : code;
}

/* Nobody said what the services are: what the files say. Without a tree in this clone there is none. */
static int find_services(struct gate_measurement *out, const struct gate_snapshot *head,
                         struct gate_error *err)
{
	struct gate_error why = { 0 };
	int code = gate_services_find(&out->found, head, &why);

	if (code == GATE_ENOMEM)
		return gate_fail_memory(err);
	if (code < 0)
		return GATE_OK;
	out->services = calloc(out->found->n + 1, sizeof(*out->services));
	out->folders = calloc(out->found->n + 1, sizeof(struct gate_pathset *));
	if (!out->services || !out->folders)
		return gate_fail_memory(err);
	for (size_t i = 0; code == GATE_OK && i < out->found->n; i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
		struct gate_pattern pattern;

		gate_buf_putc(&text, '/');
		for (const char *c = out->found->items[i].folder; *c; c++)
			gate_buf_printf(&text, strchr("*?[\\{", *c) ? "\\%c" : "%c", *c);
		if (gate_buf_failed(&text))
			return gate_fail_memory(err);
		pattern = (struct gate_pattern){ text.ptr, text.len };
		code = gate_pathset_compile(&out->folders[i], "", &pattern, 1, NULL, NULL, NULL,
		                            NULL, err);
		out->services[i] = (struct gate_metrics_service){ .name = out->found->items[i].name,
			                                          .paths = out->folders[i] };
	}
	out->input.services = out->services;
	out->input.n_services = out->found->n;
	return code;
}

static int take_services(struct gate_measurement *out, const struct gate_snapshot *head,
                         struct gate_error *err)
{
	const struct gate_config *config = out->config;

	if (!config->n_services && out->has_config_commit)
		return find_services(out, head, err);
	out->services = calloc(config->n_services + 1, sizeof(*out->services));
	if (!out->services)
		return gate_fail_memory(err);
	for (size_t i = 0; i < config->n_services; i++)
		out->services[i] = (struct gate_metrics_service){ config->services[i].name,
			                                          config->services[i].paths,
			                                          config->services[i].shared };
	out->input.services = out->services;
	out->input.n_services = config->n_services;
	return GATE_OK;
}

static int name_repository(struct gate_measurement *out, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf name = { 0 };
	int code = gate_log_source(&name, &out->log, NULL, err);

	if (code < 0)
		return code;
	out->repository = gate_buf_take(&name);
	out->input.repository = out->repository;
	return out->repository ? GATE_OK : gate_fail_memory(err);
}

/* What begins like a date is none of git's names. */
static bool is_time(const char *text)
{
	return strspn(text, "0123456789") == 4 && text[4] == '-';
}

/* The log goes back, and `now` with it. */
static int go_back(struct gate_time *now, struct gate_measurement *out, const char *as_of,
                   struct gate_error *err)
{
	int64_t seconds;
	int code;

	if (is_time(as_of)) {
		code = gate_window_time(now, as_of, out->zone, "--as-of", err);
		seconds = now->seconds;
		return code < 0 ? code : gate_log_go_back(&seconds, &out->log, NULL, err);
	}
	code = gate_log_go_back(&seconds, &out->log, as_of, err);
	if (code == GATE_OK)
		*now = (struct gate_time){ .seconds = seconds };
	return code;
}

/* The next whole second: a window ends before now, and what was recorded just now is in it. */
static struct gate_time read_clock(void)
{
	const struct gate_time now = gate_now();

	return (struct gate_time){ .seconds = now.seconds + 1 };
}

/* As of when, and of which time. */
static int settle_time(struct gate_measurement *out, const struct gate_measure_options *options,
                       struct gate_error *err)
{
	struct gate_time now = read_clock();
	int code = gate_window_zone(&out->zone, options->zone, err);

	if (code == GATE_OK && options->as_of)
		code = go_back(&now, out, options->as_of, err);
	if (code < 0)
		return code;
	if (options->now)
		now = *options->now;
	out->input.now = now.seconds;
	return gate_window_parse(&out->window, options->window, options->to, out->zone, now, err);
}

static int build(struct gate_measurement *all, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf key = { 0 };
	int code;

	all->memo = calloc(1, sizeof(*all->memo));
	if (!all->memo)
		return gate_fail_memory(err);
	code = gate_measure_key(&key, all, err);
	if (code < 0)
		return code;
	gate_measure_recall(all, &key);
	all->input.memo = all->memo;
	code = gate_metrics_build(&all->metrics, &all->input, err);
	if (code == GATE_OK)
		gate_measure_keep(all, &key);
	return code;
}

int gate_measure(struct gate_measurement *out, const struct gate_repo *repo,
                 const struct gate_measure_options *options, struct gate_error *err)
{
	GATE_AUTO(gate_measurement_release) struct gate_measurement all = { 0 };
	struct gate_snapshot head = { .repo = repo, .tree = gate_oid_empty_tree };
	int code = gate_log_open(&all.log, repo, options->now, err);

	all.input.repo = repo;
	if (code == GATE_OK)
		code = settle_time(&all, options, err);
	if (code == GATE_OK)
		code = find_head(&all, repo, err);
	if (code == GATE_OK)
		code = load_config(&all, &head, repo, options->config, err);
	if (code == GATE_OK)
		code = take_services(&all, &head, err);
	if (code == GATE_OK)
		code = name_repository(&all, err);
	if (code == GATE_OK)
		code = gate_log_read(&all.live, &all.log, err);
	if (code < 0)
		return code;
	all.input.log = &all.live;
	all.input.remote = all.log.remote;
	code = build(&all, err);
	if (code < 0)
		return code;
	*out = all;
	all = (struct gate_measurement){ 0 };
	/* These are looked at while the table is built, and not behind it. */
	out->input.log = &out->live;
	return GATE_OK;
}

bool gate_measures_environment(const struct gate_measurement *measurement, const char *environment)
{
	const struct gate_config *config = measurement->config;

	for (size_t i = 0; i < config->n_environments; i++)
		if (!strcmp(config->environments[i].name, environment))
			return config->environments[i].tier == GATE_TIER_PRODUCTION;
	return !strcmp(environment, "production") || !strcmp(environment, "prod");
}
