/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The ranges that the log tells of: what branches were when they were pushed or checked. For this folder only.
 */
#ifndef GATE_METRICS_RANGES_H
#define GATE_METRICS_RANGES_H

#include "gate/metrics/metrics.h"
#include "gate/metrics/range.h"

struct gate_known_range {
	struct gate_branch_range range;
	uint32_t request; /* the number of its pull or merge request; 0: not said */
};

/** Zero-initialise. */
struct gate_ranges {
	struct gate_known_range *items; /* own; by fingerprint, then time */
	struct gate_known_range *
		*by_request; /* own; by request, newest first within one; without those of 0 */
	struct gate_known_range **by_author; /* own; by first_author; those of several commits */
	size_t n, cap, n_by_request, n_by_author;
	int64_t oldest; /* `time` of the oldest */
};

/** Reads `change.updated` events of this repository that count and are whole; what is not is no evidence. GATE_ENOMEM. */
int gate_ranges_read(struct gate_ranges *out, const struct gate_metrics_input *input,
                     struct gate_error *err);
void gate_ranges_release(struct gate_ranges *ranges);
GATE_DEFINE_AUTO_STRUCT(struct gate_ranges, gate_ranges_release)

/** The newest with this fingerprint, not later than `time`; NULL: none. */
const struct gate_known_range *gate_ranges_by_print(const struct gate_ranges *ranges,
                                                    const char *hex, int64_t time);
/** Where those begin in `by_author` whose first commit has this author date; n_by_author: there are none. */
size_t gate_ranges_by_author(const struct gate_ranges *ranges, int64_t first_author);

#endif
