/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/base/limits.h"
#include "gate/base/names.h"
#include "tests/support/oom.h"

#define MANY 6

static size_t fill(struct gate_pattern patterns[MANY], const char *const texts[])
{
	size_t n = 0;

	for (; texts[n]; n++)
		patterns[n] = (struct gate_pattern){ texts[n], strlen(texts[n]) };
	return n;
}

static void matches_as_the_grammar_says(void **state)
{
	static const struct {
		const char *patterns[MANY];
		const char *name;
		bool match;
	} cases[] = {
		{ { "main" }, "main", true },
		{ { "main" }, "main2", false },
		{ { "main" }, "mai", false },
		{ { "main" }, "Main", false },
		{ { "release/*" }, "release/1.2", true },
		{ { "release/*" }, "release/", true },
		{ { "release/*" }, "release/1/2", false },
		{ { "release/**" }, "release/1/2", true },
		{ { "**" }, "a/b/c", true },
		{ { "**" }, "", true },
		{ { "*" }, "a/b", false },
		{ { "*" }, "", true },
		{ { "**/fix-*" }, "me/now/fix-1", true },
		{ { "**/fix-*" }, "me/now/fix-1/x", false },
		{ { "**/fix-*" }, "fix-1", false },
		{ { "a**b" }, "ab", true },
		{ { "a**b" }, "a/x/b", true },
		{ { "a*b*c" }, "a1b2b3c", true },
		{ { "a*b*c" }, "a1b2b3", false },
		{ { "v?.?" }, "v1.2", true },
		{ { "v?" }, "v", false },
		{ { "a?b" }, "a/b", false },
		{ { "[ab]" }, "a", false },
		{ { "[ab]" }, "[ab]", true },
		{ { "\\*" }, "*", true },
		{ { "\\*" }, "x", false },
		{ { "\\!x" }, "!x", true },
		{ { "$x" }, "$x", true },
		{ { "a", "b" }, "b", true },
		{ { "*", "!b" }, "b", false },
		{ { "*", "!b", "b" }, "b", true },
		{ { "!b", "*" }, "b", true },
		{ { "x", "!b" }, "y", false },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_nameset_free) struct gate_nameset *set = NULL;
		struct gate_pattern patterns[MANY];
		size_t n = fill(patterns, cases[i].patterns);

		print_message("%s.. on %s\n", cases[i].patterns[0], cases[i].name);
		assert_ok(gate_nameset_compile(&set, patterns, n, NULL, err));
		assert_int_equal(gate_nameset_match(set, cases[i].name, strlen(cases[i].name)),
		                 cases[i].match);
	}
}

static void errors_name_pattern_and_byte(void **state)
{
	static const struct {
		const char *patterns[MANY];
		size_t bad;
		unsigned column;
		const char *message;
	} cases[] = {
		{ { "a", "" }, 1, 1, "the pattern is empty" },
		{ { "a", "!" }, 1, 2, "the pattern is empty" },
		{ { "a", "!!b" }, 1, 2, "a second '!'; write '\\!' for the byte" },
		{ { "ab\\" }, 0, 3, "nothing follows the last '\\'" },
		{ { "!a", "!b" }, 0, 1, "a set of only '!' holds nothing" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_nameset *set = NULL;
		struct gate_pattern patterns[MANY];
		struct gate_error err = { 0 };
		size_t bad = 99, n = fill(patterns, cases[i].patterns);

		print_message("%s\n", cases[i].message);
		assert_int_equal(gate_nameset_compile(&set, patterns, n, &bad, &err), GATE_ECONFIG);
		assert_null(set);
		assert_string_equal(err.message, cases[i].message);
		assert_int_equal(err.column, cases[i].column);
		assert_int_equal(bad, cases[i].bad);
	}
}

static void nul_and_length_are_refused(void **state)
{
	char text[GATE_MAX_PATTERN_BYTES + 1];
	struct gate_nameset *set = NULL;
	struct gate_pattern pattern = { "a\0b", 3 };
	struct gate_error err = { 0 };

	(void)state;
	assert_int_equal(gate_nameset_compile(&set, &pattern, 1, NULL, &err), GATE_ECONFIG);
	assert_string_equal(err.message, "a pattern holds no NUL");
	assert_int_equal(err.column, 2);
	memset(text, 'a', sizeof(text));
	pattern = (struct gate_pattern){ text, sizeof(text) };
	assert_int_equal(gate_nameset_compile(&set, &pattern, 1, NULL, &err), GATE_ECONFIG);
	assert_string_equal(err.message, "the pattern is longer than 4096 bytes");
	assert_int_equal(err.column, 4097);
	assert_null(set);
}

static void an_empty_set_holds_nothing(void **state)
{
	GATE_AUTO(gate_nameset_free) struct gate_nameset *set = NULL;

	(void)state;
	assert_ok(gate_nameset_compile(&set, NULL, 0, NULL, err));
	assert_false(gate_nameset_match(set, "a", 1));
}

static void each_allocation_may_fail(void **state)
{
	const struct gate_pattern patterns[] = { { "release/*", 9 }, { "!x", 2 } };
	int code;

	(void)state;
	for (unsigned i = 0;; i++) {
		GATE_AUTO(gate_nameset_free) struct gate_nameset *set = NULL;

		test_oom_arm(i);
		code = gate_nameset_compile(&set, patterns, 2, NULL, NULL);
		if (!test_oom_disarm())
			break;
		assert_int_equal(code, GATE_ENOMEM);
		assert_null(set);
	}
	assert_int_equal(code, GATE_OK);
}

/* Backtracking would need longer than the universe has. */
static void nasty_patterns_end_at_once(void **state)
{
	GATE_AUTO(gate_nameset_free) struct gate_nameset *set = NULL;
	char text[200], name[4096];
	struct gate_pattern pattern = { text, sizeof(text) };

	(void)state;
	for (size_t i = 0; i < sizeof(text); i += 4)
		memcpy(text + i, i % 8 ? "**a*" : "*a?a", 4);
	text[sizeof(text) - 1] = 'b';
	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = i % 50 == 49 ? '/' : 'a';
	assert_ok(gate_nameset_compile(&set, &pattern, 1, NULL, err));
	assert_false(gate_nameset_match(set, name, sizeof(name)));
	name[sizeof(name) - 1] = 'b';
	assert_true(gate_nameset_match(set, name, sizeof(name)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_as_the_grammar_says),
		cmocka_unit_test(errors_name_pattern_and_byte),
		cmocka_unit_test(nul_and_length_are_refused),
		cmocka_unit_test(an_empty_set_holds_nothing),
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(nasty_patterns_end_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
