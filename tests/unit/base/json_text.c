/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/base/json_text.h"
#include "gate/base/limits.h"
#include "tests/support/oom.h"

#include <stdlib.h>

/* A text that may hold NULs, and its length. */
#define TEXT(literal) literal, sizeof(literal) - 1

#define DIGITS_100 \
	"1234567890123456789012345678901234567890123456789012345678901234567890" \
	"123456789012345678901234567890"

static void assert_text(const struct gate_buf *buf, const char *expected)
{
	assert_false(gate_buf_failed(buf));
	assert_string_equal(gate_buf_text(buf), expected);
	assert_int_equal(buf->len, strlen(expected));
}

/* One line for each node: its kind, place, name and counts. */
static void print_nodes(struct gate_buf *out, const struct gate_json_text *text)
{
	static const char *const kinds[] = { "null",   "false", "true", "number",
		                             "string", "list",  "map" };

	for (size_t i = 0; i < text->n; i++) {
		const struct gate_json_node *node = &text->nodes[i];

		gate_buf_printf(out, "%s %u+%u", kinds[node->kind], node->at, node->len);
		if (node->name_len)
			gate_buf_printf(out, " name %u+%u", node->name_at, node->name_len);
		gate_buf_printf(out, " n %u next %u\n", node->n, node->next);
	}
}

static void nodes_stand_in_the_order_of_the_text(void **state)
{
	static const struct {
		const char *bytes, *nodes;
	} cases[] = {
		{ "null", "null 0+4 n 0 next 1\n" },
		{ " {} ", "map 1+2 n 0 next 1\n" },
		{ "[ ]\n", "list 0+3 n 0 next 1\n" },
		{ "\xef\xbb\xbf[1]", "list 0+3 n 1 next 2\n"
		                     "number 1+1 n 0 next 2\n" },
		{ "{\"a\" : [ true,{\"b\":\"x\"}, false ],\"\\u0061b\":-1.5e3}",
		  "map 0+50 n 2 next 7\n"
		  "list 7+25 name 1+3 n 3 next 6\n"
		  "true 9+4 n 0 next 3\n"
		  "map 14+9 n 1 next 5\n"
		  "string 19+3 name 15+3 n 0 next 5\n"
		  "false 25+5 n 0 next 6\n"
		  "number 43+6 name 33+9 n 0 next 7\n" },
		{ "[[[]],[]]", "list 0+9 n 2 next 4\n"
		               "list 1+4 n 1 next 3\n"
		               "list 2+2 n 0 next 3\n"
		               "list 6+2 n 0 next 4\n" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };

		print_message("%s\n", cases[i].bytes);
		assert_ok(gate_json_text_parse(&text, "p.json", cases[i].bytes,
		                               strlen(cases[i].bytes), 3, err));
		print_nodes(&out, &text);
		assert_text(&out, cases[i].nodes);
	}
}

static void compact_keeps_every_token(void **state)
{
	static const struct {
		const char *bytes, *compact;
	} cases[] = {
		{ "null", "null" },
		{ " \"\" ", "\"\"" },
		{ "[ 9007199254740993 , 1e999, -0 , 1.0,1E+05 ]",
		  "[9007199254740993,1e999,-0,1.0,1E+05]" },
		{ DIGITS_100, DIGITS_100 },
		{ "-0." DIGITS_100 "e-" DIGITS_100, "-0." DIGITS_100 "e-" DIGITS_100 },
		{ "[\"a\\u0000b\", \"\\u00e9 \u00e9\"]", "[\"a\\u0000b\",\"\\u00e9 \u00e9\"]" },
		{ "{\"\\u0000\" : 1,\r\n\t\"\\u0000\\u0000\": 2}",
		  "{\"\\u0000\":1,\"\\u0000\\u0000\":2}" },
		{ "[ \" \\\" , \\\\\" , \"\\\\\\\" \" ]", "[\" \\\" , \\\\\",\"\\\\\\\" \"]" },
		{ "{ \"b\" : { \"z\" : [ ] , \"a\" : { } } , \"a\" : true }",
		  "{\"b\":{\"z\":[],\"a\":{}},\"a\":true}" },
		{ "\xef\xbb\xbf [ 1 ]", "[1]" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };

		print_message("%s\n", cases[i].bytes);
		assert_ok(gate_json_text_parse(&text, "p.json", cases[i].bytes,
		                               strlen(cases[i].bytes), 8, err));
		gate_json_compact(&out, &text, &text.nodes[0]);
		assert_text(&out, cases[i].compact);
	}
}

static void compact_takes_a_part(void **state)
{
	static const char bytes[] = "{\"a\": [1, 2], \"b\": {\"c\": null}}";
	GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };

	(void)state;
	assert_ok(gate_json_text_parse(&text, "p.json", TEXT(bytes), 2, err));
	gate_json_compact(&out, &text, gate_json_member(&text, text.nodes, "b"));
	gate_json_compact(&out, &text, gate_json_member(&text, text.nodes, "a"));
	assert_text(&out, "{\"c\":null}[1,2]");
}

static void errors_have_places(void **state)
{
	static const struct {
		const char *bytes;
		size_t len, max_depth;
		unsigned line, column;
		const char *message;
	} cases[] = {
		{ TEXT(""), 1, 1, 1, "expected a value, got the end" },
		{ TEXT("[1,\n 01]"), 1, 2, 3, "expected ',' or ']', got '1'" },
		{ TEXT("1e"), 1, 1, 3, "expected a digit, got the end" },
		{ TEXT("x"), 1, 1, 1, "expected a value, got 'x'" },
		{ TEXT("\"a\0b\""), 1, 1, 3, "control character U+0000 in text" },
		{ TEXT("\"\\ud800\\u0000\""), 1, 1, 2, "unpaired surrogate" },
		{ TEXT("\"\xff\""), 1, 1, 2, "invalid UTF-8: byte 0xff" },
		{ TEXT("{\"a\":1,\n\"b\":2, \"\\u0061\":3}"), 1, 2, 8,
		  "duplicate member 'a', first on line 1" },
		{ TEXT("{\"\\u0000\":1,\"\\u0000\":2}"), 1, 1, 13,
		  "duplicate member '', first on line 1" },
		{ TEXT("{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,"
		       "\"j\":10,\"k\":11,\"l\":12,\"m\":13,\"n\":14,\"o\":15,\"p\":16,\n"
		       "\"q\":17,\"b\":18}"),
		  1, 2, 8, "duplicate member 'b', first on line 1" },
		{ TEXT("[]"), 0, 1, 1, "nested deeper than 0" },
		{ TEXT("[1, [2, {}]]"), 2, 1, 9, "nested deeper than 2" },
	};
	GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_error err = { 0 };

		print_message("%s\n", cases[i].message);
		assert_int_equal(gate_json_text_parse(&text, "p.json", cases[i].bytes, cases[i].len,
		                                      cases[i].max_depth, &err),
		                 GATE_ECONFIG);
		assert_int_equal(text.n, 0);
		assert_string_equal(err.message, cases[i].message);
		assert_string_equal(err.file, "p.json");
		assert_int_equal(err.line, cases[i].line);
		assert_int_equal(err.column, cases[i].column);
	}
}

/* The deepest that can be parsed can be written in each form, too. */
static void the_depth_is_the_callers(void **state)
{
	GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf in = { 0 }, out = { 0 };
	struct gate_error error = { 0 };

	(void)state;
	for (int i = 0; i < GATE_MAX_JSON_DEPTH; i++)
		gate_buf_puts(&in, i % 2 ? "{\"a\":" : "[");
	gate_buf_putc(&in, '1');
	for (int i = GATE_MAX_JSON_DEPTH; i-- > 0;)
		gate_buf_putc(&in, i % 2 ? '}' : ']');
	assert_ok(gate_json_text_parse(&text, "p.json", in.ptr, in.len, GATE_MAX_JSON_DEPTH, err));
	assert_int_equal(text.n, GATE_MAX_JSON_DEPTH + 1);
	assert_ok(gate_json_canonical(&out, &text, text.nodes, err));
	assert_text(&out, in.ptr);
	assert_int_equal(gate_json_text_parse(&text, "p.json", in.ptr, in.len,
	                                      GATE_MAX_JSON_DEPTH - 1, &error),
	                 GATE_ECONFIG);
	assert_string_equal(error.message, "nested deeper than 63");
}

static void canonical(struct gate_buf *out, const char *bytes)
{
	GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };

	assert_ok(gate_json_text_parse(&text, "p.json", bytes, strlen(bytes), 8, err));
	assert_ok(gate_json_canonical(out, &text, text.nodes, err));
}

static void equal_values_have_one_canonical_form(void **state)
{
	static const struct {
		const char *bytes, *canonical;
	} cases[] = {
		{ " [ 1 , 2 ] ", "[1,2]" },
		{ "{}", "{}" },
		{ "{\"b\":1, \"a\":{\"d\":[], \"c\":{}}}", "{\"a\":{\"c\":{},\"d\":[]},\"b\":1}" },
		{ "{\"a\":{\"c\":{},\"d\":[]},\"b\":1}", "{\"a\":{\"c\":{},\"d\":[]},\"b\":1}" },
		/* by decoded names: the shorter first, bytes are unsigned */
		{ "{\"\u00e9\":1,\"z\":2,\"\\u0061b\":3,\"a\":4,\"\":5}",
		  "{\"\":5,\"a\":4,\"ab\":3,\"z\":2,\"\u00e9\":1}" },
		{ "{\"a\\u0000\":1,\"a\":2,\"\\u0000\":3}",
		  "{\"\\u0000\":3,\"a\":2,\"a\\u0000\":1}" },
		{ "\"\\u00e9\"", "\"\u00e9\"" },
		{ "\"\u00e9\"", "\"\u00e9\"" },
		{ "\"\\ud83D\\uDe00\"", "\"\U0001f600\"" },
		{ "\"a\\/b\\u002f\\\"\\\\\"", "\"a/b/\\\"\\\\\"" },
		{ "\"\\n\\u000A\\t\\u0000\"", "\"\\u000a\\u000a\\u0009\\u0000\"" },
		{ "\"\u2028\\u2028\"", "\"\\u2028\\u2028\"" },
		{ "\"\"", "\"\"" },
		/* numbers stay as they are written */
		{ "[1.0, 1, 1e0, 10E-1, -0, 9007199254740993, 1e999]",
		  "[1.0,1,1e0,10E-1,-0,9007199254740993,1e999]" },
		{ "[true, false, null]", "[true,false,null]" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf once = { 0 }, twice = { 0 };

		print_message("%s\n", cases[i].bytes);
		canonical(&once, cases[i].bytes);
		assert_text(&once, cases[i].canonical);
		canonical(&twice, gate_buf_text(&once));
		assert_text(&twice, cases[i].canonical);
	}
}

static void members_are_found_by_decoded_name(void **state)
{
	static const char bytes[] =
		"{\"a\":1, \"\\u0062\":{\"a\":2}, \"\":3, \"c\\n\":4, \"d\\u0000\":5,"
		" \"caf\\u00e9\\ud83d\\ude00!\":6, \"long\":[{\"inner\":7}]}";
	static const struct {
		const char *name, *value; /* NULL: no such member */
	} cases[] = {
		{ "a", "1" },
		{ "b", "{\"a\":2}" },
		{ "", "3" },
		{ "c\n", "4" },
		{ "caf\u00e9\U0001f600!", "6" },
		{ "long", "[{\"inner\":7}]" },
		{ "A", NULL },
		{ "\\u0062", NULL },
		{ "c", NULL },
		{ "c\\n", NULL },
		{ "d", NULL },
		{ "d\\u0000", NULL },
		{ "lon", NULL },
		{ "longer", NULL },
		{ "inner", NULL },
		{ "caf\u00e9", NULL },
		{ "caf\u00e9\U0001f600!!", NULL },
	};
	GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };

	(void)state;
	assert_ok(gate_json_text_parse(&text, "p.json", TEXT(bytes), 8, err));
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
		const struct gate_json_node *node =
			gate_json_member(&text, text.nodes, cases[i].name);

		print_message("'%s'\n", cases[i].name);
		assert_int_equal(node != NULL, cases[i].value != NULL);
		if (!node)
			continue;
		gate_json_compact(&out, &text, node);
		assert_text(&out, cases[i].value);
	}
	assert_null(gate_json_member(&text, NULL, "a"));
	assert_null(gate_json_member(&text, gate_json_member(&text, text.nodes, "a"), "a"));
	assert_null(gate_json_member(&text, gate_json_member(&text, text.nodes, "long"), "inner"));
}

static void strings_are_decoded(void **state)
{
	static const struct {
		const char *bytes, *decoded;
		size_t len;
	} cases[] = {
		{ "\"\"", TEXT("") },
		{ "\"plain \u00e9\"", TEXT("plain \u00e9") },
		{ "\"a\\u0000b\\u0000\"", TEXT("a\0b\0") },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", TEXT("\"\\/\b\f\n\r\t") },
		{ "\"x\\u00fCy\\ud83d\\uDE00\\u20ac\"", TEXT("x\u00fcy\U0001f600\u20ac") },
		{ "\"\\uFFFF\\udbff\\udfff\"", TEXT("\xef\xbf\xbf\xf4\x8f\xbf\xbf") },
		{ "12", TEXT("") },
		{ "[\"a\"]", TEXT("") },
	};
	GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		print_message("%s\n", cases[i].bytes);
		gate_buf_reset(&out);
		assert_ok(gate_json_text_parse(&text, "p.json", cases[i].bytes,
		                               strlen(cases[i].bytes), 1, err));
		gate_json_decode(&out, &text, text.nodes);
		assert_int_equal(out.len, cases[i].len);
		assert_memory_equal(gate_buf_text(&out), cases[i].decoded, cases[i].len);
	}
	gate_buf_reset(&out);
	gate_json_decode(&out, &text, NULL);
	assert_int_equal(out.len, 0);
}

static void the_memory_is_used_again(void **state)
{
	GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
	const struct gate_json_node *nodes;
	struct gate_error error = { 0 };
	size_t cap;

	(void)state;
	assert_ok(gate_json_text_parse(&text, "p.json", TEXT("[1,2,3,4,5,6,7,8,9]"), 1, err));
	nodes = text.nodes;
	cap = text.cap;
	assert_int_equal(gate_json_text_parse(&text, "p.json", TEXT("[1,"), 1, &error),
	                 GATE_ECONFIG);
	assert_int_equal(text.n, 0);
	assert_ok(gate_json_text_parse(&text, "p.json", TEXT("{\"a\":[]}"), 2, err));
	assert_ptr_equal(text.nodes, nodes);
	assert_int_equal(text.cap, cap);
	print_nodes(&out, &text);
	assert_text(&out, "map 0+8 n 1 next 2\n"
	                  "list 5+2 name 1+3 n 0 next 2\n");
	gate_json_text_release(&text);
	assert_null(text.nodes);
}

static void every_failed_allocation_is_reported(void **state)
{
	static const char bytes[] = "{\"\\u0062\":[1,2,{\"z\":1,\"y\":2,\"x\":3,\"w\":4,\"v\":5}],"
				    "\"a\":\"x\\u0000\", \"q\":[0,0,0,0,0,0,0,0,0,0]}";
	unsigned n = 0;
	int code;

	(void)state;
	for (;; n++) {
		GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
		struct gate_error error = { 0 };

		test_oom_arm(n);
		code = gate_json_text_parse(&text, "p.json", TEXT(bytes), 8, &error);
		assert_int_equal(text.n == 0, code != GATE_OK);
		if (code == GATE_OK)
			code = gate_json_canonical(&out, &text, text.nodes, &error);
		if (!test_oom_disarm())
			break;
		assert_int_equal(code, GATE_ENOMEM);
		assert_string_equal(error.message, "out of memory");
	}
	assert_int_equal(code, GATE_OK);
	assert_true(n > 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_stand_in_the_order_of_the_text),
		cmocka_unit_test(compact_keeps_every_token),
		cmocka_unit_test(compact_takes_a_part),
		cmocka_unit_test(errors_have_places),
		cmocka_unit_test(the_depth_is_the_callers),
		cmocka_unit_test(equal_values_have_one_canonical_form),
		cmocka_unit_test(members_are_found_by_decoded_name),
		cmocka_unit_test(strings_are_decoded),
		cmocka_unit_test(the_memory_is_used_again),
		cmocka_unit_test(every_failed_allocation_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
