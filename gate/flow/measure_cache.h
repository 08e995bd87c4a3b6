/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The cache of what the metrics read of history: `<git common dir>/doragate/metrics`. Safe to delete, and never wrong: a SHA-256 of the whole stands in
 * front, and a key with all that it hangs on beside the ids of commits.
 */
#ifndef GATE_FLOW_MEASURE_CACHE_H
#define GATE_FLOW_MEASURE_CACHE_H

#include "gate/flow/measure.h"

/** The key: program, services with their paths, trunk, and where history is cut. */
int gate_measure_key(struct gate_buf *out, const struct gate_measurement *all,
                     struct gate_error *err);
/** Reads it when its key is this one. */
void gate_measure_recall(struct gate_measurement *all, const struct gate_buf *key);
/** Writes it when something was added, where that can be done. */
void gate_measure_keep(const struct gate_measurement *all, const struct gate_buf *key);

#endif
