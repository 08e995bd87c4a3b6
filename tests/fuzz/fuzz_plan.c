/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of a plan lies within its text, and words have a fault or say how. */
#include "gate/read/plan.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct gate_plan *plan, const char *text, size_t size)
{
	assert(plan->kind < GATE_PLAN_KINDS);
	assert(plan->text >= text && plan->text + plan->len <= text + size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = size ? (const char *)data : "";
	char fault[96] = "";
	struct gate_plan plan;

	gate_plan_read(&plan, text, size);
	check(&plan, text, size);
	if (gate_plan_read_line(&plan, text, size))
		check(&plan, text, size);
	assert(gate_plan_says_how(fault, text, size, 4) == !fault[0]);
	/* More words than asked for are no fault. */
	if (!fault[0])
		assert(gate_plan_says_how(fault, text, size, 1));
	return 0;
}
