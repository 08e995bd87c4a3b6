/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/cmd.h"

#include "gate/base/file.h"
#include "gate/base/typo.h"
#include "gate/flow/install.h"

#include <unistd.h>

const struct gate_command *const gate_commands[] = {
	&gate_command_init,
	&gate_command_install,
	&gate_command_uninstall,
	&gate_command_check,
	&gate_command_explain,
	&gate_command_policy,
	&gate_command_record,
	&gate_command_log,
	&gate_command_metrics,
	&gate_command_last_good,
	&gate_command_help,
	&gate_command_version,
	NULL,
};

static const struct gate_format *find_format(const char *name, size_t len, struct gate_error *err)
{
	const char *names[16] = { NULL };
	const char *near;
	char copy[32];
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%.*s", (int)(len < 31 ? len : 31), name);
	for (const struct gate_format *format = gate_formats; format->name && n < 15; format++) {
		if (!strcmp(format->name, copy))
			return format;
		names[n++] = format->name;
	}
	near = gate_nearest(copy, names);
	if (near)
		gate_fail(err, GATE_EUSAGE, "unknown format '%s', did you mean '%s'?", copy, near);
	else
		gate_fail(err, GATE_EUSAGE, "unknown format '%s': text and json are known", copy);
	return NULL;
}

/* "json=verdict.json"; NULL: it is something else. */
static const struct gate_format *parse_output(const char **path, const char *output,
                                              struct gate_error *err)
{
	const char *equals = strchr(output, '=');

	if (!equals || !equals[1]) {
		gate_fail(err, GATE_EUSAGE, "--output takes FORMAT=FILE, got '%s'", output);
		return NULL;
	}
	*path = equals + 1;
	return find_format(output, (size_t)(equals - output), err);
}

static int write_output(const char *output, const struct gate_report *report,
                        struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	const struct gate_report_style style = { 0 };
	const char *path;
	const struct gate_format *format = parse_output(&path, output, err);
	int code;

	if (!format)
		return GATE_EUSAGE;
	code = format->write(&text, report, &style, err);
	if (code < 0)
		return code;
	return gate_file_write(path, gate_buf_text(&text), text.len, 0644, err);
}

int gate_write_report(const struct gate_context *context, const struct gate_report *report,
                      struct gate_error *err)
{
	const struct gate_common *common = &context->common;
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	const char *name = common->format ? common->format : "text";
	const struct gate_format *format = find_format(name, strlen(name), err);
	struct gate_report_style style = { .quiet = common->quiet };
	int code;

	if (!format)
		return GATE_EUSAGE;
	if (common->color && strcmp(common->color, "auto") != 0)
		style.color = !strcmp(common->color, "always");
	else
		style.color = gate_talk_color(1);
	code = format->write(&text, report, &style, err);
	if (code == GATE_OK)
		code = gate_fd_write(1, "standard output", gate_buf_text(&text), text.len, err);
	for (size_t i = 0; code == GATE_OK && i < common->outputs.n; i++)
		code = write_output(common->outputs.items[i], report, err);
	return code;
}

/* Words that are checked before anything is done. */
static int check_common(struct gate_context *context, const struct gate_command *command,
                        struct gate_error *err)
{
	const struct gate_common *common = &context->common;
	int code = GATE_OK;

	context->now = gate_now();
	if (common->now)
		code = gate_time_parse(&context->now, common->now, strlen(common->now), err);
	if (code < 0)
		return gate_fail(err, GATE_EUSAGE,
		                 "--now takes a time such as 2026-01-31T08:00:00Z, got '%s'",
		                 common->now);
	if (common->color && strcmp(common->color, "auto") != 0 &&
	    strcmp(common->color, "always") != 0 && strcmp(common->color, "never") != 0)
		return gate_fail(err, GATE_EUSAGE, "--color takes auto, always or never, got '%s'",
		                 common->color);
	if (common->format && !find_format(common->format, strlen(common->format), err))
		return GATE_EUSAGE;
	if (!command->reports &&
	    (common->outputs.n || (common->format && strcmp(common->format, "text") != 0)))
		return gate_fail(err, GATE_EUSAGE, "%s prints text only", command->name);
	if (!command->to_files && common->outputs.n)
		return gate_fail(err, GATE_EUSAGE, "%s writes to standard output only",
		                 command->name);
	for (size_t i = 0; i < common->outputs.n; i++) {
		const char *path;

		if (!parse_output(&path, common->outputs.items[i], err))
			return GATE_EUSAGE;
	}
	return GATE_OK;
}

static int run_command(const struct gate_command *command, int argc, char *argv[],
                       struct gate_error *err)
{
	struct gate_context context = { 0 };
	GATE_AUTO(gate_free) void *options = calloc(1, command->size ? command->size : 1);
	const struct gate_option_group groups[] = {
		{ gate_common_options, &context.common },
		{ command->options, options },
		{ 0 },
	};
	int n_args, code;

	if (!options)
		return gate_fail_memory(err);
	code = gate_options_parse(&n_args, argc, argv, groups, err);
	if (code == GATE_OK && context.common.help) {
		gate_print_help(stdout, command);
		return GATE_EXIT_PASSED;
	}
	if (code == GATE_OK)
		code = check_common(&context, command, err);
	if (code == GATE_OK && command->needs_repo)
		code = gate_repo_open(&context.repo, context.common.dir, err);
	if (code == GATE_OK)
		code = command->run(&context, options, n_args, argv + 1, err);
	gate_repo_free(context.repo);
	return code;
}

const struct gate_command *gate_command_find(const char *name, struct gate_error *err)
{
	const char *names[32] = { NULL };
	const char *near;
	size_t n = 0;

	for (; gate_commands[n] && n < 31; n++) {
		if (!strcmp(gate_commands[n]->name, name))
			return gate_commands[n];
		names[n] = gate_commands[n]->name;
	}
	near = gate_nearest(name, names);
	if (near)
		gate_fail(err, GATE_EUSAGE, "there is no command '%s', did you mean '%s'?", name,
		          near);
	else
		gate_fail(err, GATE_EUSAGE, "there is no command '%s': 'doragate help' lists them",
		          name);
	return NULL;
}

/* Users may add commands: `doragate x` is `doragate-x` on PATH. Returns when there is none. */
static void run_foreign(char *argv[])
{
	GATE_AUTO(gate_buf_release) struct gate_buf program = { 0 };

	gate_buf_printf(&program, "doragate-%s", argv[0]);
	if (!gate_buf_failed(&program) && !strchr(program.ptr, '/'))
		execvp(program.ptr, argv);
}

/* For hook managers: the folder of the hook programs. */
static int print_exec_path(struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };
	int code = gate_exec_path(&path, err);

	if (code < 0)
		return code;
	puts(gate_buf_text(&path));
	return GATE_EXIT_PASSED;
}

/* No command: what concerns the program as a whole. */
static int run_bare(int argc, char *argv[], struct gate_error *err)
{
	if (argc < 2) {
		gate_print_help(stderr, NULL);
		return GATE_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
		gate_print_help(stdout, NULL);
		return GATE_EXIT_PASSED;
	}
	if (!strcmp(argv[1], "--version"))
		return run_command(&gate_command_version, 1, argv, err);
	if (!strcmp(argv[1], "--exec-path"))
		return print_exec_path(err);
	return gate_fail(err, GATE_EUSAGE, "no command behind '%s': 'doragate help' lists them",
	                 argv[1]);
}

static int dispatch(int argc, char *argv[], struct gate_error *err)
{
	int at = gate_command_at(argc, argv);
	const struct gate_command *command;

	if (!at)
		return run_bare(argc, argv, err);
	command = gate_command_find(argv[at], err);
	if (!command) {
		run_foreign(argv + at);
		return GATE_EUSAGE;
	}
	memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof(*argv));
	return run_command(command, argc - 1, argv + 1, err);
}

int gate_main(int argc, char *argv[])
{
	struct gate_error err = { 0 };
	int code;

	gate_fd_guard();
	code = dispatch(argc, argv, &err);

	if (fflush(stdout) != 0 && code >= 0)
		code = gate_fail_errno(&err, "cannot write standard output");
	/* Where lines are written one by one, an earlier one failed, and nobody knows why any more. */
	if (ferror(stdout) && code >= 0)
		code = gate_fail(&err, GATE_EIO, "cannot write standard output");
	if (code >= 0)
		return code;
	gate_talk_error(&err);
	return (int)gate_exit_of_error(&err);
}
