/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/log_show.h"

#include "gate/base/escape.h"

#define MOST_CHARACTERS 40 /* of one cell */
#define SHORT_ID 12        /* of a commit, or of an id that is a SHA-256 */

enum column {
	WHAT,
	SERVICE,
	ENVIRONMENT,
	COMMIT,
	COLUMNS,
	MORE = COLUMNS, /* stands behind the table */
	CELLS,
};

/* Narrower than this no column is, so that most logs look the same. */
static const size_t least_width[COLUMNS] = { [WHAT] = 18 };

struct row {
	struct gate_time time;
	size_t end[CELLS]; /* of each cell in the text; it begins where the one before it ends */
};

struct table {
	struct gate_buf text; /* escaped */
	struct row *rows;     /* own array */
	size_t n, cap;
	size_t width[COLUMNS];
};

static void table_release(struct table *table)
{
	gate_buf_release(&table->text);
	free(table->rows);
}
GATE_DEFINE_AUTO_STRUCT(struct table, table_release)

static void add_text(struct table *table, const char *bytes, size_t len)
{
	gate_escape_cut(&table->text, len ? bytes : "-", len ? len : 1, MOST_CHARACTERS);
}

static size_t short_len(size_t len)
{
	return len == GATE_OID_HEX - 1 || len == GATE_DIGEST_HEX - 1 ? SHORT_ID : len;
}

/* Notes where a cell ends. */
static void end_cell(struct table *table, struct row *row, enum column column)
{
	const size_t start = column     ? row->end[column - 1]
	                     : table->n ? table->rows[table->n - 1].end[CELLS - 1]
	                                : 0;

	row->end[column] = table->text.len;
	if (column < COLUMNS && !gate_buf_failed(&table->text)) {
		const size_t width =
			gate_utf8_count(table->text.ptr + start, table->text.len - start);

		if (width > table->width[column])
			table->width[column] = width;
	}
}

static void add_service(struct table *table, const struct gate_event *event,
                        const struct gate_event_reader *reader)
{
	GATE_AUTO(gate_buf_release) struct gate_buf service = { 0 };

	gate_event_service(&service, reader, event);
	add_text(table, service.ptr, service.len);
}

/* What it stands in place of, and why it does not count itself. */
static void add_more(struct table *table, const struct gate_live_event *live)
{
	const struct gate_event *event = &live->event;

	if (event->n_supersedes) {
		const struct gate_slice *id = &event->supersedes[0].id;

		gate_buf_puts(&table->text, event->kind == GATE_EVENT_EVENT_WITHDRAWN
		                                    ? "takes back "
		                                    : "in place of ");
		add_text(table, id->ptr, short_len(id->len));
		if (event->n_supersedes > 1)
			gate_buf_printf(&table->text, " and %zu more", event->n_supersedes - 1);
	}
	if (live->state != GATE_LIVE_COUNTS)
		gate_buf_printf(&table->text, "%s(%s)", event->n_supersedes ? "  " : "",
		                gate_live_names[live->state]);
}

static int add_row(struct table *table, struct gate_event_reader *reader,
                   const struct gate_live_event *live, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf environment = { 0 }, commit = { 0 };
	const struct gate_event *event = &live->event;
	struct row row = { .time = event->time };
	struct gate_event again;
	int code = gate_event_read(&again, reader, event->line.ptr, event->line.len, true, err);

	if (code == GATE_OK)
		code = gate_grow(&table->rows, &table->cap, table->n + 1, sizeof(*table->rows),
		                 err);
	if (code < 0)
		return code;
	if (event->kind == GATE_EVENT_UNKNOWN)
		add_text(table, event->type.ptr, event->type.len);
	else
		gate_buf_puts(&table->text, gate_event_types[event->kind].summary);
	end_cell(table, &row, WHAT);
	add_service(table, event, reader);
	end_cell(table, &row, SERVICE);
	gate_event_content(&environment, reader, "environment");
	add_text(table, environment.ptr, environment.len);
	end_cell(table, &row, ENVIRONMENT);
	gate_event_dora(&commit, reader, "commit");
	add_text(table, commit.ptr, short_len(commit.len));
	end_cell(table, &row, COMMIT);
	add_more(table, live);
	end_cell(table, &row, MORE);
	table->rows[table->n++] = row;
	return gate_buf_failed(&table->text) ? gate_fail_memory(err) : GATE_OK;
}

static void print_row(struct gate_buf *out, const struct table *table, const struct row *row,
                      size_t start)
{
	const bool more = row->end[MORE] > row->end[COLUMNS - 1];
	const size_t last = more ? MORE : COLUMNS - 1;

	gate_time_format(out, row->time, false);
	for (size_t i = 0; i <= last; i++) {
		const char *cell = table->text.ptr + start;
		const size_t len = row->end[i] - start;

		gate_buf_puts(out, "  ");
		gate_buf_add(out, cell, len);
		for (size_t n = gate_utf8_count(cell, len); i < last && n < table->width[i]; n++)
			gate_buf_putc(out, ' ');
		start = row->end[i];
	}
	gate_buf_putc(out, '\n');
}

int gate_log_show(struct gate_buf *out, const struct gate_live_log *live, bool all,
                  struct gate_error *err)
{
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	GATE_AUTO(table_release) struct table table = { 0 };
	int code = GATE_OK;

	memcpy(table.width, least_width, sizeof(table.width));
	for (size_t i = 0; code == GATE_OK && i < live->n; i++)
		if (all || live->events[i].state == GATE_LIVE_COUNTS)
			code = add_row(&table, &reader, &live->events[i], err);
	for (size_t i = 0; code == GATE_OK && i < table.n; i++)
		print_row(out, &table, &table.rows[i], i ? table.rows[i - 1].end[CELLS - 1] : 0);
	if (code == GATE_OK && gate_buf_failed(out))
		return gate_fail_memory(err);
	return code;
}
