/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Looking something up in what is sorted.
 */
#ifndef GATE_BASE_BISECT_H
#define GATE_BASE_BISECT_H

#include <stddef.h>

/**
 * Sets `at`, a size_t variable, to the first of `n` places for which `before`, an expression in `at`, is false; to n when it is true for all. `before` is true for
 * the places up to some point, and false from there on:
 *
 *     GATE_BISECT(at, flags->n, strcmp(flags->items[at].key, key) < 0);
 */
#define GATE_BISECT(at, n, before) \
	do { \
		size_t gate_low_ = 0, gate_high_ = (n); \
		while (gate_low_ < gate_high_) { \
			(at) = gate_low_ + (gate_high_ - gate_low_) / 2; \
			if (before) \
				gate_low_ = (at) + 1; \
			else \
				gate_high_ = (at); \
		} \
		(at) = gate_low_; \
	} while (0)

#endif
