/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/metrics/ranges.h"

#include "gate/base/bisect.h"
#include "gate/metrics/fingerprint.h"

void gate_ranges_release(struct gate_ranges *ranges)
{
	free(ranges->items);
	free(ranges->by_request);
	free(ranges->by_author);
	*ranges = (struct gate_ranges){ 0 };
}

/* A member as a text without NULs; "": it is not there, or has one. */
static const char *member(struct gate_buf *buf, const struct gate_event_reader *reader,
                          const char *name)
{
	gate_buf_reset(buf);
	gate_event_range(buf, reader, name);
	return strlen(gate_buf_text(buf)) == buf->len ? gate_buf_text(buf) : "";
}

static bool read_id(struct gate_oid *out, struct gate_buf *buf,
                    const struct gate_event_reader *reader, const char *name)
{
	const char *text = member(buf, reader, name);

	return gate_oid_parse(out, text, strlen(text), NULL) == GATE_OK;
}

/* False: it has another form. */
static bool read_count(uint32_t *out, struct gate_buf *buf, const struct gate_event_reader *reader,
                       const char *name)
{
	const char *text = member(buf, reader, name);
	const size_t len = strspn(text, "0123456789");

	if (!len || len > 9 || text[len])
		return false;
	*out = (uint32_t)strtoul(text, NULL, 10);
	return true;
}

/* False: a member is missing, or is something else. */
static bool read_range(struct gate_known_range *out, struct gate_buf *buf,
                       const struct gate_event_reader *reader)
{
	struct gate_known_range known = { 0 };
	struct gate_time time;
	uint32_t n_commits;
	const char *text;

	if (!read_id(&known.range.base, buf, reader, "base") ||
	    !read_id(&known.range.tip, buf, reader, "tip") ||
	    !read_count(&n_commits, buf, reader, "commits") || !n_commits)
		return false;
	known.range.n_commits = n_commits;
	text = member(buf, reader, "firstAuthor");
	if (gate_time_parse(&time, text, strlen(text), NULL) < 0)
		return false;
	known.range.first_author = time.seconds;
	text = member(buf, reader, "fingerprint");
	if (strlen(text) != GATE_DIGEST_HEX - 1 || gate_fingerprint_is_empty(text))
		return false;
	memcpy(known.range.fingerprint, text, GATE_DIGEST_HEX);
	if (!read_count(&known.request, buf, reader, "request"))
		known.request = 0;
	*out = known;
	return true;
}

static int add_event(struct gate_ranges *out, struct gate_event_reader *reader,
                     const struct gate_metrics_input *input, const struct gate_event *event,
                     struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	struct gate_known_range known;
	struct gate_event again;
	int code = gate_event_read(&again, reader, event->line.ptr, event->line.len, true, err);
	bool ours;

	if (code < 0)
		return code;
	gate_event_dora(&buf, reader, "repository");
	ours = !strcmp(gate_buf_text(&buf), input->repository);
	if (ours && read_range(&known, &buf, reader)) {
		known.range.time = event->time.seconds;
		code = gate_grow(&out->items, &out->cap, out->n + 1, sizeof(*out->items), err);
		if (code < 0)
			return code;
		if (!out->n || known.range.time < out->oldest)
			out->oldest = known.range.time;
		out->items[out->n++] = known;
	}
	return gate_buf_failed(&buf) ? gate_fail_memory(err) : GATE_OK;
}

static int compare_times(const struct gate_known_range *a, const struct gate_known_range *b)
{
	int order = (a->range.time > b->range.time) - (a->range.time < b->range.time);

	return order ? order : memcmp(&a->range.tip, &b->range.tip, sizeof(a->range.tip));
}

static int by_print(const void *a, const void *b)
{
	const struct gate_known_range *left = a, *right = b;
	int order = strcmp(left->range.fingerprint, right->range.fingerprint);

	return order ? order : compare_times(left, right);
}

static int by_request(const void *a, const void *b)
{
	const struct gate_known_range *left = *(struct gate_known_range *const *)a;
	const struct gate_known_range *right = *(struct gate_known_range *const *)b;

	if (left->request != right->request)
		return left->request < right->request ? -1 : 1;
	return -compare_times(left, right);
}

static int by_author(const void *a, const void *b)
{
	const struct gate_known_range *left = *(struct gate_known_range *const *)a;
	const struct gate_known_range *right = *(struct gate_known_range *const *)b;

	if (left->range.first_author != right->range.first_author)
		return left->range.first_author < right->range.first_author ? -1 : 1;
	return -compare_times(left, right);
}

static int sort(struct gate_ranges *ranges, struct gate_error *err)
{
	if (!ranges->n)
		return GATE_OK;
	ranges->by_request = calloc(ranges->n, sizeof(struct gate_known_range *));
	ranges->by_author = calloc(ranges->n, sizeof(struct gate_known_range *));
	if (!ranges->by_request || !ranges->by_author)
		return gate_fail_memory(err);
	qsort(ranges->items, ranges->n, sizeof(*ranges->items), by_print);
	for (size_t i = 0; i < ranges->n; i++) {
		struct gate_known_range *known = &ranges->items[i];

		if (known->request)
			ranges->by_request[ranges->n_by_request++] = known;
		if (known->range.n_commits > 1)
			ranges->by_author[ranges->n_by_author++] = known;
	}
	qsort(ranges->by_request, ranges->n_by_request, sizeof(struct gate_known_range *),
	      by_request);
	qsort(ranges->by_author, ranges->n_by_author, sizeof(struct gate_known_range *), by_author);
	return GATE_OK;
}

int gate_ranges_read(struct gate_ranges *out, const struct gate_metrics_input *input,
                     struct gate_error *err)
{
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	GATE_AUTO(gate_ranges_release) struct gate_ranges ranges = { 0 };
	const struct gate_live_log *log = input->log;
	int code = GATE_OK;

	for (size_t i = 0; log && code == GATE_OK && i < log->n; i++)
		if (log->events[i].state == GATE_LIVE_COUNTS &&
		    log->events[i].event.kind == GATE_EVENT_CHANGE_UPDATED)
			code = add_event(&ranges, &reader, input, &log->events[i].event, err);
	if (code == GATE_OK)
		code = sort(&ranges, err);
	if (code < 0)
		return code;
	*out = ranges;
	ranges = (struct gate_ranges){ 0 };
	return GATE_OK;
}

/* Smaller, or equal and not younger. */
static bool is_before(const struct gate_known_range *known, const char *hex, int64_t time)
{
	int order = strcmp(known->range.fingerprint, hex);

	return order < 0 || (order == 0 && known->range.time <= time);
}

const struct gate_known_range *gate_ranges_by_print(const struct gate_ranges *ranges,
                                                    const char *hex, int64_t time)
{
	size_t end;

	GATE_BISECT(end, ranges->n, is_before(&ranges->items[end], hex, time));
	if (!end || strcmp(ranges->items[end - 1].range.fingerprint, hex) != 0)
		return NULL;
	return &ranges->items[end - 1];
}

size_t gate_ranges_by_author(const struct gate_ranges *ranges, int64_t first_author)
{
	size_t low;

	GATE_BISECT(low, ranges->n_by_author,
	            ranges->by_author[low]->range.first_author < first_author);
	return low < ranges->n_by_author &&
	                       ranges->by_author[low]->range.first_author == first_author
	               ? low
	               : ranges->n_by_author;
}
