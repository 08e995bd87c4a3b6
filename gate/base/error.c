/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/error.h"

#include <errno.h>
#include <stdarg.h>

static void set_message(struct gate_error *err, int code, const char *fmt, va_list args)
	GATE_PRINTF(3, 0);

static void set_message(struct gate_error *err, int code, const char *fmt, va_list args)
{
	err->code = code;
	err->line = 0;
	err->column = 0;
	err->file[0] = '\0';
	vsnprintf(err->message, sizeof(err->message), fmt, args);
}

int gate_fail(struct gate_error *err, int code, const char *fmt, ...)
{
	va_list args;

	if (!err)
		return code;
	va_start(args, fmt);
	set_message(err, code, fmt, args);
	va_end(args);
	return code;
}

int gate_fail_errno(struct gate_error *err, const char *fmt, ...)
{
	int saved = errno;
	va_list args;
	size_t used;

	if (!err)
		return GATE_EIO;
	va_start(args, fmt);
	set_message(err, GATE_EIO, fmt, args);
	va_end(args);
	used = strlen(err->message);
	snprintf(err->message + used, sizeof(err->message) - used, ": %s", strerror(saved));
	return GATE_EIO;
}

int gate_fail_memory(struct gate_error *err)
{
	return gate_fail(err, GATE_ENOMEM, "out of memory");
}

void gate_error_at(struct gate_error *err, const char *file, unsigned line, unsigned column)
{
	if (!err)
		return;
	err->line = line;
	err->column = column;
	err->file[0] = '\0';
	if (file) {
		size_t len = strlen(file);
		size_t room = sizeof(err->file) - 1;

		/* The end of a long path says more than its start. */
		if (len > room)
			file += len - room;
		snprintf(err->file, sizeof(err->file), "%s", file);
	}
}
