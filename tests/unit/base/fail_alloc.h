/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Lets one allocation fail, in programs linked with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc. Only calls of our own
 * code go there, not those of shared libraries.
 */
#ifndef GATE_TESTS_UNIT_BASE_FAIL_ALLOC_H
#define GATE_TESTS_UNIT_BASE_FAIL_ALLOC_H

/** The n-th allocation from now on fails; 0: none does. */
void fail_alloc(unsigned n);

#endif
