/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits that must stay (refs/doragate/keep/<commit>) go both ways with the log and are never taken off.
 */
#include "gate/git/refs.h"
#include "gate/log/store_git.h"

/* Not where history was left out on purpose: what is kept has a history of its own. */
bool git_store_has_keeps(const struct git_store *store)
{
	return store->tracking_keep && !gate_repo_is_shallow(store->repo) &&
	       !gate_repo_is_partial(store->repo);
}

/* Refs below a prefix: what is behind it in their names, and where they point. */
struct keeps {
	struct keep {
		struct gate_oid id;
		char name[GATE_OID_HEX];
	} * items; /* own; by name */
	size_t n, cap;
	size_t prefix;
	struct gate_error *err;
};

static void keeps_release(struct keeps *keeps)
{
	free(keeps->items);
}
GATE_DEFINE_AUTO_STRUCT(struct keeps, keeps_release)

/* One whose name is not the commit it points to is not ours. */
static int add_keep(const char *name, const struct gate_oid *id, void *payload)
{
	struct keeps *keeps = payload;
	char hex[GATE_OID_HEX];

	if (strcmp(name + keeps->prefix, gate_oid_hex(hex, id)) != 0)
		return GATE_OK;
	if (gate_grow(&keeps->items, &keeps->cap, keeps->n + 1, sizeof(*keeps->items), keeps->err) <
	    0)
		return GATE_ENOMEM;
	keeps->items[keeps->n].id = *id;
	memcpy(keeps->items[keeps->n++].name, hex, sizeof(hex));
	return GATE_OK;
}

static int list_keeps(struct keeps *out, const struct git_store *store, const char *prefix,
                      struct gate_error *err)
{
	out->prefix = strlen(prefix);
	out->err = err;
	return gate_ref_each(store->repo, prefix, add_keep, out, err);
}

/* Those of `a` that `b` has not get a ref below the prefix; both are in order. */
static int copy_keeps(const struct git_store *store, const struct keeps *a, const struct keeps *b,
                      const char *prefix, struct git_words *words, struct gate_error *err)
{
	size_t k = 0;
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < a->n; i++) {
		const struct keep *keep = &a->items[i];
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

		while (k < b->n && strcmp(b->items[k].name, keep->name) < 0)
			k++;
		if (k < b->n && !strcmp(b->items[k].name, keep->name))
			continue;
		if (words) {
			gate_buf_printf(&text, "%s:" GIT_STORE_KEEP "%s", keep->name, keep->name);
			code = git_words_add(words, &text, err);
			continue;
		}
		gate_buf_printf(&text, "%s%s", prefix, keep->name);
		if (gate_buf_failed(&text))
			return gate_fail_memory(err);
		code = gate_ref_swap(store->repo, text.ptr, &keep->id, &gate_oid_zero, err);
		if (code == GATE_ECONFLICT)
			code = GATE_OK;
	}
	return code;
}

/* Commits that must stay go both ways and are never taken off. That a home does not take them is said; the log is shared all the same. */
int git_store_exchange_keeps(const struct git_store *store, struct gate_error *err)
{
	GATE_AUTO(keeps_release) struct keeps own = { 0 }, theirs = { 0 };
	GATE_AUTO(git_words_release) struct git_words words = { 0 }, leases = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf why = { 0 }, text = { 0 };
	enum gate_push_result result = GATE_PUSH_DONE;
	int code = list_keeps(&own, store, GIT_STORE_KEEP, err);

	if (code == GATE_OK)
		code = list_keeps(&theirs, store, store->tracking_keep, err);
	if (code == GATE_OK)
		code = copy_keeps(store, &theirs, &own, GIT_STORE_KEEP, NULL, err);
	if (code == GATE_OK)
		code = copy_keeps(store, &own, &theirs, NULL, &words, err);
	if (code < 0 || !words.n)
		return code;
	code = git_store_push(&result, store, &words, &leases, false, &why, err);
	if (code == GATE_OK && result == GATE_PUSH_DONE)
		return copy_keeps(store, &own, &theirs, store->tracking_keep, NULL, err);
	if (code == GATE_OK) {
		gate_buf_printf(&text, "%s does not take " GIT_STORE_KEEP "*: %s", store->remote,
		                gate_buf_text(&why));
		git_store_say(store, gate_buf_text(&text));
	}
	return code;
}
