/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Exit codes of every program, in one table. The manual and the tests expand it too.
 */
#ifndef GATE_REPORT_EXIT_H
#define GATE_REPORT_EXIT_H

#include "gate/policy/verdict.h"

/* GATE_EXIT(name, code, meaning) */
#define GATE_EXIT_TABLE(GATE_EXIT) \
	GATE_EXIT(PASSED, 0, "passed") \
	GATE_EXIT(BLOCKED, 1, "blocked by policy") \
	GATE_EXIT(USAGE, 2, "wrong usage or configuration") \
	GATE_EXIT(INCONCLUSIVE, 3, "inconclusive: facts are missing") \
	GATE_EXIT(FAILED, 4, "the environment failed: I/O, Git, memory")

enum gate_exit {
#define GATE_EXIT(name, code, meaning) GATE_EXIT_##name = (code),
	GATE_EXIT_TABLE(GATE_EXIT)
#undef GATE_EXIT
};

/** The exit code of an error: whose fault it is. */
enum gate_exit gate_exit_of_error(const struct gate_error *err);

/** The exit code of a verdict. */
enum gate_exit gate_exit_of_verdict(const struct gate_verdict *verdict);

/** Of several, the one to end with: blocked, then failed, then usage, then inconclusive. */
enum gate_exit gate_exit_worse(enum gate_exit a, enum gate_exit b);

#endif
