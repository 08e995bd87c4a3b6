/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The figures of services as text for people and as JSON (docs/metrics.schema.json). Equal input gives equal bytes.
 */
#ifndef GATE_REPORT_METRICS_H
#define GATE_REPORT_METRICS_H

#include "gate/base/json.h"
#include "gate/metrics/figures.h"
#include "gate/report/report.h"

/** What the figures are of: equal heads mean equal bytes. All borrowed. */
struct gate_metrics_head {
	const char *repository;
	const char *service, *environment; /* to record a deployment of; NULL: no name to be had */
	const char *log;                   /* position of the log; NULL: it is empty */
	bool as_of;                        /* and nothing but what the log was there */
	char config_commit[GATE_OID_HEX];  /* "": there is no commit yet */
	const char *config_digest;
	struct gate_window window; /* as asked for; from INT64_MIN: all */
	int64_t now;
	size_t n_unshared; /* lines that only this machine has, where they were read */
	size_t n_found; /* services that nobody configured, found in the files; 0: they are configured, or there are none */
	size_t n_missing, n_tags_left_out;
	bool inferred, cut, shallow;
	bool guessed; /* gate_lead_is_guessed of one of these, and there is a remote to ask */
	struct gate_refs_read tags, requests;
};

struct gate_metrics_report {
	const struct gate_metrics_head *head;
	const struct gate_figures *figures; /* by environment, then service */
	size_t n;
};

/**
 * What every report of what is measured begins with: "<title> of <repository>", the window, what was read, and the definition of a metric, GATE_METRICS: of all.
 * Like the others of the head, it leaves it to the caller to see whether memory ran out (gate_buf_failed).
 */
void gate_metrics_head_text(struct gate_buf *out, const char *title, enum gate_metric metric,
                            const struct gate_metrics_head *head,
                            const struct gate_report_style *style);
/** And ends with: an empty line and one for each thing that is not here, or nothing. `any`: there are deployments. */
void gate_metrics_foot_text(struct gate_buf *out, const struct gate_metrics_head *head, bool any);
/** The same in one line without its end, for an answer that is a line itself. */
void gate_metrics_head_line(struct gate_buf *out, enum gate_metric metric,
                            const struct gate_metrics_head *head);
/** The members of the head, into the map that is open. */
void gate_metrics_head_json(struct gate_json_writer *w, const struct gate_metrics_head *head);

int gate_metrics_text(struct gate_buf *out, const struct gate_metrics_report *report,
                      const struct gate_report_style *style, struct gate_error *err);
int gate_metrics_json(struct gate_buf *out, const struct gate_metrics_report *report,
                      struct gate_error *err);

#endif
