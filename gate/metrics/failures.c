/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A deployment fails once, whatever the number of reasons; the strongest counts. What took the failure away is looked for apart from what
 * proved it: an incident may name a deployment that a later one rolled back.
 */
#include "gate/base/bisect.h"
#include "gate/metrics/figures.h"
#include "gate/metrics/idmap.h"
#include "gate/metrics/kinds.h"
#include "gate/metrics/names.h"

#define SOON (7 * GATE_DAY)

const char *const gate_failure_names[] = {
	[GATE_FAILURE_NONE] = "none",         [GATE_FAILURE_NAMED] = "named",
	[GATE_FAILURE_ROLLBACK] = "rollback", [GATE_FAILURE_FIX] = "fix",
	[GATE_FAILURE_LATE_FIX] = "late-fix", [GATE_FAILURE_INCIDENT] = "incident",
};

bool gate_failure_is_proven(enum gate_failure failure)
{
	return failure >= GATE_FAILURE_NAMED && failure <= GATE_FAILURE_FIX;
}

static bool can_fail(const struct gate_deployment *deployment)
{
	return deployment->state == GATE_DEPLOYMENT_SUCCEEDED && gate_kind_counts(deployment->kind);
}

/* False: it cannot fail, or has a stronger reason. */
static bool fail(struct gate_deployment *deployment, enum gate_failure failure, const char *by)
{
	if (!can_fail(deployment) || (deployment->failure && deployment->failure <= failure))
		return false;
	deployment->failure = failure;
	deployment->failed_by = by;
	deployment->ambiguous = 0;
	return true;
}

static void remove_by(struct gate_deployment *deployment, const struct gate_deployment *by)
{
	if (!deployment->removed_by || by->finish.seconds < deployment->removed_by->finish.seconds)
		deployment->removed_by = by;
}

/* What a cause names, while it is looked for. */
struct search {
	const struct gate_stream *stream;
	int64_t at; /* when the incident began */
	size_t found;
	bool any;
};

/* Of two that a cause names: one that can fail; then one that finished by then, the last of them; else the first. */
static int prefer(size_t place, void *payload)
{
	struct search *search = payload;
	const struct gate_deployment *this = search->stream->deployments[place];
	const struct gate_deployment *other = search->stream->deployments[search->found];
	const bool before = this->finish.seconds <= search->at;
	bool better = (place > search->found) == before;

	if (search->any && can_fail(this) != can_fail(other))
		better = can_fail(this);
	else if (search->any && before != (other->finish.seconds <= search->at))
		better = before;
	if (!search->any || better)
		search->found = place;
	search->any = true;
	return 0;
}

static struct gate_deployment *find_named(const struct gate_stream *stream,
                                          const struct gate_names *names, const char *cause,
                                          int64_t at)
{
	struct search search = { .stream = stream, .at = at };

	gate_names_find(names, cause, prefer, &search);
	return search.any ? stream->deployments[search.found] : NULL;
}

/* The last successful deployment, before place i, of what a rollback went back to; i: there is none, and all before it were passed over. */
static size_t find_target(const struct gate_stream *stream, size_t i)
{
	const struct gate_deployment *rollback = stream->deployments[i];

	for (size_t k = i; k--;) {
		const struct gate_deployment *deployment = stream->deployments[k];

		if (deployment->state == GATE_DEPLOYMENT_SUCCEEDED && deployment->has_commit &&
		    rollback->has_commit && gate_oid_equal(&deployment->commit, &rollback->commit))
			return k;
	}
	return i;
}

/* Those that a rollback passed over are gone with it; which one failed it may say itself. */
static void pass_over(struct gate_stream *stream, size_t i)
{
	const struct gate_deployment *rollback = stream->deployments[i];
	struct gate_deployment *first = NULL, *named = NULL;
	const size_t target = find_target(stream, i);
	size_t n = 0;

	/* Without a target only what ran last is surely gone. */
	for (size_t k = i; k--;) {
		struct gate_deployment *deployment = stream->deployments[k];
		bool is_cause;

		if (k == target || (target == i && n))
			break;
		if (deployment->state != GATE_DEPLOYMENT_SUCCEEDED)
			continue;
		is_cause = rollback->cause && gate_is_named(deployment, rollback->cause);
		deployment->named = deployment->named || is_cause;
		if (!can_fail(deployment) || deployment->removed_by)
			continue;
		remove_by(deployment, rollback);
		first = deployment;
		if (is_cause)
			named = deployment;
		n++;
	}
	if (named)
		fail(named, GATE_FAILURE_NAMED, rollback->id);
	else if (first && fail(first, GATE_FAILURE_ROLLBACK, rollback->id))
		first->ambiguous = n > 1 ? n : 0;
}

/* Whichever part of a change is taken back, it is this change. */
static int note_shipper(struct gate_idmap *shipper, const struct gate_unit *unit,
                        struct gate_deployment *deployment, struct gate_error *err)
{
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < gate_unit_parts(unit); i++)
		code = gate_idmap_set(shipper, &gate_unit_part(unit, i)->id, deployment, err);
	return code;
}

/* Whether a part of a change is a pick of one commit: it keeps the author date. */
static int has_pick(bool *out, struct gate_metrics *metrics, const struct gate_unit *unit,
                    const struct gate_unit *picked, struct gate_error *err)
{
	int code = GATE_OK;

	*out = false;
	for (size_t i = 0; code == GATE_OK && !*out && i < gate_unit_parts(unit); i++) {
		const struct gate_unit *part = gate_unit_part(unit, i);

		if (part->n_commits == 1 && part->authored == picked->authored)
			code = gate_units_equal(out, &metrics->cut, metrics->units, part, picked,
			                        err);
	}
	return code;
}

/* Who shipped the pick, up to place i, where what was taken back is on another line than what runs here. */
static int find_picked(struct gate_deployment **out, struct gate_metrics *metrics,
                       const struct gate_stream *stream, size_t i, const struct gate_unit *undone,
                       struct gate_error *err)
{
	bool found = undone->n_commits != 1;
	int code = GATE_OK;

	for (size_t k = 0; !found && k <= i; k++) {
		struct gate_deployment *deployment = stream->deployments[k];

		for (size_t s = 0; code == GATE_OK && !found && s < deployment->n_ships; s++)
			code = has_pick(&found, metrics, deployment->ships[s].unit, undone, err);
		if (found)
			*out = deployment;
	}
	return code;
}

/* What a deployment takes back or fixes failed. `i`: its place. */
static int blame_undone(struct gate_metrics *metrics, const struct gate_stream *stream, size_t i,
                        const struct gate_idmap *shipper, const struct gate_unit *unit,
                        struct gate_error *err)
{
	const struct gate_deployment *fix = stream->deployments[i];
	int code = GATE_OK;

	for (size_t u = 0; code == GATE_OK && u < unit->n_undoes; u++) {
		const struct gate_unit *undone = gate_units_of(metrics->units, &unit->undoes[u]);
		struct gate_deployment *broken = NULL;
		bool soon;

		if (!undone || undone->revert)
			continue;
		broken = gate_idmap_get(shipper, &undone->id);
		if (!broken)
			code = find_picked(&broken, metrics, stream, i, undone, err);
		if (code < 0 || !broken || broken == fix)
			continue;
		soon = fix->kind == GATE_KIND_HOTFIX ||
		       fix->finish.seconds - broken->finish.seconds <= SOON;
		fail(broken, soon ? GATE_FAILURE_FIX : GATE_FAILURE_LATE_FIX, fix->id);
		if (can_fail(broken))
			remove_by(broken, fix);
	}
	return code;
}

/* Reverts and fixes of what was shipped before, by what first ships them. */
static int find_fixes(struct gate_metrics *metrics, struct gate_stream *stream,
                      struct gate_error *err)
{
	GATE_AUTO(gate_idmap_release) struct gate_idmap shipper = { 0 };
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < stream->n; i++) {
		struct gate_deployment *fix = stream->deployments[i];

		for (size_t k = 0; code == GATE_OK && k < fix->n_ships; k++)
			code = note_shipper(&shipper, fix->ships[k].unit, fix, err);
		for (size_t k = 0; code == GATE_OK && k < fix->n_ships; k++)
			code = blame_undone(metrics, stream, i, &shipper, fix->ships[k].unit, err);
	}
	return code;
}

static void link_incident(struct gate_incident *incident, struct gate_deployment *deployment)
{
	if (!incident->blamed)
		incident->blamed = deployment;
	deployment->n_incidents++;
	if (!incident->resolved)
		deployment->n_open++;
	else if (!deployment->last_incident || incident->end > deployment->last_incident->end)
		deployment->last_incident = incident;
	if (incident->impact &&
	    (!deployment->has_impact || incident->impact < deployment->impact)) {
		deployment->has_impact = true;
		deployment->impact = incident->impact;
	}
}

bool gate_incident_concerns(const struct gate_incident *incident, const char *service,
                            const char *environment)
{
	return (!incident->service || !strcmp(incident->service, service)) &&
	       (!incident->environment || !strcmp(incident->environment, environment));
}

static bool concerns(const struct gate_incident *incident, const struct gate_stream *stream)
{
	return gate_incident_concerns(incident, stream->service, stream->environment);
}

static void blame_named(struct gate_metrics *metrics, const struct gate_names names[],
                        struct gate_incident *incident, const char *cause)
{
	for (size_t i = 0; i < metrics->n_streams; i++) {
		struct gate_stream *stream = &metrics->streams[i];
		struct gate_deployment *deployment =
			concerns(incident, stream)
				? find_named(stream, &names[i], cause, incident->begin)
				: NULL;

		if (!deployment)
			continue;
		deployment->named = true;
		fail(deployment, GATE_FAILURE_NAMED, incident->id);
		link_incident(incident, deployment);
	}
}

/* The last one that succeeded and had finished by then; NULL: none. */
static struct gate_deployment *last_before(const struct gate_stream *stream, int64_t at)
{
	size_t low;

	GATE_BISECT(low, stream->n, stream->deployments[low]->finish.seconds <= at);
	while (low--)
		if (stream->deployments[low]->state == GATE_DEPLOYMENT_SUCCEEDED)
			return stream->deployments[low];
	return NULL;
}

/*
 * An incident that names nothing: the last deployment there, when it is a day old at most, and when it is sure which service is meant. Of one that
 * went back to an older state nothing failed.
 */
static void blame_last(struct gate_metrics *metrics, const struct gate_metrics_input *input,
                       struct gate_incident *incident)
{
	const struct gate_stream *meant = NULL;
	struct gate_deployment *last = NULL;
	size_t n = 0;

	for (size_t i = 0; i < metrics->n_streams; i++)
		if (concerns(incident, &metrics->streams[i])) {
			meant = &metrics->streams[i];
			n++;
		}
	if (n != 1 || (!incident->service && input->n_services > 1))
		return;
	last = last_before(meant, incident->begin);
	if (!last || !can_fail(last) || incident->begin - last->finish.seconds > GATE_DAY)
		return;
	fail(last, GATE_FAILURE_INCIDENT, incident->id);
	link_incident(incident, last);
}

/* The last open incident resolved, or what removed it deployed, whichever came first. */
static void end_failure(struct gate_deployment *deployment)
{
	const struct gate_incident *incident = deployment->last_incident;
	const struct gate_deployment *removed = deployment->removed_by;

	if (!deployment->has_impact)
		deployment->impact = deployment->finish.seconds;
	if (deployment->n_incidents && !deployment->n_open) {
		deployment->recovered = true;
		deployment->recovery = incident->end;
		deployment->recovered_by = incident->id;
	}
	if (removed && (!deployment->recovered || removed->finish.seconds < deployment->recovery)) {
		deployment->recovered = true;
		deployment->recovery = removed->finish.seconds;
		deployment->recovered_by = removed->id;
	}
	if (deployment->recovered && deployment->recovery < deployment->impact)
		deployment->recovery = deployment->impact;
}

static int mark_commits(struct gate_stream *stream, struct gate_error *err)
{
	GATE_AUTO(gate_idmap_release) struct gate_idmap failed = { 0 };
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < stream->n; i++) {
		struct gate_deployment *deployment = stream->deployments[i];

		if ((deployment->failure || deployment->named) && deployment->has_commit)
			code = gate_idmap_set(&failed, &deployment->commit, deployment, err);
	}
	for (size_t i = 0; code == GATE_OK && i < stream->n; i++) {
		struct gate_deployment *deployment = stream->deployments[i];

		deployment->commit_failed =
			deployment->failure || deployment->named ||
			(deployment->has_commit && gate_idmap_get(&failed, &deployment->commit));
	}
	return code;
}

bool gate_deployment_is_good(const struct gate_deployment *deployment)
{
	return deployment->state == GATE_DEPLOYMENT_SUCCEEDED && deployment->has_commit &&
	       !deployment->commit_failed;
}

const struct gate_deployment *gate_stream_last_good(const struct gate_deployment **running,
                                                    const struct gate_stream *stream, bool previous)
{
	*running = NULL;
	for (size_t i = stream->n; i--;) {
		const struct gate_deployment *deployment = stream->deployments[i];

		if (!*running && deployment->state == GATE_DEPLOYMENT_SUCCEEDED)
			*running = deployment;
		if (gate_deployment_is_good(deployment) &&
		    !(previous && (*running)->has_commit &&
		      gate_oid_equal(&deployment->commit, &(*running)->commit)))
			return deployment;
	}
	return NULL;
}

static void blame_incidents(struct gate_metrics *metrics, const struct gate_metrics_input *input,
                            const struct gate_names names[])
{
	for (size_t i = 0; i < metrics->n_incidents; i++) {
		struct gate_incident *incident = &metrics->incidents[i];

		if (incident->cause)
			blame_named(metrics, names, incident, incident->cause);
		else if (incident->artifact)
			blame_named(metrics, names, incident, incident->artifact);
		/* "none" is what infrastructure failed by itself; what names something else is no guess either. */
		if (!incident->cause && !incident->blamed && incident->detected)
			blame_last(metrics, input, incident);
	}
}

static int blame(struct gate_metrics *metrics, const struct gate_metrics_input *input,
                 struct gate_error *err)
{
	struct gate_names *names;
	int code = GATE_OK;

	if (!metrics->n_incidents)
		return GATE_OK;
	names = calloc(metrics->n_streams + 1, sizeof(*names));
	if (!names)
		return gate_fail_memory(err);
	for (size_t i = 0; code == GATE_OK && i < metrics->n_streams; i++)
		code = gate_names_read(&names[i], &metrics->streams[i], err);
	if (code == GATE_OK)
		blame_incidents(metrics, input, names);
	for (size_t i = 0; i < metrics->n_streams; i++)
		gate_names_release(&names[i]);
	free(names);
	return code;
}

int gate_metrics_find_failures(struct gate_metrics *metrics, const struct gate_metrics_input *input,
                               struct gate_error *err)
{
	int code = GATE_OK;

	for (size_t i = 0; i < metrics->n_streams; i++) {
		struct gate_stream *stream = &metrics->streams[i];

		for (size_t k = 0; k < stream->n; k++)
			if (stream->deployments[k]->state == GATE_DEPLOYMENT_SUCCEEDED &&
			    stream->deployments[k]->kind == GATE_KIND_ROLLBACK)
				pass_over(stream, k);
		code = find_fixes(metrics, stream, err);
		if (code < 0)
			return code;
	}
	code = blame(metrics, input, err);
	for (size_t i = 0; code == GATE_OK && i < metrics->n_streams; i++) {
		for (size_t k = 0; k < metrics->streams[i].n; k++)
			if (metrics->streams[i].deployments[k]->failure)
				end_failure(metrics->streams[i].deployments[k]);
		code = mark_commits(&metrics->streams[i], err);
	}
	return code;
}
