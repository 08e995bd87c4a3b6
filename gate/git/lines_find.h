/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Comparing two blobs that were read. For gate/git/lines.c and its fuzz target.
 */
#ifndef GATE_GIT_LINES_FIND_H
#define GATE_GIT_LINES_FIND_H

#include "gate/git/lines.h"

/** Fills in everything but the blobs, which are there (without bytes: that side does not exist, or has no lines). */
int gate_lines_find(struct gate_lines *lines, uint16_t old_mode, uint16_t new_mode,
                    struct gate_error *err);

#endif
