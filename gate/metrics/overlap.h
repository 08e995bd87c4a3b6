/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Whether two changes are about the same files. For this folder only.
 */
#ifndef GATE_METRICS_OVERLAP_H
#define GATE_METRICS_OVERLAP_H

#include "gate/git/tree.h"

/** Two trees: what differs between them is a change. */
struct gate_tree_pair {
	struct gate_oid from, to;
};

/** *out = half of the files that the larger one changes are changed by both. GATE_ENOTFOUND: a tree is not here. */
int gate_overlap(bool *out, struct gate_trees *trees, const struct gate_tree_pair *a,
                 const struct gate_tree_pair *b, struct gate_error *err);

#endif
