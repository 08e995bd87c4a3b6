/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/shell.h"

#include "gate/base/limits.h"
#include "gate/git/lines.h"

#include <stdio.h>
#include <stdlib.h>

static char *scratch;
static struct gate_repo *repo;

static int setup(void **state)
{
	(void)state;
	scratch = test_scratch();
	test_sh(scratch, "git init -q");
	assert_ok(gate_repo_open(&repo, scratch, err));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gate_repo_free(repo);
	test_scratch_remove(scratch);
	return 0;
}

static struct gate_oid blob_of(const char *bytes, size_t len)
{
	GATE_AUTO(gate_free)
	char *hex = test_shell(NULL, scratch, "git hash-object -w --stdin", bytes, len);
	struct gate_oid id;

	assert_ok(gate_oid_parse(&id, hex, strcspn(hex, "\n"), err));
	return id;
}

/** A file with these sides; NULL: it does not exist there. */
static struct gate_file file_of(const char *old_text, uint16_t old_mode, const char *new_text,
                                uint16_t new_mode)
{
	struct gate_file file = { .path = "f",
		                  .len = 1,
		                  .status = !old_text   ? GATE_FILE_ADDED
		                            : !new_text ? GATE_FILE_DELETED
		                                        : GATE_FILE_MODIFIED };

	if (old_text) {
		file.old_id = blob_of(old_text, strlen(old_text));
		file.old_mode = old_mode;
	}
	if (new_text) {
		file.new_id = blob_of(new_text, strlen(new_text));
		file.new_mode = new_mode;
	}
	return file;
}

static void print_lines(struct gate_buf *out, char sign, const struct gate_line lines[], size_t n,
                        const struct gate_blob *blob)
{
	for (size_t i = 0; i < n; i++)
		gate_buf_printf(out, "%c%u[%.*s]", sign, lines[i].number, (int)lines[i].len,
		                blob->bytes + lines[i].offset);
}

static void tells_added_and_deleted_lines(void **state)
{
	enum { FILE_ = 0100644, PROG = 0100755, LINK = 0120000, SUB = 0160000 };
	static const struct {
		const char *name, *old_text;
		uint16_t old_mode;
		const char *new_text;
		uint16_t new_mode;
		const char *expected;
	} cases[] = {
		{ "added", NULL, 0, "a\nb\n", FILE_, "+1[a]+2[b]" },
		{ "added without a line end", NULL, 0, "a\nb", FILE_, "+1[a]+2[b]" },
		{ "added, empty", NULL, 0, "", FILE_, "" },
		{ "added, an empty line", NULL, 0, "\n", FILE_, "+1[]" },
		{ "deleted", "a\r\nb\r\n", FILE_, NULL, 0, "-1[a]-2[b]" },
		{ "changed", "a\nb\nc\n", FILE_, "a\nx\nc\n", FILE_, "-2[b]+2[x]" },
		{ "changed from empty", "", FILE_, "a\n", FILE_, "+1[a]" },
		{ "changed to empty", "a\n", FILE_, "", FILE_, "-1[a]" },
		{ "appended", "a\n", FILE_, "a\nb\n", FILE_, "+2[b]" },
		{ "put in front", "b\n", FILE_, "a\nb\n", FILE_, "+1[a]" },
		{ "line end gone", "a\nb\n", FILE_, "a\nb", FILE_, "-2[b]+2[b]" },
		{ "line end come", "a\nb", FILE_, "a\nb\n", FILE_, "-2[b]+2[b]" },
		{ "no line end on either side", "a", FILE_, "b", FILE_, "-1[a]+1[b]" },
		{ "CRLF come", "a\nb\n", FILE_, "a\r\nb\n", FILE_, "-1[a]+1[a]" },
		{ "CR inside a line stays", "a\n", FILE_, "a\rb\r\r\n", FILE_, "-1[a]+1[a\rb\r]" },
		{ "two hunks", "a\nb\nc\nd\n", FILE_, "x\nb\nc\ny\nz\n", FILE_,
		  "-1[a]-4[d]+1[x]+4[y]+5[z]" },
		{ "mode only", "a\n", FILE_, "a\n", PROG, "" },
		{ "mode and content", "a\n", FILE_, "b\n", PROG, "-1[a]+1[b]" },
		{ "symlink", "a/b", LINK, "a/c", LINK, "-1[a/b]+1[a/c]" },
		{ "symlink with a line end", NULL, 0, "a\nb\n", LINK, "+1[a\nb\n]" },
		{ "file to symlink", "a\nb\n", FILE_, "a\n", LINK, "-1[a]-2[b]+1[a\n]" },
		{ "file to symlink, same blob", "a", FILE_, "a", LINK, "-1[a]+1[a]" },
		{ "symlink to file", "a", LINK, "a\nb\n", FILE_, "-1[a]+1[a]+2[b]" },
		{ "submodule", "x", SUB, "y", SUB, "" },
		{ "submodule to file", "x", SUB, "y\n", FILE_, "+1[y]" },
		{ "file to submodule", "x\n", FILE_, "y", SUB, "-1[x]" },
		{ "control bytes and no UTF-8", "\x01\x02\x03\n", FILE_, "\xff\xfe\n", FILE_,
		  "-1[\x01\x02\x03]+1[\xff\xfe]" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_file file = file_of(cases[i].old_text, cases[i].old_mode,
		                                cases[i].new_text, cases[i].new_mode);
		GATE_AUTO(gate_lines_release) struct gate_lines lines = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

		print_message("%s\n", cases[i].name);
		assert_ok(gate_lines_read(&lines, repo, &file, err));
		print_lines(&text, '-', lines.deleted, lines.n_deleted, &lines.old_blob);
		print_lines(&text, '+', lines.added, lines.n_added, &lines.new_blob);
		assert_string_equal(gate_buf_text(&text), cases[i].expected);
		assert_false(lines.binary);
		assert_false(lines.too_large);
	}
}

static void a_submodule_is_never_looked_up(void **state)
{
	struct gate_file file = { .path = "s", .len = 1, .old_mode = 0160000, .new_mode = 0160000 };
	GATE_AUTO(gate_lines_release) struct gate_lines lines = { 0 };

	(void)state;
	memset(&file.new_id, 1, sizeof(file.new_id));
	assert_ok(gate_lines_read(&lines, repo, &file, err));
	assert_int_equal(lines.n_added + lines.n_deleted, 0);
}

static void a_nul_early_on_means_binary(void **state)
{
	static const struct {
		size_t at;
		bool binary;
	} cases[] = { { 0, true }, { 7999, true }, { 8000, false } };
	char text[9000];

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++)
		for (int side = 0; side < 2; side++) {
			struct gate_file file = file_of("a\n", 0100644, "b\n", 0100644);
			GATE_AUTO(gate_lines_release) struct gate_lines lines = { 0 };

			memset(text, 'x', sizeof(text));
			text[cases[i].at] = '\0';
			*(side ? &file.new_id : &file.old_id) = blob_of(text, sizeof(text));
			assert_ok(gate_lines_read(&lines, repo, &file, err));
			assert_int_equal(lines.binary, cases[i].binary);
			/* text in place of what was binary is new; what is binary now has no lines */
			assert_int_equal(lines.n_added, !cases[i].binary || !side);
			assert_int_equal(lines.n_deleted, !cases[i].binary);
		}
}

static void large_files_have_unknown_lines(void **state)
{
	size_t sizes[] = { GATE_MAX_BLOB_BYTES, GATE_MAX_BLOB_BYTES + 1 };
	GATE_AUTO(gate_free) char *text = malloc(GATE_MAX_BLOB_BYTES + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', GATE_MAX_BLOB_BYTES + 1);
	test_sh(scratch, "git config core.compression 0");
	for (size_t i = 0; i < GATE_COUNT(sizes); i++) {
		struct gate_file file = { .new_mode = 0100644, .new_id = blob_of(text, sizes[i]) };
		GATE_AUTO(gate_lines_release) struct gate_lines lines = { 0 };

		assert_ok(gate_lines_read(&lines, repo, &file, err));
		assert_int_equal(lines.too_large, i);
		assert_int_equal(lines.n_added, i ? 0 : 1);
		assert_int_equal(lines.new_blob.len, i ? 0 : sizes[i]);
	}
}

static void so_do_files_of_very_many_lines(void **state)
{
	size_t sizes[] = { GATE_MAX_BLOB_LINES, GATE_MAX_BLOB_LINES + 1 };
	GATE_AUTO(gate_free) char *text = malloc(GATE_MAX_BLOB_LINES + 1);

	(void)state;
	assert_non_null(text);
	memset(text, '\n', GATE_MAX_BLOB_LINES + 1);
	for (size_t i = 0; i < GATE_COUNT(sizes); i++) {
		struct gate_file file = { .new_mode = 0100644, .new_id = blob_of(text, sizes[i]) };
		GATE_AUTO(gate_lines_release) struct gate_lines lines = { 0 };

		assert_ok(gate_lines_read(&lines, repo, &file, err));
		assert_int_equal(lines.too_large, i);
		assert_int_equal(lines.n_added, i ? 0 : sizes[i]);
	}
}

static void names_the_blob_that_is_missing(void **state)
{
	struct gate_file file = file_of("a\n", 0100644, "b\n", 0100644);
	struct gate_error failure = { 0 };
	struct gate_lines lines = { 0 };

	(void)state;
	memset(&file.new_id, 0x11, sizeof(file.new_id));
	assert_int_equal(gate_lines_read(&lines, repo, &file, &failure), GATE_ENOTFOUND);
	assert_string_equal(failure.message, "blob 1111111111111111111111111111111111111111 is not "
	                                     "in this repository");
	assert_null(lines.old_blob.bytes);
}

static unsigned random_below(unsigned *seed, unsigned n)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % n;
}

/** A few lines out of a small alphabet, so that there is much to match. */
static void random_text(struct gate_buf *out, unsigned *seed)
{
	unsigned n = random_below(seed, 40);

	for (unsigned i = 0; i < n; i++)
		gate_buf_printf(out, "%c%s", (int)('a' + random_below(seed, 6)),
		                i + 1 < n || random_below(seed, 3) ? "\n" : "");
}

/** The lines of a blob without the given ones, with a mark where one was taken out of order. */
static void without(struct gate_buf *out, const struct gate_blob *blob,
                    const struct gate_line lines[], size_t n)
{
	const char *at = blob->bytes, *end = at + blob->len;
	size_t next = 0;

	for (unsigned number = 1; at < end; number++) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		const char *after = lf ? lf + 1 : end;

		if (next < n && lines[next].number == number) {
			assert_ptr_equal(blob->bytes + lines[next].offset, at);
			assert_int_equal(lines[next].len, (lf ? lf : end) - at);
			next++;
		} else {
			gate_buf_add(out, at, (size_t)(after - at));
		}
		at = after;
	}
	assert_int_equal(next, n);
}

static void a_difference_leads_from_old_to_new_and_is_as_short_as_gits(void **state)
{
	enum { ROUNDS = 150 };
	GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };
	GATE_AUTO(gate_free) char *gits = NULL;
	unsigned seed = 7;

	(void)state;
	test_sh(scratch, "mkdir a b");
	for (int i = 0; i < ROUNDS; i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf old_text = { 0 }, new_text = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf old_rest = { 0 }, new_rest = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf script = { 0 };
		GATE_AUTO(gate_lines_release) struct gate_lines lines = { 0 };
		struct gate_file file;

		random_text(&old_text, &seed);
		random_text(&new_text, &seed);
		gate_buf_printf(&script, "printf '%s' >a/%03d; printf '%s' >b/%03d",
		                gate_buf_text(&old_text), i, gate_buf_text(&new_text), i);
		test_sh(scratch, script.ptr);
		file = file_of(gate_buf_text(&old_text), 0100644, gate_buf_text(&new_text),
		               0100644);
		assert_ok(gate_lines_read(&lines, repo, &file, err));
		if (gate_oid_equal(&file.old_id, &file.new_id))
			continue;
		without(&old_rest, &lines.old_blob, lines.deleted, lines.n_deleted);
		without(&new_rest, &lines.new_blob, lines.added, lines.n_added);
		assert_string_equal(gate_buf_text(&old_rest), gate_buf_text(&new_rest));
		gate_buf_printf(&ours, "%zu\t%zu\n", lines.n_added, lines.n_deleted);
	}
	gits = test_shell(NULL, scratch,
	                  "git diff --no-index --diff-algorithm=myers --no-indent-heuristic"
	                  " --no-renames --numstat a b | cut -f1,2",
	                  NULL, 0);
	assert_string_equal(ours.ptr, gits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_added_and_deleted_lines),
		cmocka_unit_test(a_submodule_is_never_looked_up),
		cmocka_unit_test(a_nul_early_on_means_binary),
		cmocka_unit_test(large_files_have_unknown_lines),
		cmocka_unit_test(so_do_files_of_very_many_lines),
		cmocka_unit_test(names_the_blob_that_is_missing),
		cmocka_unit_test(a_difference_leads_from_old_to_new_and_is_as_short_as_gits),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
