/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Migrations in Ruby: `down`, or a `change` without what Rails cannot reverse. A definition ends at the `end` that is
 * indented as far as its `def`.
 */
#include "gate/read/migration_scan.h"

/* The lines of one definition. */
struct definition {
	struct gate_code_span body; /* from behind its name */
	unsigned line;
	size_t indent;
};

static bool is_def(struct gate_code_span line, const char *name)
{
	struct gate_code_span rest;

	line = gate_span_trim(line);
	if (!gate_code_span_starts(line, "def"))
		return false;
	rest = gate_span_trim((struct gate_code_span){ line.at + 3, line.len - 3 });
	if (rest.len > 5 && !memcmp(rest.at, "self.", 5))
		rest = (struct gate_code_span){ rest.at + 5, rest.len - 5 };
	return gate_code_span_starts(rest, name);
}

static bool find_def(struct definition *out, const char *code, size_t len, const char *name)
{
	struct gate_code_span left = { code, len }, line;

	for (unsigned number = 1; gate_span_line(&line, &left); number++)
		if (is_def(line, name)) {
			const char *behind =
				(const char *)memmem(line.at, line.len, name, strlen(name)) +
				strlen(name);

			out->body =
				(struct gate_code_span){ behind, len - (size_t)(behind - code) };
			out->line = number;
			out->indent = gate_span_indent(line);
			return true;
		}
	return false;
}

static bool is_end(struct gate_code_span line, size_t indent)
{
	return gate_span_indent(line) == indent &&
	       gate_code_span_starts(gate_span_trim(line), "end");
}

static bool is_idle(struct gate_code_span line)
{
	return !line.len || gate_code_span_is(line, "nil") || gate_code_span_is(line, "return") ||
	       gate_code_span_is(line, "()") || gate_code_span_is(line, "\"") ||
	       gate_code_span_is(line, "'");
}

static enum gate_body judge_statement(struct gate_code_span statement)
{
	statement = gate_span_trim(statement);
	if (gate_code_span_starts(statement, "raise"))
		return GATE_BODY_RAISES;
	return is_idle(statement) ? GATE_BODY_EMPTY : GATE_BODY_WORKS;
}

/* "def down; end" and "def down = x": the rest of the first line. */
static bool judge_one_line(enum gate_body *body, struct gate_code_span line)
{
	line = gate_span_trim(line);
	if (line.len && line.at[0] == '=') {
		*body = judge_statement((struct gate_code_span){ line.at + 1, line.len - 1 });
		return true;
	}
	if (line.len < 4 || line.at[0] != ';' || memcmp(line.at + line.len - 3, "end", 3) != 0)
		return false;
	line = gate_span_trim((struct gate_code_span){ line.at + 1, line.len - 4 });
	if (line.len && line.at[line.len - 1] == ';')
		line.len--;
	*body = judge_statement(line);
	return true;
}

static enum gate_body judge_down(const struct definition *down)
{
	struct gate_code_span left = down->body, line;
	enum gate_body found = GATE_BODY_EMPTY;

	if (gate_span_line(&line, &left) && judge_one_line(&found, line))
		return found;
	while (found == GATE_BODY_EMPTY && gate_span_line(&line, &left) &&
	       !is_end(line, down->indent))
		found = judge_statement(line);
	return found;
}

static size_t count_arguments(struct gate_code_span line)
{
	size_t n = 1, depth = 0;

	for (size_t i = 0; i < line.len; i++) {
		depth += line.at[i] == '[' || line.at[i] == '{';
		depth -= depth && (line.at[i] == ']' || line.at[i] == '}');
		n += !depth && line.at[i] == ',';
	}
	return n;
}

static bool has_word(struct gate_code_span line, const char *word)
{
	size_t at;

	return gate_code_find_word(&at, line.at, line.len, 0, word);
}

/* What of a `change` cannot be reversed; NULL: this can. */
static const char *find_fault(struct gate_code_span line)
{
	line = gate_span_trim(line);
	if (gate_code_span_starts(line, "execute"))
		return "execute in change cannot be reversed";
	if (gate_code_span_starts(line, "change_column"))
		return "change_column in change cannot be reversed";
	if (gate_code_span_starts(line, "up_only"))
		return "up_only has no way back";
	if (gate_code_span_starts(line, "drop_table") && !has_word(line, "do") &&
	    !memchr(line.at, '{', line.len))
		return "drop_table without a block cannot be reversed";
	if (gate_code_span_starts(line, "remove_column") && count_arguments(line) < 3)
		return "remove_column without a type cannot be reversed";
	return NULL;
}

/* Blocks of `reversible`: what is in them says itself how it is undone, if it says so. */
struct reversible {
	bool inside;
	size_t indent;
	unsigned line;
	bool up, down;
};

/* True: the line belongs to such a block. */
static bool see_reversible(struct reversible *block, struct gate_code_span line, unsigned number)
{
	bool one_line = false;

	if (!block->inside) {
		if (!gate_code_span_starts(gate_span_trim(line), "reversible"))
			return false;
		one_line = memchr(line.at, '{', line.len) || has_word(line, "end");
		*block = (struct reversible){ .inside = !one_line,
			                      .indent = gate_span_indent(line),
			                      .line = number };
	} else if (is_end(line, block->indent)) {
		block->inside = false;
	}
	block->up |= memmem(line.at, line.len, ".up", 3) != NULL;
	block->down |= memmem(line.at, line.len, ".down", 5) != NULL;
	return true;
}

static void judge_change(struct gate_migration_scan *out, const struct definition *change)
{
	struct gate_code_span left = change->body, line;
	struct reversible block = { 0 };
	bool works = false;
	unsigned number = change->line;

	gate_span_line(&line, &left);
	while (gate_span_line(&line, &left) && !is_end(line, change->indent)) {
		const char *fault;

		number++;
		if (see_reversible(&block, line, number)) {
			works = true;
			if (!block.inside && block.up && !block.down) {
				gate_migration_say(out, block.line,
				                   "reversible has up and no down");
				return;
			}
			continue;
		}
		fault = find_fault(line);
		if (fault) {
			gate_migration_say(out, number, "%s", fault);
			return;
		}
		works |= judge_statement(line) != GATE_BODY_EMPTY;
	}
	gate_migration_say_body(out, works ? GATE_BODY_WORKS : GATE_BODY_EMPTY, "change",
	                        change->line);
}

void gate_migration_scan_ruby(struct gate_migration_scan *out, const char *code, size_t len)
{
	struct definition found;

	if (find_def(&found, code, len, "down"))
		gate_migration_say_body(out, judge_down(&found), "down", found.line);
	else if (find_def(&found, code, len, "change"))
		judge_change(out, &found);
	else if (find_def(&found, code, len, "up"))
		gate_migration_say(out, found.line, "there is up and no down");
}
