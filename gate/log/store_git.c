/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `git:`: the log as a ref of a repository.
 *
 * The tree is a pure function of the set of lines (gate/log/tree.h), so every step here is: compute the union, move a ref by compare-and-swap, and when
 * somebody else was faster, do it again. A kill between any two steps leaves objects that nobody points to, and nothing else.
 */
#include "gate/log/store_git.h"

#include "gate/base/escape.h"
#include "gate/base/file.h"
#include "gate/git/refs.h"
#include "gate/log/tree.h"
#include "gate/log/verify.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#define REMOTES "refs/doragate/remotes/"
#define SWAPS 200 /* tries at moving our own ref, while others move it too */
#define OLD_LOCK_SECONDS 600
#define HOOK_WAIT_MS 1000
#define BATCH_LINES 64 /* more at once are made durable together */

static struct git_store *git_store_of(struct gate_store *store)
{
	return (struct git_store *)store;
}

void git_store_say(const struct git_store *store, const char *text)
{
	if (store->context.said)
		gate_escape_printf(store->context.said, "%s", text);
}

int git_store_tip(struct git_tip *out, const struct git_store *store, const char *ref,
                  struct gate_error *err)
{
	int code;

	*out = (struct git_tip){ 0 };
	code = gate_ref_lookup(&out->commit, store->repo, ref, err);
	if (code == GATE_ENOTFOUND)
		return GATE_OK;
	if (code == GATE_OK)
		code = gate_commit_read(&out->tree, &out->parent, &out->seconds, store->repo,
		                        &out->commit, err);
	out->there = code == GATE_OK;
	return code;
}

const struct gate_oid *git_tip_tree(const struct git_tip *tip)
{
	return tip->there ? &tip->tree : NULL;
}

static int64_t commit_time(const struct git_store *store, const struct git_tip *parent)
{
	struct gate_time now = store->context.has_now ? store->context.now : gate_now();

	return parent->there && parent->seconds > now.seconds ? parent->seconds : now.seconds;
}

static int count_line(const struct gate_log_line *line, void *payload)
{
	size_t *n = payload;

	(void)line;
	++*n;
	return GATE_OK;
}

/* The message says how many lines a commit brings. */
int git_store_commit(struct git_tip *out, const struct git_store *store,
                     const struct gate_oid *tree, const struct git_tip *parent,
                     struct gate_error *err)
{
	char message[64];
	size_t n = 0;
	int code = gate_log_tree_read(store->repo, tree, git_tip_tree(parent), count_line, NULL, &n,
	                              err);

	if (code < 0)
		return code;
	snprintf(message, sizeof(message), "log: %zu event%s%s\n", n, n == 1 ? "" : "s",
	         strncmp(store->remote_ref, "refs/heads/", 11) ? "" : " [skip ci]");
	*out = (struct git_tip){ .tree = *tree, .there = true };
	out->seconds = commit_time(store, parent);
	if (parent->there)
		out->parent = parent->commit;
	return gate_commit_write(&out->commit, store->repo, tree,
	                         parent->there ? &parent->commit : NULL, out->seconds, message,
	                         err);
}

int git_store_swap(const struct git_store *store, const char *ref, const struct git_tip *to,
                   const struct git_tip *from, struct gate_error *err)
{
	return gate_ref_swap(store->repo, ref, &to->commit, &from->commit, err);
}

static int append_once(const struct git_store *store, const struct gate_log_line lines[], size_t n,
                       struct gate_error *err)
{
	struct git_tip local, next;
	struct gate_oid tree;
	int code = git_store_tip(&local, store, GIT_STORE_LOG, err);

	if (code == GATE_OK)
		code = gate_log_tree_unite(&tree, store->repo, git_tip_tree(&local), NULL, lines, n,
		                           err);
	if (code < 0 || (local.there && gate_oid_equal(&tree, &local.tree)))
		return code;
	code = git_store_commit(&next, store, &tree, &local, err);
	if (code == GATE_OK && n > BATCH_LINES)
		code = gate_repo_flush(store->repo, err);
	if (code == GATE_OK)
		code = gate_git_durable(true, err);
	return code < 0 ? code : git_store_swap(store, GIT_STORE_LOG, &next, &local, err);
}

/* A lock that a killed process left on one of our refs. Only we write there, and one write takes no ten minutes. */
static void remove_old_locks(const struct git_store *store, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *item;

	while (dir && (item = readdir(dir))) {
		GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 }, text = { 0 };
		size_t len = strlen(item->d_name);
		struct stat st;

		if (item->d_name[0] == '.')
			continue;
		gate_buf_printf(&path, "%s/%s", folder, item->d_name);
		if (gate_buf_failed(&path) || lstat(path.ptr, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			remove_old_locks(store, path.ptr);
		} else if (len > 5 && !strcmp(item->d_name + len - 5, ".lock") &&
		           st.st_mtime < gate_now().seconds - OLD_LOCK_SECONDS &&
		           unlink(path.ptr) == 0) {
			gate_buf_printf(&text, "removed '%s', which somebody left long ago",
			                path.ptr);
			git_store_say(store, gate_buf_text(&text));
		}
	}
	if (dir)
		closedir(dir);
}

/* One at a time works on the log of a repository; whoever has the lock may take away locks that nobody holds any more. */
static int lock_log(struct gate_lock *lock, const struct git_store *store, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf refs = { 0 };
	int code = gate_lock_acquire(
		lock, store->lock, store->context.in_hook ? HOOK_WAIT_MS : GIT_STORE_LIMIT_MS, err);

	if (code < 0)
		return code;
	gate_buf_printf(&refs, "%s/refs/doragate", gate_repo_common_dir(store->repo));
	if (gate_buf_failed(&refs))
		return gate_fail_memory(err);
	remove_old_locks(store, refs.ptr);
	return GATE_OK;
}

static int git_append(struct gate_store *base, const struct gate_log_line lines[], size_t n,
                      struct gate_error *err)
{
	const struct git_store *store = git_store_of(base);
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	int code = lock_log(&lock, store, err);

	if (code == GATE_OK)
		code = GATE_ECONFLICT;
	for (unsigned i = 0; code == GATE_ECONFLICT && i < SWAPS; i++) {
		/* One by one, each object waits for the disk; many are written first and wait once. */
		code = gate_git_durable(n <= BATCH_LINES, err);
		if (code == GATE_OK)
			code = append_once(store, lines, n, err);
	}
	return code;
}

void git_inboxes_release(struct git_inboxes *tips)
{
	for (size_t i = 0; i < tips->n; i++)
		free(tips->items[i].ref);
	free(tips->items);
}
static int add_tip(const char *name, const struct gate_oid *id, void *payload)
{
	struct git_inboxes *tips = payload;
	struct git_tip tip = { .commit = *id, .there = true };
	int code;

	if (gate_grow(&tips->items, &tips->cap, tips->n + 1, sizeof(*tips->items), tips->err) < 0)
		return GATE_ENOMEM;
	code = gate_commit_read(&tip.tree, &tip.parent, &tip.seconds, tips->store->repo, id,
	                        tips->err);
	/* What is no commit was not put there by us. */
	if (code == GATE_ENOTFOUND || code == GATE_EGIT)
		return GATE_OK;
	tips->items[tips->n] = (struct inbox){ gate_copy(name, strlen(name)), tip };
	if (code < 0 || !tips->items[tips->n].ref)
		return code < 0 ? code : gate_fail_memory(tips->err);
	tips->n++;
	return GATE_OK;
}

int git_store_inboxes(struct git_inboxes *out, const struct git_store *store, const char *prefix,
                      struct gate_error *err)
{
	out->store = store;
	out->err = err;
	return prefix ? gate_ref_each(store->repo, prefix, add_tip, out, err) : GATE_OK;
}

static int git_sync(struct gate_store *base, enum gate_sync_mode mode, struct gate_error *err)
{
	const struct git_store *store = git_store_of(base);
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	int code = lock_log(&lock, store, err);

	if (code == GATE_OK)
		code = gate_git_durable(true, err);
	return code < 0 ? code : git_store_sync(store, mode, err);
}

/* False: the position means nothing here. */
static bool read_position(struct gate_oid *tree, const struct git_store *store, const char *since)
{
	struct gate_oid commit;

	return *since && gate_oid_parse(&commit, since, strlen(since), NULL) == GATE_OK &&
	       gate_commit_read(tree, NULL, NULL, store->repo, &commit, NULL) == GATE_OK;
}

/* The log of this clone, the home's as it was fetched last, and inboxes. */
static int git_read(struct gate_store *base, const char *since, char *position, gate_line_fn *fn,
                    void *payload, struct gate_error *err)
{
	const struct git_store *store = git_store_of(base);
	GATE_AUTO(git_inboxes_release) struct git_inboxes inboxes = { 0 }, own = { 0 };
	struct git_tip local, tracking = { 0 };
	struct gate_oid old, tree;
	bool since_there, there = false;
	int code = git_store_tip(&local, store, GIT_STORE_LOG, err);

	if (code == GATE_OK && store->remote)
		code = git_store_tip(&tracking, store, store->tracking, err);
	if (code == GATE_OK)
		code = git_store_inboxes(&inboxes, store, store->tracking_inbox, err);
	if (code == GATE_OK)
		code = git_store_inboxes(&own, store, GIT_STORE_INBOX, err);
	if (code < 0)
		return code;
	since_there = read_position(&old, store, since);
	*position = '\0';
	if (local.there)
		gate_oid_hex(position, &local.commit);
	for (size_t i = 0; code == GATE_OK && i < 2 + inboxes.n + own.n; i++) {
		const struct git_tip *tip = i == 0              ? &local
		                            : i == 1            ? &tracking
		                            : i < 2 + inboxes.n ? &inboxes.items[i - 2].tip
		                                                : &own.items[i - 2 - inboxes.n].tip;
		const struct gate_oid *known = since_there ? &old : there ? &tree : NULL;

		if (!tip->there)
			continue;
		code = gate_log_tree_read(store->repo, &tip->tree, known, fn, NULL, payload, err);
		/* What the first gave need not be given again by the others. */
		if (!there) {
			tree = tip->tree;
			there = true;
		}
	}
	return code;
}

/* Lines of the position that the log of this clone has not. One that moved to another file counts as gone, which is on the safe side. */
static int git_holds(bool *out, struct gate_store *base, const char *since, struct gate_error *err)
{
	const struct git_store *store = git_store_of(base);
	struct git_tip local;
	struct gate_oid old;
	size_t gone = 0;
	int code = git_store_tip(&local, store, GIT_STORE_LOG, err);
	bool known = code == GATE_OK && local.there && read_position(&old, store, since);

	if (known)
		code = gate_log_tree_read(store->repo, &old, &local.tree, count_line, NULL, &gone,
		                          err);
	if (code == GATE_OK)
		*out = known && !gone;
	return code;
}

static void git_free(struct gate_store *base)
{
	struct git_store *store = git_store_of(base);

	gate_repo_free(store->own);
	free(store->remote);
	free(store->remote_ref);
	free(store->tracking);
	free(store->tracking_inbox);
	free(store->tracking_keep);
	free(store->lock);
	free(store);
}

static int git_verify(struct gate_store *base, struct gate_buf *said, struct gate_error *err)
{
	return gate_log_verify(git_store_of(base)->repo, GIT_STORE_LOG, said, err);
}

static int forget_once(const struct git_store *store, const char *key, const char *text,
                       struct gate_error *err)
{
	struct git_tip local, next;
	struct gate_oid tree;
	int code = git_store_tip(&local, store, GIT_STORE_LOG, err);

	if (code == GATE_OK)
		code = gate_log_tree_forget(&tree, store->repo, git_tip_tree(&local), key, text,
		                            err);
	if (code < 0 || (local.there && gate_oid_equal(&tree, &local.tree)))
		return code;
	code = git_store_commit(&next, store, &tree, &local, err);
	return code < 0 ? code : git_store_swap(store, GIT_STORE_LOG, &next, &local, err);
}

static int git_forget(struct gate_store *base, const char *key, const char *text,
                      struct gate_error *err)
{
	const struct git_store *store = git_store_of(base);
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	int code = lock_log(&lock, store, err);

	if (code == GATE_OK)
		code = gate_git_durable(true, err);
	if (code == GATE_OK)
		code = GATE_ECONFLICT;
	for (unsigned i = 0; code == GATE_ECONFLICT && i < SWAPS; i++)
		code = forget_once(store, key, text, err);
	return code;
}

/* The names of a tree's folder /forgotten. */
static int list_forgotten(const struct git_store *store, const struct git_tip *tip,
                          gate_line_fn *fn, void *payload, struct gate_error *err)
{
	GATE_AUTO(gate_tree_items_release) struct gate_tree_items root = { 0 }, keys = { 0 };
	int code = tip->there ? gate_tree_items(&root, store->repo, &tip->tree, err) : GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < root.n; i++)
		if (!strcmp(root.items[i].name, "forgotten") && root.items[i].mode == 040000)
			code = gate_tree_items(&keys, store->repo, &root.items[i].id, err);
	for (size_t i = 0; code == GATE_OK && i < keys.n; i++) {
		const struct gate_log_line key = { keys.items[i].name, strlen(keys.items[i].name) };

		code = fn(&key, payload);
	}
	return code;
}

/* What this clone has forgotten may stand in the home's log yet, and the other way round. */
static int git_forgotten(struct gate_store *base, gate_line_fn *fn, void *payload,
                         struct gate_error *err)
{
	const struct git_store *store = git_store_of(base);
	struct git_tip local, tracking = { 0 };
	int code = git_store_tip(&local, store, GIT_STORE_LOG, err);

	if (code == GATE_OK && store->remote)
		code = git_store_tip(&tracking, store, store->tracking, err);
	if (code == GATE_OK)
		code = list_forgotten(store, &local, fn, payload, err);
	return code == GATE_OK ? list_forgotten(store, &tracking, fn, payload, err) : code;
}

static const struct gate_store_ops git_ops = {
	.scheme = "git",
	.append = git_append,
	.read = git_read,
	.holds = git_holds,
	.find = git_store_find,
	.read_at = git_store_read_at,
	.sync = git_sync,
	.verify = git_verify,
	.forget = git_forget,
	.forgotten = git_forgotten,
	.free = git_free,
};

/* The three in a row; NULL when memory ran out. */
static char *in_a_row(const char *a, const char *b, const char *c)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	gate_buf_printf(&text, "%s%s%s", a, b, c);
	return gate_buf_take(&text);
}

/* "git:" and "git:#ref" are the repository itself; "git:<path or URL>" another one. */
static int open_names(struct git_store *store, const char *rest, struct gate_error *err)
{
	const struct gate_store_context *context = &store->context;
	const char *hash = strrchr(rest, '#');
	size_t len = hash ? (size_t)(hash - rest) : strlen(rest);
	const char *ref = hash ? hash + 1 : context->ref ? context->ref : GIT_STORE_LOG;
	const char *name = context->remote;

	if (strncmp(ref, "refs/", 5) != 0)
		return gate_fail(err, GATE_EUSAGE, "'%s' is no full name of a ref", ref);
	if (len)
		store->remote = gate_copy(rest, len);
	else if (name)
		store->remote = gate_copy(name, strlen(name));
	if ((len || name) && !store->remote)
		return gate_fail_memory(err);
	if (len || !name)
		name = "home";
	store->remote_ref = gate_copy(ref, strlen(ref));
	store->tracking = in_a_row(REMOTES, name, "/log");
	store->tracking_inbox = in_a_row(REMOTES, name, "/inbox/");
	store->lock = in_a_row(context->state_dir, "/sync.lock", "");
	if (!store->remote_ref || !store->tracking || !store->tracking_inbox || !store->lock)
		return gate_fail_memory(err);
	if (len)
		return GATE_ENOTFOUND;
	store->tracking_keep = in_a_row(REMOTES, name, "/keep/");
	return store->tracking_keep ? GATE_OK : gate_fail_memory(err);
}

int gate_store_git_open(struct gate_store **out, const char *rest,
                        const struct gate_store_context *context, struct gate_error *err)
{
	struct git_store *store = calloc(1, sizeof(*store));
	GATE_AUTO(gate_free) char *dir = NULL;
	int code;

	if (!store)
		return gate_fail_memory(err);
	store->store.ops = &git_ops;
	store->context = *context;
	store->repo = context->repo;
	code = gate_mkdirs(context->state_dir, 0777, err);
	if (code == GATE_OK)
		code = open_names(store, rest, err);
	if (code == GATE_ENOTFOUND) {
		dir = in_a_row(context->state_dir, "/log.git", "");
		code = dir ? gate_repo_open_or_init(&store->own, dir, err) : gate_fail_memory(err);
		store->repo = store->own;
	}
	if (code < 0) {
		git_free(&store->store);
		return code;
	}
	*out = &store->store;
	return GATE_OK;
}
