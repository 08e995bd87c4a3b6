/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A commit with one parent may be a squash: its author date is that of the merge, and the history of the branch is gone from the trunk. What is
 * left of that branch elsewhere says when it began. Three looks, strongest first:
 *
 *   the number in the subject     heads of requests in this clone, then ranges in the log; their files must be the same by half
 *   several commits as one range  a request that was rebased: author dates survive, and so does what all of them do together
 *   one commit as one range       a squash
 *
 * A commit of which nothing is known keeps its own date, and is approximate.
 */
#include "gate/metrics/evidence.h"

#include "gate/base/limits.h"
#include "gate/metrics/fingerprint.h"
#include "gate/metrics/memo.h"
#include "gate/metrics/overlap.h"
#include "gate/metrics/ranges.h"
#include "gate/metrics/requests.h"
#include "gate/metrics/trunk.h"

struct gate_evidence {
	struct gate_metrics_input input; /* what it points to is borrowed */
	struct gate_arena arena;
	struct gate_history *history; /* borrowed */
	struct gate_trees *trees;     /* borrowed */
	struct gate_memo *memo;       /* borrowed; NULL: nothing is remembered */
	struct gate_trunk *trunk;     /* borrowed */
	struct gate_requests requests;
	struct gate_requests
		recorded; /* tips of ranges of requests that are here; newest first within one */
	struct gate_ranges ranges;
	bool has_requests, has_ranges; /* they were read */
};

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

/* A list while it is looked at. */
struct looking {
	struct gate_evidence *evidence;
	struct gate_unit **units;  /* newest first */
	struct gate_unit **became; /* what each became; NULL: nothing yet */
	size_t n;
	bool cut; /* files or lines that would tell are not here */
	struct gate_error *err;
};

/* Changes next to each other: from the newest at `first` to the oldest, which is the last of `n`. */
struct run {
	size_t first, n;
};

/* What is not here is no evidence; only memory is an error. */
static int unless_memory(struct looking *looking, int code)
{
	return code == GATE_ENOMEM ? gate_fail_memory(looking->err) : GATE_OK;
}

static int commit_of(const struct gate_commit **out, const struct looking *looking, size_t at,
                     struct gate_error *why)
{
	return gate_history_commit(out, looking->evidence->history, &looking->units[at]->id, why);
}

/* The commits at the two ends of a run, and the parent of the oldest. NULL: it has none, or something is not here. */
static int ends_of(const struct gate_commit **newest, const struct gate_commit **parent,
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
	return unless_memory(looking, code);
}

static bool touches_any(const bool *touches, size_t at)
{
	return touches && touches[at];
}

/* One change in the place of a run. `n_branch`: commits of the branch. */
static int become(struct looking *looking, const struct run *run, enum gate_evidence_kind kind,
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
	struct gate_branch_range range;
	bool matches = false;
	int code = ends_of(&newest, &parent, looking, run);

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
                    const struct gate_oid *head, enum gate_evidence_kind kind)
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
		return unless_memory(looking, code);
	*done = known->matches;
	return known->matches ? become(looking, run, kind, known->first_author, known->n_commits,
	                               looking->units[run->first]->request)
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
		code = try_head(done, looking, run, &requests->items[i].head, kind);
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

/* True when the change at `at` stands on the one behind it. */
static int is_chained(bool *out, struct looking *looking, size_t at)
{
	const struct gate_commit *commit;
	struct gate_error why = { 0 };
	int code = commit_of(&commit, looking, at, &why);

	*out = code == GATE_OK && commit->n_parents &&
	       gate_oid_equal(&commit->parents[0], &looking->units[at + 1]->id);
	return unless_memory(looking, code);
}

static bool is_open(const struct looking *looking, size_t at)
{
	return looking->units[at]->approximate && !looking->became[at];
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

/* Changes of one request stand together. */
static int find_requests(struct looking *looking)
{
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < looking->n;) {
		const uint32_t request = looking->units[i]->request;
		struct run run = { i, 1 };
		bool more = request && is_open(looking, i);

		while (code == GATE_OK && more && i + run.n < looking->n) {
			const size_t next = i + run.n;

			more = is_open(looking, next) && looking->units[next]->request == request;
			if (more)
				code = is_chained(&more, looking, next - 1);
			run.n += more;
		}
		if (code == GATE_OK && request && is_open(looking, i))
			code = try_request(looking, &run);
		if (code == GATE_OK && run.n > 1 && is_open(looking, i))
			code = try_each(looking, &run);
		i += run.n;
	}
	return code;
}

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
	code = ends_of(&newest, &parent, looking, run);
	if (code < 0 || !parent)
		return code;
	code = gate_fingerprint_trees(hex, evidence->input.repo, &parent->tree, &newest->tree,
	                              &why);
	if (code < 0) {
		hex[0] = '\0';
		looking->cut = true;
		return unless_memory(looking, code);
	}
	return evidence->memo ? gate_memo_add_print(evidence->memo, &key, hex, looking->err)
	                      : GATE_OK;
}

/* Whether the run is one line of changes of which nothing is known yet. */
static int is_whole(bool *out, struct looking *looking, const struct run *run)
{
	int code = GATE_OK;

	*out = true;
	for (size_t i = run->first; code == GATE_OK && *out && i < run->first + run->n; i++) {
		*out = is_open(looking, i);
		if (*out && i + 1 < run->first + run->n)
			code = is_chained(out, looking, i);
	}
	return code;
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
	code = is_whole(&whole, looking, &run);
	if (code == GATE_OK && whole)
		code = print_run(hex, looking, &run);
	if (code < 0 || !whole || strcmp(hex, known->range.fingerprint) != 0)
		return code;
	if (known->request)
		return become(looking, &run, GATE_EVIDENCE_RANGE, known->range.first_author, run.n,
		              known->request);
	for (size_t i = run.first; code == GATE_OK && i <= oldest; i++) {
		const struct run one = { i, 1 };

		code = become(looking, &one, GATE_EVIDENCE_RANGE, looking->units[i]->authored, 1,
		              0);
	}
	return code;
}

/*
 * Branches that were rebased: the oldest of their commits has the author date that a range begins with. A branch that was pushed often has many such
 * ranges, and what became of it is among the newest; each takes a comparison of two trees.
 */
static int find_rebases(struct looking *looking)
{
	const struct gate_ranges *ranges = &looking->evidence->ranges;
	int code = GATE_OK;

	for (size_t at = looking->n; code == GATE_OK && ranges->n_by_author && at--;) {
		const int64_t authored = looking->units[at]->authored;
		const size_t first = gate_ranges_by_author(ranges, authored);

		for (size_t i = first;
		     code == GATE_OK && is_open(looking, at) && i < ranges->n_by_author &&
		     ranges->by_author[i]->range.first_author == authored &&
		     i - first < GATE_MAX_RANGES;
		     i++)
			code = try_range(looking, at, ranges->by_author[i]);
	}
	return code;
}

/* One commit: a range that does the same, else Gerrit's word for it. */
static int find_squash(struct looking *looking, size_t at)
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
		else if (unless_memory(looking, code) < 0)
			return code;
		looking->cut |= code < 0;
	}
	if (known)
		return become(looking, &run, GATE_EVIDENCE_RANGE, known->range.first_author,
		              known->range.n_commits, known->request);
	return unit->change_id
	               ? become(looking, &run, GATE_EVIDENCE_CHANGE_ID, unit->authored, 0, 0)
	               : GATE_OK;
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
		code = find_requests(&looking);
	if (code == GATE_OK)
		code = find_rebases(&looking);
	for (size_t i = 0; code == GATE_OK && i < list->n; i++)
		if (is_open(&looking, i))
			code = find_squash(&looking, i);
	if (code == GATE_OK)
		take_over(list, became);
	*cut |= looking.cut;
	return code;
}
