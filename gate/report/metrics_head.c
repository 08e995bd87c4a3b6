/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every report of what is measured says of itself: what was read, as of when, by which definitions, and what of it is not here.
 */
#include "gate/base/escape.h"
#include "gate/report/page.h"
#include "gate/report/paint.h"
#include "gate/version.h"

/* A midnight is its day. Outside of UTC the clocks may show a time twice: so with its offset. */
static void add_bound(struct page *page, const struct gate_zone *zone, int64_t seconds)
{
	GATE_AUTO(gate_buf_release) struct gate_buf time = { 0 };
	const bool midnight = (seconds + gate_zone_offset(zone, seconds)) % GATE_DAY == 0;

	gate_zone_format(&time, zone, seconds);
	gate_buf_printf(page->out, "%.*s", midnight ? 10 : zone ? 25 : 19, page_whole(page, &time));
}

static void add_window(struct page *page, const struct gate_window *window)
{
	if (window->from == INT64_MIN)
		gate_buf_puts(page->out, "from the first deployment");
	else
		add_bound(page, window->zone, window->from);
	gate_buf_puts(page->out, " to ");
	add_bound(page, window->zone, window->to);
	gate_buf_printf(page->out, " %s", gate_zone_name(window->zone));
}

/* "configuration 6230515c2b61, digest c970d09b01cb; log as of 3f786850e387550fdab836ed7e6dc881de23001b" */
static void add_sources(struct gate_buf *out, const struct gate_metrics_head *head)
{
	gate_buf_printf(out, "configuration %.12s, digest %.12s; log ",
	                *head->config_commit ? head->config_commit : "of no commit",
	                head->config_digest);
	if (head->as_of)
		gate_buf_puts(out, "as of ");
	if (head->log)
		gate_escape_cut(out, head->log, strlen(head->log), 40);
	else
		gate_buf_puts(out, "not shared yet");
}

/* "27 tags, digest 3f786850e387; 12 heads of requests, digest 89e6c98d9288": nothing of what was not read. */
static void add_refs(struct gate_buf *out, const char *before, const struct gate_metrics_head *head)
{
	const struct {
		const struct gate_refs_read *refs;
		const char *one, *many;
	} rows[] = { { &head->tags, "tag", "tags" },
		     { &head->requests, "head of a request", "heads of requests" } };

	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		const struct gate_refs_read *refs = rows[i].refs;

		if (!refs->n)
			continue;
		gate_buf_printf(out, "%s%zu %s, digest %.12s", before, refs->n,
		                refs->n == 1 ? rows[i].one : rows[i].many, refs->digest);
		before = "; ";
	}
}

static void add_definitions(struct page *page, enum gate_metric metric)
{
	static const char label[] = "definitions ";
	GATE_AUTO(gate_buf_release) struct gate_buf all = { 0 };

	if (metric != GATE_METRICS) {
		gate_buf_printf(page->out, "definition %s", gate_metric_definitions[metric]);
		return;
	}
	for (int i = 0; i < GATE_METRICS; i++)
		gate_buf_printf(&all, "%s%s", i ? " " : "", gate_metric_definitions[i]);
	gate_buf_puts(page->out, label);
	page_parts(page, strlen(label), page_whole(page, &all), " ");
}

void gate_metrics_head_text(struct gate_buf *out, const char *title, enum gate_metric metric,
                            const struct gate_metrics_head *head,
                            const struct gate_report_style *style)
{
	struct page page = { .out = out, .style = style };

	gate_buf_printf(out, "%s of ", title);
	page_color(&page, BOLD);
	page_escaped(&page, head->repository);
	page_color(&page, PLAIN);
	gate_buf_putc(out, '\n');
	add_window(&page, &head->window);
	gate_buf_puts(out, ", now ");
	gate_zone_format(out, NULL, head->now);
	page_color(&page, DIM);
	gate_buf_putc(out, '\n');
	add_sources(out, head);
	add_refs(out, "\nread here: ", head);
	gate_buf_putc(out, '\n');
	add_definitions(&page, metric);
	page_color(&page, PLAIN);
	gate_buf_putc(out, '\n');
}

static void add_word(struct gate_buf *out, const char *word)
{
	if (!word || !gate_quote_shell(out, word, strlen(word)))
		gate_buf_puts(out, "NAME");
}

/* A line of its own, that can be run as it is. */
static void add_how_to_record(struct gate_buf *out, const struct gate_metrics_head *head)
{
	gate_buf_puts(out, "  doragate record deployment -s ");
	add_word(out, head->service);
	gate_buf_puts(out, " -e ");
	add_word(out, head->environment);
	gate_buf_putc(out, '\n');
}

void gate_metrics_foot_text(struct gate_buf *out, const struct gate_metrics_head *head, bool any)
{
	const struct {
		bool holds;
		size_t n;
		const char *note;
		bool record; /* says how to */
	} notes[] = {
		{ head->inferred && any, 0,
		  "Inferred from tags: the log has no deployment. In the job that deploys:", true },
		{ !any, 0, "No deployment is known, and no tag is a version. Record one:", true },
		{ head->guessed, 0,
		  "Since when squashed changes were worked on is not known here: doragate log sync "
		  "--changes" },
		{ head->n_tags_left_out == 1, 1,
		  "tag is no version, is a pre-release, or leads to no commit" },
		{ head->n_tags_left_out > 1, head->n_tags_left_out,
		  "tags are no versions, are pre-releases, or lead to no commit" },
		{ head->n_found > 1, head->n_found,
		  "services were found in the files; 'services:' of .doragate.yml says which there "
		  "are" },
		{ head->n_missing == 1, 1, "deployed commit is not in this clone" },
		{ head->n_missing > 1, head->n_missing, "deployed commits are not in this clone" },
		{ head->n_unshared == 1, 1, "event is on this machine only: doragate log sync" },
		{ head->n_unshared > 1, head->n_unshared,
		  "events are on this machine only: doragate log sync" },
		{ head->cut, 0,
		  head->shallow ? "History is cut in this clone: git fetch --unshallow"
		                : "A part of the history is not in this clone" },
	};
	bool first = true;

	for (size_t i = 0; i < GATE_COUNT(notes); i++) {
		if (!notes[i].holds)
			continue;
		gate_buf_puts(out, first ? "\n" : "");
		first = false;
		if (notes[i].n)
			gate_buf_printf(out, "%zu ", notes[i].n);
		gate_buf_printf(out, "%s\n", notes[i].note);
		if (notes[i].record)
			add_how_to_record(out, head);
	}
}

void gate_metrics_head_line(struct gate_buf *out, enum gate_metric metric,
                            const struct gate_metrics_head *head)
{
	gate_buf_puts(out, "now ");
	gate_zone_format(out, NULL, head->now);
	gate_buf_printf(out, "; by %s; ", gate_metric_definitions[metric]);
	add_sources(out, head);
	add_refs(out, "; ", head);
	if (head->n_unshared)
		gate_buf_printf(out, "; %zu event%s on this machine only", head->n_unshared,
		                head->n_unshared == 1 ? "" : "s");
	if (head->n_missing)
		gate_buf_printf(out, "; %zu deployed commit%s not in this clone", head->n_missing,
		                head->n_missing == 1 ? "" : "s");
}

static void write_time(struct gate_json_writer *w, const char *key, int64_t seconds)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	gate_zone_format(&text, NULL, seconds);
	gate_json_buf(w, key, &text);
}

void window_json(struct gate_json_writer *w, const struct gate_window *window)
{
	gate_json_begin_map(w, "window");
	if (window->from == INT64_MIN)
		gate_json_null(w, "from");
	else
		write_time(w, "from", window->from);
	write_time(w, "to", window->to);
	gate_json_text(w, "zone", gate_zone_name(window->zone));
	gate_json_end_map(w);
}

static void write_refs(struct gate_json_writer *w, const char *key,
                       const struct gate_refs_read *refs)
{
	if (!refs->n) {
		gate_json_null(w, key);
		return;
	}
	gate_json_begin_map(w, key);
	gate_json_number(w, "n", (int64_t)refs->n);
	gate_json_text(w, "digest", refs->digest);
	gate_json_end_map(w);
}

void gate_metrics_head_json(struct gate_json_writer *w, const struct gate_metrics_head *head)
{
	gate_json_text(w, "program", "doragate " GATE_VERSION);
	gate_json_text(w, "repository", head->repository);
	gate_json_text_or_null(w, "log", head->log);
	gate_json_bool(w, "as-of", head->as_of);
	gate_json_begin_map(w, "configuration");
	gate_json_text_or_null(w, "commit", *head->config_commit ? head->config_commit : NULL);
	gate_json_text(w, "digest", head->config_digest);
	gate_json_end_map(w);
	window_json(w, &head->window);
	write_time(w, "now", head->now);
	gate_json_begin_list(w, "definitions");
	for (int i = 0; i < GATE_METRICS; i++)
		gate_json_text(w, NULL, gate_metric_definitions[i]);
	gate_json_end_list(w);
	gate_json_number(w, "services-found", (int64_t)head->n_found);
	gate_json_bool(w, "inferred", head->inferred);
	gate_json_bool(w, "history-cut", head->cut);
	gate_json_bool(w, "shallow", head->shallow);
	gate_json_number(w, "commits-missing", (int64_t)head->n_missing);
	write_refs(w, "tags", &head->tags);
	write_refs(w, "request-heads", &head->requests);
	gate_json_number(w, "tags-left-out", (int64_t)head->n_tags_left_out);
	gate_json_number(w, "events-not-shared", (int64_t)head->n_unshared);
}
