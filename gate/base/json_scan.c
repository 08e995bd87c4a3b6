/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of all open maps wait on one stack; those of the innermost are on top, and are sorted when it ends.
 */
#include "gate/base/json_scan.h"

#include "gate/base/escape.h"
#include "gate/base/limits.h"

#include <assert.h>
#include <math.h>

/* cJSON copies a number into a buffer of 64 bytes. */
#define LONGEST_NUMBER 63

/* Up to so many names each is compared with each: sorting costs more. */
#define FEW_NAMES 16

struct scan {
	const struct gate_json_scan_options *options; /* borrowed */
	const char *file, *bytes;
	size_t len, at;
	size_t depth, nodes;
	struct {
		bool is_map;
		size_t first; /* its first name */
		size_t node;
	} open[GATE_MAX_JSON_DEPTH];
	struct gate_json_name *names; /* own */
	size_t n_names, cap;
	size_t name_at, name_len; /* of the member whose value comes next, with its quotes */
	struct gate_arena arena;  /* names that hold escapes */
	struct gate_error *err;   /* borrowed */
};

static void scan_release(struct scan *s)
{
	free(s->names);
	gate_arena_release(&s->arena);
}

GATE_DEFINE_AUTO_STRUCT(struct scan, scan_release)

/* Gives an error that was just set its place. Returns its code. */
static int at_offset(const struct scan *s, size_t offset)
{
	unsigned line, column;

	gate_utf8_place(&line, &column, s->bytes, s->len, offset);
	gate_error_at(s->err, s->file, line, column);
	return GATE_ECONFIG;
}

static int fail_at(const struct scan *s, size_t offset, const char *message)
{
	gate_fail(s->err, GATE_ECONFIG, "%s", message);
	return at_offset(s, offset);
}

/* The byte at the place, '\0' at the end: a NUL in the text is nowhere valid. */
static char peek(const struct scan *s)
{
	return s->at < s->len ? s->bytes[s->at] : '\0';
}

static int fail_expected(const struct scan *s, const char *wanted)
{
	const char *at = s->bytes + s->at;
	uint32_t point = 0;
	size_t n = gate_utf8_next(at, s->len - s->at, &point);

	if (s->at == s->len)
		gate_fail(s->err, GATE_ECONFIG, "expected %s, got the end", wanted);
	else if (!n)
		gate_fail(s->err, GATE_ECONFIG, "invalid UTF-8: byte 0x%02x", (unsigned char)*at);
	else if (gate_utf8_control(point))
		gate_fail(s->err, GATE_ECONFIG, "expected %s, got U+%04X", wanted, point);
	else
		gate_fail(s->err, GATE_ECONFIG, "expected %s, got '%.*s'", wanted, (int)n, at);
	return at_offset(s, s->at);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_space(struct scan *s)
{
	while (s->at < s->len && is_space(s->bytes[s->at]))
		s->at++;
}

/* The four digits behind \u, or a number beyond all of them. */
static uint32_t hex4(const struct scan *s, size_t at)
{
	uint32_t value = 0;

	for (size_t i = at; i < at + 4; i++) {
		char c = i < s->len ? s->bytes[i] : '\0';

		value <<= 4;
		if (c >= '0' && c <= '9')
			value += (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value += (uint32_t)((c | 0x20) - 'a') + 10;
		else
			return UINT32_MAX;
	}
	return value;
}

/* At a backslash in a string: steps behind the escape, *point is what it means. */
static int scan_escape(struct scan *s, uint32_t *point)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	const size_t start = s->at;
	const char c = start + 1 < s->len ? s->bytes[start + 1] : '\0';
	const char *letter = c ? strchr(letters, c) : NULL;
	uint32_t low;

	if (letter) {
		*point = (unsigned char)meanings[letter - letters];
		s->at += 2;
		return GATE_OK;
	}
	if (c != 'u')
		return fail_at(s, start, "unknown escape");
	*point = hex4(s, start + 2);
	if (*point == UINT32_MAX)
		return fail_at(s, start, "expected four hexadecimal digits after \\u");
	if (*point == 0 && !s->options->nul)
		return fail_at(s, start, "text holds a NUL");
	s->at += 6;
	if (*point < 0xd800 || *point > 0xdfff)
		return GATE_OK;
	low = peek(s) == '\\' && s->at + 1 < s->len && s->bytes[s->at + 1] == 'u'
	              ? hex4(s, s->at + 2)
	              : UINT32_MAX;
	if (*point > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return fail_at(s, start, "unpaired surrogate");
	*point = 0x10000 + ((*point - 0xd800) << 10) + (low - 0xdc00);
	s->at += 6;
	return GATE_OK;
}

/* Returns how many bytes it takes. */
static size_t encode_utf8(char out[4], uint32_t point)
{
	/* The high bits of the first byte, by how many bytes follow. */
	static const unsigned char heads[] = { 0x00, 0xc0, 0xe0, 0xf0 };
	unsigned more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
	size_t n = 0;

	out[n++] = (char)(heads[more] | point >> 6 * more);
	while (more-- > 0)
		out[n++] = (char)(0x80 | (point >> 6 * more & 0x3f));
	return n;
}

size_t gate_json_scan_run(struct gate_json_run *run, const char *bytes, size_t len)
{
	static const struct gate_json_scan_options options = { .nul = true };
	const char *escape = len ? memchr(bytes, '\\', len) : NULL;
	uint32_t point = 0;

	if (escape && escape == bytes) {
		struct scan s = { .options = &options, .bytes = bytes, .len = len };
		int code = scan_escape(&s, &point);

		assert(code == GATE_OK);
		(void)code;
		run->bytes = run->utf8;
		run->len = encode_utf8(run->utf8, point);
		return s.at;
	}
	run->bytes = bytes;
	run->len = escape ? (size_t)(escape - bytes) : len;
	return run->len;
}

void gate_json_scan_decode(struct gate_buf *out, const char *bytes, size_t len)
{
	struct gate_json_run run;

	for (size_t at = 0, step; at < len; at += step) {
		step = gate_json_scan_run(&run, bytes + at, len - at);
		gate_buf_add(out, run.bytes, run.len);
	}
}

/* At a character in a string: steps behind it. */
static int scan_character(struct scan *s)
{
	uint32_t point = 0;
	size_t n = gate_utf8_next(s->bytes + s->at, s->len - s->at, &point);

	if (n && point == '\\')
		return scan_escape(s, &point);
	if (!n)
		return fail_expected(s, "text");
	if (point < 0x20) {
		gate_fail(s->err, GATE_ECONFIG, "control character U+%04X in text", point);
		return at_offset(s, s->at);
	}
	s->at += n;
	return GATE_OK;
}

/* Most text is ASCII without escapes, and is stepped over at once. */
static void skip_plain(struct scan *s)
{
	size_t at = s->at;

	for (; at < s->len; at++) {
		const unsigned char c = (unsigned char)s->bytes[at];

		if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
			break;
	}
	s->at = at;
}

/* At an opening quote: steps behind the closing one. */
static int scan_string(struct scan *s)
{
	const size_t start = s->at++;

	for (skip_plain(s); s->at < s->len && peek(s) != '"'; skip_plain(s)) {
		int code = scan_character(s);

		if (code < 0)
			return code;
	}
	if (s->at == s->len)
		return fail_at(s, start, "text is not closed");
	s->at++;
	return GATE_OK;
}

static int scan_digits(struct scan *s)
{
	if (peek(s) < '0' || peek(s) > '9')
		return fail_expected(s, "a digit");
	while (peek(s) >= '0' && peek(s) <= '9')
		s->at++;
	return GATE_OK;
}

/* cJSON keeps numbers as doubles. */
static int refuse_unlike_double(const struct scan *s, size_t start)
{
	const size_t len = s->at - start;
	char copy[LONGEST_NUMBER + 1];

	if (len > LONGEST_NUMBER)
		return fail_at(s, start, "number is too long");
	memcpy(copy, s->bytes + start, len);
	copy[len] = '\0';
	/* So few digits are too large only with an exponent. */
	if (strpbrk(copy, "eE") && isinf(strtod(copy, NULL)))
		return fail_at(s, start, "number is too large");
	return GATE_OK;
}

static int scan_number(struct scan *s)
{
	const size_t start = s->at;
	int code = GATE_OK;

	if (peek(s) == '-')
		s->at++;
	if (peek(s) == '0')
		s->at++;
	else
		code = scan_digits(s);
	if (code == GATE_OK && peek(s) == '.') {
		s->at++;
		code = scan_digits(s);
	}
	if (code == GATE_OK && (peek(s) == 'e' || peek(s) == 'E')) {
		s->at++;
		if (peek(s) == '+' || peek(s) == '-')
			s->at++;
		code = scan_digits(s);
	}
	if (code == GATE_OK && !s->options->any_number)
		code = refuse_unlike_double(s, start);
	return code;
}

static int scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if (s->len - s->at < len || memcmp(s->bytes + s->at, word, len) != 0)
		return fail_expected(s, "a value");
	s->at += len;
	return GATE_OK;
}

int gate_json_name_decode(struct gate_json_name *name, struct gate_arena *arena, const char *bytes,
                          size_t len, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf decoded = { 0 };

	name->text = bytes;
	name->len = len;
	if (!memchr(bytes, '\\', len))
		return GATE_OK;
	gate_json_scan_decode(&decoded, bytes, len);
	name->text = gate_arena_copy(arena, gate_buf_text(&decoded), decoded.len);
	name->len = decoded.len;
	return name->text && !gate_buf_failed(&decoded) ? GATE_OK : gate_fail_memory(err);
}

static int scan_name(struct scan *s)
{
	struct gate_json_name name = { 0 };
	int code;

	skip_space(s);
	name.at = s->at;
	if (peek(s) != '"')
		return fail_expected(s, "a name in '\"'");
	if (gate_grow(&s->names, &s->cap, s->n_names + 1, sizeof(*s->names), s->err) < 0)
		return GATE_ENOMEM;
	code = scan_string(s);
	if (code < 0)
		return code;
	s->name_at = name.at;
	s->name_len = s->at - name.at;
	code = gate_json_name_decode(&name, &s->arena, s->bytes + name.at + 1, s->name_len - 2,
	                             s->err);
	if (code < 0)
		return code;
	s->names[s->n_names++] = name;
	skip_space(s);
	if (peek(s) != ':')
		return fail_expected(s, "':'");
	s->at++;
	return GATE_OK;
}

int gate_json_name_compare(const void *a, const void *b)
{
	const struct gate_json_name *left = a, *right = b;
	size_t common = left->len < right->len ? left->len : right->len;
	int order = memcmp(left->text, right->text, common);

	if (order)
		return order;
	if (left->len != right->len)
		return left->len < right->len ? -1 : 1;
	return (left->at > right->at) - (left->at < right->at);
}

static bool same_name(const struct gate_json_name *a, const struct gate_json_name *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static bool few_and_different(const struct gate_json_name *names, size_t n)
{
	if (n > FEW_NAMES)
		return false;
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (same_name(&names[i], &names[k]))
				return false;
	return true;
}

static int refuse_duplicates(struct scan *s, size_t first)
{
	const size_t n = s->n_names - first;
	const struct gate_json_name *again = NULL;
	struct gate_json_name *names;
	unsigned line, column;

	if (n < 2)
		return GATE_OK;
	names = s->names + first;
	if (few_and_different(names, n))
		return GATE_OK;
	qsort(names, n, sizeof(*names), gate_json_name_compare);
	for (size_t i = 1; i < n; i++)
		if (same_name(&names[i], &names[i - 1]) && (!again || names[i].at < again->at))
			again = &names[i];
	if (!again)
		return GATE_OK;
	gate_utf8_place(&line, &column, s->bytes, s->len, again[-1].at);
	gate_fail(s->err, GATE_ECONFIG, "duplicate member '%.*s', first on line %u",
	          (int)(again->len < 200 ? again->len : 200), again->text, line);
	return at_offset(s, again->at);
}

/* Its end comes with end_node. */
static int begin_node(struct scan *s, enum gate_json_kind kind)
{
	struct gate_json_text *text = s->options->record;
	int code;

	if (!text)
		return GATE_OK;
	code = gate_grow(&text->nodes, &text->cap, text->n + 1, sizeof(*text->nodes), s->err);
	if (code < 0)
		return code;
	if (s->depth > 0)
		text->nodes[s->open[s->depth - 1].node].n++;
	text->nodes[text->n++] = (struct gate_json_node){
		.kind = kind,
		.at = (uint32_t)s->at,
		.name_at = (uint32_t)s->name_at,
		.name_len = (uint32_t)s->name_len,
	};
	s->name_at = s->name_len = 0;
	return GATE_OK;
}

/* Behind the value. */
static void end_node(struct scan *s, size_t index)
{
	struct gate_json_text *text = s->options->record;

	if (!text)
		return;
	text->nodes[index].len = (uint32_t)s->at - text->nodes[index].at;
	text->nodes[index].next = (uint32_t)text->n;
}

/* At '{' or '['. */
static int open_container(struct scan *s)
{
	if (s->depth == s->options->max_depth) {
		gate_fail(s->err, GATE_ECONFIG, "nested deeper than %zu", s->options->max_depth);
		return at_offset(s, s->at);
	}
	s->open[s->depth].is_map = peek(s) == '{';
	s->open[s->depth].first = s->n_names;
	s->open[s->depth].node = s->nodes - 1;
	s->depth++;
	s->at++;
	return GATE_OK;
}

/* What the first byte promises; a number, too, where nothing begins like that. */
static enum gate_json_kind kind_of(char first)
{
	switch (first) {
	case '{':
		return GATE_JSON_MAP;
	case '[':
		return GATE_JSON_LIST;
	case '"':
		return GATE_JSON_STRING;
	case 't':
		return GATE_JSON_TRUE;
	case 'f':
		return GATE_JSON_FALSE;
	case 'n':
		return GATE_JSON_NULL;
	default:
		return GATE_JSON_NUMBER;
	}
}

static int scan_scalar(struct scan *s, enum gate_json_kind kind)
{
	switch (kind) {
	case GATE_JSON_STRING:
		return scan_string(s);
	case GATE_JSON_TRUE:
		return scan_word(s, "true");
	case GATE_JSON_FALSE:
		return scan_word(s, "false");
	case GATE_JSON_NULL:
		return scan_word(s, "null");
	default:
		if (peek(s) == '-' || (peek(s) >= '0' && peek(s) <= '9'))
			return scan_number(s);
		return fail_expected(s, "a value");
	}
}

/* At a value: steps behind it, or into it when it is a map or a list. */
static int scan_value(struct scan *s)
{
	const enum gate_json_kind kind = kind_of(peek(s));
	int code;

	if (++s->nodes > GATE_MAX_JSON_NODES) {
		gate_fail(s->err, GATE_ECONFIG, "more than %d values", GATE_MAX_JSON_NODES);
		return at_offset(s, s->at);
	}
	code = begin_node(s, kind);
	if (code < 0)
		return code;
	if (kind == GATE_JSON_MAP || kind == GATE_JSON_LIST)
		return open_container(s);
	code = scan_scalar(s, kind);
	if (code == GATE_OK)
		end_node(s, s->nodes - 1);
	return code;
}

/* Behind a value or an opening bracket (`fresh`): closes what ends here, and steps to the next value. *done: no more. */
static int next_value(struct scan *s, bool fresh, bool *done)
{
	while (s->depth > 0) {
		const bool is_map = s->open[s->depth - 1].is_map;
		const size_t first = s->open[s->depth - 1].first;
		int code;

		skip_space(s);
		if (peek(s) == (is_map ? '}' : ']')) {
			code = is_map ? refuse_duplicates(s, first) : GATE_OK;
			if (code < 0)
				return code;
			s->n_names = first;
			s->depth--;
			s->at++;
			end_node(s, s->open[s->depth].node);
			fresh = false;
			continue;
		}
		if (!fresh && peek(s) != ',')
			return fail_expected(s, is_map ? "',' or '}'" : "',' or ']'");
		if (!fresh)
			s->at++;
		return is_map ? scan_name(s) : GATE_OK;
	}
	*done = true;
	return GATE_OK;
}

static int scan_document(struct scan *s)
{
	bool done = false;

	while (!done) {
		size_t depth = s->depth;
		int code;

		skip_space(s);
		code = scan_value(s);
		if (code < 0)
			return code;
		code = next_value(s, s->depth > depth, &done);
		if (code < 0)
			return code;
	}
	skip_space(s);
	return s->at == s->len ? GATE_OK : fail_expected(s, "the end");
}

int gate_json_scan(const char **bytes, size_t *len, const char *file,
                   const struct gate_json_scan_options *options, struct gate_error *err)
{
	GATE_AUTO(scan_release)
	struct scan s = {
		.options = options, .file = file, .bytes = *bytes, .len = *len, .err = err
	};
	int code;

	assert(options->max_depth <= GATE_MAX_JSON_DEPTH);
	if (!s.bytes)
		s.bytes = "";
	if (options->record)
		options->record->n = 0;
	if (s.len > GATE_MAX_JSON_BYTES) {
		gate_fail(err, GATE_ECONFIG, "file has %zu bytes, more than the limit of %zu",
		          s.len, GATE_MAX_JSON_BYTES);
		return at_offset(&s, 0);
	}
	if (s.len >= 3 && memcmp(s.bytes, "\xef\xbb\xbf", 3) == 0) {
		s.bytes += 3;
		s.len -= 3;
	}
	code = scan_document(&s);
	if (code < 0)
		return code;
	*bytes = s.bytes;
	*len = s.len;
	return GATE_OK;
}
