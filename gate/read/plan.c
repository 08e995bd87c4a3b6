/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/read/plan.h"

#include "gate/read/code.h"

#include <strings.h>

const char *const gate_plan_kind_names[GATE_PLAN_KINDS + 1] = {
	[GATE_PLAN_DOWN_MIGRATION] = "down-migration",
	[GATE_PLAN_FLAG] = "flag",
	[GATE_PLAN_MANUAL] = "manual",
	[GATE_PLAN_PREVIOUS_ARTIFACT] = "previous-artifact",
	[GATE_PLAN_REVERT] = "revert",
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_text(struct gate_code_span word, const char *text)
{
	return word.len == strlen(text) && !strncasecmp(word.at, text, word.len);
}

static struct gate_code_span skip(struct gate_code_span span, size_t n)
{
	return gate_span_trim((struct gate_code_span){ span.at + n, span.len - n });
}

/* The kind that stands at the beginning; KINDS: none. What is behind it in *rest. */
static enum gate_plan_kind kind_at(struct gate_code_span *rest, struct gate_code_span text)
{
	size_t n = 0;

	while (n < text.len && (is_letter(text.at[n]) || text.at[n] == '-'))
		n++;
	*rest = skip(text, n);
	for (int kind = 0; kind < GATE_PLAN_KINDS; kind++)
		if (is_text((struct gate_code_span){ text.at, n }, gate_plan_kind_names[kind]))
			return (enum gate_plan_kind)kind;
	return GATE_PLAN_KINDS;
}

/* The key ends where a remark begins. */
static struct gate_code_span key_of(struct gate_code_span text)
{
	size_t n = 0;

	while (n < text.len && !strchr(" \t\r\n,;(", text.at[n]))
		n++;
	return (struct gate_code_span){ text.at, n };
}

void gate_plan_read(struct gate_plan *out, const char *text, size_t len)
{
	struct gate_code_span whole = gate_span_trim((struct gate_code_span){ text, len }), rest;
	enum gate_plan_kind kind = kind_at(&rest, whole);
	bool ends = !rest.len || memchr(":,;.(-", rest.at[0], 6);

	if (kind == GATE_PLAN_KINDS || !ends || (kind == GATE_PLAN_FLAG && !rest.len) ||
	    (kind == GATE_PLAN_FLAG && rest.at[0] != ':')) {
		*out = (struct gate_plan){ GATE_PLAN_MANUAL, whole.at, whole.len };
		return;
	}
	if (rest.len)
		rest = skip(rest, 1);
	if (kind == GATE_PLAN_FLAG)
		rest = key_of(rest);
	*out = (struct gate_plan){ kind, rest.at, rest.len };
}

bool gate_plan_read_line(struct gate_plan *out, const char *line, size_t len)
{
	static const char name[] = "rollback:";
	struct gate_code_span text = gate_span_trim((struct gate_code_span){ line, len });

	while (text.len && strchr("#*->_ \t", text.at[0]))
		text = skip(text, 1);
	if (text.len < sizeof(name) - 1 || strncasecmp(text.at, name, sizeof(name) - 1) != 0)
		return false;
	text = skip(text, sizeof(name) - 1);
	while (text.len && (text.at[0] == '*' || text.at[0] == '_'))
		text = skip(text, 1);
	gate_plan_read(out, text.at, text.len);
	return true;
}

/* Words that promise a plan and are none. */
static const char *const promises[] = { "tbd", "tba", "todo", "fixme", "xxx", "wip", "n/a" };
static const char *const promised[] = { "to be decided", "to be defined", "to be determined",
	                                "to be done" };

/* Verbs of doing, without the e at their end. */
static const char *const verbs[] = {
	"add",       "alter",     "appl",    "attach",    "backfill",  "call",     "chang",
	"clear",     "clos",      "copy",    "creat",     "delet",     "deploy",   "detach",
	"disabl",    "downgrad",  "drop",    "enabl",     "execut",    "export",   "flip",
	"import",    "invalidat", "merg",    "migrat",    "mov",       "notif",    "open",
	"pag",       "pin",       "point",   "promot",    "publish",   "purg",     "put",
	"re-deploy", "re-run",    "rebuild", "recreat",   "redeploy",  "redirect", "remov",
	"renam",     "repair",    "replac",  "replay",    "republish", "rerun",    "reset",
	"restart",   "restor",    "revert",  "roll",      "rollback",  "rout",     "run",
	"scal",      "set",       "start",   "stop",      "swap",      "switch",   "toggl",
	"truncat",   "turn",      "undo",    "unpublish", "unset",
};
static const char *const endings[] = { "",     "e",    "s",    "es",  "ed", "d",   "ing", "ping",
	                               "ning", "ting", "ling", "ped", "y",  "ies", "ied", "ying" };

static bool is_verb(struct gate_code_span word)
{
	for (size_t i = 0; i < GATE_COUNT(verbs); i++) {
		size_t n = strlen(verbs[i]);

		if (word.len < n || strncasecmp(word.at, verbs[i], n) != 0)
			continue;
		for (size_t k = 0; k < GATE_COUNT(endings); k++)
			if (is_text((struct gate_code_span){ word.at + n, word.len - n },
			            endings[k]))
				return true;
	}
	return false;
}

/* "- x", "* x", "+ x", "1. x", "1) x" */
static bool is_list_item(struct gate_code_span line)
{
	size_t n;

	line = gate_span_trim(line);
	for (n = 0; n < line.len && line.at[n] >= '0' && line.at[n] <= '9'; n++)
		;
	if (n ? n + 1 >= line.len || !strchr(".)", line.at[n])
	      : line.len < 2 || !strchr("-*+", line.at[0]))
		return false;
	line = (struct gate_code_span){ line.at + n + 1, line.len - n - 1 };
	return line.at[0] == ' ' && gate_span_trim(line).len;
}

static bool has_command(struct gate_code_span line)
{
	const char *open = memchr(line.at, '`', line.len);
	size_t left = open ? line.len - (size_t)(open + 1 - line.at) : 0;
	const char *close = left ? memchr(open + 1, '`', left) : NULL;

	return close &&
	       gate_span_trim((struct gate_code_span){ open + 1, (size_t)(close - open - 1) }).len;
}

/* What the words of a plan come to. */
struct reading {
	size_t words;
	bool step;
	char promise[24];
};

/* A character of three bytes or more may be a word or half of one, in scripts that put no spaces. */
static size_t weight_of(struct gate_code_span word)
{
	size_t letters = 0, wide = 0;

	for (size_t i = 0; i < word.len; i++) {
		letters += is_letter(word.at[i]) || (unsigned char)word.at[i] >= 0x80;
		wide += (unsigned char)word.at[i] >= 0xe0;
	}
	if (letters < 2)
		return 0;
	return wide > 2 ? wide / 2 : 1;
}

static void read_word(struct reading *reading, struct gate_code_span word)
{
	for (size_t i = 0; i < GATE_COUNT(promises); i++)
		if (is_text(word, promises[i]))
			snprintf(reading->promise, sizeof(reading->promise), "%.*s", (int)word.len,
			         word.at);
	reading->step |= is_verb(word);
	reading->words += weight_of(word);
}

static bool is_of_word(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80 ||
	       (c && strchr("-_./'", c));
}

/* Without the marks that may stand at the end of a sentence. */
static struct gate_code_span bare(struct gate_code_span word)
{
	while (word.len && strchr("-_./'", word.at[word.len - 1]))
		word.len--;
	while (word.len && strchr("-_./'", word.at[0]))
		word = (struct gate_code_span){ word.at + 1, word.len - 1 };
	return word;
}

static void read_line(struct reading *reading, struct gate_code_span line)
{
	reading->step |= is_list_item(line) || has_command(line);
	for (size_t i = 0; i < GATE_COUNT(promised); i++) {
		size_t n = strlen(promised[i]);

		for (size_t k = 0; k + n <= line.len; k++)
			if (!strncasecmp(line.at + k, promised[i], n))
				snprintf(reading->promise, sizeof(reading->promise), "%s",
				         promised[i]);
	}
	for (size_t at = 0; at < line.len;) {
		size_t start = at;

		while (at < line.len && is_of_word(line.at[at]))
			at++;
		if (at > start)
			read_word(reading,
			          bare((struct gate_code_span){ line.at + start, at - start }));
		else
			at++;
	}
}

/* The length of the Markdown comment at the beginning of a text; 0: none. */
static size_t comment_at(struct gate_code_span text)
{
	const char *end;

	if (text.len < 4 || memcmp(text.at, "<!--", 4) != 0)
		return 0;
	end = memmem(text.at + 4, text.len - 4, "-->", 3);
	return end ? (size_t)(end + 3 - text.at) : text.len;
}

/* Up to the end of the line, or to where a comment begins; comments before it are skipped. */
static bool next_line(struct gate_code_span *line, struct gate_code_span *left)
{
	size_t n = comment_at(*left);

	while (n) {
		*left = (struct gate_code_span){ left->at + n, left->len - n };
		n = comment_at(*left);
	}
	if (!left->len)
		return false;
	while (n < left->len && left->at[n] != '\n' &&
	       !comment_at((struct gate_code_span){ left->at + n, left->len - n }))
		n++;
	*line = (struct gate_code_span){ left->at, n };
	n += n < left->len && left->at[n] == '\n';
	*left = (struct gate_code_span){ left->at + n, left->len - n };
	return true;
}

bool gate_plan_says_how(char fault[96], const char *text, size_t len, size_t min)
{
	struct gate_code_span left = { text, len }, line;
	struct reading reading = { 0 };

	while (next_line(&line, &left))
		if (!line.len || line.at[0] != '#')
			read_line(&reading, line);
	if (reading.promise[0])
		snprintf(fault, 96, "it says '%s'", reading.promise);
	else if (reading.words < min)
		snprintf(fault, 96, "it has %zu word%s, at least %zu", reading.words,
		         reading.words == 1 ? "" : "s", min);
	else if (!reading.step)
		snprintf(fault, 96, "it names no step: nothing to do, no command, no list");
	else
		return true;
	return false;
}
