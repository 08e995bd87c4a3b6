/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/metrics/trunk.h"

#include "gate/git/history.h"

void gate_trunk_release(struct gate_trunk *trunk)
{
	gate_idmap_release(&trunk->commits);
	*trunk = (struct gate_trunk){ 0 };
}

static int read_chain(struct gate_trunk *trunk, const struct gate_metrics_input *input,
                      struct gate_error *err)
{
	struct gate_oid id = input->trunk;
	struct gate_history *history;
	bool more = input->has_trunk;
	int code = gate_repo_history(&history, input->repo, err);

	while (code == GATE_OK && more) {
		const struct gate_commit *commit;
		struct gate_error why = { 0 };

		code = gate_history_commit(&commit, history, &id, &why);
		if (code == GATE_ENOMEM)
			return gate_fail_memory(err);
		if (code < 0)
			return GATE_OK;
		code = gate_idmap_set(&trunk->commits, &commit->id, (void *)(uintptr_t)commit, err);
		more = commit->n_parents && !commit->cut;
		if (more)
			id = commit->parents[0];
	}
	return code;
}

int gate_trunk_has(bool *out, struct gate_trunk *trunk, const struct gate_metrics_input *input,
                   const struct gate_oid *commit, struct gate_error *err)
{
	int code = trunk->is_read ? GATE_OK : read_chain(trunk, input, err);

	if (code < 0)
		return code;
	trunk->is_read = true;
	*out = gate_idmap_get(&trunk->commits, commit) != NULL;
	return GATE_OK;
}
