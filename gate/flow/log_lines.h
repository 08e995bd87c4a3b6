/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the parts of flow/log.h share: lines of a text, and the identities that a log forgot.
 */
#ifndef GATE_FLOW_LOG_LINES_H
#define GATE_FLOW_LOG_LINES_H

#include "gate/flow/log.h"

/** Lines of a text, borrowed from it. Zero-initialise. */
struct gate_line_array {
	struct gate_log_line *items; /* own array */
	size_t n, cap;
};
void gate_line_array_release(struct gate_line_array *lines);
GATE_DEFINE_AUTO_STRUCT(struct gate_line_array, gate_line_array_release)

/** Adds the lines of a text, without their newlines; empty ones are left out. */
int gate_line_array_split(struct gate_line_array *lines, const char *bytes, size_t len,
                          struct gate_error *err);

/** Keys of what is forgotten. Zero-initialise. */
struct gate_forgotten {
	char (*items)[GATE_DIGEST_HEX]; /* own; sorted, each once */
	size_t n, cap;
	struct gate_error *err;
};
void gate_forgotten_release(struct gate_forgotten *keys);
GATE_DEFINE_AUTO_STRUCT(struct gate_forgotten, gate_forgotten_release)

/** Of the store, which is open. */
int gate_forgotten_read(struct gate_forgotten *out, struct gate_store *store,
                        struct gate_error *err);

/** As gate_live_add, without events that are forgotten. `bare` as there. */
int gate_live_add_known(struct gate_live_log *live, const struct gate_forgotten *forgotten,
                        const struct gate_log_line *line, bool bare, struct gate_error *err);

#endif
