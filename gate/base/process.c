/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/process.h"

#include "gate/base/spawn.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_DEADLINE INT64_MAX

struct run {
	const struct gate_process *process;
	struct gate_child child;
	int64_t deadline; /* ms on the monotonic clock, or NO_DEADLINE */
	size_t written;   /* of the input */
	bool broken_pipe;
	struct gate_process_result result;
	struct gate_error *err;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int too_late(struct run *run)
{
	return gate_fail(run->err, GATE_ELIMIT, "'%s' ran longer than %u ms", run->process->argv[0],
	                 run->process->timeout_ms);
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int feed(struct run *run)
{
	size_t left = run->process->input_len - run->written;
	ssize_t n = left ? write(run->child.in, run->process->input + run->written, left) : 0;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return GATE_OK;
	/* It does not want to read all of it, which is its right. */
	if (n < 0 && errno == EPIPE) {
		run->broken_pipe = true;
		shut(&run->child.in);
		return GATE_OK;
	}
	if (n < 0)
		return gate_fail_errno(run->err, "cannot write to '%s'", run->process->argv[0]);
	run->written += (size_t)n;
	if (run->written == run->process->input_len)
		shut(&run->child.in);
	return GATE_OK;
}

static int drain(struct run *run, int *fd, struct gate_buf *out)
{
	char chunk[16384];
	ssize_t n = read(*fd, chunk, sizeof(chunk));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return GATE_OK;
	if (n < 0)
		return gate_fail_errno(run->err, "cannot read from '%s'", run->process->argv[0]);
	if (n == 0) {
		shut(fd);
		return GATE_OK;
	}
	if ((size_t)n > run->process->max_output - out->len)
		return gate_fail(run->err, GATE_ELIMIT, "'%s' wrote more than %zu bytes",
		                 run->process->argv[0], run->process->max_output);
	gate_buf_add(out, chunk, (size_t)n);
	return gate_buf_failed(out) ? gate_fail_memory(run->err) : GATE_OK;
}

/* Milliseconds until the deadline as poll takes them. */
static int time_left(const struct run *run)
{
	int64_t left = run->deadline == NO_DEADLINE ? -1 : run->deadline - now_ms();

	if (run->deadline != NO_DEADLINE && left < 0)
		left = 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

/* Moves bytes until the child has closed its output. What it has not read of its input by then, it does not want. */
static int pump(struct run *run)
{
	struct gate_child *child = &run->child;

	while (child->in >= 0 || child->out >= 0 || child->err >= 0) {
		struct pollfd fds[] = { { .fd = child->in, .events = POLLOUT },
			                { .fd = child->out, .events = POLLIN },
			                { .fd = child->err, .events = POLLIN } };
		int code = GATE_OK, n = poll(fds, GATE_COUNT(fds), time_left(run));

		if (n < 0 && errno != EINTR)
			return gate_fail_errno(run->err, "cannot wait for '%s'",
			                       run->process->argv[0]);
		if (n <= 0 && now_ms() >= run->deadline)
			return too_late(run);
		if (n <= 0)
			continue;
		if (fds[0].revents)
			code = feed(run);
		if (code == GATE_OK && fds[1].revents)
			code = drain(run, &child->out, &run->result.out);
		if (code == GATE_OK && fds[2].revents)
			code = drain(run, &child->err, &run->result.err);
		if (code < 0)
			return code;
		if (now_ms() >= run->deadline)
			return too_late(run);
	}
	return GATE_OK;
}

static int reap(struct run *run)
{
	struct timespec nap = { .tv_nsec = 200000 };
	int status;

	for (;;) {
		pid_t pid = waitpid(run->child.pid, &status,
		                    run->deadline == NO_DEADLINE ? 0 : WNOHANG);

		if (pid == run->child.pid)
			break;
		if (pid < 0 && errno != EINTR)
			return gate_fail_errno(run->err, "cannot learn how '%s' ended",
			                       run->process->argv[0]);
		if (now_ms() >= run->deadline)
			return too_late(run);
		nanosleep(&nap, NULL);
		if (nap.tv_nsec < 10000000)
			nap.tv_nsec *= 2;
	}
	run->child.pid = -1;
	run->result.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return GATE_OK;
}

/* Everything the child left running too, as long as it stayed in the group. */
static void kill_group(struct run *run)
{
	if (run->child.pid < 0)
		return;
	kill(-run->child.pid, SIGKILL);
	while (waitpid(run->child.pid, NULL, 0) < 0 && errno == EINTR)
		;
	run->child.pid = -1;
}

static int run_child(struct run *run)
{
	int code = gate_spawn(&run->child, run->process, run->err);

	if (code < 0)
		return code;
	code = pump(run);
	if (code == GATE_OK)
		code = reap(run);
	if (code < 0)
		kill_group(run);
	shut(&run->child.in);
	shut(&run->child.out);
	shut(&run->child.err);
	return code;
}

/*
 * Writing to a child that does not read raises SIGPIPE in this thread. It is blocked meanwhile, and ours is taken
 * away; one that was pending before is left alone.
 */
static int run_without_sigpipe(struct run *run)
{
	static const struct timespec at_once = { 0 };
	sigset_t pipe_only, before, pending;
	int code;

	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
	code = run_child(run);
	if (run->broken_pipe && !sigismember(&pending, SIGPIPE))
		while (sigtimedwait(&pipe_only, NULL, &at_once) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code;
}

int gate_process_run(struct gate_process_result *result, const struct gate_process *process,
                     struct gate_error *err)
{
	struct run run = { .process = process,
		           .child = { .pid = -1, .in = -1, .out = -1, .err = -1 },
		           .deadline = NO_DEADLINE,
		           .err = err };
	int code;

	if (process->timeout_ms)
		run.deadline = now_ms() + process->timeout_ms;
	code = run_without_sigpipe(&run);
	if (code < 0) {
		gate_process_result_release(&run.result);
		return code;
	}
	*result = run.result;
	return GATE_OK;
}

void gate_process_result_release(struct gate_process_result *result)
{
	gate_buf_release(&result->out);
	gate_buf_release(&result->err);
}
