/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Makes one allocation fail, in tests declared with gate_unit_test(... OOM).
 *
 * Calls of malloc, calloc, realloc, strdup and strndup from our own code count; those inside of other libraries do
 * not.  A sweep lets each allocation of a call fail in turn, until one run needed no more:
 *
 *     for (unsigned n = 0;; n++) {
 *             test_oom_arm(n);
 *             code = gate_x_load(&x, path, &err);
 *             if (!test_oom_disarm())
 *                     break;
 *             assert_int_equal(code, GATE_ENOMEM);
 *     }
 *     assert_int_equal(code, GATE_OK);
 */
#ifndef GATE_TESTS_SUPPORT_OOM_H
#define GATE_TESTS_SUPPORT_OOM_H

#include "gate/base/error.h"

#include <stdbool.h>

/** From now on `n` allocations succeed, the one after them fails, and all later ones succeed again. */
void test_oom_arm(unsigned n);

/** No allocation fails any more. True when one did since test_oom_arm. */
bool test_oom_disarm(void);

/** Returns the code of what is tried, and sets the error as it does. It starts from nothing each time. */
typedef int test_oom_fn(void *payload, struct gate_error *err);

/**
 * That sweep: each time the code is GATE_ENOMEM and the message says so, and in the end it is GATE_OK. Returns how many allocations there were.
 */
unsigned test_oom_sweep(test_oom_fn *fn, void *payload);

/** The same for what can do without some of it: GATE_OK is fine each time. */
unsigned test_oom_sweep_tolerant(test_oom_fn *fn, void *payload);

#endif
