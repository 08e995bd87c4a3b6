/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Whether a log in a repository is what the format says it is.
 */
#ifndef GATE_LOG_VERIFY_H
#define GATE_LOG_VERIFY_H

#include "gate/git/repo.h"

/**
 * Checks: the newest tree is the one that its lines give, every line is an event, identities stand for one event each, every commit has all
 * lines of its parent but forgotten ones, times never fall, history is a line. Appends a line to `said` for each thing that is wrong. Every object
 * that is read is checked against its id.
 */
int gate_log_verify(const struct gate_repo *repo, const char *ref, struct gate_buf *said,
                    struct gate_error *err);

#endif
