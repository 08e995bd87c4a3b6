/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A growing string. Failures are latched: append as often as you like, check once at the end.
 *
 *     GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
 *     gate_buf_printf(&buf, "%zu files", n);
 *     if (gate_buf_failed(&buf))
 *             return gate_fail_memory(err);
 *
 * `ptr` is NUL-terminated once something was appended; the bytes may hold NULs too, `len` counts.
 */
#ifndef GATE_BASE_BUF_H
#define GATE_BASE_BUF_H

#include "gate/base/memory.h"

struct gate_buf {
	char *ptr; /* own; NULL while nothing was appended */
	size_t len, cap;
	bool failed;
};

void gate_buf_add(struct gate_buf *buf, const char *bytes, size_t len);
void gate_buf_puts(struct gate_buf *buf, const char *text);
void gate_buf_putc(struct gate_buf *buf, char c);
void gate_buf_printf(struct gate_buf *buf, const char *fmt, ...) GATE_PRINTF(2, 3);

/** The text so far, never NULL: "" while empty. Borrowed, valid until the next append. */
const char *gate_buf_text(const struct gate_buf *buf);

/** True when any append ran out of memory; what is in the buffer is then not to be used. */
bool gate_buf_failed(const struct gate_buf *buf);

/** Hands the text over to the caller, who frees it; the buffer is empty afterwards. NULL when memory ran out. */
char *gate_buf_take(struct gate_buf *buf);

/** Empties it and keeps the memory. */
void gate_buf_reset(struct gate_buf *buf);
void gate_buf_release(struct gate_buf *buf);

GATE_DEFINE_AUTO_STRUCT(struct gate_buf, gate_buf_release)

#endif
