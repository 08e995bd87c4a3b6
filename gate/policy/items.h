/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The items of a rule: what `each` makes of a change.
 */
#ifndef GATE_POLICY_ITEMS_H
#define GATE_POLICY_ITEMS_H

#include "gate/policy/rule.h"

struct gate_items {
	struct gate_item *list; /* own */
	size_t n, cap;
	struct gate_known known; /* false: some items cannot be known */
	enum gate_fact missing;
};

/** Lists the items. Those that are known are listed even where others are not. `arena` keeps what they point to. */
int gate_items_list(struct gate_items *out, const struct gate_rule *rule,
                    const struct gate_config *config, struct gate_change *change,
                    struct gate_arena *arena, struct gate_error *err);
void gate_items_release(struct gate_items *items);
GATE_DEFINE_AUTO_STRUCT(struct gate_items, gate_items_release)

/** "change", "commit a1b2c3d", "service checkout", "file db/1.sql". */
int gate_item_label(struct gate_buf *out, const struct gate_item *item);

#endif
