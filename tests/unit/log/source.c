/* SPDX-License-Identifier: Apache-2.0 */
/* What a repository is called. */
#include "tests/support/git.h"
#include "tests/support/oom.h"
#include "tests/support/test.h"

#include "gate/base/limits.h"
#include "gate/base/uuid.h"
#include "gate/git/refs.h"
#include "gate/log/source.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHOP "https://github.com/shop/shop"

static const struct {
	const char *url, *name; /* NULL: no name that others share */
} urls[] = {
	{ "https://github.com/shop/shop", SHOP },
	{ "https://github.com/shop/shop.git", SHOP },
	{ "https://github.com/shop/shop/", SHOP },
	{ "https://github.com/shop/shop.git//", SHOP },
	{ "https://github.com/shop/shop/.git", SHOP },
	{ "http://github.com:8080/shop/shop", SHOP },
	{ "HTTPS://GitHub.COM/shop/shop", SHOP },
	{ "https://me:se@cret@github.com/shop/shop.git", SHOP },
	{ "https://token@github.com:443/shop/shop", SHOP },
	{ "https://github.com/shop/shop?token=x", SHOP },
	{ "https://github.com/shop/shop#x", SHOP },
	{ "ssh://git@github.com/shop/shop.git", SHOP },
	{ "ssh://git@github.com:22/shop/shop.git", SHOP },
	{ "ssh://github.com//shop/shop", SHOP },
	{ "git+ssh://git@github.com/shop/shop", SHOP },
	{ "git://github.com/shop/shop.git", SHOP },
	{ "git@github.com:shop/shop.git", SHOP },
	{ "git@github.com:/shop/shop.git", SHOP },
	{ "github.com:shop/shop", SHOP },
	{ "[git@github.com:22]:shop/shop", SHOP },
	{ "[github.com]:shop/shop", SHOP },
	{ "ssh://git@[2001:DB8::1]:22/x", "https://[2001:db8::1]/x" },
	{ "git@[2001:db8::1]:x", "https://[2001:db8::1]/x" },
	{ "[me@2001:db8::1]:x", "https://[2001:db8::1]/x" },
	{ "[me:secret@2001:db8::1]:x", "https://[2001:db8::1]/x" },
	{ "ssh://host/~me/x", "https://host/~me/x" },
	{ "host:~me/x", "https://host/~me/x" },
	{ "https://host/Shop/A", "https://host/Shop/A" },
	{ "https://host", "https://host" },
	{ "https://host/a%20b%7e%2f%zz", "https://host/a%20b~%2F%25zz" },
	{ "host:a b%20", "https://host/a%20b%2520" },
	{ "host:a:b@c!$&'()*+,;=d", "https://host/a:b@c!$&'()*+,;=d" },
	{ "host:\xc3\xa4\x01?#\"", "https://host/%C3%A4%01%3F%23%22" },
	{ "ssh://host/a?b", "https://host/a%3Fb" },
	{ "ssh://h\xc3\xa4 st/a", "https://h%C3%A4%20st/a" },
	{ "/srv/shop.git", NULL },
	{ "../shop", NULL },
	{ "./a:b", NULL },
	{ "shop", NULL },
	{ "", NULL },
	{ ":x", NULL },
	{ "[", NULL },
	{ "a@[", NULL },
	{ "[]", NULL },
	{ "[]:x", NULL },
	{ "[me@]:x", NULL },
	{ "git@:x", NULL },
	{ "file:///srv/shop.git", NULL },
	{ "https:///x", NULL },
	{ "https://me@/x", NULL },
	{ "https://:80/x", NULL },
	{ "s3://bucket/x", NULL },
	{ "ext::ssh host x", NULL },
};

static void a_url_in_any_form_is_one_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(urls); i++) {
		GATE_AUTO(gate_free) char *name = NULL;

		print_message("%s\n", urls[i].url);
		assert_ok(gate_log_url_name(&name, urls[i].url, err));
		if (urls[i].name)
			assert_string_equal(name ? name : "(none)", urls[i].name);
		else
			assert_null(name);
	}
}

struct fixture {
	char *scratch, *dir; /* own */
	const char *clone;   /* borrowed; the file that holds its name, where a test wants it */
	struct gate_repo *repo;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->scratch = test_scratch();
	f->dir = test_repo(f->scratch, "repo");
	free(test_commit(f->dir, "one"));
	assert_ok(gate_repo_open(&f->repo, f->dir, err));
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	gate_repo_free(f->repo);
	test_scratch_remove(f->scratch);
	free(f->dir);
	free(f);
	return 0;
}

static void reopen(struct fixture *f)
{
	gate_repo_free(gate_steal(&f->repo));
	assert_ok(gate_repo_open(&f->repo, f->dir, err));
}

static char *name_of(const struct gate_repo *repo, const char *configured, const char *remote)
{
	char *name = NULL;

	assert_ok(gate_log_repository(&name, repo, configured, remote, err));
	return name;
}

static void assert_name(struct fixture *f, const char *configured, const char *remote,
                        const char *want)
{
	GATE_AUTO(gate_free) char *name = name_of(f->repo, configured, remote);

	if (want)
		assert_string_equal(name, want);
	else
		assert_memory_equal(name, "urn:uuid:", 9);
}

static void configured_then_remote_then_the_clone(void **state)
{
	struct fixture *f = *state;
	char *long_url = calloc(1, 1000);

	assert_name(f, "https://x/y.git/", NULL, "https://x/y.git/");
	assert_name(f, NULL, NULL, NULL);
	test_git(f->dir, "remote", "add", "origin", "git@github.com:shop/shop.git");
	test_git(f->dir, "remote", "add", "local", "/srv/shop");
	snprintf(long_url, 1000, "https://host/%0500d", 0);
	test_git(f->dir, "remote", "add", "long", long_url);
	free(long_url);
	reopen(f);
	assert_name(f, "mine", "origin", "mine");
	assert_name(f, NULL, NULL, SHOP);
	assert_name(f, NULL, "origin", SHOP);
	assert_name(f, NULL, "local", NULL);
	assert_name(f, NULL, "long", NULL);
	assert_name(f, NULL, "none", NULL);
}

/* Whatever is configured, the URL is the one git takes. */
static void the_url_is_the_one_of_git(void **state)
{
	struct fixture *f = *state;
	GATE_AUTO(gate_free) char *none = NULL;

	test_git(f->dir, "config", "url.https://one/.insteadOf", "gh:");
	test_git(f->dir, "config", "url.https://two.x/.insteadOf", "gh:shop/");
	test_git(f->dir, "config", "--add", "url.https://three/.insteadOf", "gh:shop/");
	test_git(f->dir, "config", "--add", "url.https://three/.insteadOf", "g");
	test_git(f->dir, "config", "url.https://four/.pushInsteadOf", "gh:shop/shop");
	test_git(f->dir, "remote", "add", "a", "gh:shop/shop");
	test_git(f->dir, "remote", "add", "b", "gh:other");
	test_git(f->dir, "remote", "add", "c.d", "gitlab:x");
	test_git(f->dir, "remote", "add", "e", "https://first/x");
	test_git(f->dir, "config", "--add", "remote.e.url", "https://second/x");
	test_git(f->dir, "config", "remote.f.pushurl", "https://push/x");
	reopen(f);
	for (const char *name = "a\0b\0c.d\0e\0"; *name; name += strlen(name) + 1) {
		GATE_AUTO(gate_free) char *want = test_git_out(f->dir, "remote", "get-url", name);
		GATE_AUTO(gate_free) char *url = NULL;

		assert_ok(gate_remote_url(&url, f->repo, name, err));
		assert_string_equal(url, want);
	}
	assert_ok(gate_remote_url(&none, f->repo, "f", err));
	assert_null(none);
	assert_ok(gate_remote_url(&none, f->repo, "", err));
	assert_null(none);
	assert_name(f, NULL, "a", "https://two.x/shop");
}

static void one_clone_has_one_name(void **state)
{
	struct fixture *f = *state;
	GATE_AUTO(gate_free) char *tree = test_path(f->scratch, "tree");
	GATE_AUTO(gate_free) char *first = name_of(f->repo, NULL, NULL);
	GATE_AUTO(gate_free) char *in_tree = NULL;
	GATE_AUTO(gate_free) char *other = NULL;
	GATE_AUTO(gate_free) char *dir = test_repo(f->scratch, "other");
	struct gate_repo *repo = NULL;

	assert_true(gate_uuid_is(first + 9, strlen(first + 9)));
	assert_int_equal(first[9 + 14], '4');
	assert_name(f, NULL, NULL, first);
	test_git(f->dir, "worktree", "add", "-q", tree);
	assert_ok(gate_repo_open(&repo, tree, err));
	in_tree = name_of(repo, NULL, NULL);
	gate_repo_free(gate_steal(&repo));
	assert_string_equal(in_tree, first);
	assert_ok(gate_repo_open(&repo, dir, err));
	other = name_of(repo, NULL, NULL);
	gate_repo_free(repo);
	assert_string_not_equal(other, first);
}

static void processes_that_come_first_agree(void **state)
{
	struct fixture *f = *state;
	GATE_AUTO(gate_free) char *left = NULL;
	char names[8][GATE_UUID + 9];
	int pipes[2];

	assert_int_equal(pipe(pipes), 0);
	for (size_t i = 0; i < GATE_COUNT(names); i++) {
		pid_t pid = fork();

		if (pid == 0) {
			char *name = NULL;

			if (gate_log_repository(&name, f->repo, NULL, NULL, NULL) == GATE_OK)
				_exit(write(pipes[1], name, sizeof(names[0])) != sizeof(names[0]));
			_exit(1);
		}
		assert_true(pid > 0);
	}
	for (size_t i = 0; i < GATE_COUNT(names); i++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
		assert_int_equal(read(pipes[0], names[i], sizeof(names[i])), sizeof(names[i]));
		assert_string_equal(names[i], names[0]);
	}
	close(pipes[0]);
	close(pipes[1]);
	assert_name(f, NULL, NULL, names[0]);
	/* Nothing is left beside it. */
	left = test_path(f->dir, ".git/doragate/clone");
	assert_int_equal(unlink(left), 0);
	*strrchr(left, '/') = '\0';
	assert_int_equal(rmdir(left), 0);
}

static void a_spoilt_name_is_not_replaced(void **state)
{
	struct fixture *f = *state;
	GATE_AUTO(gate_free) char *path = test_path(f->dir, ".git/doragate/clone");
	GATE_AUTO(gate_free) char *message = calloc(1, strlen(path) + 100);
	struct gate_error err = { 0 };
	char *name = NULL;

	test_write(f->dir, ".git/doragate/clone", "0b9f6e3c-\n");
	assert_int_equal(gate_log_repository(&name, f->repo, NULL, NULL, &err), GATE_EIO);
	snprintf(message, strlen(path) + 100, "'%s' holds no UUID and a newline: remove it", path);
	assert_string_equal(err.message, message);
}

static int name_urls(void *payload, struct gate_error *err)
{
	int code = GATE_OK;

	(void)payload;
	for (size_t i = 0; code == GATE_OK && i < GATE_COUNT(urls); i++) {
		GATE_AUTO(gate_free) char *name = NULL;

		code = gate_log_url_name(&name, urls[i].url, err);
	}
	return code;
}

/* The clone gets a name each time. */
static int name_repository(void *payload, struct gate_error *err)
{
	struct fixture *f = payload;
	GATE_AUTO(gate_free) char *configured = NULL, *remote = NULL, *clone = NULL;
	int code;

	unlink(f->clone);
	code = gate_log_repository(&configured, f->repo, "mine", NULL, err);
	if (code == GATE_OK)
		code = gate_log_repository(&remote, f->repo, NULL, "origin", err);
	if (code == GATE_OK)
		code = gate_log_repository(&clone, f->repo, NULL, "none", err);
	return code;
}

static void says_that_memory_ran_out(void **state)
{
	struct fixture *f = *state;
	GATE_AUTO(gate_free) char *clone = test_path(f->dir, ".git/doragate/clone");
	GATE_AUTO(gate_free) char *left = NULL;

	test_git(f->dir, "remote", "add", "origin", "git@github.com:shop/shop.git");
	reopen(f);
	f->clone = clone;
	assert_true(test_oom_sweep(name_urls, NULL) > 40);
	assert_true(test_oom_sweep(name_repository, f) > 8);
	/* Nothing is left beside it. */
	assert_int_equal(unlink(clone), 0);
	left = test_path(f->dir, ".git/doragate");
	assert_int_equal(rmdir(left), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_in_any_form_is_one_name),
		TEST(configured_then_remote_then_the_clone),
		TEST(the_url_is_the_one_of_git),
		TEST(one_clone_has_one_name),
		TEST(processes_that_come_first_agree),
		TEST(a_spoilt_name_is_not_replaced),
		TEST(says_that_memory_ran_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
