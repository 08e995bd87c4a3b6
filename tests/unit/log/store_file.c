/* SPDX-License-Identifier: Apache-2.0 */
/* What the contract of stores (store.c) does not say: URLs, files and their systems, locks, and the words of the wrappers. */
#include "tests/support/git.h"
#include "tests/support/test.h"

#include "gate/base/file.h"
#include "gate/log/event.h"
#include "gate/log/filesystem.h"
#include "gate/log/store.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

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

static const struct gate_store_context nothing;

static struct gate_store *open_store(const char *url)
{
	struct gate_store *store = NULL;

	assert_ok(gate_store_open(&store, url, &nothing, err));
	return store;
}

static int append(struct gate_store *store, const char *text, struct gate_error *err)
{
	return gate_store_append(store, &(struct gate_log_line){ text, strlen(text) }, 1, err);
}

static int add_line(const struct gate_log_line *line, void *payload)
{
	struct gate_buf *buf = payload;

	gate_buf_add(buf, line->bytes, line->len);
	gate_buf_putc(buf, ';');
	return 0;
}

static void assert_read(struct gate_store *store, char *position, const char *wanted)
{
	GATE_AUTO(gate_buf_release) struct gate_buf got = { 0 };

	assert_ok(gate_store_read(store, position, position, add_line, &got, err));
	assert_string_equal(gate_buf_text(&got), wanted);
}

static void assert_content(const char *path, const char *text)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };

	assert_ok(gate_file_read(&buf, path, 100000, err));
	assert_string_equal(gate_buf_text(&buf), text);
}

static void urls_that_are_refused(void **state)
{
	static const struct {
		const char *url;
		int code;
		const char *message;
	} cases[] = {
		{ "", GATE_EUSAGE, "'' is no store: one begins with 'git:' or 'file:'" },
		{ "log", GATE_EUSAGE, "'log' is no store: one begins with 'git:' or 'file:'" },
		{ "fiel:log", GATE_EUSAGE, "no store 'fiel:'; did you mean 'file:'?" },
		{ "postgresql://x", GATE_EUSAGE,
		  "no store 'postgresql:'; there are 'git:', 'file:'" },
		{ "mem:", GATE_EUSAGE, "no store 'mem:'; there are 'git:', 'file:'" },
		{ "file:", GATE_EUSAGE, "'file:' takes the path of a file" },
		{ "file:?unsafe=1", GATE_EUSAGE, "'file:' takes the path of a file" },
		{ "file:log?unsafe=0", GATE_EUSAGE,
		  "'file:' has no option 'unsafe=0'; there is 'unsafe=1'" },
		{ "file://host/log", GATE_EUSAGE,
		  "'file://host/log' names a host; 'file:' takes the path of a file" },
		{ "file:none/log", GATE_EIO,
		  "the log cannot be in 'none/log': No such file or directory" },
		{ "file:file/log", GATE_EIO, "the log cannot be in 'file/log': Not a directory" },
		{ "file:folder", GATE_EUSAGE, "the log cannot be in 'folder': it is a folder" },
		{ "file:fifo", GATE_EUSAGE, "the log cannot be in 'fifo': it is no regular file" },
		{ "file:/dev/null", GATE_EUSAGE,
		  "the log cannot be in '/dev/null': it is no regular file" },
		{ "file:dangling", GATE_EIO,
		  "the log cannot be in 'dangling': the link leads nowhere" },
		{ "file:/proc/self/status", GATE_EUSAGE, NULL },
	};

	(void)state;
	test_write(".", "file", "x");
	assert_int_equal(mkdir("folder", 0777), 0);
	assert_int_equal(mkfifo("fifo", 0666), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_store *store = NULL;
		struct gate_error refused = { 0 };

		print_message("%s\n", cases[i].url);
		assert_int_equal(gate_store_open(&store, cases[i].url, &nothing, &refused),
		                 cases[i].code);
		assert_null(store);
		if (cases[i].message)
			assert_string_equal(refused.message, cases[i].message);
	}
}

static void links_share_file_and_lock(void **state)
{
	GATE_AUTO(gate_store_free) struct gate_store *direct = NULL;
	GATE_AUTO(gate_store_free) struct gate_store *linked = NULL;
	struct stat st;

	(void)state;
	test_write("folder", "log", "");
	assert_int_equal(symlink("folder/log", "link"), 0);
	direct = open_store("file:folder/log");
	linked = open_store("file:link");
	assert_ok(append(direct, "a", err));
	assert_ok(append(linked, "b", err));
	assert_content("folder/log", "a\nb\n");
	assert_int_equal(stat("folder/log.lock", &st), 0);
	assert_int_not_equal(stat("link.lock", &st), 0);
}

static void a_relative_path_stays_where_it_was(void **state)
{
	GATE_AUTO(gate_store_free) struct gate_store *store = open_store("file:log?unsafe=1");

	assert_int_equal(chdir("/"), 0);
	assert_ok(append(store, "a", err));
	assert_int_equal(chdir(*state), 0);
	assert_content("log", "a\n");
}

static void a_torn_line_is_ended_and_then_read(void **state)
{
	GATE_AUTO(gate_store_free) struct gate_store *store = NULL;
	char position[GATE_MAX_POSITION + 1] = "";

	(void)state;
	test_write(".", "log", "a\nb");
	store = open_store("file:log");
	assert_read(store, position, "a;");
	assert_read(store, position, "");
	assert_ok(append(store, "c", err));
	assert_content("log", "a\nb\nc\n");
	assert_read(store, position, "b;c;");
}

static void positions_hold_for_one_file(void **state)
{
	GATE_AUTO(gate_store_free) struct gate_store *store = open_store("file:log");
	char position[GATE_MAX_POSITION + 1] = "";

	(void)state;
	assert_read(store, position, "");
	assert_string_equal(position, "");
	assert_ok(append(store, "a", err));
	assert_read(store, position, "a;");
	/* Another file of this name. */
	test_write(".", "new", "b\nc\nd\n");
	assert_int_equal(rename("new", "log"), 0);
	assert_read(store, position, "b;c;d;");
	/* Shorter, and then with something else where the last line ended. */
	assert_int_equal(truncate("log", 2), 0);
	assert_read(store, position, "b;");
	test_write(".", "log", "longer\n");
	assert_read(store, position, "longer;");
	assert_int_equal(unlink("log"), 0);
	assert_read(store, position, "");
	assert_string_equal(position, "");
}

static void wait_for_success(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void a_full_disk_leaves_nothing_behind(void **state)
{
	GATE_AUTO(gate_store_free) struct gate_store *store = open_store("file:log");
	pid_t pid;

	(void)state;
	assert_ok(append(store, "a", err));
	pid = fork();
	if (pid == 0) {
		static char bytes[10000];
		struct rlimit limit = { .rlim_cur = 5000, .rlim_max = 5000 };

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		memset(bytes, 'x', sizeof(bytes) - 1);
		_exit(append(store, bytes, NULL) == GATE_EIO ? 0 : 1);
	}
	wait_for_success(pid);
	assert_content("log", "a\n");
}

static void processes_append_without_loss(void **state)
{
	GATE_AUTO(gate_store_free) struct gate_store *store = open_store("file:log");
	GATE_AUTO(gate_buf_release) struct gate_buf got = { 0 };
	char position[GATE_MAX_POSITION + 1] = "";
	pid_t pids[4];

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(pids); i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct gate_store *own = open_store("file:log");

			for (int j = 0; j < 100; j++)
				if (append(own, "x", NULL) < 0)
					_exit(1);
			_exit(0);
		}
	}
	for (size_t i = 0; i < GATE_COUNT(pids); i++) {
		/* Meanwhile each line is read once. */
		assert_ok(gate_store_read(store, position, position, add_line, &got, err));
		wait_for_success(pids[i]);
	}
	assert_ok(gate_store_read(store, position, position, add_line, &got, err));
	assert_int_equal(got.len, 4 * 100 * 2);
}

static void record_locks_keep_writers_out(void **state)
{
	GATE_AUTO(gate_lock_release) struct gate_lock one = GATE_LOCK_INIT;
	GATE_AUTO(gate_lock_release) struct gate_lock two = GATE_LOCK_INIT;
	GATE_AUTO(gate_lock_release) struct gate_lock writer = GATE_LOCK_INIT;
	struct gate_error refused = { 0 };

	(void)state;
	assert_ok(gate_lock_acquire_record(&one, "lock", true, 0, err));
	assert_ok(gate_lock_acquire_record(&two, "lock", true, 0, err));
	assert_int_equal(gate_lock_acquire_record(&writer, "lock", false, 0, &refused),
	                 GATE_ECONFLICT);
	assert_string_equal(refused.message, "'lock' is locked by another process");
	gate_lock_release(&one);
	assert_int_equal(gate_lock_acquire_record(&writer, "lock", false, 0, &refused),
	                 GATE_ECONFLICT);
	gate_lock_release(&two);
	assert_ok(gate_lock_acquire_record(&writer, "lock", false, 0, err));
	assert_int_equal(gate_lock_acquire_record(&one, "lock", true, 20, &refused),
	                 GATE_ECONFLICT);
}

/* A child that was forked and lives on does not hold what the parent gave up. */
static void a_forked_child_holds_no_record_lock(void **state)
{
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	int tell[2];
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(tell), 0);
	assert_ok(gate_lock_acquire_record(&lock, "lock", false, 0, err));
	pid = fork();
	if (pid == 0) {
		close(tell[1]);
		_exit(read(tell[0], &byte, 1) == 0 ? 0 : 1);
	}
	gate_lock_release(&lock);
	assert_ok(gate_lock_acquire_record(&lock, "lock", false, 0, err));
	close(tell[0]);
	close(tell[1]);
	wait_for_success(pid);
}

#define EVENT(id, more) \
	"{\"context\":{\"id\":\"" id \
	"\",\"source\":\"s\",\"type\":\"t\",\"timestamp\":\"2026-01-31T08:00:00Z\"}" more "}"
#define LINE(id) "{\"recorded\":\"2026-01-31T08:00:01.000Z\",\"event\":" EVENT(id, "") "}"

static void forget(struct gate_store *store, const char *id)
{
	const struct gate_identity identity = { { "s", 1 }, { id, strlen(id) } };
	char key[GATE_DIGEST_HEX];

	assert_ok(gate_identity_key(key, &identity, err));
	assert_ok(gate_store_forget(store, key, "{\"reason\":\"x\"}\n", err));
}

/* What only looks alike stays, and so do bytes, mode and an end that is torn. */
static void only_what_is_forgotten_goes(void **state)
{
	struct gate_store *store;
	struct stat st, now;

	(void)state;
	test_write(".", "log",
	           LINE("a") "\n" LINE("b") "\n" EVENT("b", ",\"n\":1.0") "\n\nodd \"b\"\n" LINE(
			   "bb") "\n"
	                         " " LINE("b") "\r\n" LINE("c"));
	assert_int_equal(chmod("log", 0640), 0);
	assert_int_equal(stat("log", &st), 0);
	test_write(".", "log.new", "left by a killed process");
	store = open_store("file:log?unsafe=1");
	forget(store, "b");
	assert_content("log", LINE("a") "\n\nodd \"b\"\n" LINE("bb") "\n" LINE("c"));
	assert_int_equal(stat("log", &now), 0);
	assert_int_equal(now.st_mode, st.st_mode);
	assert_int_equal(access("log.new", F_OK), -1);
	/* Nothing to do: the file stays the one it is. */
	forget(store, "b");
	forget(store, "never");
	assert_int_equal(stat("log", &st), 0);
	assert_int_equal(st.st_ino, now.st_ino);
	forget(store, "a");
	forget(store, "bb");
	forget(store, "c");
	assert_content("log", "\nodd \"b\"\n");
	assert_ok(append(store, LINE("b"), err));
	assert_ok(append(store, LINE("d"), err));
	assert_content("log", "\nodd \"b\"\n" LINE("d") "\n");
	gate_store_free(store);
}

static int count_key(const struct gate_log_line *key, void *payload)
{
	assert_int_equal(key->len, 64);
	++*(unsigned *)payload;
	return 0;
}

/* Lines of a file that somebody damaged: what is none is skipped, what is whole holds. */
static void a_damaged_list_is_read_as_far_as_it_goes(void **state)
{
	static const char key[] =
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	struct gate_store *store = open_store("file:log?unsafe=1");
	unsigned n = 0;

	(void)state;
	gate_buf_printf(&text, "\n%s\n%s{}\n%.63s {}\n%.63sG {}\n%s {}\n%s ", key, key, key, key,
	                key, key);
	test_write(".", "log.forgotten", text.ptr);
	assert_ok(gate_store_forgotten(store, count_key, &n, err));
	assert_int_equal(n, 2);
	test_write(".", "log.forgotten", "");
	assert_ok(gate_store_forgotten(store, count_key, &n, err));
	assert_int_equal(n, 2);
	forget(store, "a");
	assert_ok(gate_store_forgotten(store, count_key, &n, err));
	assert_int_equal(n, 3);
	gate_store_free(store);
}

/* Killed in between, or no place for the new file: the line counts no more, and forgetting again takes it out. */
static void what_stopped_half_way_is_done_again(void **state)
{
	struct rlimit before, none;
	struct gate_store *store;
	unsigned n = 0;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = (struct rlimit){ 100, before.rlim_max };
	test_write(".", "log", LINE("a") "\n" LINE("b") "\n");
	store = open_store("file:log?unsafe=1");
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	{
		const struct gate_identity identity = { { "s", 1 }, { "b", 1 } };
		struct gate_error why = { 0 };
		char key[GATE_DIGEST_HEX];

		assert_ok(gate_identity_key(key, &identity, err));
		assert_int_equal(gate_store_forget(store, key, "{}\n", &why), GATE_EIO);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_content("log", LINE("a") "\n" LINE("b") "\n");
	assert_int_equal(access("log.new", F_OK), -1);
	assert_ok(gate_store_forgotten(store, count_key, &n, err));
	assert_int_equal(n, 1);
	forget(store, "b");
	assert_content("log", LINE("a") "\n");
	gate_store_free(store);
}

static void file_systems_are_judged(void **state)
{
	static const char mountinfo[] =
		"22 27 0:21 / /proc rw,relatime - proc proc rw\n"
		"40 27 0:50 / /srv/a rw - nfs4 host:/a rw,vers=4.2,hard\n"
		"41 27 0:51 / /srv/b rw shared:5 - nfs host:/b rw,vers=3,hard\n"
		"42 27 0:52 / /srv/c rw - nfs host:/c rw,vers=4,hard";
	static const struct {
		unsigned long type;
		unsigned minor;
		const char *doubt;
	} cases[] = {
		{ 0xEF53, 1, NULL },
		{ 0x9123683E, 1, NULL },
		{ 0x01021994, 1, NULL },
		{ 0x6969, 50, NULL },
		{ 0x6969, 51, "NFS before version 4" },
		{ 0x6969, 52, NULL },
		{ 0x6969, 53, "NFS before version 4" },
		{ 0x517B, 1, "SMB" },
		{ 0xFF534D42, 1, "CIFS" },
		{ 0xFFFFFFFFFF534D42, 1, "CIFS" },
		{ 0x65735546, 1, "FUSE" },
		{ 0x01021997, 1, "9p" },
		{ 0x5346414F, 1, "AFS" },
		{ 0x1234, 1, "an unknown file system (0x1234)" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		const char *doubt =
			gate_filesystem_doubt(cases[i].type, makedev(0, cases[i].minor), mountinfo);

		print_message("0x%lx\n", cases[i].type);
		assert_string_equal(doubt ? doubt : "good",
		                    cases[i].doubt ? cases[i].doubt : "good");
	}
}

static void a_doubtful_file_system_says_what_to_do(void **state)
{
	struct gate_error refused = { 0 };

	(void)state;
	assert_int_equal(gate_filesystem_check("/proc/self/status", &refused), GATE_EUSAGE);
	assert_string_equal(refused.message, "'/proc/self/status' is on an unknown file system "
	                                     "(0x9fa0), where appends of two machines may be lost: "
	                                     "add ?unsafe=1 to use it all the same");
	assert_ok(gate_filesystem_check(".", err));
}

static int stop(const struct gate_log_line *line, void *payload)
{
	(void)line;
	(void)payload;
	return 7;
}

static void a_trace_says_what_was_called(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf trace = { 0 }, ignored = { 0 };
	GATE_AUTO(gate_store_free) struct gate_store *store = NULL;
	const struct gate_log_line lines[] = { { "a", 1 }, { "b", 1 }, { "c", 1 } };
	char position[GATE_MAX_POSITION + 1] = "";
	struct gate_error refused = { 0 };

	(void)state;
	assert_ok(gate_store_mem_open(&store, err));
	assert_ok(gate_store_fault(&store, store, 2, GATE_FAULT_REFUSE, err));
	assert_ok(gate_store_trace(&store, store, &trace, err));
	assert_ok(gate_store_append(store, lines, 3, err));
	assert_int_equal(gate_store_append(store, lines, 1, &refused), GATE_EIO);
	assert_string_equal(refused.message, "refused on purpose");
	assert_int_equal(gate_store_read(store, "", position, stop, NULL, NULL), 7);
	assert_ok(gate_store_read(store, "", position, add_line, &ignored, err));
	assert_ok(gate_store_read(store, position, position, add_line, &ignored, err));
	assert_ok(gate_store_sync(store, GATE_SYNC_FULL, err));
	assert_ok(gate_store_sync(store, GATE_SYNC_SEND, err));
	assert_ok(gate_store_verify(store, &ignored, err));
	assert_string_equal(gate_buf_text(&trace), "append 3 lines: ok\n"
	                                           "append 1 line: refused on purpose\n"
	                                           "read 1 line since '' to '3': stopped with 7\n"
	                                           "read 3 lines since '' to '3': ok\n"
	                                           "read 0 lines since '3' to '3': ok\n"
	                                           "sync full: ok\n"
	                                           "sync send: ok\n"
	                                           "verify: ok\n");
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter_scratch, leave_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(urls_that_are_refused),
		IN_SCRATCH(links_share_file_and_lock),
		IN_SCRATCH(a_relative_path_stays_where_it_was),
		IN_SCRATCH(a_torn_line_is_ended_and_then_read),
		IN_SCRATCH(positions_hold_for_one_file),
		IN_SCRATCH(a_full_disk_leaves_nothing_behind),
		IN_SCRATCH(processes_append_without_loss),
		IN_SCRATCH(record_locks_keep_writers_out),
		IN_SCRATCH(a_forked_child_holds_no_record_lock),
		IN_SCRATCH(only_what_is_forgotten_goes),
		IN_SCRATCH(a_damaged_list_is_read_as_far_as_it_goes),
		IN_SCRATCH(what_stopped_half_way_is_done_again),
		IN_SCRATCH(file_systems_are_judged),
		IN_SCRATCH(a_doubtful_file_system_says_what_to_do),
		IN_SCRATCH(a_trace_says_what_was_called),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
