/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/git.h"

#include "tests/support/test.h"

#include "gate/base/buf.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_SECOND 1700000000

/*
 * libgit2 1.5 leaks PCRE2's match data when it opens a repository with extensions. Only programs that use this file
 * are told to overlook it; the tests of our own patterns are not.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2-8.so\n";
}

static const char *const dropped[] = {
	"GIT_DIR",          "GIT_WORK_TREE",        "GIT_INDEX_FILE",
	"GIT_COMMON_DIR",   "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_PREFIX",       "GIT_NAMESPACE",        "GIT_CONFIG_PARAMETERS",
	"GIT_CONFIG_COUNT", "GIT_QUARANTINE_PATH",  "GIT_CEILING_DIRECTORIES",
	"XDG_CONFIG_HOME",
};

static const char *const fixed[][2] = {
	{ "GIT_CONFIG_NOSYSTEM", "1" },
	{ "GIT_CONFIG_GLOBAL", "/dev/null" },
	{ "GIT_AUTHOR_NAME", "Ada Author" },
	{ "GIT_AUTHOR_EMAIL", "ada@example.com" },
	{ "GIT_COMMITTER_NAME", "Cora Committer" },
	{ "GIT_COMMITTER_EMAIL", "cora@example.com" },
	{ "TZ", "UTC" },
	{ "LC_ALL", "C" },
};

char *test_scratch(void)
{
	const char *tmp = getenv("TMPDIR");
	char *name = test_path(tmp && *tmp ? tmp : "/tmp", "gate-test-XXXXXX");
	char *dir;

	if (!mkdtemp(name))
		fail_msg("cannot make '%s'", name);
	dir = realpath(name, NULL);
	assert_non_null(dir);
	free(name);
	setenv("HOME", dir, 1);
	for (size_t i = 0; i < GATE_COUNT(dropped); i++)
		unsetenv(dropped[i]);
	for (size_t i = 0; i < GATE_COUNT(fixed); i++)
		setenv(fixed[i][0], fixed[i][1], 1);
	return dir;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void test_scratch_remove(char *dir)
{
	if (dir && nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		print_error("cannot remove '%s'\n", dir);
	free(dir);
}

char *test_path(const char *dir, const char *name)
{
	struct gate_buf path = { 0 };
	char *text;

	gate_buf_printf(&path, "%s/%s", dir, name);
	text = gate_buf_take(&path);
	assert_non_null(text);
	return text;
}

void test_write(const char *dir, const char *name, const char *text)
{
	char *path = test_path(dir, name);
	FILE *file;

	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
	file = fopen(path, "we");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		fail_msg("cannot write '%s'", path);
	free(path);
}

static void set_clock(long tick)
{
	char date[32];

	snprintf(date, sizeof(date), "%ld +0000", FIRST_SECOND + tick);
	setenv("GIT_AUTHOR_DATE", date, 1);
	setenv("GIT_COMMITTER_DATE", date, 1);
}

/* Becomes git; `in` and `out` are its standard input and output, -1: none. */
static _Noreturn void become_git(const char *dir, int in, int out, const char *const args[])
{
	static const char *const head[] = { "git",
		                            "-c",
		                            "init.defaultBranch=main",
		                            "-c",
		                            "protocol.file.allow=always",
		                            "-c",
		                            "gc.auto=0",
		                            "-c",
		                            "advice.nestedTag=false" };
	const char *argv[64] = { 0 };
	size_t n = 0;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (size_t i = 0; i < GATE_COUNT(head); i++)
		argv[n++] = head[i];
	for (size_t i = 0; args[i] && n + 1 < GATE_COUNT(argv); i++)
		argv[n++] = args[i];
	dup2(in < 0 ? null : in, STDIN_FILENO);
	dup2(out < 0 ? null : out, STDOUT_FILENO);
	if (chdir(dir) == 0) {
		char *words[GATE_COUNT(argv)];

		memcpy(words, argv,
		       sizeof(words)); /* execvp wants them without const and leaves them alone */
		execvp("git", words);
	}
	_exit(127);
}

static pid_t spawn(const char *dir, int in, int out, const char *const args[])
{
	static long tick;
	pid_t pid = fork();

	if (pid == 0) {
		set_clock(tick);
		become_git(dir, in, out, args);
	}
	assert_true(pid > 0);
	tick++;
	return pid;
}

static int wait_for(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		fail_msg("git was killed");
	return WEXITSTATUS(status);
}

static void check_status(const char *const args[], int status)
{
	if (status)
		fail_msg("git %s %s: exit %d", args[0], args[1] ? args[1] : "", status);
}

int test_git_status(const char *dir, const char *const args[])
{
	return wait_for(spawn(dir, -1, -1, args));
}

void test_git_run(const char *dir, const char *input, const char *const args[])
{
	FILE *file = NULL;
	int status;

	if (input) {
		file = tmpfile();
		if (!file || fputs(input, file) < 0 || fflush(file) != 0)
			fail_msg("cannot write the input of git");
		lseek(fileno(file), 0, SEEK_SET);
	}
	status = wait_for(spawn(dir, file ? fileno(file) : -1, -1, args));
	if (file)
		fclose(file);
	check_status(args, status);
}

char *test_git_read(const char *dir, int *status, const char *const args[])
{
	struct gate_buf out = { 0 };
	char chunk[4096], *text;
	int ends[2], code;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = spawn(dir, -1, ends[1], args);
	close(ends[1]);
	while ((got = read(ends[0], chunk, sizeof(chunk))) > 0)
		gate_buf_add(&out, chunk, (size_t)got);
	close(ends[0]);
	code = wait_for(pid);
	if (status)
		*status = code;
	else
		check_status(args, code);
	if (out.len && out.ptr[out.len - 1] == '\n')
		out.ptr[--out.len] = '\0';
	gate_buf_puts(&out, "");
	text = gate_copy(gate_buf_text(&out), out.len);
	gate_buf_release(&out);
	assert_non_null(text);
	return text;
}

char *test_repo(const char *dir, const char *name)
{
	test_git(dir, "init", "-q", name);
	return test_path(dir, name);
}

char *test_commit(const char *dir, const char *subject)
{
	test_git(dir, "commit", "-q", "--allow-empty", "-m", subject);
	return test_git_out(dir, "rev-parse", "HEAD");
}
