/* SPDX-License-Identifier: Apache-2.0 */
/* The command that mends a finding: what is put in cannot break out of it. */
#include "tests/support/git.h"
#include "tests/support/judge.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

#define HOSTILE "a b'; rm -rf $HOME `id` \"x\".c"
#define CONTROL "new\nline.c"

struct fixture {
	char *scratch, *dir, *first, *second;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	const char *dir;

	fixture->scratch = test_scratch();
	dir = fixture->dir = test_repo(fixture->scratch, "repo");
	test_git(dir, "commit", "-q", "--allow-empty", "-m", "Start");
	test_git(dir, "update-ref", "refs/remotes/origin/main", "HEAD");
	test_write(dir, HOSTILE, "1\n");
	test_write(dir, "src/x.c", "1\n");
	test_git(dir, "add", "-A");
	test_git(dir, "commit", "-q", "-m", "One");
	fixture->first = test_git_out(dir, "rev-parse", "HEAD");
	test_write(dir, CONTROL, "1\n");
	test_git(dir, "add", "-A");
	test_git(dir, "commit", "-q", "-m", "Two");
	fixture->second = test_git_out(dir, "rev-parse", "HEAD");
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	test_scratch_remove(fixture->scratch);
	free(fixture->dir);
	free(fixture->first);
	free(fixture->second);
	free(fixture);
	return 0;
}

/* FIRST is the older commit's id, cut as git rebase shows it. */
static const struct {
	const char *rule, *fix;
} rows[] = {
	/* quoted for the shell */
	{ "forbid: { added: \"a*\" }, fix: \"git rm {path}\"",
	  "git rm 'a b'\\''; rm -rf $HOME `id` \"x\".c'" },
	{ "forbid: { added: src/ }, fix: \"git rm {path} {path}\"", "git rm src/x.c src/x.c" },
	/* control bytes: no command */
	{ "forbid: { added: \"new*\" }, fix: \"git rm {path}\"", NULL },
	/* what is not known, and what is no placeholder of ours */
	{ "require: { changed: none }, fix: \"git rm {path}\"", NULL },
	{ "forbid: { added: src/ }, fix: \"echo {service}\"", NULL },
	{ "forbid: { added: src/ }, fix: \"echo {commit}\"", NULL },
	{ "forbid: { added: src/ }, fix: \"echo {} {A} {a-b} {\"", "echo {} {A} {a-b} {" },
	/* values of the change */
	{ "forbid: { added: src/ }, fix: \"git push {remote} {branch}:{target}\"",
	  "git push origin topic:main" },
	{ "each: service, forbid: { added: src/ }, fix: \"echo {service}\"", "echo api" },
	/* the predicate's own, of a requirement only */
	{ "require: { changed: none }", "git add FILE && git commit --amend --no-edit" },
	{ "require: { not: { changed: src/ } }", "git add FILE && git commit --amend --no-edit" },
	{ "forbid: { added: src/ }", NULL },
	{ "require: { only-changed: none }", NULL },
	/* an older commit is not amended where HEAD stands */
	{ "each: commit, require: { not: { added: src/ } }",
	  "git rebase -i FIRST^   # mark first as edit, then: git add FILE && git commit --amend "
	  "--no-edit "
	  "&& git rebase --continue" },
	{ "each: commit, forbid: { added: src/ }, fix: \"git rm {path} && git commit --amend\"",
	  "git rebase -i FIRST^   # mark first as edit, then: git rm src/x.c && git commit --amend "
	  "&& git rebase --continue" },
	{ "each: commit, forbid: { added: src/ }, fix: \"git log {commit}\"", "git log WHOLE" },
	{ "each: commit, require: { not: { subject: Two } }", "git commit --amend" },
};

/* Puts the ids of this run into an expected text. */
static void expand(struct gate_buf *out, const struct fixture *fixture, const char *text)
{
	for (; *text; text++)
		if (!strncmp(text, "FIRST", 5)) {
			gate_buf_add(out, fixture->first, 12);
			text += 4;
		} else if (!strncmp(text, "WHOLE", 5)) {
			gate_buf_puts(out, fixture->first);
			text += 4;
		} else if (!strncmp(text, "mark first", 10)) {
			gate_buf_printf(out, "mark %.7s", fixture->first);
			text += 9;
		} else {
			gate_buf_putc(out, *text);
		}
}

static void says_what_mends_it(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf policy = { 0 }, wanted = { 0 };

		print_message("%s\n", rows[i].rule);
		gate_buf_printf(&policy,
		                "services: { api: { paths: [src/] } }\nrules: [{ id: x, %s }]\n",
		                rows[i].rule);
		test_change_push(&judged, fixture->dir, "origin", "refs/heads/topic", "HEAD",
		                 "refs/heads/main", "HEAD~2");
		test_judge(&judged, policy.ptr, NULL);
		assert_int_equal(judged.verdict.n_findings, 1);
		if (!rows[i].fix) {
			assert_null(judged.verdict.findings[0].fix);
			continue;
		}
		expand(&wanted, fixture, rows[i].fix);
		assert_non_null(judged.verdict.findings[0].fix);
		assert_string_equal(judged.verdict.findings[0].fix, wanted.ptr);
	}
}

static void the_first_commit_of_all_is_rebased_from_the_root(void **state)
{
	struct fixture *fixture = *state;
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
	const char *fix;

	test_change_push(&judged, fixture->dir, NULL, "refs/heads/topic", "HEAD",
	                 "refs/heads/topic", NULL);
	/* Everything is new to a remote of which nothing is known. */
	judged.change->n_hidden = 0;
	judged.change->has_base = false;
	test_judge(&judged, "rules: [{ id: x, each: commit, require: { subject: \"^[^S]\" } }]\n",
	           NULL);
	assert_int_equal(judged.verdict.n_findings, 1);
	fix = judged.verdict.findings[0].fix;
	assert_int_equal(strncmp(fix, "git rebase -i --root   # mark ", 30), 0);
}

/* Before the commit is made there is nothing to amend. */
static void nothing_is_amended_before_the_commit(void **state)
{
	static const char *const fixes[][2] = {
		{ "git rm --cached {path} && git commit --all --amend --no-edit",
		  "git rm --cached 'git commit --amend.c'" },
		{ "git commit --amend --no-edit", NULL },
		{ "git commit --all --amend", NULL },
		{ "git restore {path}", "git restore 'git commit --amend.c'" },
	};
	struct fixture *fixture = *state;

	test_write(fixture->dir, "git commit --amend.c", "1\n");
	test_git(fixture->dir, "add", "-A");
	for (size_t i = 0; i < GATE_COUNT(fixes); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf policy = { 0 };

		gate_buf_printf(
			&policy,
			"rules: [{ id: x, each: commit, forbid: { added: \"git*\" }, fix: \"%s\" "
			"}]\n",
			fixes[i][0]);
		test_change_index(&judged, fixture->dir, NULL);
		test_judge(&judged, policy.ptr, NULL);
		assert_int_equal(judged.verdict.n_findings, 1);
		if (fixes[i][1])
			assert_string_equal(judged.verdict.findings[0].fix, fixes[i][1]);
		else
			assert_null(judged.verdict.findings[0].fix);
	}
	test_git(fixture->dir, "reset", "-q", "--hard");
}

/* What the shell makes of it is one word again. */
static void the_shell_reads_what_was_meant(void **state)
{
	struct fixture *fixture = *state;
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
	GATE_AUTO(gate_free) char *shown = NULL;

	test_change_commit(&judged, fixture->dir, "HEAD~1");
	test_judge(&judged,
	           "rules: [{ id: x, forbid: { added: \"a*\" }, fix: \"git ls-files -z -- {path}\" "
	           "}]\n",
	           NULL);
	assert_int_equal(judged.verdict.n_findings, 1);
	shown = test_shell(NULL, fixture->dir, judged.verdict.findings[0].fix, NULL, 0);
	assert_string_equal(shown, HOSTILE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_mends_it),
		cmocka_unit_test(the_first_commit_of_all_is_rebased_from_the_root),
		cmocka_unit_test(nothing_is_amended_before_the_commit),
		cmocka_unit_test(the_shell_reads_what_was_meant),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
