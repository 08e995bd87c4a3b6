/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/log_lines.h"

#include "gate/base/escape.h"
#include "gate/base/limits.h"
#include "gate/log/spool.h"

/* One import: a text from outside, and the lines of the log that it becomes. */
struct import {
	struct gate_log *log;
	const char *name;
	struct gate_time now; /* when what has no `recorded` is recorded */
	struct gate_buf out;
	size_t n; /* events in `out` */
};

static void import_release(struct import *import)
{
	gate_buf_release(&import->out);
}
GATE_DEFINE_AUTO_STRUCT(struct import, import_release)

/* Where a line of a file stands, and why it is no event. */
static void say_odd(const struct import *import, size_t line, const struct gate_error *why)
{
	gate_escape_printf(&import->log->said, "%s:%zu:%u: kept, but it is no event: %s",
	                   import->name, line, why->column, why->message);
}

/* Where the value of a line begins, behind a byte order mark and white space. */
static const char *value_of(const struct gate_log_line *line)
{
	const char *at = line->bytes, *end = at + line->len;

	if (line->len >= 3 && !memcmp(at, "\xef\xbb\xbf", 3))
		at += 3;
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
		at++;
	return at;
}

/* One line of a file: as it is when it is a line of the log, with `recorded` when it is a bare event. */
static int import_line(struct import *import, const struct gate_log_line *line, size_t number,
                       struct gate_error *err)
{
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	struct gate_buf *out = &import->out;
	struct gate_event event;
	struct gate_error why = { 0 };
	int code = gate_event_read(&event, &reader, line->bytes, line->len, true, &why);

	if (code == GATE_ENOMEM)
		return gate_fail_memory(err);
	import->n += code == GATE_OK;
	if (code < 0)
		say_odd(import, number, &why);
	if (code == GATE_OK && event.json.ptr == value_of(line))
		return gate_event_line(out, &import->now, import->name, line->bytes, line->len,
		                       err);
	gate_buf_add(out, line->bytes, line->len);
	gate_buf_putc(out, '\n');
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}

static int import_lines(struct import *import, const char *bytes, size_t len,
                        struct gate_error *err)
{
	size_t number = 0;
	int code = GATE_OK;

	for (const char *at = bytes, *end = bytes + len; code == GATE_OK && at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const struct gate_log_line line = { at, (size_t)((newline ? newline : end) - at) };

		number++;
		if (line.len)
			code = import_line(import, &line, number, err);
		at += line.len + 1;
	}
	return code;
}

/* What is wrong with an event of a document, and where in the file that stands. `index` is that in a list; 0: there is no list. */
static int fail_element(const struct import *import, const struct gate_json_text *text,
                        const struct gate_json_node *node, uint32_t index,
                        const struct gate_error *why, struct gate_error *err)
{
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	struct gate_event event;
	struct gate_error inside = { 0 };
	char which[48] = "";
	unsigned line, column;

	gate_utf8_place(&line, &column, text->bytes, text->len, node->at);
	/* Read as it stands in the file; what is wrong only with the line that would be written is all of it. */
	if (gate_event_read(&event, &reader, text->bytes + node->at, node->len, true, &inside) ==
	    GATE_ECONFIG) {
		why = &inside;
		column = why->line > 1 ? why->column : column + why->column - 1;
		line += why->line - 1;
	}
	if (index)
		snprintf(which, sizeof(which), "element %u of the list: ", index);
	gate_fail(err, why->code, "%s%s", which, why->message);
	gate_error_at(err, import->name, line, column);
	return why->code;
}

/* One document: an event, or a list of them. */
static int import_document(struct import *import, const struct gate_json_text *text,
                           struct gate_error *err)
{
	const struct gate_json_node *node = text->nodes;
	const bool list = node->kind == GATE_JSON_LIST;
	const uint32_t count = list ? node->n : 1;

	node += list;
	for (uint32_t i = 0; i < count; i++) {
		struct gate_error why = { 0 };
		int code = gate_event_line(&import->out, &import->now, import->name,
		                           text->bytes + node->at, node->len, &why);

		if (code == GATE_ECONFIG)
			return fail_element(import, text, node, list ? i + 1 : 0, &why, err);
		if (code < 0)
			return gate_fail_memory(err);
		import->n++;
		if (i + 1 < count)
			node = text->nodes + node->next;
	}
	return GATE_OK;
}

/* A list, or a value over many lines, is taken as a whole, though one of its lines may look like an event. */
static bool is_document(const struct gate_json_text *text)
{
	const struct gate_json_node *root = text->nodes;

	return root->kind == GATE_JSON_LIST || memchr(text->bytes + root->at, '\n', root->len);
}

static int import_text(struct import *import, const char *bytes, size_t len, struct gate_error *err)
{
	GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };
	struct gate_error why = { 0 };
	/* Of many lines this reads the first, and ends where the second begins. */
	const int whole = gate_json_text_parse(&text, import->name, bytes, len,
	                                       GATE_MAX_EVENT_DEPTH + 1, &why);
	int code = GATE_OK;

	if (whole == GATE_ENOMEM)
		return gate_fail_memory(err);
	if (whole == GATE_OK && is_document(&text))
		return import_document(import, &text, err);
	code = import_lines(import, bytes, len, err);
	if (code < 0 || import->n || !len)
		return code;
	/* Nothing in it is an event. What was said of the lines is not meant. */
	gate_buf_reset(&import->log->said);
	gate_buf_reset(&import->out);
	if (whole == GATE_OK)
		return import_document(import, &text, err);
	if (err)
		*err = why;
	return whole;
}

static int by_address(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return (*left > *right) - (*left < *right);
}

/* The lines of an import in a log that they were added to: the copy of each there. */
struct added {
	const char **copies; /* own; NULL: it is forgotten */
	size_t n_forgotten;
};

static void added_release(struct added *added)
{
	free(added->copies);
}
GATE_DEFINE_AUTO_STRUCT(struct added, added_release)

static int add_all(struct added *out, struct gate_live_log *live, struct gate_store *store,
                   const struct gate_line_array *lines, struct gate_error *err)
{
	GATE_AUTO(gate_forgotten_release) struct gate_forgotten forgotten = { 0 };
	int code = gate_forgotten_read(&forgotten, store, err);

	out->copies = calloc(lines->n + 1, sizeof(*out->copies));
	if (!out->copies)
		return gate_fail_memory(err);
	for (size_t i = 0; code == GATE_OK && i < lines->n; i++) {
		const size_t n = live->n, n_odd = live->n_odd;

		code = gate_live_add_known(live, &forgotten, &lines->items[i], false, err);
		if (code == GATE_OK && live->n > n)
			out->copies[i] = live->events[n].event.line.ptr;
		else if (code == GATE_OK && live->n_odd > n_odd)
			out->copies[i] = live->odd[n_odd].bytes;
		else
			out->n_forgotten++;
	}
	return code;
}

/* The lines that a settled log holds, by address. */
static const char **list_kept(const struct gate_live_log *live)
{
	const char **kept = calloc(live->n + live->n_odd + 1, sizeof(*kept));

	if (!kept)
		return NULL;
	for (size_t i = 0; i < live->n; i++)
		kept[i] = live->events[i].event.line.ptr;
	for (size_t i = 0; i < live->n_odd; i++)
		kept[live->n + i] = live->odd[i].bytes;
	qsort(kept, live->n + live->n_odd, sizeof(*kept), by_address);
	return kept;
}

static size_t count_other(const struct gate_live_log *live)
{
	size_t n = 0;

	for (size_t i = 0; i < live->n; i++)
		n += live->events[i].state == GATE_LIVE_OTHER_CONTENT;
	return n;
}

/*
 * Leaves of an import what the log does not have yet. The lines are added to the log as it is; those that are still there when repeats are
 * dropped are new, or are to be kept in place of one that was recorded later.
 */
static int drop_known(struct gate_log_imported *out, struct import *import,
                      struct gate_live_log *live, struct gate_error *err)
{
	GATE_AUTO(gate_line_array_release) struct gate_line_array lines = { 0 };
	GATE_AUTO(added_release) struct added added = { 0 };
	GATE_AUTO(gate_free) const char **kept = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf fresh = { 0 };
	const size_t before = live->n, other = count_other(live);
	int code = gate_line_array_split(&lines, import->out.ptr, import->out.len, err);

	if (code == GATE_OK)
		code = add_all(&added, live, import->log->store, &lines, err);
	if (code == GATE_OK)
		code = gate_live_settle(live, err);
	if (code < 0)
		return code;
	kept = list_kept(live);
	if (!kept)
		return gate_fail_memory(err);
	for (size_t i = 0; i < lines.n; i++)
		if (added.copies[i] && bsearch(&added.copies[i], kept, live->n + live->n_odd,
		                               sizeof(*kept), by_address)) {
			gate_buf_add(&fresh, lines.items[i].bytes, lines.items[i].len);
			gate_buf_putc(&fresh, '\n');
		}
	if (gate_buf_failed(&fresh))
		return gate_fail_memory(err);
	out->n_other = count_other(live) - other;
	out->n_new = live->n - before - out->n_other;
	out->n_forgotten = added.n_forgotten;
	out->n_known = import->n - out->n_new - out->n_other - out->n_forgotten;
	gate_buf_release(&import->out);
	import->out = fresh;
	fresh = (struct gate_buf){ 0 };
	return GATE_OK;
}

int gate_log_import(struct gate_log_imported *out, struct gate_log *log, const char *name,
                    const char *bytes, size_t len, struct gate_error *err)
{
	GATE_AUTO(import_release)
	struct import import = { .log = log,
		                 .name = name,
		                 .now = log->has_now ? log->now : gate_now() };
	GATE_AUTO(gate_live_release) struct gate_live_log live = { 0 };
	struct gate_log_imported counts = { 0 };
	struct gate_error why = { 0 };
	int code = import_text(&import, bytes, len, err), read;

	if (code < 0)
		return code;
	/* A store that cannot be read now keeps nothing out of the spool: repeats are dropped later. */
	read = import.out.len ? gate_log_read(&live, log, &why) : GATE_ENOTFOUND;
	counts.n_new = import.n;
	if (read == GATE_ENOMEM)
		return gate_fail_memory(err);
	if (read == GATE_OK)
		code = drop_known(&counts, &import, &live, err);
	if (code == GATE_OK)
		code = gate_spool_append(log->state_dir, import.out.ptr, import.out.len, err);
	if (code == GATE_OK)
		*out = counts;
	return code;
}
