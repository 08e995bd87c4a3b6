/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What git means by white space, a line and the scissors in a message. For gate/git/message*.c.
 */
#ifndef GATE_GIT_MESSAGE_TEXT_H
#define GATE_GIT_MESSAGE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* No vertical tab and no form feed: git's own table. */
static inline bool gate_message_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/** The start of the next line, or `end`. */
static inline const char *gate_message_next_line(const char *at, const char *end)
{
	const char *lf = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;

	return lf ? lf + 1 : end;
}

static inline bool gate_message_starts(const char *at, const char *end, const char *prefix,
                                       size_t len)
{
	return (size_t)(end - at) >= len && memcmp(at, prefix, len) == 0;
}

/** Without white space behind it. */
static inline size_t gate_message_trimmed(const char *at, size_t len)
{
	while (len && gate_message_is_space(at[len - 1]))
		len--;
	return len;
}

/** How much stands before the scissors line; `len` when there is none. */
size_t gate_message_before_scissors(const char *bytes, size_t len, const char *comment);

#endif
