/* SPDX-License-Identifier: Apache-2.0 */
/* A line is an event or odd, with a reason; an event makes a line that is read as the same event. */
#include "gate/log/event.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 }, other = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf line = { 0 };
	struct gate_error err = { 0 };
	struct gate_event event, again, *pair[2] = { &event, &again };
	size_t n = 2;
	int code = gate_event_read(&event, &reader, bytes, size, true, &err);

	if (code != GATE_OK) {
		assert(code == GATE_ECONFIG && err.message[0]);
		return 0;
	}
	code = gate_event_line(&line, &event.recorded, "fuzz", event.json.ptr, event.json.len,
	                       &err);
	/* The line is longer than what was read by `recorded`, and may pass a limit. */
	if (code != GATE_OK)
		return 0;
	assert(line.ptr[line.len - 1] == '\n' && !memchr(line.ptr, '\n', line.len - 1));
	code = gate_event_read(&again, &other, line.ptr, line.len - 1, false, &err);
	assert(code == GATE_OK);
	assert(gate_identity_compare(&event.identity, &again.identity) == 0);
	assert(!strcmp(event.key, again.key) && event.kind == again.kind);
	assert(event.n_supersedes == again.n_supersedes);
	code = gate_events_unite(pair, &n, &err);
	assert(code == GATE_OK && n == 1);
	return 0;
}
