/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Fixture repositories, made by the real git: nothing of this machine's configuration reaches them, and their ids are
 * equal on every run (fixed names, a clock that ticks one second per call of git).
 *
 *     test_git(dir, "commit", "-q", "--allow-empty", "-m", "one");
 */
#ifndef GATE_TESTS_SUPPORT_GIT_H
#define GATE_TESTS_SUPPORT_GIT_H

#include <stddef.h>

#define TEST_ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/**
 * Makes a scratch folder and cuts this process off from the user's git: HOME is the folder, GIT_* variables are gone.
 * Before the first repository is opened. The path has no symlinks in it; to be given to test_scratch_remove.
 */
char *test_scratch(void);
/** Removes the folder with all that is in it, and frees the path. */
void test_scratch_remove(char *dir);

/** "<dir>/<name>", to be freed. */
char *test_path(const char *dir, const char *name);
/** Writes a file; folders above it are made. */
void test_write(const char *dir, const char *name, const char *text);

/** Runs git in a folder; the test fails when git does. */
#define test_git(dir, ...) test_git_run(dir, NULL, TEST_ARGS(__VA_ARGS__))
/** The same with standard input. */
#define test_git_input(dir, input, ...) test_git_run(dir, input, TEST_ARGS(__VA_ARGS__))
/** What git wrote to its standard output, without the last newline; to be freed. */
#define test_git_out(dir, ...) test_git_read(dir, NULL, TEST_ARGS(__VA_ARGS__))
/** The exit code. */
#define test_git_try(dir, ...) test_git_status(dir, TEST_ARGS(__VA_ARGS__))

void test_git_run(const char *dir, const char *input, const char *const args[]);
char *test_git_read(const char *dir, int *status, const char *const args[]);
int test_git_status(const char *dir, const char *const args[]);

/** An empty repository with a work tree (or a bare one) at "<dir>/<name>"; the path, to be freed. */
char *test_repo(const char *dir, const char *name);
/** An empty commit on HEAD, with this subject; its id in 40 digits, to be freed. */
char *test_commit(const char *dir, const char *subject);

#endif
