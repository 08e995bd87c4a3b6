/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What `git push --porcelain` says of the refs it was to move, read: a line each, "<flag>\t<from>:<to>\t<summary>", between lines that are talk.
 */
#ifndef GATE_GIT_PUSH_REPORT_H
#define GATE_GIT_PUSH_REPORT_H

#include "gate/git/exchange.h"

/**
 * The worst that it says of any ref: GATE_PUSH_DONE when nothing bad; never GATE_PUSH_NO_ATOMIC, of which nothing stands there. `why` (may be NULL)
 * gets the summary of the first such line, one line without passwords. Reads any bytes; no limit but that of the program's output.
 */
enum gate_push_result gate_push_report_read(struct gate_buf *why, const char *text, size_t len);

#endif
