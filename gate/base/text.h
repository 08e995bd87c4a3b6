/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Text patterns: PCRE2 over bytes, unanchored, with a match limit, so that no pattern can run for ever.
 */
#ifndef GATE_BASE_TEXT_H
#define GATE_BASE_TEXT_H

#include "gate/base/memory.h"

struct gate_text;

/**
 * Compiles a pattern of at most GATE_MAX_PATTERN_BYTES. UTF and UCP are off: text is bytes. A line ends with LF; `^` and
 * `$` match at lines only with (?m). Patterns cannot raise the limits with (*LIMIT_...), only lower them, nor use \C or
 * callouts. GATE_ECONFIG: err->column is the byte, from 1, and err->line is 0.
 */
int gate_text_compile(struct gate_text **out, const char *pattern, size_t len,
                      struct gate_error *err);
void gate_text_free(struct gate_text *text);
GATE_DEFINE_AUTO(struct gate_text *, gate_text_free)

enum gate_match {
	GATE_MATCH_NO = 0,
	GATE_MATCH_YES = 1,
	GATE_MATCH_LIMIT = 2 /* gave up: unknown */
};

/** The limits hold for the whole call, however long the text is. Not thread-safe for one and the same object. */
enum gate_match gate_text_match(struct gate_text *text, const char *bytes, size_t len);

#endif
