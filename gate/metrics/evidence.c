/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A commit with one parent may be a squash: its author date is that of the merge, and the history of the branch is gone from the trunk. What is
 * left of that branch elsewhere says when it began. Four looks, strongest first:
 *
 *   the number in the subject     heads of requests in this clone, then ranges in the log; their files must be the same by half
 *   the author date of a head     a request that was rebased: author dates survive; files as above
 *   several commits as one range  a branch that was rebased, by what all of them do together
 *   one commit as one range       a squash
 *
 * A commit of which nothing is known keeps its own date, and is approximate.
 */
#include "gate/metrics/evidence.h"

#include "gate/metrics/looking.h"

int gate_evidence_new(struct gate_evidence **out, const struct gate_metrics_input *input,
                      struct gate_trunk *trunk, struct gate_error *err)
{
	GATE_AUTO(gate_evidence_free) struct gate_evidence *evidence = calloc(1, sizeof(*evidence));
	int code;

	if (!evidence)
		return gate_fail_memory(err);
	evidence->input = *input;
	evidence->trunk = trunk;
	code = gate_repo_history(&evidence->history, input->repo, err);
	if (code == GATE_OK)
		code = gate_repo_trees(&evidence->trees, input->repo, err);
	if (code == GATE_OK)
		*out = gate_steal(&evidence);
	return code;
}

void gate_evidence_free(struct gate_evidence *evidence)
{
	if (!evidence)
		return;
	gate_requests_release(&evidence->requests);
	free(evidence->dated);
	gate_requests_release(&evidence->recorded);
	gate_ranges_release(&evidence->ranges);
	gate_arena_release(&evidence->arena);
	free(evidence);
}

void gate_evidence_remember(struct gate_evidence *evidence, struct gate_memo *memo)
{
	evidence->memo = memo;
}

static void add_heads(struct gate_buf *out, const struct gate_requests *requests, const char *end)
{
	for (size_t i = 0; i < requests->n; i++) {
		char hex[GATE_OID_HEX];

		gate_buf_printf(out, "%s %u%s", gate_oid_hex(hex, &requests->items[i].head),
		                requests->items[i].number, end);
	}
}

int gate_evidence_refs(struct gate_refs_read *out, const struct gate_evidence *evidence,
                       struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf refs = { 0 };

	*out = (struct gate_refs_read){ .n = evidence->requests.n + evidence->recorded.n };
	add_heads(&refs, &evidence->requests, "\n");
	add_heads(&refs, &evidence->recorded, " recorded\n");
	gate_digest_hex(out->digest, gate_buf_text(&refs), refs.len);
	return gate_buf_failed(&refs) ? gate_fail_memory(err) : GATE_OK;
}

static int read_ranges(struct gate_evidence *evidence, struct gate_error *err)
{
	int code = GATE_OK;

	if (evidence->has_ranges)
		return GATE_OK;
	code = gate_ranges_read(&evidence->ranges, &evidence->input, err);
	evidence->has_ranges = code == GATE_OK;
	return code;
}

/* Leaves each change once, in the place of the newest of its commits. */
static void take_over(struct gate_unit_list *list, struct gate_unit *const became[])
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct gate_unit *unit = became[i] ? became[i] : list->items[i];

		if (gate_oid_equal(&unit->id, &list->items[i]->id))
			list->items[kept++] = unit;
	}
	list->n = kept;
}

int gate_evidence_apply(struct gate_unit_list *list, bool *cut, struct gate_evidence *evidence,
                        struct gate_error *err)
{
	GATE_AUTO(gate_free)
	struct gate_unit **became = calloc(list->n + 1, sizeof(struct gate_unit *));
	struct looking looking = { evidence, list->items, became, list->n, false, err };
	int code;

	if (!became)
		return gate_fail_memory(err);
	code = read_ranges(evidence, err);
	if (code == GATE_OK)
		code = looking_find_requests(&looking);
	if (code == GATE_OK)
		code = looking_find_dated(&looking);
	if (code == GATE_OK)
		code = looking_find_rebases(&looking);
	for (size_t i = 0; code == GATE_OK && i < list->n; i++)
		if (looking_is_open(&looking, i))
			code = looking_find_squash(&looking, i);
	if (code == GATE_OK)
		take_over(list, became);
	*cut |= looking.cut;
	return code;
}
