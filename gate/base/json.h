/* SPDX-License-Identifier: Apache-2.0 */
/**
 * JSON in: cJSON behind limits on size and depth, with line and column for errors, duplicate members and invalid UTF-8 refused.
 * JSON out: a writer to a gate_buf that escapes everything a string may hold; the same input gives the same bytes.
 */
#ifndef GATE_BASE_JSON_H
#define GATE_BASE_JSON_H

#include "gate/base/buf.h"

#include <cjson/cJSON.h>
#include <stdint.h>

/**
 * Parses one document with nothing behind it but white space. `file` is for messages. GATE_ECONFIG with place, GATE_ENOMEM.
 *
 * What RFC 8259 refuses is refused, and so are members twice in one map, a NUL in text (\u0000), unpaired surrogates,
 * numbers of more than 63 characters or beyond a double, and what is over the limits of gate/base/limits.h (bytes, depth,
 * values). A UTF-8 byte order mark is skipped.
 */
int gate_json_parse(cJSON **out, const char *file, const char *bytes, size_t len,
                    struct gate_error *err);
void gate_json_free(cJSON *json);
GATE_DEFINE_AUTO(cJSON *, gate_json_free)

/**
 * Writer. Commas and indentation (two spaces) are its business; `key` is NULL inside a list and at the root. Values: a
 * string is bytes; what is no UTF-8 is written as U+FFFD, byte by byte; control bytes as \u00XX, and what
 * gate_utf8_invisible names (U+2028, U+2029, bidirectional controls and others) as \uXXXX. One writer writes one value at
 * the root, and no newline behind it. Start with { .buf = &buf }.
 */
struct gate_json_writer {
	struct gate_buf *buf; /* borrowed */
	unsigned depth;
	bool started; /* something stands in the innermost map or list */
};

void gate_json_begin_map(struct gate_json_writer *w, const char *key);
void gate_json_end_map(struct gate_json_writer *w);
void gate_json_begin_list(struct gate_json_writer *w, const char *key);
void gate_json_end_list(struct gate_json_writer *w);
void gate_json_text(struct gate_json_writer *w, const char *key, const char *text);
/** NULL is null. */
void gate_json_text_or_null(struct gate_json_writer *w, const char *key, const char *text);
void gate_json_bytes(struct gate_json_writer *w, const char *key, const char *bytes, size_t len);
/** What was collected in a buffer; when memory ran out there, it did here too (gate_buf_failed). */
void gate_json_buf(struct gate_json_writer *w, const char *key, const struct gate_buf *text);
void gate_json_number(struct gate_json_writer *w, const char *key, int64_t number);
void gate_json_bool(struct gate_json_writer *w, const char *key, bool value);
void gate_json_null(struct gate_json_writer *w, const char *key);

#endif
