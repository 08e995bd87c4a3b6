/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The first-parent chain of the trunk. For this folder only.
 */
#ifndef GATE_METRICS_TRUNK_H
#define GATE_METRICS_TRUNK_H

#include "gate/metrics/idmap.h"
#include "gate/metrics/metrics.h"

/** Zero-initialise. */
struct gate_trunk {
	struct gate_idmap commits; /* own */
	bool is_read;
};

/** *out = the commit is on the chain, as far as it is in this clone. The chain is read when somebody asks first. GATE_ENOMEM. */
int gate_trunk_has(bool *out, struct gate_trunk *trunk, const struct gate_metrics_input *input,
                   const struct gate_oid *commit, struct gate_error *err);
void gate_trunk_release(struct gate_trunk *trunk);
GATE_DEFINE_AUTO_STRUCT(struct gate_trunk, gate_trunk_release)

#endif
