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

/* What an event says of itself, beside its identity. */
struct about {
	struct gate_buf id, service, environment; /* "": not said */
};

static void about_release(struct about *about)
{
	gate_buf_release(&about->id);
	gate_buf_release(&about->service);
	gate_buf_release(&about->environment);
}
GATE_DEFINE_AUTO_STRUCT(struct about, about_release)

static int read_about(struct about *out, const struct gate_event *event, struct gate_error *err)
{
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	struct gate_event again;
	int code = gate_event_read(&again, &reader, event->line.ptr, event->line.len, true, err);

	if (code < 0)
		return code;
	gate_event_about(&out->id, &reader, event);
	gate_event_service(&out->service, &reader, event);
	gate_event_content(&out->environment, &reader, "environment");
	return gate_buf_failed(&out->id) || gate_buf_failed(&out->service) ||
	                       gate_buf_failed(&out->environment)
	               ? gate_fail_memory(err)
	               : GATE_OK;
}

/* "service    cart in production" */
static void add_service(struct gate_buf *out, const struct about *about)
{
	const char *const service = gate_buf_text(&about->service);
	const char *const environment = gate_buf_text(&about->environment);

	if (*service || *environment)
		gate_escape_printf(out, "service    %s%s%s", *service ? service : "not said",
		                   *environment ? *service ? " in " : ", in " : "", environment);
}

/* The deployment that it is a record of, and what that became. */
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

static bool is_of_incident(const struct gate_event *event)
{
	return event->phase >= GATE_PHASE_DETECTED && event->phase <= GATE_PHASE_RESOLVED;
}

static bool add_incident(struct gate_buf *out, const struct gate_metrics *metrics,
                         const struct gate_event *event, const struct about *about)
{
	for (size_t i = 0; i < metrics->n_incidents && is_of_incident(event); i++) {
		const struct gate_incident *incident = &metrics->incidents[i];
		GATE_AUTO(gate_buf_release) struct gate_buf link = { 0 };

		if (strcmp(incident->id ? incident->id : "", gate_buf_text(&about->id)) != 0)
			continue;
		gate_escape_printf(out, "incident   %s: %s", incident->id ? incident->id : "?",
		                   incident->resolved ? "resolved" : "open");
		gate_incident_link(&link, metrics, incident);
		gate_escape_printf(out, "linked     %s", gate_buf_text(&link));
		return true;
	}
	return false;
}

static int add_event(struct gate_buf *out, const struct gate_measurement *all,
                     const struct gate_live_event *live, struct gate_error *err)
{
	GATE_AUTO(about_release) struct about about = { 0 };
	const struct gate_event *event = &live->event;
	int code = read_about(&about, event, err);

	if (code < 0)
		return code;
	gate_buf_putc(out, '\n');
	add_row(out, "id", event->identity.id.ptr, event->identity.id.len);
	add_row(out, "source", event->identity.source.ptr, event->identity.source.len);
	add_row(out, "type", event->type.ptr, event->type.len);
	add_time(out, "happened", event->time);
	add_time(out, "recorded", event->recorded);
	add_service(out, &about);
	add_state(out, &all->live, live);
	if (live->state != GATE_LIVE_COUNTS || add_deployment(out, &all->metrics, event) ||
	    add_incident(out, &all->metrics, event, &about))
		return GATE_OK;
	gate_buf_puts(out, event->kind == GATE_EVENT_UNKNOWN
	                           ? "used       by no metric: its type has no meaning here\n"
	                           : "used       by no metric\n");
	return GATE_OK;
}

/* How well an event fits the word that was given: "d3" may be a deployment, and the beginning of many an id. */
enum fit { FITS_NOT, BEGINS, IS };

static int find_fit(enum fit *out, const struct gate_event *event, const char *id,
                    struct gate_error *err)
{
	GATE_AUTO(about_release) struct about about = { 0 };
	const struct gate_slice known = event->identity.id;
	const size_t len = strlen(id);
	const bool begins = known.len >= len && !memcmp(known.ptr, id, len);
	int code = read_about(&about, event, err);

	if (code < 0)
		return code;
	if ((begins && known.len == len) || (len && !strcmp(gate_buf_text(&about.id), id)))
		*out = IS;
	else
		*out = begins ? BEGINS : FITS_NOT;
	return GATE_OK;
}

/* Those that fit best, in the order of the log. */
static int add_events(struct gate_buf *out, const struct gate_measurement *all, const char *id,
                      struct gate_error *err)
{
	GATE_AUTO(gate_free) enum fit *fits = calloc(all->live.n + 1, sizeof(*fits));
	enum fit best = FITS_NOT;
	int code = GATE_OK;

	if (!fits)
		return gate_fail_memory(err);
	for (size_t i = 0; code == GATE_OK && i < all->live.n; i++) {
		code = find_fit(&fits[i], &all->live.events[i].event, id, err);
		best = fits[i] > best ? fits[i] : best;
	}
	if (code == GATE_OK && best == FITS_NOT)
		return gate_fail(err, GATE_EUSAGE,
		                 "no event is of a deployment or an incident '%s', or has an id "
		                 "that begins so: 'doragate log show --format json' prints them",
		                 id);
	for (size_t i = 0; code == GATE_OK && i < all->live.n; i++)
		if (fits[i] == best)
			code = add_event(out, all, &all->live.events[i], err);
	return code;
}

int gate_explain_event(struct gate_context *context, const struct gate_explain *explain,
                       const char *id, struct gate_error *err)
{
	GATE_AUTO(gate_measurement_release) struct gate_measurement all = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
	struct gate_measured measured = explain->measured;
	const struct gate_report_style plain = { 0 };
	struct gate_metrics_head head;
	int code;

	/* An event may be of any time. */
	measured.window = "all";
	measured.to = NULL;
	code = gate_measured_open(&all, &measured, context, err);
	if (code < 0)
		return code;
	head = gate_measured_head(&all);
	gate_metrics_head_text(&out, "log", GATE_METRICS, &head, &plain);
	code = add_events(&out, &all, id, err);
	if (code < 0)
		return code;
	gate_metrics_foot_text(&out, &head, all.metrics.n_streams);
	return gate_print_lines(context, &out, GATE_OK, err);
}
