/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/base/clock.h"
#include "tests/support/oom.h"
#include "tests/unit/metrics/stream.h"

static struct test_stream s;

/* 2026-01-05 is a Monday. */
#define MONDAY test_at("2026-01-05T00:00:00Z")
#define WEEK (7 * DAY)

static int start(void **state)
{
	(void)state;
	test_stream_init(&s);
	return 0;
}

/* A baseline on that Monday, and `n` deployments of a kind, one every `gap` seconds. */
static void deploy_many(size_t n, int64_t gap, enum gate_kind kind)
{
	test_deploy(&s, MONDAY, GATE_KIND_BASELINE);
	for (size_t i = 1; i <= n; i++)
		test_deploy(&s, MONDAY + (int64_t)i * gap, kind);
}

static void counts_what_counts(void **state)
{
	static const bool counts[GATE_KINDS] = {
		[GATE_KIND_UNKNOWN] = true,
		[GATE_KIND_HOTFIX] = true,
		[GATE_KIND_DIVERGED] = true,
		[GATE_KIND_FORWARD] = true,
	};
	struct gate_figures got;

	(void)state;
	for (int kind = 0; kind < GATE_KINDS; kind++)
		assert_int_equal(gate_kind_counts((enum gate_kind)kind), counts[kind]);
	for (int kind = 0; kind < GATE_KINDS; kind++)
		test_deploy(&s, MONDAY + kind * HOUR, (enum gate_kind)kind);
	/* What did not succeed has no kind, whatever stands there. */
	test_deploy(&s, MONDAY + DAY, GATE_KIND_FORWARD)->state = GATE_DEPLOYMENT_FAILED;
	test_deploy(&s, MONDAY + DAY, GATE_KIND_FORWARD)->state = GATE_DEPLOYMENT_FAILED;
	test_deploy(&s, MONDAY + DAY, GATE_KIND_FORWARD)->state = GATE_DEPLOYMENT_RUNNING;
	got = test_figures(&s, MONDAY, MONDAY + 10 * DAY, MONDAY + 10 * DAY);
	for (int kind = 0; kind < GATE_KINDS; kind++)
		assert_int_equal(got.by_kind[kind], 1);
	assert_int_equal(got.n_failed_jobs, 2);
	assert_int_equal(got.n_running, 1);
	assert_int_equal(got.n_deployments, 4);
	assert_int_equal(got.seconds, 10 * DAY);
	assert_true(gate_deployments_a_day(&got) == 0.4);
	assert_int_equal(got.fail_proven.n, 4);
	/* hotfix and rollback of these and the rollback. */
	assert_int_equal(got.rework.k, 2);
	assert_int_equal(got.rework.n, 5);
}

static void counts_what_was_inferred(void **state)
{
	static const enum gate_rework said[] = { GATE_REWORK_SAID, GATE_REWORK_INCIDENT,
		                                 GATE_REWORK_BRANCH, GATE_REWORK_OLDER,
		                                 GATE_REWORK_NONE };
	struct gate_figures got;

	(void)state;
	deploy_many(6, DAY, GATE_KIND_HOTFIX);
	for (size_t i = 0; i < GATE_COUNT(said); i++)
		s.items[1 + i].rework = said[i];
	s.items[4].kind = GATE_KIND_ROLLBACK;
	/* What did not succeed is no rework. */
	s.items[6].rework = GATE_REWORK_INCIDENT;
	s.items[6].state = GATE_DEPLOYMENT_FAILED;
	got = test_figures(&s, MONDAY, MONDAY + 10 * DAY, MONDAY + 10 * DAY);
	assert_int_equal(got.rework.k, 5);
	assert_int_equal(got.n_inferred_rework, 3);
	/* Neither is what is not in the window. */
	got = test_figures(&s, MONDAY + 3 * DAY, MONDAY + 10 * DAY, MONDAY + 10 * DAY);
	assert_int_equal(got.n_inferred_rework, 2);
}

static void of_tags_that_tell_of_no_failure_nothing_is_known(void **state)
{
	struct gate_figures got = { .n_deployments = 20 };

	(void)state;
	for (int metric = 0; metric < GATE_METRICS; metric++)
		assert_true(gate_metric_is_known(&got, (enum gate_metric)metric));
	got.inferred = true;
	for (int metric = 0; metric < GATE_METRICS; metric++)
		assert_int_equal(gate_metric_is_known(&got, (enum gate_metric)metric),
		                 metric < GATE_METRIC_FAIL_RATE);
	got.fail_heuristic.k = 1;
	assert_true(gate_metric_is_known(&got, GATE_METRIC_FAIL_RATE));
	assert_true(gate_metric_is_known(&got, GATE_METRIC_RECOVERY));
	assert_false(gate_metric_is_known(&got, GATE_METRIC_REWORK));
	got.fail_heuristic.k = 0;
	got.rework.k = 1;
	assert_false(gate_metric_is_known(&got, GATE_METRIC_FAIL_RATE));
	assert_true(gate_metric_is_known(&got, GATE_METRIC_REWORK));
}

static void a_window_is_open_at_its_end(void **state)
{
	struct gate_figures got;

	(void)state;
	deploy_many(4, DAY, GATE_KIND_FORWARD);
	got = test_figures(&s, MONDAY + DAY, MONDAY + 3 * DAY, MONDAY + WEEK);
	assert_int_equal(got.n_deployments, 2);
	got = test_figures(&s, MONDAY + DAY + 1, MONDAY + 3 * DAY + 1, MONDAY + WEEK);
	assert_int_equal(got.n_deployments, 2);
	got = test_figures(&s, MONDAY + 4 * DAY + 1, MONDAY + WEEK, MONDAY + WEEK);
	assert_int_equal(got.n_deployments, 0);
}

static void a_window_begins_at_the_baseline(void **state)
{
	static const int64_t froms[] = { INT64_MIN, 0 };
	struct gate_figures got;

	(void)state;
	/* What failed before tells no more of that time than nothing does. */
	test_deploy(&s, MONDAY - DAY, GATE_KIND_FORWARD)->state = GATE_DEPLOYMENT_FAILED;
	deploy_many(4, DAY, GATE_KIND_FORWARD);
	for (size_t i = 0; i < GATE_COUNT(froms); i++) {
		got = test_figures(&s, froms[i], MONDAY + 8 * DAY, MONDAY + 8 * DAY);
		assert_int_equal(got.window.from, MONDAY);
		assert_int_equal(got.window.to, MONDAY + 8 * DAY);
		assert_int_equal(got.seconds, 8 * DAY);
		assert_int_equal(got.by_kind[GATE_KIND_BASELINE], 1);
		assert_int_equal(got.n_failed_jobs, 0);
	}
	/* Later it is as it was asked for; before, there is nothing. */
	got = test_figures(&s, MONDAY + DAY, MONDAY + 8 * DAY, MONDAY + 8 * DAY);
	assert_int_equal(got.window.from, MONDAY + DAY);
	got = test_figures(&s, MONDAY - WEEK, MONDAY - DAY, MONDAY + 8 * DAY);
	assert_int_equal(got.window.from, got.window.to);
	assert_int_equal(got.n_deployments, 0);
	assert_int_equal(got.n_weeks, 0);
}

static void what_never_succeeded_is_counted_too(void **state)
{
	static const int64_t froms[] = { INT64_MIN, 0 };

	(void)state;
	test_deploy(&s, MONDAY, GATE_KIND_FORWARD)->state = GATE_DEPLOYMENT_FAILED;
	test_deploy(&s, MONDAY + DAY, GATE_KIND_FORWARD)->state = GATE_DEPLOYMENT_RUNNING;
	for (size_t i = 0; i < GATE_COUNT(froms); i++) {
		const struct gate_figures got =
			test_figures(&s, froms[i], MONDAY + WEEK, MONDAY + WEEK);

		assert_int_equal(got.n_failed_jobs, 1);
		assert_int_equal(got.n_running, 1);
		assert_int_equal(got.n_deployments, 0);
	}
}

static void a_window_has_a_day_at_least(void **state)
{
	struct gate_figures got;

	(void)state;
	deploy_many(6, HOUR, GATE_KIND_FORWARD);
	got = test_figures(&s, INT64_MIN, MONDAY + 7 * HOUR, MONDAY + 7 * HOUR);
	assert_int_equal(got.n_deployments, 6);
	assert_int_equal(got.seconds, DAY);
	got = test_figures(&s, INT64_MIN, MONDAY + DAY + 1, MONDAY + DAY + 1);
	assert_int_equal(got.seconds, DAY + 1);
}

static void nothing_is_no_value(void **state)
{
	static const int64_t froms[] = { INT64_MIN, 0 };
	unsigned score;

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(froms); i++) {
		const struct gate_figures got = test_figures(&s, froms[i], MONDAY, MONDAY + DAY);

		assert_int_equal(got.n_deployments, 0);
		assert_int_equal(got.lead.n, 0);
		assert_int_equal(got.fail_proven.n, 0);
		assert_int_equal(got.fail_heuristic.n, 0);
		assert_int_equal(got.recovery.n, 0);
		assert_int_equal(got.rework.n, 0);
		assert_int_equal(got.n_scores, 0);
		for (int metric = 0; metric < GATE_METRICS; metric++)
			assert_false(gate_metric_score(&score, &got, (enum gate_metric)metric));
	}
}

static void days_a_week_are_of_whole_iso_weeks(void **state)
{
	/* Days from a Monday with a baseline in the middle of the week; the median is of whole weeks of the window only. */
	static const struct {
		const char *name;
		int64_t from, to; /* hours from the Monday */
		bool has;
		unsigned wanted;
	} cases[] = {
		{ "not one whole week", 1, 14 * 24 - 1, false, 0 },
		{ "the first", 0, 7 * 24, true, 3 },
		{ "the second has none", 7 * 24, 14 * 24, true, 0 },
		{ "of an even number the lower", 0, 14 * 24, true, 0 },
		{ "of three the middle", 0, 21 * 24, true, 1 },
		{ "what is cut at both ends is left out", 1, 28 * 24 - 1, true, 0 },
		{ "days of weeks, not deployments", 14 * 24, 21 * 24, true, 1 },
	};

	(void)state;
	test_deploy(&s, MONDAY - DAY, GATE_KIND_BASELINE);
	/* The first week: three days, one of them twice, and redeploys. */
	test_deploy(&s, MONDAY, GATE_KIND_FORWARD);
	test_deploy(&s, MONDAY + 30 * HOUR, GATE_KIND_HOTFIX);
	test_deploy(&s, MONDAY + 31 * HOUR, GATE_KIND_DIVERGED);
	test_deploy(&s, MONDAY + 60 * HOUR, GATE_KIND_REDEPLOY);
	test_deploy(&s, MONDAY + 80 * HOUR, GATE_KIND_ROLLBACK);
	test_deploy(&s, MONDAY + WEEK - 1, GATE_KIND_UNKNOWN);
	/* The third: ten in an hour. */
	for (int i = 0; i < 10; i++)
		test_deploy(&s, MONDAY + 2 * WEEK + i * 5 * MINUTE, GATE_KIND_FORWARD);
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		const struct gate_figures got =
			test_figures(&s, MONDAY + cases[i].from * HOUR, MONDAY + cases[i].to * HOUR,
		                     MONDAY + 9 * WEEK);

		if (got.has_weeks != cases[i].has || got.days_a_week != cases[i].wanted)
			fail_msg("%s: %u", cases[i].name, got.days_a_week);
	}
}

/* A baseline in the middle of a week leaves that week out. */
static void the_week_of_the_baseline_is_not_whole(void **state)
{
	struct gate_figures got;

	(void)state;
	test_deploy(&s, MONDAY + 1, GATE_KIND_BASELINE);
	test_deploy(&s, MONDAY + DAY, GATE_KIND_FORWARD);
	got = test_figures(&s, MONDAY, MONDAY + WEEK, MONDAY + WEEK);
	assert_false(got.has_weeks);
	got = test_figures(&s, MONDAY, MONDAY + 2 * WEEK, MONDAY + 2 * WEEK);
	assert_true(got.has_weeks);
	assert_int_equal(got.days_a_week, 0);
}

static void weeks_are_the_last_ones(void **state)
{
	struct gate_figures got;

	(void)state;
	/* A deployment in each week, two in the last. */
	deploy_many(120, WEEK, GATE_KIND_FORWARD);
	test_deploy(&s, MONDAY + 120 * WEEK + DAY, GATE_KIND_FORWARD);
	got = test_figures(&s, INT64_MIN, MONDAY + 120 * WEEK + 2 * DAY, MONDAY + 121 * WEEK);
	assert_int_equal(got.n_weeks, GATE_MOST_WEEKS);
	for (size_t i = 0; i + 1 < got.n_weeks; i++)
		assert_int_equal(got.weeks[i], 1);
	assert_int_equal(got.weeks[got.n_weeks - 1], 2);
	assert_int_equal(got.n_deployments, 121);
	/* A window that ends with a week has no week behind it; the baseline's is there, with nothing. */
	got = test_figures(&s, INT64_MIN, MONDAY + 3 * WEEK, MONDAY + 121 * WEEK);
	assert_int_equal(got.n_weeks, 3);
	assert_int_equal(got.weeks[0], 0);
	assert_int_equal(got.weeks[1], 1);
	assert_int_equal(got.weeks[2], 1);
}

/* Skips the test, or fails in CI, when this machine has no zone files. */
static void open_zone(struct gate_zone **zone, const char *name)
{
	struct gate_error err = { 0 };

	if (gate_zone_open(zone, name, &err) == GATE_OK)
		return;
	print_message("skipped: %s\n", err.message);
	if (getenv("CI"))
		fail_msg("%s, and CI has to have it", err.message);
	skip();
}

/* Weeks, from Monday to Monday, whose days have not all 24 hours. Each has its last second and the first one behind it too, and nothing of its Monday. */
static void days_and_weeks_are_those_of_the_zone(void **state)
{
	static const struct {
		const char *zone, *from, *to;
		int64_t hours; /* of that week */
		const char *deployments[8];
		unsigned days;
	} cases[] = {
		{ "Europe/Berlin",
		  "2026-01-04T23:00:00Z",
		  "2026-01-11T23:00:00Z",
		  168,
		  /* Tuesday, Wednesday as it begins, Sunday. */
		  { "2026-01-06T22:59:59Z", "2026-01-06T23:00:00Z", "2026-01-07T22:59:59Z" },
		  3 },
		{ "Europe/Berlin",
		  "2026-03-22T23:00:00Z",
		  "2026-03-29T22:00:00Z",
		  167,
		  /* Saturday as it ends; Sunday, before and behind the hour that is not there. */
		  { "2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-03-29T00:59:59Z",
		    "2026-03-29T01:00:00Z" },
		  2 },
		{ "Europe/Berlin",
		  "2026-10-18T22:00:00Z",
		  "2026-10-25T23:00:00Z",
		  169,
		  /* Sunday as it begins, and half past two, twice. */
		  { "2026-10-24T22:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z" },
		  1 },
		{ "America/New_York",
		  "2026-03-02T05:00:00Z",
		  "2026-03-09T04:00:00Z",
		  167,
		  { "2026-03-04T04:59:59Z", "2026-03-04T05:00:00Z" },
		  3 },
		/* Where clocks changed at midnight: that Monday began at one. */
		{ "Asia/Tehran",
		  "2021-03-21T20:30:00Z",
		  "2021-03-28T19:30:00Z",
		  167,
		  { "2021-03-22T19:29:59Z", "2021-03-22T19:30:00Z" },
		  3 },
		/* That Saturday ended twice, with one hour. */
		{ "America/Sao_Paulo",
		  "2018-02-12T02:00:00Z",
		  "2018-02-19T03:00:00Z",
		  169,
		  { "2018-02-18T01:30:00Z", "2018-02-18T02:30:00Z", "2018-02-18T03:00:00Z" },
		  2 },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		const int64_t from = test_at(cases[i].from), to = test_at(cases[i].to);
		GATE_AUTO(gate_zone_free) struct gate_zone *zone = NULL;
		struct gate_figures got;
		size_t n = 1;

		print_message("%s from %s\n", cases[i].zone, cases[i].from);
		open_zone(&zone, cases[i].zone);
		test_stream_init(&s);
		s.zone = zone;
		test_deploy(&s, from, GATE_KIND_BASELINE);
		for (; cases[i].deployments[n - 1]; n++)
			test_deploy(&s, test_at(cases[i].deployments[n - 1]), GATE_KIND_FORWARD);
		test_deploy(&s, to - 1, GATE_KIND_FORWARD);
		test_deploy(&s, to, GATE_KIND_FORWARD);
		assert_int_equal(to - from, cases[i].hours * HOUR);
		got = test_figures(&s, from, to, to);
		assert_int_equal(got.n_deployments, n);
		assert_int_equal(got.seconds, WEEK);
		assert_true(got.has_weeks);
		assert_int_equal(got.days_a_week, cases[i].days);
		assert_int_equal(got.n_weeks, 1);
		assert_int_equal(got.weeks[0], n);
		/* A second less, and no week is whole. */
		assert_false(test_figures(&s, from + 1, to, to).has_weeks);
		assert_false(test_figures(&s, from, to - 1, to).has_weeks);
		/* A second more is of another week. */
		got = test_figures(&s, from, to + 1, to + 1);
		assert_int_equal(got.n_weeks, 2);
		assert_int_equal(got.weeks[0], n);
		assert_int_equal(got.weeks[1], 1);
	}
}

/* One deployment a week is one a week, though one week has an hour more. */
static void an_hour_more_is_no_lower_level(void **state)
{
	const int64_t from = test_at("2026-09-27T22:00:00Z"), to = test_at("2026-11-01T23:00:00Z");
	GATE_AUTO(gate_zone_free) struct gate_zone *zone = NULL;
	struct gate_figures got;

	(void)state;
	open_zone(&zone, "Europe/Berlin");
	s.zone = zone;
	test_deploy(&s, from, GATE_KIND_BASELINE);
	for (int i = 0; i < 5; i++)
		test_deploy(&s, from + i * WEEK + DAY, GATE_KIND_FORWARD);
	got = test_figures(&s, from, to, to);
	assert_int_equal(got.seconds, 5 * WEEK);
	assert_int_equal(got.days_a_week, 1);
	assert_int_equal(got.steps[GATE_METRIC_FREQUENCY], 4);
	/* By the hours of UTC it is less. */
	s.zone = NULL;
	got = test_figures(&s, from, to, to);
	assert_int_equal(got.seconds, 5 * WEEK + HOUR);
	assert_int_equal(got.steps[GATE_METRIC_FREQUENCY], 3);
}

static void lead_times_are_pooled(void **state)
{
	struct gate_figures got;
	struct gate_shipped *shipped;

	(void)state;
	test_deploy(&s, MONDAY, GATE_KIND_BASELINE);
	/* Nine of one day in one deployment and one of 10 in another: the median of medians would be in the middle. */
	test_deploy(&s, MONDAY + DAY, GATE_KIND_FORWARD);
	for (int i = 0; i < 9; i++)
		test_ship(&s, DAY + i);
	test_deploy(&s, MONDAY + 2 * DAY, GATE_KIND_HOTFIX);
	test_ship(&s, 10 * DAY);
	((struct gate_unit *)(uintptr_t)s.shipped[9].unit)->approximate = true;
	/* None of these is in the figure. */
	shipped = test_ship(&s, 50 * DAY);
	((struct gate_unit *)(uintptr_t)shipped->unit)->revert = true;
	test_ship(&s, 0)->skewed = true;
	test_ship(&s, 0)->skewed = true;
	test_deploy(&s, MONDAY + 3 * DAY, GATE_KIND_FORWARD);
	test_ship(&s, 1); /* behind the window */
	got = test_figures(&s, MONDAY, MONDAY + 3 * DAY, MONDAY + WEEK);
	assert_int_equal(got.lead.n, 10);
	assert_int_equal(got.lead.p50, DAY + 4);
	assert_int_equal(got.lead.p90, DAY + 8);
	assert_int_equal(got.n_approximate, 1);
	assert_int_equal(got.n_skewed, 2);
}

static void only_what_counts_can_fail(void **state)
{
	static const enum gate_failure reasons[] = {
		GATE_FAILURE_NAMED,    GATE_FAILURE_ROLLBACK, GATE_FAILURE_FIX,
		GATE_FAILURE_LATE_FIX, GATE_FAILURE_INCIDENT,
	};
	struct gate_figures got;

	(void)state;
	test_deploy(&s, MONDAY, GATE_KIND_BASELINE);
	for (size_t i = 0; i < 5; i++)
		test_failed(test_deploy(&s, MONDAY + 1, GATE_KIND_FORWARD), reasons[i], HOUR);
	/* Each of the others too, which does not matter. */
	test_failed(test_deploy(&s, MONDAY + 2, GATE_KIND_ROLLBACK), GATE_FAILURE_NAMED, HOUR);
	test_failed(test_deploy(&s, MONDAY + 3, GATE_KIND_REDEPLOY), GATE_FAILURE_NAMED, HOUR);
	test_deploy(&s, MONDAY + 4, GATE_KIND_FORWARD);
	/* Of another window. */
	test_failed(test_deploy(&s, MONDAY + 5, GATE_KIND_FORWARD), GATE_FAILURE_NAMED, -1);
	got = test_figures(&s, MONDAY, MONDAY + 5, MONDAY + DAY);
	assert_int_equal(got.fail_proven.k, 3);
	assert_int_equal(got.fail_proven.n, 6);
	assert_int_equal(got.fail_heuristic.k, 5);
	assert_int_equal(got.fail_heuristic.n, 6);
	/* 3 of 6 by Wilson: (3 + z^2 / 2 -+ z sqrt(9 / 6 + z^2 / 4)) / (6 + z^2), z = 1.96. */
	assert_int_equal(got.fail_proven.tenths, 500);
	assert_int_equal(got.fail_proven.low, 188);
	assert_int_equal(got.fail_proven.high, 812);
	assert_int_equal(got.recovery.n, 5);
	assert_int_equal(got.recovery.n_open, 0);
}

static void maturing_is_younger_than_a_day(void **state)
{
	struct gate_figures got;

	(void)state;
	deploy_many(3, HOUR, GATE_KIND_FORWARD);
	test_deploy(&s, MONDAY + 4 * HOUR, GATE_KIND_REDEPLOY);
	got = test_figures(&s, MONDAY, MONDAY + 2 * DAY, MONDAY + DAY + 2 * HOUR);
	assert_int_equal(got.n_maturing, 1);
	got = test_figures(&s, MONDAY, MONDAY + 2 * DAY, MONDAY + DAY + 2 * HOUR - 1);
	assert_int_equal(got.n_maturing, 2);
	got = test_figures(&s, MONDAY, MONDAY + 2 * DAY, MONDAY + 4 * DAY);
	assert_int_equal(got.n_maturing, 0);
}

static void recovery_is_from_the_impact(void **state)
{
	struct gate_deployment *deployment;
	struct gate_figures got;

	(void)state;
	deploy_many(5, DAY, GATE_KIND_FORWARD);
	test_failed(s.list[1], GATE_FAILURE_NAMED, 2 * HOUR);
	deployment = s.list[2];
	test_failed(deployment, GATE_FAILURE_INCIDENT, 5 * HOUR);
	deployment->impact += 4 * HOUR; /* an incident said so */
	got = test_figures(&s, MONDAY, MONDAY + WEEK, MONDAY + WEEK);
	assert_int_equal(got.recovery.p50, HOUR);
	assert_int_equal(got.recovery.p90, 2 * HOUR);
	/* Open since the third day, at noon of the fourth: longer than both that ended. */
	test_failed(s.list[3], GATE_FAILURE_ROLLBACK, -1);
	got = test_figures(&s, MONDAY, MONDAY + WEEK, MONDAY + 3 * DAY + 12 * HOUR);
	assert_int_equal(got.recovery.n, 3);
	assert_int_equal(got.recovery.n_open, 1);
	assert_int_equal(got.recovery.longest_open, 12 * HOUR);
	assert_int_equal(got.recovery.p50, 2 * HOUR);
	assert_false(got.recovery.has_p90);
	/* By a clock that is behind, it is open for no time, not for less. */
	got = test_figures(&s, MONDAY, MONDAY + WEEK, MONDAY + DAY);
	assert_int_equal(got.recovery.longest_open, 0);
}

static void waits_since_it_was_made(void **state)
{
	struct gate_figures got;

	(void)state;
	deploy_many(1, DAY, GATE_KIND_FORWARD);
	got = test_figures(&s, MONDAY, MONDAY + WEEK, MONDAY + WEEK);
	assert_false(got.waiting_known);
	s.stream.waiting_known = true;
	/* The newest of them may have been begun first; one is from a clock that goes ahead. */
	test_wait(&s, MONDAY + 8 * DAY);
	test_wait(&s, MONDAY - 2 * DAY);
	test_wait(&s, MONDAY + DAY);
	got = test_figures(&s, MONDAY + 2 * DAY, MONDAY + 3 * DAY, MONDAY + WEEK);
	assert_true(got.waiting_known);
	assert_int_equal(got.n_waiting, 3);
	assert_int_equal(got.oldest_waiting, 9 * DAY);
}

/* -1: too few to tell, or not known. */
static int score_of(const struct gate_figures *figures, enum gate_metric metric)
{
	unsigned score;

	return gate_metric_score(&score, figures, metric) ? (int)score : -1;
}

static void too_few_have_no_score(void **state)
{
	struct gate_figures got;

	(void)state;
	deploy_many(4, DAY, GATE_KIND_FORWARD);
	for (int i = 0; i < 4; i++)
		test_ship(&s, DAY);
	got = test_figures(&s, MONDAY, MONDAY + 5 * DAY, MONDAY + 30 * DAY);
	assert_int_equal(score_of(&got, GATE_METRIC_FREQUENCY), -1);
	assert_int_equal(score_of(&got, GATE_METRIC_LEAD_TIME), -1);
	/* Each has its own number: a fifth change has a lead time, however few deployments shipped them. */
	test_ship(&s, DAY);
	got = test_figures(&s, MONDAY, MONDAY + 5 * DAY, MONDAY + 30 * DAY);
	assert_int_equal(got.lead.n, 5);
	assert_int_equal(score_of(&got, GATE_METRIC_FREQUENCY), -1);
	assert_int_equal(score_of(&got, GATE_METRIC_LEAD_TIME), 60);
	test_deploy(&s, MONDAY + 5 * DAY, GATE_KIND_FORWARD);
	got = test_figures(&s, MONDAY, MONDAY + 6 * DAY, MONDAY + 30 * DAY);
	assert_int_equal(score_of(&got, GATE_METRIC_FREQUENCY), 80);
	assert_int_equal(score_of(&got, GATE_METRIC_LEAD_TIME), 60);
	assert_int_equal(score_of(&got, GATE_METRIC_FAIL_RATE), -1);
	assert_int_equal(score_of(&got, GATE_METRIC_RECOVERY), -1);
	assert_int_equal(score_of(&got, GATE_METRIC_REWORK), -1);
	/* Two of five are no picture. */
	assert_int_equal(got.n_scores, 0);
	assert_int_equal(got.score, 0);
}

/* Of commits that name a request of which nothing is known more than half tell nothing, half of them do. Others may be what they look like. */
static void guesses_have_no_score(void **state)
{
	static struct gate_unit squash = { .approximate = true, .request = 7 };
	static struct gate_unit commit = { .approximate = true };
	struct gate_figures got;

	(void)state;
	deploy_many(5, DAY, GATE_KIND_FORWARD);
	for (int i = 0; i < 3; i++)
		test_ship(&s, DAY);
	test_ship(&s, HOUR)->unit = &squash;
	test_ship(&s, HOUR)->unit = &squash;
	test_ship(&s, HOUR)->unit = &squash;
	got = test_figures(&s, MONDAY, MONDAY + 6 * DAY, MONDAY + 30 * DAY);
	assert_int_equal(got.n_approximate, 3);
	assert_false(gate_lead_is_guessed(&got));
	assert_int_equal(score_of(&got, GATE_METRIC_LEAD_TIME), 80);
	test_ship(&s, HOUR)->unit = &squash;
	got = test_figures(&s, MONDAY, MONDAY + 6 * DAY, MONDAY + 30 * DAY);
	assert_true(gate_lead_is_guessed(&got));
	assert_int_equal(score_of(&got, GATE_METRIC_LEAD_TIME), -1);
	assert_int_equal(score_of(&got, GATE_METRIC_FREQUENCY), 80);
	got.lead.n = got.n_squashes = 4;
	assert_false(gate_lead_is_guessed(&got));
	for (int i = 0; i < 9; i++)
		test_ship(&s, HOUR)->unit = &commit;
	got = test_figures(&s, MONDAY, MONDAY + 6 * DAY, MONDAY + 30 * DAY);
	assert_int_equal(got.n_approximate, 13);
	assert_int_equal(got.n_squashes, 4);
	assert_false(gate_lead_is_guessed(&got));
}

/* What can have a score then is lead time and rework: two. */
static void few_deployments_have_no_score_together(void **state)
{
	struct gate_figures got;

	(void)state;
	deploy_many(4, DAY, GATE_KIND_FORWARD);
	for (int i = 0; i < 5; i++)
		test_ship(&s, DAY);
	for (int i = 0; i < 6; i++)
		test_deploy(&s, MONDAY + 5 * DAY + i * HOUR, GATE_KIND_ROLLBACK);
	got = test_figures(&s, MONDAY, MONDAY + 6 * DAY, MONDAY + 30 * DAY);
	assert_int_equal(score_of(&got, GATE_METRIC_LEAD_TIME), 60);
	assert_int_equal(score_of(&got, GATE_METRIC_REWORK), 40);
	assert_int_equal(got.n_scores, 0);
}

static void a_rate_needs_ten(void **state)
{
	struct gate_figures got;

	(void)state;
	deploy_many(9, DAY, GATE_KIND_FORWARD);
	got = test_figures(&s, MONDAY, MONDAY + 20 * DAY, MONDAY + 30 * DAY);
	assert_int_equal(score_of(&got, GATE_METRIC_FAIL_RATE), -1);
	assert_int_equal(score_of(&got, GATE_METRIC_REWORK), -1);
	/* The tenth of the one, not of the other. */
	test_deploy(&s, MONDAY + 10 * DAY, GATE_KIND_ROLLBACK);
	got = test_figures(&s, MONDAY, MONDAY + 20 * DAY, MONDAY + 30 * DAY);
	assert_int_equal(score_of(&got, GATE_METRIC_FAIL_RATE), -1);
	assert_int_equal(score_of(&got, GATE_METRIC_REWORK), 90);
	test_failed(s.list[1], GATE_FAILURE_NAMED, HOUR);
	test_failed(s.list[2], GATE_FAILURE_INCIDENT, HOUR);
	test_deploy(&s, MONDAY + 11 * DAY, GATE_KIND_FORWARD);
	got = test_figures(&s, MONDAY, MONDAY + 20 * DAY, MONDAY + 30 * DAY);
	/* What is proven counts. */
	assert_int_equal(got.fail_heuristic.k, 2);
	assert_int_equal(score_of(&got, GATE_METRIC_FAIL_RATE), 90);
}

static void tags_know_no_failures(void **state)
{
	struct gate_figures got;

	(void)state;
	deploy_many(12, DAY, GATE_KIND_FORWARD);
	for (size_t i = 0; i < s.stream.n; i++)
		s.list[i]->inferred = true;
	got = test_figures(&s, MONDAY, MONDAY + 20 * DAY, MONDAY + 30 * DAY);
	assert_true(got.inferred);
	assert_int_equal(score_of(&got, GATE_METRIC_FREQUENCY), 60);
	assert_int_equal(score_of(&got, GATE_METRIC_FAIL_RATE), -1);
	assert_int_equal(score_of(&got, GATE_METRIC_RECOVERY), -1);
	assert_int_equal(score_of(&got, GATE_METRIC_REWORK), -1);
}

/* "Longer than 30 minutes" is no "less than an hour". */
static void a_median_that_is_not_reached_has_no_level(void **state)
{
	struct gate_figures got;

	(void)state;
	deploy_many(6, MINUTE, GATE_KIND_FORWARD);
	for (size_t i = 1; i <= 6; i++)
		test_failed(s.list[i], GATE_FAILURE_NAMED, i <= 2 ? MINUTE : -1);
	got = test_figures(&s, MONDAY, MONDAY + WEEK, MONDAY + 30 * MINUTE);
	assert_int_equal(got.recovery.n, 6);
	assert_false(got.recovery.has_p50);
	assert_int_equal(score_of(&got, GATE_METRIC_RECOVERY), -1);
	/* Nothing is worse than half a year. */
	got = test_figures(&s, MONDAY, MONDAY + WEEK, MONDAY + 183 * DAY);
	assert_int_equal(score_of(&got, GATE_METRIC_RECOVERY), 0);
	test_failed(s.list[3], GATE_FAILURE_NAMED, 2 * MINUTE);
	got = test_figures(&s, MONDAY, MONDAY + WEEK, MONDAY + 30 * MINUTE);
	assert_int_equal(got.recovery.p50, 2 * MINUTE);
	assert_int_equal(score_of(&got, GATE_METRIC_RECOVERY), 100);
}

static void the_score_is_the_mean_of_those_there_are(void **state)
{
	struct gate_figures got;

	(void)state;
	deploy_many(20, DAY, GATE_KIND_FORWARD);
	for (int i = 0; i < 5; i++)
		test_ship(&s, 8 * DAY);
	got = test_figures(&s, MONDAY, MONDAY + 21 * DAY, MONDAY + 30 * DAY);
	/* Frequency 8, lead time 4, both rates 10. */
	assert_int_equal(got.n_scores, 4);
	assert_int_equal(got.score, 80);
	/* Two of 20 failed, 9: 31 / 4 is 7.75, to be rounded. */
	for (size_t i = 1; i <= 2; i++)
		test_failed(s.list[i], GATE_FAILURE_NAMED, HOUR - 1);
	got = test_figures(&s, MONDAY, MONDAY + 21 * DAY, MONDAY + 30 * DAY);
	assert_int_equal(got.score, 78);
	for (size_t i = 3; i <= 5; i++)
		test_failed(s.list[i], GATE_FAILURE_NAMED, HOUR - 1);
	got = test_figures(&s, MONDAY, MONDAY + 21 * DAY, MONDAY + 30 * DAY);
	/* Now 25 % fail, 7.5, and are mended in less than an hour, 10: 39.5 / 5. */
	assert_int_equal(got.n_scores, 5);
	assert_int_equal(got.score, 79);
}

static void levels(void **state)
{
	static const struct {
		unsigned score;
		const char *name;
	} cases[] = {
		{ 0, "low" },   { 39, "low" },  { 40, "medium" }, { 69, "medium" },
		{ 70, "high" }, { 89, "high" }, { 90, "elite" },  { 100, "elite" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++)
		assert_string_equal(gate_level_name(cases[i].score), cases[i].name);
}

/* Names and definitions are for programs: they never change. */
static void names(void **state)
{
	(void)state;
	assert_null(gate_metric_names[GATE_METRICS]);
	for (int i = 0; i < GATE_METRICS; i++) {
		const size_t len = strlen(gate_metric_names[i]);

		assert_memory_equal(gate_metric_definitions[i], gate_metric_names[i], len);
		assert_string_equal(gate_metric_definitions[i] + len, "/1");
	}
}

static void every_allocation_may_fail(void **state)
{
	const struct gate_window window = { MONDAY, MONDAY + 5 * WEEK };
	struct gate_figures wanted, got;
	bool failed = true;
	unsigned n = 0;

	(void)state;
	deploy_many(30, DAY, GATE_KIND_FORWARD);
	for (int i = 0; i < 100; i++)
		test_ship(&s, i * HOUR);
	test_failed(s.list[3], GATE_FAILURE_NAMED, HOUR);
	test_failed(s.list[4], GATE_FAILURE_NAMED, -1);
	wanted = test_figures(&s, window.from, window.to, window.to);
	for (; failed; n++) {
		struct gate_error err = { 0 };
		int code;

		got = (struct gate_figures){ 0 };
		test_oom_arm(n);
		code = gate_figures_compute(&got, &s.stream, &window, window.to, &err);
		failed = test_oom_disarm();
		assert_int_equal(code, failed ? GATE_ENOMEM : GATE_OK);
		assert_int_equal(err.code, code);
		/* What is not whole is not there. */
		if (failed)
			assert_null(got.stream);
	}
	assert_true(n > 5);
	assert_int_equal(got.n_deployments, wanted.n_deployments);
	assert_int_equal(got.lead.p90, wanted.lead.p90);
	assert_int_equal(got.recovery.n, 2);
	assert_int_equal(got.score, wanted.score);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, start)
	const struct CMUnitTest tests[] = {
		TEST(counts_what_counts),
		TEST(counts_what_was_inferred),
		TEST(of_tags_that_tell_of_no_failure_nothing_is_known),
		TEST(a_window_is_open_at_its_end),
		TEST(a_window_begins_at_the_baseline),
		TEST(what_never_succeeded_is_counted_too),
		TEST(a_window_has_a_day_at_least),
		TEST(nothing_is_no_value),
		TEST(days_a_week_are_of_whole_iso_weeks),
		TEST(the_week_of_the_baseline_is_not_whole),
		TEST(weeks_are_the_last_ones),
		TEST(days_and_weeks_are_those_of_the_zone),
		TEST(an_hour_more_is_no_lower_level),
		TEST(lead_times_are_pooled),
		TEST(only_what_counts_can_fail),
		TEST(maturing_is_younger_than_a_day),
		TEST(recovery_is_from_the_impact),
		TEST(waits_since_it_was_made),
		TEST(too_few_have_no_score),
		TEST(guesses_have_no_score),
		TEST(few_deployments_have_no_score_together),
		TEST(a_rate_needs_ten),
		TEST(tags_know_no_failures),
		TEST(a_median_that_is_not_reached_has_no_level),
		TEST(the_score_is_the_mean_of_those_there_are),
		TEST(levels),
		TEST(names),
		TEST(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
