/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/which.h"

int gate_which_change(struct gate_change **out, const struct gate_which *which,
                      const struct gate_repo *repo, struct gate_error *err)
{
	bool range = which->base || which->head;

	if (range + which->staged + (which->commit != NULL) > 1)
		return gate_fail(err, GATE_EUSAGE,
		                 "--staged, --commit and --base/--head exclude each other");
	if (which->staged && !gate_repo_work_dir(repo))
		return gate_fail(err, GATE_EUSAGE, "a bare repository has nothing staged");
	if (which->staged)
		return gate_change_from_index(out, repo, NULL, 0, err);
	if (which->commit)
		return gate_change_from_commit(out, repo, which->commit, err);
	return gate_change_from_range(out, repo, which->base, which->head, err);
}
