/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is read as a time is, written and read again, the same time to the millisecond.
 */
#include "gate/base/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool fact)
{
	if (!fact)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	struct gate_time time, again;
	struct gate_error err = { 0 };
	int64_t days;

	if (gate_date_parse(&days, text, size, NULL) == GATE_OK) {
		require(size == 10 && gate_time_parse(&time, text, size, NULL) == GATE_OK);
		require(time.seconds == days * 86400 && time.nanos == 0);
	}
	if (gate_time_parse(&time, text, size, &err) < 0) {
		require(err.code == GATE_EUSAGE && err.column > 0 && err.column <= size + 1);
		return 0;
	}
	require(time.nanos >= 0 && time.nanos < 1000000000);
	gate_time_format(&buf, time, true);
	require(buf.len == 24);
	require(gate_time_parse(&again, buf.ptr, buf.len, NULL) == GATE_OK);
	require(again.seconds == time.seconds && again.nanos == time.nanos / 1000000 * 1000000);
	return 0;
}
