/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/memory.h"

#include <stdalign.h>
#include <stdint.h>

struct gate_arena_block {
	struct gate_arena_block *next; /* own */
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

#define ARENA_BLOCK 8192

void gate_free(void *ptr)
{
	free(ptr);
}

int gate_grow(void *ptr, size_t *cap, size_t need, size_t size, struct gate_error *err)
{
	size_t wanted = *cap ? *cap : 8;
	void *grown;

	if (need <= *cap)
		return GATE_OK;
	while (wanted < need) {
		if (wanted > SIZE_MAX / 2)
			return gate_fail_memory(err);
		wanted *= 2;
	}
	if (wanted > SIZE_MAX / size)
		return gate_fail_memory(err);
	memcpy(&grown, ptr, sizeof(grown)); /* ptr is the address of any pointer type */
	grown = realloc(grown, wanted * size);
	if (!grown)
		return gate_fail_memory(err);
	memcpy(ptr, &grown, sizeof(grown));
	*cap = wanted;
	return GATE_OK;
}

char *gate_copy(const char *bytes, size_t len)
{
	char *copy;

	if (len == SIZE_MAX)
		return NULL;
	copy = malloc(len + 1);
	if (!copy)
		return NULL;
	if (len)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

void *gate_arena_alloc(struct gate_arena *arena, size_t size)
{
	struct gate_arena_block *block = arena->blocks;
	size_t align = alignof(max_align_t);
	void *result;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + align - 1) / align * align;
	if (!block || block->size - block->used < size) {
		size_t room = size > ARENA_BLOCK / 4 ? size : ARENA_BLOCK;

		block = calloc(1, sizeof(*block) + room);
		if (!block)
			return NULL;
		block->size = room;
		/* A block made for one large thing goes behind the current one, which still has room. */
		if (room == size && arena->blocks) {
			block->next = arena->blocks->next;
			arena->blocks->next = block;
		} else {
			block->next = arena->blocks;
			arena->blocks = block;
		}
	}
	result = block->bytes + block->used;
	block->used += size;
	return result;
}

char *gate_arena_copy(struct gate_arena *arena, const char *bytes, size_t len)
{
	char *copy;

	if (len == SIZE_MAX)
		return NULL;
	copy = gate_arena_alloc(arena, len + 1);
	if (copy && len)
		memcpy(copy, bytes, len);
	return copy;
}

void gate_arena_release(struct gate_arena *arena)
{
	struct gate_arena_block *block = arena->blocks;

	while (block) {
		struct gate_arena_block *next = block->next;

		free(block);
		block = next;
	}
	arena->blocks = NULL;
}
