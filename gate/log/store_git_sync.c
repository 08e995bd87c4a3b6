/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exchange of `git:` with its home: fetch, join, push without force; when somebody else was faster, again, and in the end to the inbox.
 */
#include "gate/base/escape.h"
#include "gate/git/redact.h"
#include "gate/git/refs.h"
#include "gate/log/store_git.h"
#include "gate/log/tree.h"

#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define TRIES 5
#define HOOK_LIMIT_MS 30000
#define INBOXES_A_PUSH 200

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
static int join_inboxes(struct gate_oid *tree, bool *there, struct git_inboxes *inboxes,
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
			git_store_say(inboxes->store, gate_buf_text(&text));
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
static int join_known(struct gate_oid *tree, bool *there, struct git_inboxes *inboxes,
                      const struct git_store *store, const char *prefix, const struct git_tip *a,
                      const struct git_tip *b, struct gate_error *err)
{
	int code = git_store_inboxes(inboxes, store, prefix, err);

	if (code == GATE_OK)
		code = join(tree, there, store, git_tip_tree(a), err);
	if (code == GATE_OK)
		code = join(tree, there, store, git_tip_tree(b), err);
	return code < 0 ? code : join_inboxes(tree, there, inboxes, err);
}

static struct gate_exchange exchange_of(const struct git_store *store)
{
	const struct gate_repo *here = store->context.repo;
	const char *work_dir = gate_repo_work_dir(here);

	return (struct gate_exchange){ .repo = store->repo,
		                       .dir = work_dir ? work_dir : gate_repo_git_dir(here),
		                       .remote = store->remote,
		                       .timeout_ms = store->context.in_hook ? HOOK_LIMIT_MS
		                                                            : GIT_STORE_LIMIT_MS,
		                       .in_hook = store->context.in_hook };
}

static int fetch(const struct git_store *store, struct gate_error *err)
{
	const struct gate_exchange exchange = exchange_of(store);
	GATE_AUTO(gate_buf_release) struct gate_buf log = { 0 }, inbox = { 0 }, keep = { 0 };
	const char *refspecs[4] = { NULL };

	/* A pattern, so that a remote without a log is no error. */
	gate_buf_printf(&log, "+%s*:%s*", store->remote_ref, store->tracking);
	gate_buf_printf(&inbox, "+" GIT_STORE_INBOX "*:%s*", store->tracking_inbox);
	if (git_store_has_keeps(store))
		gate_buf_printf(&keep, "+" GIT_STORE_KEEP "*:%s*", store->tracking_keep);
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

void git_words_release(struct git_words *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->items[i]);
	free(words->items);
}
int git_words_add(struct git_words *words, struct gate_buf *text, struct gate_error *err)
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

static int add_update(struct git_words *words, const struct git_store *store,
                      const struct git_tip *tip, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	char hex[GATE_OID_HEX];

	gate_buf_printf(&text, "%s:%s", gate_oid_hex(hex, &tip->commit), store->remote_ref);
	return git_words_add(words, &text, err);
}

/* Takes inboxes off the remote, each only if it is what was joined. */
static int add_removals(struct git_words *words, struct git_words *leases,
                        const struct git_inboxes *inboxes, size_t first, size_t n,
                        struct gate_error *err)
{
	size_t prefix = strlen(inboxes->store->tracking_inbox);
	int code = GATE_OK;

	for (size_t i = first; code == GATE_OK && i < first + n; i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf word = { 0 }, lease = { 0 };
		const char *name = inboxes->items[i].ref + prefix;
		char hex[GATE_OID_HEX];

		gate_buf_printf(&word, ":" GIT_STORE_INBOX "%s", name);
		gate_buf_printf(&lease, GIT_STORE_INBOX "%s:%s", name,
		                gate_oid_hex(hex, &inboxes->items[i].tip.commit));
		code = git_words_add(words, &word, err);
		if (code == GATE_OK)
			code = git_words_add(leases, &lease, err);
	}
	return code;
}

int git_store_push(enum gate_push_result *out, const struct git_store *store,
                   const struct git_words *words, const struct git_words *leases, bool atomic,
                   struct gate_buf *why, struct gate_error *err)
{
	const struct gate_exchange exchange = exchange_of(store);

	return gate_git_push(out, &exchange, (const char *const *)words->items,
	                     leases->n ? (const char *const *)leases->items : NULL, atomic, why,
	                     err);
}

/* Inboxes whose lines are safe there. That somebody else took one off first is fine, and so is that it stays: joining twice is harmless. */
static int remove_inboxes(const struct git_store *store, const struct git_inboxes *inboxes,
                          size_t first, struct gate_error *err)
{
	int code = GATE_OK;

	for (; code == GATE_OK && first < inboxes->n; first += INBOXES_A_PUSH) {
		GATE_AUTO(git_words_release) struct git_words words = { 0 }, leases = { 0 };
		size_t left = inboxes->n - first;
		enum gate_push_result result;

		code = add_removals(&words, &leases, inboxes, first,
		                    left < INBOXES_A_PUSH ? left : INBOXES_A_PUSH, err);
		if (code == GATE_OK)
			code = git_store_push(&result, store, &words, &leases, false, NULL, err);
	}
	return code;
}

/* Sends the log, and takes the inboxes off in the same step where that can be done. */
static int push_log(enum gate_push_result *out, const struct git_store *store,
                    const struct git_tip *tip, const struct git_inboxes *inboxes, bool send_log,
                    struct gate_buf *why, struct gate_error *err)
{
	GATE_AUTO(git_words_release) struct git_words words = { 0 }, leases = { 0 };
	size_t n = inboxes->n < INBOXES_A_PUSH ? inboxes->n : INBOXES_A_PUSH;
	int code = GATE_OK;

	*out = GATE_PUSH_DONE;
	if (!send_log)
		return remove_inboxes(store, inboxes, 0, err);
	code = add_update(&words, store, tip, err);
	if (code == GATE_OK)
		code = add_removals(&words, &leases, inboxes, 0, n, err);
	if (code == GATE_OK)
		code = git_store_push(out, store, &words, &leases, n > 0, why, err);
	if (code == GATE_OK && *out == GATE_PUSH_DONE)
		return remove_inboxes(store, inboxes, n, err);
	if (code < 0 || !n)
		return code;
	/* Perhaps only an inbox was in the way, or the remote cannot do several at once: the log first. */
	git_words_release(&words);
	git_words_release(&leases);
	words = leases = (struct git_words){ 0 };
	code = add_update(&words, store, tip, err);
	if (code == GATE_OK)
		code = git_store_push(out, store, &words, &leases, false, why, err);
	if (code == GATE_OK && *out == GATE_PUSH_DONE)
		code = remove_inboxes(store, inboxes, 0, err);
	return code;
}

/* The copies of the remote's refs follow what was pushed. That somebody else moved them is fine: the next fetch says what is true. */
static void follow(const struct git_store *store, const struct git_tip *tip,
                   const struct git_tip *tracking, const struct git_inboxes *inboxes)
{
	if (!gate_oid_equal(&tip->commit, &tracking->commit))
		git_store_swap(store, store->tracking, tip, tracking, NULL);
	for (size_t i = 0; i < inboxes->n; i++)
		gate_ref_swap(store->repo, inboxes->items[i].ref, &gate_oid_zero,
		              &inboxes->items[i].tip.commit, NULL);
}

/* The commit that the remote and we shall have: one that is there already where its tree is right, else a new one on the remote's. */
static int choose_commit(struct git_tip *out, const struct git_store *store,
                         const struct gate_oid *tree, const struct git_tip *local,
                         const struct git_tip *tracking, struct gate_error *err)
{
	*out = *tracking;
	if (tracking->there && gate_oid_equal(tree, &tracking->tree))
		return GATE_OK;
	*out = *local;
	if (local->there && gate_oid_equal(tree, &local->tree) &&
	    (!tracking->there || gate_oid_equal(&local->parent, &tracking->commit)))
		return GATE_OK;
	return git_store_commit(out, store, tree, tracking->there ? tracking : local, err);
}

/* Once in the life of a log: what is recorded from now on has readers. A home that had it, as this clone saw, and lost it is not told of that again. */
static void say_first(const struct git_store *store, bool again)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	gate_git_redact(&text, store->remote, strlen(store->remote));
	gate_buf_puts(&text,
	              again ? " had lost the log, and has it again"
	                    : " has the log for the first time: whoever may read that repository "
	                      "may read what is recorded");
	git_store_say(store, gate_buf_text(&text));
}

/* One round, from what was fetched. `had`: the remote had a log when this clone looked the last time. */
static int exchange_once(enum gate_push_result *out, const struct git_store *store, bool had,
                         struct gate_buf *why, struct gate_error *err)
{
	GATE_AUTO(git_inboxes_release) struct git_inboxes inboxes = { 0 };
	struct git_tip local, tracking, next;
	struct gate_oid tree;
	bool there = false, send;
	int code = git_store_tip(&local, store, GIT_STORE_LOG, err);

	*out = GATE_PUSH_DONE;
	if (code == GATE_OK)
		code = git_store_tip(&tracking, store, store->tracking, err);
	if (code == GATE_OK)
		code = join_known(&tree, &there, &inboxes, store, store->tracking_inbox, &local,
		                  &tracking, err);
	if (code < 0 || !there)
		return code;
	code = choose_commit(&next, store, &tree, &local, &tracking, err);
	if (code < 0)
		return code;
	if (!gate_oid_equal(&next.commit, &local.commit))
		code = git_store_swap(store, GIT_STORE_LOG, &next, &local, err);
	/* Somebody recorded or synced beside us: the same round again. */
	if (code == GATE_ECONFLICT) {
		*out = GATE_PUSH_BEHIND;
		gate_buf_puts(why, "the log is being changed here");
		return GATE_OK;
	}
	send = !tracking.there || !gate_oid_equal(&next.commit, &tracking.commit);
	if (code == GATE_OK && (send || inboxes.n))
		code = push_log(out, store, &next, &inboxes, send, why, err);
	if (code == GATE_OK && *out == GATE_PUSH_DONE) {
		if (!tracking.there && send)
			say_first(store, had);
		follow(store, &next, &tracking, &inboxes);
	}
	return code;
}

/* What the home has not: lines, and a log that only says what is to be forgotten. */
struct unsent {
	struct gate_arena arena;
	struct gate_log_line *items; /* own array */
	size_t n, cap;
	struct gate_oid forgotten; /* zero: nothing */
	struct gate_error *err;
};

static void unsent_release(struct unsent *list)
{
	gate_arena_release(&list->arena);
	free(list->items);
}
GATE_DEFINE_AUTO_STRUCT(struct unsent, unsent_release)

static int add_line(const struct gate_log_line *line, void *payload)
{
	struct unsent *list = payload;
	char *copy = gate_arena_copy(&list->arena, line->bytes, line->len);

	if (!copy ||
	    gate_grow(&list->items, &list->cap, list->n + 1, sizeof(*list->items), list->err) < 0)
		return gate_fail_memory(list->err);
	list->items[list->n++] = (struct gate_log_line){ copy, line->len };
	return GATE_OK;
}

/* An entry of the root; zero: there is none. */
static int root_entry(struct gate_oid *out, const struct git_store *store,
                      const struct gate_oid *tree, const char *name, struct gate_error *err)
{
	GATE_AUTO(gate_tree_items_release) struct gate_tree_items root = { 0 };
	int code = gate_tree_items(&root, store->repo, tree, err);

	*out = gate_oid_zero;
	for (size_t i = 0; code == GATE_OK && i < root.n; i++)
		if (!strcmp(root.items[i].name, name))
			*out = root.items[i].id;
	return code;
}

/* `known` NULL: nothing. */
static int find_forgotten(struct unsent *out, const struct git_store *store,
                          const struct gate_oid *local, const struct gate_oid *known,
                          struct gate_error *err)
{
	struct gate_tree_item root[] = { { .name = "format", .mode = 0100644 },
		                         { .name = "forgotten", .mode = 0040000 } };
	struct gate_oid joined, theirs = gate_oid_zero, both = gate_oid_zero;
	int code = root_entry(&root[1].id, store, local, root[1].name, err);

	if (code < 0 || gate_oid_is_zero(&root[1].id))
		return code;
	code = root_entry(&root[0].id, store, local, root[0].name, err);
	if (code == GATE_OK && known)
		code = root_entry(&theirs, store, known, root[1].name, err);
	if (code == GATE_OK)
		code = gate_log_tree_unite(&joined, store->repo, local, known, NULL, 0, err);
	if (code == GATE_OK)
		code = root_entry(&both, store, &joined, root[1].name, err);
	if (code < 0 || gate_oid_equal(&theirs, &both))
		return code;
	return gate_tree_write(&out->forgotten, store->repo, root, GATE_COUNT(root), err);
}

/* What the local log has, and neither the remote's log nor an inbox of it as far as this clone knows. */
static int list_unsent(struct unsent *out, const struct git_store *store, struct gate_error *err)
{
	GATE_AUTO(git_inboxes_release) struct git_inboxes inboxes = { 0 };
	struct git_tip local, tracking;
	struct gate_oid known;
	bool there = false;
	int code = git_store_tip(&local, store, GIT_STORE_LOG, err);

	if (code == GATE_OK)
		code = git_store_tip(&tracking, store, store->tracking, err);
	if (code == GATE_OK)
		code = join_known(&known, &there, &inboxes, store, store->tracking_inbox, &tracking,
		                  &(struct git_tip){ 0 }, err);
	out->err = err;
	if (code == GATE_OK && local.there)
		code = gate_log_tree_read(store->repo, &local.tree, there ? &known : NULL, add_line,
		                          NULL, out, err);
	if (code == GATE_OK && local.there)
		code = find_forgotten(out, store, &local.tree, there ? &known : NULL, err);
	return code;
}

static int fail_push(enum gate_push_result result, const struct git_store *store,
                     const struct gate_buf *why, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf remote = { 0 };

	gate_git_redact(&remote, store->remote, strlen(store->remote));
	return gate_fail(err, GATE_EGIT, "%s %s the log: %s", gate_buf_text(&remote),
	                 result == GATE_PUSH_REFUSED ? "refuses" : "does not take",
	                 gate_buf_text(why));
}

/* Writes what is new as a commit of its own. `there` false: there is nothing. */
static int commit_unsent(struct git_tip *out, const struct git_store *store, struct gate_error *err)
{
	GATE_AUTO(unsent_release) struct unsent unsent = { 0 };
	const struct git_tip none = { 0 };
	struct gate_oid tree;
	bool forgets;
	int code = list_unsent(&unsent, store, err);

	*out = none;
	forgets = !gate_oid_is_zero(&unsent.forgotten);
	if (code < 0 || (!unsent.n && !forgets))
		return code;
	code = gate_log_tree_unite(&tree, store->repo, forgets ? &unsent.forgotten : NULL, NULL,
	                           unsent.items, unsent.n, err);
	return code < 0 ? code : git_store_commit(out, store, &tree, &none, err);
}

/* Sends what is new by itself, where it meets nobody. */
static int send_inbox(const struct git_store *store, struct gate_error *err)
{
	GATE_AUTO(git_words_release) struct git_words words = { 0 }, leases = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf word = { 0 }, ref = { 0 }, why = { 0 };
	const struct git_tip none = { 0 };
	enum gate_push_result result;
	struct git_tip tip;
	char hex[GATE_OID_HEX];
	int code = commit_unsent(&tip, store, err);

	if (code < 0 || !tip.there)
		return code;
	gate_oid_hex(hex, &tip.commit);
	gate_buf_printf(&word, "%s:" GIT_STORE_INBOX "%s", hex, hex);
	code = git_words_add(&words, &word, err);
	if (code == GATE_OK)
		code = git_store_push(&result, store, &words, &leases, false, &why, err);
	if (code == GATE_OK && result != GATE_PUSH_DONE)
		return fail_push(result, store, &why, err);
	gate_buf_printf(&ref, "%s%s", store->tracking_inbox, hex);
	if (code == GATE_OK && !gate_buf_failed(&ref))
		git_store_swap(store, ref.ptr, &tip, &none, NULL);
	return code;
}

/* The home's log does not move: others may be faster for ever, or a rule keeps it for somebody else. Inboxes may go all the same. */
static int fall_back(const struct git_store *store, enum gate_push_result result,
                     const struct gate_buf *why, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	int code = send_inbox(store, err);

	/* What refuses both has said why already. */
	if (code == GATE_EGIT && result == GATE_PUSH_REFUSED)
		return fail_push(result, store, why, err);
	if (code < 0)
		return code;
	gate_buf_printf(&text, "what is new here went to the inbox, for the log did not move: %s",
	                gate_buf_text(why));
	git_store_say(store, gate_buf_text(&text));
	return GATE_OK;
}

static int sync_full(const struct git_store *store, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf why = { 0 };
	enum gate_push_result result = GATE_PUSH_BEHIND;
	struct gate_error ignored = { 0 };
	struct gate_oid before;
	/* Asked now, for the fetch takes the copy of a ref away that the remote has no more. */
	const bool had =
		gate_ref_lookup(&before, store->repo, store->tracking, &ignored) == GATE_OK;
	int code = GATE_OK;

	for (unsigned attempt = 0; code == GATE_OK && attempt <= TRIES; attempt++) {
		if (attempt)
			wait_for_turn(attempt - 1);
		gate_buf_reset(&why);
		code = fetch(store, err);
		if (code == GATE_OK)
			code = exchange_once(&result, store, had, &why, err);
		if (code == GATE_OK && result == GATE_PUSH_DONE)
			return git_store_has_keeps(store) ? git_store_exchange_keeps(store, err)
			                                  : GATE_OK;
		if (result == GATE_PUSH_REFUSED)
			break;
	}
	return code < 0 ? code : fall_back(store, result, &why, err);
}

/* No home: what machines of one job sent into this repository itself is joined here. */
static int fold_own(const struct git_store *store, struct gate_error *err)
{
	GATE_AUTO(git_inboxes_release) struct git_inboxes inboxes = { 0 };
	const struct git_tip none = { 0 };
	struct git_tip local, next;
	struct gate_oid tree;
	bool there = false;
	int code = git_store_tip(&local, store, GIT_STORE_LOG, err);

	if (code == GATE_OK)
		code = join_known(&tree, &there, &inboxes, store, GIT_STORE_INBOX, &local, &none,
		                  err);
	if (code < 0 || !inboxes.n)
		return code;
	code = choose_commit(&next, store, &tree, &local, &none, err);
	if (code == GATE_OK && !gate_oid_equal(&next.commit, &local.commit))
		code = git_store_swap(store, GIT_STORE_LOG, &next, &local, err);
	for (size_t i = 0; code == GATE_OK && i < inboxes.n; i++)
		code = gate_ref_swap(store->repo, inboxes.items[i].ref, &gate_oid_zero,
		                     &inboxes.items[i].tip.commit, err);
	return code;
}

int git_store_sync(const struct git_store *store, enum gate_sync_mode mode, struct gate_error *err)
{
	if (!store->remote)
		return fold_own(store, err);
	return mode == GATE_SYNC_SEND ? send_inbox(store, err) : sync_full(store, err);
}
