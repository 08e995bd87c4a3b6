/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Predicates on lines: the content of both sides is read only here.
 */
#include "gate/policy/predicates.h"

#include <inttypes.h>

struct added_lines {
	struct gate_paths of;
	struct gate_number min, max;
};

static const struct gate_param added_lines_params[] = {
	{ "of", GATE_PARAM_PATHS, offsetof(struct added_lines, of),
	  "files that count; default: all" },
	{ "min", GATE_PARAM_NUMBER, offsetof(struct added_lines, min), "at least so many" },
	{ "max", GATE_PARAM_NUMBER, offsetof(struct added_lines, max), "at most so many" },
	{ 0 },
};

/*
 * Sums the lines of all matched files. One whose lines are unknown makes the sum unknown, unless what is known already settles it; and the
 * sum of known ones is given, for that.
 */
static int sum_lines(int64_t *added, int64_t *deleted, struct gate_result *unknown,
                     const struct gate_matched *matched, const struct gate_item *item,
                     struct gate_error *err)
{
	for (size_t i = 0; i < matched->n; i++) {
		bool ok;
		int code = gate_need_lines(&ok, unknown, item, matched->files[i], err);

		if (code < 0)
			return code;
		if (!ok)
			continue;
		*added += (int64_t)matched->files[i]->lines.n_added;
		*deleted += (int64_t)matched->files[i]->lines.n_deleted;
	}
	return GATE_OK;
}

static int eval_added_lines(struct gate_result *result, const struct gate_item *item,
                            const void *params, struct gate_error *err)
{
	const struct added_lines *wanted = params;
	GATE_AUTO(gate_result_clear) struct gate_result unknown = { 0 };
	struct gate_matched matched;
	int64_t added = 0, deleted = 0;
	char paths[96];
	size_t used;
	bool outside, too_many, enough;
	int code = gate_match_files(&matched, result, item, &wanted->of, err);

	if (code == GATE_OK && result->truth != GATE_UNKNOWN)
		code = sum_lines(&added, &deleted, &unknown, &matched, item, err);
	if (code < 0 || result->truth == GATE_UNKNOWN)
		return code;
	outside = gate_outside(result->detail, sizeof(result->detail), added, "added line",
	                       &wanted->min, &wanted->max);
	/* Unknown lines can only add to the sum. */
	too_many = wanted->max.given && added > wanted->max.value;
	enough = !outside && !wanted->max.given;
	if (unknown.truth == GATE_UNKNOWN && !too_many && !enough) {
		gate_result_clear(result);
		*result = unknown;
		unknown = (struct gate_result){ 0 };
		return GATE_OK;
	}
	result->truth = outside ? GATE_FALSE : GATE_TRUE;
	used = strlen(result->detail);
	snprintf(result->detail + used, sizeof(result->detail) - used, " in %s",
	         gate_paths_text(paths, &wanted->of, item));
	for (size_t i = 0; code == GATE_OK && i < matched.n; i++)
		if (matched.files[i]->lines.n_added)
			code = gate_result_add_place(result, matched.files[i]->file.path,
			                             matched.files[i]->lines.added[0].number, err);
	return code;
}

const struct gate_predicate gate_predicate_added_lines = {
	.name = "added-lines",
	.summary = "how many lines were added",
	.facts = GATE_BIT(GATE_FACT_FILES) | GATE_BIT(GATE_FACT_LINES),
	.size = sizeof(struct added_lines),
	.params = added_lines_params,
	.eval = eval_added_lines,
	.fix = NULL,
};

struct added_text {
	struct gate_paths of;
	struct gate_text_param match;
};

static const struct gate_param added_text_params[] = {
	{ "match", GATE_PARAM_TEXT, offsetof(struct added_text, match),
	  "pattern that an added line holds", .shorthand = true, .required = true },
	{ "of", GATE_PARAM_PATHS, offsetof(struct added_text, of),
	  "files that count; default: all" },
	{ 0 },
};

/* Adds the lines of one file that match; a match that was given up is kept as unknown. */
static int match_lines(struct gate_result *result, bool *gave_up, const struct added_text *wanted,
                       const struct gate_change_file *file, struct gate_error *err)
{
	for (size_t i = 0; i < file->lines.n_added; i++) {
		const struct gate_line *line = &file->lines.added[i];
		enum gate_match match = gate_text_match(
			wanted->match.text, file->lines.new_blob.bytes + line->offset, line->len);
		int code = GATE_OK;

		if (match == GATE_MATCH_LIMIT)
			*gave_up = true;
		else if (match == GATE_MATCH_YES)
			code = gate_result_add_place(result, file->file.path, line->number, err);
		if (code < 0)
			return code;
	}
	return GATE_OK;
}

static int eval_added_text(struct gate_result *result, const struct gate_item *item,
                           const void *params, struct gate_error *err)
{
	const struct added_text *wanted = params;
	GATE_AUTO(gate_result_clear) struct gate_result unknown = { 0 };
	const struct gate_known limit = {
		.why = "a pattern took too long on an added line and was given up"
	};
	struct gate_matched matched;
	char pattern[96];
	int code = gate_match_files(&matched, result, item, &wanted->of, err);

	for (size_t i = 0; code == GATE_OK && result->truth != GATE_UNKNOWN && i < matched.n; i++) {
		struct gate_change_file *file = matched.files[i];
		bool ok, gave_up = false;

		if (file->file.status == GATE_FILE_DELETED)
			continue;
		code = gate_need_lines(&ok, &unknown, item, file, err);
		if (code == GATE_OK && ok)
			code = match_lines(result, &gave_up, wanted, file, err);
		if (code == GATE_OK && gave_up)
			gate_result_unknown(&unknown, GATE_FACT_LINES, true, &limit);
	}
	if (code < 0 || result->truth == GATE_UNKNOWN)
		return code;
	/* One line that matches settles it, whatever the unknown ones hold. */
	if (!result->n_places && unknown.truth == GATE_UNKNOWN) {
		gate_result_clear(result);
		*result = unknown;
		unknown = (struct gate_result){ 0 };
		return GATE_OK;
	}
	result->truth = result->n_places ? GATE_TRUE : GATE_FALSE;
	gate_yaml_inline(pattern, wanted->match.node);
	if (result->n_places)
		snprintf(result->detail, sizeof(result->detail), "%zu added line%s match%s '%s'",
		         GATE_PLURAL(result->n_places), result->n_places == 1 ? "es" : "", pattern);
	else
		snprintf(result->detail, sizeof(result->detail), "no added line matches '%s'",
		         pattern);
	return GATE_OK;
}

const struct gate_predicate gate_predicate_added_text = {
	.name = "added-text",
	.summary = "an added line holds a text",
	.facts = GATE_BIT(GATE_FACT_FILES) | GATE_BIT(GATE_FACT_LINES),
	.size = sizeof(struct added_text),
	.params = added_text_params,
	.eval = eval_added_text,
	.fix = "git commit --all --amend --no-edit",
};

struct diff {
	struct gate_paths of;
	struct gate_range_param files, lines, added, deleted;
};

static const struct gate_param diff_params[] = {
	{ "of", GATE_PARAM_PATHS, offsetof(struct diff, of), "files that count; default: all" },
	{ "files", GATE_PARAM_RANGE, offsetof(struct diff, files), "changed files" },
	{ "lines", GATE_PARAM_RANGE, offsetof(struct diff, lines),
	  "added and deleted lines together" },
	{ "added", GATE_PARAM_RANGE, offsetof(struct diff, added), "added lines" },
	{ "deleted", GATE_PARAM_RANGE, offsetof(struct diff, deleted), "deleted lines" },
	{ 0 },
};

/* Appends what is outside: "612 lines, at most 400". */
static bool range_fails(struct gate_result *result, const struct gate_range_param *param,
                        int64_t value, const char *unit)
{
	const struct gate_number min = { param->range.min > 0, param->range.min };
	const struct gate_number max = { param->range.max < INT64_MAX, param->range.max };
	size_t used = strlen(result->detail);
	char text[128];
	bool outside;

	if (!param->given)
		return false;
	outside = gate_outside(text, sizeof(text), value, unit, &min, &max);
	snprintf(result->detail + used, sizeof(result->detail) - used, "%s%s", used ? ", " : "",
	         text);
	return outside;
}

static int eval_diff(struct gate_result *result, const struct gate_item *item, const void *params,
                     struct gate_error *err)
{
	const struct diff *wanted = params;
	GATE_AUTO(gate_result_clear) struct gate_result unknown = { 0 };
	bool need_lines = wanted->lines.given || wanted->added.given || wanted->deleted.given;
	struct gate_matched matched;
	int64_t added = 0, deleted = 0;
	bool outside;
	int code = gate_match_files(&matched, result, item, &wanted->of, err);

	if (code < 0 || result->truth == GATE_UNKNOWN)
		return code;
	outside = range_fails(result, &wanted->files, (int64_t)matched.n, "file");
	if (need_lines) {
		code = sum_lines(&added, &deleted, &unknown, &matched, item, err);
		if (code < 0)
			return code;
		if (unknown.truth == GATE_UNKNOWN && !outside) {
			gate_result_clear(result);
			*result = unknown;
			unknown = (struct gate_result){ 0 };
			return GATE_OK;
		}
		outside |= range_fails(result, &wanted->lines, added + deleted, "changed line");
		outside |= range_fails(result, &wanted->added, added, "added line");
		outside |= range_fails(result, &wanted->deleted, deleted, "deleted line");
	}
	result->truth = outside ? GATE_FALSE : GATE_TRUE;
	return GATE_OK;
}

const struct gate_predicate gate_predicate_diff = {
	.name = "diff",
	.summary = "the size of the change",
	.facts = GATE_BIT(GATE_FACT_FILES) | GATE_BIT(GATE_FACT_LINES),
	.size = sizeof(struct diff),
	.params = diff_params,
	.eval = eval_diff,
	.fix = NULL,
};
