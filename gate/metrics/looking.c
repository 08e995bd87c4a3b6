/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/metrics/looking.h"

int looking_unless_memory(struct looking *looking, int code)
{
	return code == GATE_ENOMEM ? gate_fail_memory(looking->err) : GATE_OK;
}

static int commit_of(const struct gate_commit **out, const struct looking *looking, size_t at,
                     struct gate_error *why)
{
	return gate_history_commit(out, looking->evidence->history, &looking->units[at]->id, why);
}

int looking_ends(const struct gate_commit **newest, const struct gate_commit **parent,
                 struct looking *looking, const struct run *run)
{
	const struct gate_commit *oldest = NULL;
	struct gate_error why = { 0 };
	int code = commit_of(newest, looking, run->first, &why);

	*parent = NULL;
	if (code == GATE_OK)
		code = commit_of(&oldest, looking, run->first + run->n - 1, &why);
	if (code == GATE_OK && oldest->n_parents)
		code = gate_history_commit(parent, looking->evidence->history, &oldest->parents[0],
		                           &why);
	if (code < 0)
		*parent = NULL;
	return looking_unless_memory(looking, code);
}

static bool touches_any(const bool *touches, size_t at)
{
	return touches && touches[at];
}

int looking_become(struct looking *looking, const struct run *run, enum gate_evidence_kind kind,
                   int64_t t0, size_t n_branch, uint32_t request)
{
	struct gate_evidence *evidence = looking->evidence;
	const size_t n_services = evidence->input.n_services;
	const struct gate_unit *newest = looking->units[run->first];
	struct gate_unit *unit = gate_arena_alloc(&evidence->arena, sizeof(*unit));
	size_t n_undoes = 0;

	if (!unit)
		return gate_fail_memory(looking->err);
	*unit = *newest;
	unit->n_commits = 0;
	unit->parts = gate_arena_alloc(&evidence->arena, run->n * sizeof(*unit->parts));
	unit->touches = gate_arena_alloc(&evidence->arena, n_services + 1);
	for (size_t i = 0; i < run->n; i++)
		n_undoes += looking->units[run->first + i]->n_undoes;
	unit->undoes = gate_arena_alloc(&evidence->arena, (n_undoes + 1) * sizeof(*unit->undoes));
	if (!unit->parts || !unit->touches || !unit->undoes)
		return gate_fail_memory(looking->err);
	unit->n_undoes = 0;
	unit->n_parts = run->n;
	for (size_t i = 0; i < run->n; i++) {
		const struct gate_unit *part = looking->units[run->first + i];

		looking->became[run->first + i] = unit;
		unit->parts[i] = part;
		unit->n_commits += part->n_commits;
		unit->revert &= part->revert;
		unit->hotfix &= part->hotfix;
		if (part->authored < unit->authored)
			unit->authored = part->authored;
		for (size_t k = 0; k < part->n_undoes; k++)
			unit->undoes[unit->n_undoes++] = part->undoes[k];
		for (size_t k = 0; k < n_services; k++)
			unit->touches[k] |= touches_any(part->touches, k);
	}
	unit->t0 = t0 < unit->authored ? t0 : unit->authored;
	unit->approximate = false;
	unit->evidence = kind;
	unit->n_branch = n_branch;
	unit->request = request;
	return GATE_OK;
}

int looking_is_chained(bool *out, struct looking *looking, size_t at)
{
	const struct gate_commit *commit;
	struct gate_error why = { 0 };
	int code = commit_of(&commit, looking, at, &why);

	*out = code == GATE_OK && commit->n_parents &&
	       gate_oid_equal(&commit->parents[0], &looking->units[at + 1]->id);
	return looking_unless_memory(looking, code);
}

bool looking_is_open(const struct looking *looking, size_t at)
{
	return looking->units[at]->approximate && !looking->became[at];
}

int looking_is_whole(bool *out, struct looking *looking, const struct run *run)
{
	int code = GATE_OK;

	*out = true;
	for (size_t i = run->first; code == GATE_OK && *out && i < run->first + run->n; i++) {
		*out = looking_is_open(looking, i);
		if (*out && i + 1 < run->first + run->n)
			code = looking_is_chained(out, looking, i);
	}
	return code;
}
