/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

void test_fail_with(const char *file, int line, const char *call, int code,
                    const struct gate_error *err)
{
	print_error("%s\n  returned %d: %s:%u:%u: %s\n", call, code, err->file, err->line,
	            err->column, err->message);
	_fail(file, line);
}
