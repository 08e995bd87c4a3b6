/* SPDX-License-Identifier: Apache-2.0 */
/* The predicate `rollback-plan`: where a plan is read, which kinds hold and why not, and what is proposed. */
#include "tests/support/judge.h"
#include "tests/support/oom.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

static char *scratch, *dir;

/*
 * A branch for each thing that a change can be; each starts from main and has one commit, with a message without trailers. Rows amend that message.
 */
static const char setup[] =
	"mkdir -p src rollback && echo 1 >src/a.c && echo 1 >rollback/old.md &&\n"
	"registry() { printf '{\"flags\":{\"pay-now\":{\"state\":\"ENABLED\",\"variants\":"
	"{\"on\":true,\"off\":false},\"defaultVariant\":\"%s\"},\n\"live\":{\"state\":"
	"\"ENABLED\",\"variants\":{\"on\":true,\"off\":false},\"defaultVariant\":\"on\"}}}' $1 "
	">flags.flagd.json; } &&\n"
	"registry off && git add . &&\n"
	"git commit -qm Start\n"
	"branch() { git checkout -q -b $1 main; }\n"
	"done_() { git add -A && git commit -qm Change; }\n"
	"branch code && echo 2 >src/a.c && done_\n"
	"branch proto && echo x >src/a.proto && done_\n"
	"branch both && mkdir db && echo x >db/1.up.sql && echo x >src/a.proto && done_\n"
	"branch pair && mkdir db && echo x >db/1.up.sql && echo x >db/1.down.sql && done_\n"
	"branch altered && mkdir db && echo x >db/1.up.sql && git add . && git commit -qm New &&\n"
	"git branch before_altered && echo y >db/1.up.sql && done_\n"
	"branch plain && mkdir -p db/migrations && echo x >db/migrations/1.sql && done_\n"
	"branch plan && echo 2 >src/a.c && printf '# Back\\nStop the writer, drop the topic.\\n' "
	">rollback/new.md && done_\n"
	"branch edited && echo 2 >src/a.c && printf '1\\nfixed a typo\\n' >rollback/old.md && "
	"done_\n"
	"branch lines && mkdir x && printf '# Back\\n- Rollback: down-migration\\n- **Rollback:** "
	"revert\\n' >x/ROLLBACK.md && done_\n"
	"branch words && printf 'Rollback: drop the table again\\n' >ROLLBACK.md && done_\n"
	"branch flagged && echo 'if (flag(\"pay-now\"))' >src/a.c && done_\n"
	"branch live && echo 'if (flag(\"live\"))' >src/a.c && done_\n"
	"branch flipped && registry on && done_\n"
	"branch torn && echo '{' >flags.flagd.json && done_\n"
	"branch fewer && git rm -q flags.flagd.json && done_\n"
	"branch readme && printf 'Stop the writer, drop the topic.\\n' >x.md && done_\n";

static void make_repo(void)
{
	scratch = test_scratch();
	dir = test_repo(scratch, "repo");
	test_sh(dir, setup);
}

#define ALL "rollback-plan: [down-migration, flag, manual, previous-artifact, revert]"
#define NONE(kinds) \
	"no plan for going back (" kinds \
	"): no trailer 'Rollback:', and no added line in a plan file " \
	"(ROLLBACK.md, rollback/*.md)"
#define UNDOES "the plan 'revert' holds: going back to the old code undoes all of it"
#define NOT_UNDONE "the plan 'revert' does not hold: going back to the old code does not undo "

static const struct row {
	const char *branch, *trailers, *predicate;
	enum gate_truth truth;
	const char *detail, *places, *fix; /* of a false one: what the command adds */
} rows[] = {
	/* none is written: what would hold is proposed, and does not count */
	{ "code", "", "rollback-plan: [flag, revert]", GATE_FALSE, NONE("flag, revert"), "",
	  "Rollback: revert" },
	{ "code", "", "rollback-plan: flag", GATE_FALSE, NONE("flag"), "", "Rollback: flag:KEY" },
	{ "pair", "", ALL, GATE_FALSE,
	  NONE("down-migration, flag, manual, previous-artifact, revert"), "",
	  "Rollback: down-migration" },
	{ "proto", "", ALL, GATE_FALSE,
	  NONE("down-migration, flag, manual, previous-artifact, revert"), "", "Rollback: HOW" },
	{ "proto", "", "rollback-plan: [previous-artifact, revert]", GATE_FALSE,
	  NONE("previous-artifact, revert"), "", "Rollback: previous-artifact" },
	{ "proto", "", "rollback-plan: [revert]", GATE_FALSE, NONE("revert"), "",
	  "Rollback: revert" },
	{ "readme", "", "rollback-plan: manual", GATE_FALSE, NONE("manual"), "", "Rollback: HOW" },
	/* revert */
	{ "code", "Rollback: revert", "rollback-plan: [flag, revert]", GATE_TRUE, UNDOES, "",
	  NULL },
	{ "code", "rollback: Revert: nothing reads it", ALL, GATE_TRUE, UNDOES, "", NULL },
	{ "proto", "Rollback: revert", ALL, GATE_FALSE, NOT_UNDONE "src/a.proto", "src/a.proto:0",
	  "Rollback: HOW" },
	{ "both", "Rollback: revert", ALL, GATE_FALSE, NOT_UNDONE "db/1.up.sql and 1 more file",
	  "db/1.up.sql:0 src/a.proto:0", "Rollback: HOW" },
	{ "pair", "Rollback: revert", ALL, GATE_FALSE, NOT_UNDONE "db/1.up.sql", "db/1.up.sql:0",
	  "Rollback: down-migration" },
	{ "code", "Rollback: revert", "rollback-plan: flag", GATE_FALSE,
	  "the plan 'revert' does not hold: asked for is one of flag", "", "Rollback: flag:KEY" },
	/* down-migration */
	{ "pair", "Rollback: down-migration", ALL, GATE_TRUE,
	  "the plan 'down-migration' holds: the migration has its way back", "", NULL },
	{ "both", "Rollback: down-migration", ALL, GATE_FALSE,
	  "the plan 'down-migration' does not hold: has no way back: there is no db/1.down.sql",
	  "db/1.up.sql:0", "Rollback: HOW" },
	{ "code", "Rollback: down-migration", ALL, GATE_FALSE,
	  "the plan 'down-migration' does not hold: it adds no migration", "", "Rollback: revert" },
	{ "altered", "Rollback: down-migration", "rollback-plan: down-migration", GATE_FALSE,
	  "the plan 'down-migration' does not hold: it adds no migration", "",
	  "Rollback: down-migration" },
	{ "altered", "Rollback: revert", "rollback-plan: revert", GATE_FALSE,
	  NOT_UNDONE "db/1.up.sql", "db/1.up.sql:0", "Rollback: revert" },
	{ "plain", "Rollback: down-migration", ALL, GATE_UNKNOWN,
	  "db/migrations/1.sql is of no tool whose way back is known", "", NULL },
	/* flag: registered, off, and read */
	{ "flagged", "Rollback: flag:pay-now", "rollback-plan: flag", GATE_TRUE,
	  "the plan 'flag' holds: reads the flag that a trailer names", "src/a.c:1", NULL },
	{ "code", "Rollback: flag:pay-now", "rollback-plan: flag", GATE_FALSE,
	  "the plan 'flag' does not hold: the flag 'pay-now', which a trailer names, is not read "
	  "in "
	  "all files",
	  "", "git commit --all --amend --no-edit" },
	{ "live", "Rollback: flag:live", "rollback-plan: flag", GATE_FALSE,
	  "the plan 'flag' does not hold: the flag 'live' is on by default: 'on'",
	  "flags.flagd.json:2", "git commit --all --amend --no-edit" },
	{ "flagged", "Rollback: flag:pay-nwo", "rollback-plan: flag", GATE_FALSE,
	  "the plan 'flag' does not hold: the flag 'pay-nwo' is not registered, did you mean "
	  "'pay-now'?",
	  "", "Rollback: flag:pay-now" },
	{ "flagged", "Rollback: flag:PAY_NOW", ALL, GATE_FALSE,
	  "the plan 'flag' does not hold: the flag 'PAY_NOW' is not registered, did you mean "
	  "'pay-now'?",
	  "", "Rollback: flag:pay-now" },
	/* the flag that is meant does not turn it off either */
	{ "live", "Rollback: flag:lvie", "rollback-plan: flag", GATE_FALSE,
	  "the plan 'flag' does not hold: the flag 'lvie' is not registered, did you mean 'live'?",
	  "", "git commit --amend" },
	{ "flagged", "Rollback: flag:other", "rollback-plan: flag", GATE_FALSE,
	  "the plan 'flag' does not hold: the flag 'other' is not registered in flags.flagd.json",
	  "", "git commit --all --amend --no-edit" },
	{ "torn", "Rollback: flag:pay-now", "rollback-plan: flag", GATE_UNKNOWN,
	  "flags.flagd.json:2:1: expected a name in '\"', got the end", "", NULL },
	{ "fewer", "Rollback: flag:pay-now", "rollback-plan: flag", GATE_UNKNOWN,
	  "no file registers flags: none matches the 'registry' of p.yml:2", "", NULL },
	/* what a flag is by default is not undone by going back */
	{ "flipped", "Rollback: revert", "rollback-plan: revert", GATE_FALSE,
	  "the plan 'revert' does not hold: it changes what the flag 'pay-now' is by default",
	  "flags.flagd.json:1", "Rollback: revert" },
	{ "torn", "Rollback: revert", "rollback-plan: revert", GATE_UNKNOWN,
	  "a registry of flags cannot be read, so it is not known what it alters", "", NULL },
	{ "fewer", "Rollback: revert", "rollback-plan: revert", GATE_TRUE, UNDOES, "", NULL },
	{ "code", "Rollback: flag:", "rollback-plan: flag", GATE_FALSE,
	  "the plan 'flag' does not hold: it names no flag: 'flag:KEY'", "", "Rollback: flag:KEY" },
	/* manual */
	{ "both", "Rollback: drop the table and the topic", ALL, GATE_TRUE,
	  "the plan 'manual' holds: it says what to do", "", NULL },
	{ "both", "Rollback: manual: drop it", ALL, GATE_FALSE,
	  "the plan 'manual' does not hold: it has 2 words, at least 4", "", "Rollback: HOW" },
	{ "both", "Rollback: drop it", "rollback-plan: { kinds: manual, min-words: 2 }", GATE_TRUE,
	  "the plan 'manual' holds: it says what to do", "", NULL },
	{ "both", "Rollback: TBD", "rollback-plan: manual", GATE_FALSE,
	  "the plan 'manual' does not hold: it says 'TBD'", "", "Rollback: HOW" },
	{ "code", "Rollback: drop the table again", "rollback-plan: revert", GATE_FALSE,
	  "the plan 'manual' does not hold: asked for is one of revert", "", "Rollback: revert" },
	/* several: one that holds is enough, an unknown one may hold */
	{ "pair", "Rollback: revert\nRollback: down-migration", ALL, GATE_TRUE,
	  "the plan 'down-migration' holds: the migration has its way back", "", NULL },
	{ "pair", "Rollback: revert\nRollback: TODO", ALL, GATE_FALSE,
	  NOT_UNDONE "db/1.up.sql (of 2 plans, none holds)", "db/1.up.sql:0",
	  "Rollback: down-migration" },
	{ "proto", "Rollback: revert\nRollback: previous-artifact", ALL, GATE_UNKNOWN,
	  "the log is not read here", "", NULL },
	{ "code", "Rollback: flag:x\nRollback: revert", ALL, GATE_TRUE, UNDOES, "", NULL },
	/* plan files: what the change adds to them */
	{ "plan", "", ALL, GATE_TRUE, "the plan 'manual' holds: it says what to do", "", NULL },
	{ "plan", "", "rollback-plan: revert", GATE_FALSE,
	  "the plan 'manual' does not hold: asked for is one of revert", "", "Rollback: revert" },
	{ "edited", "", "rollback-plan: [manual, revert]", GATE_FALSE,
	  "the plan 'manual' does not hold: it has 2 words, at least 4", "", "Rollback: revert" },
	{ "lines", "", ALL, GATE_TRUE, UNDOES, "", NULL },
	{ "lines", "", "rollback-plan: [down-migration, manual]", GATE_FALSE,
	  "the plan 'down-migration' does not hold: it adds no migration (of 2 plans, none holds)",
	  "", "Rollback: HOW" },
	{ "words", "", ALL, GATE_TRUE, "the plan 'manual' holds: it says what to do", "", NULL },
	{ "readme", "", "rollback-plan: { kinds: manual, file: \"*.md\" }", GATE_TRUE,
	  "the plan 'manual' holds: it says what to do", "", NULL },
	{ "plan", "", "rollback-plan: { kinds: [manual], file: plans/ }", GATE_FALSE,
	  "no plan for going back (manual): no trailer 'Rollback:', and no added line in a plan "
	  "file (plans/)",
	  "", "Rollback: HOW" },
	/* nothing ran before, and nobody has a log */
	{ "code", "Rollback: previous-artifact", ALL, GATE_UNKNOWN, "the log is not read here", "",
	  NULL },
};

static const char policy_format[] = "flags: { registry: \"*.flagd.json\" }\n"
				    "services: { app: { paths: [src/] }, db: { paths: [db/] } }\n"
				    "rules: [{ id: x, each: %s, require: { %s } }]\n";

/* Checks the branch out and gives its commit a message that ends with the trailers. */
static void amend(const char *branch, const char *trailers)
{
	GATE_AUTO(gate_buf_release) struct gate_buf message = { 0 };

	gate_buf_printf(&message, "Change\n\nIt is needed.\n\n%s\n", trailers);
	test_git(dir, "checkout", "-q", branch);
	test_git(dir, "commit", "-q", "--amend", "-m", gate_buf_text(&message));
}

static void ask(struct test_answer *out, struct test_judged *judged, const char *each,
                const char *predicate)
{
	GATE_AUTO(gate_buf_release) struct gate_buf policy = { 0 };

	gate_buf_printf(&policy, policy_format, each, predicate);
	test_ask(out, judged, policy.ptr);
}

/* What the command of the finding adds. */
static bool proposes(const struct test_judged *judged, const char *trailer)
{
	GATE_AUTO(gate_buf_release) struct gate_buf fix = { 0 };

	if (!trailer)
		return !judged->verdict.n_findings ||
		       judged->verdict.findings[0].outcome != GATE_FAIL;
	if (!strncmp(trailer, "git ", 4))
		gate_buf_puts(&fix, trailer);
	else
		gate_buf_printf(&fix, "git commit --amend --no-edit --trailer '%s'", trailer);
	return judged->verdict.n_findings && judged->verdict.findings[0].fix &&
	       !strcmp(judged->verdict.findings[0].fix, fix.ptr);
}

static void judges_each_kind(void **state)
{
	size_t bad = 0;

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		const struct row *row = &rows[i];
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		struct test_answer got = { 0 };

		amend(row->branch, row->trailers);
		test_change_commit(&judged, dir, "HEAD");
		ask(&got, &judged, "change", row->predicate);
		if (got.truth == row->truth && !strcmp(got.detail, row->detail) &&
		    !strcmp(got.places, row->places) && proposes(&judged, row->fix))
			continue;
		print_error("%s, '%s', %s\n  got %d '%s' at '%s', fix: %s\n", row->branch,
		            row->trailers, row->predicate, got.truth, got.detail, got.places,
		            judged.verdict.n_findings ? judged.verdict.findings[0].fix : "none");
		bad++;
	}
	assert_int_equal(bad, 0);
}

/* A trailer of any commit counts; with a commit `each` only that one's, and only its files. */
static void any_commit_may_say_it(void **state)
{
	GATE_AUTO(test_judged_release)
	struct test_judged whole = { 0 }, each = { 0 }, service = { 0 };
	struct test_answer got = { 0 };

	(void)state;
	amend("code", "Rollback: revert");
	test_git(dir, "checkout", "-q", "-b", "two");
	test_write(dir, "db/1.up.sql", "x\n");
	test_git(dir, "add", "-A");
	test_git(dir, "commit", "-q", "-m", "Second");
	test_change_range(&whole, dir, "main", "two");
	ask(&got, &whole, "change", "rollback-plan: revert");
	assert_string_equal(got.detail, NOT_UNDONE "db/1.up.sql");
	test_change_range(&service, dir, "main", "two");
	ask(&got, &service, "service", "rollback-plan: revert");
	assert_int_equal(service.verdict.outcomes[0].n_items, 2);
	assert_int_equal(service.verdict.n_findings, 1);
	assert_string_equal(service.verdict.findings[0].service, "db");
	test_change_range(&each, dir, "main", "two");
	ask(&got, &each, "commit", "rollback-plan: revert");
	assert_int_equal(each.verdict.n_findings, 1);
	assert_string_equal(each.verdict.findings[0].subject, "Second");
	assert_string_equal(got.detail, NONE("revert"));
}

/* Before the message is written only a plan file can be there. */
static void a_message_may_be_missing(void **state)
{
	GATE_AUTO(test_judged_release) struct test_judged silent = { 0 }, file = { 0 };
	struct test_answer got = { 0 };
	const char *policy = "rules: [{ id: x, at: [commit, push], require: { rollback-plan: "
			     "[manual, revert] } }]\n";

	(void)state;
	test_git(dir, "checkout", "-q", "main");
	test_write(dir, "src/a.c", "3\n");
	test_git(dir, "add", "-A");
	test_change_index(&silent, dir, NULL);
	test_ask(&got, &silent, policy);
	assert_int_equal(got.truth, GATE_UNKNOWN);
	assert_string_equal(test_says(&silent, "x"), "deferred: the message is not written yet");
	test_write(dir, "rollback/3.md", "Rollback: revert\n");
	test_git(dir, "add", "-A");
	test_change_index(&file, dir, NULL);
	test_ask(&got, &file, policy);
	assert_string_equal(test_says(&file, "x"), "pass");
	test_git(dir, "reset", "-q", "--hard");
}

/* What the log of the test has. */
static struct ran {
	const char *service, *rev;
	bool here;
} logged[3];
static size_t n_logged;

static int read_log(struct gate_change *change, struct gate_error *err)
{
	struct gate_change_deployed *to = &change->deployed;

	for (size_t i = 0; i < n_logged; i++) {
		int code = gate_grow(&to->items, &to->cap, to->n + 1, sizeof(*to->items), err);

		if (code < 0)
			return code;
		to->items[to->n] = (struct gate_deployed){ .service = logged[i].service,
			                                   .here = logged[i].here };
		code = gate_rev_commit(&to->items[to->n++].commit, change->repo, logged[i].rev,
		                       err);
		if (code < 0)
			return code;
	}
	to->known.known = true;
	return GATE_OK;
}

#define ARTIFACT "the plan 'previous-artifact' "
#define NOTHING ARTIFACT "does not hold: the log has nothing of 'app' that ran in production before"

static const struct {
	const char *branch;
	struct ran ran[3];
	enum gate_truth truth;
	const char *detail;
} artifacts[] = {
	{ "code",
	  { { "app", "main", true } },
	  GATE_TRUE,
	  ARTIFACT "holds: what ran in production before is known, and its commit is here" },
	{ "code",
	  { { "app", "code", true }, { "app", "main", true } },
	  GATE_TRUE,
	  ARTIFACT "holds: what ran in production before is known, and its commit is here" },
	{ "code",
	  { { "app", "main", false }, { "app", "main", true } },
	  GATE_TRUE,
	  ARTIFACT "holds: what ran in production before is known, and its commit is here" },
	{ "code", { { NULL } }, GATE_FALSE, NOTHING },
	{ "code", { { "db", "main", true } }, GATE_FALSE, NOTHING },
	{ "code", { { "app", "code", true } }, GATE_FALSE, NOTHING " this change" },
	{ "both",
	  { { "app", "main", true } },
	  GATE_FALSE,
	  ARTIFACT "does not hold: the log has nothing of 'db' that ran in production before" },
	{ "both",
	  { { "app", "main", true }, { "db", "main", true } },
	  GATE_TRUE,
	  ARTIFACT "holds: what ran in production before is known, and its commit is here" },
	{ "readme",
	  { { "app", "main", true } },
	  GATE_FALSE,
	  ARTIFACT "does not hold: it touches no service, so nothing says what ran before" },
	{ "code",
	  { { "app", "main", false } },
	  GATE_UNKNOWN,
	  "what ran of 'app' in production, MAIN, or its history is not in this clone" },
};

static void goes_back_to_what_ran(void **state)
{
	char *main_id;

	(void)state;
	main_id = test_git_out(dir, "rev-parse", "main");
	for (size_t i = 0; i < GATE_COUNT(artifacts); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		struct test_answer got = { 0 };
		char *named;

		print_message("%zu\n", i);
		amend(artifacts[i].branch, "Rollback: previous-artifact");
		memcpy(logged, artifacts[i].ran, sizeof(logged));
		for (n_logged = 0; n_logged < 3 && logged[n_logged].service; n_logged++)
			;
		test_change_commit(&judged, dir, "HEAD");
		judged.change->read_deployed = read_log;
		ask(&got, &judged, "change", "rollback-plan: previous-artifact");
		named = strstr(got.detail, ", ");
		if (got.truth == GATE_UNKNOWN && named && !strncmp(named + 2, main_id, 7)) {
			memmove(named + 2, "MAIN", 4);
			memmove(named + 6, named + 9, strlen(named + 9) + 1);
		}
		assert_string_equal(got.detail, artifacts[i].detail);
		assert_int_equal(got.truth, artifacts[i].truth);
		if (got.truth == GATE_UNKNOWN)
			assert_string_equal(got.mend, "doragate log sync");
	}
	free(main_id);
}

static const char sweep_policy[] =
	"version: 1\n"
	"services: { app: { paths: [src/] } }\n"
	"rules:\n"
	"- { id: a, require: { rollback-plan: [revert, down-migration, flag, manual] } }\n"
	"- { id: b, each: service, require: { rollback-plan: { kinds: previous-artifact, file: "
	"x.md } } }\n";

static int judge(size_t *findings, const struct gate_repo *repo, struct gate_error *err)
{
	GATE_AUTO(gate_change_free) struct gate_change *change = NULL;
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	GATE_AUTO(gate_rules_release) struct gate_rules rules = { 0 };
	GATE_AUTO(gate_verdict_release) struct gate_verdict verdict = { 0 };
	int code = gate_change_from_commit(&change, repo, "HEAD", err);

	if (code == GATE_OK) {
		change->read_deployed = read_log;
		code = gate_config_load(&config, &change->judge_files, "p.yml", sweep_policy,
		                        sizeof(sweep_policy) - 1, err);
	}
	if (code == GATE_OK)
		code = gate_config_seal(config, err);
	if (code == GATE_OK)
		code = gate_rules_compile(&rules, config, err);
	if (code == GATE_OK)
		code = gate_engine_run(&verdict, &rules, config, change, NULL, err);
	*findings = verdict.n_findings;
	return code;
}

static void every_allocation_may_fail(void **state)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	size_t findings = 0;
	bool failed = true;

	(void)state;
	amend("both", "Rollback: revert\nRollback: down-migration\nRollback: TBD\n"
	              "Rollback: previous-artifact");
	test_write(dir, "rollback/x.md", "It is all fine.\nRollback: revert\n");
	test_git(dir, "add", "-A");
	test_git(dir, "commit", "-q", "--amend", "--no-edit");
	logged[0] = (struct ran){ "app", "both", true };
	n_logged = 1;
	assert_ok(gate_repo_open(&repo, dir, err));
	assert_ok(judge(&findings, repo, err));
	assert_int_equal(findings, 2);
	for (unsigned n = 0; failed; n++) {
		struct gate_error err = { 0 };
		int code;

		test_oom_arm(n);
		code = judge(&findings, repo, &err);
		failed = test_oom_disarm();
		if (code != (failed ? GATE_ENOMEM : GATE_OK))
			fail_msg("allocation %u: %d, '%s'", n, code, err.message);
	}
	assert_int_equal(findings, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_each_kind),
		cmocka_unit_test(any_commit_may_say_it),
		cmocka_unit_test(a_message_may_be_missing),
		cmocka_unit_test(goes_back_to_what_ran),
		cmocka_unit_test(every_allocation_may_fail),
	};
	int failed;

	make_repo();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(dir);
	test_scratch_remove(scratch);
	return failed;
}
