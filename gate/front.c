/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bin/doragate: what people and pipelines call. It records, where that needs neither libgit2 nor anything else that takes time to start, and hands
 * everything else to libexec/doragate/doragate, whose map is in main.c.
 *
 * `record` runs in every deployment, and starting libgit2 with its twenty libraries takes four times as long as writing the event. So this program does not
 * link it, and leaves to the large one whatever it cannot know or understand. Only when it has begun to write, what it says is the last word: done again, a
 * deployment without an id would be two.
 */
#include "gate/base/file.h"
#include "gate/cmd/lines.h"
#include "gate/cmd/record.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#define PROGRAM "/libexec/doragate/doragate"

static bool parse(struct gate_context *context, struct gate_record *record, int argc, char *argv[])
{
	const struct gate_option_group groups[] = {
		{ gate_common_options, &context->common },
		{ gate_record_options, record },
		{ 0 },
	};
	const struct gate_common *common = &context->common;
	struct gate_error why = { 0 };
	int n_args;

	context->now = gate_now();
	return gate_options_parse(&n_args, argc, argv, groups, &why) == GATE_OK && !common->help &&
	       !common->format && !common->color && !common->outputs.n &&
	       (!common->now || gate_time_parse(&context->now, common->now, strlen(common->now),
	                                        &why) == GATE_OK) &&
	       gate_record_kind(&record->kind, n_args, argv + 1, &why) == GATE_OK &&
	       !gate_record_needs_repo(record);
}

/* True: it is done, with this exit code. Words are in the order of the command line, the command first. */
static bool record(int *status, int argc, char *argv[])
{
	struct gate_context context = { 0 };
	struct gate_record record = { 0 };
	GATE_AUTO(gate_plain_release) struct gate_plain plain = { 0 };
	GATE_AUTO(gate_facts_release) struct gate_facts facts = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf said = { 0 };
	struct gate_error why = { 0 };

	if (!parse(&context, &record, argc, argv) || !gate_plain_read(&plain, context.common.dir) ||
	    !gate_facts_recall(&facts, &plain))
		return false;
	if (gate_record(&said, &facts, &context.now, &record, &why) < 0) {
		gate_talk_error(&why);
		*status = (int)gate_exit_of_error(&why);
		return true;
	}
	*status = gate_print_lines(&context, &said, GATE_OK, &why);
	if (*status < 0 || fflush(stdout) != 0 || ferror(stdout)) {
		fputs("doragate: recorded, but standard output cannot be written\n", stderr);
		*status = GATE_EXIT_FAILED;
	}
	return true;
}

/* `doragate -C dir record ...` as `record -C dir ...`, in an array of its own, for parsing moves words. False: something else. */
static bool try_record(int *status, int argc, char *argv[])
{
	int at = gate_command_at(argc, argv);
	GATE_AUTO(gate_free) char **words = NULL;

	if (!at || strcmp(argv[at], "record") != 0)
		return false;
	words = calloc((size_t)argc + 1, sizeof(*words));
	if (!words)
		return false;
	words[0] = argv[at];
	memcpy(words + 1, argv + 1, (size_t)(at - 1) * sizeof(*words));
	memcpy(words + at, argv + at + 1, (size_t)(argc - at - 1) * sizeof(*words));
	return record(status, argc - 1, words);
}

static int run_large(char *argv[])
{
	char path[PATH_MAX + sizeof(PROGRAM)];
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *slash = NULL;

	if (len > 0)
		errno = ENOENT;
	path[len > 0 ? len : 0] = '\0';
	/* "<prefix>/bin/doragate" -> "<prefix>" */
	for (int i = 0; i < 2; i++) {
		slash = strrchr(path, '/');
		if (slash)
			*slash = '\0';
	}
	if (slash) {
		memcpy(path + strlen(path), PROGRAM, sizeof(PROGRAM));
		execv(path, argv);
	}
	fprintf(stderr, "doragate: cannot run '%s': %s; install doragate again, all of it\n",
	        slash ? path : PROGRAM, strerror(errno));
	return GATE_EXIT_FAILED;
}

int main(int argc, char *argv[])
{
	int status;

	gate_fd_guard();
	/* Whoever calls says by HOME, by the folder and by the place of this program what is read and run. */
	if (getuid() != geteuid() || getgid() != getegid()) {
		fputs("doragate: it does not run for another user or group than its caller's\n",
		      stderr);
		return GATE_EXIT_FAILED;
	}
	return try_record(&status, argc, argv) ? status : run_large(argv);
}
