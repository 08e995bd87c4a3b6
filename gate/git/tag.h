/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Tags as releases: which commit, and when.
 */
#ifndef GATE_GIT_TAG_H
#define GATE_GIT_TAG_H

#include "gate/git/repo.h"

/**
 * The commit that a tag leads to (`id` is what the ref holds: a tag object or a commit), and the time of the outermost tag object, else the
 * commit's. GATE_ENOTFOUND: it leads to no commit, or the commit is not here.
 */
int gate_tag_read(struct gate_oid *commit, int64_t *time, const struct gate_repo *repo,
                  const struct gate_oid *id, struct gate_error *err);

#endif
