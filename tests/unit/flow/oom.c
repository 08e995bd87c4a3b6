/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each allocation fails once, in everything that the log and the metrics do: that is said, nothing is left behind, and what was recorded before is there.
 * What is only a cache may do without memory, so a run that lost one may also end well.
 */
#include "tests/support/oom.h"

#include "gate/flow/deployed.h"
#include "gate/flow/measure.h"
#include "gate/flow/range.h"
#include "gate/flow/record.h"
#include "gate/report/metrics.h"
#include "tests/support/git.h"
#include "tests/support/test.h"

#include <unistd.h>

#define NOW 1706745600 /* 2024-02-01 */

static char *dir, *cache;
static struct gate_repo *repo;
static const struct gate_time now = { .seconds = NOW };

typedef int action_fn(struct gate_error *err);

/* Runs it with every allocation failing in turn (or each step-th, of what waits for the disk), until it needs no more. */
static void sweep(const char *name, action_fn *action, unsigned step, unsigned least)
{
	unsigned n = 0;

	for (bool failed = true; failed; n += step) {
		struct gate_error err = { 0 };
		int code;

		test_oom_arm(n);
		code = action(&err);
		failed = test_oom_disarm();
		if (code != GATE_OK && !(failed && code == GATE_ENOMEM))
			fail_msg("%s, allocation %u: %d, '%s'", name, n, code, err.message);
	}
	if (n < least)
		fail_msg("%s: only %u allocations", name, n);
}

static int record(struct gate_error *err)
{
	static const struct gate_record records[] = {
		{ .kind = GATE_EVENT_SERVICE_DEPLOYED, .id = "1", .part = "eu" },
		{ .kind = GATE_EVENT_INCIDENT_REPORTED, .id = "INC", .url = "https://example.com" },
		{ .kind = GATE_EVENT_SERVICE_ROLLEDBACK, .id = "2", .reason = "slow" },
		{ .kind = GATE_EVENT_EVENT_WITHDRAWN,
		  .source = "https://example.com/shop/doragate/flags",
		  .event = "x",
		  .reason = "slip" },
	};
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	GATE_AUTO(gate_facts_release) struct gate_facts facts = { 0 }, again = { 0 };
	GATE_AUTO(gate_plain_release) struct gate_plain plain = { 0 };
	int code = gate_log_open(&log, repo, &now, err);

	if (code == GATE_OK)
		code = gate_facts_read(&facts, &log, err);
	for (size_t i = 0; code == GATE_OK && i < GATE_COUNT(records); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf said = { 0 };

		code = gate_record(&said, &facts, &now, &records[i], err);
	}
	if (code == GATE_OK && gate_plain_read(&plain, dir)) {
		gate_facts_keep(&facts, &plain);
		gate_facts_recall(&again, &plain);
	}
	return code;
}

static int share(struct gate_error *err)
{
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf wrong = { 0 };
	struct gate_log_shared shared;
	int code = record(err);

	if (code == GATE_OK)
		code = gate_log_open(&log, repo, &now, err);
	if (code == GATE_OK)
		code = gate_log_share(&shared, &log, GATE_SYNC_FULL, err);
	if (code == GATE_OK)
		code = gate_log_check(&wrong, &log, err);
	if (code == GATE_OK)
		code = gate_log_forget(&log, "nobody", "knows", "it", err);
	assert_int_equal(wrong.len, 0);
	return code;
}

static int import(struct gate_error *err)
{
	static const char events[] =
		"[{\"context\":{\"id\":\"1\",\"source\":\"s\",\"type\":\"dev.cdevents.service."
		"deployed."
		"0.3.0\",\"timestamp\":\"2024-01-02T00:00:00Z\"},\"subject\":{\"id\":\"cart\","
		"\"content\":{\"environment\":{\"id\":\"production\"}}}},\n"
		"{\"context\":{\"id\":\"2\",\"source\":\"s\",\"type\":\"t\",\"timestamp\":\"2024-"
		"01-"
		"02T00:00:00Z\"}}]";
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	struct gate_log_imported counts;
	int code = gate_log_open(&log, repo, &now, err);

	return code < 0 ? code
	                : gate_log_import(&counts, &log, "events", events, sizeof(events) - 1, err);
}

static int measure_as(const struct gate_measure_options *options, struct gate_error *err)
{
	GATE_AUTO(gate_measurement_release) struct gate_measurement all = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 }, json = { 0 };
	const struct gate_report_style style = { 0 };
	const struct gate_metrics_head head = { .repository = "shop", .config_digest = "" };
	int code = gate_measure(&all, repo, options, err);

	for (size_t i = 0; code == GATE_OK && i < all.metrics.n_streams; i++) {
		struct gate_figures figures;
		const struct gate_metrics_report report = { &head, &figures, 1 };

		code = gate_figures_compute(&figures, &all.metrics.streams[i], &all.window, NOW,
		                            err);
		if (code == GATE_OK)
			code = gate_metrics_text(&text, &report, &style, err);
		if (code == GATE_OK)
			code = gate_metrics_json(&json, &report, err);
	}
	return code;
}

/* What the topic is beyond main; nothing of it is here the second time. */
static int range(struct gate_error *err)
{
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	struct gate_oid main, topic;
	int code = gate_log_open(&log, repo, &now, err);

	if (code == GATE_OK)
		code = gate_rev_commit(&main, repo, "start", err);
	if (code == GATE_OK)
		code = gate_rev_commit(&topic, repo, "topic", err);
	return code < 0 ? code : gate_range_record(&log, &main, &topic, 7, err);
}

static int measure(struct gate_error *err)
{
	const struct gate_measure_options options = { .now = &now, .window = "all" };

	return measure_as(&options, err);
}

/* Of the log that `share` made. */
static int measure_the_past(struct gate_error *err)
{
	const struct gate_measure_options by_name = { .as_of = "refs/doragate/log", .zone = "UTC" };
	const struct gate_measure_options by_time = { .as_of = "9999-01-01", .window = "12w" };
	int code = measure_as(&by_name, err);

	return code < 0 ? code : measure_as(&by_time, err);
}

/* Without what the last run remembered. */
static int measure_cold(struct gate_error *err)
{
	unlink(cache);
	return measure(err);
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	sweep("metrics from tags", measure_cold, 1, 200);
	sweep("record", record, 1, 100);
	sweep("range", range, 1, 30);
	sweep("import", import, 1, 40);
	sweep("share", share, 7, 300);
	sweep("metrics", measure_cold, 1, 200);
	sweep("metrics, remembered", measure, 1, 200);
	sweep("metrics of the past", measure_the_past, 1, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_allocation_may_fail) };
	char *scratch = test_scratch();
	struct gate_error err = { 0 };
	int failed;

	dir = test_repo(scratch, "repo");
	test_write(dir, ".doragate.yml",
	           "version: 1\nrepository: https://example.com/shop\n"
	           "services: { cart: { paths: [cart/] } }\n"
	           "environments: { production: { tier: production } }\n");
	test_git(dir, "add", ".");
	test_git(dir, "commit", "-q", "-m", "one");
	test_git(dir, "tag", "v1.0");
	test_write(dir, "cart/a", "1\n");
	test_git(dir, "add", ".");
	test_git(dir, "commit", "-q", "-m", "two");
	test_git(dir, "checkout", "-q", "-b", "side");
	test_write(dir, "cart/b", "1\n");
	test_git(dir, "add", ".");
	test_git(dir, "commit", "-q", "-m", "three");
	test_git(dir, "checkout", "-q", "main");
	test_git(dir, "merge", "-q", "--no-ff", "-m", "merge", "side");
	test_git(dir, "tag", "v1.1");
	test_git(dir, "revert", "--no-edit", "HEAD~1");
	test_git(dir, "tag", "v1.2");
	/* One squash that its request tells of, one that a recorded range does, and one of which nothing is known. */
	test_git(dir, "tag", "start");
	test_git(dir, "checkout", "-q", "-b", "topic");
	test_write(dir, "cart/t", "1\n");
	test_git(dir, "add", ".");
	test_git(dir, "commit", "-q", "-m", "t1");
	test_write(dir, "cart/t", "2\n");
	test_git(dir, "commit", "-q", "-a", "-m", "t2");
	test_git(dir, "update-ref", "refs/pull/7/head", "topic");
	test_git(dir, "checkout", "-q", "main");
	test_git(dir, "merge", "-q", "--squash", "topic");
	test_git(dir, "commit", "-q", "-m", "topic (#7)");
	test_git(dir, "revert", "--no-edit", "HEAD");
	test_git(dir, "merge", "-q", "--squash", "topic");
	test_git(dir, "checkout", "-q", "topic", "--", ".");
	test_git(dir, "commit", "-q", "-m", "topic");
	test_git(dir, "tag", "v1.3");
	cache = test_path(dir, ".git/doragate/metrics");
	if (gate_repo_open(&repo, dir, &err) != GATE_OK)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	gate_repo_free(repo);
	free(cache);
	free(dir);
	test_scratch_remove(scratch);
	return failed;
}
