/* SPDX-License-Identifier: Apache-2.0 */
/* What git says of a push: one of the answers, a reason of one line where it is a bad one, and the same however often it stands there. */
#include "gate/git/push_report.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GATE_AUTO(gate_buf_release) struct gate_buf why = { 0 }, again = { 0 }, twice = { 0 };
	const char *text = (const char *)data;
	enum gate_push_result result = gate_push_report_read(&why, text, size);

	assert(result == GATE_PUSH_DONE || result == GATE_PUSH_BEHIND ||
	       result == GATE_PUSH_REFUSED || result == GATE_PUSH_BROKEN);
	assert(!why.len || !memchr(why.ptr, '\n', why.len));
	assert(result != GATE_PUSH_DONE || !why.len);
	assert(gate_push_report_read(NULL, text, size) == result);

	gate_buf_add(&twice, text, size);
	gate_buf_putc(&twice, '\n');
	gate_buf_add(&twice, text, size);
	assert(gate_push_report_read(&again, gate_buf_text(&twice), twice.len) == result);
	assert(again.len == why.len && (!why.len || !memcmp(again.ptr, why.ptr, why.len)));
	return 0;
}
