/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `git:`: the log as a ref of a repository, exchanged with a remote.
 *
 * The tree is a pure function of the set of lines (gate/log/tree.h), so every step here is: compute the union, move a ref by compare-and-swap, and when
 * somebody else was faster, do it again. A kill between any two steps leaves objects that nobody points to, and nothing else.
 */
#include "gate/log/store.h"

#include "gate/base/escape.h"
#include "gate/base/file.h"
#include "gate/git/exchange.h"
#include "gate/git/refs.h"
#include "gate/git/write.h"
#include "gate/log/tree.h"
#include "gate/log/verify.h"

#include <dirent.h>
#include <errno.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCAL_REF "refs/doragate/log"
#define INBOX "refs/doragate/inbox/"
#define REMOTES "refs/doragate/remotes/"
#define KEEP "refs/doragate/keep/"
#define TRIES 5
#define SWAPS 200 /* tries at moving our own ref, while others move it too */
#define OLD_LOCK_SECONDS 600
#define HOOK_LIMIT_MS 30000
#define HOOK_WAIT_MS 1000
#define LIMIT_MS 600000
#define BATCH_LINES 64 /* more at once are made durable together */
#define INBOXES_A_PUSH 200

struct git_store {
	struct gate_store store;
	const struct gate_repo *repo; /* where the log is kept */
	struct gate_repo *own;        /* own; of `git:<path or URL>`, else NULL */
	char *remote;                 /* own; a name or a URL; NULL: none */
	char *remote_ref;             /* own; the log at the remote */
	char *tracking;               /* own; its copy here: "refs/doragate/remotes/<name>/log" */
	char *tracking_inbox;         /* own; "refs/doragate/remotes/<name>/inbox/" */
	char *tracking_keep; /* own; "refs/doragate/remotes/<name>/keep/"; NULL: another repository's log */
	char *lock;          /* own; path of sync.lock */
	struct gate_store_context context;
};

static struct git_store *git_store_of(struct gate_store *store)
{
	return (struct git_store *)store;
}

static void say(const struct git_store *store, const char *text)
{
	if (store->context.said)
		gate_escape_printf(store->context.said, "%s", text);
}

/* A commit and its tree; zero where the ref is not there. */
struct tip {
	struct gate_oid commit, tree, parent;
	int64_t seconds;
	bool there;
};

static int read_tip(struct tip *out, const struct git_store *store, const char *ref,
                    struct gate_error *err)
{
	int code;

	*out = (struct tip){ 0 };
	code = gate_ref_lookup(&out->commit, store->repo, ref, err);
	if (code == GATE_ENOTFOUND)
		return GATE_OK;
	if (code == GATE_OK)
		code = gate_commit_read(&out->tree, &out->parent, &out->seconds, store->repo,
		                        &out->commit, err);
	out->there = code == GATE_OK;
	return code;
}

static const struct gate_oid *tree_of(const struct tip *tip)
{
	return tip->there ? &tip->tree : NULL;
}

static int64_t commit_time(const struct git_store *store, const struct tip *parent)
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
static int commit_tree(struct tip *out, const struct git_store *store, const struct gate_oid *tree,
                       const struct tip *parent, struct gate_error *err)
{
	char message[64];
	size_t n = 0;
	int code =
		gate_log_tree_read(store->repo, tree, tree_of(parent), count_line, NULL, &n, err);

	if (code < 0)
		return code;
	snprintf(message, sizeof(message), "log: %zu event%s%s\n", n, n == 1 ? "" : "s",
	         strncmp(store->remote_ref, "refs/heads/", 11) ? "" : " [skip ci]");
	*out = (struct tip){ .tree = *tree, .there = true };
	out->seconds = commit_time(store, parent);
	if (parent->there)
		out->parent = parent->commit;
	return gate_commit_write(&out->commit, store->repo, tree,
	                         parent->there ? &parent->commit : NULL, out->seconds, message,
	                         err);
}

static int swap(const struct git_store *store, const char *ref, const struct tip *to,
                const struct tip *from, struct gate_error *err)
{
	return gate_ref_swap(store->repo, ref, &to->commit, &from->commit, err);
}

static int append_once(const struct git_store *store, const struct gate_log_line lines[], size_t n,
                       struct gate_error *err)
{
	struct tip local, next;
	struct gate_oid tree;
	int code = read_tip(&local, store, LOCAL_REF, err);

	if (code == GATE_OK)
		code = gate_log_tree_unite(&tree, store->repo, tree_of(&local), NULL, lines, n,
		                           err);
	if (code < 0 || (local.there && gate_oid_equal(&tree, &local.tree)))
		return code;
	code = commit_tree(&next, store, &tree, &local, err);
	if (code == GATE_OK && n > BATCH_LINES)
		code = gate_repo_flush(store->repo, err);
	if (code == GATE_OK)
		code = gate_git_durable(true, err);
	return code < 0 ? code : swap(store, LOCAL_REF, &next, &local, err);
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
			say(store, gate_buf_text(&text));
		}
	}
	if (dir)
		closedir(dir);
}

/* One at a time works on the log of a repository; whoever has the lock may take away locks that nobody holds any more. */
static int lock_log(struct gate_lock *lock, const struct git_store *store, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf refs = { 0 };
	int code = gate_lock_acquire(lock, store->lock,
	                             store->context.in_hook ? HOOK_WAIT_MS : LIMIT_MS, err);

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

/* The tips below a prefix: inboxes. */
struct tips {
	const struct git_store *store;
	struct inbox {
		char *ref; /* own */
		struct tip tip;
	} * items; /* own */
	size_t n, cap;
	struct gate_error *err;
};

static void tips_release(struct tips *tips)
{
	for (size_t i = 0; i < tips->n; i++)
		free(tips->items[i].ref);
	free(tips->items);
}
GATE_DEFINE_AUTO_STRUCT(struct tips, tips_release)

static int add_tip(const char *name, const struct gate_oid *id, void *payload)
{
	struct tips *tips = payload;
	struct tip tip = { .commit = *id, .there = true };
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

static int list_inboxes(struct tips *out, const struct git_store *store, const char *prefix,
                        struct gate_error *err)
{
	out->store = store;
	out->err = err;
	return prefix ? gate_ref_each(store->repo, prefix, add_tip, out, err) : GATE_OK;
}

/* Joins a tree to `*tree`. `*there` false: that is the first. */
static int join(struct gate_oid *tree, bool *there, const struct git_store *store,
                const struct gate_oid *more, struct gate_error *err)
{
	struct gate_oid out;
	int code;

	if (!more)
		return GATE_OK;
	code = gate_log_tree_unite(&out, store->repo, *there ? tree : NULL, more, NULL, 0, err);
	if (code < 0)
		return code;
	*tree = out;
	*there = true;
	return GATE_OK;
}

/* What is not readable as a log (an inbox that somebody made) is left where it is, and said. */
static int join_inboxes(struct gate_oid *tree, bool *there, struct tips *inboxes,
                        struct gate_error *err)
{
	size_t kept = 0;
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < inboxes->n; i++) {
		struct inbox *inbox = &inboxes->items[i];
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

		code = join(tree, there, inboxes->store, &inbox->tip.tree, err);
		if (code == GATE_ECONFIG || code == GATE_EGIT || code == GATE_ENOTFOUND) {
			gate_buf_printf(&text, "%s is left alone: %s", inbox->ref,
			                err ? err->message : "it cannot be read");
			say(inboxes->store, gate_buf_text(&text));
			free(inbox->ref);
			if (err)
				*err = (struct gate_error){ 0 };
			code = GATE_OK;
		} else {
			inboxes->items[kept++] = *inbox;
		}
	}
	if (code == GATE_OK)
		inboxes->n = kept;
	return code;
}

/* The union of two tips and of the inboxes below a prefix, which are listed on the way. */
static int join_known(struct gate_oid *tree, bool *there, struct tips *inboxes,
                      const struct git_store *store, const char *prefix, const struct tip *a,
                      const struct tip *b, struct gate_error *err)
{
	int code = list_inboxes(inboxes, store, prefix, err);

	if (code == GATE_OK)
		code = join(tree, there, store, tree_of(a), err);
	if (code == GATE_OK)
		code = join(tree, there, store, tree_of(b), err);
	return code < 0 ? code : join_inboxes(tree, there, inboxes, err);
}

static struct gate_exchange exchange_of(const struct git_store *store)
{
	return (struct gate_exchange){ .repo = store->repo,
		                       .remote = store->remote,
		                       .timeout_ms =
		                               store->context.in_hook ? HOOK_LIMIT_MS : LIMIT_MS,
		                       .in_hook = store->context.in_hook };
}

/* Not where history was left out on purpose: what is kept has a history of its own. */
static bool exchanges_keeps(const struct git_store *store)
{
	return store->tracking_keep && !gate_repo_is_shallow(store->repo) &&
	       !gate_repo_is_partial(store->repo);
}

static int fetch(const struct git_store *store, struct gate_error *err)
{
	const struct gate_exchange exchange = exchange_of(store);
	GATE_AUTO(gate_buf_release) struct gate_buf log = { 0 }, inbox = { 0 }, keep = { 0 };
	const char *refspecs[4] = { NULL };

	/* A pattern, so that a remote without a log is no error. */
	gate_buf_printf(&log, "+%s*:%s*", store->remote_ref, store->tracking);
	gate_buf_printf(&inbox, "+" INBOX "*:%s*", store->tracking_inbox);
	if (exchanges_keeps(store))
		gate_buf_printf(&keep, "+" KEEP "*:%s*", store->tracking_keep);
	if (gate_buf_failed(&log) || gate_buf_failed(&inbox) || gate_buf_failed(&keep))
		return gate_fail_memory(err);
	refspecs[0] = log.ptr;
	refspecs[1] = inbox.ptr;
	refspecs[2] = keep.ptr;
	return gate_git_fetch(&exchange, refspecs, true, err);
}

/* Up to half a second, then one, two, ...: whoever was told to wait does not come back together. */
static void wait_for_turn(unsigned attempt)
{
	uint32_t random = 0;
	uint64_t ms;
	struct timespec time;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = (uint32_t)getpid();
	ms = random % (500u << attempt);
	time = (struct timespec){ .tv_sec = (time_t)(ms / 1000),
		                  .tv_nsec = (long)(ms % 1000) * 1000000 };
	nanosleep(&time, NULL);
}

/* NULL-terminated strings, built one after the other. */
struct words {
	char **items; /* own */
	size_t n, cap;
};

static void words_release(struct words *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->items[i]);
	free(words->items);
}
GATE_DEFINE_AUTO_STRUCT(struct words, words_release)

static int add_word(struct words *words, struct gate_buf *text, struct gate_error *err)
{
	char *word = gate_buf_take(text);

	if (!word ||
	    gate_grow(&words->items, &words->cap, words->n + 2, sizeof(*words->items), err) < 0) {
		free(word);
		return gate_fail_memory(err);
	}
	words->items[words->n++] = word;
	words->items[words->n] = NULL;
	return GATE_OK;
}

static int add_update(struct words *words, const struct git_store *store, const struct tip *tip,
                      struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	char hex[GATE_OID_HEX];

	gate_buf_printf(&text, "%s:%s", gate_oid_hex(hex, &tip->commit), store->remote_ref);
	return add_word(words, &text, err);
}

/* Takes inboxes off the remote, each only if it is what was joined. */
static int add_removals(struct words *words, struct words *leases, const struct tips *inboxes,
                        size_t first, size_t n, struct gate_error *err)
{
	size_t prefix = strlen(inboxes->store->tracking_inbox);
	int code = GATE_OK;

	for (size_t i = first; code == GATE_OK && i < first + n; i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf word = { 0 }, lease = { 0 };
		const char *name = inboxes->items[i].ref + prefix;
		char hex[GATE_OID_HEX];

		gate_buf_printf(&word, ":" INBOX "%s", name);
		gate_buf_printf(&lease, INBOX "%s:%s", name,
		                gate_oid_hex(hex, &inboxes->items[i].tip.commit));
		code = add_word(words, &word, err);
		if (code == GATE_OK)
			code = add_word(leases, &lease, err);
	}
	return code;
}

static int push_words(enum gate_push_result *out, const struct git_store *store,
                      const struct words *words, const struct words *leases, bool atomic,
                      struct gate_buf *why, struct gate_error *err)
{
	const struct gate_exchange exchange = exchange_of(store);

	return gate_git_push(out, &exchange, (const char *const *)words->items,
	                     leases->n ? (const char *const *)leases->items : NULL, atomic, why,
	                     err);
}

/* Inboxes whose lines are safe there. That somebody else took one off first is fine, and so is that it stays: joining twice is harmless. */
static int remove_inboxes(const struct git_store *store, const struct tips *inboxes, size_t first,
                          struct gate_error *err)
{
	int code = GATE_OK;

	for (; code == GATE_OK && first < inboxes->n; first += INBOXES_A_PUSH) {
		GATE_AUTO(words_release) struct words words = { 0 }, leases = { 0 };
		size_t left = inboxes->n - first;
		enum gate_push_result result;

		code = add_removals(&words, &leases, inboxes, first,
		                    left < INBOXES_A_PUSH ? left : INBOXES_A_PUSH, err);
		if (code == GATE_OK)
			code = push_words(&result, store, &words, &leases, false, NULL, err);
	}
	return code;
}

/* Sends the log, and takes the inboxes off in the same step where that can be done. */
static int push_log(enum gate_push_result *out, const struct git_store *store,
                    const struct tip *tip, const struct tips *inboxes, bool send_log,
                    struct gate_buf *why, struct gate_error *err)
{
	GATE_AUTO(words_release) struct words words = { 0 }, leases = { 0 };
	size_t n = inboxes->n < INBOXES_A_PUSH ? inboxes->n : INBOXES_A_PUSH;
	int code = GATE_OK;

	*out = GATE_PUSH_DONE;
	if (!send_log)
		return remove_inboxes(store, inboxes, 0, err);
	code = add_update(&words, store, tip, err);
	if (code == GATE_OK)
		code = add_removals(&words, &leases, inboxes, 0, n, err);
	if (code == GATE_OK)
		code = push_words(out, store, &words, &leases, n > 0, why, err);
	if (code == GATE_OK && *out == GATE_PUSH_DONE)
		return remove_inboxes(store, inboxes, n, err);
	if (code < 0 || !n)
		return code;
	/* Perhaps only an inbox was in the way, or the remote cannot do several at once: the log first. */
	words_release(&words);
	words_release(&leases);
	words = leases = (struct words){ 0 };
	code = add_update(&words, store, tip, err);
	if (code == GATE_OK)
		code = push_words(out, store, &words, &leases, false, why, err);
	if (code == GATE_OK && *out == GATE_PUSH_DONE)
		code = remove_inboxes(store, inboxes, 0, err);
	return code;
}

/* The copies of the remote's refs follow what was pushed. That somebody else moved them is fine: the next fetch says what is true. */
static void follow(const struct git_store *store, const struct tip *tip, const struct tip *tracking,
                   const struct tips *inboxes)
{
	if (!gate_oid_equal(&tip->commit, &tracking->commit))
		swap(store, store->tracking, tip, tracking, NULL);
	for (size_t i = 0; i < inboxes->n; i++)
		gate_ref_swap(store->repo, inboxes->items[i].ref, &gate_oid_zero,
		              &inboxes->items[i].tip.commit, NULL);
}

/* The commit that the remote and we shall have: one that is there already where its tree is right, else a new one on the remote's. */
static int choose_commit(struct tip *out, const struct git_store *store,
                         const struct gate_oid *tree, const struct tip *local,
                         const struct tip *tracking, struct gate_error *err)
{
	*out = *tracking;
	if (tracking->there && gate_oid_equal(tree, &tracking->tree))
		return GATE_OK;
	*out = *local;
	if (local->there && gate_oid_equal(tree, &local->tree) &&
	    (!tracking->there || gate_oid_equal(&local->parent, &tracking->commit)))
		return GATE_OK;
	return commit_tree(out, store, tree, tracking->there ? tracking : local, err);
}

/* One round, from what was fetched. */
static int exchange_once(enum gate_push_result *out, const struct git_store *store,
                         struct gate_buf *why, struct gate_error *err)
{
	GATE_AUTO(tips_release) struct tips inboxes = { 0 };
	struct tip local, tracking, next;
	struct gate_oid tree;
	bool there = false, send;
	int code = read_tip(&local, store, LOCAL_REF, err);

	*out = GATE_PUSH_DONE;
	if (code == GATE_OK)
		code = read_tip(&tracking, store, store->tracking, err);
	if (code == GATE_OK)
		code = join_known(&tree, &there, &inboxes, store, store->tracking_inbox, &local,
		                  &tracking, err);
	if (code < 0 || !there)
		return code;
	code = choose_commit(&next, store, &tree, &local, &tracking, err);
	if (code < 0)
		return code;
	if (!gate_oid_equal(&next.commit, &local.commit))
		code = swap(store, LOCAL_REF, &next, &local, err);
	/* Somebody recorded or synced beside us: the same round again. */
	if (code == GATE_ECONFLICT) {
		*out = GATE_PUSH_BEHIND;
		gate_buf_puts(why, "the log is being changed here");
		return GATE_OK;
	}
	send = !tracking.there || !gate_oid_equal(&next.commit, &tracking.commit);
	if (code == GATE_OK && (send || inboxes.n))
		code = push_log(out, store, &next, &inboxes, send, why, err);
	if (code == GATE_OK && *out == GATE_PUSH_DONE)
		follow(store, &next, &tracking, &inboxes);
	return code;
}

struct line_list {
	struct gate_arena arena;
	struct gate_log_line *items; /* own array */
	size_t n, cap;
	struct gate_error *err;
};

static void line_list_release(struct line_list *list)
{
	gate_arena_release(&list->arena);
	free(list->items);
}
GATE_DEFINE_AUTO_STRUCT(struct line_list, line_list_release)

static int add_line(const struct gate_log_line *line, void *payload)
{
	struct line_list *list = payload;
	char *copy = gate_arena_copy(&list->arena, line->bytes, line->len);

	if (!copy ||
	    gate_grow(&list->items, &list->cap, list->n + 1, sizeof(*list->items), list->err) < 0)
		return gate_fail_memory(list->err);
	list->items[list->n++] = (struct gate_log_line){ copy, line->len };
	return GATE_OK;
}

/* What the local log has, and neither the remote's log nor an inbox of it as far as this clone knows. */
static int list_unsent(struct line_list *out, const struct git_store *store, struct gate_error *err)
{
	GATE_AUTO(tips_release) struct tips inboxes = { 0 };
	struct tip local, tracking;
	struct gate_oid known;
	bool there = false;
	int code = read_tip(&local, store, LOCAL_REF, err);

	if (code == GATE_OK)
		code = read_tip(&tracking, store, store->tracking, err);
	if (code == GATE_OK)
		code = join_known(&known, &there, &inboxes, store, store->tracking_inbox, &tracking,
		                  &(struct tip){ 0 }, err);
	out->err = err;
	if (code == GATE_OK && local.there)
		code = gate_log_tree_read(store->repo, &local.tree, there ? &known : NULL, add_line,
		                          NULL, out, err);
	return code;
}

static int fail_push(enum gate_push_result result, const struct git_store *store,
                     const struct gate_buf *why, struct gate_error *err)
{
	return gate_fail(err, GATE_EGIT, "%s %s the log: %s", store->remote,
	                 result == GATE_PUSH_REFUSED ? "refuses" : "does not take",
	                 gate_buf_text(why));
}

/* Sends what is new as a commit of its own, which meets nobody. */
static int send_inbox(const struct git_store *store, struct gate_error *err)
{
	GATE_AUTO(line_list_release) struct line_list lines = { 0 };
	GATE_AUTO(words_release) struct words words = { 0 }, leases = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf word = { 0 }, ref = { 0 }, why = { 0 };
	const struct tip none = { 0 };
	enum gate_push_result result;
	struct gate_oid tree;
	struct tip tip;
	char hex[GATE_OID_HEX];
	int code = list_unsent(&lines, store, err);

	if (code < 0 || !lines.n)
		return code;
	code = gate_log_tree_unite(&tree, store->repo, NULL, NULL, lines.items, lines.n, err);
	if (code == GATE_OK)
		code = commit_tree(&tip, store, &tree, &none, err);
	if (code < 0)
		return code;
	gate_oid_hex(hex, &tip.commit);
	gate_buf_printf(&word, "%s:" INBOX "%s", hex, hex);
	code = add_word(&words, &word, err);
	if (code == GATE_OK)
		code = push_words(&result, store, &words, &leases, false, &why, err);
	if (code == GATE_OK && result != GATE_PUSH_DONE)
		return fail_push(result, store, &why, err);
	gate_buf_printf(&ref, "%s%s", store->tracking_inbox, hex);
	if (code == GATE_OK && !gate_buf_failed(&ref))
		swap(store, ref.ptr, &tip, &none, NULL);
	return code;
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
                      const char *prefix, struct words *words, struct gate_error *err)
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
			gate_buf_printf(&text, "%s:" KEEP "%s", keep->name, keep->name);
			code = add_word(words, &text, err);
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
static int exchange_keeps(const struct git_store *store, struct gate_error *err)
{
	GATE_AUTO(keeps_release) struct keeps own = { 0 }, theirs = { 0 };
	GATE_AUTO(words_release) struct words words = { 0 }, leases = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf why = { 0 }, text = { 0 };
	enum gate_push_result result = GATE_PUSH_DONE;
	int code = list_keeps(&own, store, KEEP, err);

	if (code == GATE_OK)
		code = list_keeps(&theirs, store, store->tracking_keep, err);
	if (code == GATE_OK)
		code = copy_keeps(store, &theirs, &own, KEEP, NULL, err);
	if (code == GATE_OK)
		code = copy_keeps(store, &own, &theirs, NULL, &words, err);
	if (code < 0 || !words.n)
		return code;
	code = push_words(&result, store, &words, &leases, false, &why, err);
	if (code == GATE_OK && result == GATE_PUSH_DONE)
		return copy_keeps(store, &own, &theirs, store->tracking_keep, NULL, err);
	if (code == GATE_OK) {
		gate_buf_printf(&text, "%s does not take " KEEP "*: %s", store->remote,
		                gate_buf_text(&why));
		say(store, gate_buf_text(&text));
	}
	return code;
}

static int sync_full(const struct git_store *store, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf why = { 0 };
	enum gate_push_result result = GATE_PUSH_BEHIND;
	int code = GATE_OK;

	for (unsigned attempt = 0; code == GATE_OK && attempt <= TRIES; attempt++) {
		if (attempt)
			wait_for_turn(attempt - 1);
		gate_buf_reset(&why);
		code = fetch(store, err);
		if (code == GATE_OK)
			code = exchange_once(&result, store, &why, err);
		if (code == GATE_OK && result == GATE_PUSH_DONE)
			return exchanges_keeps(store) ? exchange_keeps(store, err) : GATE_OK;
		if (code == GATE_OK && result == GATE_PUSH_REFUSED)
			return fail_push(result, store, &why, err);
	}
	if (code < 0)
		return code;
	say(store, "others keep writing the log; what is new here went to the inbox");
	return send_inbox(store, err);
}

/* No home: what machines of one job sent into this repository itself is joined here. */
static int fold_own(const struct git_store *store, struct gate_error *err)
{
	GATE_AUTO(tips_release) struct tips inboxes = { 0 };
	const struct tip none = { 0 };
	struct tip local, next;
	struct gate_oid tree;
	bool there = false;
	int code = read_tip(&local, store, LOCAL_REF, err);

	if (code == GATE_OK)
		code = join_known(&tree, &there, &inboxes, store, INBOX, &local, &none, err);
	if (code < 0 || !inboxes.n)
		return code;
	code = choose_commit(&next, store, &tree, &local, &none, err);
	if (code == GATE_OK && !gate_oid_equal(&next.commit, &local.commit))
		code = swap(store, LOCAL_REF, &next, &local, err);
	for (size_t i = 0; code == GATE_OK && i < inboxes.n; i++)
		code = gate_ref_swap(store->repo, inboxes.items[i].ref, &gate_oid_zero,
		                     &inboxes.items[i].tip.commit, err);
	return code;
}

static int git_sync(struct gate_store *base, enum gate_sync_mode mode, struct gate_error *err)
{
	const struct git_store *store = git_store_of(base);
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	int code = lock_log(&lock, store, err);

	if (code == GATE_OK)
		code = gate_git_durable(true, err);
	if (code < 0)
		return code;
	if (!store->remote)
		return fold_own(store, err);
	return mode == GATE_SYNC_SEND ? send_inbox(store, err) : sync_full(store, err);
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
	GATE_AUTO(tips_release) struct tips inboxes = { 0 }, own = { 0 };
	struct tip local, tracking = { 0 };
	struct gate_oid old, tree;
	bool since_there, there = false;
	int code = read_tip(&local, store, LOCAL_REF, err);

	if (code == GATE_OK && store->remote)
		code = read_tip(&tracking, store, store->tracking, err);
	if (code == GATE_OK)
		code = list_inboxes(&inboxes, store, store->tracking_inbox, err);
	if (code == GATE_OK)
		code = list_inboxes(&own, store, INBOX, err);
	if (code < 0)
		return code;
	since_there = read_position(&old, store, since);
	*position = '\0';
	if (local.there)
		gate_oid_hex(position, &local.commit);
	for (size_t i = 0; code == GATE_OK && i < 2 + inboxes.n + own.n; i++) {
		const struct tip *tip = i == 0              ? &local
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
	return gate_log_verify(git_store_of(base)->repo, LOCAL_REF, said, err);
}

static int forget_once(const struct git_store *store, const char *key, const char *text,
                       struct gate_error *err)
{
	struct tip local, next;
	struct gate_oid tree;
	int code = read_tip(&local, store, LOCAL_REF, err);

	if (code == GATE_OK)
		code = gate_log_tree_forget(&tree, store->repo, tree_of(&local), key, text, err);
	if (code < 0 || (local.there && gate_oid_equal(&tree, &local.tree)))
		return code;
	code = commit_tree(&next, store, &tree, &local, err);
	return code < 0 ? code : swap(store, LOCAL_REF, &next, &local, err);
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
static int list_forgotten(const struct git_store *store, const struct tip *tip, gate_line_fn *fn,
                          void *payload, struct gate_error *err)
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
	struct tip local, tracking = { 0 };
	int code = read_tip(&local, store, LOCAL_REF, err);

	if (code == GATE_OK && store->remote)
		code = read_tip(&tracking, store, store->tracking, err);
	if (code == GATE_OK)
		code = list_forgotten(store, &local, fn, payload, err);
	return code == GATE_OK ? list_forgotten(store, &tracking, fn, payload, err) : code;
}

static const struct gate_store_ops git_ops = {
	.scheme = "git",
	.append = git_append,
	.read = git_read,
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
	const char *ref = hash ? hash + 1 : context->ref ? context->ref : LOCAL_REF;
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
