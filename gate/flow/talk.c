/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/talk.h"

#include "gate/base/escape.h"

#include <stdarg.h>
#include <unistd.h>

static void say(const char *text, size_t len)
{
	GATE_AUTO(gate_buf_release) struct gate_buf line = { 0 };

	gate_buf_puts(&line, "doragate: ");
	gate_escape_line(&line, text, len);
	gate_buf_putc(&line, '\n');
	if (gate_buf_failed(&line))
		fputs("doragate: out of memory\n", stderr);
	else
		fwrite(line.ptr, 1, line.len, stderr);
}

void gate_talk(const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0) {
		fputs("doragate: out of memory\n", stderr);
		return;
	}
	say(text, (size_t)len);
	free(text);
}

void gate_talk_error(const struct gate_error *err)
{
	if (err->file[0] && err->line && err->column)
		gate_talk("%s:%u:%u: %s", err->file, err->line, err->column, err->message);
	else if (err->file[0] && err->line)
		gate_talk("%s:%u: %s", err->file, err->line, err->message);
	else if (err->file[0])
		gate_talk("%s: %s", err->file, err->message);
	else
		gate_talk("%s", err->message);
}

bool gate_talk_color(int fd)
{
	const char *none = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fd) && !(none && none[0]) && term && strcmp(term, "dumb") != 0;
}
