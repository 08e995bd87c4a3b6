/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Migrations in languages with braces. A function is one of
 *
 *     down(...) [: TYPE] { ... }      down(...) => VALUE
 *     down = VALUE                    down: [TYPE =] VALUE
 *
 * where a value is a function again, or anything else: then it does something, unless it is false, null or undefined.
 */
#include "gate/base/limits.h"
#include "gate/read/migration_scan.h"

static size_t skip_space(const char *code, size_t len, size_t at)
{
	while (at < len && strchr(" \t\n\r", code[at]))
		at++;
	return at;
}

/* Statements that undo nothing. */
static bool is_idle(struct gate_code_span statement)
{
	static const char *const idle[] = {
		"",
		"return",
		"return null",
		"return undefined",
		"return false",
		"null",
		"undefined",
		"false",
		"Promise.resolve()",
		"return Promise.resolve()",
		"await Promise.resolve()",
		"{}",
		"()",
		"({})",
		"\"",
		"'",
	};

	for (size_t i = 0; i < GATE_COUNT(idle); i++)
		if (gate_code_span_is(statement, idle[i]))
			return true;
	return false;
}

static enum gate_body judge_statement(struct gate_code_span statement)
{
	statement = gate_span_trim(statement);
	if (gate_code_span_starts(statement, "throw"))
		return GATE_BODY_RAISES;
	return is_idle(statement) ? GATE_BODY_EMPTY : GATE_BODY_WORKS;
}

/* The first statement that does something, or throws, says what the body is. */
static enum gate_body judge_block(const char *code, size_t open, size_t close)
{
	enum gate_body found = GATE_BODY_EMPTY;
	size_t start = open + 1;

	for (size_t i = open + 1; found == GATE_BODY_EMPTY && i <= close; i++) {
		if (i < close && code[i] != ';' && code[i] != '\n')
			continue;
		found = judge_statement((struct gate_code_span){ code + start, i - start });
		start = i + 1;
	}
	return found;
}

/* An expression goes on to where its list or line ends. */
static enum gate_body judge_expression(const char *code, size_t len, size_t at)
{
	size_t end = at, close;

	while (end < len && !strchr(";,\n)}]", code[end])) {
		if (strchr("([{", code[end])) {
			if (!gate_code_close(&close, code, len, end))
				break;
			end = close;
		}
		end++;
	}
	return judge_statement((struct gate_code_span){ code + at, end - at });
}

static bool judge_after_arrow(enum gate_body *body, const char *code, size_t len, size_t at)
{
	size_t close;

	at = skip_space(code, len, at);
	if (at == len)
		return false;
	if (code[at] != '{') {
		*body = judge_expression(code, len, at);
		return true;
	}
	if (!gate_code_close(&close, code, len, at))
		return false;
	*body = judge_block(code, at, close);
	return true;
}

/* What follows the brackets of parameters, perhaps behind a type: a block, or an arrow. False: it is a call. */
static bool judge_after_parameters(enum gate_body *body, const char *code, size_t len, size_t open)
{
	size_t at;

	if (!gate_code_close(&at, code, len, open))
		return false;
	at = skip_space(code, len, at + 1);
	if (at < len && code[at] == ':')
		while (at < len && !strchr(";{=", code[at]))
			at++;
	if (at < len && code[at] == '{')
		return judge_after_arrow(body, code, len, at);
	return at + 1 < len && code[at] == '=' && code[at + 1] == '>' &&
	       judge_after_arrow(body, code, len, at + 2);
}

static size_t skip_name(const char *code, size_t len, size_t at)
{
	while (at < len &&
	       ((code[at] >= 'a' && code[at] <= 'z') || (code[at] >= 'A' && code[at] <= 'Z') ||
	        (code[at] >= '0' && code[at] <= '9') || code[at] == '_' || code[at] == '$'))
		at++;
	return at;
}

/* [async] [function [NAME]] (...) ..., NAME => ..., or any other expression. */
static bool judge_value(enum gate_body *body, const char *code, size_t len, size_t at)
{
	size_t start = skip_space(code, len, at), end;

	at = start;
	for (int words = 0; words < 3; words++) {
		end = skip_name(code, len, at);
		if (end == at)
			break;
		at = skip_space(code, len, end);
	}
	if (at < len && code[at] == '(' && judge_after_parameters(body, code, len, at))
		return true;
	if (at + 1 < len && code[at] == '=' && code[at + 1] == '>')
		return judge_after_arrow(body, code, len, at + 2);
	if (start == len)
		return false;
	*body = judge_expression(code, len, start);
	if (*body == GATE_BODY_EMPTY)
		return true;
	return *body == GATE_BODY_WORKS;
}

/* "down: Migration = VALUE": behind a type and its `=`. */
static size_t skip_type(const char *code, size_t len, size_t at)
{
	size_t end = skip_space(code, len, skip_name(code, len, skip_space(code, len, at)));

	if (end + 1 < len && code[end] == '=' && code[end + 1] != '>' && code[end + 1] != '=')
		return end + 1;
	return at;
}

/* False: the name at `at` is used here and not defined. */
static bool judge_definition(enum gate_body *body, const char *code, size_t len, size_t at)
{
	at = skip_space(code, len, at);
	if (at == len)
		return false;
	if (code[at] == '(')
		return judge_after_parameters(body, code, len, at);
	if (code[at] == ':')
		return judge_value(body, code, len, skip_type(code, len, at + 1));
	if (code[at] == '=' && at + 1 < len && code[at + 1] != '=' && code[at + 1] != '>')
		return judge_value(body, code, len, at + 1);
	return false;
}

/* Each place may have to be followed to the end of the text, so only so many are. */
static bool find_function(enum gate_body *body, unsigned *line, const char *code, size_t len,
                          const char *name)
{
	size_t at, n = 0;

	for (size_t from = 0;
	     n < GATE_MAX_SCAN_STEPS && gate_code_find_word(&at, code, len, from, name);
	     from = at + 1, n++)
		if (judge_definition(body, code, len, at + strlen(name))) {
			*line = gate_code_line(code, at);
			return true;
		}
	return false;
}

void gate_migration_scan_braces(struct gate_migration_scan *out, const char *code, size_t len,
                                const char *up, const char *down)
{
	enum gate_body body;
	unsigned line;
	char name[16];

	snprintf(name, sizeof(name), "%s()", down);
	if (find_function(&body, &line, code, len, down))
		gate_migration_say_body(out, body, name, line);
	else if (find_function(&body, &line, code, len, up))
		gate_migration_say(out, line, "there is %s() and no %s()", up, down);
}
