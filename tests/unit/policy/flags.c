/* SPDX-License-Identifier: Apache-2.0 */
/* The predicate `flag`: which flags count, where they are read, what is said of those that are not as asked. */
#include "gate/base/limits.h"
#include "tests/support/git.h"
#include "tests/support/judge.h"
#include "tests/support/oom.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

struct fixture {
	char *scratch, *dir;
};

/*
 * Every commit that is judged is on a branch of its own, on top of the first: a service `pay`, which reads `old-way` in a
 * file that nobody changes, `ship`, which reads none, and a registry.
 */
static const char script[] =
	"mkdir -p src/pay src/ship flags e2e docs\n"
	"cat >flags/shop.flagd.json <<'X'\n"
	"{ \"flags\": {\n"
	"  \"pay-now\": { \"state\": \"ENABLED\", \"variants\": { \"on\": true, \"off\": false },\n"
	"    \"defaultVariant\": \"off\" },\n"
	"  \"pay-later\": { \"state\": \"ENABLED\", \"variants\": { \"on\": true, \"off\": false "
	"},\n"
	"    \"defaultVariant\": \"on\" },\n"
	"  \"pay-never\": { \"state\": \"DISABLED\", \"variants\": { \"on\": true, \"off\": false "
	"},\n"
	"    \"defaultVariant\": \"off\" },\n"
	"  \"pay-maybe\": { \"state\": \"ENABLED\", \"variants\": { \"on\": true } },\n"
	"  \"old-way\": { \"variants\": { \"a\": \"x\", \"control\": \"y\" }, \"defaultVariant\": "
	"\"control\" }\n"
	"} }\n"
	"X\n"
	"printf 'a\\nif (oldWay) {\\n}\\n' >src/pay/start.c\n"
	"printf 'a\\n' >src/pay/card.c; printf 'a\\n' >src/ship/box.c\n"
	"printf 'pay-now\\n' >src/ship/README.md; printf 'pay-now\\n' >src/ship/box_test.c\n"
	"printf 'pay-now\\n' >e2e/ship.c; printf 'x\\n' >docs/x; printf '\\0payNow\\n' "
	">src/ship/data\n"
	"git add .; git commit -qm Start\n"
	"on() { git switch -q -c \"$1\" main; }\n"
	"put() { git add -A; git commit -qm \"$1\"; }\n"
	"on bare; echo 'pay()' >>src/pay/card.c; put 'Pay'\n"
	"on reads; printf 'x\\nif (flags.payNow)\\n  pay()\\n' >>src/pay/card.c; put 'Pay'\n"
	"on reads-on; printf 'if (PAY_LATER)\\n  pay()\\n' >>src/pay/card.c; put 'Pay'\n"
	"on reads-both; printf 'if (PAY_LATER && pay_now)\\n  pay()\\n' >>src/pay/card.c; put "
	"'Pay'\n"
	"on reads-disabled; printf 'if (payNever)\\n' >>src/pay/card.c; put 'Pay'\n"
	"on reads-maybe; printf 'if (payMaybe)\\n' >>src/pay/card.c; put 'Pay'\n"
	"on reads-alias; printf 'if (VOUCHER)\\n' >>src/pay/card.c; put 'Pay'\n"
	"on inside; printf 'if (repayNow || payNowAndThen)\\n' >>src/pay/card.c; put 'Pay'\n"
	"on deletes; git rm -q src/pay/card.c; put 'Do not pay'\n"
	"on ships; echo b >>src/ship/box.c; put 'Ship'\n"
	"on named; echo b >>src/pay/card.c; put 'Pay\n\nFeature-Flag: old-way'\n"
	"on named-twice; printf 'payNow\\n' >>src/pay/card.c; put 'Pay\n\nFeature-Flag: "
	"old-way\nfeature-flag: "
	"pay-now\nFeature-Flag: pay-now'\n"
	"on named-unread; echo b >>src/ship/box.c; put 'Ship\n\nFeature-Flag: pay-now'\n"
	"on named-typo; printf 'payNow\\n' >>src/pay/card.c; put 'Pay\n\nFeature-Flag: pay-nwo'\n"
	"on named-spelled; printf 'payNow\\n' >>src/pay/card.c; put 'Pay\n\nFeature-Flag: "
	"PAY_NOW'\n"
	"on named-strange; printf 'newThing\\n' >>src/pay/card.c; put 'Pay\n\nFeature-Flag: "
	"new-thing'\n"
	"on named-on; printf 'payLater\\n' >>src/pay/card.c; put 'Pay\n\nFeature-Flag: pay-later'\n"
	"on named-nothing; printf 'payNow\\n' >>src/pay/card.c; put 'Pay\n\nFeature-Flag:'\n"
	"on both-services; echo b >>src/ship/box.c; printf 'payNow\\n' >>src/pay/card.c\n"
	"put 'Pay and ship\n\nFeature-Flag: pay-now'\n"
	"on registers; cat >flags/new.yml <<'X'\n- { key: brand-new, default: off }\nX\n"
	"printf 'brandNew\\n' >>src/pay/card.c; put 'Pay'\n"
	"on two-files; cat >flags/prod.yml <<'X'\npay-now: on\nX\n"
	"printf 'payNow\\n' >>src/pay/card.c; put 'Pay'\n"
	"on broken; printf '{\"flags\":\\n {\"a\": 1}}' >flags/shop.flagd.json; echo b "
	">>src/pay/card.c; put 'Pay'\n"
	"on only-registry; sed -i s/old-way/old_way/ flags/shop.flagd.json; put 'Rename'\n"
	"on many; awk 'BEGIN { for (i = 0; i < 3000; i++) print \"x\" i }' >>src/pay/card.c; put "
	"'Pay'\n"
	"git switch -q main\n";

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->scratch = test_scratch();
	fixture->dir = test_repo(fixture->scratch, "repo");
	test_sh(fixture->dir, script);
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

#define POLICY \
	"services: { pay: { paths: [src/pay/] }, ship: { paths: [src/ship/], tests: [e2e/] } }\n" \
	"flags: { registry: flags/, aliases: { pay-now: [VOUCHER], gone: x } }\n"

static void ask(struct test_answer *answer, const char *dir, const char *branch, const char *head,
                const char *each, const char *predicate)
{
	GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf policy = { 0 };

	gate_buf_printf(&policy, "%srules: [{ id: x, each: %s, require: { flag: %s } }]\n", head,
	                each, predicate);
	test_change_range(&judged, dir, "main", branch);
	test_ask(answer, &judged, gate_buf_text(&policy));
}

#define ALL "{ in: src/, known: true, default-off: true }"
#define STRICT "{ in: src/, known: true, default-off: true, read: added }"
#define PAY "{ in: src/pay/, default-off: true, read: added }"
#define NOTHING "no line is added in src/, so there is nothing to switch"

static const struct row {
	const char *branch, *each, *predicate;
	enum gate_truth truth;
	const char *detail, *places;
} rows[] = {
	/* read in added lines, however it is spelled */
	{ "reads", "change", ALL, GATE_TRUE, "reads the flag 'pay-now'", "src/pay/card.c:3" },
	{ "reads", "change", "src/pay/", GATE_TRUE, "reads the flag 'pay-now'",
	  "src/pay/card.c:3" },
	{ "reads", "service", ALL, GATE_TRUE, "reads the flag 'pay-now'", "src/pay/card.c:3" },
	{ "reads", "commit", ALL, GATE_TRUE, "reads the flag 'pay-now'", "src/pay/card.c:3" },
	{ "reads-alias", "change", STRICT, GATE_TRUE, "reads the flag 'pay-now'",
	  "src/pay/card.c:2" },
	{ "reads", "change", "{ in: src/ship/, known: true }", GATE_TRUE,
	  "no line is added in src/ship/, so there is nothing to switch", "" },
	/* one that is as asked is enough */
	{ "reads-both", "change", ALL, GATE_TRUE, "reads the flag 'pay-now'", "src/pay/card.c:2" },
	{ "reads-both", "change", "src/", GATE_TRUE, "reads the flag 'pay-later' and others",
	  "src/pay/card.c:2 src/pay/card.c:2" },
	/* not as asked: the place is where it is registered, then where it is read */
	{ "reads-on", "change", ALL, GATE_FALSE, "the flag 'pay-later' is on by default: 'on'",
	  "flags/shop.flagd.json:4 src/pay/card.c:2" },
	{ "reads-on", "change", "{ in: src/, known: true }", GATE_TRUE,
	  "reads the flag 'pay-later'", "src/pay/card.c:2" },
	{ "reads-maybe", "change", ALL, GATE_FALSE,
	  "the flag 'pay-maybe' has no default: nothing says that it is off",
	  "flags/shop.flagd.json:8 src/pay/card.c:2" },
	{ "reads-disabled", "change", ALL, GATE_TRUE, "reads the flag 'pay-never'",
	  "src/pay/card.c:2" },
	{ "reads-disabled", "change", "{ enabled: true }", GATE_FALSE,
	  "the flag 'pay-never' is disabled: it cannot be turned on",
	  "flags/shop.flagd.json:6 src/pay/card.c:2" },
	/* the service's other files; not those of another, its tests, what explains, or what is binary */
	{ "bare", "service", ALL, GATE_TRUE, "reads the flag 'old-way'", "src/pay/start.c:2" },
	{ "bare", "change", ALL, GATE_TRUE, "reads the flag 'old-way'", "src/pay/start.c:2" },
	{ "bare", "change", "{ in: src/pay/card.c, known: true }", GATE_TRUE,
	  "reads the flag 'old-way'", "src/pay/start.c:2" },
	{ "inside", "change", "{ in: src/pay/, read: [added, service] }", GATE_TRUE,
	  "reads the flag 'old-way'", "src/pay/start.c:2" },
	{ "bare", "change", STRICT, GATE_FALSE,
	  "no added line in src/ reads a registered flag (5 in flags/shop.flagd.json)", "" },
	{ "inside", "change", STRICT, GATE_FALSE,
	  "no added line in src/ reads a registered flag (5 in flags/shop.flagd.json)", "" },
	{ "ships", "service", ALL, GATE_FALSE,
	  "no added line in src/ reads a registered flag, and no other file there does (5 in "
	  "flags/shop.flagd.json)",
	  "" },
	{ "ships", "change", "{ in: src/ship/, known: true }", GATE_FALSE,
	  "no added line in src/ship/ reads a registered flag, and no other file there does (5 in "
	  "flags/shop.flagd.json)",
	  "" },
	/* nothing to switch */
	{ "deletes", "change", ALL, GATE_TRUE, NOTHING, "" },
	{ "only-registry", "change", "{ known: true }", GATE_TRUE,
	  "no line is added in all files, so there is nothing to switch", "" },
	/* trailers */
	{ "named", "change", STRICT, GATE_TRUE, "reads the flag that a trailer names",
	  "src/pay/start.c:2" },
	{ "named", "commit", STRICT, GATE_TRUE, "reads the flag that a trailer names",
	  "src/pay/start.c:2" },
	{ "named-twice", "change", STRICT, GATE_TRUE, "reads the flags that a trailer names",
	  "src/pay/start.c:2 src/pay/card.c:2" },
	{ "named-unread", "change", "{ in: src/ship/, known: true }", GATE_FALSE,
	  "the flag 'pay-now', which a trailer names, is not read in src/ship/", "" },
	{ "named-unread", "service", ALL, GATE_FALSE,
	  "the flag 'pay-now', which a trailer names, is not read in src/ or elsewhere in the "
	  "service",
	  "" },
	{ "named-typo", "change", ALL, GATE_FALSE,
	  "the flag 'pay-nwo' is not registered, did you mean 'pay-now'?", "" },
	{ "named-spelled", "change", ALL, GATE_FALSE,
	  "the flag 'PAY_NOW' is not registered, did you mean 'pay-now'?", "" },
	{ "named-strange", "change", ALL, GATE_FALSE,
	  "the flag 'new-thing' is not registered in flags/shop.flagd.json", "" },
	{ "named-strange", "change", PAY, GATE_FALSE,
	  "the flag 'new-thing' is not registered in flags/shop.flagd.json", "" },
	{ "named-strange", "change", "{ in: src/ }", GATE_TRUE,
	  "reads the flag that a trailer names", "src/pay/card.c:2" },
	{ "named-strange", "change", "{ in: src/, known: false }", GATE_TRUE,
	  "reads the flag that a trailer names", "src/pay/card.c:2" },
	{ "named-on", "change", ALL, GATE_FALSE, "the flag 'pay-later' is on by default: 'on'",
	  "flags/shop.flagd.json:4" },
	{ "named-nothing", "change", ALL, GATE_FALSE, "the trailer 'Feature-Flag:' names no flag",
	  "" },
	/* the last item is `ship`, which does not read it */
	{ "both-services", "service", ALL, GATE_FALSE,
	  "the flag 'pay-now', which a trailer names, is not read in src/ or elsewhere in the "
	  "service",
	  "" },
	{ "both-services", "service", "{ in: src/pay/, known: true }", GATE_TRUE,
	  "no line is added in src/pay/, so there is nothing to switch", "" },
	{ "both-services", "service", "{ in: src/pay/, known: true }", GATE_TRUE,
	  "no line is added in src/pay/, so there is nothing to switch", "" },
	/* the registry is that of head, and each file of it counts */
	{ "registers", "change", STRICT, GATE_TRUE, "reads the flag 'brand-new'",
	  "src/pay/card.c:2" },
	{ "two-files", "change", ALL, GATE_FALSE, "the flag 'pay-now' is on by default: 'on'",
	  "flags/prod.yml:1 src/pay/card.c:2" },
	/* what cannot be read as a registry is no registry */
	{ "broken", "change", ALL, GATE_UNKNOWN,
	  "flags/shop.flagd.json:2:8: a flag: expected a map", "" },
};

static void says_what_it_finds_and_where(void **state)
{
	const struct fixture *fixture = *state;
	size_t wrong = 0;

	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		const struct row *row = &rows[i];
		struct test_answer answer = { 0 };

		ask(&answer, fixture->dir, row->branch, POLICY, row->each, row->predicate);
		if (answer.truth == row->truth && !strcmp(answer.detail, row->detail) &&
		    !strcmp(answer.places, row->places))
			continue;
		print_error("%s, each: %s, flag: %s\n  expected %c '%s' at '%s'\n"
		            "  got      %c '%s' at '%s'\n",
		            row->branch, row->each, row->predicate, "FTU"[row->truth],
		            row -> detail, row -> places, "FTU"[answer.truth], answer.detail,
		            answer.places);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* A flag with a trailer needs no registry where none is asked; everything else does. */
static void without_a_registry_it_is_not_known(void **state)
{
	const struct fixture *fixture = *state;
	struct test_answer answer = { 0 };

	ask(&answer, fixture->dir, "reads", "", "change", ALL);
	assert_int_equal(answer.truth, GATE_UNKNOWN);
	assert_string_equal(answer.detail, "the policy does not say where flags are registered");
	assert_string_equal(answer.mend,
	                    "flags: { registry: [\"*.flagd.json\"] }   # in .doragate.yml");
	ask(&answer, fixture->dir, "reads", "flags: { registry: none/ }\n", "change", ALL);
	assert_int_equal(answer.truth, GATE_UNKNOWN);
	assert_string_equal(answer.detail,
	                    "no file registers flags: none matches the 'registry' of p.yml:2");
	assert_string_equal(
		answer.mend,
		"flags: { registry: [PATH] }   # in .doragate.yml, or add a file there");
	ask(&answer, fixture->dir, "named", "", "change", ALL);
	assert_int_equal(answer.truth, GATE_UNKNOWN);
	ask(&answer, fixture->dir, "named-strange", "", "change", "src/");
	assert_int_equal(answer.truth, GATE_TRUE);
	ask(&answer, fixture->dir, "deletes", "", "change", ALL);
	assert_int_equal(answer.truth, GATE_TRUE);
}

/* The flag may be read in what cannot be looked at; where it is read elsewhere, that does not matter. */
static void what_cannot_be_looked_at_is_not_known(void **state)
{
	const struct fixture *fixture = *state;
	char *clone = test_path(fixture->scratch, "blobless");
	struct test_answer answer = { 0 };

	test_sh(fixture->dir,
	        "git config uploadpack.allowFilter true\n"
	        "git clone -q --no-checkout --filter=blob:limit=20 \"file://$PWD\" ../blobless\n"
	        "cd ../blobless; for b in bare reads many; do git branch -q $b origin/$b; done\n"
	        "git cat-file -p origin/main:flags/shop.flagd.json >/dev/null\n"
	        "git config --unset remote.origin.promisor; git remote remove origin\n");
	/* `many` has a file of more than 20 bytes, which did not come. */
	ask(&answer, clone, "many", POLICY, "change", STRICT);
	assert_int_equal(answer.truth, GATE_UNKNOWN);
	assert_string_equal(answer.detail, "the content of a file is not in this clone");
	assert_string_equal(answer.mend, "git fetch --refetch --no-filter");
	ask(&answer, clone, "bare", POLICY, "change", "{ in: src/pay/card.c }");
	assert_int_equal(answer.truth, GATE_TRUE);
	ask(&answer, clone, "bare", POLICY, "change", "{ in: [src/pay/card.c], read: added }");
	assert_int_equal(answer.truth, GATE_FALSE);
	free(clone);
}

/* More than the limit is not read; and a flag that is read before it is reached is found. */
static void the_search_has_a_limit(void **state)
{
	const struct fixture *fixture = *state;
	struct test_answer answer = { 0 };
	static const char more[] =
		"git switch -q -c large main\n"
		"head -c 27000000 /dev/zero | tr '\\0' 'x' >src/ship/a.txt\n"
		"head -c 27000000 /dev/zero | tr '\\0' 'y' >src/ship/c.txt\n"
		"git add -A; git commit -qm Large\n"
		"git switch -q -c large-bare; echo b >>src/ship/box.c; git commit -qam Ship\n"
		"git switch -q -c large-read large; echo 'payNow' >src/ship/b.c; git add -A\n"
		"git commit -qm 'Read it'; git branch -q large-base; echo b >>src/ship/box.c\n"
		"git commit -qam Ship; git switch -q main; git branch -f large-first large-base\n";
	GATE_AUTO(test_judged_release) struct test_judged bare = { 0 };
	GATE_AUTO(test_judged_release) struct test_judged read = { 0 };

	test_sh(fixture->dir, more);
	test_change_range(&bare, fixture->dir, "large", "large-bare");
	test_ask(&answer, &bare,
	         POLICY "rules: [{ id: x, require: { flag: { in: src/ship/, known: true } } }]\n");
	assert_int_equal(answer.truth, GATE_UNKNOWN);
	assert_string_equal(answer.detail,
	                    "the files that may read a flag have more than 52428800 bytes");
	assert_string_equal(answer.mend, "name a flag that the added lines read");
	test_change_range(&read, fixture->dir, "large-first", "large-read");
	test_ask(&answer, &read,
	         POLICY "rules: [{ id: x, require: { flag: { in: src/ship/, known: true } } }]\n");
	assert_int_equal(answer.truth, GATE_TRUE);
	assert_string_equal(answer.places, "src/ship/b.c:1");
}

/* Before the commit is made nobody knows its trailers; with them, the index is judged. */
static void the_index_is_judged_by_its_own_registry(void **state)
{
	const struct fixture *fixture = *state;
	static const char policy[] = POLICY "rules: [{ id: x, at: [commit, push], require: "
					    "{ flag: { in: src/, known: true, read: added } } }]\n";
	static const char *const messages[] = { NULL, "Pay\n", "Pay\n\nFeature-Flag: staged-now\n",
		                                "Pay\n\nFeature-Flag: unstaged\n" };
	static const enum gate_truth truths[] = { GATE_UNKNOWN, GATE_TRUE, GATE_TRUE, GATE_FALSE };

	test_sh(fixture->dir,
	        "git switch -q -c staged main; echo '- staged-now' >flags/a.yml\n"
	        "echo stagedNow >>src/pay/card.c; git add -A; echo '- unstaged' >flags/a.yml\n");
	for (size_t i = 0; i < GATE_COUNT(messages); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };
		struct test_answer answer = { 0 };

		test_change_index(&judged, fixture->dir, messages[i]);
		test_ask(&answer, &judged, policy);
		print_message("%s\n", answer.detail);
		assert_int_equal(answer.truth, truths[i]);
	}
	test_sh(fixture->dir, "git reset -q --hard; git switch -q main\n");
}

static const struct {
	const char *branch, *fix;
} fixes[] = {
	{ "bare", "git switch bare && git commit --amend --no-edit --trailer 'Feature-Flag: KEY'" },
	{ "reads-on", "git switch reads-on && git commit --all --amend --no-edit" },
	{ "named-typo", "git switch named-typo && git commit --amend" },
	{ "named-strange", "git switch named-strange && git commit --all --amend --no-edit" },
	{ "named-nothing", "git switch named-nothing && git commit --amend" },
};

static void each_fault_has_its_own_mend(void **state)
{
	const struct fixture *fixture = *state;

	for (size_t i = 0; i < GATE_COUNT(fixes); i++) {
		GATE_AUTO(test_judged_release) struct test_judged judged = { 0 };

		test_change_range(&judged, fixture->dir, "main", fixes[i].branch);
		test_judge(&judged, POLICY "rules: [{ id: x, require: { flag: " STRICT " } }]\n",
		           NULL);
		assert_int_equal(judged.verdict.n_findings, 1);
		assert_string_equal(judged.verdict.findings[0].fix, fixes[i].fix);
	}
}

static const struct {
	const char *predicate, *message;
} refused[] = {
	{ "{}", "flag: asks for nothing" },
	{ "{ knwon: true }", "unknown key 'knwon' in flag, did you mean 'known'?" },
	{ "{ known: yes }", "known: expected true or false, got 'yes'" },
	{ "{ read: anywhere }", "read: expected one of added, service, got 'anywhere'" },
	{ "{ read: [] }", "read: an empty list matches nothing" },
};

static void refuses_what_it_does_not_know(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(refused); i++) {
		GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
		GATE_AUTO(gate_rules_release) struct gate_rules rules = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
		struct gate_error why = { 0 };

		gate_buf_printf(&text, "version: 1\nrules: [{ id: x, require: { flag: %s } }]\n",
		                refused[i].predicate);
		assert_ok(gate_config_load(&config, NULL, "p.yml", text.ptr, text.len, err));
		assert_ok(gate_config_seal(config, err));
		assert_int_equal(gate_rules_compile(&rules, config, &why), GATE_ECONFIG);
		assert_string_equal(why.message, refused[i].message);
	}
}

static int judge(const struct gate_repo *repo, const char *branch, struct gate_error *err)
{
	static const char policy[] =
		"version: 1\n" POLICY "rules: [{ id: x, each: service, require: { flag: " ALL
		" } }]\n";
	GATE_AUTO(gate_change_free) struct gate_change *change = NULL;
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	GATE_AUTO(gate_rules_release) struct gate_rules rules = { 0 };
	GATE_AUTO(gate_verdict_release) struct gate_verdict verdict = { 0 };
	int code = gate_change_from_range(&change, repo, "main", branch, err);

	if (code == GATE_OK)
		code = gate_config_load(&config, &change->judge_files, "p.yml", policy,
		                        sizeof(policy) - 1, err);
	if (code == GATE_OK)
		code = gate_config_seal(config, err);
	if (code == GATE_OK)
		code = gate_rules_compile(&rules, config, err);
	return code == GATE_OK ? gate_engine_run(&verdict, &rules, config, change, NULL, err)
	                       : code;
}

static void every_allocation_may_fail(void **state)
{
	static const char *const branches[] = { "reads", "ships", "named", "named-typo", "bare" };
	const struct fixture *fixture = *state;
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;

	assert_ok(gate_repo_open(&repo, fixture->dir, err));
	for (size_t i = 0; i < GATE_COUNT(branches); i++) {
		bool failed = true;

		assert_ok(judge(repo, branches[i], err));
		for (unsigned n = 0; failed; n++) {
			struct gate_error err = { 0 };
			int code;

			test_oom_arm(n);
			code = judge(repo, branches[i], &err);
			failed = test_oom_disarm();
			if (code != (failed ? GATE_ENOMEM : GATE_OK))
				fail_msg("%s, allocation %u: %d, '%s'", branches[i], n, code,
				         err.message);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_it_finds_and_where),
		cmocka_unit_test(without_a_registry_it_is_not_known),
		cmocka_unit_test(what_cannot_be_looked_at_is_not_known),
		cmocka_unit_test(the_search_has_a_limit),
		cmocka_unit_test(the_index_is_judged_by_its_own_registry),
		cmocka_unit_test(each_fault_has_its_own_mend),
		cmocka_unit_test(refuses_what_it_does_not_know),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
