/* SPDX-License-Identifier: Apache-2.0 */
/**
 * pre-push: what Git hands over on standard input, and the verdict on every line of it.
 *
 * Protocol (githooks(5)): `<local-ref> SP <local-oid> SP <remote-ref> SP <remote-oid> LF`, nothing when everything is up to date. A local ref may
 * hold spaces ("main@{0 seconds ago}"), so the last three fields are split from the right.
 */
#ifndef GATE_FLOW_PUSH_H
#define GATE_FLOW_PUSH_H

#include "gate/change/change.h"

/**
 * Splits one line without its LF, in place: `push` borrows from it. GATE_EUSAGE: it is none. A last line without LF is fine.
 */
int gate_push_parse(struct gate_push *push, char *line, size_t len, struct gate_error *err);

/** The whole hook: reads standard input, judges, writes to standard error. Returns the exit code. */
int gate_push_hook(int argc, char *argv[]);

#endif
