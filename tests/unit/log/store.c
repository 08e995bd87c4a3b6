/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract: every case runs for every backend of the table below. A store that joins adds a row.
 */
#include "tests/support/git.h"
#include "tests/support/test.h"

#include "gate/base/buf.h"
#include "gate/log/store.h"

#include <unistd.h>

struct backend {
	const char *name;
	/* A handle on the store in the current folder, which is made when it is not there. */
	int (*open)(struct gate_store **out, struct gate_error *err);
	/* Nothing is outside of the handle: the second one is the first. */
	bool one_handle;
};

static int open_file(struct gate_store **out, struct gate_error *err)
{
	return gate_store_open(out, "file:log", &(struct gate_store_context){ 0 }, err);
}

static const struct backend backends[] = {
	{ "mem", gate_store_mem_open, true },
	{ "file", open_file, false },
};

struct fixture {
	char *dir;                /* own */
	struct gate_store *a, *b; /* two handles on one store; b may be a */
	char position[GATE_MAX_POSITION + 1];
};

static int enter(void **state)
{
	const struct backend *backend = *state;
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->dir = test_scratch();
	assert_int_equal(chdir(fixture->dir), 0);
	assert_ok(backend->open(&fixture->a, err));
	if (backend->one_handle)
		fixture->b = fixture->a;
	else
		assert_ok(backend->open(&fixture->b, err));
	*state = fixture;
	return 0;
}

static int leave(void **state)
{
	struct fixture *fixture = *state;

	if (fixture->b != fixture->a)
		gate_store_free(fixture->b);
	gate_store_free(fixture->a);
	assert_int_equal(chdir("/"), 0);
	test_scratch_remove(fixture->dir);
	free(fixture);
	return 0;
}

/* The n-th append to the first handle goes wrong from now on. */
static void arm(struct fixture *fixture, unsigned n, enum gate_fault fault)
{
	bool one = fixture->b == fixture->a;

	assert_ok(gate_store_fault(&fixture->a, fixture->a, n, fault, err));
	if (one)
		fixture->b = fixture->a;
}

/* Appends the words of `text`, each one a line. */
static int append(struct gate_store *store, const char *text, struct gate_error *err)
{
	struct gate_line lines[16];
	size_t n = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		assert_true(n < GATE_COUNT(lines));
		lines[n++] = (struct gate_line){ text, len };
		text += len + (text[len] == ' ');
	}
	return gate_store_append(store, lines, n, err);
}

#define MAX_LINES 100

struct lines {
	char *list[MAX_LINES]; /* own */
	size_t n;
};

static int collect(const struct gate_line *line, void *payload)
{
	struct lines *lines = payload;

	assert_true(lines->n < MAX_LINES);
	lines->list[lines->n] = gate_copy(line->bytes, line->len);
	assert_non_null(lines->list[lines->n++]);
	return 0;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What is visible since then, as a reader counts it: no order, no repeats. The position goes to the fixture. */
static void assert_lines(struct fixture *fixture, struct gate_store *store, const char *since,
                         const char *wanted)
{
	GATE_AUTO(gate_buf_release) struct gate_buf got = { 0 };
	struct lines lines = { .n = 0 };

	assert_ok(gate_store_read(store, since, fixture->position, collect, &lines, err));
	qsort(lines.list, lines.n, sizeof(lines.list[0]), compare_lines);
	for (size_t i = 0; i < lines.n; i++)
		if (i == 0 || strcmp(lines.list[i], lines.list[i - 1]) != 0)
			gate_buf_printf(&got, "%s%s", got.len ? " " : "", lines.list[i]);
	for (size_t i = 0; i < lines.n; i++)
		free(lines.list[i]);
	assert_string_equal(gate_buf_text(&got), wanted);
	assert_true(strlen(fixture->position) <= GATE_MAX_POSITION);
}

static void an_empty_store_has_no_lines(void **state)
{
	struct fixture *fixture = *state;

	assert_lines(fixture, fixture->a, "", "");
	assert_lines(fixture, fixture->a, fixture->position, "");
	assert_ok(append(fixture->a, "", err));
	assert_lines(fixture, fixture->a, NULL, "");
}

static void keeps_lines(void **state)
{
	struct fixture *fixture = *state;

	assert_ok(append(fixture->a, "a b c", err));
	assert_ok(append(fixture->a, "d", err));
	assert_lines(fixture, fixture->a, "", "a b c d");
	assert_lines(fixture, fixture->b, "", "a b c d");
}

static void keeps_any_bytes(void **state)
{
	static const char bytes[] = "\xff\0\r\t{\"\\";
	const struct gate_line odd = { bytes, sizeof(bytes) - 1 };
	struct fixture *fixture = *state;
	struct lines lines = { .n = 0 };

	assert_ok(gate_store_append(fixture->a, &odd, 1, err));
	assert_ok(gate_store_read(fixture->a, "", fixture->position, collect, &lines, err));
	assert_int_equal(lines.n, 1);
	assert_memory_equal(lines.list[0], bytes, sizeof(bytes));
	free(lines.list[0]);
}

static int sum_lengths(const struct gate_line *line, void *payload)
{
	*(size_t *)payload += line->len;
	return 0;
}

static void keeps_long_lines(void **state)
{
	struct fixture *fixture = *state;
	const size_t len = (size_t)256 << 10;
	char *bytes = malloc(len);
	const struct gate_line lines[] = { { bytes, len }, { "a", 1 } };
	size_t sum = 0;

	assert_non_null(bytes);
	memset(bytes, 'x', len);
	assert_ok(gate_store_append(fixture->a, lines, 1, err));
	assert_ok(gate_store_append(fixture->a, lines + 1, 1, err));
	assert_ok(gate_store_read(fixture->a, "", fixture->position, sum_lengths, &sum, err));
	free(bytes);
	assert_int_equal(sum, len + 1);
}

static void repeating_changes_nothing(void **state)
{
	struct fixture *fixture = *state;

	assert_ok(append(fixture->a, "a b", err));
	assert_ok(append(fixture->a, "a b", err));
	assert_ok(append(fixture->b, "b", err));
	assert_lines(fixture, fixture->a, "", "a b");
}

static void two_writers_lose_nothing(void **state)
{
	struct fixture *fixture = *state;

	assert_ok(append(fixture->a, "a1", err));
	assert_ok(append(fixture->b, "b1 b2", err));
	assert_lines(fixture, fixture->b, "", "a1 b1 b2");
	assert_ok(append(fixture->a, "a2 a3", err));
	assert_ok(append(fixture->b, "b3", err));
	assert_lines(fixture, fixture->a, "", "a1 a2 a3 b1 b2 b3");
	assert_lines(fixture, fixture->b, "", "a1 a2 a3 b1 b2 b3");
}

static void reads_what_is_new(void **state)
{
	struct fixture *fixture = *state;

	assert_ok(append(fixture->a, "a b", err));
	assert_lines(fixture, fixture->a, "", "a b");
	assert_lines(fixture, fixture->a, fixture->position, "");
	assert_ok(append(fixture->b, "c", err));
	assert_ok(append(fixture->a, "d", err));
	assert_lines(fixture, fixture->a, fixture->position, "c d");
	/* A position holds in another handle too. */
	assert_lines(fixture, fixture->b, fixture->position, "");
}

static void an_unknown_position_gives_everything(void **state)
{
	static const char *const wrong[] = { "x",
		                             "999999",
		                             "1:999999",
		                             "-1",
		                             " 1",
		                             "1:2:3",
		                             "0123456789012345678901234567890123456789",
		                             "99999999999999999999999:1" };
	struct fixture *fixture = *state;

	assert_ok(append(fixture->a, "a b", err));
	for (size_t i = 0; i < GATE_COUNT(wrong); i++)
		assert_lines(fixture, fixture->a, wrong[i], "a b");
}

static int stop(const struct gate_line *line, void *payload)
{
	(void)line;
	++*(int *)payload;
	return 7;
}

static void a_reader_may_stop(void **state)
{
	struct fixture *fixture = *state;
	char position[GATE_MAX_POSITION + 1] = "as it was";
	int n = 0;

	assert_ok(append(fixture->a, "a b", err));
	assert_int_equal(gate_store_read(fixture->a, "", position, stop, &n, NULL), 7);
	assert_int_equal(n, 1);
	assert_string_equal(position, "as it was");
}

static void a_refused_append_leaves_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct gate_error refused = { 0 };

	arm(fixture, 2, GATE_FAULT_REFUSE);
	assert_ok(append(fixture->a, "a", err));
	assert_int_equal(append(fixture->a, "b c", &refused), GATE_EIO);
	assert_string_equal(refused.message, "refused on purpose");
	assert_lines(fixture, fixture->a, "", "a");
	assert_ok(append(fixture->a, "b c", err));
	assert_lines(fixture, fixture->a, "", "a b c");
}

static void a_torn_append_is_made_good(void **state)
{
	struct fixture *fixture = *state;
	struct gate_error refused = { 0 };

	arm(fixture, 1, GATE_FAULT_TEAR);
	assert_int_equal(append(fixture->a, "a b c d", &refused), GATE_EIO);
	assert_string_equal(refused.message, "torn on purpose");
	assert_lines(fixture, fixture->a, "", "a b");
	assert_ok(append(fixture->a, "a b c d", err));
	assert_lines(fixture, fixture->a, "", "a b c d");
}

static void a_lost_acknowledgement_is_no_loss(void **state)
{
	struct fixture *fixture = *state;
	struct gate_error refused = { 0 };

	arm(fixture, 1, GATE_FAULT_NO_ACK);
	assert_int_equal(append(fixture->a, "a b", &refused), GATE_EIO);
	assert_string_equal(refused.message, "not acknowledged on purpose");
	assert_lines(fixture, fixture->b, "", "a b");
	assert_ok(append(fixture->a, "a b", err));
	assert_lines(fixture, fixture->b, "", "a b");
}

static void syncs_and_verifies(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf said = { 0 };
	struct fixture *fixture = *state;

	assert_ok(append(fixture->a, "a b", err));
	assert_ok(gate_store_sync(fixture->a, GATE_SYNC_SEND, err));
	assert_ok(gate_store_sync(fixture->a, GATE_SYNC_FULL, err));
	assert_ok(gate_store_verify(fixture->a, &said, err));
	assert_string_equal(gate_buf_text(&said), "");
	assert_lines(fixture, fixture->a, "", "a b");
}

static const struct {
	const char *name;
	void (*run)(void **state);
} cases[] = {
#define CASE(test) \
	{ \
#test, test \
	}
	CASE(an_empty_store_has_no_lines),
	CASE(keeps_lines),
	CASE(keeps_any_bytes),
	CASE(keeps_long_lines),
	CASE(repeating_changes_nothing),
	CASE(two_writers_lose_nothing),
	CASE(reads_what_is_new),
	CASE(an_unknown_position_gives_everything),
	CASE(a_reader_may_stop),
	CASE(a_refused_append_leaves_nothing),
	CASE(a_torn_append_is_made_good),
	CASE(a_lost_acknowledgement_is_no_loss),
	CASE(syncs_and_verifies),
};

int main(void)
{
	static struct CMUnitTest tests[GATE_COUNT(cases) * GATE_COUNT(backends)];
	static char names[GATE_COUNT(tests)][80];
	struct backend rows[GATE_COUNT(backends)];
	size_t n = 0;

	memcpy(rows, backends, sizeof(rows)); /* cmocka's state is not const */
	for (size_t i = 0; i < GATE_COUNT(cases); i++)
		for (size_t j = 0; j < GATE_COUNT(backends); j++, n++) {
			snprintf(names[n], sizeof(names[n]), "%s/%s", cases[i].name, rows[j].name);
			tests[n] = (struct CMUnitTest){ .name = names[n],
				                        .test_func = cases[i].run,
				                        .setup_func = enter,
				                        .teardown_func = leave,
				                        .initial_state = &rows[j] };
		}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
