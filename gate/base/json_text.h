/* SPDX-License-Identifier: Apache-2.0 */
/**
 * JSON that must not change: where each value stands in the text, instead of what a library makes of it.
 *
 * cJSON turns 9007199254740993 into another number and cuts text at a NUL. What others wrote and we only pass on (events of
 * the log) is read here and given back byte for byte. A document is checked as gate_json_parse checks it, with these
 * differences: a number may have any length and size, text may hold \u0000, and the depth is the caller's.
 */
#ifndef GATE_BASE_JSON_TEXT_H
#define GATE_BASE_JSON_TEXT_H

#include "gate/base/buf.h"

#include <stdint.h>

enum gate_json_kind {
	GATE_JSON_NULL,
	GATE_JSON_FALSE,
	GATE_JSON_TRUE,
	GATE_JSON_NUMBER,
	GATE_JSON_STRING,
	GATE_JSON_LIST,
	GATE_JSON_MAP,
};

/** One value. Nodes stand in the order of the text: the first child of node i is i + 1. */
struct gate_json_node {
	enum gate_json_kind kind;
	uint32_t at, len; /* the value in the text, with its quotes or brackets */
	uint32_t name_at,
		name_len; /* the member's name with its quotes; 0, 0 in a list and at the root */
	uint32_t n;       /* children of a list or a map */
	uint32_t next;    /* the node behind this one and all below it */
};

/** A parsed document. Zero-initialise; parse as often as you like, the memory is used again. */
struct gate_json_text {
	const char *bytes; /* borrowed: what was parsed, behind a byte order mark */
	size_t len;
	struct gate_json_node *nodes; /* own; nodes[0] is the root */
	size_t n, cap;
};

/**
 * `file` is for messages. At most `max_depth` (up to GATE_MAX_JSON_DEPTH) maps and lists in each other. GATE_ECONFIG with line and column,
 * GATE_ENOMEM; then the text holds no nodes.
 */
int gate_json_text_parse(struct gate_json_text *text, const char *file, const char *bytes,
                         size_t len, size_t max_depth, struct gate_error *err);
void gate_json_text_release(struct gate_json_text *text);
GATE_DEFINE_AUTO_STRUCT(struct gate_json_text, gate_json_text_release)

/** The member of a map whose decoded name is `name`; NULL: none, or `map` is NULL or no map. */
const struct gate_json_node *gate_json_member(const struct gate_json_text *text,
                                              const struct gate_json_node *map, const char *name);

/** Appends what a string means, decoded; it may hold NULs. Nothing for other kinds and NULL. */
void gate_json_decode(struct gate_buf *out, const struct gate_json_text *text,
                      const struct gate_json_node *node);

/** Appends the value as it stands, without the white space between tokens. */
void gate_json_compact(struct gate_buf *out, const struct gate_json_text *text,
                       const struct gate_json_node *node);

/**
 * Appends a form that is equal for equal values: members in the order of their decoded names, each string escaped in one way, numbers as
 * they are written (1.0 and 1 differ), no white space. GATE_ENOMEM; then `out` may hold a part.
 */
int gate_json_canonical(struct gate_buf *out, const struct gate_json_text *text,
                        const struct gate_json_node *node, struct gate_error *err);

#endif
