/* SPDX-License-Identifier: Apache-2.0 */
/**
 * fork and exec. What needs memory is made ready before the fork; the child only calls what is safe in a signal handler.
 * It reports through a pipe that exec closes: nothing to read means that the program runs.
 */
#include "gate/base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

extern char **environ;

enum step { STEP_SETUP, STEP_DIR, STEP_EXEC };

struct report {
	enum step step;
	int error;
};

struct plan {
	const struct gate_process *process;
	struct gate_buf program;   /* with a slash */
	char **envp;               /* own, the strings are borrowed */
	int in[2], out[2], err[2]; /* pipes or -1; [0] is read, [1] is written */
	int report[2];
	long max_fd;
};

static void close_both(int fds[2])
{
	for (int i = 0; i < 2; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

static void plan_release(struct plan *plan)
{
	gate_buf_release(&plan->program);
	free(plan->envp);
	close_both(plan->in);
	close_both(plan->out);
	close_both(plan->err);
	close_both(plan->report);
}
GATE_DEFINE_AUTO_STRUCT(struct plan, plan_release)

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* Parts of PATH that are not absolute are passed over: what lies in the current folder may be under judgement. */
static int find_program(struct plan *plan, struct gate_error *err)
{
	const char *name = plan->process->argv[0], *path = getenv("PATH");

	if (strchr(name, '/')) {
		gate_buf_puts(&plan->program, name);
		return gate_buf_failed(&plan->program) ? gate_fail_memory(err) : GATE_OK;
	}
	for (path = path ? path : "/usr/local/bin:/usr/bin:/bin"; *path && *name;) {
		size_t len = strcspn(path, ":");

		gate_buf_reset(&plan->program);
		gate_buf_add(&plan->program, path, len);
		gate_buf_putc(&plan->program, '/');
		gate_buf_puts(&plan->program, name);
		if (gate_buf_failed(&plan->program))
			return gate_fail_memory(err);
		if (path[0] == '/' && is_program(plan->program.ptr))
			return GATE_OK;
		path += len + (path[len] == ':');
	}
	return gate_fail(err, GATE_ENOTFOUND, "no program '%s' on PATH", name);
}

static bool is_named(const char *variable, const char *name, size_t len)
{
	return !strncmp(variable, name, len) && variable[len] == '=';
}

static bool is_replaced(const struct gate_process *process, const char *variable)
{
	for (const char *const *name = process->unset; name && *name; name++)
		if (is_named(variable, *name, strlen(*name)))
			return true;
	for (const char *const *set = process->set; set && *set; set++)
		if (is_named(variable, *set, strcspn(*set, "=")))
			return true;
	return false;
}

static int build_environment(struct plan *plan, struct gate_error *err)
{
	size_t n = 0, cap = 0;

	for (char **variable = environ; variable && *variable; variable++) {
		if (is_replaced(plan->process, *variable))
			continue;
		if (gate_grow(&plan->envp, &cap, n + 1, sizeof(*plan->envp), err) < 0)
			return GATE_ENOMEM;
		plan->envp[n++] = *variable;
	}
	for (const char *const *set = plan->process->set; set && *set; set++) {
		if (gate_grow(&plan->envp, &cap, n + 1, sizeof(*plan->envp), err) < 0)
			return GATE_ENOMEM;
		/* execve takes char * for old programs' sake and changes nothing. */
		memcpy(&plan->envp[n++], set, sizeof(*set));
	}
	if (gate_grow(&plan->envp, &cap, n + 1, sizeof(*plan->envp), err) < 0)
		return GATE_ENOMEM;
	plan->envp[n] = NULL;
	return GATE_OK;
}

/* Where 0 to 2 were closed a new descriptor may be one of them, and would be in the way when the child's are put there. */
static int above_standard(int fd)
{
	int moved;

	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(fd);
	return moved;
}

static int make_pipe(int fds[2], struct gate_error *err)
{
	if (pipe2(fds, O_CLOEXEC) < 0)
		return gate_fail_errno(err, "cannot make a pipe");
	fds[0] = above_standard(fds[0]);
	fds[1] = above_standard(fds[1]);
	return fds[0] < 0 || fds[1] < 0 ? gate_fail_errno(err, "cannot make a pipe") : GATE_OK;
}

static int make_pipes(struct plan *plan, struct gate_error *err)
{
	const struct gate_process *process = plan->process;
	int code = make_pipe(plan->report, err);

	if (code == GATE_OK && process->input) {
		code = make_pipe(plan->in, err);
	} else if (code == GATE_OK) {
		plan->in[0] = above_standard(open("/dev/null", O_RDONLY | O_CLOEXEC));
		if (plan->in[0] < 0)
			code = gate_fail_errno(err, "cannot open '/dev/null'");
	}
	if (code == GATE_OK && !process->inherit_stdout)
		code = make_pipe(plan->out, err);
	if (code == GATE_OK && !process->inherit_stderr)
		code = make_pipe(plan->err, err);
	return code;
}

static void close_on_exec_above_standard(long max_fd)
{
#if defined(SYS_close_range) && defined(CLOSE_RANGE_CLOEXEC)
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return;
#endif
	for (int fd = STDERR_FILENO + 1; fd < max_fd; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static bool put_at(int fd, int target)
{
	return fd < 0 || dup2(fd, target) >= 0;
}

static void default_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		sigaction(number, &action, NULL);
	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
}

_Noreturn static void give_up(const struct plan *plan, enum step step)
{
	const struct report report = { .step = step, .error = errno };
	ssize_t n;

	do
		n = write(plan->report[1], &report, sizeof(report));
	while (n < 0 && errno == EINTR);
	_exit(127);
}

/*
 * A session of its own: the whole of it can be killed, and a program that wants to ask on the terminal gets an error in
 * place of being stopped for ever.
 */
_Noreturn static void become_program(const struct plan *plan, char *const argv[], pid_t parent)
{
	const struct gate_process *process = plan->process;

	if (setsid() < 0 || !put_at(plan->in[0], STDIN_FILENO) ||
	    !put_at(plan->out[1], STDOUT_FILENO) || !put_at(plan->err[1], STDERR_FILENO))
		give_up(plan, STEP_SETUP);
	if (process->dir && chdir(process->dir) < 0)
		give_up(plan, STEP_DIR);
	close_on_exec_above_standard(plan->max_fd);
	default_signals();
#ifdef __linux__
	/* Ctrl-C reaches us and not that session. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
#else
	(void)parent;
#endif
	execve(plan->program.ptr, argv, plan->envp);
	give_up(plan, STEP_EXEC);
}

static int explain(const struct plan *plan, const struct report *report, struct gate_error *err)
{
	const struct gate_process *process = plan->process;

	errno = report->error;
	if (report->step == STEP_DIR)
		return gate_fail_errno(err, "cannot enter '%s'", process->dir);
	if (report->step == STEP_EXEC && (errno == ENOENT || errno == ENOTDIR))
		return gate_fail(err, GATE_ENOTFOUND, "no program '%s'", process->argv[0]);
	return gate_fail_errno(err, "cannot run '%s'", process->argv[0]);
}

/* Waits until the program runs, or learns why it does not. */
static int hear_report(const struct plan *plan, struct gate_error *err)
{
	struct report report;
	ssize_t n;

	do
		n = read(plan->report[0], &report, sizeof(report));
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return GATE_OK;
	if (n == (ssize_t)sizeof(report))
		return explain(plan, &report, err);
	return gate_fail(err, GATE_EIO, "cannot run '%s'", plan->process->argv[0]);
}

static int fork_child(pid_t *pid, struct plan *plan, struct gate_error *err)
{
	sigset_t all, before;
	pid_t parent = getpid();
	char *const *argv;

	/* execve takes char * for old programs' sake and changes nothing. */
	memcpy(&argv, &plan->process->argv, sizeof(argv));
	/* Until the child has default handlers, none of ours may run in it. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	*pid = fork();
	if (*pid == 0)
		become_program(plan, argv, parent);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return *pid < 0 ? gate_fail_errno(err, "cannot run '%s'", plan->process->argv[0]) : GATE_OK;
}

/* Our end of a pipe, handed over. */
static int take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	if (taken >= 0)
		fcntl(taken, F_SETFL, O_NONBLOCK);
	return taken;
}

int gate_spawn(struct gate_child *child, const struct gate_process *process, struct gate_error *err)
{
	GATE_AUTO(plan_release)
	struct plan plan = { .process = process,
		             .in = { -1, -1 },
		             .out = { -1, -1 },
		             .err = { -1, -1 },
		             .report = { -1, -1 },
		             .max_fd = sysconf(_SC_OPEN_MAX) };
	pid_t pid = -1;
	int code = find_program(&plan, err);

	if (code == GATE_OK)
		code = build_environment(&plan, err);
	if (code == GATE_OK)
		code = make_pipes(&plan, err);
	if (code == GATE_OK)
		code = fork_child(&pid, &plan, err);
	if (code < 0)
		return code;
	close(plan.report[1]);
	plan.report[1] = -1;
	code = hear_report(&plan, err);
	if (code < 0) {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		return code;
	}
	*child = (struct gate_child){ .pid = pid,
		                      .in = take(&plan.in[1]),
		                      .out = take(&plan.out[0]),
		                      .err = take(&plan.err[0]) };
	return GATE_OK;
}
