/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/cmd.h"
#include "gate/cmd/lines.h"
#include "gate/flow/install.h"

static const struct gate_option none[] = { { 0 } };

static int run_install(struct gate_context *context, void *options, int n_args, char *args[], struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf said = { 0 };

	(void)options;
	if (n_args)
		return gate_fail(err, GATE_EUSAGE, "install takes no argument '%s'", args[0]);
	return gate_print_lines(context, &said, gate_hooks_install(context->repo, &said, err), err);
}

static int run_uninstall(struct gate_context *context, void *options, int n_args, char *args[], struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf said = { 0 };

	(void)options;
	if (n_args)
		return gate_fail(err, GATE_EUSAGE, "uninstall takes no argument '%s'", args[0]);
	return gate_print_lines(context, &said, gate_hooks_uninstall(context->repo, &said, err), err);
}

const struct gate_command gate_command_install = {
	.name = "install",
	.synopsis = "",
	.summary = "install the hooks of this repository, beside those that are there",
	.options = none,
	.needs_repo = true,
	.run = run_install,
};

const struct gate_command gate_command_uninstall = {
	.name = "uninstall",
	.synopsis = "",
	.summary = "take the hooks out and put back what was there",
	.options = none,
	.needs_repo = true,
	.run = run_uninstall,
};
