/* SPDX-License-Identifier: Apache-2.0 */
/**
 * When a change began whose commit may be all that is left of a branch (docs/metrics.md, Squashes). For this folder only.
 */
#ifndef GATE_METRICS_EVIDENCE_H
#define GATE_METRICS_EVIDENCE_H

#include "gate/metrics/units.h"

struct gate_evidence;
struct gate_trunk;
/** The input and the trunk are borrowed. Nothing is read before it is asked for. */
int gate_evidence_new(struct gate_evidence **out, const struct gate_metrics_input *input,
                      struct gate_trunk *trunk, struct gate_error *err);
void gate_evidence_free(struct gate_evidence *evidence);
GATE_DEFINE_AUTO(struct gate_evidence *, gate_evidence_free)

struct gate_memo;
/** Borrowed; NULL: nothing is remembered. */
void gate_evidence_remember(struct gate_evidence *evidence, struct gate_memo *memo);

/**
 * Puts what the evidence says in the place of changes of one commit: with another beginning, or several as one, which have them as their parts. The changes
 * themselves stay as they are, and what other lists were told does not matter: one that ends in the middle of several that are one has those that it has as one. Sets *cut where files or lines that would tell are not in this clone.
 */
int gate_evidence_apply(struct gate_unit_list *list, bool *cut, struct gate_evidence *evidence,
                        struct gate_error *err);

/** The heads of requests that are here, with recorded ones, when one was asked for. GATE_ENOMEM. */
int gate_evidence_refs(struct gate_refs_read *out, const struct gate_evidence *evidence,
                       struct gate_error *err);

#endif
