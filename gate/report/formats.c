/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/report/report.h"

const struct gate_format gate_formats[] = {
	{ "text", "for people", gate_report_text },
	{ "json", "for programs; docs/verdict.schema.json", gate_report_json },
	{ 0 },
};
