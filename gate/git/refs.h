/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Refs and remotes, read only.
 */
#ifndef GATE_GIT_REFS_H
#define GATE_GIT_REFS_H

#include "gate/git/repo.h"

/** The object a ref points to, symbolic refs followed. GATE_ENOTFOUND: no such ref, or it is unborn. */
int gate_ref_lookup(struct gate_oid *out, const struct gate_repo *repo, const char *name,
                    struct gate_error *err);

/** The ref a symbolic ref points to ("refs/heads/main" for HEAD), also when unborn; to be freed; NULL when it is detached or no symbolic ref. */
int gate_ref_symbolic(char **out, const struct gate_repo *repo, const char *name,
                      struct gate_error *err);

/** The full name of the ref that a short name means by git's rules ("main", "origin/main", "v1"); to be freed; NULL when it means none. */
int gate_ref_full_name(char **out, const struct gate_repo *repo, const char *shorthand,
                       struct gate_error *err);

/** True for a name that git lets a ref have, such as "refs/heads/main". */
bool gate_ref_is_name(const char *name);

/** Non-zero stops the walk and is returned. */
typedef int gate_ref_fn(const char *name, const struct gate_oid *id, void *payload);
/** Every direct or symbolic ref below a prefix ("refs/remotes/origin/", "refs/"), by name; those that lead to no id are left out (whether the object is here is not checked). */
int gate_ref_each(const struct gate_repo *repo, const char *prefix, gate_ref_fn *fn, void *payload,
                  struct gate_error *err);

/**
 * A ref that no ref of this name can stand beside: one below it ("refs/a/b" for "refs/a"), or one above. Git keeps refs as files in folders. To be freed;
 * NULL when there is none.
 */
int gate_ref_in_the_way(char **out, const struct gate_repo *repo, const char *name,
                        struct gate_error *err);

/** True when a remote of this name is configured. */
bool gate_remote_exists(const struct gate_repo *repo, const char *name);

/**
 * The URL that fetching from a remote uses, as `git remote get-url` prints it: the first one, after url.<base>.insteadOf. To be
 * freed; NULL when there is no such remote or it has no URL.
 */
int gate_remote_url(char **out, const struct gate_repo *repo, const char *name,
                    struct gate_error *err);

/**
 * The remote a push of `branch` goes to, as git decides it: branch.<name>.pushRemote, remote.pushDefault, branch.<name>.remote, the only
 * remote, "origin". `branch` is a full ref name or NULL. To be freed; NULL when there is no remote.
 */
int gate_remote_for_push(char **out, const struct gate_repo *repo, const char *branch,
                         struct gate_error *err);

/**
 * The remote-tracking ref of a branch's upstream ("refs/remotes/origin/main"); to be freed; NULL when none is configured.
 * `branch` is a full ref name.
 */
int gate_branch_upstream(char **out, const struct gate_repo *repo, const char *branch,
                         struct gate_error *err);

#endif
