/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/base/buf.h"
#include "gate/base/escape.h"
#include "gate/base/limits.h"
#include "gate/base/yaml.h"
#include "tests/unit/base/fail_alloc.h"

#include <stdlib.h>
#include <time.h>

/* A text that may hold NULs, and its length. */
#define TEXT(literal) literal, sizeof(literal) - 1

static void print_escaped(const char *bytes, size_t len)
{
	GATE_AUTO(gate_buf_release) struct gate_buf line = { 0 };

	gate_escape_cut(&line, bytes, len, 100);
	print_message("%s\n", gate_buf_text(&line));
}

/* Parses or fails the test; the caller frees. */
static struct gate_yaml_doc *parse(const char *bytes, size_t len)
{
	struct gate_yaml_doc *doc = NULL;

	print_escaped(bytes, len);
	assert_ok(gate_yaml_parse(&doc, "p.yml", bytes, len, err));
	return doc;
}

/* "map@1:1{a@1:1=text@1:4'1'}": the whole tree in one line. */
static void describe(struct gate_buf *out, const struct gate_yaml *node)
{
	static const char *const names[] = { "text", "list", "map" };

	gate_buf_printf(out, "%s@%u:%u", names[node->kind], node->line, node->column);
	if (node->kind == GATE_YAML_SCALAR) {
		assert_int_equal(strlen(node->text), node->len);
		assert_null(node->values);
		gate_buf_puts(out, node->plain ? "(" : "'");
		gate_escape_line(out, node->text, node->len);
		gate_buf_puts(out, node->plain ? ")" : "'");
		return;
	}
	assert_null(node->text);
	assert_int_equal(node->keys != NULL, node->kind == GATE_YAML_MAP && node->n > 0);
	gate_buf_putc(out, node->kind == GATE_YAML_MAP ? '{' : '[');
	for (size_t i = 0; i < node->n; i++) {
		if (i)
			gate_buf_putc(out, ' ');
		if (node->keys) {
			gate_buf_printf(out, "%s@%u:%u=", node->keys[i]->text, node->keys[i]->line,
			                node->keys[i]->column);
			assert_ptr_equal(gate_yaml_get(node, node->keys[i]->text), node->values[i]);
		}
		assert_string_equal(node->values[i]->file, "p.yml");
		describe(out, node->values[i]);
	}
	gate_buf_putc(out, node->kind == GATE_YAML_MAP ? '}' : ']');
}

static void trees_have_places(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *tree;
	} cases[] = {
		{ TEXT(""), "map@1:1{}" },
		{ TEXT("\n\n# only\n  # comments"), "map@1:1{}" },
		{ TEXT("---\n# c\n"), "map@3:1{}" },
		{ TEXT("--- ''"), "text@1:5''" },
		{ TEXT("\xef\xbb\xbf"), "map@1:1{}" },
		{ TEXT("\xef\xbb\xbf"
		       "a: 1"),
		  "map@1:1{a@1:1=text@1:4(1)}" },
		{ TEXT("just text"), "text@1:1(just text)" },
		{ TEXT("- a\n- b"), "list@1:1[text@1:3(a) text@2:3(b)]" },
		{ TEXT("a: 1\nb:\n  c: [x, 'y', \"z\"]\n"),
		  "map@1:1{a@1:1=text@1:4(1) "
		  "b@2:1=map@3:3{c@3:3=list@3:6[text@3:7(x) text@3:10'y' text@3:15'z']}}" },
		{ TEXT("a: {}\nb: []"), "map@1:1{a@1:1=map@1:4{} b@2:1=list@2:4[]}" },
		{ TEXT("{b, a: 1}"), "map@1:1{b@1:2=text@1:3() a@1:5=text@1:8(1)}" },
		{ TEXT("a:\nb:"), "map@1:1{a@1:1=text@1:3() b@2:1=text@2:3()}" },
		{ TEXT("on: off\n08: no"), "map@1:1{on@1:1=text@1:5(off) 08@2:1=text@2:5(no)}" },
		{ TEXT("\u00fc\u4f60: x"), "map@1:1{\u00fc\u4f60@1:1=text@1:5(x)}" },
		{ TEXT("a: 1\r\nb: 'x\r\n\r\n  y'\r\nc: 2\r\n"),
		  "map@1:1{a@1:1=text@1:4(1) b@2:1=text@2:4'x\\ny' c@5:1=text@5:4(2)}" },
		{ TEXT("a: |\r\n  x\r\n  y\r\n"), "map@1:1{a@1:1=text@1:4'x\\ny\\n'}" },
		{ TEXT("a: >\n  x\n  y\n"), "map@1:1{a@1:1=text@1:4'x y\\n'}" },
		{ TEXT("'<<': 1\n\"*\": '!x'"), "map@1:1{<<@1:1=text@1:7(1) *@2:1=text@2:6'!x'}" },
		{ TEXT("a: \"\\t\\x07\""), "map@1:1{a@1:1=text@1:4'\\t\\x07'}" },
		{ TEXT("a: 1\n...\n"), "map@1:1{a@1:1=text@1:4(1)}" },
		{ TEXT("a: x*y!z&t%@`"), "map@1:1{a@1:1=text@1:4(x*y!z&t%@`)}" },
		{ TEXT("'': x"), "map@1:1{@1:1=text@1:5(x)}" },
		{ TEXT("a: b:c\nd: http://x"),
		  "map@1:1{a@1:1=text@1:4(b:c) d@2:1=text@2:4(http://x)}" },
		{ TEXT("?"), "map@1:1{@1:2=text@1:2()}" },
		{ TEXT("? \n"), "map@1:1{@1:2=text@2:1()}" },
		{ TEXT("a: x\xc2\x85"
		       "b: y"),
		  "map@1:1{a@1:1=text@1:4(x) b@2:1=text@2:4(y)}" }, /* a line break of YAML 1.1 */
		{ TEXT("[a: 1]"), "list@1:1[map@1:2{a@1:2=text@1:5(1)}]" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_yaml_free)
		struct gate_yaml_doc *doc = parse(cases[i].bytes, cases[i].len);
		GATE_AUTO(gate_buf_release) struct gate_buf tree = { 0 };

		describe(&tree, gate_yaml_root(doc));
		assert_string_equal(gate_buf_text(&tree), cases[i].tree);
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
		/* what people mean as text */
		{ TEXT("a: *.c"), 1, 4, "'*.c' is a YAML alias: quote it" },
		{ TEXT("a: *x"), 1, 4, "'*x' is a YAML alias: quote it" },
		{ TEXT("a: [b, **/*.{c,h}, d]"), 1, 8, "'**/*.{c,h}' is a YAML alias: quote it" },
		{ TEXT("- a\n- *.c # all"), 2, 3, "'*.c' is a YAML alias: quote it" },
		{ TEXT("*x : 1"), 1, 1, "'*x' is a YAML alias: quote it" },
		{ TEXT("\u00fc: \u4f60\na: *.c"), 2, 4, "'*.c' is a YAML alias: quote it" },
		{ TEXT("a: 1\r\nb: *.c"), 2, 4, "'*.c' is a YAML alias: quote it" },
		{ TEXT("\xef\xbb\xbf"
		       "a: *.c"),
		  1, 4, "'*.c' is a YAML alias: quote it" },
		{ TEXT("a: !src/x"), 1, 4, "'!src/x' is a YAML tag: quote it" },
		{ TEXT("a: [x, !src/x, !y]"), 1, 8, "'!src/x' is a YAML tag: quote it" },
		{ TEXT("a: [x, !*.c]"), 1, 8, "'!*.c' is a YAML tag: quote it" },
		{ TEXT("a: ! x"), 1, 4, "'!' is a YAML tag: quote it" },
		{ TEXT("a: !$tests"), 1, 4, "'!$tests' is a YAML tag: quote it" },
		{ TEXT("a: !!str x"), 1, 4, "'!!str' is a YAML tag: quote it" },
		{ TEXT("a: !x!y z"), 1, 4, "'!x!y' is a YAML tag: quote it" },
		{ TEXT("a: !{x}"), 1, 4, "'!{x}' is a YAML tag: quote it" },
		{ TEXT("a: !x [b]"), 1, 4, "'!x' is a YAML tag: quote it" },
		{ TEXT("a: !x {b: c}"), 1, 4, "'!x' is a YAML tag: quote it" },
		{ TEXT("!x a: b"), 1, 1, "'!x' is a YAML tag: quote it" },
		{ TEXT("a: &x b"), 1, 4, "'&x' is a YAML anchor: quote it" },
		{ TEXT("a: &x [b]"), 1, 4, "'&x' is a YAML anchor: quote it" },
		{ TEXT("a: &x {b: c}"), 1, 4, "'&x' is a YAML anchor: quote it" },
		{ TEXT("a: &"), 1, 4, "'&' is a YAML anchor: quote it" },
		{ TEXT("a: @shop/sre"), 1, 4,
		  "'@shop/sre' starts with a character that YAML reserves: quote it" },
		{ TEXT("a: `x`"), 1, 4,
		  "'`x`' starts with a character that YAML reserves: quote it" },
		{ TEXT("a: %x"), 1, 4,
		  "'%x' starts with a character that YAML reserves: quote it" },
		{ TEXT("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]"), 1, 4,
		  "'&a' is a YAML anchor: quote it" }, /* a billion laughs */
		/* what this YAML leaves out */
		{ TEXT("%YAML 1.1\n---\na: 1"), 1, 1,
		  "'%YAML' is a YAML directive: not supported" },
		{ TEXT("# c\n%TAG ! x:\n---\na: 1"), 2, 1,
		  "'%TAG' is a YAML directive: not supported" },
		{ TEXT("%FOO\n---\na: 1"), 1, 1, "'%FOO' is a YAML directive: not supported" },
		{ TEXT("a: 1\n---\nb: 2"), 2, 1, "a second document: a file holds one" },
		{ TEXT("---\n---\n"), 2, 1, "a second document: a file holds one" },
		{ TEXT("a: 1\n<<: {b: 2}"), 2, 1, "'<<' is a YAML merge key: write the keys out" },
		{ TEXT("a: 1\n? [b]\n: c"), 2, 3, "a key must be text, not a list" },
		{ TEXT("{ {a: b}: c }"), 1, 3, "a key must be text, not a map" },
		{ TEXT("x: 1\nrules: 2\nrules: 3"), 3, 1,
		  "duplicate key 'rules', first on line 2" },
		{ TEXT("{a: 1, 'a': 2}"), 1, 8, "duplicate key 'a', first on line 1" },
		{ TEXT("c: 1\nb: 1\na: 1\nb: 2\na: 2\nb: 3"), 4, 1,
		  "duplicate key 'b', first on line 2" },
		{ TEXT("a:\n- {b: {c: 1, d: 2, c: 3}}"), 2, 20,
		  "duplicate key 'c', first on line 2" },
		/* bytes */
		{ TEXT("a: x\0y"), 1, 5, "character U+0000 is not allowed" },
		{ TEXT("a: 1\nb: \033[31m"), 2, 4, "character U+001B is not allowed" },
		{ TEXT("a: \xc2\x80"), 1, 4, "character U+0080 is not allowed" },
		{ TEXT("a: \uffff"), 1, 4, "character U+FFFF is not allowed" },
		{ TEXT("a: 1\r\n\u00fc: \xff"), 2, 4, "invalid UTF-8: byte 0xff" },
		{ TEXT("a: \xc0\xaf"), 1, 4, "invalid UTF-8: byte 0xc0" },
		{ TEXT("\xff\xfe"
		       "a\0:\0"),
		  1, 1, "file is UTF-16: save it as UTF-8" },
		{ TEXT("\xfe\xff\0a\0:"), 1, 1, "file is UTF-16: save it as UTF-8" },
		{ TEXT("a: \"x\\0y\""), 1, 4, "text holds a NUL" },
		{ TEXT("a: \"\\uD800\""), 1, 7,
		  "no valid YAML: found invalid Unicode character escape code" },
		/* syntax */
		{ TEXT("a:\n\tb: 1"), 2, 1, "a tab cannot indent: use spaces" },
		{ TEXT("\ta: 1"), 1, 1, "a tab cannot indent: use spaces" },
		{ TEXT("a:\n- b: 1\n\tc: 2"), 3, 1, "a tab cannot indent: use spaces" },
		{ TEXT("a: 'x\nb: 1\n"), 1, 4, "quoted text is not closed" },
		{ TEXT("a: 1\nb: \"x"), 2, 4, "quoted text is not closed" },
		{ TEXT("a: [b, c\nd: e"), 2, 2,
		  "no valid YAML: did not find expected ',' or ']'; close it, or quote a value "
		  "that holds one of , : [ ] { }" },
		{ TEXT("a: {b: c"), 1, 9,
		  "no valid YAML: did not find expected ',' or '}'; close it, or quote a value "
		  "that holds one of , : [ ] { }" },
		{ TEXT("a: b: c"), 1, 5,
		  "no valid YAML: mapping values are not allowed in this context; mend the "
		  "indentation, or quote text that holds ': '" },
		{ TEXT("a: 1\n b: 2"), 2, 3,
		  "no valid YAML: mapping values are not allowed in this context; mend the "
		  "indentation, or quote text that holds ': '" },
		{ TEXT("a:\n  b: 1\n c: 2"), 3, 2,
		  "no valid YAML: did not find expected key; mend the indentation, or quote the "
		  "whole of the value" },
		{ TEXT("- a\nb: 1"), 2, 1,
		  "no valid YAML: did not find expected '-' indicator; mend the indentation" },
		{ TEXT("a: ]"), 1, 4, "no valid YAML: did not find expected node content" },
		{ TEXT("a: \"\\q\""), 1, 5,
		  "no valid YAML: found unknown escape character; a pattern with '\\' goes between "
		  "single quotes" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_yaml_doc *doc = NULL;
		struct gate_error err = { 0 };

		print_escaped(cases[i].bytes, cases[i].len);
		assert_int_equal(gate_yaml_parse(&doc, "p.yml", cases[i].bytes, cases[i].len, &err),
		                 GATE_ECONFIG);
		assert_null(doc);
		assert_string_equal(err.message, cases[i].message);
		assert_string_equal(err.file, "p.yml");
		assert_int_equal(err.line, cases[i].line);
		assert_int_equal(err.column, cases[i].column);
	}
}

/* n times `unit` between `start` and `end`. */
static char *repeat(size_t *len, const char *start, const char *unit, size_t n, const char *end)
{
	struct gate_buf buf = { 0 };

	gate_buf_puts(&buf, start);
	for (size_t i = 0; i < n; i++)
		gate_buf_puts(&buf, unit);
	gate_buf_puts(&buf, end);
	assert_false(gate_buf_failed(&buf));
	*len = buf.len;
	return gate_buf_take(&buf);
}

static void limits_hold_and_are_named(void **state)
{
	static const struct {
		const char *name, *start, *unit;
		size_t n;
		const char *end;
		unsigned line, column;
		const char *message; /* NULL: it is still within the limit */
	} cases[] = {
		{ "bytes", "#", "x", 1048575, "", 0, 0, NULL },
		{ "a byte more", "#", "x", 1048576, "", 1, 1,
		  "file has 1048577 bytes, more than the limit of 1048576" },
		{ "much more, and no UTF-8", "", "\xff", 10485760, "", 1, 1,
		  "file has 10485760 bytes, more than the limit of 1048576" },
		{ "depth", "", "[", 32, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", 0, 0, NULL },
		{ "deeper", "", "[", 33, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", 1, 33,
		  "nested deeper than 32" },
		{ "maps count too", "", "{a: ", 33, "", 1, 129, "nested deeper than 32" },
		{ "blocks count too", "", "- ", 100, "x", 1, 65, "nested deeper than 32" },
		{ "much deeper", "", "[", 1000000, "", 1, 33, "nested deeper than 32" },
		{ "lists side by side", "a: [", "[],", 10000, "]", 0, 0, NULL },
		{ "nodes", "", "- x\n", 99999, "", 0, 0, NULL },
		{ "a node more", "", "- x\n", 100000, "", 100000, 3, "more than 100000 nodes" },
		{ "keys are nodes", "- {a: b, c: d}\n", "- {a: b}\n", 40000, "", 33333, 4,
		  "more than 100000 nodes" },
		{ "a long word is shown in part", "a: *", ".", 5000, "", 1, 4,
		  "'*..................................................................."
		  "................................' is a YAML alias: quote it" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_yaml_free) struct gate_yaml_doc *doc = NULL;
		struct gate_error error = { 0 };
		size_t len;
		char *bytes = repeat(&len, cases[i].start, cases[i].unit, cases[i].n, cases[i].end);
		int code = gate_yaml_parse(&doc, "p.yml", bytes, len, &error);

		free(bytes);
		print_message("%s: %s\n", cases[i].name, error.message);
		assert_int_equal(code, cases[i].message ? GATE_ECONFIG : GATE_OK);
		assert_string_equal(error.message, cases[i].message ? cases[i].message : "");
		assert_int_equal(error.line, cases[i].line);
		assert_int_equal(error.column, cases[i].column);
	}
}

/* 49 999 keys with a long common start: comparing each with each would take minutes. */
static void many_keys_are_no_trap(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	GATE_AUTO(gate_yaml_free) struct gate_yaml_doc *doc = NULL;
	struct gate_yaml_doc *none = NULL;
	struct gate_error error = { 0 };
	clock_t start = clock();

	(void)state;
	for (int i = 0; i < 49998; i++)
		gate_buf_printf(&buf, "common-%d: x\n", i);
	assert_ok(gate_yaml_parse(&doc, "p.yml", buf.ptr, buf.len, err));
	assert_int_equal(gate_yaml_root(doc)->n, 49998);
	gate_buf_puts(&buf, "common-7: y\n");
	assert_int_equal(gate_yaml_parse(&none, "p.yml", buf.ptr, buf.len, &error), GATE_ECONFIG);
	assert_string_equal(error.message, "duplicate key 'common-7', first on line 8");
	assert_int_equal(error.line, 49999);
	assert_true(clock() - start < 10 * CLOCKS_PER_SEC);
}

static void the_document_keeps_what_it_needs(void **state)
{
	char file[] = "p.yml", bytes[] = "a: [b, c]";
	GATE_AUTO(gate_yaml_free) struct gate_yaml_doc *doc = NULL;
	const struct gate_yaml *root, *a;
	struct gate_error error = { 0 };

	(void)state;
	assert_ok(gate_yaml_parse(&doc, file, bytes, strlen(bytes), err));
	memset(file, '?', strlen(file));
	memset(bytes, '?', strlen(bytes));
	root = gate_yaml_root(doc);
	a = gate_yaml_get(root, "a");
	assert_non_null(a);
	assert_string_equal(a->values[1]->text, "c");
	assert_null(gate_yaml_get(root, "b"));
	assert_null(gate_yaml_get(root, ""));
	assert_null(gate_yaml_get(a, "b"));
	assert_null(gate_yaml_get(a->values[0], "b"));
	assert_int_equal(gate_yaml_fail(&error, a, GATE_EUSAGE, "no %s", "good"), GATE_EUSAGE);
	assert_int_equal(error.code, GATE_EUSAGE);
	assert_string_equal(error.message, "no good");
	assert_string_equal(error.file, "p.yml");
	assert_int_equal(error.line, 1);
	assert_int_equal(error.column, 4);
	gate_yaml_fail(NULL, a, GATE_EUSAGE, "no place to write to");
	gate_yaml_free(NULL);
}

static void only_keys_names_the_nearest(void **state)
{
	static const char *const known[] = { "require", "forbid", "id", NULL };
	static const struct {
		const char *bytes, *message; /* NULL: all is well */
		unsigned line, column;
	} cases[] = {
		{ "{}", NULL, 0, 0 },
		{ "{ id: x, require: y }", NULL, 0, 0 },
		{ "id: x\nrequier: y\nfoo: z",
		  "unknown key 'requier' in a rule, did you mean 'require'?", 2, 1 },
		{ "id: x\nmode: y", "unknown key 'mode' in a rule", 2, 1 },
		{ "'': y", "unknown key '' in a rule", 1, 1 },
		{ "[x]", "a rule: expected a map, got a list", 1, 1 },
		{ "x", "a rule: expected a map, got 'x'", 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_yaml_free)
		struct gate_yaml_doc *doc = parse(cases[i].bytes, strlen(cases[i].bytes));
		struct gate_error error = { 0 };
		int code = gate_yaml_only_keys(gate_yaml_root(doc), "a rule", known, &error);

		assert_int_equal(code, cases[i].message ? GATE_ECONFIG : GATE_OK);
		assert_string_equal(error.message, cases[i].message ? cases[i].message : "");
		assert_int_equal(error.line, cases[i].line);
		assert_int_equal(error.column, cases[i].column);
	}
}

/* The readers of scalars under one signature. */
static int read_text(int64_t *out, const struct gate_yaml *node, const char *what,
                     struct gate_error *err)
{
	const char *text = NULL;
	int code = gate_yaml_text(&text, node, what, err);

	if (code == GATE_OK)
		*out = (int64_t)strlen(text);
	return code;
}

static int read_bool(int64_t *out, const struct gate_yaml *node, const char *what,
                     struct gate_error *err)
{
	bool yes = false;
	int code = gate_yaml_bool(&yes, node, what, err);

	if (code == GATE_OK)
		*out = yes;
	return code;
}

static int read_word(int64_t *out, const struct gate_yaml *node, const char *what,
                     struct gate_error *err)
{
	static const char *const words[] = { "error", "warning", "info", NULL };
	size_t index = 0;
	int code = gate_yaml_word(&index, node, what, words, err);

	if (code == GATE_OK)
		*out = (int64_t)index;
	return code;
}

static int read_min(int64_t *out, const struct gate_yaml *node, const char *what,
                    struct gate_error *err)
{
	struct gate_range range = { -1, -1 };
	int code = gate_yaml_range(&range, node, what, err);

	if (code == GATE_OK)
		*out = range.min;
	return code;
}

static int read_max(int64_t *out, const struct gate_yaml *node, const char *what,
                    struct gate_error *err)
{
	struct gate_range range = { -1, -1 };
	int code = gate_yaml_range(&range, node, what, err);

	if (code == GATE_OK)
		*out = range.max;
	return code;
}

static void scalars_are_what_their_reader_asks_for(void **state)
{
#define NUMBER "key: expected a number, got "
#define BYTES "key: expected bytes, as 500, 64KiB or 1MiB, got "
#define DURATION "key: expected a duration, as 30s, 10m, 12h, 90d or 2w, got "
#define PERCENT "key: expected 0% to 100%, as 15% or 0.5%, got "
	static const struct {
		int (*read)(int64_t *, const struct gate_yaml *, const char *, struct gate_error *);
		const char *yaml;
		int64_t value;
		const char *message; /* NULL: the value counts */
	} cases[] = {
		{ read_text, "abc", 3, NULL },
		{ read_text, "''", 0, NULL },
		{ read_text, "|\n  x", 1, NULL },
		{ read_text, "", 0, "key: expected text, got nothing" },
		{ read_text, "[]", 0, "key: expected text, got a list" },
		{ read_text, "{}", 0, "key: expected text, got a map" },
		{ read_bool, "true", 1, NULL },
		{ read_bool, "false", 0, NULL },
		{ read_bool, "'true'", 1, NULL },
		{ read_bool, "yes", 0, "key: expected true or false, got 'yes'" },
		{ read_bool, "True", 0, "key: expected true or false, got 'True'" },
		{ read_bool, "", 0, "key: expected true or false, got nothing" },
		{ read_bool, "[true]", 0, "key: expected true or false, got a list" },
		{ gate_yaml_number, "0", 0, NULL },
		{ gate_yaml_number, "08", 8, NULL },
		{ gate_yaml_number, "010", 10, NULL },
		{ gate_yaml_number, "9223372036854775807", INT64_MAX, NULL },
		{ gate_yaml_number, "9223372036854775808", 0,
		  "key: '9223372036854775808' is too large" },
		{ gate_yaml_number, "99999999999999999999999999", 0,
		  "key: '99999999999999999999999999' is too large" },
		{ gate_yaml_number, "184467440737095516160", 0, /* ten times 2^64 */
		  "key: '184467440737095516160' is too large" },
		{ gate_yaml_number, "-1", 0, NUMBER "'-1'" },
		{ gate_yaml_number, "+1", 0, NUMBER "'+1'" },
		{ gate_yaml_number, "1.0", 0, NUMBER "'1.0'" },
		{ gate_yaml_number, "0x10", 0, NUMBER "'0x10'" },
		{ gate_yaml_number, "1_000", 0, NUMBER "'1_000'" },
		{ gate_yaml_number, "5 MiB", 0, NUMBER "'5 MiB'" },
		{ gate_yaml_number, "", 0, NUMBER "nothing" },
		{ gate_yaml_number, "''", 0, NUMBER "''" },
		{ gate_yaml_number, "{}", 0, NUMBER "a map" },
		{ gate_yaml_bytes, "500", 500, NULL },
		{ gate_yaml_bytes, "1KiB", 1024, NULL },
		{ gate_yaml_bytes, "1MiB", 1048576, NULL },
		{ gate_yaml_bytes, "2GiB", INT64_C(2147483648), NULL },
		{ gate_yaml_bytes, "1kB", 1000, NULL },
		{ gate_yaml_bytes, "1MB", 1000000, NULL },
		{ gate_yaml_bytes, "1GB", 1000000000, NULL },
		{ gate_yaml_bytes, "1mb", 0, BYTES "'1mb'" },
		{ gate_yaml_bytes, "1 MiB", 0, BYTES "'1 MiB'" },
		{ gate_yaml_bytes, "MiB", 0, BYTES "'MiB'" },
		{ gate_yaml_bytes, "9000000000GiB", 0, "key: '9000000000GiB' is too large" },
		{ gate_yaml_duration, "0s", 0, NULL },
		{ gate_yaml_duration, "30s", 30, NULL },
		{ gate_yaml_duration, "10m", 600, NULL },
		{ gate_yaml_duration, "12h", 43200, NULL },
		{ gate_yaml_duration, "90d", 7776000, NULL },
		{ gate_yaml_duration, "2w", 1209600, NULL },
		{ gate_yaml_duration, "30", 0, DURATION "'30'" },
		{ gate_yaml_duration, "1h30m", 0, DURATION "'1h30m'" },
		{ gate_yaml_duration, "1y", 0, DURATION "'1y'" },
		{ gate_yaml_duration, "[1d]", 0, DURATION "a list" },
		{ gate_yaml_duration, "99999999999999w", 0, "key: '99999999999999w' is too large" },
		{ gate_yaml_percent, "0%", 0, NULL },
		{ gate_yaml_percent, "15%", 150, NULL },
		{ gate_yaml_percent, "0.5%", 5, NULL },
		{ gate_yaml_percent, "99.9%", 999, NULL },
		{ gate_yaml_percent, "100%", 1000, NULL },
		{ gate_yaml_percent, "100.0%", 1000, NULL },
		{ gate_yaml_percent, "005%", 50, NULL },
		{ gate_yaml_percent, "100.1%", 0, PERCENT "'100.1%'" },
		{ gate_yaml_percent, "18446744073709551617%", 0,
		  PERCENT "'18446744073709551617%'" },
		{ gate_yaml_percent, "15", 0, PERCENT "'15'" },
		{ gate_yaml_percent, "0.55%", 0, PERCENT "'0.55%'" },
		{ gate_yaml_percent, "1.%", 0, PERCENT "'1.%'" },
		{ gate_yaml_percent, ".5%", 0, PERCENT "'.5%'" },
		{ gate_yaml_percent, "-1%", 0, PERCENT "'-1%'" },
		{ gate_yaml_percent, "15%%", 0, PERCENT "'15%%'" },
		{ gate_yaml_percent, "", 0, PERCENT "nothing" },
		{ gate_yaml_percent, "[]", 0, PERCENT "a list" },
		{ read_word, "error", 0, NULL },
		{ read_word, "'info'", 2, NULL },
		{ read_word, "waring", 0, "key: unknown 'waring', did you mean 'warning'?" },
		{ read_word, "Error", 0, "key: unknown 'Error', did you mean 'error'?" },
		{ read_word, "fatal", 0, "key: expected one of error, warning, info, got 'fatal'" },
		{ read_word, "", 0, "key: expected one of error, warning, info, got nothing" },
		{ read_word, "[error]", 0,
		  "key: expected one of error, warning, info, got a list" },
		{ read_min, "7", 7, NULL },
		{ read_max, "7", 7, NULL },
		{ read_min, "{ min: 3 }", 3, NULL },
		{ read_max, "{ min: 3 }", INT64_MAX, NULL },
		{ read_min, "{ max: 3 }", 0, NULL },
		{ read_max, "{ max: 3 }", 3, NULL },
		{ read_min, "{ min: 3, max: 3 }", 3, NULL },
		{ read_min, "x", 0, "key: expected a number or { min, max }, got 'x'" },
		{ read_min, "{}", 0, "key: expected a number or { min, max }, got a map" },
		{ read_min, "[1]", 0, "key: expected a number or { min, max }, got a list" },
		{ read_min, "", 0, "key: expected a number or { min, max }, got nothing" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
		GATE_AUTO(gate_yaml_free) struct gate_yaml_doc *doc = NULL;
		const struct gate_yaml *node;
		struct gate_error error = { 0 };
		int64_t value = -7;
		int code;

		gate_buf_printf(&buf, "\nkey: %s", cases[i].yaml);
		doc = parse(buf.ptr, buf.len);
		node = gate_yaml_get(gate_yaml_root(doc), "key");
		code = cases[i].read(&value, node, "key", &error);
		assert_string_equal(error.message, cases[i].message ? cases[i].message : "");
		assert_int_equal(code, cases[i].message ? GATE_ECONFIG : GATE_OK);
		assert_true(value == (cases[i].message ? -7 : cases[i].value));
		assert_int_equal(error.line, cases[i].message ? 2 : 0);
		assert_int_equal(error.column, cases[i].message ? node->column : 0);
	}
}

static void bad_ranges_are_refused_where_they_are_bad(void **state)
{
	static const struct {
		const char *yaml, *message;
		unsigned column;
	} cases[] = {
		{ "{ min: 5, max: 3 }", "size: min 5 is more than max 3", 8 },
		{ "{ min: x }", "min: expected a number, got 'x'", 8 },
		{ "{ min: 1, max: -1 }", "max: expected a number, got '-1'", 16 },
		{ "{ mim: 5 }", "unknown key 'mim' in size, did you mean 'min'?", 3 },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_yaml_free)
		struct gate_yaml_doc *doc = parse(cases[i].yaml, strlen(cases[i].yaml));
		struct gate_range range = { -1, -1 };
		struct gate_error error = { 0 };

		assert_int_equal(gate_yaml_range(&range, gate_yaml_root(doc), "size", &error),
		                 GATE_ECONFIG);
		assert_string_equal(error.message, cases[i].message);
		assert_int_equal(error.column, cases[i].column);
		assert_int_equal(range.min, -1);
	}
}

/* A text that needs more than one block of the arena and more than one growth of the stack. */
static void every_failed_allocation_is_reported(void **state)
{
	size_t len;
	char *bytes = repeat(&len, "a: {x: y}\nb:\n", "- [c, d, {e: f}]\n", 100, "");
	unsigned n = 0;
	int code;

	(void)state;
	do {
		struct gate_yaml_doc *doc = NULL;
		struct gate_error error = { 0 };

		fail_alloc(++n);
		code = gate_yaml_parse(&doc, "p.yml", bytes, len, &error);
		fail_alloc(0);
		assert_int_equal(doc == NULL, code != GATE_OK);
		assert_string_equal(error.message, code == GATE_OK ? "" : "out of memory");
		assert_true(code == GATE_OK || code == GATE_ENOMEM);
		gate_yaml_free(doc);
	} while (code == GATE_ENOMEM);
	free(bytes);
	assert_true(n > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_have_places),
		cmocka_unit_test(errors_have_places),
		cmocka_unit_test(limits_hold_and_are_named),
		cmocka_unit_test(many_keys_are_no_trap),
		cmocka_unit_test(the_document_keeps_what_it_needs),
		cmocka_unit_test(only_keys_names_the_nearest),
		cmocka_unit_test(scalars_are_what_their_reader_asks_for),
		cmocka_unit_test(bad_ranges_are_refused_where_they_are_bad),
		cmocka_unit_test(every_failed_allocation_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
