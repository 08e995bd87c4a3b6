/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From what runs back to what was good: whether that can be a revert on the trunk. For last-good.
 *
 * The trunk is named by its commit, as in the head of a report: a clone in which that is the tip of another branch says the same.
 */
#ifndef GATE_CMD_WAY_BACK_H
#define GATE_CMD_WAY_BACK_H

#include "gate/base/json.h"
#include "gate/flow/measure.h"
#include "gate/git/revert.h"

struct gate_way_back {
	bool exists; /* false: there is nothing to take back, or it is not known what runs */
	struct gate_oid good, running, onto;
	struct gate_revert revert;
};

/** `stream` tells which conflicts come first: those in its service's paths. What is missing in the clone is no error. GATE_ENOMEM, GATE_EGIT. */
int gate_way_back_find(struct gate_way_back *out, const struct gate_measurement *all,
                       const struct gate_stream *stream, const struct gate_deployment *good,
                       const struct gate_deployment *running, struct gate_error *err);
void gate_way_back_release(struct gate_way_back *way);
GATE_DEFINE_AUTO_STRUCT(struct gate_way_back, gate_way_back_release)

/** A line of talk, not escaped yet; nothing when there is no way back to speak of. */
void gate_way_back_text(struct gate_buf *out, const struct gate_way_back *way);
/** A member "revert". */
void gate_way_back_json(struct gate_json_writer *w, const struct gate_way_back *way);

#endif
