/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Heads of pull and merge requests that are in this clone: what forges keep of a branch that was squashed. For this folder only.
 */
#ifndef GATE_METRICS_REQUESTS_H
#define GATE_METRICS_REQUESTS_H

#include "gate/metrics/metrics.h"

struct gate_request_head {
	uint32_t number;
	struct gate_oid head;
};

/** Zero-initialise. */
struct gate_requests {
	struct gate_request_head *items; /* own; by number, then id; without repeats */
	size_t n, cap;
};

/**
 * Lists refs/pull/N/head and refs/merge-requests/N/head, their copies that `log sync --changes` made of the remote, and those below refs/remotes/<remote>/
 * that people often fetch them to: pr/N, pull/N, pull/N/head, merge-requests/N. `remote` NULL: there is none.
 */
int gate_requests_list(struct gate_requests *out, const struct gate_repo *repo, const char *remote,
                       struct gate_error *err);
void gate_requests_release(struct gate_requests *requests);
GATE_DEFINE_AUTO_STRUCT(struct gate_requests, gate_requests_release)

/** Where those of a number begin; n: there are none. */
size_t gate_requests_find(const struct gate_requests *requests, uint32_t number);

#endif
