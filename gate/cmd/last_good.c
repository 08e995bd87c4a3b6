/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/escape.h"
#include "gate/base/file.h"
#include "gate/base/json.h"
#include "gate/cmd/incidents.h"
#include "gate/cmd/measured.h"
#include "gate/cmd/way_back.h"

struct last_good {
	struct gate_measured measured;
	bool previous;
};

static const struct gate_option options[] = {
	{ 's', "service", "NAME", GATE_OPTION_TEXT, offsetof(struct last_good, measured.service),
	  "of this service; default: the only one" },
	{ 'e', "environment", "NAME", GATE_OPTION_TEXT,
	  offsetof(struct last_good, measured.environment),
	  "there; default: the only environment of tier production" },
	{ 0, "previous", NULL, GATE_OPTION_FLAG, offsetof(struct last_good, previous),
	  "not what runs there now: when that fails and nobody has recorded it yet" },
	GATE_SOURCE_OPTIONS(struct last_good),
	{ 0 },
};

static int find_stream(const struct gate_stream **out, const struct last_good *opts,
                       const struct gate_measurement *all, struct gate_error *err)
{
	const struct gate_stream *found = NULL;

	for (size_t i = 0; i < all->metrics.n_streams; i++) {
		const struct gate_stream *stream = &all->metrics.streams[i];

		if (!gate_measured_wants(&opts->measured, all, stream))
			continue;
		if (found && strcmp(found->service, stream->service) != 0)
			return gate_fail(err, GATE_EUSAGE,
			                 "which service? --service NAME, such as '%s'",
			                 found->service);
		if (found)
			return gate_fail(err, GATE_EUSAGE,
			                 "where? --environment NAME, such as '%s'",
			                 found->environment);
		found = stream;
	}
	*out = found;
	return GATE_OK;
}

/* What is found, and what was asked. */
struct answer {
	const struct gate_measurement *all;
	const struct gate_stream *stream;
	const struct gate_deployment *good, *running;
	struct gate_way_back way; /* own */
	struct gate_metrics_head head;
};

static void answer_release(struct answer *answer)
{
	gate_way_back_release(&answer->way);
}
GATE_DEFINE_AUTO_STRUCT(struct answer, answer_release)

static void add_open_incidents(struct gate_json_writer *w, const struct answer *answer)
{
	const struct gate_metrics *metrics = &answer->all->metrics;

	gate_json_begin_list(w, "open-incidents");
	for (size_t i = 0; i < metrics->n_incidents; i++)
		if (metrics->incidents[i].id &&
		    gate_incident_is_open_in(&metrics->incidents[i], answer->stream))
			gate_json_text(w, NULL, metrics->incidents[i].id);
	gate_json_end_list(w);
}

static void write_json(struct gate_buf *out, const struct answer *answer)
{
	struct gate_json_writer w = { .buf = out };
	GATE_AUTO(gate_buf_release) struct gate_buf time = { 0 };
	const struct gate_deployment *good = answer->good;
	char hex[GATE_OID_HEX];

	gate_time_format(&time, good->finish, false);
	gate_json_begin_map(&w, NULL);
	gate_json_number(&w, "version", 1);
	gate_json_begin_map(&w, "head");
	gate_metrics_head_json(&w, &answer->head);
	gate_json_end_map(&w);
	gate_json_text(&w, "commit", gate_oid_hex(hex, &good->commit));
	gate_json_text(&w, "service", good->service);
	gate_json_text(&w, "environment", good->environment);
	gate_json_text(&w, "deployment", good->id);
	gate_json_buf(&w, "finished", &time);
	gate_json_bool(&w, "runs-now", good == answer->running);
	gate_json_bool(&w, "inferred", good->inferred);
	gate_json_bool(&w, "in-this-clone", good->here);
	add_open_incidents(&w, answer);
	gate_way_back_json(&w, &answer->way);
	gate_json_end_map(&w);
	gate_buf_putc(out, '\n');
}

/* What it follows from. Whether a deployment failed is what the fail rate counts. */
static void say_head(const struct gate_metrics_head *head)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	gate_metrics_head_line(&text, GATE_METRIC_FAIL_RATE, head);
	gate_talk("%s", gate_buf_text(&text));
}

static void say(const struct gate_deployment *good, const struct gate_deployment *running)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	gate_escape_printf(&text, "%s in %s: %s %s, finished ", good->service, good->environment,
	                   good->inferred ? "tag" : "deployment", good->id);
	if (text.len)
		text.ptr[--text.len] = '\0';
	gate_time_format(&text, good->finish, false);
	gate_talk("%s%s", gate_buf_text(&text),
	          good == running ? ", runs now; --previous names the one before it" : "");
	if (!good->here)
		gate_talk("warning: this commit is not in this clone");
}

static void say_way(const struct gate_way_back *way)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	gate_way_back_text(&text, way);
	if (text.len)
		gate_talk("%s", gate_buf_text(&text));
}

/* To go back to what runs mends nothing: said to a script too, which would record just that. */
static void warn_of_incidents(const struct answer *answer)
{
	const struct gate_metrics *metrics = &answer->all->metrics;
	const struct gate_incident *first = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	size_t n = 0;

	if (answer->good != answer->running)
		return;
	for (size_t i = 0; i < metrics->n_incidents; i++) {
		if (!gate_incident_is_open_in(&metrics->incidents[i], answer->stream))
			continue;
		first = first ? first : &metrics->incidents[i];
		n++;
	}
	if (!first)
		return;
	gate_incident_open(&text, metrics, first);
	if (n > 1)
		gate_buf_printf(&text, ", and %zu more", n - 1);
	gate_talk("warning: %s; this commit runs now: --previous names the one before it",
	          gate_buf_text(&text));
}

static bool wants_json(const struct gate_context *context)
{
	return context->common.format && !strcmp(context->common.format, "json");
}

/* The commit alone goes to standard output, for `git checkout $(...)`; what it is to standard error. */
static int print(const struct gate_context *context, const struct answer *answer,
                 struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
	char hex[GATE_OID_HEX];

	if (wants_json(context)) {
		write_json(&out, answer);
	} else {
		gate_buf_printf(&out, "%s\n", gate_oid_hex(hex, &answer->good->commit));
		if (!context->common.quiet) {
			say(answer->good, answer->running);
			say_way(&answer->way);
			say_head(&answer->head);
		}
		warn_of_incidents(answer);
	}
	if (gate_buf_failed(&out))
		return gate_fail_memory(err);
	return gate_fd_write(1, "standard output", out.ptr, out.len, err);
}

static int run(struct gate_context *context, void *opts, int n_args, char *args[],
               struct gate_error *err)
{
	const struct last_good *last_good = opts;
	struct gate_measured measured = last_good->measured;
	GATE_AUTO(gate_measurement_release) struct gate_measurement all = { 0 };
	GATE_AUTO(answer_release) struct answer answer = { .all = &all };
	int code;

	if (n_args)
		return gate_fail(err, GATE_EUSAGE, "last-good takes no argument '%s'", args[0]);
	measured.window = "all";
	code = gate_measured_open(&all, &measured, context, err);
	if (code == GATE_OK)
		code = find_stream(&answer.stream, last_good, &all, err);
	if (code < 0)
		return code;
	answer.head = gate_measured_head(&all);
	if (answer.stream)
		answer.good =
			gate_stream_last_good(&answer.running, answer.stream, last_good->previous);
	if (!answer.good) {
		gate_talk(answer.stream ? "nothing that ran there did so without failing"
		                        : "no deployment is known");
		if (!context->common.quiet)
			say_head(&answer.head);
		return GATE_EXIT_INCONCLUSIVE;
	}
	if (wants_json(context) || !context->common.quiet)
		code = gate_way_back_find(&answer.way, &all, answer.stream, answer.good,
		                          answer.running, err);
	if (code == GATE_OK)
		code = print(context, &answer, err);
	return code < 0 ? code : GATE_EXIT_PASSED;
}

const struct gate_command gate_command_last_good = {
	.name = "last-good",
	.synopsis = "",
	.summary = "name the newest commit that ran without failing",
	.options = options,
	.size = sizeof(struct last_good),
	.needs_repo = true,
	.reports = true,
	.run = run,
};
