/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/metrics/idmap.h"

#define SMALLEST 64

static size_t slot_of(const struct gate_idmap *map, const struct gate_oid *id)
{
	size_t slot;

	/* An id is a hash already. */
	memcpy(&slot, id->bytes, sizeof(slot));
	for (slot &= map->size - 1; map->entries[slot].id; slot = (slot + 1) & (map->size - 1))
		if (gate_oid_equal(map->entries[slot].id, id))
			break;
	return slot;
}

void *gate_idmap_get(const struct gate_idmap *map, const struct gate_oid *id)
{
	return map->size ? map->entries[slot_of(map, id)].value : NULL;
}

static int grow(struct gate_idmap *map, struct gate_error *err)
{
	const struct gate_idmap old = *map;

	map->size = old.size ? old.size * 2 : SMALLEST;
	map->entries = calloc(map->size, sizeof(*map->entries));
	if (!map->entries) {
		*map = old;
		return gate_fail_memory(err);
	}
	for (size_t i = 0; i < old.size; i++)
		if (old.entries[i].id)
			map->entries[slot_of(map, old.entries[i].id)] = old.entries[i];
	free(old.entries);
	return GATE_OK;
}

int gate_idmap_set(struct gate_idmap *map, const struct gate_oid *id, void *value,
                   struct gate_error *err)
{
	size_t slot;

	if (map->n >= map->size / 2) {
		int code = grow(map, err);

		if (code < 0)
			return code;
	}
	slot = slot_of(map, id);
	map->n += !map->entries[slot].id;
	map->entries[slot] = (struct gate_idmap_entry){ id, value };
	return GATE_OK;
}

void gate_idmap_release(struct gate_idmap *map)
{
	free(map->entries);
	*map = (struct gate_idmap){ 0 };
}
