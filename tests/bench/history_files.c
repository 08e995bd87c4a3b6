/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Prints the files that each commit but merges changed: what `git -c core.quotePath=false log --topo-order --no-merges --no-renames --format= --name-only`
 * prints, byte for byte unless a path holds control bytes, quotes or backslashes.
 *
 *     bench_history_files REPOSITORY [REVISION]
 */
#include "gate/git/history.h"
#include "gate/git/tree.h"

static int print_path(const struct gate_file *file, void *payload)
{
	(void)payload;
	fwrite(file->path, 1, file->len, stdout);
	putchar('\n');
	return 0;
}

static int print_commit(struct gate_trees *trees, struct gate_history *history,
                        const struct gate_commit *commit, struct gate_error *err)
{
	const struct gate_oid *old_tree = &gate_oid_empty_tree;
	const struct gate_commit *parent;
	int code;

	if (commit->n_parents > 1)
		return GATE_OK;
	if (commit->n_parents == 1 && !commit->cut) {
		code = gate_history_commit(&parent, history, commit->parents, err);
		if (code < 0)
			return code;
		old_tree = &parent->tree;
	}
	return gate_trees_compare(trees, old_tree, 1, &commit->tree, print_path, NULL, err);
}

static int run(const char *dir, const char *rev, struct gate_error *err)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_history_free) struct gate_history *history = NULL;
	GATE_AUTO(gate_trees_free) struct gate_trees *trees = NULL;
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	struct gate_oid tip;
	int code = gate_repo_open(&repo, dir, err);

	if (code == GATE_OK)
		code = gate_rev_commit(&tip, repo, rev, err);
	if (code == GATE_OK)
		code = gate_history_new(&history, repo, err);
	if (code == GATE_OK)
		code = gate_trees_new(&trees, repo, err);
	if (code == GATE_OK)
		code = gate_commits_list(&commits, history, &tip, NULL, 0, 0, NULL, err);
	for (size_t i = 0; i < commits.n && code == GATE_OK; i++)
		code = print_commit(trees, history, commits.items[i], err);
	return code;
}

int main(int argc, char **argv)
{
	struct gate_error err = { 0 };

	if (argc < 2 || run(argv[1], argc > 2 ? argv[2] : "HEAD", &err) < 0) {
		fprintf(stderr, "bench_history_files: %s\n",
		        argc < 2 ? "which repository?" : err.message);
		return 1;
	}
	return 0;
}
