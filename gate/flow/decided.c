/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/decided.h"

#include "gate/base/file.h"
#include "gate/change/change.h"
#include "gate/ci/ci.h"
#include "gate/flow/event_json.h"
#include "gate/flow/log.h"
#include "gate/flow/talk.h"
#include "gate/version.h"

#include <stdio.h>
#include <sys/stat.h>

#define TYPE GATE_EVENT_GATE_DECIDED
/* A line has more than a hundred bytes, so that two files of this size have fewer than 10 000 lines. */
#define LARGEST_HOOKS_FILE ((off_t)512 * 1024)

static bool is_worth_an_event(const struct gate_verdict *verdict)
{
	return verdict->result != GATE_PASS || verdict->warnings || verdict->shadow;
}

/* The rules that had something to say: id and outcome. */
static void write_rules(struct gate_json_writer *w, const struct gate_verdict *verdict)
{
	gate_json_begin_list(w, "rules");
	for (size_t i = 0; i < verdict->n_outcomes; i++) {
		const struct gate_rule_outcome *outcome = &verdict->outcomes[i];

		if (outcome->outcome != GATE_FAIL && outcome->outcome != GATE_INCONCLUSIVE)
			continue;
		gate_json_begin_map(w, NULL);
		gate_json_text(w, "id", outcome->rule->id);
		gate_json_text(w, "outcome", gate_outcome_names[outcome->outcome]);
		if (outcome->silent)
			gate_json_bool(w, "shadow", true);
		gate_json_end_map(w);
	}
	gate_json_end_list(w);
}

static void write_verdict(struct gate_json_writer *w, const struct gate_judged *judged)
{
	const struct gate_change *change = judged->change;
	char hex[GATE_OID_HEX];

	if (change->has_head)
		gate_json_text(w, "commit", gate_oid_hex(hex, &change->head));
	if (change->has_base)
		gate_json_text(w, "base", gate_oid_hex(hex, &change->base));
	gate_json_text(w, "stage", gate_stage_names[change->stage]);
	gate_json_text(w, "outcome", gate_outcome_names[judged->verdict->result]);
	gate_json_number(w, "warnings", (int64_t)judged->verdict->warnings);
	gate_json_text(w, "policy", judged->config->digest);
	gate_json_text(w, "program", "doragate " GATE_VERSION);
	write_rules(w, judged->verdict);
}

/* One change judged at one stage by one policy in one run of the CI is one decision. */
static void make_id(char id[GATE_DIGEST_HEX], const struct gate_judged *judged,
                    const struct gate_buf *verdict)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	gate_buf_puts(&text, judged->change->name);
	gate_buf_putc(&text, '\0');
	gate_ci_job(&text);
	gate_buf_putc(&text, '\0');
	gate_buf_add(&text, gate_buf_text(verdict), verdict->len);
	gate_digest_hex(id, gate_buf_text(&text), text.len);
}

static int record(struct gate_log *log, const struct gate_judged *judged, struct gate_time now,
                  struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf json = { 0 }, source = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf verdict = { 0 }, repository = { 0 };
	struct gate_json_writer w = { .buf = &json }, v = { .buf = &verdict };
	char id[GATE_DIGEST_HEX], hex[GATE_OID_HEX];
	int code = gate_log_source(&source, log, "check", err);

	if (code == GATE_OK)
		code = gate_log_source(&repository, log, NULL, err);
	if (code < 0)
		return code;
	gate_json_begin_map(&v, NULL);
	write_verdict(&v, judged);
	gate_json_end_map(&v);
	make_id(id, judged, &verdict);
	gate_event_json_begin(&w, TYPE, id, &source, now);
	gate_json_begin_map(&w, "subject");
	gate_json_text(&w, "id",
	               judged->change->has_head ? gate_oid_hex(hex, &judged->change->head)
	                                        : judged->change->name);
	gate_json_begin_map(&w, "content");
	gate_json_end_map(&w);
	gate_json_end_map(&w);
	gate_json_begin_map(&w, "customData");
	gate_json_begin_map(&w, "dora");
	gate_json_buf(&w, "repository", &repository);
	write_verdict(&w, judged);
	gate_json_end_map(&w);
	gate_json_end_map(&w);
	gate_json_text(&w, "customDataContentType", "application/json");
	gate_json_end_map(&w);
	return gate_buf_failed(&json) ? gate_fail_memory(err) : gate_log_record(log, &json, err);
}

/* What a hook did here, for whoever wants to know why a push was slow or stopped: never shared, safe to delete. */
static int note_hook(const struct gate_judged *judged, struct gate_time now, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 }, old = { 0 }, json = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf line = { 0 }, time = { 0 };
	GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };
	struct gate_json_writer w = { .buf = &json };
	struct stat st;
	int code;

	gate_buf_printf(&path, "%s/doragate", gate_repo_common_dir(judged->change->repo));
	code = gate_buf_failed(&path) ? gate_fail_memory(err) : gate_mkdirs(path.ptr, 0777, err);
	if (code < 0)
		return code;
	gate_buf_puts(&path, "/hooks");
	gate_buf_printf(&old, "%s.1", gate_buf_text(&path));
	gate_time_format(&time, now, true);
	gate_json_begin_map(&w, NULL);
	gate_json_buf(&w, "at", &time);
	gate_json_text(&w, "name", judged->change->name);
	write_verdict(&w, judged);
	gate_json_end_map(&w);
	if (gate_buf_failed(&path) || gate_buf_failed(&old) || gate_buf_failed(&json))
		return gate_fail_memory(err);
	code = gate_json_text_parse(&text, NULL, json.ptr, json.len, 8, err);
	if (code < 0)
		return code;
	gate_json_compact(&line, &text, text.nodes);
	gate_buf_putc(&line, '\n');
	if (stat(path.ptr, &st) == 0 && st.st_size + (off_t)line.len > LARGEST_HOOKS_FILE)
		rename(path.ptr, old.ptr);
	return gate_file_note(path.ptr, line.ptr, line.len, err);
}

void gate_decided(const struct gate_judged *judged, const struct gate_time *now, bool hook)
{
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	const struct gate_time at = now ? *now : gate_now();
	struct gate_error err = { 0 };
	bool event = is_worth_an_event(judged->verdict) &&
	             (gate_ci_active() || (hook && judged->config->log.share_hooks));
	int code = hook ? note_hook(judged, at, &err) : GATE_OK;

	if (event && code == GATE_OK)
		code = gate_log_open(&log, judged->change->repo, now, &err);
	if (event && code == GATE_OK)
		code = record(&log, judged, at, &err);
	/* A folder that cannot be written is no news on a machine where nothing is to be shared. */
	if (code < 0 && event)
		gate_talk("warning: the decision was not recorded: %s", err.message);
}
