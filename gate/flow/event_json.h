/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What all events that we write begin with. For this folder only.
 */
#ifndef GATE_FLOW_EVENT_JSON_H
#define GATE_FLOW_EVENT_JSON_H

#include "gate/base/json.h"
#include "gate/log/event.h"

/** CDEvents' version that is written. */
#define GATE_CDEVENTS "0.5.1"

/** Opens the map of an event and writes its `context`; the caller goes on with `subject`, and closes the map. */
void gate_event_json_begin(struct gate_json_writer *w, enum gate_event_kind kind, const char *id,
                           const struct gate_buf *source, struct gate_time time);

/** Writes a time as a member. */
void gate_event_json_time(struct gate_json_writer *w, const char *name, struct gate_time time,
                          bool millis);

#endif
