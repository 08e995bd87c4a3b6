/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The outline of a YAML or JSON file that other programs own: each key and list item with its path, its line and, where it
 * is a scalar, its text.
 *
 * Such files have anchors, tags, several documents and templates (`{{ ... }}`), for which gate/base/yaml.h has an error
 * and about half of all Helm charts are no YAML at all. Here a line that makes no sense is skipped, and the rest still
 * has its place. Nothing is an error, nothing is allocated and nothing is resolved: an alias is the text `*name`, escapes
 * in quotes stand as written, a block scalar (`|`, `>`) has no text. What is nested deeper than GATE_MAX_YAML_DEPTH is
 * skipped. Our own configuration is read by gate/base/yaml.h.
 */
#ifndef GATE_READ_OUTLINE_H
#define GATE_READ_OUTLINE_H

#include "gate/base/limits.h"

#include <stdbool.h>
#include <stddef.h>

/** Bytes of the file that is read, without a NUL behind them. */
struct gate_span {
	const char *bytes;
	size_t len;
};

bool gate_span_is(struct gate_span span, const char *text);

struct gate_outline_level {
	struct gate_span key; /* nothing for a list item */
	bool item;
	size_t indent;
};

struct gate_outline {
	/* The entry that gate_outline_next has found. */
	struct gate_outline_level
		levels[GATE_MAX_YAML_DEPTH]; /* the path of it, the root's first */
	size_t depth;
	struct gate_span value; /* the scalar; empty where there is none, or it is a list or map */
	unsigned line;          /* from 1 */
	unsigned document;      /* from 0, of those that "---" parts */

	/* Where it stands. */
	const char *at, *end, *start; /* start: of the line */
	unsigned now;                 /* the line */
	struct {
		bool map;
		size_t depth;        /* of what holds it */
	} open[GATE_MAX_YAML_DEPTH]; /* lists and maps in brackets */
	size_t n_open;
};

/** The bytes are borrowed: the outline and its spans point into them. A UTF-8 byte order mark is skipped. */
void gate_outline_init(struct gate_outline *outline, const char *bytes, size_t len);

/**
 * Goes to the next key, or scalar of a list. False: there is none. A key comes before what is in it; a list item that is a
 * map is no entry of its own, but a level in the path of its keys.
 */
bool gate_outline_next(struct gate_outline *outline);

/** True when the entry's path is this one: names joined by '/', where "*" is any key and "-" a list item. */
bool gate_outline_at(const struct gate_outline *outline, const char *path);

#endif
