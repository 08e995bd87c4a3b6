/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/explain.h"

#include "gate/base/escape.h"
#include "gate/base/typo.h"
#include "gate/cmd/lines.h"

#define MOST_WAITING 20

/* One stream's part of the answer. */
struct page {
	struct gate_buf *out;
	const struct gate_window *window;
	enum gate_metric metric;
	int64_t now;
};

static void add_escaped(struct gate_buf *out, const char *text)
{
	gate_escape_cut(out, text, strlen(text), 60);
}

/* In the zone, so that the day that counts can be seen. */
static void add_time(const struct page *page, int64_t seconds)
{
	gate_zone_format(page->out, page->window->zone, seconds);
}

/* "  2026-01-31T08:00:00Z  forward   1a2b3c4d5e6f  id 12" */
static void add_deployment(struct page *page, const struct gate_deployment *deployment)
{
	struct gate_buf *out = page->out;
	const bool succeeded = deployment->state == GATE_DEPLOYMENT_SUCCEEDED;
	char hex[GATE_OID_HEX] = "";

	gate_buf_puts(out, "  ");
	add_time(page, deployment->finish.seconds);
	gate_buf_printf(out, "  %-9s %-12.12s  ",
	                succeeded ? gate_kind_names[deployment->kind]
	                          : gate_deployment_state_names[deployment->state],
	                deployment->has_commit ? gate_oid_hex(hex, &deployment->commit) : "-");
	gate_buf_puts(out, deployment->inferred ? "tag " : "id ");
	add_escaped(out, deployment->id);
	if (deployment->has_commit && !deployment->here)
		gate_buf_puts(out, "  (its commit is not in this clone)");
	if (deployment->diverged && deployment->kind != GATE_KIND_DIVERGED)
		gate_buf_puts(out, "  (not a descendant of the one before)");
	if (deployment->shipped_before)
		gate_buf_puts(out, "  (all of it ran there before)");
	gate_buf_putc(out, '\n');
}

/* What told when the change began, where that is not its own date. */
static void add_evidence(struct gate_buf *out, const struct gate_unit *unit)
{
	static const char *const words[] = {
		[GATE_EVIDENCE_HEAD] = "by the head of",
		[GATE_EVIDENCE_REQUEST] = "by a recorded range of",
		[GATE_EVIDENCE_RANGE] = "by a recorded range",
		[GATE_EVIDENCE_CHANGE_ID] = "by its Change-Id",
	};

	if (unit->evidence == GATE_EVIDENCE_NONE)
		return;
	gate_buf_printf(out, ", %s", words[unit->evidence]);
	if (unit->request)
		gate_buf_printf(out, "%s request %u",
		                unit->evidence == GATE_EVIDENCE_RANGE ? " of" : "", unit->request);
	if (unit->n_branch > 1 && unit->n_commits == 1)
		gate_buf_printf(out, ", a squash of %zu commits", unit->n_branch);
}

/* What makes it rework; a rate that was guessed at is not one that was recorded. */
static void add_rework(struct page *page, const struct gate_deployment *deployment)
{
	static const char *const reasons[] = {
		[GATE_REWORK_SAID] = "it was recorded so",
		[GATE_REWORK_INCIDENT] = "its cause is the incident ",
		[GATE_REWORK_BRANCH] = "all that it ships came from branches for hotfixes",
		[GATE_REWORK_OLDER] =
			"its commit is older than the one before, or ran there before",
	};
	struct gate_buf *out = page->out;

	if (!deployment->rework)
		return;
	gate_buf_printf(out, "    a %s: %s", gate_kind_names[deployment->kind],
	                reasons[deployment->rework]);
	if (deployment->rework == GATE_REWORK_INCIDENT)
		add_escaped(out, deployment->cause);
	gate_buf_puts(out, gate_rework_is_inferred(deployment->rework) ? " (inferred)\n" : "\n");
}

/* When it began, and how that is known. */
static void add_begin(struct page *page, const struct gate_unit *unit)
{
	gate_buf_puts(page->out, "  from ");
	add_time(page, unit->t0);
	if (unit->n_commits > 1)
		gate_buf_printf(page->out, ", %zu commits", unit->n_commits);
	add_evidence(page->out, unit);
	gate_buf_putc(page->out, '\n');
}

static void add_changes(struct page *page, const struct gate_deployment *deployment)
{
	for (size_t i = 0; i < deployment->n_ships; i++) {
		const struct gate_shipped *shipped = &deployment->ships[i];
		GATE_AUTO(gate_buf_release) struct gate_buf lead = { 0 };
		char hex[GATE_OID_HEX];

		if (shipped->unit->revert)
			gate_buf_puts(&lead, "a revert");
		else if (shipped->skewed)
			gate_buf_puts(&lead, "a clock is wrong");
		else
			gate_duration_format(&lead, shipped->lead);
		gate_buf_printf(page->out, "    %-12.12s  %-14s",
		                gate_oid_hex(hex, &shipped->unit->id), gate_buf_text(&lead));
		add_begin(page, shipped->unit);
	}
}

/* What is merged and not deployed, in the order in which it was merged: what waits longest is seen first. */
static void add_waiting(struct page *page, const struct gate_stream *stream)
{
	const struct gate_deployment *last;
	const char *unknown;

	gate_stream_last_good(&last, stream, false);
	unknown = gate_waiting_unknown(last);
	if (!stream->waiting_known && unknown)
		gate_buf_printf(page->out, "  waiting: not known: %s\n", unknown);
	for (size_t i = 0; i < stream->n_waiting && i < MOST_WAITING; i++) {
		const struct gate_unit *unit = stream->waiting[stream->n_waiting - 1 - i];
		GATE_AUTO(gate_buf_release) struct gate_buf age = { 0 };
		char hex[GATE_OID_HEX];

		gate_duration_format(&age, page->now > unit->t0 ? page->now - unit->t0 : 0);
		gate_buf_printf(page->out, "  waiting: %.12s  %-14s", gate_oid_hex(hex, &unit->id),
		                gate_buf_text(&age));
		add_begin(page, unit);
	}
	if (stream->n_waiting > MOST_WAITING)
		gate_buf_printf(page->out, "  and %zu more\n", stream->n_waiting - MOST_WAITING);
}

static void add_failure(struct page *page, const struct gate_deployment *deployment)
{
	static const char *const reasons[] = {
		[GATE_FAILURE_NAMED] = "named by",
		[GATE_FAILURE_ROLLBACK] = "rolled back by",
		[GATE_FAILURE_FIX] = "taken back or fixed by",
		[GATE_FAILURE_LATE_FIX] = "taken back or fixed, late, by",
		[GATE_FAILURE_INCIDENT] = "the last one before the incident",
	};
	struct gate_buf *out = page->out;

	if (!deployment->failure)
		return;
	gate_buf_printf(out, "    failed: %s ", reasons[deployment->failure]);
	add_escaped(out, deployment->failed_by);
	if (deployment->ambiguous)
		gate_buf_printf(out, ", as the first of %zu that went with it",
		                deployment->ambiguous);
	if (!gate_failure_is_proven(deployment->failure))
		gate_buf_puts(out, " (heuristic)");
	gate_buf_puts(out, "\n    ");
	if (deployment->recovered) {
		gate_buf_puts(out, "recovered after ");
		gate_duration_format(out, deployment->recovery - deployment->impact);
		gate_buf_puts(out, ", by ");
		add_escaped(out, deployment->recovered_by);
	} else {
		gate_buf_puts(out, "not recovered, since ");
		add_time(page, deployment->impact);
	}
	gate_buf_putc(out, '\n');
}

/* What the metric looks at, and what of it. */
static void add_stream(struct page *page, const struct gate_stream *stream)
{
	size_t n = 0;

	gate_buf_putc(page->out, '\n');
	add_escaped(page->out, stream->service);
	gate_buf_puts(page->out, " in ");
	add_escaped(page->out, stream->environment);
	gate_buf_putc(page->out, '\n');
	for (size_t i = 0; i < stream->n; i++) {
		const struct gate_deployment *deployment = stream->deployments[i];

		if (!gate_in_window(deployment, page->window) ||
		    (page->metric == GATE_METRIC_RECOVERY && !deployment->failure))
			continue;
		n++;
		add_deployment(page, deployment);
		if (page->metric == GATE_METRIC_LEAD_TIME)
			add_changes(page, deployment);
		if (page->metric == GATE_METRIC_FAIL_RATE || page->metric == GATE_METRIC_RECOVERY)
			add_failure(page, deployment);
		if (page->metric == GATE_METRIC_REWORK)
			add_rework(page, deployment);
	}
	if (!n)
		gate_buf_puts(page->out, "  n=0: nothing of that in the window\n");
	if (page->metric == GATE_METRIC_LEAD_TIME)
		add_waiting(page, stream);
}

static int find_metric(enum gate_metric *out, const char *name, struct gate_error *err)
{
	const char *near;

	for (int i = 0; i < GATE_METRICS; i++)
		if (!strcmp(name, gate_metric_names[i])) {
			*out = (enum gate_metric)i;
			return GATE_OK;
		}
	near = gate_nearest(name, gate_metric_names);
	return gate_fail(err, GATE_EUSAGE, "there is no metric '%s'%s%s%s", name,
	                 near ? ", did you mean '"
	                      : ": deployment-frequency, change-lead-time, change-fail-rate, "
	                        "failed-deployment-recovery-time and deployment-rework-rate are "
	                        "known",
	                 near ? near : "", near ? "'?" : "");
}

int gate_explain_metric(struct gate_context *context, const struct gate_explain *explain,
                        const char *name, struct gate_error *err)
{
	GATE_AUTO(gate_measurement_release) struct gate_measurement all = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
	const struct gate_report_style plain = { 0 };
	struct page page = { .out = &out, .window = &all.window };
	struct gate_metrics_head head;
	bool any = false;
	int code = find_metric(&page.metric, name, err);

	if (code == GATE_OK)
		code = gate_measured_open(&all, &explain->measured, context, err);
	if (code < 0)
		return code;
	head = gate_measured_head(&all);
	page.now = all.input.now;
	gate_metrics_head_text(&out, gate_metric_names[page.metric], page.metric, &head, &plain);
	for (size_t i = 0; i < all.metrics.n_streams; i++)
		if (gate_measured_wants(&explain->measured, &all, &all.metrics.streams[i])) {
			add_stream(&page, &all.metrics.streams[i]);
			any = true;
		}
	gate_metrics_foot_text(&out, &head, any);
	return gate_print_lines(context, &out, GATE_OK, err);
}
