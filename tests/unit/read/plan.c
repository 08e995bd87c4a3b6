/* SPDX-License-Identifier: Apache-2.0 */
/* Which kind a plan for going back is, and whether words say what to do. */
#include "gate/read/plan.h"

#include "tests/support/test.h"

static const struct {
	const char *text;
	enum gate_plan_kind kind;
	const char *rest;
} plans[] = {
	{ "revert", GATE_PLAN_REVERT, "" },
	{ "  Revert ", GATE_PLAN_REVERT, "" },
	{ "revert.", GATE_PLAN_REVERT, "" },
	{ "revert: nothing else reads it", GATE_PLAN_REVERT, "nothing else reads it" },
	{ "revert (nothing else)", GATE_PLAN_REVERT, "nothing else)" },
	{ "revert - and wait", GATE_PLAN_REVERT, "and wait" },
	{ "down-migration", GATE_PLAN_DOWN_MIGRATION, "" },
	{ "DOWN-MIGRATION; then restart", GATE_PLAN_DOWN_MIGRATION, "then restart" },
	{ "previous-artifact", GATE_PLAN_PREVIOUS_ARTIFACT, "" },
	{ "flag:pay-now", GATE_PLAN_FLAG, "pay-now" },
	{ "Flag : pay.now, in seconds", GATE_PLAN_FLAG, "pay.now" },
	{ "flag:", GATE_PLAN_FLAG, "" },
	{ "manual: drop the table", GATE_PLAN_MANUAL, "drop the table" },
	{ "manual", GATE_PLAN_MANUAL, "" },
	/* words of their own */
	{ "flag", GATE_PLAN_MANUAL, "flag" },
	{ "flag, off", GATE_PLAN_MANUAL, "flag, off" },
	{ "flag pay-now off", GATE_PLAN_MANUAL, "flag pay-now off" },
	{ "revert the commit", GATE_PLAN_MANUAL, "revert the commit" },
	{ "reverting", GATE_PLAN_MANUAL, "reverting" },
	{ "down migration", GATE_PLAN_MANUAL, "down migration" },
	{ " drop the table \n", GATE_PLAN_MANUAL, "drop the table" },
	{ "", GATE_PLAN_MANUAL, "" },
};

static void check_plan(const struct gate_plan *plan, enum gate_plan_kind kind, const char *rest)
{
	assert_int_equal(plan->kind, kind);
	assert_int_equal(plan->len, strlen(rest));
	assert_memory_equal(plan->text, rest, plan->len);
}

static void kinds_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(plans); i++) {
		struct gate_plan plan;

		print_message("'%s'\n", plans[i].text);
		gate_plan_read(&plan, plans[i].text, strlen(plans[i].text));
		check_plan(&plan, plans[i].kind, plans[i].rest);
	}
}

static const struct {
	const char *line;
	enum gate_plan_kind kind; /* KINDS: it is no such line */
	const char *rest;
} lines[] = {
	{ "Rollback: revert", GATE_PLAN_REVERT, "" },
	{ "- **Rollback:** flag:x", GATE_PLAN_FLAG, "x" },
	{ "## rollback: drop the table\r", GATE_PLAN_MANUAL, "drop the table" },
	{ "Rollback", GATE_PLAN_KINDS, "" },
	{ "# Rollback plan: revert", GATE_PLAN_KINDS, "" },
	{ "No Rollback: revert", GATE_PLAN_KINDS, "" },
	{ "", GATE_PLAN_KINDS, "" },
};

static void lines_of_files_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(lines); i++) {
		struct gate_plan plan;
		bool is_plan;

		print_message("'%s'\n", lines[i].line);
		is_plan = gate_plan_read_line(&plan, lines[i].line, strlen(lines[i].line));
		assert_int_equal(is_plan, lines[i].kind != GATE_PLAN_KINDS);
		if (is_plan)
			check_plan(&plan, lines[i].kind, lines[i].rest);
	}
}

#define NO_STEP "it names no step: nothing to do, no command, no list"

static const struct {
	const char *text, *fault; /* NULL: it says how */
} words[] = {
	{ "drop the table vouchers", NULL },
	{ "Restore orders.note from orders_archive.", NULL },
	{ "we are dropping the table again", NULL },
	{ "someone has to turn it off", NULL },
	{ "the copies are restored by hand", NULL },
	{ "the old image comes back: `kubectl rollout undo deploy/shop`", NULL },
	{ "Go back in two parts.\n\n1. the old schema\n2) the old code\n", NULL },
	{ "Go back in two parts.\n\n- the old schema\n", NULL },
	{ "# Going back\n\n<!-- TODO: explain\n -->Stop the writer, then delete the topic.\n",
	  NULL },
	{ "revert to the \xc3\xa9tat before", NULL },
	{ "- \xe3\x83\x86\xe3\x83\xbc\xe3\x83\x96\xe3\x83\xab\xe3\x82\x92\xe5\x89\x8a\xe9\x99\xa4",
	  "it has 3 words, at least 4" },
	{ "- "
	  "\xe3\x83\x86\xe3\x83\xbc\xe3\x83\x96\xe3\x83\xab\xe3\x82\x92\xe5\x89\x8a\xe9\x99\xa4\xe3"
	  "\x81\x99\xe3\x82\x8b",
	  NULL },
	{ "", "it has 0 words, at least 4" },
	{ "HOW", "it has 1 word, at least 4" },
	{ "drop it", "it has 2 words, at least 4" },
	{ "1 2 3 4 5 6 - - - a b c d", "it has 0 words, at least 4" },
	{ "# Drop the table vouchers again\n", "it has 0 words, at least 4" },
	{ "<!-- drop the table vouchers again -->", "it has 0 words, at least 4" },
	{ "<!-- drop the table vouchers again", "it has 0 words, at least 4" },
	{ "TBD", "it says 'TBD'" },
	{ "drop the table; the rest is todo.", "it says 'todo'" },
	{ "drop the table, or n/a for now", "it says 'n/a'" },
	{ "how to drop it is To Be Determined", "it says 'to be determined'" },
	{ "drop what has to be deployed again", NULL },
	{ "there is nothing anybody could do", NO_STEP },
	{ "settings are as they were before", NO_STEP },
	{ "it is all fine `` really it is", NO_STEP },
	{ "-nothing that anybody could do", NO_STEP },
	{ "2026. it is a very good year", NULL },
	{ "2026 is not a good year", NO_STEP },
};

static void words_say_how(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(words); i++) {
		char fault[96] = "";
		bool says;

		print_message("'%s'\n", words[i].text);
		says = gate_plan_says_how(fault, words[i].text, strlen(words[i].text), 4);
		assert_string_equal(fault, words[i].fault ? words[i].fault : "");
		assert_int_equal(says, !words[i].fault);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_read),
		cmocka_unit_test(lines_of_files_are_read),
		cmocka_unit_test(words_say_how),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
