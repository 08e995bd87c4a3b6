/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Fetching and pushing our own refs, by the git program: it knows the user's credentials, proxies and transports.
 *
 * No trace is left but the refs named: no FETCH_HEAD, no tags, no HEAD of the remote, no submodules, no gc, no hooks, no change to what is
 * shallow or partial. Never asks on a terminal. Variables that bind git to another repository (`git rev-parse --local-env-vars`) are dropped, GIT_DIR is set.
 */
#ifndef GATE_GIT_EXCHANGE_H
#define GATE_GIT_EXCHANGE_H

#include "gate/git/repo.h"

struct gate_exchange {
	const struct gate_repo *repo; /* borrowed */
	const char *remote;           /* the name of a remote, or a path or URL */
	unsigned timeout_ms;          /* 0: none */
	const char
		*dir; /* where a relative path starts; NULL: the work tree, else the git folder */
	bool in_hook; /* ssh must not ask either: OpenSSH gets -oBatchMode=yes */
};

/**
 * Fetches refspecs (NULL-terminated, each "+src:dst"). `prune`: what the remote has no more goes. GATE_EGIT with what git said, escaped by nobody
 * yet: the remote is away, refuses, or is no repository; GATE_ELIMIT: it took too long.
 */
int gate_git_fetch(const struct gate_exchange *exchange, const char *const refspecs[], bool prune,
                   struct gate_error *err);

enum gate_push_result {
	GATE_PUSH_DONE,
	GATE_PUSH_BEHIND,  /* the ref moved there, or is locked: fetch and try again */
	GATE_PUSH_REFUSED, /* by a hook or a rule of the remote: trying again does not help */
	GATE_PUSH_BROKEN, /* it failed there (a full disk, a lost line): GATE_EGIT of gate_git_push */
	GATE_PUSH_NO_ATOMIC, /* the remote does not take several refs in one step */
};

/**
 * Pushes refspecs (NULL-terminated: "<id>:refs/...", ":refs/..." deletes). Never forced, but with `leases` (NULL, or NULL-terminated
 * "<ref>:<id>"), each of which lets that one ref go when it is still at that id. `atomic`: all or none. When it is not DONE, `why` (may be
 * NULL) gets the reason in git's words, one line. GATE_EGIT, GATE_ELIMIT as for fetching.
 */
int gate_git_push(enum gate_push_result *out, const struct gate_exchange *exchange,
                  const char *const refspecs[], const char *const leases[], bool atomic,
                  struct gate_buf *why, struct gate_error *err);

#endif
