/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One path pattern means what it means to the real git. Each of many made-up patterns becomes the .gitignore of a folder
 * of its own, and git check-ignore is asked once about all paths in all folders.
 */
#include "tests/support/test.h"

#include "gate/base/file.h"
#include "gate/base/pathset.h"
#include "gate/base/process.h"

#include <unistd.h>

#define PATTERNS 600
#define PATHS 60

struct made {
	char text[64];
	struct gate_pathset *set;
};

/* The same numbers on every machine and every run. */
static size_t pick(uint64_t *seed, size_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(*seed >> 33) % n;
}

static void make_path(char path[64], uint64_t *seed)
{
	static const char *const names[] = {
		"a", "b", "ab", "ba", "c", "a.c", "x", "aa", "]", "-b"
	};
	size_t depth = 1 + pick(seed, 4);

	path[0] = '\0';
	for (size_t i = 0; i < depth; i++)
		snprintf(path + strlen(path), 64 - strlen(path), "%s%s", i ? "/" : "",
		         names[pick(seed, GATE_COUNT(names))]);
}

/*
 * "b**" followed by "/": the manual says that such stars are regular ones, but git (2.39) first compares the literal
 * "b", then takes the rest as a pattern that begins with stars, and so "b**" "/[ab]" matches "ba". We do as the manual
 * says.
 */
static bool git_is_at_odds_with_its_manual(const char *text)
{
	const char *stars = strstr(text, "**");

	while (stars && (stars == text || stars[-1] == '/' || stars[-1] == '*'))
		stars = strstr(stars + 1, "**");
	return stars;
}

/* Only what we take: what we refuse never matches in git, or is checked by the tests of errors. */
static void make_pattern(struct made *made, const char *folder, uint64_t *seed)
{
	static const char *const parts[] = {
		"a",    "b",   "*",   "**",   "?",    "/",     "/",     "/",
		"/**/", "**/", "/**", "[ab]", "[!a]", "[^b-]", "[a-b]", "[]x]",
		"\\a",  "*.c", "x",   "ab",   "***",  "[a/b]", "\\*",   "[[:alpha:]]"
	};
	struct gate_pattern pattern;

	do {
		size_t n = 1 + pick(seed, 6);

		made->text[0] = '\0';
		for (size_t i = 0; i < n; i++)
			snprintf(made->text + strlen(made->text),
			         sizeof(made->text) - strlen(made->text), "%s",
			         parts[pick(seed, GATE_COUNT(parts))]);
		pattern = (struct gate_pattern){ made->text, strlen(made->text) };
	} while (git_is_at_odds_with_its_manual(made->text) ||
	         gate_pathset_compile(&made->set, folder, &pattern, 1, NULL, NULL, NULL, NULL,
	                              NULL) < 0);
}

static const char *const unset[] = { "GIT_DIR",         "GIT_WORK_TREE", "GIT_INDEX_FILE",
	                             "XDG_CONFIG_HOME", "GIT_PREFIX",    NULL };
static const char *const set[] = { "HOME=/none", "GIT_CONFIG_NOSYSTEM=1",
	                           "GIT_CONFIG_GLOBAL=/dev/null", "LC_ALL=C", NULL };

static int run(struct gate_process_result *result, const char *dir, const char *const argv[],
               const struct gate_buf *input)
{
	const struct gate_process process = { .argv = argv,
		                              .dir = dir,
		                              .unset = unset,
		                              .set = set,
		                              .input = input ? input->ptr : NULL,
		                              .input_len = input ? input->len : 0,
		                              .max_output = (size_t)16 << 20,
		                              .timeout_ms = 25000 };

	return gate_process_run(result, &process, NULL);
}

/* Without the syncing of gate_file_write, which would be most of the time. */
static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* The records git prints: file, line, pattern, path, each with a NUL behind it. */
static void compare(const struct gate_buf *answer, const struct made made[PATTERNS])
{
	const char *at = answer->ptr, *end = at + answer->len;
	size_t records = 0, matches = 0;

	while (at < end) {
		const char *field[4];
		bool ours;

		for (size_t i = 0; i < 4; i++) {
			assert_true(at < end);
			field[i] = at;
			at += strlen(at) + 1;
		}
		ours = gate_pathset_match(made[records / PATHS].set, field[3], strlen(field[3]));
		if (ours != (field[0][0] != '\0'))
			fail_msg("pattern '%s', path '%s': git says %d, we say %d",
			         made[records / PATHS].text, field[3], !ours, ours);
		matches += ours;
		records++;
	}
	assert_int_equal(records, PATTERNS * PATHS);
	print_message("%zu of %zu pairs match\n", matches, records);
	assert_true(matches > records / 10 && matches < records * 9 / 10);
}

static void one_pattern_means_what_it_means_to_git(void **state)
{
	GATE_AUTO(gate_process_result_release) struct gate_process_result init = { 0 };
	GATE_AUTO(gate_process_result_release) struct gate_process_result asked = { 0 };
	GATE_AUTO(gate_process_result_release) struct gate_process_result removed = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf input = { 0 };
	char scratch[] = "/tmp/doragate-ignore-XXXXXX";
	static struct made made[PATTERNS];
	uint64_t seed = 2026;
	int code;

	(void)state;
	assert_non_null(mkdtemp(scratch));
	code = run(&init, scratch, (const char *const[]){ "git", "init", "-q", NULL }, NULL);
	if (code == GATE_ENOTFOUND) {
		rmdir(scratch);
		print_message("skipped: no git on PATH\n");
		skip();
	}
	assert_int_equal(init.status, 0);
	for (size_t i = 0; i < PATTERNS; i++) {
		char folder[16], file[80];

		snprintf(folder, sizeof(folder), "d%zu/", i);
		make_pattern(&made[i], folder, &seed);
		snprintf(file, sizeof(file), "%s/%s", scratch, folder);
		assert_ok(gate_mkdirs(file, 0755, err));
		snprintf(file, sizeof(file), "%s/%s.gitignore", scratch, folder);
		put(file, made[i].text);
		for (size_t k = 0; k < PATHS; k++) {
			char path[64];

			make_path(path, &seed);
			gate_buf_printf(&input, "%s%s", folder, path);
			gate_buf_putc(&input, '\0');
		}
	}
	code = run(&asked, scratch,
	           (const char *const[]){ "git", "check-ignore", "--no-index", "--stdin", "-z",
	                                  "-v", "-n", NULL },
	           &input);
	run(&removed, NULL, (const char *const[]){ "rm", "-rf", scratch, NULL }, NULL);
	assert_int_equal(code, GATE_OK);
	assert_int_equal(asked.status, 0);
	compare(&asked.out, made);
	for (size_t i = 0; i < PATTERNS; i++)
		gate_pathset_free(made[i].set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_pattern_means_what_it_means_to_git),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
