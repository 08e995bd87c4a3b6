/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/metrics/range.h"

#include "gate/metrics/fingerprint.h"

int gate_branch_read(struct gate_branch_range *out, struct gate_history *history,
                     const struct gate_oid *trunk, const struct gate_oid *tip,
                     struct gate_error *err)
{
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	struct gate_branch_range range = { .tip = *tip };
	const struct gate_commit *head = NULL;
	enum gate_cut cut = GATE_CUT_NONE;
	int code = gate_history_commit(&head, history, tip, err);

	if (code == GATE_OK)
		code = gate_merge_base(&range.base, &cut, history, trunk, tip, err);
	if (code == GATE_ENOTFOUND && !cut && head) {
		*out = range;
		return GATE_OK;
	}
	if (code == GATE_OK)
		code = gate_commits_list(&commits, history, tip, trunk, 1, GATE_BRANCH_MAX_COMMITS,
		                         NULL, err);
	if (code < 0)
		return code;
	if (cut || commits.cut || commits.more)
		return gate_fail(err, GATE_ENOTFOUND, "not all of the branch is here");
	range.time = head->time;
	for (size_t i = 0; i < commits.n; i++) {
		const struct gate_commit *commit = commits.items[i];
		const int64_t time = commit->author_time ? commit->author_time : commit->time;

		if (commit->n_parents > 1)
			continue;
		if (!range.n_commits++ || time < range.first_author)
			range.first_author = time;
	}
	*out = range;
	return GATE_OK;
}

int gate_branch_print(struct gate_branch_range *range, const struct gate_repo *repo,
                      struct gate_error *err)
{
	struct gate_history *history;
	const struct gate_commit *base, *tip;
	int code = gate_repo_history(&history, repo, err);

	if (code == GATE_OK)
		code = gate_history_commit(&base, history, &range->base, err);
	if (code == GATE_OK)
		code = gate_history_commit(&tip, history, &range->tip, err);
	if (code == GATE_OK)
		code = gate_fingerprint_trees(range->fingerprint, repo, &base->tree, &tip->tree,
		                              err);
	if (code == GATE_OK && gate_fingerprint_is_empty(range->fingerprint)) {
		range->fingerprint[0] = '\0';
		return gate_fail(err, GATE_ENOTFOUND, "the branch changes nothing");
	}
	return code;
}
