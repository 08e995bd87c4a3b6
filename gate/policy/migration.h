/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Whether migrations have their way back, for the predicates that ask it. For this folder only.
 */
#ifndef GATE_POLICY_MIGRATION_H
#define GATE_POLICY_MIGRATION_H

#include "gate/policy/predicates.h"

/**
 * The migrations among the files of an item that `of` matches (not given: `$migrations`): those that are added, without what is only the second file of one.
 */
int gate_migrations_of(struct gate_matched *out, struct gate_result *result,
                       const struct gate_item *item, const struct gate_paths *of,
                       struct gate_error *err);

/**
 * True when all of them have their way back at head: the file that `back` matches, or, where that is not given, what their tool has. Places are those that
 * have none. Unknown where no tool is known, or what has to be read is not here or too large. True too when there are none.
 */
int gate_migrations_judge(struct gate_result *result, const struct gate_item *item,
                          const struct gate_matched *migrations, const struct gate_paths *back,
                          struct gate_error *err);

#endif
