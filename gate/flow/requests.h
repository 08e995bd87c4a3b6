/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `log sync --changes`: heads of pull and merge requests, which tell when a squash began.
 */
#ifndef GATE_FLOW_REQUESTS_H
#define GATE_FLOW_REQUESTS_H

#include "gate/flow/log.h"

/**
 * Fetches what the home has below refs/pull/ (GitHub, Gitea, Forgejo) and refs/merge-requests/ (GitLab) to refs/doragate/remotes/<remote>/; what goes there stays here.
 * *n_new: heads that were not here, or were others. GATE_EUSAGE: there is no remote, or the clone is shallow and would get most of the history that
 * was left out.
 */
int gate_requests_fetch(size_t *n_new, struct gate_log *log, struct gate_error *err);

#endif
