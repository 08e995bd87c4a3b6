/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change is a commit u of a first-parent chain with the commits that only it brings in. Walking from the oldest of a range up, what u reaches and
 * nobody before it reached is its own: each commit is met once.
 *
 * Where a release line merges the trunk, the merge is no single change: the chain of the trunk is followed too, and what it has are changes of
 * their own.
 */
#include "gate/metrics/units.h"

#include "gate/git/message.h"
#include "gate/metrics/evidence.h"
#include "gate/metrics/fingerprint.h"
#include "gate/metrics/idmap.h"
#include "gate/metrics/memo.h"
#include "gate/metrics/trunk.h"

#define SHORTEST_ID 7

struct gate_units {
	struct gate_metrics_input input; /* what it points to is borrowed */
	struct gate_arena arena;
	struct gate_history *history; /* borrowed */
	struct gate_trees *trees;     /* borrowed */
	struct gate_idmap by_id;      /* a change by its own commit */
	struct gate_idmap by_commit;  /* a change by any of its commits */
	struct gate_trunk trunk;
	struct gate_memo *memo;         /* borrowed; NULL: nothing is remembered */
	struct gate_evidence *evidence; /* own */
	bool has_paths;
};

void gate_units_free(struct gate_units *units)
{
	if (!units)
		return;
	gate_idmap_release(&units->by_id);
	gate_idmap_release(&units->by_commit);
	gate_evidence_free(units->evidence);
	gate_trunk_release(&units->trunk);
	gate_arena_release(&units->arena);
	free(units);
}

void gate_unit_list_release(struct gate_unit_list *list)
{
	free(list->items);
	*list = (struct gate_unit_list){ 0 };
}

int gate_units_new(struct gate_units **out, const struct gate_metrics_input *input,
                   struct gate_error *err)
{
	GATE_AUTO(gate_units_free) struct gate_units *units = calloc(1, sizeof(*units));
	int code;

	if (!units)
		return gate_fail_memory(err);
	units->input = *input;
	for (size_t i = 0; i < input->n_services; i++)
		units->has_paths |= input->services[i].paths != NULL;
	code = gate_repo_history(&units->history, input->repo, err);
	if (code == GATE_OK)
		code = gate_repo_trees(&units->trees, input->repo, err);
	if (code == GATE_OK)
		code = gate_evidence_new(&units->evidence, input, &units->trunk, err);
	if (code == GATE_OK)
		*out = gate_steal(&units);
	return code;
}

int gate_units_requests(struct gate_refs_read *out, const struct gate_units *units,
                        struct gate_error *err)
{
	return gate_evidence_refs(out, units->evidence, err);
}

struct gate_history *gate_units_history(struct gate_units *units)
{
	return units->history;
}

const struct gate_unit *gate_units_of(const struct gate_units *units, const struct gate_oid *commit)
{
	return gate_idmap_get(&units->by_commit, commit);
}

void gate_units_remember(struct gate_units *units, struct gate_memo *memo)
{
	units->memo = memo;
	gate_evidence_remember(units->evidence, memo);
}

int gate_units_ancestry(bool *out, bool *cut, struct gate_units *units,
                        const struct gate_oid *ancestor, const struct gate_oid *descendant,
                        struct gate_error *err)
{
	enum gate_cut found = GATE_CUT_NONE;
	int code;

	if (units->memo && gate_memo_ancestry(out, units->memo, ancestor, descendant))
		return GATE_OK;
	code = gate_is_ancestor(out, &found, units->history, ancestor, descendant, err);
	if (code < 0)
		return code;
	/* What a deeper clone may answer otherwise is not kept. */
	if (!*out && found) {
		*cut = true;
		return GATE_OK;
	}
	return units->memo ? gate_memo_add_ancestry(units->memo, ancestor, descendant, *out, err)
	                   : GATE_OK;
}

/* Commits of a range, and what is known of each while its changes are found. */
struct range {
	struct gate_commits commits; /* own */
	struct gate_idmap index;     /* own: id -> its place, plus one */
	bool *chained;               /* own: a change of its own */
	bool *taken;                 /* own */
	size_t *stack;               /* own */
};

static void range_release(struct range *range)
{
	gate_commits_release(&range->commits);
	gate_idmap_release(&range->index);
	free(range->chained);
	free(range->taken);
	free(range->stack);
}
GATE_DEFINE_AUTO_STRUCT(struct range, range_release)

static int range_list(struct range *range, struct gate_units *units, const struct gate_oid *base,
                      const struct gate_oid *tip, struct gate_error *err)
{
	int code = gate_commits_list(&range->commits, units->history, tip, base, base ? 1 : 0, 0,
	                             NULL, err);
	size_t n = range->commits.n;

	for (size_t i = 0; code == GATE_OK && i < n; i++)
		code = gate_idmap_set(&range->index, &range->commits.items[i]->id,
		                      (void *)(uintptr_t)(i + 1), err);
	if (code < 0)
		return code;
	range->chained = calloc(n + 1, sizeof(*range->chained));
	range->taken = calloc(n + 1, sizeof(*range->taken));
	range->stack = calloc(n + 1, sizeof(*range->stack));
	return range->chained && range->taken && range->stack ? GATE_OK : gate_fail_memory(err);
}

/* The place of an id in the range; false: it is not in it. */
static bool find(size_t *at, const struct range *range, const struct gate_oid *id)
{
	uintptr_t found = (uintptr_t)gate_idmap_get(&range->index, id);

	*at = (size_t)found - 1;
	return found != 0;
}

/* True where a commit of another line merges one of the trunk. */
static int merges_trunk(bool *out, struct gate_units *units, const struct gate_commit *commit,
                        size_t parent, struct gate_error *err)
{
	const struct gate_metrics_input *input = &units->input;
	bool is_trunk, of_trunk = false;
	int code = gate_trunk_has(&is_trunk, &units->trunk, input, &commit->id, err);

	if (code == GATE_OK && !is_trunk)
		code = gate_trunk_has(&of_trunk, &units->trunk, input, &commit->parents[parent],
		                      err);
	*out = of_trunk;
	return code;
}

/* Marks the first-parent chain from a place down, and puts the chains of the trunk that it merges on the stack. */
static int mark_chain(struct range *range, struct gate_units *units, size_t at, size_t *n_stack,
                      struct gate_error *err)
{
	for (;;) {
		const struct gate_commit *commit = range->commits.items[at];
		size_t place;

		if (range->chained[at])
			return GATE_OK;
		range->chained[at] = true;
		for (size_t i = 1; i < commit->n_parents; i++) {
			bool is_back;
			int code = merges_trunk(&is_back, units, commit, i, err);

			if (code < 0)
				return code;
			if (is_back && find(&place, range, &commit->parents[i]) &&
			    !range->chained[place] && *n_stack < range->commits.n)
				range->stack[(*n_stack)++] = place;
		}
		if (!commit->n_parents || !find(&at, range, &commit->parents[0]))
			return GATE_OK;
	}
}

static int mark_chains(struct range *range, struct gate_units *units, const struct gate_oid *tip,
                       struct gate_error *err)
{
	size_t at, n = 0;
	int code = GATE_OK;

	if (find(&at, range, tip))
		range->stack[n++] = at;
	while (code == GATE_OK && n) {
		at = range->stack[--n];
		code = mark_chain(range, units, at, &n, err);
	}
	return code;
}

struct touching {
	const struct gate_metrics_input *input;
	struct gate_unit *unit;
	size_t left; /* services that it does not touch so far */
};

static int touch(const struct gate_file *file, void *payload)
{
	struct touching *touching = payload;

	for (size_t i = 0; i < touching->input->n_services; i++) {
		const struct gate_metrics_service *service = &touching->input->services[i];

		if (touching->unit->touches[i] ||
		    (!gate_pathset_match(service->paths, file->path, file->len) &&
		     !(service->shared &&
		       gate_pathset_match(service->shared, file->path, file->len))))
			continue;
		touching->unit->touches[i] = true;
		touching->left--;
	}
	return touching->left == 0;
}

/* Where the files cannot be read, in a partial clone, every service may be meant. */
static int read_touches(struct gate_units *units, struct gate_unit *unit,
                        const struct gate_commit *commit, bool *cut, struct gate_error *err)
{
	const size_t n = units->input.n_services;
	struct touching touching = { &units->input, unit, 0 };
	struct gate_oid old = gate_oid_empty_tree;
	const struct gate_commit *parent;
	struct gate_error why = { 0 };
	int code = GATE_OK;

	unit->touches = gate_arena_alloc(&units->arena, n + 1);
	if (!unit->touches)
		return gate_fail_memory(err);
	for (size_t i = 0; i < n; i++) {
		unit->touches[i] = !units->input.services[i].paths;
		touching.left += units->input.services[i].paths != NULL;
	}
	if (!touching.left)
		return GATE_OK;
	if (commit->n_parents) {
		code = gate_history_commit(&parent, units->history, &commit->parents[0], &why);
		if (code == GATE_OK)
			old = parent->tree;
	}
	if (code == GATE_OK)
		code = gate_trees_compare(units->trees, &old, 1, &commit->tree, touch, &touching,
		                          &why);
	if (code == GATE_ENOMEM)
		return gate_fail_memory(err);
	if (code < 0) {
		*cut = true;
		memset(unit->touches, true, n);
	}
	return GATE_OK;
}

/* Adds the commit that 7 or more digits mean, when they mean one. */
static int add_undone(struct gate_units *units, struct gate_unit *unit, const char *text,
                      size_t len, struct gate_error *err)
{
	size_t n = 0;
	char hex[GATE_OID_HEX];
	struct gate_oid *ids, id;
	struct gate_error why = { 0 };
	int code;

	while (n < len && n < GATE_OID_HEX - 1 && strchr("0123456789abcdefABCDEF", text[n]) &&
	       text[n])
		n++;
	if (n < SHORTEST_ID)
		return GATE_OK;
	memcpy(hex, text, n);
	hex[n] = '\0';
	code = gate_rev_commit(&id, units->input.repo, hex, &why);
	if (code == GATE_ENOMEM)
		return gate_fail_memory(err);
	if (code < 0)
		return GATE_OK;
	ids = gate_arena_alloc(&units->arena, (unit->n_undoes + 1) * sizeof(*ids));
	if (!ids)
		return gate_fail_memory(err);
	if (unit->n_undoes)
		memcpy(ids, unit->undoes, unit->n_undoes * sizeof(*ids));
	ids[unit->n_undoes++] = id;
	unit->undoes = ids;
	return GATE_OK;
}

/* What `git revert` writes, and Fixes trailers with an id; "Fixes: #12" is an issue, and no evidence. */
static int read_message(bool *reverts, struct gate_units *units, struct gate_unit *unit,
                        const struct gate_commit *commit, struct gate_error *err)
{
	static const char words[] = "This reverts commit ";
	GATE_AUTO(gate_commit_text_release) struct gate_commit_text text = { 0 };
	const struct gate_message *message = &text.message;
	const char *at;
	int code = gate_commit_text_read(&text, units->input.repo, &commit->id, err);

	*reverts = false;
	if (code < 0)
		return code;
	at = message->body_len ? memmem(message->body, message->body_len, words, sizeof(words) - 1)
	                       : NULL;
	for (; code == GATE_OK && at;) {
		const char *end = message->body + message->body_len;

		*reverts = true;
		at += sizeof(words) - 1;
		code = add_undone(units, unit, at, (size_t)(end - at), err);
		at = memmem(at, (size_t)(end - at), words, sizeof(words) - 1);
	}
	for (size_t i = 0; code == GATE_OK && i < message->n_trailers; i++)
		if (!strcasecmp(message->trailers[i].key, "Fixes"))
			code = add_undone(units, unit, message->trailers[i].value,
			                  message->trailers[i].value_len, err);
	return code;
}

static int add_commit(struct gate_units *units, struct gate_unit *unit, size_t *n_reverts,
                      const struct gate_commit *commit, struct gate_error *err)
{
	const int64_t time = commit->author_time ? commit->author_time : commit->time;
	bool reverts = false;
	int code = gate_idmap_set(&units->by_commit, &commit->id, unit, err);

	if (code < 0 || commit->n_parents > 1)
		return code;
	if (!unit->n_commits || time < unit->t0)
		unit->t0 = time;
	unit->n_commits++;
	if (commit->mentions)
		code = read_message(&reverts, units, unit, commit, err);
	*n_reverts += reverts;
	return code;
}

/* Whether the subject names a branch for hotfixes, hotfix/... or hotfix-..., as what was merged. */
static int read_branch(struct gate_units *units, struct gate_unit *unit,
                       const struct gate_commit *commit, struct gate_error *err)
{
	GATE_AUTO(gate_commit_text_release) struct gate_commit_text text = { 0 };
	const char *branch;
	size_t len;
	int code;

	if (!commit->mentions)
		return GATE_OK;
	code = gate_commit_text_read(&text, units->input.repo, &commit->id, err);
	if (code == GATE_OK && gate_message_merged(&branch, &len, &text.message))
		unit->hotfix =
			len > strlen("hotfix/") && (!memcmp(branch, "hotfix/", strlen("hotfix/")) ||
		                                    !memcmp(branch, "hotfix-", strlen("hotfix-")));
	return code;
}

/* Takes the commits that only this one brings in. */
static int fill(struct gate_units *units, struct gate_unit *unit, struct range *range, size_t at,
                struct gate_error *err)
{
	size_t n = 0, n_reverts = 0;
	int code = GATE_OK;

	range->taken[at] = true;
	range->stack[n++] = at;
	while (code == GATE_OK && n) {
		const struct gate_commit *commit = range->commits.items[range->stack[--n]];

		code = add_commit(units, unit, &n_reverts, commit, err);
		for (size_t i = 0; i < commit->n_parents; i++) {
			size_t parent;

			if (!find(&parent, range, &commit->parents[i]) || range->taken[parent])
				continue;
			range->taken[parent] = true;
			range->stack[n++] = parent;
		}
	}
	unit->revert = unit->n_commits && n_reverts == unit->n_commits;
	return code;
}

/* A merge of the trunk into another line, which has no commits of its own: what it brings are changes of the trunk, and it is none itself. */
static int only_merges_trunk(bool *out, struct gate_units *units, const struct gate_commit *commit,
                             struct gate_error *err)
{
	int code = GATE_OK;

	*out = commit->n_parents > 1;
	for (size_t i = 1; code == GATE_OK && *out && i < commit->n_parents; i++)
		code = merges_trunk(out, units, commit, i, err);
	return code;
}

/* The change of a place in the range, looked at when it is new. NULL: it is none. */
static int unit_at(struct gate_unit **out, struct gate_units *units, struct range *range, size_t at,
                   bool *cut, struct gate_error *err)
{
	const struct gate_commit *commit = range->commits.items[at];
	struct gate_unit *unit = gate_idmap_get(&units->by_id, &commit->id);
	struct gate_unit known;
	bool none = false;
	int code;

	*out = unit;
	if (unit) {
		/* Its commits are taken all the same, so that nobody else takes them. */
		known = *unit;
		code = fill(units, unit, range, at, err);
		*unit = known;
		return code;
	}
	unit = gate_arena_alloc(&units->arena, sizeof(*unit));
	if (!unit)
		return gate_fail_memory(err);
	unit->id = commit->id;
	code = fill(units, unit, range, at, err);
	if (code == GATE_OK && !unit->n_commits)
		code = only_merges_trunk(&none, units, commit, err);
	if (code < 0 || none) {
		*out = NULL;
		return code;
	}
	if (code == GATE_OK && !unit->n_commits) {
		unit->t0 = commit->author_time ? commit->author_time : commit->time;
		unit->n_commits = 1;
	}
	unit->authored = unit->t0;
	unit->time = commit->time;
	/* One commit with one parent may be what is left of a whole branch. */
	unit->approximate = commit->n_parents == 1;
	if (unit->approximate) {
		unit->request = commit->request;
		unit->change_id = commit->change_id;
	}
	if (code == GATE_OK)
		code = read_branch(units, unit, commit, err);
	if (code == GATE_OK)
		code = read_touches(units, unit, commit, cut, err);
	if (code == GATE_OK)
		code = gate_idmap_set(&units->by_id, &unit->id, unit, err);
	*out = unit;
	return code;
}

static int append_unit(struct gate_unit_list *list, struct gate_unit *unit, struct gate_error *err)
{
	int code =
		gate_grow(&list->items, &list->cap, list->n + 1, sizeof(struct gate_unit *), err);

	if (code == GATE_OK)
		list->items[list->n++] = unit;
	return code;
}

/* The changes of a range that was looked at before. One that is known already from another range stays the one. */
static int recall(struct gate_unit_list *out, struct gate_units *units,
                  const struct gate_memo_range *range, struct gate_error *err)
{
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < range->n_units; i++) {
		struct gate_unit *unit = gate_idmap_get(&units->by_id, &range->units[i]->id);

		if (!unit) {
			unit = range->units[i];
			code = gate_idmap_set(&units->by_id, &unit->id, unit, err);
		}
		if (code == GATE_OK)
			code = append_unit(out, unit, err);
	}
	for (size_t i = 0; code == GATE_OK && i < range->n_commits; i++)
		code = gate_idmap_set(&units->by_commit, &range->commits[i].id,
		                      out->items[range->commits[i].unit], err);
	return code;
}

/* Keeps a range with its commits; by_commit says which change each of them came with. */
static int remember(struct gate_units *units, const struct range *range,
                    const struct gate_unit_list *list, const struct gate_oid *base,
                    const struct gate_oid *tip, struct gate_error *err)
{
	GATE_AUTO(gate_idmap_release) struct gate_idmap places = { 0 };
	struct gate_memo_range *kept;
	int code = gate_memo_add(&kept, units->memo, base, tip, list->n, range->commits.n, err);

	for (size_t i = 0; code == GATE_OK && i < list->n; i++) {
		kept->units[kept->n_units++] = list->items[i];
		code = gate_idmap_set(&places, &list->items[i]->id, (void *)(uintptr_t)(i + 1),
		                      err);
	}
	for (size_t i = 0; code == GATE_OK && i < range->commits.n; i++) {
		const struct gate_oid *id = &range->commits.items[i]->id;
		const struct gate_unit *unit = gate_idmap_get(&units->by_commit, id);
		uintptr_t place = unit ? (uintptr_t)gate_idmap_get(&places, &unit->id) : 0;

		if (place)
			kept->commits[kept->n_commits++] =
				(struct gate_memo_commit){ *id, (uint32_t)place - 1 };
	}
	return code;
}

static int look(struct gate_unit_list *out, bool *cut, struct gate_units *units,
                struct range *range, const struct gate_oid *tip, struct gate_error *err)
{
	int code = mark_chains(range, units, tip, err);

	if (range->commits.cut)
		*cut = true;
	/* No commit stands before its children, so the last ones come first. */
	for (size_t i = range->commits.n; code == GATE_OK && i--;) {
		struct gate_unit *unit;

		if (!range->chained[i])
			continue;
		code = unit_at(&unit, units, range, i, cut, err);
		if (code == GATE_OK && unit)
			code = append_unit(out, unit, err);
	}
	for (size_t i = 0; code == GATE_OK && i < out->n / 2; i++) {
		struct gate_unit *unit = out->items[i];

		out->items[i] = out->items[out->n - 1 - i];
		out->items[out->n - 1 - i] = unit;
	}
	return code;
}

/* As history has them: the evidence is not asked yet. */
static int list_units(struct gate_unit_list *out, bool *cut, struct gate_units *units,
                      const struct gate_oid *base, const struct gate_oid *tip,
                      struct gate_error *err)
{
	const struct gate_memo_range *known =
		units->memo ? gate_memo_find(units->memo, base, tip) : NULL;
	GATE_AUTO(range_release) struct range range = { 0 };
	bool is_cut = false;
	int code;

	if (known)
		return recall(out, units, known, err);
	code = range_list(&range, units, base, tip, err);
	if (code == GATE_OK)
		code = look(out, &is_cut, units, &range, tip, err);
	*cut |= is_cut;
	return code == GATE_OK && units->memo && !is_cut
	               ? remember(units, &range, out, base, tip, err)
	               : code;
}

int gate_units_between(struct gate_unit_list *out, bool *cut, struct gate_units *units,
                       const struct gate_oid *base, const struct gate_oid *tip,
                       struct gate_error *err)
{
	int code = list_units(out, cut, units, base, tip, err);

	return code == GATE_OK ? gate_evidence_apply(out, cut, units->evidence, err) : code;
}

size_t gate_unit_parts(const struct gate_unit *unit)
{
	return unit->parts ? unit->n_parts : 1;
}

const struct gate_unit *gate_unit_part(const struct gate_unit *unit, size_t i)
{
	return unit->parts ? unit->parts[i] : unit;
}

int gate_units_equal(bool *out, bool *cut, struct gate_units *units, const struct gate_unit *a,
                     const struct gate_unit *b, struct gate_error *err)
{
	struct gate_memo *memo = units->memo;
	const struct gate_repo *repo = units->input.repo;
	char left[GATE_DIGEST_HEX], right[GATE_DIGEST_HEX];
	struct gate_error why = { 0 };
	int code = gate_fingerprint_paths(left, memo, repo, &a->id, &why);

	*out = false;
	/* Lines are compared where the files are the same: many commits of one second are of one series. */
	if (code == GATE_OK)
		code = gate_fingerprint_paths(right, memo, repo, &b->id, &why);
	if (code == GATE_OK && strcmp(left, right) != 0)
		return GATE_OK;
	if (code == GATE_OK)
		code = gate_fingerprint_recall(left, memo, repo, &a->id, &why);
	if (code == GATE_OK)
		code = gate_fingerprint_recall(right, memo, repo, &b->id, &why);
	*out = code == GATE_OK && !strcmp(left, right) && !gate_fingerprint_is_empty(left);
	if (code == GATE_ENOMEM)
		return gate_fail_memory(err);
	/* Where the lines are not here they cannot be seen to be the same. */
	*cut |= code < 0;
	return GATE_OK;
}
