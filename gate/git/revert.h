/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What `git revert` of the commits between two would do on a third, in memory: nothing is written, no index and no work tree is looked at.
 *
 * Commits are taken back one after the other, the newest first, by the files in which each differs from its first parent: a merge with all that it
 * brought in. Renames are not followed and attributes (`merge=union`) are not asked: where git does better, a path counts as conflicting that is none.
 */
#ifndef GATE_GIT_REVERT_H
#define GATE_GIT_REVERT_H

#include "gate/git/repo.h"

struct gate_revert {
	size_t n_commits; /* between the two; 0 while that is not known */
	size_t n_changes; /* those of them on the first-parent line, which are taken back */
	bool has_merges;  /* among these: git wants `-m 1 --first-parent` */
	bool known;       /* how it ends; false: `why` says what is in the way */
	char why[256];
	/* Where that is known: */
	const char **
		conflicts; /* own array of paths in the arena, sorted by bytes; a file in the place of a folder counts once */
	size_t n_conflicts; /* 0: clean */
	size_t n_files;     /* that differ in the end */
	bool has_empty; /* one of them changes nothing, as if it were taken back already: `git revert` stops there */
	struct gate_arena arena;
};

/**
 * Takes `good..running` back on `onto`; all three are commits. `good` has to be on the first-parent line of `running`, and `running` in the history of
 * `onto`. Where that is not so, or a commit, tree or blob is not in this clone, or a limit is reached, the outcome is not known: that is no error.
 * GATE_ENOMEM.
 */
int gate_revert_try(struct gate_revert *out, const struct gate_repo *repo,
                    const struct gate_oid *good, const struct gate_oid *running,
                    const struct gate_oid *onto, struct gate_error *err);
void gate_revert_release(struct gate_revert *revert);
GATE_DEFINE_AUTO_STRUCT(struct gate_revert, gate_revert_release)

#endif
