/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Runs a program without a shell: arguments, environment, input, bounded output, a time limit.
 */
#ifndef GATE_BASE_PROCESS_H
#define GATE_BASE_PROCESS_H

#include "gate/base/buf.h"

struct gate_process {
	const char *const
		*argv;   /* NULL-terminated; argv[0] is looked up on PATH unless it has a slash */
	const char *dir; /* NULL: here */
	const char *const *unset; /* names of variables to drop; NULL: none */
	const char *const *set;   /* NAME=VALUE to add; NULL: none */
	const char *input;        /* standard input; NULL: /dev/null */
	size_t input_len;
	size_t max_output;   /* bytes of stdout and of stderr to keep; more is GATE_ELIMIT */
	unsigned timeout_ms; /* 0: none */
	bool inherit_stderr, inherit_stdout;
};

struct gate_process_result {
	int status; /* exit status; 128 + signal when killed */
	struct gate_buf out, err;
};

/**
 * Runs to the end: until the child ended and everybody closed its output. The child gets default signal handlers and no
 * descriptor of ours but 0 to 2; a child that does not read its input does no harm (no SIGPIPE). It has no terminal to
 * ask on: what wants to ask fails. A part of PATH that is not absolute is not searched. GATE_ENOTFOUND: no such program;
 * GATE_ELIMIT: time or output, the child and its process group were killed. A non-zero status is no error.
 */
int gate_process_run(struct gate_process_result *result, const struct gate_process *process,
                     struct gate_error *err);
void gate_process_result_release(struct gate_process_result *result);
GATE_DEFINE_AUTO_STRUCT(struct gate_process_result, gate_process_result_release)

#endif
