/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const environment[][2] = {
	{ "GIT_CONFIG_GLOBAL", "/dev/null" },
	{ "GIT_CONFIG_NOSYSTEM", "1" },
	{ "GIT_AUTHOR_NAME", "Ada Author" },
	{ "GIT_AUTHOR_EMAIL", "ada@example.org" },
	{ "GIT_AUTHOR_DATE", "1700000000 +0530" },
	{ "GIT_COMMITTER_NAME", "Carl Committer" },
	{ "GIT_COMMITTER_EMAIL", "carl@example.org" },
	{ "GIT_COMMITTER_DATE", "1700000001 +0000" },
	{ "LC_ALL", "C" },
	{ "TZ", "UTC" },
};

static const char *const foreign[] = { "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE",
	                               "GIT_OBJECT_DIRECTORY" };

char *test_scratch(void)
{
	const char *tmp = getenv("TMPDIR");
	char path[4096];

	snprintf(path, sizeof(path), "%s/gate-test-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(path));
	return gate_copy(path, strlen(path));
}

void test_scratch_remove(char *dir)
{
	test_sh(dir, "rm -rf -- \"$PWD\"");
	free(dir);
}

static void run_child(const char *dir, const char *script, FILE *in, FILE *out)
{
	for (size_t i = 0; i < GATE_COUNT(environment); i++)
		setenv(environment[i][0], environment[i][1], 1);
	for (size_t i = 0; i < GATE_COUNT(foreign); i++)
		unsetenv(foreign[i]);
	setenv("HOME", dir, 1);
	if (chdir(dir) == 0 && dup2(fileno(in), 0) == 0 && dup2(fileno(out), 1) == 1)
		execlp("sh", "sh", "-eu", "-c", script, (char *)NULL);
	_exit(127);
}

char *test_shell(size_t *len, const char *dir, const char *script, const char *input,
                 size_t input_len)
{
	FILE *in = tmpfile(), *out = tmpfile();
	char *text;
	long size;
	int status;
	pid_t child;

	assert_non_null(in);
	assert_non_null(out);
	if (input_len)
		assert_int_equal(fwrite(input, 1, input_len, in), input_len);
	rewind(in);
	child = fork();
	if (child == 0)
		run_child(dir, script, in, out);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status)
		print_error("failed: %s\n", script);
	assert_int_equal(status, 0);
	assert_int_equal(fseek(out, 0, SEEK_END), 0);
	size = ftell(out);
	rewind(out);
	text = calloc(1, (size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)size, out), size);
	fclose(in);
	fclose(out);
	if (len)
		*len = (size_t)size;
	return text;
}

void test_sh(const char *dir, const char *script)
{
	free(test_shell(NULL, dir, script, NULL, 0));
}
