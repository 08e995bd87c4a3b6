/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits that one tip has and others do not.
 *
 * Both sides are painted downwards, newest first, until the queue holds only hidden commits that are older than all
 * that was found. That is right as long as no commit is older than its parents. Clocks are wrong now and then; yet to
 * be quite sure, all hidden history had to be read. So times are trusted less by as much as they were seen to be wrong
 * (a day at least), and a number of hidden commits is read whatever their times say: next generation first, so that a
 * branch made under a wrong clock is followed back to where it started. In the usual push no clock matters: see is_certain.
 */
#include "gate/git/graph.h"

enum { TIP = 1, HIDDEN = 2, IN_BOUNDARY = 4, NAMED = 8 };

#define LEAST_SLACK (24 * 60 * 60) /* seconds */
#define BEYOND 16                  /* hidden commits read whatever their times say */
#define BEYOND_DOUBT 256           /* the same, once a clock was seen to be wrong */
#define GIT_BORN \
	1112911993 /* 2005-04-07: no commit that git made is older; clocks that start at 1970 are */

struct search {
	struct walk walk;   /* own */
	size_t n_named;     /* hidden ones that the caller named */
	struct node **line; /* own; who comes next beyond, then what was found */
	size_t n_line, line_cap;
	int64_t oldest; /* of what was found */
	int64_t slack;  /* by how much a commit was seen to be older than its parent */
	bool doubt;     /* a clock was seen to be wrong */
	enum gate_cut hidden_cut;
	int64_t newest_cut; /* of the hidden commits where history is cut */
};

static void search_release(struct search *search)
{
	walk_release(&search->walk);
	free(search->line);
}

GATE_DEFINE_AUTO_STRUCT(struct search, search_release)

static bool is_found(const struct search *search, const struct node *node)
{
	return (walk_flags(&search->walk, node) & (TIP | HIDDEN)) == TIP;
}

static int visit(struct search *search, struct node *node, struct gate_error *err)
{
	bool hidden = node->flags & HIDDEN;
	int64_t time = node->commit.time;

	if (!hidden && time < search->oldest)
		search->oldest = time;
	if (time < GIT_BORN)
		search->doubt = true;
	if (hidden && node->commit.cut) {
		search->hidden_cut = cut_join(search->hidden_cut, node->commit.cut);
		if (time > search->newest_cut)
			search->newest_cut = time;
	}
	for (size_t i = 0; i < graph_parents(node); i++) {
		struct node *parent = node->parents[i];
		int code = walk_paint(&search->walk, parent, hidden ? HIDDEN : TIP, err);

		if (code < 0)
			return code;
		if (parent->commit.time - time > search->slack) {
			search->slack = parent->commit.time - time;
			search->doubt = true;
		}
	}
	return GATE_OK;
}

static int read_by_time(struct search *search, struct gate_error *err)
{
	struct walk *walk = &search->walk;
	const struct node *newest;

	while ((newest = walk_peek(walk)) &&
	       (walk->pending || newest->commit.time >= search->oldest - search->slack)) {
		struct node *node;
		int code = walk_next(&node, walk, err);

		if (code == GATE_OK)
			code = visit(search, node, err);
		if (code < 0)
			return code;
	}
	return GATE_OK;
}

static int append(struct search *search, struct node *node, struct gate_error *err)
{
	int code = gate_grow(&search->line, &search->line_cap, search->n_line + 1,
	                     sizeof(struct node *), err);

	if (code == GATE_OK)
		search->line[search->n_line++] = node;
	return code;
}

/* Moves what is in the queue of the walk to the end of the line. */
static int stand_in_line(struct search *search, struct gate_error *err)
{
	while (search->walk.n) {
		struct node *node;
		int code = walk_next(&node, &search->walk, err);

		if (code == GATE_OK)
			code = append(search, node, err);
		if (code < 0)
			return code;
	}
	return GATE_OK;
}

static int read_beyond(struct search *search, struct gate_error *err)
{
	size_t i = 0;
	int code = stand_in_line(search, err);

	for (; code == GATE_OK && i < search->n_line && i < (search->doubt ? BEYOND_DOUBT : BEYOND);
	     i++) {
		code = visit(search, search->line[i], err);
		if (code == GATE_OK)
			code = stand_in_line(search, err);
	}
	for (; code == GATE_OK && i < search->n_line; i++)
		code = walk_push(&search->walk, search->line[i], err);
	return code;
}

/* A hidden id may be a tag's; one of a file or a folder hides nothing. */
static int hide(struct search *search, const struct gate_oid *id, bool *known,
                struct gate_error *err)
{
	struct gate_history *history = search->walk.history;
	struct gate_error ignored;
	struct gate_oid commit;
	enum gate_object_kind kind;
	struct node *node;
	int code = graph_get(&node, history, id, &ignored);

	*known = true;
	if (code == GATE_OK) {
		search->n_named += !(walk_flags(&search->walk, node) & NAMED);
		return walk_paint(&search->walk, node, HIDDEN | NAMED, err);
	}
	if (code != GATE_ENOTFOUND) {
		if (err)
			*err = ignored;
		return code;
	}
	code = gate_object_kind(&kind, history->repo, id, err);
	*known = code == GATE_OK;
	if (code < 0 || kind != GATE_OBJECT_TAG)
		return code == GATE_ENOTFOUND ? GATE_OK : code;
	code = gate_peel_commit(&commit, history->repo, id, err);
	if (code == GATE_ENOTFOUND)
		return GATE_OK;
	return code < 0 ? code : hide(search, &commit, known, err);
}

/*
 * True when all that was named as hidden lies on one line below what was found, as far as it was read. Then it is an ancestor of all
 * that was found, and cannot have any of it among its own ancestors, whatever times say.
 */
static bool is_certain(const struct search *search, const struct node *tip)
{
	size_t met = 0;

	while (is_found(search, tip) && graph_parents(tip) == 1)
		tip = tip->parents[0];
	if (is_found(search, tip))
		return false;
	for (; tip; tip = tip->linked && graph_parents(tip) ? tip->parents[0] : NULL)
		met += (walk_flags(&search->walk, tip) & NAMED) != 0;
	return met == search->n_named;
}

static int run(struct search *search, struct node *tip, const struct gate_oid hidden[],
               size_t n_hidden, size_t *unknown, struct gate_error *err)
{
	int code = walk_paint(&search->walk, tip, TIP, err);

	*unknown = 0;
	for (size_t i = 0; code == GATE_OK && i < n_hidden; i++) {
		bool known;

		code = hide(search, &hidden[i], &known, err);
		*unknown += !known;
	}
	if (code == GATE_OK)
		code = read_by_time(search, err);
	if (code == GATE_OK && search->oldest != INT64_MAX && !is_certain(search, tip))
		code = read_beyond(search, err);
	return code < 0 ? code : read_by_time(search, err);
}

/* Fills the line with all that was found, from the tip on, and counts the children of each. */
static int collect(struct search *search, struct node *tip, struct gate_error *err)
{
	int code;

	search->n_line = 0;
	if (!is_found(search, tip))
		return GATE_OK;
	code = append(search, tip, err);
	for (size_t i = 0; code == GATE_OK && i < search->n_line; i++) {
		const struct node *node = search->line[i];

		for (size_t p = 0; code == GATE_OK && p < graph_parents(node); p++) {
			struct node *parent = node->parents[p];

			if (is_found(search, parent) && parent->degree++ == 0)
				code = append(search, parent, err);
		}
	}
	return code;
}

/*
 * No parent before all of its children; of those that may come next, what was met last, which keeps a line of
 * history together. The same order as git's.
 */
static int sort(struct gate_commits *commits, const struct search *search, struct node *tip,
                struct gate_error *err)
{
	GATE_AUTO(gate_free) struct node **stack = NULL;
	size_t depth = 0;

	if (!search->n_line)
		return GATE_OK;
	stack = calloc(search->n_line, sizeof(struct node *));
	commits->items = calloc(search->n_line, sizeof(struct gate_commit *));
	if (!stack || !commits->items)
		return gate_fail_memory(err);
	stack[depth++] = tip;
	while (depth) {
		const struct node *node = stack[--depth];

		commits->items[commits->n++] = &node->commit;
		for (size_t p = 0; p < graph_parents(node); p++) {
			struct node *parent = node->parents[p];

			if (is_found(search, parent) && --parent->degree == 0)
				stack[depth++] = parent;
		}
	}
	return GATE_OK;
}

static int add_boundary(struct gate_commits *commits, size_t *cap, const struct search *search,
                        struct node *node, struct gate_error *err)
{
	int code;

	if (!(walk_flags(&search->walk, node) & HIDDEN) || node->flags & IN_BOUNDARY)
		return GATE_OK;
	code = gate_grow(&commits->boundary, cap, commits->n_boundary + 1,
	                 sizeof(*commits->boundary), err);
	if (code < 0)
		return code;
	node->flags |= IN_BOUNDARY;
	commits->boundary[commits->n_boundary++] = node->commit.id;
	return GATE_OK;
}

static int find_boundary(struct gate_commits *commits, const struct search *search,
                         struct node *tip, struct gate_error *err)
{
	struct node *node = tip;
	size_t cap = 0;
	int code = GATE_OK;

	while (is_found(search, node) && graph_parents(node))
		node = node->parents[0];
	if (node != tip)
		code = add_boundary(commits, &cap, search, node, err);
	for (size_t i = 0; i < search->n_line; i++) {
		node = search->line[i];
		for (size_t p = 0; code == GATE_OK && p < graph_parents(node); p++)
			code = add_boundary(commits, &cap, search, node->parents[p], err);
	}
	return code;
}

static enum gate_cut judge_cut(const struct search *search)
{
	enum gate_cut cut = GATE_CUT_NONE;
	int64_t oldest = INT64_MAX;

	for (size_t i = 0; i < search->n_line; i++) {
		const struct gate_commit *commit = &search->line[i]->commit;

		cut = cut_join(cut, commit->cut);
		if (commit->time < oldest)
			oldest = commit->time;
	}
	/* What is missing behind a hidden commit is older than it, and may be among what was found. */
	if (search->n_line && search->hidden_cut && search->newest_cut >= oldest)
		cut = cut_join(cut, search->hidden_cut);
	return cut;
}

int gate_commits_list(struct gate_commits *out, struct gate_history *history,
                      const struct gate_oid *tip, const struct gate_oid hidden[], size_t n_hidden,
                      size_t max, size_t *unknown, struct gate_error *err)
{
	GATE_AUTO(search_release)
	struct search search = { .oldest = INT64_MAX, .slack = LEAST_SLACK };
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	struct node *top;
	size_t not_here = 0;
	int code = graph_get(&top, history, tip, err);

	if (code < 0)
		return code;
	walk_init(&search.walk, history, HIDDEN);
	code = run(&search, top, hidden, n_hidden, &not_here, err);
	if (code == GATE_OK)
		code = collect(&search, top, err);
	if (code == GATE_OK)
		code = sort(&commits, &search, top, err);
	if (code == GATE_OK)
		code = find_boundary(&commits, &search, top, err);
	if (code < 0)
		return code;
	commits.cut = judge_cut(&search);
	commits.total = commits.n;
	if (max && commits.n > max) {
		commits.more = true;
		commits.n = max;
	}
	if (unknown)
		*unknown = not_here;
	*out = commits;
	memset(&commits, 0, sizeof(commits));
	return GATE_OK;
}

void gate_commits_release(struct gate_commits *commits)
{
	free(commits->items);
	free(commits->boundary);
	memset(commits, 0, sizeof(*commits));
}
