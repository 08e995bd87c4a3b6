/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Changes: which ones lie between two commits, and what each of them is. For this folder only.
 */
#ifndef GATE_METRICS_UNITS_H
#define GATE_METRICS_UNITS_H

#include "gate/metrics/metrics.h"

/** What was found so far; each change is looked at once. */
struct gate_units;

/** The input is borrowed. */
int gate_units_new(struct gate_units **out, const struct gate_metrics_input *input,
                   struct gate_error *err);
void gate_units_free(struct gate_units *units);
GATE_DEFINE_AUTO(struct gate_units *, gate_units_free)

struct gate_unit_list {
	struct gate_unit **items; /* own array; newest first */
	size_t n, cap;
};
void gate_unit_list_release(struct gate_unit_list *list);
GATE_DEFINE_AUTO_STRUCT(struct gate_unit_list, gate_unit_list_release)

/** The changes that `tip` has and `base` (NULL: nothing) has not. Both are here. Sets *cut where history ends in this clone on the way. */
int gate_units_between(struct gate_unit_list *out, bool *cut, struct gate_units *units,
                       const struct gate_oid *base, const struct gate_oid *tip,
                       struct gate_error *err);

/** The change that a commit came with, as history has it, among those that were found; NULL: none of them. */
const struct gate_unit *gate_units_of(const struct gate_units *units,
                                      const struct gate_oid *commit);

struct gate_memo;
/** What was found before, and what is found now is added to; borrowed. Before anything is asked. NULL: nothing. */
void gate_units_remember(struct gate_units *units, struct gate_memo *memo);

/** gate_is_ancestor, remembered. */
int gate_units_ancestry(bool *out, bool *cut, struct gate_units *units,
                        const struct gate_oid *ancestor, const struct gate_oid *descendant,
                        struct gate_error *err);

/** gate_evidence_refs. */
int gate_units_requests(struct gate_refs_read *out, const struct gate_units *units,
                        struct gate_error *err);

/** The history that is walked; borrowed. */
struct gate_history *gate_units_history(struct gate_units *units);

/** Of how many changes as history has them this one is; at least 1. */
size_t gate_unit_parts(const struct gate_unit *unit);
/** One of these, newest first; of one that is its only part, itself. */
const struct gate_unit *gate_unit_part(const struct gate_unit *unit, size_t i);

/** True when two changes of one commit each change the same lines: a cherry-pick. Sets *cut where the lines are not in this clone. */
int gate_units_equal(bool *out, bool *cut, struct gate_units *units, const struct gate_unit *a,
                     const struct gate_unit *b, struct gate_error *err);

#endif
