/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/internal.h"

#include "gate/git/history.h"
#include "gate/git/tree.h"

int gate_repo_trees(struct gate_trees **out, const struct gate_repo *repo, struct gate_error *err)
{
	struct gate_caches *caches = repo->caches;
	int code = caches->trees ? GATE_OK : gate_trees_new(&caches->trees, repo, err);

	if (code == GATE_OK)
		*out = caches->trees;
	return code;
}

int gate_repo_history(struct gate_history **out, const struct gate_repo *repo,
                      struct gate_error *err)
{
	struct gate_caches *caches = repo->caches;
	int code = caches->history ? GATE_OK : gate_history_new(&caches->history, repo, err);

	if (code == GATE_OK)
		*out = caches->history;
	return code;
}

void gate_caches_free(struct gate_caches *caches)
{
	if (!caches)
		return;
	git_index_free(caches->index);
	gate_history_free(caches->history);
	gate_trees_free(caches->trees);
	free(caches);
}
