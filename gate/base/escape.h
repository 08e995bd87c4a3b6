/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Text from outside, made safe for where it goes.
 */
#ifndef GATE_BASE_ESCAPE_H
#define GATE_BASE_ESCAPE_H

#include "gate/base/buf.h"

#include <stdint.h>

/**
 * For a terminal or a log line: control bytes (C0, DEL, C1 as UTF-8) become \n, \t, \xNN; invalid UTF-8 becomes \xNN
 * byte by byte; bidirectional controls, zero-width and line/paragraph separators, and the byte order mark become
 * \u{NNNN}, as do the invisible operators and tags. A backslash stays as it is. Nothing else changes.
 */
void gate_escape_line(struct gate_buf *out, const char *bytes, size_t len);

/** A line of talk: formatted, escaped as above (so that no value begins a line of its own), and ended with LF. */
void gate_escape_printf(struct gate_buf *out, const char *fmt, ...) GATE_PRINTF(2, 3);

/** As gate_escape_line, at most `width` characters of output; what is cut ends in "...". An escape is never cut in two. */
void gate_escape_cut(struct gate_buf *out, const char *bytes, size_t len, size_t width);

/**
 * A word for a POSIX shell: as it is when it needs no quotes, else in single quotes. False, and nothing is appended,
 * when it holds control bytes, invalid UTF-8 or what gate_escape_line would change: such a value gets no command.
 */
bool gate_quote_shell(struct gate_buf *out, const char *bytes, size_t len);

/** The length in bytes of the UTF-8 character at `bytes`, its code point in `*point` (may be NULL); 0: none valid. */
size_t gate_utf8_next(const char *bytes, size_t len, uint32_t *point);

/** Characters in the text; a byte that is no UTF-8 counts as one. */
size_t gate_utf8_count(const char *bytes, size_t len);

/**
 * Where the byte at offset `at` (at most `len`) stands: line and column from 1, columns count characters. LF, CR LF and
 * a lone CR end a line.
 */
void gate_utf8_place(unsigned *line, unsigned *column, const char *bytes, size_t len, size_t at);

/** C0, DEL and C1: what gate_escape_line writes as \n, \t and \xNN. */
bool gate_utf8_control(uint32_t point);

/** Bidirectional controls, zero-width characters, separators: what gate_escape_line writes as \u{NNNN}. */
bool gate_utf8_invisible(uint32_t point);

#endif
