/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The graph behind gate/git/history.h: commits linked to their parents, read when first needed, and a queue that walks
 * them newest first. Only for the sources of gate/git/.
 */
#ifndef GATE_GIT_GRAPH_H
#define GATE_GIT_GRAPH_H

#include "gate/git/history.h"

enum node_state { NODE_UNREAD = 0, NODE_READ, NODE_MISSING };

struct node {
	struct gate_commit commit;
	struct node **parents; /* borrowed; of a commit that is shallow too */
	enum node_state state;
	bool linked;     /* parents were read, commit.cut is known */
	unsigned walk;   /* the walk that `flags`, `queued` and `degree` belong to */
	unsigned flags;  /* of that walk */
	unsigned queued; /* entries in its queue */
	unsigned degree; /* children that are not yet listed */
};

struct gate_history {
	const struct gate_repo *repo;
	struct gate_arena arena; /* own: nodes and their parents */
	struct node **table;     /* own: open addressing; its size is a power of two */
	size_t n, size;
	struct gate_oid *shallow; /* own; sorted */
	size_t n_shallow;
	unsigned walks;
};

/** The node of an id, made when new; it may not have been read. NULL: out of memory. */
struct node *graph_node(struct gate_history *history, const struct gate_oid *id);

/** Reads the commit; `state` says afterwards whether it is here. An object that is no commit, or damaged: GATE_EGIT. */
int graph_read(struct gate_history *history, struct node *node, struct gate_error *err);

/** The part of graph_read behind the object database: takes over what a commit object says. */
int graph_parse(struct gate_history *history, struct node *node, const char *bytes, size_t len,
                struct gate_error *err);

/** As graph_node and graph_read; GATE_ENOTFOUND when it is not here or no commit. */
int graph_get(struct node **out, struct gate_history *history, const struct gate_oid *id,
              struct gate_error *err);

/** Reads the parents of a node that was read, unless it is shallow, so that commit.cut is known. */
int graph_link(struct gate_history *history, struct node *node, struct gate_error *err);

/** How many parents of a linked node can be walked; some may be NODE_MISSING. */
size_t graph_parents(const struct node *node);

/** A queue of commits, newest first; of equal times, what came first. */
struct walk {
	struct gate_history *history; /* borrowed */
	struct walk_entry *heap;      /* own */
	size_t n, cap;
	uint64_t entered;
	unsigned quiet; /* flags of commits the walk need not go on for */
	size_t pending; /* entries in the queue that have none of them */
};

/** Starts a walk: flags of earlier walks are forgotten. One at a time in a history. */
void walk_init(struct walk *walk, struct gate_history *history, unsigned quiet);
void walk_release(struct walk *walk);
GATE_DEFINE_AUTO_STRUCT(struct walk, walk_release)

unsigned walk_flags(const struct walk *walk, const struct node *node);

/** Adds flags, and puts the node into the queue if it did not have them all. Missing nodes are left out. */
int walk_paint(struct walk *walk, struct node *node, unsigned flags, struct gate_error *err);

/** Puts a painted node into the queue once more. */
int walk_push(struct walk *walk, struct node *node, struct gate_error *err);

/** Takes the newest entry, linked; NULL when the queue is empty. */
int walk_next(struct node **out, struct walk *walk, struct gate_error *err);

/** The newest entry without taking it; NULL when the queue is empty. */
const struct node *walk_peek(const struct walk *walk);

/** The worse of two reasons: a shallow boundary is the one that the user can mend. */
enum gate_cut cut_join(enum gate_cut a, enum gate_cut b);

#endif
