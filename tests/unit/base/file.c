/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Every test runs in an empty folder of its own, which is the current one. */
struct scratch {
	char path[64];
	int before;
};

static int enter_scratch(void **state)
{
	struct scratch *scratch = calloc(1, sizeof(*scratch));

	if (!scratch)
		return -1;
	snprintf(scratch->path, sizeof(scratch->path), "/tmp/doragate-file-XXXXXX");
	scratch->before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (scratch->before < 0 || !mkdtemp(scratch->path) || chdir(scratch->path) < 0)
		return -1;
	*state = scratch;
	return 0;
}

static void remove_all(int folder)
{
	DIR *dir = fdopendir(folder);

	for (struct dirent *entry; (entry = readdir(dir));) {
		int below;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0) == 0)
			continue;
		below = openat(dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (below >= 0)
			remove_all(below);
		unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	}
	closedir(dir);
}

static int leave_scratch(void **state)
{
	struct scratch *scratch = *state;

	remove_all(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (fchdir(scratch->before) < 0 || rmdir(scratch->path) < 0)
		return -1;
	close(scratch->before);
	free(scratch);
	return 0;
}

static void put(const char *path, const char *text)
{
	assert_ok(gate_file_write(path, text, strlen(text), 0644, err));
}

static void assert_content(const char *path, const char *text)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };

	assert_ok(gate_file_read(&buf, path, 1000, err));
	assert_string_equal(gate_buf_text(&buf), text);
}

static size_t count_files(void)
{
	DIR *dir = opendir(".");
	size_t n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static void reads_whole_files_and_appends(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };

	(void)state;
	put("a", "one");
	put("empty", "");
	gate_buf_puts(&buf, "<");
	assert_ok(gate_file_read(&buf, "a", 3, err));
	assert_ok(gate_file_read(&buf, "empty", 0, err));
	assert_string_equal(gate_buf_text(&buf), "<one");
}

static void reading_says_what_is_wrong(void **state)
{
	static const struct {
		const char *path;
		int code;
		const char *message;
	} cases[] = {
		{ "none", GATE_ENOTFOUND, "no file 'none'" },
		{ "file/x", GATE_ENOTFOUND, "no file 'file/x'" },
		{ "folder", GATE_EIO, "cannot read 'folder': it is a folder" },
		{ "fifo", GATE_EIO, "cannot read 'fifo': it is no regular file" },
		{ "file", GATE_ELIMIT, "'file' is larger than 4 bytes" },
		{ "loop", GATE_EIO, "cannot read 'loop': Too many levels of symbolic links" },
	};

	(void)state;
	put("file", "12345");
	assert_int_equal(mkdir("folder", 0755), 0);
	assert_int_equal(mkfifo("fifo", 0644), 0);
	assert_int_equal(symlink("loop", "loop"), 0);
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
		struct gate_error err = { 0 };

		print_message("%s\n", cases[i].path);
		gate_buf_puts(&buf, "kept");
		assert_int_equal(gate_file_read(&buf, cases[i].path, 4, &err), cases[i].code);
		assert_string_equal(err.message, cases[i].message);
		assert_string_equal(gate_buf_text(&buf), "kept");
	}
}

static void minus_is_standard_input(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	struct gate_error refused = { 0 };
	int fds[2], before = dup(STDIN_FILENO), code;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_ok(gate_fd_write(fds[1], "pipe", "hello", 5, err));
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	code = gate_file_read(&buf, "-", 4, &refused);
	dup2(before, STDIN_FILENO);
	close(before);
	assert_int_equal(code, GATE_ELIMIT);
	assert_string_equal(refused.message, "'standard input' is larger than 4 bytes");
}

/* More than a pipe holds, through non-blocking ends: both sides have to wait for each other. */
static void descriptors_wait_until_they_move(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	static char bytes[1000000];
	int fds[2], status;
	pid_t pid;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		_exit(gate_fd_write(fds[1], "pipe", bytes, sizeof(bytes), NULL) == GATE_OK ? 0 : 1);
	}
	close(fds[1]);
	assert_ok(gate_fd_read(&buf, fds[0], "pipe", sizeof(bytes), err));
	close(fds[0]);
	assert_int_equal(buf.len, sizeof(bytes));
	assert_memory_equal(buf.ptr, bytes, sizeof(bytes));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void a_full_disk_is_an_error(void **state)
{
	struct gate_error err = { 0 };
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	if (fd < 0) {
		print_message("skipped: no /dev/full here\n");
		skip();
	}
	assert_int_equal(gate_fd_write(fd, "f", "x", 1, &err), GATE_EIO);
	assert_string_equal(err.message, "cannot write 'f': No space left on device");
	close(fd);
}

static void writes_whole_files(void **state)
{
	struct stat st;

	(void)state;
	put("a", "one");
	put("a", "two, longer");
	assert_content("a", "two, longer");
	assert_ok(gate_file_write("tool", "#!\n", 3, 0755, err));
	assert_int_equal(stat("tool", &st), 0);
	assert_int_equal(st.st_mode & 0700, 0700);
	assert_int_equal(count_files(), 2);
}

static void the_longest_name_can_be_written(void **state)
{
	char name[256];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	put(name, "x");
	assert_content(name, "x");
}

static void a_leftover_of_another_run_is_no_obstacle(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), ".doragate-%ld-0.tmp", (long)getpid());
	close(open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	put("a", "x");
	assert_content("a", "x");
	assert_content(name, "");
}

static void a_symlink_is_replaced_not_followed(void **state)
{
	struct stat st;

	(void)state;
	put("target", "old");
	assert_int_equal(symlink("target", "link"), 0);
	put("link", "new");
	assert_content("target", "old");
	assert_content("link", "new");
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISREG(st.st_mode));
}

static void failed_writes_leave_nothing_behind(void **state)
{
	struct gate_error err = { 0 };

	(void)state;
	put("file", "old");
	assert_int_equal(mkdir("folder", 0755), 0);
	/* The temporary file exists when this fails. */
	assert_int_equal(gate_file_write("folder", "x", 1, 0644, &err), GATE_EIO);
	assert_string_equal(err.message, "cannot write 'folder': Is a directory");
	assert_int_equal(gate_file_write("file/x", "x", 1, 0644, &err), GATE_EIO);
	assert_string_equal(err.message, "cannot write 'file/x': Not a directory");
	assert_int_equal(gate_file_write("none/x", "x", 1, 0644, &err), GATE_EIO);
	assert_string_equal(err.message, "cannot write 'none/x': No such file or directory");
	assert_content("file", "old");
	assert_int_equal(count_files(), 2);
}

static void a_read_only_folder_refuses(void **state)
{
	struct gate_error err = { 0 };

	bool root = geteuid() == 0;
	int code;

	(void)state;
	assert_int_equal(mkdir("folder", 0555), 0);
	/* Nothing is read-only for root, so it is somebody else who tries. */
	if (root) {
		assert_int_equal(chmod(".", 0755), 0);
		assert_int_equal(chown("folder", 65534, 65534), 0);
		assert_int_equal(seteuid(65534), 0);
	}
	code = gate_file_write("folder/x", "x", 1, 0644, &err);
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(code, GATE_EIO);
	assert_string_equal(err.message, "cannot write 'folder/x': Permission denied");
}

static void a_file_limit_leaves_the_old_content(void **state)
{
	struct gate_error err = { 0 };
	int status;
	pid_t pid;

	(void)state;
	put("a", "old");
	pid = fork();
	if (pid == 0) {
		static char bytes[100000];
		struct rlimit limit = { .rlim_cur = 10000, .rlim_max = 10000 };
		int code;

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		code = gate_file_write("a", bytes, sizeof(bytes), 0644, &err);
		_exit(code == GATE_EIO && !strcmp(err.message, "cannot write 'a': File too large")
		              ? 0
		              : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_content("a", "old");
	assert_int_equal(count_files(), 1);
}

static void folders_are_made_with_those_above(void **state)
{
	struct gate_error refused = { 0 };
	struct stat st;

	(void)state;
	assert_ok(gate_mkdirs("a/b/c", 0700, err));
	assert_ok(gate_mkdirs("a/b/c", 0700, err));
	assert_ok(gate_mkdirs("a//b/d/", 0700, err));
	assert_ok(gate_mkdirs("/tmp", 0700, err));
	assert_int_equal(stat("a/b/d", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	put("a/file", "x");
	assert_int_equal(gate_mkdirs("a/file", 0700, &refused), GATE_EIO);
	assert_string_equal(refused.message, "cannot make the folder 'a/file': Not a directory");
	assert_int_equal(gate_mkdirs("a/file/x", 0700, &refused), GATE_EIO);
	assert_string_equal(refused.message, "cannot make the folder 'a/file': Not a directory");
	assert_int_equal(gate_mkdirs("", 0700, &refused), GATE_EIO);
	assert_string_equal(refused.message,
	                    "cannot make the folder '': No such file or directory");
	assert_int_equal(symlink("a", "link"), 0);
	assert_ok(gate_mkdirs("link/e", 0700, err));
}

/* Runs in a child: takes the lock, says so, and holds it until it is told or killed. */
static pid_t hold_lock(const char *path, int *told)
{
	int said[2], tell[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(said), 0);
	assert_int_equal(pipe(tell), 0);
	pid = fork();
	if (pid == 0) {
		struct gate_lock lock = GATE_LOCK_INIT;

		close(tell[1]);
		if (gate_lock_acquire(&lock, path, 0, NULL) < 0 || write(said[1], "x", 1) != 1)
			_exit(1);
		/* Ends when the parent closes its end, with the lock held. */
		_exit(read(tell[0], &byte, 1) == 0 ? 0 : 1);
	}
	close(said[1]);
	close(tell[0]);
	assert_int_equal(read(said[0], &byte, 1), 1);
	close(said[0]);
	*told = tell[1];
	return pid;
}

static void folders_go_with_all_that_is_in_them(void **state)
{
	struct gate_error error = { 0 };

	(void)state;
	assert_ok(gate_folder_remove("nothing", err));
	assert_ok(gate_mkdirs("a/b/c", 0777, err));
	assert_ok(gate_mkdirs("other", 0777, err));
	put("a/b/x", "x");
	put("other/x", "x");
	assert_int_equal(symlink("../other", "a/link"), 0);
	assert_int_equal(symlink("nowhere", "a/dangling"), 0);
	assert_ok(gate_folder_remove("a", err));
	assert_int_equal(access("a", F_OK), -1);
	assert_content("other/x", "x");
	assert_int_equal(gate_folder_remove("other/x/y", &error), GATE_EIO);
	assert_string_equal(error.message, "cannot remove 'other/x/y': Not a directory");
}

static void a_lock_keeps_others_out(void **state)
{
	struct gate_lock lock = GATE_LOCK_INIT;
	struct gate_error refused = { 0 };
	int told, status;
	pid_t pid;

	(void)state;
	pid = hold_lock("lock", &told);
	assert_int_equal(gate_lock_acquire(&lock, "lock", 0, &refused), GATE_ECONFLICT);
	assert_string_equal(refused.message, "'lock' is locked by another process");
	assert_int_equal(gate_lock_acquire(&lock, "lock", 20, &refused), GATE_ECONFLICT);
	assert_int_equal(lock.fd, -1);
	close(told);
	/* It goes when its holder ends, and whoever waits gets it. */
	assert_ok(gate_lock_acquire(&lock, "lock", 20000, err));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	gate_lock_release(&lock);
	assert_int_equal(lock.fd, -1);
	gate_lock_release(&lock);
	assert_ok(gate_lock_acquire(&lock, "lock", 0, err));
	gate_lock_release(&lock);
}

/* The file of a lock may be deleted while it is held; the next one who wants it makes a new one. */
static void a_lock_on_a_deleted_file_holds_nobody(void **state)
{
	GATE_AUTO(gate_lock_release) struct gate_lock first = GATE_LOCK_INIT;
	GATE_AUTO(gate_lock_release) struct gate_lock second = GATE_LOCK_INIT;
	struct stat held, named;

	(void)state;
	assert_ok(gate_lock_acquire(&first, "lock", 0, err));
	assert_int_equal(unlink("lock"), 0);
	assert_ok(gate_lock_acquire(&second, "lock", 0, err));
	assert_int_equal(fstat(second.fd, &held), 0);
	assert_int_equal(stat("lock", &named), 0);
	assert_int_equal(held.st_ino, named.st_ino);
}

static void a_lock_needs_its_folder(void **state)
{
	struct gate_lock lock = GATE_LOCK_INIT;
	struct gate_error err = { 0 };

	(void)state;
	assert_int_equal(gate_lock_acquire(&lock, "none/lock", 0, &err), GATE_EIO);
	assert_string_equal(err.message, "cannot lock 'none/lock': No such file or directory");
}

static void count_up(void)
{
	for (int i = 0; i < 50; i++) {
		GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
		GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
		char text[32];

		if (gate_lock_acquire(&lock, "lock", 20000, NULL) < 0 ||
		    gate_file_read(&buf, "count", 100, NULL) < 0)
			_exit(1);
		snprintf(text, sizeof(text), "%ld", strtol(buf.ptr, NULL, 10) + 1);
		if (gate_file_write("count", text, strlen(text), 0644, NULL) < 0)
			_exit(1);
	}
	_exit(0);
}

static void locked_processes_count_without_loss(void **state)
{
	pid_t pids[4];
	int status;

	(void)state;
	put("count", "0");
	for (size_t i = 0; i < GATE_COUNT(pids); i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			count_up();
	}
	for (size_t i = 0; i < GATE_COUNT(pids); i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_content("count", "200");
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter_scratch, leave_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(reads_whole_files_and_appends),
		IN_SCRATCH(reading_says_what_is_wrong),
		IN_SCRATCH(minus_is_standard_input),
		IN_SCRATCH(descriptors_wait_until_they_move),
		IN_SCRATCH(a_full_disk_is_an_error),
		IN_SCRATCH(writes_whole_files),
		IN_SCRATCH(the_longest_name_can_be_written),
		IN_SCRATCH(a_leftover_of_another_run_is_no_obstacle),
		IN_SCRATCH(a_symlink_is_replaced_not_followed),
		IN_SCRATCH(failed_writes_leave_nothing_behind),
		IN_SCRATCH(a_read_only_folder_refuses),
		IN_SCRATCH(a_file_limit_leaves_the_old_content),
		IN_SCRATCH(folders_are_made_with_those_above),
		IN_SCRATCH(folders_go_with_all_that_is_in_them),
		IN_SCRATCH(a_lock_keeps_others_out),
		IN_SCRATCH(a_lock_on_a_deleted_file_holds_nobody),
		IN_SCRATCH(a_lock_needs_its_folder),
		IN_SCRATCH(locked_processes_count_without_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
