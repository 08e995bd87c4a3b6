/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/base/buf.h"
#include "gate/read/outline.h"

#include <stdio.h>

/* Each entry as "line path=value"; a document but the first in front as "#n ". */
static void print(struct gate_buf *out, const char *text, size_t len)
{
	struct gate_outline outline;

	gate_outline_init(&outline, text, len);
	while (gate_outline_next(&outline)) {
		if (outline.document)
			gate_buf_printf(out, "#%u ", outline.document);
		gate_buf_printf(out, "%u ", outline.line);
		for (size_t i = 0; i < outline.depth; i++) {
			const struct gate_outline_level *level = &outline.levels[i];

			gate_buf_puts(out, i ? "/" : "");
			if (level->item)
				gate_buf_putc(out, '-');
			else
				gate_buf_add(out, level->key.bytes, level->key.len);
		}
		gate_buf_putc(out, '=');
		gate_buf_add(out, outline.value.bytes, outline.value.len);
		gate_buf_putc(out, '\n');
	}
	assert_false(gate_buf_failed(out));
}

static const struct {
	const char *name, *text, *entries;
} cases[] = {
	{ "nothing", "", "" },
	{ "blank lines and comments", "\n  # a: b\n\n", "" },
	{ "keys", "a: 1\nb:\n  c: two words # not this\n  d: x#y\ne: 3\n",
	  "1 a=1\n2 b=\n3 b/c=two words\n4 b/d=x#y\n5 e=3\n" },
	{ "no newline at the end", "a:\n  b: c", "1 a=\n2 a/b=c\n" },
	{ "windows",
	  "\xef\xbb\xbf"
	  "a: 1\r\nb:\r\n  - c\r\n",
	  "1 a=1\n2 b=\n3 b/-=c\n" },
	{ "quotes", "'a b': \"c # d\"\n\"e\": 'it''s'\nf: \"x\\\"y\"\n",
	  "1 a b=c # d\n2 e=it''s\n3 f=x\\\"y\n" },
	{ "quotes over lines", "a: \"b:\n  c: d\"\ne: f\n", "1 a=b:\n  c: d\n3 e=f\n" },
	{ "a quote that is not closed", "a: \"b\nc: d\n", "1 a=b\n2 c=d\n" },
	{ "lists, deeper and not", "a:\n  - b\nc:\n- d\n- e\nf: g\n",
	  "1 a=\n2 a/-=b\n3 c=\n4 c/-=d\n5 c/-=e\n6 f=g\n" },
	{ "maps in lists", "a:\n  - b: 1\n    c: 2\n  - b: 3\nd: 4\n",
	  "1 a=\n2 a/-/b=1\n3 a/-/c=2\n4 a/-/b=3\n5 d=4\n" },
	{ "lists in lists", "- - a\n  - b\n-\n  - c\n", "1 -/-=a\n2 -/-=b\n4 -/-=c\n" },
	{ "an address is no key", "a:\n  - http://b:80\n  - \"c: d\"\n",
	  "1 a=\n2 a/-=http://b:80\n3 a/-=c: d\n" },
	{ "anchors, aliases, tags", "a: &x\n  b: !t c\nd: *x\ne: !reset []\nf:\n  <<: *x\n",
	  "1 a=\n2 a/b=c\n3 d=*x\n4 e=\n5 f=\n6 f/<<=*x\n" },
	{ "documents", "a: 1\n---\nb:\n  c: 2\n--- # d\ne: 3\n...\n",
	  "1 a=1\n#1 3 b=\n#1 4 b/c=2\n#2 6 e=3\n" },
	{ "block scalars", "a: |\n  b: c\n\n  d\ne:\n  - >-\n    f: g\n  - h\n",
	  "1 a=\n5 e=\n6 e/-=\n8 e/-=h\n" },
	{ "templates",
	  "a:\n  {{- if .b }}\n  c: {{ .d }}\n  {{- end }}\n  e: \"{{ .f }}\"\n{{ g }}: h\ni: j\n",
	  "1 a=\n3 a/c={{ .d }}\n5 a/e={{ .f }}\n7 i=j\n" },
	{ "map in braces", "a: { b: c, d: \"e\" , f }\ng: h\n", "1 a=\n1 a/b=c\n1 a/d=e\n2 g=h\n" },
	{ "list in brackets", "a: [b, 'c d', {e: f}, [g]]\nh: i\n",
	  "1 a=\n1 a/-=b\n1 a/-=c d\n1 a/-/e=f\n1 a/-/-=g\n2 h=i\n" },
	{ "brackets over lines", "a: [\n  b, # c\n  d\n]\ne: {\n f:\n  g}\nh: i\n",
	  "1 a=\n2 a/-=b\n3 a/-=d\n5 e=\n6 e/f=g\n8 h=i\n" },
	{ "templates in brackets", "a: [{{ .b }}, c]\nd: e\n", "1 a=\n1 a/-=c\n2 d=e\n" },
	{ "json", "{\n \"a\":{\"b\":[\"c\",1],\"d\":null},\n \"e\": \"f:g,\"\n}\n",
	  "2 a=\n2 a/b=\n2 a/b/-=c\n2 a/b/-=1\n2 a/d=null\n3 e=f:g,\n" },
	{ "brackets that are not closed", "a: [b\nc: d\n", "1 a=\n1 a/-=b\n2 a/-=c\n2 a/-=: d\n" },
	{ "lines that make no sense", "a\n: b\nc: d\n\te: f\n}\n", "3 c=d\n4 c/e=f\n" },
};

static void reads_what_has_a_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };

		printf("%s\n", cases[i].name);
		print(&out, cases[i].text, strlen(cases[i].text));
		assert_string_equal(gate_buf_text(&out), cases[i].entries);
	}
}

static void skips_what_is_too_deep(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 }, out = { 0 };

	(void)state;
	for (unsigned i = 0; i < 2 * GATE_MAX_YAML_DEPTH; i++)
		gate_buf_printf(&text, "%*sk%u:\n", (int)i, "", i);
	gate_buf_puts(&text, "last: 1\nb: ");
	for (unsigned i = 0; i < 2 * GATE_MAX_YAML_DEPTH; i++)
		gate_buf_puts(&text, "[");
	gate_buf_puts(&text, "\nend: 2\n");
	print(&out, text.ptr, text.len);
	assert_null(strstr(out.ptr, "k32"));
	assert_non_null(strstr(out.ptr, "32 k0/"));
	assert_non_null(strstr(out.ptr, "\n65 last=1\n66 b=\n67 end=2\n"));
}

static void compares_paths(void **state)
{
	static const struct {
		const char *path;
		bool equal;
	} paths[] = {
		{ "a/b/-/c", true },  { "a/*/-/c", true },    { "*/*/-/*", true },
		{ "a/b/*/c", false }, { "a/b/-/-", false },   { "a/b/-", false },
		{ "a/b", false },     { "a/b/-/c/d", false }, { "a/b/-/cc", false },
		{ "x/b/-/c", false },
	};
	static const char text[] = "a: { b: [{ c: d }] }\n";
	struct gate_outline outline;

	(void)state;
	gate_outline_init(&outline, text, strlen(text));
	while (gate_outline_next(&outline) && !outline.value.len)
		;
	for (size_t i = 0; i < GATE_COUNT(paths); i++) {
		printf("%s\n", paths[i].path);
		assert_int_equal(gate_outline_at(&outline, paths[i].path), paths[i].equal);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_has_a_place),
		cmocka_unit_test(skips_what_is_too_deep),
		cmocka_unit_test(compares_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
