/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Refs that follow from the log: what is deployed where, and commits that must stay.
 *
 *     refs/doragate/deployed/<environment>/<service>   the commit that runs there; a cache, of this clone only
 *     refs/doragate/keep/<commit>                      a commit that ran and is no ancestor of what came next: without it git gc would take it
 *
 * Only what is new since the last time is read; `<git common dir>/doragate/deployed` says up to where, and may be deleted.
 */
#ifndef GATE_FLOW_DEPLOYED_H
#define GATE_FLOW_DEPLOYED_H

#include "gate/flow/log.h"

/** Brings them up to what the store of an open log has. Commits that are not in this clone have no ref. */
int gate_deployed_refresh(struct gate_log *log, struct gate_error *err);

#endif
