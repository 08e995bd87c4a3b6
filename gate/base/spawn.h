/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside of gate/base/process.h: starts a program.
 */
#ifndef GATE_BASE_SPAWN_H
#define GATE_BASE_SPAWN_H

#include "gate/base/process.h"

#include <sys/types.h>

struct gate_child {
	pid_t pid;        /* also its process group and session */
	int in, out, err; /* our ends, non-blocking; -1: none */
};

/** Fills `child` once the program runs; when it could not be started nothing is left behind. */
int gate_spawn(struct gate_child *child, const struct gate_process *process,
               struct gate_error *err);

#endif
