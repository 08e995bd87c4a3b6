/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Whether a plan of a kind holds, for the predicate `rollback-plan`. For this folder only.
 *
 * Each sets truth and, of a false one, `detail` to what does not hold, with its places; of a true one `detail` says why it holds. Unknown as always.
 */
#ifndef GATE_POLICY_ROLLBACK_H
#define GATE_POLICY_ROLLBACK_H

#include "gate/policy/predicates.h"
#include "gate/read/plan.h"

/** Undoing the code undoes the change: it touches neither `$migrations` nor `$irreversible`, and changes no default of a flag. */
int gate_rollback_revert(struct gate_result *result, const struct gate_item *item,
                         struct gate_error *err);

/** Each added migration has its way back, and there is one. */
int gate_rollback_down_migration(struct gate_result *result, const struct gate_item *item,
                                 struct gate_error *err);

/** The log has something that ran in production before the change, for each service that it touches, and its commit is here. */
int gate_rollback_previous_artifact(struct gate_result *result, const struct gate_item *item,
                                    struct gate_error *err);

/** The trailer that a plan is written in. */
#define GATE_ROLLBACK_TRAILER "Rollback"

/** A flag turns the change off. Of one that is not registered `lacks` is the plan with the flag that is meant, if that one does. */
int gate_rollback_flag(struct gate_result *result, const struct gate_item *item, const char *key,
                       size_t len, struct gate_error *err);

/** Whether the change alters what a flag is by default: then the flag stays what it became when the code goes back. */
int gate_rollback_flag_defaults(struct gate_result *result, const struct gate_item *item,
                                struct gate_error *err);

/** Words that say what somebody does. */
void gate_rollback_manual(struct gate_result *result, const char *text, size_t len, size_t min);

#endif
