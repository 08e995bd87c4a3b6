/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The five metrics of one service in one environment over a window, from its deployments.
 */
#ifndef GATE_METRICS_FIGURES_H
#define GATE_METRICS_FIGURES_H

#include "gate/metrics/metrics.h"

/** [from, to): UTC seconds. A deployment belongs to the window in which it finished. */
struct gate_window {
	int64_t from, to;
	const struct gate_zone *zone; /* borrowed; of its days and weeks; NULL: UTC */
};

/** Fewer than this say nothing: a rate needs 10, the others 5. */
#define GATE_LEAST_RATE 10
#define GATE_LEAST 5
/** Fewer metrics than this that have a score make no overall one; fewer than GATE_LEAST deployments never have so many. */
#define GATE_LEAST_SCORES 3

/** Durations in seconds: nearest rank, x[ceil(p n)]. n 0: there is no value. */
struct gate_durations {
	size_t n;
	int64_t p50, p90;
};

/** k of n; the interval is Wilson's, 95 %, in tenths of a percent. n 0: there is no value. */
struct gate_rate {
	size_t k, n;
	unsigned tenths, low, high;
};

/** Recovery: censored, by Kaplan and Meier. A quantile that is not reached is longer than the longest open one. */
struct gate_recovery {
	size_t n, n_open; /* failures, those of them that are open */
	bool has_p50, has_p90;
	int64_t p50, p90, longest_open;
};

/** A step of the DORA Quick Check: 6 is the best, 1 the worst, 0: too few to tell, or not known. */
typedef unsigned gate_step;

#define GATE_MOST_WEEKS 104

struct gate_figures {
	const struct gate_stream *stream;
	struct gate_window window; /* as measured: not before the baseline */
	bool inferred;             /* from tags, which know no failures */
	size_t by_kind[GATE_KINDS];
	size_t n_failed_jobs; /* deployments that did not succeed: they never served */
	size_t n_running;
	/* Deployment frequency. */
	size_t n_deployments; /* forward, hotfix, diverged, unknown */
	int64_t seconds; /* of the window by the clocks of its zone, where every day has 24 hours; a day at least */
	bool has_weeks;
	unsigned
		days_a_week; /* the median of deployment days in whole ISO weeks, of the window's zone */
	/* Deployments in each of the last weeks, oldest first. The first and the last may be cut by the window. */
	unsigned weeks[GATE_MOST_WEEKS];
	size_t n_weeks;
	struct gate_durations lead;
	size_t n_approximate, n_skewed;
	size_t n_squashes; /* of the approximate ones: their subject names a request, of which nothing is known */
	struct gate_rate fail_proven, fail_heuristic;
	size_t n_maturing; /* younger than a day */
	struct gate_recovery recovery;
	struct gate_rate rework;
	size_t n_inferred_rework; /* of these, what no record said */
	/* Merged, not deployed. */
	const struct gate_deployment *last; /* borrowed; what runs; NULL: nothing succeeded */
	bool waiting_known;
	size_t n_waiting;
	int64_t oldest_waiting; /* age in seconds */
	gate_step steps[5];     /* of the five, in the order of gate_metric_names */
	/* Quick Check score times ten, 0 to 100, of the metrics that have one; n_scores 0: none. */
	unsigned score;
	size_t n_scores;
};

enum gate_metric {
	GATE_METRIC_FREQUENCY,
	GATE_METRIC_LEAD_TIME,
	GATE_METRIC_FAIL_RATE,
	GATE_METRIC_RECOVERY,
	GATE_METRIC_REWORK,
	GATE_METRICS
};
/** "deployment-frequency", "change-lead-time", ...; and the definition it follows, "change-lead-time/1". NULL-terminated. */
extern const char *const gate_metric_names[GATE_METRICS + 1];
extern const char *const gate_metric_definitions[GATE_METRICS];

/** "elite", "high", "medium", "low" by the score times ten. */
const char *gate_level_name(unsigned score);
/**
 * The score times ten of one metric. False: too few to tell, or not known: tags know no failures, a median recovery that is not reached may be
 * any longer than what is open, and most changes may be squashes of requests that are not here.
 */
bool gate_metric_score(unsigned *out, const struct gate_figures *figures, enum gate_metric metric);

/** False: the deployments are of tags, and none of what the metric counts is known. Tags tell of few failures, so that they tell of none is no value. */
bool gate_metric_is_known(const struct gate_figures *figures, enum gate_metric metric);

/** There are enough changes for a level, but more than half of them came from requests of which nothing is known here: squashes, which began nobody knows when. */
bool gate_lead_is_guessed(const struct gate_figures *figures);

/** Why nobody knows what waits where `last` is what runs; NULL: nothing does, or its commit is here. */
const char *gate_waiting_unknown(const struct gate_deployment *last);

/** Deployments a day over the window. */
double gate_deployments_a_day(const struct gate_figures *figures);

/** True for what counts in deployment frequency and can fail. */
bool gate_kind_counts(enum gate_kind kind);
/** True when the deployment finished in the window. */
bool gate_in_window(const struct gate_deployment *deployment, const struct gate_window *window);

/**
 * `window.from` INT64_MIN: all. `now` decides what is younger than a day, and for how long a failure is open and a change waits; what is recorded
 * later than that counts all the same. The stream is borrowed for as long as the figures live. GATE_ENOMEM.
 */
int gate_figures_compute(struct gate_figures *out, const struct gate_stream *stream,
                         const struct gate_window *window, int64_t now, struct gate_error *err);

/* The statistics, each on its own. */

/** Sorts. p in percent. n > 0. */
int64_t gate_nearest_rank(int64_t *values, size_t n, unsigned percent);
struct gate_rate gate_wilson(size_t k, size_t n);
/** Durations of what ended, and of what is still open; sorts both. */
struct gate_recovery gate_kaplan_meier(int64_t *ended, size_t n_ended, int64_t *open,
                                       size_t n_open);
/** Steps of the Quick Check for a duration, and for deployments a day. */
gate_step gate_step_of_duration(int64_t seconds);
gate_step gate_step_of_frequency(double a_day);

#endif
