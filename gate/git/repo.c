/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/repo.h"

#include "gate/base/escape.h"
#include "gate/git/internal.h"

#include <git2/sys/repository.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* A copy without trailing slashes; "/" stays. */
static char *copy_folder(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return gate_copy(path, len);
}

static char *join(const char *folder, const char *name)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };

	gate_buf_printf(&path, "%s/%s", folder, name);
	return gate_buf_take(&path);
}

/* What was asked for, as an absolute path, for messages and searches; as it was given when it cannot be resolved. */
static char *asked_folder(const char *dir)
{
	char *resolved = realpath(dir ? dir : ".", NULL);

	return resolved ? resolved : gate_copy(dir ? dir : ".", strlen(dir ? dir : "."));
}

/* Cuts an absolute path to the folder at or above it where git finds a repository, or the sign of one. */
static void cut_to_repository(char *path)
{
	char *end = path + strlen(path);
	struct stat st;

	while (end > path) {
		GATE_AUTO(gate_free) char *dot_git = NULL, *head = NULL;

		*end = '\0';
		dot_git = join(path, ".git");
		head = join(path, "HEAD");
		if (!dot_git || !head || lstat(dot_git, &st) == 0 || lstat(head, &st) == 0)
			return;
		while (end > path && *--end != '/')
			;
	}
}

/* `path` is what git wants to see in safe.directory: the work tree, or the git folder of a bare repository. */
static int fail_owner(const char *path, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf command = { 0 };

	gate_buf_puts(&command, ": git config --global --add safe.directory ");
	if (!gate_quote_shell(&command, path, strlen(path))) {
		gate_buf_reset(&command);
		gate_buf_puts(&command, ", add it to safe.directory");
	}
	if (gate_buf_failed(&command))
		return gate_fail_memory(err);
	return gate_fail(err, GATE_EGIT,
	                 "the git repository at '%s' is owned by somebody else; if you trust it%s",
	                 path, gate_buf_text(&command));
}

/* libgit2 1.5 says "not found" of a repository of somebody else when safe.directory is not set at all. */
static bool is_there(const char *path)
{
	GATE_AUTO(git_buf_dispose) git_buf found = { 0 };

	return git_repository_discover(&found, path, 0, NULL) == 0;
}

static int fail_not_found(const char *asked, const char *path, struct gate_error *err)
{
	GATE_AUTO(gate_free) char *dot_git = join(path, ".git");
	struct stat st;

	if (!dot_git)
		return gate_fail_memory(err);
	if (lstat(dot_git, &st) == 0 && S_ISREG(st.st_mode))
		return gate_fail(err, GATE_ENOTFOUND, "'%s' leads to no git repository", dot_git);
	return gate_fail(err, GATE_ENOTFOUND, "no git repository at or above '%s'", asked);
}

static int fail_open(int code, const char *dir, struct gate_error *err)
{
	const char *git_dir = dir ? NULL : getenv("GIT_DIR");
	GATE_AUTO(gate_free) char *asked = asked_folder(git_dir ? git_dir : dir);
	GATE_AUTO(gate_free) char *path = asked ? gate_copy(asked, strlen(asked)) : NULL;

	if (!asked || !path)
		return gate_fail_memory(err);
	if (code != GIT_EOWNER && code != GIT_ENOTFOUND)
		return gate_fail_git(err, "cannot open the git repository at '%s'", asked);
	cut_to_repository(path);
	if (code == GIT_EOWNER || is_there(asked))
		return fail_owner(path, err);
	if (git_dir)
		return gate_fail(err, GATE_ENOTFOUND, "GIT_DIR names no git repository: '%s'",
		                 git_dir);
	return fail_not_found(asked, path, err);
}

/*
 * Opens what the environment means, but for two variables, which are hidden meanwhile. libgit2 1.5 refuses to open anything
 * while GIT_WORK_TREE is set; its meaning is simple. And it reads GIT_INDEX_FILE at once, which hooks have set: an index
 * that it cannot read (split, sparse) would keep even commit-msg from running. Programs open their repository before they
 * start threads.
 */
static int open_from_environment(git_repository **out, const char *index_file)
{
	const char *set = getenv("GIT_WORK_TREE");
	GATE_AUTO(gate_free) char *work_tree = set ? gate_copy(set, strlen(set)) : NULL;
	int code;

	if (set && !work_tree)
		return GIT_ERROR;
	unsetenv("GIT_WORK_TREE");
	unsetenv("GIT_INDEX_FILE");
	code = git_repository_open_ext(out, NULL, GIT_REPOSITORY_OPEN_FROM_ENV, NULL);
	if ((work_tree && setenv("GIT_WORK_TREE", work_tree, 1) < 0) ||
	    (index_file && setenv("GIT_INDEX_FILE", index_file, 1) < 0))
		return GIT_ERROR;
	if (code < 0 || !work_tree)
		return code;
	return git_repository_set_workdir(*out, work_tree, 0);
}

static bool config_is_true(const git_config *config, const char *key)
{
	int value = 0;

	return git_config_get_bool(&value, config, key) == 0 && value;
}

/* libgit2 reads the configuration of one work tree by itself only from 1.8 on. */
static int add_worktree_config(struct gate_repo *repo, git_config *live, struct gate_error *err)
{
#if LIBGIT2_VER_MAJOR == 1 && LIBGIT2_VER_MINOR < 8
	GATE_AUTO(gate_free) char *path = NULL;

	if (!config_is_true(live, "extensions.worktreeconfig"))
		return GATE_OK;
	path = join(repo->git_dir, "config.worktree");
	if (!path)
		return gate_fail_memory(err);
	if (access(path, F_OK) == 0 &&
	    git_config_add_file_ondisk(live, path, GIT_CONFIG_LEVEL_APP, repo->git, 0) < 0)
		return gate_fail_git(err, "cannot read '%s'", path);
#else
	(void)repo;
	(void)live;
	(void)err;
#endif
	return GATE_OK;
}

static int read_config(struct gate_repo *repo, struct gate_error *err)
{
	GATE_AUTO(git_config_free) git_config *live = NULL;
	int code;

	if (git_repository_config(&live, repo->git) < 0)
		return gate_fail_git(err, "cannot read git's configuration");
	code = add_worktree_config(repo, live, err);
	if (code < 0)
		return code;
	if (git_config_snapshot(&repo->config, live) < 0)
		return gate_fail_git(err, "cannot read git's configuration");
	return GATE_OK;
}

/* core.bare may be set for the main work tree only, where libgit2 before 1.8 does not see it. GIT_WORK_TREE goes before it. */
static void check_bare(struct gate_repo *repo, bool from_environment)
{
	if (from_environment && getenv("GIT_WORK_TREE"))
		return;
	if (config_is_true(repo->config, "core.bare") &&
	    strcmp(repo->git_dir, repo->common_dir) == 0)
		free(gate_steal(&repo->work_dir));
}

/* What libgit2 was told to accept in start.c so that the refusal can say what it is about. */
static int check_format(const struct gate_repo *repo, struct gate_error *err)
{
	const char *value;

	if (git_config_get_string(&value, repo->config, "extensions.objectformat") == 0 &&
	    strcmp(value, "sha1") != 0)
		return gate_fail(err, GATE_EGIT,
		                 "the git repository at '%s' has %s object ids, which are not "
		                 "supported (only SHA-1)",
		                 repo->git_dir, strcmp(value, "sha256") == 0 ? "SHA-256" : value);
	if (git_config_get_string(&value, repo->config, "extensions.refstorage") == 0 &&
	    strcmp(value, "files") != 0)
		return gate_fail(err, GATE_EGIT,
		                 "the git repository at '%s' stores its refs as '%s', which is not "
		                 "supported (only files)",
		                 repo->git_dir, value);
	return GATE_OK;
}

static int set_folders(struct gate_repo *repo, struct gate_error *err)
{
	const char *work_dir = git_repository_workdir(repo->git);

	repo->git_dir = copy_folder(git_repository_path(repo->git));
	repo->common_dir = copy_folder(git_repository_commondir(repo->git));
	if (!repo->git_dir || !repo->common_dir)
		return gate_fail_memory(err);
	if (!work_dir)
		return GATE_OK;
	repo->work_dir = copy_folder(work_dir);
	return repo->work_dir ? GATE_OK : gate_fail_memory(err);
}

int gate_repo_open(struct gate_repo **out, const char *dir, struct gate_error *err)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	const char *index_file = getenv("GIT_INDEX_FILE");
	int code = gate_git_start(err);

	if (code < 0)
		return code;
	repo = calloc(1, sizeof(*repo));
	if (!repo)
		return gate_fail_memory(err);
	repo->caches = calloc(1, sizeof(*repo->caches));
	if (!repo->caches)
		return gate_fail_memory(err);
	if (!dir && index_file) {
		repo->index_file = gate_copy(index_file, strlen(index_file));
		if (!repo->index_file)
			return gate_fail_memory(err);
	}
	git_error_clear();
	code = dir ? git_repository_open_ext(&repo->git, dir, 0, NULL)
	           : open_from_environment(&repo->git, repo->index_file);
	if (code < 0)
		return fail_open(code, dir, err);
	code = set_folders(repo, err);
	if (code < 0)
		return code;
	code = read_config(repo, err);
	if (code < 0)
		return code;
	check_bare(repo, !dir);
	code = check_format(repo, err);
	if (code < 0)
		return code;
	if (git_repository_odb(&repo->odb, repo->git) < 0)
		return gate_fail_git(err, "cannot open the objects of '%s'", repo->git_dir);
	*out = gate_steal(&repo);
	return GATE_OK;
}

void gate_repo_free(struct gate_repo *repo)
{
	if (!repo)
		return;
	gate_caches_free(repo->caches);
	git_config_free(repo->config);
	git_odb_free(repo->odb);
	git_repository_free(repo->git);
	free(repo->git_dir);
	free(repo->common_dir);
	free(repo->work_dir);
	free(repo->index_file);
	free(repo);
}

const char *gate_repo_git_dir(const struct gate_repo *repo)
{
	return repo->git_dir;
}

const char *gate_repo_common_dir(const struct gate_repo *repo)
{
	return repo->common_dir;
}

const char *gate_repo_work_dir(const struct gate_repo *repo)
{
	return repo->work_dir;
}

bool gate_repo_is_shallow(const struct gate_repo *repo)
{
	GATE_AUTO(gate_free) char *path = join(repo->common_dir, "shallow");
	struct stat st;

	return path && stat(path, &st) == 0 && st.st_size > 0;
}

static bool has_affixes(const char *text, const char *prefix, const char *suffix)
{
	size_t len = strlen(text), head = strlen(prefix), tail = strlen(suffix);

	return len >= head + tail && strncmp(text, prefix, head) == 0 &&
	       strcmp(text + len - tail, suffix) == 0;
}

bool gate_repo_is_partial(const struct gate_repo *repo)
{
	GATE_AUTO(git_config_iterator_free) git_config_iterator *entries = NULL;
	git_config_entry *entry;
	const char *old_form;
	int yes;

	if (git_config_get_string(&old_form, repo->config, "extensions.partialclone") == 0)
		return true;
	/* Not by a pattern: libgit2 1.5 leaks 20 kB for each name that does not match. */
	if (git_config_iterator_new(&entries, repo->config) < 0)
		return false;
	while (git_config_next(&entry, entries) == 0) {
		if (has_affixes(entry->name, "remote.", ".promisor") &&
		    git_config_parse_bool(&yes, entry->value) == 0 && yes)
			return true;
	}
	return false;
}

int gate_repo_config(char **out, const struct gate_repo *repo, const char *key,
                     struct gate_error *err)
{
	const char *value = NULL;
	char *copy;
	int code = git_config_get_string(&value, repo->config, key);

	if (code == GIT_ENOTFOUND) {
		*out = NULL;
		return GATE_OK;
	}
	if (code < 0)
		return gate_fail_git(err, "cannot read '%s' from git's configuration", key);
	copy = gate_copy(value, strlen(value));
	if (!copy)
		return gate_fail_memory(err);
	*out = copy;
	return GATE_OK;
}

int gate_repo_config_bool(bool *out, const struct gate_repo *repo, const char *key, bool fallback,
                          struct gate_error *err)
{
	int value = fallback;
	int code = git_config_get_bool(&value, repo->config, key);

	if (code < 0 && code != GIT_ENOTFOUND)
		return gate_fail_git(err, "cannot read '%s' from git's configuration", key);
	*out = code < 0 ? fallback : value != 0;
	return GATE_OK;
}
