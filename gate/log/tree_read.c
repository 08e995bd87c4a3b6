/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a tree of the log, or what it has beyond another one: both are walked, equal ids are skipped. A reader is tolerant: whatever stands in
 * a file is given as a line, and what is no file of lines is told and skipped.
 */
#include "gate/log/tree.h"

#include "gate/base/limits.h"
#include "gate/git/tree.h"
#include "gate/git/write.h"

#define FILE_MODE 0100644
#define TREE_MODE 0040000
#define DEEPEST 16 /* folders in folders: three of dates, eight of digits, and some to spare */

struct walk {
	const struct gate_repo *repo;
	gate_line_fn *fn;
	gate_log_problem_fn *problem;
	void *payload;
	struct gate_error *err;
};

static void tell(const struct walk *walk, const char *place, const char *what)
{
	if (walk->problem)
		walk->problem(place, what, walk->payload);
}

/* The lines of a file, sorted, so that those of another can be looked up. */
struct lines {
	struct gate_blob blob;
	struct gate_log_line *items; /* own array */
	size_t n, cap;
};

static void lines_release(struct lines *lines)
{
	gate_blob_release(&lines->blob);
	free(lines->items);
}
GATE_DEFINE_AUTO_STRUCT(struct lines, lines_release)

static int compare_lines(const void *a, const void *b)
{
	const struct gate_log_line *left = a, *right = b;
	size_t common = left->len < right->len ? left->len : right->len;
	int order = common ? memcmp(left->bytes, right->bytes, common) : 0;

	return order ? order : (left->len > right->len) - (left->len < right->len);
}

static int load_lines(struct lines *lines, const struct walk *walk, const struct gate_oid *id)
{
	const char *at, *end;
	int code = gate_blob_read(&lines->blob, walk->repo, id, GATE_MAX_LOG_BLOB, walk->err);

	if (code < 0)
		return code;
	at = lines->blob.bytes;
	for (end = at + lines->blob.len; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline ? newline : end) - at);

		if (gate_grow(&lines->items, &lines->cap, lines->n + 1, sizeof(*lines->items),
		              walk->err) < 0)
			return GATE_ENOMEM;
		if (len)
			lines->items[lines->n++] = (struct gate_log_line){ at, len };
		at += len + 1;
	}
	return GATE_OK;
}

static int read_file(const struct walk *walk, const char *place, const struct gate_tree_item *item,
                     const struct gate_tree_item *since)
{
	GATE_AUTO(lines_release) struct lines lines = { 0 }, known = { 0 };
	int code = load_lines(&lines, walk, &item->id);

	if (code == GATE_ELIMIT) {
		tell(walk, place, "is too large and was not read");
		return GATE_OK;
	}
	if (code == GATE_OK && since && since->mode == FILE_MODE)
		code = load_lines(&known, walk, &since->id);
	if (code < 0)
		return code;
	if (known.n)
		qsort(known.items, known.n, sizeof(*known.items), compare_lines);
	for (size_t i = 0; code == GATE_OK && i < lines.n; i++)
		if (!known.n || !bsearch(&lines.items[i], known.items, known.n,
		                         sizeof(*known.items), compare_lines))
			code = walk->fn(&lines.items[i], walk->payload);
	return code;
}

static const struct gate_tree_item *find(const struct gate_tree_items *items, const char *name)
{
	for (size_t i = 0; i < items->n; i++)
		if (!strcmp(items->items[i].name, name))
			return &items->items[i];
	return NULL;
}

/* The folders of the root that hold lines: years, and odd ones. */
static bool holds_lines(const char *name)
{
	return !strcmp(name, "odd") || (strlen(name) == 4 && strspn(name, "0123456789") == 4);
}

static int read_folder(const struct walk *walk, const char *place, const struct gate_oid *tree,
                       const struct gate_oid *since, unsigned depth)
{
	GATE_AUTO(gate_tree_items_release) struct gate_tree_items items = { 0 }, known = { 0 };
	int code = gate_tree_items(&items, walk->repo, tree, walk->err);

	if (code == GATE_OK && since)
		code = gate_tree_items(&known, walk->repo, since, walk->err);
	for (size_t i = 0; code == GATE_OK && i < items.n; i++) {
		const struct gate_tree_item *item = &items.items[i];
		const struct gate_tree_item *old = find(&known, item->name);
		GATE_AUTO(gate_buf_release) struct gate_buf inside = { 0 };

		if ((!depth && !holds_lines(item->name)) ||
		    (old && old->mode == item->mode && gate_oid_equal(&old->id, &item->id)))
			continue;
		gate_buf_printf(&inside, "%s%s%s", place, depth ? "/" : "", item->name);
		if (gate_buf_failed(&inside))
			return gate_fail_memory(walk->err);
		if (item->mode == TREE_MODE && depth < DEEPEST)
			code = read_folder(walk, inside.ptr, &item->id,
			                   old && old->mode == TREE_MODE ? &old->id : NULL,
			                   depth + 1);
		else if (item->mode == FILE_MODE && depth)
			code = read_file(walk, inside.ptr, item, old);
		else
			tell(walk, inside.ptr, "is no file of lines and was not read");
	}
	return code;
}

int gate_log_tree_read(const struct gate_repo *repo, const struct gate_oid *tree,
                       const struct gate_oid *since, gate_line_fn *fn, gate_log_problem_fn *problem,
                       void *payload, struct gate_error *err)
{
	const struct walk walk = { repo, fn, problem, payload, err };

	return read_folder(&walk, "", tree, since, 0);
}
