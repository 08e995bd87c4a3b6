/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/log/event.h"

#include "gate/base/escape.h"
#include "gate/base/limits.h"

const struct gate_event_type gate_event_types[GATE_EVENT_KINDS] = {
#define GATE_EVENT(name, type, version, phase, summary) \
	[GATE_EVENT_##name] = { type, version, GATE_PHASE_##phase, summary },
#include "gate/log/event.def"
#undef GATE_EVENT
};

void gate_event_reader_release(struct gate_event_reader *reader)
{
	gate_json_text_release(&reader->text);
	gate_arena_release(&reader->arena);
}

static int compare_slices(struct gate_slice a, struct gate_slice b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common ? memcmp(a.ptr, b.ptr, common) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

int gate_identity_compare(const struct gate_identity *a, const struct gate_identity *b)
{
	int order = compare_slices(a->source, b->source);

	return order ? order : compare_slices(a->id, b->id);
}

static int compare_times(struct gate_time a, struct gate_time b)
{
	if (a.seconds != b.seconds)
		return a.seconds < b.seconds ? -1 : 1;
	return (a.nanos > b.nanos) - (a.nanos < b.nanos);
}

int gate_event_compare_place(const struct gate_event *a, const struct gate_event *b)
{
	int order = compare_times(a->time, b->time);

	if (!order)
		order = gate_identity_compare(&a->identity, &b->identity);
	return order ? order : compare_slices(a->line, b->line);
}

int gate_event_compare(const struct gate_event *a, const struct gate_event *b)
{
	int order = compare_times(a->time, b->time);

	if (!order)
		order = (a->phase > b->phase) - (a->phase < b->phase);
	if (!order)
		order = gate_identity_compare(&a->identity, &b->identity);
	if (!order)
		order = compare_times(a->recorded, b->recorded);
	return order ? order : compare_slices(a->line, b->line);
}

/* Fails at a node of the text that is read; NULL: at its start. */
static int fail_at(const struct gate_event_reader *reader, const struct gate_json_node *node,
                   struct gate_error *err)
{
	const struct gate_json_text *text = &reader->text;
	unsigned line, column;

	if (!err)
		return GATE_ECONFIG;
	gate_utf8_place(&line, &column, text->bytes, text->len, node ? node->at : 0);
	gate_error_at(err, NULL, line, column);
	return GATE_ECONFIG;
}

/* A string member that is there and not empty, decoded into the arena (or as it stands, where nothing is escaped). */
static int read_string(struct gate_slice *out, struct gate_event_reader *reader,
                       const struct gate_json_node *map, const char *name, struct gate_error *err)
{
	const struct gate_json_node *node = gate_json_member(&reader->text, map, name);
	GATE_AUTO(gate_buf_release) struct gate_buf decoded = { 0 };
	const char *raw;

	if (!node || node->kind != GATE_JSON_STRING || node->len == 2) {
		gate_fail(err, GATE_ECONFIG,
		          node ? "'%s' is no text, or empty" : "the event has no '%s'", name);
		return fail_at(reader, node ? node : map, err);
	}
	raw = reader->text.bytes + node->at + 1;
	*out = (struct gate_slice){ raw, node->len - 2 };
	if (!memchr(raw, '\\', out->len))
		return GATE_OK;
	gate_json_decode(&decoded, &reader->text, node);
	out->ptr = gate_arena_copy(&reader->arena, gate_buf_text(&decoded), decoded.len);
	out->len = decoded.len;
	if (!out->ptr || gate_buf_failed(&decoded))
		return gate_fail_memory(err);
	return GATE_OK;
}

static int read_time(struct gate_time *out, struct gate_event_reader *reader,
                     const struct gate_json_node *map, const char *name, struct gate_error *err)
{
	const struct gate_json_node *node = gate_json_member(&reader->text, map, name);
	struct gate_slice text = { 0 };
	int code = read_string(&text, reader, map, name, err);

	if (code < 0)
		return code;
	if (gate_time_parse(out, text.ptr, text.len, NULL) == GATE_OK)
		return GATE_OK;
	gate_fail(err, GATE_ECONFIG, "'%s' is no time: '%.*s'", name,
	          (int)(text.len < 40 ? text.len : 40), text.ptr);
	return fail_at(reader, node, err);
}

static int read_limited(struct gate_slice *out, struct gate_event_reader *reader,
                        const struct gate_json_node *map, const char *name, struct gate_error *err)
{
	int code = read_string(out, reader, map, name, err);

	if (code == GATE_OK && out->len > GATE_MAX_IDENTITY_BYTES) {
		gate_fail(err, GATE_ECONFIG, "'%s' has %zu bytes, more than %d", name, out->len,
		          GATE_MAX_IDENTITY_BYTES);
		return fail_at(reader, gate_json_member(&reader->text, map, name), err);
	}
	return code;
}

/* "dev.cdevents.service.deployed.0.3.0" is a type and its version; any version of a type means the same to us. */
static enum gate_event_kind find_kind(struct gate_slice type)
{
	for (size_t i = 0; i < GATE_EVENT_KINDS; i++) {
		size_t len = strlen(gate_event_types[i].type);

		if (type.len > len && type.ptr[len] == '.' &&
		    !memcmp(type.ptr, gate_event_types[i].type, len))
			return (enum gate_event_kind)i;
	}
	return GATE_EVENT_UNKNOWN;
}

static const struct gate_json_node *dora_of(const struct gate_event_reader *reader,
                                            const struct gate_json_node *event)
{
	return gate_json_member(&reader->text, gate_json_member(&reader->text, event, "customData"),
	                        "dora");
}

/* What is no identity in the list is left out: it names nothing, and nobody asks where it stands. */
static int read_supersedes(struct gate_event *out, struct gate_event_reader *reader,
                           const struct gate_json_node *event, struct gate_error *err)
{
	const struct gate_json_text *text = &reader->text;
	const struct gate_json_node *list =
		gate_json_member(text, dora_of(reader, event), "supersedes");
	const struct gate_json_node *item = list ? list + 1 : NULL;
	struct gate_identity *names;

	if (!list || list->kind != GATE_JSON_LIST || !list->n)
		return GATE_OK;
	names = gate_arena_alloc(&reader->arena, list->n * sizeof(*names));
	if (!names)
		return gate_fail_memory(err);
	out->supersedes = names;
	for (uint32_t i = 0; i < list->n; i++, item = text->nodes + item->next) {
		struct gate_identity *name = &names[out->n_supersedes];
		int code = read_limited(&name->source, reader, item, "source", NULL);

		if (code == GATE_OK)
			code = read_limited(&name->id, reader, item, "id", NULL);
		if (code == GATE_ENOMEM)
			return gate_fail_memory(err);
		out->n_supersedes += code == GATE_OK;
	}
	return GATE_OK;
}

int gate_identity_key(char key[GATE_DIGEST_HEX], const struct gate_identity *identity,
                      struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf bytes = { 0 };

	gate_buf_add(&bytes, identity->source.ptr, identity->source.len);
	gate_buf_putc(&bytes, '\0');
	gate_buf_add(&bytes, identity->id.ptr, identity->id.len);
	if (gate_buf_failed(&bytes))
		return gate_fail_memory(err);
	gate_digest_hex(key, bytes.ptr, bytes.len);
	return GATE_OK;
}

static int read_event(struct gate_event *out, struct gate_event_reader *reader,
                      const struct gate_json_node *event, struct gate_error *err)
{
	const struct gate_json_node *context = gate_json_member(&reader->text, event, "context");
	int code;

	if (!context || context->kind != GATE_JSON_MAP) {
		gate_fail(err, GATE_ECONFIG, "the event has no map 'context'");
		return fail_at(reader, event, err);
	}
	out->json = (struct gate_slice){ reader->text.bytes + event->at, event->len };
	code = read_limited(&out->identity.id, reader, context, "id", err);
	if (code == GATE_OK)
		code = read_limited(&out->identity.source, reader, context, "source", err);
	if (code == GATE_OK)
		code = read_string(&out->type, reader, context, "type", err);
	if (code == GATE_OK)
		code = read_time(&out->time, reader, context, "timestamp", err);
	if (code == GATE_OK)
		code = read_supersedes(out, reader, event, err);
	if (code < 0)
		return code;
	out->kind = find_kind(out->type);
	out->phase = out->kind == GATE_EVENT_UNKNOWN ? GATE_PHASE_OTHER
	                                             : gate_event_types[out->kind].phase;
	return gate_identity_key(out->key, &out->identity, err);
}

int gate_event_read(struct gate_event *out, struct gate_event_reader *reader, const char *line,
                    size_t len, bool bare, struct gate_error *err)
{
	struct gate_event event = { .line = { line, len } };
	const struct gate_json_node *root, *inner;
	int code;

	if (len > GATE_MAX_LINE_BYTES) {
		gate_fail(err, GATE_ECONFIG, "the line has %zu bytes, more than %zu", len,
		          GATE_MAX_LINE_BYTES);
		gate_error_at(err, NULL, 1, 1);
		return GATE_ECONFIG;
	}
	code = gate_json_text_parse(&reader->text, NULL, line, len, GATE_MAX_EVENT_DEPTH, err);
	if (code < 0)
		return code;
	root = reader->text.nodes;
	inner = gate_json_member(&reader->text, root, "event");
	if (!inner && bare) {
		code = read_event(&event, reader, root, err);
		event.recorded = event.time;
	} else if (!inner || inner->kind != GATE_JSON_MAP) {
		gate_fail(err, GATE_ECONFIG, "the line has no map 'event'");
		return fail_at(reader, inner, err);
	} else {
		code = read_time(&event.recorded, reader, root, "recorded", err);
		if (code == GATE_OK)
			code = read_event(&event, reader, inner, err);
	}
	if (code == GATE_OK)
		*out = event;
	return code;
}

/* The event that was read last. */
static const struct gate_json_node *event_node(const struct gate_event_reader *reader)
{
	const struct gate_json_node *inner =
		gate_json_member(&reader->text, reader->text.nodes, "event");

	return inner ? inner : reader->text.nodes;
}

void gate_event_dora(struct gate_buf *out, const struct gate_event_reader *reader, const char *name)
{
	const struct gate_json_node *dora = dora_of(reader, event_node(reader));

	gate_json_decode(out, &reader->text, gate_json_member(&reader->text, dora, name));
}

void gate_event_range(struct gate_buf *out, const struct gate_event_reader *reader,
                      const char *name)
{
	const struct gate_json_text *text = &reader->text;
	const struct gate_json_node *range =
		gate_json_member(text, dora_of(reader, event_node(reader)), "range");
	const struct gate_json_node *node = gate_json_member(text, range, name);

	if (node && node->kind == GATE_JSON_NUMBER)
		gate_buf_add(out, text->bytes + node->at, node->len);
	else
		gate_json_decode(out, text, node);
}

bool gate_event_dora_bool(bool *out, const struct gate_event_reader *reader, const char *name)
{
	const struct gate_json_node *node =
		gate_json_member(&reader->text, dora_of(reader, event_node(reader)), name);

	if (!node || (node->kind != GATE_JSON_FALSE && node->kind != GATE_JSON_TRUE))
		return false;
	*out = node->kind == GATE_JSON_TRUE;
	return true;
}

void gate_event_context(struct gate_buf *out, const struct gate_event_reader *reader,
                        const char *name)
{
	const struct gate_json_text *text = &reader->text;

	gate_json_decode(out, text,
	                 gate_json_member(text,
	                                  gate_json_member(text, event_node(reader), "context"),
	                                  name));
}

void gate_event_content(struct gate_buf *out, const struct gate_event_reader *reader,
                        const char *name)
{
	const struct gate_json_text *text = &reader->text;
	const struct gate_json_node *subject =
		gate_json_member(text, event_node(reader), "subject");
	const struct gate_json_node *node =
		gate_json_member(text, gate_json_member(text, subject, "content"), name);

	if (node && node->kind == GATE_JSON_MAP)
		node = gate_json_member(text, node, "id");
	gate_json_decode(out, text, node);
}

void gate_event_subject(struct gate_buf *out, const struct gate_event_reader *reader)
{
	const struct gate_json_text *text = &reader->text;

	gate_json_decode(out, text,
	                 gate_json_member(text,
	                                  gate_json_member(text, event_node(reader), "subject"),
	                                  "id"));
}

/* The phases of deployments come first. */
static bool is_deployment(const struct gate_event *event)
{
	return event->phase < GATE_PHASE_DETECTED;
}

void gate_event_service(struct gate_buf *out, const struct gate_event_reader *reader,
                        const struct gate_event *event)
{
	const size_t before = out->len;

	gate_event_dora(out, reader, "service");
	if (out->len == before)
		gate_event_content(out, reader, "service");
	if (out->len == before && is_deployment(event))
		gate_event_subject(out, reader);
}

void gate_event_about(struct gate_buf *out, const struct gate_event_reader *reader,
                      const struct gate_event *event)
{
	const size_t before = out->len;

	if (event->phase == GATE_PHASE_OTHER)
		return;
	gate_event_dora(out, reader, "deploymentId");
	if (out->len == before && is_deployment(event))
		gate_event_context(out, reader, "chainId");
	else if (out->len == before)
		gate_event_subject(out, reader);
}

int gate_event_line(struct gate_buf *out, const struct gate_time *recorded, const char *file,
                    const char *json, size_t len, struct gate_error *err)
{
	GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	struct gate_event event;
	size_t start = out->len;
	int code = gate_json_text_parse(&text, file, json, len, GATE_MAX_EVENT_DEPTH, err);

	if (code < 0)
		return code;
	gate_buf_puts(out, "{\"recorded\":\"");
	gate_time_format(out, *recorded, true);
	gate_buf_puts(out, "\",\"event\":");
	gate_json_compact(out, &text, text.nodes);
	gate_buf_puts(out, "}\n");
	if (gate_buf_failed(out))
		return gate_fail_memory(err);
	return gate_event_read(&event, &reader, out->ptr + start, out->len - start - 1, false, err);
}

static int by_place(const void *a, const void *b)
{
	return gate_event_compare_place(*(struct gate_event *const *)a,
	                                *(struct gate_event *const *)b);
}

/* Lines of one identity and time, and what their events are equal by. */
struct same {
	struct gate_event *event;
	char digest[GATE_DIGEST_HEX];
};

static int by_digest(const void *a, const void *b)
{
	const struct same *left = a, *right = b;
	int order = memcmp(left->digest, right->digest, sizeof(left->digest));

	if (!order)
		order = compare_times(left->event->recorded, right->event->recorded);
	return order ? order : compare_slices(left->event->line, right->event->line);
}

static int digest_event(char digest[GATE_DIGEST_HEX], struct gate_json_text *text,
                        const struct gate_event *event, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf form = { 0 };
	int code = gate_json_text_parse(text, NULL, event->json.ptr, event->json.len,
	                                GATE_MAX_EVENT_DEPTH, err);

	if (code == GATE_OK)
		code = gate_json_canonical(&form, text, text->nodes, err);
	if (code < 0)
		return code;
	gate_digest_hex(digest, gate_buf_text(&form), form.len);
	return GATE_OK;
}

/* Leaves one line for each event of a run with one identity and time; the run is in the order of bytes again afterwards. */
static int unite_run(struct gate_event **run, size_t *n, struct gate_error *err)
{
	GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };
	GATE_AUTO(gate_free) struct same *same = calloc(*n, sizeof(*same));
	size_t kept = 0;

	if (!same)
		return gate_fail_memory(err);
	for (size_t i = 0; i < *n; i++) {
		int code = digest_event(same[i].digest, &text, run[i], err);

		same[i].event = run[i];
		if (code < 0)
			return code;
	}
	qsort(same, *n, sizeof(*same), by_digest);
	for (size_t i = 0; i < *n; i++)
		if (!i || memcmp(same[i].digest, same[i - 1].digest, sizeof(same[i].digest)) != 0)
			run[kept++] = same[i].event;
	qsort(run, kept, sizeof(struct gate_event *), by_place);
	*n = kept;
	return GATE_OK;
}

/* The end of the run that begins at `first`. */
static size_t find_run(struct gate_event **events, size_t first, size_t n)
{
	size_t end = first + 1;

	while (end < n && !compare_times(events[first]->time, events[end]->time) &&
	       !gate_identity_compare(&events[first]->identity, &events[end]->identity))
		end++;
	return end;
}

int gate_events_unite(struct gate_event **events, size_t *n, struct gate_error *err)
{
	size_t kept = 0;

	if (*n < 2)
		return GATE_OK;
	qsort(events, *n, sizeof(struct gate_event *), by_place);
	for (size_t first = 0, end; first < *n; first = end) {
		size_t len = 0;

		end = find_run(events, first, *n);
		/* The usual repeat is the same to the byte, and needs no look into it. */
		for (size_t i = first; i < end; i++)
			if (!len || compare_slices(events[first + len - 1]->line, events[i]->line))
				events[first + len++] = events[i];
		if (len > 1) {
			int code = unite_run(events + first, &len, err);

			if (code < 0)
				return code;
		}
		memmove(events + kept, events + first, len * sizeof(struct gate_event *));
		kept += len;
	}
	*n = kept;
	return GATE_OK;
}
