/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Merging three versions of one file in memory, by git's rules. For gate/git/.
 *
 * libgit2 merges trees too (git_merge_trees), but puts what it merged into the repository, and fails on the first object that is not there.
 */
#ifndef GATE_GIT_MERGE_H
#define GATE_GIT_MERGE_H

#include "gate/git/repo.h"

/** A file, symlink or submodule as one side has it. Not there: all zero. */
struct gate_version {
	uint16_t mode;
	struct gate_oid id;
	const char *bytes; /* borrowed; NULL: to be read from the repository */
	size_t len;
};

bool gate_version_equal(const struct gate_version *a, const struct gate_version *b);

/**
 * Merges what `ours` and `theirs` made of `base`. *clean false: they conflict, and nothing else is written. The bytes of a file that was merged are put
 * into the arena, and its id is computed. GATE_ENOTFOUND: a blob is not in this clone; GATE_ELIMIT: one is too large; GATE_EGIT, GATE_ENOMEM.
 */
int gate_version_merge(struct gate_version *out, bool *clean, struct gate_arena *arena,
                       const struct gate_repo *repo, const struct gate_version *base,
                       const struct gate_version *ours, const struct gate_version *theirs,
                       struct gate_error *err);

#endif
