/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside of the predicate `flag`: what it asks, what a flag has against it, and where flags are read. For this folder only.
 */
#ifndef GATE_POLICY_FLAGS_H
#define GATE_POLICY_FLAGS_H

#include "gate/policy/predicates.h"

/** The parameters. */
struct gate_flag_params {
	struct gate_paths in;
	struct gate_flag known, default_off, enabled;
	unsigned read;
};

/** Whether the registry matters for a flag that a trailer names. */
bool gate_flag_asks_registry(const struct gate_flag_params *wanted);

/** Whether a flag turns the item's change off: it is registered, off by default, and read in what the change adds or elsewhere in its files. Unknown as always. */
int gate_flag_judge_key(struct gate_result *result, const struct gate_item *item, const char *key,
                        struct gate_error *err);

/* flag_fault.c */
enum gate_flag_fault {
	GATE_FLAG_FINE,
	GATE_FLAG_NOT_REGISTERED,
	GATE_FLAG_IS_ON,
	GATE_FLAG_NO_DEFAULT,
	GATE_FLAG_DISABLED,
};

/** The first fault of a key, and the entry that has it: each environment may have its own. *entry is NULL where none is registered. */
enum gate_flag_fault gate_flag_find_fault(const struct gate_feature_flag **entry,
                                          const struct gate_flag_params *wanted,
                                          const struct gate_flags *flags, const char *key);

/** The registered key that is meant by one that is not registered: spelled so in another style, else the nearest; NULL in *out: none. Borrowed from the flags. */
int gate_flag_suggest(const char **out, const struct gate_change_flags *flags, const char *key,
                      struct gate_error *err);

/** Makes a result false by a fault: what is wrong, where the flag is registered, and what mends it. */
int gate_flag_say_fault(struct gate_result *result, enum gate_flag_fault fault,
                        const struct gate_feature_flag *entry,
                        const struct gate_change_flags *flags, const char *key,
                        struct gate_error *err);

/** What mends a file. */
#define GATE_FLAG_MEND_FILES "git commit --all --amend --no-edit"

/* flag_search.c */
/** A search for many keys at once. Zero-initialise, set the first four, give `first`. */
struct gate_flag_search {
	const struct gate_item *item;
	const struct gate_flag_words *words;
	/* Whether a key that is read counts; NULL: each does. */
	bool (*counts)(size_t which, const struct gate_flag_search *search);
	const void *payload;

	struct gate_place *
		first; /* own: of each `which`, where it is read first; path NULL: nowhere so far */
	size_t n_read; /* keys that are read and count */
	size_t enough; /* stop when so many are; 0: never */
	struct gate_result unknown; /* what could not be looked at */
};
void gate_flag_search_release(struct gate_flag_search *search);
GATE_DEFINE_AUTO_STRUCT(struct gate_flag_search, gate_flag_search_release)

/** Looks at the added lines of these files, but of those that register flags. *n_lines: so many. */
int gate_flag_search_added(size_t *n_lines, struct gate_flag_search *search,
                           const struct gate_matched *files, struct gate_error *err);

/**
 * Looks at whole files at head: those of the item's service; without one, those that `in` matches, and those of the services that the
 * files in `matched` belong to. Left out are tests of a service, $tests, $docs, policies, files that register flags, symlinks and binary
 * files. At most GATE_MAX_FLAG_SEARCH bytes: then, and where a file is not here, `search->unknown` says so.
 */
int gate_flag_search_head(struct gate_flag_search *search, const struct gate_paths *in,
                          const struct gate_matched *matched, struct gate_error *err);

#endif
