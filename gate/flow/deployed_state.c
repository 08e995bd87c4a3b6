/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "<SHA-256 of what follows the newline>\n<JSON>". The digest is against damage; what is written comes from this file alone.
 */
#include "gate/flow/deployed_state.h"

#include "gate/base/file.h"
#include "gate/base/json.h"
#include "gate/base/limits.h"

#define FILE_NAME "deployed"
#define VERSION 1

void gate_deployed_release(struct gate_deployed *deployed)
{
	gate_arena_release(&deployed->arena);
	gate_seen_release(&deployed->seen);
	free(deployed->items);
	*deployed = (struct gate_deployed){ 0 };
}

struct gate_running *gate_deployed_find(const struct gate_deployed *deployed,
                                        const char *environment, const char *service)
{
	for (size_t i = 0; i < deployed->n; i++)
		if (!strcmp(deployed->items[i].environment, environment) &&
		    !strcmp(deployed->items[i].service, service))
			return &deployed->items[i];
	return NULL;
}

static bool copy_slice(struct gate_slice *out, struct gate_arena *arena, struct gate_slice from)
{
	*out = (struct gate_slice){ gate_arena_copy(arena, from.ptr, from.len), from.len };
	return out->ptr;
}

int gate_deployed_set(struct gate_deployed *deployed, const char *environment, const char *service,
                      const struct gate_oid *commit, const struct gate_event *event,
                      struct gate_error *err)
{
	struct gate_running *place = gate_deployed_find(deployed, environment, service);
	struct gate_running running = { .commit = *commit };

	running.event = (struct gate_event){ .time = event->time, .phase = event->phase };
	if (!copy_slice(&running.event.identity.source, &deployed->arena, event->identity.source) ||
	    !copy_slice(&running.event.identity.id, &deployed->arena, event->identity.id))
		return gate_fail_memory(err);
	if (place) {
		running.environment = place->environment;
		running.service = place->service;
		*place = running;
		return GATE_OK;
	}
	running.environment = gate_arena_copy(&deployed->arena, environment, strlen(environment));
	running.service = gate_arena_copy(&deployed->arena, service, strlen(service));
	if (!running.environment || !running.service ||
	    gate_grow(&deployed->items, &deployed->cap, deployed->n + 1, sizeof(running), err) < 0)
		return gate_fail_memory(err);
	deployed->items[deployed->n++] = running;
	return GATE_OK;
}

static char *state_path(const char *state_dir)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };

	gate_buf_printf(&path, "%s/" FILE_NAME, state_dir);
	return gate_buf_take(&path);
}

/* NULL when it is no text. */
static const char *text_of(const cJSON *json, const char *name)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, name);

	return cJSON_IsString(value) ? value->valuestring : NULL;
}

/* False: no number from 0 on; a double has them exact that far. */
static bool number_of(int64_t *out, const cJSON *json, const char *name)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, name);

	if (!cJSON_IsNumber(value) || value->valuedouble < -1e15 || value->valuedouble > 1e15)
		return false;
	*out = (int64_t)value->valuedouble;
	return true;
}

static bool recall_item(struct gate_deployed *deployed, const cJSON *item)
{
	const char *environment = text_of(item, "environment"), *service = text_of(item, "service");
	const char *commit = text_of(item, "commit");
	const char *source = text_of(item, "source"), *id = text_of(item, "id");
	int64_t seconds, nanos, phase;
	struct gate_event event = { 0 };
	struct gate_oid oid;

	if (!environment || !service || !commit || !source || !id ||
	    !number_of(&seconds, item, "seconds") || !number_of(&nanos, item, "nanos") ||
	    !number_of(&phase, item, "phase") ||
	    gate_oid_parse(&oid, commit, strlen(commit), NULL) < 0)
		return false;
	event.time = (struct gate_time){ seconds, (int32_t)nanos };
	event.phase = (enum gate_phase)phase;
	event.identity.source = (struct gate_slice){ source, strlen(source) };
	event.identity.id = (struct gate_slice){ id, strlen(id) };
	return gate_deployed_set(deployed, environment, service, &oid, &event, NULL) == GATE_OK;
}

static bool recall_text(char *out, size_t size, const cJSON *json, const char *name)
{
	const char *text = text_of(json, name);

	if (!text || strlen(text) >= size)
		return false;
	memcpy(out, text, strlen(text) + 1);
	return true;
}

static bool recall_json(struct gate_deployed *out, const char *bytes, size_t len)
{
	GATE_AUTO(gate_json_free) cJSON *json = NULL;
	const char *seen;
	const cJSON *item;
	int64_t n, version;

	if (gate_json_parse(&json, FILE_NAME, bytes, len, NULL) < 0)
		return false;
	seen = text_of(json, "seen");
	if (!number_of(&version, json, "version") || version != VERSION || !seen ||
	    !number_of(&n, json, "identities") || n < 0 ||
	    !recall_text(out->position, sizeof(out->position), json, "position") ||
	    !recall_text(out->forgotten, sizeof(out->forgotten), json, "forgotten") ||
	    !gate_seen_read(&out->seen, seen, (size_t)n))
		return false;
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(json, "running"))
	{
		if (!recall_item(out, item))
			return false;
	}
	return true;
}

bool gate_deployed_recall(struct gate_deployed *out, char digest[GATE_DIGEST_HEX],
                          const char *state_dir)
{
	GATE_AUTO(gate_free) char *path = state_path(state_dir);
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	GATE_AUTO(gate_deployed_release) struct gate_deployed deployed = { 0 };
	struct gate_error why = { 0 };

	*out = (struct gate_deployed){ 0 };
	digest[0] = '\0';
	if (!path || gate_file_read(&text, path, GATE_MAX_JSON_BYTES + GATE_DIGEST_HEX, &why) < 0 ||
	    text.len <= GATE_DIGEST_HEX || text.ptr[GATE_DIGEST_HEX - 1] != '\n')
		return false;
	gate_digest_hex(digest, text.ptr + GATE_DIGEST_HEX, text.len - GATE_DIGEST_HEX);
	if (!memcmp(digest, text.ptr, GATE_DIGEST_HEX - 1) &&
	    recall_json(&deployed, text.ptr + GATE_DIGEST_HEX, text.len - GATE_DIGEST_HEX)) {
		*out = deployed;
		deployed = (struct gate_deployed){ 0 };
		return true;
	}
	digest[0] = '\0';
	return false;
}

/* False: an identity that JSON text cannot hold. */
static bool write_item(struct gate_json_writer *w, const struct gate_running *running)
{
	const struct gate_identity *identity = &running->event.identity;
	char hex[GATE_OID_HEX];

	if (strlen(identity->source.ptr) != identity->source.len ||
	    strlen(identity->id.ptr) != identity->id.len)
		return false;
	gate_json_begin_map(w, NULL);
	gate_json_text(w, "environment", running->environment);
	gate_json_text(w, "service", running->service);
	gate_json_text(w, "commit", gate_oid_hex(hex, &running->commit));
	gate_json_number(w, "seconds", running->event.time.seconds);
	gate_json_number(w, "nanos", running->event.time.nanos);
	gate_json_number(w, "phase", (int64_t)running->event.phase);
	gate_json_text(w, "source", identity->source.ptr);
	gate_json_text(w, "id", identity->id.ptr);
	gate_json_end_map(w);
	return true;
}

static bool write_json(struct gate_buf *out, const struct gate_deployed *deployed)
{
	GATE_AUTO(gate_buf_release) struct gate_buf seen = { 0 };
	struct gate_json_writer w = { .buf = out };
	bool whole = true;

	gate_seen_write(&seen, &deployed->seen);
	gate_json_begin_map(&w, NULL);
	gate_json_number(&w, "version", VERSION);
	gate_json_text(&w, "position", deployed->position);
	gate_json_text(&w, "forgotten", deployed->forgotten);
	gate_json_begin_list(&w, "running");
	for (size_t i = 0; whole && i < deployed->n; i++)
		whole = write_item(&w, &deployed->items[i]);
	gate_json_end_list(&w);
	gate_json_number(&w, "identities", (int64_t)deployed->seen.n);
	gate_json_buf(&w, "seen", &seen);
	gate_json_end_map(&w);
	return whole && !gate_buf_failed(out);
}

void gate_deployed_keep(const struct gate_deployed *deployed, const char *digest,
                        const char *state_dir)
{
	GATE_AUTO(gate_free) char *path = state_path(state_dir);
	GATE_AUTO(gate_buf_release) struct gate_buf json = { 0 }, text = { 0 };
	struct gate_error why = { 0 };
	char now[GATE_DIGEST_HEX];

	if (!path || !write_json(&json, deployed))
		return;
	gate_digest_hex(now, json.ptr, json.len);
	if (!strcmp(now, digest))
		return;
	gate_buf_printf(&text, "%s\n", now);
	gate_buf_add(&text, json.ptr, json.len);
	if (!gate_buf_failed(&text))
		gate_file_write(path, text.ptr, text.len, 0666, &why);
}
