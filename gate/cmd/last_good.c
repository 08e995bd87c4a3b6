/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/escape.h"
#include "gate/base/file.h"
#include "gate/base/json.h"
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
	{ 0, "config", "REV", GATE_OPTION_TEXT, offsetof(struct last_good, measured.config),
	  "the commit whose .doragate.yml counts; default: the home's default branch, else HEAD" },
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

static void write_json(struct gate_buf *out, const struct gate_deployment *good, bool runs,
                       const struct gate_way_back *way)
{
	struct gate_json_writer w = { .buf = out };
	GATE_AUTO(gate_buf_release) struct gate_buf time = { 0 };
	char hex[GATE_OID_HEX];

	gate_time_format(&time, good->finish, false);
	gate_json_begin_map(&w, NULL);
	gate_json_number(&w, "version", 1);
	gate_json_text(&w, "commit", gate_oid_hex(hex, &good->commit));
	gate_json_text(&w, "service", good->service);
	gate_json_text(&w, "environment", good->environment);
	gate_json_text(&w, "deployment", good->id);
	gate_json_buf(&w, "finished", &time);
	gate_json_bool(&w, "runs-now", runs);
	gate_json_bool(&w, "inferred", good->inferred);
	gate_json_bool(&w, "in-this-clone", good->here);
	gate_way_back_json(&w, way);
	gate_json_end_map(&w);
	gate_buf_putc(out, '\n');
}

/* The commit alone goes to standard output, for `git checkout $(...)`; what it is to standard error. */
static void say(const struct gate_deployment *good, const struct gate_deployment *running,
                const struct gate_way_back *way)
{
	GATE_AUTO(gate_buf_release) struct gate_buf back = { 0 };
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
	gate_way_back_text(&back, way);
	if (back.len)
		gate_talk("%s", gate_buf_text(&back));
}

static int print(const struct gate_context *context, const struct gate_measurement *all,
                 const struct gate_stream *stream, const struct gate_deployment *good,
                 const struct gate_deployment *running, struct gate_error *err)
{
	GATE_AUTO(gate_way_back_release) struct gate_way_back way = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
	const bool json = context->common.format && !strcmp(context->common.format, "json");
	char hex[GATE_OID_HEX];
	int code = GATE_OK;

	if (json || !context->common.quiet)
		code = gate_way_back_find(&way, all, stream, good, running, err);
	if (code < 0)
		return code;
	if (json) {
		write_json(&out, good, good == running, &way);
	} else {
		gate_buf_printf(&out, "%s\n", gate_oid_hex(hex, &good->commit));
		if (!context->common.quiet)
			say(good, running, &way);
	}
	if (gate_buf_failed(&out))
		return gate_fail_memory(err);
	return gate_fd_write(1, "standard output", out.ptr, out.len, err);
}

static int run(struct gate_context *context, void *opts, int n_args, char *args[],
               struct gate_error *err)
{
	const struct last_good *last_good = opts;
	GATE_AUTO(gate_measurement_release) struct gate_measurement all = { 0 };
	struct gate_window window;
	const struct gate_stream *stream;
	const struct gate_deployment *good = NULL, *running = NULL;
	int code;

	if (n_args)
		return gate_fail(err, GATE_EUSAGE, "last-good takes no argument '%s'", args[0]);
	if (context->common.outputs.n)
		return gate_fail(err, GATE_EUSAGE, "last-good writes to standard output only");
	code = gate_measured_open(&all, &window, &last_good->measured, context, err);
	if (code == GATE_OK)
		code = find_stream(&stream, last_good, &all, err);
	if (code < 0)
		return code;
	if (stream)
		good = gate_stream_last_good(&running, stream, last_good->previous);
	if (!good) {
		gate_talk(stream ? "nothing that ran there did so without failing"
		                 : "no deployment is known");
		return GATE_EXIT_INCONCLUSIVE;
	}
	code = print(context, &all, stream, good, running, err);
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
