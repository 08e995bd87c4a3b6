/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/read/code.h"

struct syntax {
	const char *line[3];      /* what begins a comment that ends with the line */
	const char *open, *close; /* of a comment; NULL: there is none */
	const char *quotes;       /* of strings that end with the line, where nothing else does */
	const char *long_quotes;  /* of strings that go on over lines */
	bool triple;              /* three quotes in a row begin a string that three end */
	bool verbatim;            /* @"": a string over lines, without escapes */
	bool doubled;             /* no escapes: a quote in a string stands twice */
};

static const struct syntax syntaxes[] = {
	[GATE_LANGUAGE_PYTHON] = { .line = { "#" }, .quotes = "'\"", .triple = true },
	[GATE_LANGUAGE_RUBY] = { .line = { "#" },
	                         .open = "\n=begin",
	                         .close = "\n=end",
	                         .quotes = "'\"`" },
	[GATE_LANGUAGE_JAVASCRIPT] = { .line = { "//" },
	                               .open = "/*",
	                               .close = "*/",
	                               .quotes = "'\"",
	                               .long_quotes = "`" },
	[GATE_LANGUAGE_CSHARP] = { .line = { "//" },
	                           .open = "/*",
	                           .close = "*/",
	                           .quotes = "'\"",
	                           .triple = true,
	                           .verbatim = true },
	[GATE_LANGUAGE_PHP] = { .line = { "//", "#" },
	                        .open = "/*",
	                        .close = "*/",
	                        .long_quotes = "'\"" },
	[GATE_LANGUAGE_SQL] = { .line = { "--", "#" },
	                        .open = "/*",
	                        .close = "*/",
	                        .long_quotes = "'\"`",
	                        .doubled = true },
};

static bool begins(const char *text, size_t len, size_t at, const char *with)
{
	size_t n = strlen(with);

	return len - at >= n && !memcmp(text + at, with, n);
}

static bool is_one_of(const char *set, char c)
{
	return set && c && strchr(set, c);
}

/* Behind the end of the comment at `at`; `at` itself: none begins there. */
static size_t skip_comment(const char *text, size_t len, size_t at, const struct syntax *syntax)
{
	for (size_t i = 0; i < GATE_COUNT(syntax->line) && syntax->line[i]; i++)
		if (begins(text, len, at, syntax->line[i])) {
			const char *end = memchr(text + at, '\n', len - at);

			return end ? (size_t)(end - text) : len;
		}
	if (syntax->open && begins(text, len, at, syntax->open)) {
		const char *end =
			memmem(text + at + 2, len - at - 2, syntax->close, strlen(syntax->close));

		return end ? (size_t)(end - text) + strlen(syntax->close) : len;
	}
	return at;
}

static size_t skip_triple(const char *text, size_t len, size_t at)
{
	for (size_t i = at + 3; i + 2 < len; i++) {
		if (text[i] == '\\')
			i++;
		else if (text[i] == text[at] && text[i + 1] == text[at] && text[i + 2] == text[at])
			return i + 3;
	}
	return len;
}

/* Behind the end of the string at `at`; `at` itself: none begins there. */
static size_t skip_string(const char *text, size_t len, size_t at, const struct syntax *syntax)
{
	char quote = text[at];
	bool is_long = is_one_of(syntax->long_quotes, quote);
	bool escapes = !syntax->doubled;

	if (!is_long && !is_one_of(syntax->quotes, quote))
		return at;
	if (syntax->triple && at + 2 < len && text[at + 1] == quote && text[at + 2] == quote)
		return skip_triple(text, len, at);
	if (syntax->verbatim && at && text[at - 1] == '@') {
		is_long = true;
		escapes = false;
	}
	for (size_t i = at + 1; i < len; i++) {
		if (text[i] == '\\' && escapes)
			i++;
		else if (text[i] == quote)
			return i + 1;
		else if (text[i] == '\n' && !is_long)
			return i;
	}
	return len;
}

static void blank(char *text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (text[i] != '\n')
			text[i] = ' ';
}

int gate_code_blank(char **out, const char *text, size_t len, enum gate_language language,
                    struct gate_error *err)
{
	const struct syntax *syntax = &syntaxes[language];
	char *copy = gate_copy(text, len);

	if (!copy)
		return gate_fail_memory(err);
	for (size_t at = 0; at < len;) {
		size_t end = skip_comment(text, len, at, syntax);

		if (end > at) {
			blank(copy, at, end);
		} else {
			end = skip_string(text, len, at, syntax);
			if (end > at && !(end == at + 2 && text[at + 1] == text[at]))
				blank(copy, at + 1, end);
		}
		at = end > at ? end : at + 1;
	}
	for (size_t i = 0; i < len; i++)
		if (!copy[i] || copy[i] == '\r')
			copy[i] = ' ';
	*out = copy;
	return GATE_OK;
}

unsigned gate_code_line(const char *text, size_t offset)
{
	unsigned line = 1;

	for (size_t i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

bool gate_code_close(size_t *close, const char *text, size_t len, size_t open)
{
	size_t depth = 0;

	for (size_t i = open; i < len; i++) {
		switch (text[i]) {
		case '(':
		case '[':
		case '{':
			depth++;
			break;
		case ')':
		case ']':
		case '}':
			if (!--depth) {
				*close = i;
				return true;
			}
			break;
		default:
			break;
		}
	}
	return false;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

bool gate_code_find_word(size_t *at, const char *text, size_t len, size_t from, const char *word)
{
	size_t n = strlen(word);

	while (from < len) {
		const char *found = memmem(text + from, len - from, word, n);
		size_t start = found ? (size_t)(found - text) : 0;

		if (!found)
			return false;
		if ((!start || !is_word(text[start - 1])) &&
		    (start + n == len || !is_word(text[start + n]))) {
			*at = start;
			return true;
		}
		from = start + 1;
	}
	return false;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

struct gate_code_span gate_span_trim(struct gate_code_span span)
{
	while (span.len && is_space(span.at[0])) {
		span.at++;
		span.len--;
	}
	while (span.len && is_space(span.at[span.len - 1]))
		span.len--;
	return span;
}

bool gate_code_span_is(struct gate_code_span span, const char *text)
{
	return span.len == strlen(text) && !memcmp(span.at, text, span.len);
}

bool gate_code_span_starts(struct gate_code_span span, const char *word)
{
	size_t n = strlen(word);

	return span.len >= n && !memcmp(span.at, word, n) &&
	       (span.len == n || !is_word(span.at[n]));
}

bool gate_span_line(struct gate_code_span *line, struct gate_code_span *left)
{
	const char *end;

	if (!left->len)
		return false;
	end = memchr(left->at, '\n', left->len);
	line->at = left->at;
	line->len = end ? (size_t)(end - left->at) : left->len;
	left->at += line->len + (end ? 1 : 0);
	left->len -= line->len + (end ? 1 : 0);
	return true;
}

size_t gate_span_indent(struct gate_code_span line)
{
	size_t n = 0;

	while (n < line.len && (line.at[n] == ' ' || line.at[n] == '\t'))
		n++;
	return n;
}
