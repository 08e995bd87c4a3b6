/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/plain.h"

#include "gate/base/file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_BYTES ((size_t)1 << 20) /* of one file; a larger one is unusual */

extern char **environ;

void gate_plain_release(struct gate_plain *plain)
{
	free(plain->common_dir);
	*plain = (struct gate_plain){ 0 };
}

static char *join(const char *folder, const char *name)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };

	gate_buf_printf(&path, "%s/%s", folder, name);
	return gate_buf_take(&path);
}

/* Variables that move the repository or its configuration. */
static bool environment_is_plain(void)
{
	static const char *const names[] = { "GIT_DIR",       "GIT_COMMON_DIR", "GIT_WORK_TREE",
		                             "GIT_NAMESPACE", "GIT_CEILING_",   "GIT_DISCOVERY_",
		                             "GIT_CONFIG" };

	for (char **variable = environ; variable && *variable; variable++)
		for (size_t i = 0; i < GATE_COUNT(names); i++)
			if (!strncmp(*variable, names[i], strlen(names[i])))
				return false;
	return true;
}

/* A folder that git itself would take for a repository: a bare one. */
static bool looks_bare(const char *path)
{
	GATE_AUTO(gate_free) char *head = join(path, "HEAD"), *objects = join(path, "objects");
	struct stat st;

	return !head || !objects || (lstat(head, &st) == 0 && lstat(objects, &st) == 0);
}

static bool is_folder(const char *folder, const char *name)
{
	GATE_AUTO(gate_free) char *path = join(folder, name);
	struct stat st;

	return path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/*
 * Git looks for another repository above where a folder misses one of these (a removal that was interrupted, say), and takes configuration and refs from
 * elsewhere where `commondir` says so.
 */
static bool is_whole(const char *git_dir)
{
	GATE_AUTO(gate_free) char *common = join(git_dir, "commondir");
	struct stat st;

	return common && lstat(common, &st) < 0 && errno == ENOENT &&
	       is_folder(git_dir, "objects") && is_folder(git_dir, "refs");
}

/* Whoever owns the files decides what programs do here (safe.directory); the usual case is that it is the user. */
static bool is_ours(const struct stat *st, const struct stat *start)
{
	return S_ISDIR(st->st_mode) && st->st_uid == geteuid() && st->st_dev == start->st_dev;
}

/* The git folder at or above `path`, which is cut meanwhile. */
static char *find_folder(char *path)
{
	struct stat start, here, git;

	if (stat(path, &start) < 0)
		return NULL;
	for (char *end = path + strlen(path); end > path; *end = '\0') {
		GATE_AUTO(gate_free) char *dot_git = join(path, ".git");

		if (!dot_git)
			return NULL;
		if (lstat(dot_git, &git) == 0) {
			if (stat(path, &here) < 0 || !is_ours(&here, &start) ||
			    !is_ours(&git, &start) || !is_whole(dot_git))
				return NULL;
			return gate_steal(&dot_git);
		}
		if (looks_bare(path))
			return NULL;
		while (end > path && *--end != '/')
			;
	}
	return NULL;
}

/* 1: read, 0: there is none, -1: it is there and cannot be read. */
static int read_file(struct gate_buf *out, const char *folder, const char *name)
{
	GATE_AUTO(gate_free) char *path = join(folder, name);
	struct gate_error why = { 0 };
	int code = path ? gate_file_read(out, path, MOST_BYTES, &why) : GATE_ENOMEM;

	return code == GATE_OK ? 1 : code == GATE_ENOTFOUND ? 0 : -1;
}

static bool holds(const struct gate_buf *text, const char *word)
{
	/* A NUL would hide what is behind it. */
	return strlen(gate_buf_text(text)) != text->len || strcasestr(gate_buf_text(text), word);
}

/* The digest of one file of the configuration is added to what is digested in the end. False: unusual. */
static bool add_config(struct gate_buf *digests, const char *folder, const char *name,
                       bool of_repository)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	char hex[GATE_DIGEST_HEX];
	int found = read_file(&text, folder, name);

	if (found < 0 || (of_repository && !found) || holds(&text, "include") ||
	    (of_repository && (holds(&text, "extensions") || holds(&text, "worktree"))))
		return false;
	gate_digest_hex(hex, gate_buf_text(&text), text.len);
	gate_buf_printf(digests, "%s %d\n", hex, found);
	return true;
}

static bool read_config(char digest[GATE_DIGEST_HEX], const char *git_dir)
{
	const char *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME");
	GATE_AUTO(gate_buf_release) struct gate_buf digests = { 0 };

	if (!home || !*home || !add_config(&digests, git_dir, "config", true) ||
	    !add_config(&digests, home, ".gitconfig", false) ||
	    !add_config(&digests, xdg && *xdg ? xdg : home,
	                xdg && *xdg ? "git/config" : ".config/git/config", false) ||
	    !add_config(&digests, "/etc", "gitconfig", false) || gate_buf_failed(&digests))
		return false;
	gate_digest_hex(digest, digests.ptr, digests.len);
	return true;
}

/* An id and what ends its line. */
static bool copy_id(char hex[GATE_OID_HEX], const char *text, char end)
{
	struct gate_oid id;

	if (strnlen(text, GATE_OID_HEX) != GATE_OID_HEX || text[GATE_OID_HEX - 1] != end ||
	    gate_oid_parse(&id, text, GATE_OID_HEX - 1, NULL) < 0)
		return false;
	gate_oid_hex(hex, &id);
	return true;
}

static bool read_packed(char hex[GATE_OID_HEX], const char *git_dir, const char *name)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 }, wanted = { 0 };
	const char *found;

	gate_buf_printf(&wanted, " %s\n", name);
	if (gate_buf_failed(&wanted) || read_file(&text, git_dir, "packed-refs") != 1)
		return false;
	found = strstr(gate_buf_text(&text), wanted.ptr);
	if (!found || found < text.ptr + GATE_OID_HEX)
		return false;
	found -= GATE_OID_HEX - 1;
	return found[-1] == '\n' && copy_id(hex, found, ' ');
}

static bool read_head(char hex[GATE_OID_HEX], const char *git_dir)
{
	static const char symbolic[] = "ref: refs/heads/";
	GATE_AUTO(gate_buf_release) struct gate_buf head = { 0 }, text = { 0 };
	char *name;
	int found;

	if (read_file(&head, git_dir, "HEAD") != 1 || !head.len || head.ptr[head.len - 1] != '\n' ||
	    strlen(head.ptr) != head.len)
		return false;
	if (strncmp(head.ptr, symbolic, sizeof(symbolic) - 1) != 0)
		return copy_id(hex, head.ptr, '\n') && head.len == GATE_OID_HEX;
	head.ptr[head.len - 1] = '\0';
	name = head.ptr + strlen("ref: ");
	if (strstr(name, "..") || strpbrk(name, " \t\r\n"))
		return false;
	found = read_file(&text, git_dir, name);
	if (found == 0)
		return read_packed(hex, git_dir, name);
	return found == 1 && copy_id(hex, gate_buf_text(&text), '\n') && text.len == GATE_OID_HEX;
}

bool gate_plain_read(struct gate_plain *out, const char *dir)
{
	GATE_AUTO(gate_free) char *path = realpath(dir ? dir : ".", NULL);
	GATE_AUTO(gate_plain_release) struct gate_plain plain = { 0 };

	if (!path || !environment_is_plain())
		return false;
	plain.common_dir = find_folder(path);
	if (!plain.common_dir || !read_config(plain.config, plain.common_dir) ||
	    !read_head(plain.head, plain.common_dir))
		return false;
	*out = plain;
	plain = (struct gate_plain){ 0 };
	return true;
}
