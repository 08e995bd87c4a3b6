/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Predicates on where a change comes from, where it goes, and what it consists of.
 */
#include "gate/policy/predicates.h"

struct names {
	struct gate_names of;
};

static const struct gate_param names_params[] = {
	{ "of", GATE_PARAM_NAMES, offsetof(struct names, of), "names", .shorthand = true,
	  .required = true },
	{ 0 },
};

static int eval_name(struct gate_result *result, const struct gate_item *item,
                     const struct names *wanted, const char *name, const char *what,
                     enum gate_fact fact)
{
	const struct gate_known unknown = { .why = "it is not known which branch this is for" };
	char list[96];

	if (!name && item->change->no_target) {
		result->truth = GATE_FALSE;
		snprintf(result->detail, sizeof(result->detail), "%.200s is no branch",
		         item->change->name);
		return GATE_OK;
	}
	if (!name) {
		gate_result_unknown(result, fact, true, &unknown);
		return GATE_OK;
	}
	result->truth =
		gate_nameset_match(wanted->of.set, name, strlen(name)) ? GATE_TRUE : GATE_FALSE;
	snprintf(result->detail, sizeof(result->detail), "the %s '%.100s' %s %s", what, name,
	         result->truth == GATE_TRUE ? "matches" : "does not match",
	         gate_yaml_inline(list, wanted->of.node));
	return GATE_OK;
}

static int eval_branch(struct gate_result *result, const struct gate_item *item, const void *params,
                       struct gate_error *err)
{
	(void)err;
	return eval_name(result, item, params, item->change->branch, "branch", GATE_FACT_BRANCH);
}

static int eval_target(struct gate_result *result, const struct gate_item *item, const void *params,
                       struct gate_error *err)
{
	(void)err;
	return eval_name(result, item, params, item->change->target, "target", GATE_FACT_TARGET);
}

const struct gate_predicate gate_predicate_branch = {
	.name = "branch",
	.summary = "the branch the change comes from",
	.facts = GATE_BIT(GATE_FACT_BRANCH),
	.size = sizeof(struct names),
	.params = names_params,
	.eval = eval_branch,
	.fix = "git branch -m {branch} NEW-NAME",
};

const struct gate_predicate gate_predicate_target = {
	.name = "target",
	.summary = "the branch the change goes to",
	.facts = GATE_BIT(GATE_FACT_TARGET),
	.size = sizeof(struct names),
	.params = names_params,
	.eval = eval_target,
	.fix = NULL,
};

struct ref_update {
	unsigned of;
};

/* In the order of the bits of enum gate_ref_update. */
static const char *const updates[] = { "create", "update", "force", "delete", "direct", NULL };

static const struct gate_param ref_update_params[] = {
	{ "of", GATE_PARAM_WORDS, offsetof(struct ref_update, of),
	  "create; update (forward); force (not forward); delete; direct (an existing branch moves "
	  "by a push)",
	  .words = updates, .shorthand = true, .required = true },
	{ 0 },
};

static int eval_ref_update(struct gate_result *result, const struct gate_item *item,
                           const void *params, struct gate_error *err)
{
	static const char *const said[] = { "creates", "moves forward", "rewrites", "deletes",
		                            "pushes directly to" };
	const struct ref_update *wanted = params;
	const struct gate_change *change = item->change;
	const struct gate_known unknown = { .why = "it is not known what happens to the ref" };

	(void)err;
	if (!change->has_ref_update) {
		gate_result_unknown(result, GATE_FACT_REF_UPDATE, true, &unknown);
		return GATE_OK;
	}
	result->truth = change->ref_update & wanted->of ? GATE_TRUE : GATE_FALSE;
	snprintf(result->detail, sizeof(result->detail), "no such update of %.200s", change->name);
	for (size_t i = 0; i < GATE_COUNT(said); i++)
		if (change->ref_update & wanted->of & GATE_BIT(i)) {
			snprintf(result->detail, sizeof(result->detail), "%s %.200s", said[i],
			         change->name);
			break;
		}
	return GATE_OK;
}

const struct gate_predicate gate_predicate_ref_update = {
	.name = "ref-update",
	.summary = "what the push does to the ref",
	.facts = GATE_BIT(GATE_FACT_REF_UPDATE),
	.size = sizeof(struct ref_update),
	.params = ref_update_params,
	.eval = eval_ref_update,
	.fix = NULL,
};

struct commits {
	struct gate_number min, max;
	struct gate_range_param merges;
};

static const struct gate_param commits_params[] = {
	{ "min", GATE_PARAM_NUMBER, offsetof(struct commits, min),
	  "commits at least, merges included" },
	{ "max", GATE_PARAM_NUMBER, offsetof(struct commits, max),
	  "commits at most, merges included" },
	{ "merges", GATE_PARAM_RANGE, offsetof(struct commits, merges), "merge commits" },
	{ 0 },
};

static int eval_commits(struct gate_result *result, const struct gate_item *item,
                        const void *params, struct gate_error *err)
{
	const struct commits *wanted = params;
	struct gate_change *change = item->change;
	int64_t merges = 0;
	int code = gate_change_load_commits(change, err);

	if (code < 0)
		return code;
	if (!change->commits_known.known) {
		gate_result_unknown(result, GATE_FACT_COMMITS, true, &change->commits_known);
		return GATE_OK;
	}
	result->truth = GATE_FALSE;
	if (gate_outside(result->detail, sizeof(result->detail), (int64_t)change->n_commits,
	                 "commit", &wanted->min, &wanted->max))
		return GATE_OK;
	for (size_t i = 0; i < change->n_commits; i++)
		merges += change->commits[i].commit && change->commits[i].commit->n_parents > 1;
	if (wanted->merges.given) {
		const struct gate_number min = { true, wanted->merges.range.min };
		const struct gate_number max = { true, wanted->merges.range.max };

		if (gate_outside(result->detail, sizeof(result->detail), merges, "merge commit",
		                 &min, &max))
			return GATE_OK;
	}
	result->truth = GATE_TRUE;
	return GATE_OK;
}

const struct gate_predicate gate_predicate_commits = {
	.name = "commits",
	.summary = "how many commits the change has",
	.facts = GATE_BIT(GATE_FACT_COMMITS),
	.size = sizeof(struct commits),
	.params = commits_params,
	.eval = eval_commits,
	.fix = "git rebase -i {base}",
};
