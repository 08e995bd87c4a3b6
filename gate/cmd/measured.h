/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is measured: which services and environments, over which time. For metrics, last-good and explain metric.
 */
#ifndef GATE_CMD_MEASURED_H
#define GATE_CMD_MEASURED_H

#include "gate/cmd/cmd.h"
#include "gate/flow/measure.h"
#include "gate/report/metrics.h"

struct gate_measured {
	const char *service, *environment, *window, *to, *zone, *config, *as_of;
};

/** Rows for a table whose struct has a `struct gate_measured` named `measured`: what is read. */
#define GATE_SOURCE_OPTIONS(type) \
	{ 0, \
	  "config", \
	  "REV", \
	  GATE_OPTION_TEXT, \
	  offsetof(type, measured.config), \
	  "the commit whose .doragate.yml counts; default: the home's default branch, else " \
	  "HEAD" }, \
	{ \
		0, "as-of", "WHEN", GATE_OPTION_TEXT, offsetof(type, measured.as_of), \
			"the log as it was: a commit of it, or a time; default: as it is" \
	}

/** The same, and before it what is measured. */
#define GATE_MEASURED_OPTIONS(type) \
	{ 's', \
	  "service", \
	  "NAME", \
	  GATE_OPTION_TEXT, \
	  offsetof(type, measured.service), \
	  "only this service" }, \
		{ 'e', \
		  "environment", \
		  "NAME", \
		  GATE_OPTION_TEXT, \
		  offsetof(type, measured.environment), \
		  "only there; 'all' for all; default: those of tier production" }, \
		{ 0, \
		  "window", \
		  "W", \
		  GATE_OPTION_TEXT, \
		  offsetof(type, measured.window), \
		  "90d (default), 12w, 1y, all, or a day from which" }, \
		{ 0, \
		  "to", \
		  "TIME", \
		  GATE_OPTION_TEXT, \
		  offsetof(type, measured.to), \
		  "the end of the window; default: now" }, \
		{ 0, \
		  "zone", \
		  "NAME", \
		  GATE_OPTION_TEXT, \
		  offsetof(type, measured.zone), \
		  "of days and weeks, such as Europe/Berlin; default: UTC" }, \
		GATE_SOURCE_OPTIONS(type)

/** Reads everything. GATE_EUSAGE: a service that nobody knows, with the nearest. */
int gate_measured_open(struct gate_measurement *out, const struct gate_measured *measured,
                       struct gate_context *context, struct gate_error *err);

/** The head of a report of it. Borrows from it. */
struct gate_metrics_head gate_measured_head(const struct gate_measurement *all);

/** True for the streams that were asked for. */
bool gate_measured_wants(const struct gate_measured *measured,
                         const struct gate_measurement *measurement,
                         const struct gate_stream *stream);

#endif
