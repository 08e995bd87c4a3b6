/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which change a command is about: --base, --head, --commit, --staged.
 */
#ifndef GATE_CMD_WHICH_H
#define GATE_CMD_WHICH_H

#include "gate/change/change.h"
#include "gate/cmd/options.h"

struct gate_which {
	const char *base, *head, *commit;
	bool staged;
};

/** Rows for a table whose struct has a `struct gate_which` named `which`. */
#define GATE_WHICH_OPTIONS(type)                                                                                       \
	{ 0, "base", "REV", GATE_OPTION_TEXT, offsetof(type, which.base), "what HEAD adds to REV" },                   \
		{ 0, "head", "REV", GATE_OPTION_TEXT, offsetof(type, which.head), "REV instead of HEAD" },             \
		{ 0, "commit", "REV", GATE_OPTION_TEXT, offsetof(type, which.commit), "one commit" },                  \
	{                                                                                                              \
		0, "staged", NULL, GATE_OPTION_FLAG, offsetof(type, which.staged), "what a commit would take"          \
	}

/** Makes the change; without any of the options, what a push of HEAD would send. GATE_EUSAGE when they exclude each other. */
int gate_which_change(struct gate_change **out, const struct gate_which *which, const struct gate_repo *repo,
		      struct gate_error *err);

#endif
