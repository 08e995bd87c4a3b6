/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the sources of gate/git/ share, and nobody else includes.
 */
#ifndef GATE_GIT_INTERNAL_H
#define GATE_GIT_INTERNAL_H

#include "gate/git/auto.h"
#include "gate/git/repo.h"

#include <sys/stat.h>

struct gate_repo {
	git_repository *git;                   /* own */
	git_odb *odb;                          /* own */
	git_config *config;                    /* own; a snapshot of all scopes */
	char *git_dir, *common_dir, *work_dir; /* own; without a trailing slash */
	char *index_file;           /* own; GIT_INDEX_FILE, if the environment counts; else NULL */
	struct gate_caches *caches; /* own; filled on demand, also through a const repository */
};

/** What reads of one repository leave behind for the next. See gate_repo_trees and gate_repo_history. */
struct gate_caches {
	struct gate_trees *trees;     /* own; NULL: not made yet */
	struct gate_history *history; /* own; NULL: not made yet */
	git_index *index;             /* own; NULL: not read yet */
	struct stat index_stat;       /* of its file, when it was read */
};
void gate_caches_free(struct gate_caches *caches);

/* A libgit2 whose ids are not 20 bytes (its experimental SHA-256 build) has other functions too. */
_Static_assert(sizeof(git_oid) == sizeof(struct gate_oid), "git_oid is not 20 bytes");

static inline git_oid gate_oid_to_git(const struct gate_oid *id)
{
	git_oid out;

	memcpy(out.id, id->bytes, sizeof(id->bytes));
	return out;
}

static inline struct gate_oid gate_oid_from_git(const git_oid *id)
{
	struct gate_oid out;

	memcpy(out.bytes, id->id, sizeof(out.bytes));
	return out;
}

/** Variables that bind git to another repository, as `git rev-parse --local-env-vars` names them; NULL-terminated. */
extern const char *const gate_git_local_variables[];

/** Starts libgit2, once in this process. */
int gate_git_start(struct gate_error *err);

/**
 * As gate_fail, with code GATE_EGIT and ": <what libgit2 said last>" appended; GATE_ENOMEM when libgit2 ran out of
 * memory. Whoever expects GIT_ENOTFOUND says so in words of their own.
 */
int gate_fail_git(struct gate_error *err, const char *fmt, ...) GATE_PRINTF(2, 3);

#endif
