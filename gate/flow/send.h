/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `log: { sync: push }`: what a developer recorded leaves with a push, without making the push wait.
 */
#ifndef GATE_FLOW_SEND_H
#define GATE_FLOW_SEND_H

#include "gate/git/repo.h"

/**
 * Starts `doragate log sync --send` on its own, if the spool holds something and none was started in the last ten minutes. Whatever goes wrong: nothing
 * is said, the events stay in the spool.
 */
void gate_send_later(const struct gate_repo *repo);

#endif
