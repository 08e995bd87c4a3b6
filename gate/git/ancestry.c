/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Common ancestors.
 *
 * Both sides are painted downwards, newest first, until every commit in the queue is known to lie below a common
 * ancestor. Between a side and a best common ancestor there is no common ancestor, so the walk reaches all of them
 * whatever the clocks said; a wrong clock can only add candidates that lie below others, and those are taken out at the
 * end.
 */
#include "gate/git/graph.h"

enum { LEFT = 1, RIGHT = 2, STALE = 4, FOUND = 8 };

struct nodes {
	struct node **items; /* own */
	size_t n, cap;
};

static void nodes_release(struct nodes *nodes)
{
	free(nodes->items);
}

GATE_DEFINE_AUTO_STRUCT(struct nodes, nodes_release)

/* Newest first; behind those of the same time, as git does it. */
static int add_by_time(struct nodes *nodes, struct node *node, struct gate_error *err)
{
	size_t i = nodes->n;
	int code = gate_grow(&nodes->items, &nodes->cap, nodes->n + 1, sizeof(struct node *), err);

	if (code < 0)
		return code;
	for (; i > 0 && nodes->items[i - 1]->commit.time < node->commit.time; i--)
		nodes->items[i] = nodes->items[i - 1];
	nodes->items[i] = node;
	nodes->n++;
	return GATE_OK;
}

/* What a walk down two sides has met. */
struct meeting {
	struct nodes common; /* where they meet */
	struct nodes ends;   /* what the walk could not go beyond because history is cut here */
};

static void meeting_release(struct meeting *meeting)
{
	nodes_release(&meeting->common);
	nodes_release(&meeting->ends);
}

GATE_DEFINE_AUTO_STRUCT(struct meeting, meeting_release)

static int visit(struct meeting *meeting, struct walk *walk, struct node *node,
                 struct gate_error *err)
{
	unsigned flags = node->flags & (LEFT | RIGHT | STALE);
	int code = GATE_OK;

	if (flags == (LEFT | RIGHT)) {
		flags |= STALE;
		if (!(node->flags & FOUND)) {
			node->flags |= FOUND;
			code = add_by_time(&meeting->common, node, err);
		}
	} else if (!(flags & STALE) && node->commit.cut) {
		code = add_by_time(&meeting->ends, node, err);
	}
	for (size_t i = 0; code == GATE_OK && i < graph_parents(node); i++)
		code = walk_paint(walk, node->parents[i], flags, err);
	return code;
}

/* An end that turned out to be common has nothing behind it that is not below a common ancestor. */
static void drop_common_ends(struct nodes *ends)
{
	size_t kept = 0;

	for (size_t i = 0; i < ends->n; i++) {
		if ((ends->items[i]->flags & (LEFT | RIGHT)) != (LEFT | RIGHT))
			ends->items[kept++] = ends->items[i];
	}
	ends->n = kept;
}

/* Walks until all that is left lies below a common ancestor, or until `wanted` (may be NULL) is reached from the right. */
static int meet(struct meeting *meeting, struct gate_history *history, struct node *left,
                struct node *right, const struct node *wanted, struct gate_error *err)
{
	GATE_AUTO(walk_release) struct walk walk;
	int code;

	walk_init(&walk, history, STALE);
	code = walk_paint(&walk, left, LEFT, err);
	if (code == GATE_OK)
		code = walk_paint(&walk, right, RIGHT, err);
	while (code == GATE_OK && walk.pending) {
		struct node *node;

		if (wanted && wanted->flags & RIGHT)
			break;
		code = walk_next(&node, &walk, err);
		if (code == GATE_OK)
			code = visit(meeting, &walk, node, err);
	}
	drop_common_ends(&meeting->ends);
	return code;
}

/* Why there may be more common ancestors that are not older than `than`. */
static enum gate_cut join_ends(const struct meeting *meeting, int64_t than)
{
	enum gate_cut cut = GATE_CUT_NONE;

	for (size_t i = 0; i < meeting->ends.n; i++) {
		const struct gate_commit *commit = &meeting->ends.items[i]->commit;

		if (commit->time >= than)
			cut = cut_join(cut, commit->cut);
	}
	return cut;
}

static int reaches(bool *out, struct gate_history *history, struct node *ancestor,
                   struct node *descendant, struct gate_error *err)
{
	GATE_AUTO(meeting_release) struct meeting meeting = { 0 };
	int code = meet(&meeting, history, ancestor, descendant, ancestor, err);

	if (code == GATE_OK)
		*out = (ancestor->flags & RIGHT) != 0;
	return code;
}

/* The first of the candidates that lies below no other. `*out` is the first of all. */
static int pick_best(struct node **out, struct gate_history *history, const struct nodes *nodes,
                     struct gate_error *err)
{
	for (size_t i = 0; i < nodes->n; i++) {
		bool below = false;

		for (size_t j = 0; j < nodes->n && !below; j++) {
			int code = i == j ? GATE_OK
			                  : reaches(&below, history, nodes->items[i],
			                            nodes->items[j], err);

			if (code < 0)
				return code;
		}
		if (!below) {
			*out = nodes->items[i];
			break;
		}
	}
	return GATE_OK;
}

static int get_both(struct node **a, struct node **b, enum gate_cut *cut,
                    struct gate_history *history, const struct gate_oid *a_id,
                    const struct gate_oid *b_id, struct gate_error *err)
{
	int code = graph_get(a, history, a_id, err);

	if (code == GATE_OK)
		code = graph_get(b, history, b_id, err);
	if (code == GATE_ENOTFOUND)
		*cut = GATE_CUT_MISSING;
	return code;
}

int gate_merge_base(struct gate_oid *out, enum gate_cut *cut, struct gate_history *history,
                    const struct gate_oid *a, const struct gate_oid *b, struct gate_error *err)
{
	GATE_AUTO(meeting_release) struct meeting meeting = { 0 };
	struct node *left, *right, *best;
	int code = get_both(&left, &right, cut, history, a, b, err);

	if (code == GATE_OK)
		code = meet(&meeting, history, left, right, NULL, err);
	if (code < 0)
		return code;
	if (!meeting.common.n) {
		*cut = join_ends(&meeting, INT64_MIN);
		return gate_fail(err, GATE_ENOTFOUND, "there is no common ancestor%s",
		                 *cut ? " in the part of history that is here" : "");
	}
	best = meeting.common.items[0];
	code = pick_best(&best, history, &meeting.common, err);
	if (code < 0)
		return code;
	*out = best->commit.id;
	*cut = join_ends(&meeting, best->commit.time);
	return GATE_OK;
}

int gate_is_ancestor(bool *out, enum gate_cut *cut, struct gate_history *history,
                     const struct gate_oid *ancestor, const struct gate_oid *descendant,
                     struct gate_error *err)
{
	GATE_AUTO(meeting_release) struct meeting meeting = { 0 };
	struct node *left, *right;
	int code = get_both(&left, &right, cut, history, ancestor, descendant, err);

	if (code == GATE_OK)
		code = meet(&meeting, history, left, right, left, err);
	if (code < 0)
		return code;
	*out = (left->flags & RIGHT) != 0;
	*cut = GATE_CUT_NONE;
	for (size_t i = 0; !*out && i < meeting.ends.n; i++) {
		const struct node *node = meeting.ends.items[i];

		/* What is above the ancestor, or beside it, may lead to it; what is below it cannot. */
		if (node->flags & RIGHT)
			*cut = cut_join(*cut, node->commit.cut);
	}
	return GATE_OK;
}
