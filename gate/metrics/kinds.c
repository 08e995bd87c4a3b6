/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/metrics/kinds.h"

#include "gate/metrics/idmap.h"
#include "gate/metrics/records.h"

const char *const gate_kind_names[GATE_KINDS] = {
	[GATE_KIND_BASELINE] = "baseline", [GATE_KIND_ROLLBACK] = "rollback",
	[GATE_KIND_REDEPLOY] = "redeploy", [GATE_KIND_UNKNOWN] = "unknown",
	[GATE_KIND_HOTFIX] = "hotfix",     [GATE_KIND_DIVERGED] = "diverged",
	[GATE_KIND_FORWARD] = "forward",
};

const char *const gate_deployment_state_names[] = {
	[GATE_DEPLOYMENT_RUNNING] = "running",
	[GATE_DEPLOYMENT_SUCCEEDED] = "succeeded",
	[GATE_DEPLOYMENT_FAILED] = "failed",
};

/* One stream while it is judged. */
struct judging {
	struct gate_metrics *metrics;
	const struct gate_metrics_input *input;
	struct gate_stream *stream;
	struct gate_idmap deployed; /* own: commits that ran here */
	struct gate_idmap shipped;  /* own: changes that were shipped here */
	struct gate_idmap by_time;  /* own: struct single of those of them that are one commit */
	struct gate_arena arena;    /* these */
	struct gate_error *err;
};

/* A change of one commit, by its author date, which a cherry-pick keeps. */
struct single {
	struct gate_oid time; /* the date in the form of an id, for the table */
	const struct gate_unit *unit;
	struct single *next; /* with the same date; NULL: none */
};

static void judging_release(struct judging *judging)
{
	gate_idmap_release(&judging->deployed);
	gate_idmap_release(&judging->shipped);
	gate_idmap_release(&judging->by_time);
	gate_arena_release(&judging->arena);
}
GATE_DEFINE_AUTO_STRUCT(struct judging, judging_release)

static int by_order(const void *a, const void *b)
{
	const struct gate_deployment *left = *(struct gate_deployment *const *)a;
	const struct gate_deployment *right = *(struct gate_deployment *const *)b;

	if (left->last && right->last)
		return gate_event_compare(left->last, right->last);
	if (left->finish.seconds != right->finish.seconds)
		return left->finish.seconds < right->finish.seconds ? -1 : 1;
	return strcmp(left->id, right->id);
}

/* Whether the commit that was said is here. */
static int look_up(struct judging *judging, struct gate_deployment *deployment)
{
	const struct gate_commit *commit;
	struct gate_error why = { 0 };
	int code = GATE_ENOTFOUND;

	if (deployment->has_commit && deployment->here)
		code = gate_history_commit(&commit, gate_units_history(judging->metrics->units),
		                           &deployment->commit, &why);
	if (code == GATE_ENOMEM)
		return gate_fail_memory(judging->err);
	deployment->here = code == GATE_OK;
	if (!deployment->here && deployment->has_commit)
		judging->metrics->n_missing++;
	return GATE_OK;
}

static int is_ancestor(bool *out, struct judging *judging, const struct gate_oid *ancestor,
                       const struct gate_oid *descendant)
{
	return gate_units_ancestry(out, &judging->metrics->cut, judging->metrics->units, ancestor,
	                           descendant, judging->err);
}

static bool touches(const struct judging *judging, const struct gate_unit *unit)
{
	return judging->stream->service_index == SIZE_MAX ||
	       unit->touches[judging->stream->service_index];
}

/* The table takes the first bytes of an id for its hash, so the date is mixed. */
static struct gate_oid id_of_time(int64_t time)
{
	const uint64_t hash = (uint64_t)time * 0x9e3779b97f4a7c15u;
	struct gate_oid id = { 0 };

	memcpy(id.bytes, &hash, sizeof(hash));
	return id;
}

static int add_single(struct judging *judging, const struct gate_unit *unit)
{
	struct single *single = gate_arena_alloc(&judging->arena, sizeof(*single));

	if (!single)
		return gate_fail_memory(judging->err);
	*single = (struct single){ .time = id_of_time(unit->authored), .unit = unit };
	single->next = gate_idmap_get(&judging->by_time, &single->time);
	return gate_idmap_set(&judging->by_time, &single->time, single, judging->err);
}

/* A commit that was picked onto another line has the author date of the one it was picked from. */
static int was_picked(bool *out, struct judging *judging, const struct gate_unit *unit)
{
	const struct gate_oid time = id_of_time(unit->authored);
	const struct single *single = gate_idmap_get(&judging->by_time, &time);
	int code = GATE_OK;

	*out = false;
	for (; code == GATE_OK && !*out && single; single = single->next)
		code = gate_units_equal(out, &judging->metrics->cut, judging->metrics->units,
		                        single->unit, unit, judging->err);
	return code;
}

static int ship(struct judging *judging, struct gate_deployment *deployment,
                const struct gate_unit *unit)
{
	struct gate_shipped *shipped = &deployment->ships[deployment->n_ships++];
	const int64_t lead = deployment->finish.seconds - unit->t0;
	int code = GATE_OK;

	*shipped = (struct gate_shipped){ unit, lead < 0 ? 0 : lead, lead < -GATE_METRICS_SKEW };
	for (size_t i = 0; code == GATE_OK && i < gate_unit_parts(unit); i++) {
		const struct gate_unit *part = gate_unit_part(unit, i);

		code = gate_idmap_set(&judging->shipped, &part->id, deployment, judging->err);
		if (code == GATE_OK && part->n_commits == 1)
			code = add_single(judging, part);
	}
	return code;
}

/* Whether nothing of a change is new here: all of its parts that concern the service were shipped, or picked from what was. */
static int is_old(bool *out, struct judging *judging, const struct gate_unit *unit)
{
	int code = GATE_OK;

	*out = true;
	for (size_t i = 0; code == GATE_OK && *out && i < gate_unit_parts(unit); i++) {
		const struct gate_unit *part = gate_unit_part(unit, i);

		*out = gate_idmap_get(&judging->shipped, &part->id) || !touches(judging, part);
		if (!*out && part->n_commits == 1)
			code = was_picked(out, judging, part);
	}
	return code;
}

/* What is new with a deployment. *touched: how many changes concern the service, shipped before or not. */
static int ship_between(size_t *touched, struct judging *judging,
                        struct gate_deployment *deployment)
{
	struct gate_metrics *metrics = judging->metrics;
	GATE_AUTO(gate_unit_list_release) struct gate_unit_list list = { 0 };
	int code = gate_units_between(&list, &metrics->cut, metrics->units,
	                              &deployment->previous->commit, &deployment->commit,
	                              judging->err);

	*touched = 0;
	if (code < 0)
		return code;
	deployment->ships =
		gate_arena_alloc(&metrics->arena, (list.n + 1) * sizeof(*deployment->ships));
	if (!deployment->ships)
		return gate_fail_memory(judging->err);
	for (size_t i = 0; code == GATE_OK && i < list.n; i++) {
		const struct gate_unit *unit = list.items[i];
		bool before = false;

		if (!touches(judging, unit))
			continue;
		(*touched)++;
		code = is_old(&before, judging, unit);
		if (code == GATE_OK && !before)
			code = ship(judging, deployment, unit);
	}
	deployment->shipped_before = *touched && !deployment->n_ships;
	return code;
}

bool gate_rework_is_inferred(enum gate_rework rework)
{
	return rework > GATE_REWORK_SAID;
}

static bool is_incident(const struct gate_metrics *metrics, const char *id)
{
	for (size_t i = 0; i < metrics->n_incidents; i++)
		if (metrics->incidents[i].id && !strcmp(metrics->incidents[i].id, id))
			return true;
	return false;
}

/* A revert is no change, and says nothing of where the others came from. */
static bool ships_hotfixes_only(const struct gate_deployment *deployment)
{
	bool any = false;

	for (size_t i = 0; i < deployment->n_ships; i++) {
		const struct gate_unit *unit = deployment->ships[i].unit;

		if (!unit->revert && !unit->hotfix)
			return false;
		any |= unit->hotfix;
	}
	return any;
}

/* What was said stands. A Fixes trailer infers nothing: shipped by a hotfix it proves a failure, and would be its own proof. */
static enum gate_rework why_unplanned(const struct judging *judging,
                                      const struct gate_deployment *deployment)
{
	if (deployment->planned != GATE_PLANNED_UNSAID)
		return deployment->planned == GATE_PLANNED_NO ? GATE_REWORK_SAID : GATE_REWORK_NONE;
	if (deployment->cause && is_incident(judging->metrics, deployment->cause))
		return GATE_REWORK_INCIDENT;
	return ships_hotfixes_only(deployment) ? GATE_REWORK_BRANCH : GATE_REWORK_NONE;
}

/* What is no rollback and ships something. */
static void judge_shipped(const struct judging *judging, struct gate_deployment *deployment)
{
	deployment->rework = why_unplanned(judging, deployment);
	if (deployment->rework)
		deployment->kind = GATE_KIND_HOTFIX;
	else
		deployment->kind = deployment->diverged ? GATE_KIND_DIVERGED : GATE_KIND_FORWARD;
}

/*
 * The rules in their order (docs/metrics.md). What a tag says is only that a version exists: one on an older commit took nothing back
 * anywhere, and is no rollback.
 */
static int judge(struct judging *judging, struct gate_deployment *deployment)
{
	const struct gate_deployment *previous = deployment->previous;
	bool older = false, newer = false, ran;
	size_t touched;
	int code;

	if (!previous || deployment->says_rollback) {
		deployment->kind = previous ? GATE_KIND_ROLLBACK : GATE_KIND_BASELINE;
		deployment->rework = previous ? GATE_REWORK_SAID : GATE_REWORK_NONE;
		return GATE_OK;
	}
	deployment->kind = GATE_KIND_REDEPLOY;
	if (deployment->has_commit && previous->has_commit &&
	    gate_oid_equal(&deployment->commit, &previous->commit))
		return GATE_OK;
	deployment->kind = GATE_KIND_UNKNOWN;
	if (!deployment->here || !previous->here)
		return GATE_OK;
	code = is_ancestor(&older, judging, &deployment->commit, &previous->commit);
	if (code == GATE_OK && !older)
		code = is_ancestor(&newer, judging, &previous->commit, &deployment->commit);
	if (code < 0)
		return code;
	deployment->diverged = !newer;
	ran = gate_idmap_get(&judging->deployed, &deployment->commit) != NULL;
	if (older || (!newer && ran)) {
		deployment->kind = deployment->inferred ? GATE_KIND_REDEPLOY : GATE_KIND_ROLLBACK;
		deployment->rework = deployment->inferred ? GATE_REWORK_NONE : GATE_REWORK_OLDER;
		return GATE_OK;
	}
	code = ship_between(&touched, judging, deployment);
	if (code < 0)
		return code;
	if (!touched && judging->stream->paths)
		deployment->kind = GATE_KIND_REDEPLOY;
	else
		judge_shipped(judging, deployment);
	return GATE_OK;
}

/* What is merged and not deployed. */
static int wait_for(struct judging *judging, const struct gate_deployment *last)
{
	struct gate_metrics *metrics = judging->metrics;
	struct gate_stream *stream = judging->stream;
	GATE_AUTO(gate_unit_list_release) struct gate_unit_list list = { 0 };
	int code;

	if (!judging->input->has_trunk || !last || !last->here)
		return GATE_OK;
	code = gate_units_between(&list, &metrics->cut, metrics->units, &last->commit,
	                          &judging->input->trunk, judging->err);
	if (code < 0)
		return code;
	stream->waiting =
		gate_arena_alloc(&metrics->arena, (list.n + 1) * sizeof(struct gate_unit *));
	if (!stream->waiting)
		return gate_fail_memory(judging->err);
	for (size_t i = 0; code == GATE_OK && i < list.n; i++) {
		const struct gate_unit *unit = list.items[i];
		bool before = true;

		/* What was merged later than now is not merged yet. */
		if (touches(judging, unit) && !unit->revert &&
		    unit->time <= judging->input->now + GATE_METRICS_SKEW)
			code = is_old(&before, judging, unit);
		if (!before)
			stream->waiting[stream->n_waiting++] = list.items[i];
	}
	stream->waiting_known = true;
	return code;
}

int gate_stream_judge(struct gate_metrics *metrics, const struct gate_metrics_input *input,
                      struct gate_stream *stream, struct gate_error *err)
{
	GATE_AUTO(judging_release)
	struct judging judging = {
		.metrics = metrics, .input = input, .stream = stream, .err = err
	};
	const struct gate_deployment *last = NULL;
	int code = GATE_OK;

	qsort(stream->deployments, stream->n, sizeof(struct gate_deployment *), by_order);
	for (size_t i = 0; code == GATE_OK && i < stream->n; i++) {
		struct gate_deployment *deployment = stream->deployments[i];

		code = look_up(&judging, deployment);
		if (code < 0 || deployment->state != GATE_DEPLOYMENT_SUCCEEDED)
			continue;
		deployment->previous = last;
		code = judge(&judging, deployment);
		if (code == GATE_OK && deployment->here)
			code = gate_idmap_set(&judging.deployed, &deployment->commit, deployment,
			                      err);
		last = deployment;
	}
	return code < 0 ? code : wait_for(&judging, last);
}
