/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Random names: UUIDs of version 4 (RFC 9562).
 */
#ifndef GATE_BASE_UUID_H
#define GATE_BASE_UUID_H

#include "gate/base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define GATE_UUID 37 /* 36 characters and a NUL */

/** A new one, in lower case. GATE_EIO: there are no random numbers. */
int gate_uuid(char out[GATE_UUID], struct gate_error *err);

/** True for 36 characters that are a UUID in lower case, of any version. */
bool gate_uuid_is(const char *text, size_t len);

#endif
