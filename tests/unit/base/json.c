/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/base/escape.h"
#include "gate/base/json.h"
#include "gate/base/limits.h"
#include "tests/unit/base/fail_alloc.h"

#include <stdlib.h>
#include <time.h>

/* A text that may hold NULs, and its length. */
#define TEXT(literal) literal, sizeof(literal) - 1

/* The bytes in memory of just their size, so that ASan sees a read behind them. */
static int parse_exact(cJSON **out, const char *bytes, size_t len, struct gate_error *err)
{
	char *exact = malloc(len ? len : 1);
	int code;

	assert_non_null(exact);
	memcpy(exact, bytes, len);
	code = gate_json_parse(out, "p.json", exact, len, err);
	free(exact);
	return code;
}

static void print_escaped(const char *bytes, size_t len)
{
	GATE_AUTO(gate_buf_release) struct gate_buf line = { 0 };

	gate_escape_cut(&line, bytes, len, 100);
	print_message("%s\n", gate_buf_text(&line));
}

static void valid_documents_become_trees(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *printed; /* by cJSON */
	} cases[] = {
		{ TEXT("{}"), "{}" },
		{ TEXT(" [ ] \r\n\t"), "[]" },
		{ TEXT("null"), "null" },
		{ TEXT("0"), "0" },
		{ TEXT("-0"), "-0" },
		{ TEXT("\"\""), "\"\"" },
		{ TEXT("[true,false,null]"), "[true,false,null]" },
		{ TEXT("[1,-2,0.5,1e2,1E+2,1.5e-1]"), "[1,-2,0.5,100,100,0.15]" },
		{ TEXT("1e308"), "1e+308" },
		{ TEXT("1e-999"), "0" },
		{ TEXT("100000000000000000000000000000000000000000000000000000000000000"),
		  "1e+62" },
		{ TEXT("{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]},\"b\":{\"a\":3}}"),
		  "{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]},\"b\":{\"a\":3}}" },
		{ TEXT("{\"\":1,\"a\":2,\"A\":3}"), "{\"\":1,\"a\":2,\"A\":3}" },
		{ TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
		{ TEXT("\"\\u00fC\\ud83d\\uDE00\""), "\"\u00fc\U0001f600\"" },
		{ TEXT("\"\u00fc\u2028\177\""), "\"\u00fc\u2028\177\"" },
		{ TEXT("{\"a\":1,\"a\\\"\":2}"), "{\"a\":1,\"a\\\"\":2}" },
		{ TEXT("\"{[,:\""), "\"{[,:\"" },
		{ TEXT("\xef\xbb\xbf[1]"), "[1]" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_json_free) cJSON *json = NULL;
		char *printed;

		print_escaped(cases[i].bytes, cases[i].len);
		assert_ok(parse_exact(&json, cases[i].bytes, cases[i].len, err));
		printed = cJSON_PrintUnformatted(json);
		assert_string_equal(printed, cases[i].printed);
		cJSON_free(printed);
	}
}

static void errors_have_places(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		unsigned line, column;
		const char *message;
	} cases[] = {
		/* structure */
		{ TEXT(""), 1, 1, "expected a value, got the end" },
		{ TEXT(" \n "), 2, 2, "expected a value, got the end" },
		{ TEXT("\xef\xbb\xbf"), 1, 1, "expected a value, got the end" },
		{ TEXT("{"), 1, 2, "expected a name in '\"', got the end" },
		{ TEXT("["), 1, 2, "expected a value, got the end" },
		{ TEXT("[1"), 1, 3, "expected ',' or ']', got the end" },
		{ TEXT("[1,]"), 1, 4, "expected a value, got ']'" },
		{ TEXT("[,1]"), 1, 2, "expected a value, got ','" },
		{ TEXT("[1,,2]"), 1, 4, "expected a value, got ','" },
		{ TEXT("[1 2]"), 1, 4, "expected ',' or ']', got '2'" },
		{ TEXT("[1}"), 1, 3, "expected ',' or ']', got '}'" },
		{ TEXT("{\"a\":1]"), 1, 7, "expected ',' or '}', got ']'" },
		{ TEXT("{\"a\":1,}"), 1, 8, "expected a name in '\"', got '}'" },
		{ TEXT("{,\"a\":1}"), 1, 2, "expected a name in '\"', got ','" },
		{ TEXT("{\"a\" 1}"), 1, 6, "expected ':', got '1'" },
		{ TEXT("{\"a\":}"), 1, 6, "expected a value, got '}'" },
		{ TEXT("{\"a\"}"), 1, 5, "expected ':', got '}'" },
		{ TEXT("{a:1}"), 1, 2, "expected a name in '\"', got 'a'" },
		{ TEXT("{1:1}"), 1, 2, "expected a name in '\"', got '1'" },
		{ TEXT("{'a':1}"), 1, 2, "expected a name in '\"', got '''" },
		{ TEXT("{\n  \"\u00fc\": [\n    \u4f60\n"), 3, 5,
		  "expected a value, got '\u4f60'" },
		{ TEXT("]"), 1, 1, "expected a value, got ']'" },
		{ TEXT("[1] 2"), 1, 5, "expected the end, got '2'" },
		{ TEXT("{}{}"), 1, 3, "expected the end, got '{'" },
		{ TEXT("1\0"), 1, 2, "expected the end, got U+0000" },
		{ TEXT("[1\0]"), 1, 3, "expected ',' or ']', got U+0000" },
		{ TEXT("[1]\f"), 1, 4, "expected the end, got U+000C" },
		{ TEXT("[1\xc2\xa0]"), 1, 3, "expected ',' or ']', got '\xc2\xa0'" },
		{ TEXT("[1] // x"), 1, 5, "expected the end, got '/'" },
		/* words and numbers */
		{ TEXT("nul"), 1, 1, "expected a value, got 'n'" },
		{ TEXT("nullx"), 1, 5, "expected the end, got 'x'" },
		{ TEXT("True"), 1, 1, "expected a value, got 'T'" },
		{ TEXT("NaN"), 1, 1, "expected a value, got 'N'" },
		{ TEXT("Infinity"), 1, 1, "expected a value, got 'I'" },
		{ TEXT("-Infinity"), 1, 2, "expected a digit, got 'I'" },
		{ TEXT("01"), 1, 2, "expected the end, got '1'" },
		{ TEXT("[-01]"), 1, 4, "expected ',' or ']', got '1'" },
		{ TEXT("+1"), 1, 1, "expected a value, got '+'" },
		{ TEXT("-"), 1, 2, "expected a digit, got the end" },
		{ TEXT("--1"), 1, 2, "expected a digit, got '-'" },
		{ TEXT(".5"), 1, 1, "expected a value, got '.'" },
		{ TEXT("1."), 1, 3, "expected a digit, got the end" },
		{ TEXT("1.e5"), 1, 3, "expected a digit, got 'e'" },
		{ TEXT("1e"), 1, 3, "expected a digit, got the end" },
		{ TEXT("1e+"), 1, 4, "expected a digit, got the end" },
		{ TEXT("1e5.5"), 1, 4, "expected the end, got '.'" },
		{ TEXT("0x10"), 1, 2, "expected the end, got 'x'" },
		{ TEXT("1_0"), 1, 2, "expected the end, got '_'" },
		{ TEXT("[1e309]"), 1, 2, "number is too large" },
		{ TEXT("[1, -1E400]"), 1, 5, "number is too large" },
		{ TEXT("[1000000000000000000000000000000000000000000000000000000000000000]"), 1, 2,
		  "number is too long" },
		/* text */
		{ TEXT("[\"a]"), 1, 2, "text is not closed" },
		{ TEXT("\"a\\"), 1, 3, "unknown escape" },
		{ TEXT("\"a\\\""), 1, 1, "text is not closed" },
		{ TEXT("\"a\nb\""), 1, 3, "control character U+000A in text" },
		{ TEXT("\"a\tb\""), 1, 3, "control character U+0009 in text" },
		{ TEXT("\"a\0b\""), 1, 3, "control character U+0000 in text" },
		{ TEXT("\"a\\0b\""), 1, 3, "unknown escape" },
		{ TEXT("\"\\x41\""), 1, 2, "unknown escape" },
		{ TEXT("\"\\\0\""), 1, 2, "unknown escape" },
		{ TEXT("\"\\u00g0\""), 1, 2, "expected four hexadecimal digits after \\u" },
		{ TEXT("\"\\u00"), 1, 2, "expected four hexadecimal digits after \\u" },
		{ TEXT("\"a\\u0000\""), 1, 3, "text holds a NUL" },
		{ TEXT("{\"\\u0000\": 1}"), 1, 3, "text holds a NUL" },
		{ TEXT("\"\\ud800\""), 1, 2, "unpaired surrogate" },
		{ TEXT("\"\\ud800x\""), 1, 2, "unpaired surrogate" },
		{ TEXT("\"\\ud800\\u0041\""), 1, 2, "unpaired surrogate" },
		{ TEXT("\"\\ud800\\ud800\""), 1, 2, "unpaired surrogate" },
		{ TEXT("\"\\udc00\\ud800\""), 1, 2, "unpaired surrogate" },
		{ TEXT("\"\\udc00\\udc00\""), 1, 2, "unpaired surrogate" },
		{ TEXT("\"\\ud800\\u"), 1, 2, "unpaired surrogate" },
		{ TEXT("\"\u00fc\xff\""), 1, 3, "invalid UTF-8: byte 0xff" },
		{ TEXT("\"\xed\xa0\x80\""), 1, 2, "invalid UTF-8: byte 0xed" },
		{ TEXT("[\xc0\xaf]"), 1, 2, "invalid UTF-8: byte 0xc0" },
		{ TEXT("\xff\xfe[\0"), 1, 1, "invalid UTF-8: byte 0xff" },
		/* members */
		{ TEXT("{\"a\":1,\n\"a\":2}"), 2, 1, "duplicate member 'a', first on line 1" },
		{ TEXT("{\"a\":1,\"\\u0061\":2}"), 1, 8, "duplicate member 'a', first on line 1" },
		{ TEXT("{\"\\ud83d\\ude00\":1,\"\U0001f600\":2}"), 1, 19,
		  "duplicate member '\U0001f600', first on line 1" },
		{ TEXT("{\"\":1,\"\":2}"), 1, 7, "duplicate member '', first on line 1" },
		{ TEXT("{\"c\":{\"b\":0,\"a\":0},\n\"b\":1,\"a\":2,\n\"b\":3,\"a\":4,\"b\":5}"), 3,
		  1, "duplicate member 'b', first on line 2" },
		{ TEXT("[{\"x\":[{\"y\":1,\"z\":2,\"y\":3}]}]"), 1, 21,
		  "duplicate member 'y', first on line 1" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		cJSON *json = NULL;
		struct gate_error err = { 0 };

		print_escaped(cases[i].bytes, cases[i].len);
		assert_int_equal(parse_exact(&json, cases[i].bytes, cases[i].len, &err),
		                 GATE_ECONFIG);
		assert_null(json);
		assert_string_equal(err.message, cases[i].message);
		assert_string_equal(err.file, "p.json");
		assert_int_equal(err.line, cases[i].line);
		assert_int_equal(err.column, cases[i].column);
	}
}

static void limits_hold_and_are_named(void **state)
{
	static const struct {
		const char *name, *start, *unit;
		size_t n;
		const char *end;
		unsigned column;
		const char *message; /* NULL: it is still within the limit */
	} cases[] = {
		{ "bytes", "1", " ", GATE_MAX_JSON_BYTES - 1, "", 0, NULL },
		{ "a byte more", "1", " ", GATE_MAX_JSON_BYTES, "", 1,
		  "file has 33554433 bytes, more than the limit of 33554432" },
		{ "depth", "", "[", 64,
		  "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", 0, NULL },
		{ "deeper", "", "[", 65,
		  "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", 65,
		  "nested deeper than 64" },
		{ "maps count too", "", "{\"a\":", 65, "", 321, "nested deeper than 64" },
		{ "much deeper", "", "[", 10000000, "", 65, "nested deeper than 64" },
		{ "brackets in text do not count", "\"", "[", 1000, "\"", 0, NULL },
		{ "lists side by side", "[[]", ",[]", 1000, "]", 0, NULL },
		{ "values", "[", "1,", 2000000, "1]", 4000000, "more than 2000000 values" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
		GATE_AUTO(gate_json_free) cJSON *json = NULL;
		struct gate_error error = { 0 };
		int code;

		gate_buf_puts(&buf, cases[i].start);
		for (size_t k = 0; k < cases[i].n; k++)
			gate_buf_puts(&buf, cases[i].unit);
		gate_buf_puts(&buf, cases[i].end);
		code = gate_json_parse(&json, "p.json", buf.ptr, buf.len, &error);
		print_message("%s: %s\n", cases[i].name, error.message);
		assert_int_equal(code, cases[i].message ? GATE_ECONFIG : GATE_OK);
		assert_string_equal(error.message, cases[i].message ? cases[i].message : "");
		assert_int_equal(error.line, cases[i].message ? 1 : 0);
		assert_int_equal(error.column, cases[i].column);
	}
}

/* Comparing each name with each would take minutes. */
static void many_members_are_no_trap(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	GATE_AUTO(gate_json_free) cJSON *json = NULL;
	cJSON *none = NULL;
	struct gate_error error = { 0 };
	clock_t start = clock();

	(void)state;
	gate_buf_puts(&buf, "{\"a\": 0");
	for (int i = 0; i < 100000; i++)
		gate_buf_printf(&buf, ",\n\"common-%d\": 0", i);
	gate_buf_putc(&buf, '}');
	assert_ok(gate_json_parse(&json, "p.json", buf.ptr, buf.len, err));
	assert_int_equal(cJSON_GetArraySize(json), 100001);
	buf.len--;
	gate_buf_puts(&buf, ",\n\"common-7\": 1}");
	assert_int_equal(gate_json_parse(&none, "p.json", buf.ptr, buf.len, &error), GATE_ECONFIG);
	assert_string_equal(error.message, "duplicate member 'common-7', first on line 9");
	assert_int_equal(error.line, 100002);
	assert_true(clock() - start < 10 * CLOCKS_PER_SEC);
}

static void the_writer_indents(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	struct gate_json_writer w = { .buf = &buf };

	(void)state;
	gate_json_begin_map(&w, NULL);
	gate_json_text(&w, "name", "x");
	gate_json_begin_list(&w, "items");
	gate_json_number(&w, NULL, 1);
	gate_json_begin_map(&w, NULL);
	gate_json_end_map(&w);
	gate_json_begin_list(&w, NULL);
	gate_json_end_list(&w);
	gate_json_begin_list(&w, NULL);
	gate_json_null(&w, NULL);
	gate_json_end_list(&w);
	gate_json_end_list(&w);
	gate_json_begin_map(&w, "\"k\n");
	gate_json_bool(&w, "yes", true);
	gate_json_bool(&w, "no", false);
	gate_json_end_map(&w);
	gate_json_number(&w, "least", INT64_MIN);
	gate_json_number(&w, "most", INT64_MAX);
	gate_json_end_map(&w);
	assert_string_equal(gate_buf_text(&buf), "{\n"
	                                         "  \"name\": \"x\",\n"
	                                         "  \"items\": [\n"
	                                         "    1,\n"
	                                         "    {},\n"
	                                         "    [],\n"
	                                         "    [\n"
	                                         "      null\n"
	                                         "    ]\n"
	                                         "  ],\n"
	                                         "  \"\\\"k\\u000a\": {\n"
	                                         "    \"yes\": true,\n"
	                                         "    \"no\": false\n"
	                                         "  },\n"
	                                         "  \"least\": -9223372036854775808,\n"
	                                         "  \"most\": 9223372036854775807\n"
	                                         "}");
}

static void the_writer_escapes(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *written;
	} cases[] = {
		{ TEXT(""), "\"\"" },
		{ TEXT("a/b \u00fc\U0001f600"), "\"a/b \u00fc\U0001f600\"" },
		{ TEXT("\"\\"), "\"\\\"\\\\\"" },
		{ TEXT("\n\t\0\033"), "\"\\u000a\\u0009\\u0000\\u001b\"" },
		{ TEXT("\177\xc2\x9b"), "\"\\u007f\\u009b\"" },
		{ TEXT("a\xff\xe4\xbd"), "\"a\ufffd\ufffd\ufffd\"" },
		{ TEXT("\u2028\u2029"), "\"\\u2028\\u2029\"" },
		{ TEXT("\u202e\u2066\u061c"), "\"\\u202e\\u2066\\u061c\"" },
		{ TEXT("\ufeff\u200b"), "\"\\ufeff\\u200b\"" },
		{ TEXT("\U000e0041"), "\"\\udb40\\udc41\"" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
		struct gate_json_writer w = { .buf = &buf };

		gate_json_bytes(&w, NULL, cases[i].bytes, cases[i].len);
		assert_string_equal(gate_buf_text(&buf), cases[i].written);
	}
}

static void what_is_written_can_be_read(void **state)
{
	static const char text[] = "\001\n\"\\\u00fc\u2028\u202e\U000e0041\U0001f600";
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	GATE_AUTO(gate_json_free) cJSON *json = NULL;
	struct gate_json_writer w = { .buf = &buf };

	(void)state;
	gate_json_begin_map(&w, NULL);
	gate_json_text(&w, text, text);
	gate_json_end_map(&w);
	assert_ok(gate_json_parse(&json, "p.json", buf.ptr, buf.len, err));
	assert_string_equal(json->child->string, text);
	assert_string_equal(cJSON_GetStringValue(json->child), text);
}

/* cJSON's own allocations are not ours to fail. */
static void every_failed_allocation_is_reported(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	unsigned n = 0;
	int code;

	(void)state;
	gate_buf_puts(&buf, "{\"a\": 0");
	for (int i = 0; i < 1000; i++)
		gate_buf_printf(&buf, ", \"\\u0061%d\": 0", i);
	gate_buf_putc(&buf, '}');
	do {
		cJSON *json = NULL;
		struct gate_error error = { 0 };

		fail_alloc(++n);
		code = gate_json_parse(&json, "p.json", buf.ptr, buf.len, &error);
		fail_alloc(0);
		assert_int_equal(json == NULL, code != GATE_OK);
		assert_string_equal(error.message, code == GATE_OK ? "" : "out of memory");
		assert_true(code == GATE_OK || code == GATE_ENOMEM);
		gate_json_free(json);
	} while (code == GATE_ENOMEM);
	assert_true(n > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_documents_become_trees),
		cmocka_unit_test(errors_have_places),
		cmocka_unit_test(limits_hold_and_are_named),
		cmocka_unit_test(many_members_are_no_trap),
		cmocka_unit_test(the_writer_indents),
		cmocka_unit_test(the_writer_escapes),
		cmocka_unit_test(what_is_written_can_be_read),
		cmocka_unit_test(every_failed_allocation_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
