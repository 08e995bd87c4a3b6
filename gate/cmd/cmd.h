/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Commands: one file and one row each. A command reads its options from a table, acts through flow/, and returns the exit code.
 */
#ifndef GATE_CMD_CMD_H
#define GATE_CMD_CMD_H

#include "gate/cmd/options.h"
#include "gate/flow/talk.h"
#include "gate/git/repo.h"
#include "gate/report/report.h"

/** Options that every command takes, but for `format` and `outputs`. */
struct gate_common {
	bool help, quiet;
	const char *dir, *format, *color, *now;
	struct gate_option_list outputs;
};

struct gate_context {
	struct gate_common common;
	struct gate_repo *repo; /* own; opened when the command needs it */
	struct gate_time now;
};

struct gate_command {
	const char *name, *synopsis, *summary;
	const struct gate_option *options; /* its own, beside the common ones */
	size_t size;                       /* of the struct they write to */
	bool needs_repo;
	bool reports;  /* writes a report: takes --format */
	bool to_files; /* writes it to files too: takes --output */
	/** `args` are the words that are no options. Errors in `err` end the program with their exit code; else returns enum gate_exit. */
	int (*run)(struct gate_context *context, void *options, int n_args, char *args[],
	           struct gate_error *err);
};

/** In the order of `help`; ends with a row without name. */
extern const struct gate_command *const gate_commands[];

extern const struct gate_command gate_command_check, gate_command_explain, gate_command_init,
	gate_command_install, gate_command_uninstall, gate_command_policy, gate_command_record,
	gate_command_log, gate_command_metrics, gate_command_last_good, gate_command_help,
	gate_command_version;

extern const struct gate_option gate_common_options[];

/** Where in argv the command stands; options before it go to it (`doragate -C dir check`). 0: there is none. */
int gate_command_at(int argc, char *argv[]);

/** NULL: there is none of that name; `err` says so, with the nearest. */
const struct gate_command *gate_command_find(const char *name, struct gate_error *err);

/** Runs one command line; returns the exit code. */
int gate_main(int argc, char *argv[]);

/** Prints the page of `doragate help`, or of one command. */
void gate_print_help(FILE *out, const struct gate_command *command);

/** Writes a report to stdout in --format and to every --output. */
int gate_write_report(const struct gate_context *context, const struct gate_report *report,
                      struct gate_error *err);

#endif
