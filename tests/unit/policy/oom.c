/* SPDX-License-Identifier: Apache-2.0 */
/* Each allocation fails once, from the text of the policy to the verdict: that is said, and nothing is left behind. */
#include "tests/support/oom.h"

#include "gate/policy/engine.h"
#include "tests/support/git.h"
#include "tests/support/test.h"

static const char policy[] =
	"version: 1\nextends: doragate/baseline\n"
	"services: { api: { paths: [src/], tests: [e2e/], tier: one, owner: two } }\n"
	"sets: { app: [src/, \"!$tests\"], down: [\"src/{n}.down\"] }\n"
	"rules:\n"
	"- { id: service, each: service, when: { changed: $app }, require: { changed: "
	"\"{service}/x\" } }\n"
	"- { id: file, each: { file: \"src/{n}.up\" }, require: { changed: $down }, fix: \"touch "
	"{path}\" }\n"
	"- { id: commit, each: all-commits, forbid: { any: [{ subject: x }, { trailer: { T: x } }] "
	"} }\n"
	"- { id: lines, forbid: { added-text: one }, unless: { not: { target: main } } }\n"
	"- { id: size, require: { diff: { lines: { max: 0 } }, added-lines: { max: 0 } } }\n";

static const char *dir;

/* Judges HEAD; everything of one run, so that everything of it can fail. */
static int judge(size_t *findings, const struct gate_repo *repo, struct gate_error *err)
{
	GATE_AUTO(gate_change_free) struct gate_change *change = NULL;
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	GATE_AUTO(gate_rules_release) struct gate_rules rules = { 0 };
	GATE_AUTO(gate_verdict_release) struct gate_verdict verdict = { 0 };
	int code = gate_change_from_commit(&change, repo, "HEAD", err);

	if (code == GATE_OK)
		code = gate_config_load(&config, &change->judge_files, "p.yml", policy,
		                        sizeof(policy) - 1, err);
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
	size_t findings = 0, wanted;
	unsigned n = 0;
	bool failed = true;

	(void)state;
	assert_ok(gate_repo_open(&repo, dir, err));
	assert_ok(judge(&wanted, repo, err));
	assert_int_equal(wanted, 7);
	for (; failed; n++) {
		struct gate_error err = { 0 };
		int code;

		test_oom_arm(n);
		code = judge(&findings, repo, &err);
		failed = test_oom_disarm();
		if (failed && (code != GATE_ENOMEM || err.code != GATE_ENOMEM))
			fail_msg("allocation %u: %d, '%s'", n, code, err.message);
		if (!failed)
			assert_int_equal(code, GATE_OK);
	}
	assert_int_equal(findings, wanted);
	assert_true(n > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_allocation_may_fail) };
	char *scratch = test_scratch(), *repo = test_repo(scratch, "repo");
	int failed;

	test_git(repo, "commit", "-q", "--allow-empty", "-m", "Start");
	test_write(repo, "src/one.up", "one\n");
	test_write(repo, ".env", "one\n");
	test_git(repo, "add", "-A");
	test_git(repo, "commit", "-q", "-m", "Add one");
	dir = repo;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(repo);
	test_scratch_remove(scratch);
	return failed;
}
