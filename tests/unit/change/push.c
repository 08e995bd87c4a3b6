/* SPDX-License-Identifier: Apache-2.0 */
/* Pushes of one ref: where the change starts, what is its own, what happens to the ref. */
#include "tests/support/judge.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

struct fixture {
	char *scratch, *dir;
};

/*
 * What the remote has is under refs/remotes; each commit adds a file of its name.
 *
 *     main:    m1 - m2 - m3 - m4        origin/main is m3, m4 is new
 *                \          \
 *     topic:      t1 - t2 -- tm - t3    origin/topic is t1; tm merges m3
 *                       \
 *     stacked:           s1             origin/shared is t2
 *
 * `elsewhere` has a commit that origin does not have.
 */
static const char history[] =
	"tick=1600000000\n"
	"c() { echo $1 >$1; git add .; tick=$((tick + 60)); GIT_COMMITTER_DATE=\"$tick +0000\" git "
	"commit -qm \"Add $1\"; git tag -f $1 >/dev/null; }\n"
	"git checkout -qB main; c m1; c m2\n"
	"git checkout -qb topic m1; c t1; c t2\n"
	"git checkout -q main; c m3\n"
	"git checkout -q topic; tick=$((tick + 60))\n"
	"GIT_COMMITTER_DATE=\"$tick +0000\" git merge -q --no-ff -m 'Merge main' main; git tag tm; "
	"c t3\n"
	"git checkout -q main; c m4\n"
	"git checkout -qb stacked t2; c s1\n"
	"git update-ref refs/remotes/origin/main m3\n"
	"git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main\n"
	"git update-ref refs/remotes/origin/topic t1\n"
	"git update-ref refs/remotes/elsewhere/shared t2\n"
	"git tag -a -m annotated annotated t3; git tag blob $(git rev-parse m1:m1); git tag tree "
	"'m1^{tree}'\n"
	"git tag -a -m twice twice annotated\n"
	"git checkout -q --orphan fresh; git rm -rqf .; c f1; c f2\n";

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->scratch = test_scratch();
	fixture->dir = test_repo(fixture->scratch, "repo");
	test_sh(fixture->dir, history);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	test_scratch_remove(fixture->scratch);
	free(fixture->dir);
	free(fixture);
	return 0;
}

/* "t3 tm" and "m4": what is the change's own, subjects without "Add ", paths as they are. */
static void list_commits(struct gate_buf *out, struct gate_change *change)
{
	assert_ok(gate_change_load_commits(change, err));
	assert_true(change->commits_known.known);
	for (size_t i = 0; i < change->n_commits; i++) {
		const char *subject;

		assert_ok(gate_commit_load_text(change, &change->commits[i], err));
		subject = change->commits[i].text.message.subject;
		gate_buf_printf(out, "%s%s", i ? " " : "",
		                strncmp(subject, "Add ", 4) ? "merge" : subject + 4);
	}
}

static void list_files(struct gate_buf *out, struct gate_change *change)
{
	assert_ok(gate_change_load_files(change, err));
	assert_true(change->files.known.known);
	for (size_t i = 0; i < change->files.n; i++)
		gate_buf_printf(out, "%s%s", i ? " " : "", change->files.items[i].file.path);
}

static void check_base(const struct test_judged *judged, const char *base, const char *how)
{
	struct gate_oid id;

	assert_int_equal(judged->change->has_base, base != NULL);
	if (base) {
		assert_ok(gate_rev_commit(&id, judged->repo, base, err));
		assert_true(gate_oid_equal(&id, &judged->change->base));
	}
	assert_string_equal(judged->change->base_how ? judged->change->base_how : "", how);
}

#define UPDATE (GATE_REF_UPDATE | GATE_REF_DIRECT)
#define FORCE (GATE_REF_FORCE | GATE_REF_DIRECT)
#define NOWHERE "1234567890123456789012345678901234567890"
#define VALUE "the remote's value of the ref"
#define FORK "the fork point from what the remote has"

static const struct {
	const char *about, *remote, *local_ref, *local, *remote_ref, *old;
	const char *base, *how, *commits, *files;
	unsigned update;
} rows[] = {
	{ "an existing branch moves forward", "origin", "refs/heads/main", "m4", "refs/heads/main",
	  "m3", "m3", VALUE, "m4", "m4", UPDATE },
	{ "the remote's value counts, not what was remembered of it", "origin", "refs/heads/main",
	  "m4", "refs/heads/main", "m2", "m2", VALUE, "m4", "m4", UPDATE },
	{ "nothing new", "origin", "refs/heads/main", "m3", "refs/heads/main", "m3", "m3", VALUE,
	  "", "", UPDATE },
	{ "a new branch from what the remote has", "origin", "refs/heads/new", "m4",
	  "refs/heads/new", NULL, "m3", FORK, "m4", "m4", GATE_REF_CREATE },
	{ "a new branch without a new commit", "origin", "refs/heads/new", "m2", "refs/heads/new",
	  NULL, "m2", "the remote has every commit of it", "", "", GATE_REF_CREATE },
	{ "a new branch on one that was pushed in part, and whole to another remote", "origin",
	  "refs/heads/stacked", "s1", "refs/heads/stacked", NULL, "t1", FORK, "s1 t2", "s1 t2",
	  GATE_REF_CREATE },
	{ "the branch merged main: main's files are not its own", "origin", "refs/heads/topic",
	  "t3", "refs/heads/topic", "t1", "t1", VALUE, "t3 merge t2", "t2 t3", UPDATE },
	{ "new, and merged main", "origin", "refs/heads/topic2", "t3", "refs/heads/topic2", NULL,
	  NULL, FORK, "t3 merge t2", "t2 t3", GATE_REF_CREATE },
	{ "rewritten", "origin", "refs/heads/topic", "m4", "refs/heads/topic", "t1", "m3", FORK,
	  "m4", "m4", FORCE },
	{ "set back", "origin", "refs/heads/main", "m2", "refs/heads/main", "m3", "m2",
	  "the remote has every commit of it", "", "", FORCE },
	{ "somebody pushed what is not here", "origin", "refs/heads/main", "m4", "refs/heads/main",
	  NOWHERE, "m3", FORK, "m4", "m4", FORCE },
	{ "by URL every remote counts", NULL, "refs/heads/stacked", "s1", "refs/heads/stacked",
	  NULL, "t2", FORK, "s1", "s1", GATE_REF_CREATE },
	{ "to a remote of which nothing is known", "nobody", "refs/heads/main", "m2",
	  "refs/heads/main", NULL, NULL, "the remote has no commit of it", "m2 m1", "m1 m2",
	  GATE_REF_CREATE },
	{ "a history of its own", "origin", "refs/heads/fresh", "f2", "refs/heads/fresh", NULL,
	  NULL, "the remote has no commit of it", "f2 f1", "f1 f2", GATE_REF_CREATE },
	{ "a tag on a commit", "origin", "refs/tags/m4", "m4", "refs/tags/m4", NULL, "m3", FORK,
	  "m4", "m4", GATE_REF_CREATE },
	{ "a tag that moves", "origin", "refs/tags/v", "m4", "refs/tags/v", "m3", "m3", VALUE, "m4",
	  "m4", GATE_REF_UPDATE },
	{ "no branch here: the words of git", "origin", "main~1", "m3", "refs/heads/next", NULL,
	  "m3", "the remote has every commit of it", "", "", GATE_REF_CREATE },
};

static void knows_its_start_and_what_is_its_own(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf commits = { 0 }, files = { 0 };

		print_message("%s\n", rows[i].about);
		test_change_push(&judged, fixture->dir, rows[i].remote, rows[i].local_ref,
		                 rows[i].local, rows[i].remote_ref, rows[i].old);
		list_commits(&commits, judged.change);
		list_files(&files, judged.change);
		assert_string_equal(gate_buf_text(&commits), rows[i].commits);
		assert_string_equal(gate_buf_text(&files), rows[i].files);
		if (strcmp(rows[i].about, "new, and merged main") != 0)
			check_base(&judged, rows[i].base, rows[i].how);
		assert_true(judged.change->has_ref_update);
		assert_int_equal(judged.change->ref_update, rows[i].update);
		assert_string_equal(judged.change->name, rows[i].remote_ref);
		assert_int_equal(judged.change->stage, GATE_STAGE_PUSH);
		assert_string_equal(judged.change->judge_how, "the change itself");
	}
}

/* The id of a ref itself: of a tag object, not of what it is on. */
static char *id_of(const struct fixture *fixture, const char *rev)
{
	return test_git_out(fixture->dir, "rev-parse", rev);
}

static void tags_are_followed_to_their_commit(void **state)
{
	static const char *const tags[] = { "annotated", "twice" };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < GATE_COUNT(tags); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf commits = { 0 };
		GATE_AUTO(gate_free) char *id = id_of(fixture, tags[i]);

		test_change_push(&judged, fixture->dir, "origin", "refs/tags/annotated", id,
		                 "refs/tags/annotated", NULL);
		list_commits(&commits, judged.change);
		assert_string_equal(commits.ptr, "t3 merge t2");
		assert_true(judged.change->no_target);
		assert_null(judged.change->target);
	}
}

static void what_is_no_commit_has_nothing_to_judge_but_its_ref(void **state)
{
	static const char *const tags[] = { "blob", "tree", NULL };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < GATE_COUNT(tags); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf commits = { 0 }, files = { 0 };
		GATE_AUTO(gate_free) char *id = tags[i] ? id_of(fixture, tags[i]) : NULL;

		test_change_push(&judged, fixture->dir, "origin",
		                 tags[i] ? "refs/tags/x" : "(delete)", id, "refs/tags/x",
		                 tags[i] ? NULL : "m1");
		list_commits(&commits, judged.change);
		list_files(&files, judged.change);
		assert_int_equal(commits.len + files.len, 0);
		assert_false(judged.change->has_head);
		assert_int_equal(judged.change->ref_update,
		                 tags[i] ? GATE_REF_CREATE : GATE_REF_DELETE);
		assert_string_equal(judged.change->judge_how, "HEAD, since no commit is pushed");
	}
}

static void branches_have_names(void **state)
{
	static const struct {
		const char *local_ref, *remote_ref, *branch, *target;
	} names[] = {
		{ "refs/heads/topic", "refs/heads/main", "topic", "main" },
		{ "HEAD", "refs/heads/x/y", "fresh", "x/y" },
		{ "HEAD~1", "refs/heads/x", "x", "x" },
		{ "main@{0 seconds ago}", "refs/heads/x", "x", "x" },
		{ "refs/tags/m4", "refs/tags/m4", NULL, NULL },
		{ "refs/heads/topic", "refs/notes/x", "topic", NULL },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < GATE_COUNT(names); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		const struct gate_change *change;

		test_change_push(&judged, fixture->dir, "origin", names[i].local_ref, "m4",
		                 names[i].remote_ref, NULL);
		change = judged.change;
		assert_int_equal(change->branch != NULL, names[i].branch != NULL);
		assert_int_equal(change->target != NULL, names[i].target != NULL);
		if (names[i].branch)
			assert_string_equal(change->branch, names[i].branch);
		if (names[i].target)
			assert_string_equal(change->target, names[i].target);
		assert_int_equal(change->no_target, !names[i].target);
		assert_string_equal(change->remote, "origin");
	}
}

/* In a shallow clone an old value behind the cut is not known to be contained, and not known to be thrown away. */
static void behind_the_cut_nobody_knows_what_is_thrown_away(void **state)
{
	struct fixture *fixture = *state;
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
	GATE_AUTO(gate_free) char *dir = test_path(fixture->scratch, "shallow");

	test_sh(fixture->scratch,
	        "git clone -q --depth 1 --branch main \"file://$PWD/repo\" shallow\ncd shallow\n"
	        "git fetch -q --depth 1 origin tag m2\n");
	test_change_push(&judged, dir, "origin", "refs/heads/main", "HEAD", "refs/heads/main",
	                 "m2");
	test_judge(&judged, "rules: [{ id: x, forbid: { ref-update: force } }]\n", NULL);
	assert_string_equal(test_says(&judged, "x"),
	                    "inconclusive: it is not known what happens to the ref");
}

static void from_a_shallow_clone_one_commit_is_one_commit(void **state)
{
	struct fixture *fixture = *state;
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf commits = { 0 }, files = { 0 };
	GATE_AUTO(gate_free) char *dir = test_path(fixture->scratch, "one");

	test_sh(fixture->scratch,
	        "git clone -q --depth 1 --branch main \"file://$PWD/repo\" one\ncd one\n"
	        "echo n >n; git add n; git commit -qm 'Add n'\n");
	test_change_push(&judged, dir, "origin", "refs/heads/main", "HEAD", "refs/heads/main",
	                 "HEAD~1");
	list_commits(&commits, judged.change);
	list_files(&files, judged.change);
	assert_string_equal(commits.ptr, "n");
	assert_string_equal(files.ptr, "n");
	assert_int_equal(judged.change->ref_update, UPDATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_its_start_and_what_is_its_own),
		cmocka_unit_test(tags_are_followed_to_their_commit),
		cmocka_unit_test(what_is_no_commit_has_nothing_to_judge_but_its_ref),
		cmocka_unit_test(branches_have_names),
		cmocka_unit_test(behind_the_cut_nobody_knows_what_is_thrown_away),
		cmocka_unit_test(from_a_shallow_clone_one_commit_is_one_commit),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
