/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The presets that are compiled in: policies/<name>/policy.yml.
 */
#ifndef GATE_CONFIG_PRESET_H
#define GATE_CONFIG_PRESET_H

#include "gate/base/embed.h"

#include <stdbool.h>

/** What `extends: [doragate/<name>]` means; NULL: there is none. */
const struct gate_embedded *gate_preset_find(const char *name);

#define GATE_PRESET_NAME 64 /* bytes of a preset's name with its NUL */

/** The nearest preset's name, for "did you mean"; false: none is near. */
bool gate_preset_nearest(char nearest[GATE_PRESET_NAME], const char *name);

#endif
