/* SPDX-License-Identifier: Apache-2.0 */
/* What only the log reads: repository, environments, log. */
#include "gate/base/buf.h"
#include "gate/base/limits.h"
#include "gate/config/config.h"
#include "tests/support/git.h"
#include "tests/support/snapshot.h"
#include "tests/support/test.h"

#define V "version: 1\n"
#define SPACE ": white space and control bytes are not allowed"

static int load(struct gate_config **out, const char *text, struct gate_error *err)
{
	int code = gate_config_load(out, NULL, "p.yml", text, strlen(text), err);

	return code == GATE_OK ? gate_config_seal(*out, err) : code;
}

static const struct {
	const char *text;
	unsigned column; /* on line 2 */
	const char *message;
} broken[] = {
	{ "repository: [x]", 13, "repository: expected text, got a list" },
	{ "repository:", 12, "repository: expected text, got nothing" },
	{ "repository: ''", 13, "repository: expected text, got nothing" },
	{ "repository: a b", 13, "repository" SPACE },
	{ "repository: \"a\\tb\"", 13, "repository" SPACE },
	{ "repository: \"a\\u200Bb\"", 13, "repository" SPACE },
	{ "repositroy: x", 1, "unknown key 'repositroy' in a policy, did you mean 'repository'?" },
	{ "environments: []", 15, "environments: expected a map, got a list" },
	{ "environments: { a b: {} }", 17,
	  "'a b' is no environment name: use letters, digits, '.', '_' and '-'" },
	{ "environments: { .a: {} }", 17,
	  "'.a' is no environment name: use letters, digits, '.', '_' and '-'" },
	{ "environments: { prod: production }", 23,
	  "an environment: expected a map, got 'production'" },
	{ "environments: { prod: }", 23, "an environment: expected a map, got nothing" },
	{ "environments: { prod: { teir: other } }", 25,
	  "unknown key 'teir' in an environment, did you mean 'tier'?" },
	{ "environments: { prod: { tier: stagin } }", 31,
	  "tier: unknown 'stagin', did you mean 'staging'?" },
	{ "environments: { prod: { tier: 1 } }", 31,
	  "tier: expected one of production, staging, testing, other, got '1'" },
	{ "log: \"git:\"", 6, "log: expected a map, got 'git:'" },
	{ "log: { stor: x }", 8, "unknown key 'stor' in log, did you mean 'store'?" },
	{ "log: { store: [] }", 15, "store: expected text, got a list" },
	{ "log: { store: \"file:/a b\" }", 15, "store" SPACE },
	{ "log: { remote: -u }", 16, "remote: expected the name of a remote, got '-u'" },
	{ "log: { remote: ../x }", 16, "remote: expected the name of a remote, got '../x'" },
	{ "log: { remote: /x }", 16, "remote: expected the name of a remote, got '/x'" },
	{ "log: { remote: \"ext::sh\" }", 16,
	  "remote: expected the name of a remote, got 'ext::sh'" },
	{ "log: { ref: refs/doragate/other }", 13,
	  "ref: must be refs/doragate/log or begin with refs/heads/, got 'refs/doragate/other'" },
	{ "log: { ref: main }", 13,
	  "ref: must be refs/doragate/log or begin with refs/heads/, got 'main'" },
	{ "log: { ref: refs/heads/ }", 13, "ref: 'refs/heads/' is no name of a branch" },
	{ "log: { ref: refs/heads/a..b }", 13, "ref: 'refs/heads/a..b' is no name of a branch" },
	{ "log: { ref: refs/heads/../x }", 13, "ref: 'refs/heads/../x' is no name of a branch" },
	{ "log: { sync: pull }", 14, "sync: expected one of manual, push, got 'pull'" },
	{ "log: { share: all }", 15, "share: expected one of hooks, got 'all'" },
	{ "log: { details: yes }", 17, "details: expected true or false, got 'yes'" },
};

static void names_what_is_wrong_and_where(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(broken); i++) {
		GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
		struct gate_error err = { 0 };

		gate_buf_printf(&text, V "%s\n", broken[i].text);
		print_message("%s\n", broken[i].text);
		assert_int_equal(load(&config, gate_buf_text(&text), &err), GATE_ECONFIG);
		assert_string_equal(err.message, broken[i].message);
		assert_string_equal(err.file, "p.yml");
		assert_int_equal(err.line, 2);
		assert_int_equal(err.column, broken[i].column);
	}
}

static void a_repository_has_a_limit(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	struct gate_error err = { 0 };

	(void)state;
	for (int more = 0; more < 2; more++) {
		GATE_AUTO(gate_config_free) struct gate_config *config = NULL;

		gate_buf_reset(&text);
		gate_buf_printf(&text, V "repository: %0*d\n", GATE_MAX_REPOSITORY_BYTES + more, 0);
		assert_int_equal(load(&config, gate_buf_text(&text), &err),
		                 more ? GATE_ECONFIG : GATE_OK);
	}
	assert_string_equal(err.message, "repository: longer than 512 bytes");
}

static void nothing_given_is_nothing(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;

	(void)state;
	assert_ok(load(&config, V, err));
	assert_null(config->repository);
	assert_int_equal(config->n_environments, 0);
	assert_null(config->log.store);
	assert_null(config->log.remote);
	assert_null(config->log.ref);
	assert_int_equal(config->log.sync, GATE_LOG_SYNC_MANUAL);
	assert_false(config->log.share_hooks);
	assert_false(config->log.details);
	for (size_t k = 0; k < GATE_LOG_KEYS; k++)
		assert_null(config->log.keys[k]);
}

static void values_are_read(void **state)
{
	static const char text[] =
		V "repository: https://github.com/shop/shop.git/\n"
		  "environments:\n  test: { tier: testing }\n  prod: {}\n  production: {}\n"
		  "  Prod: {}\n  eu-1: { tier: production }\n  a: { tier: staging }\n"
		  "log: { store: \"file:/srv/events\", remote: up/stream, ref: refs/heads/log,\n"
		  "       sync: push, share: hooks, details: true }\n";
	static const struct gate_environment want[] = {
		{ .name = "Prod", .tier = GATE_TIER_OTHER },
		{ .name = "a", .tier = GATE_TIER_STAGING },
		{ .name = "eu-1", .tier = GATE_TIER_PRODUCTION },
		{ .name = "prod", .tier = GATE_TIER_PRODUCTION },
		{ .name = "production", .tier = GATE_TIER_PRODUCTION },
		{ .name = "test", .tier = GATE_TIER_TESTING },
	};
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;

	(void)state;
	assert_ok(load(&config, text, err));
	assert_string_equal(config->repository, "https://github.com/shop/shop.git/");
	assert_int_equal(config->n_environments, GATE_COUNT(want));
	for (size_t i = 0; i < GATE_COUNT(want); i++) {
		assert_string_equal(config->environments[i].name, want[i].name);
		assert_int_equal(config->environments[i].tier, want[i].tier);
	}
	assert_string_equal(config->log.store, "file:/srv/events");
	assert_string_equal(config->log.remote, "up/stream");
	assert_string_equal(config->log.ref, "refs/heads/log");
	assert_int_equal(config->log.sync, GATE_LOG_SYNC_PUSH);
	assert_true(config->log.share_hooks);
	assert_true(config->log.details);
}

/* What no verdict depends on does not change which policy a verdict names. */
static void the_digest_is_of_the_policy(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *with = NULL;
	GATE_AUTO(gate_config_free) struct gate_config *without = NULL;

	(void)state;
	assert_ok(load(&without, V, err));
	assert_ok(load(&with, V "repository: x\nenvironments: { a: {} }\nlog: { sync: push }\n",
	               err));
	assert_string_equal(with->digest, without->digest);
}

static void a_later_file_wins(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	char *scratch = test_scratch(), *dir = test_repo(scratch, "repo");
	struct test_snapshot snapshot;

	(void)state;
	test_write(dir, ".doragate.yml",
	           V "extends: ./team.yml\nenvironments: { prod: {}, b: {} }\n"
	             "log: { sync: manual, store: \"git:\" }\n");
	test_write(dir, "team.yml",
	           V "repository: https://x/y\nenvironments: { prod: { tier: other }, a: {} }\n"
	             "log: { sync: push, details: true }\n");
	test_git(dir, "add", "-A");
	test_snapshot_open(&snapshot, dir, NULL);
	assert_ok(gate_config_load(&config, &snapshot.files, NULL, NULL, 0, err));
	assert_ok(gate_config_seal(config, err));
	test_snapshot_close(&snapshot);
	free(dir);
	test_scratch_remove(scratch);
	assert_string_equal(config->repository, "https://x/y");
	assert_string_equal(config->repository_node->file, "team.yml");
	assert_int_equal(config->n_environments, 3);
	assert_string_equal(config->environments[2].name, "prod");
	assert_int_equal(config->environments[2].tier, GATE_TIER_PRODUCTION);
	assert_string_equal(config->environments[2].node->file, ".doragate.yml");
	assert_string_equal(config->environments[0].node->file, "team.yml");
	assert_int_equal(config->log.sync, GATE_LOG_SYNC_MANUAL);
	assert_string_equal(config->log.keys[GATE_LOG_SYNC]->file, ".doragate.yml");
	assert_true(config->log.details);
	assert_string_equal(config->log.keys[GATE_LOG_DETAILS]->file, "team.yml");
	assert_string_equal(config->log.store, "git:");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_is_wrong_and_where),
		cmocka_unit_test(a_repository_has_a_limit),
		cmocka_unit_test(nothing_given_is_nothing),
		cmocka_unit_test(values_are_read),
		cmocka_unit_test(the_digest_is_of_the_policy),
		cmocka_unit_test(a_later_file_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
