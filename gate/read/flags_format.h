/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The formats of flag registries. For this folder only.
 */
#ifndef GATE_READ_FLAGS_FORMAT_H
#define GATE_READ_FLAGS_FORMAT_H

#include "gate/base/json_text.h"
#include "gate/read/flags.h"

/** Add all flags of one file. `file` lives as long as the flags. */
int gate_flags_add_json(struct gate_flags *flags, const char *file, const char *bytes, size_t len,
                        const struct gate_flags_config *config, struct gate_error *err);
int gate_flags_add_yaml(struct gate_flags *flags, const char *file, const char *bytes, size_t len,
                        const struct gate_flags_config *config, struct gate_error *err);

/** Room for one more, zeroed but for its file, to be filled at once. GATE_ELIMIT: there are too many. */
int gate_flags_append(struct gate_feature_flag **out, struct gate_flags *flags, const char *file,
                      struct gate_error *err);

/** What is wrong with a key, a sentence part; NULL: nothing. */
const char *gate_flag_key_fault(const char *key, size_t len);

/**
 * What a default is. `text` is the value: the digits of a number, what a string means; of other kinds it does not matter. `name` is that of its variant; where variants have
 * none, the value of a string is its name.
 */
enum gate_flag_default gate_flag_default_of(enum gate_json_kind kind, const char *text, size_t len,
                                            const char *name,
                                            const struct gate_flags_config *config);

#endif
