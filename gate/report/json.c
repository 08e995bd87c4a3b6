/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For programs. docs/verdict.schema.json says what each member means; a change of either changes both.
 */
#include "gate/base/json.h"

#include "gate/report/report.h"
#include "gate/version.h"

static void oid_or_null(struct gate_json_writer *w, const char *key, bool known,
                        const struct gate_oid *id)
{
	char hex[GATE_OID_HEX];

	gate_json_text_or_null(w, key, known ? gate_oid_hex(hex, id) : NULL);
}

static const char *mode_name(bool silent)
{
	return silent ? "shadow" : "enforce";
}

static void write_change(struct gate_json_writer *w, const struct gate_change *change)
{
	bool committed = change->has_head && !change->head_files.index;

	gate_json_text(w, "name", change->name);
	gate_json_text(w, "stage", gate_stage_names[change->stage]);
	oid_or_null(w, "base", change->has_base, &change->base);
	gate_json_text_or_null(w, "base-how", change->base_how);
	oid_or_null(w, "head", committed, &change->head);
	oid_or_null(w, "head-tree", committed, &change->head_files.tree);
	gate_json_text_or_null(w, "branch", change->branch);
	gate_json_text_or_null(w, "target", change->target);
}

static void write_policy(struct gate_json_writer *w, const struct gate_judged *judged)
{
	gate_json_begin_map(w, "policy");
	gate_json_text_or_null(w, "judge", judged->change->judge_how);
	gate_json_bool(w, "found", judged->config->found);
	gate_json_text(w, "mode", mode_name(judged->config->mode == GATE_MODE_SHADOW));
	gate_json_text(w, "digest", judged->config->digest);
	gate_json_end_map(w);
}

static void write_rule(struct gate_json_writer *w, const struct gate_rule_outcome *outcome)
{
	gate_json_begin_map(w, NULL);
	gate_json_text(w, "id", outcome->rule->id);
	gate_json_text(w, "severity", gate_severity_names[outcome->rule->severity]);
	gate_json_text(w, "mode", mode_name(outcome->silent));
	gate_json_text(w, "outcome", gate_outcome_names[outcome->outcome]);
	gate_json_number(w, "items", (int64_t)outcome->n_items);
	gate_json_bool(w, "excepted", outcome->excepted);
	gate_json_text(w, "reason", outcome->reason);
	gate_json_text(w, "mend", outcome->mend);
	gate_json_end_map(w);
}

static void write_place(struct gate_json_writer *w, const char *key, const char *path,
                        unsigned line)
{
	gate_json_begin_map(w, key);
	gate_json_text(w, "path", path);
	if (line)
		gate_json_number(w, "line", line);
	else
		gate_json_null(w, "line");
	gate_json_end_map(w);
}

static void write_finding(struct gate_json_writer *w, const struct gate_verdict *verdict,
                          const struct gate_finding *finding)
{
	gate_json_begin_map(w, NULL);
	gate_json_text(w, "rule", finding->rule->id);
	gate_json_text(w, "outcome", gate_outcome_names[finding->outcome]);
	gate_json_text(w, "severity", gate_severity_names[finding->rule->severity]);
	gate_json_text(w, "mode",
	               mode_name(verdict->shadow_all || finding->rule->mode == GATE_MODE_SHADOW));
	gate_json_text(w, "predicate", finding->predicate);
	gate_json_text(w, "message", finding->message);
	if (finding->path)
		write_place(w, "place", finding->path, finding->line);
	else
		gate_json_null(w, "place");
	gate_json_begin_list(w, "places");
	for (size_t i = 0; i < finding->n_places; i++)
		write_place(w, NULL, finding->places[i].path, finding->places[i].line);
	gate_json_end_list(w);
	gate_json_number(w, "places-found", (int64_t)finding->n_all_places);
	gate_json_text_or_null(w, "commit", finding->commit);
	gate_json_text_or_null(w, "subject", finding->subject);
	gate_json_text_or_null(w, "service", finding->service);
	gate_json_text_or_null(w, "why", finding->rule->why);
	gate_json_text_or_null(w, "see", finding->rule->see);
	gate_json_text_or_null(w, "fix", finding->fix);
	gate_json_end_map(w);
}

static void write_judged(struct gate_json_writer *w, const struct gate_judged *judged)
{
	const struct gate_verdict *verdict = judged->verdict;

	gate_json_begin_map(w, NULL);
	write_change(w, judged->change);
	write_policy(w, judged);
	gate_json_text(w, "result", gate_outcome_names[verdict->result]);
	gate_json_begin_map(w, "counts");
	gate_json_number(w, "errors", (int64_t)verdict->errors);
	gate_json_number(w, "warnings", (int64_t)verdict->warnings);
	gate_json_number(w, "infos", (int64_t)verdict->infos);
	gate_json_number(w, "inconclusive", (int64_t)verdict->inconclusive);
	gate_json_number(w, "deferred", (int64_t)verdict->deferred);
	gate_json_number(w, "shadow", (int64_t)verdict->shadow);
	gate_json_end_map(w);
	gate_json_text_or_null(w, "note", judged->note);
	gate_json_begin_list(w, "rules");
	for (size_t i = 0; i < verdict->n_outcomes; i++)
		write_rule(w, &verdict->outcomes[i]);
	gate_json_end_list(w);
	gate_json_begin_list(w, "findings");
	for (size_t i = 0; i < verdict->n_findings; i++)
		write_finding(w, verdict, &verdict->findings[i]);
	gate_json_end_list(w);
	gate_json_end_map(w);
}

int gate_report_json(struct gate_buf *out, const struct gate_report *report,
                     const struct gate_report_style *style, struct gate_error *err)
{
	struct gate_json_writer w = { .buf = out };
	GATE_AUTO(gate_buf_release) struct gate_buf now = { 0 };

	(void)style;
	gate_time_format(&now, report->now, false);
	gate_json_begin_map(&w, NULL);
	gate_json_number(&w, "version", 1);
	gate_json_text(&w, "program", "doragate " GATE_VERSION);
	gate_json_buf(&w, "now", &now);
	gate_json_number(&w, "exit", report->exit);
	gate_json_begin_list(&w, "changes");
	for (size_t i = 0; i < report->n; i++)
		write_judged(&w, &report->items[i]);
	gate_json_end_list(&w);
	gate_json_end_map(&w);
	gate_buf_putc(out, '\n');
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}
