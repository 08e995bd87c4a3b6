/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `record` in two programs: the small one does what needs no repository, the large one everything.
 */
#ifndef GATE_CMD_RECORD_H
#define GATE_CMD_RECORD_H

#include "gate/cmd/cmd.h"
#include "gate/flow/record.h"

/** They write to struct gate_record. */
extern const struct gate_option gate_record_options[];

/** The kind of event that the words behind `record` name. GATE_EUSAGE, with the nearest. */
int gate_record_kind(enum gate_event_kind *out, int n_args, char *args[], struct gate_error *err);

#endif
