/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/write.h"

#include "tests/support/oom.h"
#include "tests/support/shell.h"

#include <sys/wait.h>
#include <unistd.h>

/* A repository of a user, in whose git folder ours shall be, at `place`. */
struct state {
	char *scratch, *dir, *place; /* own */
};

static int setup(void **out)
{
	static struct state state;

	state.scratch = test_scratch();
	state.dir = test_repo(state.scratch, "r");
	state.place = test_path(state.dir, ".git/log.git");
	*out = &state;
	return 0;
}

static int teardown(void **out)
{
	struct state *state = *out;

	free(state->dir);
	free(state->place);
	test_scratch_remove(state->scratch);
	return 0;
}

static void assert_opens(const struct state *state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;

	assert_ok(gate_repo_open_or_init(&repo, state->place, err));
	assert_string_equal(gate_repo_git_dir(repo), state->place);
	assert_null(gate_repo_work_dir(repo));
	test_git(state->place, "fsck", "--no-dangling");
	test_sh(state->dir, "! ls -d .git/log.git.new* 2>/dev/null");
	test_sh(state->place, "! ls hooks | grep -v sample");
}

static void makes_it_once(void **payload)
{
	const struct state *state = *payload;

	assert_opens(state);
	test_git_input(state->place, "x", "hash-object", "-w", "--stdin");
	assert_opens(state);
	test_sh(state->place, "git cat-file -e $(echo x | tr -d '\\n' | git hash-object --stdin)");
}

/* Killed at any step of it: what is left is nobody's, and goes. */
static void begins_anew_after_a_kill(void **payload)
{
	const struct state *state = *payload;

	test_write(state->dir, ".git/log.git.new/HEAD", "");
	test_write(state->dir, ".git/log.git.new/objects/rubbish", "");
	assert_opens(state);
	test_sh(state->dir, "! test -e .git/log.git/objects/rubbish");
}

static void many_may_make_it_at_once(void **payload)
{
	const struct state *state = *payload;
	pid_t children[8];

	for (size_t i = 0; i < GATE_COUNT(children); i++) {
		struct gate_repo *repo;

		children[i] = fork();
		if (children[i] == 0)
			_exit(gate_repo_open_or_init(&repo, state->place, NULL) == GATE_OK ? 0 : 1);
	}
	for (size_t i = 0; i < GATE_COUNT(children); i++) {
		int status;

		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	assert_opens(state);
}

/* What is there and no repository of ours is left as it is: somebody must look at it. */
static void touches_nothing_else(void **payload)
{
	const struct state *state = *payload;
	static const char *const scripts[] = {
		"mkdir .git/log.git",
		"mkdir .git/log.git; touch .git/log.git/HEAD",
		"touch .git/log.git",
		"git init -q .git/log.git",
		"git init -q --bare .git/log.git; : >.git/log.git/HEAD",
		"git init -q --bare .git/log.git; rm .git/log.git/HEAD",
	};
	GATE_AUTO(gate_buf_release) struct gate_buf wanted = { 0 };

	gate_buf_printf(&wanted, "'%s' is no bare repository: remove it", state->place);
	for (size_t i = 0; i < GATE_COUNT(scripts); i++) {
		struct gate_repo *repo = NULL;
		struct gate_error error = { 0 };

		print_message("%s\n", scripts[i]);
		test_sh(state->dir, scripts[i]);
		assert_int_equal(gate_repo_open_or_init(&repo, state->place, &error), GATE_EGIT);
		assert_string_equal(error.message, gate_buf_text(&wanted));
		test_sh(state->dir, "test -e .git/log.git; rm -rf .git/log.git");
	}
}

static void every_allocation_may_fail(void **payload)
{
	const struct state *state = *payload;
	bool failed = true;

	for (unsigned n = 0; failed; n++) {
		GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
		struct gate_error error = { 0 };
		int code;

		test_sh(state->dir, "rm -rf .git/log.git");
		test_oom_arm(n);
		code = gate_repo_open_or_init(&repo, state->place, &error);
		failed = test_oom_disarm();
		if (failed && code != GATE_ENOMEM)
			fail_msg("allocation %u: %d, '%s'", n, code, error.message);
		if (!failed)
			assert_int_equal(code, GATE_OK);
	}
	assert_opens(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(makes_it_once, setup, teardown),
		cmocka_unit_test_setup_teardown(begins_anew_after_a_kill, setup, teardown),
		cmocka_unit_test_setup_teardown(many_may_make_it_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(touches_nothing_else, setup, teardown),
		cmocka_unit_test_setup_teardown(every_allocation_may_fail, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
