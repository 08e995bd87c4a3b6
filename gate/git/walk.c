/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/graph.h"

struct walk_entry {
	struct node *node;
	uint64_t entered;
};

void walk_init(struct walk *walk, struct gate_history *history, unsigned quiet)
{
	memset(walk, 0, sizeof(*walk));
	walk->history = history;
	walk->quiet = quiet;
	history->walks++;
}

void walk_release(struct walk *walk)
{
	free(walk->heap);
	walk->heap = NULL;
}

unsigned walk_flags(const struct walk *walk, const struct node *node)
{
	return node->walk == walk->history->walks ? node->flags : 0;
}

static bool goes_before(const struct walk_entry *a, const struct walk_entry *b)
{
	if (a->node->commit.time != b->node->commit.time)
		return a->node->commit.time > b->node->commit.time;
	return a->entered < b->entered;
}

int walk_push(struct walk *walk, struct node *node, struct gate_error *err)
{
	struct walk_entry entry = { node, walk->entered };
	size_t i = walk->n;
	int code = gate_grow(&walk->heap, &walk->cap, walk->n + 1, sizeof(*walk->heap), err);

	if (code < 0)
		return code;
	for (; i > 0 && goes_before(&entry, &walk->heap[(i - 1) / 2]); i = (i - 1) / 2)
		walk->heap[i] = walk->heap[(i - 1) / 2];
	walk->heap[i] = entry;
	walk->n++;
	walk->entered++;
	node->queued++;
	if (!(node->flags & walk->quiet))
		walk->pending++;
	return GATE_OK;
}

static struct node *pop(struct walk *walk)
{
	struct node *node = walk->heap[0].node;
	struct walk_entry last = walk->heap[--walk->n];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= walk->n)
			break;
		if (child + 1 < walk->n && goes_before(&walk->heap[child + 1], &walk->heap[child]))
			child++;
		if (!goes_before(&walk->heap[child], &last))
			break;
		walk->heap[i] = walk->heap[child];
		i = child;
	}
	walk->heap[i] = last;
	node->queued--;
	if (!(node->flags & walk->quiet))
		walk->pending--;
	return node;
}

int walk_paint(struct walk *walk, struct node *node, unsigned flags, struct gate_error *err)
{
	if (node->walk != walk->history->walks) {
		node->walk = walk->history->walks;
		node->flags = 0;
		node->queued = 0;
		node->degree = 0;
	}
	if ((node->flags & flags) == flags || node->state == NODE_MISSING)
		return GATE_OK;
	if (!(node->flags & walk->quiet) && (flags & walk->quiet))
		walk->pending -= node->queued;
	node->flags |= flags;
	return walk_push(walk, node, err);
}

int walk_next(struct node **out, struct walk *walk, struct gate_error *err)
{
	int code;

	*out = NULL;
	if (!walk->n)
		return GATE_OK;
	*out = pop(walk);
	code = graph_link(walk->history, *out, err);
	if (code < 0)
		*out = NULL;
	return code;
}

const struct node *walk_peek(const struct walk *walk)
{
	return walk->n ? walk->heap[0].node : NULL;
}

enum gate_cut cut_join(enum gate_cut a, enum gate_cut b)
{
	if (a == GATE_CUT_SHALLOW || b == GATE_CUT_SHALLOW)
		return GATE_CUT_SHALLOW;
	return a ? a : b;
}
