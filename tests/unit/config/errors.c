/* SPDX-License-Identifier: Apache-2.0 */
/* What one policy text can have wrong, with the exact message and place. */
#include "gate/base/buf.h"
#include "gate/config/config.h"
#include "tests/support/test.h"

#define V "version: 1\n"

static const struct {
	const char *text;
	unsigned line, column;
	const char *message;
} cases[] = {
	/* the head */
	{ "", 1, 1, "file is empty: a policy starts with 'version: 1'" },
	{ "# nothing\n---\n", 3, 1, "file is empty: a policy starts with 'version: 1'" },
	{ "rules: []\n", 1, 1, "'version: 1' is missing" },
	{ "[]\n", 1, 1, "expected a map of keys, got a list" },
	{ "version\n", 1, 1, "expected a map of keys, got text" },
	{ "version: 2\n", 1, 10, "version 2 is unknown; this program reads version 1" },
	{ "version: one\n", 1, 10, "version: expected a number, got 'one'" },
	{ "version:\n", 1, 9, "version: expected a number, got nothing" },
	{ V "needs: \"99.1\"\n", 2, 8, "needs doragate 99.1 or newer; this is 0.1.0" },
	{ "version: 2\nnew-key: x\nneeds: \"0.2\"\n", 3, 8,
	  "needs doragate 0.2 or newer; this is 0.1.0" },
	{ V "needs: \"0.1.1\"\n", 2, 8, "needs doragate 0.1.1 or newer; this is 0.1.0" },
	{ V "needs: soon\n", 2, 8, "expected a version such as '0.3', got 'soon'" },
	{ V "needs: [1]\n", 2, 8, "needs: expected text, got a list" },
	/* keys */
	{ V "rule: []\n", 2, 1, "unknown key 'rule' in a policy, did you mean 'rules'?" },
	{ V "hooks: []\n", 2, 1, "unknown key 'hooks' in a policy" },
	{ V "mode: shadow\nmode: enforce\n", 3, 1, "duplicate key 'mode', first on line 2" },
	{ V "evidence: {}\n", 2, 1, "'evidence' needs a newer doragate; this is 0.1.0" },
	{ V "calendars: {}\n", 2, 1, "'calendars' needs a newer doragate; this is 0.1.0" },
	{ V "waivers: []\n", 2, 1, "'waivers' needs a newer doragate; this is 0.1.0" },
	{ V "mode: on\n", 2, 7, "mode: expected one of enforce, shadow, got 'on'" },
	{ V "mode: shadwo\n", 2, 7, "mode: unknown 'shadwo', did you mean 'shadow'?" },
	{ V "mode: [shadow]\n", 2, 7, "mode: expected one of enforce, shadow, got a list" },
	{ V "on-error: pass\n", 2, 11, "on-error: expected one of block, allow, got 'pass'" },
	/* extends */
	{ V "extends: [doragate/basline]\n", 2, 11,
	  "unknown preset 'doragate/basline', did you mean 'doragate/baseline'?" },
	{ V "extends: doragate/none-of-these\n", 2, 10, "unknown preset 'doragate/none-of-these'" },
	{ V "extends: [doragate/sets]\n", 2, 11, "unknown preset 'doragate/sets'" },
	{ V "extends: [baseline]\n", 2, 11,
	  "unknown preset 'baseline', did you mean 'doragate/baseline'?" },
	{ V "extends: [basline]\n", 2, 11,
	  "'basline' is neither a preset ('doragate/<name>') nor a file ('./<path>')" },
	{ V "extends: [/etc/policy.yml]\n", 2, 11,
	  "'/etc/policy.yml' is neither a preset ('doragate/<name>') nor a file ('./<path>')" },
	{ V "extends: { a: b }\n", 2, 10,
	  "a preset or a file to extend: expected text, got a map" },
	/* sets */
	{ V "sets: []\n", 2, 7, "sets: expected a map, got a list" },
	{ V "sets: { App: src/ }\n", 2, 9,
	  "'App' is no set name: use lower-case letters, digits and '-'" },
	{ V "sets: { app: { a: b } }\n", 2, 14,
	  "expected a path pattern or a list of them, got a map" },
	{ V "sets: { app: [] }\n", 2, 14, "an empty list of paths matches nothing" },
	{ V "sets: { app: [src/, [x]] }\n", 2, 21, "a path pattern: expected text, got a list" },
	{ V "sets: { app: [src/, \"src/[\"] }\n", 2, 21, "'[' is not closed" },
	{ V "sets: { app: [\"!src/\"] }\n", 2, 15, "a set of only '!' holds nothing" },
	{ V "sets: { app: [$test] }\n", 2, 15, "unknown set '$test', did you mean '$tests'?" },
	{ V "sets: { app: \"!$nothing-near\" }\n", 2, 14, "unknown set '$nothing-near'" },
	{ V "sets: { app: [src/, $app] }\n", 2, 14, "the set 'app' holds itself" },
	{ V "sets:\n  a: [$b]\n  b: [$c]\n  c: [x, $a]\n", 3, 6, "the set 'a' holds itself" },
	/* services */
	{ V "services: [a]\n", 2, 11, "services: expected a map, got a list" },
	{ V "services: { cart: src/ }\n", 2, 19, "a service: expected a map, got text" },
	{ V "services: { cart: { path: src/ } }\n", 2, 21,
	  "unknown key 'path' in a service, did you mean 'paths'?" },
	{ V "services: { cart: { tier: one } }\n", 2, 19, "the service 'cart' has no 'paths'" },
	{ V "services: { cart: { paths: [] } }\n", 2, 28,
	  "an empty list of paths matches nothing" },
	{ V "services: { cart: { paths: x, tests: $none } }\n", 2, 38, "unknown set '$none'" },
	{ V "services: { cart: { paths: x, shared: $none } }\n", 2, 39, "unknown set '$none'" },
	{ V "services: { cart: { paths: x, shared: [] } }\n", 2, 39,
	  "an empty list of paths matches nothing" },
	{ V "services: { cart: { paths: x, share: y } }\n", 2, 31,
	  "unknown key 'share' in a service, did you mean 'shared'?" },
	{ V "services: { cart: { shared: x } }\n", 2, 19, "the service 'cart' has no 'paths'" },
	{ V "services: { cart: { paths: \"src/{x}/\" } }\n", 2, 28, "unknown capture '{x}'" },
	{ V "services: { cart: { paths: src/, tier: [1] } }\n", 2, 40,
	  "tier: expected text, got a list" },
	{ V "services: { cart: { paths: src/, owner: {} } }\n", 2, 41,
	  "owner: expected text, got a map" },
	{ V "services: { \"a b\": { paths: src/ } }\n", 2, 13,
	  "'a b' is no service name: use letters, digits, '.', '_' and '-'" },
	{ V "services: { .cart: { paths: src/ } }\n", 2, 13,
	  "'.cart' is no service name: use letters, digits, '.', '_' and '-'" },
	/* rules */
	{ V "rules: {}\n", 2, 8, "rules: expected a list, got a map" },
	{ V "rules: [x]\n", 2, 9, "a rule: expected a map, got text" },
	{ V "rules: [{ require: { changed: x } }]\n", 2, 9, "a rule without 'id'" },
	{ V "rules: [{ id: [a], require: { changed: x } }]\n", 2, 15,
	  "id: expected text, got a list" },
	{ V "rules: [{ id: , require: { changed: x } }]\n", 2, 15,
	  "id: expected text, got nothing" },
	{ V "rules: [{ id: Own, require: { changed: x } }]\n", 2, 15,
	  "'Own' is no rule id: use lower-case letters, digits and '-'" },
	{ V "rules: [{ id: -own, require: { changed: x } }]\n", 2, 15,
	  "'-own' is no rule id: use lower-case letters, digits and '-'" },
	{ V "rules: [{ id: own/a/b, require: { changed: x } }]\n", 2, 15,
	  "'own/a/b' is no rule id: use lower-case letters, digits and '-'" },
	{ V "rules: [{ id: own, requier: { changed: x } }]\n", 2, 20,
	  "unknown key 'requier' in a rule, did you mean 'require'?" },
	{ V "rules:\n- id: own\n  require: { changed: a }\n  forbid: { changed: b }\n", 5, 11,
	  "a rule has 'require' or 'forbid', not both" },
	{ V "rules:\n- { id: own, forbid: { changed: a } }\n- { id: own, severity: info }\n", 4, 9,
	  "the rule 'own' stands already on line 3" },
	{ V "rules: [{ id: own, severity: info }]\n", 2, 15,
	  "there is no rule 'own' to change, and a new rule needs 'require' or 'forbid'" },
	{ V "extends: doragate/baseline\nrules: [{ id: baseline/subjct, mode: shadow }]\n", 3, 15,
	  "there is no rule 'baseline/subjct' to change, did you mean 'baseline/subject'?" },
	{ V "extends: doragate/baseline\nrules: [{ id: subject, mode: shadow }]\n", 3, 15,
	  "there is no rule 'subject' to change, did you mean 'baseline/subject'?" },
	{ V "rules: [{ id: mine/new, require: { changed: x } }]\n", 2, 15,
	  "there is no rule 'mine/new' to change, and the id of a new rule has no slash" },
};

static void names_what_is_wrong_and_where(void **state)
{
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
		struct gate_error err = { 0 };
		int code = gate_config_load(&config, NULL, "p.yml", cases[i].text,
		                            strlen(cases[i].text), &err);

		if (code == GATE_OK)
			code = gate_config_seal(config, &err);
		if (code == GATE_ECONFIG && !strcmp(err.message, cases[i].message) &&
		    !strcmp(err.file, "p.yml") && err.line == cases[i].line &&
		    err.column == cases[i].column)
			continue;
		print_error("%s  expected p.yml:%u:%u: %s\n  got %d %s:%u:%u: %s\n", cases[i].text,
		            cases[i].line, cases[i].column, cases[i].message, code, err.file,
		            err.line, err.column, err.message);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void accepts_what_is_right(void **state)
{
	static const char *const texts[] = {
		V,
		"version: 01\n",
		"version: '1'\nneeds: 0.1\n",
		V "needs: \"0.1.0\"\nmode: shadow\non-error: allow\nrules: []\nsets: {}\nservices: "
		  "{}\n",
		V "extends: []\n",
		V "extends: doragate/ecommerce\n",
		V "rules: [{ id: 08, forbid: { changed: no } }]\n",
		V "sets: { tests: [check/], app: [src/, \"!$tests\", $docs] }\n",
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(texts); i++) {
		GATE_AUTO(gate_config_free) struct gate_config *config = NULL;

		assert_ok(
			gate_config_load(&config, NULL, "p.yml", texts[i], strlen(texts[i]), err));
		assert_ok(gate_config_seal(config, err));
		assert_true(config->found);
	}
}

/* Forty sets, each of which names the one before twice: work that doubles with each would never end. */
static void sets_of_sets_are_looked_at_once(void **state)
{
	static const struct {
		const char *first, *message;
	} rows[] = {
		{ "x", "more than 10000 patterns, with those of the sets named" },
		{ "\"{n}\"", NULL },
		{ "$s39", "the set 's0' holds itself" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
		struct gate_error err = { 0 };
		int code;

		gate_buf_printf(&text, V "sets:\n  s0: [%s]\n", rows[i].first);
		for (unsigned k = 1; k < 40; k++)
			gate_buf_printf(&text, "  s%u: [$s%u, $s%u]\n", k, k - 1, k - 1);
		code = gate_config_load(&config, NULL, "p.yml", text.ptr, text.len, &err);
		if (code == GATE_OK)
			code = gate_config_seal(config, &err);
		assert_string_equal(err.message, rows[i].message ? rows[i].message : "");
		assert_int_equal(code, rows[i].message ? GATE_ECONFIG : GATE_OK);
	}
}

/* As many sets as a file can hold, each of which names the next: no stack is deep enough for that. */
static void sets_name_each_other_a_hundred_deep(void **state)
{
	(void)state;
	for (unsigned n = 99; n < 20000; n += 19900) {
		GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
		struct gate_error err = { 0 };
		int code;

		gate_buf_puts(&text, V "sets:\n");
		for (unsigned k = 0; k < n; k++)
			gate_buf_printf(&text, "  s%u: $s%u\n", k, k + 1);
		gate_buf_printf(&text, "  s%u: x\n", n);
		code = gate_config_load(&config, NULL, "p.yml", text.ptr, text.len, &err);
		if (code == GATE_OK)
			code = gate_config_seal(config, &err);
		assert_string_equal(err.message,
		                    n == 99 ? "" : "sets name each other more than 100 deep");
		assert_int_equal(code, n == 99 ? GATE_OK : GATE_ECONFIG);
	}
}

static void reads_modes(void **state)
{
	static const struct {
		const char *text;
		enum gate_mode mode;
		bool allow;
	} modes[] = {
		{ V, GATE_MODE_ENFORCE, false },
		{ V "mode: enforce\non-error: block\n", GATE_MODE_ENFORCE, false },
		{ V "mode: shadow\non-error: allow\n", GATE_MODE_SHADOW, true },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(modes); i++) {
		GATE_AUTO(gate_config_free) struct gate_config *config = NULL;

		assert_ok(gate_config_load(&config, NULL, "p.yml", modes[i].text,
		                           strlen(modes[i].text), err));
		assert_int_equal(config->mode, modes[i].mode);
		assert_int_equal(config->on_error_allow, modes[i].allow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_is_wrong_and_where),
		cmocka_unit_test(accepts_what_is_right),
		cmocka_unit_test(sets_of_sets_are_looked_at_once),
		cmocka_unit_test(sets_name_each_other_a_hundred_deep),
		cmocka_unit_test(reads_modes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
