/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/metrics/figures.h"

#define WEEK (7 * GATE_DAY)
#define MONDAY (4 * GATE_DAY) /* 1970-01-05 */

const char *const gate_metric_names[GATE_METRICS + 1] = {
	[GATE_METRIC_FREQUENCY] = "deployment-frequency",
	[GATE_METRIC_LEAD_TIME] = "change-lead-time",
	[GATE_METRIC_FAIL_RATE] = "change-fail-rate",
	[GATE_METRIC_RECOVERY] = "failed-deployment-recovery-time",
	[GATE_METRIC_REWORK] = "deployment-rework-rate",
	NULL,
};

const char *const gate_metric_definitions[GATE_METRICS] = {
	[GATE_METRIC_FREQUENCY] = "deployment-frequency/1",
	[GATE_METRIC_LEAD_TIME] = "change-lead-time/1",
	[GATE_METRIC_FAIL_RATE] = "change-fail-rate/1",
	[GATE_METRIC_RECOVERY] = "failed-deployment-recovery-time/1",
	[GATE_METRIC_REWORK] = "deployment-rework-rate/1",
};

bool gate_kind_counts(enum gate_kind kind)
{
	return kind == GATE_KIND_FORWARD || kind == GATE_KIND_HOTFIX ||
	       kind == GATE_KIND_DIVERGED || kind == GATE_KIND_UNKNOWN;
}

bool gate_in_window(const struct gate_deployment *deployment, const struct gate_window *window)
{
	return deployment->finish.seconds >= window->from &&
	       deployment->finish.seconds < window->to;
}

double gate_deployments_a_day(const struct gate_figures *figures)
{
	return (double)figures->n_deployments * GATE_DAY / (double)figures->seconds;
}

static bool succeeded(const struct gate_deployment *deployment)
{
	return deployment->state == GATE_DEPLOYMENT_SUCCEEDED;
}

static bool counts(const struct gate_deployment *deployment)
{
	return succeeded(deployment) && gate_kind_counts(deployment->kind);
}

/*
 * Days and weeks are those of the clocks on the wall, in seconds since 1970 as they show them: there every day has 24 hours, whatever the real one had.
 */
static int64_t local(const struct gate_window *window, int64_t seconds)
{
	return seconds + gate_zone_offset(window->zone, seconds);
}

/* The end of the second before: a day that the clocks begin at one begins at midnight all the same. */
static int64_t local_bound(const struct gate_window *window, int64_t seconds)
{
	return local(window, seconds - 1) + 1;
}

/* The number of whole weeks since a Monday long ago; rounded down for times before 1970 too. */
static int64_t week_of(int64_t wall)
{
	const int64_t at = wall - MONDAY;

	return at >= 0 ? at / WEEK : -((-at + WEEK - 1) / WEEK);
}

static int64_t day_of(int64_t wall)
{
	return wall >= 0 ? wall / GATE_DAY : -((-wall + GATE_DAY - 1) / GATE_DAY);
}

/* The first that succeeded; where none did, the first of all; NULL: there is none. */
static const struct gate_deployment *first_known(const struct gate_stream *stream)
{
	for (size_t i = 0; i < stream->n; i++)
		if (succeeded(stream->deployments[i]))
			return stream->deployments[i];
	return stream->n ? stream->deployments[0] : NULL;
}

/* Nothing is known of the time before the first deployment. An empty stream keeps the window as it was asked for. */
static struct gate_window measured_window(const struct gate_stream *stream,
                                          const struct gate_window *window)
{
	const struct gate_deployment *first = first_known(stream);
	struct gate_window out = *window;

	if (first && first->finish.seconds > out.from)
		out.from = first->finish.seconds;
	if (out.from > out.to || out.from == INT64_MIN)
		out.from = out.to;
	return out;
}

static void count_kinds(struct gate_figures *out)
{
	for (size_t i = 0; i < out->stream->n; i++) {
		const struct gate_deployment *deployment = out->stream->deployments[i];

		if (!gate_in_window(deployment, &out->window))
			continue;
		if (succeeded(deployment))
			out->by_kind[deployment->kind]++;
		else if (deployment->state == GATE_DEPLOYMENT_FAILED)
			out->n_failed_jobs++;
		else
			out->n_running++;
		out->n_deployments += counts(deployment);
		out->n_inferred_rework +=
			succeeded(deployment) && gate_rework_is_inferred(deployment->rework);
	}
	out->seconds = local_bound(&out->window, out->window.to) -
	               local_bound(&out->window, out->window.from);
	if (out->seconds < GATE_DAY)
		out->seconds = GATE_DAY;
}

/* Deployment days of each whole week of the window; the median of them. */
static int find_days_a_week(struct gate_figures *out, struct gate_error *err)
{
	const int64_t first = week_of(local_bound(&out->window, out->window.from) + WEEK - 1);
	const int64_t end = week_of(local_bound(&out->window, out->window.to));
	const size_t n = end > first ? (size_t)(end - first) : 0;
	GATE_AUTO(gate_free) int64_t *days = calloc(n + 1, sizeof(*days));
	int64_t last = INT64_MIN;

	if (!days)
		return gate_fail_memory(err);
	for (size_t i = 0; i < out->stream->n; i++) {
		const struct gate_deployment *deployment = out->stream->deployments[i];
		const int64_t at = local(&out->window, deployment->finish.seconds);
		const int64_t week = week_of(at);

		/* Clocks that go back over midnight make no new day of the old one. */
		if (!counts(deployment) || week < first || week >= end || day_of(at) <= last)
			continue;
		last = day_of(at);
		days[week - first]++;
	}
	out->has_weeks = n > 0;
	out->days_a_week = n ? (unsigned)gate_nearest_rank(days, n, 50) : 0;
	return GATE_OK;
}

static void count_weeks(struct gate_figures *out)
{
	const int64_t last = week_of(local(&out->window, out->window.to - 1));
	int64_t first = week_of(local(&out->window, out->window.from));

	if (out->window.from == out->window.to)
		return;
	if (last - first >= GATE_MOST_WEEKS)
		first = last - GATE_MOST_WEEKS + 1;
	out->n_weeks = (size_t)(last - first) + 1;
	for (size_t i = 0; i < out->stream->n; i++) {
		const struct gate_deployment *deployment = out->stream->deployments[i];
		const int64_t week = week_of(local(&out->window, deployment->finish.seconds));

		if (counts(deployment) && gate_in_window(deployment, &out->window) && week >= first)
			out->weeks[week - first]++;
	}
}

static int find_lead(struct gate_figures *out, struct gate_error *err)
{
	GATE_AUTO(gate_free) int64_t *values = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < out->stream->n; i++) {
		const struct gate_deployment *deployment = out->stream->deployments[i];

		if (!gate_in_window(deployment, &out->window))
			continue;
		for (size_t k = 0; k < deployment->n_ships; k++) {
			const struct gate_shipped *shipped = &deployment->ships[k];

			if (shipped->unit->revert)
				continue;
			if (shipped->skewed) {
				out->n_skewed++;
				continue;
			}
			if (gate_grow(&values, &cap, n + 1, sizeof(*values), err) < 0)
				return GATE_ENOMEM;
			values[n++] = shipped->lead;
			out->n_approximate += shipped->unit->approximate;
			out->n_squashes += shipped->unit->approximate && shipped->unit->request;
		}
	}
	out->lead.n = n;
	if (n) {
		out->lead.p50 = gate_nearest_rank(values, n, 50);
		out->lead.p90 = gate_nearest_rank(values, n, 90);
	}
	return GATE_OK;
}

static int find_failures(struct gate_figures *out, int64_t now, struct gate_error *err)
{
	const size_t most = out->stream->n + 1;
	GATE_AUTO(gate_free) int64_t *ended = calloc(most, sizeof(*ended));
	GATE_AUTO(gate_free) int64_t *open = calloc(most, sizeof(*open));
	size_t n_ended = 0, n_open = 0, proven = 0, all = 0;

	if (!ended || !open)
		return gate_fail_memory(err);
	for (size_t i = 0; i < out->stream->n; i++) {
		const struct gate_deployment *deployment = out->stream->deployments[i];

		if (!counts(deployment) || !gate_in_window(deployment, &out->window))
			continue;
		out->n_maturing += now - deployment->finish.seconds < GATE_DAY;
		if (!deployment->failure)
			continue;
		all++;
		proven += gate_failure_is_proven(deployment->failure);
		if (deployment->recovered)
			ended[n_ended++] = deployment->recovery - deployment->impact;
		else
			open[n_open++] = now > deployment->impact ? now - deployment->impact : 0;
	}
	out->fail_proven = gate_wilson(proven, out->n_deployments);
	out->fail_heuristic = gate_wilson(all, out->n_deployments);
	out->recovery = gate_kaplan_meier(ended, n_ended, open, n_open);
	return GATE_OK;
}

static void find_rework(struct gate_figures *out)
{
	const size_t k = out->by_kind[GATE_KIND_HOTFIX] + out->by_kind[GATE_KIND_ROLLBACK];

	out->rework = gate_wilson(k, out->n_deployments + out->by_kind[GATE_KIND_ROLLBACK]);
}

static void find_waiting(struct gate_figures *out, int64_t now)
{
	const struct gate_stream *stream = out->stream;

	gate_stream_last_good(&out->last, stream, false);
	out->waiting_known = stream->waiting_known;
	out->n_waiting = stream->n_waiting;
	for (size_t i = 0; i < stream->n_waiting; i++)
		if (now - stream->waiting[i]->t0 > out->oldest_waiting)
			out->oldest_waiting = now - stream->waiting[i]->t0;
}

const char *gate_waiting_unknown(const struct gate_deployment *last)
{
	if (!last || last->here)
		return NULL;
	return last->has_commit ? "what runs is not in this clone"
	                        : "no record says which commit runs";
}

/* A median that is not reached is longer than the longest open failure: how much longer is known of the worst step only. */
static gate_step step_of_recovery(const struct gate_recovery *recovery)
{
	if (recovery->n < GATE_LEAST)
		return 0;
	if (recovery->has_p50)
		return gate_step_of_duration(recovery->p50);
	return gate_step_of_duration(recovery->longest_open) == 1 ? 1 : 0;
}

static void find_scores(struct gate_figures *out)
{
	unsigned sum = 0, score;

	if (out->n_deployments >= GATE_LEAST)
		out->steps[GATE_METRIC_FREQUENCY] =
			gate_step_of_frequency(gate_deployments_a_day(out));
	if (out->lead.n >= GATE_LEAST)
		out->steps[GATE_METRIC_LEAD_TIME] = gate_step_of_duration(out->lead.p50);
	out->steps[GATE_METRIC_RECOVERY] = step_of_recovery(&out->recovery);
	for (int metric = 0; metric < GATE_METRICS; metric++)
		if (gate_metric_score(&score, out, (enum gate_metric)metric)) {
			sum += score;
			out->n_scores++;
		}
	/* One or two of five are no picture. With fewer than GATE_LEAST deployments there are no more: lead time and rework. */
	if (out->n_scores < GATE_LEAST_SCORES)
		out->n_scores = 0;
	out->score =
		out->n_scores ? (sum + (unsigned)out->n_scores / 2) / (unsigned)out->n_scores : 0;
}

/* 10 - percent / 10, times ten; never below 0. */
static unsigned score_of_rate(const struct gate_rate *rate)
{
	return 100 - (rate->tenths + 5) / 10;
}

bool gate_metric_score(unsigned *out, const struct gate_figures *figures, enum gate_metric metric)
{
	const struct gate_rate *rate =
		metric == GATE_METRIC_FAIL_RATE ? &figures->fail_proven : &figures->rework;
	const gate_step step = figures->steps[metric];

	if (metric == GATE_METRIC_FAIL_RATE || metric == GATE_METRIC_REWORK) {
		/* No tag says that a release failed: that none did is not known. */
		if (rate->n < GATE_LEAST_RATE || figures->inferred)
			return false;
		*out = score_of_rate(rate);
		return true;
	}
	if (!step || (metric == GATE_METRIC_LEAD_TIME && gate_lead_is_guessed(figures)))
		return false;
	*out = (step - 1) * 20;
	return true;
}

bool gate_lead_is_guessed(const struct gate_figures *figures)
{
	return figures->lead.n >= GATE_LEAST && figures->n_squashes > figures->lead.n / 2;
}

bool gate_metric_is_known(const struct gate_figures *figures, enum gate_metric metric)
{
	if (!figures->inferred || metric < GATE_METRIC_FAIL_RATE)
		return true;
	return metric == GATE_METRIC_REWORK ? figures->rework.k : figures->fail_heuristic.k;
}

const char *gate_level_name(unsigned score)
{
	return score < 40 ? "low" : score < 70 ? "medium" : score < 90 ? "high" : "elite";
}

int gate_figures_compute(struct gate_figures *out, const struct gate_stream *stream,
                         const struct gate_window *window, int64_t now, struct gate_error *err)
{
	struct gate_figures figures = { .stream = stream,
		                        .window = measured_window(stream, window) };
	int code;

	figures.inferred = stream->n && stream->deployments[0]->inferred;
	count_kinds(&figures);
	count_weeks(&figures);
	find_rework(&figures);
	find_waiting(&figures, now);
	code = find_days_a_week(&figures, err);
	if (code == GATE_OK)
		code = find_lead(&figures, err);
	if (code == GATE_OK)
		code = find_failures(&figures, now, err);
	if (code < 0)
		return code;
	find_scores(&figures);
	*out = figures;
	return GATE_OK;
}
