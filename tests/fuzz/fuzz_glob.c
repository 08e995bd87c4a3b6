/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A pattern, a newline, a path. What must hold for all of them: sets and single globs agree, and what a glob captured,
 * put back into the same pattern, matches the same path.
 */
#include "gate/base/names.h"
#include "gate/base/pathset.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool fact)
{
	if (!fact)
		abort();
}

/* As Git hands paths over: no empty name, no "." and "..", no NUL. */
static bool is_path(const char *path, size_t len)
{
	size_t start = 0;

	if (!len || memchr(path, '\0', len))
		return false;
	for (size_t at = 0; at <= len; at++) {
		size_t part = at - start;

		if (at < len && path[at] != '/')
			continue;
		if (!part || (part <= 2 && !memcmp(path + start, "..", part)))
			return false;
		start = at + 1;
	}
	return true;
}

static struct gate_pathset *compile_set(const char *folder, const char *text, size_t len,
                                        const struct gate_captures *captures)
{
	const struct gate_pattern pattern = { text, len };
	struct gate_pathset *set = NULL;
	struct gate_error err = { 0 };
	int code =
		gate_pathset_compile(&set, folder, &pattern, 1, NULL, NULL, captures, NULL, &err);

	require(code == GATE_OK ? set != NULL : err.column > 0 && err.column <= len + 1);
	return set;
}

/* The value as a whole pattern is that path and what is below, and nothing else. */
static void check_literal(const char *path, size_t len)
{
	const struct gate_captures captures = { .items = { { "p", path, len, true } }, .n = 1 };
	GATE_AUTO(gate_pathset_free)
	struct gate_pathset *set = compile_set("", "{p**}", 5, &captures);
	GATE_AUTO(gate_buf_release) struct gate_buf other = { 0 };

	require(set && gate_pathset_match(set, path, len));
	gate_buf_add(&other, path, len);
	gate_buf_puts(&other, "x");
	require(!gate_pathset_match(set, other.ptr, other.len));
	other.ptr[len] = '/';
	gate_buf_puts(&other, "x");
	require(gate_pathset_match(set, other.ptr, other.len));
	require(!gate_pathset_match(set, path, len - 1));
	gate_buf_reset(&other);
	/* A first name that is not its first name. */
	gate_buf_puts(&other, path[0] == 'x' ? "y/" : "x/");
	gate_buf_add(&other, path, len);
	require(!gate_pathset_match(set, other.ptr, other.len));
}

static bool matches_above(const struct gate_glob *glob, const char *path, size_t len)
{
	for (size_t at = 1; at <= len; at++)
		if ((at == len || path[at] == '/') && gate_glob_match(glob, path, at, NULL))
			return true;
	return false;
}

static void check_captures(const struct gate_captures *found, const char *path, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; i < found->n; i++) {
		const struct gate_capture *item = &found->items[i];

		require(item->value >= path + at && item->value + item->len <= path + len);
		require(item->folders || (item->len && !memchr(item->value, '/', item->len)));
		at = (size_t)(item->value - path) + item->len;
	}
}

static void check_glob(const char *text, size_t text_len, const char *path, size_t len)
{
	GATE_AUTO(gate_glob_free) struct gate_glob *glob = NULL;
	GATE_AUTO(gate_pathset_free) struct gate_pathset *set = NULL;
	GATE_AUTO(gate_pathset_free) struct gate_pathset *deep = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf below = { 0 };
	struct gate_captures found;

	if (gate_glob_compile(&glob, "", text, text_len, NULL) < 0)
		return;
	if (gate_glob_match(glob, path, len, &found)) {
		check_captures(&found, path, len);
		set = compile_set("", text, text_len, &found);
		require(set && gate_pathset_match(set, path, len));
	}
	if (gate_glob_capture_name(glob, 0))
		return;
	if (!set)
		set = compile_set("", text, text_len, NULL);
	require(set && gate_pathset_match(set, path, len) == matches_above(glob, path, len));
	deep = compile_set("[*]/", text, text_len, NULL);
	gate_buf_puts(&below, "[*]/");
	gate_buf_add(&below, path, len);
	require(deep && gate_pathset_match(deep, below.ptr, below.len) ==
	                        gate_pathset_match(set, path, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GATE_AUTO(gate_free) char *text = gate_copy((const char *)data, size);
	GATE_AUTO(gate_pathset_free) struct gate_pathset *set = NULL;
	GATE_AUTO(gate_nameset_free) struct gate_nameset *names = NULL;
	const char *newline = size ? memchr(text, '\n', size) : NULL, *path, *name;
	size_t text_len, len, at = 0, name_len;

	if (!newline)
		return 0;
	text_len = (size_t)(newline - text);
	path = newline + 1;
	len = size - text_len - 1;
	while (gate_pattern_next_capture(text, text_len, &at, &name, &name_len))
		require(name_len && name + name_len < text + at && at <= text_len);
	set = compile_set("", text, text_len, NULL);
	if (set)
		gate_pathset_match(set, path, len);
	if (gate_nameset_compile(&names, &(struct gate_pattern){ text, text_len }, 1, NULL, NULL) ==
	    GATE_OK)
		gate_nameset_match(names, path, len);
	if (!is_path(path, len))
		return 0;
	check_literal(path, len);
	check_glob(text, text_len, path, len);
	return 0;
}
