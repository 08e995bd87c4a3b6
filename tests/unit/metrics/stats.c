/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/metrics/figures.h"

#include <math.h>

#define HOUR 3600
#define DAY (24 * HOUR)

static void nearest_rank(void **state)
{
	/* x[ceil(p n)], by hand. */
	static const struct {
		size_t n;
		unsigned percent;
		int64_t wanted;
	} cases[] = {
		{ 1, 50, 1 }, { 1, 90, 1 },  { 2, 50, 1 },   { 2, 90, 2 },    { 3, 50, 2 },
		{ 4, 50, 2 }, { 10, 90, 9 }, { 11, 90, 10 }, { 10, 100, 10 }, { 10, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		int64_t values[16];

		for (size_t k = 0; k < cases[i].n; k++)
			values[k] = (int64_t)(cases[i].n - k); /* any order will do */
		assert_int_equal(gate_nearest_rank(values, cases[i].n, cases[i].percent),
		                 cases[i].wanted);
	}
}

/* The bounds are the two solutions p of (x - p)^2 = z^2 p (1 - p) / n: asked, not computed as the code does. */
static void wilson_solves_its_equation(void **state)
{
	const double z = 1.959963984540054;

	(void)state;
	for (size_t n = 1; n < 200; n += 7)
		for (size_t k = 0; k <= n; k++) {
			const struct gate_rate rate = gate_wilson(k, n);
			const double x = (double)k / (double)n;
			double bounds[2] = { rate.low / 1000.0, rate.high / 1000.0 };

			assert_true(rate.low <= rate.tenths && rate.tenths <= rate.high);
			for (int i = 0; i < 2; i++) {
				const double p = bounds[i];
				const double left = (x - p) * (x - p);
				const double right = z * z * p * (1 - p) / (double)n;
				/* Tenths are rounded: what that can do to the difference of both sides. */
				const double slack =
					0.0005 * (2 * fabs(x - p) + z * z / (double)n) + 0.000001;

				assert_true(fabs(left - right) <= slack);
			}
		}
	assert_int_equal(gate_wilson(0, 0).n, 0);
	/* 10 of 100: 5.5 to 17.4 %, as statisticians print it. */
	assert_int_equal(gate_wilson(10, 100).low, 55);
	assert_int_equal(gate_wilson(10, 100).high, 174);
}

static struct gate_recovery recovery(const int64_t *ended, size_t n_ended, const int64_t *open,
                                     size_t n_open)
{
	int64_t a[32] = { 0 }, b[32] = { 0 };

	for (size_t i = 0; i < n_ended; i++)
		a[i] = ended[n_ended - 1 - i];
	for (size_t i = 0; i < n_open; i++)
		b[i] = open[n_open - 1 - i];
	return gate_kaplan_meier(a, n_ended, b, n_open);
}

static void kaplan_meier(void **state)
{
	/* The patients with 6-MP of Freireich and others, 1963, which every text book has: median 23, the 90th percentile is not reached. */
	static const int64_t ended[] = { 6, 6, 6, 7, 10, 13, 16, 22, 23 };
	static const int64_t open[] = { 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35 };
	/* Their placebos: all ended, so the quantiles are those of the values. */
	static const int64_t placebo[] = { 1, 1, 2,  2,  3,  4,  4,  5,  5,  8, 8,
		                           8, 8, 11, 11, 12, 12, 15, 17, 22, 23 };
	struct gate_recovery got = recovery(ended, 9, open, 12);

	(void)state;
	assert_int_equal(got.n, 21);
	assert_int_equal(got.n_open, 12);
	assert_true(got.has_p50);
	assert_int_equal(got.p50, 23);
	assert_false(got.has_p90);
	assert_int_equal(got.longest_open, 35);
	got = recovery(placebo, 21, NULL, 0);
	assert_int_equal(got.p50, 8);
	assert_int_equal(got.p90, 17);
	got = recovery(NULL, 0, open, 12);
	assert_false(got.has_p50);
	assert_int_equal(got.longest_open, 35);
	got = recovery(NULL, 0, NULL, 0);
	assert_int_equal(got.n, 0);
	/* One of one; half of two is the smaller; an open one at the same time was there when the other ended. */
	got = recovery(ended, 1, NULL, 0);
	assert_int_equal(got.p50, 6);
	got = recovery(ended, 1, open, 1);
	assert_int_equal(got.p50, 6);
}

static uint32_t seed = 7;

static uint32_t below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/*
 * B. Efron, The two sample problem with censored data, 1967: every value weighs the same, and what is open hands its weight in equal parts to all
 * that is longer. The quantile is where the weights of what ended reach p. False: they do not.
 */
static bool redistribute(int64_t *out, double p, const int64_t *values, const bool *is_open,
                         size_t n)
{
	double weights[16], sum = 0;

	for (size_t i = 0; i < n; i++)
		weights[i] = 1 / (double)n;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; is_open[i] && k < n; k++)
			weights[k] += weights[i] / (double)(n - i - 1);
		if (!is_open[i])
			sum += weights[i];
		*out = values[i];
		if (!is_open[i] && sum >= p - 1e-9)
			return true;
	}
	return false;
}

static void agrees_with_redistribution(void **state)
{
	(void)state;
	for (int round = 0; round < 3000; round++) {
		const size_t n = 1 + below(16);
		int64_t values[16], ended[16], open[16], wanted, at = 0;
		size_t n_ended = 0, n_open = 0;
		bool is_open[16], has;
		struct gate_recovery got;

		/* In order; of one length, what ended is before what is open. */
		for (size_t i = 0; i < n; i++) {
			const bool later = below(3) > 0;

			at += later;
			values[i] = at;
			is_open[i] = (!later && i && is_open[i - 1]) || below(3) == 0;
			if (is_open[i])
				open[n_open++] = at;
			else
				ended[n_ended++] = at;
		}
		got = recovery(ended, n_ended, open, n_open);
		has = redistribute(&wanted, 0.5, values, is_open, n);
		assert_int_equal(got.has_p50, has);
		assert_int_equal(got.p50, has ? wanted : 0);
		has = redistribute(&wanted, 0.9, values, is_open, n);
		assert_int_equal(got.has_p90, has);
		assert_int_equal(got.p90, has ? wanted : 0);
	}
}

/* Without anything open it is nearest rank. */
static void agrees_with_nearest_rank(void **state)
{
	/* Thousands of factors must not move a quantile. */
	static int64_t a[4000], b[4000];

	(void)state;
	for (size_t n = 1; n <= 4000; n += n < 200 ? 1 : 95) {
		for (size_t i = 0; i < n; i++)
			a[i] = b[i] = below(4096) + (n < 100 ? 0 : (int64_t)i * 4096);
		{
			const struct gate_recovery got = gate_kaplan_meier(a, n, NULL, 0);

			assert_int_equal(got.p50, gate_nearest_rank(b, n, 50));
			assert_int_equal(got.p90, gate_nearest_rank(b, n, 90));
		}
	}
}

static void steps(void **state)
{
	(void)state;
	assert_int_equal(gate_step_of_duration(0), 6);
	assert_int_equal(gate_step_of_duration(HOUR - 1), 6);
	assert_int_equal(gate_step_of_duration(HOUR), 5);
	assert_int_equal(gate_step_of_duration(DAY - 1), 5);
	assert_int_equal(gate_step_of_duration(DAY), 4);
	assert_int_equal(gate_step_of_duration(7 * DAY - 1), 4);
	assert_int_equal(gate_step_of_duration(7 * DAY), 3);
	assert_int_equal(gate_step_of_duration(30 * DAY - 1), 3);
	assert_int_equal(gate_step_of_duration(30 * DAY), 2);
	assert_int_equal(gate_step_of_duration(182 * DAY - 1), 2);
	assert_int_equal(gate_step_of_duration(182 * DAY), 1);
	assert_int_equal(gate_step_of_frequency(2), 6);
	assert_int_equal(gate_step_of_frequency(1.99), 5);
	assert_int_equal(gate_step_of_frequency(5.0 / 7), 5);
	assert_int_equal(gate_step_of_frequency(1.0 / 7), 4);
	assert_int_equal(gate_step_of_frequency(1.0 / 30), 3);
	assert_int_equal(gate_step_of_frequency(1.0 / 182), 2);
	assert_int_equal(gate_step_of_frequency(0.71), 4);
	assert_int_equal(gate_step_of_frequency(0.14), 3);
	assert_int_equal(gate_step_of_frequency(0.033), 2);
	assert_int_equal(gate_step_of_frequency(0.0054), 1);
	assert_int_equal(gate_step_of_frequency(0), 1);
	/* What is on the edge by whole numbers is on it in floating point too. */
	for (int n = 1; n < 500; n++) {
		assert_int_equal(gate_step_of_frequency(5.0 * n / (7.0 * n)), 5);
		assert_int_equal(gate_step_of_frequency(n / (7.0 * n)), 4);
		assert_int_equal(gate_step_of_frequency(n / (30.0 * n)), 3);
		assert_int_equal(gate_step_of_frequency(n / (182.0 * n)), 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearest_rank),
		cmocka_unit_test(wilson_solves_its_equation),
		cmocka_unit_test(kaplan_meier),
		cmocka_unit_test(agrees_with_nearest_rank),
		cmocka_unit_test(agrees_with_redistribution),
		cmocka_unit_test(steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
