/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/shell.h"

#include "gate/base/limits.h"
#include "gate/git/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char *scratch;

static int setup(void **state)
{
	(void)state;
	scratch = test_scratch();
	test_sh(scratch, "git init -q -b main");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	test_scratch_remove(scratch);
	return 0;
}

static struct gate_repo *open_repo(void)
{
	struct gate_repo *repo = NULL;

	assert_ok(gate_repo_open(&repo, scratch, err));
	return repo;
}

/** The id that a script prints. */
static struct gate_oid id_of(const char *script)
{
	GATE_AUTO(gate_free) char *hex = test_shell(NULL, scratch, script, NULL, 0);
	struct gate_oid id;

	assert_ok(gate_oid_parse(&id, hex, strcspn(hex, "\n"), err));
	return id;
}

/** The id of a tree with these lines of `git ls-tree`, each file's content being its name unless it has an id. */
static struct gate_oid tree_of(const char *lines)
{
	GATE_AUTO(gate_free)
	char *hex = test_shell(NULL, scratch,
	                       "export GIT_INDEX_FILE=$HOME/fixture; rm -f fixture\n"
	                       "while read -r mode path content; do\n"
	                       "  id=$(printf %s \"$content\" | git hash-object -w --stdin)\n"
	                       "  git update-index --add --cacheinfo \"$mode,$id,$path\"\n"
	                       "done; git write-tree",
	                       lines, strlen(lines));
	struct gate_oid id;

	assert_ok(gate_oid_parse(&id, hex, strcspn(hex, "\n"), err));
	return id;
}

/** As `git diff-tree --raw` writes it. */
static int print_file(const struct gate_file *file, void *payload)
{
	static const char status[] = {
		[GATE_FILE_ADDED] = 'A', [GATE_FILE_MODIFIED] = 'M', [GATE_FILE_DELETED] = 'D'
	};
	char old_hex[GATE_OID_HEX], new_hex[GATE_OID_HEX];
	char letter = status[file->status];

	assert_int_equal(strlen(file->path), file->len);
	if (letter == 'M' && (file->old_mode & 0170000) != (file->new_mode & 0170000))
		letter = 'T';
	gate_buf_printf(payload, ":%06o %06o %s %s %c\t%s\n", (unsigned)file->old_mode,
	                (unsigned)file->new_mode, gate_oid_hex(old_hex, &file->old_id),
	                gate_oid_hex(new_hex, &file->new_id), letter, file->path);
	return 0;
}

/** Short: status and path. */
static int print_name(const struct gate_file *file, void *payload)
{
	gate_buf_printf(payload, "%c %s\n", "AMD"[file->status], file -> path);
	return 0;
}

static const struct {
	const char *name, *old_tree, *new_tree;
} pairs[] = {
	{ "nothing at all", "", "" },
	{ "from nothing", "", "100644 a 1\n100755 b/c/d 2\n120000 e 3\n" },
	{ "to nothing", "100644 a 1\n100644 b/c/d 2\n100644 b/e 3\n", "" },
	{ "the same", "100644 a 1\n100644 b/c 2\n", "100644 a 1\n100644 b/c 2\n" },
	{ "changed", "100644 a 1\n100644 b/c 2\n100644 b/d 2\n",
	  "100644 a 2\n100644 b/c 3\n100644 b/d 2\n" },
	{ "mode", "100644 a 1\n", "100755 a 1\n" },
	{ "file to symlink", "100644 a 1\n", "120000 a 1\n" },
	{ "file to folder", "100644 a 1\n100644 a.b 1\n100644 a0 1\n",
	  "100644 a/x 1\n100644 a.b 1\n100644 a0 1\n" },
	{ "folder to file", "100644 a/x 1\n100644 a/y 2\n100644 a-b 2\n",
	  "100644 a 1\n100644 a-b 3\n" },
	{ "folders sort with a slash", "100644 a/x 1\n100644 a-b 1\n100644 a0 1\n100644 ab/c 1\n",
	  "100644 a/x 2\n100644 a-b 2\n100644 a0 2\n100644 ab/c 2\n" },
	{ "renamed", "100644 a/one 1\n", "100644 a/two 1\n" },
	{ "submodule", "160000 sub 1\n100644 a 1\n", "160000 sub 2\n100644 b 1\n" },
	{ "submodule to folder", "160000 sub 1\n", "100644 sub/a 1\n" },
	{ "odd names", "100644 m\xc3\xa4rchen 1\n",
	  "100644 \xff\xfe 1\n100644 \"q\" 1\n100644 -x 1\n" },
	{ "deep", "100644 a/b/c/d/e/f/g 1\n100644 a/b/h 1\n",
	  "100644 a/b/c/d/e/f/g 2\n100644 a/b/c/i 1\n" },
};

static void lists_what_git_diff_tree_lists(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;

	(void)state;
	assert_ok(gate_trees_new(&trees, repo, err));
	for (size_t i = 0; i < GATE_COUNT(pairs); i++) {
		struct gate_oid old_tree = tree_of(pairs[i].old_tree);
		struct gate_oid new_tree = tree_of(pairs[i].new_tree);
		GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 }, script = { 0 };
		GATE_AUTO(gate_free) char *gits = NULL;
		char old_hex[GATE_OID_HEX], new_hex[GATE_OID_HEX];

		print_message("%s\n", pairs[i].name);
		gate_buf_printf(&script,
		                "git diff-tree -r --no-renames --raw --no-abbrev -z %s %s |"
		                " tr '\\0' '\\n' | sed 'N;s/\\n/\\t/'",
		                gate_oid_hex(old_hex, &old_tree), gate_oid_hex(new_hex, &new_tree));
		gits = test_shell(NULL, scratch, script.ptr, NULL, 0);
		assert_ok(
			gate_trees_compare(trees, &old_tree, 1, &new_tree, print_file, &ours, err));
		assert_string_equal(gate_buf_text(&ours), gits);
	}
}

static void leaves_out_what_came_from_any_old_tree(void **state)
{
	static const struct {
		const char *name, *first, *second, *merged, *expected;
	} cases[] = {
		{ "from the first", "100644 a 1\n", "100644 a 2\n", "100644 a 1\n", "" },
		{ "from the second", "100644 a 1\n", "100644 a 2\n", "100644 a 2\n", "" },
		{ "from neither", "100644 a 1\n", "100644 a 2\n", "100644 a 3\n", "M a\n" },
		{ "added by the second", "100644 a 1\n", "100644 a 1\n100644 b 1\n",
		  "100644 a 1\n100644 b 1\n", "" },
		{ "added by both, mended", "100644 b 1\n", "100644 b 2\n", "100644 b 3\n",
		  "M b\n" },
		{ "in the second only, changed", "100644 a 1\n", "100644 b/c 1\n", "100644 b/c 2\n",
		  "A b/c\n" },
		{ "added by the merge", "100644 a 1\n", "100644 a 1\n", "100644 a 1\n100644 b 1\n",
		  "A b\n" },
		{ "deleted by one", "100644 a 1\n100644 b 1\n", "100644 a 1\n", "100644 a 1\n",
		  "" },
		{ "deleted by the other", "100644 a 1\n", "100644 a 1\n100644 b/c 1\n",
		  "100644 a 1\n", "" },
		{ "deleted by the merge", "100644 a 1\n100644 b/c 1\n100644 b/d 1\n",
		  "100644 a 1\n100644 b/c 2\n100644 b/e 1\n", "100644 a 1\n", "D b/c\n" },
		{ "deleted in a folder that stays", "100644 b/c 1\n100644 b/x 1\n",
		  "100644 b/c 2\n100644 b/d 1\n", "100644 b/z 1\n", "D b/c\nA b/z\n" },
		{ "file in one, folder in the other", "100644 b 1\n", "100644 b/c 1\n",
		  "100644 a 1\n", "A a\n" },
		{ "mode of one, content of the other", "100644 a 1\n", "100755 a 2\n",
		  "100755 a 1\n", "M a\n" },
		{ "folder from the second, as it is", "100644 b/c 1\n",
		  "100644 b/c 2\n100644 b/d 2\n", "100644 b/c 2\n100644 b/d 2\n100644 e 1\n",
		  "A e\n" },
	};
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;

	(void)state;
	assert_ok(gate_trees_new(&trees, repo, err));
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_oid olds[] = { tree_of(cases[i].first), tree_of(cases[i].second) };
		struct gate_oid merged = tree_of(cases[i].merged);
		GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };

		print_message("%s\n", cases[i].name);
		assert_ok(gate_trees_compare(trees, olds, 2, &merged, print_name, &ours, err));
		assert_string_equal(gate_buf_text(&ours), cases[i].expected);
	}
}

static void old_values_are_those_of_the_first(void **state)
{
	struct gate_oid olds[] = { tree_of("100644 a 1\n"), tree_of("100755 a 2\n") };
	struct gate_oid merged = tree_of("120000 a 3\n");
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };

	(void)state;
	assert_ok(gate_trees_new(&trees, repo, err));
	assert_ok(gate_trees_compare(trees, olds, 2, &merged, print_file, &ours, err));
	assert_string_equal(ours.ptr, ":100644 120000 56a6051ca2b02b04ef92d5150c9ef600403cb1de "
	                              "e440e5c842586965a7fb77deda2eca68612b1f53 T\ta\n");
}

static void without_olds_every_file_is_added(void **state)
{
	struct gate_oid tree = tree_of("100644 a 1\n100644 b/c 2\n");
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };

	(void)state;
	assert_ok(gate_trees_new(&trees, repo, err));
	assert_ok(gate_trees_compare(trees, NULL, 0, &tree, print_name, &ours, err));
	assert_string_equal(ours.ptr, "A a\nA b/c\n");
	gate_buf_reset(&ours);
	assert_ok(
		gate_trees_compare(trees, &gate_oid_empty_tree, 1, &tree, print_name, &ours, err));
	assert_string_equal(ours.ptr, "A a\nA b/c\n");
}

static int stop_at_second(const struct gate_file *file, void *payload)
{
	int *calls = payload;

	(void)file;
	return ++*calls == 2 ? 77 : 0;
}

static void stops_when_told_and_goes_on_afterwards(void **state)
{
	struct gate_oid tree = tree_of("100644 a 1\n100644 b/c 2\n100644 d 3\n");
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };
	int calls = 0;

	(void)state;
	assert_ok(gate_trees_new(&trees, repo, err));
	assert_int_equal(gate_trees_compare(trees, NULL, 0, &tree, stop_at_second, &calls, NULL),
	                 77);
	assert_int_equal(calls, 2);
	assert_ok(gate_trees_compare(trees, NULL, 0, &tree, print_name, &ours, err));
	assert_string_equal(ours.ptr, "A a\nA b/c\nA d\n");
}

/* Raw entries, written past git's checks. */
#define ZERO_ID \
	"\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000" \
	"\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000"
#define RAW(bytes) "printf '" bytes "' | git hash-object -w --literally -t tree --stdin"

static void refuses_damaged_trees(void **state)
{
	static const struct {
		const char *name, *script;
	} cases[] = {
		{ "no mode", RAW(" a\\0" ZERO_ID) },
		{ "no octal mode", RAW("100648 a\\0" ZERO_ID) },
		{ "huge mode", RAW("77777777777777777 a\\0" ZERO_ID) },
		{ "mode alone", RAW("100644") },
		{ "no name", RAW("100644 \\0" ZERO_ID) },
		{ "slash in the name", RAW("100644 a/b\\0" ZERO_ID) },
		{ "no NUL", RAW("100644 a") },
		{ "short id", RAW("100644 a\\0\\0\\0") },
		{ "rubbish behind", RAW("100644 a\\0" ZERO_ID "x") },
	};
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;

	(void)state;
	assert_ok(gate_trees_new(&trees, repo, err));
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_oid tree = id_of(cases[i].script), id;
		GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };
		struct gate_error failure = { 0 };
		char message[80], hex[GATE_OID_HEX];
		uint16_t mode;

		print_message("%s\n", cases[i].name);
		snprintf(message, sizeof(message), "tree %s is damaged", gate_oid_hex(hex, &tree));
		assert_int_equal(
			gate_trees_compare(trees, NULL, 0, &tree, print_name, &ours, &failure),
			GATE_EGIT);
		assert_string_equal(failure.message, message);
		assert_int_equal(gate_tree_find(&id, &mode, trees, &tree, "zz", &failure),
		                 GATE_EGIT);
		assert_string_equal(failure.message, message);
	}
}

static void reads_old_modes_as_git_does(void **state)
{
	struct gate_oid tree = id_of(RAW("100664 a\\0" ZERO_ID "100775 b\\0" ZERO_ID));
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };
	struct gate_oid id;
	uint16_t mode;

	(void)state;
	assert_ok(gate_trees_new(&trees, repo, err));
	assert_ok(gate_trees_compare(trees, NULL, 0, &tree, print_file, &ours, err));
	assert_non_null(strstr(ours.ptr, ":000000 100644 "));
	assert_non_null(strstr(ours.ptr, ":000000 100755 "));
	assert_ok(gate_tree_find(&id, &mode, trees, &tree, "b", err));
	assert_int_equal(mode, 0100755);
}

static void wrong_order_and_duplicates_end(void **state)
{
	struct gate_oid odd =
		id_of(RAW("100644 b\\0" ZERO_ID "100644 a\\0" ZERO_ID "100644 a\\0" ZERO_ID
	                  "40000 a\\0\\113\\202\\135\\306\\102\\313\\156\\271\\240\\140"
	                  "\\345\\113\\370\\326\\222\\210\\373\\356\\111\\004"));
	struct gate_oid sane = id_of(RAW("100644 a\\0" ZERO_ID "100644 b\\0" ZERO_ID));
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };

	(void)state;
	assert_ok(gate_trees_new(&trees, repo, err));
	assert_ok(gate_trees_compare(trees, &sane, 1, &odd, print_name, &ours, err));
	assert_string_equal(ours.ptr, "D a\nA a\nA a\n");
	gate_buf_reset(&ours);
	assert_ok(gate_trees_compare(trees, &odd, 1, &sane, print_name, &ours, err));
	assert_string_equal(ours.ptr, "A a\nD a\nD a\n");
}

static void names_the_tree_that_is_missing(void **state)
{
	static const char missing[] =
		"tree ce013625030ba8dba906f756967f9e9ca394464a is not in this "
		"repository";
	/* "hello\n" as a blob is not written, and its id serves as that of a tree. */
	struct gate_oid tree = id_of("printf '100644 blob %s\\ta\\n040000 tree %s\\td\\n'"
	                             " $(echo x | git hash-object -w --stdin)"
	                             " $(echo hello | git hash-object --stdin) |"
	                             " git mktree --missing");
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };
	struct gate_error failure = { 0 };
	struct gate_oid id;
	uint16_t mode;

	(void)state;
	assert_ok(gate_trees_new(&trees, repo, err));
	assert_int_equal(gate_trees_compare(trees, NULL, 0, &tree, print_name, &ours, &failure),
	                 GATE_ENOTFOUND);
	assert_string_equal(failure.message, missing);
	assert_ok(gate_tree_find(&id, &mode, trees, &tree, "d", err));
	assert_int_equal(gate_tree_find(&id, &mode, trees, &tree, "d/x", &failure), GATE_EGIT);
	assert_string_equal(failure.message, missing);
	assert_int_equal(failure.code, GATE_EGIT);
	assert_int_equal(gate_tree_find(&id, &mode, trees, &tree, "no", &failure), GATE_ENOTFOUND);
	/* Equal trees are not read, so a clone without them can still say that nothing changed. */
	assert_ok(gate_oid_parse(&id, "1111111111111111111111111111111111111111", 40, err));
	assert_ok(gate_trees_compare(trees, &id, 1, &id, print_name, &ours, err));
}

static void a_blob_is_no_tree(void **state)
{
	struct gate_oid blob = id_of("echo x | git hash-object -w --stdin");
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;
	struct gate_error failure = { 0 };

	(void)state;
	assert_ok(gate_trees_new(&trees, repo, err));
	assert_int_equal(gate_trees_compare(trees, NULL, 0, &blob, print_name, NULL, &failure),
	                 GATE_EGIT);
	assert_string_equal(failure.message,
	                    "object 587be6b4c3f93f93c489c0111bba5596147a26cb is not a tree");
}

/* Each tree holds the one before it under a long name. */
static struct gate_oid nested(unsigned depth, unsigned name)
{
	GATE_AUTO(gate_buf_release) struct gate_buf script = { 0 };

	gate_buf_printf(
		&script,
		"name=$(printf '%%0*d' %u 0)\n"
		"tree=$(printf '100644 blob %%s\\tx\\n' $(echo x | git hash-object -w --stdin) |"
		" git mktree)\n"
		"i=0; while [ $i -lt %u ]; do i=$((i+1)); printf '040000 tree %%s\\t%%s\\n'"
		" $tree $name >in; tree=$(git mktree <in); done; echo $tree",
		name, depth);
	return id_of(script.ptr);
}

static void paths_have_a_limit(void **state)
{
	struct gate_oid tree = nested(70, 1000);
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };
	struct gate_error failure = { 0 };

	(void)state;
	assert_ok(gate_trees_new(&trees, repo, err));
	assert_int_equal(gate_trees_compare(trees, NULL, 0, &tree, print_name, &ours, &failure),
	                 GATE_ELIMIT);
	assert_string_equal(failure.message, "a path has more than 65535 bytes");
}

static void folders_have_a_limit(void **state)
{
	/* A tree that means 2 to the power of 30 folders, without a single file. */
	struct gate_oid bomb = id_of("tree=$(git mktree </dev/null); i=0\n"
	                             "while [ $i -lt 30 ]; do i=$((i+1))\n"
	                             "printf '040000 tree %s\\ta\\n040000 tree %s\\tb\\n'"
	                             " $tree $tree >in; tree=$(git mktree <in); done; echo $tree");
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;
	struct gate_error failure = { 0 };

	(void)state;
	assert_ok(gate_trees_new(&trees, repo, err));
	assert_int_equal(gate_trees_compare(trees, NULL, 0, &bomb, print_name, NULL, &failure),
	                 GATE_ELIMIT);
	assert_string_equal(failure.message, "more than 4000000 folders differ");
}

static void finds_files_and_folders(void **state)
{
	static const struct {
		const char *path;
		unsigned mode; /* 0: there is none */
	} cases[] = {
		{ "a", 0100644 },   { "b", 0040000 }, { "b/c", 0040000 }, { "b/c/d", 0100755 },
		{ "b/l", 0120000 }, { "s", 0160000 }, { "", 0 },          { "b/", 0 },
		{ "/a", 0 },        { "a/x", 0 },     { "s/x", 0 },       { "bb", 0 },
		{ "b/c/d/e", 0 },   { "b/c/dd", 0 },  { "b//c", 0 },
	};
	static const char files[] = "100644 a 1\n100755 b/c/d 2\n120000 b/l 3\n160000 s 4\n";
	struct gate_oid tree = tree_of(files);
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;

	(void)state;
	test_sh(scratch, "cp fixture .git/index");
	assert_ok(gate_trees_new(&trees, repo, err));
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_error failure = { 0 };
		struct gate_oid id, staged_id;
		uint16_t mode = 0, staged_mode = 0;
		int code = gate_tree_find(&id, &mode, trees, &tree, cases[i].path, &failure);

		print_message("'%s'\n", cases[i].path);
		assert_int_equal(code, cases[i].mode ? GATE_OK : GATE_ENOTFOUND);
		assert_int_equal(mode, cases[i].mode);
		assert_int_equal(
			gate_index_find(&staged_id, &staged_mode, repo, cases[i].path, &failure),
			code);
		assert_int_equal(staged_mode, cases[i].mode);
		if (mode == 0040000)
			assert_true(gate_oid_is_zero(&staged_id));
		else if (mode)
			assert_true(gate_oid_equal(&id, &staged_id));
	}
}

/** Everything in the git folder that a reader might touch. */
static char *fingerprint(void)
{
	return test_shell(NULL, scratch,
	                  "find . -type f -printf '%p %T@ %i ' -exec cksum {} \\; | sort", NULL, 0);
}

static void compares_the_index_as_git_diff_does(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(pairs); i++) {
		struct gate_oid old_tree = tree_of(pairs[i].old_tree);
		GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 }, script = { 0 };
		GATE_AUTO(gate_free) char *gits = NULL, *before = NULL, *after = NULL;
		char hex[GATE_OID_HEX];

		print_message("%s\n", pairs[i].name);
		tree_of(pairs[i].new_tree);
		gate_buf_printf(&script,
		                "mv -f fixture .git/index\n"
		                "git diff-index --cached --no-renames --raw --no-abbrev -z %s |"
		                " tr '\\0' '\\n' | sed 'N;s/\\n/\\t/'",
		                gate_oid_hex(hex, &old_tree));
		gits = test_shell(NULL, scratch, script.ptr, NULL, 0);
		before = fingerprint();
		assert_ok(gate_index_compare(repo, &old_tree, print_file, &ours, err));
		after = fingerprint();
		assert_string_equal(gate_buf_text(&ours), gits);
		assert_string_equal(after, before);
	}
}

static int replace_and_find(const struct gate_file *file, void *payload)
{
	struct gate_repo *repo = payload;
	struct gate_oid id;
	uint16_t mode;

	test_sh(scratch, "cp .git/index again; mv -f again .git/index");
	assert_ok(gate_index_find(&id, &mode, repo, "a", err));
	assert_true(!strcmp(file->path, "a") || !strcmp(file->path, "b/c"));
	return 0;
}

static void the_index_may_be_replaced_while_it_is_listed(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();

	(void)state;
	tree_of("100644 b/c 1\n100644 a 1\n");
	test_sh(scratch, "mv -f fixture .git/index");
	assert_ok(gate_index_list(repo, replace_and_find, repo, err));
	test_sh(scratch, "rm .git/index");
}

static void lists_the_index(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };

	(void)state;
	tree_of("100644 b/c 1\n100644 a 1\n");
	test_sh(scratch, "mv -f fixture .git/index; git config core.ignorecase true");
	assert_ok(gate_index_list(repo, print_name, &ours, err));
	assert_string_equal(ours.ptr, "A a\nA b/c\n");
	test_sh(scratch, "rm .git/index; git config --unset core.ignorecase");
	gate_buf_reset(&ours);
	assert_ok(gate_index_list(repo, print_name, &ours, err));
	assert_string_equal(ours.ptr, "");
}

static void an_intent_to_add_is_not_there(void **state)
{
	struct gate_oid tree = tree_of("100644 a 1\n"), id;
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };
	uint16_t mode;

	(void)state;
	test_sh(scratch, "mv -f fixture .git/index; echo n >new; git add -N new;"
	                 " git rm -q --cached a; echo 2 >a; git add -N a");
	assert_ok(gate_index_compare(repo, &tree, print_name, &ours, err));
	assert_string_equal(ours.ptr, "D a\n");
	assert_int_equal(gate_index_find(&id, &mode, repo, "new", NULL), GATE_ENOTFOUND);
	test_sh(scratch, "rm -f .git/index a new");
}

static void unmerged_paths_are_named(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	struct gate_error failure = { 0 };

	(void)state;
	test_sh(scratch, "id=$(echo x | git hash-object -w --stdin); rm -f .git/index\n"
	                 "printf '100644 %s 0\\ta\\n100644 %s 1\\tb/c\\n100644 %s 2\\tb/c\\n100644 "
	                 "%s 2\\td\\n'"
	                 " $id $id $id $id | git update-index --index-info");
	assert_int_equal(gate_index_list(repo, print_name, NULL, &failure), GATE_ECONFLICT);
	assert_string_equal(failure.message, "the index has unmerged paths: 'b/c'");
	test_sh(scratch, "rm -f .git/index");
}

static void foreign_indexes_come_with_a_remedy(void **state)
{
	static const struct {
		const char *make, *message;
	} cases[] = {
		{ "git update-index --split-index",
		  "cannot read the index, which is a split one; to mend it: "
		  "git update-index --no-split-index" },
		{ "git update-index --no-split-index; git sparse-checkout set --cone "
		  "--sparse-index b",
		  "cannot read the index, which is a sparse one; to mend it: "
		  "git sparse-checkout reapply --no-sparse-index" },
	};
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();

	(void)state;
	test_sh(scratch, "mkdir b c; echo x >b/x; echo y >c/y; git add b c; git commit -q -m x");
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_error failure = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };
		const char *remedy = strstr(cases[i].message, "git ");

		test_sh(scratch, cases[i].make);
		assert_int_equal(gate_index_list(repo, print_name, &ours, &failure), GATE_EGIT);
		assert_string_equal(failure.message, cases[i].message);
		test_sh(scratch, remedy);
		assert_ok(gate_index_list(repo, print_name, &ours, err));
		assert_string_equal(ours.ptr, "A b/x\nA c/y\n");
	}
	test_sh(scratch, "git sparse-checkout disable; rm -rf b c .git/index");
}

static void the_environment_names_the_index(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL, *plain = open_repo();
	GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };
	char here[4096];

	(void)state;
	test_sh(scratch, "rm -f .git/index; echo 1 >one; echo 2 >two; git add one;"
	                 " GIT_INDEX_FILE=.git/index.lock git add one two");
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(scratch), 0);
	setenv("GIT_DIR", ".git", 1);
	setenv("GIT_INDEX_FILE", ".git/index.lock", 1);
	assert_ok(gate_repo_open(&repo, NULL, err));
	assert_string_equal(getenv("GIT_INDEX_FILE"), ".git/index.lock");
	unsetenv("GIT_DIR");
	unsetenv("GIT_INDEX_FILE");
	assert_ok(gate_index_list(repo, print_name, &ours, err));
	assert_string_equal(ours.ptr, "A one\nA two\n");
	gate_buf_reset(&ours);
	assert_ok(gate_index_list(plain, print_name, &ours, err));
	assert_string_equal(ours.ptr, "A one\n");
	assert_int_equal(chdir(here), 0);
	test_sh(scratch, "rm -f .git/index .git/index.lock");
}

static void an_unreadable_index_does_not_keep_a_repository_closed(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free)
	char *git_dir = test_shell(NULL, scratch, "echo \"$PWD/.git\"", NULL, 0);
	char index[4096];

	(void)state;
	git_dir[strcspn(git_dir, "\n")] = '\0';
	snprintf(index, sizeof(index), "%s/index", git_dir);
	test_sh(scratch, "git update-index --split-index");
	setenv("GIT_DIR", git_dir, 1);
	setenv("GIT_INDEX_FILE", index, 1);
	assert_ok(gate_repo_open(&repo, NULL, err));
	unsetenv("GIT_DIR");
	unsetenv("GIT_INDEX_FILE");
	test_sh(scratch, "rm -f .git/index");
}

static void reads_blobs_up_to_a_size(void **state)
{
	struct gate_oid blob = id_of("printf 'a\\0b' | git hash-object -w --stdin");
	struct gate_oid empty = id_of("git hash-object -w --stdin </dev/null");
	struct gate_oid tree = tree_of("100644 a 1\n");
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = open_repo();
	struct gate_error failure = { 0 };
	struct gate_blob out = { 0 };
	struct gate_oid id;

	(void)state;
	assert_ok(gate_blob_read(&out, repo, &blob, 3, err));
	assert_int_equal(out.len, 3);
	assert_memory_equal(out.bytes, "a\0b", 4);
	gate_blob_release(&out);
	assert_ok(gate_blob_read(&out, repo, &empty, 0, err));
	assert_string_equal(out.bytes, "");
	gate_blob_release(&out);
	assert_int_equal(gate_blob_read(&out, repo, &blob, 2, &failure), GATE_ELIMIT);
	assert_int_equal(out.len, 3);
	assert_null(out.bytes);
	assert_int_equal(gate_blob_read(&out, repo, &tree, 9, &failure), GATE_EGIT);
	assert_ok(gate_oid_parse(&id, "1111111111111111111111111111111111111111", 40, err));
	assert_int_equal(gate_blob_read(&out, repo, &id, 9, &failure), GATE_ENOTFOUND);
	assert_string_equal(failure.message,
	                    "blob 1111111111111111111111111111111111111111 is not in "
	                    "this repository");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_what_git_diff_tree_lists),
		cmocka_unit_test(leaves_out_what_came_from_any_old_tree),
		cmocka_unit_test(old_values_are_those_of_the_first),
		cmocka_unit_test(without_olds_every_file_is_added),
		cmocka_unit_test(stops_when_told_and_goes_on_afterwards),
		cmocka_unit_test(refuses_damaged_trees),
		cmocka_unit_test(reads_old_modes_as_git_does),
		cmocka_unit_test(wrong_order_and_duplicates_end),
		cmocka_unit_test(names_the_tree_that_is_missing),
		cmocka_unit_test(a_blob_is_no_tree),
		cmocka_unit_test(paths_have_a_limit),
		cmocka_unit_test(folders_have_a_limit),
		cmocka_unit_test(finds_files_and_folders),
		cmocka_unit_test(compares_the_index_as_git_diff_does),
		cmocka_unit_test(lists_the_index),
		cmocka_unit_test(the_index_may_be_replaced_while_it_is_listed),
		cmocka_unit_test(an_intent_to_add_is_not_there),
		cmocka_unit_test(unmerged_paths_are_named),
		cmocka_unit_test(foreign_indexes_come_with_a_remedy),
		cmocka_unit_test(the_environment_names_the_index),
		cmocka_unit_test(an_unreadable_index_does_not_keep_a_repository_closed),
		cmocka_unit_test(reads_blobs_up_to_a_size),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
