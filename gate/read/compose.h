/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Compose files: the services they name and what these are built from; and the variables that stand in for paths.
 */
#ifndef GATE_READ_COMPOSE_H
#define GATE_READ_COMPOSE_H

#include "gate/base/buf.h"
#include "gate/read/outline.h"

/** As written: variables and relative paths are not resolved. Spans are borrowed from the file. */
struct gate_compose_service {
	struct gate_span name, context, dockerfile;
	unsigned line; /* of its name */
	bool build;    /* it is built here, not only pulled or changed */
	bool image;    /* it is at least pulled */
};

/** Non-zero stops the reading and is returned. The service is borrowed for the call. */
typedef int gate_compose_fn(const struct gate_compose_service *service, void *payload);

/** Calls `fn` for each service of the file, in its order. What is not understood is no service. */
int gate_compose_read(const char *bytes, size_t len, gate_compose_fn *fn, void *payload);

/**
 * Appends `text` with its variables (`$X`, `${X}`, `${X:-default}`) replaced by what `env` says, the text of a `.env` file
 * (may be empty). Values are taken as they are. False: a variable has no value there, and what was appended is no good.
 */
bool gate_compose_expand(struct gate_buf *out, struct gate_span text, struct gate_span env);

#endif
