/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Windows of time as people write them: days, weeks and years of a zone.
 */
#ifndef GATE_FLOW_WINDOW_H
#define GATE_FLOW_WINDOW_H

#include "gate/metrics/figures.h"

/** The zone of a name such as "Europe/Berlin"; *out = NULL, which is UTC, for "UTC" and for NULL. GATE_EUSAGE: there is none such. */
int gate_window_zone(struct gate_zone **out, const char *name, struct gate_error *err);

/** A time, or a day: when it begins in that zone. GATE_EUSAGE; the message is of the option `option`. */
int gate_window_time(struct gate_time *out, const char *text, const struct gate_zone *zone,
                     const char *option, struct gate_error *err);

/**
 * From `window` ("90d", "12w", "1y", "all", or a time or day from which; NULL: 90d) to `to` (a time or day; NULL: now). So many days before a midnight is a midnight,
 * and before another time that same time by the clocks of the zone, which must live as long as the window. GATE_EUSAGE.
 */
int gate_window_parse(struct gate_window *out, const char *window, const char *to,
                      const struct gate_zone *zone, struct gate_time now, struct gate_error *err);

#endif
