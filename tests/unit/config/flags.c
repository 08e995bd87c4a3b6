/* SPDX-License-Identifier: Apache-2.0 */
/* The key `flags`: what it may hold, that later files win key by key, and that the digest depends on it. */
#include "gate/base/buf.h"
#include "gate/base/limits.h"
#include "gate/config/config.h"
#include "tests/support/git.h"
#include "tests/support/snapshot.h"
#include "tests/support/test.h"

#define V "version: 1\n"

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
	{ "flags: []", 8, "flags: expected a map, got a list" },
	{ "flags: { registy: x }", 10, "unknown key 'registy' in flags, did you mean 'registry'?" },
	{ "flags: { registry: {} }", 20, "expected a path pattern or a list of them, got a map" },
	{ "flags: { registry: [] }", 20, "an empty list of paths matches nothing" },
	{ "flags: { registry: [a, $fags] }", 24, "unknown set '$fags', did you mean '$flags'?" },
	{ "flags: { registry: \"{x}.json\" }", 20, "unknown capture '{x}'" },
	{ "flags: { off: {} }", 15, "off: expected text, got a map" },
	{ "flags: { off: [no, ''] }", 20, "off: expected text, got nothing" },
	{ "flags: { aliases: [camel] }", 19,
	  "aliases: expected a map of keys to names, got a list" },
	{ "flags: { aliases: { pay: } }", 26, "an alias: expected text, got nothing" },
	{ "flags: { aliases: { pay: [] , '': x } }", 31,
	  "the key of a flag: expected text, got nothing" },
	{ "flags: { aliases: { pay: [PAY, {}] } }", 32, "an alias: expected text, got a map" },
};

static void names_what_is_wrong_and_where(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(broken); i++) {
		GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
		struct gate_error err = { 0 };

		gate_buf_printf(&text, V "%s\nsets: { flags: x }\n", broken[i].text);
		print_message("%s\n", broken[i].text);
		assert_int_equal(load(&config, gate_buf_text(&text), &err), GATE_ECONFIG);
		assert_string_equal(err.message, broken[i].message);
		assert_string_equal(err.file, "p.yml");
		assert_int_equal(err.line, 2);
		assert_int_equal(err.column, broken[i].column);
	}
}

static void a_name_has_a_limit(void **state)
{
	(void)state;
	for (int more = 0; more < 2; more++) {
		GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
		struct gate_error err = { 0 };

		gate_buf_printf(&text, V "flags: { off: x%0*d }\n",
		                GATE_MAX_FLAG_KEY_BYTES - 1 + more, 0);
		assert_int_equal(load(&config, gate_buf_text(&text), &err),
		                 more ? GATE_ECONFIG : GATE_OK);
		assert_string_equal(err.message, more ? "off: longer than 256 bytes" : "");
	}
}

static bool is_off(const struct gate_config *config, const char *variant)
{
	return gate_flags_name_is_off(&config->flags, variant, strlen(variant));
}

static void nothing_given_has_three_names_of_off(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;

	(void)state;
	assert_ok(load(&config, V, err));
	assert_null(config->flags.registry);
	for (size_t k = 0; k < GATE_FLAGS_KEYS; k++)
		assert_null(config->flags.keys[k]);
	assert_true(is_off(config, "off"));
	assert_true(is_off(config, "control"));
	assert_true(is_off(config, "disabled"));
	assert_false(is_off(config, "of"));
	assert_false(is_off(config, "offer"));
	assert_false(is_off(config, ""));
}

static void given_names_replace_them(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *one = NULL;
	GATE_AUTO(gate_config_free) struct gate_config *two = NULL;
	GATE_AUTO(gate_config_free) struct gate_config *none = NULL;

	(void)state;
	assert_ok(load(&one, V "flags: { off: no }\n", err));
	assert_true(is_off(one, "no"));
	assert_false(is_off(one, "off"));
	assert_ok(load(&two, V "flags: { off: [old, off] }\n", err));
	assert_true(is_off(two, "old"));
	assert_true(is_off(two, "off"));
	assert_false(is_off(two, "control"));
	assert_ok(load(&none, V "flags: { off: [] }\n", err));
	assert_false(is_off(none, "off"));
}

/* A set that is redefined counts for the registry that names it, wherever that is written. */
static void the_registry_is_compiled_when_all_is_merged(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	const char *text = V "flags: { registry: [$flags, \"!old/\"] }\n"
			     "sets: { flags: [\"*.flagd.json\", old/] }\n";

	(void)state;
	assert_ok(load(&config, text, err));
	assert_true(gate_pathset_match(config->flags.registry, "a/shop.flagd.json", 17));
	assert_false(gate_pathset_match(config->flags.registry, "old/shop.flagd.json", 19));
	assert_false(gate_pathset_match(config->flags.registry, "a/shop.json", 11));
}

static void a_later_file_wins_key_by_key(void **state)
{
	GATE_AUTO(test_snapshot_close) struct test_snapshot files = { 0 };
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	char *scratch = test_scratch(), *dir = test_repo(scratch, "repo");

	(void)state;
	test_write(dir, "team.yml",
	           V "flags: { registry: a.json, off: no, aliases: { pay: PAY } }\n");
	test_write(dir, ".doragate.yml",
	           V "extends: ./team.yml\nflags: { registry: b.json, aliases: { buy: BUY } }\n");
	test_git(dir, "add", "-A");
	test_snapshot_open(&files, dir, NULL);
	assert_ok(gate_config_load(&config, &files.files, NULL, NULL, 0, err));
	assert_ok(gate_config_seal(config, err));
	assert_true(gate_pathset_match(config->flags.registry, "b.json", 6));
	assert_false(gate_pathset_match(config->flags.registry, "a.json", 6));
	assert_true(is_off(config, "no"));
	assert_string_equal(config->flags.keys[GATE_FLAGS_OFF]->file, "team.yml");
	assert_int_equal(config->flags.keys[GATE_FLAGS_ALIASES]->n, 1);
	assert_string_equal(config->flags.keys[GATE_FLAGS_ALIASES]->keys[0]->text, "buy");
	test_scratch_remove(scratch);
	free(dir);
}

static void each_key_is_in_the_digest(void **state)
{
	static const char *const texts[] = {
		V,
		V "flags: { registry: a.json }\n",
		V "flags: { registry: b.json }\n",
		V "flags: { off: a.json }\n",
		V "flags: { aliases: { pay: PAY } }\n",
		V "flags: { aliases: { pay: Pay } }\n",
	};
	char digests[GATE_COUNT(texts)][GATE_DIGEST_HEX];

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(texts); i++) {
		GATE_AUTO(gate_config_free) struct gate_config *config = NULL;

		assert_ok(load(&config, texts[i], err));
		memcpy(digests[i], config->digest, GATE_DIGEST_HEX);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(digests[i], digests[k]);
	}
}

static void a_nested_file_holds_none(void **state)
{
	GATE_AUTO(test_snapshot_close) struct test_snapshot files = { 0 };
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	char *scratch = test_scratch(), *dir = test_repo(scratch, "repo");
	struct gate_error why = { 0 };

	(void)state;
	test_write(dir, ".doragate.yml", V);
	test_write(dir, "pay/.doragate.yml", "flags: { registry: a.json }\n");
	test_git(dir, "add", "-A");
	test_snapshot_open(&files, dir, NULL);
	assert_ok(gate_config_load(&config, &files.files, NULL, NULL, 0, err));
	assert_int_equal(gate_config_add_nested(config, &files.files, "pay", 3, &why),
	                 GATE_ECONFIG);
	assert_string_equal(why.message, "unknown key 'flags' in a nested policy");
	test_scratch_remove(scratch);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_is_wrong_and_where),
		cmocka_unit_test(a_name_has_a_limit),
		cmocka_unit_test(nothing_given_has_three_names_of_off),
		cmocka_unit_test(given_names_replace_them),
		cmocka_unit_test(the_registry_is_compiled_when_all_is_merged),
		cmocka_unit_test(a_later_file_wins_key_by_key),
		cmocka_unit_test(each_key_is_in_the_digest),
		cmocka_unit_test(a_nested_file_holds_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
