/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What becomes of a verdict: an event of the log where it is worth one, else a line of a local file.
 *
 * In CI (the variable CI is set) a verdict that blocks, warns, or would do so outside of shadow mode is an event. On a developer's machine every run
 * of a hook is a line in `<git common dir>/doragate/hooks`, without names of people, which is never shared; with `log: { share: hooks }` what blocks or
 * warns there is an event too.
 */
#ifndef GATE_FLOW_DECIDED_H
#define GATE_FLOW_DECIDED_H

#include "gate/base/clock.h"
#include "gate/report/report.h"

/**
 * Records it. A failure is said as a warning and changes nothing: no build fails because of the log. `now` NULL: the clock. `hook`: this is a
 * run of a hook.
 */
void gate_decided(const struct gate_judged *judged, const struct gate_time *now, bool hook);

#endif
