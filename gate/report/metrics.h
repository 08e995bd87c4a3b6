/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The figures of services as text for people and as JSON (docs/metrics.schema.json). Equal input gives equal bytes.
 */
#ifndef GATE_REPORT_METRICS_H
#define GATE_REPORT_METRICS_H

#include "gate/metrics/figures.h"
#include "gate/report/report.h"

/** What the figures are of: equal heads mean equal bytes. All borrowed. */
struct gate_metrics_head {
	const char *repository;
	const char *log;           /* position of the log; NULL: it is empty */
	const char *config_commit; /* hexadecimal; NULL: there is no commit yet */
	const char *config_digest;
	struct gate_window window; /* as asked for; from INT64_MIN: all */
	int64_t now;
	size_t n_unshared; /* lines that only this machine has */
	size_t n_found; /* services that nobody configured, found in the files; 0: they are configured, or there are none */
	size_t n_missing, n_tags_left_out;
	bool inferred, cut, shallow;
};

struct gate_metrics_report {
	const struct gate_metrics_head *head;
	const struct gate_figures *figures; /* by environment, then service */
	size_t n;
};

int gate_metrics_text(struct gate_buf *out, const struct gate_metrics_report *report,
                      const struct gate_report_style *style, struct gate_error *err);
int gate_metrics_json(struct gate_buf *out, const struct gate_metrics_report *report,
                      struct gate_error *err);

#endif
