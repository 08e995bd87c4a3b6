/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of each service in each environment only the last record matters, and its predecessor once, when it is replaced. So a sync that brings a few
 * events reads these few, and goes on from what the last one kept.
 *
 * That is right only while nothing old is touched. All of the log is read again when a line corrects another, comes late, has an identity that was met
 * before (then the older line counts, or a correction of it came first), when lines went away, or when an identity was forgotten.
 */
#include "gate/flow/deployed.h"

#include "gate/base/file.h"
#include "gate/base/limits.h"
#include "gate/flow/deployed_state.h"
#include "gate/git/history.h"
#include "gate/git/refs.h"
#include "gate/git/write.h"

#define DEPLOYED "refs/doragate/deployed/"
#define KEEP "refs/doragate/keep/"
#define LOCK_WAIT_MS 10000
#define HOOK_WAIT_MS 1000
#define LEAST_SEEN 1024

/* One commit ran where the next one came. */
struct step {
	struct gate_oid before, now;
};

struct refresh {
	struct gate_log *log;
	struct gate_deployed state;
	struct step *steps; /* own array */
	size_t n_steps, cap_steps;
	bool late; /* something came that only all of the log can tell */
	struct gate_error *err;
};

static void refresh_release(struct refresh *refresh)
{
	gate_deployed_release(&refresh->state);
	free(refresh->steps);
}
GATE_DEFINE_AUTO_STRUCT(struct refresh, refresh_release)

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

/* Empty where a name is longer than a file's may be. */
static int ref_name(struct gate_buf *out, const char *environment, const char *service,
                    struct gate_error *err)
{
	const char *const names[] = { environment, service };
	size_t before;

	gate_buf_reset(out);
	gate_buf_puts(out, DEPLOYED);
	for (size_t i = 0; i < GATE_COUNT(names); i++) {
		if (i)
			gate_buf_putc(out, '/');
		before = out->len;
		add_name(out, names[i]);
		if (out->len - before > GATE_MAX_REF_NAME) {
			gate_buf_reset(out);
			return GATE_OK;
		}
	}
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

/* A commit that ran, and that what ran next does not bring along. */
static int keep(const struct refresh *refresh, const struct step *step)
{
	const struct gate_repo *repo = refresh->log->repo;
	GATE_AUTO(gate_buf_release) struct gate_buf name = { 0 };
	struct gate_history *history;
	enum gate_cut cut = GATE_CUT_NONE;
	char hex[GATE_OID_HEX];
	bool brought = true;
	int code = GATE_OK;

	if (!is_here(repo, &step->before) || !is_here(repo, &step->now))
		return GATE_OK;
	code = gate_repo_history(&history, repo, refresh->err);
	if (code == GATE_OK)
		code = gate_is_ancestor(&brought, &cut, history, &step->before, &step->now,
		                        refresh->err);
	if (code < 0 || brought)
		return code;
	gate_buf_printf(&name, KEEP "%s", gate_oid_hex(hex, &step->before));
	return gate_buf_failed(&name) ? gate_fail_memory(refresh->err)
	                              : set_ref(repo, name.ptr, &step->before, refresh->err);
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
	       gate_oid_parse(commit, id.ptr, id.len, NULL) == GATE_OK;
}

static int add_step(struct refresh *refresh, const struct gate_oid *before,
                    const struct gate_oid *now)
{
	if (gate_oid_equal(before, now))
		return GATE_OK;
	if (gate_grow(&refresh->steps, &refresh->cap_steps, refresh->n_steps + 1,
	              sizeof(*refresh->steps), refresh->err) < 0)
		return GATE_ENOMEM;
	refresh->steps[refresh->n_steps++] = (struct step){ *before, *now };
	return GATE_OK;
}

/* An event that counts. */
static int deploy(struct refresh *refresh, struct gate_event_reader *reader,
                  const struct gate_event *event)
{
	GATE_AUTO(gate_buf_release) struct gate_buf environment = { 0 }, service = { 0 };
	const struct gate_running *running;
	struct gate_oid commit;
	int code = GATE_OK;
	bool has_place = read_place(&environment, &service, &commit, reader);

	if (gate_buf_failed(&environment) || gate_buf_failed(&service))
		return gate_fail_memory(refresh->err);
	if (!has_place)
		return GATE_OK;
	running = gate_deployed_find(&refresh->state, environment.ptr, service.ptr);
	if (running && gate_event_compare(event, &running->event) <= 0) {
		refresh->late = true;
		return GATE_OK;
	}
	if (running)
		code = add_step(refresh, &running->commit, &commit);
	return code < 0 ? code
	                : gate_deployed_set(&refresh->state, environment.ptr, service.ptr, &commit,
	                                    event, refresh->err);
}

static int deploy_all(struct refresh *refresh, const struct gate_live_log *live)
{
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && !refresh->late && i < live->n; i++) {
		GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
		const struct gate_live_event *item = &live->events[i];
		struct gate_event event;

		if (item->state != GATE_LIVE_COUNTS || !is_deployed(item->event.kind))
			continue;
		code = gate_event_read(&event, &reader, item->event.line.ptr, item->event.line.len,
		                       true, refresh->err);
		if (code == GATE_OK)
			code = deploy(refresh, &reader, &event);
	}
	return code;
}

/* Lines that say nothing of older ones, and of which older ones say nothing. */
static void check_new(struct refresh *refresh, const struct gate_live_log *live)
{
	struct gate_seen *seen = &refresh->state.seen;

	for (size_t i = 0; !refresh->late && i < live->n; i++) {
		const struct gate_event *event = &live->events[i].event;

		refresh->late = live->events[i].state != GATE_LIVE_COUNTS || event->n_supersedes ||
		                gate_seen_has(seen, event->key);
		gate_seen_add(seen, event->key);
	}
	if (gate_seen_is_full(seen))
		refresh->late = true;
}

/* What is new since the last time. */
static int read_new(struct refresh *refresh)
{
	GATE_AUTO(gate_live_release) struct gate_live_log live = { 0 };
	struct gate_deployed *state = &refresh->state;
	struct gate_log *log = refresh->log;
	bool holds = false;
	int code = gate_log_read_since(&live, log, state->position, refresh->err);

	if (code == GATE_OK)
		code = gate_store_holds(&holds, log->store, state->position, refresh->err);
	if (code < 0)
		return code;
	refresh->late = !holds || strcmp(state->forgotten, log->forgotten) != 0;
	check_new(refresh, &live);
	code = deploy_all(refresh, &live);
	memcpy(state->position, log->position, sizeof(state->position));
	return code;
}

static int see_all(struct gate_seen *seen, const struct gate_live_log *live, struct gate_error *err)
{
	size_t n = live->n;
	int code;

	for (size_t i = 0; i < live->n; i++)
		n += live->events[i].event.n_supersedes;
	code = gate_seen_init(seen, 2 * n > LEAST_SEEN ? 2 * n : LEAST_SEEN, err);
	for (size_t i = 0; code == GATE_OK && i < live->n; i++) {
		const struct gate_event *event = &live->events[i].event;

		gate_seen_add(seen, event->key);
		for (size_t k = 0; code == GATE_OK && k < event->n_supersedes; k++) {
			char key[GATE_DIGEST_HEX];

			code = gate_identity_key(key, &event->supersedes[k], err);
			if (code == GATE_OK)
				gate_seen_add(seen, key);
		}
	}
	return code;
}

static int read_all(struct refresh *refresh)
{
	GATE_AUTO(gate_live_release) struct gate_live_log live = { 0 };
	struct gate_deployed *state = &refresh->state;
	const struct gate_log *log = refresh->log;
	int code = gate_log_read(&live, refresh->log, refresh->err);

	gate_deployed_release(state);
	refresh->n_steps = 0;
	refresh->late = false;
	if (code == GATE_OK)
		code = see_all(&state->seen, &live, refresh->err);
	if (code == GATE_OK)
		code = deploy_all(refresh, &live);
	memcpy(state->position, log->position, sizeof(state->position));
	memcpy(state->forgotten, log->forgotten, sizeof(state->forgotten));
	return code;
}

/* Names of refs that are there and belong to nothing any more. */
struct stale {
	const struct refresh *refresh;
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
	const struct refresh *refresh = stale->refresh;
	GATE_AUTO(gate_buf_release) struct gate_buf ref = { 0 };

	(void)id;
	for (size_t i = 0; i < refresh->state.n; i++) {
		const struct gate_running *running = &refresh->state.items[i];
		int code = ref_name(&ref, running->environment, running->service, refresh->err);

		if (code < 0)
			return code;
		if (!strcmp(ref.ptr, name) && is_here(refresh->log->repo, &running->commit))
			return GATE_OK;
	}
	if (gate_grow(&stale->names, &stale->cap, stale->n + 1, sizeof(char *), refresh->err) < 0)
		return GATE_ENOMEM;
	stale->names[stale->n] = gate_copy(name, strlen(name));
	return stale->names[stale->n++] ? GATE_OK : gate_fail_memory(refresh->err);
}

static int write_refs(const struct refresh *refresh)
{
	const struct gate_repo *repo = refresh->log->repo;
	const struct gate_deployed *state = &refresh->state;
	GATE_AUTO(stale_release) struct stale stale = { .refresh = refresh };
	GATE_AUTO(gate_buf_release) struct gate_buf ref = { 0 };
	int code = gate_ref_each(repo, DEPLOYED, add_stale, &stale, refresh->err);

	for (size_t i = 0; code == GATE_OK && i < stale.n; i++)
		code = set_ref(repo, stale.names[i], &gate_oid_zero, refresh->err);
	for (size_t i = 0; code == GATE_OK && i < state->n; i++) {
		if (!is_here(repo, &state->items[i].commit))
			continue;
		code = ref_name(&ref, state->items[i].environment, state->items[i].service,
		                refresh->err);
		if (code == GATE_OK && ref.len)
			code = set_ref(repo, ref.ptr, &state->items[i].commit, refresh->err);
	}
	return code;
}

static int keep_all(const struct refresh *refresh)
{
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < refresh->n_steps; i++)
		code = keep(refresh, &refresh->steps[i]);
	return code;
}

/* One at a time, so that what was read first is not written last. */
static int lock_refs(struct gate_lock *lock, const struct gate_log *log, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };

	gate_buf_printf(&path, "%s/deployed.lock", log->state_dir);
	if (gate_buf_failed(&path))
		return gate_fail_memory(err);
	return gate_lock_acquire(lock, path.ptr, log->in_hook ? HOOK_WAIT_MS : LOCK_WAIT_MS, err);
}

int gate_deployed_refresh(struct gate_log *log, struct gate_error *err)
{
	GATE_AUTO(refresh_release) struct refresh refresh = { .log = log, .err = err };
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	char digest[GATE_DIGEST_HEX];
	int code = lock_refs(&lock, log, err);
	bool known;

	if (code < 0)
		return code;
	known = gate_deployed_recall(&refresh.state, digest, log->state_dir);
	if (known)
		code = read_new(&refresh);
	if (code == GATE_OK && (!known || refresh.late))
		code = read_all(&refresh);
	if (code == GATE_OK)
		code = keep_all(&refresh);
	if (code == GATE_OK)
		code = write_refs(&refresh);
	if (code == GATE_OK)
		gate_deployed_keep(&refresh.state, digest, log->state_dir);
	return code;
}
