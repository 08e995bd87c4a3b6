/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/cmd.h"
#include "gate/cmd/lines.h"
#include "gate/flow/init.h"

struct init {
	const char *preset;
	bool enforce;
};

static const struct gate_option options[] = {
	{ 0, "enforce", NULL, GATE_OPTION_FLAG, offsetof(struct init, enforce), "block; without it, only watch" },
	{ 0, "preset", "NAME", GATE_OPTION_TEXT, offsetof(struct init, preset),
	  "start from this preset (default: baseline)" },
	{ 0 },
};

static int run(struct gate_context *context, void *opts, int n_args, char *args[], struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf said = { 0 };
	const struct init *init = opts;
	int code;

	if (n_args)
		return gate_fail(err, GATE_EUSAGE, "init takes no argument '%s'", args[0]);
	code = gate_init(context->repo, init->preset ? init->preset : "baseline", init->enforce, &said, err);
	return gate_print_lines(context, &said, code, err);
}

const struct gate_command gate_command_init = {
	.name = "init",
	.synopsis = "[--preset NAME] [--enforce]",
	.summary = "write a first .doragate.yml",
	.options = options,
	.size = sizeof(struct init),
	.needs_repo = true,
	.run = run,
};
