/* SPDX-License-Identifier: Apache-2.0 */
/* Files that extend files, all of one tree. */
#include "gate/config/config.h"
#include "tests/support/git.h"
#include "tests/support/snapshot.h"
#include "tests/support/test.h"

#include <unistd.h>

#define V "version: 1\n"
#define RULE(id, key) "rules: [{ id: " id ", " key " }]\n"

struct fixture {
	char *scratch, *dir;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->scratch = test_scratch();
	fixture->dir = test_repo(fixture->scratch, "repo");
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

/* What stands in the index; nothing is in the work tree only. */
static int load(struct gate_config **out, struct fixture *fixture, struct gate_error *err)
{
	struct test_snapshot snapshot;
	int code;

	test_git(fixture->dir, "add", "-A");
	test_snapshot_open(&snapshot, fixture->dir, NULL);
	code = gate_config_load(out, &snapshot.files, NULL, NULL, 0, err);
	if (code == GATE_OK)
		code = gate_config_seal(*out, err);
	test_snapshot_close(&snapshot);
	return code;
}

static void refuse(struct fixture *fixture, const char *file, unsigned line, unsigned column,
                   const char *message)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	struct gate_error err = { 0 };

	assert_int_equal(load(&config, fixture, &err), GATE_ECONFIG);
	assert_string_equal(err.message, message);
	assert_string_equal(err.file, file);
	assert_int_equal(err.line, line);
	assert_int_equal(err.column, column);
}

static const struct gate_rule_source *rule(const struct gate_config *config, const char *id)
{
	for (size_t i = 0; i < config->n_rules; i++)
		if (!strcmp(config->rules[i].id, id))
			return &config->rules[i];
	fail_msg("there is no rule '%s'", id);
	return NULL;
}

static const char *key(const struct gate_config *config, const char *id, enum gate_rule_key key)
{
	const struct gate_yaml *node = rule(config, id)->keys[key];

	return node ? node->text : NULL;
}

static void refuses_a_file_that_is_not_there(void **state)
{
	struct fixture *fixture = *state;

	test_write(fixture->dir, ".doragate.yml", V "extends:\n- ./policies/team.yml\n");
	refuse(fixture, ".doragate.yml", 3, 3, "there is no file 'policies/team.yml'");
	test_write(fixture->dir, "policies/team.yml/x", "a folder\n");
	refuse(fixture, "policies/team.yml", 0, 0, "is a folder");
	test_write(fixture->dir, ".doragate.yml", V "extends: ./\n");
	refuse(fixture, ".doragate.yml", 2, 10, "there is no file ''");
}

static void refuses_to_leave_the_repository(void **state)
{
	struct fixture *fixture = *state;

	test_write(fixture->scratch, "outside.yml", V);
	test_write(fixture->dir, ".doragate.yml", V "extends: ../outside.yml\n");
	refuse(fixture, ".doragate.yml", 2, 10, "'../outside.yml' leads out of the repository");
	test_write(fixture->dir, ".doragate.yml", V "extends: ./a/b.yml\n");
	test_write(fixture->dir, "a/b.yml", V "extends: ../c/.././../outside.yml\n");
	refuse(fixture, "a/b.yml", 2, 10, "'../c/.././../outside.yml' leads out of the repository");
}

static void refuses_symlinks(void **state)
{
	struct fixture *fixture = *state;
	char *team = test_path(fixture->dir, "team.yml");
	char *policy = test_path(fixture->dir, ".doragate.yml");

	test_write(fixture->dir, "real.yml", V);
	test_write(fixture->dir, ".doragate.yml", V "extends: ./team.yml\n");
	assert_int_equal(symlink("real.yml", team), 0);
	refuse(fixture, "team.yml", 0, 0, "is no regular file");
	assert_int_equal(unlink(policy), 0);
	assert_int_equal(symlink("real.yml", policy), 0);
	refuse(fixture, ".doragate.yml", 0, 0, "is no regular file");
	free(team);
	free(policy);
}

static void refuses_cycles(void **state)
{
	struct fixture *fixture = *state;

	test_write(fixture->dir, ".doragate.yml", V "extends: [./a.yml]\n");
	test_write(fixture->dir, "a.yml", V "extends: [./b/b.yml]\n");
	test_write(fixture->dir, "b/b.yml", V "extends: [../a.yml]\n");
	refuse(fixture, "b/b.yml", 2, 11, "'a.yml' extends itself");
	test_write(fixture->dir, "b/b.yml", V "extends: [../.doragate.yml]\n");
	refuse(fixture, "b/b.yml", 2, 11, "'.doragate.yml' extends itself");
	test_write(fixture->dir, ".doragate.yml", V "extends: [./.doragate.yml]\n");
	refuse(fixture, ".doragate.yml", 2, 11, "'.doragate.yml' extends itself");
}

static void chain_of(struct fixture *fixture, unsigned files)
{
	char name[32], text[64];

	for (unsigned i = 0; i <= files; i++) {
		snprintf(name, sizeof(name), i ? "%u.yml" : ".doragate.yml", i);
		snprintf(text, sizeof(text), i < files ? V "extends: ./%u.yml\n" : V, i + 1);
		test_write(fixture->dir, name, text);
	}
}

static void eight_files_deep_and_no_deeper(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	struct fixture *fixture = *state;

	chain_of(fixture, 8);
	assert_ok(load(&config, fixture, err));
	chain_of(fixture, 9);
	refuse(fixture, "8.yml", 2, 10, "files extend each other more than 8 deep");
}

static void names_the_file_that_is_wrong(void **state)
{
	struct fixture *fixture = *state;

	test_write(fixture->dir, ".doragate.yml", V "extends: [./team/a.yml]\n");
	test_write(fixture->dir, "team/a.yml", V "rulez: []\n");
	refuse(fixture, "team/a.yml", 2, 1,
	       "unknown key 'rulez' in a policy, did you mean 'rules'?");
	test_write(fixture->dir, "team/a.yml", V "sets: { x: [$y] }\n");
	refuse(fixture, "team/a.yml", 2, 13, "unknown set '$y'");
}

static void later_wins_key_by_key(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	struct fixture *fixture = *state;

	test_write(fixture->dir, ".doragate.yml",
	           V "extends: [./a.yml, ./b.yml]\n" RULE("x", "severity: warning"));
	test_write(fixture->dir, "a.yml",
	           V RULE("x", "require: { changed: a }, why: from a, "
	                       "severity: error, fix: from a"));
	test_write(fixture->dir, "b.yml", V RULE("x", "why: from b, severity: info"));
	assert_ok(load(&config, fixture, err));
	assert_int_equal(config->n_rules, 1);
	assert_string_equal(key(config, "x", GATE_RULE_WHY), "from b");
	assert_string_equal(key(config, "x", GATE_RULE_FIX), "from a");
	assert_string_equal(key(config, "x", GATE_RULE_SEVERITY), "warning");
	/* Where each key is from. */
	assert_string_equal(rule(config, "x")->keys[GATE_RULE_WHY]->file, "b.yml");
	assert_string_equal(rule(config, "x")->keys[GATE_RULE_SEVERITY]->file, ".doragate.yml");
	assert_string_equal(rule(config, "x")->node->file, "a.yml");
}

static void a_later_demand_replaces_the_earlier(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	struct fixture *fixture = *state;

	test_write(fixture->dir, ".doragate.yml",
	           V "extends: [./a.yml]\nrules:\n- { id: x, require: { changed: new } }\n"
	             "- { id: y, forbid: { changed: new } }\n");
	test_write(fixture->dir, "a.yml",
	           V "rules:\n- { id: x, forbid: { changed: old } }\n"
	             "- { id: y, require: { changed: old } }\n");
	assert_ok(load(&config, fixture, err));
	assert_non_null(rule(config, "x")->keys[GATE_RULE_REQUIRE]);
	assert_null(rule(config, "x")->keys[GATE_RULE_FORBID]);
	assert_non_null(rule(config, "y")->keys[GATE_RULE_FORBID]);
	assert_null(rule(config, "y")->keys[GATE_RULE_REQUIRE]);
}

static void sets_and_services_are_replaced_whole(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	struct fixture *fixture = *state;
	const struct gate_pathset *app, *tests;

	test_write(fixture->dir, ".doragate.yml",
	           V "extends: [./a.yml]\nsets: { tests: [check/] }\n"
	             "services: { cart: { paths: [new/], shared: [$tests, libs/] } }\n");
	test_write(fixture->dir, "a.yml",
	           V "sets: { app: [src/, \"!$tests\"] }\n"
	             "services: { cart: { paths: [old/], tier: one },\n"
	             "  bill: { paths: bill/, shared: proto/ } }\n");
	assert_ok(load(&config, fixture, err));
	app = gate_scope_find(&config->root, "app", 3)->compiled;
	tests = gate_scope_find(&config->root, "tests", 5)->compiled;
	/* A set that is redefined later counts for those that were written before. */
	assert_true(gate_pathset_match(app, "src/tests/a.c", 13));
	assert_false(gate_pathset_match(app, "src/check/a.c", 13));
	assert_false(gate_pathset_match(tests, "tests/a.c", 9));
	assert_int_equal(config->n_services, 2);
	assert_string_equal(config->services[0].name, "bill");
	assert_string_equal(config->services[1].name, "cart");
	assert_null(config->services[1].tier);
	assert_true(gate_pathset_match(config->services[1].paths, "new/a", 5));
	assert_false(gate_pathset_match(config->services[1].paths, "old/a", 5));
	assert_true(gate_pathset_match(config->services[0].shared, "proto/a", 7));
	assert_true(gate_pathset_match(config->services[1].shared, "libs/a", 6));
	assert_true(gate_pathset_match(config->services[1].shared, "check/a", 7));
	assert_false(gate_pathset_match(config->services[1].shared, "proto/a", 7));
	/* What is shared is not the service's own. */
	assert_false(gate_pathset_match(config->services[1].paths, "libs/a", 6));
}

static void a_preset_is_merged_once(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	struct fixture *fixture = *state;

	/* ecommerce extends baseline too: a second merge would take back what team.yml says. */
	test_write(fixture->dir, ".doragate.yml",
	           V "extends: [./team.yml, doragate/ecommerce, doragate/baseline]\n");
	test_write(fixture->dir, "team.yml",
	           V "extends: doragate/baseline\n" RULE("baseline/subject", "severity: error"));
	assert_ok(load(&config, fixture, err));
	assert_string_equal(key(config, "baseline/subject", GATE_RULE_SEVERITY), "error");
	assert_string_equal(key(config, "rollback/way-back", GATE_RULE_WHY),
	                    "going back to the old code does not undo this change; say how to get "
	                    "back before it is needed");
}

/* A file in the tree that is named as a preset's source is a file like any other. */
static void a_file_is_never_taken_for_a_preset(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	struct fixture *fixture = *state;

	test_write(fixture->dir, ".doragate.yml",
	           V "extends: [./policies/baseline/policy.yml, doragate/baseline]\n");
	test_write(fixture->dir, "policies/baseline/policy.yml",
	           V RULE("mine", "forbid: { changed: x }"));
	assert_ok(load(&config, fixture, err));
	assert_non_null(rule(config, "mine"));
	assert_non_null(rule(config, "baseline/subject"));
}

static void without_a_policy_baseline_in_shadow(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	struct fixture *fixture = *state;

	assert_ok(load(&config, fixture, err));
	assert_false(config->found);
	assert_int_equal(config->mode, GATE_MODE_SHADOW);
	assert_non_null(rule(config, "baseline/subject"));
}

static void too_large_a_policy_is_a_limit(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	GATE_AUTO(gate_free) char *text = NULL;
	struct fixture *fixture = *state;
	struct gate_error err = { 0 };
	size_t size = (size_t)10 << 20;

	text = calloc(1, size + 1);
	assert_non_null(text);
	memset(text, '#', size);
	test_write(fixture->dir, ".doragate.yml", text);
	assert_int_equal(load(&config, fixture, &err), GATE_ELIMIT);
	assert_string_equal(err.file, ".doragate.yml");
	assert_string_equal(err.message, "file has 10485760 bytes, more than the limit of 1048576");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refuses_a_file_that_is_not_there),
		TEST(refuses_to_leave_the_repository),
		TEST(refuses_symlinks),
		TEST(refuses_cycles),
		TEST(eight_files_deep_and_no_deeper),
		TEST(names_the_file_that_is_wrong),
		TEST(later_wins_key_by_key),
		TEST(a_later_demand_replaces_the_earlier),
		TEST(sets_and_services_are_replaced_whole),
		TEST(a_preset_is_merged_once),
		TEST(a_file_is_never_taken_for_a_preset),
		TEST(without_a_policy_baseline_in_shadow),
		TEST(too_large_a_policy_is_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
