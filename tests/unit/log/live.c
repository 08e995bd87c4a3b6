/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/log/live.h"

#include "tests/support/oom.h"
#include "tests/unit/log/lines.h"

#define NAMES(...) "\"supersedes\":[" __VA_ARGS__ "]"
#define NAME(id) "{\"source\":\"test\",\"id\":\"" id "\"}"

/* Lines, and what is said of each identity: "a counts, b superseded". In any order of arrival. */
static const struct {
	const char *name;
	struct {
		const char *id;
		unsigned at, recorded;
		const char *more;
	} lines[4];
	const char *states;
} cases[] = {
	{ "plain", { { "a", 1, 1, "" }, { "b", 2, 2, "" } }, "a counts, b counts, " },
	{ "order is that of time",
	  { { "b", 1, 1, "" }, { "a", 2, 2, "" } },
	  "b counts, a counts, " },
	{ "repeat", { { "a", 1, 2, "" }, { "a", 1, 1, "" } }, "a counts, " },
	{ "other content",
	  { { "a", 1, 2, "\"n\":1" }, { "a", 1, 1, "\"n\":2" } },
	  "a counts, a other content, " },
	{ "superseded",
	  { { "a", 1, 1, "" }, { "b", 2, 2, NAMES(NAME("a")) } },
	  "a superseded, b counts, " },
	{ "superseded by what came before it",
	  { { "b", 1, 1, NAMES(NAME("a")) }, { "a", 2, 2, "" } },
	  "b counts, a superseded, " },
	{ "chain: nothing is resurrected",
	  { { "a", 1, 1, "" }, { "b", 2, 2, NAMES(NAME("a")) }, { "c", 3, 3, NAMES(NAME("b")) } },
	  "a superseded, b superseded, c counts, " },
	{ "several: the one recorded last",
	  { { "a", 1, 1, "" }, { "b", 2, 9, NAMES(NAME("a")) }, { "c", 3, 3, NAMES(NAME("a")) } },
	  "a superseded, b counts, c outdone, " },
	{ "circle",
	  { { "a", 1, 1, NAMES(NAME("b")) }, { "b", 2, 2, NAMES(NAME("a")) } },
	  "a superseded, b superseded, " },
	{ "itself", { { "a", 1, 1, NAMES(NAME("a")) } }, "a superseded, " },
	{ "unknown target", { { "a", 1, 1, NAMES(NAME("z")) } }, "a counts, " },
	{ "no list", { { "a", 1, 1, "\"supersedes\":7" } }, "a counts, " },
	{ "no identity in it", { { "a", 1, 1, NAMES("1,{\"id\":2}") } }, "a counts, " },
	{ "the same twice",
	  { { "a", 1, 1, "" }, { "b", 2, 2, NAMES(NAME("a") "," NAME("a")) } },
	  "a superseded, b counts, " },
};

static void check(size_t i, bool backwards)
{
	GATE_AUTO(gate_live_release) struct gate_live_log log = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf states = { 0 };

	for (size_t k = 0; k < GATE_COUNT(cases[i].lines); k++) {
		size_t at = backwards ? GATE_COUNT(cases[i].lines) - 1 - k : k;
		const char *id = cases[i].lines[at].id;
		char *line;

		if (!id)
			continue;
		line = test_line(id, cases[i].lines[at].at, cases[i].lines[at].recorded,
		                 cases[i].lines[at].more);
		assert_ok(gate_live_add(&log, &(struct gate_log_line){ line, strlen(line) }, false,
		                        err));
		free(line);
	}
	assert_ok(gate_live_settle(&log, err));
	for (size_t k = 0; k < log.n; k++)
		gate_buf_printf(&states, "%.*s %s, ", (int)log.events[k].event.identity.id.len,
		                log.events[k].event.identity.id.ptr,
		                gate_live_names[log.events[k].state]);
	assert_string_equal(gate_buf_text(&states), cases[i].states);
}

static void says_what_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		print_message("%s\n", cases[i].name);
		check(i, false);
		check(i, true);
	}
}

/* Of lines that repeat, of one identity with two contents, superseded twice, and of some that are no event. */
struct many {
	char *lines[9];
	size_t n, n_odd; /* what is left of them */
};

static int read_all(void *payload, struct gate_error *err)
{
	struct many *many = payload;
	GATE_AUTO(gate_live_release) struct gate_live_log log = { 0 };
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < GATE_COUNT(many->lines); i++) {
		const struct gate_log_line line = { many->lines[i], strlen(many->lines[i]) };

		code = gate_live_add(&log, &line, false, err);
	}
	if (code == GATE_OK)
		code = gate_live_settle(&log, err);
	many->n = log.n;
	many->n_odd = log.n_odd;
	return code;
}

static void drops_repeats_or_says_that_memory_ran_out(void **state)
{
	struct many many = {
		.lines = { test_line("a", 1, 1, "\"n\":1"), test_line("a", 1, 1, "\"n\":1"),
		           test_line("a", 1, 2, "\"n\" : 1"), test_line("a", 1, 2, "\"n\":2"),
		           test_line("b", 2, 2, NAMES(NAME("a") "," NAME("\\u007a"))),
		           test_line("c", 3, 3, NAMES(NAME("a"))), gate_copy("garbage", 7),
		           gate_copy("other", 5), gate_copy("garbage", 7) }
	};

	(void)state;
	assert_true(test_oom_sweep(read_all, &many) > 10);
	assert_int_equal(many.n, 4);
	assert_int_equal(many.n_odd, 2);
	for (size_t i = 0; i < GATE_COUNT(many.lines); i++)
		free(many.lines[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_counts),
		cmocka_unit_test(drops_repeats_or_says_that_memory_ran_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
