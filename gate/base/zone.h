/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside of gate/base/clock.h: how a zone looks, and its file format, TZif (RFC 9636).
 */
#ifndef GATE_BASE_ZONE_H
#define GATE_BASE_ZONE_H

#include "gate/base/clock.h"

enum gate_zone_day {
	GATE_ZONE_JULIAN, /* Jn: 1 to 365, the leap day is never counted */
	GATE_ZONE_NTH,    /* n: 0 to 365, it is */
	GATE_ZONE_WEEKDAY /* Mm.w.d */
};

/** When the clocks change, each year, in the local time before the change. */
struct gate_zone_change {
	enum gate_zone_day kind;
	int day;         /* JULIAN, NTH; WEEKDAY: 0 = Sunday */
	int month, week; /* WEEKDAY; week 5 is the last */
	int32_t time;    /* seconds from midnight; may lie on another day */
};

/** What holds behind the last transition: the line at the end of the file. */
struct gate_zone_rule {
	bool given, has_summer;
	int32_t standard, summer; /* offsets from UTC, east is positive */
	struct gate_zone_change start, end;
};

struct gate_zone {
	char *name; /* own */
	size_t count;
	int64_t *at;          /* own; transitions, ascending */
	int32_t *offset;      /* own; from that transition on */
	int32_t first_offset; /* before the first */
	int32_t *offsets;     /* own; all that ever hold, those of the rule too */
	size_t offset_count;
	struct gate_zone_rule rule;
};

/** Reads a zone from the bytes of its file. `name` is for messages. GATE_ECONFIG: the file is damaged. */
int gate_zone_parse(struct gate_zone **out, const char *name, const char *bytes, size_t len,
                    struct gate_error *err);

/** Reads the line at the end, as POSIX writes TZ. False: it is none. */
bool gate_zone_rule_parse(struct gate_zone_rule *out, const char *text, size_t len);

/** The offset by the rule alone. */
int32_t gate_zone_rule_offset(const struct gate_zone_rule *rule, int64_t seconds);

#endif
