/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The command that mends a finding (POLICY: Families, fix).
 */
#ifndef GATE_POLICY_FIX_H
#define GATE_POLICY_FIX_H

#include "gate/policy/verdict.h"

/**
 * Fills in the rule's `fix`, else `instead` (may be NULL), else the predicate's: {path} {service} {commit} {base} {branch} {target} {remote} {missing} are
 * inserted shell-quoted. A value with control bytes gets no command, and neither does one that is not known: *out is NULL.
 * An --amend for a commit other than the newest becomes a rebase that stops there. The text lives in `arena`.
 */
int gate_fix_make(const char **out, const struct gate_rule *rule, const struct gate_expr *expr,
                  const char *instead, const struct gate_item *item,
                  const struct gate_finding *finding, struct gate_arena *arena,
                  struct gate_error *err);

/** Fails at a placeholder that is none of those, with the nearest. `node` is the text of a `fix`. GATE_ECONFIG with place. */
int gate_fix_check(const struct gate_yaml *node, struct gate_error *err);

#endif
