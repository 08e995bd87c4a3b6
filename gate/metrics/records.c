/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of one deployment are those with equal (service, environment, deployment id). A rollback is a deployment of its own. Who says
 * no deployment id is joined by CDEvents' chainId, and only within one service and environment.
 */
#include "gate/metrics/records.h"

/* One event as it concerns us; texts are in the arena, NULL: not said. */
struct record {
	const struct gate_event *event;
	const char *service, *environment, *id, *part, *artifact, *cause, *commit, *repository;
	const char *started;
	enum gate_planned planned;
};

static bool is_deployment(enum gate_event_kind kind)
{
	return kind == GATE_EVENT_DEPLOYMENT_STARTED || kind == GATE_EVENT_SERVICE_DEPLOYED ||
	       kind == GATE_EVENT_SERVICE_UPGRADED || kind == GATE_EVENT_DEPLOYMENT_FAILED ||
	       kind == GATE_EVENT_SERVICE_ROLLEDBACK;
}

static bool is_incident(enum gate_event_kind kind)
{
	return kind == GATE_EVENT_INCIDENT_DETECTED || kind == GATE_EVENT_INCIDENT_REPORTED ||
	       kind == GATE_EVENT_INCIDENT_RESOLVED;
}

/* What was appended, as a text of its own, and the buffer empty again. A NUL ends it: no name that we read has one. */
static int take(const char **out, struct gate_arena *arena, struct gate_buf *buf,
                struct gate_error *err)
{
	*out = NULL;
	if (gate_buf_failed(buf))
		return gate_fail_memory(err);
	if (buf->len) {
		*out = gate_arena_copy(arena, buf->ptr, strlen(buf->ptr));
		if (!*out)
			return gate_fail_memory(err);
	}
	gate_buf_reset(buf);
	return GATE_OK;
}

typedef void member_fn(struct gate_buf *out, const struct gate_event_reader *reader,
                       const char *name);

static void subject(struct gate_buf *out, const struct gate_event_reader *reader, const char *name)
{
	(void)name;
	gate_event_subject(out, reader);
}

/* Reads the members that matter. The service of a deployment is its subject where nothing else names it. */
static int read_record(struct record *out, struct gate_arena *arena,
                       struct gate_event_reader *reader, const struct gate_event *event,
                       struct gate_error *err)
{
	struct record record = { .event = event };
	const struct {
		const char **to;
		member_fn *read;
		const char *name;
	} members[] = {
		{ &record.service, gate_event_dora, "service" },
		{ &record.service, gate_event_content, "service" },
		{ &record.service, is_deployment(event->kind) ? subject : NULL, NULL },
		{ &record.environment, gate_event_content, "environment" },
		{ &record.id, gate_event_dora, "deploymentId" },
		{ &record.id, is_incident(event->kind) ? subject : gate_event_context, "chainId" },
		{ &record.part, gate_event_dora, "part" },
		{ &record.artifact, gate_event_content, "artifactId" },
		{ &record.cause, gate_event_dora, "cause" },
		{ &record.commit, gate_event_dora, "commit" },
		{ &record.repository, gate_event_dora, "repository" },
		{ &record.started, gate_event_dora, "startedAt" },
	};
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	struct gate_event again;
	bool planned;
	int code = gate_event_read(&again, reader, event->line.ptr, event->line.len, true, err);

	for (size_t i = 0; code == GATE_OK && i < GATE_COUNT(members); i++) {
		if (*members[i].to || !members[i].read)
			continue;
		members[i].read(&buf, reader, members[i].name);
		code = take(members[i].to, arena, &buf, err);
	}
	if (code < 0)
		return code;
	if (gate_event_dora_bool(&planned, reader, "planned"))
		record.planned = planned ? GATE_PLANNED_YES : GATE_PLANNED_NO;
	*out = record;
	return GATE_OK;
}

int gate_metrics_stream(struct gate_stream **out, struct gate_metrics *metrics,
                        const struct gate_metrics_input *input, const char *service,
                        const char *environment, struct gate_error *err)
{
	struct gate_stream *stream;

	for (size_t i = 0; i < metrics->n_streams; i++)
		if (!strcmp(metrics->streams[i].service, service) &&
		    !strcmp(metrics->streams[i].environment, environment)) {
			*out = &metrics->streams[i];
			return GATE_OK;
		}
	if (gate_grow(&metrics->streams, &metrics->cap_streams, metrics->n_streams + 1,
	              sizeof(*metrics->streams), err) < 0)
		return GATE_ENOMEM;
	stream = &metrics->streams[metrics->n_streams];
	*stream = (struct gate_stream){ .service_index = SIZE_MAX };
	stream->service = gate_arena_copy(&metrics->arena, service, strlen(service));
	stream->environment = gate_arena_copy(&metrics->arena, environment, strlen(environment));
	if (!stream->service || !stream->environment)
		return gate_fail_memory(err);
	for (size_t i = 0; i < input->n_services; i++)
		if (!strcmp(input->services[i].name, service)) {
			stream->service_index = i;
			stream->paths = input->services[i].paths;
		}
	metrics->n_streams++;
	*out = stream;
	return GATE_OK;
}

int gate_stream_add(struct gate_deployment **out, struct gate_metrics *metrics,
                    struct gate_stream *stream, struct gate_error *err)
{
	struct gate_deployment *deployment = gate_arena_alloc(&metrics->arena, sizeof(*deployment));

	if (!deployment)
		return gate_fail_memory(err);
	if (gate_grow(&stream->deployments, &stream->cap, stream->n + 1,
	              sizeof(struct gate_deployment *), err) < 0)
		return GATE_ENOMEM;
	deployment->service = stream->service;
	deployment->environment = stream->environment;
	stream->deployments[stream->n++] = deployment;
	*out = deployment;
	return GATE_OK;
}

/* Records in the order in which deployments are made of them: those of one deployment together, each in the total order. */
static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static bool rolls_back(const struct record *record)
{
	return record->event->kind == GATE_EVENT_SERVICE_ROLLEDBACK;
}

static int compare_deployments(const struct record *a, const struct record *b)
{
	int order = compare_texts(a->environment, b->environment);

	if (!order)
		order = compare_texts(a->service, b->service);
	if (!order)
		order = compare_texts(a->id, b->id);
	/* Without an id each is alone. */
	if (!order && !a->id)
		order = gate_event_compare(a->event, b->event);
	return order ? order : (int)rolls_back(a) - (int)rolls_back(b);
}

static int by_deployment(const void *a, const void *b)
{
	int order = compare_deployments(a, b);

	return order ? order
	             : gate_event_compare(((const struct record *)a)->event,
	                                  ((const struct record *)b)->event);
}

static enum gate_deployment_state state_of(const struct record *record)
{
	if (record->event->kind == GATE_EVENT_DEPLOYMENT_STARTED)
		return GATE_DEPLOYMENT_RUNNING;
	return record->event->kind == GATE_EVENT_DEPLOYMENT_FAILED ? GATE_DEPLOYMENT_FAILED
	                                                           : GATE_DEPLOYMENT_SUCCEEDED;
}

static int by_part(const void *a, const void *b)
{
	const struct record *left = *(struct record *const *)a;
	const struct record *right = *(struct record *const *)b;
	int order = compare_texts(left->part, right->part);

	return order ? order : gate_event_compare(left->event, right->event);
}

/* The record of one part that decides: its last, where a start that comes after an end, by a clock that is wrong, changes nothing. */
static const struct record *last_of_part(struct record *const *part, size_t n)
{
	for (size_t i = n; i--;)
		if (state_of(part[i]) != GATE_DEPLOYMENT_RUNNING)
			return part[i];
	return part[n - 1];
}

/* All parts succeeded, or one failed, or one still runs. The finish is the latest of the records that decide. */
static int decide(struct gate_deployment *out, struct record *records, size_t n,
                  struct gate_error *err)
{
	GATE_AUTO(gate_free) struct record **sorted = calloc(n, sizeof(struct record *));

	if (!sorted)
		return gate_fail_memory(err);
	for (size_t i = 0; i < n; i++)
		sorted[i] = &records[i];
	qsort(sorted, n, sizeof(struct record *), by_part);
	out->state = GATE_DEPLOYMENT_SUCCEEDED;
	for (size_t first = 0, end; first < n; first = end) {
		const struct record *last;

		end = first + 1;
		while (end < n && !compare_texts(sorted[first]->part, sorted[end]->part))
			end++;
		last = last_of_part(sorted + first, end - first);
		if (state_of(last) == GATE_DEPLOYMENT_FAILED ||
		    (state_of(last) == GATE_DEPLOYMENT_RUNNING &&
		     out->state != GATE_DEPLOYMENT_FAILED))
			out->state = state_of(last);
		if (!out->last || gate_event_compare(out->last, last->event) < 0)
			out->last = last->event;
	}
	out->finish = out->last->time;
	return GATE_OK;
}

static void read_commit(struct gate_deployment *out, const struct record *record,
                        const struct gate_metrics_input *input)
{
	if (!record->commit ||
	    gate_oid_parse(&out->commit, record->commit, strlen(record->commit), NULL) < 0)
		return;
	out->has_commit = true;
	/* An id of another repository may be here too by chance of history; it still is not what was deployed from here. */
	out->here = !record->repository || !strcmp(record->repository, input->repository);
}

static int add_deployment(struct gate_metrics *metrics, const struct gate_metrics_input *input,
                          struct record *records, size_t n, struct gate_error *err)
{
	struct gate_stream *stream;
	struct gate_deployment *out;
	struct gate_time started;
	int code = gate_metrics_stream(&stream, metrics, input, records[0].service,
	                               records[0].environment ? records[0].environment : "", err);

	if (code == GATE_OK)
		code = gate_stream_add(&out, metrics, stream, err);
	if (code < 0)
		return code;
	out->events = gate_arena_alloc(&metrics->arena, n * sizeof(struct gate_event *));
	if (!out->events)
		return gate_fail_memory(err);
	code = decide(out, records, n, err);
	if (code < 0)
		return code;
	out->id = records[0].id;
	out->says_rollback = rolls_back(records);
	out->started = records[0].event->time.seconds;
	for (size_t i = 0; i < n; i++) {
		const struct record *record = &records[i];

		out->events[out->n_events++] = record->event;
		if (record->planned)
			out->planned = record->planned;
		if (record->artifact)
			out->artifact = record->artifact;
		if (record->cause)
			out->cause = record->cause;
		if (record->started &&
		    gate_time_parse(&started, record->started, strlen(record->started), NULL) ==
		            GATE_OK &&
		    started.seconds < out->started)
			out->started = started.seconds;
		read_commit(out, record, input);
	}
	if (!out->id) {
		out->id = gate_arena_copy(&metrics->arena, out->last->identity.id.ptr,
		                          out->last->identity.id.len);
		if (!out->id)
			return gate_fail_memory(err);
	}
	return GATE_OK;
}

/* The end of what belongs to the first record: the same deployment, and not more than a day later. */
static size_t find_end(const struct record *records, size_t first, size_t n)
{
	size_t end = first + 1;

	while (end < n && !compare_deployments(&records[first], &records[end]) &&
	       records[end].event->time.seconds - records[first].event->time.seconds <= GATE_DAY)
		end++;
	return end;
}

static int by_incident(const void *a, const void *b)
{
	const struct record *left = a, *right = b;
	int order = compare_texts(left->id, right->id);

	return order ? order : gate_event_compare(left->event, right->event);
}

static void fill_incident(struct gate_incident *out, const struct record *records, size_t n)
{
	*out = (struct gate_incident){ .id = records[0].id, .first = records[0].event };
	for (size_t i = 0; i < n; i++) {
		const struct record *record = &records[i];
		const int64_t at = record->event->time.seconds;
		struct gate_time impact;

		if (record->service)
			out->service = record->service;
		if (record->environment)
			out->environment = record->environment;
		if (record->cause)
			out->cause = record->cause;
		if (record->artifact)
			out->artifact = record->artifact;
		if (record->started && gate_time_parse(&impact, record->started,
		                                       strlen(record->started), NULL) == GATE_OK)
			out->impact = impact.seconds;
		if (record->event->kind == GATE_EVENT_INCIDENT_RESOLVED) {
			out->resolved = true;
			out->end = at;
		} else {
			/* Detected anew after it was resolved: it is open again. */
			out->resolved = false;
			if (!out->detected)
				out->begin = at;
			out->detected = true;
		}
		out->last = record->event;
	}
	if (!out->detected)
		out->begin = out->first->time.seconds;
	if (out->impact)
		out->begin = out->impact;
}

static int add_incidents(struct gate_metrics *metrics, struct record *records, size_t n,
                         struct gate_error *err)
{
	if (n)
		qsort(records, n, sizeof(*records), by_incident);
	for (size_t first = 0, end; first < n; first = end) {
		end = first + 1;
		while (end < n && !compare_texts(records[first].id, records[end].id))
			end++;
		if (gate_grow(&metrics->incidents, &metrics->cap_incidents,
		              metrics->n_incidents + 1, sizeof(*metrics->incidents), err) < 0)
			return GATE_ENOMEM;
		fill_incident(&metrics->incidents[metrics->n_incidents++], records + first,
		              end - first);
	}
	return GATE_OK;
}

static int add_deployments(struct gate_metrics *metrics, const struct gate_metrics_input *input,
                           struct record *records, size_t n, struct gate_error *err)
{
	int code = GATE_OK;

	if (n)
		qsort(records, n, sizeof(*records), by_deployment);
	for (size_t first = 0, end; code == GATE_OK && first < n; first = end) {
		end = find_end(records, first, n);
		code = add_deployment(metrics, input, records + first, end - first, err);
	}
	return code;
}

int gate_metrics_add_events(struct gate_metrics *metrics, const struct gate_metrics_input *input,
                            struct gate_error *err)
{
	const struct gate_live_log *log = input->log;
	GATE_AUTO(gate_free) struct record *deployments = calloc(log->n + 1, sizeof(*deployments));
	GATE_AUTO(gate_free) struct record *incidents = calloc(log->n + 1, sizeof(*incidents));
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	size_t n_deployments = 0, n_incidents = 0;
	int code = GATE_OK;

	if (!deployments || !incidents)
		return gate_fail_memory(err);
	for (size_t i = 0; code == GATE_OK && i < log->n; i++) {
		const struct gate_live_event *live = &log->events[i];
		const bool incident = is_incident(live->event.kind);
		struct record *to =
			incident ? &incidents[n_incidents] : &deployments[n_deployments];

		if (live->state != GATE_LIVE_COUNTS ||
		    live->event.time.seconds > input->now + GATE_METRICS_SKEW ||
		    !(incident || is_deployment(live->event.kind)))
			continue;
		code = read_record(to, &metrics->arena, &reader, &live->event, err);
		if (code < 0)
			break;
		n_incidents += incident;
		n_deployments += !incident && to->service;
	}
	if (code == GATE_OK)
		code = add_deployments(metrics, input, deployments, n_deployments, err);
	return code == GATE_OK ? add_incidents(metrics, incidents, n_incidents, err) : code;
}
