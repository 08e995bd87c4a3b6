/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The raw bytes of a tree object: entries of mode, name and id. For gate/git/.
 */
#ifndef GATE_GIT_TREE_ENTRY_H
#define GATE_GIT_TREE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GATE_MODE_FOLDER 0040000
#define GATE_MODE_FILE 0100644
#define GATE_MODE_PROGRAM 0100755
#define GATE_MODE_SYMLINK 0120000
#define GATE_MODE_SUBMODULE 0160000

/** All pointers are borrowed from the tree. */
struct gate_tree_entry {
	const char *name; /* NUL-terminated, not empty, without a slash */
	size_t len;
	const uint8_t *id;   /* 20 bytes */
	const uint8_t *next; /* where the next entry starts */
	uint16_t mode;       /* one of the five above, as git reads old modes */
};

/** The entry at `at`, which is before `end`. False: the tree is damaged. */
bool gate_tree_entry_parse(struct gate_tree_entry *out, const uint8_t *at, const uint8_t *end);

/** The order of entries in a tree: by name, a folder as if its name ended in a slash. 0: same name, both folder or both not. */
int gate_tree_entry_order(const struct gate_tree_entry *a, const struct gate_tree_entry *b);

/**
 * Moves both behind the entries that they start with and that are the same, byte for byte. Such entries are not checked, but bounds are.
 */
void gate_tree_skip_equal(const uint8_t **a, const uint8_t *a_end, const uint8_t **b,
                          const uint8_t *b_end);

#endif
