/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/cmd.h"
#include "gate/version.h"

static const struct gate_option none[] = { { 0 } };

static void print_overview(FILE *out)
{
	fputs("usage: doragate COMMAND [OPTIONS]\n\n"
	      "Stops changes that would make shipping worse, before they are merged.\n\n",
	      out);
	for (size_t i = 0; gate_commands[i]; i++)
		fprintf(out, "  %-12s %s\n", gate_commands[i]->name, gate_commands[i]->summary);
	fputs("\n'doragate COMMAND -h' shows the options of a command; 'doragate --exec-path' "
	      "where the\n"
	      "hook programs are.\n\nexit codes:\n",
	      out);
#define GATE_EXIT(name, code, meaning) fprintf(out, "  %d  %s\n", code, meaning);
	GATE_EXIT_TABLE(GATE_EXIT)
#undef GATE_EXIT
}

static bool is_of_reports(const struct gate_option *option)
{
	return option->offset == offsetof(struct gate_common, format) ||
	       option->offset == offsetof(struct gate_common, outputs);
}

/* Those of reports, where the command takes them; or the others, which every command takes. */
static void print_common(FILE *out, const struct gate_command *command, bool of_reports)
{
	for (const struct gate_option *option = gate_common_options; option->name; option++) {
		const bool taken = option->offset == offsetof(struct gate_common, outputs)
		                           ? command->to_files
		                           : command->reports;

		if (is_of_reports(option) == of_reports && (taken || !of_reports))
			gate_option_print(out, option);
	}
}

void gate_print_help(FILE *out, const struct gate_command *command)
{
	if (!command) {
		print_overview(out);
		return;
	}
	fprintf(out, "usage: doragate %s%s%s\n\n%s\n\n", command->name,
	        command->synopsis[0] ? " " : "", command->synopsis, command->summary);
	gate_options_print(out, command->options);
	print_common(out, command, true);
	if (command->options->name)
		fputs("\nevery command:\n", out);
	print_common(out, command, false);
}

static int run_help(struct gate_context *context, void *options, int n_args, char *args[],
                    struct gate_error *err)
{
	const struct gate_command *command = NULL;

	(void)context;
	(void)options;
	if (n_args) {
		command = gate_command_find(args[0], err);
		if (!command)
			return GATE_EUSAGE;
	}
	gate_print_help(stdout, command);
	return GATE_EXIT_PASSED;
}

const struct gate_command gate_command_help = {
	.name = "help",
	.synopsis = "[COMMAND]",
	.summary = "show the commands, or the options of one",
	.options = none,
	.run = run_help,
};

static int run_version(struct gate_context *context, void *options, int n_args, char *args[],
                       struct gate_error *err)
{
	(void)context;
	(void)options;
	(void)n_args;
	(void)args;
	(void)err;
	puts("doragate " GATE_VERSION);
	return GATE_EXIT_PASSED;
}

const struct gate_command gate_command_version = {
	.name = "version",
	.synopsis = "",
	.summary = "show the version",
	.options = none,
	.run = run_version,
};
