/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of a change, loaded when a rule asks for them.
 */
#include "gate/change/base.h"

struct collector {
	struct gate_change *change;
	struct gate_files *files;
	struct gate_error *err;
};

static int collect(const struct gate_file *file, void *payload)
{
	struct collector *to = payload;
	struct gate_files *files = to->files;
	struct gate_change_file *item;

	if (gate_grow(&files->items, &files->cap, files->n + 1, sizeof(*files->items), to->err) < 0)
		return GATE_ENOMEM;
	item = &files->items[files->n];
	*item = (struct gate_change_file){ .file = *file };
	item->file.path = gate_arena_copy(&to->change->arena, file->path, file->len);
	if (!item->file.path)
		return gate_fail_memory(to->err);
	files->n++;
	return 0;
}

/* Objects that are not here are a fact about this clone; everything else is a failure. */
static int settle(struct gate_files *files, int code, const struct gate_error *why)
{
	files->loaded = true;
	files->known.known = code == GATE_OK;
	if (code != GATE_ENOTFOUND)
		return code;
	gate_known_cut(&files->known, GATE_CUT_MISSING);
	snprintf(files->known.why, sizeof(files->known.why), "%.200s", why->message);
	return GATE_OK;
}

static int commit_tree(struct gate_oid *out, struct gate_change *change, const struct gate_oid *id,
                       struct gate_error *err)
{
	const struct gate_commit *commit;
	int code = gate_history_commit(&commit, change->history, id, err);

	if (code == GATE_OK)
		*out = commit->tree;
	return code;
}

/* The trees of `n` commits; the empty tree when there is none. */
static int trees_of(struct gate_oid **out, size_t *count, struct gate_change *change,
                    const struct gate_oid *first, const struct gate_oid more[], size_t n,
                    struct gate_error *err)
{
	GATE_AUTO(gate_free) struct gate_oid *trees = calloc(n + 1, sizeof(*trees));
	int code = GATE_OK;

	if (!trees)
		return gate_fail_memory(err);
	if (first)
		code = commit_tree(&trees[0], change, first, err);
	else
		trees[0] = gate_oid_empty_tree;
	for (size_t i = 0; code == GATE_OK && i < n; i++)
		code = commit_tree(&trees[i + 1], change, &more[i], err);
	if (code < 0)
		return code;
	*count = n + 1;
	*out = gate_steal(&trees);
	return GATE_OK;
}

/* Commits that a change left what was known at, beyond which only base is asked what the merges took away. */
#define MAX_SIDES 8

/* One commit that the change starts from: base, or one that was merged in. */
struct start {
	const struct gate_oid *commit, *tree;
};

/*
 * What `from` brings when it is merged with `to`: files in which it differs from where the two parted. A file that
 * equals `from` but was never touched there is what the merge took away from `to`.
 */
static int list_brought(struct gate_files *out, struct gate_change *change,
                        const struct start *from, const struct start *to, struct gate_error *err)
{
	struct collector collector = { change, out, err };
	struct gate_oid fork, old = gate_oid_empty_tree;
	enum gate_cut cut = GATE_CUT_NONE;
	int code = gate_merge_base(&fork, &cut, change->history, to->commit, from->commit, err);

	if (code == GATE_OK)
		code = commit_tree(&old, change, &fork, err);
	else if (code == GATE_ENOTFOUND && cut == GATE_CUT_NONE)
		code = GATE_OK; /* they have nothing in common: all of it came in */
	return code < 0 ? code
	                : gate_trees_compare(change->trees, &old, 1, from->tree, collect,
	                                     &collector, err);
}

/* Both lists are in the order of paths, and `*at` goes along. */
static bool was_brought(const struct gate_files *brought, size_t *at, const struct gate_file *file)
{
	const struct gate_file *same;

	while (*at < brought->n && strcmp(brought->items[*at].file.path, file->path) < 0)
		++*at;
	if (*at == brought->n)
		return false;
	same = &brought->items[*at].file;
	return !strcmp(same->path, file->path) && same->new_mode == file->new_mode &&
	       gate_oid_equal(&same->new_id, &file->new_id);
}

static void leave_out_brought(struct gate_files *files, const struct gate_files *brought)
{
	size_t kept = 0, at = 0;

	for (size_t i = 0; i < files->n; i++)
		if (!was_brought(brought, &at, &files->items[i].file))
			files->items[kept++] = files->items[i];
	files->n = kept;
}

/* head against one start, less what the others brought. */
static int compare_with(struct gate_files *out, struct gate_change *change,
                        const struct start starts[], size_t n, size_t which, struct gate_error *err)
{
	struct collector to = { change, out, err };
	int code = gate_trees_compare(change->trees, starts[which].tree, 1,
	                              &change->head_files.tree, collect, &to, err);

	for (size_t i = 0; code == GATE_OK && out->n && i < n; i++) {
		struct gate_files brought = { 0 };

		if (i == which)
			continue;
		code = list_brought(&brought, change, &starts[i], &starts[which], err);
		if (code == GATE_OK)
			leave_out_brought(out, &brought);
		free(brought.items);
	}
	return code;
}

/* Adds the files that are not there yet; both lists are, and stay, in the order of paths. */
static int unite(struct gate_files *to, const struct gate_files *more, struct gate_error *err)
{
	struct gate_files both = { 0 };
	size_t a = 0, b = 0;
	int code = GATE_OK;

	if (!more->n)
		return GATE_OK;
	code = gate_grow(&both.items, &both.cap, to->n + more->n, sizeof(*both.items), err);
	if (code < 0)
		return code;
	while (a < to->n || b < more->n) {
		int order = a == to->n ? 1
		            : b == more->n
		                    ? -1
		                    : strcmp(to->items[a].file.path, more->items[b].file.path);

		both.items[both.n++] = order > 0 ? more->items[b] : to->items[a];
		a += order <= 0;
		b += order >= 0;
	}
	free(to->items);
	to->items = both.items;
	to->n = both.n;
	to->cap = both.cap;
	return GATE_OK;
}

/*
 * head against base, less what came in with merges; and the other way round, what a merge took away from the commits
 * that were merged in. trees[0] is that of base, the others are those of `merged_in`.
 */
static int compare_starts(struct gate_change *change, const struct gate_oid trees[], size_t n,
                          struct gate_error *err)
{
	GATE_AUTO(gate_free) struct start *starts = calloc(n, sizeof(*starts));
	int code;

	if (!starts)
		return gate_fail_memory(err);
	for (size_t i = 0; i < n; i++)
		starts[i] =
			(struct start){ i ? &change->merged_in[i - 1] : &change->base, &trees[i] };
	code = compare_with(&change->files, change, starts, n, 0, err);
	for (size_t i = 1; code == GATE_OK && i < n && n <= MAX_SIDES; i++) {
		struct gate_files taken = { 0 };

		code = compare_with(&taken, change, starts, n, i, err);
		if (code == GATE_OK)
			code = unite(&change->files, &taken, err);
		free(taken.items);
	}
	return code;
}

int gate_change_load_files(struct gate_change *change, struct gate_error *err)
{
	struct gate_files *files = &change->files;
	struct gate_error why = { 0 };
	struct collector to = { change, files, &why };
	GATE_AUTO(gate_free) struct gate_oid *olds = NULL;
	size_t n = 0;
	int code;

	if (files->loaded)
		return GATE_OK;
	if (!change->has_head || !change->base_known.known) {
		files->loaded = true;
		/* What has no head (a deletion) changes no files, and that is known. */
		files->known = change->base_known;
		return GATE_OK;
	}
	code = trees_of(&olds, &n, change, change->has_base ? &change->base : NULL,
	                change->merged_in, change->n_merged_in, &why);
	if (code == GATE_OK)
		code = change->head_files.index
		               ? gate_index_compare(change->repo, &olds[0], collect, &to, &why)
		               : compare_starts(change, olds, n, &why);
	code = settle(files, code, &why);
	if (code < 0 && err)
		*err = why;
	return code;
}

int gate_change_load_commits(struct gate_change *change, struct gate_error *err)
{
	GATE_AUTO(gate_commits_release) struct gate_commits list = { 0 };
	struct gate_known *known = &change->commits_known;
	int code;

	if (change->commits_loaded)
		return GATE_OK;
	change->commits_loaded = true;
	*known = change->base_known;
	if (!change->has_head || !known->known)
		return GATE_OK;
	code = gate_commits_list(&list, change->history, &change->head, change->hidden,
	                         change->n_hidden, change->max_commits, NULL, err);
	if (code < 0)
		return code;
	if (list.more) {
		known->known = false;
		snprintf(known->why, sizeof(known->why), "%zu commits, more than the limit of %zu",
		         list.total, change->max_commits);
		snprintf(known->mend, sizeof(known->mend),
		         "DORAGATE=0 git push ...   # history that was judged elsewhere");
	} else if (list.cut != GATE_CUT_NONE) {
		gate_known_cut(known, list.cut);
	}
	/* Of too many commits none is judged: an answer on the first of them would be taken for one on all. */
	if (!list.n || list.more)
		return GATE_OK;
	change->commits = calloc(list.n, sizeof(*change->commits));
	if (!change->commits)
		return gate_fail_memory(err);
	for (size_t i = 0; i < list.n; i++)
		change->commits[i].commit = list.items[i];
	change->n_commits = list.n;
	return GATE_OK;
}

int gate_commit_load_files(struct gate_change *change, struct gate_change_commit *commit,
                           struct gate_error *err)
{
	struct gate_files *files = &commit->files;
	struct gate_error why = { 0 };
	struct collector to = { change, files, &why };
	GATE_AUTO(gate_free) struct gate_oid *olds = NULL;
	const struct gate_commit *self = commit->commit;
	size_t n = 0;
	int code;

	if (files->loaded)
		return GATE_OK;
	if (self && self->cut != GATE_CUT_NONE) {
		files->loaded = true;
		gate_known_cut(&files->known, self->cut);
		return GATE_OK;
	}
	if (!self) {
		code = trees_of(&olds, &n, change, change->has_base ? &change->base : NULL, NULL, 0,
		                &why);
		if (code == GATE_OK)
			code = gate_index_compare(change->repo, &olds[0], collect, &to, &why);
	} else {
		code = trees_of(&olds, &n, change, self->n_parents ? self->parents : NULL,
		                self->n_parents ? self->parents + 1 : NULL,
		                self->n_parents ? self->n_parents - 1 : 0, &why);
		if (code == GATE_OK)
			code = gate_trees_compare(change->trees, olds, n, &self->tree, collect, &to,
			                          &why);
	}
	code = settle(files, code, &why);
	if (code < 0 && err)
		*err = why;
	return code;
}

int gate_commit_load_text(struct gate_change *change, struct gate_change_commit *commit,
                          struct gate_error *err)
{
	int code;

	if (commit->text_loaded)
		return GATE_OK;
	code = gate_commit_text_read(&commit->text, change->repo, &commit->commit->id, err);
	if (code < 0 && code != GATE_ENOTFOUND)
		return code;
	commit->text_loaded = true;
	if (code == GATE_ENOTFOUND)
		gate_known_cut(&commit->text_known, GATE_CUT_MISSING);
	else
		commit->text_known.known = true;
	return GATE_OK;
}

int gate_file_load_lines(struct gate_change *change, struct gate_change_file *file,
                         struct gate_error *err)
{
	int code;

	if (file->lines_loaded)
		return GATE_OK;
	code = gate_lines_read(&file->lines, change->repo, &file->file, err);
	if (code < 0 && code != GATE_ENOTFOUND)
		return code;
	file->lines_loaded = true;
	file->lines_known.known = code == GATE_OK && !file->lines.too_large;
	if (code == GATE_ENOTFOUND) {
		snprintf(file->lines_known.why, sizeof(file->lines_known.why),
		         "the content of a file is not in this clone");
		snprintf(file->lines_known.mend, sizeof(file->lines_known.mend),
		         "git fetch --refetch --no-filter");
	} else if (file->lines.too_large) {
		snprintf(file->lines_known.why, sizeof(file->lines_known.why),
		         "a file is too large to look at its lines");
	}
	return GATE_OK;
}

int gate_change_load_deployed(struct gate_change *change, struct gate_error *err)
{
	struct gate_change_deployed *deployed = &change->deployed;
	int code = GATE_OK;

	if (deployed->loaded)
		return GATE_OK;
	if (change->read_deployed)
		code = change->read_deployed(change, err);
	else
		snprintf(deployed->known.why, sizeof(deployed->known.why),
		         "the log is not read here");
	deployed->loaded = code == GATE_OK;
	return code;
}
