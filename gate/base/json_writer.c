/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/json.h"

#include "gate/base/escape.h"

#include <assert.h>
#include <inttypes.h>

static void add_escaped(struct gate_buf *out, uint32_t point)
{
	if (point > 0xffff) {
		point -= 0x10000;
		gate_buf_printf(out, "\\u%04x", 0xd800 + (point >> 10));
		point = 0xdc00 + (point & 0x3ff);
	}
	gate_buf_printf(out, "\\u%04x", point);
}

/* How many bytes at the start are ASCII that needs no escape: nearly all text is, so it is copied at once. */
static size_t plain_bytes(const char *bytes, size_t len)
{
	size_t n = 0;

	while (n < len && bytes[n] >= ' ' && bytes[n] <= '~' && bytes[n] != '"' && bytes[n] != '\\')
		n++;
	return n;
}

static void add_string(struct gate_buf *out, const char *bytes, size_t len)
{
	gate_buf_putc(out, '"');
	for (size_t i = 0; i < len;) {
		uint32_t point = 0;
		size_t n = plain_bytes(bytes + i, len - i);

		if (n) {
			gate_buf_add(out, bytes + i, n);
			i += n;
			continue;
		}
		n = gate_utf8_next(bytes + i, len - i, &point);
		if (!n)
			gate_buf_puts(out, "\xef\xbf\xbd");
		else if (gate_utf8_control(point) || gate_utf8_invisible(point))
			add_escaped(out, point);
		else if (point == '"' || point == '\\')
			gate_buf_printf(out, "\\%c", (char)point);
		else
			gate_buf_add(out, bytes + i, n);
		i += n ? n : 1;
	}
	gate_buf_putc(out, '"');
}

static void new_line(struct gate_json_writer *w)
{
	gate_buf_putc(w->buf, '\n');
	for (unsigned i = 0; i < w->depth; i++)
		gate_buf_puts(w->buf, "  ");
}

/* What stands before a value. */
static void begin_value(struct gate_json_writer *w, const char *key)
{
	assert(w->depth > 0 || (!w->started && !key));
	if (w->started)
		gate_buf_putc(w->buf, ',');
	if (w->depth > 0)
		new_line(w);
	if (key) {
		add_string(w->buf, key, strlen(key));
		gate_buf_puts(w->buf, ": ");
	}
	w->started = true;
}

static void begin(struct gate_json_writer *w, const char *key, char bracket)
{
	begin_value(w, key);
	gate_buf_putc(w->buf, bracket);
	w->depth++;
	w->started = false;
}

static void end(struct gate_json_writer *w, char bracket)
{
	assert(w->depth > 0);
	w->depth--;
	if (w->started)
		new_line(w);
	gate_buf_putc(w->buf, bracket);
	w->started = true;
}

void gate_json_begin_map(struct gate_json_writer *w, const char *key)
{
	begin(w, key, '{');
}

void gate_json_end_map(struct gate_json_writer *w)
{
	end(w, '}');
}

void gate_json_begin_list(struct gate_json_writer *w, const char *key)
{
	begin(w, key, '[');
}

void gate_json_end_list(struct gate_json_writer *w)
{
	end(w, ']');
}

void gate_json_text(struct gate_json_writer *w, const char *key, const char *text)
{
	gate_json_bytes(w, key, text, strlen(text));
}

void gate_json_text_or_null(struct gate_json_writer *w, const char *key, const char *text)
{
	if (text)
		gate_json_text(w, key, text);
	else
		gate_json_null(w, key);
}

void gate_json_bytes(struct gate_json_writer *w, const char *key, const char *bytes, size_t len)
{
	begin_value(w, key);
	add_string(w->buf, bytes, len);
}

void gate_json_buf(struct gate_json_writer *w, const char *key, const struct gate_buf *text)
{
	gate_json_bytes(w, key, gate_buf_text(text), text->len);
	w->buf->failed |= gate_buf_failed(text);
}

void gate_json_number(struct gate_json_writer *w, const char *key, int64_t number)
{
	begin_value(w, key);
	gate_buf_printf(w->buf, "%" PRId64, number);
}

void gate_json_bool(struct gate_json_writer *w, const char *key, bool value)
{
	begin_value(w, key);
	gate_buf_puts(w->buf, value ? "true" : "false");
}

void gate_json_null(struct gate_json_writer *w, const char *key)
{
	begin_value(w, key);
	gate_buf_puts(w->buf, "null");
}
