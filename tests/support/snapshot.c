/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/snapshot.h"

#include "gate/git/history.h"
#include "tests/support/test.h"

static void find_tree(struct test_snapshot *out, const char *rev)
{
	struct gate_history *history = NULL;
	const struct gate_commit *commit;
	struct gate_oid id;

	assert_ok(gate_rev_commit(&id, out->repo, rev, err));
	assert_ok(gate_history_new(&history, out->repo, err));
	assert_ok(gate_history_commit(&commit, history, &id, err));
	out->files.tree = commit->tree;
	gate_history_free(history);
}

void test_snapshot_open(struct test_snapshot *out, const char *dir, const char *rev)
{
	*out = (struct test_snapshot){ 0 };
	assert_ok(gate_repo_open(&out->repo, dir, err));
	assert_ok(gate_trees_new(&out->trees, out->repo, err));
	out->files.repo = out->repo;
	out->files.trees = out->trees;
	out->files.index = !rev;
	if (rev)
		find_tree(out, rev);
}

void test_snapshot_close(struct test_snapshot *snapshot)
{
	gate_trees_free(snapshot->trees);
	gate_repo_free(snapshot->repo);
	*snapshot = (struct test_snapshot){ 0 };
}
