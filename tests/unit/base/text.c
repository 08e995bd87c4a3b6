/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/base/limits.h"
#include "gate/base/text.h"

#include <stdlib.h>
#include <time.h>

static enum gate_match match(const char *pattern, const char *bytes, size_t len)
{
	GATE_AUTO(gate_text_free) struct gate_text *text = NULL;

	assert_ok(gate_text_compile(&text, pattern, strlen(pattern), err));
	return gate_text_match(text, bytes, len);
}

/* n times `unit`, then `end`. */
static enum gate_match match_repeated(const char *pattern, const char *unit, size_t n,
                                      const char *end)
{
	size_t unit_len = strlen(unit), end_len = strlen(end);
	char *bytes = malloc(n * unit_len + end_len + 1);
	enum gate_match result;

	assert_non_null(bytes);
	for (size_t i = 0; i < n; i++)
		memcpy(bytes + i * unit_len, unit, unit_len);
	memcpy(bytes + n * unit_len, end, end_len);
	result = match(pattern, bytes, n * unit_len + end_len);
	free(bytes);
	return result;
}

static void patterns_match_bytes(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool yes;
	} cases[] = {
		{ "^SHOP-\\d+$", "SHOP-812", true },
		{ "^SHOP-\\d+$", "SHOP-d", false },
		{ "b", "abc", true }, /* unanchored */
		{ "^b", "a\nb", false },
		{ "(?m)^b$", "a\nb\nc", true },
		{ "b$", "b\n", true },
		{ "b$", "b\nc", false },
		{ "a.c", "a\nc", false }, /* a line ends with LF */
		{ "a.c", "a\rc", true },
		{ "(?i)TODO", "todo", true },
		{ "TODO", "todo", false },
		{ "^.$", "\u00fc", false }, /* two bytes */
		{ "\\xc3\\xbc", "\u00fc", true },
		{ "\u00fc", "gr\u00fcn", true },
		{ "^\\w+$", "\u00fc", false },
		{ "a\\Rb", "a\r\nb", true },
		{ "", "", true },
		{ "(a)\\1", "aa", true },
		{ "(*LIMIT_MATCH=100)a", "ba", true },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		print_message("%s\n", cases[i].pattern);
		assert_int_equal(match(cases[i].pattern, cases[i].text, strlen(cases[i].text)),
		                 cases[i].yes ? GATE_MATCH_YES : GATE_MATCH_NO);
	}
	assert_int_equal(match("a\\x00b", "a\0b", 3), GATE_MATCH_YES);
	assert_int_equal(match("b", "a\0b", 3), GATE_MATCH_YES);
	assert_int_equal(match("b", "ab", 1), GATE_MATCH_NO);
	assert_int_equal(match("^$", NULL, 0), GATE_MATCH_YES);
}

static void bad_patterns_are_refused(void **state)
{
	static const struct {
		const char *pattern, *message;
		unsigned column;
	} cases[] = {
		{ "(abc", "no valid pattern: missing closing parenthesis", 5 },
		{ "ab[c", "no valid pattern: missing terminating ] for character class", 5 },
		{ "a**+*", "no valid pattern: quantifier does not follow a repeatable item", 3 },
		{ "\\", "no valid pattern: \\ at end of pattern", 2 },
		{ "(*UTF)a", "no valid pattern: using UTF is disabled by the application", 7 },
		{ "(*UCP)a", "no valid pattern: using UCP is disabled by the application", 7 },
		{ "a\\Cb", "no valid pattern: using \\C is disabled by the application", 4 },
		{ "a(?C)b", "no valid pattern: callouts are not allowed", 2 },
		{ "ab(?C12)", "no valid pattern: callouts are not allowed", 3 },
		{ "ab(?C'(?C)')", "no valid pattern: callouts are not allowed", 3 },
		{ "ab(?C255)b", "no valid pattern: callouts are not allowed", 3 },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_error err = { 0 };
		struct gate_text *text = NULL;
		size_t len = strlen(cases[i].pattern);
		char *exact = malloc(len); /* without a NUL behind it, so that reading on is seen */

		print_message("%s\n", cases[i].pattern);
		assert_non_null(exact);
		memcpy(exact, cases[i].pattern, len);
		assert_int_equal(gate_text_compile(&text, exact, len, &err), GATE_ECONFIG);
		free(exact);
		assert_string_equal(err.message, cases[i].message);
		assert_int_equal(err.line, 0);
		assert_int_equal(err.column, cases[i].column);
		assert_null(text);
	}
}

static void long_patterns_are_refused(void **state)
{
	char pattern[GATE_MAX_PATTERN_BYTES + 1];
	struct gate_error error = { 0 };
	struct gate_text *text = NULL;

	(void)state;
	memset(pattern, 'a', sizeof(pattern));
	assert_ok(gate_text_compile(&text, pattern, sizeof(pattern) - 1, err));
	gate_text_free(text);
	text = NULL;
	assert_int_equal(gate_text_compile(&text, pattern, sizeof(pattern), &error), GATE_ECONFIG);
	assert_string_equal(error.message, "pattern has 4097 bytes, more than the limit of 4096");
	assert_int_equal(error.column, 1);
	assert_null(text);
}

/* Texts on which a pattern would run for hours: all end as unknown, soon. */
static void no_pattern_runs_for_ever(void **state)
{
	static const struct {
		const char *pattern, *unit;
		size_t repeat;
		const char *end;
	} cases[] = {
		{ "(a+)+$", "a", 40, "b" },                          /* exponential */
		{ "(*LIMIT_MATCH=4000000000)(a+)+$", "a", 40, "b" }, /* does not raise the limit */
		{ "(*LIMIT_DEPTH=4000000000)(*LIMIT_HEAP=4000000)(?:(a)|b)*[cd]", "ab", 500000,
		  "" },
		{ "(a+)+$", "aaaaaaaaaaaaaaaaaab", 100000, "" }, /* no single start is over */
		{ "\\w++[=:]", "a", 1 << 20, "" },               /* quadratic, uncounted by PCRE2 */
		{ "[^xy]*+[xy]", "ab ", 1 << 20, "" },
		{ "(?=(a+))a*[bc]\\1", "a", 100000, "" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		clock_t start = clock();

		print_message("%s\n", cases[i].pattern);
		assert_int_equal(match_repeated(cases[i].pattern, cases[i].unit, cases[i].repeat,
		                                cases[i].end),
		                 GATE_MATCH_LIMIT);
		/* Far above what it takes, so that a slow machine passes, and far below hours. */
		assert_true(clock() - start < 10 * CLOCKS_PER_SEC);
	}
}

static void each_limit_holds_alone(void **state)
{
	char pattern[1100] = "";

	(void)state;
	/* Steps at one start; the long text before it would allow more over the whole. */
	assert_int_equal(match_repeated("(a+)+$", "\n", 1 << 20, "aaaaaaaaab"), GATE_MATCH_NO);
	assert_int_equal(match_repeated("(a+)+$", "\n", 1 << 20, "aaaaaaaaaaaaaaaaaaaaab"),
	                 GATE_MATCH_LIMIT);
	/* Nesting. */
	assert_int_equal(match_repeated("(?:a|b)*", "a", 2000, ""), GATE_MATCH_YES);
	assert_int_equal(match_repeated("(?:a|b)*", "a", 20000, ""), GATE_MATCH_LIMIT);
	/* Memory: each step keeps 500 groups. */
	for (size_t i = 0; i < 500; i++)
		memcpy(pattern + 2 * i, "()", 2);
	memcpy(pattern + 1000, "(?:a|b)*", 9);
	assert_int_equal(match_repeated(pattern, "a", 1000, ""), GATE_MATCH_YES);
	assert_int_equal(match_repeated(pattern, "a", 3000, ""), GATE_MATCH_LIMIT);
}

static void patterns_may_lower_the_limit(void **state)
{
	(void)state;
	assert_int_equal(match("(a+)+$", "aaaaaaaaab", 10), GATE_MATCH_NO);
	assert_int_equal(match("(*LIMIT_MATCH=100)(a+)+$", "aaaaaaaaab", 10), GATE_MATCH_LIMIT);
}

static void one_limit_does_not_spoil_the_next_match(void **state)
{
	GATE_AUTO(gate_text_free) struct gate_text *text = NULL;
	static const char slow[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";

	(void)state;
	assert_ok(gate_text_compile(&text, "(a+)+$", 6, err));
	assert_int_equal(gate_text_match(text, slow, sizeof(slow) - 1), GATE_MATCH_LIMIT);
	assert_int_equal(gate_text_match(text, "aaa", 3), GATE_MATCH_YES);
	assert_int_equal(gate_text_match(text, "bbb", 3), GATE_MATCH_NO);
}

/* Ordinary patterns on a large text stay below the limit. */
static void large_texts_are_searched_whole(void **state)
{
	static const char line[] =
		"the quick_brown fox = jumps(over) \"lazy\" 0x12ab; a.b->c /* x */\n";
	static const char *const patterns[] = { "\\bAKIA[0-9A-Z]{16}\\b",
		                                "(?i)(password|secret|token)\\s*[:=]\\s*\\S{8,}",
		                                "\\w+\\s*!=", "(?m)^\\s*print\\(", "x{7}$" };
	size_t len = 20000 * (sizeof(line) - 1);
	char *bytes = malloc(len);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < 20000; i++)
		memcpy(bytes + i * (sizeof(line) - 1), line, sizeof(line) - 1);
	for (size_t i = 0; i < GATE_COUNT(patterns); i++) {
		print_message("%s\n", patterns[i]);
		assert_int_equal(match(patterns[i], bytes, len), GATE_MATCH_NO);
	}
	memcpy(bytes + len - 21, " AKIAABCDEFGHIJ012345", 21);
	assert_int_equal(match(patterns[0], bytes, len), GATE_MATCH_YES);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_bytes),
		cmocka_unit_test(bad_patterns_are_refused),
		cmocka_unit_test(long_patterns_are_refused),
		cmocka_unit_test(no_pattern_runs_for_ever),
		cmocka_unit_test(each_limit_holds_alone),
		cmocka_unit_test(patterns_may_lower_the_limit),
		cmocka_unit_test(one_limit_does_not_spoil_the_next_match),
		cmocka_unit_test(large_texts_are_searched_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
