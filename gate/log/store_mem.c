/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In memory: how a store behaves, without anything that can go wrong.
 */
#include "gate/log/store.h"

struct mem_store {
	struct gate_store store;
	struct gate_arena arena;
	struct gate_log_line *lines; /* own array */
	size_t n, cap;
};

static int mem_append(struct gate_store *base, const struct gate_log_line lines[], size_t n,
                      struct gate_error *err)
{
	struct mem_store *store = (struct mem_store *)base;

	for (size_t i = 0; i < n; i++) {
		char *copy = gate_arena_copy(&store->arena, lines[i].bytes, lines[i].len);

		if (!copy || gate_grow(&store->lines, &store->cap, store->n + 1,
		                       sizeof(*store->lines), err) < 0)
			return gate_fail_memory(err);
		store->lines[store->n++] = (struct gate_log_line){ copy, lines[i].len };
	}
	return GATE_OK;
}

static int mem_read(struct gate_store *base, const char *since, char *position, gate_line_fn *fn,
                    void *payload, struct gate_error *err)
{
	struct mem_store *store = (struct mem_store *)base;
	size_t first = strtoul(since, NULL, 10);
	int code = GATE_OK;

	(void)err;
	snprintf(position, GATE_MAX_POSITION + 1, "%zu", store->n);
	for (size_t i = first > store->n ? 0 : first; code == GATE_OK && i < store->n; i++)
		code = fn(&store->lines[i], payload);
	return code;
}

static void mem_free(struct gate_store *base)
{
	struct mem_store *store = (struct mem_store *)base;

	gate_arena_release(&store->arena);
	free(store->lines);
	free(store);
}

static const struct gate_store_ops mem_ops = {
	.scheme = "mem",
	.append = mem_append,
	.read = mem_read,
	.free = mem_free,
};

int gate_store_mem_open(struct gate_store **out, struct gate_error *err)
{
	struct mem_store *store = calloc(1, sizeof(*store));

	if (!store)
		return gate_fail_memory(err);
	store->store.ops = &mem_ops;
	*out = &store->store;
	return GATE_OK;
}
