/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/log/store.h"

#include <errno.h>

struct store_mem {
	struct gate_store base;
	struct gate_log_line *lines; /* own; the bytes are in the arena */
	size_t n, cap;
	struct gate_arena arena;
};

static int mem_append(struct gate_store *store, const struct gate_log_line lines[], size_t n,
                      struct gate_error *err)
{
	struct store_mem *mem = (struct store_mem *)store;
	int code = gate_grow(&mem->lines, &mem->cap, mem->n + n, sizeof(*mem->lines), err);

	/* When memory runs out half-way some lines stay, as in any store. */
	for (size_t i = 0; code == GATE_OK && i < n; i++) {
		const char *copy = gate_arena_copy(&mem->arena, lines[i].bytes, lines[i].len);

		if (!copy)
			return gate_fail_memory(err);
		mem->lines[mem->n++] = (struct gate_log_line){ copy, lines[i].len };
	}
	return code;
}

static size_t start_of(const char *since, size_t n)
{
	unsigned long long start;

	errno = 0;
	start = strtoull(since, NULL, 10);
	return errno || since[strspn(since, "0123456789")] || start > n ? 0 : (size_t)start;
}

static int mem_read(struct gate_store *store, const char *since, char *position, gate_line_fn *fn,
                    void *payload, struct gate_error *err)
{
	const struct store_mem *mem = (const struct store_mem *)store;
	size_t n = mem->n, start = start_of(since, n);

	(void)err;
	snprintf(position, GATE_MAX_POSITION + 1, "%zu", n);
	for (size_t i = start; i < n; i++) {
		int code = fn(&mem->lines[i], payload);

		if (code)
			return code;
	}
	return GATE_OK;
}

static void mem_free(struct gate_store *store)
{
	struct store_mem *mem = (struct store_mem *)store;

	gate_arena_release(&mem->arena);
	free(mem->lines);
	free(mem);
}

static const struct gate_store_ops mem_ops = {
	.scheme = "mem",
	.append = mem_append,
	.read = mem_read,
	.free = mem_free,
};

int gate_store_mem_open(struct gate_store **out, struct gate_error *err)
{
	struct store_mem *mem = calloc(1, sizeof(*mem));

	if (!mem)
		return gate_fail_memory(err);
	mem->base.ops = &mem_ops;
	*out = &mem->base;
	return GATE_OK;
}
