/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The past of the log: each of its commits has the tree of what the log was then. Only the log of this clone is a line; what the home or an inbox has beside it
 * is in none of its commits yet.
 */
#include "gate/log/store_git.h"
#include "gate/log/tree.h"

/* Any revision may be named, and most commits are of no log. */
static int check_log(const struct git_store *store, const struct git_tip *tip,
                     struct gate_error *err)
{
	GATE_AUTO(gate_tree_items_release) struct gate_tree_items root = { 0 };
	char hex[GATE_OID_HEX];
	int code = gate_tree_items(&root, store->repo, &tip->tree, err);

	for (size_t i = 0; code == GATE_OK && i < root.n; i++)
		if (!strcmp(root.items[i].name, "format"))
			return GATE_OK;
	return code < 0 ? code
	                : gate_fail(err, GATE_EUSAGE,
	                            "commit %.12s is of no log: its tree has no file 'format'",
	                            gate_oid_hex(hex, &tip->commit));
}

static int find_named(struct git_tip *out, const struct git_store *store, const char *name,
                      struct gate_error *err)
{
	int code = gate_rev_commit(&out->commit, store->repo, name, err);

	if (code == GATE_OK)
		code = gate_commit_read(&out->tree, &out->parent, &out->seconds, store->repo,
		                        &out->commit, err);
	return code < 0 ? code : check_log(store, out, err);
}

static int begins_later(const struct git_tip *first, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf time = { 0 };
	char hex[GATE_OID_HEX];

	gate_time_format(&time, (struct gate_time){ .seconds = first->seconds }, false);
	if (gate_buf_failed(&time))
		return gate_fail_memory(err);
	return gate_fail(err, GATE_EUSAGE, "the log begins later, with commit %.12s of %s",
	                 gate_oid_hex(hex, &first->commit), time.ptr);
}

/* To the commit before; where this clone has none, GATE_EUSAGE. */
static int step_back(struct git_tip *tip, const struct git_store *store, struct gate_error *err)
{
	struct git_tip before = { .commit = tip->parent };
	int code = gate_oid_is_zero(&tip->parent)
	                   ? GATE_ENOTFOUND
	                   : gate_commit_read(&before.tree, &before.parent, &before.seconds,
	                                      store->repo, &before.commit, err);

	if (code == GATE_ENOTFOUND)
		return begins_later(tip, err);
	if (code == GATE_OK)
		*tip = before;
	return code;
}

static int find_at(struct git_tip *out, const struct git_store *store, int64_t seconds,
                   struct gate_error *err)
{
	int code = git_store_tip(out, store, GIT_STORE_LOG, err);

	if (code == GATE_OK && !out->there)
		return gate_fail(
			err, GATE_EUSAGE,
			"the log has no commit yet: 'doragate log sync' makes the first one");
	while (code == GATE_OK && out->seconds > seconds)
		code = step_back(out, store, err);
	return code;
}

int git_store_find(struct gate_store *base, const char *name, char *position, int64_t *seconds,
                   struct gate_error *err)
{
	const struct git_store *store = (const struct git_store *)base;
	struct git_tip tip;
	int code = name ? find_named(&tip, store, name, err) : find_at(&tip, store, *seconds, err);

	if (code < 0)
		return code;
	gate_oid_hex(position, &tip.commit);
	*seconds = tip.seconds;
	return GATE_OK;
}

int git_store_read_at(struct gate_store *base, const char *position, gate_line_fn *fn,
                      void *payload, struct gate_error *err)
{
	const struct git_store *store = (const struct git_store *)base;
	struct gate_oid commit, tree;
	int code = gate_oid_parse(&commit, position, strlen(position), err);

	if (code == GATE_OK)
		code = gate_commit_read(&tree, NULL, NULL, store->repo, &commit, err);
	return code < 0 ? code
	                : gate_log_tree_read(store->repo, &tree, NULL, fn, NULL, payload, err);
}
