/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Trees: comparing them, listing them, finding one path, reading a blob.
 */
#ifndef GATE_GIT_TREE_H
#define GATE_GIT_TREE_H

#include "gate/git/repo.h"

enum gate_file_status { GATE_FILE_ADDED, GATE_FILE_MODIFIED, GATE_FILE_DELETED };

/** A file (or symlink, or submodule: one entry, never entered) that differs. `mode` is 0 where it does not exist. */
struct gate_file {
	const char *path; /* bytes from the root, no leading slash, NUL-terminated */
	size_t len;
	enum gate_file_status status;
	struct gate_oid old_id, new_id; /* zero where it does not exist */
	uint16_t old_mode, new_mode;    /* git's: 0100644, 0100755, 0120000, 0160000 */
};

/** Non-zero stops the walk and is returned. The file is borrowed for the call. */
typedef int gate_file_fn(const struct gate_file *file, void *payload);

/** Reads trees and keeps what makes the next comparison faster (buffers, parsed trees). One thread. */
struct gate_trees;
int gate_trees_new(struct gate_trees **out, const struct gate_repo *repo, struct gate_error *err);
void gate_trees_free(struct gate_trees *trees);
GATE_DEFINE_AUTO(struct gate_trees *, gate_trees_free)

/** The one that belongs to the repository, made at the first call: what one change read, the next need not. Borrowed. */
int gate_repo_trees(struct gate_trees **out, const struct gate_repo *repo, struct gate_error *err);

/**
 * Files of `new` that differ from every one of `olds` (ids of trees; gate_oid_empty_tree is fine), in git's order of paths;
 * `old_*` is that of the first. A file that one of the olds has as it is came from there and is left out; with two or more
 * olds a deletion is reported only when all of them have the file. Subtrees that are equal are skipped by id. A rename is a deletion and an addition; a file that
 * becomes a folder is a deletion and additions. GATE_ENOTFOUND: a tree is missing here; GATE_EGIT: it is damaged; limits.
 */
int gate_trees_compare(struct gate_trees *trees, const struct gate_oid olds[], size_t n_olds,
                       const struct gate_oid *new_tree, gate_file_fn *fn, void *payload,
                       struct gate_error *err);

/**
 * Files of the index that differ from a tree (HEAD's, or the empty one), in git's order of paths; nothing is written, and files of the work tree are
 * not looked at. Intent-to-add entries do not count. Read anew by every call, from GIT_INDEX_FILE if the repository was opened by the environment.
 * GATE_ECONFLICT: the index has unmerged paths; names the first. GATE_EGIT: it cannot be read (split and sparse ones, with the line that mends it).
 */
int gate_index_compare(const struct gate_repo *repo, const struct gate_oid *old_tree,
                       gate_file_fn *fn, void *payload, struct gate_error *err);
/** As gate_tree_find, in the index; a folder has no id there: zero. */
int gate_index_find(struct gate_oid *id, uint16_t *mode, const struct gate_repo *repo,
                    const char *path, struct gate_error *err);
/** All files of the index, with status ADDED. */
int gate_index_list(const struct gate_repo *repo, gate_file_fn *fn, void *payload,
                    struct gate_error *err);

/** The entry at a path (a file or a folder: mode 040000). GATE_ENOTFOUND: none; GATE_EGIT: a tree on the way is missing here. */
int gate_tree_find(struct gate_oid *id, uint16_t *mode, struct gate_trees *trees,
                   const struct gate_oid *tree, const char *path, struct gate_error *err);

struct gate_blob {
	char *bytes; /* own, NUL-terminated */
	size_t len;
};
/** GATE_ENOTFOUND: not here (a partial clone); GATE_ELIMIT: larger than `max`, `out->len` says how large and nothing is read. */
int gate_blob_read(struct gate_blob *out, const struct gate_repo *repo, const struct gate_oid *id,
                   size_t max, struct gate_error *err);
/** As git tells: a NUL in the first 8000 bytes. `bytes` may be NULL where `len` is 0. */
bool gate_bytes_are_binary(const char *bytes, size_t len);
void gate_blob_release(struct gate_blob *blob);
GATE_DEFINE_AUTO_STRUCT(struct gate_blob, gate_blob_release)

#endif
