/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/log/store.h"

#include "gate/base/typo.h"

#include <assert.h>

static const struct {
	const char *scheme;
	int (*open)(struct gate_store **out, const char *rest,
	            const struct gate_store_context *context, struct gate_error *err);
} gate_stores[] = {
	{ "git", gate_store_git_open },
	{ "file", gate_store_file_open },
};

static int unknown_scheme(const char *scheme, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf there = { 0 };
	const char *names[GATE_COUNT(gate_stores) + 1] = { NULL };
	const char *nearest;

	for (size_t i = 0; i < GATE_COUNT(gate_stores); i++) {
		names[i] = gate_stores[i].scheme;
		gate_buf_printf(&there, "%s'%s:'", i ? ", " : "", names[i]);
	}
	if (gate_buf_failed(&there))
		return gate_fail_memory(err);
	nearest = gate_nearest(scheme, names);
	if (nearest)
		return gate_fail(err, GATE_EUSAGE, "no store '%s:'; did you mean '%s:'?", scheme,
		                 nearest);
	return gate_fail(err, GATE_EUSAGE, "no store '%s:'; there are %s", scheme, there.ptr);
}

int gate_store_open(struct gate_store **out, const char *url,
                    const struct gate_store_context *context, struct gate_error *err)
{
	GATE_AUTO(gate_free) char *scheme = gate_copy(url, strcspn(url, ":"));

	if (!scheme)
		return gate_fail_memory(err);
	if (!url[strlen(scheme)])
		return gate_fail(err, GATE_EUSAGE,
		                 "'%s' is no store: one begins with 'git:' or 'file:'", url);
	for (size_t i = 0; i < GATE_COUNT(gate_stores); i++)
		if (!strcmp(scheme, gate_stores[i].scheme))
			return gate_stores[i].open(out, url + strlen(scheme) + 1, context, err);
	return unknown_scheme(scheme, err);
}

void gate_store_free(struct gate_store *store)
{
	if (store)
		store->ops->free(store);
}

int gate_store_append(struct gate_store *store, const struct gate_log_line lines[], size_t n,
                      struct gate_error *err)
{
	for (size_t i = 0; i < n; i++)
		assert(lines[i].len == 0 || !memchr(lines[i].bytes, '\n', lines[i].len));
	return n ? store->ops->append(store, lines, n, err) : GATE_OK;
}

int gate_store_read(struct gate_store *store, const char *since, char *position, gate_line_fn *fn,
                    void *payload, struct gate_error *err)
{
	return store->ops->read(store, since ? since : "", position, fn, payload, err);
}

int gate_store_holds(bool *out, struct gate_store *store, const char *since, struct gate_error *err)
{
	if (store->ops->holds)
		return store->ops->holds(out, store, since, err);
	*out = false;
	return GATE_OK;
}

static int no_past(const struct gate_store *store, struct gate_error *err)
{
	return gate_fail(err, GATE_EUSAGE,
	                 "a store '%s:' keeps no past: only a log in a repository does",
	                 store->ops->scheme);
}

int gate_store_find(struct gate_store *store, const char *name, char *position, int64_t *seconds,
                    struct gate_error *err)
{
	return store->ops->find ? store->ops->find(store, name, position, seconds, err)
	                        : no_past(store, err);
}

int gate_store_read_at(struct gate_store *store, const char *position, gate_line_fn *fn,
                       void *payload, struct gate_error *err)
{
	return store->ops->read_at ? store->ops->read_at(store, position, fn, payload, err)
	                           : no_past(store, err);
}

int gate_store_sync(struct gate_store *store, enum gate_sync_mode mode, struct gate_error *err)
{
	return store->ops->sync ? store->ops->sync(store, mode, err) : GATE_OK;
}

int gate_store_verify(struct gate_store *store, struct gate_buf *said, struct gate_error *err)
{
	return store->ops->verify ? store->ops->verify(store, said, err) : GATE_OK;
}

int gate_store_forget(struct gate_store *store, const char *key, const char *text,
                      struct gate_error *err)
{
	if (!store->ops->forget)
		return gate_fail(err, GATE_EUSAGE,
		                 "a store '%s:' forgets nothing: take the line out of it by hand",
		                 store->ops->scheme);
	return store->ops->forget(store, key, text, err);
}

int gate_store_forgotten(struct gate_store *store, gate_line_fn *fn, void *payload,
                         struct gate_error *err)
{
	return store->ops->forgotten ? store->ops->forgotten(store, fn, payload, err) : GATE_OK;
}
