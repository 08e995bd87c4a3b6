/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/log/live.h"

#include "gate/base/bisect.h"

const char *const gate_live_names[] = {
	[GATE_LIVE_COUNTS] = "counts",
	[GATE_LIVE_OTHER_CONTENT] = "other content",
	[GATE_LIVE_SUPERSEDED] = "superseded",
	[GATE_LIVE_OUTDONE] = "outdone",
};

void gate_live_release(struct gate_live_log *log)
{
	gate_event_reader_release(&log->reader);
	free(log->events);
	free(log->odd);
	*log = (struct gate_live_log){ 0 };
}

int gate_live_add(struct gate_live_log *log, const struct gate_log_line *line, bool bare,
                  struct gate_error *err)
{
	char *copy = gate_arena_copy(&log->reader.arena, line->bytes, line->len);
	struct gate_error why = { 0 };
	struct gate_live_event event = { 0 };
	int code;

	if (!copy)
		return gate_fail_memory(err);
	code = gate_event_read(&event.event, &log->reader, copy, line->len, bare, &why);
	if (code == GATE_ENOMEM)
		return gate_fail_memory(err);
	if (code < 0) {
		if (gate_grow(&log->odd, &log->cap_odd, log->n_odd + 1, sizeof(*log->odd), err) < 0)
			return GATE_ENOMEM;
		log->odd[log->n_odd++] = (struct gate_log_line){ copy, line->len };
		return GATE_OK;
	}
	if (gate_grow(&log->events, &log->cap, log->n + 1, sizeof(*log->events), err) < 0)
		return GATE_ENOMEM;
	log->events[log->n++] = event;
	return GATE_OK;
}

/* Equal events are united by what the tree uses too, so that a store which repeats lines gives the same answer. */
static int unite(struct gate_live_log *log, struct gate_error *err)
{
	GATE_AUTO(gate_free) struct gate_event **all = calloc(log->n + 1, sizeof(*all));
	GATE_AUTO(gate_free) struct gate_live_event *kept = calloc(log->n + 1, sizeof(*kept));
	size_t n = log->n;
	int code;

	if (!all || !kept)
		return gate_fail_memory(err);
	for (size_t i = 0; i < n; i++)
		all[i] = &log->events[i].event;
	code = gate_events_unite(all, &n, err);
	if (code < 0)
		return code;
	for (size_t i = 0; i < n; i++)
		kept[i].event = *all[i];
	if (n)
		memcpy(log->events, kept, n * sizeof(*kept));
	log->n = n;
	return GATE_OK;
}

static int by_bytes(const void *a, const void *b)
{
	const struct gate_log_line *left = a, *right = b;
	size_t common = left->len < right->len ? left->len : right->len;
	int order = common ? memcmp(left->bytes, right->bytes, common) : 0;

	return order ? order : (left->len > right->len) - (left->len < right->len);
}

static void unite_odd(struct gate_live_log *log)
{
	size_t kept = 0;

	if (log->n_odd)
		qsort(log->odd, log->n_odd, sizeof(*log->odd), by_bytes);
	for (size_t i = 0; i < log->n_odd; i++)
		if (!i || by_bytes(&log->odd[kept - 1], &log->odd[i]))
			log->odd[kept++] = log->odd[i];
	log->n_odd = kept;
}

static int compare_recorded(const struct gate_event *a, const struct gate_event *b)
{
	if (a->recorded.seconds != b->recorded.seconds)
		return a->recorded.seconds < b->recorded.seconds ? -1 : 1;
	return (a->recorded.nanos > b->recorded.nanos) - (a->recorded.nanos < b->recorded.nanos);
}

static int by_identity(const void *a, const void *b)
{
	const struct gate_event *left = &(*(struct gate_live_event *const *)a)->event;
	const struct gate_event *right = &(*(struct gate_live_event *const *)b)->event;
	int order = gate_identity_compare(&left->identity, &right->identity);
	char x[GATE_DIGEST_HEX], y[GATE_DIGEST_HEX];

	if (!order)
		order = compare_recorded(left, right);
	if (order || left == right)
		return order;
	gate_digest_hex(x, left->json.ptr, left->json.len);
	gate_digest_hex(y, right->json.ptr, right->json.len);
	return strcmp(x, y);
}

/* The events of an identity in an array sorted by it: the first, or NULL. */
static struct gate_live_event **find(struct gate_live_event **sorted, size_t n,
                                     const struct gate_identity *identity)
{
	size_t low;

	GATE_BISECT(low, n, gate_identity_compare(&sorted[low]->event.identity, identity) < 0);
	if (low == n || gate_identity_compare(&sorted[low]->event.identity, identity) != 0)
		return NULL;
	return sorted + low;
}

/* One event that names an identity. */
struct naming {
	const struct gate_identity *target;
	struct gate_live_event *by;
};

static int by_target(const void *a, const void *b)
{
	const struct naming *left = a, *right = b;
	int order = gate_identity_compare(left->target, right->target);

	if (!order)
		order = compare_recorded(&left->by->event, &right->by->event);
	return order ? order
	             : gate_identity_compare(&left->by->event.identity, &right->by->event.identity);
}

/* Of the live events that name one identity the last in order counts. Whatever names itself or a circle is named, so it is not live. */
static int outdo(struct gate_live_log *log, struct gate_error *err)
{
	GATE_AUTO(gate_free) struct naming *names = NULL;
	size_t n = 0, total = 0;

	for (size_t i = 0; i < log->n; i++)
		total += log->events[i].event.n_supersedes;
	names = calloc(total + 1, sizeof(*names));
	if (!names)
		return gate_fail_memory(err);
	for (size_t i = 0; i < log->n; i++)
		for (size_t k = 0; k < log->events[i].event.n_supersedes; k++)
			if (log->events[i].state == GATE_LIVE_COUNTS)
				names[n++] = (struct naming){ &log->events[i].event.supersedes[k],
					                      &log->events[i] };
	if (n)
		qsort(names, n, sizeof(*names), by_target);
	for (size_t i = 0; i + 1 < n; i++)
		if (!gate_identity_compare(names[i].target, names[i + 1].target) &&
		    names[i].by != names[i + 1].by)
			names[i].by->state = GATE_LIVE_OUTDONE;
	return GATE_OK;
}

static int judge(struct gate_live_log *log, struct gate_error *err)
{
	GATE_AUTO(gate_free) struct gate_live_event **sorted = calloc(log->n + 1, sizeof(*sorted));

	if (!sorted)
		return gate_fail_memory(err);
	for (size_t i = 0; i < log->n; i++)
		sorted[i] = &log->events[i];
	if (log->n)
		qsort(sorted, log->n, sizeof(*sorted), by_identity);
	for (size_t i = 1; i < log->n; i++)
		if (!gate_identity_compare(&sorted[i]->event.identity,
		                           &sorted[i - 1]->event.identity))
			sorted[i]->state = GATE_LIVE_OTHER_CONTENT;
	for (size_t i = 0; i < log->n; i++)
		for (size_t k = 0; k < log->events[i].event.n_supersedes; k++) {
			const struct gate_identity *target = &log->events[i].event.supersedes[k];
			struct gate_live_event **named = find(sorted, log->n, target);

			for (; named && named < sorted + log->n &&
			       !gate_identity_compare(&(*named)->event.identity, target);
			     named++)
				if ((*named)->state == GATE_LIVE_COUNTS)
					(*named)->state = GATE_LIVE_SUPERSEDED;
		}
	return outdo(log, err);
}

static int by_order(const void *a, const void *b)
{
	return gate_event_compare(&((const struct gate_live_event *)a)->event,
	                          &((const struct gate_live_event *)b)->event);
}

int gate_live_settle(struct gate_live_log *log, struct gate_error *err)
{
	int code = unite(log, err);

	unite_odd(log);
	if (code < 0 || !log->n)
		return code;
	qsort(log->events, log->n, sizeof(*log->events), by_order);
	return judge(log, err);
}
