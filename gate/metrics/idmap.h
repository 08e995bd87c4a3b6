/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A table from object ids to pointers. For this folder only.
 */
#ifndef GATE_METRICS_IDMAP_H
#define GATE_METRICS_IDMAP_H

#include "gate/git/repo.h"

/** Zero-initialise. Ids and values are borrowed. */
struct gate_idmap {
	struct gate_idmap_entry {
		const struct gate_oid *id; /* NULL: free */
		void *value;
	} * entries; /* own; their number is a power of two */
	size_t n, size;
};

/** The value of an id; NULL: it has none. */
void *gate_idmap_get(const struct gate_idmap *map, const struct gate_oid *id);
/** Sets the value of an id, which must stay where it is. */
int gate_idmap_set(struct gate_idmap *map, const struct gate_oid *id, void *value,
                   struct gate_error *err);
void gate_idmap_release(struct gate_idmap *map);
GATE_DEFINE_AUTO_STRUCT(struct gate_idmap, gate_idmap_release)

#endif
