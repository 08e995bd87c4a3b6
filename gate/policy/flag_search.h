/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where flags are read: in lines that a change adds, and in files at head. For this folder only.
 */
#ifndef GATE_POLICY_FLAG_SEARCH_H
#define GATE_POLICY_FLAG_SEARCH_H

#include "gate/policy/predicates.h"

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
