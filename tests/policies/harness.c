/* SPDX-License-Identifier: Apache-2.0 */
/* A harness that never complains proves nothing: what it says to a wrong expectation, and to a case that is no case. */
#include "tests/policies/case.h"
#include "tests/support/git.h"
#include "tests/support/test.h"

static int set_up(void **state)
{
	*state = test_scratch();
	return 0;
}

static int tear_down(void **state)
{
	test_scratch_remove(*state);
	return 0;
}

#define ONE_COMMIT "about: x\ncommits: [{ message: Add the price list, files: { a.c: \"1\" } }]\n"

static const struct {
	const char *name, *text, *complaints;
} wrong[] = {
	{ "nothing to complain of", ONE_COMMIT "expect: { subject: pass, gate-files: skip }\n",
	  "" },
	{ "passes and was to fail", ONE_COMMIT "expect: { subject: fail }\n",
	  "c.yml:3:20: baseline/subject: expected fail, got pass: the subject is as asked\n" },
	{ "passes and was to be skipped", ONE_COMMIT "expect: { private-files: skip }\n",
	  "c.yml:3:26: baseline/private-files: expected skip, got pass: "
	  "no added file matches $private-files (of 1 changed)\n" },
	{ "is skipped and was to pass", ONE_COMMIT "expect: { gate-files: pass }\n",
	  "c.yml:3:23: baseline/gate-files: expected pass, got skip: "
	  "no changed file matches $policy (of 1 changed); "
	  "no deleted file matches $ci (of 1 changed)\n" },
	{ "is excepted, which is another thing than skipped",
	  "about: x\ncommits: [{ message: v1.2.3, files: { a.c: \"1\" } }]\n"
	  "expect: { subject: skip }\n",
	  "c.yml:3:20: baseline/subject: expected skip, got excepted: "
	  "the subject matches '^(\\w+(\\([^)]*\\))?!?: )?([Rr]evert|Reapply|Merge|"
	  "[Bb]ump|v?[0-9]+\\.[0-9]+)'\n" },
	{ "fails and was to pass",
	  "about: x\ncommits: [{ message: fix, files: { a.c: \"1\" } }]\n"
	  "expect: { subject: pass }\n",
	  "c.yml:3:20: baseline/subject: expected pass, got fail: "
	  "the subject has 3 characters, at least 8\n" },
	{ "fails and was not named",
	  "about: x\ncommits: [{ message: Add the key, files: { .env: \"1\" } }]\n"
	  "expect: { subject: pass }\n",
	  "c.yml:3:9: baseline/private-files: not expected, got fail: "
	  "is added, and matches $private-files\n" },
	{ "is deferred and was to pass",
	  "about: x\nstage: commit\ncommits: [{ files: { a.c: \"1\" } }]\n"
	  "expect: { baseline/subject: pass }\n",
	  "c.yml:4:29: baseline/subject: expected pass, got deferred: "
	  "the message is not written yet\n" },
};

static void complains_of_wrong_expectations(void **state)
{
	for (size_t i = 0; i < GATE_COUNT(wrong); i++) {
		GATE_AUTO(policy_case_release) struct policy_case c = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf complaints = { 0 };
		char number[16];
		char *dir;

		print_message("%s\n", wrong[i].name);
		snprintf(number, sizeof(number), "%zu", i);
		test_git(*state, "init", "-q", number);
		dir = test_path(*state, number);
		assert_ok(policy_case_load(&c, "baseline", "c.yml", wrong[i].text,
		                           strlen(wrong[i].text), err));
		assert_ok(policy_case_run(&complaints, &c, dir, err));
		assert_string_equal(gate_buf_text(&complaints), wrong[i].complaints);
		free(dir);
	}
}

static const struct {
	const char *text;
	unsigned line, column;
	const char *message;
} broken[] = {
	{ "about: x\nexpct: {}\n", 2, 1, "unknown key 'expct' in a case, did you mean 'expect'?" },
	{ "about: x\n", 1, 1, "a case without 'expect'" },
	{ "expect: { subject: pass }\n", 1, 1, "a case without 'about'" },
	{ "about: x\nexpect: {}\n", 2, 9, "expect: expected a map that is not empty" },
	{ "about: x\ncommits: {}\nexpect: { subject: pass }\n", 2, 10,
	  "commits: expected a list that is not empty" },
	{ "about: x\nexpect: { subject: fails }\n", 2, 20,
	  "subject: unknown 'fails', did you mean 'fail'?" },
	{ "about: x\nstage: receive\nexpect: { subject: fail }\n", 2, 8,
	  "stage: expected one of commit, push, got 'receive'" },
	{ "about: x\nstage: commit\npush: { new: true }\nexpect: { subject: fail }\n", 3, 7,
	  "at the stage 'commit' nothing is pushed" },
	{ "about: x\npush: { new: true, force: true }\nexpect: { subject: fail }\n", 2, 7,
	  "a push is one of 'new', 'force' and 'delete'" },
	{ "about: x\npush: { to: main }\nexpect: { subject: fail }\n", 2, 9,
	  "unknown key 'to' in a push" },
	{ "about: x\ncommits: [{ files: { a: b } }]\nexpect: { subject: pass }\n", 2, 11,
	  "a commit without 'message'" },
	{ "about: x\ncommits: [{ message: y, mesage: z }]\nexpect: { subject: pass }\n", 2, 25,
	  "unknown key 'mesage' in a commit, did you mean 'message'?" },
	{ "about: x\ncommits: [{ message: y, files: [a] }]\nexpect: { subject: pass }\n", 2, 32,
	  "files: expected a map, got a list" },
	{ "about: x\ncommits: [{ message: y, delete: a }]\nexpect: { subject: pass }\n", 2, 33,
	  "delete: expected a list, got text" },
	{ "about: x\nbase: { files: { a: { line: 1 } } }\nexpect: { subject: pass }\n", 2, 23,
	  "unknown key 'line' in a file, did you mean 'lines'?" },
	{ "about: x\ncommits: [{ message: y }]\nexpect: { subjekt: pass }\n", 3, 11,
	  "no rule 'baseline/subjekt' is judged here, did you mean 'baseline/subject'?" },
	{ "about: x\nstage: commit\nexpect: { protected-refs: pass }\n", 3, 11,
	  "no rule 'baseline/protected-refs' is judged here" },
};

static void refuses_what_is_no_case(void **state)
{
	for (size_t i = 0; i < GATE_COUNT(broken); i++) {
		GATE_AUTO(policy_case_release) struct policy_case c = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf complaints = { 0 };
		struct gate_error err = { 0 };
		char number[16];
		char *dir;
		int code;

		print_message("%s\n", broken[i].message);
		snprintf(number, sizeof(number), "%zu", i);
		test_git(*state, "init", "-q", number);
		dir = test_path(*state, number);
		code = policy_case_load(&c, "baseline", "c.yml", broken[i].text,
		                        strlen(broken[i].text), &err);
		if (code == GATE_OK)
			code = policy_case_run(&complaints, &c, dir, &err);
		free(dir);
		assert_int_equal(code, GATE_ECONFIG);
		assert_string_equal(err.message, broken[i].message);
		assert_string_equal(err.file, "c.yml");
		assert_int_equal(err.line, broken[i].line);
		assert_int_equal(err.column, broken[i].column);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(complains_of_wrong_expectations, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refuses_what_is_no_case, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
