/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void run_child(const char *dir, const char *script, FILE *in, FILE *out)
{
	setenv("GIT_AUTHOR_DATE", "1700000000 +0530", 1);
	setenv("GIT_COMMITTER_DATE", "1700000001 +0000", 1);
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
