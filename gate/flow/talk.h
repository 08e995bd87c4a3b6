/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What programs say on standard error, escaped. Only flow/, cmd/ and hooks/ talk.
 */
#ifndef GATE_FLOW_TALK_H
#define GATE_FLOW_TALK_H

#include "gate/base/error.h"

#include <stdbool.h>

/** "doragate: <text>" on standard error. */
void gate_talk(const char *fmt, ...) GATE_PRINTF(1, 2);

/** "doragate: file:line:column: message", as compilers write it. */
void gate_talk_error(const struct gate_error *err);

/** True when that descriptor is a terminal that shows colors: NO_COLOR is empty, TERM is not dumb. */
bool gate_talk_color(int fd);

#endif
