/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/internal.h"
#include "gate/git/tree.h"
#include "gate/git/tree_entry.h"

/** What to do about extensions that git writes and libgit2 cannot read; both keep parts of the index elsewhere. */
static const struct {
	const char *extension, *kind, *remedy;
} foreign[] = {
	{ "'link'", "split", "git update-index --no-split-index" },
	{ "'sdir'", "sparse", "git sparse-checkout reapply --no-sparse-index" },
};

static int fail_index(struct gate_error *err)
{
	const git_error *last = git_error_last();

	for (size_t i = 0; last && i < GATE_COUNT(foreign); i++)
		if (strstr(last->message, foreign[i].extension))
			return gate_fail(err, GATE_EGIT,
			                 "cannot read the index, which is a %s one; to mend it: %s",
			                 foreign[i].kind, foreign[i].remedy);
	return gate_fail_git(err, "cannot read the index");
}

static int check_merged(git_index *index, struct gate_error *err)
{
	for (size_t i = 0; i < git_index_entrycount(index); i++) {
		const git_index_entry *entry = git_index_get_byindex(index, i);

		if (git_index_entry_stage(entry))
			return gate_fail(err, GATE_ECONFLICT, "the index has unmerged paths: '%s'",
			                 entry->path);
	}
	return GATE_OK;
}

/*
 * True when the file is the one that was read, to the nanosecond: git replaces an index by renaming another one over it. The
 * stamp is taken before reading, so a change in between makes the next call read again.
 */
static bool is_same(struct gate_caches *caches, const char *path)
{
	struct stat now = { 0 }, *then = &caches->index_stat;
	bool there = stat(path, &now) == 0;
	bool same = there && caches->index && now.st_dev == then->st_dev &&
	            now.st_ino == then->st_ino && now.st_size == then->st_size &&
	            now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
	            now.st_mtim.tv_nsec == then->st_mtim.tv_nsec &&
	            now.st_ctim.tv_sec == then->st_ctim.tv_sec &&
	            now.st_ctim.tv_nsec == then->st_ctim.tv_nsec;

	*then = now;
	return same;
}

/**
 * The index by itself: one that libgit2 opens for a repository may fold case. It is kept with the repository, and read again only
 * when the file has changed. Borrowed.
 */
static int open_index(git_index **out, const struct gate_repo *repo, struct gate_error *err)
{
	GATE_AUTO(git_index_free) git_index *index = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };

	if (repo->index_file)
		gate_buf_puts(&path, repo->index_file);
	else
		gate_buf_printf(&path, "%s/index", repo->git_dir);
	if (gate_buf_failed(&path))
		return gate_fail_memory(err);
	if (is_same(repo->caches, path.ptr)) {
		*out = repo->caches->index;
		return check_merged(*out, err);
	}
	git_index_free(repo->caches->index);
	repo->caches->index = NULL;
	git_error_clear();
	if (git_index_open(&index, path.ptr) < 0)
		return fail_index(err);
	*out = repo->caches->index = gate_steal(&index);
	return check_merged(*out, err);
}

static bool is_intended(const git_index_entry *entry)
{
	return entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD;
}

/** The entries of the index, which are in the same order as the files of a tree. */
struct staged {
	git_index *index; /* borrowed */
	size_t at;
	gate_file_fn *fn;
	void *payload;
};

static const git_index_entry *next_entry(struct staged *staged)
{
	const git_index_entry *entry = git_index_get_byindex(staged->index, staged->at);

	while (entry && is_intended(entry))
		entry = git_index_get_byindex(staged->index, ++staged->at);
	return entry;
}

static int report_added(const struct staged *staged, const git_index_entry *entry)
{
	struct gate_file file = { .path = entry->path,
		                  .len = strlen(entry->path),
		                  .status = GATE_FILE_ADDED,
		                  .new_id = gate_oid_from_git(&entry->id),
		                  .new_mode = (uint16_t)entry->mode };

	return staged->fn(&file, staged->payload);
}

/** Reports what the index adds before `path`, or to its end for NULL. */
static int report_before(struct staged *staged, const char *path)
{
	const git_index_entry *entry = next_entry(staged);
	int code = 0;

	for (; !code && entry && (!path || strcmp(entry->path, path) < 0);
	     entry = next_entry(staged)) {
		staged->at++;
		code = report_added(staged, entry);
	}
	return code;
}

/** A file of the old tree: gone, changed or the same. */
static int on_tree_file(const struct gate_file *in_tree, void *payload)
{
	struct staged *staged = payload;
	struct gate_file file = { .path = in_tree->path,
		                  .len = in_tree->len,
		                  .status = GATE_FILE_DELETED,
		                  .old_id = in_tree->new_id,
		                  .old_mode = in_tree->new_mode };
	const git_index_entry *entry;
	int code = report_before(staged, in_tree->path);

	if (code)
		return code;
	entry = next_entry(staged);
	if (entry && strcmp(entry->path, in_tree->path) == 0) {
		file.status = GATE_FILE_MODIFIED;
		file.new_id = gate_oid_from_git(&entry->id);
		file.new_mode = (uint16_t)entry->mode;
		staged->at++;
		if (file.new_mode == file.old_mode && gate_oid_equal(&file.new_id, &file.old_id))
			return 0;
	}
	return staged->fn(&file, staged->payload);
}

int gate_index_compare(const struct gate_repo *repo, const struct gate_oid *old_tree,
                       gate_file_fn *fn, void *payload, struct gate_error *err)
{
	GATE_AUTO(git_index_free) git_index *index = NULL;
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;
	struct staged staged = { .fn = fn, .payload = payload };
	int code = open_index(&staged.index, repo, err);

	if (code < 0)
		return code;
	/* Taken out while it is walked: `fn` may look into the index too, and find that git has replaced it. */
	index = gate_steal(&repo->caches->index);
	code = gate_trees_new(&trees, repo, err);
	if (code < 0)
		return code;
	code = gate_trees_compare(trees, NULL, 0, old_tree, on_tree_file, &staged, err);
	return code ? code : report_before(&staged, NULL);
}

int gate_index_list(const struct gate_repo *repo, gate_file_fn *fn, void *payload,
                    struct gate_error *err)
{
	return gate_index_compare(repo, &gate_oid_empty_tree, fn, payload, err);
}

/* True when the index holds a file below the folder `path`, which ends in a slash. */
static bool has_below(git_index *index, const char *path)
{
	size_t at, len = strlen(path);

	if (git_index_find_prefix(&at, index, path) < 0)
		return false;
	for (; at < git_index_entrycount(index); at++) {
		const git_index_entry *entry = git_index_get_byindex(index, at);

		if (strncmp(entry->path, path, len) != 0)
			return false;
		if (!is_intended(entry))
			return true;
	}
	return false;
}

int gate_index_find(struct gate_oid *id, uint16_t *mode, const struct gate_repo *repo,
                    const char *path, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf folder = { 0 };
	const git_index_entry *entry;
	git_index *index = NULL;
	int code = open_index(&index, repo, err);

	if (code < 0)
		return code;
	entry = git_index_get_bypath(index, path, 0);
	if (entry && !is_intended(entry)) {
		*id = gate_oid_from_git(&entry->id);
		*mode = (uint16_t)entry->mode;
		return GATE_OK;
	}
	gate_buf_printf(&folder, "%s/", path);
	if (gate_buf_failed(&folder))
		return gate_fail_memory(err);
	if (has_below(index, folder.ptr)) {
		*id = gate_oid_zero;
		*mode = GATE_MODE_FOLDER;
		return GATE_OK;
	}
	return gate_fail(err, GATE_ENOTFOUND, "there is no '%s'", path);
}
