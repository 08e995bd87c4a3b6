/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cJSON takes more than RFC 8259 allows (control bytes, numbers like 01, members twice) and says little about what it
 * refuses. So the whole text is checked here first, without recursion, and cJSON only builds the tree.
 *
 * The names of all open maps wait on one stack; those of the innermost are on top, and are sorted when it ends.
 */
#include "gate/base/json.h"

#include "gate/base/escape.h"
#include "gate/base/limits.h"

#include <math.h>

/* cJSON copies a number into a buffer of 64 bytes. */
#define LONGEST_NUMBER 63

struct name {
	const char *text; /* decoded; in the document or in the arena */
	size_t len;
	size_t at; /* of its opening quote */
};

struct scan {
	const char *file, *bytes;
	size_t len, at;
	size_t depth, nodes;
	struct {
		bool is_map;
		size_t first; /* its first name */
	} open[GATE_MAX_JSON_DEPTH];
	struct name *names; /* own */
	size_t n_names, cap;
	struct gate_arena arena; /* names that hold escapes */
	struct gate_error *err;  /* borrowed */
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

static void skip_space(struct scan *s)
{
	while (s->at < s->len && strchr(" \t\r\n", s->bytes[s->at]) && s->bytes[s->at])
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
	if (*point == 0)
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

static void add_utf8(struct gate_buf *out, uint32_t point)
{
	/* The high bits of the first byte, by how many bytes follow. */
	static const unsigned char heads[] = { 0x00, 0xc0, 0xe0, 0xf0 };
	unsigned more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;

	gate_buf_putc(out, (char)(heads[more] | point >> 6 * more));
	while (more-- > 0)
		gate_buf_putc(out, (char)(0x80 | (point >> 6 * more & 0x3f)));
}

/* At a character in a string: steps behind it, *point is what it means. */
static int scan_character(struct scan *s, uint32_t *point)
{
	size_t n = gate_utf8_next(s->bytes + s->at, s->len - s->at, point);

	if (n && *point == '\\')
		return scan_escape(s, point);
	if (!n)
		return fail_expected(s, "text");
	if (*point < 0x20) {
		gate_fail(s->err, GATE_ECONFIG, "control character U+%04X in text", *point);
		return at_offset(s, s->at);
	}
	s->at += n;
	return GATE_OK;
}

/* At an opening quote: steps behind the closing one. `decoded` (may be NULL) gets the text. */
static int scan_string(struct scan *s, struct gate_buf *decoded)
{
	const size_t start = s->at++;

	while (s->at < s->len && peek(s) != '"') {
		uint32_t point = 0;
		int code = scan_character(s, &point);

		if (code < 0)
			return code;
		if (decoded)
			add_utf8(decoded, point);
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

static int scan_number(struct scan *s)
{
	const size_t start = s->at;
	char copy[LONGEST_NUMBER + 1];
	int code = GATE_OK;
	size_t len;

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
	if (code < 0)
		return code;
	len = s->at - start;
	if (len > LONGEST_NUMBER)
		return fail_at(s, start, "number is too long");
	memcpy(copy, s->bytes + start, len);
	copy[len] = '\0';
	/* So few digits are too large only with an exponent. */
	if (strpbrk(copy, "eE") && isinf(strtod(copy, NULL)))
		return fail_at(s, start, "number is too large");
	return GATE_OK;
}

static int scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if (s->len - s->at < len || memcmp(s->bytes + s->at, word, len) != 0)
		return fail_expected(s, "a value");
	s->at += len;
	return GATE_OK;
}

static int scan_name(struct scan *s)
{
	GATE_AUTO(gate_buf_release) struct gate_buf decoded = { 0 };
	struct name name = { 0 };
	int code;

	skip_space(s);
	name.at = s->at;
	if (peek(s) != '"')
		return fail_expected(s, "a name in '\"'");
	if (gate_grow(&s->names, &s->cap, s->n_names + 1, sizeof(*s->names), s->err) < 0)
		return GATE_ENOMEM;
	code = scan_string(s, NULL);
	if (code < 0)
		return code;
	name.text = s->bytes + name.at + 1;
	name.len = s->at - name.at - 2;
	if (memchr(name.text, '\\', name.len)) {
		s->at = name.at;
		scan_string(s, &decoded);
		name.text = gate_arena_copy(&s->arena, gate_buf_text(&decoded), decoded.len);
		name.len = decoded.len;
		if (!name.text || gate_buf_failed(&decoded))
			return gate_fail_memory(s->err);
	}
	s->names[s->n_names++] = name;
	skip_space(s);
	if (peek(s) != ':')
		return fail_expected(s, "':'");
	s->at++;
	return GATE_OK;
}

static int compare_names(const void *a, const void *b)
{
	const struct name *left = a, *right = b;
	size_t common = left->len < right->len ? left->len : right->len;
	int order = memcmp(left->text, right->text, common);

	if (order)
		return order;
	if (left->len != right->len)
		return left->len < right->len ? -1 : 1;
	return (left->at > right->at) - (left->at < right->at);
}

static int refuse_duplicates(struct scan *s, size_t first)
{
	const size_t n = s->n_names - first;
	const struct name *again = NULL;
	struct name *names;
	unsigned line, column;

	if (n < 2)
		return GATE_OK;
	names = s->names + first;
	qsort(names, n, sizeof(*names), compare_names);
	for (size_t i = 1; i < n; i++)
		if (names[i].len == names[i - 1].len &&
		    memcmp(names[i].text, names[i - 1].text, names[i].len) == 0 &&
		    (!again || names[i].at < again->at))
			again = &names[i];
	if (!again)
		return GATE_OK;
	gate_utf8_place(&line, &column, s->bytes, s->len, again[-1].at);
	gate_fail(s->err, GATE_ECONFIG, "duplicate member '%.*s', first on line %u",
	          (int)(again->len < 200 ? again->len : 200), again->text, line);
	return at_offset(s, again->at);
}

/* At '{' or '['. */
static int open_container(struct scan *s)
{
	if (s->depth == GATE_MAX_JSON_DEPTH) {
		gate_fail(s->err, GATE_ECONFIG, "nested deeper than %d", GATE_MAX_JSON_DEPTH);
		return at_offset(s, s->at);
	}
	s->open[s->depth].is_map = peek(s) == '{';
	s->open[s->depth].first = s->n_names;
	s->depth++;
	s->at++;
	return GATE_OK;
}

/* At a value: steps behind it, or into it when it is a map or a list. */
static int scan_value(struct scan *s)
{
	if (++s->nodes > GATE_MAX_JSON_NODES) {
		gate_fail(s->err, GATE_ECONFIG, "more than %d values", GATE_MAX_JSON_NODES);
		return at_offset(s, s->at);
	}
	switch (peek(s)) {
	case '{':
	case '[':
		return open_container(s);
	case '"':
		return scan_string(s, NULL);
	case 't':
		return scan_word(s, "true");
	case 'f':
		return scan_word(s, "false");
	case 'n':
		return scan_word(s, "null");
	default:
		if (peek(s) == '-' || (peek(s) >= '0' && peek(s) <= '9'))
			return scan_number(s);
		return fail_expected(s, "a value");
	}
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

int gate_json_parse(cJSON **out, const char *file, const char *bytes, size_t len,
                    struct gate_error *err)
{
	GATE_AUTO(scan_release)
	struct scan s = { .file = file, .bytes = bytes ? bytes : "", .len = len, .err = err };
	cJSON *json;
	int code;

	if (len > GATE_MAX_JSON_BYTES) {
		gate_fail(err, GATE_ECONFIG, "file has %zu bytes, more than the limit of %zu", len,
		          GATE_MAX_JSON_BYTES);
		return at_offset(&s, 0);
	}
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		s.bytes += 3;
		s.len -= 3;
	}
	code = scan_document(&s);
	if (code < 0)
		return code;
	json = cJSON_ParseWithLengthOpts(s.bytes, s.len, NULL, 0);
	/* What was valid above can only fail for one reason. */
	if (!json)
		return gate_fail_memory(err);
	*out = json;
	return GATE_OK;
}

void gate_json_free(cJSON *json)
{
	cJSON_Delete(json);
}
