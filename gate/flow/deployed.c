/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of each service in each environment only the last record matters, and its predecessor once, when it is replaced. So a sync that brings a few
 * events reads these few. What corrects others, or comes late, makes all of the log be read: then what is last may be another.
 */
#include "gate/flow/deployed.h"

#include "gate/base/file.h"
#include "gate/base/json.h"
#include "gate/git/history.h"
#include "gate/git/refs.h"
#include "gate/git/write.h"

#define DEPLOYED "refs/doragate/deployed/"
#define KEEP "refs/doragate/keep/"
#define FILE_NAME "deployed"
#define MOST_BYTES ((size_t)16 << 20)

/* The last record of one service in one environment. */
struct running {
	const char *environment, *service; /* in the arena */
	struct gate_event event;           /* its time, phase and identity, for the order */
	struct gate_oid commit;
};

struct deployed {
	struct gate_log *log;
	struct gate_arena arena;
	struct running *items; /* own array */
	size_t n, cap;
	char position[GATE_MAX_POSITION + 1];
	bool late; /* something came that only all of the log can tell */
	struct gate_error *err;
};

static void deployed_release(struct deployed *deployed)
{
	gate_arena_release(&deployed->arena);
	free(deployed->items);
}
GATE_DEFINE_AUTO_STRUCT(struct deployed, deployed_release)

static char *state_path(const struct gate_log *log)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };

	gate_buf_printf(&path, "%s/" FILE_NAME, log->state_dir);
	return gate_buf_take(&path);
}

static const char *keep_bytes(struct deployed *deployed, struct gate_slice bytes)
{
	return gate_arena_copy(&deployed->arena, bytes.ptr, bytes.len);
}

/* Bytes that a ref may not have, or that another file system takes for equal, are written %XX. */
static void add_name(struct gate_buf *out, const char *name)
{
	for (; *name; name++) {
		const unsigned char c = (unsigned char)*name;

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')
			gate_buf_putc(out, (char)c);
		else
			gate_buf_printf(out, "%%%02X", c);
	}
}

static int ref_name(struct gate_buf *out, const struct running *running, struct gate_error *err)
{
	gate_buf_puts(out, DEPLOYED);
	add_name(out, running->environment);
	gate_buf_putc(out, '/');
	add_name(out, running->service);
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}

/* Sets a ref to a commit, or deletes it (zero). Somebody else beside us does the same. */
static int set_ref(const struct gate_repo *repo, const char *name, const struct gate_oid *to,
                   struct gate_error *err)
{
	struct gate_oid old = { 0 };
	struct gate_error why = { 0 };
	int code = gate_ref_lookup(&old, repo, name, &why);

	if (code == GATE_ENOTFOUND)
		old = gate_oid_zero;
	else if (code < 0)
		return gate_fail(err, code, "%s", why.message);
	if (gate_oid_equal(&old, to))
		return GATE_OK;
	code = gate_ref_swap(repo, name, to, &old, &why);
	if (code == GATE_OK || code == GATE_ECONFLICT)
		return GATE_OK;
	return gate_fail(err, code, "%s", why.message);
}

static bool is_here(const struct gate_repo *repo, const struct gate_oid *id)
{
	enum gate_object_kind kind;

	return gate_object_kind(&kind, repo, id, NULL) == GATE_OK && kind == GATE_OBJECT_COMMIT;
}

/* A commit that ran, and that what runs now does not bring along. */
static int keep(struct deployed *deployed, const struct gate_oid *before,
                const struct gate_oid *now)
{
	const struct gate_repo *repo = deployed->log->repo;
	GATE_AUTO(gate_buf_release) struct gate_buf name = { 0 };
	struct gate_history *history;
	enum gate_cut cut = GATE_CUT_NONE;
	char hex[GATE_OID_HEX];
	bool brought = true;
	int code = GATE_OK;

	if (gate_oid_equal(before, now) || !is_here(repo, before) || !is_here(repo, now))
		return GATE_OK;
	code = gate_repo_history(&history, repo, deployed->err);
	if (code == GATE_OK)
		code = gate_is_ancestor(&brought, &cut, history, before, now, deployed->err);
	if (code < 0 || brought)
		return code;
	gate_buf_printf(&name, KEEP "%s", gate_oid_hex(hex, before));
	return gate_buf_failed(&name) ? gate_fail_memory(deployed->err)
	                              : set_ref(repo, name.ptr, before, deployed->err);
}

static bool is_deployed(enum gate_event_kind kind)
{
	return kind == GATE_EVENT_SERVICE_DEPLOYED || kind == GATE_EVENT_SERVICE_UPGRADED ||
	       kind == GATE_EVENT_SERVICE_ROLLEDBACK;
}

/* Where and what an event deployed. False: nothing that has a ref. */
static bool read_place(struct gate_buf *environment, struct gate_buf *service,
                       struct gate_oid *commit, const struct gate_event_reader *reader)
{
	GATE_AUTO(gate_buf_release) struct gate_buf id = { 0 };

	gate_event_content(environment, reader, "environment");
	gate_event_dora(service, reader, "service");
	if (!service->len)
		gate_event_subject(service, reader);
	gate_event_dora(&id, reader, "commit");
	return environment->len && service->len && strlen(environment->ptr) == environment->len &&
	       strlen(service->ptr) == service->len && id.len == GATE_OID_HEX - 1 &&
	       gate_oid_parse(commit, id.ptr, id.len, NULL) == GATE_OK &&
	       !gate_buf_failed(environment) && !gate_buf_failed(service);
}

static struct running *find(struct deployed *deployed, const char *environment, const char *service)
{
	for (size_t i = 0; i < deployed->n; i++)
		if (!strcmp(deployed->items[i].environment, environment) &&
		    !strcmp(deployed->items[i].service, service))
			return &deployed->items[i];
	return NULL;
}

/* What the order needs of an event, kept beyond the line it stands in. */
static int set_event(struct deployed *deployed, struct running *running,
                     const struct gate_event *event)
{
	running->event = (struct gate_event){ .time = event->time, .phase = event->phase };
	running->event.identity.source =
		(struct gate_slice){ keep_bytes(deployed, event->identity.source),
		                     event->identity.source.len };
	running->event.identity.id = (struct gate_slice){ keep_bytes(deployed, event->identity.id),
		                                          event->identity.id.len };
	return running->event.identity.source.ptr && running->event.identity.id.ptr
	               ? GATE_OK
	               : gate_fail_memory(deployed->err);
}

static int add_place(struct deployed *deployed, const char *environment, const char *service,
                     const struct gate_oid *commit, const struct gate_event *event)
{
	struct running *running = find(deployed, environment, service);
	int code;

	if (!running) {
		if (gate_grow(&deployed->items, &deployed->cap, deployed->n + 1,
		              sizeof(*deployed->items), deployed->err) < 0)
			return GATE_ENOMEM;
		running = &deployed->items[deployed->n];
		*running = (struct running){ .commit = *commit };
		running->environment =
			gate_arena_copy(&deployed->arena, environment, strlen(environment));
		running->service = gate_arena_copy(&deployed->arena, service, strlen(service));
		if (!running->environment || !running->service)
			return gate_fail_memory(deployed->err);
		deployed->n++;
		return set_event(deployed, running, event);
	}
	if (gate_event_compare(event, &running->event) <= 0) {
		deployed->late = true;
		return GATE_OK;
	}
	code = keep(deployed, &running->commit, commit);
	running->commit = *commit;
	return code == GATE_OK ? set_event(deployed, running, event) : code;
}

static int add_event(struct deployed *deployed, struct gate_event_reader *reader,
                     const struct gate_event *event)
{
	GATE_AUTO(gate_buf_release) struct gate_buf environment = { 0 }, service = { 0 };
	struct gate_oid commit;

	if (!is_deployed(event->kind) || !read_place(&environment, &service, &commit, reader))
		return GATE_OK;
	return add_place(deployed, environment.ptr, service.ptr, &commit, event);
}

/* A line that is new since the last time. */
static int add_line(const struct gate_log_line *line, void *payload)
{
	struct deployed *deployed = payload;
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	struct gate_error why = { 0 };
	struct gate_event event;
	int code = gate_event_read(&event, &reader, line->bytes, line->len, true, &why);

	if (code == GATE_ENOMEM)
		return gate_fail_memory(deployed->err);
	if (code < 0)
		return GATE_OK;
	if (event.n_supersedes) {
		deployed->late = true;
		return GATE_OK;
	}
	return add_event(deployed, &reader, &event);
}

/* All of the log, in order, and only what counts. */
static int read_all(struct deployed *deployed)
{
	GATE_AUTO(gate_live_release) struct gate_live_log live = { 0 };
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	int code = gate_log_read(&live, deployed->log, deployed->err);

	deployed->n = 0;
	for (size_t i = 0; code == GATE_OK && i < live.n; i++) {
		const struct gate_slice line = live.events[i].event.line;
		struct gate_event event;

		if (live.events[i].state != GATE_LIVE_COUNTS ||
		    !is_deployed(live.events[i].event.kind))
			continue;
		code = gate_event_read(&event, &reader, line.ptr, line.len, true, deployed->err);
		if (code == GATE_OK)
			code = add_event(deployed, &reader, &event);
	}
	memcpy(deployed->position, deployed->log->position, sizeof(deployed->position));
	return code;
}

static const char *text_of(const cJSON *json, const char *name)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, name);

	return cJSON_IsString(value) ? value->valuestring : NULL;
}

static bool recall_item(struct deployed *deployed, const cJSON *item)
{
	const char *const texts[] = { text_of(item, "environment"), text_of(item, "service"),
		                      text_of(item, "commit"),      text_of(item, "time"),
		                      text_of(item, "source"),      text_of(item, "id") };
	const cJSON *phase = cJSON_GetObjectItemCaseSensitive(item, "phase");
	struct gate_event event = { 0 };
	struct gate_oid commit;

	for (size_t i = 0; i < GATE_COUNT(texts); i++)
		if (!texts[i])
			return false;
	if (!cJSON_IsNumber(phase) ||
	    gate_oid_parse(&commit, texts[2], strlen(texts[2]), NULL) < 0 ||
	    gate_time_parse(&event.time, texts[3], strlen(texts[3]), NULL) < 0)
		return false;
	event.phase = (enum gate_phase)phase->valueint;
	event.identity.source = (struct gate_slice){ texts[4], strlen(texts[4]) };
	event.identity.id = (struct gate_slice){ texts[5], strlen(texts[5]) };
	return add_place(deployed, texts[0], texts[1], &commit, &event) == GATE_OK &&
	       !deployed->late;
}

/* The state of the last time: "<SHA-256 of what follows>\n<JSON>". False: there is none to go on from. */
static bool recall(struct deployed *deployed)
{
	GATE_AUTO(gate_free) char *path = state_path(deployed->log);
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	GATE_AUTO(gate_json_free) cJSON *json = NULL;
	struct gate_error why = { 0 };
	char digest[GATE_DIGEST_HEX];
	const char *position;
	const cJSON *item;

	if (!path || gate_file_read(&text, path, MOST_BYTES, &why) < 0 ||
	    text.len <= GATE_DIGEST_HEX)
		return false;
	gate_digest_hex(digest, text.ptr + GATE_DIGEST_HEX, text.len - GATE_DIGEST_HEX);
	if (memcmp(digest, text.ptr, GATE_DIGEST_HEX - 1) != 0 ||
	    gate_json_parse(&json, FILE_NAME, text.ptr + GATE_DIGEST_HEX,
	                    text.len - GATE_DIGEST_HEX, &why) < 0)
		return false;
	position = text_of(json, "position");
	if (!position || !*position || strlen(position) > GATE_MAX_POSITION)
		return false;
	memcpy(deployed->position, position, strlen(position) + 1);
	cJSON_ArrayForEach(item,
	                   cJSON_GetObjectItemCaseSensitive(
				   json, "running")) if (!recall_item(deployed, item)) return false;
	return true;
}

static void write_item(struct gate_json_writer *w, const struct running *running)
{
	GATE_AUTO(gate_buf_release) struct gate_buf time = { 0 };
	char hex[GATE_OID_HEX];

	gate_time_format(&time, running->event.time, false);
	gate_json_begin_map(w, NULL);
	gate_json_text(w, "environment", running->environment);
	gate_json_text(w, "service", running->service);
	gate_json_text(w, "commit", gate_oid_hex(hex, &running->commit));
	gate_json_buf(w, "time", &time);
	gate_json_number(w, "phase", (int64_t)running->event.phase);
	gate_json_text(w, "source", running->event.identity.source.ptr);
	gate_json_text(w, "id", running->event.identity.id.ptr);
	gate_json_end_map(w);
}

/* A cache: that it cannot be written costs time, and nothing else. */
static void remember(const struct deployed *deployed)
{
	GATE_AUTO(gate_free) char *path = state_path(deployed->log);
	GATE_AUTO(gate_buf_release) struct gate_buf json = { 0 }, text = { 0 };
	struct gate_json_writer w = { .buf = &json };
	struct gate_error why = { 0 };
	char digest[GATE_DIGEST_HEX];

	gate_json_begin_map(&w, NULL);
	gate_json_text(&w, "position", deployed->position);
	gate_json_begin_list(&w, "running");
	for (size_t i = 0; i < deployed->n; i++)
		write_item(&w, &deployed->items[i]);
	gate_json_end_list(&w);
	gate_json_end_map(&w);
	if (!path || gate_buf_failed(&json))
		return;
	gate_digest_hex(digest, json.ptr, json.len);
	gate_buf_printf(&text, "%s\n%s", digest, json.ptr);
	if (!gate_buf_failed(&text))
		gate_file_write(path, text.ptr, text.len, 0666, &why);
}

/* Names of refs that are there and belong to nothing any more. */
struct stale {
	const struct deployed *deployed;
	char **names; /* own */
	size_t n, cap;
};

static void stale_release(struct stale *stale)
{
	for (size_t i = 0; i < stale->n; i++)
		free(stale->names[i]);
	free(stale->names);
}
GATE_DEFINE_AUTO_STRUCT(struct stale, stale_release)

static int add_stale(const char *name, const struct gate_oid *id, void *payload)
{
	struct stale *stale = payload;
	const struct deployed *deployed = stale->deployed;

	(void)id;
	for (size_t i = 0; i < deployed->n; i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf ref = { 0 };
		int code = ref_name(&ref, &deployed->items[i], deployed->err);

		if (code < 0)
			return code;
		if (!strcmp(ref.ptr, name) &&
		    is_here(deployed->log->repo, &deployed->items[i].commit))
			return GATE_OK;
	}
	if (gate_grow(&stale->names, &stale->cap, stale->n + 1, sizeof(char *), deployed->err) < 0)
		return GATE_ENOMEM;
	stale->names[stale->n] = gate_copy(name, strlen(name));
	return stale->names[stale->n++] ? GATE_OK : gate_fail_memory(deployed->err);
}

static int write_refs(struct deployed *deployed)
{
	const struct gate_repo *repo = deployed->log->repo;
	GATE_AUTO(stale_release) struct stale stale = { .deployed = deployed };
	int code = gate_ref_each(repo, DEPLOYED, add_stale, &stale, deployed->err);

	for (size_t i = 0; code == GATE_OK && i < stale.n; i++)
		code = set_ref(repo, stale.names[i], &gate_oid_zero, deployed->err);
	for (size_t i = 0; code == GATE_OK && i < deployed->n; i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf ref = { 0 };

		if (!is_here(repo, &deployed->items[i].commit))
			continue;
		code = ref_name(&ref, &deployed->items[i], deployed->err);
		if (code == GATE_OK)
			code = set_ref(repo, ref.ptr, &deployed->items[i].commit, deployed->err);
	}
	return code;
}

int gate_deployed_refresh(struct gate_log *log, struct gate_error *err)
{
	GATE_AUTO(deployed_release) struct deployed deployed = { .log = log, .err = err };
	char position[GATE_MAX_POSITION + 1] = "";
	bool known = recall(&deployed);
	int code = GATE_OK;

	if (known) {
		code = gate_store_read(log->store, deployed.position, position, add_line, &deployed,
		                       err);
		memcpy(deployed.position, position, sizeof(position));
	}
	if (code == GATE_OK && (!known || deployed.late)) {
		deployed.late = false;
		code = read_all(&deployed);
	}
	if (code == GATE_OK)
		code = write_refs(&deployed);
	if (code == GATE_OK)
		remember(&deployed);
	return code;
}
