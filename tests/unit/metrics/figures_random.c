/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds for any stream, asked of a few hundred: a seed of its own for each, so that a failure is found again by its number. The figures are
 * counted a second time here, in a way of their own: day by day and value by value.
 */
#include "tests/support/test.h"

#include "gate/base/clock.h"
#include "tests/unit/metrics/stream.h"

#define STREAMS 300
#define WEEK (7 * DAY)

static struct test_stream s;
static uint64_t seed;

/* D. Knuth's MMIX generator; the low bits are the bad ones. */
static uint32_t below(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

/* A baseline at a time of 2026, and up to 60 deployments after it. */
static void make_stream(unsigned number)
{
	int64_t at = test_at("2026-01-01T00:00:00Z");
	unsigned n;

	seed = number;
	at += below(300) * HOUR;
	n = below(60);
	test_stream_init(&s);
	test_deploy(&s, at, GATE_KIND_BASELINE);
	for (unsigned i = 0; i < n; i++) {
		struct gate_deployment *deployment;

		at += below(3) ? below(4 * HOUR) : below(9 * DAY);
		deployment = test_deploy(&s, at, (enum gate_kind)(1 + below(GATE_KINDS - 1)));
		if (!below(6)) {
			deployment->state =
				below(3) ? GATE_DEPLOYMENT_FAILED : GATE_DEPLOYMENT_RUNNING;
			continue;
		}
		for (uint32_t k = below(6); k; k--) {
			struct gate_shipped *shipped = test_ship(&s, below(20 * DAY));

			shipped->skewed = !below(9);
			s.units[s.n_units - 1].revert = !below(9);
			s.units[s.n_units - 1].approximate = !below(3);
		}
		if (!below(3))
			test_failed(deployment, (enum gate_failure)(1 + below(5)),
			            below(4) ? (int64_t)below(3 * DAY) : -1);
	}
}

static int64_t end_of_stream(void)
{
	return s.list[s.stream.n - 1]->finish.seconds + 1 + below(20 * DAY);
}

/* Two windows side by side count what the one over both does. */
static void windows_add_up(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STREAMS; i++) {
		struct gate_figures whole, a, b;
		int64_t from, middle, to;

		make_stream(i);
		to = end_of_stream();
		from = s.list[0]->finish.seconds - 3 * DAY + below(6 * DAY);
		middle = from + (int64_t)below((uint32_t)(to > from ? to - from : 1));
		whole = test_figures(&s, from, to, to);
		a = test_figures(&s, from, middle, to);
		b = test_figures(&s, middle, to, to);
#define ADDS_UP(member) assert_int_equal(whole.member, a.member + b.member)
		for (int kind = 0; kind < GATE_KINDS; kind++)
			ADDS_UP(by_kind[kind]);
		ADDS_UP(n_failed_jobs);
		ADDS_UP(n_running);
		ADDS_UP(n_deployments);
		ADDS_UP(lead.n);
		ADDS_UP(n_approximate);
		ADDS_UP(n_skewed);
		ADDS_UP(fail_proven.k);
		ADDS_UP(fail_proven.n);
		ADDS_UP(fail_heuristic.k);
		ADDS_UP(n_maturing);
		ADDS_UP(recovery.n);
		ADDS_UP(recovery.n_open);
		ADDS_UP(rework.k);
		ADDS_UP(rework.n);
#undef ADDS_UP
	}
}

static bool has_deployment(int64_t day)
{
	for (size_t i = 0; i < s.stream.n; i++) {
		const struct gate_deployment *deployment = s.list[i];

		if (deployment->state == GATE_DEPLOYMENT_SUCCEEDED &&
		    gate_kind_counts(deployment->kind) && deployment->finish.seconds >= day &&
		    deployment->finish.seconds < day + DAY)
			return true;
	}
	return false;
}

/* Day by day with the calendar: the least d for which half of the whole weeks have d days or fewer. */
static void days_a_week_by_the_calendar(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STREAMS; i++) {
		size_t with[8] = { 0 }, n = 0, sum = 0;
		struct gate_figures got;
		unsigned wanted = 0;
		int64_t day;

		make_stream(i);
		got = test_figures(&s, INT64_MIN, end_of_stream(), end_of_stream());
		day = got.window.from + (DAY - got.window.from % DAY) % DAY;
		while (gate_civil_from_seconds(day).weekday != 1)
			day += DAY;
		for (; day + WEEK <= got.window.to; day += WEEK) {
			unsigned days = 0;

			for (int k = 0; k < 7; k++)
				days += has_deployment(day + k * DAY);
			with[days]++;
			n++;
		}
		assert_int_equal(got.has_weeks, n > 0);
		for (sum = with[0]; 2 * sum < n; sum += with[wanted])
			wanted++;
		assert_int_equal(got.days_a_week, wanted);
	}
}

/* Every deployment that counts is in one week of the picture, where that is not cut. */
static void weeks_hold_every_deployment(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STREAMS; i++) {
		struct gate_figures got;
		size_t sum = 0;

		make_stream(i);
		got = test_figures(&s, INT64_MIN, end_of_stream(), end_of_stream());
		assert_true(got.n_weeks && got.n_weeks <= GATE_MOST_WEEKS);
		for (size_t k = 0; k < got.n_weeks; k++)
			sum += got.weeks[k];
		if (got.n_weeks < GATE_MOST_WEEKS)
			assert_int_equal(sum, got.n_deployments);
	}
}

/* A lead time that is in the figure: how many of those are less than it, and how many are it. */
static bool count_leads(int64_t value, size_t *less, size_t *equal)
{
	*less = *equal = 0;
	for (size_t i = 0; i < s.n_shipped; i++) {
		if (s.shipped[i].skewed || s.shipped[i].unit->revert)
			continue;
		*less += s.shipped[i].lead < value;
		*equal += s.shipped[i].lead == value;
	}
	return *equal > 0;
}

/* A quantile is one of the values, and the right one: fewer than p of all are less, and not fewer are less or equal. */
static void quantiles_are_values(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STREAMS; i++) {
		struct gate_figures got;
		size_t less, equal;

		make_stream(i);
		got = test_figures(&s, INT64_MIN, end_of_stream(), end_of_stream());
		if (!got.lead.n)
			continue;
		assert_true(count_leads(got.lead.p50, &less, &equal));
		assert_true(100 * less < 50 * got.lead.n &&
		            100 * (less + equal) >= 50 * got.lead.n);
		assert_true(count_leads(got.lead.p90, &less, &equal));
		assert_true(100 * less < 90 * got.lead.n &&
		            100 * (less + equal) >= 90 * got.lead.n);
	}
}

static void shuffle(void)
{
	for (size_t i = s.n_shipped; i > 1; i--) {
		const size_t k = below((uint32_t)i);
		const struct gate_shipped other = s.shipped[k];

		s.shipped[k] = s.shipped[i - 1];
		s.shipped[i - 1] = other;
	}
}

/* Which of them shipped what does not matter, nor in which order. */
static void order_does_not_matter(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STREAMS; i++) {
		struct gate_figures first, second;
		int64_t to;

		make_stream(i);
		to = end_of_stream();
		first = test_figures(&s, INT64_MIN, to, to);
		shuffle();
		second = test_figures(&s, INT64_MIN, to, to);
		assert_int_equal(first.lead.n, second.lead.n);
		assert_int_equal(first.lead.p50, second.lead.p50);
		assert_int_equal(first.lead.p90, second.lead.p90);
		assert_int_equal(first.n_approximate, second.n_approximate);
		assert_int_equal(first.score, second.score);
	}
}

/* What is heuristic is beside what is proven; nothing fails twice; each failure ended or is open. */
static void failures_are_deployments(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STREAMS; i++) {
		struct gate_figures got;

		make_stream(i);
		got = test_figures(&s, INT64_MIN, end_of_stream(), end_of_stream());
		assert_true(got.fail_proven.k <= got.fail_heuristic.k);
		assert_true(got.fail_heuristic.k <= got.n_deployments);
		assert_int_equal(got.fail_proven.n, got.n_deployments);
		assert_int_equal(got.recovery.n, got.fail_heuristic.k);
		assert_true(got.recovery.n_open <= got.recovery.n);
		assert_true(got.score <= 100 && got.n_scores <= GATE_METRICS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_add_up),
		cmocka_unit_test(days_a_week_by_the_calendar),
		cmocka_unit_test(weeks_hold_every_deployment),
		cmocka_unit_test(quantiles_are_values),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(failures_are_deployments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
