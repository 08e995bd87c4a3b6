/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/report/exit.h"

enum gate_exit gate_exit_of_error(const struct gate_error *err)
{
	switch (err->code) {
	case GATE_OK:
		return GATE_EXIT_PASSED;
	case GATE_EUSAGE:
	case GATE_ECONFIG:
		return GATE_EXIT_USAGE;
	case GATE_ELIMIT:
		/* A file of the user's that is too large, where it has a name; else something that ran away. */
		return err->file[0] ? GATE_EXIT_USAGE : GATE_EXIT_FAILED;
	default:
		return GATE_EXIT_FAILED;
	}
}

enum gate_exit gate_exit_of_verdict(const struct gate_verdict *verdict)
{
	switch (verdict->result) {
	case GATE_FAIL:
		return GATE_EXIT_BLOCKED;
	case GATE_INCONCLUSIVE:
		return GATE_EXIT_INCONCLUSIVE;
	default:
		return GATE_EXIT_PASSED;
	}
}

enum gate_exit gate_exit_worse(enum gate_exit a, enum gate_exit b)
{
	static const int rank[] = {
		[GATE_EXIT_PASSED] = 0,       [GATE_EXIT_BLOCKED] = 4, [GATE_EXIT_USAGE] = 2,
		[GATE_EXIT_INCONCLUSIVE] = 1, [GATE_EXIT_FAILED] = 3,
	};

	return rank[b] > rank[a] ? b : a;
}
