/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A repository as most are, read without libgit2: starting that takes longer than everything else that `record` does.
 */
#ifndef GATE_GIT_PLAIN_H
#define GATE_GIT_PLAIN_H

#include "gate/base/digest.h"
#include "gate/git/repo.h"

struct gate_plain {
	char *common_dir;             /* own; as gate_repo_common_dir */
	char head[GATE_OID_HEX];      /* the commit of HEAD */
	char config[GATE_DIGEST_HEX]; /* SHA-256 of every file of git's configuration */
};

/**
 * Finds the repository at or above `dir` (NULL: the current folder). False where anything is unusual, so that only gate_repo_open can tell: GIT_DIR and its
 * kin, a bare repository, a linked worktree, a folder that is no whole repository, another owner, another file system, an extension, configuration that includes files, a HEAD without a commit, a
 * file that cannot be read, no memory. Never wrong where it is true.
 */
bool gate_plain_read(struct gate_plain *out, const char *dir);
void gate_plain_release(struct gate_plain *plain);
GATE_DEFINE_AUTO_STRUCT(struct gate_plain, gate_plain_release)

#endif
