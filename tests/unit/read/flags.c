/* SPDX-License-Identifier: Apache-2.0 */
/* Registries of feature flags: what is off, where each flag stands, and what is wrong with a file. */
#include "gate/read/flags.h"

#include "gate/base/limits.h"
#include "tests/support/git.h"
#include "tests/support/oom.h"
#include "tests/support/snapshot.h"
#include "tests/support/test.h"

#include <time.h>

static const struct gate_flags_config defaults;

/* The flags of one file: "key line:column default(variant)[ disabled][ owner][ expires][ type]", one a line. */
static void describe(struct gate_buf *out, const struct gate_flags *flags)
{
	static const char *const names[] = { "off", "on", "unsaid" };

	for (size_t i = 0; i < flags->n; i++) {
		const struct gate_feature_flag *flag = &flags->items[i];

		gate_buf_printf(out, "%s %u:%u %s", flag->key, flag->line, flag->column,
		                names[flag->by_default]);
		if (flag->variant)
			gate_buf_printf(out, "(%s)", flag->variant);
		if (flag->disabled)
			gate_buf_puts(out, " disabled");
		if (flag->owner)
			gate_buf_printf(out, " owner=%s", flag->owner);
		if (flag->expires)
			gate_buf_printf(out, " expires=%s", flag->expires);
		if (flag->type)
			gate_buf_printf(out, " type=%s", flag->type);
		gate_buf_putc(out, '\n');
	}
}

static int read_one(struct gate_flags *out, const char *file, const char *text,
                    struct gate_error *err)
{
	int code = gate_flags_add(out, file, text, strlen(text), &defaults, err);

	return code == GATE_OK ? gate_flags_sort(out, err) : code;
}

static const struct {
	const char *file, *text, *flags;
} good[] = {
	/* flagd */
	{ "a.json",
	  "{ \"$schema\": \"https://flagd.dev/schema/v0/flags.json\",\n"
	  "  \"$evaluators\": { \"x\": { \"==\": [1, 2] } },\n"
	  "  \"flags\": {\n"
	  "    \"pay\": { \"state\": \"ENABLED\", \"variants\": { \"on\": true, \"off\": false },\n"
	  "             \"defaultVariant\": \"off\", \"targeting\": { \"if\": [] } },\n"
	  "    \"buy\": { \"state\": \"DISABLED\", \"variants\": { \"on\": true, \"off\": false "
	  "},\n"
	  "             \"defaultVariant\": \"on\", \"description\": \"x\" } } }\n",
	  "buy 6:5 on(on) disabled\npay 4:5 off(off)\n" },
	{ "a.json", "{\"flags\":{}}", "" },
	{ "a.json", "{\"flags\":{\"a\":{},\"b\":{\"variants\":{\"x\":1}}}}",
	  "a 1:11 unsaid\nb 1:18 unsaid\n" },
	{ "a.json", "{\"flags\":{\"b\":{\"variants\":{\"x\":1},\"defaultVariant\":null}}}",
	  "b 1:11 unsaid\n" },
	/* columns count characters, lines end with CR LF too */
	{ "a.json", "\xef\xbb\xbf{\"\xc3\xa9\": 1, \"flags\":{\"\xc3\xa9t\xc3\xa9\":{},\"b\":{}}}",
	  "b 1:28 unsaid\n\xc3\xa9t\xc3\xa9 1:19 unsaid\n" },
	{ "a.json", "{\"flags\":\r\n{\"a\":{},\r\n\"b\":{}}}", "a 2:2 unsaid\nb 3:1 unsaid\n" },
	{ "a.json", "{\"flags\":{\"\\u0070ay\\\"\":{}}}", "pay\" 1:11 unsaid\n" },
	/* a list, as the daemon takes it */
	{ "a.json",
	  "{\"flags\":[{\"key\":\"b\",\"variants\":{\"x\":1},\"defaultVariant\":\"x\"},\n"
	  "{\"state\":\"ENABLED\", \"key\":\"a\"}]}",
	  "a 2:27 unsaid\nb 1:18 on(x)\n" },
	/* the OpenFeature manifest */
	{ "a.json",
	  "{\"flags\":{\"a\":{\"flagType\":\"boolean\",\"defaultValue\":false},"
	  "\"b\":{\"defaultValue\":3},\"c\":{\"defaultValue\":\"off\"},"
	  "\"d\":{\"defaultValue\":\"x\"},\"e\":{\"defaultValue\":{\"a\":1}}}}",
	  "a 1:11 off(false)\nb 1:59 on(3)\nc 1:82 off(off)\nd 1:109 on(x)\ne 1:134 on(a map)\n" },
	/* metadata, of the flag before that of the file */
	{ "a.json",
	  "{\"metadata\":{\"owner\":\"shop\",\"version\":\"1\"},\"flags\":{\"a\":{\"metadata\":"
	  "{\"owner\":\"pay\",\"expires\":20261201,\"type\":true}},\"b\":{\"metadata\":{\"owner\":"
	  "null}}}}",
	  "a 1:53 unsaid owner=pay expires=20261201 type=true\nb 1:117 unsaid\n" },
	{ "a.json", "{\"metadata\":{\"owner\":\"shop\"},\"flags\":{\"a\":{}}}",
	  "a 1:39 unsaid owner=shop\n" },
	/* a plain list */
	{ "a.yml",
	  "- pay\n- 'buy now'\n- { key: ask, default: off, owner: shop, expires: 2026-12-01 }\n",
	  "ask 3:10 off(off) owner=shop expires=2026-12-01\nbuy now 2:3 unsaid\npay 1:3 unsaid\n" },
	{ "a.yaml", "[]\n", "" },
	{ "a.yaml", "", "" },
	/* a plain map */
	{ "a.yml",
	  "a: off\nb: true\nc: 0\nd:\ne: 0.5\nf: null\ng: ''\nh: no\ni: \"false\"\n"
	  "j: { default: control, type: release, jira: X-1 }\nk: { owner: shop }\nl: [1]\n",
	  "a 1:1 off(off)\nb 2:1 on(true)\nc 3:1 off(0)\nd 4:1 unsaid\ne 5:1 on(0.5)\n"
	  "f 6:1 off(null)\ng 7:1 off()\nh 8:1 on(no)\ni 9:1 off(false)\n"
	  "j 10:1 off(control) type=release\nk 11:1 unsaid owner=shop\nl 12:1 on(a list)\n" },
	/* flagd's shape in YAML */
	{ "a.yml",
	  "metadata: { owner: shop }\nflags:\n  pay:\n    state: DISABLED\n"
	  "    variants: { on: true, off: false }\n    defaultVariant: off\n"
	  "    metadata: { type: release }\n",
	  "pay 3:3 off(off) disabled owner=shop type=release\n" },
	{ "a.yml", "flags:\n- pay\n", "pay 2:3 unsaid\n" },
	{ "a.yml", "flags: off\n", "flags 1:1 off(off)\n" },
};

static void reads_what_others_write(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(good); i++) {
		GATE_AUTO(gate_flags_release) struct gate_flags flags = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

		print_message("%s\n", good[i].text);
		assert_ok(read_one(&flags, good[i].file, good[i].text, err));
		describe(&text, &flags);
		assert_string_equal(gate_buf_text(&text), good[i].flags);
	}
}

static const struct {
	const char *variants, *variant;
	enum gate_flag_default is;
} values[] = {
	{ "{\"on\":false}", "on", GATE_FLAG_OFF },
	{ "{\"off\":true}", "off", GATE_FLAG_ON },
	{ "{\"x\":0}", "x", GATE_FLAG_OFF },
	{ "{\"x\":-0.00e7}", "x", GATE_FLAG_OFF },
	{ "{\"x\":1e-9}", "x", GATE_FLAG_ON },
	{ "{\"off\":5}", "off", GATE_FLAG_ON },
	{ "{\"x\":\"\"}", "x", GATE_FLAG_OFF },
	{ "{\"x\":null}", "x", GATE_FLAG_OFF },
	{ "{\"x\":\"off\"}", "x", GATE_FLAG_ON },
	{ "{\"off\":\"old\"}", "off", GATE_FLAG_OFF },
	{ "{\"control\":\"old\"}", "control", GATE_FLAG_OFF },
	{ "{\"disabled\":{\"a\":1}}", "disabled", GATE_FLAG_OFF },
	{ "{\"none\":{}}", "none", GATE_FLAG_ON },
	{ "{\"off\":[]}", "off", GATE_FLAG_OFF },
	{ "{\"Off\":\"old\"}", "Off", GATE_FLAG_ON },
};

static void the_value_tells_and_else_the_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(values); i++) {
		GATE_AUTO(gate_flags_release) struct gate_flags flags = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

		gate_buf_printf(&text,
		                "{\"flags\":{\"a\":{\"variants\":%s,\"defaultVariant\":\"%s\"}}}",
		                values[i].variants, values[i].variant);
		print_message("%s\n", gate_buf_text(&text));
		assert_ok(read_one(&flags, "a.json", gate_buf_text(&text), err));
		assert_int_equal(flags.items[0].by_default, values[i].is);
	}
}

static const struct {
	const char *file, *text;
	unsigned line, column;
	const char *message;
} broken[] = {
	{ "a.json", "{\"flags\":", 1, 10, "expected a value, got the end" },
	{ "a.json", "[]", 1, 1,
	  "registers no flags: expected a map with 'flags', a map or a list" },
	{ "a.json", "{\"flags\": 1}", 1, 11,
	  "registers no flags: expected a map with 'flags', a map or a list" },
	{ "a.json", "{\"name\": \"x\"}", 1, 1,
	  "registers no flags: expected a map with 'flags', a map or a list" },
	{ "a.json", "{\"flags\":{\"a\":{},\n \"a\":{}}}", 2, 2, NULL },
	{ "a.json", "{\"flags\":{\"\":{}}}", 1, 11,
	  "'' is no key of a flag: it has neither letter nor digit" },
	{ "a.json", "{\"flags\":{\"--\":{}}}", 1, 11,
	  "'--' is no key of a flag: it has neither letter nor digit" },
	{ "a.json", "{\"flags\":{\"a\\u0000b\":{}}}", 1, 11, "'a' holds a NUL" },
	{ "a.json", "{\"flags\":{\"a\":true}}", 1, 15, "a flag: expected a map" },
	{ "a.json", "{\"flags\":[{}]}", 1, 11, "a flag: expected a map with a 'key'" },
	{ "a.json", "{\"flags\":[\"a\"]}", 1, 11, "a flag: expected a map with a 'key'" },
	{ "a.json", "{\"flags\":[{\"key\":\n1}]}", 2, 1, "a flag: expected a map with a 'key'" },
	{ "a.json", "{\"flags\":[{\"key\":\"a\"},\n{\"key\":\"b\"},{\"key\":\"a\"}]}", 2, 20,
	  "the flag 'a' stands already on line 1" },
	{ "a.json", "{\"flags\":{\"a\":{\"state\":\"ON\"}}}", 1, 24,
	  "state: expected ENABLED or DISABLED" },
	{ "a.json", "{\"flags\":{\"a\":{\"state\":true}}}", 1, 24,
	  "state: expected ENABLED or DISABLED" },
	{ "a.json", "{\"flags\":{\"a\":{\"variants\":[]}}}", 1, 27, "variants: expected a map" },
	{ "a.json", "{\"flags\":{\"a\":{\"variants\":{\"on\":1},\n\"defaultVariant\":\"off\"}}}", 2,
	  18, "defaultVariant: there is no such variant" },
	{ "a.json", "{\"flags\":{\"a\":{\"defaultVariant\":\"off\"}}}", 1, 33,
	  "defaultVariant: there is no such variant" },
	{ "a.json", "{\"flags\":{\"a\":{\"defaultVariant\":false}}}", 1, 33,
	  "defaultVariant: expected the name of a variant" },
	{ "a.json", "{\"flags\":{\"a\":{\"metadata\":{\"owner\":[]}}}}", 1, 36,
	  "metadata is text, a number, true or false" },
	{ "a.yml", "text\n", 1, 1, "registers no flags: expected a list or a map" },
	{ "a.yml", "- a\n- {}\n", 2, 3, "a flag: expected a key, or a map with 'key'" },
	{ "a.yml", "- [a]\n", 1, 3, "a flag: expected a key, or a map with 'key'" },
	{ "a.yml", "- a\n-\n", 2, 2, "the key of a flag: expected text, got nothing" },
	{ "a.yml", "- { key: [] }\n", 1, 10, "the key of a flag: expected text, got a list" },
	{ "a.yml", "- '.'\n", 1, 3, "'.' is no key of a flag: it has neither letter nor digit" },
	{ "a.yml", "- a\n- b\n- a\n", 3, 3, "the flag 'a' stands already on line 1" },
	{ "a.yml", "a: off\na: on\n", 2, 1, "duplicate key 'a', first on line 1" },
	{ "a.yml", "a: { state: disabled }\n", 1, 13,
	  "state: expected one of ENABLED, DISABLED, got 'disabled'" },
	{ "a.yml", "a: { variants: [] }\n", 1, 16, "variants: expected a map, got a list" },
	{ "a.yml", "a: { variants: { on: 1 }, defaultVariant: off }\n", 1, 43,
	  "defaultVariant: there is no variant 'off'" },
	{ "a.yml", "a: { owner: [] }\n", 1, 13, "owner: expected text, got a list" },
	{ "a.yml", "a: &x b\n", 1, 4, NULL },
};

static void names_what_is_wrong_and_where(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(broken); i++) {
		GATE_AUTO(gate_flags_release) struct gate_flags flags = { 0 };
		struct gate_error err = { 0 };

		print_message("%s\n", broken[i].text);
		assert_int_equal(read_one(&flags, broken[i].file, broken[i].text, &err),
		                 GATE_ECONFIG);
		if (broken[i].message)
			assert_string_equal(err.message, broken[i].message);
		assert_string_equal(err.file, broken[i].file);
		assert_int_equal(err.line, broken[i].line);
		assert_int_equal(err.column, broken[i].column);
	}
}

/* One key in the files of two environments is no fault; the nearest key is found for one that is not there. */
static void finds_every_entry_of_a_key(void **state)
{
	GATE_AUTO(gate_flags_release) struct gate_flags flags = { 0 };
	static const char dev[] = "pay: true\nbuy: off\n", prod[] = "pay: off\nask: off\n";
	const struct gate_feature_flag *found;
	const char *near;
	size_t n;

	(void)state;
	assert_ok(gate_flags_add(&flags, "dev.yml", dev, sizeof(dev) - 1, &defaults, err));
	assert_ok(gate_flags_add(&flags, "prod.yml", prod, sizeof(prod) - 1, &defaults, err));
	assert_ok(gate_flags_sort(&flags, err));
	assert_int_equal(flags.n_files, 2);
	assert_string_equal(flags.first, "dev.yml");
	found = gate_flags_find(&n, &flags, "pay");
	assert_int_equal(n, 2);
	assert_string_equal(found[0].file, "dev.yml");
	assert_int_equal(found[0].by_default, GATE_FLAG_ON);
	assert_string_equal(found[1].file, "prod.yml");
	assert_int_equal(found[1].by_default, GATE_FLAG_OFF);
	assert_non_null(gate_flags_find(&n, &flags, "ask"));
	assert_int_equal(n, 1);
	assert_null(gate_flags_find(&n, &flags, "pa"));
	assert_null(gate_flags_find(&n, &flags, "zz"));
	assert_ok(gate_flags_nearest(&near, &flags, "pya", err));
	assert_string_equal(near, "pay");
	assert_ok(gate_flags_nearest(&near, &flags, "checkout", err));
	assert_null(near);
}

static void a_key_has_a_limit(void **state)
{
	(void)state;
	for (int more = 0; more < 2; more++) {
		GATE_AUTO(gate_flags_release) struct gate_flags flags = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
		struct gate_error err = { 0 };

		gate_buf_printf(&text, "- k%0*d\n", GATE_MAX_FLAG_KEY_BYTES - 1 + more, 0);
		assert_int_equal(read_one(&flags, "a.yml", gate_buf_text(&text), &err),
		                 more ? GATE_ECONFIG : GATE_OK);
	}
}

static void files_have_a_limit(void **state)
{
	GATE_AUTO(gate_flags_release) struct gate_flags flags = { 0 };
	struct gate_error why = { 0 };

	(void)state;
	for (int i = 0; i < GATE_MAX_FLAG_FILES; i++)
		assert_ok(gate_flags_add(&flags, "a.yml", "", 0, &defaults, err));
	assert_int_equal(gate_flags_add(&flags, "b.yml", "", 0, &defaults, &why), GATE_ELIMIT);
	assert_string_equal(why.message, "more than 1000 files register flags");
	assert_string_equal(why.file, "b.yml");
}

/* `n` flags in flagd's format, each with so many bytes of description. */
static void add_many(struct gate_buf *out, int n, int description)
{
	gate_buf_puts(out, "{\n \"flags\": {\n");
	for (int i = 0; i < n; i++)
		gate_buf_printf(out,
		                "  \"flag-%d\": {\n   \"description\": \"%0*d\",\n"
		                "   \"state\": \"ENABLED\", \"variants\": {\"on\": true, \"off\": "
		                "false}, \"defaultVariant\": \"off\" }%s\n",
		                i, description, 0, i + 1 < n ? "," : "");
	gate_buf_puts(out, " }\n}\n");
}

static void ten_thousand_flags_take_no_time(void **state)
{
	GATE_AUTO(gate_flags_release) struct gate_flags flags = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	const struct gate_feature_flag *found;
	clock_t start;
	double seconds;
	size_t n;

	(void)state;
	add_many(&text, 10000, 900);
	assert_true(text.len > 10000000);
	start = clock();
	assert_ok(gate_flags_add(&flags, "a.json", text.ptr, text.len, &defaults, err));
	assert_ok(gate_flags_sort(&flags, err));
	seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	print_message("%zu bytes in %.3f s\n", text.len, seconds);
	assert_int_equal(flags.n, 10000);
	found = gate_flags_find(&n, &flags, "flag-9999");
	assert_int_equal(n, 1);
	assert_int_equal(found->line, 3 + 9999 * 3);
	assert_int_equal(found->column, 3);
	/* Counting lines from the start for each flag would take a minute. */
	assert_true(seconds < 5);
}

static void more_flags_than_the_limit_are_refused(void **state)
{
	GATE_AUTO(gate_flags_release) struct gate_flags flags = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	struct gate_error err = { 0 };

	(void)state;
	add_many(&text, GATE_MAX_FLAGS + 1, 1);
	assert_int_equal(read_one(&flags, "a.json", gate_buf_text(&text), &err), GATE_ELIMIT);
	assert_string_equal(err.message, "more than 100000 flags are registered");
}

/* From a commit and from the index; a symlink is no registry. */
static void reads_the_files_that_match(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	static const char policy[] =
		"version: 1\nflags: { registry: [flags/, \"*.flagd.json\"] }\n";
	char *scratch = test_scratch(), *dir = test_repo(scratch, "repo");

	(void)state;
	test_write(dir, "flags/b.yml", "- two\n");
	test_write(dir, "a/shop.flagd.json", "{\"flags\":{\"one\":{}}}");
	test_write(dir, "a/other.json", "no flags");
	test_git(dir, "add", "-A");
	test_git(dir, "commit", "-q", "-m", "Add flags");
	test_write(dir, "flags/c.yml", "- three\n");
	test_git(dir, "add", "-A");
	test_git_input(dir, "120000 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 0\tflags/link.yml\n",
	               "update-index", "--index-info");
	assert_ok(gate_config_load(&config, NULL, "p.yml", policy, sizeof(policy) - 1, err));
	assert_ok(gate_config_seal(config, err));
	for (int index = 0; index < 2; index++) {
		GATE_AUTO(test_snapshot_close) struct test_snapshot files = { 0 };
		GATE_AUTO(gate_flags_release) struct gate_flags flags = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

		test_snapshot_open(&files, dir, index ? NULL : "HEAD");
		assert_ok(gate_flags_load(&flags, &files.files, &config->flags, err));
		describe(&text, &flags);
		assert_string_equal(gate_buf_text(&text),
		                    index ? "one 1:11 unsaid\nthree 1:3 unsaid\ntwo 1:3 unsaid\n"
		                          : "one 1:11 unsaid\ntwo 1:3 unsaid\n");
		assert_int_equal(flags.n_files, index ? 3 : 2);
	}
	test_scratch_remove(scratch);
	free(dir);
}

/* Every file of one run, so that everything of it can fail. */
static int read_all(struct gate_error *err)
{
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < GATE_COUNT(good); i++) {
		GATE_AUTO(gate_flags_release) struct gate_flags flags = { 0 };
		const char *near;

		code = read_one(&flags, good[i].file, good[i].text, err);
		if (code == GATE_OK)
			code = gate_flags_nearest(&near, &flags, "x", err);
	}
	return code;
}

static void every_allocation_may_fail(void **state)
{
	bool failed = true;
	unsigned n = 0;

	(void)state;
	for (; failed; n++) {
		struct gate_error err = { 0 };
		int code;

		test_oom_arm(n);
		code = read_all(&err);
		failed = test_oom_disarm();
		if (code != (failed ? GATE_ENOMEM : GATE_OK))
			fail_msg("allocation %u: %d, '%s'", n, code, err.message);
	}
	assert_true(n > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_others_write),
		cmocka_unit_test(the_value_tells_and_else_the_name),
		cmocka_unit_test(names_what_is_wrong_and_where),
		cmocka_unit_test(finds_every_entry_of_a_key),
		cmocka_unit_test(a_key_has_a_limit),
		cmocka_unit_test(files_have_a_limit),
		cmocka_unit_test(ten_thousand_flags_take_no_time),
		cmocka_unit_test(more_flags_than_the_limit_are_refused),
		cmocka_unit_test(reads_the_files_that_match),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
