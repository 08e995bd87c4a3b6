/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What ran in production, for rules that ask it: the log as a part of a change.
 */
#ifndef GATE_FLOW_PRODUCTION_H
#define GATE_FLOW_PRODUCTION_H

#include "gate/change/change.h"

/**
 * A gate_deployed_fn. Reads the log of the repository, asks no network, and writes nothing but the cache of the metrics. A log that cannot be
 * read is not known; GATE_ENOMEM is an error.
 */
int gate_production_read(struct gate_change *change, struct gate_error *err);

#endif
