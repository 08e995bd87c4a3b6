/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Helpers of the makers of changes. For this folder only.
 */
#ifndef GATE_CHANGE_BASE_H
#define GATE_CHANGE_BASE_H

#include "gate/change/change.h"
#include "gate/git/refs.h"

/** An empty change over a repository. */
int gate_change_new(struct gate_change **out, const struct gate_repo *repo, enum gate_stage stage,
                    struct gate_error *err);

/** Sets an owned string to a formatted text, replacing what was there. */
int gate_change_say(char **field, struct gate_error *err, const char *fmt, ...) GATE_PRINTF(3, 4);

/** Head, its files, and the judge: the change's own head. */
int gate_change_set_head(struct gate_change *change, const struct gate_oid *head,
                         struct gate_error *err);

/** Adds an id to `hidden` unless it is there. */
int gate_change_hide(struct gate_change *change, const struct gate_oid *id, struct gate_error *err);

/** Says that a part is missing because history is cut here, with the line that mends it. */
void gate_known_cut(struct gate_known *known, enum gate_cut cut);

/** "refs/heads/main" -> "main"; NULL when it is no branch. */
const char *gate_branch_name(const char *ref);

/** The start of a change that sends what a remote does not have, and how many commits that is. Head and `hidden` are set before. */
int gate_change_find_fork(struct gate_change *change, size_t *n_commits, struct gate_error *err);

/** The other known commits that were merged in, once base is set. */
int gate_change_find_merged_in(struct gate_change *change, struct gate_error *err);

#endif
