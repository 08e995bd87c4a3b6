/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The predicate on plans for going back. A plan is written first, and then checked (docs/decisions/008-a-way-back-is-written.md): in a trailer of
 * any commit, or in the lines that the change adds to a plan file. One that holds is enough.
 */
#include "gate/policy/rollback.h"

#include "gate/base/limits.h"

#define TRAILER GATE_ROLLBACK_TRAILER
#define MIN_WORDS 4

struct rollback {
	unsigned kinds; /* GATE_BIT(enum gate_plan_kind) */
	struct gate_paths file;
	struct gate_number min_words;
};

static const struct gate_param rollback_params[] = {
	{ "kinds", GATE_PARAM_WORDS, offsetof(struct rollback, kinds),
	  "kinds of plan that are fine", .words = gate_plan_kind_names, .shorthand = true,
	  .required = true },
	{ "file", GATE_PARAM_PATHS, offsetof(struct rollback, file),
	  "plan files; default: ROLLBACK.md in any folder, rollback/*.md" },
	{ "min-words", GATE_PARAM_NUMBER, offsetof(struct rollback, min_words),
	  "words of a manual plan at least; default: 4" },
	{ 0 },
};

/* The plans of an item are judged as they are met. */
struct search {
	const struct rollback *wanted;
	const struct gate_item *item;
	size_t n;                 /* met */
	unsigned tried;           /* kinds that look the same whoever writes them */
	struct gate_result found; /* a true one, else the first false one */
	struct gate_result unknown;
	struct gate_error *err;
};

static void search_release(struct search *search)
{
	gate_result_clear(&search->found);
	gate_result_clear(&search->unknown);
}
GATE_DEFINE_AUTO_STRUCT(struct search, search_release)

/* The search may end: a plan holds. */
#define HOLDS 1

static const char *list_kinds(char buf[96], unsigned kinds)
{
	size_t used = 0;

	for (int kind = 0; kind < GATE_PLAN_KINDS; kind++)
		if (kinds & GATE_BIT(kind))
			used += (size_t)snprintf(buf + used, 96 - used, "%s%s", used ? ", " : "",
			                         gate_plan_kind_names[kind]);
	return buf;
}

static int judge_kind(struct gate_result *result, const struct search *search,
                      const struct gate_plan *plan)
{
	const struct gate_number *min = &search->wanted->min_words;
	size_t words = min->given && min->value >= 0 ? (size_t)min->value : MIN_WORDS;

	switch (plan->kind) {
	case GATE_PLAN_DOWN_MIGRATION:
		return gate_rollback_down_migration(result, search->item, search->err);
	case GATE_PLAN_FLAG:
		return gate_rollback_flag(result, search->item, plan->text, plan->len, search->err);
	case GATE_PLAN_PREVIOUS_ARTIFACT:
		return gate_rollback_previous_artifact(result, search->item, search->err);
	case GATE_PLAN_REVERT:
		return gate_rollback_revert(result, search->item, search->err);
	case GATE_PLAN_MANUAL:
	case GATE_PLAN_KINDS:
		break;
	}
	gate_rollback_manual(result, plan->text, plan->len, words);
	return GATE_OK;
}

static void take(struct gate_result *to, struct gate_result *from)
{
	gate_result_clear(to);
	*to = *from;
	*from = (struct gate_result){ 0 };
}

/* The first one is kept, but for one that only a later stage can know: an accident can be mended. */
static void keep_unknown(struct search *search, struct gate_result *unknown)
{
	if (unknown->truth == GATE_UNKNOWN && (search->unknown.truth != GATE_UNKNOWN ||
	                                       (unknown->accident && !search->unknown.accident)))
		take(&search->unknown, unknown);
}

/* Says which plan it is that holds, or does not. */
static void name_plan(struct gate_result *result, const struct gate_plan *plan)
{
	char detail[sizeof(result->detail)];

	memcpy(detail, result->detail, sizeof(detail));
	snprintf(result->detail, sizeof(result->detail), "the plan '%s' %s: %.260s",
	         gate_plan_kind_names[plan->kind],
	         result->truth == GATE_TRUE ? "holds" : "does not hold", detail);
}

static int judge_plan(struct search *search, const struct gate_plan *plan)
{
	const unsigned same = GATE_BIT(GATE_PLAN_DOWN_MIGRATION) | GATE_BIT(GATE_PLAN_REVERT) |
	                      GATE_BIT(GATE_PLAN_PREVIOUS_ARTIFACT);
	GATE_AUTO(gate_result_clear) struct gate_result result = { 0 };
	unsigned kind = GATE_BIT(plan->kind);
	char kinds[96];
	int code = GATE_OK;

	search->n++;
	if (search->tried & kind & same)
		return GATE_OK;
	search->tried |= kind;
	if (search->wanted->kinds & kind) {
		code = judge_kind(&result, search, plan);
	} else {
		result.truth = GATE_FALSE;
		snprintf(result.detail, sizeof(result.detail), "asked for is one of %s",
		         list_kinds(kinds, search->wanted->kinds));
	}
	if (code < 0)
		return code;
	if (result.truth == GATE_UNKNOWN) {
		keep_unknown(search, &result);
		return GATE_OK;
	}
	name_plan(&result, plan);
	if (result.truth == GATE_TRUE || !search->found.detail[0])
		take(&search->found, &result);
	return search->found.truth == GATE_TRUE ? HOLDS : GATE_OK;
}

static int judge_trailer(const struct gate_trailer *trailer, void *payload)
{
	struct gate_plan plan;

	gate_plan_read(&plan, trailer->value, trailer->value_len);
	return judge_plan(payload, &plan);
}

/* What the change adds to one plan file: the plans that its lines name or, where they name none, all of it as words. */
static int judge_file(struct search *search, const struct gate_lines *lines)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	struct gate_plan plan = { .kind = GATE_PLAN_MANUAL };
	bool named = false;
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < lines->n_added; i++) {
		const char *line = lines->new_blob.bytes + lines->added[i].offset;

		gate_buf_add(&text, line, lines->added[i].len);
		gate_buf_putc(&text, '\n');
		if (!gate_plan_read_line(&plan, line, lines->added[i].len) ||
		    plan.kind == GATE_PLAN_MANUAL)
			continue;
		named = true;
		code = judge_plan(search, &plan);
	}
	if (gate_buf_failed(&text))
		return gate_fail_memory(search->err);
	if (code != GATE_OK || named || !text.len)
		return code;
	plan = (struct gate_plan){ GATE_PLAN_MANUAL, text.ptr, text.len };
	return judge_plan(search, &plan);
}

/* Plan files lie beside the services, so those of the whole change count. */
static int judge_files(struct search *search, struct gate_error *err)
{
	static const struct gate_pattern usual[] = { { "ROLLBACK.md", 11 },
		                                     { "rollback/*.md", 13 } };
	GATE_AUTO(gate_pathset_free) struct gate_pathset *own = NULL;
	struct gate_paths paths = search->wanted->file;
	GATE_AUTO(gate_result_clear) struct gate_result no_files = { 0 };
	struct gate_item item = *search->item;
	struct gate_matched files;
	int code = GATE_OK;

	item.wide = !item.commit;
	if (!paths.node) {
		code = gate_pathset_compile(&own, item.scope->folder, usual, GATE_COUNT(usual),
		                            NULL, NULL, NULL, NULL, err);
		paths.set = own;
	}
	if (code == GATE_OK)
		code = gate_match_files(&files, &no_files, &item, &paths, err);
	keep_unknown(search, &no_files);
	for (size_t i = 0; code == GATE_OK && i < files.n; i++) {
		GATE_AUTO(gate_result_clear) struct gate_result unknown = { 0 };
		bool ok;

		code = gate_need_lines(&ok, &unknown, &item, files.files[i], err);
		if (code == GATE_OK && ok)
			code = judge_file(search, &files.files[i]->lines);
		else if (code == GATE_OK)
			keep_unknown(search, &unknown);
	}
	return code;
}

/* A kind that is fine and would hold, if it were written. */
static int find_fitting(const char **out, const struct search *search)
{
	static const enum gate_plan_kind kinds[] = { GATE_PLAN_REVERT, GATE_PLAN_DOWN_MIGRATION };

	for (size_t i = 0; i < GATE_COUNT(kinds); i++) {
		GATE_AUTO(gate_result_clear) struct gate_result result = { 0 };
		const struct gate_plan plan = { .kind = kinds[i] };
		int code = GATE_OK;

		if (search->wanted->kinds & ~search->tried & GATE_BIT(kinds[i]))
			code = judge_kind(&result, search, &plan);
		if (code < 0)
			return code;
		if (result.truth == GATE_TRUE) {
			*out = gate_plan_kind_names[kinds[i]];
			return GATE_OK;
		}
	}
	return GATE_OK;
}

/* What to write: what a plan was meant to be, or one that would hold, else one of a kind that a writer can fill in. */
static int suggest(struct gate_result *result, const struct search *search)
{
	const unsigned kinds = search->wanted->kinds;
	const char *plan = kinds & GATE_BIT(GATE_PLAN_MANUAL)              ? "HOW"
	                   : kinds & GATE_BIT(GATE_PLAN_FLAG)              ? "flag:KEY"
	                   : kinds & GATE_BIT(GATE_PLAN_PREVIOUS_ARTIFACT) ? "previous-artifact"
	                   : kinds & GATE_BIT(GATE_PLAN_DOWN_MIGRATION)    ? "down-migration"
	                                                                   : "revert";
	int code;

	if (result->lacks[0])
		return GATE_OK;
	code = find_fitting(&plan, search);
	snprintf(result->lacks, sizeof(result->lacks), TRAILER ": %s", plan);
	return code;
}

static int say_none(struct gate_result *result, const struct search *search)
{
	char kinds[96], files[96] = "ROLLBACK.md, rollback/*.md";

	if (search->n) {
		size_t used;

		*result = search->found;
		used = strlen(result->detail);
		if (search->n > 1)
			snprintf(result->detail + used, sizeof(result->detail) - used,
			         " (of %zu plans, none holds)", search->n);
		return suggest(result, search);
	}
	if (search->wanted->file.node)
		gate_paths_text(files, &search->wanted->file, search->item);
	result->truth = GATE_FALSE;
	snprintf(result->detail, sizeof(result->detail),
	         "no plan for going back (%s): no trailer '" TRAILER
	         ":', and no added line in a plan file (%s)",
	         list_kinds(kinds, search->wanted->kinds), files);
	return suggest(result, search);
}

static int eval_rollback(struct gate_result *result, const struct gate_item *item,
                         const void *params, struct gate_error *err)
{
	GATE_AUTO(search_release)
	struct search search = { .wanted = params, .item = item, .err = err };
	int code = gate_each_trailer(&search.unknown, item, TRAILER, judge_trailer, &search, err);

	if (code == GATE_OK)
		code = judge_files(&search, err);
	if (code < 0)
		return code;
	if (code == HOLDS) {
		take(result, &search.found);
		return GATE_OK;
	}
	/* What could not be read may hold a plan, and what could not be judged may hold. */
	if (search.unknown.truth == GATE_UNKNOWN) {
		take(result, &search.unknown);
		return GATE_OK;
	}
	code = say_none(result, &search);
	search.found = (struct gate_result){ 0 };
	return code;
}

const struct gate_predicate gate_predicate_rollback_plan = {
	.name = "rollback-plan",
	.summary = "a plan for going back is written, and it holds",
	.facts = GATE_BIT(GATE_FACT_FILES) | GATE_BIT(GATE_FACT_LINES) |
	         GATE_BIT(GATE_FACT_MESSAGE) | GATE_BIT(GATE_FACT_COMMITS),
	.size = sizeof(struct rollback),
	.params = rollback_params,
	.eval = eval_rollback,
	.fix = "git commit --amend --no-edit --trailer {missing}",
};
