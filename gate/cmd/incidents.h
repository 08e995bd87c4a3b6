/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What an incident is about, and which ones are open. For explain event and last-good.
 */
#ifndef GATE_CMD_INCIDENTS_H
#define GATE_CMD_INCIDENTS_H

#include "gate/metrics/figures.h"

/** A line of talk without its end, not escaped yet: "to the deployment d3 of cart, a redeploy: not counted as a failed change", "to no deployment: it names 'd9', ...". */
void gate_incident_link(struct gate_buf *out, const struct gate_metrics *metrics,
                        const struct gate_incident *incident);

/** It is open, and may be about a deployment of this stream: not where it names one of another, or says that none is its cause ("none"). */
bool gate_incident_is_open_in(const struct gate_incident *incident,
                              const struct gate_stream *stream);

/** A line of talk likewise: "incident INC-7 is open there and names no deployment". */
void gate_incident_open(struct gate_buf *out, const struct gate_metrics *metrics,
                        const struct gate_incident *incident);

#endif
