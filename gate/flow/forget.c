/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/log.h"

#include "gate/base/escape.h"
#include "gate/base/json.h"

#define LEAST_DIGITS 8 /* of the beginning of an id */
#define MOST_NAMED 10

/* Identities that may be meant, each once. */
struct candidates {
	const struct gate_identity *items[MOST_NAMED];
	size_t n;
	bool more; /* than are in `items` */
};

static bool is_beginning(const char *id)
{
	const size_t len = strlen(id);

	return len >= LEAST_DIGITS && strspn(id, "0123456789abcdef") == len;
}

static bool is_text(struct gate_slice slice, const char *text, size_t len)
{
	return slice.len == len && !memcmp(slice.ptr, text, len);
}

static void add_candidate(struct candidates *out, const struct gate_identity *identity)
{
	for (size_t i = 0; i < out->n; i++)
		if (!gate_identity_compare(out->items[i], identity))
			return;
	if (out->n < MOST_NAMED)
		out->items[out->n++] = identity;
	else
		out->more = true;
}

/* Those of this id, or, not `whole`, of an id that begins so. */
static void collect(struct candidates *out, const struct gate_live_log *live, const char *id,
                    const char *source, bool whole)
{
	const size_t len = strlen(id);

	for (size_t i = 0; i < live->n; i++) {
		const struct gate_identity *known = &live->events[i].event.identity;

		if (source && !is_text(known->source, source, strlen(source)))
			continue;
		if (whole ? is_text(known->id, id, len)
		          : known->id.len > len && !memcmp(known->id.ptr, id, len))
			add_candidate(out, known);
	}
}

static int fail_several(struct gate_log *log, const struct candidates *found, const char *id,
                        struct gate_error *err)
{
	for (size_t i = 0; i < found->n; i++)
		gate_escape_printf(&log->said, "%.*s %.*s", (int)found->items[i]->source.len,
		                   found->items[i]->source.ptr, (int)found->items[i]->id.len,
		                   found->items[i]->id.ptr);
	return gate_fail(err, GATE_EUSAGE,
	                 "%s%zu events have the id '%s', or one that begins so: say more of it, "
	                 "or its --source",
	                 found->more ? "more than " : "", found->n, id);
}

/* The identity that is meant; NULL: none that is known. */
static int find_identity(const struct gate_identity **out, struct gate_log *log,
                         const struct gate_live_log *live, const char *id, const char *source,
                         struct gate_error *err)
{
	struct candidates found = { 0 };

	collect(&found, live, id, source, true);
	if (!found.n && is_beginning(id))
		collect(&found, live, id, source, false);
	if (found.n > 1)
		return fail_several(log, &found, id, err);
	if (!found.n && !source)
		return gate_fail(err, GATE_EUSAGE,
		                 "no event has the id '%s', or one that begins so (%d digits at "
		                 "least); 'doragate log show --format json' prints them",
		                 id, LEAST_DIGITS);
	*out = found.n ? found.items[0] : NULL;
	return GATE_OK;
}

static int write_reason(struct gate_buf *out, const struct gate_log *log, const char *reason,
                        struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf json = { 0 }, time = { 0 };
	GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };
	struct gate_json_writer w = { .buf = &json };
	int code;

	gate_time_format(&time, gate_log_now(log), true);
	gate_json_begin_map(&w, NULL);
	gate_json_buf(&w, "recorded", &time);
	gate_json_text(&w, "reason", reason);
	gate_json_end_map(&w);
	if (gate_buf_failed(&json))
		return gate_fail_memory(err);
	code = gate_json_text_parse(&text, NULL, json.ptr, json.len, 2, err);
	if (code < 0)
		return code;
	gate_json_compact(out, &text, text.nodes);
	gate_buf_putc(out, '\n');
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}

int gate_log_forget(struct gate_log *log, const char *id, const char *source, const char *reason,
                    struct gate_error *err)
{
	GATE_AUTO(gate_live_release) struct gate_live_log live = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	const struct gate_identity *identity = NULL;
	struct gate_identity unknown;
	char key[GATE_DIGEST_HEX];
	int code = gate_log_read(&live, log, err);

	if (code == GATE_OK)
		code = find_identity(&identity, log, &live, id, source, err);
	if (code == GATE_OK && !identity) {
		unknown.source = (struct gate_slice){ source, strlen(source) };
		unknown.id = (struct gate_slice){ id, strlen(id) };
		identity = &unknown;
	}
	if (code == GATE_OK)
		code = gate_identity_key(key, identity, err);
	if (code == GATE_OK)
		code = write_reason(&text, log, reason, err);
	if (code == GATE_OK)
		code = gate_store_forget(log->store, key, text.ptr, err);
	if (code == GATE_OK)
		gate_escape_printf(&log->said, "forgotten: %.*s", (int)identity->id.len,
		                   identity->id.ptr);
	return code;
}
