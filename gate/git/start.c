/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/internal.h"

#include <stdarg.h>
#include <threads.h>

/*
 * libgit2 built with mbedTLS reads every certificate of the system when it starts: 8 of 12 milliseconds of a hook, for
 * network access that goes through the `git` program anyway. These two take the place of mbedTLS's own, for the
 * dynamic linker looks into the program first; a start that finds no certificates goes on without them. With another
 * TLS library nobody calls them. They stand beside gate_git_start so that every program that opens a repository has them.
 */
struct mbedtls_x509_crt;

__attribute__((visibility("default"))) int
mbedtls_x509_crt_parse_file(struct mbedtls_x509_crt *chain, const char *path);
__attribute__((visibility("default"))) int
mbedtls_x509_crt_parse_path(struct mbedtls_x509_crt *chain, const char *path);

int mbedtls_x509_crt_parse_file(struct mbedtls_x509_crt *chain, const char *path)
{
	(void)chain;
	(void)path;
	return -1;
}

int mbedtls_x509_crt_parse_path(struct mbedtls_x509_crt *chain, const char *path)
{
	(void)chain;
	(void)path;
	return -1;
}

/*
 * Extensions that libgit2 1.5 does not know. The first three concern nobody who only reads, or are handled in repo.c;
 * the last two are refused there, in words that name them.
 */
static const char *const extensions[] = {
	"partialclone", "preciousobjects", "worktreeconfig", "objectformat", "refstorage",
};

/*
 * To git an empty XDG_CONFIG_HOME is none. libgit2 would read "git/config" of the current folder in its place, which is the work tree of somebody, and no
 * configuration of ours.
 */
static int set_search_path(void)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };

	if (!xdg || *xdg)
		return 0;
	if (home && *home)
		gate_buf_printf(&path, "%s/.config/git", home);
	if (gate_buf_failed(&path))
		return -1;
	return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG,
	                        gate_buf_text(&path));
}

static once_flag started = ONCE_FLAG_INIT;
static int start_result;

static void start(void)
{
	const char *names[GATE_COUNT(extensions)];

	memcpy(names, extensions, sizeof(names));
	start_result = git_libgit2_init();
	if (start_result < 0)
		return;
	start_result = git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, GATE_COUNT(names));
	if (start_result < 0)
		return;
	/* Checking each object's hash takes more than half of the time to read history. */
	start_result = git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	if (start_result < 0)
		return;
	/* What is read again is kept by gate/git/ itself; filling libgit2's cache takes a third of the time to read history. */
	start_result = git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
	if (start_result < 0)
		return;
	start_result = set_search_path();
}

int gate_git_start(struct gate_error *err)
{
	call_once(&started, start);
	if (start_result < 0)
		return gate_fail(err, GATE_EGIT, "cannot start libgit2");
	return GATE_OK;
}

int gate_fail_git(struct gate_error *err, const char *fmt, ...)
{
	const git_error *last = git_error_last();
	va_list args;
	char head[sizeof(err->message)];

	if (last && last->klass == GIT_ERROR_NOMEMORY)
		return gate_fail_memory(err);
	va_start(args, fmt);
	vsnprintf(head, sizeof(head), fmt, args);
	va_end(args);
	return gate_fail(err, GATE_EGIT, "%s: %s", head,
	                 last && last->message ? last->message : "libgit2 gives no reason");
}
