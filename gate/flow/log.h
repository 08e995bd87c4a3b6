/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The log of a repository as commands use it: the configuration that applies, the spool, the store. The only caller of the log's writers.
 *
 * The configuration is that of HEAD's commit, never of the work tree.
 */
#ifndef GATE_FLOW_LOG_H
#define GATE_FLOW_LOG_H

#include "gate/config/config.h"
#include "gate/log/live.h"

struct gate_log {
	const struct gate_repo *repo; /* borrowed */
	struct gate_config *config;   /* own */
	struct gate_oid head;         /* the commit that the configuration is of; zero: none yet */
	char *state_dir;              /* own; "<git common dir>/doragate" */
	char *repository;         /* own; the first part of `source`; NULL until gate_log_source */
	char *remote;             /* own; the home; NULL: there is none */
	struct gate_store *store; /* own; NULL until gate_log_store */
	struct gate_buf trace;    /* what DORAGATE_TRACE=log collects */
	struct gate_buf said;     /* lines for the user */
	char position[GATE_MAX_POSITION + 1]; /* of the store when it was read; "": nothing yet */
	char forgotten[GATE_DIGEST_HEX];      /* of all identities that were forgotten then */
	size_t n_spooled;                     /* lines of the spool when it was read */
	bool as_of; /* gate_log_read reads the store at `position`, and nothing else */
	struct gate_time now;
	bool has_now, in_hook;
};

/** Reads the configuration; opens nothing else. `now` NULL: the clock. */
int gate_log_open(struct gate_log *out, const struct gate_repo *repo, const struct gate_time *now,
                  struct gate_error *err);
void gate_log_release(struct gate_log *log);
GATE_DEFINE_AUTO_STRUCT(struct gate_log, gate_log_release)

/** The store is one file of lines, and no repository. */
bool gate_log_is_file(const struct gate_log *log);

/** What --now said, else the clock. */
struct gate_time gate_log_now(const struct gate_log *log);

/** Appends "<repository>/doragate/<adapter>" to `out`. */
int gate_log_source(struct gate_buf *out, struct gate_log *log, const char *adapter,
                    struct gate_error *err);

/** Spools an event (JSON text of any layout). Durable on this machine when it returns GATE_OK. */
int gate_log_record(struct gate_log *log, const struct gate_buf *json, struct gate_error *err);

/** What a sync had to share, repeats left out, and what came. */
struct gate_log_shared {
	size_t n;        /* events that were in the spool */
	size_t n_odd;    /* lines there that are no event */
	size_t n_others; /* events of others that this log did not have before */
	bool has_home;   /* there is somebody to share with */
};
/**
 * Seals the spool, appends it to the store, shares it, and then removes it. On failure nothing is lost: the lines stay in the spool. `*out` is
 * written in either case, as far as it is known.
 */
int gate_log_share(struct gate_log_shared *out, struct gate_log *log, enum gate_sync_mode mode,
                   struct gate_error *err);

/**
 * Goes back to what the log was: gate_log_read then reads that state of the store, without the spool, without what was written or came later. `name` is that of a
 * commit of the log, as git takes it; NULL: the newest not later than *seconds. *seconds gets its time. GATE_EUSAGE: there is none, or the store keeps no past.
 */
int gate_log_go_back(int64_t *seconds, struct gate_log *log, const char *name,
                     struct gate_error *err);

/** Every line of the store and of the spool, settled. */
int gate_log_read(struct gate_live_log *out, struct gate_log *log, struct gate_error *err);

/**
 * The lines that the store has beyond a position (a copy of log->position; "": all), settled among themselves: what older lines say of them is for the
 * caller to know. Without the spool. More than these where the position means nothing any more (gate_store_holds).
 */
int gate_log_read_since(struct gate_live_log *out, struct gate_log *log, const char *since,
                        struct gate_error *err);

/** Events of an import. */
struct gate_log_imported {
	size_t n_new;
	size_t n_other; /* kept, but they do not count: another content of their identity does */
	size_t n_known; /* the log had them, or the file has them twice */
	size_t n_forgotten; /* left out: the log forgot them */
};
/**
 * Takes in lines of events, or bare events, one a line, or one JSON list or event over many lines. What the log has already is not written again. Lines that
 * are no event are kept and said, with their place. GATE_ECONFIG with place: there is no event at all, or one of a list is none.
 */
int gate_log_import(struct gate_log_imported *out, struct gate_log *log, const char *name,
                    const char *bytes, size_t len, struct gate_error *err);

/**
 * Forgets an identity: its lines go, here at once and everywhere with the next syncs, and never come back. `id` is an id or the beginning of one that means one
 * identity (of `source`, when that is not NULL); what is in no line yet is taken as it stands, when `source` says whose it is. `log->said` tells what happened.
 * GATE_EUSAGE: no such event, or several, or the store forgets nothing.
 */
int gate_log_forget(struct gate_log *log, const char *id, const char *source, const char *reason,
                    struct gate_error *err);

/** Appends what is wrong with the log, a line each; what is odd and well kept goes to `log->said`. */
int gate_log_check(struct gate_buf *out, struct gate_log *log, struct gate_error *err);

#endif
