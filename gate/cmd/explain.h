/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What `explain` takes, and its parts in files of their own.
 */
#ifndef GATE_CMD_EXPLAIN_H
#define GATE_CMD_EXPLAIN_H

#include "gate/cmd/measured.h"
#include "gate/cmd/which.h"

struct gate_explain {
	struct gate_which which;
	struct gate_measured measured;
};

/** The deployments and changes behind a metric; returns the exit code. */
int gate_explain_metric(struct gate_context *context, const struct gate_explain *explain,
                        const char *name, struct gate_error *err);

/** Events: whether each counts, why not, and what became of it. `id` is that of a deployment, an incident or an event; else the beginning of ids of events. */
int gate_explain_event(struct gate_context *context, const struct gate_explain *explain,
                       const char *id, struct gate_error *err);

#endif
