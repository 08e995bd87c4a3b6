/* SPDX-License-Identifier: Apache-2.0 */
/**
 * fingerprint/1: what a commit changes, whoever applied it where.
 */
#ifndef GATE_METRICS_FINGERPRINT_H
#define GATE_METRICS_FINGERPRINT_H

#include "gate/base/digest.h"
#include "gate/git/repo.h"

/**
 * SHA-256 over the files that differ from the first parent, by path: of text the removed and the added lines, without context (Myers, no renames, no
 * white-space options), of everything else both ids and modes. Unlike `git patch-id` it hangs neither on git's settings nor on the lines
 * nearby. GATE_ENOTFOUND: something is not in this clone.
 */
int gate_fingerprint(char hex[GATE_DIGEST_HEX], const struct gate_repo *repo,
                     const struct gate_oid *commit, struct gate_error *err);

#endif
