/* SPDX-License-Identifier: Apache-2.0 */
/* The services that the files show are facts where the configuration has none; without memory there are no facts. */
#include "gate/flow/facts.h"

#include "tests/support/git.h"
#include "tests/support/oom.h"
#include "tests/support/test.h"

static char *dir;
static struct gate_repo *repo;

static int read_facts(struct gate_facts *out, struct gate_log *log, struct gate_error *err)
{
	int code = gate_log_open(log, repo, NULL, err);

	return code < 0 ? code : gate_facts_read(out, log, err);
}

static int find(void *payload, struct gate_error *err)
{
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	GATE_AUTO(gate_facts_release) struct gate_facts facts = { 0 };
	int code = read_facts(&facts, &log, err);

	(void)payload;
	if (code < 0)
		return code;
	assert_int_equal(facts.n_services, 0);
	assert_int_equal(facts.n_found, 2);
	assert_string_equal(facts.found[0], "cart");
	assert_string_equal(facts.found[1], "web");
	assert_null(facts.found[2]);
	return GATE_OK;
}

/* Trees are kept for later where there is memory for it. */
static void has_what_the_files_show(void **state)
{
	(void)state;
	assert_true(test_oom_sweep_tolerant(find, NULL) > 20);
}

static void the_configuration_comes_first(void **state)
{
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	GATE_AUTO(gate_facts_release) struct gate_facts facts = { 0 };

	(void)state;
	test_write(dir, ".doragate.yml",
	           "version: 1\nrepository: https://example.com/shop\n"
	           "services: { shop: { paths: [src/] } }\n");
	test_git(dir, "commit", "-q", "-a", "-m", "two");
	assert_ok(read_facts(&facts, &log, err));
	assert_int_equal(facts.n_services, 1);
	assert_int_equal(facts.n_found, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_what_the_files_show),
		cmocka_unit_test(the_configuration_comes_first),
	};
	char *scratch = test_scratch();
	struct gate_error err = { 0 };
	int failed;

	dir = test_repo(scratch, "repo");
	test_write(dir, ".doragate.yml", "version: 1\nrepository: https://example.com/shop\n");
	test_write(dir, "src/cart/Dockerfile", "FROM scratch\n");
	test_write(dir, "src/web/Dockerfile", "FROM scratch\n");
	test_git(dir, "add", ".");
	test_git(dir, "commit", "-q", "-m", "one");
	if (gate_repo_open(&repo, dir, &err) != GATE_OK)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	gate_repo_free(repo);
	free(dir);
	test_scratch_remove(scratch);
	return failed;
}
