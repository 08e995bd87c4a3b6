/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A repository of our own. It is made beside its place and renamed when it is whole and on the disk, one process at a time: what another one that was
 * killed has left there is nobody's.
 */
#include "gate/git/write.h"

#include "gate/base/file.h"
#include "gate/git/internal.h"

#include <stdio.h>
#include <unistd.h>

#define WAIT_MS 10000

static int make_bare(const char *dir, struct gate_error *err)
{
	git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	git_repository *made = NULL;
	int code;

	options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
	if (git_repository_init_ext(&made, dir, &options) < 0)
		return gate_fail_git(err, "cannot make the repository '%s'", dir);
	git_repository_free(made);
	code = gate_repo_open(&repo, dir, err);
	return code < 0 ? code : gate_repo_flush(repo, err);
}

/* Under a lock beside it. Somebody else may have been first. */
static int init_bare(const char *dir, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf beside = { 0 }, path = { 0 };
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	int code;

	gate_buf_printf(&beside, "%s.new", dir);
	gate_buf_printf(&path, "%s.lock", dir);
	if (gate_buf_failed(&beside) || gate_buf_failed(&path))
		return gate_fail_memory(err);
	code = gate_lock_acquire(&lock, path.ptr, WAIT_MS, err);
	if (code < 0 || access(dir, F_OK) == 0)
		return code;
	code = gate_folder_remove(beside.ptr, err);
	if (code == GATE_OK)
		code = make_bare(beside.ptr, err);
	if (code < 0)
		return code;
	if (rename(beside.ptr, dir) < 0)
		return gate_fail_errno(err, "cannot make the repository '%s'", dir);
	return gate_folder_sync(dir, err);
}

/*
 * A folder that is no repository is searched for upwards: that would be the user's own. And one whose HEAD is empty opens here, but not for git.
 */
static bool is_at(const struct gate_repo *repo, const char *dir)
{
	GATE_AUTO(git_reference_free) git_reference *head = NULL;
	GATE_AUTO(gate_free) char *real = realpath(dir, NULL);

	return real && !strcmp(real, repo->git_dir) &&
	       git_reference_lookup(&head, repo->git, "HEAD") == 0;
}

int gate_repo_open_or_init(struct gate_repo **out, const char *dir, struct gate_error *err)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	int code = gate_git_start(err);

	if (code == GATE_OK && access(dir, F_OK) < 0)
		code = init_bare(dir, err);
	if (code < 0)
		return code;
	code = gate_repo_open(&repo, dir, err);
	if (code == GATE_ENOTFOUND || (code == GATE_OK && !is_at(repo, dir)))
		return gate_fail(err, GATE_EGIT, "'%s' is no bare repository: remove it", dir);
	if (code == GATE_OK)
		*out = gate_steal(&repo);
	return code;
}
