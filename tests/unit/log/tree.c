/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/log/tree.h"

#include "gate/base/digest.h"
#include "gate/git/write.h"
#include "tests/support/git.h"
#include "tests/support/oom.h"
#include "tests/unit/log/lines.h"

struct state {
	char *scratch, *dir;
	struct gate_repo *repo;
};

static int setup(void **out)
{
	static struct state state;

	state.scratch = test_scratch();
	state.dir = test_repo(state.scratch, "r");
	assert_ok(gate_repo_open(&state.repo, state.dir, err));
	*out = &state;
	return 0;
}

static int teardown(void **out)
{
	struct state *state = *out;

	gate_repo_free(state->repo);
	free(state->dir);
	test_scratch_remove(state->scratch);
	return 0;
}

static struct gate_oid unite(const struct state *state, const struct gate_oid *a,
                             const struct gate_oid *b, const struct gate_log_line lines[], size_t n)
{
	struct gate_oid out;

	assert_ok(gate_log_tree_unite(&out, state->repo, a, b, lines, n, err));
	return out;
}

static struct gate_oid add(const struct state *state, const struct gate_oid *a, const char *line)
{
	const struct gate_log_line one = { line, strlen(line) };

	return unite(state, a, NULL, &one, 1);
}

static int count(const struct gate_log_line *line, void *payload)
{
	(void)line;
	++*(size_t *)payload;
	return GATE_OK;
}

static size_t size(const struct state *state, const struct gate_oid *tree,
                   const struct gate_oid *since)
{
	size_t n = 0;

	assert_ok(gate_log_tree_read(state->repo, tree, since, count, NULL, &n, err));
	return n;
}

static void assert_same(const struct gate_oid *a, const struct gate_oid *b)
{
	assert_memory_equal(a, b, sizeof(*a));
}

#define MANY 1500

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 8;
}

/* Any batches in any order, over any number of trees that are joined in the end, with repeats. */
static void is_a_function_of_the_set(void **payload)
{
	const struct state *state = *payload;
	struct gate_log_line lines[MANY], shuffled[MANY];
	struct gate_oid whole;

	for (unsigned i = 0; i < MANY; i++) {
		char id[16];

		snprintf(id, sizeof(id), "e%u", i);
		/* A thousand on one day, so that it is a folder of folders; the others on some days. */
		lines[i].bytes = test_line(id, i < 1000 ? i : i * 2000, i, "");
		lines[i].len = strlen(lines[i].bytes);
	}
	whole = unite(state, NULL, NULL, lines, MANY);
	assert_int_equal(size(state, &whole, NULL), MANY);
	for (unsigned seed = 1; seed <= 12; seed++) {
		unsigned random = seed, trees = 1 + seed % 4;
		struct gate_oid parts[4], all;
		bool there[4] = { false };

		memcpy(shuffled, lines, sizeof(lines));
		for (unsigned i = MANY - 1; i > 0; i--) {
			unsigned k = next_random(&random) % (i + 1);
			struct gate_log_line line = shuffled[i];

			shuffled[i] = shuffled[k];
			shuffled[k] = line;
		}
		for (unsigned first = 0; first < MANY;) {
			unsigned n = 1 + next_random(&random) % 400,
				 to = next_random(&random) % trees;

			if (n > MANY - first)
				n = MANY - first;
			parts[to] = unite(state, there[to] ? &parts[to] : NULL, NULL,
			                  shuffled + first, n);
			there[to] = true;
			/* Some of it again, into another tree. */
			to = next_random(&random) % trees;
			parts[to] = unite(state, there[to] ? &parts[to] : NULL, NULL,
			                  shuffled + first, n / 2 + 1);
			there[to] = true;
			first += n;
		}
		all = unite(state, NULL, NULL, NULL, 0);
		for (unsigned i = 0; i < trees; i++)
			if (there[i])
				all = unite(state, &all, &parts[i], NULL, 0);
		assert_same(&all, &whole);
	}
	for (unsigned i = 0; i < MANY; i++)
		free((void *)(uintptr_t)lines[i].bytes);
}

static void keeps_the_line_that_was_recorded_first(void **payload)
{
	const struct state *state = *payload;
	char *late = test_line("a", 1, 20, ""), *early = test_line("a", 1, 10, "");
	struct gate_oid one = add(state, NULL, early), two = add(state, NULL, late), both;

	both = add(state, &two, early);
	assert_same(&both, &one);
	both = unite(state, &one, &two, NULL, 0);
	assert_same(&both, &one);
	both = unite(state, &two, &one, NULL, 0);
	assert_same(&both, &one);
	free(late);
	free(early);
}

static void keeps_events_that_differ(void **payload)
{
	const struct state *state = *payload;
	char *a = test_line("a", 1, 1, "\"n\":1"), *b = test_line("a", 1, 2, "\"n\":1.0");
	struct gate_oid tree = add(state, NULL, a);

	tree = add(state, &tree, b);
	assert_int_equal(size(state, &tree, NULL), 2);
	free(a);
	free(b);
}

/* Numbers and text that a JSON library would change, members in another order, garbage, a line over the limit. */
static void keeps_every_byte(void **payload)
{
	const struct state *state = *payload;
	GATE_AUTO(gate_free) char *huge = calloc(1, 300000);
	char *exact =
		test_line("a", 1, 1, "\"n\":9007199254740993,\"z\":\"a\\u0000b\",\"e\":1e999");
	GATE_AUTO(gate_free) char *shown = NULL;
	struct gate_oid tree = add(state, NULL, exact);
	char hex[GATE_OID_HEX];

	memset(huge, 'x', 299999);
	tree = add(state, &tree, huge);
	tree = add(state, &tree, "{\"recorded\":");
	tree = add(state, &tree, "\xff\xfe\x01");
	assert_int_equal(size(state, &tree, NULL), 4);
	gate_oid_hex(hex, &tree);
	{
		GATE_AUTO(gate_buf_release) struct gate_buf name = { 0 };

		gate_buf_printf(&name, "%s:2026/01/01", hex);
		shown = test_git_out(state->dir, "cat-file", "blob", name.ptr);
	}
	assert_string_equal(shown, exact);
	test_git(state->dir, "fsck", "--strict", "--no-dangling");
	free(exact);
}

static void says_what_is_new_since_a_tree(void **payload)
{
	const struct state *state = *payload;
	char *a = test_line("a", 1, 1, ""), *b = test_line("b", 2, 2, ""),
	     *c = test_line("c", 86401, 3, "");
	struct gate_oid old = add(state, NULL, a), new = add(state, &old, b);

	new = add(state, &new, c);
	assert_int_equal(size(state, &new, &old), 2);
	assert_int_equal(size(state, &old, &new), 0);
	free(a);
	free(b);
	free(c);
}

static void forgets_on_every_side(void **payload)
{
	const struct state *state = *payload;
	char *a = test_line("a", 1, 1, ""), *b = test_line("b", 2, 2, "");
	struct gate_oid both = add(state, NULL, a), less, again;
	char key[GATE_DIGEST_HEX];

	both = add(state, &both, b);
	gate_digest_hex(key, "test\0a", 6);
	assert_ok(gate_log_tree_forget(&less, state->repo, &both, key, "{}\n", err));
	assert_int_equal(size(state, &less, NULL), 1);
	again = unite(state, &both, &less, NULL, 0);
	assert_same(&again, &less);
	again = unite(state, &less, &both, NULL, 0);
	assert_same(&again, &less);
	again = add(state, &less, a);
	assert_same(&again, &less);
	free(a);
	free(b);
}

static struct gate_oid root_with(const struct state *state, const char *name, const char *text)
{
	struct gate_tree_item item = { .name = name, .mode = 0100644 };
	struct gate_oid tree;

	assert_ok(gate_blob_write(&item.id, state->repo, text, strlen(text), err));
	assert_ok(gate_tree_write(&tree, state->repo, &item, 1, err));
	return tree;
}

static void refuses_another_format(void **payload)
{
	const struct state *state = *payload;
	static const struct {
		const char *name, *text, *message;
	} cases[] = {
		{ "format", "doragate-log 2\n",
		  "the log has the format 'doragate-log 2' and this program writes 'doragate-log "
		  "1': it "
		  "can only be read here" },
		{ "format", "doragate-log 10\n",
		  "the log has the format 'doragate-log 10' and this program writes 'doragate-log "
		  "1': it "
		  "can only be read here" },
		{ "README", "hello\n", "this is no log: its tree has no file 'format'" },
	};
	struct gate_oid out;

	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_oid tree = root_with(state, cases[i].name, cases[i].text);
		struct gate_error err = { 0 };
		char *line = test_line("a", 1, 1, "");
		const struct gate_log_line one = { line, strlen(line) };

		assert_int_equal(gate_log_tree_unite(&out, state->repo, &tree, NULL, &one, 1, &err),
		                 GATE_ECONFIG);
		assert_string_equal(err.message, cases[i].message);
		free(line);
	}
}

static void keeps_what_it_does_not_know(void **payload)
{
	const struct state *state = *payload;
	char *line = test_line("a", 1, 1, "");
	struct gate_oid tree = add(state, NULL, line);
	GATE_AUTO(gate_tree_items_release) struct gate_tree_items items = { 0 };
	struct gate_tree_item more[2];
	struct gate_oid other, out;

	/* A later version's file, and a symlink in the place of a day. */
	assert_ok(gate_tree_items(&items, state->repo, &tree, err));
	for (size_t i = 0; i < items.n; i++)
		if (!strcmp(items.items[i].name, "format"))
			more[0] = items.items[i];
	more[1] = (struct gate_tree_item){ "index", 0100644, more[0].id };
	assert_ok(gate_tree_write(&other, state->repo, more, 2, err));
	out = unite(state, &tree, &other, NULL, 0);
	assert_int_equal(size(state, &out, NULL), 1);
	tree = unite(state, &other, &tree, NULL, 0);
	assert_same(&tree, &out);
	gate_tree_items_release(&items);
	assert_ok(gate_tree_items(&items, state->repo, &out, err));
	assert_int_equal(items.n, 3);
	free(line);
}

static int collect(const struct gate_log_line *line, void *payload)
{
	gate_buf_add(payload, line->bytes, line->len);
	gate_buf_putc(payload, '\n');
	return GATE_OK;
}

static void tell(const char *place, const char *what, void *payload)
{
	gate_buf_printf(payload, "%s %s\n", place, what);
}

/* A day that is a symlink: told, skipped, kept; what belongs there is not lost. */
static void loses_nothing_to_a_foreign_day(void **payload)
{
	const struct state *state = *payload;
	char *line = test_line("a", 1, 1, "");
	GATE_AUTO(gate_buf_release) struct gate_buf seen = { 0 };
	struct gate_tree_item item = { .name = "01", .mode = 0120000 }, root[2];
	struct gate_oid tree;

	assert_ok(gate_blob_write(&item.id, state->repo, "x", 1, err));
	assert_ok(gate_tree_write(&root[0].id, state->repo, &item, 1, err));
	item = (struct gate_tree_item){ "01", 0040000, root[0].id };
	assert_ok(gate_tree_write(&root[0].id, state->repo, &item, 1, err));
	root[0].name = "2026";
	root[0].mode = 0040000;
	root[1] = (struct gate_tree_item){ .name = "format", .mode = 0100644 };
	assert_ok(gate_blob_write(&root[1].id, state->repo, "doragate-log 1\n", 15, err));
	assert_ok(gate_tree_write(&tree, state->repo, root, 2, err));
	tree = add(state, &tree, line);
	assert_ok(gate_log_tree_read(state->repo, &tree, NULL, collect, tell, &seen, err));
	{
		GATE_AUTO(gate_buf_release) struct gate_buf wanted = { 0 };

		gate_buf_printf(&wanted, "2026/01/01 is no file of lines and was not read\n%s\n",
		                line);
		assert_string_equal(gate_buf_text(&seen), gate_buf_text(&wanted));
	}
	free(line);
}

/* A tree whose day 2026/01/05 is a file with this line, which may belong elsewhere. */
static struct gate_oid misplace(const struct state *state, const char *line)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	struct gate_tree_item item = { .name = "05", .mode = 0100644 }, root[2];
	struct gate_oid tree;

	gate_buf_printf(&text, "%s\n", line);
	assert_ok(gate_blob_write(&item.id, state->repo, text.ptr, text.len, err));
	assert_ok(gate_tree_write(&root[0].id, state->repo, &item, 1, err));
	item = (struct gate_tree_item){ "01", 0040000, root[0].id };
	assert_ok(gate_tree_write(&root[0].id, state->repo, &item, 1, err));
	root[0].name = "2026";
	root[0].mode = 0040000;
	root[1] = (struct gate_tree_item){ .name = "format", .mode = 0100644 };
	assert_ok(gate_blob_write(&root[1].id, state->repo, "doragate-log 1\n", 15, err));
	assert_ok(gate_tree_write(&tree, state->repo, root, 2, err));
	return tree;
}

static void tell_nobody(const char *place, const char *what, void *payload)
{
	(void)place;
	(void)what;
	(void)payload;
}

/* Two trees and lines to join them with. */
struct joining {
	const struct gate_repo *repo;
	const struct gate_oid *a, *b;
	struct gate_log_line lines[4];
	struct gate_oid out;
	char forgotten[GATE_DIGEST_HEX];
};

static int join(void *payload, struct gate_error *err)
{
	struct joining *joining = payload;

	return gate_log_tree_unite(&joining->out, joining->repo, joining->a, joining->b,
	                           joining->lines, GATE_COUNT(joining->lines), err);
}

static int forget(void *payload, struct gate_error *err)
{
	struct joining *joining = payload;

	return gate_log_tree_forget(&joining->out, joining->repo, joining->a, joining->forgotten,
	                            "{}\n", err);
}

static int read_since(void *payload, struct gate_error *err)
{
	struct joining *joining = payload;
	size_t n = 0;

	return gate_log_tree_read(joining->repo, joining->a, joining->b, count, tell_nobody, &n,
	                          err);
}

/* A day that is a folder of digits, days that only one has, odd lines, a line in a place that is not its own, an identity that one forgot. */
static void says_that_memory_ran_out(void **payload)
{
	const struct state *state = *payload;
	struct gate_log_line lines[257];
	struct joining joining = { .repo = state->repo };
	struct gate_oid a, b, strays, whole;

	for (unsigned i = 0; i < GATE_COUNT(lines); i++) {
		char id[16];

		snprintf(id, sizeof(id), "e%u", i);
		lines[i].bytes = test_line(id, i, i, "");
		lines[i].len = strlen(lines[i].bytes);
	}
	for (unsigned i = 0; i < GATE_COUNT(joining.lines); i++) {
		joining.lines[i].bytes =
			i == 3 ? gate_copy("odd", 3) : test_line("n", i / 2 * 86400, i % 2, "");
		joining.lines[i].len = strlen(joining.lines[i].bytes);
	}
	a = unite(state, NULL, NULL, lines, GATE_COUNT(lines));
	b = unite(state, NULL, NULL, lines + 100, 3);
	b = add(state, &b, "another odd line");
	joining.a = &a;
	joining.b = &b;
	whole = unite(state, &a, &b, joining.lines, GATE_COUNT(joining.lines));
	assert_true(test_oom_sweep(join, &joining) > 100);
	assert_same(&joining.out, &whole);
	assert_true(test_oom_sweep(read_since, &joining) > 10);
	gate_digest_hex(joining.forgotten, "test\0e100", 9);
	joining.a = &b;
	assert_true(test_oom_sweep(forget, &joining) > 10);
	assert_int_equal(size(state, &joining.out, NULL), 3);
	strays = misplace(state, lines[0].bytes);
	joining.a = &strays;
	joining.b = &joining.out;
	assert_true(test_oom_sweep(join, &joining) > 50);
	for (unsigned i = 0; i < GATE_COUNT(lines); i++)
		free((void *)(uintptr_t)lines[i].bytes);
	for (unsigned i = 0; i < GATE_COUNT(joining.lines); i++)
		free((void *)(uintptr_t)joining.lines[i].bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_a_function_of_the_set),
		cmocka_unit_test(keeps_the_line_that_was_recorded_first),
		cmocka_unit_test(keeps_events_that_differ),
		cmocka_unit_test(keeps_every_byte),
		cmocka_unit_test(says_what_is_new_since_a_tree),
		cmocka_unit_test(forgets_on_every_side),
		cmocka_unit_test(refuses_another_format),
		cmocka_unit_test(keeps_what_it_does_not_know),
		cmocka_unit_test(loses_nothing_to_a_foreign_day),
		cmocka_unit_test(says_that_memory_ran_out),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
