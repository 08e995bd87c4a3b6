/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside of gate/base: the one scanner of JSON, behind gate_json_parse and gate_json_text_parse.
 *
 * It checks a whole document without recursion, and records where the values stand for who asks.
 */
#ifndef GATE_BASE_JSON_SCAN_H
#define GATE_BASE_JSON_SCAN_H

#include "gate/base/json_text.h"

struct gate_json_scan_options {
	size_t max_depth;              /* maps and lists in each other; up to GATE_MAX_JSON_DEPTH */
	bool any_number;               /* numbers that cJSON could not take, too */
	bool nul;                      /* text may hold \u0000 */
	struct gate_json_text *record; /* borrowed; gets its nodes; NULL: only check */
};

/**
 * `*bytes` and `*len` are stepped behind a byte order mark; the offsets of nodes count from there. After a failure the
 * nodes are good for nothing.
 */
int gate_json_scan(const char **bytes, size_t *len, const char *file,
                   const struct gate_json_scan_options *options, struct gate_error *err);

/** A piece of a string's text, decoded; it points into the document or at `utf8`, so it is not to be copied. */
struct gate_json_run {
	const char *bytes;
	size_t len;
	char utf8[4];
};

/**
 * Decodes up to the next escape, or one escape, at the start of what stands between the quotes of a checked string.
 * Returns how many bytes to step, 0 at the end.
 */
size_t gate_json_scan_run(struct gate_json_run *run, const char *bytes, size_t len);

/** Appends all of it, decoded. */
void gate_json_scan_decode(struct gate_buf *out, const char *bytes, size_t len);

/** The name of a member. */
struct gate_json_name {
	const char *text; /* decoded; in the document or in an arena */
	size_t len;
	size_t at; /* where it stands; the user's business in what unit */
};

/** Decodes what stands between the quotes; into the arena when it holds escapes. Leaves `at` alone. */
int gate_json_name_decode(struct gate_json_name *name, struct gate_arena *arena, const char *bytes,
                          size_t len, struct gate_error *err);

/** For qsort: by the bytes of the text, then by place. */
int gate_json_name_compare(const void *a, const void *b);

#endif
