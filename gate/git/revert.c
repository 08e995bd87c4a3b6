/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree that is reverted on is never built: a place is kept for each path that some commit touched, with what stands there by now; all other
 * paths are as in the tree. A path that conflicts stays so, and what older commits did to it is not looked at.
 */
#include "gate/git/revert.h"

#include "gate/base/bisect.h"
#include "gate/base/limits.h"
#include "gate/git/history.h"
#include "gate/git/merge.h"
#include "gate/git/tree.h"
#include "gate/git/tree_entry.h"

/* The states that end it without an error; positive, so that no code is one of them. */
enum { FOUND = 1 };

struct place {
	const char *path; /* in the arena */
	struct gate_version was, is;
	bool conflicts;
};

struct reverting {
	const struct gate_repo *repo;
	struct gate_trees *trees;
	struct gate_oid onto; /* a tree */
	struct gate_arena arena;
	struct place **places; /* own array, by path */
	size_t n, cap;
	struct place *
		*added; /* own array: those that the commit at hand put where there was nothing */
	size_t n_added, cap_added;
	size_t n_touched; /* by the commit at hand: files that became others, or conflict */
	size_t bytes;     /* of what was merged */
	struct gate_error *err;
};

static void reverting_release(struct reverting *r)
{
	free(r->places);
	free(r->added);
	gate_arena_release(&r->arena);
}
GATE_DEFINE_AUTO_STRUCT(struct reverting, reverting_release)

void gate_revert_release(struct gate_revert *revert)
{
	free(revert->conflicts);
	gate_arena_release(&revert->arena);
	*revert = (struct gate_revert){ 0 };
}

/* The index of the first place whose path is not before this one. */
static size_t find_place(const struct reverting *r, const char *path)
{
	size_t low;

	GATE_BISECT(low, r->n, strcmp(r->places[low]->path, path) < 0);
	return low;
}

/* What stands at a path of the tree; a folder is no file. */
static int look_up(struct gate_version *out, struct reverting *r, const char *path)
{
	struct gate_error why = { 0 };
	int code;

	*out = (struct gate_version){ 0 };
	code = gate_tree_find(&out->id, &out->mode, r->trees, &r->onto, path, &why);
	if (code < 0 && code != GATE_ENOTFOUND) {
		if (r->err)
			*r->err = why;
		return code;
	}
	if (code < 0 || out->mode == GATE_MODE_FOLDER)
		*out = (struct gate_version){ 0 };
	return GATE_OK;
}

static int get_place(struct place **out, struct reverting *r, const char *path)
{
	const size_t at = find_place(r, path);
	struct place *place;
	int code;

	if (at < r->n && !strcmp(r->places[at]->path, path)) {
		*out = r->places[at];
		return GATE_OK;
	}
	if (r->n == GATE_MAX_REVERT_FILES)
		return gate_fail(r->err, GATE_ELIMIT, "more than %d files differ",
		                 GATE_MAX_REVERT_FILES);
	if (gate_grow(&r->places, &r->cap, r->n + 1, sizeof(struct place *), r->err) < 0)
		return GATE_ENOMEM;
	place = gate_arena_alloc(&r->arena, sizeof(*place));
	if (place)
		place->path = gate_arena_copy(&r->arena, path, strlen(path));
	if (!place || !place->path)
		return gate_fail_memory(r->err);
	code = look_up(&place->was, r, path);
	if (code < 0)
		return code;
	place->is = place->was;
	memmove(&r->places[at + 1], &r->places[at], (r->n - at) * sizeof(struct place *));
	r->places[at] = place;
	r->n++;
	*out = place;
	return GATE_OK;
}

static int put(struct reverting *r, struct place *place, const struct gate_version *merged)
{
	int code = GATE_OK;

	if (merged->bytes != place->is.bytes)
		r->bytes += merged->len;
	if (r->bytes > GATE_MAX_REVERT_BYTES)
		return gate_fail(r->err, GATE_ELIMIT, "more than %zu bytes to merge",
		                 GATE_MAX_REVERT_BYTES);
	if (merged->mode && !place->is.mode) {
		code = gate_grow(&r->added, &r->cap_added, r->n_added + 1, sizeof(struct place *),
		                 r->err);
		if (code == GATE_OK)
			r->added[r->n_added++] = place;
	}
	place->is = *merged;
	return code;
}

/* `file` is what becomes of a commit when it is taken back: from what it has to what its parent has. */
static int take_back_file(const struct gate_file *file, void *payload)
{
	struct reverting *r = payload;
	const struct gate_version base = { .mode = file->old_mode, .id = file->old_id };
	const struct gate_version theirs = { .mode = file->new_mode, .id = file->new_id };
	struct gate_version merged = { 0 };
	struct place *place;
	bool clean = false;
	int code = get_place(&place, r, file->path);

	if (code == GATE_OK && !place->conflicts)
		code = gate_version_merge(&merged, &clean, &r->arena, r->repo, &base, &place->is,
		                          &theirs, r->err);
	if (code == GATE_ENOTFOUND)
		return gate_fail(r->err, code, "a version of '%s' is not in this clone",
		                 file->path);
	if (code < 0)
		return code;
	place->conflicts = !clean;
	r->n_touched += !clean || !gate_version_equal(&merged, &place->is);
	return clean ? put(r, place, &merged) : GATE_OK;
}

static int has_file(bool *out, struct reverting *r, const char *path)
{
	const size_t at = find_place(r, path);
	struct gate_version found;
	int code;

	if (at < r->n && !strcmp(r->places[at]->path, path)) {
		*out = r->places[at]->is.mode != 0;
		return GATE_OK;
	}
	code = look_up(&found, r, path);
	*out = code == GATE_OK && found.mode;
	return code;
}

/* A folder above an added file that is a file. */
static int check_above(struct reverting *r, const struct place *added)
{
	GATE_AUTO(gate_free) char *path = gate_copy(added->path, strlen(added->path));
	int code = GATE_OK;

	if (!path)
		return gate_fail_memory(r->err);
	for (char *slash = strchr(path, '/'); slash && code == GATE_OK;
	     slash = strchr(slash + 1, '/')) {
		struct place *place;
		bool is_file;

		*slash = '\0';
		code = has_file(&is_file, r, path);
		if (code == GATE_OK && is_file) {
			code = get_place(&place, r, path);
			if (code == GATE_OK)
				place->conflicts = true;
		}
		*slash = '/';
	}
	return code;
}

struct folder {
	struct reverting *r;
	const char *path;
};

/* FOUND: a file of the tree that nothing took away. */
static int is_left(const struct gate_file *file, void *payload)
{
	const struct folder *folder = payload;
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };
	size_t at;

	gate_buf_printf(&path, "%s/%s", folder->path, file->path);
	if (gate_buf_failed(&path))
		return gate_fail_memory(folder->r->err);
	at = find_place(folder->r, path.ptr);
	if (at < folder->r->n && !strcmp(folder->r->places[at]->path, path.ptr) &&
	    !folder->r->places[at]->is.mode)
		return GATE_OK;
	return FOUND;
}

/* Files in the place of an added file, which is a folder there. */
static int check_below(struct reverting *r, struct place *added)
{
	const size_t len = strlen(added->path);
	struct folder folder = { .r = r, .path = added->path };
	struct gate_oid id;
	uint16_t mode;
	int code;

	for (size_t i = find_place(r, added->path); i < r->n; i++) {
		const struct place *place = r->places[i];

		if (strncmp(place->path, added->path, len) != 0)
			break;
		if (place->path[len] == '/' && place->is.mode) {
			added->conflicts = true;
			return GATE_OK;
		}
	}
	code = gate_tree_find(&id, &mode, r->trees, &r->onto, added->path, NULL);
	if (code < 0 || mode != GATE_MODE_FOLDER)
		return GATE_OK; /* none: what cannot be read was met when the place was made */
	code = gate_trees_compare(r->trees, &gate_oid_empty_tree, 1, &id, is_left, &folder, r->err);
	if (code == FOUND)
		added->conflicts = true;
	return code < 0 ? code : GATE_OK;
}

static int take_back(struct reverting *r, struct gate_revert *out, struct gate_history *history,
                     const struct gate_commit *commit)
{
	const struct gate_commit *parent;
	int code = gate_history_commit(&parent, history, &commit->parents[0], r->err);

	r->n_added = r->n_touched = 0;
	if (code == GATE_OK)
		code = gate_trees_compare(r->trees, &commit->tree, 1, &parent->tree, take_back_file,
		                          r, r->err);
	for (size_t i = 0; code == GATE_OK && i < r->n_added; i++) {
		code = check_above(r, r->added[i]);
		if (code == GATE_OK)
			code = check_below(r, r->added[i]);
	}
	out->has_empty = out->has_empty || !r->n_touched;
	return code;
}

/* The paths move into the arena of the result. */
static int tell(struct gate_revert *out, struct reverting *r)
{
	out->conflicts = calloc(r->n + 1, sizeof(char *));
	if (!out->conflicts)
		return gate_fail_memory(r->err);
	for (size_t i = 0; i < r->n; i++) {
		const struct place *place = r->places[i];

		out->n_files += place->conflicts || !gate_version_equal(&place->is, &place->was);
		if (place->conflicts)
			out->conflicts[out->n_conflicts++] = place->path;
	}
	out->arena = r->arena;
	r->arena = (struct gate_arena){ 0 };
	out->known = true;
	return GATE_OK;
}

static int try_all(struct gate_revert *out, const struct gate_repo *repo,
                   struct gate_history *history, const struct gate_oid *running,
                   const struct gate_oid *onto, struct gate_error *err)
{
	GATE_AUTO(reverting_release) struct reverting r = { .repo = repo, .err = err };
	const struct gate_commit *commit;
	int code = gate_repo_trees(&r.trees, repo, err);

	if (code == GATE_OK)
		code = gate_history_commit(&commit, history, onto, err);
	if (code < 0)
		return code;
	r.onto = commit->tree;
	code = gate_history_commit(&commit, history, running, err);
	for (size_t i = 0; code == GATE_OK && i < out->n_changes; i++) {
		code = take_back(&r, out, history, commit);
		if (code == GATE_OK)
			code = gate_history_commit(&commit, history, &commit->parents[0], err);
	}
	return code < 0 ? code : tell(out, &r);
}

/* Counts the commits between. GATE_ENOTFOUND: they are not in one line, or not all here. */
static int count(struct gate_revert *out, struct gate_history *history, const struct gate_oid *good,
                 const struct gate_oid *running, struct gate_error *err)
{
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	const struct gate_commit *commit;
	bool merges = false;
	size_t n = 0;
	int code =
		gate_commits_list(&commits, history, running, good, 1, GATE_MAX_COMMITS, NULL, err);

	if (code < 0)
		return code;
	out->n_commits = commits.more ? commits.total : commits.n;
	if (commits.more)
		return gate_fail(err, GATE_ELIMIT, "more than %d commits", GATE_MAX_COMMITS);
	code = gate_history_commit(&commit, history, running, err);
	for (; code == GATE_OK && !gate_oid_equal(&commit->id, good); n++) {
		if (commit->cut)
			return gate_fail(err, GATE_ENOTFOUND, "history is cut in this clone");
		if (!commit->n_parents || n == commits.n)
			return gate_fail(err, GATE_ENOTFOUND,
			                 "the good commit came to what runs by a merge");
		merges = merges || commit->n_parents > 1;
		code = gate_history_commit(&commit, history, &commit->parents[0], err);
	}
	if (code < 0)
		return code;
	out->n_changes = n;
	out->has_merges = merges;
	return GATE_OK;
}

static int require_ancestor(struct gate_history *history, const struct gate_oid *ancestor,
                            const struct gate_oid *descendant, const char *otherwise,
                            struct gate_error *err)
{
	enum gate_cut cut;
	bool is;
	int code = gate_is_ancestor(&is, &cut, history, ancestor, descendant, err);

	if (code < 0 || is)
		return code;
	return gate_fail(err, GATE_ENOTFOUND, "%s",
	                 cut ? "history is cut in this clone" : otherwise);
}

static int require(struct gate_history *history, const struct gate_oid *id, const char *what,
                   struct gate_error *err)
{
	const struct gate_commit *commit;
	int code = gate_history_commit(&commit, history, id, NULL);
	char hex[GATE_OID_HEX];

	if (code == GATE_ENOMEM)
		return gate_fail_memory(err);
	return code == GATE_OK ? code
	                       : gate_fail(err, code, "%s, %.12s, is not in this clone", what,
	                                   gate_oid_hex(hex, id));
}

int gate_revert_try(struct gate_revert *out, const struct gate_repo *repo,
                    const struct gate_oid *good, const struct gate_oid *running,
                    const struct gate_oid *onto, struct gate_error *err)
{
	GATE_AUTO(gate_revert_release) struct gate_revert revert = { 0 };
	struct gate_history *history;
	struct gate_error why = { 0 };
	int code = gate_repo_history(&history, repo, &why);

	if (code == GATE_OK)
		code = require(history, running, "what runs", &why);
	if (code == GATE_OK)
		code = require(history, good, "the good commit", &why);
	if (code == GATE_OK)
		code = require_ancestor(history, good, running,
		                        "what runs does not descend from the good commit", &why);
	if (code == GATE_OK)
		code = count(&revert, history, good, running, &why);
	if (code == GATE_OK)
		code = require_ancestor(history, running, onto, "what runs is not in its history",
		                        &why);
	if (code == GATE_OK)
		code = try_all(&revert, repo, history, running, onto, &why);
	if (code == GATE_ENOMEM)
		return gate_fail_memory(err);
	snprintf(revert.why, sizeof(revert.why), "%.255s", why.message);
	*out = revert;
	revert = (struct gate_revert){ 0 };
	return GATE_OK;
}
