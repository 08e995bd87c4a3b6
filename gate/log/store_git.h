/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the files of the store `git:` share: store_git.c has the store, store_git_past.c its past, store_git_sync.c its exchange with a home, store_git_keep.c
 * that of kept commits.
 */
#ifndef GATE_LOG_STORE_GIT_H
#define GATE_LOG_STORE_GIT_H

#include "gate/git/exchange.h"
#include "gate/git/write.h"
#include "gate/log/store.h"

#define GIT_STORE_LOG "refs/doragate/log"
#define GIT_STORE_INBOX "refs/doragate/inbox/"
#define GIT_STORE_KEEP "refs/doragate/keep/"
#define GIT_STORE_LIMIT_MS 600000

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

/* A commit and its tree; zero where the ref is not there. */
struct git_tip {
	struct gate_oid commit, tree, parent;
	int64_t seconds;
	bool there;
};

/* The tips below a prefix: inboxes. */
struct git_inboxes {
	const struct git_store *store;
	struct inbox {
		char *ref; /* own */
		struct git_tip tip;
	} * items; /* own */
	size_t n, cap;
	struct gate_error *err;
};
void git_inboxes_release(struct git_inboxes *inboxes);
GATE_DEFINE_AUTO_STRUCT(struct git_inboxes, git_inboxes_release)

/** A line for the user. */
void git_store_say(const struct git_store *store, const char *text);
/** The tip of a ref; `there` false: it has none. */
int git_store_tip(struct git_tip *out, const struct git_store *store, const char *ref,
                  struct gate_error *err);
/** Its tree; NULL: it is not there. */
const struct gate_oid *git_tip_tree(const struct git_tip *tip);
/** Writes a commit of a tree. The message says how many lines it brings. */
int git_store_commit(struct git_tip *out, const struct git_store *store,
                     const struct gate_oid *tree, const struct git_tip *parent,
                     struct gate_error *err);
int git_store_swap(const struct git_store *store, const char *ref, const struct git_tip *to,
                   const struct git_tip *from, struct gate_error *err);
/** The inboxes below a prefix (NULL: none). */
int git_store_inboxes(struct git_inboxes *out, const struct git_store *store, const char *prefix,
                      struct gate_error *err);

/** store_git_past.c: two slots of the store. */
int git_store_find(struct gate_store *store, const char *name, char *position, int64_t *seconds,
                   struct gate_error *err);
int git_store_read_at(struct gate_store *store, const char *position, gate_line_fn *fn,
                      void *payload, struct gate_error *err);

/** store_git_sync.c: with the lock held. */
int git_store_sync(const struct git_store *store, enum gate_sync_mode mode, struct gate_error *err);

/* NULL-terminated strings, built one after the other. */
struct git_words {
	char **items; /* own */
	size_t n, cap;
};
void git_words_release(struct git_words *words);
GATE_DEFINE_AUTO_STRUCT(struct git_words, git_words_release)

/** Takes the text. */
int git_words_add(struct git_words *words, struct gate_buf *text, struct gate_error *err);
/** Pushes refspecs to the home. */
int git_store_push(enum gate_push_result *out, const struct git_store *store,
                   const struct git_words *words, const struct git_words *leases, bool atomic,
                   struct gate_buf *why, struct gate_error *err);

/** store_git_keep.c: whether kept commits are exchanged: not where history was left out on purpose, for what is kept has one of its own. */
bool git_store_has_keeps(const struct git_store *store);
/** Copies what was fetched of them, and sends what the home has not. That it does not take them is said; the log is shared all the same. */
int git_store_exchange_keeps(const struct git_store *store, struct gate_error *err);

#endif
