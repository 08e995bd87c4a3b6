/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Text that may hold URLs, without their passwords: what is printed may end in the log of a build.
 */
#ifndef GATE_GIT_REDACT_H
#define GATE_GIT_REDACT_H

#include "gate/base/buf.h"

/**
 * Appends text in which three stars stand for what is before the @ of every URL: a user may be a token too. A URL ends at white space. A password that
 * nobody escaped may hold any other byte, so a part of the path that looks like one goes too.
 */
void gate_git_redact(struct gate_buf *out, const char *text, size_t len);

#endif
