/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/log.h"

#include "gate/base/escape.h"
#include "gate/base/limits.h"
#include "gate/flow/deployed.h"
#include "gate/flow/talk.h"
#include "gate/git/history.h"
#include "gate/git/refs.h"
#include "gate/log/source.h"
#include "gate/log/spool.h"

#define STATE "doragate"

static int load_config(struct gate_config **out, struct gate_oid *commit_id,
                       const struct gate_repo *repo, struct gate_error *err)
{
	struct gate_snapshot head = { .repo = repo, .tree = gate_oid_empty_tree };
	struct gate_history *history;
	const struct gate_commit *commit;
	struct gate_oid id;
	int code = gate_repo_trees(&head.trees, repo, err);

	if (code == GATE_OK)
		code = gate_repo_history(&history, repo, err);
	if (code < 0)
		return code;
	/* Only where nothing was committed yet there is no configuration: what cannot be read might name another store. */
	code = gate_ref_lookup(&id, repo, "HEAD", err);
	if (code == GATE_ENOTFOUND) {
		if (err)
			*err = (struct gate_error){ 0 };
		return gate_config_load(out, &head, NULL, NULL, 0, err);
	}
	if (code == GATE_OK)
		code = gate_history_commit(&commit, history, &id, err);
	if (code < 0)
		return code;
	head.tree = commit->tree;
	*commit_id = id;
	return gate_config_load(out, &head, NULL, NULL, 0, err);
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

/* Lines of the spool, borrowed from it. */
struct line_array {
	struct gate_log_line *items; /* own array */
	size_t n, cap;
};

static void line_array_release(struct line_array *lines)
{
	free(lines->items);
}
GATE_DEFINE_AUTO_STRUCT(struct line_array, line_array_release)

static int add_lines(struct line_array *lines, const char *at, size_t len, struct gate_error *err)
{
	for (const char *end = at + len; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((newline ? newline : end) - at);

		if (gate_grow(&lines->items, &lines->cap, lines->n + 1, sizeof(*lines->items),
		              err) < 0)
			return GATE_ENOMEM;
		if (n)
			lines->items[lines->n++] = (struct gate_log_line){ at, n };
		at += n + 1;
	}
	return GATE_OK;
}

static int spool_lines(struct line_array *lines, const struct gate_spool *spool,
                       struct gate_error *err)
{
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < spool->n; i++)
		code = add_lines(lines, spool->files[i].bytes, spool->files[i].len, err);
	return code;
}

static int count_events(struct gate_log_shared *out, const struct line_array *lines,
                        struct gate_error *err)
{
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };

	for (size_t i = 0; i < lines->n; i++) {
		struct gate_error why = { 0 };
		struct gate_event event;
		int code = gate_event_read(&event, &reader, lines->items[i].bytes,
		                           lines->items[i].len, false, &why);

		if (code == GATE_ENOMEM)
			return gate_fail_memory(err);
		if (code == GATE_OK)
			out->n++;
		else
			out->n_odd++;
	}
	return GATE_OK;
}

/* Before the exchange, so that what must stay goes with it, and behind it, for what came. Events are safe whether or not it works. */
static void refresh(struct gate_log *log)
{
	struct gate_error why = { 0 };

	if (gate_deployed_refresh(log, &why) < 0)
		gate_escape_printf(&log->said, "refs/doragate/deployed is not up to date: %s",
		                   why.message);
}

int gate_log_share(struct gate_log_shared *out, struct gate_log *log, enum gate_sync_mode mode,
                   struct gate_error *err)
{
	GATE_AUTO(gate_spool_release) struct gate_spool spool = { 0 };
	GATE_AUTO(line_array_release) struct line_array lines = { 0 };
	int code = open_store(log, err);

	*out = (struct gate_log_shared){ 0 };
	if (code == GATE_OK)
		code = gate_spool_seal(log->state_dir, err);
	if (code == GATE_OK)
		code = gate_spool_read(&spool, log->state_dir, false, err);
	if (code == GATE_OK)
		code = spool_lines(&lines, &spool, err);
	if (code < 0)
		return code;
	code = count_events(out, &lines, err);
	if (code < 0)
		return code;
	code = gate_store_append(log->store, lines.items, lines.n, err);
	if (code == GATE_OK)
		refresh(log);
	if (code == GATE_OK)
		code = gate_store_sync(log->store, mode, err);
	if (code == GATE_OK)
		code = gate_spool_remove(&spool, err);
	out->shared = code == GATE_OK;
	if (code == GATE_OK)
		refresh(log);
	return code;
}

/* Keys of what is forgotten. */
struct key_list {
	char (*items)[GATE_DIGEST_HEX]; /* own; sorted after reading */
	size_t n, cap;
	struct gate_error *err;
};

static void key_list_release(struct key_list *keys)
{
	free(keys->items);
}
GATE_DEFINE_AUTO_STRUCT(struct key_list, key_list_release)

static int add_key(const struct gate_log_line *key, void *payload)
{
	struct key_list *keys = payload;

	if (key->len != GATE_DIGEST_HEX - 1)
		return GATE_OK;
	if (gate_grow(&keys->items, &keys->cap, keys->n + 1, sizeof(*keys->items), keys->err) < 0)
		return GATE_ENOMEM;
	memcpy(keys->items[keys->n], key->bytes, key->len);
	keys->items[keys->n++][key->len] = '\0';
	return GATE_OK;
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Each once, for this clone and the home may both have it. */
static int read_keys(struct key_list *out, struct gate_log *log, struct gate_error *err)
{
	size_t kept = 0;
	int code;

	out->err = err;
	code = gate_store_forgotten(log->store, add_key, out, err);
	if (code < 0 || !out->n)
		return code;
	qsort(out->items, out->n, sizeof(*out->items), compare_keys);
	for (size_t i = 1; i < out->n; i++)
		if (compare_keys(out->items[kept], out->items[i]) != 0)
			memmove(out->items[++kept], out->items[i], sizeof(*out->items));
	out->n = kept + 1;
	return GATE_OK;
}

struct reading {
	struct gate_live_log *log;
	struct key_list *forgotten;
	bool bare;
	struct gate_error *err;
};

static int add_live(const struct gate_log_line *line, void *payload)
{
	struct reading *reading = payload;
	const struct key_list *keys = reading->forgotten;
	struct gate_live_log *log = reading->log;
	const size_t before = log->n;
	int code = gate_live_add(log, line, reading->bare, reading->err);

	if (code == GATE_OK && log->n > before && keys->n &&
	    bsearch(log->events[before].event.key, keys->items, keys->n, sizeof(*keys->items),
	            compare_keys))
		log->n = before;
	return code;
}

/* What the store has beyond a position, without what is forgotten. */
static int read_store(struct reading *reading, struct gate_log *log, const char *since)
{
	struct key_list *keys = reading->forgotten;
	int code = read_keys(keys, log, reading->err);

	if (code < 0)
		return code;
	gate_digest_hex(log->forgotten, keys->n ? keys->items[0] : "",
	                keys->n * sizeof(*keys->items));
	reading->bare = gate_log_is_file(log);
	code = gate_store_read(log->store, since, log->position, add_live, reading, reading->err);
	reading->bare = false;
	return code;
}

int gate_log_read_since(struct gate_live_log *out, struct gate_log *log, const char *since,
                        struct gate_error *err)
{
	GATE_AUTO(key_list_release) struct key_list forgotten = { 0 };
	struct reading reading = { .log = out, .forgotten = &forgotten, .err = err };
	int code = open_store(log, err);

	if (code == GATE_OK)
		code = read_store(&reading, log, since);
	return code < 0 ? code : gate_live_settle(out, err);
}

int gate_log_read(struct gate_live_log *out, struct gate_log *log, struct gate_error *err)
{
	GATE_AUTO(gate_spool_release) struct gate_spool spool = { 0 };
	GATE_AUTO(line_array_release) struct line_array lines = { 0 };
	GATE_AUTO(key_list_release) struct key_list forgotten = { 0 };
	struct reading reading = { .log = out, .forgotten = &forgotten, .err = err };
	int code = open_store(log, err);

	/* The spool first: what a sync moves to the store meanwhile is then read twice, and not missed. */
	if (code == GATE_OK)
		code = gate_spool_read(&spool, log->state_dir, true, err);
	if (code == GATE_OK)
		code = read_store(&reading, log, "");
	if (code == GATE_OK)
		code = spool_lines(&lines, &spool, err);
	log->n_spooled = lines.n;
	for (size_t i = 0; code == GATE_OK && i < lines.n; i++)
		code = add_live(&lines.items[i], &reading);
	return code < 0 ? code : gate_live_settle(out, err);
}

/* Where a line of a file stands, and why it is no event. */
static void say_odd(struct gate_log *log, const char *name, size_t line,
                    const struct gate_error *why)
{
	gate_escape_printf(&log->said, "%s:%zu:%u: kept, but it is no event: %s", name, line,
	                   why->column, why->message);
}

/* Where the value of a line begins, behind a byte order mark and white space. */
static const char *value_of(const struct gate_log_line *line)
{
	const char *at = line->bytes, *end = at + line->len;

	if (line->len >= 3 && !memcmp(at, "\xef\xbb\xbf", 3))
		at += 3;
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
		at++;
	return at;
}

static int add_event_key(struct key_list *keys, const struct gate_event *event)
{
	const struct gate_log_line key = { event->key, GATE_DIGEST_HEX - 1 };

	return add_key(&key, keys);
}

/* One line of a file: as it is when it is a line of the log, with `recorded` when it is a bare event. */
static int import_line(struct gate_buf *out, struct key_list *keys, struct gate_log *log,
                       const char *name, const struct gate_log_line *line, size_t number,
                       struct gate_error *err)
{
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	struct gate_event event;
	struct gate_error why = { 0 };
	const struct gate_time now = gate_log_now(log);
	int code = gate_event_read(&event, &reader, line->bytes, line->len, true, &why);

	if (code == GATE_ENOMEM)
		return gate_fail_memory(err);
	if (code < 0)
		say_odd(log, name, number, &why);
	else if (add_event_key(keys, &event) < 0)
		return gate_fail_memory(err);
	if (code == GATE_OK && event.json.ptr == value_of(line))
		return gate_event_line(out, &now, name, line->bytes, line->len, err);
	gate_buf_add(out, line->bytes, line->len);
	gate_buf_putc(out, '\n');
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}

/* Which element of a list is none, and where it begins in the file. */
static int fail_element(const char *name, const struct gate_json_text *text,
                        const struct gate_json_node *node, uint32_t i, uint32_t count,
                        const struct gate_error *why, struct gate_error *err)
{
	unsigned line, column;

	gate_utf8_place(&line, &column, text->bytes, text->len, node->at);
	if (count > 1 || text->nodes->kind == GATE_JSON_LIST)
		gate_fail(err, GATE_ECONFIG, "element %u of the list is no event: %s", i + 1,
		          why->message);
	else
		gate_fail(err, GATE_ECONFIG, "%s", why->message);
	gate_error_at(err, name, line, column);
	return GATE_ECONFIG;
}

/* One document over many lines: an event, or a list of them. */
static int import_document(struct gate_buf *out, struct key_list *keys, struct gate_log *log,
                           const char *name, const char *bytes, size_t len, struct gate_error *err)
{
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };
	const struct gate_time now = gate_log_now(log);
	const struct gate_json_node *node;
	uint32_t count = 1;
	int code = gate_json_text_parse(&text, name, bytes, len, GATE_MAX_EVENT_DEPTH + 1, err);

	if (code < 0)
		return code;
	node = text.nodes;
	if (node->kind == GATE_JSON_LIST) {
		count = node->n;
		node++;
	}
	for (uint32_t i = 0; code == GATE_OK && i < count; i++) {
		const char *at = text.bytes + node->at;
		struct gate_error why = { 0 };
		struct gate_event event;

		code = gate_event_line(out, &now, name, at, node->len, &why);
		if (code == GATE_OK)
			code = gate_event_read(&event, &reader, at, node->len, true, &why);
		if (code == GATE_OK)
			code = add_event_key(keys, &event);
		if (code == GATE_ENOMEM)
			return gate_fail_memory(err);
		if (code < 0)
			return fail_element(name, &text, node, i, count, &why, err);
		if (i + 1 < count)
			node = text.nodes + node->next;
	}
	return code;
}

int gate_log_import(size_t *n, struct gate_log *log, const char *name, const char *bytes,
                    size_t len, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
	GATE_AUTO(key_list_release) struct key_list keys = { .err = err };
	size_t number = 0;
	int code = GATE_OK;

	*n = 0;
	for (const char *at = bytes, *end = bytes + len; code == GATE_OK && at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const struct gate_log_line line = { at, (size_t)((newline ? newline : end) - at) };

		number++;
		if (line.len)
			code = import_line(&out, &keys, log, name, &line, number, err);
		at += line.len + 1;
	}
	if (code == GATE_OK && !keys.n && len) {
		/* No line is an event: then all of it may be one. What was said of the lines is not meant. */
		gate_buf_reset(&log->said);
		gate_buf_reset(&out);
		code = import_document(&out, &keys, log, name, bytes, len, err);
	}
	if (code < 0 || !out.len)
		return code;
	if (keys.n)
		qsort(keys.items, keys.n, sizeof(*keys.items), compare_keys);
	for (size_t i = 0; i < keys.n; i++)
		*n += !i || compare_keys(keys.items[i], keys.items[i - 1]);
	return gate_spool_append(log->state_dir, out.ptr, out.len, err);
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
