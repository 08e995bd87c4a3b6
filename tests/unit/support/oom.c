/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "tests/support/oom.h"

#include "gate/base/buf.h"

/* How many of the five calls that are wrapped gave memory, as bits. */
static unsigned allocate(void)
{
	GATE_AUTO(gate_free) char *a = malloc(1);
	GATE_AUTO(gate_free) char *b = calloc(1, 1);
	GATE_AUTO(gate_free) char *c = realloc(NULL, 1);
	GATE_AUTO(gate_free) char *d = strdup("x");
	GATE_AUTO(gate_free) char *e = strndup("x", 1);

	return (a ? 1u : 0) | (b ? 2u : 0) | (c ? 4u : 0) | (d ? 8u : 0) | (e ? 16u : 0);
}

static void fails_the_nth_allocation_only(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 5; n++) {
		test_oom_arm(n);
		assert_int_equal(allocate(), 31u & ~(1u << n));
		assert_true(test_oom_disarm());
		assert_int_equal(allocate(), 31);
	}
	test_oom_arm(5);
	assert_int_equal(allocate(), 31);
	assert_false(test_oom_disarm());
}

static void reaches_the_library(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };

	(void)state;
	test_oom_arm(0);
	gate_buf_puts(&buf, "text");
	assert_true(test_oom_disarm());
	assert_true(gate_buf_failed(&buf));
}

static int allocate_all(void *payload, struct gate_error *err)
{
	unsigned *runs = payload;

	++*runs;
	return allocate() == 31 ? GATE_OK : gate_fail_memory(err);
}

static void a_sweep_lets_each_fail_once(void **state)
{
	unsigned runs = 0;

	(void)state;
	assert_int_equal(test_oom_sweep(allocate_all, &runs), 5);
	assert_int_equal(runs, 6);
	assert_int_equal(test_oom_sweep_tolerant(allocate_all, &runs), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fails_the_nth_allocation_only),
		cmocka_unit_test(reaches_the_library),
		cmocka_unit_test(a_sweep_lets_each_fail_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
