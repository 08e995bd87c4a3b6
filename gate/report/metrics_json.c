/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/json.h"
#include "gate/report/metrics.h"
#include "gate/report/page.h"

#define VERSION 1

static void write_number_if(struct gate_json_writer *w, const char *key, bool known, int64_t number)
{
	if (known)
		gate_json_number(w, key, number);
	else
		gate_json_null(w, key);
}

/* Whole numbers only: a fraction would be rounded by every reader in its own way. */
static void write_rate(struct gate_json_writer *w, const char *key, const struct gate_rate *rate,
                       bool known)
{
	known = known && rate->n;
	gate_json_begin_map(w, key);
	gate_json_number(w, "k", (int64_t)rate->k);
	gate_json_number(w, "n", (int64_t)rate->n);
	write_number_if(w, "per-mille", known, rate->tenths);
	write_number_if(w, "per-mille-low", known, rate->low);
	write_number_if(w, "per-mille-high", known, rate->high);
	gate_json_end_map(w);
}

static void write_score(struct gate_json_writer *w, const struct gate_figures *figures,
                        enum gate_metric metric)
{
	unsigned score = 0;
	const bool known = gate_metric_score(&score, figures, metric);

	write_number_if(w, "score-times-ten", known, score);
	gate_json_text_or_null(w, "level", known ? gate_level_name(score) : NULL);
}

static void write_frequency(struct gate_json_writer *w, const struct gate_figures *figures)
{
	gate_json_begin_map(w, gate_metric_names[GATE_METRIC_FREQUENCY]);
	gate_json_number(w, "n", (int64_t)figures->n_deployments);
	gate_json_number(w, "seconds", figures->seconds);
	write_number_if(w, "median-days-a-week", figures->has_weeks, figures->days_a_week);
	gate_json_begin_list(w, "weeks");
	for (size_t i = 0; i < figures->n_weeks; i++)
		gate_json_number(w, NULL, figures->weeks[i]);
	gate_json_end_list(w);
	write_score(w, figures, GATE_METRIC_FREQUENCY);
	gate_json_end_map(w);
}

static void write_lead(struct gate_json_writer *w, const struct gate_figures *figures)
{
	gate_json_begin_map(w, gate_metric_names[GATE_METRIC_LEAD_TIME]);
	gate_json_number(w, "n", (int64_t)figures->lead.n);
	write_number_if(w, "p50-seconds", figures->lead.n, figures->lead.p50);
	write_number_if(w, "p90-seconds", figures->lead.n, figures->lead.p90);
	gate_json_number(w, "approximate", (int64_t)figures->n_approximate);
	gate_json_number(w, "rejected-skew", (int64_t)figures->n_skewed);
	write_score(w, figures, GATE_METRIC_LEAD_TIME);
	gate_json_end_map(w);
}

static void write_recovery(struct gate_json_writer *w, const struct gate_figures *figures)
{
	const struct gate_recovery *recovery = &figures->recovery;

	gate_json_begin_map(w, gate_metric_names[GATE_METRIC_RECOVERY]);
	gate_json_number(w, "n", (int64_t)recovery->n);
	gate_json_number(w, "open", (int64_t)recovery->n_open);
	write_number_if(w, "p50-seconds", recovery->has_p50, recovery->p50);
	write_number_if(w, "p90-seconds", recovery->has_p90, recovery->p90);
	write_number_if(w, "longest-open-seconds", recovery->n_open, recovery->longest_open);
	write_score(w, figures, GATE_METRIC_RECOVERY);
	gate_json_end_map(w);
}

static void write_rates(struct gate_json_writer *w, const struct gate_figures *figures)
{
	const bool known = gate_metric_is_known(figures, GATE_METRIC_FAIL_RATE);

	gate_json_begin_map(w, gate_metric_names[GATE_METRIC_FAIL_RATE]);
	write_rate(w, "proven", &figures->fail_proven, known);
	write_rate(w, "with-heuristic", &figures->fail_heuristic, known);
	gate_json_number(w, "maturing", (int64_t)figures->n_maturing);
	write_score(w, figures, GATE_METRIC_FAIL_RATE);
	gate_json_end_map(w);
}

static void write_rework(struct gate_json_writer *w, const struct gate_figures *figures)
{
	gate_json_begin_map(w, gate_metric_names[GATE_METRIC_REWORK]);
	write_rate(w, "rate", &figures->rework, gate_metric_is_known(figures, GATE_METRIC_REWORK));
	gate_json_number(w, "inferred", (int64_t)figures->n_inferred_rework);
	write_score(w, figures, GATE_METRIC_REWORK);
	gate_json_end_map(w);
}

static void write_deployments(struct gate_json_writer *w, const struct gate_figures *figures)
{
	gate_json_begin_map(w, "deployments");
	for (int kind = 0; kind < GATE_KINDS; kind++)
		gate_json_number(w, gate_kind_names[kind], (int64_t)figures->by_kind[kind]);
	gate_json_number(w, "failed-jobs", (int64_t)figures->n_failed_jobs);
	gate_json_number(w, "running", (int64_t)figures->n_running);
	gate_json_end_map(w);
}

static void write_waiting(struct gate_json_writer *w, const struct gate_figures *figures)
{
	if (!figures->waiting_known) {
		gate_json_null(w, "work-in-progress");
		return;
	}
	gate_json_begin_map(w, "work-in-progress");
	gate_json_number(w, "changes", (int64_t)figures->n_waiting);
	gate_json_number(w, "oldest-seconds", figures->oldest_waiting);
	gate_json_end_map(w);
}

static void write_service(struct gate_json_writer *w, const struct gate_figures *figures)
{
	gate_json_begin_map(w, NULL);
	gate_json_text(w, "service", figures->stream->service);
	gate_json_text(w, "environment", figures->stream->environment);
	window_json(w, &figures->window);
	write_deployments(w, figures);
	write_frequency(w, figures);
	write_lead(w, figures);
	write_rates(w, figures);
	write_recovery(w, figures);
	write_rework(w, figures);
	write_waiting(w, figures);
	write_number_if(w, "score-times-ten", figures->n_scores, figures->score);
	gate_json_text_or_null(w, "level",
	                       figures->n_scores ? gate_level_name(figures->score) : NULL);
	gate_json_number(w, "metrics-scored", (int64_t)figures->n_scores);
	gate_json_end_map(w);
}

int gate_metrics_json(struct gate_buf *out, const struct gate_metrics_report *report,
                      struct gate_error *err)
{
	struct gate_json_writer w = { .buf = out };

	gate_json_begin_map(&w, NULL);
	gate_json_number(&w, "version", VERSION);
	gate_metrics_head_json(&w, report->head);
	gate_json_begin_list(&w, "services");
	for (size_t i = 0; i < report->n; i++)
		write_service(&w, &report->figures[i]);
	gate_json_end_list(&w);
	gate_json_end_map(&w);
	gate_buf_putc(out, '\n');
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}
