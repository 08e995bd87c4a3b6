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

/* The name in "remote.<name>.url" or "remote.<name>.pushurl"; false when the key is another one. */
static bool remote_of_key(const char **name, size_t *len, const char *key)
{
	const char *dot = strrchr(key, '.');

	if (strncmp(key, "remote.", 7) != 0 || !dot || dot <= key + 7 ||
	    (strcmp(dot, ".url") != 0 && strcmp(dot, ".pushurl") != 0))
		return false;
	*name = key + 7;
	*len = (size_t)(dot - *name);
	return true;
}

/* The remote when there is one and no other. Not git_remote_list: it leaks in libgit2 1.5. */
static int only_remote(char **out, const struct gate_repo *repo, struct gate_error *err)
{
	GATE_AUTO(git_config_iterator_free) git_config_iterator *entries = NULL;
	GATE_AUTO(gate_free) char *only = NULL;
	git_config_entry *entry;

	if (git_config_iterator_new(&entries, repo->config) < 0)
		return gate_fail_git(err, "cannot list the remotes");
	*out = NULL;
	while (git_config_next(&entry, entries) == 0) {
		const char *name;
		size_t len;

		if (!remote_of_key(&name, &len, entry->name))
			continue;
		if (only && (strlen(only) != len || memcmp(only, name, len) != 0))
			return GATE_OK;
		if (!only)
			only = gate_copy(name, len);
		if (!only)
			return gate_fail_memory(err);
	}
	*out = gate_steal(&only);
	return GATE_OK;
}

int gate_remote_for_push(char **out, const struct gate_repo *repo, const char *branch,
                         struct gate_error *err)
{
	const char *remote = configured_push_remote(repo, branch_name(branch));
	char *only = NULL;
	int code;

	if (remote)
		return copy_out(out, remote, err);
	code = only_remote(&only, repo, err);
	if (code < 0)
		return code;
	if (!only && gate_remote_exists(repo, "origin"))
		return copy_out(out, "origin", err);
	*out = only;
	return GATE_OK;
}

/* The ref that one fetch refspec stores `merge` in; NULL when it does not fetch it. */
static int map_refspec(char **out, const char *text, const char *merge, struct gate_error *err)
{
	GATE_AUTO(git_refspec_free) git_refspec *spec = NULL;
	GATE_AUTO(git_buf_dispose) git_buf name = { 0 };

	*out = NULL;
	if (git_refspec_parse(&spec, text, 1) < 0 || !*git_refspec_dst(spec) ||
	    !git_refspec_src_matches(spec, merge))
		return GATE_OK;
	if (git_refspec_transform(&name, spec, merge) < 0)
		return gate_fail_git(err, "cannot map '%s' by '%s'", merge, text);
	return copy_out(out, name.ptr, err);
}

/*
 * By hand, and not by git_branch_upstream_name: that looks for `url.*.insteadOf` by a pattern, which leaks in libgit2
 * 1.5.
 */
int gate_branch_upstream(char **out, const struct gate_repo *repo, const char *branch,
                         struct gate_error *err)
{
	GATE_AUTO(git_config_iterator_free) git_config_iterator *specs = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf key = { 0 };
	const char *name = branch_name(branch);
	const char *remote = name ? named_value(repo, "branch", name, "remote") : NULL;
	const char *merge = name ? named_value(repo, "branch", name, "merge") : NULL;
	git_config_entry *entry;
	char *found = NULL;

	if (remote && merge && strcmp(remote, ".") == 0)
		return copy_out(out, merge, err);
	gate_buf_printf(&key, "remote.%s.fetch", remote ? remote : "");
	if (gate_buf_failed(&key))
		return gate_fail_memory(err);
	if (remote && merge &&
	    git_config_multivar_iterator_new(&specs, repo->config, gate_buf_text(&key), NULL) < 0)
		specs = NULL;
	while (specs && !found && git_config_next(&entry, specs) == 0) {
		int code = map_refspec(&found, entry->value, merge, err);

		if (code < 0)
			return code;
	}
	*out = found;
	return GATE_OK;
}

/* The base in "url.<base>.insteadof"; false when the key is another one. */
static bool base_of_key(const char **base, size_t *len, const char *key)
{
	const char *dot = strrchr(key, '.');

	if (strncmp(key, "url.", 4) != 0 || !dot || dot < key + 4 || strcmp(dot, ".insteadof") != 0)
		return false;
	*base = key + 4;
	*len = (size_t)(dot - *base);
	return true;
}

/* The longest prefix that is to be replaced wins, and the first of equally long ones, as in git. */
static int rewrite_url(char **out, const struct gate_repo *repo, const char *url,
                       struct gate_error *err)
{
	GATE_AUTO(git_config_iterator_free) git_config_iterator *entries = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf best = { 0 };
	size_t longest = 0;
	git_config_entry *entry;

	if (git_config_iterator_new(&entries, repo->config) < 0)
		return gate_fail_git(err, "cannot read the configuration");
	gate_buf_puts(&best, url);
	while (git_config_next(&entry, entries) == 0) {
		size_t prefix = entry->value ? strlen(entry->value) : 0, len;
		const char *base;

		if (prefix <= longest || strncmp(url, entry->value, prefix) != 0 ||
		    !base_of_key(&base, &len, entry->name))
			continue;
		longest = prefix;
		gate_buf_reset(&best);
		gate_buf_add(&best, base, len);
		gate_buf_puts(&best, url + prefix);
	}
	*out = gate_buf_take(&best);
	return *out ? GATE_OK : gate_fail_memory(err);
}

/* By hand, and not by git_remote_lookup, for the same reason as above. An empty URL takes back those before it. */
int gate_remote_url(char **out, const struct gate_repo *repo, const char *name,
                    struct gate_error *err)
{
	GATE_AUTO(git_config_iterator_free) git_config_iterator *entries = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf key = { 0 };
	GATE_AUTO(gate_free) char *first = NULL;
	git_config_entry *entry;

	gate_buf_printf(&key, "remote.%s.url", name);
	if (gate_buf_failed(&key))
		return gate_fail_memory(err);
	if (git_config_iterator_new(&entries, repo->config) < 0)
		return gate_fail_git(err, "cannot read the configuration");
	while (git_config_next(&entry, entries) == 0) {
		if (!entry->value || strcmp(entry->name, gate_buf_text(&key)) != 0)
			continue;
		if (!*entry->value) {
			gate_free(gate_steal(&first));
			continue;
		}
		if (!first && copy_out(&first, entry->value, err) < 0)
			return GATE_ENOMEM;
	}
	if (first)
		return rewrite_url(out, repo, first, err);
	*out = NULL;
	return GATE_OK;
}
