/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Writing objects and our own refs (refs/doragate/...). The one place of gate/git/ that changes a repository; nothing here touches a ref, a file or
 * a setting that is not ours, and gate_ref_swap refuses to.
 */
#ifndef GATE_GIT_WRITE_H
#define GATE_GIT_WRITE_H

#include "gate/git/repo.h"

/** One direct entry of a tree. */
struct gate_tree_item {
	const char *name; /* one name, no slash */
	uint16_t mode;    /* git's: 0100644, 040000 */
	struct gate_oid id;
};

struct gate_tree_items {
	struct gate_tree_item *items; /* own; in git's order */
	size_t n, cap;
	struct gate_arena arena; /* the names */
};
void gate_tree_items_release(struct gate_tree_items *items);
GATE_DEFINE_AUTO_STRUCT(struct gate_tree_items, gate_tree_items_release)

/** The direct entries of a tree; with gate_oid_empty_tree none, whether it exists or not. Appends. GATE_ENOTFOUND: not here; GATE_EGIT: no tree, or damaged. */
int gate_tree_items(struct gate_tree_items *out, const struct gate_repo *repo,
                    const struct gate_oid *tree, struct gate_error *err);

/**
 * What is written from here on is on the disk before the call that wrote it returns (files and folders synced): for one process, for all repositories.
 * libgit2 syncs nothing by default. `on` false: for a batch, which gate_repo_flush makes durable at its end.
 */
int gate_git_durable(bool on, struct gate_error *err);
/** Whether objects are checked against their ids when they are read; off by default, for it takes most of the time. For one process. */
int gate_git_verify_hashes(bool on, struct gate_error *err);
/** All that was written to the file system of the repository before is on the disk (syncfs). */
int gate_repo_flush(const struct gate_repo *repo, struct gate_error *err);

int gate_blob_write(struct gate_oid *out, const struct gate_repo *repo, const char *bytes,
                    size_t len, struct gate_error *err);
/** Items in any order, no name twice. n = 0 writes the empty tree. */
int gate_tree_write(struct gate_oid *out, const struct gate_repo *repo,
                    const struct gate_tree_item items[], size_t n, struct gate_error *err);
/** A commit by doragate <doragate@localhost>, author and committer, at `seconds` in UTC. `parent` NULL: none. */
int gate_commit_write(struct gate_oid *out, const struct gate_repo *repo,
                      const struct gate_oid *tree, const struct gate_oid *parent, int64_t seconds,
                      const char *message, struct gate_error *err);

/** The tree, the first parent (zero: none) and the committer's time of a commit. GATE_ENOTFOUND: not here or no commit. Any of the outputs may be NULL. */
int gate_commit_read(struct gate_oid *tree, struct gate_oid *parent, int64_t *seconds,
                     const struct gate_repo *repo, const struct gate_oid *id,
                     struct gate_error *err);

/**
 * Moves a ref from `old` (zero: it must not exist) to `id` (zero: deletes it), in one step or not at all. GATE_ECONFLICT: it is not at `old` any
 * more. A `<ref>.lock` or packed-refs.lock of somebody else is waited for, up to 2 s; then GATE_EIO, naming it. No reflog is kept.
 *
 * GATE_EGIT, naming both, where a ref stands in the way (gate_ref_in_the_way). GATE_EUSAGE for a ref that is not ours: it must lie below
 * refs/doragate/.
 */
int gate_ref_swap(const struct gate_repo *repo, const char *name, const struct gate_oid *id,
                  const struct gate_oid *old, struct gate_error *err);

/**
 * Opens a bare repository, made when it is not there: no template, no hooks. It is there whole or not at all, whoever is killed or does the same at once. GATE_EGIT,
 * saying what to remove: what is there is none.
 */
int gate_repo_open_or_init(struct gate_repo **out, const char *dir, struct gate_error *err);

#endif
