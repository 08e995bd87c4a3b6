/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/git.h"
#include "tests/support/test.h"

#include "gate/git/refs.h"

struct fixture {
	char *scratch, *dir;  /* own */
	char *first, *second; /* own; ids */
	struct gate_repo *repo;
};

/* main at the second commit, with what a clone has around it. */
static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->scratch = test_scratch();
	f->dir = test_repo(f->scratch, "refs");
	f->first = test_commit(f->dir, "one");
	f->second = test_commit(f->dir, "two");
	test_git(f->dir, "tag", "v1", "HEAD~1");
	test_git(f->dir, "branch", "b/2", "HEAD~1");
	test_git(f->dir, "branch", "both", "HEAD");
	test_git(f->dir, "tag", "both", "HEAD~1");
	test_git(f->dir, "update-ref", "refs/remotes/origin/main", "HEAD~1");
	test_git(f->dir, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
	test_git(f->dir, "update-ref", "refs/remotes/origin2/main", "HEAD");
	test_git(f->dir, "pack-refs", "--all");
	test_git(f->dir, "branch", "a", "HEAD");
	test_git(f->dir, "update-ref", "refs/heads/b/2", "HEAD");
	test_git(f->dir, "symbolic-ref", "refs/heads/alias", "refs/heads/a");
	test_git(f->dir, "symbolic-ref", "refs/heads/dangling", "refs/heads/unborn");
	test_git(f->dir, "symbolic-ref", "refs/heads/loop", "refs/heads/loop2");
	test_git(f->dir, "symbolic-ref", "refs/heads/loop2", "refs/heads/loop");
	assert_ok(gate_repo_open(&f->repo, f->dir, err));
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	gate_repo_free(f->repo);
	test_scratch_remove(f->scratch);
	free(f->dir);
	free(f->first);
	free(f->second);
	free(f);
	return 0;
}

static void refs_are_looked_up(void **state)
{
	static const char *const none[] = {
		"refs/heads/nothing", "refs/heads/dangling", "main", "refs/heads/..", "",
		"refs/heads/a/b"
	};
	struct fixture *f = *state;
	struct gate_error why = { 0 };
	char hex[GATE_OID_HEX];
	struct gate_oid id;

	assert_ok(gate_ref_lookup(&id, f->repo, "HEAD", err));
	assert_string_equal(gate_oid_hex(hex, &id), f->second);
	assert_ok(gate_ref_lookup(&id, f->repo, "refs/tags/v1", err));
	assert_string_equal(gate_oid_hex(hex, &id), f->first);
	assert_ok(gate_ref_lookup(&id, f->repo, "refs/remotes/origin/HEAD", err));
	assert_string_equal(gate_oid_hex(hex, &id), f->first);
	for (size_t i = 0; i < GATE_COUNT(none); i++) {
		print_message("%s\n", none[i]);
		assert_int_equal(gate_ref_lookup(&id, f->repo, none[i], &why), GATE_ENOTFOUND);
	}
	assert_int_equal(gate_ref_lookup(&id, f->repo, "refs/heads/nothing", &why), GATE_ENOTFOUND);
	assert_string_equal(why.message, "there is no ref 'refs/heads/nothing'");
}

static void symbolic_refs_are_followed_to_the_end(void **state)
{
	static const struct {
		const char *name, *target;
	} cases[] = {
		{ "HEAD", "refs/heads/main" },
		{ "refs/remotes/origin/HEAD", "refs/remotes/origin/main" },
		{ "refs/heads/alias", "refs/heads/a" },
		{ "refs/heads/dangling", "refs/heads/unborn" },
		{ "refs/heads/a", NULL },
		{ "refs/heads/nothing", NULL },
		{ "..", NULL },
	};
	struct fixture *f = *state;
	struct gate_error why = { 0 };
	char *none = NULL;

	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_free) char *target = NULL;

		print_message("%s\n", cases[i].name);
		assert_ok(gate_ref_symbolic(&target, f->repo, cases[i].name, err));
		if (cases[i].target)
			assert_string_equal(target, cases[i].target);
		else
			assert_null(target);
	}
	assert_int_equal(gate_ref_symbolic(&none, f->repo, "refs/heads/loop", &why), GATE_EGIT);
	assert_string_equal(why.message,
	                    "ref 'refs/heads/loop' points to itself, or through too many refs");
}

static void an_unborn_head_has_a_name_and_no_id(void **state)
{
	struct fixture *f = *state;
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *dir = test_repo(f->scratch, "unborn");
	GATE_AUTO(gate_free) char *target = NULL, *name = NULL;
	struct gate_oid id;

	assert_ok(gate_repo_open(&repo, dir, err));
	assert_ok(gate_ref_symbolic(&target, repo, "HEAD", err));
	assert_string_equal(target, "refs/heads/main");
	assert_int_equal(gate_ref_lookup(&id, repo, "HEAD", NULL), GATE_ENOTFOUND);
	assert_ok(gate_ref_full_name(&name, repo, "main", err));
	assert_null(name);
}

static void short_names_mean_what_git_means(void **state)
{
	static const char *const names[] = { "main",        "v1",  "both",       "heads/both",
		                             "origin/main", "b/2", "origin",     "HEAD",
		                             "nothing",     "..",  "refs/heads", "a" };
	struct fixture *f = *state;

	for (size_t i = 0; i < GATE_COUNT(names); i++) {
		GATE_AUTO(gate_free) char *name = NULL, *git = NULL;
		int status;

		print_message("%s\n", names[i]);
		git = test_git_read(f->dir, &status,
		                    TEST_ARGS("-c", "core.warnAmbiguousRefs=false", "rev-parse",
		                              "-q", "--verify", "--symbolic-full-name", names[i]));
		assert_ok(gate_ref_full_name(&name, f->repo, names[i], err));
		if (status == 0 && *git)
			assert_string_equal(name, git);
		else
			assert_null(name);
	}
}

static int write_ref(const char *name, const struct gate_oid *id, void *payload)
{
	char hex[GATE_OID_HEX];

	gate_buf_printf(payload, "%.4s %s\n", gate_oid_hex(hex, id), name);
	return 0;
}

static void refs_come_by_name_without_broken_ones(void **state)
{
	static const char *const prefixes[] = { "refs/", "refs/heads/", "refs/remotes/origin/",
		                                "refs/heads/b", "refs/none/" };
	struct fixture *f = *state;

	for (size_t i = 0; i < GATE_COUNT(prefixes); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf mine = { 0 }, theirs = { 0 };
		GATE_AUTO(gate_free)
		char *git = test_git_out(f->dir, "for-each-ref",
		                         "--format=%(objectname:short=4) %(refname)");
		char *line = git, *end;

		print_message("%s\n", prefixes[i]);
		for (; line; line = end ? end + 1 : NULL) {
			end = strchr(line, '\n');
			if (strncmp(line + 5, prefixes[i], strlen(prefixes[i])) == 0)
				gate_buf_add(&theirs, line,
				             end ? (size_t)(end + 1 - line) : strlen(line));
		}
		if (theirs.len && theirs.ptr[theirs.len - 1] != '\n')
			gate_buf_putc(&theirs, '\n');
		assert_ok(gate_ref_each(f->repo, prefixes[i], write_ref, &mine, err));
		assert_string_equal(gate_buf_text(&mine), gate_buf_text(&theirs));
	}
}

static int stop_at_second(const char *name, const struct gate_oid *id, void *payload)
{
	int *n = payload;

	(void)name;
	(void)id;
	return ++*n == 2 ? 7 : 0;
}

static void a_walk_stops_where_it_is_told(void **state)
{
	struct fixture *f = *state;
	int n = 0;

	assert_int_equal(gate_ref_each(f->repo, "refs/", stop_at_second, &n, NULL), 7);
	assert_int_equal(n, 2);
}

static void remotes_exist_by_configuration(void **state)
{
	struct fixture *f = *state;
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *dir = test_repo(f->scratch, "remotes");

	test_git(dir, "remote", "add", "a.b", "/nowhere");
	test_git(dir, "config", "remote.pushDefault", "a.b");
	assert_ok(gate_repo_open(&repo, dir, err));
	assert_true(gate_remote_exists(repo, "a.b"));
	assert_false(gate_remote_exists(repo, "a"));
	assert_false(gate_remote_exists(repo, "pushDefault"));
	assert_false(gate_remote_exists(repo, ""));
	assert_false(gate_remote_exists(repo, "a\nb"));
}

static void a_push_goes_where_git_sends_it(void **state)
{
	static const struct {
		const char *name, *config, *branch, *remote;
	} cases[] = {
		{ "no remote", "", "refs/heads/main", NULL },
		{ "the only one", "[remote \"up\"]\n\turl = /x\n", "refs/heads/main", "up" },
		{ "the only one, no branch", "[remote \"up\"]\n\turl = /x\n", NULL, "up" },
		{ "two without origin",
		  "[remote \"up\"]\n\turl = /x\n[remote \"down\"]\n\turl = /y\n", "refs/heads/main",
		  NULL },
		{ "two with origin",
		  "[remote \"a\"]\n\turl = /x\n[remote \"origin\"]\n\turl = /y\n",
		  "refs/heads/main", "origin" },
		{ "branch.remote",
		  "[remote \"origin\"]\n\turl = /y\n[branch \"main\"]\n\tremote = up\n",
		  "refs/heads/main", "up" },
		{ "branch.remote of another branch",
		  "[remote \"origin\"]\n\turl = /y\n[branch \"other\"]\n\tremote = up\n",
		  "refs/heads/main", "origin" },
		{ "pushDefault before branch.remote",
		  "[remote]\n\tpushDefault = fork\n[branch \"main\"]\n\tremote = up\n",
		  "refs/heads/main", "fork" },
		{ "pushRemote before pushDefault",
		  "[remote]\n\tpushDefault = fork\n[branch \"a/b\"]\n\tpushRemote = mine\n",
		  "refs/heads/a/b", "mine" },
		{ "a tag has no branch", "[remote]\n\tpushDefault = fork\n", "refs/tags/main",
		  "fork" },
	};
	struct fixture *f = *state;
	GATE_AUTO(gate_free) char *dir = test_repo(f->scratch, "push");

	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
		GATE_AUTO(gate_free) char *remote = NULL;

		print_message("%s\n", cases[i].name);
		test_write(dir, ".git/config", cases[i].config);
		assert_ok(gate_repo_open(&repo, dir, err));
		assert_ok(gate_remote_for_push(&remote, repo, cases[i].branch, err));
		if (cases[i].remote)
			assert_string_equal(remote, cases[i].remote);
		else
			assert_null(remote);
	}
}

static void upstreams_are_remote_tracking_refs(void **state)
{
#define ORIGIN "[remote \"origin\"]\n\turl = /y\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
	static const struct {
		const char *name, *config, *branch, *upstream;
	} cases[] = {
		{ "none", ORIGIN, "refs/heads/main", NULL },
		{ "of a remote",
		  ORIGIN "[branch \"main\"]\n\tremote = origin\n\tmerge = refs/heads/trunk\n",
		  "refs/heads/main", "refs/remotes/origin/trunk" },
		{ "a local branch", "[branch \"main\"]\n\tremote = .\n\tmerge = refs/heads/trunk\n",
		  "refs/heads/main", "refs/heads/trunk" },
		{ "a remote that is not there",
		  "[branch \"main\"]\n\tremote = gone\n\tmerge = refs/heads/trunk\n",
		  "refs/heads/main", NULL },
		{ "a URL",
		  "[branch \"main\"]\n\tremote = https://x/y\n\tmerge = refs/heads/trunk\n",
		  "refs/heads/main", NULL },
		{ "not fetched",
		  "[remote \"origin\"]\n\turl = /y\n\tfetch = "
		  "+refs/heads/a:refs/remotes/origin/a\n[branch \"main\"]\n\tremote = "
		  "origin\n\tmerge = refs/heads/trunk\n",
		  "refs/heads/main", NULL },
		{ "no branch", ORIGIN, "refs/tags/v1", NULL },
	};
	struct fixture *f = *state;
	GATE_AUTO(gate_free) char *dir = test_repo(f->scratch, "upstream");

	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
		GATE_AUTO(gate_free) char *upstream = NULL;

		print_message("%s\n", cases[i].name);
		test_write(dir, ".git/config", cases[i].config);
		assert_ok(gate_repo_open(&repo, dir, err));
		assert_ok(gate_branch_upstream(&upstream, repo, cases[i].branch, err));
		if (cases[i].upstream)
			assert_string_equal(upstream, cases[i].upstream);
		else
			assert_null(upstream);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refs_are_looked_up),
		cmocka_unit_test(symbolic_refs_are_followed_to_the_end),
		cmocka_unit_test(an_unborn_head_has_a_name_and_no_id),
		cmocka_unit_test(short_names_mean_what_git_means),
		cmocka_unit_test(refs_come_by_name_without_broken_ones),
		cmocka_unit_test(a_walk_stops_where_it_is_told),
		cmocka_unit_test(remotes_exist_by_configuration),
		cmocka_unit_test(a_push_goes_where_git_sends_it),
		cmocka_unit_test(upstreams_are_remote_tracking_refs),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
