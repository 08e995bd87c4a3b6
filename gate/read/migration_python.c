/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Migrations in Python: downgrade() of Alembic, and the reverse of each operation of Django that has none of its own.
 */
#include "gate/base/limits.h"
#include "gate/read/migration_scan.h"

static bool is_closing(struct gate_code_span line)
{
	for (size_t i = 0; i < line.len; i++)
		if (!strchr(")]}, \t\r\"'", line.at[i]))
			return false;
	return true;
}

/* One statement, or a line of one that goes on: what is no statement of its own has no effect. */
static enum gate_body judge_statement(struct gate_code_span line)
{
	line = gate_span_trim(line);
	if (gate_code_span_starts(line, "raise"))
		return GATE_BODY_RAISES;
	if (is_closing(line) || gate_code_span_is(line, "pass") || gate_code_span_is(line, "...") ||
	    gate_code_span_is(line, "return") || gate_code_span_is(line, "return None"))
		return GATE_BODY_EMPTY;
	return GATE_BODY_WORKS;
}

/* The first statement that does something, or raises, says what the body is. */
static enum gate_body judge_body(struct gate_code_span body, size_t indent)
{
	struct gate_code_span line;
	enum gate_body found = GATE_BODY_EMPTY;

	/* What stands behind the colon. */
	if (gate_span_line(&line, &body) && gate_span_trim(line).len)
		return judge_statement(line);
	while (found == GATE_BODY_EMPTY && gate_span_line(&line, &body)) {
		if (!gate_span_trim(line).len)
			continue;
		if (gate_span_indent(line) <= indent && !is_closing(line))
			break;
		found = judge_statement(line);
	}
	return found;
}

/* Where `def name(` stands without indentation; its opening bracket in *open. */
static bool find_def(size_t *at, size_t *open, const char *code, size_t len, const char *name)
{
	for (size_t from = 0; gate_code_find_word(at, code, len, from, name); from = *at + 1) {
		size_t next = *at + strlen(name);

		if (*at < 4 || memcmp(code + *at - 4, "def ", 4) != 0 ||
		    (*at > 4 && code[*at - 5] != '\n'))
			continue;
		while (next < len && code[next] == ' ')
			next++;
		if (next < len && code[next] == '(') {
			*open = next;
			return true;
		}
	}
	return false;
}

/* False: there is no such function. */
static bool judge_def(enum gate_body *body, unsigned *line, const char *code, size_t len,
                      const char *name)
{
	size_t at, open, close;
	const char *colon;

	if (!find_def(&at, &open, code, len, name) || !gate_code_close(&close, code, len, open))
		return false;
	colon = memchr(code + close, ':', len - close);
	if (!colon)
		return false;
	*line = gate_code_line(code, at);
	*body = judge_body((struct gate_code_span){ colon + 1, len - (size_t)(colon + 1 - code) },
	                   0);
	return true;
}

/* The reverse of RunPython and RunSQL: the second argument, or the one of this name. */
struct operation {
	const char *name, *reverse;
};
static const struct operation operations[] = {
	{ "RunPython", "reverse_code" },
	{ "RunSQL", "reverse_sql" },
};

/* "name=value": the value. An argument without a name is taken as it stands, and *named is false. */
static struct gate_code_span value_of(bool *named, bool *matches, struct gate_code_span argument,
                                      const char *name)
{
	size_t n = 0;

	while (n < argument.len &&
	       ((argument.at[n] >= 'a' && argument.at[n] <= 'z') ||
	        (argument.at[n] >= 'A' && argument.at[n] <= 'Z') || argument.at[n] == '_'))
		n++;
	*matches = n == strlen(name) && !memcmp(argument.at, name, n);
	while (n < argument.len && argument.at[n] == ' ')
		n++;
	*named = n && n < argument.len && argument.at[n] == '=' &&
	         (n + 1 == argument.len || argument.at[n + 1] != '=');
	if (!*named)
		return argument;
	return gate_span_trim((struct gate_code_span){ argument.at + n + 1, argument.len - n - 1 });
}

/* "lambda a, b: c": the commas before the colon part no arguments. */
static bool is_in_lambda(struct gate_code_span argument)
{
	return gate_code_span_starts(gate_span_trim(argument), "lambda") &&
	       !memchr(argument.at, ':', argument.len);
}

/* Finds the reverse among the arguments between two brackets. False: there is none. */
static bool find_reverse(struct gate_code_span *out, const char *code, size_t open, size_t close,
                         const char *name)
{
	size_t start = open + 1, position = 0, depth = 0;

	for (size_t i = open + 1; i <= close; i++) {
		bool named, matches;
		struct gate_code_span argument;

		if (strchr("([{", code[i]))
			depth++;
		else if (i < close && strchr(")]}", code[i]))
			depth--;
		if (i < close && (depth || code[i] != ','))
			continue;
		argument = (struct gate_code_span){ code + start, i - start };
		if (i < close && is_in_lambda(argument))
			continue;
		argument = gate_span_trim(argument);
		start = i + 1;
		if (!argument.len)
			continue;
		*out = value_of(&named, &matches, argument, name);
		if (named ? matches : position++ == 1)
			return true;
	}
	return false;
}

static bool has_end(struct gate_code_span span, const char *text)
{
	size_t n = strlen(text);

	return span.len >= n && !memcmp(span.at + span.len - n, text, n);
}

/* A value that undoes nothing, by its looks. */
static bool is_noop(struct gate_code_span value)
{
	return gate_code_span_is(value, "\"\"") || gate_code_span_is(value, "''") ||
	       gate_code_span_is(value, "[]") || gate_code_span_is(value, "()") ||
	       has_end(value, ".noop") || gate_code_span_is(value, "noop") ||
	       (gate_code_span_starts(value, "lambda") && has_end(value, "None"));
}

/* True: the operation has its way back. */
static bool judge_operation(struct gate_migration_scan *out, const char *code, size_t len,
                            size_t at, const struct operation *operation)
{
	size_t open = at + strlen(operation->name), close;
	unsigned line = gate_code_line(code, at);
	struct gate_code_span reverse;
	enum gate_body body;
	char name[64];

	if (!gate_code_close(&close, code, len, open)) {
		gate_migration_say(out, line, "%s is not closed", operation->name);
		return false;
	}
	if (!find_reverse(&reverse, code, open, close, operation->reverse) ||
	    gate_code_span_is(reverse, "None")) {
		gate_migration_say(out, line, "%s has no %s", operation->name, operation->reverse);
		return false;
	}
	if (is_noop(reverse)) {
		gate_migration_say(out, line, "the %s of %s does nothing", operation->reverse,
		                   operation->name);
		return false;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(reverse.len < 63 ? reverse.len : 63),
	         reverse.at);
	if (!judge_def(&body, &line, code, len, name) || body == GATE_BODY_WORKS)
		return true;
	gate_migration_say_body(out, body, name, line);
	return false;
}

/* Operations that Django can reverse by itself are not looked at. */
static void scan_django(struct gate_migration_scan *out, const char *code, size_t len)
{
	size_t n = 0, at;

	for (size_t i = 0; i < GATE_COUNT(operations); i++)
		for (size_t from = 0; gate_code_find_word(&at, code, len, from, operations[i].name);
		     from = at + 1) {
			size_t open = at + strlen(operations[i].name);

			if (open >= len || code[open] != '(')
				continue;
			if (++n > GATE_MAX_SCAN_STEPS) {
				snprintf(out->what, sizeof(out->what),
				         "has more than %d operations with a reverse to look at",
				         GATE_MAX_SCAN_STEPS);
				return;
			}
			if (!judge_operation(out, code, len, at, &operations[i]))
				return;
		}
	*out = (struct gate_migration_scan){ .back = GATE_WAY_BACK_THERE };
}

static bool is_django(const char *code, size_t len)
{
	size_t at;

	for (size_t from = 0; gate_code_find_word(&at, code, len, from, "Migration"); from = at + 1)
		if (at >= 6 && !memcmp(code + at - 6, "class ", 6) &&
		    (at == 6 || code[at - 7] == '\n'))
			return true;
	return false;
}

void gate_migration_scan_python(struct gate_migration_scan *out, const char *code, size_t len)
{
	enum gate_body body;
	size_t at, open;
	unsigned line;

	if (judge_def(&body, &line, code, len, "downgrade"))
		gate_migration_say_body(out, body, "downgrade()", line);
	else if (find_def(&at, &open, code, len, "upgrade"))
		gate_migration_say(out, gate_code_line(code, at),
		                   "there is upgrade() and no downgrade()");
	else if (is_django(code, len))
		scan_django(out, code, len);
}
