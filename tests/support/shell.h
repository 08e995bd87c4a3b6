/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Scratch folders and scripts run in them, for fixtures made by the real git and for asking it for its opinion.
 */
#ifndef GATE_TESTS_SUPPORT_SHELL_H
#define GATE_TESTS_SUPPORT_SHELL_H

#include "tests/support/test.h"

/** A new folder below TMPDIR, to be given to test_scratch_remove. */
char *test_scratch(void);
void test_scratch_remove(char *dir);

/**
 * Runs `sh -eu -c script` in `dir` on `input` (NULL: nothing) and returns what it prints, NUL-terminated, to be freed; `len` may be NULL. The test
 * fails when the script does. Nobody's configuration of git is seen; authors, dates and so ids are the same on every run.
 */
char *test_shell(size_t *len, const char *dir, const char *script, const char *input,
                 size_t input_len);
/** As above with neither input nor output. */
void test_sh(const char *dir, const char *script);

#endif
