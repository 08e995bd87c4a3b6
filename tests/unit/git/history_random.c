/* SPDX-License-Identifier: Apache-2.0 */
/*
 * History against a model and against git, on random graphs: merges, criss-cross merges, octopuses, several roots,
 * clocks that tie, jump and stand still.
 */
#include "tests/support/git.h"
#include "tests/support/test.h"

#include "gate/git/history.h"

#include <inttypes.h>

#define GRAPHS 240
#define MAX_NODES 40
#define MAX_PARENTS 4
#define QUERIES 30

enum clock { IN_ORDER, TIES, NOISE, JUMPS, CLOCKS };

struct vertex {
	size_t parents[MAX_PARENTS], n_parents;
	int64_t time;
	uint64_t reach; /* itself and its ancestors, one bit each */
	struct gate_oid id;
};

struct graph {
	struct vertex v[MAX_NODES];
	size_t n;
	enum clock clock;
};

struct fixture {
	char *scratch, *dir;  /* own */
	struct graph *graphs; /* own */
	struct gate_repo *repo;
	struct gate_history *history;
	uint64_t seed;
};

static size_t below(struct fixture *f, size_t limit)
{
	f->seed = f->seed * 6364136223846793005u + 1442695040888963407u;
	return (size_t)((f->seed >> 33) % limit);
}

static uint64_t bit(size_t i)
{
	return (uint64_t)1 << i;
}

static int64_t pick_time(struct fixture *f, enum clock clock, size_t i)
{
	int64_t now = 1600000000 + (int64_t)i * 1000;

	switch (clock) {
	case TIES:
		return 1600000000 + (int64_t)i / 6;
	case NOISE:
		return 1600000000 + (int64_t)below(f, 50) * 100000;
	case JUMPS:
		if (below(f, 4) == 0)
			return below(f, 2) ? (int64_t)below(f, 9) : now + 400000000;
		return now;
	default:
		return now;
	}
}

static void add_parent(struct vertex *v, size_t parent)
{
	for (size_t i = 0; i < v->n_parents; i++) {
		if (v->parents[i] == parent)
			return;
	}
	v->parents[v->n_parents++] = parent;
}

static void make_graph(struct fixture *f, struct graph *graph, enum clock clock)
{
	size_t window = 2 + below(f, 6);

	graph->clock = clock;
	graph->n = 4 + below(f, MAX_NODES - 3);
	for (size_t i = 0; i < graph->n; i++) {
		struct vertex *v = &graph->v[i];
		size_t dice = below(f, 20);
		size_t wanted = dice == 0 ? 0 : dice < 11 ? 1 : dice < 18 ? 2 : MAX_PARENTS;

		for (size_t p = 0; i > 0 && p < wanted; p++)
			add_parent(v, i - 1 - below(f, i < window ? i : window));
		v->time = pick_time(f, clock, i);
		v->reach = bit(i);
		for (size_t p = 0; p < v->n_parents; p++)
			v->reach |= graph->v[v->parents[p]].reach;
	}
}

/* All graphs in one stream for git fast-import; commit i of graph g has the ref refs/g/<g>/<i>. */
static char *write_stream(const struct fixture *f)
{
	struct gate_buf out = { 0 };

	for (size_t g = 0; g < GRAPHS; g++) {
		for (size_t i = 0; i < f->graphs[g].n; i++) {
			const struct vertex *v = &f->graphs[g].v[i];

			gate_buf_printf(&out, "commit refs/g/%zu/%zu\nmark :%zu\n", g, i,
			                g * MAX_NODES + i + 1);
			gate_buf_printf(&out, "committer C <c@example.com> %" PRId64 " +0000\n",
			                v->time);
			gate_buf_printf(&out, "data 12\n%06zu%06zu\n", g, i);
			for (size_t p = 0; p < v->n_parents; p++)
				gate_buf_printf(&out, "%s :%zu\n", p ? "merge" : "from",
				                g * MAX_NODES + v->parents[p] + 1);
			gate_buf_puts(&out, "\n");
		}
	}
	return gate_buf_take(&out);
}

static void read_marks(struct fixture *f)
{
	GATE_AUTO(gate_free) char *path = test_path(f->dir, ".git/marks");
	FILE *file = fopen(path, "re");
	char hex[64];
	size_t mark;

	assert_non_null(file);
	while (fscanf(file, ":%zu %63s\n", &mark, hex) == 2) {
		struct vertex *v = &f->graphs[(mark - 1) / MAX_NODES].v[(mark - 1) % MAX_NODES];

		assert_ok(gate_oid_parse(&v->id, hex, strlen(hex), err));
	}
	fclose(file);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char *stream;

	f->seed = 20240229;
	f->scratch = test_scratch();
	f->dir = test_repo(f->scratch, "random");
	f->graphs = calloc(GRAPHS, sizeof(*f->graphs));
	for (size_t g = 0; g < GRAPHS; g++)
		make_graph(f, &f->graphs[g], (enum clock)(g % CLOCKS));
	stream = write_stream(f);
	test_git_input(f->dir, stream, "fast-import", "--quiet", "--export-marks=.git/marks");
	free(stream);
	read_marks(f);
	/* With generation numbers git is right whatever the clocks say. */
	test_git(f->dir, "commit-graph", "write", "--reachable", "--no-progress");
	assert_ok(gate_repo_open(&f->repo, f->dir, err));
	assert_ok(gate_history_new(&f->history, f->repo, err));
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	gate_history_free(f->history);
	gate_repo_free(f->repo);
	test_scratch_remove(f->scratch);
	free(f->dir);
	free(f->graphs);
	free(f);
	return 0;
}

static void ancestors_are_right_whatever_the_clocks_say(void **state)
{
	struct fixture *f = *state;

	for (size_t g = 0; g < GRAPHS; g++) {
		const struct graph *graph = &f->graphs[g];

		for (size_t q = 0; q < QUERIES; q++) {
			size_t a = below(f, graph->n), b = below(f, graph->n);
			enum gate_cut cut;
			bool yes;

			assert_ok(gate_is_ancestor(&yes, &cut, f->history, &graph->v[a].id,
			                           &graph->v[b].id, err));
			assert_int_equal(yes, (graph->v[b].reach & bit(a)) != 0);
			assert_int_equal(cut, GATE_CUT_NONE);
		}
	}
}

/* The common ancestors that are below no other one, one bit each. */
static uint64_t best_common(const struct graph *graph, size_t a, size_t b)
{
	uint64_t common = graph->v[a].reach & graph->v[b].reach, best = common;

	for (size_t i = 0; i < graph->n; i++) {
		if (common & bit(i))
			best &= ~(graph->v[i].reach & ~bit(i));
	}
	return best;
}

static void merge_bases_are_best_and_the_first_of_git(void **state)
{
	struct fixture *f = *state;
	size_t several = 0, none = 0;

	for (size_t g = 0; g < GRAPHS; g++) {
		const struct graph *graph = &f->graphs[g];

		for (size_t q = 0; q < QUERIES; q++) {
			size_t a = below(f, graph->n), b = below(f, graph->n);
			uint64_t best = best_common(graph, a, b);
			char left[GATE_OID_HEX], right[GATE_OID_HEX], mine[GATE_OID_HEX];
			GATE_AUTO(gate_free) char *git = NULL;
			struct gate_error why = { 0 };
			struct gate_oid base;
			enum gate_cut cut;
			int code, status;

			code = gate_merge_base(&base, &cut, f->history, &graph->v[a].id,
			                       &graph->v[b].id, &why);
			assert_int_equal(code, best ? GATE_OK : GATE_ENOTFOUND);
			assert_int_equal(cut, GATE_CUT_NONE);
			none += !best;
			if (!best)
				assert_string_equal(why.message, "there is no common ancestor");
			if (!best || ((best & (best - 1)) == 0 && q))
				continue;
			/* One of several: ask git which one. */
			several += (best & (best - 1)) != 0;
			gate_oid_hex(left, &graph->v[a].id);
			gate_oid_hex(right, &graph->v[b].id);
			git = test_git_read(f->dir, &status,
			                    TEST_ARGS("-c", "core.commitGraph=false", "merge-base",
			                              left, right));
			assert_int_equal(status, 0);
			assert_string_equal(gate_oid_hex(mine, &base), git);
		}
	}
	assert_in_range(several, 50, 100000);
	assert_in_range(none, 50, 100000);
}

static size_t vertex_of(const struct graph *graph, const struct gate_oid *id)
{
	for (size_t i = 0; i < graph->n; i++) {
		if (gate_oid_equal(&graph->v[i].id, id))
			return i;
	}
	fail_msg("a commit of another graph");
	return 0;
}

static void check_boundary(const struct graph *graph, const struct gate_commits *commits,
                           size_t tip, uint64_t listed, uint64_t hidden)
{
	uint64_t wanted = 0, got = 0;
	size_t at = tip;

	for (size_t i = 0; i < graph->n; i++) {
		for (size_t p = 0; listed & bit(i) && p < graph->v[i].n_parents; p++)
			wanted |= bit(graph->v[i].parents[p]) & hidden;
	}
	for (size_t i = 0; i < commits->n_boundary; i++) {
		size_t v = vertex_of(graph, &commits->boundary[i]);

		assert_false(got & bit(v));
		got |= bit(v);
	}
	assert_true(got == wanted);
	while (listed & bit(at) && graph->v[at].n_parents)
		at = graph->v[at].parents[0];
	if (hidden & bit(at) && at != tip)
		assert_true(gate_oid_equal(&commits->boundary[0], &graph->v[at].id));
}

static void check_list(struct fixture *f, const struct graph *graph, bool ask_git)
{
	GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf mine = { 0 };
	GATE_AUTO(gate_free) char *git = NULL;
	size_t tip = below(f, graph->n), n_hidden = below(f, 4);
	char words[4][GATE_OID_HEX + 1];
	uint64_t hidden = 0, listed = 0, seen = 0;
	const char *args[7] = { "rev-list", "--topo-order" };
	struct gate_oid ids[3];

	for (size_t i = 0; i < n_hidden; i++) {
		size_t v = below(f, graph->n);

		hidden |= graph->v[v].reach;
		ids[i] = graph->v[v].id;
		words[i + 1][0] = '^';
		gate_oid_hex(words[i + 1] + 1, &ids[i]);
	}
	listed = graph->v[tip].reach & ~hidden;
	assert_ok(gate_commits_list(&commits, f->history, &graph->v[tip].id, ids, n_hidden, 0, NULL,
	                            err));
	assert_int_equal(commits.cut, GATE_CUT_NONE);
	assert_false(commits.more);
	for (size_t i = 0; i < commits.n; i++) {
		size_t v = vertex_of(graph, &commits.items[i]->id);
		char hex[GATE_OID_HEX];

		assert_int_equal(commits.items[i]->time, graph->v[v].time);
		assert_int_equal(commits.items[i]->n_parents, graph->v[v].n_parents);
		assert_false(graph->v[v].reach & seen & ~bit(v)); /* no parent before its child */
		seen |= bit(v);
		gate_buf_printf(&mine, "%s%s", i ? "\n" : "",
		                gate_oid_hex(hex, &commits.items[i]->id));
	}
	assert_true(seen == listed);
	check_boundary(graph, &commits, tip, listed, hidden);
	if (!ask_git)
		return;
	gate_oid_hex(words[0], &graph->v[tip].id);
	for (size_t i = 0; i <= n_hidden; i++)
		args[2 + i] = words[i];
	git = test_git_read(f->dir, NULL, args);
	assert_string_equal(gate_buf_text(&mine), git);
}

static void lists_are_complete_and_in_the_order_of_git(void **state)
{
	struct fixture *f = *state;

	for (size_t g = 0; g < GRAPHS; g++) {
		for (size_t q = 0; q < QUERIES; q++)
			check_list(f, &f->graphs[g], q < 2);
	}
}

/* Every answer that calls itself sure is that of the whole history; and not all are unsure. */
static void answers_in_a_cut_history_are_right_or_unsure(void **state)
{
	struct fixture *f = *state;
	GATE_AUTO(gate_history_free) struct gate_history *history = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf shallow = { 0 };
	size_t sure = 0, unsure = 0;
	char hex[GATE_OID_HEX];

	for (size_t g = 0; g < GRAPHS; g++) {
		for (size_t n = 0; n < 3; n++) {
			const struct vertex *v = &f->graphs[g].v[below(f, f->graphs[g].n)];

			gate_buf_printf(&shallow, "%s\n", gate_oid_hex(hex, &v->id));
		}
	}
	test_write(f->dir, ".git/shallow", gate_buf_text(&shallow));
	assert_ok(gate_history_new(&history, f->repo, err));
	test_write(f->dir, ".git/shallow", "");
	for (size_t g = 0; g < GRAPHS; g++) {
		const struct graph *graph = &f->graphs[g];

		for (size_t q = 0; q < QUERIES; q++) {
			GATE_AUTO(gate_commits_release) struct gate_commits commits = { 0 };
			size_t a = below(f, graph->n), b = below(f, graph->n);
			const struct gate_oid *left = &graph->v[a].id, *right = &graph->v[b].id;
			uint64_t best = best_common(graph, a, b), listed = 0;
			struct gate_oid base;
			enum gate_cut cut;
			bool yes;
			int code;

			assert_ok(gate_is_ancestor(&yes, &cut, history, left, right, err));
			if (cut == GATE_CUT_NONE)
				assert_int_equal(yes, (graph->v[b].reach & bit(a)) != 0);
			else
				assert_false(yes);
			if (graph->clock != IN_ORDER)
				continue;
			code = gate_merge_base(&base, &cut, history, left, right, NULL);
			if (cut == GATE_CUT_NONE && best) {
				assert_int_equal(code, GATE_OK);
				/* The newest, for the clock is in order. */
				assert_true(best >> vertex_of(graph, &base) == 1);
			} else if (cut == GATE_CUT_NONE) {
				assert_int_equal(code, GATE_ENOTFOUND);
			}
			assert_ok(
				gate_commits_list(&commits, history, left, right, 1, 0, NULL, err));
			sure += commits.cut == GATE_CUT_NONE;
			unsure += commits.cut == GATE_CUT_SHALLOW;
			for (size_t i = 0; i < commits.n; i++)
				listed |= bit(vertex_of(graph, &commits.items[i]->id));
			if (commits.cut == GATE_CUT_NONE)
				assert_true(listed == (graph->v[a].reach & ~graph->v[b].reach));
		}
	}
	assert_in_range(sure, 200, 100000);
	assert_in_range(unsure, 200, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ancestors_are_right_whatever_the_clocks_say),
		cmocka_unit_test(merge_bases_are_best_and_the_first_of_git),
		cmocka_unit_test(lists_are_complete_and_in_the_order_of_git),
		cmocka_unit_test(answers_in_a_cut_history_are_right_or_unsure),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
