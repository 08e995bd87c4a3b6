/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Feature flags as their registries have them (POLICY: flag).
 *
 * A registry is a JSON file (at most 32 MiB) with a map or list `flags`, as flagd reads it and as the OpenFeature manifest is written, or a
 * YAML file (`.yml`, `.yaml`, at most 1 MiB): the same, a list of keys or of maps with `key`, or a map of keys. What else stands in them is not looked at.
 *
 * A flag is off by default when the value of its default variant is false, 0, "" or null, or, of a text, list or map, when that variant's
 * name is one of `flags.off`. One key may stand in several files (one for each environment), but once in each.
 */
#ifndef GATE_READ_FLAGS_H
#define GATE_READ_FLAGS_H

#include "gate/config/config.h"

enum gate_flag_default {
	GATE_FLAG_OFF,
	GATE_FLAG_ON,
	GATE_FLAG_UNSAID, /* the registry names no default: the code has one of its own */
};

/** One key in one file. All text lives in the arena of its gate_flags. */
struct gate_feature_flag {
	const char
		*key; /* NUL-terminated, holds no NUL itself; 1 to GATE_MAX_FLAG_KEY_BYTES bytes */
	const char *file;
	unsigned line, column; /* of the key; from 1 */
	bool disabled;         /* flagd: `state: DISABLED` */
	enum gate_flag_default by_default;
	const char *
		variant; /* the name of the default variant, else the default value; NULL: unsaid */
	const char *owner, *expires,
		*type; /* metadata, the file's where the flag has none; NULL: not given */
};

/** Zero-initialise; add files, then gate_flags_sort. */
struct gate_flags {
	struct gate_arena arena;
	struct gate_feature_flag *items; /* own; sorted: key, then the order of files */
	size_t n, cap;
	size_t n_files, bytes; /* added */
	const char *first;     /* the first file added; NULL: none */
};

/**
 * Adds the flags of one file, whose name says which format it has. GATE_ECONFIG with file, line and column; GATE_ELIMIT: more flags,
 * files or bytes than gate/base/limits.h allows, in the file or in all so far; GATE_ENOMEM. After a failure only gate_flags_release is left.
 */
int gate_flags_add(struct gate_flags *flags, const char *file, const char *bytes, size_t len,
                   const struct gate_flags_config *config, struct gate_error *err);

/** Once, when all files are added. GATE_ECONFIG: a key stands in one file twice; names the later. */
int gate_flags_sort(struct gate_flags *flags, struct gate_error *err);

/**
 * Reads all files of a snapshot that the registry of `config` (which is given) matches, and sorts. As gate_flags_add, and GATE_ENOTFOUND: a tree or a file is
 * not in this clone; GATE_EGIT. Symlinks and submodules are left out. On success `out->n_files` says how many there were.
 */
int gate_flags_load(struct gate_flags *out, const struct gate_snapshot *snapshot,
                    const struct gate_flags_config *config, struct gate_error *err);
void gate_flags_release(struct gate_flags *flags);
GATE_DEFINE_AUTO_STRUCT(struct gate_flags, gate_flags_release)

/** All entries of a key, one for each file that has it, in the order of files; *n is how many. NULL: none. */
const struct gate_feature_flag *gate_flags_find(size_t *n, const struct gate_flags *flags,
                                                const char *key);

/** The key that is nearest to a word, for "did you mean"; NULL in *out: none is near. */
int gate_flags_nearest(const char **out, const struct gate_flags *flags, const char *word,
                       struct gate_error *err);

#endif
