/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/base/buf.h"
#include "gate/base/digest.h"

static void arena_keeps_what_it_gave(void **state)
{
	GATE_AUTO(gate_arena_release) struct gate_arena arena = { 0 };
	char *small = gate_arena_copy(&arena, "abc", 3);
	char *large = gate_arena_alloc(&arena, 100000);
	char *after = gate_arena_copy(&arena, "def", 3);

	(void)state;
	memset(large, 'x', 100000);
	assert_string_equal(small, "abc");
	assert_string_equal(after, "def");
	assert_int_equal((uintptr_t)large % sizeof(void *), 0);
}

static void buf_latches_and_takes(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	char *text;

	(void)state;
	assert_string_equal(gate_buf_text(&buf), "");
	for (int i = 0; i < 1000; i++)
		gate_buf_printf(&buf, "%d,", i);
	gate_buf_add(&buf, "\0z", 2);
	assert_int_equal(buf.len, 2890 + 1000 + 2);
	text = gate_buf_take(&buf);
	assert_memory_equal(text + 3890, "\0z", 3);
	assert_int_equal(buf.len, 0);
	gate_free(text);
	buf.failed = true;
	gate_buf_puts(&buf, "x");
	assert_true(gate_buf_failed(&buf));
	assert_null(gate_buf_take(&buf));
}

static void grow_refuses_to_overflow(void **state)
{
	int *numbers = NULL;
	size_t cap = 0;

	(void)state;
	assert_int_equal(gate_grow(&numbers, &cap, SIZE_MAX / 2, sizeof(*numbers), NULL),
	                 GATE_ENOMEM);
	assert_null(numbers);
	assert_ok(gate_grow(&numbers, &cap, 9, sizeof(*numbers), err));
	assert_int_equal(cap, 16);
	free(numbers);
}

static void long_file_names_keep_their_end(void **state)
{
	struct gate_error err = { 0 };
	char path[400];

	(void)state;
	memset(path, 'a', sizeof(path));
	memcpy(path + sizeof(path) - 5, "/end", 5);
	gate_fail(&err, GATE_ECONFIG, "bad '%s'", "x");
	gate_error_at(&err, path, 3, 4);
	assert_int_equal(strlen(err.file), sizeof(err.file) - 1);
	assert_string_equal(err.file + strlen(err.file) - 4, "/end");
	assert_string_equal(err.message, "bad 'x'");
	assert_int_equal(err.line, 3);
}

static void digest_is_sha256(void **state)
{
	char hex[GATE_DIGEST_HEX];

	(void)state;
	/* FIPS 180-4 example: "abc". */
	gate_digest_hex(hex, "abc", 3);
	assert_string_equal(hex,
	                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_keeps_what_it_gave),
		cmocka_unit_test(buf_latches_and_takes),
		cmocka_unit_test(grow_refuses_to_overflow),
		cmocka_unit_test(long_file_names_keep_their_end),
		cmocka_unit_test(digest_is_sha256),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
