/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/base/limits.h"
#include "gate/base/pathset.h"
#include "tests/support/oom.h"

#define MANY 6

static size_t fill(struct gate_pattern patterns[MANY], const char *const texts[])
{
	size_t n = 0;

	for (; texts[n]; n++)
		patterns[n] = (struct gate_pattern){ texts[n], strlen(texts[n]) };
	return n;
}

static bool holds(const struct gate_pathset *set, const char *path)
{
	return gate_pathset_match(set, path, strlen(path));
}

static void one_pattern_is_gitignores(void **state)
{
	static const struct {
		const char *folder, *pattern, *in, *out; /* paths, a space between two */
	} cases[] = {
		/* Without a slash inside: at any depth. */
		{ "", "a", "a x/a a/b x/y/a/b", "b ab x/ab aa/b A" },
		{ "", "*.c", "x.c a/b/x.c d.c/x .c", "x.h x.cc c" },
		{ "", "a/", "a/b x/a/b a/b/c", "a x/a ab/c" },
		{ "", "**", "a a/b .x", "" },
		{ "", "*", "a a/b .x", "" },
		{ "", "a**b", "ab axb x/ab/c", "a/b" },
		{ "", "?", "a x/b a/bb", "ab ab/cd" },
		{ "", "a?c", "abc x/a-c", "ac a/c abbc" },
		{ "", "#a", "#a", "a" },
		{ "", "a ", "a\t", NULL },
		/* A slash in front or inside: from this folder. */
		{ "", "/a", "a a/b", "x/a ab" },
		{ "", "/*.c", "x.c x.c/a", "a/x.c" },
		{ "", "a/b", "a/b a/b/c", "x/a/b a a/bc" },
		{ "", "a/*", "a/b a/b/c", "a x/a/b" },
		{ "", "a/*/c", "a/b/c a/b/c/d", "a/c a/b/b/c" },
		{ "", "a/b/", "a/b/c", "a/b" },
		{ "", "/a/", "a/b", "a x/a/b" },
		/* Two stars that are a whole name: zero or more folders. */
		{ "", "**/a", "a x/a x/y/a/b", "xa x/ya" },
		{ "", "a/**", "a/b a/b/c", "a ab x/a/b" },
		{ "", "a/**/b", "a/b a/x/b a/x/y/b/z", "a x/a/b a/xb" },
		{ "", "a/**/", "a/x/f a/x/y/f", "a a/x" },
		{ "", "a/***/b", "a/b a/x/y/b", "a/xb" },
		{ "", "/**", "a a/b", "" },
		{ "", "**/", "a/b a/b/c", "a" },
		{ "", "a/**b", "a/b a/xb a/xb/c", "a/x/b" },
		{ "", "**/a/**/b/**", "a/b/c x/a/y/b/z a/b/b", "a/b x/a/b" },
		{ "", "a/**/**/b", "a/b a/x/b", "a" },
		{ "", "**/x/*.c", "x/a.c a/x/b.c", "x/a/b.c" },
		/* Classes. */
		{ "", "[ab]", "a b x/a", "c ab" },
		{ "", "[!ab]", "c x/d", "a ab" },
		{ "", "[^ab]", "c", "a" },
		{ "", "[a-cx]", "a b c x", "d -" },
		{ "", "[]-]x", "]x -x", "ax" },
		{ "", "[!]]x", "ax", "]x" },
		{ "", "[\\]]", "]", "\\ a" },
		{ "", "[[:digit:]_]", "7 _", "a : d" },
		{ "", "[[:alpha:]]", "a Z", "1" },
		{ "", "[[:punct:]]", "~ !", "a" },
		{ "", "[[:x]y", "[y :y xy", "y" },
		{ "", "a[/b]c", "abc abc/d", "a/c x/abc" },
		{ "", "\xc3?", "\xc3\xa9", "\xc3" },
		{ "", "[\x80-\xff]", "\xa9", "a" },
		/* Protected bytes. */
		{ "", "\\*", "* x/*", "a" },
		{ "", "\\!a", "!a", "a" },
		{ "", "\\$a", "$a", "a" },
		{ "", "a\\/b", "a/b", "x/a/b ab" },
		{ "", "a\\/", "a/b x/a/b", "a" },
		{ "", "\\{x}", "{x}", "x" },
		{ "", "{X}{}{x*}{1}{x", "{X}{}{x1}{1}{x", "x" },
		/* In a folder. */
		{ "s/[x]/", "a", "s/[x]/a s/[x]/y/a", "a s/x/a s/[x] t/a" },
		{ "s/", "/a", "s/a s/a/b", "a s/x/a" },
		{ "s/", "a/b", "s/a/b", "a/b s/x/a/b" },
		{ "s/", "**", "s/a s/a/b", "s a sa/b" },
		{ "s/", "/a*/c", "s/ab/c", "sab/c s/a" },
		{ "s/", "*/", "s/a/b", "s/a s a/b" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_pathset_free) struct gate_pathset *set = NULL;
		const struct gate_pattern pattern = { cases[i].pattern, strlen(cases[i].pattern) };

		print_message("%s%s\n", cases[i].folder, cases[i].pattern);
		assert_ok(gate_pathset_compile(&set, cases[i].folder, &pattern, 1, NULL, NULL, NULL,
		                               NULL, err));
		for (int out = 0; out < 2; out++) {
			const char *at = out ? cases[i].out : cases[i].in;

			/* The blank at the end of "a " is a byte like others, so it cannot part. */
			if (!cases[i].out) {
				assert_true(holds(set, "x/a /b"));
				assert_false(holds(set, "a"));
				break;
			}
			while (*at) {
				size_t len = strcspn(at, " ");

				print_message("    %s %.*s\n", out ? "out" : "in", (int)len, at);
				assert_int_equal(gate_pathset_match(set, at, len), !out);
				at += len + (at[len] == ' ');
			}
		}
	}
}

struct known {
	const char *name;
	const struct gate_pathset *set;
};

static const struct gate_pathset *find(const char *name, size_t len, void *payload)
{
	const struct known *known = payload;

	for (; known->name; known++)
		if (strlen(known->name) == len && !memcmp(known->name, name, len))
			return known->set;
	return NULL;
}

static void the_last_that_matches_decides(void **state)
{
	static const struct {
		const char *patterns[MANY];
		const char *path;
		bool match;
	} cases[] = {
		{ { "src/**", "!*.md" }, "src/a.c", true },
		{ { "src/**", "!*.md" }, "src/a.md", false },
		{ { "src/**", "!*.md" }, "other", false },
		{ { "src/", "!src/gen/", "src/gen/keep" }, "src/gen/keep", true },
		{ { "src/", "!src/gen/", "src/gen/keep" }, "src/gen/drop", false },
		{ { "!*.md", "src/" }, "src/a.md", true },
		{ { "src/", "!$tests" }, "src/x_test.c", false },
		{ { "src/", "!$tests" }, "src/x.c", true },
		{ { "$tests" }, "lib/x_test.c", true },
		{ { "$tests" }, "lib/slow_test.c", false },
		/* What a set takes out is not taken out of the set that names it. */
		{ { "lib/", "$tests" }, "lib/slow_test.c", true },
		{ { "lib/", "!$tests" }, "lib/slow_test.c", true },
		{ { "$tests", "!$tests" }, "lib/x_test.c", false },
		{ { "\\$tests" }, "$tests", true },
	};
	static const char *const tests[] = { "*_test.c", "!slow_*", NULL };
	GATE_AUTO(gate_pathset_free) struct gate_pathset *named = NULL;
	struct gate_pattern patterns[MANY];
	struct known known[] = { { "tests", NULL }, { NULL, NULL } };

	(void)state;
	assert_ok(gate_pathset_compile(&named, "", patterns, fill(patterns, tests), NULL, NULL,
	                               NULL, NULL, err));
	known[0].set = named;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_pathset_free) struct gate_pathset *set = NULL;
		size_t n = fill(patterns, cases[i].patterns);

		print_message("%s.. on %s\n", cases[i].patterns[0], cases[i].path);
		assert_ok(
			gate_pathset_compile(&set, "", patterns, n, find, known, NULL, NULL, err));
		assert_int_equal(holds(set, cases[i].path), cases[i].match);
	}
}

static void set_errors_name_pattern_and_byte(void **state)
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
		{ { "!a", "!b" }, 0, 1, "a set of only '!' holds nothing" },
		{ { "!$other" }, 0, 2, "unknown set '$other'" },
		{ { "a", "$tset" }, 1, 1, "unknown set '$tset'" },
		{ { "$" }, 0, 1, "no name follows '$'" },
		{ { "/" }, 0, 1, "'/' alone names nothing: all files are '/**'" },
		{ { "a", "!/" }, 1, 2, "'/' alone names nothing: all files are '/**'" },
		{ { "a//b" }, 0, 3, "a folder's name is missing before '/'" },
		{ { "a//" }, 0, 3, "a folder's name is missing before '/'" },
		{ { "//a" }, 0, 2, "a folder's name is missing before '/'" },
		{ { "**//a" }, 0, 4, "a folder's name is missing before '/'" },
		{ { "./a" }, 0, 1, "no path holds '.' or '..' as a name" },
		{ { "a/../b" }, 0, 3, "no path holds '.' or '..' as a name" },
		{ { "!a/.." }, 0, 4, "no path holds '.' or '..' as a name" },
		{ { "a\\" }, 0, 2, "nothing follows the last '\\'" },
		{ { "ab[c" }, 0, 3, "'[' is not closed" },
		{ { "[" }, 0, 1, "'[' is not closed" },
		{ { "[!" }, 0, 1, "'[' is not closed" },
		{ { "a[]" }, 0, 2, "'[' is not closed" },
		{ { "[a\\" }, 0, 1, "'[' is not closed" },
		{ { "[a-\\" }, 0, 1, "'[' is not closed" },
		{ { "[xz-a]" }, 0, 4, "the range 'z-a' is backwards" },
		{ { "x[[:foo:]]" }, 0, 3, "unknown class '[:foo:]'" },
		{ { "a/{x}" }, 0, 3, "unknown capture '{x}'" },
		{ { "{ab-1**}/x" }, 0, 1, "unknown capture '{ab-1**}'" },
	};
	struct known none = { NULL, NULL };

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_pathset *set = NULL;
		struct gate_pattern patterns[MANY];
		struct gate_error err = { 0 };
		size_t bad = 99, n = fill(patterns, cases[i].patterns);

		print_message("%s\n", cases[i].patterns[n - 1]);
		assert_int_equal(
			gate_pathset_compile(&set, "", patterns, n, find, &none, NULL, &bad, &err),
			GATE_ECONFIG);
		assert_null(set);
		assert_string_equal(err.message, cases[i].message);
		assert_int_equal(err.column, cases[i].column);
		assert_int_equal(bad, cases[i].bad);
	}
}

static void without_find_a_set_name_is_unknown(void **state)
{
	const struct gate_pattern pattern = { "$tests", 6 };
	struct gate_pathset *set = NULL;
	struct gate_error err = { 0 };

	(void)state;
	assert_int_equal(gate_pathset_compile(&set, "", &pattern, 1, NULL, NULL, NULL, NULL, &err),
	                 GATE_ECONFIG);
	assert_string_equal(err.message, "unknown set '$tests'");
}

static void nul_and_length_are_refused(void **state)
{
	char text[GATE_MAX_PATTERN_BYTES + 1];
	struct gate_pathset *set = NULL;
	struct gate_pattern pattern = { "a\0b", 3 };
	struct gate_error err = { 0 };

	(void)state;
	assert_int_equal(gate_pathset_compile(&set, "", &pattern, 1, NULL, NULL, NULL, NULL, &err),
	                 GATE_ECONFIG);
	assert_string_equal(err.message, "a pattern holds no NUL");
	assert_int_equal(err.column, 2);
	memset(text, 'a', sizeof(text));
	pattern = (struct gate_pattern){ text, sizeof(text) };
	assert_int_equal(gate_pathset_compile(&set, "", &pattern, 1, NULL, NULL, NULL, NULL, &err),
	                 GATE_ECONFIG);
	assert_string_equal(err.message, "the pattern is longer than 4096 bytes");
	assert_int_equal(err.column, 4097);
}

static void patterns_are_counted_through_sets(void **state)
{
	GATE_AUTO(gate_pathset_free) struct gate_pathset *tenth = NULL;
	struct gate_pathset *set = NULL;
	struct gate_pattern patterns[GATE_MAX_PATTERNS / 10];
	struct gate_error refused = { 0 };
	struct known known[] = { { "a", NULL }, { NULL, NULL } };
	size_t bad = 0;

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(patterns); i++)
		patterns[i] = (struct gate_pattern){ "x", 1 };
	assert_ok(gate_pathset_compile(&tenth, "", patterns, GATE_COUNT(patterns), NULL, NULL, NULL,
	                               NULL, err));
	known[0].set = tenth;
	for (size_t i = 0; i < 11; i++)
		patterns[i] = (struct gate_pattern){ "$a", 2 };
	assert_int_equal(
		gate_pathset_compile(&set, "", patterns, 11, find, known, NULL, &bad, &refused),
		GATE_ECONFIG);
	assert_string_equal(refused.message,
	                    "more than 10000 patterns, with those of the sets named");
	assert_int_equal(bad, 10);
	assert_ok(gate_pathset_compile(&set, "", patterns, 10, find, known, NULL, NULL, err));
	gate_pathset_free(set);
}

static void an_empty_set_holds_nothing(void **state)
{
	GATE_AUTO(gate_pathset_free) struct gate_pathset *set = NULL;

	(void)state;
	assert_ok(gate_pathset_compile(&set, "", NULL, 0, NULL, NULL, NULL, NULL, err));
	assert_false(holds(set, "a"));
}

static void captures_take_as_little_as_possible(void **state)
{
	static const struct {
		const char *folder, *pattern, *path;
		const char *captures; /* "name=value," each; NULL: no match */
	} cases[] = {
		{ "", "db/{n}.up.sql", "db/1.up.sql", "n=1," },
		{ "", "db/{n}.up.sql", "db/1.up.sql.up.sql", "n=1.up.sql," },
		{ "", "db/{n}.up.sql", "db/.up.sql", NULL },
		{ "", "db/{n}.up.sql", "db/x/1.up.sql", NULL },
		{ "", "db/{n}.up.sql", "x/db/1.up.sql", NULL },
		{ "", "db/{n}.up.sql", "db/1.up.sql/f", NULL },
		{ "", "{n}.up.sql", "a/b/1.up.sql", "n=1," },
		{ "", "{d**}/package.json", "package.json", "d=," },
		{ "", "{d**}/package.json", "a/package.json", "d=a," },
		{ "", "{d**}/package.json", "a/b/package.json", "d=a/b," },
		{ "", "{d**}/package.json", "a/xpackage.json", NULL },
		{ "", "{d**}/package.json", "package.json/x", NULL },
		{ "", "/{d**}/x", "a/x", "d=a," },
		{ "", "a/{d**}/b", "a/b", "d=," },
		{ "", "a/{d**}/b", "a/b/b", "d=b," },
		{ "", "a/{d**}/b", "a/x/y/b", "d=x/y," },
		{ "", "a/{d**}/b", "a", NULL },
		{ "", "a/{d**}/b", "a/", NULL },
		{ "", "{d**}/m/{e**}/f", "m/m/m/f", "d=,e=m/m," },
		{ "", "{d**}/m/{e**}/f", "a/m/b/c/f", "d=a,e=b/c," },
		{ "", "{d**}/**/f", "a/b/f", "d=," },
		{ "", "**/{s}/f", "a/b/f", "s=b," },
		{ "", "{a}-{b}", "x-y-z", "a=x,b=y-z," },
		{ "", "{a}-{b}", "-y-z", "a=-y,b=z," },
		{ "", "{a}{b}", "xyz", "a=x,b=yz," },
		{ "", "*{a}", "xyz", "a=xyz," },
		{ "", "{a}*", "xyz", "a=x," },
		{ "", "{a}?b*", "a1b2b3", "a=a," },
		{ "", "{s}/**/{f}.c", "a/b/c/d.c", "s=a,f=d," },
		{ "", "a/**", "a/b/c", "" },
		{ "", "a/**", "a", NULL },
		{ "", "**", "a/b", "" },
		{ "", "a", "x/a", "" },
		{ "", "a", "a/b", NULL },
		{ "", "/a/b", "a/b", "" },
		{ "", "/a/b", "a/b/c", NULL },
		{ "s/", "{d**}/x", "s/x", "d=," },
		{ "s/", "{d**}/x", "s/a/x", "d=a," },
		{ "s/", "{d**}/x", "x", NULL },
		{ "s/", "{f}", "s/t/x", "f=x," },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_glob_free) struct gate_glob *glob = NULL;
		GATE_AUTO(gate_buf_release) struct gate_buf got = { 0 };
		struct gate_captures found = { .n = 99 };
		const char *path = cases[i].path;

		print_message("%s on %s\n", cases[i].pattern, path);
		assert_ok(gate_glob_compile(&glob, cases[i].folder, cases[i].pattern,
		                            strlen(cases[i].pattern), err));
		assert_int_equal(gate_glob_match(glob, path, strlen(path), &found),
		                 cases[i].captures != NULL);
		assert_int_equal(gate_glob_match(glob, path, strlen(path), NULL),
		                 cases[i].captures != NULL);
		if (!cases[i].captures) {
			assert_int_equal(found.n, 99);
			continue;
		}
		for (size_t k = 0; k < found.n; k++) {
			assert_string_equal(found.items[k].name, gate_glob_capture_name(glob, k));
			gate_buf_printf(&got, "%s=%.*s,", found.items[k].name,
			                (int)found.items[k].len, found.items[k].value);
		}
		assert_null(gate_glob_capture_name(glob, found.n));
		assert_string_equal(gate_buf_text(&got), cases[i].captures);
	}
}

static void each_errors_name_the_byte(void **state)
{
	static const char places[] = ": only '/' may stand before it, and '/' must follow";
	static const struct {
		const char *pattern;
		unsigned column;
		const char *message;
	} cases[] = {
		{ "", 1, "the pattern is empty" },
		{ "!a", 1, "one pattern cannot begin with '!'; write '\\!' for the byte" },
		{ "$a", 1, "one pattern cannot begin with '$'; write '\\$' for the byte" },
		{ "a/", 2, "a pattern for files does not end in '/'" },
		{ "{x}/{x}", 5, "'{x}' stands twice in the pattern" },
		{ "{x**}/{x}", 7, "'{x}' stands twice in the pattern" },
		{ "a/{x**}", 3, "'{x**}' takes whole folders" },
		{ "a{x**}/b", 2, "'{x**}' takes whole folders" },
		{ "{x**}b/c", 1, "'{x**}' takes whole folders" },
		{ "{a}{b}{c}{d}{e}{f}{g}{h}{i}{j}{k}{l}{m}{n}{o}{p}{q}", 49,
		  "more than 16 captures in the pattern" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_glob *glob = NULL;
		struct gate_error err = { 0 };
		char message[200];

		print_message("%s\n", cases[i].pattern);
		assert_int_equal(gate_glob_compile(&glob, "", cases[i].pattern,
		                                   strlen(cases[i].pattern), &err),
		                 GATE_ECONFIG);
		assert_null(glob);
		snprintf(message, sizeof(message), "%s%s", cases[i].message,
		         strstr(cases[i].message, "takes") ? places : "");
		assert_string_equal(err.message, message);
		assert_int_equal(err.column, cases[i].column);
	}
}

static void what_is_put_in_is_literal(void **state)
{
	static const struct {
		const char *pattern, *value;
		bool folders;
		const char *in, *out; /* paths, a blank between two */
	} cases[] = {
		{ "db/{x}.down.sql", "1", false, "db/1.down.sql", "db/2.down.sql db/11.down.sql" },
		{ "db/{x**}.down.sql", "1", false, "db/1.down.sql", "db/2.down.sql" },
		{ "{x}.down.sql", "1", false, "1.down.sql a/1.down.sql", "2.down.sql" },
		/* Bytes that would mean something if they were written. */
		{ "{x}", "*", false, "* a/*", "b" },
		{ "{x}", "**", false, "**", "a" },
		{ "a/{x}/b", "**", false, "a/**/b", "a/b a/x/b" },
		{ "*{x}", "*", false, "* a*", "a" },
		{ "{x}", "[ab]", false, "[ab]", "a" },
		{ "{x}", "\\", false, "\\", "a" },
		{ "{x}", "{x}", false, "{x}", "x" },
		{ "{x}", "!a", false, "!a", "a b" },
		{ "{x}", "$a", false, "$a", "a" },
		{ "{x}", "?", false, "?", "a" },
		{ "{x}", "a b", false, "", "a" },
		/* Folders: always from this folder, however many they are. */
		{ "{x}/package-lock.json", "", true, "package-lock.json", "a/package-lock.json" },
		{ "{x}/l", "a", true, "a/l", "l b/a/l" },
		{ "{x**}/l", "a/b", true, "a/b/l", "l b/l x/a/b/l" },
		{ "/{x**}/l", "", true, "l", "a/l" },
		{ "a/{x**}/b", "", true, "a/b a/b/c", "a/x/b x/a/b" },
		{ "a/{x**}/b", "y", true, "a/y/b", "a/b" },
		{ "a/{x**}", "", true, "a/b", "a x/a/b" },
		{ "{x**}", "", true, "a a/b", "" },
		{ "{x**}/", "", true, "a a/b", "" },
		{ "{x**}/**", "", true, "a a/b", "" },
		{ "{x**}/*", "", true, "a a/b", "" },
		{ "{x**}", "a", true, "a a/b", "x/a" },
		{ "{x**}", "a/b", true, "a/b/c", "x/a/b/c" },
		{ "{x**}-l", "", true, "-l", "a/-l" },
		{ "{x**}-l", "a", true, "a-l", "x/a-l" },
		{ "{x**}/**/t", "a", true, "a/t a/b/t", "t b/t" },
		{ "{x}{x}", "a/b", true, "a/ba/b", "a/b" },
		/* A caller's value with a slash starts at the folder too. */
		{ "{x}", "a/b", false, "a/b", "x/a/b" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		const struct gate_pattern pattern = { cases[i].pattern, strlen(cases[i].pattern) };
		const struct gate_captures captures = {
			.items = { { "x", cases[i].value, strlen(cases[i].value),
			             cases[i].folders } },
			.n = 1,
		};

		print_message("%s with '%s'\n", cases[i].pattern, cases[i].value);
		for (int out = 0; out < 2; out++) {
			GATE_AUTO(gate_pathset_free) struct gate_pathset *set = NULL;
			const char *at = out ? cases[i].out : cases[i].in;

			assert_ok(gate_pathset_compile(&set, "", &pattern, 1, NULL, NULL, &captures,
			                               NULL, err));
			while (*at) {
				size_t len = strcspn(at, " ");

				assert_int_equal(gate_pathset_match(set, at, len), !out);
				at += len + (at[len] == ' ');
			}
		}
	}
}

static void what_is_put_in_stays_in_its_folder(void **state)
{
	GATE_AUTO(gate_pathset_free) struct gate_pathset *set = NULL;
	const struct gate_pattern pattern = { "{d**}/x", 7 };
	const struct gate_captures captures = { .items = { { "d", "", 0, true } }, .n = 1 };

	(void)state;
	assert_ok(gate_pathset_compile(&set, "s/", &pattern, 1, NULL, NULL, &captures, NULL, err));
	assert_true(holds(set, "s/x"));
	assert_false(holds(set, "x"));
	assert_false(holds(set, "s/a/x"));
}

static void next_capture_sees_what_the_compiler_sees(void **state)
{
	static const char text[] = "a{x}\\{y}[{z}]/{d-1**}/{}{Q}[{w}";
	const char *name = NULL;
	size_t at = 0, len = 0;

	(void)state;
	assert_true(gate_pattern_next_capture(text, strlen(text), &at, &name, &len));
	assert_int_equal(at, 4);
	assert_int_equal(len, 1);
	assert_memory_equal(name, "x", 1);
	assert_true(gate_pattern_next_capture(text, strlen(text), &at, &name, &len));
	assert_int_equal(len, 3);
	assert_memory_equal(name, "d-1", 3);
	assert_true(gate_pattern_next_capture(text, strlen(text), &at, &name, &len));
	assert_memory_equal(name, "w", 1);
	assert_false(gate_pattern_next_capture(text, strlen(text), &at, &name, &len));
}

static void each_allocation_may_fail(void **state)
{
	static const char *const texts[] = { "src/**/[ab]*{x**}/c", "!*.md", NULL };
	const struct gate_captures captures = { .items = { { "x", "p/q", 3, true } }, .n = 1 };
	struct gate_pattern patterns[MANY];
	size_t n = fill(patterns, texts);
	int code;

	(void)state;
	for (unsigned i = 0;; i++) {
		GATE_AUTO(gate_pathset_free) struct gate_pathset *set = NULL;
		GATE_AUTO(gate_glob_free) struct gate_glob *glob = NULL;

		test_oom_arm(i);
		code = gate_pathset_compile(&set, "s/", patterns, n, NULL, NULL, &captures, NULL,
		                            NULL);
		if (code == GATE_OK)
			code = gate_glob_compile(&glob, "s/", "{d**}/{x}.c", 11, NULL);
		if (!test_oom_disarm())
			break;
		assert_int_equal(code, GATE_ENOMEM);
		assert_null(glob);
	}
	assert_int_equal(code, GATE_OK);
}

/* Each of these has more ways to fail than can be tried. */
static void nasty_patterns_end_at_once(void **state)
{
	static const char *const parts[] = { "**/*a**", "*a", "**/a", "*a*/**/", "{x}" };
	static const size_t folder_lengths[] = { 1, 50, 5000 };
	char path[4096];

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(parts); i++) {
		GATE_AUTO(gate_pathset_free) struct gate_pathset *set = NULL;
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
		const struct gate_captures x = { .items = { { "x", "a", 1, false } }, .n = 1 };
		struct gate_pattern pattern;

		while (text.len < 1000) {
			gate_buf_puts(&text, parts[i]);
			if (parts[i][0] == '*' && parts[i][1] == '*')
				gate_buf_putc(&text, '/');
		}
		gate_buf_puts(&text, "b");
		pattern = (struct gate_pattern){ text.ptr, text.len };
		assert_ok(gate_pathset_compile(&set, "", &pattern, 1, NULL, NULL, &x, NULL, err));
		for (size_t k = 0; k < GATE_COUNT(folder_lengths); k++) {
			for (size_t at = 0; at < sizeof(path); at++)
				path[at] = at % (folder_lengths[k] + 1) == folder_lengths[k] ? '/'
				                                                             : 'a';
			path[sizeof(path) - 1] = 'a';
			assert_false(gate_pathset_match(set, path, sizeof(path)));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_pattern_is_gitignores),
		cmocka_unit_test(the_last_that_matches_decides),
		cmocka_unit_test(set_errors_name_pattern_and_byte),
		cmocka_unit_test(without_find_a_set_name_is_unknown),
		cmocka_unit_test(nul_and_length_are_refused),
		cmocka_unit_test(patterns_are_counted_through_sets),
		cmocka_unit_test(an_empty_set_holds_nothing),
		cmocka_unit_test(captures_take_as_little_as_possible),
		cmocka_unit_test(each_errors_name_the_byte),
		cmocka_unit_test(what_is_put_in_is_literal),
		cmocka_unit_test(what_is_put_in_stays_in_its_folder),
		cmocka_unit_test(next_capture_sees_what_the_compiler_sees),
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(nasty_patterns_end_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
