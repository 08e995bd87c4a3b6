/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a branch was before it was squashed: since when it was worked on, and what it changes. Evidence for a commit that is all that is left of it.
 */
#ifndef GATE_METRICS_RANGE_H
#define GATE_METRICS_RANGE_H

#include "gate/base/digest.h"
#include "gate/git/history.h"

struct gate_branch_range {
	struct gate_oid base, tip; /* the fork point from the trunk, and its newest commit */
	int64_t first_author;      /* the smallest author date of its commits, without merges */
	int64_t time;              /* of the tip */
	size_t n_commits;          /* without merges; 0: nothing, and the rest is not set */
	char fingerprint[GATE_DIGEST_HEX]; /* of gate_branch_print; "": not asked for */
};

/** More commits than these are no branch that anybody squashes. */
#define GATE_BRANCH_MAX_COMMITS 10000

/** What `tip` has beyond the trunk; nothing too where they have no history in common. GATE_ENOTFOUND: not all of it is in this clone. */
int gate_branch_read(struct gate_branch_range *out, struct gate_history *history,
                     const struct gate_oid *trunk, const struct gate_oid *tip,
                     struct gate_error *err);

/** Fills in the fingerprint/1 of the whole. GATE_ENOTFOUND: it changes nothing, or something is not here. */
int gate_branch_print(struct gate_branch_range *range, const struct gate_repo *repo,
                      struct gate_error *err);

#endif
