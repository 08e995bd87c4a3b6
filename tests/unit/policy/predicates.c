/* SPDX-License-Identifier: Apache-2.0 */
/* Every predicate, true and false: what it says and which places it names. tests/unit/policy/missing.c has the unknowns. */
#include "tests/support/git.h"
#include "tests/support/judge.h"
#include "tests/support/test.h"

struct fixture {
	char *scratch, *dir;
};

/*
 * Two commits on `topic`, which came from `main`: src/new.c and web/page.md are added, src/mod.c is modified (one line
 * replaced, one added), src/old.c is deleted.
 */
static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	const char *dir;

	fixture->scratch = test_scratch();
	dir = fixture->dir = test_repo(fixture->scratch, "repo");
	test_write(dir, "src/mod.c", "one\ntwo\nthree\n");
	test_write(dir, "src/old.c", "old\n");
	test_write(dir, "keep.c", "keep\n");
	test_git(dir, "add", "-A");
	test_git(dir, "commit", "-q", "-m", "Start");
	test_git(dir, "checkout", "-q", "-b", "topic");
	test_write(dir, "src/new.c", "a\nb\nTOKEN = 1\nc\nTOKEN = 2\n");
	test_write(dir, "src/mod.c", "one\nTWO\nthree\nfour\n");
	test_git(dir, "rm", "-q", "src/old.c");
	test_git(dir, "add", "-A");
	test_git(dir, "commit", "-q", "-m",
	         "Add the new part\n\nWhat it is for.\n\nTicket: SHOP-12\n"
	         "Reviewed-by: Ada <ada@example.com>");
	test_write(dir, "web/page.md", "hello\n");
	test_git(dir, "add", "-A");
	test_git(dir, "commit", "-q", "-m", "write the page");
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	test_scratch_remove(fixture->scratch);
	free(fixture->dir);
	free(fixture);
	return 0;
}

#define SERVICES \
	"services:\n" \
	"  api: { paths: [src/], tier: critical, owner: \"@shop/api\" }\n" \
	"  site: { paths: [web/] }\n" \
	"  idle: { paths: [idle/], tier: low }\n"

static void ask(struct test_answer *seen, struct test_judged *judged, const char *each,
                const char *predicate)
{
	GATE_AUTO(gate_buf_release) struct gate_buf policy = { 0 };

	gate_buf_printf(&policy, SERVICES "rules: [{ id: x, each: %s, require: { %s } }]\n", each,
	                predicate);
	test_ask(seen, judged, policy.ptr);
}

struct row {
	const char *each, *predicate;
	enum gate_truth truth;
	const char *detail, *places;
};

static size_t check(const struct row *row, const struct test_answer *seen)
{
	if (seen->truth == row->truth && !strcmp(seen->detail, row->detail) &&
	    !strcmp(seen->places, row->places))
		return 0;
	print_error("each: %s, %s\n  expected %c '%s' at '%s'\n  got      %c '%s' at '%s'\n",
	            row->each, row->predicate, "FTU"[row->truth], row -> detail, row -> places,
	            "FTU"[seen->truth], seen -> detail, seen -> places);
	return 1;
}

static const struct row on_the_range[] = {
	/* which files */
	{ "change", "changed: src/", GATE_TRUE, "3 changed files match src/",
	  "src/mod.c:0 src/new.c:0 src/old.c:0" },
	{ "change", "changed: [\"*.md\", nothing]", GATE_TRUE,
	  "is changed, and matches *.md, nothing", "web/page.md:0" },
	{ "change", "changed: keep.c", GATE_FALSE, "no changed file matches keep.c (of 4 changed)",
	  "" },
	{ "change", "changed: { of: [src/, \"!*.c\"] }", GATE_FALSE,
	  "no changed file matches src/, !*.c (of 4 changed)", "" },
	{ "change", "added: \"*\"", GATE_TRUE, "2 added files match *",
	  "src/new.c:0 web/page.md:0" },
	{ "change", "added: src/mod.c", GATE_FALSE,
	  "no added file matches src/mod.c (of 4 changed)", "" },
	{ "change", "modified: src/", GATE_TRUE, "is modified, and matches src/", "src/mod.c:0" },
	{ "change", "modified: src/new.c", GATE_FALSE,
	  "no modified file matches src/new.c (of 4 changed)", "" },
	{ "change", "deleted: \"*.c\"", GATE_TRUE, "is deleted, and matches *.c", "src/old.c:0" },
	{ "change", "deleted: web/", GATE_FALSE, "no deleted file matches web/ (of 4 changed)",
	  "" },
	/* tests/unit/policy/flags.c has the others */
	{ "change", "flag: none/", GATE_TRUE,
	  "no line is added in none/, so there is nothing to switch", "" },
	/* tests/unit/policy/migration.c and rollback.c have the others */
	{ "change", "migration: src/", GATE_UNKNOWN,
	  "src/new.c is of no tool whose way back is known", "" },
	{ "change", "rollback-plan: [flag, revert]", GATE_FALSE,
	  "no plan for going back (flag, revert): no trailer 'Rollback:', and no added line in a "
	  "plan file (ROLLBACK.md, rollback/*.md)",
	  "" },
	{ "change", "only-changed: [src/, web/]", GATE_TRUE,
	  "every changed file (4) matches src/, web/", "" },
	{ "change", "only-changed: src/", GATE_FALSE, "1 changed file outside src/",
	  "web/page.md:0" },
	{ "change", "only-changed: web/", GATE_FALSE, "3 changed files outside web/",
	  "src/mod.c:0 src/new.c:0 src/old.c:0" },
	/* which lines */
	{ "change", "added-lines: { min: 8 }", GATE_TRUE, "8 added lines in all files",
	  "src/mod.c:2 src/new.c:1 web/page.md:1" },
	{ "change", "added-lines: { of: web/, max: 1 }", GATE_TRUE, "1 added line in web/",
	  "web/page.md:1" },
	{ "change", "added-lines: { of: src/, min: 8 }", GATE_FALSE,
	  "7 added lines, at least 8 in src/", "src/mod.c:2 src/new.c:1" },
	{ "change", "added-lines: { of: src/, max: 6 }", GATE_FALSE,
	  "7 added lines, at most 6 in src/", "src/mod.c:2 src/new.c:1" },
	{ "change", "added-lines: { of: idle/, min: 1 }", GATE_FALSE,
	  "0 added lines, at least 1 in idle/", "" },
	{ "change", "diff: { files: 4 }", GATE_TRUE, "4 files", "" },
	{ "change", "diff: { of: src/, files: { max: 2 } }", GATE_FALSE, "3 files, at most 2", "" },
	{ "change", "diff: { lines: { max: 10 } }", GATE_TRUE, "10 changed lines", "" },
	{ "change", "diff: { lines: { max: 9 }, added: { max: 8 }, deleted: { min: 3 } }",
	  GATE_FALSE, "10 changed lines, at most 9, 8 added lines, 2 deleted lines, at least 3",
	  "" },
	{ "change", "added-text: '^TOKEN'", GATE_TRUE, "2 added lines match '^TOKEN'",
	  "src/new.c:3 src/new.c:5" },
	{ "change", "added-text: { match: 'OK.*2$', of: \"*.c\" }", GATE_TRUE,
	  "1 added line matches 'OK.*2$'", "src/new.c:5" },
	{ "change", "added-text: { match: TOKEN, of: \"*.md\" }", GATE_FALSE,
	  "no added line matches 'TOKEN'", "" },
	{ "change", "added-text: three", GATE_FALSE, "no added line matches 'three'", "" },
	{ "change", "added-text: old", GATE_FALSE, "no added line matches 'old'", "" },
	/* what the commits say; the last commit is seen last */
	{ "commit", "subject: page", GATE_TRUE, "the subject matches 'page'", "" },
	{ "commit", "subject: '^page'", GATE_FALSE, "the subject does not match '^page'", "" },
	{ "commit", "subject: { max: 14 }", GATE_TRUE, "the subject is as asked", "" },
	{ "commit", "subject: { max: 13 }", GATE_FALSE, "the subject has 14 characters, at most 13",
	  "" },
	{ "commit", "subject: { min: 15 }", GATE_FALSE,
	  "the subject has 14 characters, at least 15", "" },
	{ "commit", "subject: { case: lower }", GATE_TRUE, "the subject is as asked", "" },
	{ "commit", "subject: { case: upper }", GATE_FALSE,
	  "the subject does not start in upper case", "" },
	{ "commit", "body: { min: 1 }", GATE_FALSE, "the body has 0 characters, at least 1", "" },
	{ "commit", "body: x", GATE_FALSE, "the body does not match 'x'", "" },
	{ "commit", "trailer: Ticket", GATE_FALSE, "no trailer 'Ticket:'", "" },
	/* of any commit of the change */
	{ "change", "trailer: ticket", GATE_TRUE, "has the trailer 'ticket:'", "" },
	{ "change", "trailer: { Ticket: '^SHOP-\\d+$', Reviewed-by: '@' }", GATE_TRUE,
	  "has the trailer 'Ticket:'", "" },
	{ "change", "trailer: { Ticket: '^BILL-' }", GATE_FALSE,
	  "no trailer 'Ticket:' that matches '^BILL-'", "" },
	{ "change", "trailer: [Ticket, Rollback]", GATE_FALSE, "no trailer 'Rollback:'", "" },
	/* refs */
	{ "change", "branch: top*", GATE_TRUE, "the branch 'topic' matches top*", "" },
	{ "change", "branch: [\"*\", \"!topic\"]", GATE_FALSE,
	  "the branch 'topic' does not match *, !topic", "" },
	{ "change", "target: [main, master]", GATE_TRUE, "the target 'main' matches main, master",
	  "" },
	{ "change", "target: release/*", GATE_FALSE, "the target 'main' does not match release/*",
	  "" },
	{ "change", "ref-update: [force, delete]", GATE_FALSE, "no such update of main..topic",
	  "" },
	{ "change", "commits: { max: 2 }", GATE_TRUE, "2 commits", "" },
	{ "change", "commits: { max: 1 }", GATE_FALSE, "2 commits, at most 1", "" },
	{ "change", "commits: { min: 3 }", GATE_FALSE, "2 commits, at least 3", "" },
	{ "change", "commits: { merges: 0 }", GATE_TRUE, "0 merge commits", "" },
	{ "change", "commits: { merges: { min: 1 } }", GATE_FALSE, "0 merge commits, at least 1",
	  "" },
	/* services */
	{ "change", "service: api", GATE_TRUE, "touches api", "" },
	{ "change", "service: idle", GATE_FALSE, "touches no such service", "" },
	{ "change", "service: { tier: critical, owner: \"@shop/*\" }", GATE_TRUE, "touches api",
	  "" },
	{ "change", "service: { tier: low }", GATE_FALSE, "touches no such service", "" },
	{ "change", "service: { name: site, tier: critical }", GATE_FALSE,
	  "touches no such service", "" },
	{ "service", "service: site", GATE_TRUE, "the service is site", "" },
	{ "service", "service: api", GATE_FALSE, "the service is site", "" },
	{ "service", "anywhere: { service: api }", GATE_TRUE, "touches api", "" },
};

static void on_a_range(void **state)
{
	struct fixture *fixture = *state;
	size_t failed = 0;

	for (size_t i = 0; i < GATE_COUNT(on_the_range); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		struct test_answer seen = { 0 };

		test_change_range(&judged, fixture->dir, "main", "topic");
		snprintf(judged.change->name, strlen(judged.change->name), "main..topic");
		ask(&seen, &judged, on_the_range[i].each, on_the_range[i].predicate);
		failed += check(&on_the_range[i], &seen);
	}
	assert_int_equal(failed, 0);
}

static const struct row on_the_first_commit[] = {
	{ "commit", "subject: { case: upper, min: 16, max: 16 }", GATE_TRUE,
	  "the subject is as asked", "" },
	{ "commit", "body: { min: 15 }", GATE_TRUE, "the body is as asked", "" },
	{ "commit", "body: { min: 16 }", GATE_FALSE, "the body has 15 characters, at least 16",
	  "" },
	{ "commit", "body: { wrap: 10 }", GATE_FALSE,
	  "line 3 of the message has 15 characters, at most 10", "" },
	{ "commit", "body: { wrap: 15 }", GATE_TRUE, "the body is as asked", "" },
	{ "commit", "body: 'SHOP-\\d+'", GATE_TRUE, "the body matches 'SHOP-\\d+'", "" },
	{ "commit", "trailer: Reviewed-By", GATE_TRUE, "has the trailer 'Reviewed-By:'", "" },
	{ "commit", "changed: web/", GATE_FALSE, "no changed file matches web/ (of 3 changed)",
	  "" },
};

static void on_one_commit(void **state)
{
	struct fixture *fixture = *state;
	size_t failed = 0;

	for (size_t i = 0; i < GATE_COUNT(on_the_first_commit); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		struct test_answer seen = { 0 };

		test_change_commit(&judged, fixture->dir, "topic~1");
		ask(&seen, &judged, on_the_first_commit[i].each, on_the_first_commit[i].predicate);
		failed += check(&on_the_first_commit[i], &seen);
	}
	assert_int_equal(failed, 0);
}

#define MAIN "refs/heads/main"

static const struct {
	const char *local, *target, *old;
	struct row row;
} on_pushes[] = {
	{ "topic",
	  MAIN,
	  "main",
	  { "change", "ref-update: update", GATE_TRUE, "moves forward refs/heads/main", "" } },
	{ "topic",
	  MAIN,
	  "main",
	  { "change", "ref-update: direct", GATE_TRUE, "pushes directly to refs/heads/main", "" } },
	{ "topic",
	  MAIN,
	  "main",
	  { "change", "ref-update: [force, delete, create]", GATE_FALSE,
	    "no such update of refs/heads/main", "" } },
	{ "main",
	  MAIN,
	  "topic",
	  { "change", "ref-update: [delete, force]", GATE_TRUE, "rewrites refs/heads/main", "" } },
	{ "main",
	  MAIN,
	  NULL,
	  { "change", "ref-update: create", GATE_TRUE, "creates refs/heads/main", "" } },
	{ "main",
	  MAIN,
	  NULL,
	  { "change", "ref-update: direct", GATE_FALSE, "no such update of refs/heads/main", "" } },
	{ NULL,
	  MAIN,
	  "topic",
	  { "change", "ref-update: delete", GATE_TRUE, "deletes refs/heads/main", "" } },
	{ NULL,
	  MAIN,
	  "topic",
	  { "change", "changed: \"*\"", GATE_FALSE, "no changed file matches * (of 0 changed)",
	    "" } },
	{ NULL, MAIN, "topic", { "change", "commits: { max: 0 }", GATE_TRUE, "0 commits", "" } },
	{ "topic",
	  "refs/tags/v1",
	  NULL,
	  { "change", "target: \"*\"", GATE_FALSE, "refs/tags/v1 is no branch", "" } },
	{ "topic",
	  "refs/heads/feature/x",
	  NULL,
	  { "change", "target: \"*\"", GATE_FALSE, "the target 'feature/x' does not match *",
	    "" } },
	{ "topic",
	  "refs/heads/feature/x",
	  NULL,
	  { "change", "target: \"**\"", GATE_TRUE, "the target 'feature/x' matches **", "" } },
};

static void on_a_push(void **state)
{
	struct fixture *fixture = *state;
	size_t failed = 0;

	for (size_t i = 0; i < GATE_COUNT(on_pushes); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		struct test_answer seen = { 0 };

		test_change_push(&judged, fixture->dir, "origin",
		                 on_pushes[i].local ? "refs/heads/topic" : "(delete)",
		                 on_pushes[i].local, on_pushes[i].target, on_pushes[i].old);
		ask(&seen, &judged, on_pushes[i].row.each, on_pushes[i].row.predicate);
		failed += check(&on_pushes[i].row, &seen);
	}
	assert_int_equal(failed, 0);
}

/* No predicate is forgotten above. */
static bool is_asked(const char *name)
{
	char start[64];

	snprintf(start, sizeof(start), "%s:", name);
	for (size_t i = 0; i < GATE_COUNT(on_the_range); i++)
		if (!strncmp(on_the_range[i].predicate, start, strlen(start)))
			return true;
	return false;
}

static void every_predicate_is_here(void **state)
{
	(void)state;
	for (size_t i = 0; gate_predicates[i]; i++)
		if (!is_asked(gate_predicates[i]->name))
			fail_msg("nobody asks for '%s'", gate_predicates[i]->name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_a_range),
		cmocka_unit_test(on_one_commit),
		cmocka_unit_test(on_a_push),
		cmocka_unit_test(every_predicate_is_here),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
