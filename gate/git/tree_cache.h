/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Tree objects by id, the most recently used kept up to a number of bytes. For gate/git/tree.c.
 *
 * In history the parent's tree of one commit is the new tree of another, so most trees are wanted at least twice.
 */
#ifndef GATE_GIT_TREE_CACHE_H
#define GATE_GIT_TREE_CACHE_H

#include "gate/git/internal.h"

struct gate_tree {
	const uint8_t *bytes; /* borrowed from `object` */
	size_t len;
	struct gate_oid id;
	unsigned pins;                   /* how often it is in use, and must stay */
	git_odb_object *object;          /* own; NULL: the tree without entries */
	struct gate_tree *chain;         /* in the same bucket */
	struct gate_tree *newer, *older; /* by last use */
};

#define GATE_TREE_BUCKETS 8192

struct gate_tree_cache {
	git_odb *odb; /* borrowed */
	size_t bytes;
	struct gate_tree *newest, *oldest;
	struct gate_tree *buckets[GATE_TREE_BUCKETS]; /* own */
};

/** Pins the tree. GATE_ENOTFOUND: not here; GATE_EGIT: unreadable, or no tree. */
int gate_tree_cache_get(struct gate_tree **out, struct gate_tree_cache *cache,
                        const struct gate_oid *id, struct gate_error *err);
/** NULL is fine. */
void gate_tree_unpin(struct gate_tree *tree);
void gate_tree_cache_release(struct gate_tree_cache *cache);

#endif
