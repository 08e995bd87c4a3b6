/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/incidents.h"

/* What it says that it is about; NULL: nothing. */
static const char *named(const struct gate_incident *incident)
{
	return incident->cause ? incident->cause : incident->artifact;
}

static bool is_none(const struct gate_incident *incident)
{
	return incident->cause && !strcmp(incident->cause, "none");
}

/* A deployment of that id which did not succeed, so that nothing can be linked to it. */
static const struct gate_deployment *find_unfinished(const struct gate_metrics *metrics,
                                                     const struct gate_incident *incident)
{
	for (size_t i = 0; i < metrics->n_streams; i++) {
		const struct gate_stream *stream = &metrics->streams[i];

		for (size_t k = 0;
		     k < stream->n &&
		     gate_incident_concerns(incident, stream->service, stream->environment);
		     k++)
			if (!strcmp(stream->deployments[k]->id, named(incident)))
				return stream->deployments[k];
	}
	return NULL;
}

/* "names 'd9', which no deployment of cart in production is" */
static void add_unmatched(struct gate_buf *out, const struct gate_metrics *metrics,
                          const struct gate_incident *incident)
{
	const struct gate_deployment *unfinished = find_unfinished(metrics, incident);

	gate_buf_printf(out, "names '%s', which ", named(incident));
	if (unfinished) {
		gate_buf_puts(out, unfinished->state == GATE_DEPLOYMENT_FAILED
		                           ? "never ran there: that deployment did not succeed"
		                           : "is not known to run there: that deployment did not "
		                             "finish");
		return;
	}
	gate_buf_puts(out, "no deployment");
	if (incident->service)
		gate_buf_printf(out, " of %s", incident->service);
	if (incident->environment)
		gate_buf_printf(out, " in %s", incident->environment);
	gate_buf_puts(out, incident->service || incident->environment ? " is" : " here is");
}

void gate_incident_link(struct gate_buf *out, const struct gate_metrics *metrics,
                        const struct gate_incident *incident)
{
	const struct gate_deployment *blamed = incident->blamed;

	if (blamed) {
		gate_buf_printf(out, "to the deployment %s of %s", blamed->id, blamed->service);
		if (!gate_kind_counts(blamed->kind))
			gate_buf_printf(out, ", a %s: not counted as a failed change",
			                gate_kind_names[blamed->kind]);
	} else if (is_none(incident)) {
		gate_buf_puts(out, "to no deployment: it says that none is its cause");
	} else if (named(incident)) {
		gate_buf_puts(out, "to no deployment: it ");
		add_unmatched(out, metrics, incident);
	} else {
		gate_buf_puts(out, "to no deployment: it names none, and no one service deployed "
		                   "within a day before");
	}
}

bool gate_incident_is_open_in(const struct gate_incident *incident,
                              const struct gate_stream *stream)
{
	const struct gate_deployment *blamed = incident->blamed;

	return !incident->resolved && !is_none(incident) &&
	       gate_incident_concerns(incident, stream->service, stream->environment) &&
	       (!blamed || (!strcmp(blamed->service, stream->service) &&
	                    !strcmp(blamed->environment, stream->environment)));
}

void gate_incident_open(struct gate_buf *out, const struct gate_metrics *metrics,
                        const struct gate_incident *incident)
{
	gate_buf_printf(out, "incident %s is open there and ", incident->id ? incident->id : "?");
	if (incident->blamed)
		gate_buf_printf(out, "about the deployment %s", incident->blamed->id);
	else if (named(incident))
		add_unmatched(out, metrics, incident);
	else
		gate_buf_puts(out, "names no deployment");
}
