/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/write.h"

#include "gate/git/refs.h"
#include "tests/support/shell.h"

#include <sys/wait.h>
#include <unistd.h>

struct state {
	char *scratch, *dir;
	struct gate_repo *repo;
};

static int setup(void **out)
{
	static struct state state;

	state.scratch = test_scratch();
	state.dir = test_repo(state.scratch, "r");
	assert_ok(gate_repo_open(&state.repo, state.dir, err));
	*out = &state;
	return 0;
}

static int teardown(void **out)
{
	struct state *state = *out;

	gate_repo_free(state->repo);
	free(state->dir);
	test_scratch_remove(state->scratch);
	return 0;
}

static void assert_id(const struct gate_oid *id, const char *wanted)
{
	char hex[GATE_OID_HEX];

	assert_string_equal(gate_oid_hex(hex, id), wanted);
}

/* What git itself makes of the same. */
static void writes_what_git_writes(void **payload)
{
	const struct state *state = *payload;
	static const char script[] =
		"b=$(printf 'x\\n' | git hash-object -w --stdin); echo $b\n"
		"t=$(printf '100644 blob %s\\ta\\n' $b | git mktree); echo $t\n"
		"r=$(printf '100644 blob %s\\ta.b\\n040000 tree %s\\ta\\n100644 blob %s\\ta0\\n' "
		"$b $t $b | "
		"git mktree); echo $r\n"
		"export GIT_AUTHOR_NAME=doragate GIT_AUTHOR_EMAIL=doragate@localhost "
		"GIT_COMMITTER_NAME=doragate GIT_COMMITTER_EMAIL=doragate@localhost "
		"GIT_AUTHOR_DATE='1767225600 +0000' GIT_COMMITTER_DATE='1767225600 +0000'\n"
		"c=$(echo 'log: 1 event' | git commit-tree $r); echo $c\n"
		"echo 'log: 2 events' | git commit-tree -p $c $r\n";
	GATE_AUTO(gate_free) char *ids = test_shell(NULL, state->dir, script, NULL, 0);
	struct gate_oid blob, tree, root, commit, next, read, parent;
	struct gate_tree_item items[3];
	int64_t seconds;

	assert_ok(gate_blob_write(&blob, state->repo, "x\n", 2, err));
	items[0] = (struct gate_tree_item){ "a", 0100644, blob };
	assert_ok(gate_tree_write(&tree, state->repo, items, 1, err));
	/* A folder sorts as "a/", behind "a.b" and before "a0". */
	items[0] = (struct gate_tree_item){ "a0", 0100644, blob };
	items[1] = (struct gate_tree_item){ "a", 0040000, tree };
	items[2] = (struct gate_tree_item){ "a.b", 0100644, blob };
	assert_ok(gate_tree_write(&root, state->repo, items, 3, err));
	assert_ok(gate_commit_write(&commit, state->repo, &root, NULL, 1767225600, "log: 1 event\n",
	                            err));
	assert_ok(gate_commit_write(&next, state->repo, &root, &commit, 1767225600,
	                            "log: 2 events\n", err));
	for (size_t i = 0; i < 5; i++) {
		const struct gate_oid *const all[] = { &blob, &tree, &root, &commit, &next };

		ids[41 * i + 40] = '\0';
		assert_id(all[i], ids + 41 * i);
	}
	assert_ok(gate_commit_read(&read, &parent, &seconds, state->repo, &next, err));
	assert_memory_equal(&read, &root, sizeof(read));
	assert_memory_equal(&parent, &commit, sizeof(parent));
	assert_int_equal(seconds, 1767225600);
	test_git(state->dir, "fsck", "--strict", "--no-dangling");
}

static void refuses_names_that_are_none(void **payload)
{
	const struct state *state = *payload;
	static const char *const names[] = { "", ".", "..", ".git", ".GIT", "a/b" };
	struct gate_tree_item items[2] = { { .mode = 0100644 }, { .mode = 0100644 } };
	struct gate_oid out;

	assert_ok(gate_blob_write(&items[0].id, state->repo, "", 0, err));
	for (size_t i = 0; i < GATE_COUNT(names); i++) {
		items[0].name = names[i];
		assert_int_equal(gate_tree_write(&out, state->repo, items, 1, NULL), GATE_EUSAGE);
	}
	items[0].name = items[1].name = "a";
	items[1].id = items[0].id;
	assert_int_equal(gate_tree_write(&out, state->repo, items, 2, NULL), GATE_EUSAGE);
}

#define REF "refs/doragate/log"

static int swap(const struct state *state, const struct gate_oid *to, const struct gate_oid *from)
{
	return gate_ref_swap(state->repo, REF, to, from, NULL);
}

static void swaps_from_what_is_there_only(void **payload)
{
	const struct state *state = *payload;
	const struct gate_oid *none = &gate_oid_zero;
	struct gate_error err = { 0 };
	struct gate_oid a, b, now;
	char hex[GATE_OID_HEX];

	assert_int_equal(
		gate_commit_write(&a, state->repo, &gate_oid_empty_tree, NULL, 1, "a\n", NULL),
		GATE_OK);
	assert_int_equal(
		gate_commit_write(&b, state->repo, &gate_oid_empty_tree, &a, 2, "b\n", NULL),
		GATE_OK);
	test_git(state->dir, "config", "core.logAllRefUpdates", "always");
	assert_int_equal(swap(state, &b, &a), GATE_ECONFLICT);
	assert_int_equal(swap(state, &a, none), GATE_OK);
	assert_int_equal(swap(state, &a, none), GATE_ECONFLICT);
	assert_int_equal(swap(state, &b, &b), GATE_ECONFLICT);
	/* Packed by git meanwhile. */
	test_git(state->dir, "pack-refs", "--all");
	assert_int_equal(swap(state, &b, &a), GATE_OK);
	assert_int_equal(gate_ref_lookup(&now, state->repo, REF, NULL), GATE_OK);
	assert_memory_equal(&now, &b, sizeof(now));
	/* Moved by git meanwhile. */
	test_git(state->dir, "update-ref", REF, gate_oid_hex(hex, &a));
	assert_int_equal(swap(state, none, &b), GATE_ECONFLICT);
	assert_int_equal(swap(state, none, &a), GATE_OK);
	assert_int_equal(gate_ref_lookup(&now, state->repo, REF, NULL), GATE_ENOTFOUND);
	/* A lock that stays. */
	test_write(state->dir, ".git/" REF ".lock", "");
	assert_int_equal(gate_ref_swap(state->repo, REF, &a, none, &err), GATE_EIO);
	assert_non_null(strstr(err.message, "/.git/" REF ".lock' is there"));
	test_sh(state->dir, "rm .git/" REF
	                    ".lock; ! find .git/logs/refs/doragate -type f 2>/dev/null | grep .");
}

static void moves_nobody_elses_ref(void **payload)
{
	const struct state *state = *payload;
	static const char *const names[] = { "refs/heads/main", "HEAD", "refs/doragate",
		                             "refs/doragatex/log" };

	for (size_t i = 0; i < GATE_COUNT(names); i++)
		assert_int_equal(
			gate_ref_swap(state->repo, names[i], &gate_oid_zero, &gate_oid_zero, NULL),
			GATE_EUSAGE);
}

/* A commit without a tree of its own, as something to point to. */
static struct gate_oid make_commit(const struct state *state)
{
	struct gate_oid id;

	assert_ok(gate_commit_write(&id, state->repo, &gate_oid_empty_tree, NULL, 1, "a\n", err));
	return id;
}

/* Git keeps refs as files and folders, so one cannot stand below another, wherever that one is kept. */
static void puts_no_ref_below_or_above_another(void **payload)
{
	const struct state *state = *payload;
	static const struct {
		const char *there, *wanted;
	} cases[] = {
		{ "refs/doragate/df", "refs/doragate/df/x" },
		{ "refs/doragate/df/x", "refs/doragate/df" },
		{ "refs/doragate/df/x/y", "refs/doragate/df" },
		{ "refs/doragate/df", "refs/doragate/df/x/y" },
	};
	const struct gate_oid id = make_commit(state);
	char hex[GATE_OID_HEX];

	gate_oid_hex(hex, &id);
	for (size_t i = 0; i < 2 * GATE_COUNT(cases); i++) {
		const char *there = cases[i / 2].there, *wanted = cases[i / 2].wanted;
		GATE_AUTO(gate_buf_release) struct gate_buf says = { 0 };
		struct gate_error why = { 0 };
		struct gate_oid now;

		print_message("%s, %s there%s\n", wanted, there, i % 2 ? ", packed" : "");
		test_git(state->dir, "update-ref", there, hex);
		test_git(state->dir, "update-ref", "refs/heads/other", hex);
		if (i % 2)
			test_git(state->dir, "pack-refs", "--all");
		assert_int_equal(gate_ref_swap(state->repo, wanted, &id, &gate_oid_zero, &why),
		                 GATE_EGIT);
		gate_buf_printf(&says, "cannot make '%s', for there is '%s'", wanted, there);
		assert_string_equal(why.message, gate_buf_text(&says));
		assert_ok(gate_ref_lookup(&now, state->repo, there, err));
		assert_memory_equal(&now, &id, sizeof(now));
		assert_int_equal(gate_ref_lookup(&now, state->repo, wanted, NULL), GATE_ENOTFOUND);
		assert_int_equal(test_git_try(state->dir, "rev-parse", "-q", "--verify", wanted),
		                 1);
		test_git(state->dir, "rev-parse", "-q", "--verify", "refs/heads/other");
		test_sh(state->dir, "! find .git -name '*.lock' | grep .");
		/* Once it is gone, the other one may come: also where its folder is left. */
		assert_ok(gate_ref_swap(state->repo, there, &gate_oid_zero, &id, err));
		assert_ok(gate_ref_swap(state->repo, wanted, &id, &gate_oid_zero, err));
		assert_ok(gate_ref_swap(state->repo, wanted, &gate_oid_zero, &id, err));
	}
}

/* Another process makes branches and packs them, one by one; what pack-refs says of ours, which move meanwhile, is not looked at. */
static pid_t start_packing(const char *dir, const char *hex)
{
	static const char script[] =
		"exec 2>/dev/null; i=0; while [ $i -lt 100 ]; do i=$((i + 1)); "
		"git update-ref refs/heads/p$i \"$0\"; git pack-refs --all; done";
	pid_t child = fork();

	if (child == 0) {
		if (chdir(dir) == 0)
			execlp("sh", "sh", "-eu", "-c", script, hex, (char *)NULL);
		_exit(127);
	}
	assert_true(child > 0);
	return child;
}

/* What deletes a packed ref writes packed-refs anew, and must know what was packed meanwhile. */
static void loses_no_ref_while_others_pack(void **payload)
{
	const struct state *state = *payload;
	struct gate_oid id = make_commit(state);
	GATE_AUTO(gate_free) char *branches = NULL;
	char hex[GATE_OID_HEX];
	unsigned rounds = 0;
	int status;
	pid_t child = start_packing(state->dir, gate_oid_hex(hex, &id));

	/* Never the same id: that a ref was away meanwhile, pack-refs sees by that only. */
	while (waitpid(child, &status, WNOHANG) == 0) {
		assert_ok(gate_commit_write(&id, state->repo, &gate_oid_empty_tree, NULL, rounds++,
		                            "a\n", err));
		assert_ok(gate_ref_swap(state->repo, REF, &id, &gate_oid_zero, err));
		assert_ok(gate_ref_swap(state->repo, REF, &gate_oid_zero, &id, err));
	}
	assert_int_equal(status, 0);
	assert_true(rounds > 10);
	branches = test_shell(NULL, state->dir, "git for-each-ref refs/heads/p* | wc -l", NULL, 0);
	assert_int_equal(strtol(branches, NULL, 10), 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_what_git_writes),
		cmocka_unit_test(refuses_names_that_are_none),
		cmocka_unit_test(swaps_from_what_is_there_only),
		cmocka_unit_test(moves_nobody_elses_ref),
		cmocka_unit_test(puts_no_ref_below_or_above_another),
		cmocka_unit_test(loses_no_ref_while_others_pack),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
