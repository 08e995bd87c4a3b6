/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For people: a block for each service and environment, a line for each metric: its value, from how many it comes, what stands beside it, and how
 * good that is. A number that is not known is never written as one.
 */
#include "gate/base/escape.h"
#include "gate/report/metrics.h"
#include "gate/report/page.h"
#include "gate/report/paint.h"

#define MOST_BLOCKS 5 /* more services than this are a table */

#define SPARK_WEEKS 26
#define LEVEL_WIDTH 17 /* "too few to tell" and two spaces */
#define LABELLED 25    /* where a line goes on behind its label */
#define BESIDE 63      /* and behind its level */

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/*
 * Deployments of the last weeks. The tallest is the most there were; none is a line at the bottom. Names may be UTF-8 as well, and equal input gives
 * equal bytes: so the locale is not asked for a poorer picture.
 */
static void add_spark(struct page *page, const struct gate_figures *figures)
{
	static const char *const bars[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	const size_t first = figures->n_weeks > SPARK_WEEKS ? figures->n_weeks - SPARK_WEEKS : 0;
	unsigned most = 0;

	for (size_t i = first; i < figures->n_weeks; i++)
		if (figures->weeks[i] > most)
			most = figures->weeks[i];
	if (!most)
		return;
	gate_buf_puts(page->out, "  ");
	page_color(page, CYAN);
	for (size_t i = first; i < figures->n_weeks; i++) {
		const unsigned n = figures->weeks[i];

		gate_buf_puts(page->out, bars[n ? 1 + n * 6 / most : 0]);
	}
	page_color(page, PLAIN);
	gate_buf_printf(page->out, "  %zu week%s", figures->n_weeks - first,
	                plural(figures->n_weeks - first));
}

/* No level where nothing can be said; what is in the way then. */
static const char *level_word(const struct gate_figures *figures, enum gate_metric metric,
                              const char **paint)
{
	unsigned score;

	*paint = DIM;
	if (gate_metric_score(&score, figures, metric)) {
		*paint = score < 40 ? RED : score < 70 ? YELLOW : GREEN;
		return gate_level_name(score);
	}
	if (figures->inferred && metric >= GATE_METRIC_FAIL_RATE)
		return gate_metric_is_known(figures, metric) ? "partly in tags" : "not in tags";
	if (metric == GATE_METRIC_RECOVERY && figures->recovery.n >= GATE_LEAST)
		return "still open";
	if (metric == GATE_METRIC_LEAD_TIME && gate_lead_is_guessed(figures))
		return "not known";
	return "too few to tell";
}

/* "  change lead time       1 d 2 h      n=14    high             p90 3 d": a value of 0 samples is none. Levels stand in a column, so that the eye finds them. */
static void add_row(struct page *page, const struct gate_figures *figures, enum gate_metric metric,
                    size_t n, const char *value, const char *beside)
{
	static const char *const labels[GATE_METRICS] = {
		[GATE_METRIC_FREQUENCY] = "deployment frequency",
		[GATE_METRIC_LEAD_TIME] = "change lead time",
		[GATE_METRIC_FAIL_RATE] = "change fail rate",
		[GATE_METRIC_RECOVERY] = "failed dep. recovery",
		[GATE_METRIC_REWORK] = "deployment rework rate",
	};
	const char *paint, *word = level_word(figures, metric, &paint);
	const bool known = n && gate_metric_is_known(figures, metric);
	char count[32];

	snprintf(count, sizeof(count), "n=%zu", n);
	gate_buf_printf(page->out, "  %-22s %-12s %-7s ", labels[metric], known ? value : "-",
	                count);
	page_color(page, paint);
	gate_buf_puts(page->out, word);
	page_color(page, PLAIN);
	/* Where every change was left out, that is what there is to say. */
	if (*beside && (known || metric == GATE_METRIC_LEAD_TIME)) {
		gate_buf_printf(page->out, "%*s", LEVEL_WIDTH - (int)strlen(word), "");
		page_parts(page, BESIDE, beside, "; ");
	}
	gate_buf_putc(page->out, '\n');
}

static void frequency_value(struct gate_buf *out, double a_day)
{
	if (a_day >= 1)
		gate_buf_printf(out, "%.1f a day", a_day);
	else if (a_day >= 1.0 / 7)
		gate_buf_printf(out, "%.1f a week", a_day * 7);
	else if (a_day >= 1.0 / 30)
		gate_buf_printf(out, "%.1f a month", a_day * 30);
	else
		gate_buf_printf(out, "%.1f a year", a_day * 365);
}

static void add_frequency(struct page *page, const struct gate_figures *figures)
{
	GATE_AUTO(gate_buf_release) struct gate_buf value = { 0 }, beside = { 0 };
	const double a_day = gate_deployments_a_day(figures);
	const unsigned days = figures->days_a_week;
	const size_t unknown = figures->by_kind[GATE_KIND_UNKNOWN];

	frequency_value(&value, a_day);
	if (figures->has_weeks)
		gate_buf_printf(&beside, "on %u day%s of a median week", days, plural(days));
	if (unknown)
		gate_buf_printf(&beside, "%s%zu of %s not here", beside.len ? "; " : "", unknown,
		                unknown == 1 ? "a commit that is" : "commits that are");
	add_row(page, figures, GATE_METRIC_FREQUENCY, figures->n_deployments,
	        page_whole(page, &value), page_whole(page, &beside));
}

static void add_lead(struct page *page, const struct gate_figures *figures)
{
	const struct gate_durations *lead = &figures->lead;
	GATE_AUTO(gate_buf_release) struct gate_buf value = { 0 }, beside = { 0 };

	gate_duration_format(&value, lead->p50);
	if (lead->n) {
		gate_buf_puts(&beside, "p90 ");
		gate_duration_format(&beside, lead->p90);
	}
	if (gate_lead_is_guessed(figures))
		gate_buf_printf(&beside, "; %zu of %zu squashes of unknown age",
		                figures->n_squashes, lead->n);
	else if (figures->n_approximate)
		gate_buf_printf(&beside, "; %zu may be %s", figures->n_approximate,
		                figures->n_approximate == 1 ? "a squash" : "squashes");
	if (figures->n_skewed)
		gate_buf_printf(&beside, "%s%zu left out for %s", lead->n ? "; " : "",
		                figures->n_skewed,
		                figures->n_skewed == 1 ? "a wrong clock" : "wrong clocks");
	add_row(page, figures, GATE_METRIC_LEAD_TIME, lead->n, page_whole(page, &value),
	        page_whole(page, &beside));
}

static void add_percent(struct gate_buf *out, unsigned tenths)
{
	gate_buf_printf(out, "%u.%u %%", tenths / 10, tenths % 10);
}

static void add_fail_rate(struct page *page, const struct gate_figures *figures)
{
	const struct gate_rate *proven = &figures->fail_proven, *all = &figures->fail_heuristic;
	GATE_AUTO(gate_buf_release) struct gate_buf value = { 0 }, beside = { 0 };

	add_percent(&value, proven->tenths);
	gate_buf_printf(&beside, "%zu failed, proven; 95 %%: %u-%u %%", proven->k,
	                (proven->low + 5) / 10, (proven->high + 5) / 10);
	if (all->k != proven->k) {
		gate_buf_printf(&beside, "; %zu with heuristic: ", all->k);
		add_percent(&beside, all->tenths);
	}
	if (figures->n_maturing)
		gate_buf_printf(&beside, "; %zu younger than a day", figures->n_maturing);
	add_row(page, figures, GATE_METRIC_FAIL_RATE, proven->n, page_whole(page, &value),
	        page_whole(page, &beside));
}

static void add_recovery(struct page *page, const struct gate_figures *figures)
{
	const struct gate_recovery *recovery = &figures->recovery;
	const size_t guessed = figures->fail_heuristic.k - figures->fail_proven.k;
	GATE_AUTO(gate_buf_release) struct gate_buf value = { 0 }, beside = { 0 };

	if (!recovery->has_p50)
		gate_buf_puts(&value, "> ");
	gate_duration_format(&value, recovery->has_p50 ? recovery->p50 : recovery->longest_open);
	gate_buf_puts(&beside, recovery->has_p90 ? "p90 " : "p90 > ");
	gate_duration_format(&beside, recovery->has_p90 ? recovery->p90 : recovery->longest_open);
	if (recovery->n_open)
		gate_buf_printf(&beside, "; %zu still open", recovery->n_open);
	if (guessed)
		gate_buf_printf(&beside, "; %zu by heuristic", guessed);
	add_row(page, figures, GATE_METRIC_RECOVERY, recovery->n, page_whole(page, &value),
	        page_whole(page, &beside));
}

static void add_rework(struct page *page, const struct gate_figures *figures)
{
	const size_t hotfixes = figures->by_kind[GATE_KIND_HOTFIX];
	const size_t rollbacks = figures->by_kind[GATE_KIND_ROLLBACK];
	GATE_AUTO(gate_buf_release) struct gate_buf value = { 0 }, beside = { 0 };

	add_percent(&value, figures->rework.tenths);
	gate_buf_printf(&beside, "%zu hotfix%s, %zu rollback%s", hotfixes,
	                hotfixes == 1 ? "" : "es", rollbacks, plural(rollbacks));
	if (figures->n_inferred_rework)
		gate_buf_printf(&beside, " (%zu inferred)", figures->n_inferred_rework);
	gate_buf_printf(&beside, "; 95 %%: %u-%u %%", (figures->rework.low + 5) / 10,
	                (figures->rework.high + 5) / 10);
	add_row(page, figures, GATE_METRIC_REWORK, figures->rework.n, page_whole(page, &value),
	        page_whole(page, &beside));
}

static void add_waiting(struct page *page, const struct gate_figures *figures)
{
	const char *unknown = gate_waiting_unknown(figures->last);

	if (!figures->waiting_known && !unknown)
		return;
	gate_buf_printf(page->out, "  %-22s ", "work in progress");
	if (!figures->waiting_known) {
		gate_buf_printf(page->out, "not known: %s\n", unknown);
	} else if (figures->n_waiting) {
		gate_buf_printf(page->out, "%zu change%s merged, not deployed; the oldest is ",
		                figures->n_waiting, plural(figures->n_waiting));
		gate_duration_format(page->out, figures->oldest_waiting);
		gate_buf_puts(page->out, " old\n");
	} else {
		gate_buf_puts(page->out, "everything merged is deployed\n");
	}
}

/* What is in none of the five: so that the sum of what is printed is what was recorded in the window. */
static void add_others(struct page *page, const struct gate_figures *figures)
{
	const struct {
		size_t n;
		const char *one, *many;
	} rows[] = {
		{ figures->by_kind[GATE_KIND_REDEPLOY], "redeploy", "redeploys" },
		{ figures->n_failed_jobs, "that did not succeed", "that did not succeed" },
		{ figures->n_running, "not finished", "not finished" },
	};
	GATE_AUTO(gate_buf_release) struct gate_buf parts = { 0 };
	const char *beside;

	/* There is only one. */
	if (figures->by_kind[GATE_KIND_BASELINE])
		gate_buf_puts(&parts, "the baseline");
	for (size_t i = 0; i < GATE_COUNT(rows); i++)
		if (rows[i].n)
			gate_buf_printf(&parts, "%s%zu %s", parts.len ? "; " : "", rows[i].n,
			                rows[i].n == 1 ? rows[i].one : rows[i].many);
	beside = page_whole(page, &parts);
	if (!*beside)
		return;
	gate_buf_printf(page->out, "  %-22s ", "beside these");
	page_parts(page, LABELLED, beside, "; ");
	gate_buf_putc(page->out, '\n');
}

static void add_block(struct page *page, const struct gate_figures *figures)
{
	gate_buf_putc(page->out, '\n');
	page_color(page, BOLD);
	page_escaped(page, figures->stream->service);
	page_color(page, PLAIN);
	gate_buf_puts(page->out, " in ");
	page_escaped(page, *figures->stream->environment ? figures->stream->environment
	                                                 : "no named environment");
	add_spark(page, figures);
	gate_buf_putc(page->out, '\n');
	add_frequency(page, figures);
	add_lead(page, figures);
	add_fail_rate(page, figures);
	add_recovery(page, figures);
	add_rework(page, figures);
	add_waiting(page, figures);
	add_others(page, figures);
	if (figures->n_scores)
		gate_buf_printf(
			page->out,
			"  %-22s %u.%u of 10: %s, by the DORA Quick Check, %zu of 5 metrics\n",
			"score", figures->score / 10, figures->score % 10,
			gate_level_name(figures->score), figures->n_scores);
}

/* A cell of the table; what is not known is "-", as everywhere. */
static void add_cell(struct page *page, const struct gate_buf *value, bool known, int width)
{
	gate_buf_printf(page->out, "  %-*s", width, known ? page_whole(page, value) : "-");
}

/* One service in a line: the values, and from how many the first two come. Of the rest `--service` says more. */
static void add_line(struct page *page, const struct gate_figures *figures)
{
	GATE_AUTO(gate_buf_release)
	struct gate_buf frequency = { 0 }, lead = { 0 }, fail = { 0 }, recovery = { 0 },
			rework = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf name = { 0 }, waits = { 0 };

	gate_escape_cut(&name, figures->stream->service, strlen(figures->stream->service), 24);
	frequency_value(&frequency, gate_deployments_a_day(figures));
	gate_buf_printf(&frequency, " (%zu)", figures->n_deployments);
	gate_duration_format(&lead, figures->lead.p50);
	gate_buf_printf(&lead, " (%zu)", figures->lead.n);
	add_percent(&fail, figures->fail_proven.tenths);
	if (!figures->recovery.has_p50)
		gate_buf_puts(&recovery, "> ");
	gate_duration_format(&recovery, figures->recovery.has_p50 ? figures->recovery.p50
	                                                          : figures->recovery.longest_open);
	add_percent(&rework, figures->rework.tenths);
	gate_buf_printf(&waits, "%zu", figures->n_waiting);
	gate_buf_printf(page->out, "%-24s", page_whole(page, &name));
	add_cell(page, &frequency, figures->n_deployments, 18);
	add_cell(page, &lead, figures->lead.n, 16);
	add_cell(page, &fail,
	         figures->fail_proven.n && gate_metric_is_known(figures, GATE_METRIC_FAIL_RATE), 7);
	add_cell(page, &recovery, figures->recovery.n, 9);
	add_cell(page, &rework,
	         figures->rework.n && gate_metric_is_known(figures, GATE_METRIC_REWORK), 7);
	gate_buf_printf(page->out, "  %s\n",
	                figures->waiting_known ? page_whole(page, &waits) : "-");
}

/* Many services: a line each, for the eye to compare a service with itself last month, and to find the one to look at. */
static void add_table(struct page *page, const struct gate_metrics_report *report)
{
	const char *environment = NULL;

	for (size_t i = 0; i < report->n; i++) {
		const struct gate_figures *figures = &report->figures[i];

		if (!environment || strcmp(environment, figures->stream->environment) != 0) {
			environment = figures->stream->environment;
			gate_buf_putc(page->out, '\n');
			page_color(page, BOLD);
			page_escaped(page, *environment ? environment : "no named environment");
			page_color(page, PLAIN);
			gate_buf_printf(page->out, "\n%-24s  %-18s  %-16s  %-7s  %-9s  %-7s  %s\n",
			                "service", "deployments", "change lead time", "failed",
			                "recovery", "rework", "waiting");
		}
		add_line(page, figures);
	}
	gate_buf_puts(page->out, "\ndoragate metrics --service NAME shows one of them in full\n");
}

int gate_metrics_text(struct gate_buf *out, const struct gate_metrics_report *report,
                      const struct gate_report_style *style, struct gate_error *err)
{
	struct page page = { .out = out, .style = style };

	gate_metrics_head_text(out, "DORA metrics", GATE_METRICS, report->head, style);
	if (report->n > MOST_BLOCKS)
		add_table(&page, report);
	else
		for (size_t i = 0; i < report->n; i++)
			add_block(&page, &report->figures[i]);
	gate_metrics_foot_text(out, report->head, report->n);
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}
