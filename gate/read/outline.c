/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In blocks a line's indentation tells which levels of the path it ends; in brackets, the stack of open ones does. Each step
 * moves `at` forward, so that any bytes come to an end.
 */
#include "gate/read/outline.h"

#include <string.h>

bool gate_span_is(struct gate_span span, const char *text)
{
	return span.len == strlen(text) && (!span.len || !memcmp(span.bytes, text, span.len));
}

void gate_outline_init(struct gate_outline *outline, const char *bytes, size_t len)
{
	*outline = (struct gate_outline){ .at = bytes, .end = bytes + len, .now = 1 };
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		outline->at += 3;
	outline->start = outline->at;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool starts(const struct gate_outline *o, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(o->end - o->at) >= len && memcmp(o->at, text, len) == 0;
}

/* True at the end of the file too. */
static bool blank_at(const struct gate_outline *o, const char *p)
{
	return p >= o->end || *p == '\n' || is_blank(*p);
}

static const char *line_end(const struct gate_outline *o, const char *from)
{
	const char *end = memchr(from, '\n', (size_t)(o->end - from));

	return end ? end : o->end;
}

static void skip_blanks(struct gate_outline *o)
{
	while (o->at < o->end && is_blank(*o->at))
		o->at++;
}

static void skip_line(struct gate_outline *o)
{
	o->at = line_end(o, o->at);
	if (o->at == o->end)
		return;
	o->at++;
	o->now++;
	o->start = o->at;
}

/* Moves to `to`, over any number of lines. */
static void move(struct gate_outline *o, const char *to)
{
	for (; o->at < to; o->at++)
		if (*o->at == '\n') {
			o->now++;
			o->start = o->at + 1;
		}
}

static struct gate_span trimmed(const char *from, const char *to)
{
	while (to > from && (is_blank(to[-1]) || to[-1] == '\n'))
		to--;
	return (struct gate_span){ from, (size_t)(to - from) };
}

static bool push(struct gate_outline *o, struct gate_span key, bool item, size_t indent)
{
	if (o->depth == GATE_MAX_YAML_DEPTH)
		return false;
	o->levels[o->depth++] = (struct gate_outline_level){ key, item, indent };
	return true;
}

/* The quote that ends what starts at `from`, in the text up to `to`; NULL: it is not there. */
static const char *closing_quote(const char *from, const char *to)
{
	for (const char *p = from + 1; p < to; p++) {
		if (*from == '"' && *p == '\\') {
			p++;
		} else if (*p == *from) {
			/* '' is a quote within single quotes. */
			if (*from == '\'' && p + 1 < to && p[1] == '\'')
				p++;
			else
				return p;
		}
	}
	return NULL;
}

/* Quoted text, which may go over lines; without its end it is the rest of the line. */
static struct gate_span take_quoted(struct gate_outline *o)
{
	const char *from = o->at, *close = closing_quote(from, o->end);
	const char *to = close ? close : line_end(o, from);

	move(o, close ? close + 1 : to);
	return (struct gate_span){ from + 1, (size_t)(to - from - 1) };
}

/* `&anchor` and `!tag` before a value. */
static void skip_properties(struct gate_outline *o)
{
	skip_blanks(o);
	while (o->at < o->end && (*o->at == '&' || *o->at == '!')) {
		while (!blank_at(o, o->at))
			o->at++;
		skip_blanks(o);
	}
}

/* Plain text up to the end of the line or a comment. */
static struct gate_span take_plain(struct gate_outline *o)
{
	const char *from = o->at, *to = line_end(o, from);

	for (const char *p = from; p < to; p++)
		if (*p == '#' && (p == from || is_blank(p[-1]))) {
			to = p;
			break;
		}
	o->at = to;
	return trimmed(from, to);
}

static bool opens(const struct gate_outline *o)
{
	return o->at < o->end && (*o->at == '{' || *o->at == '[') && !starts(o, "{{");
}

/* At a bracket; what is in it belongs to the innermost level. Brackets in too many brackets are skipped with their line. */
static void open_bracket(struct gate_outline *o)
{
	if (o->n_open == GATE_MAX_YAML_DEPTH) {
		o->n_open = 0;
		skip_line(o);
		return;
	}
	o->open[o->n_open].map = *o->at == '{';
	o->open[o->n_open].depth = o->depth;
	o->n_open++;
	o->at++;
}

static void close_bracket(struct gate_outline *o)
{
	o->depth = o->open[--o->n_open].depth;
	o->at++;
	if (o->n_open == 0)
		skip_line(o);
}

/* To the next byte in brackets that means something. */
static void skip_between(struct gate_outline *o)
{
	for (;;) {
		const char *close = NULL;

		if (o->at == o->end)
			return;
		if (starts(o, "{{"))
			close = memchr(o->at, '}', (size_t)(line_end(o, o->at) - o->at));
		if (is_blank(*o->at) || *o->at == '\n' || *o->at == ',')
			move(o, o->at + 1);
		else if (*o->at == '#')
			skip_line(o);
		else if (close)
			move(o, close + 1 < o->end && close[1] == '}' ? close + 2 : close + 1);
		else
			return;
	}
}

/* A scalar in brackets. Takes at least one byte. */
static struct gate_span take_in_brackets(struct gate_outline *o)
{
	const char *from = o->at;

	if (*from == '"' || *from == '\'')
		return take_quoted(o);
	do {
		o->at++;
	} while (o->at < o->end && !strchr(",[]{}\n", *o->at) &&
	         !(*o->at == ':' && blank_at(o, o->at + 1)) &&
	         !(*o->at == '#' && is_blank(o->at[-1])));
	return trimmed(from, o->at);
}

/* A key in brackets, and its value if that is a scalar. False: it is no entry. */
static bool take_pair(struct gate_outline *o, size_t depth)
{
	struct gate_span key;

	o->line = o->now;
	key = take_in_brackets(o);
	skip_blanks(o);
	if (o->at == o->end || *o->at != ':')
		return false;
	o->at++;
	o->depth = depth;
	if (!push(o, key, false, 0))
		return false;
	o->value.len = 0;
	while (o->at < o->end && (*o->at == '\n' || is_blank(*o->at)))
		move(o, o->at + 1);
	if (opens(o))
		open_bracket(o);
	else if (o->at < o->end && !strchr(",]}", *o->at))
		o->value = take_in_brackets(o);
	return true;
}

static bool take_item(struct gate_outline *o, size_t depth)
{
	bool fits;

	o->depth = depth;
	fits = push(o, (struct gate_span){ 0 }, true, 0);
	if (opens(o)) {
		open_bracket(o);
		return false;
	}
	o->line = o->now;
	o->value = take_in_brackets(o);
	return fits;
}

/* The next entry in brackets; false: there is none, or the last one was closed. */
static bool next_in_brackets(struct gate_outline *o)
{
	while (o->n_open) {
		const size_t depth = o->open[o->n_open - 1].depth;

		skip_between(o);
		if (o->at == o->end)
			o->n_open = 0;
		else if (*o->at == '}' || *o->at == ']')
			close_bracket(o);
		else if (!o->open[o->n_open - 1].map) {
			if (take_item(o, depth))
				return true;
		} else if (opens(o)) {
			o->depth = depth;
			open_bracket(o);
		} else if (take_pair(o, depth)) {
			return true;
		}
	}
	return false;
}

/* Where the key of a line ends, and its colon; NULL: the line has no key. */
static const char *find_colon(const struct gate_outline *o, struct gate_span *key)
{
	const char *to = line_end(o, o->at), *p = o->at;

	if (*p == '"' || *p == '\'') {
		p = closing_quote(o->at, to);
		if (!p)
			return NULL;
		*key = (struct gate_span){ o->at + 1, (size_t)(p - o->at - 1) };
		for (p++; p < to && is_blank(*p); p++)
			;
		return p < to && *p == ':' && blank_at(o, p + 1) ? p : NULL;
	}
	for (; p < to; p++) {
		if (*p == '#' && p > o->at && is_blank(p[-1]))
			return NULL;
		if (*p == ':' && blank_at(o, p + 1)) {
			*key = trimmed(o->at, p);
			return p;
		}
	}
	return NULL;
}

/* The lines of a block scalar are those with more indentation than its key or dash. */
static void skip_block_scalar(struct gate_outline *o, size_t indent)
{
	skip_line(o);
	while (o->at < o->end) {
		const char *p = o->at;

		while (p < o->end && *p == ' ')
			p++;
		if (p < o->end && !(*p == '\n' || *p == '\r') && (size_t)(p - o->at) <= indent)
			return;
		skip_line(o);
	}
}

/* What stands behind a key or a dash at `indent`. */
static void take_value(struct gate_outline *o, size_t indent)
{
	o->value.len = 0;
	skip_properties(o);
	if (o->at == o->end || *o->at == '\n')
		return;
	if (opens(o))
		open_bracket(o);
	else if (*o->at == '|' || *o->at == '>')
		skip_block_scalar(o, indent);
	else if (*o->at == '"' || *o->at == '\'') {
		o->value = take_quoted(o);
		skip_line(o);
	} else {
		o->value = take_plain(o);
		skip_line(o);
	}
}

/* Ends the levels that something at `indent` ends. A list may stand as deep as the key that it belongs to. */
static void end_levels(struct gate_outline *o, size_t indent, bool item)
{
	while (o->depth) {
		const struct gate_outline_level *top = &o->levels[o->depth - 1];

		if (top->indent < indent || (item && top->indent == indent && !top->item))
			return;
		o->depth--;
	}
}

/* Behind a dash: true when the item is a scalar, which is an entry. */
static bool take_dash(struct gate_outline *o, size_t indent)
{
	struct gate_span key;

	end_levels(o, indent, true);
	if (!push(o, (struct gate_span){ 0 }, true, indent)) {
		skip_line(o);
		return false;
	}
	o->at++;
	skip_properties(o);
	if (blank_at(o, o->at) || *o->at == '#' || opens(o) || find_colon(o, &key) ||
	    (*o->at == '-' && blank_at(o, o->at + 1)))
		return false;
	o->line = o->now;
	take_value(o, indent);
	return true;
}

static bool take_key(struct gate_outline *o, size_t indent)
{
	struct gate_span key;
	const char *colon = find_colon(o, &key);

	if (!colon || key.len == 0) {
		skip_line(o);
		return false;
	}
	end_levels(o, indent, false);
	if (!push(o, key, false, indent)) {
		skip_line(o);
		return false;
	}
	o->line = o->now;
	o->at = colon + 1;
	take_value(o, indent);
	return true;
}

/* The next piece of a line outside of brackets; true: it is an entry. */
static bool take_block(struct gate_outline *o)
{
	size_t indent;

	skip_blanks(o);
	indent = (size_t)(o->at - o->start);
	if (o->at == o->end)
		return false;
	if (*o->at == '\n' || *o->at == '#' || starts(o, "{{")) {
		skip_line(o);
		return false;
	}
	if (indent == 0 && (starts(o, "---") || starts(o, "...")) && blank_at(o, o->at + 3)) {
		o->document += *o->at == '-';
		o->depth = 0;
		skip_line(o);
		return false;
	}
	if (*o->at == '-' && blank_at(o, o->at + 1))
		return take_dash(o, indent);
	if (opens(o)) {
		end_levels(o, indent, false);
		open_bracket(o);
		return false;
	}
	return take_key(o, indent);
}

bool gate_outline_next(struct gate_outline *o)
{
	while (o->at < o->end) {
		if (o->n_open ? next_in_brackets(o) : take_block(o))
			return true;
	}
	o->value = (struct gate_span){ 0 };
	return false;
}

bool gate_outline_at(const struct gate_outline *o, const char *path)
{
	for (size_t i = 0; i < o->depth; i++) {
		const struct gate_outline_level *level = &o->levels[i];
		struct gate_span name = { path, strcspn(path, "/") };

		if (gate_span_is(name, "-") != level->item)
			return false;
		if (!level->item && !gate_span_is(name, "*") &&
		    (name.len != level->key.len ||
		     memcmp(name.bytes, level->key.bytes, name.len) != 0))
			return false;
		path += name.len;
		if (*path == '\0')
			return i + 1 == o->depth;
		path++;
	}
	return false;
}
