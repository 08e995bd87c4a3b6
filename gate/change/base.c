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
	code = gate_trees_new(&change->trees, repo, err);
	if (code < 0)
		return code;
	code = gate_history_new(&change->history, repo, err);
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
	gate_history_free(change->history);
	gate_trees_free(change->trees);
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
		         "git fetch --unshallow   (GitHub: fetch-depth: 0; GitLab: GIT_DEPTH: "
		         "\"0\")");
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

/*
 * Of the commits where the change leaves what was known, the one that contains all others is the start: a branch that merged main and
 * nothing else starts at that state of main. When none does, it is the first parents' way that leads back.
 */
static int choose_boundary(struct gate_oid *out, struct gate_change *change,
                           const struct gate_commits *commits, struct gate_error *err)
{
	for (size_t i = 0; i < commits->n_boundary; i++) {
		bool all = true;

		for (size_t k = 0; all && k < commits->n_boundary; k++) {
			enum gate_cut cut;
			int code;

			if (k == i)
				continue;
			code = gate_is_ancestor(&all, &cut, change->history, &commits->boundary[k],
			                        &commits->boundary[i], err);
			if (code < 0)
				return code;
		}
		if (all) {
			*out = commits->boundary[i];
			return GATE_OK;
		}
	}
	*out = commits->boundary[0];
	return GATE_OK;
}

static int take_merged_in(struct gate_change *change, const struct gate_commits *commits,
                          struct gate_error *err)
{
	if (commits->n_boundary < 2)
		return GATE_OK;
	change->merged_in = calloc(commits->n_boundary, sizeof(*change->merged_in));
	if (!change->merged_in)
		return gate_fail_memory(err);
	for (size_t i = 0; i < commits->n_boundary; i++)
		if (!gate_oid_equal(&commits->boundary[i], &change->base))
			change->merged_in[change->n_merged_in++] = commits->boundary[i];
	return GATE_OK;
}

int gate_change_find_merged_in(struct gate_change *change, struct gate_error *err)
{
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	int code = gate_commits_list(&commits, change->history, &change->head, change->hidden,
	                             change->n_hidden, change->max_commits, NULL, err);

	return code < 0 ? code : take_merged_in(change, &commits, err);
}

int gate_change_find_fork(struct gate_change *change, size_t *n, struct gate_error *err)
{
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	int code = gate_commits_list(&commits, change->history, &change->head, change->hidden,
	                             change->n_hidden, change->max_commits, NULL, err);

	if (code < 0)
		return code;
	*n = commits.more ? commits.total : commits.n;
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
	code = choose_boundary(&change->base, change, &commits, err);
	if (code < 0)
		return code;
	change->has_base = true;
	code = take_merged_in(change, &commits, err);
	if (code < 0)
		return code;
	return gate_change_say(&change->base_how, err, "the fork point from what the remote has");
}
