/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/tree_cache.h"

#define MAX_BYTES ((size_t)64 << 20)

static struct gate_tree **bucket_of(struct gate_tree_cache *cache, const struct gate_oid *id)
{
	/* Ids are digests: any two of their bytes will do. */
	return &cache->buckets[(id->bytes[0] << 8 | id->bytes[1]) % GATE_TREE_BUCKETS];
}

static void unlink_use(struct gate_tree_cache *cache, struct gate_tree *tree)
{
	*(tree->newer ? &tree->newer->older : &cache->newest) = tree->older;
	*(tree->older ? &tree->older->newer : &cache->oldest) = tree->newer;
}

static void link_newest(struct gate_tree_cache *cache, struct gate_tree *tree)
{
	tree->newer = NULL;
	tree->older = cache->newest;
	*(cache->newest ? &cache->newest->newer : &cache->oldest) = tree;
	cache->newest = tree;
}

static size_t cost(const struct gate_tree *tree)
{
	return sizeof(*tree) + tree->len + 128;
}

static void tree_free(struct gate_tree *tree)
{
	if (!tree)
		return;
	git_odb_object_free(tree->object);
	free(tree);
}
GATE_DEFINE_AUTO(struct gate_tree *, tree_free)

static void drop(struct gate_tree_cache *cache, struct gate_tree *tree)
{
	struct gate_tree **link = bucket_of(cache, &tree->id);

	while (*link != tree)
		link = &(*link)->chain;
	*link = tree->chain;
	unlink_use(cache, tree);
	cache->bytes -= cost(tree);
	tree_free(tree);
}

static void drop_oldest(struct gate_tree_cache *cache)
{
	struct gate_tree *tree = cache->oldest, *newer;

	for (; tree && cache->bytes > MAX_BYTES; tree = newer) {
		newer = tree->newer;
		if (!tree->pins)
			drop(cache, tree);
	}
}

static int load(struct gate_tree **out, struct gate_tree_cache *cache, const struct gate_oid *id,
                struct gate_error *err)
{
	GATE_AUTO(tree_free) struct gate_tree *tree = calloc(1, sizeof(*tree));
	git_oid oid = gate_oid_to_git(id);
	char hex[GATE_OID_HEX];
	int code;

	if (!tree)
		return gate_fail_memory(err);
	tree->id = *id;
	tree->bytes = (const uint8_t *)"";
	/* The tree without entries is often named and rarely stored. */
	if (!gate_oid_equal(id, &gate_oid_empty_tree)) {
		code = git_odb_read(&tree->object, cache->odb, &oid);
		if (code == GIT_ENOTFOUND)
			return gate_fail(err, GATE_ENOTFOUND, "tree %s is not in this repository",
			                 gate_oid_hex(hex, id));
		if (code < 0)
			return gate_fail_git(err, "cannot read tree %s", gate_oid_hex(hex, id));
		if (git_odb_object_type(tree->object) != GIT_OBJECT_TREE)
			return gate_fail(err, GATE_EGIT, "object %s is not a tree",
			                 gate_oid_hex(hex, id));
		tree->bytes = git_odb_object_data(tree->object);
		tree->len = git_odb_object_size(tree->object);
	}
	*out = gate_steal(&tree);
	return GATE_OK;
}

int gate_tree_cache_get(struct gate_tree **out, struct gate_tree_cache *cache,
                        const struct gate_oid *id, struct gate_error *err)
{
	struct gate_tree **bucket = bucket_of(cache, id), *tree = *bucket;

	while (tree && !gate_oid_equal(&tree->id, id))
		tree = tree->chain;
	if (tree) {
		unlink_use(cache, tree);
	} else {
		int code = load(&tree, cache, id, err);

		if (code < 0)
			return code;
		tree->chain = *bucket;
		*bucket = tree;
		cache->bytes += cost(tree);
	}
	link_newest(cache, tree);
	tree->pins++;
	drop_oldest(cache);
	*out = tree;
	return GATE_OK;
}

void gate_tree_unpin(struct gate_tree *tree)
{
	if (tree)
		tree->pins--;
}

void gate_tree_cache_release(struct gate_tree_cache *cache)
{
	while (cache->newest)
		drop(cache, cache->newest);
}
