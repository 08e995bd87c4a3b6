/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The log as a table for people.
 */
#ifndef GATE_CMD_LOG_SHOW_H
#define GATE_CMD_LOG_SHOW_H

#include "gate/log/live.h"

/**
 * Appends a line for each event that counts, with `all` for every one: time, what, service, environment, commit, then what it takes back and why
 * it does not count. What is not known is "-"; columns are as wide as what is in them. GATE_ENOMEM.
 */
int gate_log_show(struct gate_buf *out, const struct gate_live_log *live, bool all,
                  struct gate_error *err);

#endif
