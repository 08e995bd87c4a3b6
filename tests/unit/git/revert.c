/* SPDX-License-Identifier: Apache-2.0 */
/* Taking commits back in memory: what conflicts by which rule, what is not known and why, and that nothing is written. */
#include "gate/git/revert.h"

#include "gate/base/limits.h"
#include "tests/support/oom.h"
#include "tests/support/shell.h"

static char *scratch;

/* c NAME: a commit of all files, and a tag. */
#define HELPERS \
	"c() { git add -A && git commit -q --allow-empty -m \"$1\" && git tag \"$1\"; }\n" \
	"lines() { printf '%s\\n' \"$@\"; }\n" \
	"submodule() { git update-index --add --cacheinfo 160000,$(printf %040d \"$1\"),s; }\n" \
	"s() { git commit -q -m \"$1\" && git tag \"$1\"; }\n"

/* The repository has tags good, running and onto. */
static const struct {
	const char *name, *script, *wanted;
} cases[] = {
	{ "nothing happened since", "echo 1 >a; c good; git tag running; echo 2 >b; c onto",
	  "0 of 0, 0 files" },
	{ "what runs is the tip",
	  "echo 1 >a; c good; echo 2 >a; c x; rm a; c running; git tag onto", "2 of 2, 1 files" },
	{ "other lines",
	  "lines 1 2 3 4 5 >a; c good; lines x 2 3 4 5 >a; c running; lines x 2 3 4 y >a; c onto",
	  "1 of 1, 1 files" },
	{ "the same lines",
	  "lines 1 2 3 >a; c good; lines x 2 3 >a; c running; lines y 2 3 >a; c onto",
	  "1 of 1, 1 files: a" },
	{ "sorted by bytes, each once",
	  "mkdir b; echo 1 | tee b/x b- c >a; c good; echo 2 | tee b/x b- c >a; c x\n"
	  "echo 3 | tee b/x b- c >a; c running; echo 4 | tee b/x b- c >a; c onto",
	  "2 of 2, 4 files: a b- b/x c" },
	{ "a pair that takes itself back, and what came between",
	  "echo 1 >a; c good; echo 2 >a; c x; echo 1 >a; c running; echo 3 >a; c onto",
	  "2 of 2, 1 files: a" },
	{ "taken back already", "echo 1 >a; c good; echo 2 >a; c running; echo 1 >a; c onto",
	  "1 of 1, 0 files, empty" },
	{ "one of two is taken back already",
	  "echo 1 | tee b >a; c good; echo 2 >a; c x; echo 2 >b; c running; echo 1 >a; c onto",
	  "2 of 2, 1 files, empty" },
	{ "a commit of nothing", "echo 1 >a; c good; c x; echo 2 >a; c running; git tag onto",
	  "2 of 2, 1 files, empty" },
	{ "changed and then removed", "echo 1 >a; c good; echo 2 >a; c running; rm a; c onto",
	  "1 of 1, 1 files: a" },
	{ "added and then changed", ":>b; c good; echo 1 >a; c running; echo 2 >a; c onto",
	  "1 of 1, 1 files: a" },
	{ "removed and then made again", "echo 1 >a; c good; rm a; c running; echo 2 >a; c onto",
	  "1 of 1, 1 files: a" },
	{ "made again as it was", "echo 1 >a; c good; rm a; c running; echo 1 >a; c onto",
	  "1 of 1, 0 files, empty" },
	{ "made again as a program",
	  "echo 1 >a; c good; rm a; c running; echo 1 >a; chmod +x a; c onto",
	  "1 of 1, 1 files: a" },
	{ "its mode and its lines", "echo 1 >a; c good; chmod +x a; c running; echo 2 >a; c onto",
	  "1 of 1, 1 files" },
	{ "its lines and its mode", "echo 1 >a; c good; echo 2 >a; c running; chmod +x a; c onto",
	  "1 of 1, 1 files" },
	{ "a binary file",
	  "printf '1\\0\\n\\n\\n2' >a; c good; printf '2\\0\\n\\n\\n2' >a; c running\n"
	  "printf '2\\0\\n\\n\\n3' >a; c onto",
	  "1 of 1, 1 files: a" },
	{ "a link", "ln -s 1 a; c good; ln -sf 2 a; c running; ln -sf 3 a; c onto",
	  "1 of 1, 1 files: a" },
	{ "a link that was a file", "echo 1 >a; c good; ln -sf 2 a; c running; ln -sf 3 a; c onto",
	  "1 of 1, 1 files: a" },
	{ "a file again that was a link, and a program",
	  "echo 1 >a; c good; ln -sf 2 a; c running; rm a; echo 1 >a; chmod +x a; c onto",
	  "1 of 1, 1 files: a" },
	{ "a submodule", "submodule 1; s good; submodule 2; s running; submodule 3; s onto",
	  "1 of 1, 1 files: s" },
	{ "a submodule that nobody moved",
	  "submodule 1; s good; submodule 2; s running; echo 1 >a; git add a; s onto",
	  "1 of 1, 1 files" },
	{ "a file whose place is a folder now",
	  "echo 1 >a; c good; rm a; c running; mkdir a; echo 2 >a/x; c onto",
	  "1 of 1, 1 files: a" },
	{ "a folder that was emptied",
	  "echo 1 >a; c good; rm a; mkdir a; echo 1 >a/x; c running; git tag onto",
	  "1 of 1, 2 files" },
	{ "a folder that was not",
	  "echo 1 >a; c good; rm a; mkdir a; echo 1 >a/x; c running; echo 1 >a/y; c onto",
	  "1 of 1, 2 files: a" },
	{ "a folder whose place is a file now",
	  "mkdir -p a/b; echo 1 >a/b/x; c good; rm -r a; c running; echo 2 >a; c onto",
	  "1 of 1, 2 files: a" },
	{ "a folder that an older commit fills",
	  "mkdir a; echo 1 >a/x; c good; rm -r a; c x; echo 1 >b; c running; echo 2 >a; c onto",
	  "2 of 2, 3 files: a" },
	{ "merges",
	  "echo 1 >a; c good; git checkout -q -b side; echo 1 >b; c x; echo 2 >b; c y; git "
	  "checkout -q main\n"
	  "echo 2 >a; c z; git merge -q --no-ff -m m side; git tag running; echo 1 >c; c onto",
	  "2 of 4, 2 files, merges" },
	{ "what is good came by a merge",
	  "echo 1 >a; c x; git checkout -q -b side; echo 1 >b; c good; git checkout -q main; echo "
	  "2 >a; c y\n"
	  "git merge -q --no-ff -m m side; git tag running; git tag onto",
	  "unknown: the good commit came to what runs by a merge (2)" },
	{ "what is good is elsewhere",
	  "echo 1 >a; c x; git checkout -q -b side; echo 1 >b; c good; git checkout -q main; c "
	  "running; git tag onto",
	  "unknown: what runs does not descend from the good commit (0)" },
	{ "what runs is not in its history",
	  "echo 1 >a; c good; git checkout -q -b side; echo 1 >b; c running; git checkout -q main; "
	  "c onto",
	  "unknown: what runs is not in its history (1)" },
};

static void tag(struct gate_oid *out, const char *dir, const char *name)
{
	GATE_AUTO(gate_free) char *hex = test_git_out(dir, "rev-parse", name);

	assert_ok(gate_oid_parse(out, hex, strlen(hex), err));
}

static int describe(struct gate_buf *out, const struct gate_repo *repo,
                    const struct gate_oid ids[3], struct gate_error *err)
{
	GATE_AUTO(gate_revert_release) struct gate_revert revert = { 0 };
	int code = gate_revert_try(&revert, repo, &ids[0], &ids[1], &ids[2], err);

	if (code < 0)
		return code;
	if (!revert.known) {
		gate_buf_printf(out, "unknown: %s (%zu)", revert.why, revert.n_commits);
	} else {
		gate_buf_printf(out, "%zu of %zu, %zu files%s%s", revert.n_changes,
		                revert.n_commits, revert.n_files, revert.has_empty ? ", empty" : "",
		                revert.has_merges ? ", merges" : "");
		for (size_t i = 0; i < revert.n_conflicts; i++)
			gate_buf_printf(out, "%s %s", i ? "" : ":", revert.conflicts[i]);
	}
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}

static char *make(const char *name, const char *script)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	char *dir = test_repo(scratch, name);

	gate_buf_printf(&text, "%s%s\n", HELPERS, script);
	test_sh(dir, gate_buf_text(&text));
	return dir;
}

static void read_ids(struct gate_oid ids[3], const char *dir)
{
	tag(&ids[0], dir, "good");
	tag(&ids[1], dir, "running");
	tag(&ids[2], dir, "onto");
}

static void assert_outcome(const char *dir, const struct gate_oid ids[3], const char *wanted)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf got = { 0 };

	assert_ok(gate_repo_open(&repo, dir, err));
	assert_ok(describe(&got, repo, ids, err));
	assert_string_equal(gate_buf_text(&got), wanted);
}

static void rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		char name[16];
		struct gate_oid ids[3];
		char *dir;

		print_message("%s\n", cases[i].name);
		snprintf(name, sizeof(name), "rule-%zu", i);
		dir = make(name, cases[i].script);
		read_ids(ids, dir);
		assert_outcome(dir, ids, cases[i].wanted);
		free(dir);
	}
}

#define MERGED \
	"echo b >b; lines 1 2 3 4 5 >a; c good; lines x 2 3 4 5 >a; c running; lines x 2 3 4 y " \
	">a; " \
	"c onto"

static void nothing_is_written(void **state)
{
	static const char list[] =
		"find . -type f -newer ../before; find . -type f | LC_ALL=C sort";
	struct gate_oid ids[3];
	char *dir = make("whole", MERGED), *bare, *before, *after;

	(void)state;
	read_ids(ids, dir);
	test_sh(scratch, "git clone -q --bare whole bare.git; chmod -R a-w bare.git");
	bare = test_path(scratch, "bare.git");
	test_sh(scratch, "touch before");
	before = test_shell(NULL, bare, list, NULL, 0);
	assert_outcome(bare, ids, "1 of 1, 1 files");
	after = test_shell(NULL, bare, list, NULL, 0);
	assert_string_equal(before, after);
	test_sh(scratch, "chmod -R u+w bare.git");
	free(before);
	free(after);
	free(bare);
	free(dir);
}

/* Takes an object away. */
static void lose(const char *dir, const char *rev)
{
	GATE_AUTO(gate_free) char *hex = test_git_out(dir, "rev-parse", rev);
	GATE_AUTO(gate_buf_release) struct gate_buf script = { 0 };

	gate_buf_printf(&script, "rm -f .git/objects/%.2s/%s", hex, hex + 2);
	test_sh(dir, script.ptr);
}

static void what_is_missing_is_unknown(void **state)
{
	static const struct {
		const char *rev, *wanted;
	} lost[] = {
		{ "good", "unknown: the good commit, %.12s, is not in this clone (0)" },
		{ "running", "unknown: what runs, %.12s, is not in this clone (0)" },
		{ "good:a", "unknown: a version of 'a' is not in this clone (1)" },
		{ "good^{tree}", "unknown: tree %s is not in this repository (1)" },
		{ "onto:b", "1 of 1, 1 files" }, /* which nobody touched */
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(lost); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf wanted = { 0 };
		struct gate_oid ids[3];
		char name[16], *dir, *hex;

		snprintf(name, sizeof(name), "lost-%zu", i);
		dir = make(name, MERGED);
		read_ids(ids, dir);
		hex = test_git_out(dir, "rev-parse", lost[i].rev);
		lose(dir, lost[i].rev);
		if (strstr(lost[i].wanted, "%.12s"))
			hex[12] = '\0';
		for (const char *at = lost[i].wanted; *at; at++) {
			if (*at != '%') {
				gate_buf_putc(&wanted, *at);
				continue;
			}
			gate_buf_puts(&wanted, hex);
			at = strchr(at, 's');
		}
		assert_outcome(dir, ids, gate_buf_text(&wanted));
		free(hex);
		free(dir);
	}
}

static void a_shallow_clone_says_so(void **state)
{
	struct gate_oid ids[3];
	char *dir = make(
		     "deep",
		     "echo 1 >a; c good; echo 2 >a; c x; echo 3 >a; c running; echo 4 >b; c onto"),
	     *url, *shallow = test_path(scratch, "shallow");
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	(void)state;
	read_ids(ids, dir);
	gate_buf_printf(&text, "file://%s", dir);
	url = gate_buf_take(&text);
	test_git(scratch, "clone", "-q", "--depth=1", "--no-tags", "-b", "main", url, "shallow");
	assert_outcome(shallow, (const struct gate_oid[]){ ids[2], ids[2], ids[2] },
	               "0 of 0, 0 files");
	test_git(shallow, "fetch", "-q", "--depth=1", url, "tag", "good", "tag", "running");
	assert_outcome(shallow, ids, "unknown: history is cut in this clone (0)");
	free(url);
	free(shallow);
	free(dir);
}

static void a_file_that_is_too_large_is_unknown(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf script = { 0 };
	struct gate_oid ids[3];
	char *dir, *hex;

	(void)state;
	gate_buf_printf(
		&script,
		"f() { yes 0123456789 | head -c %zu; echo; }\n"
		"f >a; c good; { echo x; f; } >a; c running; { echo x; f; echo y; } >a; c onto",
		GATE_MAX_BLOB_BYTES);
	dir = make("large", script.ptr);
	read_ids(ids, dir);
	hex = test_git_out(dir, "rev-parse", "running:a");
	gate_buf_reset(&script);
	gate_buf_printf(&script, "unknown: blob %s has %zu bytes, more than %zu (1)", hex,
	                GATE_MAX_BLOB_BYTES + 3, GATE_MAX_BLOB_BYTES);
	assert_outcome(dir, ids, gate_buf_text(&script));
	free(hex);
	free(dir);
}

struct oom {
	const char *dir;
	struct gate_oid ids[3];
};

static int try_it(void *payload, struct gate_error *err)
{
	const struct oom *oom = payload;
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_revert_release) struct gate_revert revert = { 0 };
	int code = gate_repo_open(&repo, oom->dir, err);

	if (code == GATE_OK)
		code = gate_revert_try(&revert, repo, &oom->ids[0], &oom->ids[1], &oom->ids[2],
		                       err);
	if (code == GATE_OK)
		assert_int_equal(revert.n_conflicts, 2);
	return code;
}

static void every_allocation_may_fail(void **state)
{
	char *dir =
		make("oom", "lines 1 2 3 4 5 | tee b c >a; c good; lines x 2 3 4 5 | tee b >a; rm "
	                    "c; c running\n"
	                    "lines x 2 3 4 y >a; lines z >b; mkdir -p c/d; echo 1 >c/d/e; c onto");
	struct oom oom = { .dir = dir };

	(void)state;
	read_ids(oom.ids, dir);
	test_oom_sweep(try_it, &oom);
	free(dir);
}

static int setup(void **state)
{
	(void)state;
	scratch = test_scratch();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	test_scratch_remove(scratch);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules),
		cmocka_unit_test(nothing_is_written),
		cmocka_unit_test(what_is_missing_is_unknown),
		cmocka_unit_test(a_shallow_clone_says_so),
		cmocka_unit_test(a_file_that_is_too_large_is_unknown),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
