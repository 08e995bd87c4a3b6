/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Predicates on which files changed.
 */
#include "gate/policy/predicates.h"

struct changed {
	struct gate_paths of;
};

static const struct gate_param changed_params[] = {
	{ "of", GATE_PARAM_PATHS, offsetof(struct changed, of), "files that count",
	  .shorthand = true, .required = true },
	{ 0 },
};

#define ANY_STATUS \
	(GATE_BIT(GATE_FILE_ADDED) | GATE_BIT(GATE_FILE_MODIFIED) | GATE_BIT(GATE_FILE_DELETED))

static int eval_status(struct gate_result *result, const struct gate_item *item, const void *params,
                       unsigned statuses, const char *verb, struct gate_error *err)
{
	const struct changed *changed = params;
	struct gate_matched matched;
	char paths[96];
	int code = gate_match_files(&matched, result, item, &changed->of, err);

	if (code < 0 || result->truth == GATE_UNKNOWN)
		return code;
	gate_keep_status(&matched, statuses);
	result->truth = matched.n ? GATE_TRUE : GATE_FALSE;
	if (!matched.n)
		snprintf(result->detail, sizeof(result->detail),
		         "no %s file matches %s (of %zu changed)", verb,
		         gate_paths_text(paths, &changed->of, item), matched.of);
	else if (matched.n == 1)
		snprintf(result->detail, sizeof(result->detail), "is %s, and matches %s", verb,
		         gate_paths_text(paths, &changed->of, item));
	else
		snprintf(result->detail, sizeof(result->detail), "%zu %s files match %s", matched.n,
		         verb, gate_paths_text(paths, &changed->of, item));
	for (size_t i = 0; code == GATE_OK && i < matched.n; i++)
		code = gate_result_add_place(result, matched.files[i]->file.path, 0, err);
	return code;
}

static int eval_changed(struct gate_result *result, const struct gate_item *item,
                        const void *params, struct gate_error *err)
{
	return eval_status(result, item, params, ANY_STATUS, "changed", err);
}

static int eval_added(struct gate_result *result, const struct gate_item *item, const void *params,
                      struct gate_error *err)
{
	return eval_status(result, item, params, GATE_BIT(GATE_FILE_ADDED), "added", err);
}

static int eval_modified(struct gate_result *result, const struct gate_item *item,
                         const void *params, struct gate_error *err)
{
	return eval_status(result, item, params, GATE_BIT(GATE_FILE_MODIFIED), "modified", err);
}

static int eval_deleted(struct gate_result *result, const struct gate_item *item,
                        const void *params, struct gate_error *err)
{
	return eval_status(result, item, params, GATE_BIT(GATE_FILE_DELETED), "deleted", err);
}

#define AMEND_ALL "git commit --all --amend --no-edit"

const struct gate_predicate gate_predicate_changed = {
	.name = "changed",
	.summary = "a file was added, modified or deleted",
	.facts = GATE_BIT(GATE_FACT_FILES),
	.size = sizeof(struct changed),
	.params = changed_params,
	.eval = eval_changed,
	.fix = GATE_AMEND_FILE,
};

const struct gate_predicate gate_predicate_added = {
	.name = "added",
	.summary = "a file was added",
	.facts = GATE_BIT(GATE_FACT_FILES),
	.size = sizeof(struct changed),
	.params = changed_params,
	.eval = eval_added,
	.fix = GATE_AMEND_FILE,
};

const struct gate_predicate gate_predicate_modified = {
	.name = "modified",
	.summary = "a file that was there was modified",
	.facts = GATE_BIT(GATE_FACT_FILES),
	.size = sizeof(struct changed),
	.params = changed_params,
	.eval = eval_modified,
	.fix = AMEND_ALL,
};

const struct gate_predicate gate_predicate_deleted = {
	.name = "deleted",
	.summary = "a file was deleted",
	.facts = GATE_BIT(GATE_FACT_FILES),
	.size = sizeof(struct changed),
	.params = changed_params,
	.eval = eval_deleted,
	.fix = AMEND_ALL,
};

/* The files outside are what is at fault, so they are looked for; there being none makes it true. */
static int eval_only_changed(struct gate_result *result, const struct gate_item *item,
                             const void *params, struct gate_error *err)
{
	const struct changed *only = params;
	struct gate_matched inside = { 0 }, all = { 0 };
	const struct gate_paths any = { 0 };
	size_t outside, k = 0;
	char paths[96];
	int code = gate_match_files(&inside, result, item, &only->of, err);

	if (code == GATE_OK && result->truth != GATE_UNKNOWN)
		code = gate_match_files(&all, result, item, &any, err);
	if (code < 0 || result->truth == GATE_UNKNOWN)
		return code;
	outside = all.n - inside.n;
	result->truth = outside ? GATE_FALSE : GATE_TRUE;
	if (outside)
		snprintf(result->detail, sizeof(result->detail), "%zu changed file%s outside %s",
		         GATE_PLURAL(outside), gate_paths_text(paths, &only->of, item));
	else
		snprintf(result->detail, sizeof(result->detail),
		         "every changed file (%zu) matches %s", all.n,
		         gate_paths_text(paths, &only->of, item));
	for (size_t i = 0; code == GATE_OK && i < all.n; i++) {
		if (k < inside.n && inside.files[k] == all.files[i])
			k++;
		else if (outside)
			code = gate_result_add_place(result, all.files[i]->file.path, 0, err);
	}
	return code;
}

const struct gate_predicate gate_predicate_only_changed = {
	.name = "only-changed",
	.summary = "every changed file matches; true too when none changed",
	.facts = GATE_BIT(GATE_FACT_FILES),
	.size = sizeof(struct changed),
	.params = changed_params,
	.eval = eval_only_changed,
	.fix = NULL,
};

struct service {
	struct gate_names name, tier, owner;
	struct gate_flag is_new;
};

static const struct gate_param service_params[] = {
	{ "name", GATE_PARAM_NAMES, offsetof(struct service, name), "its name", .shorthand = true },
	{ "tier", GATE_PARAM_NAMES, offsetof(struct service, tier),
	  "its tier, as the policy says" },
	{ "owner", GATE_PARAM_NAMES, offsetof(struct service, owner),
	  "its owner, as the policy says" },
	{ "new", GATE_PARAM_BOOL, offsetof(struct service, is_new),
	  "known only to the change itself" },
	{ 0 },
};

static bool name_matches(const struct gate_names *names, const char *name)
{
	return !names->set || (name && gate_nameset_match(names->set, name, strlen(name)));
}

static bool service_matches(const struct service *wanted, const struct gate_service *service)
{
	return name_matches(&wanted->name, service->name) &&
	       name_matches(&wanted->tier, service->tier) &&
	       name_matches(&wanted->owner, service->owner) &&
	       (!wanted->is_new.given || wanted->is_new.value == service->is_new);
}

bool gate_service_touched(const struct gate_service *service, const struct gate_matched *files)
{
	for (size_t i = 0; i < files->n; i++) {
		const struct gate_file *file = &files->files[i]->file;

		if (gate_pathset_match(service->paths, file->path, file->len) ||
		    (service->tests && gate_pathset_match(service->tests, file->path, file->len)))
			return true;
	}
	return false;
}

static int eval_service(struct gate_result *result, const struct gate_item *item,
                        const void *params, struct gate_error *err)
{
	const struct service *wanted = params;
	const struct gate_paths any = { 0 };
	struct gate_matched files;
	int code;

	if (item->service && !item->wide) {
		result->truth = service_matches(wanted, item->service) ? GATE_TRUE : GATE_FALSE;
		snprintf(result->detail, sizeof(result->detail), "the service is %s%s%s",
		         item->service->name, item->service->tier ? ", tier " : "",
		         item->service->tier ? item->service->tier : "");
		return GATE_OK;
	}
	code = gate_match_files(&files, result, item, &any, err);
	if (code < 0 || result->truth == GATE_UNKNOWN)
		return code;
	for (size_t i = 0; i < item->n_services; i++)
		if (service_matches(wanted, &item->services[i]) &&
		    gate_service_touched(&item->services[i], &files)) {
			result->truth = GATE_TRUE;
			snprintf(result->detail, sizeof(result->detail), "touches %s",
			         item->services[i].name);
			return GATE_OK;
		}
	result->truth = GATE_FALSE;
	snprintf(result->detail, sizeof(result->detail), "touches no such service");
	return GATE_OK;
}

const struct gate_predicate gate_predicate_service = {
	.name = "service",
	.summary = "a touched service (of `each: service`, that one) has this name, tier or owner",
	.facts = GATE_BIT(GATE_FACT_FILES),
	.size = sizeof(struct service),
	.params = service_params,
	.eval = eval_service,
	.fix = NULL,
};

const struct gate_yaml *gate_service_names(const struct gate_expr *expr)
{
	if (expr->predicate != &gate_predicate_service)
		return NULL;
	return ((const struct service *)expr->params)->name.node;
}
