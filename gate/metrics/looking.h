/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A list of changes while the evidence for them is looked at: what the files of evidence share. For these only.
 */
#ifndef GATE_METRICS_LOOKING_H
#define GATE_METRICS_LOOKING_H

#include "gate/metrics/evidence.h"
#include "gate/metrics/memo.h"
#include "gate/metrics/ranges.h"
#include "gate/metrics/requests.h"
#include "gate/metrics/trunk.h"

/* A head of a request, by the author date of its newest commit. */
struct dated_head {
	int64_t time;
	const struct gate_request_head *head;
};

struct gate_evidence {
	struct gate_metrics_input input; /* what it points to is borrowed */
	struct gate_arena arena;
	struct gate_history *history; /* borrowed */
	struct gate_trees *trees;     /* borrowed */
	struct gate_memo *memo;       /* borrowed; NULL: nothing is remembered */
	struct gate_trunk *trunk;     /* borrowed */
	struct gate_requests requests;
	struct dated_head *dated; /* own: the same by author date; those that are commits here */
	size_t n_dated;
	struct gate_requests
		recorded; /* tips of ranges of requests that are here; newest first within one */
	struct gate_ranges ranges;
	bool has_requests, has_dated, has_ranges; /* they were read */
};

/* A list while it is looked at. */
struct looking {
	struct gate_evidence *evidence;
	struct gate_unit **units;  /* newest first */
	struct gate_unit **became; /* what each became; NULL: nothing yet */
	size_t n;
	bool cut; /* files or lines that would tell are not here */
	struct gate_error *err;
};

/* Changes next to each other: from the newest at `first` to the oldest, which is the last of `n`. */
struct run {
	size_t first, n;
};

/* What is not here is no evidence; only memory is an error. */
int looking_unless_memory(struct looking *looking, int code);

/* The commits at the two ends of a run, and the parent of the oldest. NULL: it has none, or something is not here. */
int looking_ends(const struct gate_commit **newest, const struct gate_commit **parent,
                 struct looking *looking, const struct run *run);

/* Nothing is known of it yet, and something may be. */
bool looking_is_open(const struct looking *looking, size_t at);
/* True when the change at `at` stands on the one behind it. */
int looking_is_chained(bool *out, struct looking *looking, size_t at);
/* Whether the run is one line of open changes. */
int looking_is_whole(bool *out, struct looking *looking, const struct run *run);

/* One change in the place of a run. `n_branch`: commits of the branch. */
int looking_become(struct looking *looking, const struct run *run, enum gate_evidence_kind kind,
                   int64_t t0, size_t n_branch, uint32_t request);

/* By the numbers in subjects: changes of one request stand together. */
int looking_find_requests(struct looking *looking);
/* Requests that were rebased, of which no subject has a number. */
int looking_find_dated(struct looking *looking);
/* Branches that were rebased: the oldest of their commits has the author date that a range begins with. */
int looking_find_rebases(struct looking *looking);
/* One commit: a range that does the same, else Gerrit's word for it. */
int looking_find_squash(struct looking *looking, size_t at);

#endif
