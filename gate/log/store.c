/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/log/store.h"

#include "gate/base/typo.h"

typedef int open_fn(struct gate_store **out, const char *rest,
                    const struct gate_store_context *context, struct gate_error *err);

static const struct {
	const char *scheme;
	open_fn *open;
} stores[] = {
	{ "git", gate_store_git_open },
	{ "file", gate_store_file_open },
};

int gate_store_open(struct gate_store **out, const char *url,
                    const struct gate_store_context *context, struct gate_error *err)
{
	const char *names[GATE_COUNT(stores) + 1] = { NULL };
	GATE_AUTO(gate_free) char *scheme = gate_copy(url, strcspn(url, ":"));
	const char *near;

	if (!scheme)
		return gate_fail_memory(err);
	for (size_t i = 0; i < GATE_COUNT(stores); i++) {
		names[i] = stores[i].scheme;
		if (url[strlen(scheme)] && !strcmp(scheme, stores[i].scheme))
			return stores[i].open(out, url + strlen(scheme) + 1, context, err);
	}
	near = gate_nearest(scheme, names);
	return gate_fail(err, GATE_EUSAGE, "'%s' is no store: %s%s%s", url,
	                 near ? "did you mean '" : "there are git: and file:", near ? near : "",
	                 near ? ":'?" : "");
}

void gate_store_free(struct gate_store *store)
{
	if (store)
		store->ops->free(store);
}

int gate_store_append(struct gate_store *store, const struct gate_log_line lines[], size_t n,
                      struct gate_error *err)
{
	return n ? store->ops->append(store, lines, n, err) : GATE_OK;
}

int gate_store_read(struct gate_store *store, const char *since, char *position, gate_line_fn *fn,
                    void *payload, struct gate_error *err)
{
	return store->ops->read(store, since ? since : "", position, fn, payload, err);
}

int gate_store_sync(struct gate_store *store, enum gate_sync_mode mode, struct gate_error *err)
{
	return store->ops->sync ? store->ops->sync(store, mode, err) : GATE_OK;
}

int gate_store_verify(struct gate_store *store, struct gate_buf *said, struct gate_error *err)
{
	return store->ops->verify ? store->ops->verify(store, said, err) : GATE_OK;
}
