/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/event_json.h"

void gate_event_json_time(struct gate_json_writer *w, const char *name, struct gate_time time,
                          bool millis)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	gate_time_format(&text, time, millis);
	gate_json_buf(w, name, &text);
}

void gate_event_json_begin(struct gate_json_writer *w, enum gate_event_kind kind, const char *id,
                           const struct gate_buf *source, struct gate_time time)
{
	const struct gate_event_type *type = &gate_event_types[kind];
	GATE_AUTO(gate_buf_release) struct gate_buf name = { 0 };

	gate_buf_printf(&name, "%s.%s", type->type, type->version);
	gate_json_begin_map(w, NULL);
	gate_json_begin_map(w, "context");
	gate_json_text(w, "specversion", GATE_CDEVENTS);
	gate_json_text(w, "id", id);
	gate_json_buf(w, "source", source);
	gate_json_buf(w, "type", &name);
	gate_event_json_time(w, "timestamp", time, true);
	gate_json_end_map(w);
}
