/* SPDX-License-Identifier: Apache-2.0 */
/* The predicate `migration`: true, false and unknown, where it is looked for, and what it says. */
#include "tests/support/judge.h"
#include "tests/support/oom.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

static char *scratch, *dir;

#define DOWN "def downgrade():\n    op.drop_table('a')\n"
#define PASS "def downgrade():\n    pass\n"

static void make_repo(void)
{
	scratch = test_scratch();
	dir = test_repo(scratch, "repo");
	test_write(dir, "old/3_c.down.sql", "DROP TABLE c;\n");
	test_write(dir, "old/U7__other_name.sql", "DROP TABLE d;\n");
	test_write(dir, "old/7.sql", "x;\n");
	test_write(dir, "gone/9.up.sql", "x;\n");
	test_git(dir, "add", "-A");
	test_git(dir, "commit", "-q", "-m", "Start");
	test_write(dir, "good/1_a.up.sql", "CREATE TABLE a;\n");
	test_write(dir, "good/1_a.down.sql", "DROP TABLE a;\n");
	test_write(dir, "old/3_c.up.sql", "CREATE TABLE c;\n");
	test_write(dir, "old/V7__d.sql", "CREATE TABLE d;\n");
	test_write(dir, "old/7.sql", "x;\ny;\n");
	test_write(dir, "bad/1_a.up.sql", "CREATE TABLE a;\n");
	test_write(dir, "bad/2_b.up.sql", "CREATE TABLE b;\n");
	test_write(dir, "bad/2_b.down.sql", "-- later\n");
	test_write(dir, "bad/V8__e.sql", "CREATE TABLE e;\n");
	test_write(dir, "bad/U81__e.sql", "DROP TABLE e;\n");
	test_write(dir, "py/good.py", DOWN);
	test_write(dir, "py/bad.py", "import x\n\n" PASS);
	test_write(dir, "py/__init__.py", "");
	test_write(dir, "plain/1.sql", "CREATE TABLE a;\n");
	test_write(dir, "plain/undo/1.sql", "DROP TABLE a;\n");
	test_write(dir, "plain/2.sql", "CREATE TABLE b;\n");
	test_write(dir, "plain/undo/2.sql", "\n");
	test_write(dir, "shop/migrations/1.py", PASS);
	test_write(dir, "shop/migrations/2.py", PASS);
	test_write(dir, "shop/migrations/3.py", DOWN);
	test_sh(dir,
	        "git rm -q gone/9.up.sql && ln -s x link.up.sql && mkdir -p large &&\n"
	        "head -c 1048577 /dev/zero | tr '\\0' x >large/1.sql &&\n"
	        "echo 'x;' >large/2.up.sql && cp large/1.sql large/2.down.sql\n"
	        "git add -A && git commit -qm Add && git config uploadpack.allowFilter true &&\n"
	        "cd .. && git clone -q --no-checkout --filter=blob:none \"file://$PWD/repo\" "
	        "blobless\n"
	        "rm -rf repo/.git/hooks");
}

#define BACK "migration: { back: \"plain/undo/{n}.sql\" }"

static const struct {
	const char *each, *predicate;
	enum gate_truth truth;
	const char *detail, *places;
} rows[] = {
	/* by the tool */
	{ "change", "migration: good/", GATE_TRUE, "the migration has its way back", "" },
	{ "change", "migration: [good/, old/]", GATE_TRUE, "all 3 migrations have their way back",
	  "" },
	{ "change", "migration: none/", GATE_TRUE, "no migration is added", "" },
	{ "change", "migration: old/7.sql", GATE_TRUE, "no migration is added", "" },
	{ "change", "migration: gone/", GATE_TRUE, "no migration is added", "" },
	{ "change", "migration: bad/1_a.up.sql", GATE_FALSE,
	  "has no way back: there is no bad/1_a.down.sql", "bad/1_a.up.sql:0" },
	{ "change", "migration: \"bad/2*\"", GATE_FALSE,
	  "has no way back: bad/2_b.down.sql does nothing", "bad/2_b.up.sql:0" },
	{ "change", "migration: \"bad/*8*\"", GATE_FALSE,
	  "has no way back: there is no bad/U8__e.sql", "bad/V8__e.sql:0" },
	{ "change", "migration: [good/, bad/]", GATE_FALSE,
	  "3 of 4 migrations have no way back: there is no bad/1_a.down.sql",
	  "bad/1_a.up.sql:0 bad/2_b.up.sql:0 bad/V8__e.sql:0" },
	{ "change", "migration: py/good.py", GATE_TRUE, "the migration has its way back", "" },
	{ "change", "migration: { of: py/ }", GATE_FALSE,
	  "1 of 2 migrations have no way back: downgrade() does nothing", "py/bad.py:3" },
	{ "change", "migration: plain/2.sql", GATE_UNKNOWN,
	  "plain/2.sql is of no tool whose way back is known", "" },
	{ "change", "migration: [py/good.py, plain/2.sql]", GATE_UNKNOWN,
	  "plain/2.sql is of no tool whose way back is known", "" },
	{ "change", "migration: [py/bad.py, plain/2.sql]", GATE_FALSE,
	  "1 of 2 migrations have no way back: downgrade() does nothing", "py/bad.py:3" },
	{ "change", "migration: link.up.sql", GATE_UNKNOWN, "link.up.sql is no regular file", "" },
	{ "change", "migration: large/1.sql", GATE_UNKNOWN,
	  "large/1.sql is too large to be looked at", "" },
	{ "change", "migration: large/2.up.sql", GATE_UNKNOWN,
	  "large/2.down.sql is too large to be looked at", "" },
	/* $migrations, also as the policy replaces it; what a service has */
	{ "service", "migration: { of: $migrations }", GATE_FALSE,
	  "2 of 3 migrations have no way back: downgrade() does nothing",
	  "shop/migrations/1.py:1 shop/migrations/2.py:1" },
	{ "commit", "migration: good/", GATE_TRUE, "the migration has its way back", "" },
	/* one file, and a file that goes back */
	{ "{ file: \"good/1_a.up.sql\" }", "migration: $migrations", GATE_TRUE,
	  "the migration has its way back", "" },
	{ "{ file: \"good/1_a.down.sql\" }", "migration: $migrations", GATE_TRUE,
	  "the migration has its way back", "" },
	{ "{ file: gone/9.up.sql, status: deleted }", "migration: $migrations", GATE_TRUE,
	  "no migration is added", "" },
	{ "{ file: bad/1_a.up.sql }", "migration: $migrations", GATE_FALSE,
	  "has no way back: there is no bad/1_a.down.sql", "bad/1_a.up.sql:0" },
	{ "{ file: \"plain/{n}.sql\" }", BACK, GATE_FALSE,
	  "has no way back: plain/undo/2.sql does nothing", "plain/2.sql:0" },
	{ "{ file: \"{d**}/1.sql\" }", "migration: { back: \"{d**}/undo/1.sql\" }", GATE_FALSE,
	  "has no way back: no file matches plain/undo/undo/1.sql", "plain/undo/1.sql:0" },
	{ "{ file: \"old/V{n}__d.sql\" }", "migration: { back: \"{n}_*.down.sql\" }", GATE_FALSE,
	  "has no way back: no file matches 7_*.down.sql", "old/V7__d.sql:0" },
	{ "{ file: \"old/V{n}__d.sql\" }", "migration: { back: \"U{n}__*.sql\" }", GATE_TRUE,
	  "the migration has its way back", "" },
	{ "{ file: plain/1.sql }", "migration: { back: [plain/1.sql, plain/undo/1.sql] }",
	  GATE_TRUE, "the migration has its way back", "" },
	{ "{ file: plain/1.sql }", "migration: { back: plain/1.sql }", GATE_FALSE,
	  "has no way back: no file matches plain/1.sql", "plain/1.sql:0" },
};

static void ask(struct test_answer *answer, const char *repo, bool staged, const char *each,
                const char *predicate)
{
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf policy = { 0 };

	gate_buf_printf(&policy,
	                "services: { shop: { paths: [shop/] } }\n"
	                "rules: [{ id: x, at: [commit, push], each: %s, require: { %s } }]\n",
	                each, predicate);
	if (staged)
		test_change_index(&judged, repo, NULL);
	else
		test_change_commit(&judged, repo, "HEAD");
	test_ask(answer, &judged, policy.ptr);
}

static void says_what_is_missing(void **state)
{
	size_t bad = 0;

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		struct test_answer got = { 0 };

		ask(&got, dir, false, rows[i].each, rows[i].predicate);
		if (got.truth == rows[i].truth && !strcmp(got.detail, rows[i].detail) &&
		    !strcmp(got.places, rows[i].places))
			continue;
		print_error("each: %s, %s\n  got %d '%s' at '%s'\n", rows[i].each,
		            rows[i].predicate, got.truth, got.detail, got.places);
		bad++;
	}
	assert_int_equal(bad, 0);
}

/* At the stage commit the other file is that of the index. */
static void looks_in_the_index(void **state)
{
	struct test_answer got = { 0 };

	(void)state;
	test_write(dir, "new/4.up.sql", "CREATE TABLE d;\n");
	test_write(dir, "new/V5__e.sql", "CREATE TABLE e;\n");
	test_git(dir, "add", "new");
	test_write(dir, "new/4.down.sql", "DROP TABLE d;\n");
	test_write(dir, "new/U5__back.sql", "DROP TABLE e;\n");
	ask(&got, dir, true, "change", "migration: new/");
	assert_int_equal(got.truth, GATE_FALSE);
	assert_string_equal(got.places, "new/4.up.sql:0 new/V5__e.sql:0");
	test_git(dir, "add", "new");
	ask(&got, dir, true, "change", "migration: new/");
	assert_int_equal(got.truth, GATE_TRUE);
	test_git(dir, "reset", "-q", "--hard");
}

static void what_is_not_here_is_unknown(void **state)
{
	struct test_answer got = { 0 };
	char *clone = test_path(scratch, "blobless");

	(void)state;
	ask(&got, clone, false, "change", "migration: py/good.py");
	assert_int_equal(got.truth, GATE_UNKNOWN);
	assert_string_equal(got.detail, "py/good.py is not in this clone");
	assert_string_equal(got.mend, "git fetch --refetch --no-filter");
	ask(&got, clone, false, "change", "migration: good/");
	assert_int_equal(got.truth, GATE_UNKNOWN);
	assert_string_equal(got.detail, "good/1_a.down.sql is not in this clone");
	/* That there is no such file is known. */
	ask(&got, clone, false, "change", "migration: bad/1_a.up.sql");
	assert_int_equal(got.truth, GATE_FALSE);
	free(clone);
}

static const char sweep_policy[] =
	"version: 1\nrules:\n"
	"- { id: a, require: { migration: [good/, bad/, old/, py/] } }\n"
	"- { id: b, each: { file: \"plain/{n}.sql\" }, require: { migration: { back: "
	"\"plain/undo/{n}.sql\" } } }\n";

static int judge(size_t *findings, const struct gate_repo *repo, struct gate_error *err)
{
	GATE_AUTO(gate_change_free) struct gate_change *change = NULL;
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	GATE_AUTO(gate_rules_release) struct gate_rules rules = { 0 };
	GATE_AUTO(gate_verdict_release) struct gate_verdict verdict = { 0 };
	int code = gate_change_from_commit(&change, repo, "HEAD", err);

	if (code == GATE_OK)
		code = gate_config_load(&config, &change->judge_files, "p.yml", sweep_policy,
		                        sizeof(sweep_policy) - 1, err);
	if (code == GATE_OK)
		code = gate_config_seal(config, err);
	if (code == GATE_OK)
		code = gate_rules_compile(&rules, config, err);
	if (code == GATE_OK)
		code = gate_engine_run(&verdict, &rules, config, change, NULL, err);
	*findings = verdict.n_findings;
	return code;
}

static void every_allocation_may_fail(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	size_t findings = 0;
	bool failed = true;

	(void)state;
	assert_ok(gate_repo_open(&repo, dir, err));
	assert_ok(judge(&findings, repo, err));
	assert_int_equal(findings, 2);
	for (unsigned n = 0; failed; n++) {
		struct gate_error err = { 0 };
		int code;

		test_oom_arm(n);
		code = judge(&findings, repo, &err);
		failed = test_oom_disarm();
		if (code != (failed ? GATE_ENOMEM : GATE_OK))
			fail_msg("allocation %u: %d, '%s'", n, code, err.message);
	}
	assert_int_equal(findings, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_is_missing),
		cmocka_unit_test(looks_in_the_index),
		cmocka_unit_test(what_is_not_here_is_unknown),
		cmocka_unit_test(every_allocation_may_fail),
	};
	int failed;

	make_repo();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(dir);
	test_scratch_remove(scratch);
	return failed;
}
