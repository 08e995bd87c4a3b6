/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reports: verdicts in, text out. One file for each format; a format is one row.
 *
 * Text from outside is escaped for where it goes. The same input gives the same bytes.
 */
#ifndef GATE_REPORT_REPORT_H
#define GATE_REPORT_REPORT_H

#include "gate/base/clock.h"
#include "gate/policy/verdict.h"
#include "gate/report/exit.h"

/** One judged change. All borrowed. */
struct gate_judged {
	const struct gate_change *change;
	const struct gate_config *config;
	const struct gate_verdict *verdict;
	const char *note; /* a sentence the user should know ("... is not committed"); NULL: none */
	bool note_matters; /* also where only what matters is said: in a hook */
};

struct gate_report {
	const struct gate_judged *items;
	size_t n;
	enum gate_exit exit;
	struct gate_time now;
};

struct gate_report_style {
	bool color;
	bool brief; /* a hook: what is only in shadow is counted, not listed, and a pass says nothing more than it must */
	bool quiet; /* nothing but findings that block */
};

struct gate_format {
	const char *name, *summary;
	/* Appends the whole report. */
	int (*write)(struct gate_buf *out, const struct gate_report *report,
	             const struct gate_report_style *style, struct gate_error *err);
};

/** Ends with a row without name. */
extern const struct gate_format gate_formats[];

int gate_report_text(struct gate_buf *out, const struct gate_report *report,
                     const struct gate_report_style *style, struct gate_error *err);
int gate_report_json(struct gate_buf *out, const struct gate_report *report,
                     const struct gate_report_style *style, struct gate_error *err);

#endif
