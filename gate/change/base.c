/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/change/base.h"

#include "gate/base/limits.h"

#include <stdarg.h>

int gate_change_new(struct gate_change **out, const struct gate_repo *repo, enum gate_stage stage,
                    struct gate_error *err)
{
	GATE_AUTO(gate_change_free) struct gate_change *change = calloc(1, sizeof(*change));
	int code;

	if (!change)
		return gate_fail_memory(err);
	change->repo = repo;
	change->stage = stage;
	change->max_commits = GATE_MAX_COMMITS;
	change->base_known.known = true;
	code = gate_repo_trees(&change->trees, repo, err);
	if (code < 0)
		return code;
	code = gate_repo_history(&change->history, repo, err);
	if (code < 0)
		return code;
	*out = gate_steal(&change);
	return GATE_OK;
}

static void files_release(struct gate_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		if (files->items[i].lines_loaded)
			gate_lines_release(&files->items[i].lines);
	free(files->items);
}

void gate_change_free(struct gate_change *change)
{
	if (!change)
		return;
	files_release(&change->files);
	gate_flags_release(&change->flags.list);
	gate_flag_words_free(change->flags.words);
	free(change->deployed.items);
	for (size_t i = 0; i < change->n_commits; i++) {
		files_release(&change->commits[i].files);
		gate_commit_text_release(&change->commits[i].text);
	}
	free(change->commits);
	free(change->hidden);
	free(change->merged_in);
	free(change->name);
	free(change->branch);
	free(change->target);
	free(change->remote);
	free(change->base_how);
	free(change->judge_how);
	gate_arena_release(&change->arena);
	free(change);
}

int gate_change_say(char **field, struct gate_error *err, const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		return gate_fail_memory(err);
	free(*field);
	*field = text;
	return GATE_OK;
}

int gate_change_set_head(struct gate_change *change, const struct gate_oid *head,
                         struct gate_error *err)
{
	const struct gate_commit *commit;
	int code = gate_history_commit(&commit, change->history, head, err);

	if (code < 0)
		return code;
	change->has_head = true;
	change->head = *head;
	change->head_files = (struct gate_snapshot){ .repo = change->repo,
		                                     .trees = change->trees,
		                                     .tree = commit->tree };
	change->judge_files = change->head_files;
	change->has_judge = true;
	return gate_change_say(&change->judge_how, err, "the change itself");
}

int gate_change_hide(struct gate_change *change, const struct gate_oid *id, struct gate_error *err)
{
	struct gate_oid *grown;

	for (size_t i = 0; i < change->n_hidden; i++)
		if (gate_oid_equal(&change->hidden[i], id))
			return GATE_OK;
	grown = realloc(change->hidden, (change->n_hidden + 1) * sizeof(*grown));
	if (!grown)
		return gate_fail_memory(err);
	change->hidden = grown;
	change->hidden[change->n_hidden++] = *id;
	return GATE_OK;
}

void gate_known_cut(struct gate_known *known, enum gate_cut cut)
{
	known->known = false;
	if (cut == GATE_CUT_SHALLOW) {
		snprintf(known->why, sizeof(known->why), "this clone is shallow");
		snprintf(known->mend, sizeof(known->mend),
		         "git fetch --unshallow   # in CI: 'fetch-depth: 0' (GitHub), 'GIT_DEPTH: "
		         "\"0\"' (GitLab)");
	} else {
		snprintf(known->why, sizeof(known->why), "commits are missing in this clone");
		snprintf(known->mend, sizeof(known->mend), "git fetch --refetch --no-filter");
	}
}

const char *gate_branch_name(const char *ref)
{
	static const char prefix[] = "refs/heads/";

	return ref && !strncmp(ref, prefix, sizeof(prefix) - 1) ? ref + sizeof(prefix) - 1 : NULL;
}

/* More merges than this are not compared with each other: one walk for each pair would be felt. */
#define MAX_COMPARED 64

static int sort_newest_first(struct gate_change *change, struct gate_commits *commits,
                             struct gate_error *err)
{
	struct gate_oid *ids = commits->boundary;

	for (size_t i = 1; i < commits->n_boundary; i++)
		for (size_t k = i; k > 0; k--) {
			const struct gate_commit *newer, *older;
			struct gate_oid id = ids[k];
			int code = gate_history_commit(&newer, change->history, &ids[k], err);

			if (code == GATE_OK)
				code = gate_history_commit(&older, change->history, &ids[k - 1],
				                           err);
			if (code < 0)
				return code;
			if (newer->time <= older->time)
				break;
			ids[k] = ids[k - 1];
			ids[k - 1] = id;
		}
	return GATE_OK;
}

/* True in *out when one of the ids contains the commit. */
static int is_contained(bool *out, struct gate_change *change, const struct gate_oid *id,
                        const struct gate_oid in[], size_t n, struct gate_error *err)
{
	*out = false;
	for (size_t i = 0; !*out && i < n; i++) {
		enum gate_cut cut;
		int code = gate_is_ancestor(out, &cut, change->history, id, &in[i], err);

		if (code < 0)
			return code;
	}
	return GATE_OK;
}

/*
 * Where a change leaves what was known: of the boundary, the commits that no other one contains. A branch that merged
 * main five times leaves it once, at the newest state it took; an older state must not count, or a file that the branch
 * put back to it would not be seen. `base` comes first, when there is one already.
 */
static int find_leaves(struct gate_oid **out, size_t *n, struct gate_change *change,
                       struct gate_commits *commits, struct gate_error *err)
{
	GATE_AUTO(gate_free)
	struct gate_oid *leaves = calloc(commits->n_boundary + 1, sizeof(*leaves));
	size_t kept = 0;
	int code;

	if (!leaves)
		return gate_fail_memory(err);
	if (change->has_base)
		leaves[kept++] = change->base;
	if (commits->n_boundary > MAX_COMPARED)
		commits->n_boundary = kept ? 0 : 1;
	code = sort_newest_first(change, commits, err);
	for (size_t i = 0; code == GATE_OK && i < commits->n_boundary; i++) {
		bool contained;

		code = is_contained(&contained, change, &commits->boundary[i], leaves, kept, err);
		if (code == GATE_OK && !contained)
			leaves[kept++] = commits->boundary[i];
	}
	if (code < 0)
		return code;
	*n = kept;
	*out = gate_steal(&leaves);
	return GATE_OK;
}

/* The rest of the leaves, when base is one of them. */
static int take_merged_in(struct gate_change *change, const struct gate_oid leaves[], size_t n,
                          struct gate_error *err)
{
	free(change->merged_in);
	change->merged_in = NULL;
	change->n_merged_in = 0;
	if (n < 2)
		return GATE_OK;
	change->merged_in = calloc(n, sizeof(*change->merged_in));
	if (!change->merged_in)
		return gate_fail_memory(err);
	for (size_t i = 0; i < n; i++)
		if (!gate_oid_equal(&leaves[i], &change->base))
			change->merged_in[change->n_merged_in++] = leaves[i];
	return GATE_OK;
}

static int list_commits(struct gate_commits *commits, struct gate_change *change,
                        struct gate_error *err)
{
	return gate_commits_list(commits, change->history, &change->head, change->hidden,
	                         change->n_hidden, change->max_commits, NULL, err);
}

int gate_change_find_merged_in(struct gate_change *change, struct gate_error *err)
{
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	GATE_AUTO(gate_free) struct gate_oid *leaves = NULL;
	size_t n = 0;
	int code = list_commits(&commits, change, err);

	if (code == GATE_OK)
		code = find_leaves(&leaves, &n, change, &commits, err);
	return code < 0 ? code : take_merged_in(change, leaves, n, err);
}

int gate_change_find_fork(struct gate_change *change, size_t *n_commits, struct gate_error *err)
{
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	GATE_AUTO(gate_free) struct gate_oid *leaves = NULL;
	struct gate_oid first;
	size_t n = 0;
	int code = list_commits(&commits, change, err);

	if (code < 0)
		return code;
	*n_commits = commits.more ? commits.total : commits.n;
	change->has_base = false;
	change->base_known = (struct gate_known){ .known = true };
	if (!commits.n) {
		change->has_base = true;
		change->base = change->head;
		return gate_change_say(&change->base_how, err, "the remote has every commit of it");
	}
	if (!commits.n_boundary) {
		if (commits.cut != GATE_CUT_NONE)
			gate_known_cut(&change->base_known, commits.cut);
		return gate_change_say(&change->base_how, err, "the remote has no commit of it");
	}
	first = commits.boundary[0];
	code = find_leaves(&leaves, &n, change, &commits, err);
	if (code < 0)
		return code;
	/* Of several, the one that the first parents lead back to; else the newest. */
	change->base = leaves[0];
	for (size_t i = 0; i < n; i++)
		if (gate_oid_equal(&leaves[i], &first))
			change->base = first;
	change->has_base = true;
	code = take_merged_in(change, leaves, n, err);
	return code < 0 ? code
	                : gate_change_say(&change->base_how, err,
	                                  "the fork point from what the remote has");
}
