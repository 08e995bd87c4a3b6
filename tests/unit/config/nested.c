/* SPDX-License-Identifier: Apache-2.0 */
/* Policies in folders below: they see their folder only, and add only. */
#include "gate/config/config.h"
#include "tests/support/git.h"
#include "tests/support/snapshot.h"
#include "tests/support/test.h"

#define V "version: 1\n"

static const char root_policy[] = V "sets: { app: [src/], all: [\"**\"] }\n"
				    "services: { cart: { paths: [src/cart/] } }\n"
				    "rules: [{ id: own, require: { changed: $app } }]\n";

/* Loads the root's policy with the one of the folder "shop/cart". */
static int load(struct gate_config **out, const char *nested, struct gate_error *err)
{
	char *scratch = test_scratch(), *dir = test_repo(scratch, "repo");
	struct test_snapshot snapshot;
	int code;

	test_write(dir, ".doragate.yml", root_policy);
	if (nested)
		test_write(dir, "shop/cart/.doragate.yml", nested);
	test_git(dir, "add", "-A");
	test_snapshot_open(&snapshot, dir, NULL);
	code = gate_config_load(out, &snapshot.files, NULL, NULL, 0, err);
	if (code == GATE_OK)
		code = gate_config_add_nested(*out, &snapshot.files, "shop/cart/more", 9, err);
	if (code == GATE_OK)
		code = gate_config_seal(*out, err);
	test_snapshot_close(&snapshot);
	free(dir);
	test_scratch_remove(scratch);
	return code;
}

static const struct {
	const char *text;
	unsigned line, column;
	const char *message;
} broken[] = {
	{ V "rules: []\n", 1, 1, "unknown key 'version' in a nested policy" },
	{ "mode: shadow\n", 1, 1, "unknown key 'mode' in a nested policy" },
	{ "extends: doragate/baseline\n", 1, 1, "unknown key 'extends' in a nested policy" },
	{ "repository: https://x/y\n", 1, 1, "unknown key 'repository' in a nested policy" },
	{ "environments: {}\n", 1, 1, "unknown key 'environments' in a nested policy" },
	{ "log: {}\n", 1, 1, "unknown key 'log' in a nested policy" },
	{ "ruls: []\n", 1, 1, "unknown key 'ruls' in a nested policy, did you mean 'rules'?" },
	{ "[]\n", 1, 1, "expected a map of keys, got a list" },
	{ "services: { cart: { paths: x } }\n", 1, 13,
	  "the service 'cart' stands in a file above; a nested policy adds only" },
	{ "rules: [{ id: own, severity: info }]\n", 1, 15,
	  "the rule 'own' needs 'require' or 'forbid': a nested policy adds only" },
	{ "rules: [{ id: baseline/subject, forbid: { changed: x } }]\n", 1, 15,
	  "'baseline/subject' is no rule id: use lower-case letters, digits and '-'" },
	{ "rules: [{ id: a, forbid: { changed: x } }, { id: a, severity: info }]\n", 1, 50,
	  "the rule 'a' stands already on line 1" },
	{ "sets: { x: [$ap] }\n", 1, 13, "unknown set '$ap', did you mean '$app'?" },
};

static void names_what_is_wrong_and_where(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(broken); i++) {
		GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
		struct gate_error err = { 0 };

		print_message("%s", broken[i].text);
		assert_int_equal(load(&config, broken[i].text, &err), GATE_ECONFIG);
		assert_string_equal(err.message, broken[i].message);
		assert_string_equal(err.file, "shop/cart/.doragate.yml");
		assert_int_equal(err.line, broken[i].line);
		assert_int_equal(err.column, broken[i].column);
	}
}

static void a_folder_without_one_adds_nothing(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;

	(void)state;
	assert_ok(load(&config, NULL, err));
	assert_int_equal(config->n_nested, 0);
}

static void an_empty_one_adds_nothing(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;

	(void)state;
	assert_ok(load(&config, "# later\n", err));
	assert_int_equal(config->n_rules, 1);
}

static void adds_rules_under_its_folder(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;

	(void)state;
	assert_ok(load(&config, "rules: [{ id: own, forbid: { changed: x } }]\n", err));
	assert_int_equal(config->n_rules, 2);
	assert_string_equal(config->rules[0].id, "own");
	assert_non_null(config->rules[0].keys[GATE_RULE_REQUIRE]);
	assert_string_equal(config->rules[1].id, "shop/cart:own");
	assert_string_equal(config->rules[1].scope->folder, "shop/cart/");
}

static void its_patterns_start_at_its_folder(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	const struct gate_pathset *app;

	(void)state;
	assert_ok(load(&config, "sets: { app: [/lib/] }\nservices: { pay: { paths: [/pay/] } }\n",
	               err));
	app = gate_scope_find(config->nested[0], "app", 3)->compiled;
	assert_true(gate_pathset_match(app, "shop/cart/lib/a.c", 17));
	assert_false(gate_pathset_match(app, "lib/a.c", 7));
	assert_string_equal(config->services[1].name, "pay");
	assert_true(gate_pathset_match(config->services[1].paths, "shop/cart/pay/a.c", 17));
	assert_false(gate_pathset_match(config->services[1].paths, "pay/a.c", 7));
}

static void its_sets_shadow_those_above(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	const struct gate_scope *nested;

	(void)state;
	assert_ok(load(&config, "sets: { app: [lib/], mine: [$app, $tests] }\n", err));
	nested = config->nested[0];
	assert_true(gate_pathset_match(gate_scope_find(nested, "mine", 4)->compiled,
	                               "shop/cart/lib/a.c", 17));
	/* The root's set is what it was, and the root does not see the folder's. */
	assert_true(gate_pathset_match(gate_scope_find(&config->root, "app", 3)->compiled,
	                               "src/a.c", 7));
	assert_null(gate_scope_find(&config->root, "mine", 4));
	/* What it does not have is that of the root. */
	assert_ptr_equal(gate_scope_find(nested, "all", 3),
	                 gate_scope_find(&config->root, "all", 3));
}

static void digest_of(char digest[GATE_DIGEST_HEX], const char *text)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;

	assert_ok(gate_config_load(&config, NULL, "p.yml", text, strlen(text), err));
	assert_ok(gate_config_seal(config, err));
	memcpy(digest, config->digest, GATE_DIGEST_HEX);
}

static void equal_policies_have_equal_digests(void **state)
{
	static const char *const same[] = {
		V "rules: [{ id: a, why: b, forbid: { changed: [x, y] } }]\n",
		"# a comment\nversion: 1\nmode: enforce\n\nrules:\n- id: a\n  forbid:\n    "
		"changed:\n    "
		"- \"x\"\n    - 'y'\n  why: b\n",
	};
	char first[GATE_DIGEST_HEX], second[GATE_DIGEST_HEX];

	(void)state;
	digest_of(first, same[0]);
	digest_of(second, same[1]);
	assert_int_equal(strlen(first), 64);
	assert_string_equal(first, second);
}

static void different_policies_have_different_digests(void **state)
{
	static const char *const texts[] = {
		V,
		V "mode: shadow\n",
		V "on-error: allow\n",
		V "sets: { a: [bc] }\n",
		V "sets: { ab: [c] }\n",
		V "sets: { a: [b, c] }\n",
		V "sets: { a: [\"b, c\"] }\n",
		V "sets: { a: b }\n",
		V "services: { a: { paths: b } }\n",
		V "services: { a: { paths: b, tier: c } }\n",
		V "rules: [{ id: a, forbid: { changed: b } }]\n",
		V "rules: [{ id: a, require: { changed: b } }]\n",
		V "rules: [{ id: a, require: { changed: b }, mode: shadow }]\n",
		V "rules: [{ id: a, require: { changed: b }, why: c, see: d }]\n",
		V "rules: [{ id: a, require: { changed: b }, why: d, see: c }]\n",
		V "extends: doragate/baseline\n",
		V "extends: doragate/ecommerce\n",
	};
	char digests[GATE_COUNT(texts)][GATE_DIGEST_HEX];

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(texts); i++) {
		digest_of(digests[i], texts[i]);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(digests[i], digests[k]))
				fail_msg("'%s' and '%s'", texts[i], texts[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_is_wrong_and_where),
		cmocka_unit_test(a_folder_without_one_adds_nothing),
		cmocka_unit_test(an_empty_one_adds_nothing),
		cmocka_unit_test(adds_rules_under_its_folder),
		cmocka_unit_test(its_patterns_start_at_its_folder),
		cmocka_unit_test(its_sets_shadow_those_above),
		cmocka_unit_test(equal_policies_have_equal_digests),
		cmocka_unit_test(different_policies_have_different_digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
