/* SPDX-License-Identifier: Apache-2.0 */
/* Changes that nobody pushes: base and head, one commit, the index. */
#include "tests/support/judge.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

struct fixture {
	char *scratch, *dir;
};

/* main: m1 - m2; topic: m1 - t1 - tm (merges m2 and adds evil) */
static const char history[] =
	"c() { echo $1 >$1; git add .; git commit -qm \"Add $1\"; git tag $1; }\n"
	"git checkout -qB main; c m1; git checkout -qb topic; c t1; git checkout -q main; c m2\n"
	"git checkout -q topic; git merge -q --no-ff --no-commit main >/dev/null 2>&1\n"
	"echo e >evil; git add evil; git commit -qm Merge; git tag tm\n"
	"git init -q ../unborn; echo a >../unborn/a; git -C ../unborn add a\n";

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

static void check(struct gate_change *change, const char *how, size_t n_commits, const char *files)
{
	GATE_AUTO(gate_buf_release) struct gate_buf paths = { 0 };

	assert_ok(gate_change_load_files(change, err));
	assert_true(change->files.known.known);
	for (size_t i = 0; i < change->files.n; i++)
		gate_buf_printf(&paths, "%s%s", i ? " " : "", change->files.items[i].file.path);
	assert_string_equal(gate_buf_text(&paths), files);
	assert_ok(gate_change_load_commits(change, err));
	assert_true(change->commits_known.known);
	assert_int_equal(change->n_commits, n_commits);
	assert_string_equal(change->base_how, how);
}

static void a_range_starts_at_the_merge_base(void **state)
{
	static const struct {
		const char *base, *head, *how;
		size_t n_commits;
		const char *files;
	} rows[] = {
		{ "m2", "t1", "the merge base of the two", 1, "t1" },
		{ "m1", "t1", "as given", 1, "t1" },
		{ "m2", "tm", "as given", 2, "evil t1" },
		{ "t1", "tm", "as given", 2, "evil m2" },
		{ "tm", "t1", "the merge base of the two", 0, "" },
		{ "t1", "t1", "as given", 0, "" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };

		print_message("%s..%s\n", rows[i].base, rows[i].head);
		test_change_range(&judged, fixture->dir, rows[i].base, rows[i].head);
		check(judged.change, rows[i].how, rows[i].n_commits, rows[i].files);
		/* Nothing moves, and that is known. */
		assert_true(judged.change->has_ref_update);
		assert_int_equal(judged.change->ref_update, 0);
	}
}

static void one_commit_is_judged_against_its_first_parent(void **state)
{
	struct fixture *fixture = *state;
	GATE_AUTO(test_judged_release) struct test_judged merge = { 0 };
	GATE_AUTO(test_judged_release) struct test_judged first = { 0 };

	/* The whole merge, as the branch saw it: its commit and the one it brought. */
	test_change_commit(&merge, fixture->dir, "tm");
	check(merge.change, "its first parent", 2, "evil m2");
	test_change_commit(&first, fixture->dir, "m1");
	check(first.change, "none: a first commit", 1, "m1");
	assert_false(first.change->has_base);
}

static void what_is_staged_is_one_commit_to_be(void **state)
{
	struct fixture *fixture = *state;
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };

	test_write(fixture->dir, "staged", "1\n");
	test_git(fixture->dir, "add", "staged");
	test_write(fixture->dir, "not-staged", "1\n");
	test_change_index(&judged, fixture->dir, "Say it\n\nTicket: A-1\n");
	check(judged.change, "HEAD", 1, "staged");
	assert_int_equal(judged.change->stage, GATE_STAGE_COMMIT);
	assert_string_equal(judged.change->branch, "topic");
	test_judge(
		&judged,
		"rules:\n- { id: a, each: commit, require: { subject: '^Say', trailer: Ticket } }\n"
		"- { id: b, each: commit, forbid: { added: staged } }\n",
		NULL);
	assert_string_equal(test_says(&judged, "a"), "pass");
	assert_string_equal(test_says(&judged, "b"), "fail: is added, and matches staged");
}

static void the_first_commit_of_all_can_be_staged(void **state)
{
	struct fixture *fixture = *state;
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
	GATE_AUTO(gate_free) char *dir = test_path(fixture->scratch, "unborn");

	test_change_index(&judged, dir, NULL);
	check(judged.change, "none: this will be the first commit", 1, "a");
	assert_false(judged.change->has_base);
}

/* Where it goes is not known, so a rule on it must not be skipped as it is for a tag. */
static void a_detached_head_goes_nobody_knows_where(void **state)
{
	struct fixture *fixture = *state;
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };

	test_git(fixture->dir, "checkout", "-q", "--detach");
	test_change_range(&judged, fixture->dir, NULL, NULL);
	test_git(fixture->dir, "checkout", "-q", "-");
	test_judge(&judged,
	           "rules:\n- { id: a, when: { target: main }, forbid: { commits: { min: 1 } } }\n",
	           NULL);
	assert_string_equal(test_says(&judged, "a"),
	                    "inconclusive: it is not known which branch this is for");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_range_starts_at_the_merge_base),
		cmocka_unit_test(one_commit_is_judged_against_its_first_parent),
		cmocka_unit_test(what_is_staged_is_one_commit_to_be),
		cmocka_unit_test(the_first_commit_of_all_can_be_staged),
		cmocka_unit_test(a_detached_head_goes_nobody_knows_where),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
