/* SPDX-License-Identifier: Apache-2.0 */
/* What cannot be known is inconclusive, with the line that mends it; it never passes. */
#include "gate/report/exit.h"
#include "tests/support/judge.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

struct fixture {
	char *scratch, *dir;
};

#define X40 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx!"
#define EVIL "^(x+x+)+$"
#define UNSHALLOW \
	"git fetch --unshallow   # in CI: 'fetch-depth: 0' (GitHub), 'GIT_DEPTH: \"0\"' (GitLab)"

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->scratch = test_scratch();
	fixture->dir = test_repo(fixture->scratch, "repo");
	test_sh(fixture->dir,
	        "for i in 1 2 3 4 5; do echo $i >$i.c; git add .; GIT_COMMITTER_DATE=\"160000000$i "
	        "+0000\" git commit -qm \"Add $i\"; done\n"
	        "git checkout -q -b long; echo '" X40 "' >x.c; git add .\n"
	        "git commit -qm '" X40 "' -m 'body " X40 "' -m 'Ticket: " X40 "'\n"
	        "git checkout -q --orphan other; git rm -rqf .; echo o >o.c; git add .\n"
	        "git commit -qm 'Another history'\n"
	        "git checkout -q main; git config uploadpack.allowFilter true\n"
	        "cd ..\n"
	        "git clone -q --depth 2 \"file://$PWD/repo\" shallow\n"
	        "git clone -q --depth 1 --no-single-branch \"file://$PWD/repo\" grafted\n"
	        "git clone -q --no-checkout --filter=blob:none \"file://$PWD/repo\" blobless\n"
	        "git clone -q --no-checkout --filter=tree:0 \"file://$PWD/repo\" treeless\n"
	        "rm -rf repo/.git/hooks\n");
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

#define LINES "the content of a file is not in this clone"
#define REFETCH "git fetch --refetch --no-filter"
#define GAVE_UP "a pattern took too long on a commit message and was given up"

/* `base` NULL: the commit `head` alone. */
static const struct {
	const char *repo, *base, *head, *rule, *says, *mend;
} rows[] = {
	/* shallow: two trees say which files, nobody says which commits */
	{ "shallow", "HEAD~1", "HEAD", "require: { changed: 5.c }", "pass", "" },
	{ "shallow", "HEAD~1", "HEAD", "each: commit, require: { subject: Add }", "pass", "" },
	{ "shallow", NULL, "HEAD~1", "require: { changed: 4.c }",
	  "inconclusive: this clone is shallow", UNSHALLOW },
	{ "shallow", NULL, "HEAD~1", "forbid: { changed: 4.c }",
	  "inconclusive: this clone is shallow", UNSHALLOW },
	{ "shallow", NULL, "HEAD~1", "each: commit, require: { subject: Add }",
	  "inconclusive: this clone is shallow", UNSHALLOW },
	{ "shallow", NULL, "HEAD~1", "forbid: { added-text: x }",
	  "inconclusive: this clone is shallow", UNSHALLOW },
	{ "shallow", NULL, "HEAD~1", "require: { diff: { files: { max: 9 } } }",
	  "inconclusive: this clone is shallow", UNSHALLOW },
	{ "shallow", NULL, "HEAD~1", "require: { commits: { max: 9 } }",
	  "inconclusive: this clone is shallow", UNSHALLOW },
	{ "shallow", NULL, "HEAD~1", "forbid: { trailer: T }",
	  "inconclusive: this clone is shallow", UNSHALLOW },
	{ "shallow", NULL, "HEAD~1", "each: service, require: { changed: none }",
	  "inconclusive: this clone is shallow", UNSHALLOW },
	{ "shallow", NULL, "HEAD~1", "each: { file: \"*.c\" }, require: { changed: none }",
	  "inconclusive: this clone is shallow", UNSHALLOW },
	{ "shallow", NULL, "HEAD~1", "forbid: { service: api }",
	  "inconclusive: this clone is shallow", UNSHALLOW },
	/* the merge base is beyond the cut: the trees are compared, the commits are unknown */
	{ "grafted", "origin/long", "origin/main", "require: { changed: x.c }", "pass", "" },
	{ "grafted", "origin/long", "origin/main", "each: commit, require: { subject: Add }",
	  "inconclusive: this clone is shallow", UNSHALLOW },
	{ "grafted", "origin/long", "origin/main", "forbid: { trailer: Ticket }",
	  "inconclusive: this clone is shallow", UNSHALLOW },
	/* partial: which files is known without content */
	{ "blobless", "HEAD~1", "HEAD", "require: { added: 5.c }", "pass", "" },
	{ "blobless", "HEAD~1", "HEAD", "forbid: { added-text: x }", "inconclusive: " LINES,
	  REFETCH },
	{ "blobless", "HEAD~1", "HEAD", "require: { added-lines: { max: 9 } }",
	  "inconclusive: " LINES, REFETCH },
	{ "blobless", "HEAD~1", "HEAD", "require: { diff: { lines: { max: 9 } } }",
	  "inconclusive: " LINES, REFETCH },
	/* what is known settles it */
	{ "blobless", "HEAD~1", "HEAD", "require: { diff: { files: 2, lines: 9 } }",
	  "fail: 1 file, at least 2, 0 changed lines, at least 9", "" },
	/* unrelated histories */
	{ "repo", "other", "main", "forbid: { changed: 5.c }",
	  "inconclusive: base and head have no commit in common", "" },
	{ "repo", "other", "main", "require: { commits: { max: 99 } }",
	  "inconclusive: base and head have no commit in common", "" },
	{ "repo", "other", "main", "each: all-commits, forbid: { added: none }",
	  "inconclusive: base and head have no commit in common", "" },
	{ "repo", "other", "main", "forbid: { target: other }",
	  "fail: the target 'other' matches other", "" },
	/* patterns that would not come back */
	{ "repo", NULL, "long", "each: commit, require: { subject: '" EVIL "' }",
	  "inconclusive: " GAVE_UP, "" },
	{ "repo", NULL, "long", "each: commit, forbid: { subject: '" EVIL "' }",
	  "inconclusive: " GAVE_UP, "" },
	{ "repo", NULL, "long", "each: commit, forbid: { body: '(?m)(x+x+)+$' }",
	  "inconclusive: " GAVE_UP, "" },
	{ "repo", NULL, "long", "require: { trailer: { Ticket: '" EVIL "' } }",
	  "inconclusive: " GAVE_UP, "" },
	{ "repo", NULL, "long", "each: commit, forbid: { trailer: { Ticket: '" EVIL "' } }",
	  "inconclusive: " GAVE_UP, "" },
	{ "repo", NULL, "long", "forbid: { added-text: '" EVIL "' }",
	  "inconclusive: a pattern took too long on an added line and was given up", "" },
	/* a detached HEAD is on no branch that is known */
	{ "repo", NULL, "long", "forbid: { branch: long }", "pass", "" },
};

static void is_inconclusive_and_says_what_mends_it(void **state)
{
	struct fixture *fixture = *state;
	size_t failed = 0;

	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf policy = { 0 };
		GATE_AUTO(gate_free) char *dir = test_path(fixture->scratch, rows[i].repo);
		const struct gate_rule_outcome *outcome;

		gate_buf_printf(&policy,
		                "services: { api: { paths: [\"*.c\"] } }\nrules: [{ id: x, %s }]\n",
		                rows[i].rule);
		if (rows[i].base)
			test_change_range(&judged, dir, rows[i].base, rows[i].head);
		else
			test_change_commit(&judged, dir, rows[i].head);
		test_judge(&judged, policy.ptr, NULL);
		outcome = test_outcome(&judged, "x");
		if (strcmp(test_says(&judged, "x"), rows[i].says) != 0 ||
		    strcmp(outcome->mend, rows[i].mend) != 0) {
			print_error("%s %s: %s\n  expected %s (%s)\n  got %s (%s)\n", rows[i].repo,
			            rows[i].head, rows[i].rule, rows[i].says, rows[i].mend,
			            test_says(&judged, "x"), outcome->mend);
			failed++;
		}
		if (outcome->outcome == GATE_INCONCLUSIVE) {
			assert_int_equal(judged.verdict.n_findings, 1);
			assert_int_equal(judged.verdict.findings[0].outcome, GATE_INCONCLUSIVE);
			assert_int_equal(gate_exit_of_verdict(&judged.verdict),
			                 GATE_EXIT_INCONCLUSIVE);
		}
	}
	assert_int_equal(failed, 0);
}

/* Trees that are not here say neither which files changed nor what the policy is: it is no policy that is not there. */
static void a_policy_that_cannot_be_read_is_no_missing_policy(void **state)
{
	struct fixture *fixture = *state;
	GATE_AUTO(gate_free) char *dir = test_path(fixture->scratch, "treeless");
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
	struct gate_error err = { 0 };

	test_change_commit(&judged, dir, "HEAD");
	assert_int_equal(
		gate_config_load(&judged.config, &judged.change->judge_files, NULL, NULL, 0, &err),
		GATE_EGIT);
	test_judge(&judged, "rules: [{ id: x, forbid: { changed: none } }]\n", NULL);
	assert_int_equal(test_outcome(&judged, "x")->outcome, GATE_INCONCLUSIVE);
	assert_string_equal(test_outcome(&judged, "x")->mend, REFETCH);
}

static void too_many_commits_are_not_judged_in_part(void **state)
{
	struct fixture *fixture = *state;
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };

	test_change_range(&judged, fixture->dir, "main~4", "main");
	judged.change->max_commits = 3;
	test_judge(&judged,
	           "rules:\n- { id: c, each: commit, forbid: { subject: Add } }\n"
	           "- { id: n, require: { commits: { max: 9 } } }\n"
	           "- { id: t, forbid: { trailer: T } }\n- { id: f, require: { added: 5.c } }\n",
	           NULL);
	assert_string_equal(test_says(&judged, "c"),
	                    "inconclusive: 4 commits, more than the limit of 3");
	assert_string_equal(test_says(&judged, "n"),
	                    "inconclusive: 4 commits, more than the limit of 3");
	assert_string_equal(test_says(&judged, "t"),
	                    "inconclusive: 4 commits, more than the limit of 3");
	assert_string_equal(test_says(&judged, "f"), "pass");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_inconclusive_and_says_what_mends_it),
		cmocka_unit_test(a_policy_that_cannot_be_read_is_no_missing_policy),
		cmocka_unit_test(too_many_commits_are_not_judged_in_part),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
