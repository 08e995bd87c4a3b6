/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The metrics of a repository: configuration, log and history, read once, and the table of deployments that follows.
 *
 * The configuration is that of one commit, never of the work tree: --config REV, else the default branch of the home remote, else HEAD. That
 * commit is also the tip of the trunk.
 */
#ifndef GATE_FLOW_MEASURE_H
#define GATE_FLOW_MEASURE_H

#include "gate/flow/log.h"
#include "gate/flow/window.h"
#include "gate/metrics/memo.h"
#include "gate/read/services.h"

struct gate_measure_options {
	const char *config; /* a revision; NULL: see above */
	/* A commit of the log, or a time or day: the newest that is not later. NULL: the log as it is, with what is not shared yet. */
	const char *as_of;
	const struct gate_time *now; /* NULL: the time of `as_of`, else the next second */
	const char *window, *to;     /* as gate_window_parse takes them */
	const char *zone;            /* of days and weeks; NULL: UTC */
};

struct gate_measurement {
	struct gate_zone *zone; /* own; NULL: UTC */
	struct gate_window window;
	struct gate_log log;
	struct gate_live_log live;
	struct gate_config *config; /* own; sealed */
	struct gate_oid config_commit;
	bool has_config_commit;                /* false: there is no commit yet */
	char *repository;                      /* own */
	struct gate_metrics_service *services; /* own array; of the configuration, else found */
	struct gate_found_services
		*found; /* own; NULL: the configuration has services, or there is no commit */
	struct gate_pathset **folders; /* own, one for each that was found */
	struct gate_metrics_input input;
	struct gate_memo *memo; /* own */
	struct gate_metrics metrics;
};

/** Writes nothing but its cache, `<git common dir>/doragate/metrics`, and asks no network. */
int gate_measure(struct gate_measurement *out, const struct gate_repo *repo,
                 const struct gate_measure_options *options, struct gate_error *err);
void gate_measurement_release(struct gate_measurement *measurement);
GATE_DEFINE_AUTO_STRUCT(struct gate_measurement, gate_measurement_release)

/** Whether deployments in an environment are measured when nobody names one: those of tier production. */
bool gate_measures_environment(const struct gate_measurement *measurement, const char *environment);

#endif
