/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What was found of history before, so that it need not be read again: which changes lie between two commits, and whether one commit is an ancestor of
 * another. Ids name their content, so neither ever changes; what else it hangs on is in the key of the whole. For this folder, and its fuzz target.
 */
#ifndef GATE_METRICS_MEMO_H
#define GATE_METRICS_MEMO_H

#include "gate/base/digest.h"
#include "gate/metrics/idmap.h"
#include "gate/metrics/units.h"

/** The changes between two commits, newest first, and which commit came with which of them. */
struct gate_memo_range {
	struct gate_oid base, tip, key; /* base zero: nothing */
	struct gate_unit **units;       /* in the arena */
	size_t n_units;
	struct gate_memo_commit {
		struct gate_oid id;
		uint32_t unit; /* its place in `units` */
	} * commits;           /* in the arena */
	size_t n_commits;
};

struct gate_memo_ancestry {
	struct gate_oid ancestor, descendant, key;
	bool is;
};

/** fingerprint/1 of a commit. */
struct gate_memo_print {
	struct gate_oid id;
	char hex[GATE_DIGEST_HEX];
};

/** Whether changes of the trunk are what a branch became, by its head. */
struct gate_memo_match {
	struct gate_oid oldest, newest, head, key;
	bool matches;
	int64_t first_author; /* of the branch, when it matches */
	uint32_t n_commits;
};

/** Zero-initialise. */
struct gate_memo {
	struct gate_arena arena;
	struct gate_idmap ranges, ancestries, matches; /* by the key of their ids */
	struct gate_idmap prints;                      /* by the commit */
	struct gate_memo_range **range_list;           /* own array */
	struct gate_memo_ancestry **ancestry_list;
	struct gate_memo_print **print_list;
	struct gate_memo_match **match_list;
	size_t n_ranges, cap_ranges, n_ancestries, cap_ancestries, n_prints, cap_prints;
	size_t n_matches, cap_matches;
	bool changed; /* something was added since it was loaded */
};

void gate_memo_release(struct gate_memo *memo);
GATE_DEFINE_AUTO_STRUCT(struct gate_memo, gate_memo_release)

/** NULL: not known. `base` NULL: nothing. */
const struct gate_memo_range *gate_memo_find(const struct gate_memo *memo,
                                             const struct gate_oid *base,
                                             const struct gate_oid *tip);
/** Adds a range whose units live as long as the memo; makes room for so many commits, which the caller fills in. */
int gate_memo_add(struct gate_memo_range **out, struct gate_memo *memo, const struct gate_oid *base,
                  const struct gate_oid *tip, size_t n_units, size_t n_commits,
                  struct gate_error *err);

/** False: not known. */
bool gate_memo_ancestry(bool *is, const struct gate_memo *memo, const struct gate_oid *ancestor,
                        const struct gate_oid *descendant);
int gate_memo_add_ancestry(struct gate_memo *memo, const struct gate_oid *ancestor,
                           const struct gate_oid *descendant, bool is, struct gate_error *err);

/** NULL: not known. */
const char *gate_memo_print(const struct gate_memo *memo, const struct gate_oid *commit);
int gate_memo_add_print(struct gate_memo *memo, const struct gate_oid *commit, const char *hex,
                        struct gate_error *err);

/** NULL: not known. */
const struct gate_memo_match *gate_memo_match(const struct gate_memo *memo,
                                              const struct gate_oid *oldest,
                                              const struct gate_oid *newest,
                                              const struct gate_oid *head);
/** Adds a copy; its key is made. */
int gate_memo_add_match(struct gate_memo *memo, const struct gate_memo_match *match,
                        struct gate_error *err);

/** What the fingerprint of changes is kept under that are several commits. */
struct gate_oid gate_memo_key(const struct gate_oid *oldest, const struct gate_oid *newest);

/** Appends all of it. `n_services`: how long the `touches` of each unit is. */
void gate_memo_save(struct gate_buf *out, const struct gate_memo *memo, size_t n_services);
/** Reads what gate_memo_save wrote for as many services, into an empty memo. False, and the memo is empty: it is something else, or no memory. */
bool gate_memo_load(struct gate_memo *memo, const char *bytes, size_t len, size_t n_services);

#endif
