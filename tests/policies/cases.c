/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cases run PRESET FILE...     each file is a case and a test
 * cases cover PRESET FILE...   every rule of the preset is let pass by one case and fails in another, and is skipped or
 *                              excepted where it has a `when` or an `unless`
 */
#include "tests/policies/case.h"
#include "tests/support/git.h"
#include "tests/support/test.h"

#include "gate/base/file.h"
#include "gate/base/limits.h"

struct rule_cover {
	const struct gate_rule *rule;
	unsigned seen; /* GATE_BIT(enum case_outcome) */
};

static const char *preset;
static char **files;
static size_t n_files;

static void load(struct policy_case *c, const char *file)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	assert_ok(gate_file_read(&text, file, GATE_MAX_YAML_BYTES, err));
	assert_ok(policy_case_load(c, preset, file, gate_buf_text(&text), text.len, err));
}

static void run_case(void **state)
{
	GATE_AUTO(policy_case_release) struct policy_case c = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf complaints = { 0 };
	char *dir = test_scratch();

	load(&c, *state);
	assert_ok(policy_case_run(&complaints, &c, dir, err));
	test_scratch_remove(dir);
	if (complaints.len)
		fail_msg("%s\n%s", c.about, complaints.ptr);
}

static int run(void)
{
	struct CMUnitTest *tests = calloc(n_files, sizeof(*tests));
	int failed;

	for (size_t i = 0; tests && i < n_files; i++)
		tests[i] = (struct CMUnitTest){ .name = files[i],
			                        .test_func = run_case,
			                        .initial_state = files[i] };
	failed = tests ? _cmocka_run_group_tests(preset, tests, n_files, NULL, NULL) : 1;
	free(tests);
	return failed;
}

static bool of_preset(const char *id)
{
	size_t len = strlen(preset);

	return !strncmp(id, preset, len) && id[len] == '/';
}

static void see(struct rule_cover *covers, size_t n, const char *file)
{
	GATE_AUTO(policy_case_release) struct policy_case c = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf id = { 0 };

	load(&c, file);
	for (size_t i = 0; i < c.expect->n; i++) {
		enum case_outcome outcome;

		assert_ok(policy_case_expects(&outcome, &c, i, err));
		assert_ok(policy_case_rule_id(&id, &c, i, err));
		for (size_t k = 0; k < n; k++)
			if (!strcmp(covers[k].rule->id, id.ptr))
				covers[k].seen |= GATE_BIT(outcome);
	}
}

static unsigned wanted(const struct gate_rule *rule)
{
	return GATE_BIT(CASE_PASS) | GATE_BIT(CASE_FAIL) |
	       (rule->has_when ? GATE_BIT(CASE_SKIP) : 0) |
	       (rule->has_unless ? GATE_BIT(CASE_EXCEPTED) : 0);
}

static void every_rule_has_its_cases(void **state)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = NULL;
	GATE_AUTO(gate_rules_release) struct gate_rules rules = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf policy = { 0 };
	GATE_AUTO(gate_free) struct rule_cover *covers = NULL;
	const struct policy_case empty = { .preset = preset };
	size_t missing = 0;

	(void)state;
	policy_case_policy(&policy, &empty);
	assert_ok(gate_config_load(&config, NULL, "policy", policy.ptr, policy.len, err));
	assert_ok(gate_config_seal(config, err));
	assert_ok(gate_rules_compile(&rules, config, err));
	covers = calloc(rules.n, sizeof(*covers));
	assert_non_null(covers);
	for (size_t i = 0; i < rules.n; i++)
		covers[i].rule = &rules.items[i];
	for (size_t i = 0; i < n_files; i++)
		see(covers, rules.n, files[i]);
	for (size_t i = 0; i < rules.n; i++)
		for (unsigned o = 0; of_preset(rules.items[i].id) && case_outcome_names[o]; o++) {
			if (!(wanted(&rules.items[i]) & ~covers[i].seen & GATE_BIT(o)))
				continue;
			print_error("%s: no case expects '%s'\n", rules.items[i].id,
			            case_outcome_names[o]);
			missing++;
		}
	assert_int_equal(missing, 0);
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest cover[] = { cmocka_unit_test(every_rule_has_its_cases) };

	if (argc < 3) {
		fprintf(stderr, "usage: cases run|cover PRESET FILE...\n");
		return 2;
	}
	preset = argv[2];
	files = argv + 3;
	n_files = (size_t)argc - 3;
	if (!strcmp(argv[1], "cover"))
		return cmocka_run_group_tests(cover, NULL, NULL);
	return n_files ? run() : 2;
}
