/* SPDX-License-Identifier: Apache-2.0 */
/* What `each` makes of a change, and what predicates see of it. */
#include "gate/flow/judge.h"
#include "tests/support/git.h"
#include "tests/support/judge.h"
#include "tests/support/test.h"

struct fixture {
	char *scratch, *dir;
};

static void commit(const char *dir, const char *message)
{
	test_git(dir, "add", "-A");
	test_git(dir, "commit", "-q", "--allow-empty", "-m", message);
}

/*
 * main: Start - Main goes on
 *         \                 \
 * topic:   Add one - Add two - Merge main (which also adds evil.c, that neither side has)
 */
static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	const char *dir;

	fixture->scratch = test_scratch();
	dir = fixture->dir = test_repo(fixture->scratch, "repo");
	test_write(dir, "db/1.up.sql", "1\n");
	test_write(dir, "db/1.down.sql", "1\n");
	commit(dir, "Start");
	test_git(dir, "branch", "topic");
	test_write(dir, "main.c", "main\n");
	commit(dir, "Main goes on");
	test_git(dir, "checkout", "-q", "topic");
	test_write(dir, "cart/one.c", "one\n");
	test_write(dir, "db/2.up.sql", "2\n");
	test_write(dir, "db/2.down.sql", "2\n");
	commit(dir, "Add one");
	test_write(dir, "pay/two.c", "two\n");
	test_write(dir, "e2e/pay/two.c", "two\n");
	test_write(dir, "db/3.up.sql", "3\n");
	test_write(dir, "db/1.up.sql", "1b\n");
	test_git(dir, "rm", "-q", "db/1.down.sql");
	commit(dir, "Add two");
	test_git(dir, "merge", "-q", "--no-ff", "--no-commit", "main");
	test_write(dir, "evil.c", "evil\n");
	commit(dir, "Merge main");
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

/* Writes down "item=outcome" for each item of the one rule. */
static void note_item(const char *label, void *payload)
{
	struct gate_buf *log = payload;
	/* Ids are left out: they tell nothing to who reads the test. */
	const char *shown = strncmp(label, "commit ", 7) ? label : "commit";

	gate_buf_printf(log, "%s%s=", log->len ? ", " : "", shown);
}

static void ignore_part(const char *name, void *payload)
{
	(void)name;
	(void)payload;
}

static void ignore_node(const struct gate_expr *expr, unsigned depth,
                        const struct gate_result *result, void *payload)
{
	(void)expr;
	(void)depth;
	(void)result;
	(void)payload;
}

static void note_outcome(enum gate_outcome outcome, const char *reason, void *payload)
{
	(void)reason;
	gate_buf_puts(payload, gate_outcome_names[outcome]);
}

#define SERVICES \
	"services: { cart: { paths: [cart/] }, pay: { paths: [pay/], tests: [e2e/pay/] }, " \
	"idle: { paths: [idle/] } }\n"

static const struct {
	const char *rule, *items, *outcome;
} rows[] = {
	{ "require: { changed: cart/ }", "change=pass", "pass" },
	/* The merge is no item of its own, and what came from main is not this change's. */
	{ "each: commit, require: { changed: \"*\" }", "commit=pass, commit=pass", "pass" },
	{ "each: commit, require: { changed: cart/ }", "commit=pass, commit=fail", "fail" },
	{ "each: commit, require: { anywhere: { changed: cart/ } }", "commit=pass, commit=pass",
	  "pass" },
	{ "each: commit, forbid: { added: evil.c }", "commit=pass, commit=pass", "pass" },
	{ "forbid: { added: main.c }", "change=pass", "pass" },
	/* Of a merge: what differs from all parents. */
	{ "each: all-commits, forbid: { added: evil.c }", "commit=pass, commit=pass, commit=fail",
	  "fail" },
	{ "each: all-commits, require: { only-changed: evil.c }",
	  "commit=fail, commit=fail, commit=pass", "fail" },
	{ "each: all-commits, forbid: { added: main.c }", "commit=pass, commit=pass, commit=pass",
	  "pass" },
	/* Touched services only, each with its own files and tests. */
	{ "each: service, require: { changed: \"*.c\" }", "service cart=pass, service pay=pass",
	  "pass" },
	{ "each: service, require: { changed: e2e/ }", "service cart=fail, service pay=pass",
	  "fail" },
	{ "each: service, require: { anywhere: { changed: e2e/ } }",
	  "service cart=pass, service pay=pass", "pass" },
	{ "each: service, require: { changed: \"e2e/{service}/*\" }",
	  "service cart=fail, service pay=pass", "fail" },
	{ "each: service, when: { service: cart }, require: { changed: e2e/ }",
	  "service cart=fail, service pay=skip", "fail" },
	{ "each: service, when: { service: cart }, require: { changed: cart/ }",
	  "service cart=pass, service pay=skip", "pass" },
	/* Files: added and modified unless it says otherwise; captures go into the patterns. */
	{ "each: { file: \"db/{n}.up.sql\" }, require: { changed: \"db/{n}.down.sql\" }",
	  "file db/1.up.sql=pass, file db/2.up.sql=pass, file db/3.up.sql=fail", "fail" },
	{ "each: { file: \"db/{n}.up.sql\", status: added }, require: { added: "
	  "\"db/{n}.down.sql\" }",
	  "file db/2.up.sql=pass, file db/3.up.sql=fail", "fail" },
	{ "each: { file: \"db/{n}.up.sql\", status: modified }, require: { deleted: "
	  "\"/db/{n}.down.sql\" }",
	  "file db/1.up.sql=pass", "pass" },
	{ "each: { file: \"db/*\", status: [deleted] }, require: { changed: \"*\" }",
	  "file db/1.down.sql=pass", "pass" },
	{ "each: { file: \"{d**}/two.c\" }, require: { changed: \"{d**}/two.c\" }",
	  "file e2e/pay/two.c=pass, file pay/two.c=pass", "pass" },
	{ "each: { file: \"{d**}/two.c\" }, require: { changed: \"e2e/{d**}/two.c\" }",
	  "file e2e/pay/two.c=fail, file pay/two.c=pass", "fail" },
	{ "each: { file: nothing }, require: { changed: \"*\" }", "", "skip" },
	{ "each: { file: \"db/{n}.up.sql\" }, unless: { changed: \"db/{n}.down.sql\" }, forbid: { "
	  "changed: \"db/{n}.up.sql\" }",
	  "file db/1.up.sql=skip, file db/2.up.sql=skip, file db/3.up.sql=fail", "fail" },
};

static void items_and_what_they_see(void **state)
{
	struct fixture *fixture = *state;
	size_t failed = 0;

	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf policy = { 0 }, log = { 0 };
		const struct gate_explainer explainer = { .item = note_item,
			                                  .part = ignore_part,
			                                  .node = ignore_node,
			                                  .outcome = note_outcome,
			                                  .payload = &log };
		const char *outcome;

		gate_buf_printf(&policy, SERVICES "rules: [{ id: x, %s }]\n", rows[i].rule);
		test_change_range(&judged, fixture->dir, "main", "topic");
		test_judge(&judged, policy.ptr, &explainer);
		outcome = gate_outcome_names[test_outcome(&judged, "x")->outcome];
		if (!strcmp(gate_buf_text(&log), rows[i].items) &&
		    !strcmp(outcome, rows[i].outcome))
			continue;
		print_error("%s\n  expected %s: %s\n  got %s: %s\n", rows[i].rule, rows[i].outcome,
		            rows[i].items, outcome, gate_buf_text(&log));
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void commits_are_judged_oldest_first(void **state)
{
	struct fixture *fixture = *state;
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };

	test_change_range(&judged, fixture->dir, "main", "topic");
	test_judge(&judged, "rules: [{ id: x, each: commit, forbid: { subject: Add } }]\n", NULL);
	assert_int_equal(test_outcome(&judged, "x")->n_items, 2);
	/* The reason is that of the first. */
	assert_int_equal(judged.change->n_commits, 3);
	assert_string_equal(judged.change->commits[2].text.message.subject, "Add one");
}

static void a_set_with_captures_is_compiled_for_each_item(void **state)
{
	struct fixture *fixture = *state;
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };

	test_change_range(&judged, fixture->dir, "main", "topic");
	test_judge(&judged,
	           "sets: { back: [\"db/{n}.down.sql\"], any-back: [$back, none] }\n"
	           "rules:\n- id: x\n  each: { file: \"db/{n}.up.sql\" }\n"
	           "  require: { changed: $any-back }\n",
	           NULL);
	assert_string_equal(test_says(&judged, "x"),
	                    "fail: no changed file matches $any-back (of 9 changed)");
	assert_int_equal(judged.verdict.n_findings, 1);
	assert_string_equal(judged.verdict.findings[0].path, "db/3.up.sql");
}

/* The judge's files hold a policy in a folder below: it sees that folder only. */
static void a_nested_policy_sees_its_folder(void **state)
{
	char *scratch = test_scratch(), *dir = test_repo(scratch, "repo");
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_judgement_release) struct gate_judgement judgement = { 0 };
	struct gate_change *change = NULL;
	const struct gate_verdict *verdict = &judgement.verdict;

	(void)state;
	test_write(dir, ".doragate.yml",
	           "version: 1\nrules: [{ id: root, require: { only-changed: a/b/ } }]\n");
	test_write(dir, "a/b/.doragate.yml",
	           "sets: { mine: [/x.c] }\nrules:\n"
	           "- { id: all, require: { only-changed: $mine } }\n"
	           "- { id: mine, forbid: { changed: $mine } }\n"
	           "- { id: commits, each: commit, require: { changed: $mine } }\n"
	           "- { id: missing, require: { changed: y.c } }\n");
	test_write(dir, "other/.doragate.yml", "not read: nothing below it changed\n");
	commit(dir, "Start");
	test_write(dir, "a/b/x.c", "x\n");
	commit(dir, "Touch the folder");
	test_write(dir, "x.c", "x\n");
	commit(dir, "Touch something else");
	assert_ok(gate_repo_open(&repo, dir, err));
	assert_ok(gate_change_from_range(&change, repo, "HEAD~2", "HEAD", err));
	assert_ok(gate_judge(&judgement, change, NULL, err));
	assert_int_equal(verdict->n_outcomes, 5);
	assert_string_equal(verdict->outcomes[0].rule->id, "a/b:all");
	assert_int_equal(verdict->outcomes[0].outcome, GATE_PASS);
	/* Of the two commits only one touches it. */
	assert_string_equal(verdict->outcomes[1].rule->id, "a/b:commits");
	assert_int_equal(verdict->outcomes[1].outcome, GATE_PASS);
	assert_int_equal(verdict->outcomes[1].n_items, 1);
	assert_string_equal(verdict->outcomes[2].rule->id, "a/b:mine");
	assert_int_equal(verdict->outcomes[2].outcome, GATE_FAIL);
	assert_string_equal(verdict->outcomes[3].rule->id, "a/b:missing");
	assert_int_equal(verdict->outcomes[3].outcome, GATE_FAIL);
	assert_string_equal(verdict->outcomes[4].rule->id, "root");
	assert_int_equal(verdict->outcomes[4].outcome, GATE_FAIL);
	assert_int_equal(verdict->n_findings, 3);
	/* At the rule's line, in the folder's own file. */
	assert_string_equal(verdict->findings[0].path, "a/b/.doragate.yml");
	assert_int_equal(verdict->findings[0].line, 6);
	assert_true(verdict->findings[0].policy_place);
	assert_string_equal(verdict->findings[1].path, "a/b/x.c");
	assert_string_equal(verdict->findings[2].path, "x.c");
	free(dir);
	test_scratch_remove(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_and_what_they_see),
		cmocka_unit_test(commits_are_judged_oldest_first),
		cmocka_unit_test(a_set_with_captures_is_compiled_for_each_item),
		cmocka_unit_test(a_nested_policy_sees_its_folder),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
