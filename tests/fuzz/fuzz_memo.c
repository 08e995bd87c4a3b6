/* SPDX-License-Identifier: Apache-2.0 */
/* What is read as a memo is written as the same bytes; what is not leaves an empty one. The first byte says for how many services. */
#include "gate/metrics/memo.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GATE_AUTO(gate_memo_release) struct gate_memo memo = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
	const size_t n_services = size ? data[0] % 4 : 0;
	const char *bytes = (const char *)data + 1;

	if (!size)
		return 0;
	if (!gate_memo_load(&memo, bytes, size - 1, n_services)) {
		assert(!memo.n_ranges && !memo.n_ancestries && !memo.n_prints && !memo.n_matches);
		return 0;
	}
	assert(!memo.changed);
	gate_memo_save(&out, &memo, n_services);
	assert(!gate_buf_failed(&out));
	/* Flags that this version does not know are not kept. */
	assert(out.len == size - 1);
	return 0;
}
