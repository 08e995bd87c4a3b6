/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What every unit test includes: cmocka after its prerequisites, and our own asserts.
 */
#ifndef GATE_TESTS_SUPPORT_TEST_H
#define GATE_TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gate/base/error.h"
#include "gate/base/memory.h"

/** Fails with our error's text and place unless `call`, which gets `&err_`, returns GATE_OK: assert_ok(f(x, err)). */
#define assert_ok(call) \
	do { \
		struct gate_error test_error_ = { 0 }, *err = &test_error_; \
		int test_code_ = (call); \
		if (test_code_ != GATE_OK) \
			test_fail_with(__FILE__, __LINE__, #call, test_code_, err); \
	} while (0)

/**
 * Fails unless `text` is what the file tests/golden/<name> holds. With GATE_UPDATE_GOLDEN=1 in the environment the file
 * is written instead: read the diff before you commit it.
 */
#define assert_golden(name, text) test_golden(name, text, __FILE__, __LINE__)

void test_golden(const char *name, const char *text, const char *file, int line);

/** The same without an assert, with the whole path; the difference is printed as cmocka prints errors. */
bool test_golden_matches(const char *path, const char *text, bool update);

void test_fail_with(const char *file, int line, const char *call, int code,
                    const struct gate_error *err);

#endif
