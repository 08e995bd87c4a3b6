/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which remote and which remote-tracking ref belong to a branch.
 */
#include "gate/git/refs.h"

#include "gate/git/internal.h"

/* The value of "<section>.<name>.<key>", borrowed from the configuration; NULL when not set or empty. */
static const char *named_value(const struct gate_repo *repo, const char *section, const char *name,
                               const char *key)
{
	GATE_AUTO(gate_buf_release) struct gate_buf full = { 0 };
	const char *value;

	gate_buf_printf(&full, "%s.%s.%s", section, name, key);
	if (gate_buf_failed(&full) ||
	    git_config_get_string(&value, repo->config, gate_buf_text(&full)) < 0)
		return NULL;
	return *value ? value : NULL;
}

bool gate_remote_exists(const struct gate_repo *repo, const char *name)
{
	if (!*name)
		return false;
	return named_value(repo, "remote", name, "url") ||
	       named_value(repo, "remote", name, "pushurl") ||
	       named_value(repo, "remote", name, "fetch");
}

static const char *branch_name(const char *ref)
{
	static const char heads[] = "refs/heads/";
	size_t len = sizeof(heads) - 1;

	return ref && strncmp(ref, heads, len) == 0 ? ref + len : NULL;
}

static int copy_out(char **out, const char *text, struct gate_error *err)
{
	char *copy = gate_copy(text, strlen(text));

	if (!copy)
		return gate_fail_memory(err);
	*out = copy;
	return GATE_OK;
}

static const char *configured_push_remote(const struct gate_repo *repo, const char *name)
{
	const char *remote = name ? named_value(repo, "branch", name, "pushremote") : NULL;

	if (remote)
		return remote;
	if (git_config_get_string(&remote, repo->config, "remote.pushdefault") == 0 && *remote)
		return remote;
	return name ? named_value(repo, "branch", name, "remote") : NULL;
}

int gate_remote_for_push(char **out, const struct gate_repo *repo, const char *branch,
                         struct gate_error *err)
{
	GATE_AUTO(git_strarray_dispose) git_strarray remotes = { 0 };
	const char *remote = configured_push_remote(repo, branch_name(branch));

	if (remote)
		return copy_out(out, remote, err);
	if (git_remote_list(&remotes, repo->git) < 0)
		return gate_fail_git(err, "cannot list the remotes");
	if (remotes.count == 1)
		return copy_out(out, remotes.strings[0], err);
	if (gate_remote_exists(repo, "origin"))
		return copy_out(out, "origin", err);
	*out = NULL;
	return GATE_OK;
}

int gate_branch_upstream(char **out, const struct gate_repo *repo, const char *branch,
                         struct gate_error *err)
{
	GATE_AUTO(git_buf_dispose) git_buf name = { 0 };
	int code;

	code = branch_name(branch) ? git_branch_upstream_name(&name, repo->git, branch)
	                           : GIT_ENOTFOUND;
	if (code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC) {
		*out = NULL;
		return GATE_OK;
	}
	if (code < 0)
		return gate_fail_git(err, "cannot find the upstream of '%s'", branch);
	return copy_out(out, name.ptr, err);
}
