/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Predicates on what commits say.
 */
#include "gate/policy/predicates.h"

#include "gate/base/escape.h"

#include <strings.h>

/* The message of the item's commit; NULL, and the result is unknown, when it is not to be had. */
static int need_message(const struct gate_message **out, struct gate_result *result,
                        struct gate_change *change, struct gate_change_commit *commit,
                        struct gate_error *err)
{
	const struct gate_known not_yet = { .why = "the message is not written yet" };
	const struct gate_known too_long = { .why = "a commit message is too long to be read" };
	int code = gate_commit_load_text(change, commit, err);

	*out = NULL;
	if (code < 0)
		return code;
	if (commit->text_known.known && commit->text.message.cut)
		gate_result_unknown(result, GATE_FACT_MESSAGE, true, &too_long);
	else if (commit->text_known.known)
		*out = &commit->text.message;
	else if (!commit->commit)
		gate_result_unknown(result, GATE_FACT_MESSAGE, false, &not_yet);
	else
		gate_result_unknown(result, GATE_FACT_MESSAGE, true, &commit->text_known);
	return GATE_OK;
}

struct subject {
	struct gate_text_param match;
	struct gate_number min, max;
	unsigned letter_case;
};

static const char *const cases[] = { "lower", "upper", NULL };

static const struct gate_param subject_params[] = {
	{ "match", GATE_PARAM_TEXT, offsetof(struct subject, match), "pattern that it holds",
	  .shorthand = true },
	{ "min", GATE_PARAM_NUMBER, offsetof(struct subject, min), "characters at least" },
	{ "max", GATE_PARAM_NUMBER, offsetof(struct subject, max), "characters at most" },
	{ "case", GATE_PARAM_WORDS, offsetof(struct subject, letter_case),
	  "of its first letter: lower or upper; what is no letter has none", .words = cases },
	{ 0 },
};

/* Whether a text holds a pattern; false in *known when the match was given up. */
static bool holds(bool *known, const struct gate_text_param *pattern, const char *text, size_t len)
{
	enum gate_match match = gate_text_match(pattern->text, text, len);

	*known = match != GATE_MATCH_LIMIT;
	return match == GATE_MATCH_YES;
}

static void gave_up(struct gate_result *result)
{
	const struct gate_known limit = {
		.why = "a pattern took too long on a commit message and was given up"
	};

	gate_result_unknown(result, GATE_FACT_MESSAGE, true, &limit);
}

static bool wrong_case(const struct subject *wanted, const struct gate_message *message)
{
	char first = message->subject_len ? message->subject[0] : '\0';
	bool lower = first >= 'a' && first <= 'z', upper = first >= 'A' && first <= 'Z';

	return (wanted->letter_case == GATE_BIT(0) && upper) ||
	       (wanted->letter_case == GATE_BIT(1) && lower);
}

static int eval_subject(struct gate_result *result, const struct gate_item *item,
                        const void *params, struct gate_error *err)
{
	const struct subject *wanted = params;
	const struct gate_message *message;
	int64_t length;
	char pattern[96];
	bool known = true;
	int code = need_message(&message, result, item->change, item->commit, err);

	if (code < 0 || !message)
		return code;
	length = (int64_t)gate_utf8_count(message->subject, message->subject_len);
	result->truth = GATE_FALSE;
	if (gate_outside(result->detail, sizeof(result->detail), length, "character", &wanted->min,
	                 &wanted->max)) {
		char size[128];

		snprintf(size, sizeof(size), "%.100s", result->detail);
		snprintf(result->detail, sizeof(result->detail), "the subject has %s", size);
		return GATE_OK;
	}
	if (wrong_case(wanted, message)) {
		snprintf(result->detail, sizeof(result->detail),
		         "the subject does not start in %s case", cases[wanted->letter_case >> 1]);
		return GATE_OK;
	}
	if (wanted->match.text) {
		bool found = holds(&known, &wanted->match, message->subject, message->subject_len);

		if (!known) {
			gave_up(result);
			return GATE_OK;
		}
		snprintf(result->detail, sizeof(result->detail), "the subject %s '%s'",
		         found ? "matches" : "does not match",
		         gate_yaml_inline(pattern, wanted->match.node));
		result->truth = found ? GATE_TRUE : GATE_FALSE;
		return GATE_OK;
	}
	result->truth = GATE_TRUE;
	snprintf(result->detail, sizeof(result->detail), "the subject is as asked");
	return GATE_OK;
}

const struct gate_predicate gate_predicate_subject = {
	.name = "subject",
	.summary = "the first line of the commit message",
	.facts = GATE_BIT(GATE_FACT_MESSAGE),
	.per_commit = true,
	.size = sizeof(struct subject),
	.params = subject_params,
	.eval = eval_subject,
	.fix = "git commit --amend",
};

struct body {
	struct gate_text_param match;
	struct gate_number min, wrap;
};

static const struct gate_param body_params[] = {
	{ "match", GATE_PARAM_TEXT, offsetof(struct body, match), "pattern that it holds",
	  .shorthand = true },
	{ "min", GATE_PARAM_NUMBER, offsetof(struct body, min),
	  "characters at least, trailers left out" },
	{ "wrap", GATE_PARAM_NUMBER, offsetof(struct body, wrap),
	  "characters of a line at most; lines with a URL, indented lines and trailers are left "
	  "out" },
	{ 0 },
};

/* The body ends where its trailers begin. */
static size_t length_without_trailers(const struct gate_message *message)
{
	const char *at = message->body;
	unsigned first, line = message->body_line;

	if (!message->n_trailers)
		return message->body_len;
	first = message->trailers[0].line;
	while (line < first) {
		const char *end =
			memchr(at, '\n', message->body_len - (size_t)(at - message->body));

		if (!end)
			return message->body_len;
		at = end + 1;
		line++;
	}
	return (size_t)(at - message->body);
}

static bool may_be_long(const char *line, size_t len)
{
	return !len || line[0] == ' ' || line[0] == '\t' || memmem(line, len, "://", 3) ||
	       !memchr(line, ' ', len);
}

/* The first line longer than `wrap`, from 1 in the message; 0: none. */
static unsigned long_line(int64_t *length, const struct gate_message *message, size_t len,
                          int64_t wrap)
{
	unsigned number = message->body_line;
	const char *at = message->body, *end = at + len;

	for (; at < end; number++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t size = (size_t)((newline ? newline : end) - at);

		*length = (int64_t)gate_utf8_count(at, size);
		if (*length > wrap && !may_be_long(at, size))
			return number;
		at += size + 1;
	}
	return 0;
}

/* Characters without the blanks at the end. */
static int64_t count_characters(const char *text, size_t len)
{
	while (len && (text[len - 1] == '\n' || text[len - 1] == ' '))
		len--;
	return (int64_t)gate_utf8_count(text, len);
}

static int eval_body(struct gate_result *result, const struct gate_item *item, const void *params,
                     struct gate_error *err)
{
	const struct body *wanted = params;
	const struct gate_number none = { 0 };
	const struct gate_message *message;
	char text[128], pattern[96];
	int64_t length = 0;
	size_t len;
	int code = need_message(&message, result, item->change, item->commit, err);

	if (code < 0 || !message)
		return code;
	len = length_without_trailers(message);
	result->truth = GATE_FALSE;
	if (gate_outside(text, sizeof(text), count_characters(message->body, len), "character",
	                 &wanted->min, &none)) {
		snprintf(result->detail, sizeof(result->detail), "the body has %s", text);
		return GATE_OK;
	}
	if (wanted->wrap.given) {
		unsigned line = long_line(&length, message, len, wanted->wrap.value);

		if (line) {
			gate_outside(text, sizeof(text), length, "character", &none, &wanted->wrap);
			snprintf(result->detail, sizeof(result->detail),
			         "line %u of the message has %s", line, text);
			return GATE_OK;
		}
	}
	if (wanted->match.text) {
		bool known, found = holds(&known, &wanted->match, message->body, message->body_len);

		if (!known) {
			gave_up(result);
			return GATE_OK;
		}
		snprintf(result->detail, sizeof(result->detail), "the body %s '%s'",
		         found ? "matches" : "does not match",
		         gate_yaml_inline(pattern, wanted->match.node));
		result->truth = found ? GATE_TRUE : GATE_FALSE;
		return GATE_OK;
	}
	result->truth = GATE_TRUE;
	snprintf(result->detail, sizeof(result->detail), "the body is as asked");
	return GATE_OK;
}

const struct gate_predicate gate_predicate_body = {
	.name = "body",
	.summary = "what follows the first line of the commit message",
	.facts = GATE_BIT(GATE_FACT_MESSAGE),
	.per_commit = true,
	.size = sizeof(struct body),
	.params = body_params,
	.eval = eval_body,
	.fix = "git commit --amend",
};

struct trailer {
	struct gate_text_params of;
};

static const struct gate_param trailer_params[] = {
	{ "of", GATE_PARAM_TEXTS, offsetof(struct trailer, of),
	  "names, or names with a pattern for their value; all of them", .shorthand = true,
	  .required = true },
	{ 0 },
};

int gate_each_trailer(struct gate_result *unknown, const struct gate_item *item, const char *name,
                      gate_trailer_fn *fn, void *payload, struct gate_error *err)
{
	struct gate_change *change = item->change;
	size_t n = item->commit ? 1 : 0;
	int code = GATE_OK;

	if (!n) {
		code = gate_change_load_commits(change, err);
		n = change->n_commits;
	}
	for (size_t i = 0; code == GATE_OK && i < n; i++) {
		const struct gate_message *message;

		code = need_message(&message, unknown, change,
		                    item->commit ? item->commit : &change->commits[i], err);
		for (size_t k = 0; code == GATE_OK && message && k < message->n_trailers; k++)
			if (!strcasecmp(message->trailers[k].key, name))
				code = fn(&message->trailers[k], payload);
	}
	if (code == GATE_OK && !item->commit && !change->commits_known.known)
		gate_result_unknown(unknown, GATE_FACT_COMMITS, true, &change->commits_known);
	return code;
}

struct trailer_search {
	const struct gate_text_param *pattern;
	bool gave_up;
};

#define FOUND 1

static int match_trailer(const struct gate_trailer *trailer, void *payload)
{
	struct trailer_search *search = payload;
	bool known;

	if (!search->pattern->text ||
	    holds(&known, search->pattern, trailer->value, strlen(trailer->value)))
		return FOUND;
	search->gave_up |= !known;
	return 0;
}

static int find_trailer(bool *found, struct gate_result *result, const struct gate_item *item,
                        const struct gate_text_entry *wanted, struct gate_error *err)
{
	GATE_AUTO(gate_result_clear) struct gate_result unknown = { 0 };
	struct trailer_search search = { .pattern = &wanted->pattern };
	int code = gate_each_trailer(&unknown, item, wanted->name, match_trailer, &search, err);

	*found = code == FOUND;
	if (code < 0 || *found)
		return code < 0 ? code : GATE_OK;
	if (search.gave_up)
		gave_up(&unknown);
	if (unknown.truth == GATE_UNKNOWN) {
		gate_result_clear(result);
		*result = unknown;
		unknown = (struct gate_result){ 0 };
	}
	return GATE_OK;
}

static int eval_trailer(struct gate_result *result, const struct gate_item *item,
                        const void *params, struct gate_error *err)
{
	const struct trailer *wanted = params;
	GATE_AUTO(gate_result_clear) struct gate_result unknown = { 0 };
	char pattern[96];

	for (size_t i = 0; i < wanted->of.n; i++) {
		const struct gate_text_entry *entry = &wanted->of.items[i];
		bool found;
		int code = find_trailer(&found, &unknown, item, entry, err);

		if (code < 0)
			return code;
		if (found || unknown.truth == GATE_UNKNOWN)
			continue;
		result->truth = GATE_FALSE;
		snprintf(result->lacks, sizeof(result->lacks), "%s: TEXT", entry->name);
		if (entry->pattern.text)
			snprintf(result->detail, sizeof(result->detail),
			         "no trailer '%s:' that matches '%s'", entry->name,
			         gate_yaml_inline(pattern, entry->pattern.node));
		else
			snprintf(result->detail, sizeof(result->detail), "no trailer '%s:'",
			         entry->name);
		return GATE_OK;
	}
	if (unknown.truth == GATE_UNKNOWN) {
		gate_result_clear(result);
		*result = unknown;
		unknown = (struct gate_result){ 0 };
		return GATE_OK;
	}
	result->truth = GATE_TRUE;
	snprintf(result->detail, sizeof(result->detail), "has the trailer '%s:'",
	         wanted->of.items[0].name);
	return GATE_OK;
}

const struct gate_predicate gate_predicate_trailer = {
	.name = "trailer",
	.summary = "a trailer of the commit (of any commit of the change, without a commit `each`)",
	.facts = GATE_BIT(GATE_FACT_MESSAGE) | GATE_BIT(GATE_FACT_COMMITS),
	.size = sizeof(struct trailer),
	.params = trailer_params,
	.eval = eval_trailer,
	.fix = "git commit --amend --no-edit --trailer {missing}",
};
