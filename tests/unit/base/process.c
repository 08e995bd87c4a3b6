/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/base/process.h"
#include "tests/support/oom.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEGA ((size_t)1 << 20)

#define SH(script) \
	(const char *const[]) \
	{ \
		"sh", "-c", script, NULL \
	}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void output_error_and_status_come_back(void **state)
{
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	const struct gate_process process = { .argv = SH("echo out; echo err >&2; exit 3"),
		                              .max_output = 100 };

	(void)state;
	assert_ok(gate_process_run(&result, &process, err));
	assert_int_equal(result.status, 3);
	assert_string_equal(gate_buf_text(&result.out), "out\n");
	assert_string_equal(gate_buf_text(&result.err), "err\n");
}

static void arguments_are_not_read_by_a_shell(void **state)
{
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	const char *const argv[] = { "printf", "%s|", "a b", "$HOME", "*", "", NULL };
	const struct gate_process process = { .argv = argv, .max_output = 100 };

	(void)state;
	assert_ok(gate_process_run(&result, &process, err));
	assert_string_equal(gate_buf_text(&result.out), "a b|$HOME|*||");
}

static void input_is_fed_while_output_is_read(void **state)
{
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	GATE_AUTO(gate_free) char *input = malloc(10 * MEGA);
	const char *const argv[] = { "cat", NULL };
	struct gate_process process = {
		.argv = argv, .input = input, .input_len = 10 * MEGA, .max_output = 10 * MEGA
	};

	(void)state;
	for (size_t i = 0; i < 10 * MEGA; i++)
		input[i] = (char)(i * 7 / 5);
	assert_ok(gate_process_run(&result, &process, err));
	assert_int_equal(result.status, 0);
	assert_int_equal(result.out.len, 10 * MEGA);
	assert_memory_equal(result.out.ptr, input, 10 * MEGA);
}

static void without_input_there_is_none(void **state)
{
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	struct gate_process process = { .argv = SH("wc -c"), .max_output = 100 };

	(void)state;
	assert_ok(gate_process_run(&result, &process, err));
	assert_int_equal(strtol(gate_buf_text(&result.out), NULL, 10), 0);
	gate_process_result_release(&result);
	process.input = "";
	assert_ok(gate_process_run(&result, &process, err));
	assert_int_equal(strtol(gate_buf_text(&result.out), NULL, 10), 0);
}

static void a_child_that_does_not_read_does_no_harm(void **state)
{
	static const char *const scripts[] = { "exit 0", "exec <&-; echo done", "sleep 0.05" };
	GATE_AUTO(gate_free) char *input = calloc(1, 10 * MEGA);

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(scripts); i++) {
		GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
		const struct gate_process process = { .argv = SH(scripts[i]),
			                              .input = input,
			                              .input_len = 10 * MEGA,
			                              .max_output = 100 };
		sigset_t pending;

		assert_ok(gate_process_run(&result, &process, err));
		assert_int_equal(result.status, 0);
		sigpending(&pending);
		assert_false(sigismember(&pending, SIGPIPE));
	}
}

static void output_has_a_limit(void **state)
{
	static const char *const scripts[] = {
		"yes | head -c 10000000; sleep 100",
		"yes | head -c 10000000 >&2; sleep 100",
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(scripts); i++) {
		struct gate_process_result result = { .status = 77 };
		const struct gate_process process = { .argv = SH(scripts[i]),
			                              .max_output = 1000000 };
		struct gate_error err = { 0 };
		int64_t start = now_ms();

		assert_int_equal(gate_process_run(&result, &process, &err), GATE_ELIMIT);
		assert_string_equal(err.message, "'sh' wrote more than 1000000 bytes");
		assert_int_equal(result.status, 77);
		assert_null(result.out.ptr);
		assert_true(now_ms() - start < 20000);
	}
}

static void output_up_to_the_limit_is_kept(void **state)
{
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	const struct gate_process process = { .argv = SH("printf 12345"), .max_output = 5 };

	(void)state;
	assert_ok(gate_process_run(&result, &process, err));
	assert_string_equal(gate_buf_text(&result.out), "12345");
}

/* With output open, with output closed, with a grandchild, with a full pipe of input. */
static void time_has_a_limit(void **state)
{
	static const char *const scripts[] = {
		"sleep 100",
		"exec >&- 2>&-; sleep 100",
		"sleep 100 & sleep 100 & wait",
		"sleep 100 & exit 0",
		"while :; do echo x; sleep 0.01; done",
		"trap '' TERM INT; while :; do sleep 1; done",
	};
	GATE_AUTO(gate_free) char *input = calloc(1, MEGA);

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(scripts); i++) {
		struct gate_process_result result = { 0 };
		const struct gate_process process = { .argv = SH(scripts[i]),
			                              .input = input,
			                              .input_len = MEGA,
			                              .max_output = MEGA,
			                              .timeout_ms = 100 };
		struct gate_error err = { 0 };
		int64_t start = now_ms();

		print_message("%s\n", scripts[i]);
		assert_int_equal(gate_process_run(&result, &process, &err), GATE_ELIMIT);
		assert_string_equal(err.message, "'sh' ran longer than 100 ms");
		assert_true(now_ms() - start >= 100);
		assert_true(now_ms() - start < 20000);
	}
}

/* The pipe that only a grandchild still holds closes when the group is killed. */
static void a_limit_kills_the_whole_group(void **state)
{
	struct gate_process_result result = { 0 };
	struct gate_process process = { .max_output = 100, .timeout_ms = 200 };
	char folder[] = "/tmp/doragate-process-XXXXXX", fifo[64], script[128], byte;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(fifo, sizeof(fifo), "%s/fifo", folder);
	snprintf(script, sizeof(script), "(sleep 100) >%s & wait", fifo);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	fd = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	process.argv = SH(script);
	assert_int_equal(gate_process_run(&result, &process, NULL), GATE_ELIMIT);
	unlink(fifo);
	rmdir(folder);
	assert_int_equal(fcntl(fd, F_SETFL, 0), 0);
	/* Blocks for 100 s when it still lives. */
	assert_int_equal(read(fd, &byte, 1), 0);
	close(fd);
}

static void a_signal_is_status_128_and_more(void **state)
{
	static const struct {
		const char *script;
		int status;
	} cases[] = { { "kill -KILL $$", 128 + SIGKILL }, { "kill -SEGV $$", 128 + SIGSEGV } };

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
		const struct gate_process process = { .argv = SH(cases[i].script) };

		assert_ok(gate_process_run(&result, &process, err));
		assert_int_equal(result.status, cases[i].status);
	}
}

static void the_environment_is_changed_as_asked(void **state)
{
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	const char *const unset[] = { "GATE_T_A", "GATE_T_NONE", NULL };
	const char *const set[] = { "GATE_T_B=new", "GATE_T_D=a=b", NULL };
	const char *const argv[] = { "env", NULL };
	const struct gate_process process = {
		.argv = argv, .unset = unset, .set = set, .max_output = MEGA
	};
	const char *text;

	(void)state;
	setenv("GATE_T_A", "old", 1);
	setenv("GATE_T_AA", "stays", 1);
	setenv("GATE_T_B", "old", 1);
	setenv("GATE_T_BB", "stays", 1);
	assert_ok(gate_process_run(&result, &process, err));
	text = gate_buf_text(&result.out);
	assert_null(strstr(text, "GATE_T_A="));
	assert_non_null(strstr(text, "GATE_T_AA=stays\n"));
	assert_non_null(strstr(text, "GATE_T_B=new\n"));
	assert_null(strstr(text, "GATE_T_B=old"));
	assert_non_null(strstr(text, "GATE_T_BB=stays\n"));
	assert_non_null(strstr(text, "GATE_T_D=a=b\n"));
	assert_string_equal(getenv("GATE_T_A"), "old");
}

static void the_folder_is_changed_as_asked(void **state)
{
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	struct gate_process process = { .argv = SH("pwd -P"), .dir = "/", .max_output = 100 };
	struct gate_error refused = { 0 };

	(void)state;
	assert_ok(gate_process_run(&result, &process, err));
	assert_string_equal(gate_buf_text(&result.out), "/\n");
	process.dir = "/none/here";
	assert_int_equal(gate_process_run(&result, &process, &refused), GATE_EIO);
	assert_string_equal(refused.message,
	                    "cannot enter '/none/here': No such file or directory");
}

static void a_missing_program_is_not_found(void **state)
{
	static const struct {
		const char *program;
		int code;
		const char *message;
	} cases[] = {
		{ "doragate-none", GATE_ENOTFOUND, "no program 'doragate-none' on PATH" },
		{ "", GATE_ENOTFOUND, "no program '' on PATH" },
		{ "/none/x", GATE_ENOTFOUND, "no program '/none/x'" },
		{ "/dev/null/x", GATE_ENOTFOUND, "no program '/dev/null/x'" },
		{ "/dev/null", GATE_EIO, "cannot run '/dev/null': Permission denied" },
		{ "/tmp", GATE_EIO, "cannot run '/tmp': Permission denied" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_process_result result = { 0 };
		const char *const argv[] = { cases[i].program, NULL };
		const struct gate_process process = { .argv = argv };
		struct gate_error err = { 0 };

		assert_int_equal(gate_process_run(&result, &process, &err), cases[i].code);
		assert_string_equal(err.message, cases[i].message);
	}
}

static void the_current_folder_is_not_searched(void **state)
{
	GATE_AUTO(gate_free) char *path = strdup(getenv("PATH"));
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	const char *const argv[] = { "sh", "-c", "exit 5", NULL };
	const struct gate_process process = { .argv = argv };
	int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), code;

	(void)state;
	assert_int_equal(chdir("/bin"), 0);
	setenv("PATH", ".::/none", 1);
	code = gate_process_run(&result, &process, NULL);
	setenv("PATH", path, 1);
	assert_int_equal(fchdir(before), 0);
	close(before);
	assert_int_equal(code, GATE_ENOTFOUND);
	assert_ok(gate_process_run(&result, &process, err));
	assert_int_equal(result.status, 5);
}

static void the_child_gets_no_descriptor_and_no_signal_state(void **state)
{
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	const struct gate_process process = {
		.argv = SH("for fd in 3 4 5 6 7 8 9; do (: >&$fd) 2>/dev/null && echo $fd; done;"
		           "kill -PIPE $$; kill -USR1 $$; echo alive"),
		.input = "x",
		.input_len = 1,
		.max_output = 100,
	};
	sigset_t block;
	int fd = dup(STDOUT_FILENO);

	(void)state;
	dup2(fd, 9);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&block);
	sigaddset(&block, SIGPIPE);
	sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, NULL);
	assert_ok(gate_process_run(&result, &process, err));
	sigprocmask(SIG_UNBLOCK, &block, NULL);
	signal(SIGPIPE, SIG_DFL);
	close(9);
	close(fd);
	assert_int_equal(result.status, 128 + SIGPIPE);
	assert_string_equal(gate_buf_text(&result.out), "");
}

static void closed_standard_descriptors_do_not_mix_up_pipes(void **state)
{
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	const struct gate_process process = {
		.argv = SH("cat; echo err >&2"), .input = "in", .input_len = 2, .max_output = 100
	};
	int saved[3], code;

	(void)state;
	fflush(stdout);
	for (int fd = 0; fd < 3; fd++) {
		saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 20);
		close(fd);
	}
	code = gate_process_run(&result, &process, NULL);
	for (int fd = 0; fd < 3; fd++) {
		dup2(saved[fd], fd);
		close(saved[fd]);
	}
	assert_int_equal(code, GATE_OK);
	assert_string_equal(gate_buf_text(&result.out), "in");
	assert_string_equal(gate_buf_text(&result.err), "err\n");
}

static void inherited_output_is_not_kept(void **state)
{
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	const struct gate_process process = { .argv = SH("echo out; echo err >&2"),
		                              .max_output = 1,
		                              .inherit_stdout = true,
		                              .inherit_stderr = true };
	int fds[2], out = dup(STDOUT_FILENO), err_fd = dup(STDERR_FILENO), code;
	char text[20] = "";

	(void)state;
	fflush(stdout);
	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDOUT_FILENO);
	dup2(fds[1], STDERR_FILENO);
	code = gate_process_run(&result, &process, NULL);
	dup2(out, STDOUT_FILENO);
	dup2(err_fd, STDERR_FILENO);
	close(out);
	close(err_fd);
	close(fds[1]);
	assert_int_equal(code, GATE_OK);
	assert_int_equal(read(fds[0], text, sizeof(text) - 1), 8);
	close(fds[0]);
	assert_string_equal(text, "out\nerr\n");
	assert_string_equal(gate_buf_text(&result.out), "");
}

static size_t open_descriptors(void)
{
	size_t n = 0;

	for (int fd = 0; fd < 200; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void no_descriptor_stays_open(void **state)
{
	static const char *const programs[] = { "true", "doragate-none", "/none/x", "yes" };
	size_t before = open_descriptors();

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(programs); i++) {
		GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
		const char *const argv[] = { programs[i], NULL };
		const struct gate_process process = {
			.argv = argv, .input = "x", .input_len = 1, .max_output = 100
		};

		gate_process_run(&result, &process, NULL);
		assert_int_equal(open_descriptors(), before);
	}
}

static void each_allocation_may_fail(void **state)
{
	const char *const set[] = { "A=b", NULL };
	const struct gate_process process = { .argv = SH("cat; cat >&2"),
		                              .set = set,
		                              .input = "x",
		                              .input_len = 1,
		                              .max_output = 100 };
	size_t before = open_descriptors();
	int code;

	(void)state;
	for (unsigned i = 0;; i++) {
		GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };

		test_oom_arm(i);
		code = gate_process_run(&result, &process, NULL);
		if (!test_oom_disarm())
			break;
		assert_int_equal(code, GATE_ENOMEM);
		assert_int_equal(open_descriptors(), before);
	}
	assert_int_equal(code, GATE_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_error_and_status_come_back),
		cmocka_unit_test(arguments_are_not_read_by_a_shell),
		cmocka_unit_test(input_is_fed_while_output_is_read),
		cmocka_unit_test(without_input_there_is_none),
		cmocka_unit_test(a_child_that_does_not_read_does_no_harm),
		cmocka_unit_test(output_has_a_limit),
		cmocka_unit_test(output_up_to_the_limit_is_kept),
		cmocka_unit_test(time_has_a_limit),
		cmocka_unit_test(a_limit_kills_the_whole_group),
		cmocka_unit_test(a_signal_is_status_128_and_more),
		cmocka_unit_test(the_environment_is_changed_as_asked),
		cmocka_unit_test(the_folder_is_changed_as_asked),
		cmocka_unit_test(a_missing_program_is_not_found),
		cmocka_unit_test(the_current_folder_is_not_searched),
		cmocka_unit_test(the_child_gets_no_descriptor_and_no_signal_state),
		cmocka_unit_test(closed_standard_descriptors_do_not_mix_up_pipes),
		cmocka_unit_test(inherited_output_is_not_kept),
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(no_descriptor_stays_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
