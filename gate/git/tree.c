/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/tree.h"

#include "gate/base/limits.h"
#include "gate/git/tree_cache.h"
#include "gate/git/tree_entry.h"

#include <sys/stat.h>

/* Folders one comparison may enter. Trees may share subtrees, so a few small objects can mean any number of folders. */
#define MAX_FOLDERS 4000000

/** One tree of the folder that is being compared. */
struct side {
	struct gate_tree *tree; /* pinned; NULL: there is no such folder on this side */
	const uint8_t *at, *end;
	struct gate_tree_entry entry; /* the one at `at`, once it was needed */
	bool parsed;
	bool picked; /* its entry has the name that comes next */
};

/** A comparison: the sides of each folder on the way down, the olds first, the new one last. */
struct walk {
	struct gate_tree_cache *cache;
	struct side **levels; /* own, each own */
	size_t n_levels, cap_levels;
	size_t n_olds;
	size_t folders;
	struct gate_buf path;
	gate_file_fn *fn;
	void *payload;
	struct gate_error *err;
};

struct gate_trees {
	struct gate_tree_cache cache;
};

int gate_trees_new(struct gate_trees **out, const struct gate_repo *repo, struct gate_error *err)
{
	struct gate_trees *trees = calloc(1, sizeof(*trees));

	if (!trees)
		return gate_fail_memory(err);
	trees->cache.odb = repo->odb;
	*out = trees;
	return GATE_OK;
}

void gate_trees_free(struct gate_trees *trees)
{
	if (!trees)
		return;
	gate_tree_cache_release(&trees->cache);
	free(trees);
}

static void walk_release(struct walk *walk)
{
	for (size_t depth = 0; depth < walk->n_levels; depth++) {
		for (size_t i = 0; i <= walk->n_olds; i++)
			gate_tree_unpin(walk->levels[depth][i].tree);
		free(walk->levels[depth]);
	}
	free(walk->levels);
	gate_buf_release(&walk->path);
}
GATE_DEFINE_AUTO_STRUCT(struct walk, walk_release)

static int damaged(struct gate_error *err, const struct gate_tree *tree)
{
	char hex[GATE_OID_HEX];

	return gate_fail(err, GATE_EGIT, "tree %s is damaged", gate_oid_hex(hex, &tree->id));
}

static struct gate_oid entry_id(const struct gate_tree_entry *entry)
{
	struct gate_oid id;

	memcpy(id.bytes, entry->id, sizeof(id.bytes));
	return id;
}

static bool same_entry(const struct gate_tree_entry *a, const struct gate_tree_entry *b)
{
	return a->mode == b->mode && memcmp(a->id, b->id, sizeof(struct gate_oid)) == 0;
}

static int open_side(struct side *side, struct walk *walk, const struct gate_oid *id)
{
	int code = gate_tree_cache_get(&side->tree, walk->cache, id, walk->err);

	if (code < 0)
		return code;
	side->at = side->tree->bytes;
	side->end = side->at + side->tree->len;
	side->parsed = false;
	return GATE_OK;
}

static void close_sides(struct walk *walk, struct side *sides)
{
	for (size_t i = 0; i <= walk->n_olds; i++) {
		gate_tree_unpin(sides[i].tree);
		sides[i] = (struct side){ 0 };
	}
}

static int add_level(struct walk *walk)
{
	int code = gate_grow(&walk->levels, &walk->cap_levels, walk->n_levels + 1,
	                     sizeof(struct side *), walk->err);

	if (code < 0)
		return code;
	walk->levels[walk->n_levels] = calloc(walk->n_olds + 1, sizeof(struct side));
	if (!walk->levels[walk->n_levels])
		return gate_fail_memory(walk->err);
	walk->n_levels++;
	return GATE_OK;
}

static bool is_at_entry(const struct side *side)
{
	return side->tree && side->at < side->end;
}

static int parse_entry(struct side *side, struct gate_error *err)
{
	if (side->parsed || !is_at_entry(side))
		return GATE_OK;
	if (!gate_tree_entry_parse(&side->entry, side->at, side->end))
		return damaged(err, side->tree);
	side->parsed = true;
	return GATE_OK;
}

/** What the new tree shares with the first old one came from there, and is most of it. */
static void skip_equal(struct side *old, struct side *new)
{
	const uint8_t *before = new->at;

	if (!is_at_entry(old) || !is_at_entry(new))
		return;
	gate_tree_skip_equal(&old->at, old->end, &new->at, new->end);
	if (new->at != before)
		old->parsed = new->parsed = false;
}

/** Picks the sides whose next entry comes first. *first is one such entry; NULL: all are at their end. */
static int pick(const struct gate_tree_entry **first, struct side *sides, size_t n,
                struct gate_error *err)
{
	*first = NULL;
	for (size_t i = 0; i < n; i++) {
		int code = parse_entry(&sides[i], err);
		int order;

		if (code < 0)
			return code;
		sides[i].picked = false;
		if (!is_at_entry(&sides[i]))
			continue;
		order = *first ? gate_tree_entry_order(&sides[i].entry, *first) : -1;
		if (order < 0) {
			for (size_t j = 0; j < i; j++)
				sides[j].picked = false;
			*first = &sides[i].entry;
		}
		sides[i].picked = order <= 0;
	}
	return GATE_OK;
}

static void advance(struct side *sides, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sides[i].picked) {
			sides[i].at = sides[i].entry.next;
			sides[i].parsed = false;
		}
}

/** What came from an old tree as it is, or went away while one of the old trees never had it, is of no interest. */
static bool is_change(const struct side *sides, size_t n_olds)
{
	const struct side *new = &sides[n_olds];
	size_t have = 0;

	for (size_t i = 0; i < n_olds; i++) {
		if (!sides[i].picked)
			continue;
		if (new->picked && same_entry(&sides[i].entry, &new->entry))
			return false;
		have++;
	}
	return new->picked || have == n_olds;
}

static int report_file(struct walk *walk, const struct side *sides)
{
	const struct side *old = walk->n_olds ? &sides[0] : NULL, *new = &sides[walk->n_olds];
	struct gate_file file = { .path = walk->path.ptr, .len = walk->path.len };

	if (old && old->picked) {
		file.old_id = entry_id(&old->entry);
		file.old_mode = old->entry.mode;
	}
	if (new->picked) {
		file.new_id = entry_id(&new->entry);
		file.new_mode = new->entry.mode;
	}
	file.status = !file.old_mode   ? GATE_FILE_ADDED
	              : !file.new_mode ? GATE_FILE_DELETED
	                               : GATE_FILE_MODIFIED;
	return walk->fn(&file, walk->payload);
}

static int compare_folder(struct walk *walk, size_t depth);

static int enter_folder(struct walk *walk, size_t depth)
{
	struct side *sides;
	int code = GATE_OK;

	if (depth + 1 > GATE_MAX_TREE_DEPTH)
		return gate_fail(walk->err, GATE_ELIMIT, "folders are nested more than %d deep",
		                 GATE_MAX_TREE_DEPTH);
	if (++walk->folders > MAX_FOLDERS)
		return gate_fail(walk->err, GATE_ELIMIT, "more than %d folders differ",
		                 MAX_FOLDERS);
	if (depth + 1 == walk->n_levels)
		code = add_level(walk);
	if (code < 0)
		return code;
	sides = walk->levels[depth + 1];
	for (size_t i = 0; i <= walk->n_olds && code == GATE_OK; i++) {
		const struct side *above = &walk->levels[depth][i];
		struct gate_oid id;

		if (!above->picked)
			continue;
		id = entry_id(&above->entry);
		code = open_side(&sides[i], walk, &id);
	}
	if (code == GATE_OK) {
		gate_buf_putc(&walk->path, '/');
		code = compare_folder(walk, depth + 1);
	}
	close_sides(walk, sides);
	return code;
}

static int compare_entry(struct walk *walk, size_t depth, const struct gate_tree_entry *entry)
{
	size_t above = walk->path.len;
	int code;

	gate_buf_add(&walk->path, entry->name, entry->len);
	if (gate_buf_failed(&walk->path))
		return gate_fail_memory(walk->err);
	if (walk->path.len > GATE_MAX_PATH_BYTES)
		return gate_fail(walk->err, GATE_ELIMIT, "a path has more than %d bytes",
		                 GATE_MAX_PATH_BYTES);
	if (entry->mode == GATE_MODE_FOLDER)
		code = enter_folder(walk, depth);
	else
		code = report_file(walk, walk->levels[depth]);
	walk->path.len = above;
	return code;
}

static int compare_folder(struct walk *walk, size_t depth)
{
	struct side *sides = walk->levels[depth];
	size_t n = walk->n_olds + 1;

	for (;;) {
		const struct gate_tree_entry *first;
		int code;

		if (walk->n_olds)
			skip_equal(&sides[0], &sides[walk->n_olds]);
		code = pick(&first, sides, n, walk->err);
		if (code < 0 || !first)
			return code;
		if (is_change(sides, walk->n_olds)) {
			code = compare_entry(walk, depth, first);
			if (code)
				return code;
		}
		advance(sides, n);
	}
}

int gate_trees_compare(struct gate_trees *trees, const struct gate_oid olds[], size_t n_olds,
                       const struct gate_oid *new_tree, gate_file_fn *fn, void *payload,
                       struct gate_error *err)
{
	GATE_AUTO(walk_release)
	struct walk walk = {
		.cache = &trees->cache, .n_olds = n_olds, .fn = fn, .payload = payload, .err = err
	};
	int code;

	for (size_t i = 0; i < n_olds; i++)
		if (gate_oid_equal(&olds[i], new_tree))
			return GATE_OK;
	code = add_level(&walk);
	for (size_t i = 0; i <= n_olds && code == GATE_OK; i++)
		code = open_side(&walk.levels[0][i], &walk, i < n_olds ? &olds[i] : new_tree);
	return code < 0 ? code : compare_folder(&walk, 0);
}

/** The entry of this name. False: there is none; then `*whole` says whether the tree could be read to its end. */
static bool find_entry(struct gate_tree_entry *out, bool *whole, const struct gate_tree *tree,
                       const char *name, size_t len)
{
	const uint8_t *at = tree->bytes, *end = at + tree->len;

	for (; at < end; at = out->next) {
		*whole = gate_tree_entry_parse(out, at, end);
		if (!*whole)
			return false;
		if (out->len == len && memcmp(out->name, name, len) == 0)
			return true;
	}
	*whole = true;
	return false;
}

int gate_tree_find(struct gate_oid *id, uint16_t *mode, struct gate_trees *trees,
                   const struct gate_oid *tree, const char *path, struct gate_error *err)
{
	struct gate_oid at = *tree;
	uint16_t at_mode = GATE_MODE_FOLDER;
	const char *name = path;

	for (;;) {
		size_t len = (size_t)(strchrnul(name, '/') - name);
		struct gate_tree *folder;
		struct gate_tree_entry entry;
		bool found, whole;
		int code;

		if (at_mode != GATE_MODE_FOLDER)
			return gate_fail(err, GATE_ENOTFOUND, "there is no '%s'", path);
		code = gate_tree_cache_get(&folder, &trees->cache, &at, err);
		if (code == GATE_ENOTFOUND && err)
			err->code = GATE_EGIT;
		if (code < 0)
			return code == GATE_ENOTFOUND ? GATE_EGIT : code;
		found = find_entry(&entry, &whole, folder, name, len);
		if (found) {
			at = entry_id(&entry);
			at_mode = entry.mode;
		} else {
			code = whole ? gate_fail(err, GATE_ENOTFOUND, "there is no '%s'", path)
			             : damaged(err, folder);
		}
		gate_tree_unpin(folder);
		if (code < 0)
			return code;
		if (!name[len])
			break;
		name += len + 1;
	}
	*id = at;
	*mode = at_mode;
	return GATE_OK;
}
