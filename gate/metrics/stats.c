/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/metrics/figures.h"

#include <math.h>

#define HOUR 3600
#define Z 1.959963984540054 /* of the normal distribution, 97.5 % */

static int compare_seconds(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

int64_t gate_nearest_rank(int64_t *values, size_t n, unsigned percent)
{
	qsort(values, n, sizeof(*values), compare_seconds);
	return values[(n * percent + 99) / 100 - 1];
}

static unsigned tenths(double share)
{
	return (unsigned)lround(share * 1000);
}

/* E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927. */
struct gate_rate gate_wilson(size_t k, size_t n)
{
	struct gate_rate rate = { .k = k, .n = n };
	const double p = n ? (double)k / (double)n : 0, size = (double)n;
	double middle, half, whole;

	if (!n)
		return rate;
	whole = 1 + Z * Z / size;
	middle = (p + Z * Z / (2 * size)) / whole;
	half = Z / whole * sqrt(p * (1 - p) / size + Z * Z / (4 * size * size));
	rate.tenths = tenths(p);
	rate.low = k ? tenths(middle - half) : 0;
	rate.high = k < n ? tenths(middle + half) : 1000;
	return rate;
}

/*
 * E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, 1958. Of one length, what ended comes before what is
 * open. S is kept as a fraction of products in floating point; p is reached when S <= 1 - p, with room for its last digits.
 */
struct gate_recovery gate_kaplan_meier(int64_t *ended, size_t n_ended, int64_t *open, size_t n_open)
{
	struct gate_recovery out = { .n = n_ended + n_open, .n_open = n_open };
	size_t at_risk = out.n, i = 0, j = 0;
	double s = 1;

	if (n_ended)
		qsort(ended, n_ended, sizeof(*ended), compare_seconds);
	if (n_open)
		qsort(open, n_open, sizeof(*open), compare_seconds);
	out.longest_open = n_open ? open[n_open - 1] : 0;
	while (i < n_ended) {
		const int64_t t = ended[i];
		size_t together = 0;

		while (j < n_open && open[j] < t) {
			at_risk--;
			j++;
		}
		while (i < n_ended && ended[i] == t) {
			together++;
			i++;
		}
		s *= (double)(at_risk - together) / (double)at_risk;
		at_risk -= together;
		if (!out.has_p50 && s <= 0.5 + 1e-12) {
			out.has_p50 = true;
			out.p50 = t;
		}
		if (!out.has_p90 && s <= 0.1 + 1e-12) {
			out.has_p90 = true;
			out.p90 = t;
		}
	}
	return out;
}

gate_step gate_step_of_duration(int64_t seconds)
{
	static const int64_t limits[] = { HOUR, GATE_DAY, 7 * GATE_DAY, 30 * GATE_DAY,
		                          182 * GATE_DAY };
	gate_step step = 6;

	for (size_t i = 0; i < GATE_COUNT(limits) && seconds >= limits[i]; i++)
		step--;
	return step;
}

gate_step gate_step_of_frequency(double a_day)
{
	static const double limits[] = { 2, 5.0 / 7, 1.0 / 7, 1.0 / 30, 1.0 / 182 };
	gate_step step = 6;

	for (size_t i = 0; i < GATE_COUNT(limits) && a_day < limits[i]; i++)
		step--;
	return step;
}
