/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/exchange.h"

#include "gate/git/refs.h"
#include "gate/git/write.h"
#include "tests/support/oom.h"
#include "tests/support/shell.h"

#define LOG "refs/doragate/log"
#define COPY "refs/doragate/remotes/origin/log"

/* A repository with a remote "origin", a bare one beside it, and two commits: the second on top of the first. */
struct state {
	char *scratch, *dir, *home; /* own */
	struct gate_repo *repo;
	char first[GATE_OID_HEX], second[GATE_OID_HEX], beside[GATE_OID_HEX];
};

static void make_commit(char hex[GATE_OID_HEX], const struct state *state, int64_t seconds,
                        const struct gate_oid *parent, struct gate_oid *out)
{
	assert_ok(gate_commit_write(out, state->repo, &gate_oid_empty_tree, parent, seconds, "x\n",
	                            err));
	gate_oid_hex(hex, out);
}

static int setup(void **out)
{
	static struct state state;
	struct gate_oid first, other;

	state.scratch = test_scratch();
	state.dir = test_repo(state.scratch, "r");
	test_git(state.scratch, "init", "-q", "--bare", "home.git");
	state.home = test_path(state.scratch, "home.git");
	test_git(state.dir, "remote", "add", "origin", "../home.git");
	assert_ok(gate_repo_open(&state.repo, state.dir, err));
	make_commit(state.first, &state, 1, NULL, &first);
	make_commit(state.second, &state, 2, &first, &other);
	make_commit(state.beside, &state, 3, NULL, &other);
	*out = &state;
	return 0;
}

static int teardown(void **out)
{
	struct state *state = *out;

	gate_repo_free(state->repo);
	free(state->dir);
	free(state->home);
	test_scratch_remove(state->scratch);
	return 0;
}

/* Each test begins with a home that has no ref and does as it is told, and ends so. */
static int clear(void **payload)
{
	const struct state *state = *payload;
	static const char script[] =
		"printf '[core]\\n\\trepositoryformatversion = 0\\n\\tbare = true\\n' "
		">home.git/config\n"
		"rm -f home.git/hooks/*\n"
		"for r in r home.git; do git -C $r for-each-ref --format='delete %(refname)' | "
		"git -C $r update-ref --stdin; done";

	test_sh(state->scratch, script);
	return 0;
}

static struct gate_exchange exchange_of(const struct state *state)
{
	return (struct gate_exchange){ .repo = state->repo,
		                       .remote = "origin",
		                       .timeout_ms = 60000 };
}

static int push(enum gate_push_result *out, const struct state *state, const char *refspec,
                const char *lease, struct gate_buf *why, struct gate_error *err)
{
	const struct gate_exchange exchange = exchange_of(state);

	return gate_git_push(out, &exchange, TEST_ARGS(refspec), lease ? TEST_ARGS(lease) : NULL,
	                     false, why, err);
}

/* "<id>:<ref>". */
static const char *update(const char *id, const char *ref)
{
	static char text[128];

	snprintf(text, sizeof(text), "%s:%s", id, ref);
	return text;
}

static void assert_push(const struct state *state, const char *refspec, const char *lease,
                        enum gate_push_result wanted, const char *reason)
{
	GATE_AUTO(gate_buf_release) struct gate_buf why = { 0 };
	enum gate_push_result result;

	assert_ok(push(&result, state, refspec, lease, &why, err));
	assert_string_equal(gate_buf_text(&why), reason);
	assert_int_equal(result, wanted);
}

static void assert_ref(const char *dir, const char *ref, const char *wanted)
{
	GATE_AUTO(gate_free) char *id = test_git_out(dir, "rev-parse", ref);

	assert_string_equal(id, wanted);
}

static void fetches_what_is_asked_for(void **payload)
{
	const struct state *state = *payload;
	const struct gate_exchange exchange = exchange_of(state);
	const char *const refspecs[] = { "+" LOG "*:" COPY "*", NULL };

	/* A pattern that meets nothing is no error. */
	assert_ok(gate_git_fetch(&exchange, refspecs, true, err));
	assert_push(state, update(state->first, LOG), NULL, GATE_PUSH_DONE, "");
	test_sh(state->home,
	        "git update-ref refs/heads/other " LOG "; git update-ref refs/tags/v1 " LOG);
	assert_ok(gate_git_fetch(&exchange, refspecs, true, err));
	assert_ref(state->dir, COPY, state->first);
	test_sh(state->dir, "test $(git for-each-ref | wc -l) = 1; ! test -e .git/FETCH_HEAD");
	/* What the home has no more goes only when it shall. */
	test_git(state->home, "update-ref", "-d", LOG);
	assert_ok(gate_git_fetch(&exchange, refspecs, false, err));
	assert_ref(state->dir, COPY, state->first);
	assert_ok(gate_git_fetch(&exchange, refspecs, true, err));
	assert_int_not_equal(test_git_try(state->dir, "rev-parse", "-q", "--verify", COPY), 0);
}

static void is_behind_where_another_try_helps(void **payload)
{
	const struct state *state = *payload;

	assert_push(state, update(state->second, LOG), NULL, GATE_PUSH_DONE, "");
	assert_push(state, update(state->first, LOG), NULL, GATE_PUSH_BEHIND,
	            "[rejected] (non-fast-forward)");
	assert_push(state, update(state->beside, LOG), NULL, GATE_PUSH_BEHIND,
	            "[rejected] (non-fast-forward)");
	/* A commit there that is not here. */
	test_sh(state->home, "git update-ref " LOG " $(git commit-tree -m theirs "
	                     "4b825dc642cb6eb9a060e54bf8d69288fbee4904)");
	assert_push(state, update(state->second, LOG), NULL, GATE_PUSH_BEHIND,
	            "[rejected] (fetch first)");
	/* Somebody else writes it. */
	test_write(state->home, LOG "2.lock", "");
	assert_push(state, update(state->first, LOG "2"), NULL, GATE_PUSH_BEHIND,
	            "[remote rejected] (failed to update ref)");
	test_sh(state->home, "rm " LOG "2.lock");
	/* A ref where there should be a folder: the caller gives up after some tries. */
	assert_push(state, update(state->first, LOG "/x"), NULL, GATE_PUSH_BEHIND,
	            "[remote rejected] (failed to update ref)");
}

/* What a home is told with a lease goes only while it is what the teller knows. */
static void takes_off_what_is_leased(void **payload)
{
	const struct state *state = *payload;
	static const char inbox[] = "refs/doragate/inbox/x";
	char lease[128];

	snprintf(lease, sizeof(lease), "%s:%s", inbox, state->first);
	assert_push(state, update(state->second, inbox), NULL, GATE_PUSH_DONE, "");
	assert_push(state, ":refs/doragate/inbox/x", lease, GATE_PUSH_BEHIND,
	            "[rejected] (stale info)");
	assert_ref(state->home, inbox, state->second);
	snprintf(lease, sizeof(lease), "%s:%s", inbox, state->second);
	assert_push(state, ":refs/doragate/inbox/x", lease, GATE_PUSH_DONE, "");
	assert_int_not_equal(test_git_try(state->home, "rev-parse", "-q", "--verify", inbox), 0);
	/* Somebody else took it off first. */
	assert_push(state, ":refs/doragate/inbox/x", lease, GATE_PUSH_BEHIND,
	            "[rejected] (stale info)");
}

static void is_refused_by_rules_of_the_home(void **payload)
{
	const struct state *state = *payload;

	test_git(state->home, "config", "receive.hideRefs", "refs/doragate");
	assert_push(state, update(state->first, LOG), NULL, GATE_PUSH_REFUSED,
	            "[remote rejected] (deny updating a hidden ref)");
	test_git(state->home, "config", "--unset", "receive.hideRefs");
	test_write(state->home, "hooks/update", "#!/bin/sh\n! echo failed to update ref >&2\n");
	test_sh(state->home, "chmod +x hooks/update");
	assert_push(state, update(state->first, LOG), NULL, GATE_PUSH_REFUSED,
	            "[remote rejected] (hook declined)");
	test_sh(state->home, "mv hooks/update hooks/pre-receive");
	assert_push(state, update(state->first, LOG), NULL, GATE_PUSH_REFUSED,
	            "[remote rejected] (pre-receive hook declined)");
}

/* Neither another try nor another ref helps; the error says what the home said. */
static void says_how_a_home_fails(void **payload)
{
	const struct state *state = *payload;
	static const struct {
		const char *script, *message;
	} cases[] = {
		{ "printf '#!/bin/sh\nkill -KILL $PPID\n' >hooks/pre-receive; chmod +x hooks/*",
		  "cannot push to 'origin': the remote end hung up unexpectedly" },
		{ "git config receive.unpackLimit 1; git config receive.maxInputSize 1",
		  "cannot push to 'origin': remote unpack failed: index-pack abnormal exit" },
		{ "git config extensions.unknown true; git config core.repositoryformatversion 1",
		  "cannot push to 'origin': unknown repository extension found:" },
	};

	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		enum gate_push_result result;
		struct gate_error why = { 0 };

		clear(payload);
		test_sh(state->home, cases[i].script);
		assert_int_equal(push(&result, state, update(state->first, LOG), NULL, NULL, &why),
		                 GATE_EGIT);
		assert_string_equal(why.message, cases[i].message);
	}
}

static void pushes_all_or_nothing(void **payload)
{
	const struct state *state = *payload;
	const struct gate_exchange exchange = exchange_of(state);
	char log[128], other[128], lease[128];
	GATE_AUTO(gate_buf_release) struct gate_buf why = { 0 };
	enum gate_push_result result;

	snprintf(log, sizeof(log), "%s:" LOG, state->first);
	snprintf(other, sizeof(other), "%s:" LOG "2", state->first);
	snprintf(lease, sizeof(lease), LOG "2:%s", state->second);
	assert_ok(gate_git_push(&result, &exchange, TEST_ARGS(log, other), TEST_ARGS(lease), true,
	                        &why, err));
	assert_int_equal(result, GATE_PUSH_BEHIND);
	assert_string_equal(gate_buf_text(&why), "[rejected] (stale info)");
	assert_int_not_equal(test_git_try(state->home, "rev-parse", "-q", "--verify", LOG), 0);
	test_sh(state->home, "printf '#!/bin/sh\\nexit 1\\n' >hooks/update; chmod +x hooks/update");
	assert_ok(gate_git_push(&result, &exchange, TEST_ARGS(log, other), NULL, true, &why, err));
	assert_int_equal(result, GATE_PUSH_REFUSED);
	test_git(state->home, "config", "receive.advertiseAtomic", "false");
	assert_ok(gate_git_push(&result, &exchange, TEST_ARGS(log, other), NULL, true, &why, err));
	assert_int_equal(result, GATE_PUSH_NO_ATOMIC);
}

/* A git that only notes how it is called. Returns PATH as it was. */
static char *put_git_in_front(const struct state *state)
{
	static const char script[] =
		"#!/bin/sh\n"
		"printf '%s\\n' \"${GIT_SSH_COMMAND-}\" >\"$0.ssh\"\n"
		"printf '%s\\n' \"$PWD\" \"$GIT_DIR\" \"$GIT_TERMINAL_PROMPT\" "
		"\"${GIT_INDEX_FILE-}\" >\"$0.env\"\n"
		"echo \"$*\" >\"$0.words\"\n";
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };
	char *before = gate_copy(getenv("PATH"), strlen(getenv("PATH")));

	test_write(state->scratch, "bin/git", script);
	test_sh(state->scratch, "chmod +x bin/git");
	gate_buf_printf(&path, "%s/bin:%s", state->scratch, before);
	setenv("PATH", gate_buf_text(&path), 1);
	return before;
}

static void put_back(char *path)
{
	setenv("PATH", path, 1);
	free(path);
}

/* What is in a file of the git in front, without the last newline. */
static void assert_noted(const struct state *state, const char *what, const char *wanted)
{
	GATE_AUTO(gate_buf_release) struct gate_buf command = { 0 };
	GATE_AUTO(gate_free) char *text = NULL;
	char *end;

	gate_buf_printf(&command, "cat bin/git.%s", what);
	text = test_shell(NULL, state->scratch, gate_buf_text(&command), NULL, 0);
	end = text + strlen(text);
	if (end > text)
		end[-1] = '\0';
	assert_string_equal(text, wanted);
}

static const struct {
	const char *command, *program, *variant;     /* the environment */
	const char *configured, *configured_variant; /* the configuration */
	const char *wanted;                          /* GIT_SSH_COMMAND of git */
} transports[] = {
	{ .wanted = "ssh -oBatchMode=yes" },
	{ .command = "ssh -i key", .wanted = "ssh -i key -oBatchMode=yes" },
	{ .command = "/opt/ssh -i ~/simple/putty",
	  .wanted = "/opt/ssh -i ~/simple/putty -oBatchMode=yes" },
	{ .command = "\"/opt/my programs/ssh\" -v",
	  .wanted = "\"/opt/my programs/ssh\" -v -oBatchMode=yes" },
	{ .command = "'C:/ssh.exe'", .wanted = "'C:/ssh.exe' -oBatchMode=yes" },
	{ .configured = "ssh -F x", .wanted = "ssh -F x -oBatchMode=yes" },
	{ .command = "ssh -4", .configured = "ssh -F x", .wanted = "ssh -4 -oBatchMode=yes" },
	{ .command = "mine", .variant = "ssh", .wanted = "mine -oBatchMode=yes" },
	{ .command = "mine", .configured_variant = "ssh", .wanted = "mine -oBatchMode=yes" },
	{ .command = "ssh",
	  .variant = "auto",
	  .configured_variant = "plink",
	  .wanted = "ssh -oBatchMode=yes" },

	{ .command = "mine", .wanted = "mine" },
	{ .command = "mine ssh", .wanted = "mine ssh" },
	{ .command = "plink", .wanted = "plink" },
	{ .command = "/opt/sshd/plink.exe -P 22", .wanted = "/opt/sshd/plink.exe -P 22" },
	{ .command = "openssh", .wanted = "openssh" },
	{ .command = "ssh", .variant = "simple", .wanted = "ssh" },
	{ .command = "ssh", .configured_variant = "tortoiseplink", .wanted = "ssh" },
	{ .command = "", .wanted = "" },
	{ .program = "mine", .wanted = "" },
	{ .program = "mine", .configured = "ssh -F x", .wanted = "ssh -F x -oBatchMode=yes" },
	{ .configured = "mine", .wanted = "" },
};

static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void tells_only_openssh_not_to_ask(void **payload)
{
	const struct state *state = *payload;

	for (size_t i = 0; i < GATE_COUNT(transports); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf config = { 0 };
		GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
		struct gate_exchange exchange = exchange_of(state);
		char *path;

		print_message("%zu: %s\n", i, transports[i].wanted);
		gate_buf_puts(&config, "[core]\n\trepositoryformatversion = 0\n");
		if (transports[i].configured)
			gate_buf_printf(&config, "\tsshCommand = %s\n", transports[i].configured);
		if (transports[i].configured_variant)
			gate_buf_printf(&config, "[ssh]\n\tvariant = %s\n",
			                transports[i].configured_variant);
		test_write(state->dir, ".git/config", gate_buf_text(&config));
		assert_ok(gate_repo_open(&repo, state->dir, err));
		exchange.repo = repo;
		exchange.in_hook = true;
		path = put_git_in_front(state);
		set("GIT_SSH_COMMAND", transports[i].command);
		set("GIT_SSH", transports[i].program);
		set("GIT_SSH_VARIANT", transports[i].variant);
		assert_ok(gate_git_fetch(&exchange, TEST_ARGS("+a:b"), false, err));
		set("GIT_SSH_COMMAND", NULL);
		set("GIT_SSH", NULL);
		set("GIT_SSH_VARIANT", NULL);
		put_back(path);
		assert_noted(state, "ssh", transports[i].wanted);
	}
	test_git(state->dir, "remote", "add", "origin", "../home.git");
}

/* Somebody is there: nothing is changed. */
static void lets_ssh_ask_elsewhere(void **payload)
{
	const struct state *state = *payload;
	const struct gate_exchange exchange = exchange_of(state);
	char *path = put_git_in_front(state);

	assert_ok(gate_git_fetch(&exchange, TEST_ARGS("+a:b"), false, err));
	put_back(path);
	assert_noted(state, "ssh", "");
}

/* git is called in the work tree, with nothing that binds it elsewhere, and with what turns a user's settings off. */
static void calls_git_with_its_own_settings(void **payload)
{
	const struct state *state = *payload;
	struct gate_exchange exchange = exchange_of(state);
	GATE_AUTO(gate_buf_release) struct gate_buf env = { 0 };
	enum gate_push_result result;
	char *path = put_git_in_front(state);

	setenv("GIT_INDEX_FILE", "/nowhere", 1);
	assert_ok(gate_git_fetch(&exchange, TEST_ARGS("+a:b", "+c:d"), true, err));
	unsetenv("GIT_INDEX_FILE");
	gate_buf_printf(&env, "%s\n%s/.git\n0\n", state->dir, state->dir);
	assert_noted(state, "env", gate_buf_text(&env));
	assert_noted(
		state, "words",
		"-c remote.origin.followRemoteHEAD=never -c gc.auto=0 -c maintenance.auto=false -c "
		"fetch.writeCommitGraph=false -c fetch.pruneTags=false -c fetch.bundleURI= -c "
		"core.logAllRefUpdates=false -c core.hooksPath=/dev/null fetch --quiet --no-tags "
		"--no-write-fetch-head --no-auto-maintenance --no-recurse-submodules --no-filter "
		"--refmap= --prune -- origin +a:b +c:d");
	assert_ok(gate_git_push(&result, &exchange, TEST_ARGS("a:b"), TEST_ARGS("b:c", "d:e"), true,
	                        NULL, err));
	assert_noted(
		state, "words",
		"-c remote.origin.mirror=false -c push.pushOption= -c core.hooksPath=/dev/null "
		"push "
		"--quiet --porcelain --no-verify --no-follow-tags --no-signed "
		"--recurse-submodules=no --atomic --force-with-lease=b:c --force-with-lease=d:e -- "
		"origin a:b");
	/* A URL and a path are no remote of the configuration. */
	for (size_t i = 0; i < 3; i++) {
		exchange.remote = TEST_ARGS("https://example.com/x", "../x", "/x")[i];
		assert_ok(gate_git_push(&result, &exchange, TEST_ARGS("a:b"), NULL, false, NULL,
		                        err));
		test_sh(state->scratch, "! grep remote\\\\. bin/git.words");
	}
	put_back(path);
}

static void takes_no_option_for_a_remote(void **payload)
{
	const struct state *state = *payload;
	struct gate_exchange exchange = exchange_of(state);
	enum gate_push_result result;

	exchange.remote = "--upload-pack=x";
	assert_int_equal(gate_git_fetch(&exchange, TEST_ARGS("+a:b"), false, NULL), GATE_EUSAGE);
	assert_int_equal(
		gate_git_push(&result, &exchange, TEST_ARGS("a:b"), NULL, false, NULL, NULL),
		GATE_EUSAGE);
	exchange.remote = "";
	assert_int_equal(gate_git_fetch(&exchange, TEST_ARGS("+a:b"), false, NULL), GATE_EUSAGE);
}

/* The slowest part of a home is its hooks. */
static void gives_up_in_time(void **payload)
{
	const struct state *state = *payload;
	struct gate_exchange exchange = exchange_of(state);
	enum gate_push_result result;

	test_write(state->home, "hooks/pre-receive", "#!/bin/sh\nexec sleep 20\n");
	test_sh(state->scratch, "chmod +x home.git/hooks/*");
	exchange.timeout_ms = 300;
	assert_int_equal(gate_git_push(&result, &exchange, TEST_ARGS(update(state->first, LOG)),
	                               NULL, false, NULL, NULL),
	                 GATE_ELIMIT);
}

static void every_allocation_may_fail(void **payload)
{
	const struct state *state = *payload;
	const struct gate_exchange exchange = exchange_of(state);
	const char *const refspecs[] = { "+" LOG "*:" COPY "*", NULL };
	unsigned allocations[2];

	for (unsigned i = 0; i < 2; i++) {
		bool failed = true;
		unsigned n;

		for (n = 0; failed; n++) {
			GATE_AUTO(gate_buf_release) struct gate_buf why = { 0 };
			enum gate_push_result result;
			struct gate_error error = { 0 };
			int code;

			test_oom_arm(n);
			code = i ? gate_git_fetch(&exchange, refspecs, true, &error)
			         : push(&result, state, update(state->first, LOG), LOG, &why,
			                &error);
			failed = test_oom_disarm();
			if (failed && (code != GATE_ENOMEM || error.code != GATE_ENOMEM))
				fail_msg("allocation %u: %d, '%s'", n, code, error.message);
			if (!failed)
				assert_int_equal(code, GATE_OK);
		}
		allocations[i] = n;
	}
	assert_ref(state->dir, COPY, state->first);
	assert_true(allocations[0] > 10 && allocations[1] > 10);
}

/* What a failed push says needs memory too: without it there is no half of a message. */
static void every_allocation_of_a_refusal_may_fail(void **payload)
{
	const struct state *state = *payload;
	bool failed = true;

	test_write(state->home, "hooks/update", "#!/bin/sh\nexit 1\n");
	test_sh(state->home, "chmod +x hooks/update");
	for (unsigned n = 0; failed; n++) {
		GATE_AUTO(gate_buf_release) struct gate_buf why = { 0 };
		enum gate_push_result result;
		struct gate_error error = { 0 };
		int code;

		test_oom_arm(n);
		code = push(&result, state, update(state->first, LOG), NULL, &why, &error);
		failed = test_oom_disarm();
		if (failed && code != GATE_ENOMEM)
			fail_msg("allocation %u: %d, '%s'", n, code, error.message);
		if (!failed)
			assert_string_equal(gate_buf_text(&why),
			                    "[remote rejected] (hook declined)");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(fetches_what_is_asked_for, clear, clear),
		cmocka_unit_test_setup_teardown(is_behind_where_another_try_helps, clear, clear),
		cmocka_unit_test_setup_teardown(takes_off_what_is_leased, clear, clear),
		cmocka_unit_test_setup_teardown(is_refused_by_rules_of_the_home, clear, clear),
		cmocka_unit_test_setup_teardown(says_how_a_home_fails, clear, clear),
		cmocka_unit_test_setup_teardown(pushes_all_or_nothing, clear, clear),
		cmocka_unit_test(tells_only_openssh_not_to_ask),
		cmocka_unit_test(lets_ssh_ask_elsewhere),
		cmocka_unit_test(calls_git_with_its_own_settings),
		cmocka_unit_test(takes_no_option_for_a_remote),
		cmocka_unit_test_setup_teardown(gives_up_in_time, clear, clear),
		cmocka_unit_test_setup_teardown(every_allocation_may_fail, clear, clear),
		cmocka_unit_test_setup_teardown(every_allocation_of_a_refusal_may_fail, clear,
		                                clear),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
