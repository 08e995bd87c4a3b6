/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The nearest of several names, for "did you mean".
 */
#ifndef GATE_BASE_TYPO_H
#define GATE_BASE_TYPO_H

#include <stddef.h>

/**
 * The name with the smallest edit distance (insert, delete, replace, swap of neighbours), the first of equals; NULL when
 * none is near: more edits than a third of the longer word, or more than 4. `names` is NULL-terminated.
 */
const char *gate_nearest(const char *word, const char *const names[]);

/** For names such as "preset/rule": the first whose part behind the last slash is the word, else the nearest. */
const char *gate_nearest_in(const char *word, const char *const names[]);

#endif
