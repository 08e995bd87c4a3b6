/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The tree of the log: a pure function of the set of lines (docs/event-log-format.md, The tree). Joining, reading and checking it.
 */
#ifndef GATE_LOG_TREE_H
#define GATE_LOG_TREE_H

#include "gate/git/repo.h"
#include "gate/log/store.h"

#define GATE_LOG_FORMAT "doragate-log 1"

/**
 * The tree of all lines of `a`, of `b` (either may be NULL: none) and of `lines`; what `/forgotten` names is left out. Subtrees that are equal are not
 * read. GATE_ECONFIG: one of them has a format of another major version, so nothing may be written.
 */
int gate_log_tree_unite(struct gate_oid *out, const struct gate_repo *repo,
                        const struct gate_oid *a, const struct gate_oid *b,
                        const struct gate_log_line lines[], size_t n, struct gate_error *err);

/** Called for what cannot be read as the format wants it: `what` says it, `place` is the path in the tree. */
typedef void gate_log_problem_fn(const char *place, const char *what, void *payload);

/**
 * Every line of `tree` that is not in `since` (NULL: all): of files that differ, lines whose bytes are not there. Order: days, then files. What
 * cannot be read is told to `problem` (may be NULL) and skipped.
 */
int gate_log_tree_read(const struct gate_repo *repo, const struct gate_oid *tree,
                       const struct gate_oid *since, gate_line_fn *fn, gate_log_problem_fn *problem,
                       void *payload, struct gate_error *err);

/** The same tree with an identity (its key: SHA-256 of source NUL id) forgotten, and its lines gone. `text` is kept as the reason. */
int gate_log_tree_forget(struct gate_oid *out, const struct gate_repo *repo,
                         const struct gate_oid *tree, const char *key, const char *text,
                         struct gate_error *err);

#endif
