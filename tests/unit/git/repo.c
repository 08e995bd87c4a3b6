/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/git.h"
#include "tests/support/test.h"

#include "gate/git/repo.h"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

static int group_setup(void **state)
{
	*state = test_scratch();
	return 0;
}

static int group_teardown(void **state)
{
	assert_int_equal(chdir("/"), 0);
	test_scratch_remove(*state);
	return 0;
}

/* Fails unless opening `dir` is refused with this code and message; "%s" in it stands for `name`. */
static void assert_refused(const char *dir, int code, const char *format, const char *name)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf wanted = { 0 };
	struct gate_error why = { 0 };
	const char *mark = strstr(format, "%s");

	gate_buf_add(&wanted, format, mark ? (size_t)(mark - format) : strlen(format));
	for (; mark; mark = strstr(format, "%s")) {
		const char *next;

		gate_buf_puts(&wanted, name);
		format = mark + 2;
		next = strstr(format, "%s");
		gate_buf_add(&wanted, format, next ? (size_t)(next - format) : strlen(format));
	}
	assert_int_equal(gate_repo_open(&repo, dir, &why), code);
	assert_null(repo);
	assert_string_equal(why.message, gate_buf_text(&wanted));
	assert_int_equal(why.code, code);
}

static void ids_are_parsed_and_printed(void **state)
{
	static const struct {
		const char *name, *input, *message;
	} cases[] = {
		{ "empty", "", "'' is no object id: 0 characters instead of 40" },
		{ "short", "abc", "'abc' is no object id: 3 characters instead of 40" },
		{ "not hexadecimal", "g000000000000000000000000000000000000000",
		  "'g000000000000000000000000000000000000000' is no object id: not hexadecimal" },
		{ "64 digits", "1000000000000000000000000000000000000000000000000000000000000000",
		  "'1000000000000000000000000000000000000000000000000000000000000000' is no object "
		  "id: 64 characters instead of 40" },
	};
	static const char hex[] = "4B825DC642cb6eb9a060e54bf8d69288fbee4904";
	char zeros[65], text[GATE_OID_HEX];
	struct gate_oid id;

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_error why = { 0 };

		print_message("%s\n", cases[i].name);
		assert_int_equal(gate_oid_parse(&id, cases[i].input, strlen(cases[i].input), &why),
		                 GATE_EUSAGE);
		assert_string_equal(why.message, cases[i].message);
	}
	assert_ok(gate_oid_parse(&id, hex, 40, err));
	assert_true(gate_oid_equal(&id, &gate_oid_empty_tree));
	assert_false(gate_oid_is_zero(&id));
	assert_string_equal(gate_oid_hex(text, &id), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
	memset(zeros, '0', sizeof(zeros));
	assert_ok(gate_oid_parse(&id, zeros, 64, err));
	assert_true(gate_oid_is_zero(&id));
	assert_ok(gate_oid_parse(&id, zeros, 40, err));
	assert_true(gate_oid_is_zero(&id));
}

static void opens_at_or_above_a_folder(void **state)
{
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "above");
	GATE_AUTO(gate_free) char *git_dir = test_path(dir, ".git");
	GATE_AUTO(gate_free) char *deep = test_path(dir, "a/b");
	GATE_AUTO(gate_free) char *link = test_path(*state, "above-link");
	const char *starts[] = { dir, deep, git_dir, link };

	test_write(dir, "a/b/file", "x\n");
	assert_int_equal(symlink(deep, link), 0);
	for (size_t i = 0; i < GATE_COUNT(starts); i++) {
		GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;

		print_message("%s\n", starts[i]);
		assert_ok(gate_repo_open(&repo, starts[i], err));
		assert_string_equal(gate_repo_git_dir(repo), git_dir);
		assert_string_equal(gate_repo_common_dir(repo), git_dir);
		assert_string_equal(gate_repo_work_dir(repo), dir);
		assert_false(gate_repo_is_shallow(repo));
		assert_false(gate_repo_is_partial(repo));
	}
}

static void opens_bare_and_unborn(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *dir = test_path(*state, "bare.git");
	struct gate_error why = { 0 };
	struct gate_oid id;

	test_git(*state, "init", "-q", "--bare", "bare.git");
	assert_ok(gate_repo_open(&repo, dir, err));
	assert_string_equal(gate_repo_git_dir(repo), dir);
	assert_null(gate_repo_work_dir(repo));
	assert_int_equal(gate_rev_commit(&id, repo, "HEAD", &why), GATE_EUSAGE);
	assert_string_equal(why.message, "there is no commit yet");
}

static void linked_work_trees_share_a_folder(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "tree");
	free(test_commit(dir, "one"));
	GATE_AUTO(gate_free) char *linked = test_path(*state, "linked");
	GATE_AUTO(gate_free) char *git_dir = test_path(dir, ".git/worktrees/linked");
	GATE_AUTO(gate_free) char *common = test_path(dir, ".git");
	GATE_AUTO(gate_free) char *value = NULL;

	test_git(dir, "worktree", "add", "-q", "../linked");
	test_git(dir, "config", "extensions.worktreeConfig", "true");
	test_git(linked, "config", "--worktree", "user.name", "Only Here");
	assert_ok(gate_repo_open(&repo, linked, err));
	assert_string_equal(gate_repo_git_dir(repo), git_dir);
	assert_string_equal(gate_repo_common_dir(repo), common);
	assert_string_equal(gate_repo_work_dir(repo), linked);
	assert_ok(gate_repo_config(&value, repo, "user.name", err));
	assert_string_equal(value, "Only Here");
}

static void bare_by_work_tree_configuration(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *dir = test_path(*state, "bare-here.git");

	test_git(*state, "init", "-q", "--bare", "bare-here.git");
	test_git(dir, "config", "core.repositoryFormatVersion", "1");
	test_git(dir, "config", "extensions.worktreeConfig", "true");
	test_git(dir, "config", "--worktree", "core.bare", "true");
	test_git(dir, "config", "--local", "--unset", "core.bare");
	assert_ok(gate_repo_open(&repo, dir, err));
	assert_null(gate_repo_work_dir(repo));
}

static void opens_a_submodule(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *inner = test_repo(*state, "inner");
	free(test_commit(inner, "one"));
	GATE_AUTO(gate_free) char *outer = test_repo(*state, "outer");
	GATE_AUTO(gate_free) char *sub = test_path(outer, "sub");
	GATE_AUTO(gate_free) char *git_dir = test_path(outer, ".git/modules/sub");

	test_git(outer, "submodule", "--quiet", "add", inner, "sub");
	assert_ok(gate_repo_open(&repo, sub, err));
	assert_string_equal(gate_repo_git_dir(repo), git_dir);
	assert_string_equal(gate_repo_work_dir(repo), sub);
}

static void refuses_what_is_no_repository(void **state)
{
	GATE_AUTO(gate_free) char *plain = test_path(*state, "plain");
	GATE_AUTO(gate_free) char *nowhere = test_path(*state, "nowhere");
	GATE_AUTO(gate_free) char *gone = test_path(*state, "gone");

	test_write(plain, "file", "x\n");
	test_write(nowhere, ".git", "gitdir: /no/such/folder\n");
	assert_refused(plain, GATE_ENOTFOUND, "no git repository at or above '%s'", plain);
	assert_refused(gone, GATE_ENOTFOUND, "no git repository at or above '%s'", gone);
	assert_refused(nowhere, GATE_ENOTFOUND, "'%s/.git' leads to no git repository", nowhere);
	test_write(nowhere, ".git", "nonsense\n");
	assert_refused(nowhere, GATE_EGIT,
	               "cannot open the git repository at '%s': the `.git` file at '%s/.git' is "
	               "malformed",
	               nowhere);
}

static void refuses_formats_by_name(void **state)
{
	static const struct {
		const char *name, *config, *message;
	} cases[] = {
		{ "sha256",
		  "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n",
		  "the git repository at '%s' has SHA-256 object ids, which are not supported "
		  "(only "
		  "SHA-1)" },
		{ "reftable",
		  "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefStorage = reftable\n",
		  "the git repository at '%s' stores its refs as 'reftable', which is not "
		  "supported "
		  "(only files)" },
		{ "unknown",
		  "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tflyingCars = true\n",
		  "cannot open the git repository at '%s': unsupported extension name "
		  "extensions.flyingcars" },
		{ "version", "[core]\n\trepositoryformatversion = 7\n",
		  "cannot open the git repository at '%s': unsupported repository version 7; only "
		  "versions up to 1 are supported" },
	};

	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_free) char *dir = test_repo(*state, cases[i].name);
		GATE_AUTO(gate_free) char *git_dir = test_path(dir, ".git");

		print_message("%s\n", cases[i].name);
		test_write(git_dir, "config", cases[i].config);
		assert_refused(git_dir, GATE_EGIT, cases[i].message, git_dir);
	}
}

static void refuses_a_real_sha256_repository(void **state)
{
	GATE_AUTO(gate_free) char *git_dir = test_path(*state, "real256/.git");

	test_git(*state, "init", "-q", "--object-format=sha256", "real256");
	assert_refused(git_dir, GATE_EGIT,
	               "the git repository at '%s' has SHA-256 object ids, which are not supported "
	               "(only SHA-1)",
	               git_dir);
}

static void accepts_harmless_extensions(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "harmless");

	test_write(dir, ".git/config",
	           "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n"
	           "\tpreciousObjects = true\n\tworktreeConfig = true\n\tobjectFormat = sha1\n");
	assert_ok(gate_repo_open(&repo, dir, err));
	assert_true(gate_repo_is_partial(repo));
}

static void refuses_a_repository_of_somebody_else(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "theirs");
	GATE_AUTO(gate_free) char *spaced = test_repo(*state, "their tree");
	GATE_AUTO(gate_free) char *odd = test_repo(*state, "their\ntree");
	GATE_AUTO(gate_free) char *deep = test_path(dir, "a");
	GATE_AUTO(gate_free) char *bare = test_path(*state, "theirs.git");
	const char *all[] = { dir, spaced, odd, bare };

	if (geteuid() != 0)
		skip();
	test_write(dir, "a/file", "x\n");
	test_git(*state, "init", "-q", "--bare", "theirs.git");
	for (size_t i = 0; i < GATE_COUNT(all); i++) {
		GATE_AUTO(gate_free) char *git_dir = test_path(all[i], ".git");

		assert_int_equal(chown(all[i], 12345, 12345), 0);
		if (all[i] != bare)
			assert_int_equal(chown(git_dir, 12345, 12345), 0);
	}
	assert_refused(dir, GATE_EGIT,
	               "the git repository at '%s' is owned by somebody else; if you trust it: git "
	               "config --global --add safe.directory %s",
	               dir);
	assert_refused(deep, GATE_EGIT,
	               "the git repository at '%s' is owned by somebody else; if you trust it: git "
	               "config --global --add safe.directory %s",
	               dir);
	assert_refused(bare, GATE_EGIT,
	               "the git repository at '%s' is owned by somebody else; if you trust it: git "
	               "config --global --add safe.directory %s",
	               bare);
	assert_refused(spaced, GATE_EGIT,
	               "the git repository at '%s' is owned by somebody else; if you trust it: git "
	               "config --global --add safe.directory '%s'",
	               spaced);
	assert_refused(odd, GATE_EGIT,
	               "the git repository at '%s' is owned by somebody else; if you trust it, add "
	               "it to safe.directory",
	               odd);
	test_write(*state, ".gitconfig", "[safe]\n\tdirectory = /somewhere/else\n");
	assert_refused(deep, GATE_EGIT,
	               "the git repository at '%s' is owned by somebody else; if you trust it: git "
	               "config --global --add safe.directory %s",
	               dir);
	unsetenv("GIT_CONFIG_GLOBAL");
	test_git(*state, "config", "--global", "--add", "safe.directory", dir);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	assert_ok(gate_repo_open(&repo, deep, err));
}

static void environment_counts_only_without_a_folder(void **state)
{
	GATE_AUTO(gate_free) char *here = test_repo(*state, "env-here");
	GATE_AUTO(gate_free) char *there = test_repo(*state, "env-there");
	GATE_AUTO(gate_free) char *there_git = test_path(there, ".git");
	const struct {
		const char *name, *git_dir, *work_tree, *dir, *work_dir;
	} cases[] = {
		{ "current folder", NULL, NULL, NULL, here },
		{ "GIT_DIR", there_git, NULL, NULL, there },
		{ "GIT_DIR is overruled by a folder", there_git, NULL, here, here },
		{ "GIT_WORK_TREE", there_git, here, NULL, here },
		{ "GIT_WORK_TREE alone", NULL, there, NULL, there },
		{ "GIT_WORK_TREE is overruled by a folder", NULL, there, here, here },
	};

	assert_int_equal(chdir(here), 0);
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;

		print_message("%s\n", cases[i].name);
		if (cases[i].git_dir)
			setenv("GIT_DIR", cases[i].git_dir, 1);
		if (cases[i].work_tree)
			setenv("GIT_WORK_TREE", cases[i].work_tree, 1);
		assert_ok(gate_repo_open(&repo, cases[i].dir, err));
		assert_string_equal(gate_repo_work_dir(repo), cases[i].work_dir);
		if (cases[i].work_tree)
			assert_string_equal(getenv("GIT_WORK_TREE"), cases[i].work_tree);
		unsetenv("GIT_DIR");
		unsetenv("GIT_WORK_TREE");
	}
	setenv("GIT_DIR", "/no/such/folder", 1);
	assert_refused(NULL, GATE_ENOTFOUND, "GIT_DIR names no git repository: '%s'",
	               "/no/such/folder");
	unsetenv("GIT_DIR");
	assert_int_equal(chdir("/"), 0);
}

/* As git hands over to pre-receive what was pushed. */
static void quarantined_objects_are_found(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "quarantine");
	GATE_AUTO(gate_free) char *objects = test_path(dir, ".git/objects");
	GATE_AUTO(gate_free) char *incoming = test_path(dir, ".git/objects/incoming-1");
	GATE_AUTO(gate_free) char *old = test_commit(dir, "old"), *new = NULL;
	struct gate_oid id;

	assert_int_equal(mkdir(incoming, 0777), 0);
	setenv("GIT_OBJECT_DIRECTORY", incoming, 1);
	setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", objects, 1);
	new = test_git_out(dir, "commit-tree", "-m", "new", "-p", "HEAD", "HEAD^{tree}");
	assert_int_equal(chdir(dir), 0);
	assert_ok(gate_repo_open(&repo, NULL, err));
	unsetenv("GIT_OBJECT_DIRECTORY");
	unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	assert_ok(gate_rev_commit(&id, repo, new, err));
	assert_ok(gate_rev_commit(&id, repo, old, err));
	assert_int_equal(chdir("/"), 0);
}

static void configuration_is_read_in_all_scopes(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "config");
	GATE_AUTO(gate_free) char *value = NULL, *included = NULL, *none = NULL;
	struct gate_error why = { 0 };
	bool yes;

	test_write(*state, ".gitconfig",
	           "[some]\n\tword = global\n[only]\n\tglobal = here\n"
	           "[includeIf \"gitdir:**/config/.git\"]\n\tpath = extra\n");
	test_write(*state, "extra", "[some]\n\tincluded = yes\n");
	test_git(dir, "config", "some.word", "local");
	test_git(dir, "config", "some.flag", "on");
	test_git(dir, "config", "some.nonsense", "maybe");
	assert_ok(gate_repo_open(&repo, dir, err));
	assert_ok(gate_repo_config(&value, repo, "some.word", err));
	assert_string_equal(value, "local");
	assert_ok(gate_repo_config(&included, repo, "some.included", err));
	assert_string_equal(included, "yes");
	assert_ok(gate_repo_config(&none, repo, "some.missing", err));
	assert_null(none);
	assert_ok(gate_repo_config_bool(&yes, repo, "some.flag", false, err));
	assert_true(yes);
	assert_ok(gate_repo_config_bool(&yes, repo, "some.missing", true, err));
	assert_true(yes);
	assert_int_equal(gate_repo_config_bool(&yes, repo, "some.nonsense", true, &why), GATE_EGIT);
	assert_string_equal(why.message,
	                    "cannot read 'some.nonsense' from git's configuration: failed to parse "
	                    "'maybe' as a boolean value");
	assert_int_equal(gate_repo_config(&none, repo, "nonsense", &why), GATE_EGIT);
}

static void revisions_mean_commits(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "revisions");
	GATE_AUTO(gate_free)
	char *first = test_commit(dir, "one"), *second = test_commit(dir, "two");
	char prefix[9] = { 0 }, hex[GATE_OID_HEX];
	struct gate_oid id;

	memcpy(prefix, first, 8);
	test_git(dir, "tag", "-a", "-m", "v1", "v1", "HEAD~1");
	test_git(dir, "tag", "-a", "-m", "v2", "v2", "v1");
	const char *revs[] = {
		"HEAD~1", "HEAD^", "v1", "v2", "v1^{}", "v2^{commit}", prefix, first
	};

	assert_ok(gate_repo_open(&repo, dir, err));
	for (size_t i = 0; i < GATE_COUNT(revs); i++) {
		print_message("%s\n", revs[i]);
		assert_ok(gate_rev_commit(&id, repo, revs[i], err));
		assert_string_equal(gate_oid_hex(hex, &id), first);
	}
	assert_ok(gate_rev_commit(&id, repo, "main", err));
	assert_string_equal(gate_oid_hex(hex, &id), second);
}

static void revisions_that_mean_no_commit_are_usage_errors(void **state)
{
	static const struct {
		const char *rev, *message;
	} cases[] = {
		{ "", "a revision is empty" },
		{ "nothing", "'nothing' names nothing that is here" },
		{ "HEAD~99999999999999999999", NULL },
		{ "HEAD~1", "'HEAD~1' names nothing that is here" },
		{ "HEAD^9", NULL },
		{ "HEAD^{", NULL },
		{ "HEAD^{}^{}^{", NULL },
		{ "HEAD@{", NULL },
		{ "HEAD@{99}", NULL },
		{ "HEAD@{-9}", NULL },
		{ "@{u}", NULL },
		{ ":0:file", NULL },
		{ ":", NULL },
		{ "\x1b[31m", NULL },
		{ "main..main", "'main..main' means several commits" },
		{ ":/one", "':/one' searches messages: name the commit instead" },
		{ "HEAD^{/one}", "'HEAD^{/one}' searches messages: name the commit instead" },
		{ "HEAD:file", "'HEAD:file' means no commit: object "
		               "587be6b4c3f93f93c489c0111bba5596147a26cb is a file, not a commit" },
		{ "HEAD^{tree}",
		  "'HEAD^{tree}' means no commit: object "
		  "39c5f62a2fc4aa5d4befcadfbde55b58eea67261 is a tree, not a commit" },
		{ "blobtag", "'blobtag' means no commit: object "
		             "587be6b4c3f93f93c489c0111bba5596147a26cb is a file, not a commit" },
		{ "00", NULL },
		{ "0000000000000000000000000000000000000000", NULL },
		{ "ffffffffffffffffffffffffffffffffffffffff", NULL },
	};
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "hostile");
	struct gate_oid id;

	test_write(dir, "file", "x\n");
	test_git(dir, "add", "file");
	test_git(dir, "commit", "-q", "-m", "one");
	test_git(dir, "tag", "-a", "-m", "x", "blobtag", "HEAD:file");
	assert_ok(gate_repo_open(&repo, dir, err));
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_error why = { 0 };

		print_message("%s\n", cases[i].rev);
		assert_int_equal(gate_rev_commit(&id, repo, cases[i].rev, &why), GATE_EUSAGE);
		assert_int_equal(why.code, GATE_EUSAGE);
		if (cases[i].message)
			assert_string_equal(why.message, cases[i].message);
	}
}

static void objects_say_what_they_are(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_free) char *dir = test_repo(*state, "kinds");
	const struct {
		const char *rev, *peeled;
		enum gate_object_kind kind;
	} cases[] = {
		{ "HEAD", NULL, GATE_OBJECT_COMMIT },
		{ "v2", NULL, GATE_OBJECT_TAG },
		{ "HEAD^{tree}",
		  "object 39c5f62a2fc4aa5d4befcadfbde55b58eea67261 is a tree, not a commit",
		  GATE_OBJECT_TREE },
		{ "HEAD:file",
		  "object 587be6b4c3f93f93c489c0111bba5596147a26cb is a file, not a commit",
		  GATE_OBJECT_BLOB },
	};
	GATE_AUTO(gate_free) char *head = NULL;
	struct gate_error why = { 0 };
	enum gate_object_kind kind;
	struct gate_oid id, commit;

	test_write(dir, "file", "x\n");
	test_git(dir, "add", "file");
	test_git(dir, "commit", "-q", "-m", "one");
	test_git(dir, "tag", "-a", "-m", "v1", "v1");
	test_git(dir, "tag", "-a", "-m", "v2", "v2", "v1");
	head = test_git_out(dir, "rev-parse", "HEAD");
	assert_ok(gate_repo_open(&repo, dir, err));
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_free) char *hex = test_git_out(dir, "rev-parse", cases[i].rev);
		char text[GATE_OID_HEX];

		assert_ok(gate_oid_parse(&id, hex, strlen(hex), err));
		assert_ok(gate_object_kind(&kind, repo, &id, err));
		assert_int_equal(kind, cases[i].kind);
		if (cases[i].peeled) {
			assert_int_equal(gate_peel_commit(&commit, repo, &id, &why),
			                 GATE_ENOTFOUND);
			assert_string_equal(why.message, cases[i].peeled);
			continue;
		}
		assert_ok(gate_peel_commit(&commit, repo, &id, err));
		assert_string_equal(gate_oid_hex(text, &commit), head);
	}
	memset(id.bytes, 0xab, sizeof(id.bytes));
	assert_int_equal(gate_object_kind(&kind, repo, &id, &why), GATE_ENOTFOUND);
	assert_string_equal(why.message,
	                    "object abababababababababababababababababababab is not here");
	assert_int_equal(gate_peel_commit(&commit, repo, &id, &why), GATE_ENOTFOUND);
	assert_int_equal(gate_object_kind(&kind, repo, &gate_oid_zero, &why), GATE_ENOTFOUND);
}

/* libgit2's start calls these by way of the dynamic linker; ours read nothing and say so. */
static void certificates_are_not_read(void **state)
{
	static const char *const names[] = { "mbedtls_x509_crt_parse_file",
		                             "mbedtls_x509_crt_parse_path" };

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(names); i++) {
		int (*parse)(void *chain, const char *path);
		void *symbol = dlsym(RTLD_DEFAULT, names[i]);
		Dl_info in_symbol, in_us;

		assert_non_null(symbol);
		assert_int_not_equal(dladdr(symbol, &in_symbol), 0);
		assert_int_not_equal(dladdr(&gate_oid_zero, &in_us), 0);
		assert_ptr_equal(in_symbol.dli_fbase, in_us.dli_fbase);
		memcpy(&parse, &symbol, sizeof(parse));
		assert_int_equal(parse(NULL, "/etc/ssl/certs"), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_parsed_and_printed),
		cmocka_unit_test(opens_at_or_above_a_folder),
		cmocka_unit_test(opens_bare_and_unborn),
		cmocka_unit_test(linked_work_trees_share_a_folder),
		cmocka_unit_test(bare_by_work_tree_configuration),
		cmocka_unit_test(opens_a_submodule),
		cmocka_unit_test(refuses_what_is_no_repository),
		cmocka_unit_test(refuses_formats_by_name),
		cmocka_unit_test(refuses_a_real_sha256_repository),
		cmocka_unit_test(accepts_harmless_extensions),
		cmocka_unit_test(refuses_a_repository_of_somebody_else),
		cmocka_unit_test(environment_counts_only_without_a_folder),
		cmocka_unit_test(quarantined_objects_are_found),
		cmocka_unit_test(configuration_is_read_in_all_scopes),
		cmocka_unit_test(revisions_mean_commits),
		cmocka_unit_test(revisions_that_mean_no_commit_are_usage_errors),
		cmocka_unit_test(objects_say_what_they_are),
		cmocka_unit_test(certificates_are_not_read),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
