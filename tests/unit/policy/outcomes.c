/* SPDX-License-Identifier: Apache-2.0 */
/* From truth to outcomes, findings and exit codes. */
#include "gate/report/exit.h"
#include "tests/support/git.h"
#include "tests/support/judge.h"
#include "tests/support/test.h"

#define LONG "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx!"

struct fixture {
	char *scratch, *dir;
};

/* One commit on main: a.c and b.c are added, c.c is modified. */
static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	const char *dir;

	fixture->scratch = test_scratch();
	dir = fixture->dir = test_repo(fixture->scratch, "repo");
	test_write(dir, "c.c", "1\n2\n3\n");
	test_git(dir, "add", "-A");
	test_git(dir, "commit", "-q", "-m", "Start");
	test_write(dir, "a.c", "1\n");
	test_write(dir, "b.c", "x\nx\n" LONG "\n");
	test_write(dir, "c.c", "1\n2\n3\nx\n");
	test_git(dir, "add", "-A");
	test_git(dir, "commit", "-q", "-m", "Go on");
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

/*
 * A predicate that is true, false and unknown on this change: the pattern is given up on a long line of x.
 */
#define T "changed: a.c"
#define F "changed: none"
#define UNKNOWN "added-text: '^(x+x+)+$'"

static void judge(struct test_judged *judged, struct fixture *fixture, const char *policy)
{
	test_change_commit(judged, fixture->dir, "HEAD");
	test_judge(judged, policy, NULL);
}

/* The three letters stand for `when`, `unless` and `require`, '-' for none. */
static enum gate_outcome outcome_of(struct fixture *fixture, const char *letters, bool forbid)
{
	static const char *const parts[] = { "when", "unless" };
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf policy = { 0 };

	gate_buf_puts(&policy, "rules: [{ id: x, at: [push, pull-request]");
	for (size_t i = 0; i < 3; i++) {
		const char *value = letters[i] == 'T' ? T : letters[i] == 'F' ? F : UNKNOWN;

		if (letters[i] != '-')
			gate_buf_printf(&policy, ", %s: { %s }",
			                i < 2    ? parts[i]
			                : forbid ? "forbid"
			                         : "require",
			                value);
	}
	gate_buf_puts(&policy, " }]\n");
	judge(&judged, fixture, policy.ptr);
	return test_outcome(&judged, "x")->outcome;
}

static void an_unknown_that_does_not_decide_passes(void **state)
{
	static const struct {
		const char *letters; /* when, unless, require */
		enum gate_outcome require, forbid;
	} rows[] = {
		{ "--T", GATE_PASS, GATE_FAIL },
		{ "--F", GATE_FAIL, GATE_PASS },
		{ "--U", GATE_INCONCLUSIVE, GATE_INCONCLUSIVE },
		{ "T-T", GATE_PASS, GATE_FAIL },
		{ "T-F", GATE_FAIL, GATE_PASS },
		{ "T-U", GATE_INCONCLUSIVE, GATE_INCONCLUSIVE },
		{ "F-T", GATE_SKIP, GATE_SKIP },
		{ "F-F", GATE_SKIP, GATE_SKIP },
		{ "F-U", GATE_SKIP, GATE_SKIP },
		{ "U-T", GATE_PASS, GATE_INCONCLUSIVE },
		{ "U-F", GATE_INCONCLUSIVE, GATE_PASS },
		{ "U-U", GATE_INCONCLUSIVE, GATE_INCONCLUSIVE },
		{ "-TT", GATE_SKIP, GATE_SKIP },
		{ "-TF", GATE_SKIP, GATE_SKIP },
		{ "-TU", GATE_SKIP, GATE_SKIP },
		{ "-FT", GATE_PASS, GATE_FAIL },
		{ "-FF", GATE_FAIL, GATE_PASS },
		{ "-FU", GATE_INCONCLUSIVE, GATE_INCONCLUSIVE },
		{ "-UT", GATE_PASS, GATE_INCONCLUSIVE },
		{ "-UF", GATE_INCONCLUSIVE, GATE_PASS },
		{ "-UU", GATE_INCONCLUSIVE, GATE_INCONCLUSIVE },
		{ "FTF", GATE_SKIP, GATE_SKIP },
		{ "FUF", GATE_SKIP, GATE_SKIP },
		{ "UTF", GATE_SKIP, GATE_SKIP },
		{ "TTF", GATE_SKIP, GATE_SKIP },
		{ "TUF", GATE_INCONCLUSIVE, GATE_PASS },
		{ "UUT", GATE_PASS, GATE_INCONCLUSIVE },
	};
	size_t failed = 0;

	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		enum gate_outcome require = outcome_of(*state, rows[i].letters, false);
		enum gate_outcome forbid = outcome_of(*state, rows[i].letters, true);

		if (require == rows[i].require && forbid == rows[i].forbid)
			continue;
		print_error("%s: require %s, forbid %s\n", rows[i].letters,
		            gate_outcome_names[require], gate_outcome_names[forbid]);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void unless_excepts_and_when_does_not_apply(void **state)
{
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };

	judge(&judged, *state,
	      "rules:\n- { id: excepted, unless: { " T " }, require: { " F " } }\n"
	      "- { id: other, when: { " F " }, unless: { " T " }, require: { " F " } }\n");
	assert_true(test_outcome(&judged, "excepted")->excepted);
	assert_string_equal(test_says(&judged, "excepted"), "skip: is changed, and matches a.c");
	assert_false(test_outcome(&judged, "other")->excepted);
	assert_string_equal(test_says(&judged, "other"),
	                    "skip: no changed file matches none (of 3 changed)");
	assert_int_equal(judged.verdict.n_findings, 0);
}

static void one_finding_for_each_requirement_that_fails(void **state)
{
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
	const struct gate_finding *findings;

	judge(&judged, *state,
	      "rules:\n- id: x\n  require:\n    changed: a.c\n    added: c.c\n"
	      "    all: [{ deleted: b.c }, { diff: { files: 3 } }]\n"
	      "    any: [{ changed: none }, { changed: no-more }]\n    not: { modified: c.c }\n");
	assert_int_equal(judged.verdict.n_findings, 4);
	assert_int_equal(judged.verdict.errors, 4);
	findings = judged.verdict.findings;
	/* At what is at fault where there is such a thing, else at the rule: sorted by path, then predicate. */
	assert_string_equal(findings[0].path, "c.c");
	assert_string_equal(findings[0].predicate, "not");
	assert_false(findings[0].policy_place);
	assert_string_equal(findings[1].path, "p.yml");
	assert_int_equal(findings[1].line, 3);
	assert_true(findings[1].policy_place);
	assert_string_equal(findings[1].predicate, "added");
	assert_string_equal(findings[1].message, "no added file matches c.c (of 3 changed)");
	assert_string_equal(findings[2].predicate, "any");
	assert_string_equal(findings[2].message, "no changed file matches none (of 3 changed); "
	                                         "no changed file matches no-more (of 3 changed)");
	assert_string_equal(findings[3].predicate, "deleted");
}

static const struct {
	const char *rule, *path;
	unsigned line;
	bool policy;
	size_t n_places;
} places[] = {
	/* at what it knows is missing or at fault */
	{ "when: { changed: a.c }, require: { only-changed: [a.c, c.c] }", "b.c", 0, false, 1 },
	{ "when: { changed: a.c }, require: { only-changed: c.c }", "a.c", 0, false, 2 },
	/* else at what made `when` true */
	{ "when: { changed: [b.c, c.c] }, require: { changed: none }", "b.c", 0, false, 2 },
	{ "when: { added-text: x }, require: { changed: none }", "b.c", 1, false, 4 },
	{ "when: { changed: a.c, modified: c.c }, require: { changed: none }", "a.c", 0, false, 2 },
	{ "each: { file: c.c }, when: { changed: a.c }, require: { changed: none }", "c.c", 0,
	  false, 0 },
	/* else at the rule's line */
	{ "require: { changed: none }", "p.yml", 2, true, 0 },
	{ "when: { not: { changed: none } }, require: { changed: none }", "p.yml", 2, true, 0 },
	/* forbid: at what matched */
	{ "forbid: { added-text: x }", "b.c", 1, false, 4 },
	{ "when: { changed: a.c }, forbid: { modified: \"*\" }", "c.c", 0, false, 1 },
	{ "forbid: { diff: { files: 3 } }", "p.yml", 2, true, 0 },
	/* a commit is the place of what is said of it */
	{ "each: commit, require: { subject: none }", NULL, 0, false, 0 },
};

static void findings_stand_where_the_fault_is(void **state)
{
	for (size_t i = 0; i < GATE_COUNT(places); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf policy = { 0 };
		const struct gate_finding *finding;

		print_message("%s\n", places[i].rule);
		gate_buf_printf(&policy, "rules: [{ id: x, %s }]\n", places[i].rule);
		judge(&judged, *state, policy.ptr);
		assert_int_equal(judged.verdict.n_findings, 1);
		finding = &judged.verdict.findings[0];
		if (places[i].path)
			assert_string_equal(finding->path, places[i].path);
		else
			assert_null(finding->path);
		assert_int_equal(finding->line, places[i].line);
		assert_int_equal(finding->policy_place, places[i].policy);
		assert_int_equal(finding->n_places, places[i].n_places);
		assert_int_equal(finding->n_all_places, places[i].n_places);
	}
}

static void a_finding_on_a_commit_names_it(void **state)
{
	struct fixture *fixture = *state;
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
	GATE_AUTO(gate_free) char *head = test_git_out(fixture->dir, "rev-parse", "HEAD");

	judge(&judged, fixture, "rules: [{ id: x, each: commit, forbid: { changed: b.c } }]\n");
	assert_int_equal(judged.verdict.n_findings, 1);
	assert_string_equal(judged.verdict.findings[0].commit, head);
	assert_string_equal(judged.verdict.findings[0].subject, "Go on");
	assert_string_equal(judged.verdict.findings[0].path, "b.c");
}

static void findings_and_outcomes_are_sorted(void **state)
{
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
	static const char *const found[][2] = {
		{ "a.c", "z" }, { "b.c", "b" },   { "b.c", "z" },
		{ "c.c", "y" }, { "p.yml", "k" }, { "p.yml", "a" }
	};
	static const char *const ids[] = { "a", "b", "k", "y", "z" };

	judge(&judged, *state,
	      "rules:\n- { id: z, each: { file: \"[ab].c\" }, require: { changed: none } }\n"
	      "- { id: y, forbid: { modified: c.c } }\n- { id: b, forbid: { changed: b.c } }\n"
	      "- { id: k, require: { changed: none } }\n- { id: a, require: { changed: none } }\n");
	assert_int_equal(judged.verdict.n_findings, GATE_COUNT(found));
	for (size_t i = 0; i < GATE_COUNT(found); i++) {
		assert_string_equal(judged.verdict.findings[i].path, found[i][0]);
		assert_string_equal(judged.verdict.findings[i].rule->id, found[i][1]);
	}
	assert_int_equal(judged.verdict.n_outcomes, GATE_COUNT(ids));
	for (size_t i = 0; i < GATE_COUNT(ids); i++)
		assert_string_equal(judged.verdict.outcomes[i].rule->id, ids[i]);
}

#define FAILS "forbid: { " T " } }\n"
#define PASSES "require: { " T " } }\n"
#define UNKNOWN_RULE "require: { " UNKNOWN " } }\n"

static const struct {
	const char *policy;
	enum gate_exit exit;
	unsigned errors, warnings, infos, inconclusive, shadow;
} blocking[] = {
	{ "rules: []\n", GATE_EXIT_PASSED, 0, 0, 0, 0, 0 },
	{ "rules:\n- { id: a, " PASSES, GATE_EXIT_PASSED, 0, 0, 0, 0, 0 },
	{ "rules:\n- { id: a, " FAILS, GATE_EXIT_BLOCKED, 1, 0, 0, 0, 0 },
	{ "rules:\n- { id: a, severity: warning, " FAILS, GATE_EXIT_PASSED, 0, 1, 0, 0, 0 },
	{ "rules:\n- { id: a, severity: info, " FAILS, GATE_EXIT_PASSED, 0, 0, 1, 0, 0 },
	{ "rules:\n- { id: a, mode: shadow, " FAILS, GATE_EXIT_PASSED, 0, 0, 0, 0, 1 },
	{ "mode: shadow\nrules:\n- { id: a, " FAILS, GATE_EXIT_PASSED, 0, 0, 0, 0, 1 },
	{ "mode: shadow\nrules:\n- { id: a, mode: enforce, " FAILS, GATE_EXIT_PASSED, 0, 0, 0, 0,
	  1 },
	{ "rules:\n- { id: a, " UNKNOWN_RULE, GATE_EXIT_INCONCLUSIVE, 0, 0, 0, 1, 0 },
	{ "rules:\n- { id: a, severity: warning, " UNKNOWN_RULE, GATE_EXIT_PASSED, 0, 0, 0, 1, 0 },
	{ "rules:\n- { id: a, mode: shadow, " UNKNOWN_RULE, GATE_EXIT_PASSED, 0, 0, 0, 0, 1 },
	/* a fail before an inconclusive, whatever their order */
	{ "rules:\n- { id: a, " FAILS "- { id: b, " UNKNOWN_RULE, GATE_EXIT_BLOCKED, 1, 0, 0, 1,
	  0 },
	{ "rules:\n- { id: a, " UNKNOWN_RULE "- { id: b, " FAILS, GATE_EXIT_BLOCKED, 1, 0, 0, 1,
	  0 },
	{ "rules:\n- { id: a, severity: warning, " FAILS "- { id: b, " UNKNOWN_RULE,
	  GATE_EXIT_INCONCLUSIVE, 0, 1, 0, 1, 0 },
};

static void only_enforced_errors_block(void **state)
{
	for (size_t i = 0; i < GATE_COUNT(blocking); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };

		print_message("%s", blocking[i].policy);
		judge(&judged, *state, blocking[i].policy);
		assert_int_equal(gate_exit_of_verdict(&judged.verdict), blocking[i].exit);
		assert_int_equal(judged.verdict.errors, blocking[i].errors);
		assert_int_equal(judged.verdict.warnings, blocking[i].warnings);
		assert_int_equal(judged.verdict.infos, blocking[i].infos);
		assert_int_equal(judged.verdict.inconclusive, blocking[i].inconclusive);
		assert_int_equal(judged.verdict.shadow, blocking[i].shadow);
	}
}

/* What a later stage of the rule will know is deferred and never blocks. */
static void what_comes_later_is_deferred(void **state)
{
	static const struct {
		const char *rule, *says;
	} rows[] = {
		{ "each: commit, require: { subject: x }",
		  "deferred: the message is not written yet" },
		{ "at: [commit, push], forbid: { ref-update: force }",
		  "deferred: the ref-update is not known at this stage" },
		/* no later stage of this rule knows it */
		{ "at: commit, each: commit, require: { subject: x }",
		  "inconclusive: the message is not written yet" },
		{ "at: [commit, audit], each: commit, require: { subject: x }",
		  "inconclusive: the message is not written yet" },
		{ "at: [commit, pull-request], forbid: { ref-update: force }",
		  "inconclusive: the ref-update is not known at this stage" },
		/* it decides nothing */
		{ "at: [commit, push], forbid: { all: [{ ref-update: force }, { changed: none }] }",
		  "pass" },
		/* what can only be mended, before what waits */
		{ "at: [commit, push], forbid: { all: [{ ref-update: force }, { " UNKNOWN " }] }",
		  "inconclusive: a pattern took too long on an added line and was given up" },
		{ "at: [commit, push], when: { ref-update: force }, require: { " UNKNOWN " }",
		  "inconclusive: a pattern took too long on an added line and was given up" },
	};
	struct fixture *fixture = *state;

	test_write(fixture->dir, "staged.c", LONG "\n");
	test_git(fixture->dir, "add", "staged.c");
	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf policy = { 0 };

		gate_buf_printf(&policy, "rules: [{ id: x, %s }]\n", rows[i].rule);
		test_change_index(&judged, fixture->dir, NULL);
		test_judge(&judged, policy.ptr, NULL);
		assert_string_equal(test_says(&judged, "x"), rows[i].says);
		if (test_outcome(&judged, "x")->outcome == GATE_DEFERRED) {
			assert_int_equal(judged.verdict.deferred, 1);
			assert_int_equal(judged.verdict.n_findings, 0);
			assert_int_equal(gate_exit_of_verdict(&judged.verdict), GATE_EXIT_PASSED);
		}
	}
	test_git(fixture->dir, "rm", "-q", "-f", "staged.c");
}

static void a_rule_of_another_stage_is_not_judged(void **state)
{
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };

	judge(&judged, *state,
	      "rules: [{ id: x, at: [commit, deploy], "
	      "forbid: { " T " } }]\n");
	assert_int_equal(judged.verdict.n_outcomes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unknown_that_does_not_decide_passes),
		cmocka_unit_test(unless_excepts_and_when_does_not_apply),
		cmocka_unit_test(one_finding_for_each_requirement_that_fails),
		cmocka_unit_test(findings_stand_where_the_fault_is),
		cmocka_unit_test(a_finding_on_a_commit_names_it),
		cmocka_unit_test(findings_and_outcomes_are_sorted),
		cmocka_unit_test(only_enforced_errors_block),
		cmocka_unit_test(what_comes_later_is_deferred),
		cmocka_unit_test(a_rule_of_another_stage_is_not_judged),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
