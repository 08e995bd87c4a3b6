/* SPDX-License-Identifier: Apache-2.0 */
/**
 * When a change began whose commit may be all that is left of a branch (docs/metrics.md, Squashes). For this folder only.
 */
#ifndef GATE_METRICS_EVIDENCE_H
#define GATE_METRICS_EVIDENCE_H

#include "gate/metrics/units.h"

struct gate_evidence;
/** The input is borrowed. Nothing is read before it is asked for. */
int gate_evidence_new(struct gate_evidence **out, const struct gate_metrics_input *input,
                      struct gate_error *err);
void gate_evidence_free(struct gate_evidence *evidence);
GATE_DEFINE_AUTO(struct gate_evidence *, gate_evidence_free)

struct gate_memo;
/** Borrowed; NULL: nothing is remembered. */
void gate_evidence_remember(struct gate_evidence *evidence, struct gate_memo *memo);

/**
 * Puts what the evidence says in the place of changes of one commit: with another beginning, or several as one. The changes themselves stay as they are. A list that ends
 * in the middle of several that are one has none of them, when they are known already.
 */
int gate_evidence_apply(struct gate_unit_list *list, struct gate_evidence *evidence,
                        struct gate_error *err);

/** The heads of requests that were looked at, when one was asked for. GATE_ENOMEM. */
int gate_evidence_refs(struct gate_refs_read *out, const struct gate_evidence *evidence,
                       struct gate_error *err);

/** What a change became; itself when nothing was said of it. */
const struct gate_unit *gate_evidence_of(const struct gate_evidence *evidence,
                                         const struct gate_unit *unit);

#endif
