/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/log.h"

#include "gate/base/escape.h"
#include "gate/base/limits.h"
#include "gate/flow/deployed.h"
#include "gate/flow/log_lines.h"
#include "gate/flow/talk.h"
#include "gate/git/refs.h"
#include "gate/log/source.h"
#include "gate/log/spool.h"

#define STATE "doragate"

static int load_config(struct gate_config **out, struct gate_oid *commit_id,
                       const struct gate_repo *repo, struct gate_error *err)
{
	struct gate_snapshot head = { .repo = repo, .tree = gate_oid_empty_tree };
	struct gate_oid id;
	/* Only where nothing was committed yet there is no configuration: what cannot be read might name another store. */
	int code = gate_ref_lookup(&id, repo, "HEAD", err);

	if (code == GATE_ENOTFOUND) {
		if (err)
			*err = (struct gate_error){ 0 };
		code = gate_repo_trees(&head.trees, repo, err);
	} else if (code == GATE_OK) {
		*commit_id = id;
		code = gate_snapshot_of_commit(&head, repo, &id, err);
	}
	return code < 0 ? code : gate_config_load(out, &head, NULL, NULL, 0, err);
}

/* Nobody is there to answer a question or to wait: what a push started, or a timer. */
static bool is_unattended(void)
{
	const char *value = getenv("DORAGATE_UNATTENDED");

	return value && *value && strcmp(value, "0") != 0;
}

int gate_log_open(struct gate_log *out, const struct gate_repo *repo, const struct gate_time *now,
                  struct gate_error *err)
{
	GATE_AUTO(gate_log_release)
	struct gate_log log = { .repo = repo, .has_now = now, .in_hook = is_unattended() };
	GATE_AUTO(gate_buf_release) struct gate_buf dir = { 0 };
	const char *remote;
	int code = load_config(&log.config, &log.head, repo, err);

	if (code < 0)
		return code;
	if (now)
		log.now = *now;
	gate_buf_printf(&dir, "%s/" STATE, gate_repo_common_dir(repo));
	log.state_dir = gate_buf_take(&dir);
	if (!log.state_dir)
		return gate_fail_memory(err);
	remote = log.config->log.remote ? log.config->log.remote : "origin";
	if (gate_remote_exists(repo, remote)) {
		log.remote = gate_copy(remote, strlen(remote));
		if (!log.remote)
			return gate_fail_memory(err);
	} else if (log.config->log.remote) {
		return gate_fail(
			err, GATE_EUSAGE,
			"there is no remote '%s', which 'log: { remote }' of " GATE_CONFIG_FILE
			" names",
			remote);
	}
	*out = log;
	log = (struct gate_log){ 0 };
	return GATE_OK;
}

/* Only DORAGATE_TRACE=log and lists with it; a path is for the whole program. */
static bool wants_trace(void)
{
	const char *trace = getenv("DORAGATE_TRACE");
	size_t n;

	for (; trace && *trace; trace += n + (trace[n] == ',')) {
		n = strcspn(trace, ",");
		if (n == 3 && !memcmp(trace, "log", 3))
			return true;
	}
	return false;
}

static int open_store(struct gate_log *log, struct gate_error *err)
{
	struct gate_store_context context = { .repo = log->repo,
		                              .remote = log->remote,
		                              .ref = log->config->log.ref,
		                              .state_dir = log->state_dir,
		                              .now = log->now,
		                              .has_now = log->has_now,
		                              .in_hook = log->in_hook,
		                              .said = &log->said };
	struct gate_store *store;
	int code;

	if (log->store)
		return GATE_OK;
	code = gate_store_open(
		&store, log->config->log.store ? log->config->log.store : "git:", &context, err);
	if (code == GATE_OK && wants_trace())
		code = gate_store_trace(&store, store, &log->trace, err);
	if (code == GATE_OK)
		log->store = store;
	return code;
}

void gate_log_release(struct gate_log *log)
{
	if (log->trace.len)
		fwrite(log->trace.ptr, 1, log->trace.len, stderr);
	gate_store_free(log->store);
	gate_buf_release(&log->trace);
	gate_buf_release(&log->said);
	gate_config_free(log->config);
	free(log->state_dir);
	free(log->repository);
	free(log->remote);
	*log = (struct gate_log){ 0 };
}

int gate_log_source(struct gate_buf *out, struct gate_log *log, const char *adapter,
                    struct gate_error *err)
{
	if (!log->repository) {
		int code = gate_log_repository(&log->repository, log->repo, log->config->repository,
		                               log->remote, err);

		if (code < 0)
			return code;
	}
	gate_buf_puts(out, log->repository);
	if (adapter)
		gate_buf_printf(out, "/doragate/%s", adapter);
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}

bool gate_log_is_file(const struct gate_log *log)
{
	const char *url = log->config->log.store;

	return url && !strncmp(url, "file:", 5);
}

struct gate_time gate_log_now(const struct gate_log *log)
{
	return log->has_now ? log->now : gate_now();
}

int gate_log_record(struct gate_log *log, const struct gate_buf *json, struct gate_error *err)
{
	const struct gate_time now = gate_log_now(log);

	return gate_spool_event(log->state_dir, &now, gate_buf_text(json), json->len, err);
}

static int spool_lines(struct gate_line_array *lines, const struct gate_spool *spool,
                       struct gate_error *err)
{
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < spool->n; i++)
		code = gate_line_array_split(lines, spool->files[i].bytes, spool->files[i].len,
		                             err);
	return code;
}

/* Before the exchange, so that what must stay goes with it, and behind it, for what came. Events are safe whether or not it works. */
static void refresh(struct gate_log *log)
{
	struct gate_error why = { 0 };

	if (gate_deployed_refresh(log, &why) < 0)
		gate_escape_printf(&log->said, "refs/doragate/deployed is not up to date: %s",
		                   why.message);
}

struct reading {
	struct gate_live_log *log;
	const struct gate_forgotten *forgotten;
	bool bare;
	struct gate_error *err;
};

static int add_live(const struct gate_log_line *line, void *payload)
{
	struct reading *reading = payload;

	return gate_live_add_known(reading->log, reading->forgotten, line, reading->bare,
	                           reading->err);
}

static int stop(const struct gate_log_line *line, void *payload)
{
	(void)line;
	(void)payload;
	return 1;
}

/* Where the store is before an exchange. False: it does not say. */
static bool position_now(char *position, const struct gate_log *log)
{
	*position = '\0';
	return gate_store_read(log->store, "", position, stop, NULL, NULL) == GATE_OK || *position;
}

/* Events that the store did not have at a position. Only said: what cannot be counted is none. */
static size_t count_since(const struct gate_log *log, const char *since)
{
	GATE_AUTO(gate_live_release) struct gate_live_log live = { 0 };
	const struct gate_forgotten none = { 0 };
	char position[GATE_MAX_POSITION + 1];
	struct reading reading = { .log = &live, .forgotten = &none };

	return gate_store_read(log->store, since, position, add_live, &reading, NULL) < 0 ||
	                       gate_live_settle(&live, NULL) < 0
	               ? 0
	               : live.n;
}

/* What the spool holds, each line once. */
static int count_spooled(struct gate_log_shared *out, const struct gate_line_array *lines,
                         struct gate_error *err)
{
	GATE_AUTO(gate_live_release) struct gate_live_log live = { 0 };
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < lines->n; i++)
		code = gate_live_add(&live, &lines->items[i], false, err);
	if (code == GATE_OK)
		code = gate_live_settle(&live, err);
	out->n = live.n;
	out->n_odd = live.n_odd;
	return code;
}

/* `git:`, with a ref or without, is the repository itself, which only a remote shares. */
static bool has_home(const struct gate_log *log)
{
	const char *url = log->config->log.store;

	return log->remote || (url && strcmp(url, "git:") != 0 && strncmp(url, "git:#", 5) != 0);
}

/* The store has what was spooled: exchange. */
static int exchange(struct gate_log_shared *out, struct gate_log *log, enum gate_sync_mode mode,
                    struct gate_error *err)
{
	char before[GATE_MAX_POSITION + 1];
	const bool counts = mode == GATE_SYNC_FULL && position_now(before, log);
	int code = gate_store_sync(log->store, mode, err);

	if (code == GATE_OK && counts)
		out->n_others = count_since(log, before);
	return code;
}

int gate_log_share(struct gate_log_shared *out, struct gate_log *log, enum gate_sync_mode mode,
                   struct gate_error *err)
{
	GATE_AUTO(gate_spool_release) struct gate_spool spool = { 0 };
	GATE_AUTO(gate_line_array_release) struct gate_line_array lines = { 0 };
	int code;

	*out = (struct gate_log_shared){ .has_home = has_home(log) };
	code = open_store(log, err);
	if (code == GATE_OK)
		code = gate_spool_seal(log->state_dir, err);
	if (code == GATE_OK)
		code = gate_spool_read(&spool, log->state_dir, false, err);
	if (code == GATE_OK)
		code = spool_lines(&lines, &spool, err);
	if (code == GATE_OK)
		code = count_spooled(out, &lines, err);
	if (code == GATE_OK)
		code = gate_store_append(log->store, lines.items, lines.n, err);
	if (code < 0)
		return code;
	refresh(log);
	code = exchange(out, log, mode, err);
	if (code == GATE_OK)
		code = gate_spool_remove(&spool, err);
	if (code == GATE_OK)
		refresh(log);
	return code;
}

/* What the store has beyond a position, without what is forgotten. */
static int read_store(struct gate_live_log *out, struct gate_forgotten *forgotten,
                      struct gate_log *log, const char *since, struct gate_error *err)
{
	struct reading reading = { out, forgotten, gate_log_is_file(log), err };
	int code = gate_forgotten_read(forgotten, log->store, err);

	if (code < 0)
		return code;
	gate_digest_hex(log->forgotten, forgotten->n ? forgotten->items[0] : "",
	                forgotten->n * sizeof(*forgotten->items));
	return gate_store_read(log->store, since, log->position, add_live, &reading, err);
}

int gate_log_read_since(struct gate_live_log *out, struct gate_log *log, const char *since,
                        struct gate_error *err)
{
	GATE_AUTO(gate_forgotten_release) struct gate_forgotten forgotten = { 0 };
	int code = open_store(log, err);

	if (code == GATE_OK)
		code = read_store(out, &forgotten, log, since, err);
	return code < 0 ? code : gate_live_settle(out, err);
}

int gate_log_go_back(int64_t *seconds, struct gate_log *log, const char *name,
                     struct gate_error *err)
{
	int code = open_store(log, err);

	if (code == GATE_OK)
		code = gate_store_find(log->store, name, log->position, seconds, err);
	log->as_of = code == GATE_OK;
	return code;
}

/* A tree of the log has nothing that was forgotten in it. */
static int read_as_of(struct gate_live_log *out, struct gate_log *log, struct gate_error *err)
{
	const struct gate_forgotten none = { 0 };
	struct reading reading = { out, &none, false, err };
	int code = gate_store_read_at(log->store, log->position, add_live, &reading, err);

	return code < 0 ? code : gate_live_settle(out, err);
}

int gate_log_read(struct gate_live_log *out, struct gate_log *log, struct gate_error *err)
{
	GATE_AUTO(gate_spool_release) struct gate_spool spool = { 0 };
	GATE_AUTO(gate_line_array_release) struct gate_line_array lines = { 0 };
	GATE_AUTO(gate_forgotten_release) struct gate_forgotten forgotten = { 0 };
	int code = open_store(log, err);

	if (log->as_of)
		return read_as_of(out, log, err);
	/* The spool first: what a sync moves to the store meanwhile is then read twice, and not missed. */
	if (code == GATE_OK)
		code = gate_spool_read(&spool, log->state_dir, true, err);
	if (code == GATE_OK)
		code = read_store(out, &forgotten, log, "", err);
	if (code == GATE_OK)
		code = spool_lines(&lines, &spool, err);
	log->n_spooled = lines.n;
	for (size_t i = 0; code == GATE_OK && i < lines.n; i++)
		code = gate_live_add_known(out, &forgotten, &lines.items[i], false, err);
	return code < 0 ? code : gate_live_settle(out, err);
}

int gate_log_check(struct gate_buf *out, struct gate_log *log, struct gate_error *err)
{
	GATE_AUTO(gate_live_release) struct gate_live_log live = { 0 };
	int code = open_store(log, err);

	if (code == GATE_OK)
		code = gate_store_verify(log->store, out, err);
	if (code == GATE_OK)
		code = gate_log_read(&live, log, err);
	for (size_t i = 0; code == GATE_OK && i < live.n; i++)
		if (live.events[i].state == GATE_LIVE_OTHER_CONTENT)
			gate_escape_printf(&log->said,
			                   "%.*s %.*s: recorded again with other content, which "
			                   "does not count",
			                   (int)live.events[i].event.identity.source.len,
			                   live.events[i].event.identity.source.ptr,
			                   (int)live.events[i].event.identity.id.len,
			                   live.events[i].event.identity.id.ptr);
	return code;
}
