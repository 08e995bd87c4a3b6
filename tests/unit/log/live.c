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

/* A log where lines repeat, one identity has two contents and one is superseded twice, and lines that are none; and how many lines it then has. */
static int read_all(size_t *n, size_t *n_odd, char *lines[], size_t n_lines, struct gate_error *err)
{
	GATE_AUTO(gate_live_release) struct gate_live_log log = { 0 };
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < n_lines; i++)
		code = gate_live_add(&log, &(struct gate_log_line){ lines[i], strlen(lines[i]) },
		                     false, err);
	if (code == GATE_OK)
		code = gate_live_settle(&log, err);
	*n = log.n;
	*n_odd = log.n_odd;
	return code;
}

static void every_failed_allocation_is_reported(void **state)
{
	char *lines[] = {
		test_line("a", 1, 1, "\"n\":1"),
		test_line("a", 1, 1, "\"n\":1"),
		test_line("a", 1, 2, "\"n\" : 1"),
		test_line("a", 1, 2, "\"n\":2"),
		test_line("b", 2, 2, NAMES(NAME("a") "," NAME("\\u007a"))),
		test_line("c", 3, 3, NAMES(NAME("a"))),
		gate_copy("garbage", 7),
		gate_copy("other", 5),
		gate_copy("garbage", 7),
	};
	struct gate_error error;
	size_t n = 0, n_odd = 0;
	unsigned fails = 0;
	int code;

	(void)state;
	for (;; fails++) {
		error = (struct gate_error){ 0 };
		test_oom_arm(fails);
		code = read_all(&n, &n_odd, lines, GATE_COUNT(lines), &error);
		if (!test_oom_disarm())
			break;
		assert_int_equal(code, GATE_ENOMEM);
		assert_string_equal(error.message, "out of memory");
	}
	assert_int_equal(code, GATE_OK);
	assert_true(fails > 10);
	assert_int_equal(n, 4);
	assert_int_equal(n_odd, 2);
	for (size_t i = 0; i < GATE_COUNT(lines); i++)
		free(lines[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_counts),
		cmocka_unit_test(every_failed_allocation_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
