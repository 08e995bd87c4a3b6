/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/snapshot.h"

#include "gate/git/history.h"

#define MODE_TYPE 0170000
#define MODE_FILE 0100000
#define MODE_FOLDER 0040000

int gate_snapshot_of_commit(struct gate_snapshot *out, const struct gate_repo *repo,
                            const struct gate_oid *commit, struct gate_error *err)
{
	struct gate_snapshot snapshot = { .repo = repo };
	struct gate_history *history;
	const struct gate_commit *found;
	int code = gate_repo_trees(&snapshot.trees, repo, err);

	if (code == GATE_OK)
		code = gate_repo_history(&history, repo, err);
	if (code == GATE_OK)
		code = gate_history_commit(&found, history, commit, err);
	if (code < 0)
		return code;
	snapshot.tree = found->tree;
	*out = snapshot;
	return GATE_OK;
}

int gate_snapshot_find(struct gate_oid *id, uint16_t *mode, const struct gate_snapshot *snapshot,
                       const char *path, struct gate_error *err)
{
	if (snapshot->index)
		return gate_index_find(id, mode, snapshot->repo, path, err);
	return gate_tree_find(id, mode, snapshot->trees, &snapshot->tree, path, err);
}

int gate_snapshot_read(struct gate_blob *out, const struct gate_snapshot *snapshot,
                       const char *path, size_t max, struct gate_error *err)
{
	struct gate_oid id;
	uint16_t mode;
	int code = gate_snapshot_find(&id, &mode, snapshot, path, err);

	if (code < 0)
		return code;
	if ((mode & MODE_TYPE) != MODE_FILE) {
		code = gate_fail(err, GATE_ECONFIG, "is %s",
		                 (mode & MODE_TYPE) == MODE_FOLDER ? "a folder"
		                                                   : "no regular file");
		gate_error_at(err, path, 0, 0);
		return code;
	}
	code = gate_blob_read(out, snapshot->repo, &id, max, err);
	if (code == GATE_ENOTFOUND)
		return gate_fail(
			err, GATE_EGIT,
			"the content of '%s' is not in this clone: git fetch --refetch --no-filter",
			path);
	if (code == GATE_ELIMIT) {
		code = gate_fail(err, GATE_ELIMIT, "file has %zu bytes, more than the limit of %zu",
		                 out->len, max);
		gate_error_at(err, path, 0, 0);
	}
	return code;
}
