/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/buf.h"

#include <stdarg.h>

static bool reserve(struct gate_buf *buf, size_t more)
{
	if (buf->failed || more > (size_t)-1 / 2 - buf->len ||
	    gate_grow(&buf->ptr, &buf->cap, buf->len + more + 1, 1, NULL) < 0)
		buf->failed = true;
	return !buf->failed;
}

void gate_buf_add(struct gate_buf *buf, const char *bytes, size_t len)
{
	if (!reserve(buf, len))
		return;
	if (len)
		memcpy(buf->ptr + buf->len, bytes, len);
	buf->len += len;
	buf->ptr[buf->len] = '\0';
}

void gate_buf_puts(struct gate_buf *buf, const char *text)
{
	gate_buf_add(buf, text, strlen(text));
}

void gate_buf_putc(struct gate_buf *buf, char c)
{
	gate_buf_add(buf, &c, 1);
}

void gate_buf_printf(struct gate_buf *buf, const char *fmt, ...)
{
	va_list args;
	int need;

	va_start(args, fmt);
	need = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (need < 0) {
		buf->failed = true;
		return;
	}
	if (!reserve(buf, (size_t)need))
		return;
	va_start(args, fmt);
	vsnprintf(buf->ptr + buf->len, (size_t)need + 1, fmt, args);
	va_end(args);
	buf->len += (size_t)need;
}

const char *gate_buf_text(const struct gate_buf *buf)
{
	return buf->ptr ? buf->ptr : "";
}

bool gate_buf_failed(const struct gate_buf *buf)
{
	return buf->failed;
}

char *gate_buf_take(struct gate_buf *buf)
{
	char *text;

	if (!buf->ptr)
		gate_buf_add(buf, "", 0);
	if (buf->failed)
		return NULL;
	text = gate_steal(&buf->ptr);
	buf->len = 0;
	buf->cap = 0;
	return text;
}

void gate_buf_reset(struct gate_buf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->ptr)
		buf->ptr[0] = '\0';
}

void gate_buf_release(struct gate_buf *buf)
{
	free(buf->ptr);
	*buf = (struct gate_buf){ 0 };
}
