/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/log.h"
#include "gate/base/escape.h"
#include "gate/base/file.h"
#include "gate/base/limits.h"
#include "gate/base/typo.h"
#include "gate/cmd/cmd.h"
#include "gate/cmd/lines.h"
#include "gate/cmd/log_show.h"
#include "gate/flow/requests.h"

struct log_options {
	bool send, strict, all, changes;
	const char *reason, *source;
};

static const struct gate_option options[] = {
	{ 0, "send", NULL, GATE_OPTION_FLAG, offsetof(struct log_options, send),
	  "sync: only send what is new here, without fetching: for machines of one job" },
	{ 0, "strict", NULL, GATE_OPTION_FLAG, offsetof(struct log_options, strict),
	  "sync --send: exit 4, not 0, when the events could not be shared" },
	{ 0, "changes", NULL, GATE_OPTION_FLAG, offsetof(struct log_options, changes),
	  "sync: also fetch the heads of pull and merge requests, by which metrics know squashes" },
	{ 0, "all", NULL, GATE_OPTION_FLAG, offsetof(struct log_options, all),
	  "show: also events that do not count, with the reason" },
	{ 0, "reason", "TEXT", GATE_OPTION_KEPT, offsetof(struct log_options, reason),
	  "forget: why; it stays in the log" },
	{ 0, "source", "SOURCE", GATE_OPTION_KEPT, offsetof(struct log_options, source),
	  "forget: of the event, where several have this id, or none is here" },
	{ 0 },
};

static bool wants_json(const struct gate_context *context)
{
	return context->common.format && !strcmp(context->common.format, "json");
}

static int print(const struct gate_buf *text, struct gate_error *err)
{
	if (gate_buf_failed(text))
		return gate_fail_memory(err);
	return gate_fd_write(1, "standard output", gate_buf_text(text), text->len, err);
}

/* The lines of what counts, or of everything, as they are kept. */
static void add_lines(struct gate_buf *out, const struct gate_live_log *live, bool all)
{
	for (size_t i = 0; i < live->n; i++) {
		const struct gate_slice line = live->events[i].event.line;

		if (!all && live->events[i].state != GATE_LIVE_COUNTS)
			continue;
		gate_buf_add(out, line.ptr, line.len);
		gate_buf_putc(out, '\n');
	}
}

static int run_show(struct gate_context *context, struct gate_log *log,
                    const struct log_options *opts, struct gate_error *err)
{
	GATE_AUTO(gate_live_release) struct gate_live_log live = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
	int code = gate_log_read(&live, log, err);

	if (code == GATE_OK && wants_json(context))
		add_lines(&out, &live, opts->all);
	else if (code == GATE_OK)
		code = gate_log_show(&out, &live, opts->all, err);
	if (code < 0)
		return code;
	if (live.n_odd)
		gate_talk("%zu line%s no event: 'doragate log verify' names them", live.n_odd,
		          live.n_odd == 1 ? " is" : "s are");
	if (!live.n && !wants_json(context))
		gate_talk("the log is empty: 'doragate record deployment' writes the first event");
	return print(&out, err);
}

/* Every line, odd ones too: what `import` elsewhere makes the same log of. */
static int run_export(struct gate_context *context, struct gate_log *log,
                      const struct log_options *opts, struct gate_error *err)
{
	GATE_AUTO(gate_live_release) struct gate_live_log live = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
	int code = gate_log_read(&live, log, err);

	(void)context;
	(void)opts;
	if (code == GATE_OK)
		add_lines(&out, &live, true);
	for (size_t i = 0; code == GATE_OK && i < live.n_odd; i++) {
		gate_buf_add(&out, live.odd[i].bytes, live.odd[i].len);
		gate_buf_putc(&out, '\n');
	}
	return code < 0 ? code : print(&out, err);
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void add_part(struct gate_buf *said, size_t n, const char *one, const char *many)
{
	if (n)
		gate_buf_printf(said, "%s%zu %s", said->len ? ", " : "", n, n == 1 ? one : many);
}

/* "3 events shared, 1 line that is no event, 12 events of others": what there is none of is not said. */
static void say_shared(struct gate_buf *said, const struct gate_log_shared *sync, bool send)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	if (!sync->has_home)
		add_part(&text, sync->n, "event kept in this repository",
		         "events kept in this repository");
	else if (send)
		add_part(&text, sync->n, "event sent", "events sent");
	else
		add_part(&text, sync->n, "event shared", "events shared");
	add_part(&text, sync->n_odd, "line that is no event", "lines that are no event");
	add_part(&text, sync->n_others, "event of others", "events of others");
	if (!text.len && sync->has_home)
		gate_buf_puts(&text, send ? "nothing new to send"
		                          : "nothing new: this log is the same as its home's");
	else if (!text.len)
		gate_buf_puts(&text, "nothing new");
	if (!sync->has_home)
		gate_buf_puts(&text, "; there is no remote to share with");
	gate_buf_printf(said, "%s\n", gate_buf_text(&text));
}

/* After the log, which must not wait for them. */
static int fetch_changes(struct gate_buf *said, struct gate_log *log, struct gate_error *err)
{
	size_t n_new;
	int code = gate_requests_fetch(&n_new, log, err);

	if (code == GATE_OK && n_new)
		gate_buf_printf(said, "%zu new head%s of requests\n", n_new, plural(n_new));
	else if (code == GATE_OK)
		gate_buf_puts(said, "no new heads of requests\n");
	return code;
}

/* "1 event not shared, kept in the spool: <why>"; just why when nothing waits there. */
static void add_kept(struct gate_error *err, const struct gate_log_shared *sync)
{
	const size_t n = sync->n ? sync->n : sync->n_odd;
	const struct gate_error why = *err;

	if (!n)
		return;
	gate_fail(err, why.code, "%zu %s%s not shared, kept in the spool: %s", n,
	          sync->n ? "event" : "line", plural(n), why.message);
	gate_error_at(err, why.file, why.line, why.column);
}

static int run_sync(struct gate_context *context, struct gate_log *log,
                    const struct log_options *opts, struct gate_error *err)
{
	struct gate_log_shared sync;
	GATE_AUTO(gate_buf_release) struct gate_buf said = { 0 };
	int code = gate_log_share(&sync, log, opts->send ? GATE_SYNC_SEND : GATE_SYNC_FULL, err);

	gate_buf_puts(&said, gate_buf_text(&log->said));
	if (code == GATE_OK)
		say_shared(&said, &sync, opts->send);
	if (code < 0 && code != GATE_ENOMEM)
		add_kept(err, &sync);
	if (code < 0 && opts->send && !opts->strict && code != GATE_ENOMEM) {
		gate_talk("warning: %s", err->message);
		*err = (struct gate_error){ 0 };
		code = GATE_OK;
	}
	if (code == GATE_OK && opts->changes)
		code = fetch_changes(&said, log, err);
	return gate_print_lines(context, &said, code, err);
}

/* Wrong things are an environment that failed: 4. They are said to whoever asked for quiet too. */
static int run_verify(struct gate_context *context, struct gate_log *log,
                      const struct log_options *opts, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf wrong = { 0 };
	int code = gate_log_check(&wrong, log, err);

	(void)opts;
	if (code == GATE_OK && !wrong.len)
		gate_buf_puts(&log->said, "the log is whole\n");
	code = gate_print_lines(context, &log->said, code, err);
	if (code != GATE_EXIT_PASSED)
		return code;
	code = print(&wrong, err);
	return code < 0 ? code : wrong.len ? GATE_EXIT_FAILED : GATE_EXIT_PASSED;
}

static void say_imported(struct gate_buf *said, const struct gate_log_imported *events)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	add_part(&text, events->n_new, "event imported", "events imported");
	add_part(&text, events->n_other, "event with other content, which does not count",
	         "events with other content, which do not count");
	if (!text.len)
		gate_buf_puts(&text, "nothing new");
	add_part(&text, events->n_known, "known already", "known already");
	add_part(&text, events->n_forgotten, "forgotten, and left out", "forgotten, and left out");
	gate_buf_printf(said, "%s\n", gate_buf_text(&text));
}

static int run_import(struct gate_context *context, struct gate_log *log, const char *path,
                      struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf bytes = { 0 }, said = { 0 };
	struct gate_log_imported events = { 0 };
	int code = gate_file_read(&bytes, path, GATE_MAX_SPOOL_BYTES, err);

	if (code == GATE_OK)
		code = gate_log_import(&events, log, strcmp(path, "-") ? path : "standard input",
		                       gate_buf_text(&bytes), bytes.len, err);
	gate_buf_puts(&said, gate_buf_text(&log->said));
	if (code == GATE_OK)
		say_imported(&said, &events);
	return gate_print_lines(context, &said, code, err);
}

static int run_forget(struct gate_context *context, struct gate_log *log,
                      const struct log_options *opts, const char *id, struct gate_error *err)
{
	int code;

	if (!*id)
		return gate_fail(err, GATE_EUSAGE, "log forget needs the id of an event");
	if (!opts->reason)
		return gate_fail(err, GATE_EUSAGE, "log forget needs a --reason");
	code = gate_log_forget(log, id, opts->source, opts->reason, err);
	if (code == GATE_OK && !gate_log_is_file(log))
		gate_buf_puts(&log->said,
		              "next: doragate log sync. Older commits of the log still hold it: "
		              "docs/event-log-format.md, Forgetting, says how to drop them\n");
	return gate_print_lines(context, &log->said, code, err);
}

/* What takes one word more has no `run`. */
static const struct {
	const char *name;
	int (*run)(struct gate_context *context, struct gate_log *log,
	           const struct log_options *opts, struct gate_error *err);
} actions[] = {
	{ "show", run_show },     { "sync", run_sync }, { "verify", run_verify },
	{ "export", run_export }, { "import", NULL },   { "forget", NULL },
};

static int find_action(size_t *out, const char *word, struct gate_error *err)
{
	const char *names[GATE_COUNT(actions) + 1] = { NULL };
	const char *near;

	for (size_t i = 0; i < GATE_COUNT(actions); i++) {
		names[i] = actions[i].name;
		*out = i;
		if (!strcmp(word, actions[i].name))
			return GATE_OK;
	}
	near = gate_nearest(word, names);
	return gate_fail(err, GATE_EUSAGE, "there is no 'log %s'%s%s%s", word,
	                 near ? ", did you mean '"
	                      : ": show, sync, verify, import, export and forget are known",
	                 near ? near : "", near ? "'?" : "");
}

static int check_words(const struct gate_context *context, size_t action,
                       const struct log_options *opts, int n_args, char *args[],
                       struct gate_error *err)
{
	const char *name = actions[action].name;
	int wanted = actions[action].run ? 1 : 2;

	if (n_args < wanted)
		return gate_fail(err, GATE_EUSAGE, "log %s needs %s", name,
		                 strcmp(name, "forget") ? "a file, or '-'" : "the id of an event");
	if (n_args > wanted)
		return gate_fail(err, GATE_EUSAGE, "log %s takes no argument '%s'", name,
		                 args[wanted]);
	if ((opts->send || opts->strict) && strcmp(name, "sync") != 0)
		return gate_fail(err, GATE_EUSAGE, "--send and --strict go with log sync");
	if (opts->changes && (strcmp(name, "sync") != 0 || opts->send))
		return gate_fail(err, GATE_EUSAGE, "--changes goes with log sync, without --send");
	if (opts->strict && !opts->send)
		return gate_fail(err, GATE_EUSAGE, "--strict goes with --send");
	if (wants_json(context) && strcmp(name, "show") != 0)
		return gate_fail(err, GATE_EUSAGE, "--format json goes with log show");
	if ((opts->reason || opts->source) && strcmp(name, "forget") != 0)
		return gate_fail(err, GATE_EUSAGE, "--reason and --source go with log forget");
	if (opts->all && strcmp(name, "show") != 0)
		return gate_fail(err, GATE_EUSAGE, "--all goes with log show");
	return GATE_OK;
}

static int run(struct gate_context *context, void *opts, int n_args, char *args[],
               struct gate_error *err)
{
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	size_t action = 0;
	int code = n_args ? find_action(&action, args[0], err) : GATE_OK;

	if (code == GATE_OK && n_args)
		code = check_words(context, action, opts, n_args, args, err);
	if (code == GATE_OK)
		code = gate_log_open(&log, context->repo,
		                     context->common.now ? &context->now : NULL, err);
	if (code < 0)
		return code;
	if (!strcmp(actions[action].name, "forget"))
		return run_forget(context, &log, opts, args[1], err);
	if (!actions[action].run)
		return run_import(context, &log, args[1], err);
	return actions[action].run(context, &log, opts, err);
}

const struct gate_command gate_command_log = {
	.name = "log",
	.synopsis = "[show | sync | verify | import FILE | export | forget ID]",
	.summary = "show the log, share it, check it",
	.options = options,
	.size = sizeof(struct log_options),
	.needs_repo = true,
	.reports = true,
	.run = run,
};
