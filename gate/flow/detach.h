/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Work that a hook leaves behind, so that a push does not wait for it.
 */
#ifndef GATE_FLOW_DETACH_H
#define GATE_FLOW_DETACH_H

#include <stdbool.h>

/**
 * Goes on twice: false here, true in a process of its own, without a terminal, with /dev/null as its standard streams, which must end with _exit. False too when
 * there can be no such process: then nothing is done.
 */
bool gate_detach(void);

#endif
