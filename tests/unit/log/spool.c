/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/git.h"
#include "tests/support/oom.h"
#include "tests/support/test.h"

#include "gate/base/file.h"
#include "gate/log/spool.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITERS 8
#define LINES 200

/* Every test runs in an empty folder of its own, which is the current one. */
static int enter_scratch(void **state)
{
	*state = test_scratch();
	return chdir(*state);
}

static int leave_scratch(void **state)
{
	assert_int_equal(chdir("/"), 0);
	test_scratch_remove(*state);
	return 0;
}

static void append(const char *bytes)
{
	assert_ok(gate_spool_append("s", bytes, strlen(bytes), err));
}

/* What the spool gives, as "name<text>" for each file. */
static void assert_spool(bool open, const char *wanted)
{
	GATE_AUTO(gate_spool_release) struct gate_spool spool = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf got = { 0 };

	assert_ok(gate_spool_read(&spool, "s", open, err));
	for (size_t i = 0; i < spool.n; i++) {
		gate_buf_puts(&got, strrchr(spool.files[i].path, '/') + 1);
		gate_buf_putc(&got, '<');
		gate_buf_add(&got, spool.files[i].bytes, spool.files[i].len);
		gate_buf_putc(&got, '>');
	}
	assert_string_equal(gate_buf_text(&got), wanted);
}

static void assert_content(const char *path, const char *text)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };

	assert_ok(gate_file_read(&buf, path, 100000, err));
	assert_string_equal(gate_buf_text(&buf), text);
}

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void appends_whole_lines(void **state)
{
	(void)state;
	append("one\n");
	append("two\nthree\n");
	append("");
	assert_content("s/spool", "one\ntwo\nthree\n");
	assert_spool(true, "spool<one\ntwo\nthree\n>");
	assert_spool(false, "");
}

/* In blocks of 64 KiB: the text may stand across two of them. */
static void finds_text(void **state)
{
	static char line[70000];
	bool found;

	(void)state;
	assert_ok(gate_spool_holds(&found, "s", "needle", err));
	assert_false(found);
	for (size_t at = 65530; at <= 65537; at++) {
		memset(line, 'x', sizeof(line) - 1);
		line[sizeof(line) - 1] = '\n';
		memcpy(line + at - 3, "needle", 6);
		assert_ok(gate_mkdirs("s", 0777, err));
		assert_ok(gate_file_write("s/spool", line, sizeof(line), 0666, err));
		assert_ok(gate_spool_holds(&found, "s", "needle", err));
		assert_true(found);
	}
	assert_ok(gate_spool_holds(&found, "s", "needles", err));
	assert_false(found);
	assert_ok(gate_spool_seal("s", err));
	append("hay\n");
	assert_ok(gate_spool_holds(&found, "s", "needle", err));
	assert_true(found);
}

static void makes_the_folders(void **state)
{
	(void)state;
	assert_ok(gate_spool_append("a/b", "one\n", 4, err));
	assert_content("a/b/spool", "one\n");
}

static void no_folder_is_an_empty_spool(void **state)
{
	(void)state;
	assert_spool(true, "");
	assert_ok(gate_spool_seal("s", err));
	assert_false(exists("s"));
}

static void ends_a_torn_line_first(void **state)
{
	(void)state;
	test_write("s", "spool", "one\nto");
	assert_spool(true, "spool<one\n>");
	append("two\n");
	assert_content("s/spool", "one\nto\ntwo\n");
	assert_spool(true, "spool<one\nto\ntwo\n>");
}

static void gives_no_torn_line_alone(void **state)
{
	(void)state;
	test_write("s", "spool", "on");
	assert_spool(true, "");
}

static void gives_the_torn_line_of_a_sealed_file(void **state)
{
	(void)state;
	test_write("s", "spool", "one\nto");
	assert_ok(gate_spool_seal("s", err));
	append("two\n");
	assert_spool(true, "spool.1<one\nto>spool<two\n>");
	assert_spool(false, "spool.1<one\nto>");
}

static void numbers_count_up(void **state)
{
	(void)state;
	test_write("s", "spool.9", "nine\n");
	test_write("s", "spool.10", "ten\n");
	test_write("s", "spool.011", "no\n");
	test_write("s", "spool.12x", "no\n");
	test_write("s", "spool.", "no\n");
	test_write("s", "spool.-5", "no\n");
	test_write("s", "spool.9999999999999999999", "no\n");
	append("eleven\n");
	assert_ok(gate_spool_seal("s", err));
	append("open\n");
	assert_spool(true, "spool.9<nine\n>spool.10<ten\n>spool.11<eleven\n>spool<open\n>");
}

static void seals_nothing_that_is_empty(void **state)
{
	(void)state;
	test_write("s", "spool", "");
	assert_ok(gate_spool_seal("s", err));
	assert_true(exists("s/spool"));
	assert_spool(true, "");
}

static void removes_what_was_read(void **state)
{
	GATE_AUTO(gate_spool_release) struct gate_spool spool = { 0 };

	(void)state;
	append("one\n");
	assert_ok(gate_spool_seal("s", err));
	append("two\n");
	assert_ok(gate_spool_seal("s", err));
	assert_ok(gate_spool_read(&spool, "s", false, err));
	append("three\n");
	assert_ok(gate_spool_seal("s", err));
	assert_int_equal(unlink("s/spool.1"), 0);
	assert_ok(gate_spool_remove(&spool, err));
	assert_spool(true, "spool.3<three\n>");
	assert_ok(gate_spool_remove(&spool, err));
}

/* Another sync removed the file that was read, and its number was given again. */
static void keeps_what_took_the_number(void **state)
{
	static const char *const others[] = { "two\n", "longer\n", "1\n" };

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(others); i++) {
		GATE_AUTO(gate_spool_release) struct gate_spool spool = { 0 };

		append("one\n");
		assert_ok(gate_spool_seal("s", err));
		assert_ok(gate_spool_read(&spool, "s", false, err));
		assert_int_equal(spool.n, 1);
		assert_ok(gate_spool_remove(&spool, err));
		append(others[i]);
		assert_ok(gate_spool_seal("s", err));
		assert_ok(gate_spool_remove(&spool, err));
		assert_content("s/spool.1", others[i]);
		assert_int_equal(unlink("s/spool.1"), 0);
	}
}

static void keeps_an_open_file_that_grew(void **state)
{
	GATE_AUTO(gate_spool_release) struct gate_spool spool = { 0 };

	(void)state;
	append("one\n");
	assert_ok(gate_spool_read(&spool, "s", true, err));
	append("two\n");
	assert_ok(gate_spool_remove(&spool, err));
	assert_content("s/spool", "one\ntwo\n");
}

static void says_what_is_in_the_way(void **state)
{
	struct gate_error err = { 0 };

	(void)state;
	test_write(".", "file", "x");
	assert_int_equal(gate_spool_append("file", "x\n", 2, &err), GATE_EIO);
	assert_string_equal(err.message, "cannot make the folder 'file': Not a directory");
	assert_int_equal(mkdir("s", 0777), 0);
	assert_int_equal(mkdir("s/spool", 0777), 0);
	assert_int_equal(gate_spool_append("s", "x\n", 2, &err), GATE_EIO);
	assert_string_equal(err.message, "cannot write 's/spool': Is a directory");
	assert_int_equal(rmdir("s/spool"), 0);
	assert_int_equal(mkfifo("s/spool", 0666), 0);
	assert_int_equal(gate_spool_append("s", "x\n", 2, &err), GATE_EIO);
	assert_string_equal(err.message, "cannot write 's/spool': it is no regular file");
}

static void refuses_what_could_not_be_read_again(void **state)
{
	struct gate_error err = { 0 };
	struct stat st;

	(void)state;
	append("one\n");
	assert_int_equal(truncate("s/spool", (off_t)1 << 30), 0);
	assert_int_equal(gate_spool_append("s", "x\n", 2, &err), GATE_ELIMIT);
	assert_string_equal(err.message, "'s/spool' would be larger than 1073741824 bytes");
	assert_int_equal(stat("s/spool", &st), 0);
	assert_int_equal(st.st_size, 1 << 30);
}

static void wait_for_success(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* In a child, since a limit cannot be raised again. */
static void append_on_a_full_disk(const char *message)
{
	static char bytes[10000];
	struct rlimit limit = { .rlim_cur = 5000, .rlim_max = 5000 };
	struct gate_error err = { 0 };
	bool good;

	memset(bytes, 'x', sizeof(bytes));
	for (size_t i = 99; i < sizeof(bytes); i += 100)
		bytes[i] = '\n';
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	good = gate_spool_append("s", bytes, sizeof(bytes), &err) == GATE_EIO &&
	       !strcmp(err.message, message);
	_exit(good ? 0 : 1);
}

static void a_full_disk_leaves_nothing_behind(void **state)
{
	static const char *const before[] = { "", "one\n", "one\nto" };

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(before); i++) {
		pid_t pid;

		test_write("s", "spool", before[i]);
		pid = fork();
		if (pid == 0)
			append_on_a_full_disk("cannot write 's/spool': File too large");
		wait_for_success(pid);
		assert_content("s/spool", before[i]);
	}
	append("two\n");
	assert_content("s/spool", "one\nto\ntwo\n");
}

static void write_lines(int writer)
{
	for (int i = 0; i < LINES; i++) {
		char line[64];
		int len = snprintf(line, sizeof(line), "%d %d\n", writer, i);

		if (gate_spool_append("s", line, (size_t)len, NULL) < 0)
			_exit(1);
	}
	_exit(0);
}

/* Counts each line of the spool; an odd one fails. */
static void count_lines(unsigned seen[WRITERS][LINES], const struct gate_spool *spool)
{
	for (size_t i = 0; i < spool->n; i++) {
		const char *at = spool->files[i].bytes;
		const char *end = at + spool->files[i].len;

		for (; at < end; at = strchr(at, '\n') + 1) {
			char *behind;
			long writer = strtol(at, &behind, 10);
			long line = strtol(behind, &behind, 10);

			assert_int_equal(*behind, '\n');
			assert_in_range(writer, 0, WRITERS - 1);
			assert_in_range(line, 0, LINES - 1);
			seen[writer][line]++;
		}
	}
}

/* Seals, reads and removes until the last writer has ended and nothing is left. */
static void drain(unsigned seen[WRITERS][LINES])
{
	for (int left = WRITERS; left >= 0;) {
		GATE_AUTO(gate_spool_release) struct gate_spool spool = { 0 };
		int status = 0;
		pid_t pid = left ? waitpid(-1, &status, WNOHANG) : 1;

		assert_int_equal(status, 0);
		left -= pid > 0;
		assert_ok(gate_spool_seal("s", err));
		assert_ok(gate_spool_read(&spool, "s", false, err));
		count_lines(seen, &spool);
		assert_ok(gate_spool_remove(&spool, err));
	}
}

static void processes_append_while_one_seals(void **state)
{
	static unsigned seen[WRITERS][LINES];

	(void)state;
	for (int i = 0; i < WRITERS; i++)
		if (fork() == 0)
			write_lines(i);
	drain(seen);
	for (int i = 0; i < WRITERS; i++)
		for (int j = 0; j < LINES; j++)
			assert_int_equal(seen[i][j], 1);
	assert_spool(true, "");
}

/* Everything that is done with a spool, from an empty one on. */
static int use(void *payload, struct gate_error *err)
{
	static const char event[] = "{\"context\":{\"id\":\"a\",\"source\":\"s\",\"type\":\"t\","
				    "\"timestamp\":\"2026-01-01T00:00:00Z\"}}";
	const struct gate_time now = { .seconds = 1767225600 };
	GATE_AUTO(gate_spool_release) struct gate_spool spool = { 0 };
	bool *holds = payload;
	int code;

	unlink("s/spool");
	unlink("s/spool.1");
	code = gate_spool_append("s", "one\n", 4, err);
	if (code == GATE_OK)
		code = gate_spool_seal("s", err);
	if (code == GATE_OK)
		code = gate_spool_event("s", &now, event, strlen(event), err);
	if (code == GATE_OK)
		code = gate_spool_holds(holds, "s", "one", err);
	if (code == GATE_OK)
		code = gate_spool_read(&spool, "s", true, err);
	return code == GATE_OK ? gate_spool_remove(&spool, err) : code;
}

static void says_that_memory_ran_out(void **state)
{
	bool holds = false;

	(void)state;
	append("");
	assert_true(test_oom_sweep(use, &holds) > 15);
	assert_true(holds);
	assert_spool(true, "");
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter_scratch, leave_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(appends_whole_lines),
		IN_SCRATCH(finds_text),
		IN_SCRATCH(makes_the_folders),
		IN_SCRATCH(no_folder_is_an_empty_spool),
		IN_SCRATCH(ends_a_torn_line_first),
		IN_SCRATCH(gives_no_torn_line_alone),
		IN_SCRATCH(gives_the_torn_line_of_a_sealed_file),
		IN_SCRATCH(numbers_count_up),
		IN_SCRATCH(seals_nothing_that_is_empty),
		IN_SCRATCH(removes_what_was_read),
		IN_SCRATCH(keeps_what_took_the_number),
		IN_SCRATCH(keeps_an_open_file_that_grew),
		IN_SCRATCH(says_what_is_in_the_way),
		IN_SCRATCH(refuses_what_could_not_be_read_again),
		IN_SCRATCH(a_full_disk_leaves_nothing_behind),
		IN_SCRATCH(processes_append_while_one_seals),
		IN_SCRATCH(says_that_memory_ran_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
