/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Path patterns, and sets of them, as policies write them (POLICY: Values, paths).
 *
 * The syntax of one pattern is gitignore's: without a slash inside it matches at any depth, with a leading or inner
 * slash it starts at this folder; `*` and `?` stop at a slash, `**` between slashes is zero or more folders, `[a-z]`
 * and `[!a-z]` are bytes, `\` takes the next byte as it is. A pattern that matches a folder matches everything below
 * it; with a trailing slash it matches only folders. Paths are bytes and case counts. There is no rule on excluded
 * parents: every path is matched on its own.
 *
 * A set is a list in which the last pattern that matches decides; before the first, all is out. `!p` takes out,
 * `$name` puts in what another set holds, `!$name` takes it out. A set of only `!` is an error. To match a leading
 * `!` or `$` itself, write `\!` or `\$`.
 *
 * A pattern may hold captures: in the pattern of an `each`, `{x}` takes one or more bytes within one folder name and
 * `{x**}` zero or more whole folders (`/` stands on both sides of it, or nothing before it); in patterns below, `{x}`
 * and `{x**}` alike are replaced by the literal bytes captured. A name is [a-z][a-z0-9-]* and stands once. `\{` is a
 * brace. Braces that do not have this form are literal.
 *
 * What is put in never changes what the rest means. A `!`, `$` or `*` in a value is a byte. Where the value is empty and
 * would be a whole name, that name and its slash are left out: with d empty, "{d**}/x" is "/x", "a/{d**}/x" is "a/x",
 * "a/{d**}" is "a/", and "{d**}" all files. A pattern starts at this folder when it is written with a slash inside, when the
 * value has one, or when the value came from `{x**}`: it never comes to match at any depth because a value is short.
 *
 * What could never match is an error and not a silent nothing: an empty pattern, "/", "a//b", "." and ".." as a name,
 * NUL, a "[" that is not closed, a backwards range, a backslash at the end.
 */
#ifndef GATE_BASE_PATHSET_H
#define GATE_BASE_PATHSET_H

#include "gate/base/buf.h"

struct gate_capture {
	const char *name; /* NUL-terminated */
	const char *value;
	size_t len;
	bool folders; /* taken by `{x**}`: a pattern it is put in starts at its folder */
};

/** What one match captured. The names are borrowed from the glob, the values from the path. */
struct gate_captures {
	struct gate_capture items[16]; /* GATE_MAX_CAPTURES */
	size_t n;
};

struct gate_glob;

/**
 * Compiles the pattern of an `each`, with captures. A leading `!` or `$` is an error here. `folder` is where relative
 * patterns start: "" for the root, else with a trailing slash. GATE_ECONFIG (err->column = byte in the pattern, from 1).
 */
int gate_glob_compile(struct gate_glob **out, const char *folder, const char *pattern, size_t len,
                      struct gate_error *err);
void gate_glob_free(struct gate_glob *glob);
GATE_DEFINE_AUTO(struct gate_glob *, gate_glob_free)
/** True when the glob itself (not a folder above) matches the path; fills `captures` (may be NULL). The leftmost captures take as little as possible. */
bool gate_glob_match(const struct gate_glob *glob, const char *path, size_t len,
                     struct gate_captures *captures);
/** The names the glob captures, in order: name i, or NULL past the last. */
const char *gate_glob_capture_name(const struct gate_glob *glob, size_t i);

struct gate_pathset;

/** One pattern as written. */
struct gate_pattern {
	const char *text;
	size_t len;
};

/** Finds the set that `$name` means; NULL: there is none. */
typedef const struct gate_pathset *gate_pathset_find_fn(const char *name, size_t len,
                                                        void *payload);

/**
 * Compiles a set. `find` may be NULL: then `$name` is an error. `captures` (may be NULL) are put in for `{x}`; a `{x}`
 * that is not among them is an error ("unknown capture '{x}'"). The set borrows the sets it names: they must outlive
 * it. On GATE_ECONFIG `*bad` (may be NULL) is the index of the pattern and err->column the byte in it, from 1.
 */
int gate_pathset_compile(struct gate_pathset **out, const char *folder,
                         const struct gate_pattern patterns[], size_t n, gate_pathset_find_fn *find,
                         void *payload, const struct gate_captures *captures, size_t *bad,
                         struct gate_error *err);
void gate_pathset_free(struct gate_pathset *set);
GATE_DEFINE_AUTO(struct gate_pathset *, gate_pathset_free)

/** True when the set holds the path of a file: relative to the repository's root, no leading slash. */
bool gate_pathset_match(const struct gate_pathset *set, const char *path, size_t len);

/**
 * The next `{name}` or `{name**}` at or behind `*at` in a pattern; false: there is none. On true `*at` is the offset
 * behind it and `name`, `name_len` are set. Used to check names before a value is known.
 */
bool gate_pattern_next_capture(const char *pattern, size_t len, size_t *at, const char **name,
                               size_t *name_len);

#endif
