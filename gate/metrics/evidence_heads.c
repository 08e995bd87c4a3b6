/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Heads of requests: by the number in the subject, or by the author date, which a rebase keeps. Half of the files must be the same.
 */
#include "gate/base/bisect.h"
#include "gate/base/limits.h"
#include "gate/metrics/looking.h"
#include "gate/metrics/overlap.h"

/* The log names tips that this clone never had, or has no longer. */
static int read_recorded(struct gate_evidence *evidence, struct gate_error *err)
{
	struct gate_requests *out = &evidence->recorded;
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < evidence->ranges.n_by_request; i++) {
		const struct gate_known_range *known = evidence->ranges.by_request[i];
		const struct gate_commit *tip;
		struct gate_error why = { 0 };

		code = gate_history_commit(&tip, evidence->history, &known->range.tip, &why);
		if (code == GATE_ENOMEM)
			return gate_fail_memory(err);
		if (code < 0) {
			code = GATE_OK;
			continue;
		}
		code = gate_grow(&out->items, &out->cap, out->n + 1, sizeof(*out->items), err);
		if (code == GATE_OK)
			out->items[out->n++] =
				(struct gate_request_head){ known->request, known->range.tip };
	}
	return code;
}

static int read_requests(struct gate_evidence *evidence, struct gate_error *err)
{
	int code;

	if (evidence->has_requests)
		return GATE_OK;
	code = gate_requests_list(&evidence->requests, evidence->input.repo, evidence->input.remote,
	                          err);
	if (code == GATE_OK)
		code = read_recorded(evidence, err);
	evidence->has_requests = code == GATE_OK;
	return code;
}

/*
 * What a head has beyond a run. Where the run was picked onto another line, the branch began at the trunk, and what the trunk has beyond that line is not of it:
 * the shorter of both counts.
 */
static int read_branch(struct gate_branch_range *out, struct looking *looking,
                       const struct run *run, const struct gate_oid *parent,
                       const struct gate_oid *head, struct gate_error *why)
{
	struct gate_evidence *evidence = looking->evidence;
	const struct gate_metrics_input *input = &evidence->input;
	struct gate_branch_range other;
	bool is_trunk = true;
	int code = gate_branch_read(out, evidence->history, parent, head, why);

	if (code == GATE_OK && input->has_trunk)
		code = gate_trunk_has(&is_trunk, evidence->trunk, input,
		                      &looking->units[run->first]->id, why);
	if (code < 0 || is_trunk)
		return code;
	code = gate_branch_read(&other, evidence->history, &input->trunk, head, why);
	if (code == GATE_OK && other.n_commits && other.n_commits < out->n_commits)
		*out = other;
	return code;
}

/* Compares a run with the branch of a head. GATE_ENOTFOUND: something that it takes is not here. */
static int match(struct gate_memo_match *out, struct looking *looking, const struct run *run,
                 const struct gate_oid *head, struct gate_error *why)
{
	struct gate_evidence *evidence = looking->evidence;
	const struct gate_commit *newest, *parent, *base, *tip;
	struct gate_branch_range range = { 0 };
	bool matches = false;
	int code = looking_ends(&newest, &parent, looking, run);

	if (code == GATE_OK && !parent)
		code = GATE_ENOTFOUND;
	if (code == GATE_OK)
		code = read_branch(&range, looking, run, &parent->id, head, why);
	if (code == GATE_OK && range.n_commits) {
		code = gate_history_commit(&base, evidence->history, &range.base, why);
		if (code == GATE_OK)
			code = gate_history_commit(&tip, evidence->history, head, why);
		if (code == GATE_OK) {
			const struct gate_tree_pair left = { parent->tree, newest->tree };
			const struct gate_tree_pair right = { base->tree, tip->tree };

			code = gate_overlap(&matches, evidence->trees, &left, &right, why);
			looking->cut |= code < 0;
		}
	}
	if (code < 0)
		return code;
	out->matches = matches;
	out->first_author = range.first_author;
	out->n_commits = (uint32_t)range.n_commits;
	return evidence->memo ? gate_memo_add_match(evidence->memo, out, looking->err) : GATE_OK;
}

/* Takes the branch of a head for what a run was, when it is. */
static int try_head(bool *done, struct looking *looking, const struct run *run,
                    const struct gate_oid *head, uint32_t request, enum gate_evidence_kind kind)
{
	const struct gate_memo *memo = looking->evidence->memo;
	struct gate_memo_match found = { .oldest = looking->units[run->first + run->n - 1]->id,
		                         .newest = looking->units[run->first]->id,
		                         .head = *head };
	const struct gate_memo_match *known =
		memo ? gate_memo_match(memo, &found.oldest, &found.newest, head) : NULL;
	struct gate_error why = { 0 };
	int code = GATE_OK;

	if (!known) {
		code = match(&found, looking, run, head, &why);
		known = &found;
	}
	if (code < 0)
		return looking_unless_memory(looking, code);
	*done = known->matches;
	return known->matches ? looking_become(looking, run, kind, known->first_author,
	                                       known->n_commits, request)
	                      : GATE_OK;
}

/* Takes the first of the heads of its request that is what a run was. */
static int try_heads(bool *done, struct looking *looking, const struct run *run,
                     const struct gate_requests *requests, enum gate_evidence_kind kind)
{
	const uint32_t request = looking->units[run->first]->request;
	const size_t first = gate_requests_find(requests, request);
	int code = GATE_OK;

	for (size_t i = first; code == GATE_OK && !*done && i < requests->n &&
	                       requests->items[i].number == request && i - first < GATE_MAX_RANGES;
	     i++)
		code = try_head(done, looking, run, &requests->items[i].head, request, kind);
	return code;
}

/* By the number in the subjects of a run. */
static int try_request(struct looking *looking, const struct run *run)
{
	struct gate_evidence *evidence = looking->evidence;
	bool done = false;
	int code = read_requests(evidence, looking->err);

	if (code == GATE_OK)
		code = try_heads(&done, looking, run, &evidence->requests, GATE_EVIDENCE_HEAD);
	if (code == GATE_OK && !done)
		code = try_heads(&done, looking, run, &evidence->recorded, GATE_EVIDENCE_REQUEST);
	return code;
}

/* A squash and what was committed later with the same number do not do together what its branch did. */
static int try_each(struct looking *looking, const struct run *run)
{
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < run->n; i++) {
		const struct run one = { run->first + i, 1 };

		code = try_request(looking, &one);
	}
	return code;
}

int looking_find_requests(struct looking *looking)
{
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < looking->n;) {
		const uint32_t request = looking->units[i]->request;
		struct run run = { i, 1 };
		bool more = request && looking_is_open(looking, i);

		while (code == GATE_OK && more && i + run.n < looking->n) {
			const size_t next = i + run.n;

			more = looking_is_open(looking, next) &&
			       looking->units[next]->request == request;
			if (more)
				code = looking_is_chained(&more, looking, next - 1);
			run.n += more;
		}
		if (code == GATE_OK && request && looking_is_open(looking, i))
			code = try_request(looking, &run);
		if (code == GATE_OK && run.n > 1 && looking_is_open(looking, i))
			code = try_each(looking, &run);
		i += run.n;
	}
	return code;
}

static int by_time(const void *a, const void *b)
{
	const struct dated_head *left = a, *right = b;

	if (left->time != right->time)
		return left->time < right->time ? -1 : 1;
	return (left->head > right->head) - (left->head < right->head);
}

/* The author date of a head; false in *here: it is no commit of this clone. Remembered as what a head has beyond nothing. */
static int date_of(int64_t *time, bool *here, struct looking *looking, const struct gate_oid *head)
{
	struct gate_evidence *evidence = looking->evidence;
	struct gate_memo_match date = { .head = *head, .matches = true };
	const struct gate_memo_match *known =
		evidence->memo
			? gate_memo_match(evidence->memo, &gate_oid_zero, &gate_oid_zero, head)
			: NULL;
	const struct gate_commit *commit;
	struct gate_error why = { 0 };
	int code;

	*here = true;
	if (known) {
		*time = known->first_author;
		return GATE_OK;
	}
	code = gate_history_commit(&commit, evidence->history, head, &why);
	*here = code == GATE_OK;
	if (code < 0)
		return looking_unless_memory(looking, code);
	*time = date.first_author = commit->author_time;
	return evidence->memo ? gate_memo_add_match(evidence->memo, &date, looking->err) : GATE_OK;
}

static int read_dates(struct looking *looking)
{
	struct gate_evidence *evidence = looking->evidence;
	int code = read_requests(evidence, looking->err);

	if (code < 0 || evidence->has_dated)
		return code;
	evidence->dated = calloc(evidence->requests.n + 1, sizeof(*evidence->dated));
	if (!evidence->dated)
		return gate_fail_memory(looking->err);
	for (size_t i = 0; code == GATE_OK && i < evidence->requests.n; i++) {
		struct dated_head *dated = &evidence->dated[evidence->n_dated];
		bool here;

		dated->head = &evidence->requests.items[i];
		code = date_of(&dated->time, &here, looking, &dated->head->head);
		evidence->n_dated += code == GATE_OK && here;
	}
	if (evidence->n_dated)
		qsort(evidence->dated, evidence->n_dated, sizeof(*evidence->dated), by_time);
	evidence->has_dated = code == GATE_OK;
	return code;
}

static size_t first_dated(const struct gate_evidence *evidence, int64_t time)
{
	size_t low;

	GATE_BISECT(low, evidence->n_dated, evidence->dated[low].time < time);
	return low;
}

/* What a head has beyond a change. When it is the same, made anew, so many changes of the trunk are, with the same dates. */
static int read_beyond(struct gate_memo_match *out, struct looking *looking, size_t at,
                       const struct gate_oid *head)
{
	struct gate_memo *memo = looking->evidence->memo;
	struct gate_memo_match found = { .newest = looking->units[at]->id, .head = *head };
	const struct gate_memo_match *known =
		memo ? gate_memo_match(memo, &gate_oid_zero, &found.newest, head) : NULL;
	struct gate_branch_range range;
	struct gate_error why = { 0 };
	int code;

	*out = found;
	if (known) {
		*out = *known;
		return GATE_OK;
	}
	code = gate_branch_read(&range, looking->evidence->history, &found.newest, head, &why);
	if (code < 0)
		return looking_unless_memory(looking, code);
	out->n_commits = (uint32_t)range.n_commits;
	out->first_author = range.first_author;
	return memo ? gate_memo_add_match(memo, out, looking->err) : GATE_OK;
}

static int64_t oldest_date(const struct looking *looking, const struct run *run)
{
	int64_t oldest = looking->units[run->first]->authored;

	for (size_t i = 1; i < run->n; i++)
		if (looking->units[run->first + i]->authored < oldest)
			oldest = looking->units[run->first + i]->authored;
	return oldest;
}

/* A head whose newest commit has the author date of a change: that, or the newest of several that were rebased. */
static int try_dated(struct looking *looking, size_t at, const struct gate_request_head *head)
{
	struct gate_memo_match beyond;
	struct run run = { at, 0 };
	bool whole = false, done = false;
	int code;

	code = read_beyond(&beyond, looking, at, &head->head);
	run.n = beyond.n_commits;
	if (code < 0 || !run.n || run.n > looking->n - at ||
	    oldest_date(looking, &run) != beyond.first_author)
		return code;
	code = looking_is_whole(&whole, looking, &run);
	return code == GATE_OK && whole ? try_head(&done, looking, &run, &head->head, head->number,
	                                           GATE_EVIDENCE_HEAD)
	                                : code;
}

int looking_find_dated(struct looking *looking)
{
	struct gate_evidence *evidence = looking->evidence;
	int code = GATE_OK;

	for (size_t at = 0; code == GATE_OK && at < looking->n; at++) {
		const int64_t authored = looking->units[at]->authored;
		size_t first;

		if (!looking_is_open(looking, at))
			continue;
		code = read_dates(looking);
		first = first_dated(evidence, authored);
		for (size_t i = first;
		     code == GATE_OK && looking_is_open(looking, at) && i < evidence->n_dated &&
		     evidence->dated[i].time == authored && i - first < GATE_MAX_RANGES;
		     i++)
			code = try_dated(looking, at, evidence->dated[i].head);
	}
	return code;
}
