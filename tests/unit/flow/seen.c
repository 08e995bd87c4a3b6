/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/seen.h"

#include "tests/support/test.h"

static void key_of(char key[GATE_DIGEST_HEX], char kind, unsigned i)
{
	char name[16];

	snprintf(name, sizeof(name), "%c%u", kind, i);
	gate_digest_hex(key, name, strlen(name));
}

/* How many of those that were not added are said to be there. */
static unsigned wrong(const struct gate_seen *seen, unsigned n)
{
	char key[GATE_DIGEST_HEX];
	unsigned out = 0;

	for (unsigned i = 0; i < n; i++) {
		key_of(key, 'b', i);
		out += gate_seen_has(seen, key);
	}
	return out;
}

static void no_is_sure_and_yes_is_likely(void **state)
{
	GATE_AUTO(gate_seen_release) struct gate_seen seen = { 0 };
	char key[GATE_DIGEST_HEX];

	(void)state;
	assert_ok(gate_seen_init(&seen, 2000, err));
	assert_int_equal(wrong(&seen, 10000), 0);
	for (unsigned i = 0; i < 2000; i++) {
		if (i == 1000)
			assert_in_range(wrong(&seen, 10000), 0, 50);
		key_of(key, 'a', i);
		gate_seen_add(&seen, key);
		assert_true(gate_seen_has(&seen, key));
	}
	for (unsigned i = 0; i < 2000; i++) {
		key_of(key, 'a', i);
		assert_true(gate_seen_has(&seen, key));
	}
	assert_in_range(wrong(&seen, 10000), 1, 400);
	assert_false(gate_seen_is_full(&seen));
	gate_seen_add(&seen, key);
	assert_true(gate_seen_is_full(&seen));
}

static void is_written_and_read(void **state)
{
	static const char *const texts[] = { "", "0", "0g", "AB", "0 ", "00\n" };
	GATE_AUTO(gate_seen_release) struct gate_seen seen = { 0 }, again = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	char key[GATE_DIGEST_HEX];

	(void)state;
	assert_ok(gate_seen_init(&seen, 37, err));
	key_of(key, 'a', 1);
	gate_seen_add(&seen, key);
	gate_seen_write(&text, &seen);
	assert_int_equal(text.len, 74);
	assert_true(gate_seen_read(&again, text.ptr, seen.n));
	assert_int_equal(again.n, 1);
	assert_int_equal(again.n_bytes, 37);
	assert_memory_equal(again.bits, seen.bits, 37);
	for (size_t i = 0; i < GATE_COUNT(texts); i++)
		assert_false(gate_seen_read(&again, texts[i], 0));
	assert_true(gate_seen_has(&again, key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_is_sure_and_yes_is_likely),
		cmocka_unit_test(is_written_and_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
