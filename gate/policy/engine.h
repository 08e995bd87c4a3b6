/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The engine: rules and a change in, a verdict out. Writes nothing.
 */
#ifndef GATE_POLICY_ENGINE_H
#define GATE_POLICY_ENGINE_H

#include "gate/policy/verdict.h"

/** Called for `explain`: every node of every item of one rule. */
struct gate_explainer {
	/* A new item begins: what it is, for people ("commit a1b2c3d", "service checkout", "change"). */
	void (*item)(const char *label, void *payload);
	/* One of "when", "unless", "require", "forbid" begins. */
	void (*part)(const char *name, void *payload);
	gate_trace_fn *node;
	/* The item's outcome and its reason. */
	void (*outcome)(enum gate_outcome outcome, const char *reason, void *payload);
	void *payload;
};

/**
 * Judges. `services` are those of the configuration. `explainer` may be NULL. GATE_OK also for a verdict that blocks; other codes mean that
 * the repository or memory failed, and then there is no verdict.
 */
int gate_engine_run(struct gate_verdict *verdict, const struct gate_rules *rules,
                    const struct gate_config *config, struct gate_change *change,
                    const struct gate_explainer *explainer, struct gate_error *err);

#endif
