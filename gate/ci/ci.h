/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the variables of a CI system say of the job that runs: facts, without the names that each system has for them.
 */
#ifndef GATE_CI_CI_H
#define GATE_CI_CI_H

#include "gate/base/buf.h"

#include <stdint.h>

/** True in a job: CI is set, and neither empty nor "false" nor "0". */
bool gate_ci_active(void);

/**
 * Appends "<run>/<attempt>/<job>": what names one run of one job. An attempt has its own, so that a job that runs again is another. False, and nothing is appended:
 * no system says that.
 */
bool gate_ci_job(struct gate_buf *out);

/** The number of the pull or merge request that the job is for; 0: of none. */
uint32_t gate_ci_request(void);

#endif
