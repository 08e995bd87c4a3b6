/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where the log is shared: a bag of lines with at-least-once delivery. Identity, correction and order live above it, once (gate/log/events.h).
 *
 * A store is one file and one row of gate_stores; callers use the gate_store_ functions below, which trace and check once.
 */
#ifndef GATE_LOG_STORE_H
#define GATE_LOG_STORE_H

#include "gate/base/clock.h"
#include "gate/git/repo.h"

#define GATE_MAX_POSITION 200 /* bytes of a position, without its NUL */

/** One line without its newline. Any bytes but LF; what is no event is kept too. */
struct gate_log_line {
	const char *bytes;
	size_t len;
};

/** Non-zero stops the reading and is returned. The line is borrowed for the call. */
typedef int gate_line_fn(const struct gate_log_line *line, void *payload);

enum gate_sync_mode {
	GATE_SYNC_FULL, /* exchange both ways */
	GATE_SYNC_SEND, /* only send what is new here, without fetching */
};

struct gate_store;

struct gate_store_ops {
	const char *scheme; /* "file" in "file:/srv/events" */
	/* Required. All lines are durable in the store when it returns GATE_OK; repeating it changes nothing that a reader counts. */
	int (*append)(struct gate_store *store, const struct gate_log_line lines[], size_t n,
	              struct gate_error *err);
	/*
	 * Required. Every line visible at *position and not at `since` ("": all), in any order, repeats allowed. `position` has
	 * GATE_MAX_POSITION + 1 bytes and may be `since`. A `since` that means nothing here any more: everything. When `fn` stops it, *position is
	 * that of the whole, or as it was where only reading to the end would tell.
	 */
	int (*read)(struct gate_store *store, const char *since, char *position, gate_line_fn *fn,
	            void *payload, struct gate_error *err);
	/*
	 * Optional, with `read_at`. NULL: it keeps no past. Finds a state that the log was in, as `name` says it; NULL: the newest that is not later than *seconds.
	 * `position` as above; *seconds gets the time of that state. GATE_EUSAGE: there is none.
	 */
	int (*find)(struct gate_store *store, const char *name, char *position, int64_t *seconds,
	            struct gate_error *err);
	/* Optional, with `find`. Every line of the state at a position that `find` gave, and no other. */
	int (*read_at)(struct gate_store *store, const char *position, gate_line_fn *fn,
	               void *payload, struct gate_error *err);
	/* Optional. NULL: what is appended is already shared. Lines that were appended are shared when it returns GATE_OK. */
	int (*sync)(struct gate_store *store, enum gate_sync_mode mode, struct gate_error *err);
	/* Optional. NULL: there is nothing to verify. Appends a line to `said` for each thing that is wrong; GATE_OK in either case. */
	int (*verify)(struct gate_store *store, struct gate_buf *said, struct gate_error *err);
	/* Optional, with `forgotten`. NULL: it forgets nothing. Drops the lines of an identity, by its key, for good; `text` is kept as the reason. */
	int (*forget)(struct gate_store *store, const char *key, const char *text,
	              struct gate_error *err);
	/* Optional. Calls `fn` with the key of each identity that is forgotten, where it still may be read from elsewhere; repeats allowed. */
	int (*forgotten)(struct gate_store *store, gate_line_fn *fn, void *payload,
	                 struct gate_error *err);
	/* Optional. NULL: it cannot say. *out = whatever was visible at `since` is visible now, so that reading on is enough. */
	int (*holds)(bool *out, struct gate_store *store, const char *since,
	             struct gate_error *err);
	/* Required. Takes NULL never. */
	void (*free)(struct gate_store *store);
};

/** First member of every store. */
struct gate_store {
	const struct gate_store_ops *ops;
};

/** What a store may need to open. All borrowed, and must outlive the store. */
struct gate_store_context {
	const struct gate_repo *repo;
	const char *remote;    /* home remote of `git:`; NULL: none */
	const char *ref;       /* the log's ref; NULL: refs/doragate/log */
	const char *state_dir; /* "<git common dir>/doragate" */
	struct gate_time now;
	bool has_now; /* else the clock of the moment counts */
	bool in_hook;
	struct gate_buf *said; /* gets a line for what a user should know; NULL: nobody listens */
};

/** Opens the store of a URL. GATE_EUSAGE: an unknown scheme, with those there are, or a URL that the store does not take. */
int gate_store_open(struct gate_store **out, const char *url,
                    const struct gate_store_context *context, struct gate_error *err);
void gate_store_free(struct gate_store *store);
GATE_DEFINE_AUTO(struct gate_store *, gate_store_free)

int gate_store_append(struct gate_store *store, const struct gate_log_line lines[], size_t n,
                      struct gate_error *err);
int gate_store_read(struct gate_store *store, const char *since, char *position, gate_line_fn *fn,
                    void *payload, struct gate_error *err);
/**
 * *out = whatever was visible at the position `since` is visible now: lines that were forgotten, a log that was moved back, a position of another store give
 * false. Ask behind reading on: what goes away meanwhile is told then, or the next time.
 */
int gate_store_holds(bool *out, struct gate_store *store, const char *since,
                     struct gate_error *err);
/**
 * A state of the log in its past, by the name that the store gives it (`git:`: a revision that means a commit of a log), or NULL: the newest that is not later
 * than *seconds. *seconds gets the time of that state. GATE_EUSAGE: there is none such, or this store keeps no past.
 */
int gate_store_find(struct gate_store *store, const char *name, char *position, int64_t *seconds,
                    struct gate_error *err);
/** The lines of that state, at a position that gate_store_find gave: what was written, came or was forgotten later is not in it. */
int gate_store_read_at(struct gate_store *store, const char *position, gate_line_fn *fn,
                       void *payload, struct gate_error *err);
int gate_store_sync(struct gate_store *store, enum gate_sync_mode mode, struct gate_error *err);
int gate_store_verify(struct gate_store *store, struct gate_buf *said, struct gate_error *err);

/** GATE_EUSAGE: this store forgets nothing. `key`: SHA-256 of source NUL id. */
int gate_store_forget(struct gate_store *store, const char *key, const char *text,
                      struct gate_error *err);
int gate_store_forgotten(struct gate_store *store, gate_line_fn *fn, void *payload,
                         struct gate_error *err);

/** Each opens one kind of store. `rest` is the URL behind "<scheme>:". */
int gate_store_git_open(struct gate_store **out, const char *rest,
                        const struct gate_store_context *context, struct gate_error *err);
int gate_store_file_open(struct gate_store **out, const char *rest,
                         const struct gate_store_context *context, struct gate_error *err);
/** In memory: the reference for the contract test. Not in the table of schemes. */
int gate_store_mem_open(struct gate_store **out, struct gate_error *err);

/** Wraps a store and says on `out` (borrowed) a line for each call: "append 3 lines: ok". Takes `inner`. */
int gate_store_trace(struct gate_store **out, struct gate_store *inner, struct gate_buf *trace,
                     struct gate_error *err);

/** What gate_store_fault does at the n-th append. */
enum gate_fault {
	GATE_FAULT_REFUSE, /* nothing is appended, GATE_EIO */
	GATE_FAULT_TEAR,   /* half of the lines are appended, GATE_EIO */
	GATE_FAULT_NO_ACK, /* all are appended, GATE_EIO */
};
/** Wraps a store whose n-th append (from 1) goes wrong. Takes `inner`. */
int gate_store_fault(struct gate_store **out, struct gate_store *inner, unsigned n,
                     enum gate_fault fault, struct gate_error *err);

#endif
