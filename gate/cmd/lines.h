/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a command did, said in lines.
 */
#ifndef GATE_CMD_LINES_H
#define GATE_CMD_LINES_H

#include "gate/cmd/cmd.h"

/** Prints the lines, escaped, and returns the exit code that follows from `code`. With --quiet they are shown on failure only. */
int gate_print_lines(const struct gate_context *context, const struct gate_buf *said, int code,
		     struct gate_error *err);

#endif
