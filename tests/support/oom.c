/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/oom.h"

#include "tests/support/test.h"

#include <errno.h>
#include <stdatomic.h>

#define DISARMED (-1L)

/* How many allocations still succeed; atomic because the code under test may have threads. */
static atomic_long left = DISARMED;
static atomic_bool failed;

/* The linker sends calls of x to __wrap_x, and calls of __real_x to x. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *ptr, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *ptr, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);

void test_oom_arm(unsigned n)
{
	atomic_store(&failed, false);
	atomic_store(&left, (long)n);
}

bool test_oom_disarm(void)
{
	atomic_store(&left, DISARMED);
	return atomic_load(&failed);
}

static bool fails(void)
{
	long now = atomic_load(&left);

	while (now != DISARMED && !atomic_compare_exchange_weak(&left, &now, now - 1))
		;
	if (now != 0)
		return false;
	atomic_store(&failed, true);
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *ptr, size_t size)
{
	return fails() ? NULL : __real_realloc(ptr, size);
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t len)
{
	return fails() ? NULL : __real_strndup(text, len);
}

static unsigned sweep(test_oom_fn *fn, void *payload, bool tolerant)
{
	for (unsigned n = 0;; n++) {
		struct gate_error error = { 0 };
		int code;

		test_oom_arm(n);
		code = fn(payload, &error);
		if (!test_oom_disarm()) {
			if (code != GATE_OK)
				print_message("%s\n", error.message);
			assert_int_equal(code, GATE_OK);
			return n;
		}
		if (tolerant && code == GATE_OK)
			continue;
		if (code != GATE_ENOMEM)
			print_message("allocation %u fails: %d %s\n", n, code, error.message);
		assert_int_equal(code, GATE_ENOMEM);
		assert_int_equal(error.code, GATE_ENOMEM);
		assert_string_equal(error.message, "out of memory");
	}
}

unsigned test_oom_sweep(test_oom_fn *fn, void *payload)
{
	return sweep(fn, payload, false);
}

unsigned test_oom_sweep_tolerant(test_oom_fn *fn, void *payload)
{
	return sweep(fn, payload, true);
}
