/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/escape.h"

#include <stdarg.h>

size_t gate_utf8_next(const char *bytes, size_t len, uint32_t *point)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *b = (const unsigned char *)bytes;
	size_t n;
	uint32_t value;

	if (!len)
		return 0;
	if (b[0] < 0x80) {
		n = 1;
		value = b[0];
	} else if ((b[0] & 0xe0) == 0xc0) {
		n = 2;
		value = b[0] & 0x1f;
	} else if ((b[0] & 0xf0) == 0xe0) {
		n = 3;
		value = b[0] & 0x0f;
	} else if ((b[0] & 0xf8) == 0xf0) {
		n = 4;
		value = b[0] & 0x07;
	} else {
		return 0;
	}
	if (n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (b[i] & 0x3f);
	}
	/* Overlong forms, UTF-16 surrogates and what is beyond Unicode are no UTF-8 (RFC 3629). */
	if (value < smallest[n] || (value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff)
		return 0;
	if (point)
		*point = value;
	return n;
}

size_t gate_utf8_count(const char *bytes, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; count++) {
		size_t n = gate_utf8_next(bytes + i, len - i, NULL);

		i += n ? n : 1;
	}
	return count;
}

void gate_utf8_place(unsigned *line, unsigned *column, const char *bytes, size_t len, size_t at)
{
	size_t start = 0;

	*line = 1;
	for (size_t i = 0; i < at && i < len; i++) {
		bool ends = bytes[i] == '\n' ||
		            (bytes[i] == '\r' && (i + 1 == len || bytes[i + 1] != '\n'));

		if (ends) {
			++*line;
			start = i + 1;
		}
	}
	*column = (unsigned)gate_utf8_count(bytes + start, at - start) + 1;
}

bool gate_utf8_invisible(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x061c, 0x061c },   /* arabic letter mark */
		{ 0x180e, 0x180e },   /* vowel separator */
		{ 0x200b, 0x200f },   /* zero width, direction marks */
		{ 0x2028, 0x202e },   /* line and paragraph separator, embeddings and overrides */
		{ 0x2060, 0x206f },   /* word joiner, invisible operators, isolates */
		{ 0xfeff, 0xfeff },   /* byte order mark */
		{ 0xe0000, 0xe007f }, /* tags */
	};

	for (size_t i = 0; i < GATE_COUNT(ranges); i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

bool gate_utf8_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f);
}

/* Appends the first character of a text, escaped. Returns its bytes in the text; *width is what it takes in the output. */
static size_t escape_next(struct gate_buf *out, const char *bytes, size_t len, size_t *width)
{
	size_t before = out->len;
	uint32_t point = 0;
	size_t n = gate_utf8_next(bytes, len, &point);

	if (n && !gate_utf8_control(point) && !gate_utf8_invisible(point)) {
		gate_buf_add(out, bytes, n);
		*width = 1;
		return n;
	}
	if (n && point == '\n')
		gate_buf_puts(out, "\\n");
	else if (n && point == '\t')
		gate_buf_puts(out, "\\t");
	else if (n && gate_utf8_invisible(point))
		gate_buf_printf(out, "\\u{%04x}", point);
	else
		for (size_t i = 0; i < (n ? n : 1); i++)
			gate_buf_printf(out, "\\x%02x", (unsigned char)bytes[i]);
	*width = out->len - before;
	return n ? n : 1;
}

void gate_escape_line(struct gate_buf *out, const char *bytes, size_t len)
{
	size_t width;

	for (size_t i = 0; i < len;)
		i += escape_next(out, bytes + i, len - i, &width);
}

void gate_escape_cut(struct gate_buf *out, const char *bytes, size_t len, size_t width)
{
	const size_t dots = width < 3 ? width : 3;
	size_t keep = out->len; /* where the dots go when the text turns out too long */
	size_t used = 0;

	for (size_t i = 0; i < len && !out->failed;) {
		size_t more = 0;

		i += escape_next(out, bytes + i, len - i, &more);
		used += more;
		if (used > width) {
			out->len = keep;
			gate_buf_add(out, "...", dots);
			return;
		}
		if (used <= width - dots)
			keep = out->len;
	}
}

static bool needs_quotes(char c)
{
	return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	         (c && strchr("_-./:,@%+", c)));
}

bool gate_quote_shell(struct gate_buf *out, const char *bytes, size_t len)
{
	bool quote = len == 0;

	for (size_t i = 0; i < len;) {
		uint32_t point = 0;
		size_t n = gate_utf8_next(bytes + i, len - i, &point);

		if (!n || gate_utf8_control(point) || gate_utf8_invisible(point))
			return false;
		quote = quote || needs_quotes(bytes[i]);
		i += n;
	}
	if (!quote) {
		gate_buf_add(out, bytes, len);
		return true;
	}
	gate_buf_putc(out, '\'');
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\'')
			gate_buf_puts(out, "'\\''");
		else
			gate_buf_putc(out, bytes[i]);
	}
	gate_buf_putc(out, '\'');
	return true;
}

void gate_escape_printf(struct gate_buf *out, const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0) {
		out->failed = true;
		return;
	}
	gate_escape_line(out, text, (size_t)len);
	gate_buf_putc(out, '\n');
	free(text);
}
