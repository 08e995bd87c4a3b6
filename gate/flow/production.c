/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/production.h"

#include "gate/flow/measure.h"

static int add(struct gate_change *change, const struct gate_deployment *deployment,
               struct gate_error *err)
{
	struct gate_change_deployed *to = &change->deployed;
	struct gate_deployed *item;

	if (gate_grow(&to->items, &to->cap, to->n + 1, sizeof(*to->items), err) < 0)
		return GATE_ENOMEM;
	item = &to->items[to->n];
	*item = (struct gate_deployed){ .commit = deployment->commit, .here = deployment->here };
	item->service =
		gate_arena_copy(&change->arena, deployment->service, strlen(deployment->service));
	if (!item->service)
		return gate_fail_memory(err);
	to->n++;
	return GATE_OK;
}

int gate_production_read(struct gate_change *change, struct gate_error *err)
{
	GATE_AUTO(gate_measurement_release) struct gate_measurement all = { 0 };
	const struct gate_measure_options options = { 0 };
	struct gate_known *known = &change->deployed.known;
	struct gate_error why = { 0 };
	int code = gate_measure(&all, change->repo, &options, &why);

	change->deployed.n = 0;
	known->known = code == GATE_OK;
	if (code == GATE_ENOMEM)
		return gate_fail_memory(err);
	if (code < 0) {
		snprintf(known->why, sizeof(known->why), "the log cannot be read: %.200s",
		         why.message);
		return GATE_OK;
	}
	for (size_t i = 0; i < all.metrics.n_streams; i++) {
		const struct gate_stream *stream = &all.metrics.streams[i];

		for (size_t k = stream->n; k-- > 0;) {
			/* A tag says nothing of where it ran. */
			if (!gate_measures_environment(&all, stream->environment) ||
			    stream->deployments[k]->inferred ||
			    !gate_deployment_is_good(stream->deployments[k]))
				continue;
			code = add(change, stream->deployments[k], err);
			if (code < 0)
				return code;
		}
	}
	return GATE_OK;
}
