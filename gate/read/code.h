/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Source code as a line scanner wants it: comments and the insides of strings are blanks, and every byte is where it was.
 *
 * This is no parser. It knows how comments and strings of a language look, so that a word in them is not taken for code. What it does not
 * know: Ruby's heredocs and %q(), regular expressions, PHP's heredocs. Strings of one line end with it, so that a lone quote hides no more.
 */
#ifndef GATE_READ_CODE_H
#define GATE_READ_CODE_H

#include "gate/base/buf.h"

enum gate_language {
	GATE_LANGUAGE_PYTHON,
	GATE_LANGUAGE_RUBY,
	GATE_LANGUAGE_JAVASCRIPT, /* and TypeScript */
	GATE_LANGUAGE_CSHARP,
	GATE_LANGUAGE_PHP,
	GATE_LANGUAGE_SQL,
};

/** A part of a text; borrowed. */
struct gate_code_span {
	const char *at;
	size_t len;
};

/**
 * A copy of `text` of the same length, with a NUL behind it, to be freed. Comments are blanks; of a string its first quote stays, of one that
 * is empty both. Line ends stay. NULs become blanks.
 */
int gate_code_blank(char **out, const char *text, size_t len, enum gate_language language,
                    struct gate_error *err);

/** The line of an offset, from 1. */
unsigned gate_code_line(const char *text, size_t offset);

/**
 * Where the bracket at `open` closes, counting all of ()[]{}: its offset. False: it does not.
 */
bool gate_code_close(size_t *close, const char *text, size_t len, size_t open);

/**
 * The next place at or behind `from` where `word` stands alone, no letter, digit, `_` or `$` beside it. False: none.
 */
bool gate_code_find_word(size_t *at, const char *text, size_t len, size_t from, const char *word);

/** Without white space at both ends. */
struct gate_code_span gate_span_trim(struct gate_code_span span);
/** True when it is this text. */
bool gate_code_span_is(struct gate_code_span span, const char *text);
/** True when it starts with this word, and a word ends there. */
bool gate_code_span_starts(struct gate_code_span span, const char *word);
/** Takes the next line, without its end, from what is left; false: nothing is left. */
bool gate_span_line(struct gate_code_span *line, struct gate_code_span *left);
/** White space at the beginning, in bytes. */
size_t gate_span_indent(struct gate_code_span line);

#endif
