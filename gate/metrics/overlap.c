/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/metrics/overlap.h"

/* Paths in git's order, which is that of their bytes. */
struct paths {
	struct gate_arena arena;
	struct path {
		const char *bytes;
		size_t len;
	} * items; /* own array */
	size_t n, cap;
	struct gate_error *err;
};

static void paths_release(struct paths *paths)
{
	gate_arena_release(&paths->arena);
	free(paths->items);
}
GATE_DEFINE_AUTO_STRUCT(struct paths, paths_release)

static int add(const struct gate_file *file, void *payload)
{
	struct paths *paths = payload;
	char *copy = gate_arena_copy(&paths->arena, file->path, file->len);

	if (!copy || gate_grow(&paths->items, &paths->cap, paths->n + 1, sizeof(*paths->items),
	                       paths->err) < 0)
		return gate_fail_memory(paths->err);
	paths->items[paths->n++] = (struct path){ copy, file->len };
	return 0;
}

static int compare(const struct path *a, const struct path *b)
{
	int order = memcmp(a->bytes, b->bytes, a->len < b->len ? a->len : b->len);

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

static size_t count_common(const struct paths *a, const struct paths *b)
{
	size_t n = 0;

	for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
		int order = compare(&a->items[i], &b->items[k]);

		n += order == 0;
		i += order <= 0;
		k += order >= 0;
	}
	return n;
}

int gate_overlap(bool *out, struct gate_trees *trees, const struct gate_tree_pair *a,
                 const struct gate_tree_pair *b, struct gate_error *err)
{
	GATE_AUTO(paths_release) struct paths left = { .err = err };
	GATE_AUTO(paths_release) struct paths right = { .err = err };
	size_t common;
	int code = gate_trees_compare(trees, &a->from, 1, &a->to, add, &left, err);

	if (code == GATE_OK)
		code = gate_trees_compare(trees, &b->from, 1, &b->to, add, &right, err);
	if (code < 0)
		return code;
	common = count_common(&left, &right);
	*out = common && common * 2 >= (left.n > right.n ? left.n : right.n);
	return GATE_OK;
}
