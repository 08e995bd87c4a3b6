/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/base/escape.h"

/* A text that may hold NULs, and its length. */
#define TEXT(literal) literal, sizeof(literal) - 1

static void lines_are_escaped(void **state)
{
	static const struct {
		const char *name, *input;
		size_t len;
		const char *expected;
	} cases[] = {
		{ "nothing", TEXT(""), "" },
		{ "plain", TEXT("a b/c.txt"), "a b/c.txt" },
		{ "other scripts", TEXT("Gr\u00fc\u00dfe \u4f60 \U0001f600"),
		  "Gr\u00fc\u00dfe \u4f60 \U0001f600" },
		{ "a backslash stays", TEXT("a\\n"), "a\\n" },
		{ "newline and tab", TEXT("a\nb\tc"), "a\\nb\\tc" },
		{ "carriage return", TEXT("a\rb"), "a\\x0db" },
		{ "terminal sequence", TEXT("\033[31m"), "\\x1b[31m" },
		{ "NUL", TEXT("a\0b"), "a\\x00b" },
		{ "DEL", TEXT("\177"), "\\x7f" },
		{ "first and last C1", TEXT("\xc2\x80\xc2\x9f"), "\\xc2\\x80\\xc2\\x9f" },
		{ "no-break space is no control", TEXT("\xc2\xa0"), "\xc2\xa0" },
		{ "lone continuation", TEXT("a\x9b!"), "a\\x9b!" },
		{ "overlong slash", TEXT("\xc0\xaf"), "\\xc0\\xaf" },
		{ "surrogate", TEXT("\xed\xa0\x80"), "\\xed\\xa0\\x80" },
		{ "beyond unicode", TEXT("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80" },
		{ "cut in the middle", TEXT("a\xe4\xbd"), "a\\xe4\\xbd" },
		{ "right-to-left override", TEXT("a\u202eb"), "a\\u{202e}b" },
		{ "isolates", TEXT("\u2066\u2069"), "\\u{2066}\\u{2069}" },
		{ "arabic letter mark", TEXT("\u061c"), "\\u{061c}" },
		{ "zero width space and joiner", TEXT("\u200b\u200d"), "\\u{200b}\\u{200d}" },
		{ "separators", TEXT("\u2028\u2029"), "\\u{2028}\\u{2029}" },
		{ "byte order mark", TEXT("\ufeffx"), "\\u{feff}x" },
		{ "invisible times", TEXT("\u2062"), "\\u{2062}" },
		{ "tag", TEXT("\U000e0041"), "\\u{e0041}" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };

		print_message("%s\n", cases[i].name);
		gate_escape_line(&out, cases[i].input, cases[i].len);
		assert_string_equal(gate_buf_text(&out), cases[i].expected);
	}
}

static void cuts_keep_the_width(void **state)
{
	static const struct {
		const char *name, *input;
		size_t width;
		const char *expected;
	} cases[] = {
		{ "fits", "abcdef", 6, "abcdef" },
		{ "one too many", "abcdefg", 6, "abc..." },
		{ "characters, not bytes", "\u4f60\u597d\u4f60\u597d", 4,
		  "\u4f60\u597d\u4f60\u597d" },
		{ "characters are cut whole", "\u4f60\u597d\u4f60\u597d\u4f60", 4, "\u4f60..." },
		{ "an escape fits", "ab\033", 6, "ab\\x1b" },
		{ "an escape is cut whole", "ab\033c", 6, "ab..." },
		{ "only dots", "abcdef", 3, "..." },
		{ "fewer dots", "abcdef", 2, ".." },
		{ "no room", "abcdef", 0, "" },
		{ "nothing needs no room", "", 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };

		print_message("%s\n", cases[i].name);
		gate_buf_puts(&out, "before ");
		gate_escape_cut(&out, cases[i].input, strlen(cases[i].input), cases[i].width);
		assert_memory_equal(out.ptr, "before ", 7);
		assert_string_equal(out.ptr + 7, cases[i].expected);
	}
}

static void shell_words(void **state)
{
	static const struct {
		const char *input;
		size_t len;
		const char *expected; /* NULL: refused */
	} cases[] = {
		{ TEXT("main"), "main" },
		{ TEXT("a_b-c.d/e:f,g@h%i+j9"), "a_b-c.d/e:f,g@h%i+j9" },
		{ TEXT(""), "''" },
		{ TEXT("a b"), "'a b'" },
		{ TEXT("it's"), "'it'\\''s'" },
		{ TEXT("'"), "''\\'''" },
		{ TEXT("$(rm -rf .)`x`\\"), "'$(rm -rf .)`x`\\'" },
		{ TEXT("a=b"), "'a=b'" },
		{ TEXT("~"), "'~'" },
		{ TEXT("#1"), "'#1'" },
		{ TEXT("\u00fc"), "'\u00fc'" },
		{ TEXT("a\nb"), NULL },
		{ TEXT("a\0b"), NULL },
		{ TEXT("\177"), NULL },
		{ TEXT("\xc2\x9b"), NULL },
		{ TEXT("\xff"), NULL },
		{ TEXT("\u202e"), NULL },
		{ TEXT("\u200b"), NULL },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
		bool quoted = gate_quote_shell(&out, cases[i].input, cases[i].len);

		print_message("%s\n", cases[i].input);
		assert_int_equal(quoted, cases[i].expected != NULL);
		assert_string_equal(gate_buf_text(&out),
		                    cases[i].expected ? cases[i].expected : "");
	}
}

static void utf8_is_counted_in_characters(void **state)
{
	uint32_t point = 7;

	(void)state;
	assert_int_equal(gate_utf8_count(TEXT("a\u00fc\u4f60\U0001f600")), 4);
	assert_int_equal(gate_utf8_count(TEXT("\xff\xfe"
	                                      "a\xe4\xbd")),
	                 5);
	assert_int_equal(gate_utf8_next(TEXT("\U0010ffff"), &point), 4);
	assert_int_equal(point, 0x10ffff);
	assert_int_equal(gate_utf8_next("", 0, &point), 0);
	assert_int_equal(gate_utf8_next("\xe4\xbd\xa0", 2, &point), 0);
	assert_int_equal(point, 0x10ffff);
	assert_int_equal(gate_utf8_next("a", 1, NULL), 1);
}

static void places_count_lines_and_characters(void **state)
{
	static const char text[] = "ab\n\u00fcx\r\ny\rz\n";
	static const struct {
		size_t at;
		unsigned line, column;
	} cases[] = {
		{ 0, 1, 1 }, { 2, 1, 3 }, { 3, 2, 1 },  { 5, 2, 2 },  { 7, 2, 4 },
		{ 8, 3, 1 }, { 9, 3, 2 }, { 10, 4, 1 }, { 12, 5, 1 },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		unsigned line = 0, column = 0;

		gate_utf8_place(&line, &column, TEXT(text), cases[i].at);
		print_message("%zu\n", cases[i].at);
		assert_int_equal(line, cases[i].line);
		assert_int_equal(column, cases[i].column);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_escaped),
		cmocka_unit_test(cuts_keep_the_width),
		cmocka_unit_test(shell_words),
		cmocka_unit_test(utf8_is_counted_in_characters),
		cmocka_unit_test(places_count_lines_and_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
