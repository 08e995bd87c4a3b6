/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/metrics/metrics.h"

#include "gate/metrics/kinds.h"
#include "gate/metrics/records.h"
#include "gate/metrics/units.h"

void gate_metrics_release(struct gate_metrics *metrics)
{
	for (size_t i = 0; i < metrics->n_streams; i++)
		free(metrics->streams[i].deployments);
	free(metrics->streams);
	free(metrics->incidents);
	gate_units_free(metrics->units);
	gate_arena_release(&metrics->arena);
	*metrics = (struct gate_metrics){ 0 };
}

static int by_environment(const void *a, const void *b)
{
	const struct gate_stream *left = a, *right = b;
	int order = strcmp(left->environment, right->environment);

	return order ? order : strcmp(left->service, right->service);
}

static int by_first_event(const void *a, const void *b)
{
	return gate_event_compare(((const struct gate_incident *)a)->first,
	                          ((const struct gate_incident *)b)->first);
}

int gate_metrics_build(struct gate_metrics *out, const struct gate_metrics_input *input,
                       struct gate_error *err)
{
	GATE_AUTO(gate_metrics_release) struct gate_metrics metrics = { 0 };
	int code = gate_units_new(&metrics.units, input, err);

	if (code == GATE_OK)
		gate_units_remember(metrics.units, input->memo);
	if (code == GATE_OK)
		code = gate_metrics_add_events(&metrics, input, err);
	if (code == GATE_OK && !metrics.n_streams)
		code = gate_metrics_add_tags(&metrics, input, err);
	if (code < 0)
		return code;
	if (metrics.n_streams)
		qsort(metrics.streams, metrics.n_streams, sizeof(*metrics.streams), by_environment);
	if (metrics.n_incidents)
		qsort(metrics.incidents, metrics.n_incidents, sizeof(*metrics.incidents),
		      by_first_event);
	for (size_t i = 0; code == GATE_OK && i < metrics.n_streams; i++)
		code = gate_stream_judge(&metrics, input, &metrics.streams[i], err);
	if (code == GATE_OK)
		code = gate_metrics_find_failures(&metrics, input, err);
	if (code == GATE_OK)
		code = gate_units_requests(&metrics.requests, metrics.units, err);
	if (code < 0)
		return code;
	*out = metrics;
	metrics = (struct gate_metrics){ 0 };
	return GATE_OK;
}
