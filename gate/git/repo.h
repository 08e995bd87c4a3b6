/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A repository, read only. This folder is the only one that includes <git2.h>; nothing above it sees libgit2.
 *
 * Nothing here writes to the repository, runs a program from it, or touches the network.
 */
#ifndef GATE_GIT_REPO_H
#define GATE_GIT_REPO_H

#include "gate/base/buf.h"

#include <stdint.h>

/** The id of an object: SHA-1, as bytes. A SHA-256 repository is refused when it is opened. */
struct gate_oid {
	uint8_t bytes[20];
};

#define GATE_OID_HEX 41 /* 40 digits and a NUL */

extern const struct gate_oid gate_oid_zero;
/** The id of the tree without entries; it need not exist in the repository. */
extern const struct gate_oid gate_oid_empty_tree;

bool gate_oid_equal(const struct gate_oid *a, const struct gate_oid *b);
bool gate_oid_is_zero(const struct gate_oid *id);
/** Lower-case hexadecimal. Returns `hex`. */
const char *gate_oid_hex(char hex[GATE_OID_HEX], const struct gate_oid *id);
/** Exactly 40 hexadecimal digits. GATE_EUSAGE. 64 zeros are read as zero (gates.md: zeros are 40 or 64). */
int gate_oid_parse(struct gate_oid *out, const char *hex, size_t len, struct gate_error *err);

struct gate_repo;

/**
 * Opens the repository at or above `dir`; NULL: the one git means here, by GIT_DIR and its kin or the current folder. The environment counts in
 * either case only when `dir` is NULL (in hooks it names the quarantine of pre-receive and the index of `commit -a`).
 * Starts libgit2 once per process: no config search paths are changed, strict hash verification is off, the owner of
 * the repository is checked as git does (safe.directory), worktreeConfig is understood.
 *
 * One clear line each: no repository ("no git repository at or above '...'"), owned by somebody else (with the `git config`
 * line that mends it), SHA-256, reftable and other extensions unknown to this libgit2 (named). GATE_EGIT, GATE_ENOTFOUND.
 */
int gate_repo_open(struct gate_repo **out, const char *dir, struct gate_error *err);
void gate_repo_free(struct gate_repo *repo);
GATE_DEFINE_AUTO(struct gate_repo *, gate_repo_free)

/** Absolute, without a trailing slash; borrowed. The git folder of this worktree; the one all worktrees share; the work tree (NULL: bare). */
const char *gate_repo_git_dir(const struct gate_repo *repo);
const char *gate_repo_common_dir(const struct gate_repo *repo);
const char *gate_repo_work_dir(const struct gate_repo *repo);

/** A shallow clone has a non-empty `shallow` file; a partial clone has a promisor remote. */
bool gate_repo_is_shallow(const struct gate_repo *repo);
bool gate_repo_is_partial(const struct gate_repo *repo);

/** A value of git's configuration, all scopes; to be freed; NULL when it is not set. `key` in git's form ("core.hookspath"). */
int gate_repo_config(char **out, const struct gate_repo *repo, const char *key,
                     struct gate_error *err);
/** As above for a boolean; `fallback` when not set. */
int gate_repo_config_bool(bool *out, const struct gate_repo *repo, const char *key, bool fallback,
                          struct gate_error *err);

/** True when .gitignore and its kin leave a path out, so that only `git add -f` takes it. False too when that cannot be told. */
bool gate_repo_ignores(const struct gate_repo *repo, const char *path);

enum gate_object_kind { GATE_OBJECT_COMMIT, GATE_OBJECT_TREE, GATE_OBJECT_BLOB, GATE_OBJECT_TAG };

/** GATE_ENOTFOUND: not here. */
int gate_object_kind(enum gate_object_kind *out, const struct gate_repo *repo,
                     const struct gate_oid *id, struct gate_error *err);

/** A revision as git writes it ("HEAD~2", "v1.0^{}", an abbreviated id), peeled to a commit. GATE_EUSAGE: it means no commit, or several, or searches messages (":/word"), which would read all of history. */
int gate_rev_commit(struct gate_oid *out, const struct gate_repo *repo, const char *rev,
                    struct gate_error *err);

/** Follows tags to a commit. GATE_ENOTFOUND: it is a tree or a blob, or not here; says which. */
int gate_peel_commit(struct gate_oid *out, const struct gate_repo *repo, const struct gate_oid *id,
                     struct gate_error *err);

#endif
