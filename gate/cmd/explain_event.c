/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/explain.h"

#include "gate/base/escape.h"
#include "gate/cmd/incidents.h"
#include "gate/cmd/lines.h"

static void add_row(struct gate_buf *out, const char *label, const char *bytes, size_t len)
{
	gate_buf_printf(out, "%-10s ", label);
	gate_escape_cut(out, bytes, len, 200);
	gate_buf_putc(out, '\n');
}

static void add_time(struct gate_buf *out, const char *label, struct gate_time time)
{
	gate_buf_printf(out, "%-10s ", label);
	gate_time_format(out, time, true);
	gate_buf_putc(out, '\n');
}

/* The live event that names this one; NULL: none. */
static const struct gate_live_event *find_naming(const struct gate_live_log *log,
                                                 const struct gate_identity *identity)
{
	for (size_t i = 0; i < log->n; i++)
		for (size_t k = 0; k < log->events[i].event.n_supersedes; k++)
			if (!gate_identity_compare(&log->events[i].event.supersedes[k], identity))
				return &log->events[i];
	return NULL;
}

static void add_state(struct gate_buf *out, const struct gate_live_log *log,
                      const struct gate_live_event *live)
{
	const struct gate_live_event *by = find_naming(log, &live->event.identity);

	switch (live->state) {
	case GATE_LIVE_COUNTS:
		gate_buf_puts(out, "counts     yes\n");
		break;
	case GATE_LIVE_OTHER_CONTENT:
		gate_buf_puts(out,
		              "counts     no: the same identity was recorded before with other "
		              "content\n");
		break;
	case GATE_LIVE_SUPERSEDED:
		gate_buf_puts(out, "counts     no: superseded\n");
		if (by)
			add_row(out, "by", by->event.identity.id.ptr, by->event.identity.id.len);
		break;
	case GATE_LIVE_OUTDONE:
		gate_buf_puts(out, "counts     no: another event corrects the same one, later\n");
		break;
	}
}

static bool has_event(const struct gate_deployment *deployment, const struct gate_event *event)
{
	for (size_t i = 0; i < deployment->n_events; i++)
		if (deployment->events[i] == event)
			return true;
	return false;
}

/* The deployment that it is a record of, and what that became. */
static bool add_deployment(struct gate_buf *out, const struct gate_metrics *metrics,
                           const struct gate_event *event)
{
	for (size_t i = 0; i < metrics->n_streams; i++)
		for (size_t k = 0; k < metrics->streams[i].n; k++) {
			const struct gate_deployment *deployment =
				metrics->streams[i].deployments[k];

			if (!has_event(deployment, event))
				continue;
			gate_buf_puts(out, "deployment ");
			gate_escape_printf(
				out, "%s of %s in %s: %s%s%s", deployment->id, deployment->service,
				*deployment->environment ? deployment->environment
							 : "no environment",
				gate_deployment_state_names[deployment->state],
				deployment->state == GATE_DEPLOYMENT_SUCCEEDED ? ", " : "",
				deployment->state == GATE_DEPLOYMENT_SUCCEEDED
					? gate_kind_names[deployment->kind]
					: "");
			if (deployment->failure)
				gate_escape_printf(out, "failed     %s, by %s",
				                   gate_failure_names[deployment->failure],
				                   deployment->failed_by);
			return true;
		}
	return false;
}

static bool add_incident(struct gate_buf *out, const struct gate_metrics *metrics,
                         const struct gate_event *event)
{
	for (size_t i = 0; i < metrics->n_incidents; i++) {
		const struct gate_incident *incident = &metrics->incidents[i];
		GATE_AUTO(gate_buf_release) struct gate_buf link = { 0 };

		if (incident->first != event && incident->last != event)
			continue;
		gate_escape_printf(out, "incident   %s: %s", incident->id ? incident->id : "?",
		                   incident->resolved ? "resolved" : "open");
		gate_incident_link(&link, metrics, incident);
		gate_escape_printf(out, "linked     %s", gate_buf_text(&link));
		return true;
	}
	return false;
}

static void add_event(struct gate_buf *out, const struct gate_measurement *all,
                      const struct gate_live_event *live)
{
	const struct gate_event *event = &live->event;

	add_row(out, "id", event->identity.id.ptr, event->identity.id.len);
	add_row(out, "source", event->identity.source.ptr, event->identity.source.len);
	add_row(out, "type", event->type.ptr, event->type.len);
	add_time(out, "happened", event->time);
	add_time(out, "recorded", event->recorded);
	add_state(out, &all->live, live);
	if (live->state != GATE_LIVE_COUNTS || add_deployment(out, &all->metrics, event) ||
	    add_incident(out, &all->metrics, event))
		return;
	gate_buf_puts(out, event->kind == GATE_EVENT_UNKNOWN
	                           ? "used       by no metric: its type has no meaning here\n"
	                           : "used       by no metric\n");
}

int gate_explain_event(struct gate_context *context, const struct gate_explain *explain,
                       const char *id, struct gate_error *err)
{
	GATE_AUTO(gate_measurement_release) struct gate_measurement all = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
	struct gate_measured measured = explain->measured;
	const struct gate_report_style plain = { 0 };
	struct gate_metrics_head head;
	const size_t len = strlen(id);
	size_t n = 0;
	int code;

	/* An event may be of any time. */
	measured.window = "all";
	measured.to = NULL;
	code = gate_measured_open(&all, &measured, context, err);
	if (code < 0)
		return code;
	head = gate_measured_head(&all);
	gate_metrics_head_text(&out, "log", GATE_METRICS, &head, &plain);
	for (size_t i = 0; i < all.live.n; i++) {
		const struct gate_slice known = all.live.events[i].event.identity.id;

		if (known.len < len || memcmp(known.ptr, id, len) != 0)
			continue;
		n++;
		gate_buf_putc(&out, '\n');
		add_event(&out, &all, &all.live.events[i]);
	}
	if (!n)
		return gate_fail(err, GATE_EUSAGE,
		                 "no event has an id that begins with '%s': 'doragate log show "
		                 "--format json' prints them",
		                 id);
	gate_metrics_foot_text(&out, &head, all.metrics.n_streams);
	return gate_print_lines(context, &out, GATE_OK, err);
}
