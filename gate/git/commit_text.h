/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The raw bytes of a commit object. For gate/git/ and its fuzz target.
 */
#ifndef GATE_GIT_COMMIT_TEXT_H
#define GATE_GIT_COMMIT_TEXT_H

#include "gate/git/message.h"

/** GATE_EGIT: there is no author line. */
int gate_commit_text_parse(struct gate_commit_text *out, const char *bytes, size_t len,
                           struct gate_error *err);

#endif
