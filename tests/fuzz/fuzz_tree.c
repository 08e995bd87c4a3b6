/* SPDX-License-Identifier: Apache-2.0 */
/* Raw tree objects: the first half of the input against the second, and each by itself. */
#include "gate/git/tree_entry.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entry(const struct gate_tree_entry *entry, const uint8_t *at, const uint8_t *end)
{
	assert(entry->next > at && entry->next <= end);
	assert(entry->len && strlen(entry->name) == entry->len);
	assert(!strchr(entry->name, '/'));
	assert(entry->id + 20 == entry->next);
	assert(entry->mode == GATE_MODE_FOLDER || entry->mode == GATE_MODE_FILE ||
	       entry->mode == GATE_MODE_PROGRAM || entry->mode == GATE_MODE_SYMLINK ||
	       entry->mode == GATE_MODE_SUBMODULE);
}

static void parse_all(const uint8_t *at, const uint8_t *end)
{
	struct gate_tree_entry before, entry;

	for (bool first = true; at < end && gate_tree_entry_parse(&entry, at, end); first = false) {
		check_entry(&entry, at, end);
		assert(gate_tree_entry_order(&entry, &entry) == 0);
		if (!first)
			assert((gate_tree_entry_order(&before, &entry) < 0) ==
			       (gate_tree_entry_order(&entry, &before) > 0));
		before = entry;
		at = entry.next;
	}
}

static void skip(const uint8_t *a, const uint8_t *a_end, const uint8_t *b, const uint8_t *b_end)
{
	const uint8_t *a_at = a, *b_at = b;

	gate_tree_skip_equal(&a_at, a_end, &b_at, b_end);
	assert(a_at >= a && a_at <= a_end && a_at - a == b_at - b && b_at <= b_end);
	assert(memcmp(a, b, (size_t)(a_at - a)) == 0);
	if (a_end - a == b_end - b && memcmp(a, b, (size_t)(a_end - a)) == 0)
		assert(a_at == a_end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *middle = data + size / 2, *end = data + size;

	if (!size)
		return 0;
	parse_all(data, end);
	parse_all(middle, end);
	skip(data, middle, middle, end);
	skip(middle, end, data, middle);
	skip(data, end, data, end);
	return 0;
}
