/* SPDX-License-Identifier: Apache-2.0 */
/**
 * fingerprint/1: what a change does, whoever applied it where, in one commit or in many.
 */
#ifndef GATE_METRICS_FINGERPRINT_H
#define GATE_METRICS_FINGERPRINT_H

#include "gate/base/digest.h"
#include "gate/git/repo.h"

/**
 * SHA-256 over the files that differ between two trees, by path: of text the removed and the added lines, without context (Myers, no renames, no
 * white-space options), of everything else both ids and modes. Unlike `git patch-id` it hangs neither on git's settings nor on the lines
 * nearby. GATE_ENOTFOUND: something is not in this clone.
 */
int gate_fingerprint_trees(char hex[GATE_DIGEST_HEX], const struct gate_repo *repo,
                           const struct gate_oid *old_tree, const struct gate_oid *new_tree,
                           struct gate_error *err);

/** True for that of what changes nothing: it is like everything else that changes nothing, and proves nothing. */
bool gate_fingerprint_is_empty(const char *hex);

struct gate_memo;
/** That of a commit, from its first parent; from what is remembered, else remembered from now on. `memo` NULL: nothing is. */
int gate_fingerprint_recall(char hex[GATE_DIGEST_HEX], struct gate_memo *memo,
                            const struct gate_repo *repo, const struct gate_oid *commit,
                            struct gate_error *err);

/** A SHA-256 of the paths alone, which takes no blob: commits that do the same have it in common. */
int gate_fingerprint_paths(char hex[GATE_DIGEST_HEX], struct gate_memo *memo,
                           const struct gate_repo *repo, const struct gate_oid *commit,
                           struct gate_error *err);

#endif
