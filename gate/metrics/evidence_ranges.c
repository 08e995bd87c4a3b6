/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranges that the log tells of: what does the same is the same, whoever made it anew.
 */
#include "gate/base/limits.h"
#include "gate/metrics/fingerprint.h"
#include "gate/metrics/looking.h"

/* The fingerprint of all that a run does. "": not all of it is here. */
static int print_run(char hex[GATE_DIGEST_HEX], struct looking *looking, const struct run *run)
{
	struct gate_evidence *evidence = looking->evidence;
	const struct gate_oid key = gate_memo_key(&looking->units[run->first + run->n - 1]->id,
	                                          &looking->units[run->first]->id);
	const char *known = evidence->memo ? gate_memo_print(evidence->memo, &key) : NULL;
	const struct gate_commit *newest, *parent;
	struct gate_error why = { 0 };
	int code;

	hex[0] = '\0';
	if (known) {
		memcpy(hex, known, GATE_DIGEST_HEX);
		return GATE_OK;
	}
	code = looking_ends(&newest, &parent, looking, run);
	if (code < 0 || !parent)
		return code;
	code = gate_fingerprint_trees(hex, evidence->input.repo, &parent->tree, &newest->tree,
	                              &why);
	if (code < 0) {
		hex[0] = '\0';
		looking->cut = true;
		return looking_unless_memory(looking, code);
	}
	return evidence->memo ? gate_memo_add_print(evidence->memo, &key, hex, looking->err)
	                      : GATE_OK;
}

/* A run that does what a range does is its commits, made anew. Without a request each of them stays a change, and is no squash. */
static int try_range(struct looking *looking, size_t oldest, const struct gate_known_range *known)
{
	struct run run = { 0, known->range.n_commits };
	char hex[GATE_DIGEST_HEX];
	bool whole = false;
	int code = GATE_OK;

	if (run.n > oldest + 1)
		return GATE_OK;
	run.first = oldest + 1 - run.n;
	if (known->range.time > looking->units[run.first]->time)
		return GATE_OK;
	code = looking_is_whole(&whole, looking, &run);
	if (code == GATE_OK && whole)
		code = print_run(hex, looking, &run);
	if (code < 0 || !whole || strcmp(hex, known->range.fingerprint) != 0)
		return code;
	if (known->request)
		return looking_become(looking, &run, GATE_EVIDENCE_RANGE, known->range.first_author,
		                      run.n, known->request);
	for (size_t i = run.first; code == GATE_OK && i <= oldest; i++) {
		const struct run one = { i, 1 };

		code = looking_become(looking, &one, GATE_EVIDENCE_RANGE,
		                      looking->units[i]->authored, 1, 0);
	}
	return code;
}

/* A branch that was pushed often has many such ranges, and what became of it is among the newest; each takes a comparison of two trees. */
int looking_find_rebases(struct looking *looking)
{
	const struct gate_ranges *ranges = &looking->evidence->ranges;
	int code = GATE_OK;

	for (size_t at = looking->n; code == GATE_OK && ranges->n_by_author && at--;) {
		const int64_t authored = looking->units[at]->authored;

		const size_t first = gate_ranges_by_author(ranges, authored);

		for (size_t i = first;
		     code == GATE_OK && looking_is_open(looking, at) && i < ranges->n_by_author &&
		     ranges->by_author[i]->range.first_author == authored &&
		     i - first < GATE_MAX_RANGES;
		     i++)
			code = try_range(looking, at, ranges->by_author[i]);
	}
	return code;
}

int looking_find_squash(struct looking *looking, size_t at)
{
	struct gate_evidence *evidence = looking->evidence;
	const struct gate_unit *unit = looking->units[at];
	const struct run run = { at, 1 };
	const struct gate_known_range *known = NULL;
	struct gate_error why = { 0 };
	char hex[GATE_DIGEST_HEX];
	int code;

	if (evidence->ranges.n && unit->time >= evidence->ranges.oldest) {
		code = gate_fingerprint_recall(hex, evidence->memo, evidence->input.repo, &unit->id,
		                               &why);
		if (code == GATE_OK)
			known = gate_ranges_by_print(&evidence->ranges, hex, unit->time);
		else if (looking_unless_memory(looking, code) < 0)
			return code;
		looking->cut |= code < 0;
	}
	if (known)
		return looking_become(looking, &run, GATE_EVIDENCE_RANGE, known->range.first_author,
		                      known->range.n_commits, known->request);
	return unit->change_id ? looking_become(looking, &run, GATE_EVIDENCE_CHANGE_ID,
	                                        unit->authored, 0, 0)
	                       : GATE_OK;
}
