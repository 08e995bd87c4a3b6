/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/requests.h"

#include "gate/git/exchange.h"
#include "gate/git/refs.h"

static const char *const kinds[] = { "pull", "merge-requests" };

/* A digest over all refs of a prefix would do; what is new is more use to whoever reads it. */
struct heads {
	struct gate_arena arena;
	struct head {
		const char *name;
		struct gate_oid id;
	} * items; /* own array; by name */
	size_t n, cap;
	struct gate_error *err;
};

static void heads_release(struct heads *heads)
{
	gate_arena_release(&heads->arena);
	free(heads->items);
}
GATE_DEFINE_AUTO_STRUCT(struct heads, heads_release)

static int add(const char *name, const struct gate_oid *id, void *payload)
{
	struct heads *heads = payload;
	char *copy = gate_arena_copy(&heads->arena, name, strlen(name));

	if (!copy || gate_grow(&heads->items, &heads->cap, heads->n + 1, sizeof(*heads->items),
	                       heads->err) < 0)
		return gate_fail_memory(heads->err);
	heads->items[heads->n++] = (struct head){ copy, *id };
	return 0;
}

static int list(struct heads *out, const struct gate_log *log, struct gate_error *err)
{
	int code = GATE_OK;

	out->err = err;
	for (size_t i = 0; code == GATE_OK && i < GATE_COUNT(kinds); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf prefix = { 0 };

		gate_buf_printf(&prefix, "refs/doragate/remotes/%s/%s/", log->remote, kinds[i]);
		if (gate_buf_failed(&prefix))
			return gate_fail_memory(err);
		code = gate_ref_each(log->repo, prefix.ptr, add, out, err);
	}
	return code;
}

/* Both lists are in the order of their kinds, then of their names, and nothing was taken away. */
static size_t count_new(const struct heads *before, const struct heads *after)
{
	size_t n = 0;

	for (size_t i = 0, k = 0; i < after->n; i++) {
		const bool same =
			k < before->n && !strcmp(before->items[k].name, after->items[i].name);

		n += !same || !gate_oid_equal(&before->items[k].id, &after->items[i].id);
		k += same;
	}
	return n;
}

static int fetch(const struct gate_log *log, struct gate_error *err)
{
	const char *work_dir = gate_repo_work_dir(log->repo);
	const struct gate_exchange exchange = { .repo = log->repo,
		                                .remote = log->remote,
		                                .dir = work_dir ? work_dir
		                                                : gate_repo_git_dir(log->repo),
		                                .in_hook = log->in_hook };
	struct gate_buf texts[GATE_COUNT(kinds)] = { 0 };
	const char *refspecs[GATE_COUNT(kinds) + 1] = { NULL };
	bool failed = false;
	int code;

	for (size_t i = 0; i < GATE_COUNT(kinds); i++) {
		gate_buf_printf(&texts[i], "+refs/%s/*/head:refs/doragate/remotes/%s/%s/*",
		                kinds[i], log->remote, kinds[i]);
		failed |= gate_buf_failed(&texts[i]);
		refspecs[i] = texts[i].ptr;
	}
	code = failed ? gate_fail_memory(err) : gate_git_fetch(&exchange, refspecs, false, err);
	for (size_t i = 0; i < GATE_COUNT(kinds); i++)
		gate_buf_release(&texts[i]);
	return code;
}

int gate_requests_fetch(size_t *n_new, struct gate_log *log, struct gate_error *err)
{
	GATE_AUTO(heads_release) struct heads before = { 0 };
	GATE_AUTO(heads_release) struct heads after = { 0 };
	int code;

	if (!log->remote)
		return gate_fail(err, GATE_EUSAGE, "there is no remote to fetch requests from");
	if (gate_repo_is_shallow(log->repo))
		return gate_fail(err, GATE_EUSAGE,
		                 "this clone is shallow, and requests would bring the history that "
		                 "it left out: git fetch --unshallow");
	code = list(&before, log, err);
	if (code == GATE_OK)
		code = fetch(log, err);
	if (code == GATE_OK)
		code = list(&after, log, err);
	if (code == GATE_OK)
		*n_new = count_new(&before, &after);
	return code;
}
