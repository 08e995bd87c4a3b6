/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What each deployment is, and what it ships. For this folder only.
 */
#ifndef GATE_METRICS_KINDS_H
#define GATE_METRICS_KINDS_H

#include "gate/metrics/units.h"

/** Puts the deployments of a stream in order, and gives each its previous one, its kind and its changes. */
int gate_stream_judge(struct gate_metrics *metrics, const struct gate_metrics_input *input,
                      struct gate_stream *stream, struct gate_error *err);

/** Says which deployments failed, by what, and when that ended. After all streams were judged. */
int gate_metrics_find_failures(struct gate_metrics *metrics, const struct gate_metrics_input *input,
                               struct gate_error *err);

#endif
