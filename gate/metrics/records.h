/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From events, or else from tags, to deployments that are not judged yet, and to incidents. For this folder only.
 */
#ifndef GATE_METRICS_RECORDS_H
#define GATE_METRICS_RECORDS_H

#include "gate/metrics/metrics.h"

/** By how much a clock may be ahead of ours: what is later than that has not happened yet (--now in the past). */
#define GATE_METRICS_SKEW (5 * 60)

/** Adds the deployments and incidents of the log. Streams and what is in them are in no order afterwards. */
int gate_metrics_add_events(struct gate_metrics *metrics, const struct gate_metrics_input *input,
                            struct gate_error *err);

/**
 * Adds a deployment for each tag that is a version: 1.2, v1.2.3, release-1.2.3, <service>-v1.2.3, <service>/1.2.3, at the tag's time. Pre-releases
 * (1.0-rc1) and the rest are counted in n_tags_left_out.
 */
int gate_metrics_add_tags(struct gate_metrics *metrics, const struct gate_metrics_input *input,
                          struct gate_error *err);

/** The stream of a service in an environment, made when it is new. The texts are copied. */
int gate_metrics_stream(struct gate_stream **out, struct gate_metrics *metrics,
                        const struct gate_metrics_input *input, const char *service,
                        const char *environment, struct gate_error *err);

/** Adds a deployment, zeroed, to a stream. It stays where it is. */
int gate_stream_add(struct gate_deployment **out, struct gate_metrics *metrics,
                    struct gate_stream *stream, struct gate_error *err);

#endif
