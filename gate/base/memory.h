/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Memory: cleanup by scope, growing arrays, and an arena for what lives and dies together.
 *
 *     GATE_AUTO(gate_free) char *name = NULL;      released on every way out of the scope
 *     *out = gate_steal(&name);                    handed over: returns the pointer, leaves NULL
 *
 * Every allocation may fail and is checked. A function that uses GATE_AUTO has no goto.
 */
#ifndef GATE_BASE_MEMORY_H
#define GATE_BASE_MEMORY_H

#include "gate/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/** Calls `func` on the variable when it goes out of scope. `func` was introduced with GATE_DEFINE_AUTO. */
#define GATE_AUTO(func) __attribute__((cleanup(func##_p)))

/** Makes `func(type)` usable with GATE_AUTO. `func` accepts NULL. */
#define GATE_DEFINE_AUTO(type, func) \
	static inline __attribute__((unused)) void func##_p(type *p) \
	{ \
		func(*p); \
	}

/** As GATE_DEFINE_AUTO, for a struct in the caller's storage that `func` takes by address. */
#define GATE_DEFINE_AUTO_STRUCT(type, func) \
	static inline __attribute__((unused)) void func##_p(type *p) \
	{ \
		func(p); \
	}

#define gate_steal(pointer) \
	__extension__({ \
		__auto_type gate_steal_from_ = (pointer); \
		__auto_type gate_steal_value_ = *gate_steal_from_; \
		*gate_steal_from_ = NULL; \
		gate_steal_value_; \
	})

#define GATE_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** free(), spelled as ours so that GATE_AUTO can name it. */
void gate_free(void *ptr);

static inline __attribute__((unused)) void gate_free_p(void *p)
{
	void *ptr;

	memcpy(&ptr, p, sizeof(ptr)); /* p is the address of any pointer type */
	gate_free(ptr);
}

/**
 * Makes room for `need` elements in an array of `*cap`. `*ptr` is replaced only on success. `ptr` is the address of a
 * pointer to elements of `size` bytes. Growth doubles, so appending is linear.
 */
int gate_grow(void *ptr, size_t *cap, size_t need, size_t size, struct gate_error *err);

/** A copy of `len` bytes with a NUL behind it, to be freed; NULL when memory ran out. */
char *gate_copy(const char *bytes, size_t len);

/** An arena: allocations that are all released at once. Zero-initialise, then gate_arena_release. */
struct gate_arena {
	struct gate_arena_block *blocks; /* own */
};

/** `size` zeroed bytes, aligned for any type; NULL when memory ran out. Lives until the arena is released. */
void *gate_arena_alloc(struct gate_arena *arena, size_t size);

/** As gate_copy, in the arena. */
char *gate_arena_copy(struct gate_arena *arena, const char *bytes, size_t len);

void gate_arena_release(struct gate_arena *arena);

GATE_DEFINE_AUTO_STRUCT(struct gate_arena, gate_arena_release)

#endif
