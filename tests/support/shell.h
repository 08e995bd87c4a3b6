/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Scripts, for fixtures that take several programs and for asking git for its opinion. Simple ones need only tests/support/git.h.
 */
#ifndef GATE_TESTS_SUPPORT_SHELL_H
#define GATE_TESTS_SUPPORT_SHELL_H

#include "tests/support/git.h"
#include "tests/support/test.h"

/**
 * Runs `sh -eu -c script` in `dir` on `input` (NULL: nothing) and returns what it prints, NUL-terminated, to be freed; `len` may be NULL. The test
 * fails when the script does. Dates are fixed; the rest of the environment is that of test_scratch.
 */
char *test_shell(size_t *len, const char *dir, const char *script, const char *input,
                 size_t input_len);
/** As above with neither input nor output. */
void test_sh(const char *dir, const char *script);

#endif
