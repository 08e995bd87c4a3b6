/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The files of one state: a tree of a commit, or the index. What is judged is read from here, never from the work tree.
 */
#ifndef GATE_GIT_SNAPSHOT_H
#define GATE_GIT_SNAPSHOT_H

#include "gate/git/tree.h"

struct gate_snapshot {
	const struct gate_repo *repo; /* borrowed */
	struct gate_trees *trees;     /* borrowed */
	bool index;                   /* the index; else `tree` */
	struct gate_oid tree;
};

/** The files of a commit. GATE_ENOTFOUND: it is not here, or no commit. */
int gate_snapshot_of_commit(struct gate_snapshot *out, const struct gate_repo *repo,
                            const struct gate_oid *commit, struct gate_error *err);

/** The entry at a path. GATE_ENOTFOUND: none. */
int gate_snapshot_find(struct gate_oid *id, uint16_t *mode, const struct gate_snapshot *snapshot,
                       const char *path, struct gate_error *err);

/**
 * Reads a regular file. GATE_ENOTFOUND: there is none, or it is a folder; GATE_ECONFIG: it is a symlink or a submodule;
 * GATE_ELIMIT: larger than `max`; GATE_EGIT: its object is not in this clone.
 */
int gate_snapshot_read(struct gate_blob *out, const struct gate_snapshot *snapshot,
                       const char *path, size_t max, struct gate_error *err);

#endif
