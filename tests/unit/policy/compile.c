/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule can have wrong that only the predicates know, with the exact message and place. */
#include "gate/policy/rule.h"
#include "tests/support/test.h"

/* The rule starts at column 9 of line 2. */
#define RULE(keys) "version: 1\nrules: [{ id: x, " keys " }]\n"
#define REQUIRE(value) RULE("require: " value)

static const struct {
	const char *text;
	unsigned column;
	const char *message;
} cases[] = {
	/* keys of a rule */
	{ RULE("severity: fatal, forbid: { changed: a }"), 28,
	  "severity: expected one of error, warning, info, got 'fatal'" },
	{ RULE("severity: warn, forbid: { changed: a }"), 28,
	  "severity: expected one of error, warning, info, got 'warn'" },
	{ RULE("severity: eror, forbid: { changed: a }"), 28,
	  "severity: unknown 'eror', did you mean 'error'?" },
	{ RULE("mode: off, forbid: { changed: a }"), 24,
	  "mode: expected one of enforce, shadow, got 'off'" },
	{ RULE("at: [], forbid: { changed: a }"), 22, "at: an empty list means never" },
	{ RULE("at: pre-push, forbid: { changed: a }"), 22,
	  "at: expected one of commit, push, receive, pull-request, merge-queue, deploy, audit, "
	  "got 'pre-push'" },
	{ RULE("at: [push, recieve], forbid: { changed: a }"), 29,
	  "at: unknown 'recieve', did you mean 'receive'?" },
	{ RULE("at: { a: b }, forbid: { changed: a }"), 22,
	  "at: expected one of commit, push, receive, pull-request, merge-queue, deploy, audit, "
	  "got a map" },
	{ RULE("why: [a], forbid: { changed: a }"), 23, "why: expected text, got a list" },
	{ RULE("fix: {}, forbid: { changed: a }"), 23, "fix: expected text, got a map" },
	{ RULE("disabled: , forbid: { changed: a }"), 28, "disabled: expected text, got nothing" },
	{ RULE("fix: 'rm {paht}', forbid: { changed: a }"), 23,
	  "fix: unknown '{paht}', did you mean '{path}'?" },
	{ RULE("when: { service: checkuot }, forbid: { changed: a }"), 35,
	  "there is no service 'checkuot'" },
	{ RULE("require: { trailer: { 'Way Back': x } }"), 40,
	  "trailer: 'Way Back' is no name of a trailer: use letters, digits and '-'" },
	{ RULE("disabled: ' ', forbid: { changed: a }"), 28, "disabled: expected the reason" },
	{ RULE("waive: always, forbid: { changed: a }"), 25,
	  "waive: expected 'never' or a map of max, when and inline" },
	{ RULE("waive: { maks: 1d }, forbid: { changed: a }"), 27, "unknown key 'maks' in waive" },
	{ RULE("waive: { max: soon }, forbid: { changed: a }"), 32,
	  "max: expected a duration, as 30s, 10m, 12h, 90d or 2w, got 'soon'" },
	{ RULE("waive: { when: { chnged: a } }, forbid: { changed: a }"), 35,
	  "unknown predicate 'chnged', did you mean 'changed'?" },
	/* each */
	{ RULE("each: commits, forbid: { changed: a }"), 24,
	  "each: unknown 'commits', did you mean 'commit'?" },
	{ RULE("each: file, forbid: { changed: a }"), 24,
	  "each: expected one of change, commit, all-commits, service, got 'file'" },
	{ RULE("each: [commit], forbid: { changed: a }"), 24,
	  "each: expected one of change, commit, all-commits, service, got a list" },
	{ RULE("each: { files: a }, forbid: { changed: a }"), 26,
	  "unknown key 'files' in each, did you mean 'file'?" },
	{ RULE("each: { status: added }, forbid: { changed: a }"), 24, "each: 'file' is missing" },
	{ RULE("each: { file: \"a[\" }, forbid: { changed: a }"), 32, "file: '[' is not closed" },
	{ RULE("each: { file: \"!a\" }, forbid: { changed: a }"), 32,
	  "file: one pattern cannot begin with '!'; write '\\!' for the byte" },
	{ RULE("each: { file: a, status: renamed }, forbid: { changed: a }"), 43,
	  "status: expected one of added, modified, deleted, got 'renamed'" },
	{ RULE("each: { file: \"{n}/{n}\" }, forbid: { changed: a }"), 32,
	  "file: '{n}' stands twice in the pattern" },
	/* combining */
	{ REQUIRE("{}"), 27, "expected a map of predicates, got an empty one" },
	{ REQUIRE("changed"), 27, "expected a map of predicates, got text" },
	{ REQUIRE("[{ changed: a }]"), 27,
	  "a list of predicates stands only under 'any' or 'all'" },
	{ REQUIRE("{ not: [{ changed: a }] }"), 34,
	  "a list of predicates stands only under 'any' or 'all'" },
	{ REQUIRE("{ anywhere: [] }"), 39,
	  "a list of predicates stands only under 'any' or 'all'" },
	{ REQUIRE("{ any: { changed: a } }"), 34, "any: expected a list of predicates" },
	{ REQUIRE("{ any: [] }"), 34, "any: expected a list of predicates" },
	{ REQUIRE("{ all: changed }"), 34, "all: expected a list of predicates" },
	{ REQUIRE("{ any: [changed] }"), 35, "expected a map of predicates, got text" },
	{ REQUIRE("{ any: [[{ changed: a }]] }"), 35,
	  "a list of predicates stands only under 'any' or 'all'" },
	{ REQUIRE("{ chnged: a }"), 29, "unknown predicate 'chnged', did you mean 'changed'?" },
	{ REQUIRE("{ al: [] }"), 29, "unknown predicate 'al', did you mean 'all'?" },
	{ REQUIRE("{ closed: peak }"), 29,
	  "the predicate 'closed' needs a newer doragate; this is 0.1.0" },
	{ RULE("forbid: { changed: a, added: b }"), 40,
	  "exactly one predicate stands here: write 'any: [...]' or 'all: [...]'" },
	{ RULE("forbid: { changed: a }, unless: { changed: a, added: b }"), 64,
	  "exactly one predicate stands here: write 'any: [...]' or 'all: [...]'" },
	{ RULE("forbid: [{ changed: a }]"), 26,
	  "a list of predicates stands only under 'any' or 'all'" },
	{ REQUIRE("{ not: { not: { not: { not: { not: { not: { changed: a } } } } } } }"), 64,
	  "any, all, not and anywhere nest at most 5 deep" },
	{ REQUIRE("{ any: [{ all: [{ any: [{ not: { anywhere: { all: [{ changed: a }] } } }] }] }] "
	          "}"),
	  72, "any, all, not and anywhere nest at most 5 deep" },
	/* predicates that need a commit */
	{ REQUIRE("{ subject: a }"), 29, "'subject' needs 'each: commit' or 'each: all-commits'" },
	{ REQUIRE("{ any: [{ changed: a }, { body: a }] }"), 53,
	  "'body' needs 'each: commit' or 'each: all-commits'" },
	{ RULE("each: service, when: { subject: a }, forbid: { changed: a }"), 41,
	  "'subject' needs 'each: commit' or 'each: all-commits'" },
	{ RULE("each: { file: a }, unless: { body: a }, forbid: { changed: a }"), 47,
	  "'body' needs 'each: commit' or 'each: all-commits'" },
	/* captures */
	{ REQUIRE("{ changed: \"{n}.sql\" }"), 38, "unknown capture '{n}'" },
	{ REQUIRE("{ changed: \"{service}/x\" }"), 38, "unknown capture '{service}'" },
	{ RULE("each: { file: \"{n}.up\" }, require: { changed: \"{m}.down\" }"), 64,
	  "unknown capture '{m}'" },
	{ RULE("each: service, require: { changed: [a, \"{name}\"] }"), 57,
	  "unknown capture '{name}'" },
	/* parameters: paths */
	{ REQUIRE("{ changed: $none }"), 38, "unknown set '$none'" },
	{ REQUIRE("{ changed: $test }"), 38, "unknown set '$test', did you mean '$tests'?" },
	{ REQUIRE("{ changed: [] }"), 38, "an empty list of paths matches nothing" },
	{ REQUIRE("{ changed: \"!a\" }"), 38, "a set of only '!' holds nothing" },
	{ REQUIRE("{ changed: { off: a } }"), 40,
	  "unknown key 'off' in changed, did you mean 'of'?" },
	{ REQUIRE("{ changed: {} }"), 38, "changed: asks for nothing" },
	{ REQUIRE("{ changed: }"), 38, "a path pattern: expected text, got nothing" },
	{ REQUIRE("{ added-lines: a }"), 42, "added-lines: expected a map, got text" },
	{ REQUIRE("{ added-lines: { min: many } }"), 49, "min: expected a number, got 'many'" },
	{ REQUIRE("{ added-text: { of: a } }"), 41, "added-text: 'match' is missing" },
	{ REQUIRE("{ diff: { lines: { max: 1, min: 2 } } }"), 59,
	  "lines: min 2 is more than max 1" },
	{ REQUIRE("{ diff: { lines: {} } }"), 44,
	  "lines: expected a number or { min, max }, got a map" },
	{ REQUIRE("{ diff: { line: 1 } }"), 37,
	  "unknown key 'line' in diff, did you mean 'lines'?" },
	/* names, texts, words */
	{ REQUIRE("{ target: [] }"), 37, "target: an empty list matches nothing" },
	{ REQUIRE("{ target: \"!main\" }"), 37, "target: a set of only '!' holds nothing" },
	{ REQUIRE("{ service: {} }"), 38, "service: asks for nothing" },
	{ REQUIRE("{ service: { new: yes } }"), 45, "new: expected true or false, got 'yes'" },
	{ REQUIRE("{ ref-update: [] }"), 41, "ref-update: an empty list matches nothing" },
	{ REQUIRE("{ ref-update: forced }"), 41,
	  "ref-update: unknown 'forced', did you mean 'force'?" },
	{ REQUIRE("{ trailer: [] }"), 38, "trailer: expected at least one name" },
	{ REQUIRE("{ trailer: { Ticket: \"(\" } }"), 48,
	  "Ticket: no valid pattern: missing closing parenthesis" },
	{ REQUIRE("{ added-text: \"(\" }"), 41,
	  "added-text: no valid pattern: missing closing parenthesis" },
	{ REQUIRE("{ commits: { max: -1 } }"), 45, "max: expected a number, got '-1'" },
};

static int compile(const char *text, struct gate_error *err)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	GATE_AUTO(gate_rules_release) struct gate_rules rules = { 0 };
	int code = gate_config_load(&config, NULL, "p.yml", text, strlen(text), err);

	if (code == GATE_OK)
		code = gate_config_seal(config, err);
	return code == GATE_OK ? gate_rules_compile(&rules, config, err) : code;
}

static void names_what_is_wrong_and_where(void **state)
{
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_error err = { 0 };
		int code = compile(cases[i].text, &err);

		if (code == GATE_ECONFIG && !strcmp(err.message, cases[i].message) &&
		    !strcmp(err.file, "p.yml") && err.line == 2 && err.column == cases[i].column)
			continue;
		print_error("%s  expected p.yml:2:%u: %s\n  got %d %s:%u:%u: %s\n", cases[i].text,
		            cases[i].column, cases[i].message, code, err.file, err.line, err.column,
		            err.message);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void accepts_what_is_right(void **state)
{
	static const char *const texts[] = {
		REQUIRE("{ not: { not: { not: { not: { not: { changed: a } } } } } }"),
		REQUIRE("{ any: [{ all: [{ any: [{ not: { anywhere: { changed: a } } }] }] }] }"),
		RULE("each: all-commits, require: { subject: a, body: { min: 1 }, trailer: T }"),
		RULE("each: service, require: { changed: \"{service}/x\" }"),
		RULE("each: { file: \"{d**}/{n}.up.sql\", status: [added, deleted] }, "
		     "require: { changed: \"{d**}/{n}.down.sql\" }"),
		RULE("forbid: { any: [{ changed: a }, { changed: b }] }"),
		RULE("at: audit, severity: info, mode: shadow, why: a, see: b, fix: c, waive: "
		     "never, "
		     "when: { changed: a, added: b }, unless: { not: { changed: a } }, "
		     "forbid: { all: [{ changed: a, deleted: c }] }"),
		RULE("waive: { max: 30d, inline: true, when: { changed: a } }, forbid: { changed: "
		     "a }"),
		RULE("disabled: no longer wanted, forbid: { unheard-of: a }"),
		REQUIRE("{ diff: { of: a, files: 3, lines: { max: 400 }, added: { min: 1 } } }"),
		REQUIRE("{ commits: { min: 1, max: 5, merges: 0 } }"),
		REQUIRE("{ service: { name: [\"car*\", \"!x\"], tier: critical, owner: a, new: "
		        "false } "
		        "}"),
		REQUIRE("{ ref-update: [create, update, force, delete, direct] }"),
		REQUIRE("{ trailer: [Ticket, Reviewed-by] }"),
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(texts); i++)
		assert_ok(compile(texts[i], err));
}

static void a_disabled_rule_is_left_out(void **state)
{
	static const char text[] = "version: 1\nextends: doragate/baseline\n"
				   "rules: [{ id: baseline/subject, disabled: too loud }]\n";
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	GATE_AUTO(gate_rules_release) struct gate_rules rules = { 0 };

	(void)state;
	assert_ok(gate_config_load(&config, NULL, "p.yml", text, sizeof(text) - 1, err));
	assert_ok(gate_config_seal(config, err));
	assert_ok(gate_rules_compile(&rules, config, err));
	assert_int_equal(rules.n, config->n_rules - 1);
	for (size_t i = 0; i < rules.n; i++)
		assert_string_not_equal(rules.items[i].id, "baseline/subject");
}

#define PUSH (GATE_BIT(GATE_STAGE_PUSH) | GATE_BIT(GATE_STAGE_RECEIVE))

/* Sets with captures are put together for each item: each of them once. */
static void sets_of_sets_with_captures_come_to_an_end(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	struct gate_error err = { 0 };

	(void)state;
	gate_buf_puts(&text, "version: 1\nsets:\n  s0: [\"{n}\"]\n");
	for (unsigned k = 1; k < 40; k++)
		gate_buf_printf(&text, "  s%u: [$s%u, $s%u]\n", k, k - 1, k - 1);
	gate_buf_puts(&text,
	              "rules: [{ id: x, each: { file: \"{n}\" }, require: { changed: $s39 } }]\n");
	assert_int_equal(compile(text.ptr, &err), GATE_ECONFIG);
	assert_string_equal(err.message, "more than 10000 patterns, with those of the sets named");
}

static void stages_by_default(void **state)
{
	static const struct {
		const char *text;
		unsigned at;
	} rows[] = {
		{ RULE("forbid: { changed: a }"),
		  PUSH | GATE_BIT(GATE_STAGE_PULL_REQUEST) | GATE_BIT(GATE_STAGE_MERGE_QUEUE) },
		{ RULE("each: service, forbid: { changed: a }"),
		  PUSH | GATE_BIT(GATE_STAGE_PULL_REQUEST) | GATE_BIT(GATE_STAGE_MERGE_QUEUE) },
		{ RULE("each: commit, forbid: { changed: a }"),
		  PUSH | GATE_BIT(GATE_STAGE_PULL_REQUEST) | GATE_BIT(GATE_STAGE_COMMIT) },
		{ RULE("each: all-commits, forbid: { changed: a }"),
		  PUSH | GATE_BIT(GATE_STAGE_PULL_REQUEST) | GATE_BIT(GATE_STAGE_COMMIT) },
		{ RULE("at: deploy, forbid: { changed: a }"), GATE_BIT(GATE_STAGE_DEPLOY) },
		{ RULE("at: [push, receive], each: commit, forbid: { changed: a }"), PUSH },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
		GATE_AUTO(gate_rules_release) struct gate_rules rules = { 0 };

		assert_ok(gate_config_load(&config, NULL, "p.yml", rows[i].text,
		                           strlen(rows[i].text), err));
		assert_ok(gate_rules_compile(&rules, config, err));
		assert_int_equal(rules.items[0].at, rows[i].at);
	}
}

static void predicates_are_sorted_and_found(void **state)
{
	(void)state;
	for (size_t i = 0; gate_predicates[i]; i++) {
		assert_ptr_equal(gate_predicate_find(gate_predicates[i]->name), gate_predicates[i]);
		assert_true(!i ||
		            strcmp(gate_predicates[i - 1]->name, gate_predicates[i]->name) < 0);
		assert_non_null(gate_predicates[i]->summary);
	}
	assert_null(gate_predicate_find("change"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_is_wrong_and_where),
		cmocka_unit_test(accepts_what_is_right),
		cmocka_unit_test(a_disabled_rule_is_left_out),
		cmocka_unit_test(sets_of_sets_with_captures_come_to_an_end),
		cmocka_unit_test(stages_by_default),
		cmocka_unit_test(predicates_are_sorted_and_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
