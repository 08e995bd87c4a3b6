/* SPDX-License-Identifier: Apache-2.0 */
/* What a change knows of production: deployments there that succeeded and did not fail, the newest first; and a log that cannot be read. */
#include "gate/flow/production.h"

#include "gate/flow/record.h"
#include "tests/support/git.h"
#include "tests/support/oom.h"
#include "tests/support/test.h"

static char *dir;
static struct gate_repo *repo;

static void record_as(const struct gate_record *what)
{
	const struct gate_time now = { .seconds = 1706745600 }; /* 2024-02-01 */
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	GATE_AUTO(gate_facts_release) struct gate_facts facts = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf said = { 0 };

	assert_ok(gate_log_open(&log, repo, &now, err));
	assert_ok(gate_facts_read(&facts, &log, err));
	assert_ok(gate_record(&said, &facts, &now, what, err));
}

static void record(enum gate_event_kind kind, const char *environment, const char *commit,
                   const char *id, const char *at)
{
	const struct gate_record what = {
		.kind = kind, .environment = environment, .commit = commit, .id = id, .at = at
	};

	record_as(&what);
}

static void record_incident(const char *id, const char *cause, const char *at)
{
	const struct gate_record what = {
		.kind = GATE_EVENT_INCIDENT_DETECTED, .id = id, .cause = cause, .at = at
	};

	record_as(&what);
}

static int read_all(struct gate_buf *out, struct gate_error *err)
{
	GATE_AUTO(gate_change_free) struct gate_change *change = NULL;
	const struct gate_change_deployed *deployed;
	int code = gate_change_from_commit(&change, repo, "HEAD", err);

	if (code < 0)
		return code;
	change->read_deployed = gate_production_read;
	code = gate_change_load_deployed(change, err);
	if (code < 0)
		return code;
	deployed = &change->deployed;
	if (!deployed->known.known)
		gate_buf_printf(out, "unknown: %s\n", deployed->known.why);
	for (size_t i = 0; i < deployed->n; i++) {
		char hex[GATE_OID_HEX];

		gate_buf_printf(out, "%s %.7s%s\n", deployed->items[i].service,
		                gate_oid_hex(hex, &deployed->items[i].commit),
		                deployed->items[i].here ? "" : " not here");
	}
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}

static void knows_what_ran(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf got = { 0 };
	char *first = test_git_out(dir, "rev-parse", "--short=7", "HEAD~1");
	char *second = test_git_out(dir, "rev-parse", "--short=7", "HEAD");
	GATE_AUTO(gate_buf_release) struct gate_buf wanted = { 0 };

	(void)state;
	record(GATE_EVENT_SERVICE_DEPLOYED, "production", "HEAD~1", "1", "2024-01-01T00:00:00Z");
	record(GATE_EVENT_SERVICE_DEPLOYED, "staging", "HEAD", "2", "2024-01-02T00:00:00Z");
	record(GATE_EVENT_DEPLOYMENT_FAILED, "production", "HEAD", "3", "2024-01-03T00:00:00Z");
	record(GATE_EVENT_DEPLOYMENT_STARTED, "production", "HEAD", "4", "2024-01-04T00:00:00Z");
	record(GATE_EVENT_SERVICE_DEPLOYED, "production",
	       "0123456789012345678901234567890123456789", "5", "2024-01-05T00:00:00Z");
	record(GATE_EVENT_SERVICE_DEPLOYED, "production", "HEAD", "6", "2024-01-06T00:00:00Z");
	assert_ok(read_all(&got, err));
	gate_buf_printf(&wanted, "cart %s\ncart 0123456 not here\ncart %s\n", second, first);
	assert_string_equal(gate_buf_text(&got), wanted.ptr);
	free(first);
	free(second);
}

static void every_allocation_may_fail(void **state)
{
	bool failed = true;

	(void)state;
	for (unsigned n = 0; failed; n++) {
		GATE_AUTO(gate_buf_release) struct gate_buf got = { 0 };
		struct gate_error err = { 0 };
		int code;

		test_oom_arm(n);
		code = read_all(&got, &err);
		failed = test_oom_disarm();
		/* The cache of the metrics may do without memory. */
		if (code != GATE_OK && !(failed && code == GATE_ENOMEM))
			fail_msg("allocation %u: %d, '%s'", n, code, err.message);
		if (code == GATE_OK)
			assert_null(strstr(gate_buf_text(&got), "unknown"));
	}
}

/* An incident that names 6 is about its commit, which 7 deploys again; one that names the first one counts nowhere, and is heard here. */
static void what_failed_is_no_place_to_go_back_to(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf got = { 0 }, wanted = { 0 };
	char *first = test_git_out(dir, "rev-parse", "--short=7", "HEAD~1");

	(void)state;
	record(GATE_EVENT_SERVICE_DEPLOYED, "production", "HEAD", "7", "2024-01-07T00:00:00Z");
	record_incident("INC-1", "6", "2024-01-08T00:00:00Z");
	assert_ok(read_all(&got, err));
	gate_buf_printf(&wanted, "cart 0123456 not here\ncart %s\n", first);
	assert_string_equal(gate_buf_text(&got), wanted.ptr);
	gate_buf_release(&got);
	record_incident("INC-2", "1", "2024-01-08T00:00:00Z");
	assert_ok(read_all(&got, err));
	assert_string_equal(gate_buf_text(&got), "cart 0123456 not here\n");
	free(first);
}

static void a_log_that_cannot_be_read_is_unknown(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf got = { 0 };

	(void)state;
	test_write(dir, ".doragate.yml", "version: 1\nlog: { remote: nowhere }\n");
	test_git(dir, "commit", "-q", "-a", "-m", "three");
	assert_ok(read_all(&got, err));
	assert_string_equal(gate_buf_text(&got),
	                    "unknown: the log cannot be read: there is no remote 'nowhere', which "
	                    "'log: { remote }' of .doragate.yml names\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_what_ran),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(what_failed_is_no_place_to_go_back_to),
		cmocka_unit_test(a_log_that_cannot_be_read_is_unknown),
	};
	char *scratch = test_scratch();
	struct gate_error err = { 0 };
	int failed;

	dir = test_repo(scratch, "repo");
	test_write(
		dir, ".doragate.yml",
		"version: 1\nrepository: https://example.com/shop\n"
		"services: { cart: { paths: [cart/] } }\n"
		"environments: { production: { tier: production }, staging: { tier: staging } }\n");
	test_git(dir, "add", ".");
	test_git(dir, "commit", "-q", "-m", "one");
	test_write(dir, "cart/a", "1\n");
	test_git(dir, "add", ".");
	test_git(dir, "commit", "-q", "-m", "two");
	if (gate_repo_open(&repo, dir, &err) != GATE_OK)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	gate_repo_free(repo);
	free(dir);
	test_scratch_remove(scratch);
	return failed;
}
