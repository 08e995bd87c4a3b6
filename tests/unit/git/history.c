/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/git.h"
#include "tests/support/test.h"

#include "gate/git/graph.h"
#include "gate/git/history.h"

#include <sys/stat.h>
#include <unistd.h>

static int group_setup(void **state)
{
	*state = test_scratch();
	return 0;
}

static int group_teardown(void **state)
{
	test_scratch_remove(*state);
	return 0;
}

/* A repository with its history, opened. */
struct opened {
	struct gate_repo *repo;
	struct gate_history *history;
};

static void opened_release(struct opened *opened)
{
	gate_history_free(opened->history);
	gate_repo_free(opened->repo);
}

GATE_DEFINE_AUTO_STRUCT(struct opened, opened_release)

static void open_history(struct opened *opened, const char *dir)
{
	assert_ok(gate_repo_open(&opened->repo, dir, err));
	assert_ok(gate_history_new(&opened->history, opened->repo, err));
}

static struct gate_oid id_of(const char *dir, const char *rev)
{
	GATE_AUTO(gate_free) char *hex = test_git_out(dir, "rev-parse", rev);
	struct gate_oid id;

	assert_ok(gate_oid_parse(&id, hex, strlen(hex), err));
	return id;
}

static void commit_n(const char *dir, int n)
{
	for (int i = 0; i < n; i++)
		free(test_commit(dir, "more"));
}

/* A clone by the file protocol, which alone knows depth and filters. */
static char *clone(const char *scratch, const char *from, const char *name, const char *option)
{
	GATE_AUTO(gate_buf_release) struct gate_buf url = { 0 };

	gate_buf_printf(&url, "file://%s/%s", scratch, from);
	test_git(scratch, "clone", "-q", "--no-local", option, gate_buf_text(&url), name);
	return test_path(scratch, name);
}

static void commits_are_read_as_recorded(void **state)
{
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "read");
	GATE_AUTO(gate_free) char *time = NULL;
	const struct gate_commit *commit;
	struct gate_oid head, tree, first, second;
	struct gate_error why = { 0 };

	commit_n(dir, 2);
	test_git(dir, "switch", "-q", "-c", "side", "HEAD~1");
	commit_n(dir, 1);
	test_git(dir, "merge", "-q", "-m", "merge", "main");
	head = id_of(dir, "HEAD");
	tree = id_of(dir, "HEAD^{tree}");
	first = id_of(dir, "HEAD^1");
	second = id_of(dir, "HEAD^2");
	time = test_git_out(dir, "log", "-1", "--format=%ct");
	open_history(&at, dir);
	assert_ok(gate_history_commit(&commit, at.history, &head, err));
	assert_true(gate_oid_equal(&commit->id, &head));
	assert_true(gate_oid_equal(&commit->tree, &tree));
	assert_int_equal(commit->n_parents, 2);
	assert_true(gate_oid_equal(&commit->parents[0], &first));
	assert_true(gate_oid_equal(&commit->parents[1], &second));
	assert_int_equal(commit->time, strtoll(time, NULL, 10));
	assert_int_equal(commit->cut, GATE_CUT_NONE);
	assert_int_equal(gate_history_commit(&commit, at.history, &tree, &why), GATE_ENOTFOUND);
	assert_string_equal(why.message,
	                    "object 4b825dc642cb6eb9a060e54bf8d69288fbee4904 is not a commit");
	memset(head.bytes, 0xcd, sizeof(head.bytes));
	assert_int_equal(gate_history_commit(&commit, at.history, &head, &why), GATE_ENOTFOUND);
	assert_string_equal(why.message,
	                    "commit cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd is not here");
}

/* Objects that git itself would not write, by way of hash-object. */
static void odd_commits_are_read_or_called_damaged(void **state)
{
#define TREE "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
	static const struct {
		const char *name, *text;
		int64_t time;
		int code;
	} cases[] = {
		{ "no committer", TREE "author A <a@b> 1 +0000\n\nx\n", 0, GATE_OK },
		{ "no time", TREE "author A <a@b> 1 +0000\ncommitter A <a@b>\n\nx\n", 0, GATE_OK },
		{ "committer only in the message",
		  TREE "author A <a@b> 1 +0000\n\ncommitter A <a@b> 5 +0000\n", 0, GATE_OK },
		{ "no message", TREE "author A <a@b> 1 +0000\ncommitter A <a@b> 7 +0000", 0,
		  GATE_OK },
		{ "'>' in the name", TREE "author A <a@b> 1 +0000\ncommitter A> <a@b> 7 +0000\n\n",
		  7, GATE_OK },
		{ "before 1970", TREE "author A <a@b> 1 +0000\ncommitter A <a@b> -7 +0000\n\n", 0,
		  GATE_OK },
		{ "beyond 64 bits",
		  TREE "author A <a@b> 1 +0000\ncommitter A <a@b> 99999999999999999999 +0000\n\n",
		  0, GATE_OK },
		{ "far away", TREE "author A <a@b> 1 +0000\ncommitter A <a@b> 4102444800 +0000\n\n",
		  4102444800, GATE_OK },
		{ "no tree", "author A <a@b> 1 +0000\ncommitter A <a@b> 7 +0000\n\n", 0,
		  GATE_EGIT },
		{ "short tree", "tree 4b825d\n", 0, GATE_EGIT },
		{ "only a tree", "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904", 0, GATE_EGIT },
		{ "empty", "", 0, GATE_EGIT },
	};
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "odd");

	open_history(&at, dir);
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_free) char *hex = NULL;
		const struct gate_commit *commit;
		struct gate_error why = { 0 };
		char damaged[80];
		struct gate_oid id;

		print_message("%s\n", cases[i].name);
		test_write(dir, "object", cases[i].text);
		hex = test_git_out(dir, "hash-object", "-w", "-t", "commit", "--literally",
		                   "object");
		assert_ok(gate_oid_parse(&id, hex, strlen(hex), err));
		assert_int_equal(gate_history_commit(&commit, at.history, &id, &why),
		                 cases[i].code);
		if (cases[i].code == GATE_OK) {
			assert_int_equal(commit->time, cases[i].time);
			continue;
		}
		snprintf(damaged, sizeof(damaged), "commit %s is damaged", hex);
		assert_string_equal(why.message, damaged);
	}
}

static void a_damaged_parent_is_an_error(void **state)
{
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "blob-parent");
	GATE_AUTO(gate_free) char *hex = NULL;
	struct gate_commits commits;
	struct gate_error why = { 0 };
	struct gate_oid id;

	test_write(dir, "object",
	           TREE "parent 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
	                "author A <a@b> 1 +0000\ncommitter A <a@b> 7 +0000\n\n");
	hex = test_git_out(dir, "hash-object", "-w", "-t", "commit", "--literally", "object");
	assert_ok(gate_oid_parse(&id, hex, strlen(hex), err));
	open_history(&at, dir);
	assert_int_equal(gate_commits_list(&commits, at.history, &id, NULL, 0, 0, NULL, &why),
	                 GATE_EGIT);
	assert_string_equal(why.message,
	                    "object 4b825dc642cb6eb9a060e54bf8d69288fbee4904 is not a commit");
#undef TREE
}

static void lists_stop_at_max_and_count_all(void **state)
{
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_commits_release) struct gate_commits some = { 0 }, exact = { 0 };
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "max");
	struct gate_oid head, base;

	commit_n(dir, 6);
	head = id_of(dir, "HEAD");
	base = id_of(dir, "HEAD~5");
	open_history(&at, dir);
	assert_ok(gate_commits_list(&some, at.history, &head, &base, 1, 3, NULL, err));
	assert_int_equal(some.n, 3);
	assert_true(some.more);
	assert_int_equal(some.total, 5);
	assert_true(gate_oid_equal(&some.items[0]->id, &head));
	assert_int_equal(some.n_boundary, 1);
	assert_true(gate_oid_equal(&some.boundary[0], &base));
	assert_ok(gate_commits_list(&exact, at.history, &head, &base, 1, 5, NULL, err));
	assert_int_equal(exact.n, 5);
	assert_false(exact.more);
}

static void hidden_ids_may_be_tags_files_or_not_here(void **state)
{
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "hidden");
	struct gate_oid head, hidden[4];
	size_t unknown = 99;

	commit_n(dir, 4);
	test_git(dir, "tag", "-a", "-m", "x", "v1", "HEAD~2");
	test_git(dir, "tag", "-a", "-m", "x", "v2", "v1");
	test_git(dir, "tag", "-a", "-m", "x", "tree", "HEAD^{tree}");
	head = id_of(dir, "HEAD");
	hidden[0] = id_of(dir, "v2");
	hidden[1] = id_of(dir, "tree");
	hidden[2] = id_of(dir, "HEAD^{tree}");
	memset(hidden[3].bytes, 0xcd, sizeof(hidden[3].bytes));
	open_history(&at, dir);
	assert_ok(gate_commits_list(&commits, at.history, &head, hidden, 4, 0, &unknown, err));
	assert_int_equal(commits.n, 2);
	assert_int_equal(unknown, 1);
	assert_int_equal(commits.cut, GATE_CUT_NONE);
}

static void nothing_is_listed_when_the_tip_is_hidden(void **state)
{
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "same");
	struct gate_error why = { 0 };
	struct gate_oid head, missing;

	commit_n(dir, 2);
	head = id_of(dir, "HEAD");
	open_history(&at, dir);
	assert_ok(gate_commits_list(&commits, at.history, &head, &head, 1, 0, NULL, err));
	assert_int_equal(commits.n, 0);
	assert_int_equal(commits.n_boundary, 0);
	memset(missing.bytes, 0xcd, sizeof(missing.bytes));
	assert_int_equal(gate_commits_list(&commits, at.history, &missing, &head, 1, 0, NULL, &why),
	                 GATE_ENOTFOUND);
}

static void shallow_clones_say_where_they_end(void **state)
{
	GATE_AUTO(gate_free) char *full = test_repo(*state, "deep");
	GATE_AUTO(gate_free) char *dir = NULL;
	const struct gate_commit *commit;
	struct gate_oid head, parent, older;

	commit_n(full, 6);
	head = id_of(full, "HEAD");
	parent = id_of(full, "HEAD~1");
	older = id_of(full, "HEAD~3");
	dir = clone(*state, "deep", "shallow", "--depth=2");
	{
		GATE_AUTO(opened_release) struct opened at = { 0 };
		GATE_AUTO(gate_commits_release) struct gate_commits all = { 0 }, one = { 0 };
		struct gate_oid base;
		enum gate_cut cut;
		size_t unknown;
		bool yes;

		open_history(&at, dir);
		assert_true(gate_repo_is_shallow(at.repo));
		assert_ok(gate_history_commit(&commit, at.history, &head, err));
		assert_int_equal(commit->cut, GATE_CUT_NONE);
		assert_ok(gate_history_commit(&commit, at.history, &parent, err));
		assert_int_equal(commit->cut, GATE_CUT_SHALLOW);
		assert_int_equal(commit->n_parents, 1); /* as recorded */
		assert_ok(gate_commits_list(&all, at.history, &head, NULL, 0, 0, NULL, err));
		assert_int_equal(all.n, 2);
		assert_int_equal(all.cut, GATE_CUT_SHALLOW);
		assert_ok(gate_commits_list(&one, at.history, &head, &parent, 1, 0, NULL, err));
		assert_int_equal(one.n, 1);
		assert_int_equal(one.cut, GATE_CUT_NONE);
		gate_commits_release(&all);
		assert_ok(gate_commits_list(&all, at.history, &head, &older, 1, 0, &unknown, err));
		assert_int_equal(unknown, 1);
		assert_int_equal(all.cut, GATE_CUT_SHALLOW);
		assert_int_equal(gate_is_ancestor(&yes, &cut, at.history, &older, &head, NULL),
		                 GATE_ENOTFOUND);
		assert_int_equal(cut, GATE_CUT_MISSING);
		assert_ok(gate_merge_base(&base, &cut, at.history, &head, &parent, err));
		assert_true(gate_oid_equal(&base, &parent));
		assert_int_equal(cut, GATE_CUT_NONE);
	}
	test_git(dir, "fetch", "-q", "--deepen=2");
	{
		GATE_AUTO(opened_release) struct opened at = { 0 };
		GATE_AUTO(gate_commits_release) struct gate_commits all = { 0 };

		open_history(&at, dir);
		assert_ok(gate_history_commit(&commit, at.history, &parent, err));
		assert_int_equal(commit->cut, GATE_CUT_NONE);
		assert_ok(gate_commits_list(&all, at.history, &head, NULL, 0, 0, NULL, err));
		assert_int_equal(all.n, 4);
	}
	test_git(dir, "fetch", "-q", "--unshallow");
	{
		GATE_AUTO(opened_release) struct opened at = { 0 };

		open_history(&at, dir);
		assert_false(gate_repo_is_shallow(at.repo));
		assert_ok(gate_history_commit(&commit, at.history, &older, err));
		assert_int_equal(commit->cut, GATE_CUT_NONE);
	}
}

/* Two branches fetched at depth 1: what they share is not here. */
static void shallow_tips_have_no_sure_answer(void **state)
{
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	GATE_AUTO(gate_free) char *full = test_repo(*state, "forked");
	GATE_AUTO(gate_free) char *dir = NULL, *linked = NULL;
	struct gate_error why = { 0 };
	struct gate_oid left, right, base;
	enum gate_cut cut;
	bool yes;

	commit_n(full, 3);
	test_git(full, "switch", "-q", "-c", "side", "HEAD~1");
	commit_n(full, 1);
	left = id_of(full, "main");
	right = id_of(full, "side");
	dir = clone(*state, "forked", "tips", "--depth=1");
	test_git(dir, "fetch", "-q", "--depth=1", "origin", "main", "side");
	test_git(dir, "worktree", "add", "-q", "--detach", "../tips-linked");
	linked = test_path(*state, "tips-linked");
	open_history(&at, linked); /* the shallow file is shared */
	assert_int_equal(gate_merge_base(&base, &cut, at.history, &left, &right, &why),
	                 GATE_ENOTFOUND);
	assert_int_equal(cut, GATE_CUT_SHALLOW);
	assert_string_equal(why.message,
	                    "there is no common ancestor in the part of history that is here");
	assert_ok(gate_is_ancestor(&yes, &cut, at.history, &left, &right, err));
	assert_false(yes);
	assert_int_equal(cut, GATE_CUT_SHALLOW);
	assert_ok(gate_commits_list(&commits, at.history, &left, &right, 1, 0, NULL, err));
	assert_int_equal(commits.n, 1);
	assert_int_equal(commits.cut, GATE_CUT_SHALLOW);
	assert_int_equal(commits.n_boundary, 0);
}

static void partial_clones_walk_without_trees(void **state)
{
	static const char *const filters[] = { "--filter=tree:0", "--filter=blob:none" };
	GATE_AUTO(gate_free) char *full = test_repo(*state, "whole");

	test_write(full, "file", "x\n");
	test_git(full, "add", "file");
	commit_n(full, 5);
	test_git(full, "config", "uploadpack.allowFilter", "true");
	for (size_t i = 0; i < GATE_COUNT(filters); i++) {
		GATE_AUTO(opened_release) struct opened at = { 0 };
		GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
		GATE_AUTO(gate_free) char *dir = NULL;
		struct gate_oid head = id_of(full, "HEAD");

		print_message("%s\n", filters[i]);
		dir = clone(*state, "whole", i ? "blobless" : "treeless", filters[i]);
		open_history(&at, dir);
		assert_true(gate_repo_is_partial(at.repo));
		assert_ok(gate_commits_list(&commits, at.history, &head, NULL, 0, 0, NULL, err));
		assert_int_equal(commits.n, 5);
		assert_int_equal(commits.cut, GATE_CUT_NONE);
	}
}

static void unrelated_histories_have_no_base(void **state)
{
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "unrelated");
	struct gate_error why = { 0 };
	struct gate_oid left, right, base;
	enum gate_cut cut = GATE_CUT_MISSING;

	commit_n(dir, 2);
	test_git(dir, "switch", "-q", "--orphan", "other");
	commit_n(dir, 2);
	left = id_of(dir, "main");
	right = id_of(dir, "other");
	open_history(&at, dir);
	assert_int_equal(gate_merge_base(&base, &cut, at.history, &left, &right, &why),
	                 GATE_ENOTFOUND);
	assert_string_equal(why.message, "there is no common ancestor");
	assert_int_equal(cut, GATE_CUT_NONE);
	assert_ok(gate_commits_list(&commits, at.history, &left, &right, 1, 0, NULL, err));
	assert_int_equal(commits.n, 2);
	assert_int_equal(commits.cut, GATE_CUT_NONE);
}

static void remove_object(const char *dir, const struct gate_oid *id)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };
	char hex[GATE_OID_HEX];

	gate_oid_hex(hex, id);
	gate_buf_printf(&path, "%s/.git/objects/%.2s/%s", dir, hex, hex + 2);
	assert_int_equal(unlink(gate_buf_text(&path)), 0);
}

static void a_missing_parent_cuts_history(void **state)
{
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "missing");
	const struct gate_commit *commit;
	struct gate_oid head, child, gone, root;
	enum gate_cut cut;
	bool yes;

	commit_n(dir, 4);
	head = id_of(dir, "HEAD");
	child = id_of(dir, "HEAD~1");
	gone = id_of(dir, "HEAD~2");
	root = id_of(dir, "HEAD~3");
	remove_object(dir, &gone);
	open_history(&at, dir);
	assert_ok(gate_history_commit(&commit, at.history, &child, err));
	assert_int_equal(commit->cut, GATE_CUT_MISSING);
	assert_true(gate_oid_equal(&commit->parents[0], &gone));
	assert_ok(gate_commits_list(&commits, at.history, &head, &root, 1, 0, NULL, err));
	assert_int_equal(commits.n, 2);
	assert_int_equal(commits.cut, GATE_CUT_MISSING);
	assert_ok(gate_is_ancestor(&yes, &cut, at.history, &root, &head, err));
	assert_false(yes);
	assert_int_equal(cut, GATE_CUT_MISSING);
}

static void replacements_and_grafts_are_not_followed(void **state)
{
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf graft = { 0 };
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "replaced");
	GATE_AUTO(gate_free) char *head = NULL, *middle = NULL, *first = NULL;
	struct gate_oid id;

	commit_n(dir, 3);
	head = test_git_out(dir, "rev-parse", "HEAD");
	middle = test_git_out(dir, "rev-parse", "HEAD~1");
	first = test_git_out(dir, "rev-parse", "HEAD~2");
	test_git(dir, "replace", middle, first);
	gate_buf_printf(&graft, "%s\n", head);
	test_write(dir, ".git/info/grafts", gate_buf_text(&graft));
	assert_ok(gate_oid_parse(&id, head, strlen(head), err));
	open_history(&at, dir);
	assert_ok(gate_commits_list(&commits, at.history, &id, NULL, 0, 0, NULL, err));
	assert_int_equal(commits.n, 3);
}

static void a_damaged_shallow_file_is_an_error(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "bad-shallow");
	GATE_AUTO(gate_buf_release) struct gate_buf wanted = { 0 };
	struct gate_history *history = NULL;
	struct gate_error why = { 0 };

	test_write(dir, ".git/shallow", "4b825dc642cb6eb9a060e54bf8d69288fbee4904\nnonsense\n");
	assert_ok(gate_repo_open(&repo, dir, err));
	assert_int_equal(gate_history_new(&history, repo, &why), GATE_EGIT);
	assert_null(history);
	gate_buf_printf(&wanted, "'%s/.git/shallow' is damaged", dir);
	assert_string_equal(why.message, gate_buf_text(&wanted));
}

/* A line of commits by fast-import, an hour from one to the next, then `wrong` on a branch whose clock stands at 1970. */
static char *long_line(const char *scratch, const char *name, int n, int wrong)
{
	GATE_AUTO(gate_buf_release) struct gate_buf stream = { 0 };
	char *dir = test_repo(scratch, name);

	for (int i = 0; i < n + wrong; i++) {
		gate_buf_printf(&stream, "commit refs/heads/%s\nmark :%d\n",
		                i < n ? "main" : "wrong", i + 1);
		gate_buf_printf(&stream, "committer C <c@example.com> %d +0000\ndata 6\n%06d",
		                i < n ? 1600000000 + i * 3600 : i - n, i);
		if (i == n)
			gate_buf_printf(&stream, "\nfrom :%d", n - 1);
		gate_buf_puts(&stream, "\n\n");
	}
	test_git_input(dir, gate_buf_text(&stream), "fast-import", "--quiet");
	return dir;
}

static void few_commits_are_read_for_a_short_range(void **state)
{
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	GATE_AUTO(gate_free) char *dir = long_line(*state, "long", 3000, 0);
	struct gate_oid tip = id_of(dir, "main"), hidden = id_of(dir, "main~3");
	struct gate_oid below[] = { id_of(dir, "main~5"), hidden, hidden };

	open_history(&at, dir);
	assert_ok(gate_commits_list(&commits, at.history, &tip, &hidden, 1, 0, NULL, err));
	assert_int_equal(commits.n, 3);
	/* A day of them and the tip: no clock matters, so nothing beyond. */
	assert_in_range(at.history->n, 4, 40);
	gate_commits_release(&commits);
	assert_ok(gate_commits_list(&commits, at.history, &tip, below, 3, 0, NULL, err));
	assert_int_equal(commits.n, 3);
	assert_in_range(at.history->n, 4, 40);
}

static void a_branch_made_under_a_wrong_clock_hides_its_base(void **state)
{
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	GATE_AUTO(gate_free) char *dir = long_line(*state, "clock", 2000, 40);
	struct gate_oid tip = id_of(dir, "main");
	struct gate_oid hidden[2] = { id_of(dir, "main~100"), id_of(dir, "wrong") };

	open_history(&at, dir);
	assert_ok(gate_commits_list(&commits, at.history, &tip, hidden, 2, 0, NULL, err));
	assert_int_equal(commits.n, 1);
}

/*
 * Commit 1200 claims to be newer than all, and its parents are hidden otherwise: times alone would stop long before the
 * walk from the tip of main comes to it. That commit 1996 has a wrong clock too is the warning.
 */
static void times_are_trusted_less_once_one_was_seen_to_be_wrong(void **state)
{
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf stream = { 0 };
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "distrust");
	struct gate_oid tip, hidden[2];

	for (int i = 0; i <= 2000; i++) {
		int hours = i == 1200 ? 3000 : i == 1996 ? 4000 : i;

		gate_buf_printf(&stream, "commit refs/heads/main\nmark :%d\n", i + 1);
		gate_buf_printf(&stream, "committer C <c@example.com> %d +0000\ndata 6\n%06d\n\n",
		                1600000000 + hours * 3600, i);
	}
	gate_buf_printf(&stream, "commit refs/heads/tip\ncommitter C <c@example.com> %d +0000\n",
	                1600000000 + 5000 * 3600);
	gate_buf_puts(&stream, "data 0\nfrom :1201\n\n");
	test_git_input(dir, gate_buf_text(&stream), "fast-import", "--quiet");
	tip = id_of(dir, "tip");
	hidden[0] = id_of(dir, "main");
	hidden[1] = id_of(dir, "tip~2");
	open_history(&at, dir);
	assert_ok(gate_commits_list(&commits, at.history, &tip, hidden, 2, 0, NULL, err));
	assert_int_equal(commits.n, 1);
}

static void git_counts_what_is_listed(void **state)
{
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	GATE_AUTO(gate_free) char *dir = long_line(*state, "count", 30, 0);
	struct gate_oid tip = id_of(dir, "main"), missing = { { 1 } };
	struct gate_oid hidden[] = { id_of(dir, "main~9"), id_of(dir, "main~7"), missing };
	size_t n;

	open_history(&at, dir);
	assert_ok(gate_commits_list(&commits, at.history, &tip, hidden, 3, 0, NULL, err));
	assert_ok(gate_commits_count(&n, at.repo, &tip, hidden, 3, err));
	assert_int_equal(n, 7);
	assert_int_equal(n, commits.n);
	assert_ok(gate_commits_count(&n, at.repo, &tip, NULL, 0, err));
	assert_int_equal(n, 30);
}

static void requests_are_read_from_subjects(void **state)
{
	static const struct {
		const char *message;
		uint32_t request;
	} rows[] = {
		{ "Add it (#12)", 12 },
		{ "Add it (!12)", 12 },
		{ "Add it (#11) (#12)", 12 },
		{ "Add it (#12) \r\n\nbody (#13)", 12 },
		{ "(#12)", 12 },
		{ "Add it (pull request #12)", 12 },
		{ "Merged PR 12: Add it", 12 },
		{ "Merged PR 12: Add it (#13)", 12 },
		{ "Add it (#999999999)", 999999999 },
		{ "Add it (#9999999999)", 0 },
		{ "Add it (12)", 0 },
		{ "Add it (#12", 0 },
		{ "Add it #12", 0 },
		{ "Add it (#12) again", 0 },
		{ "Add it (#)", 0 },
		{ "Add it (#1x)", 0 },
		{ "Add it (#-1)", 0 },
		{ "Merged PR x: Add it", 0 },
		{ "Merged PR 12", 0 },
		{ "a)", 0 },
		{ ")", 0 },
		{ "x\n\n(#12)", 0 },
	};
	GATE_AUTO(opened_release) struct opened at = { 0 };
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "requests");

	commit_n(dir, 1);
	open_history(&at, dir);
	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		GATE_AUTO(gate_free) char *tree = test_git_out(dir, "write-tree");
		GATE_AUTO(gate_free)
		char *hex = test_git_read(dir, NULL,
		                          TEST_ARGS("commit-tree", "-m", rows[i].message, tree));
		const struct gate_commit *commit;
		struct gate_oid id;

		print_message("%s\n", rows[i].message);
		assert_ok(gate_oid_parse(&id, hex, strlen(hex), err));
		assert_ok(gate_history_commit(&commit, at.history, &id, err));
		assert_int_equal(commit->request, rows[i].request);
		assert_false(commit->change_id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commits_are_read_as_recorded),
		cmocka_unit_test(requests_are_read_from_subjects),
		cmocka_unit_test(odd_commits_are_read_or_called_damaged),
		cmocka_unit_test(a_damaged_parent_is_an_error),
		cmocka_unit_test(lists_stop_at_max_and_count_all),
		cmocka_unit_test(hidden_ids_may_be_tags_files_or_not_here),
		cmocka_unit_test(nothing_is_listed_when_the_tip_is_hidden),
		cmocka_unit_test(shallow_clones_say_where_they_end),
		cmocka_unit_test(shallow_tips_have_no_sure_answer),
		cmocka_unit_test(partial_clones_walk_without_trees),
		cmocka_unit_test(unrelated_histories_have_no_base),
		cmocka_unit_test(a_missing_parent_cuts_history),
		cmocka_unit_test(replacements_and_grafts_are_not_followed),
		cmocka_unit_test(a_damaged_shallow_file_is_an_error),
		cmocka_unit_test(few_commits_are_read_for_a_short_range),
		cmocka_unit_test(a_branch_made_under_a_wrong_clock_hides_its_base),
		cmocka_unit_test(git_counts_what_is_listed),
		cmocka_unit_test(times_are_trusted_less_once_one_was_seen_to_be_wrong),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
