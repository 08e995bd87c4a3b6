/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Time: UTC with nanoseconds, RFC 3339, and IANA zones read from the system's zone files. No global state: the
 * process's TZ and the C library's current zone are neither read nor changed.
 */
#ifndef GATE_BASE_CLOCK_H
#define GATE_BASE_CLOCK_H

#include "gate/base/buf.h"

#include <stdint.h>

/** Seconds. */
#define GATE_DAY INT64_C(86400)

struct gate_time {
	int64_t seconds; /* since 1970-01-01T00:00:00Z, no leap seconds; years 0001 to 9999 */
	int32_t nanos;   /* 0 to 999999999 */
};

struct gate_civil {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second;
	int weekday; /* 0 = Sunday */
};

struct gate_time gate_now(void);

/**
 * RFC 3339: 2026-01-31T08:09:10[.123456789](Z|+01:00); lower-case t and z too. A date alone is midnight UTC. A leap second
 * :60 counts as :59. GATE_EUSAGE with the byte in err->column when it is none.
 */
int gate_time_parse(struct gate_time *out, const char *text, size_t len, struct gate_error *err);
/** YYYY-MM-DD: days since 1970-01-01. */
int gate_date_parse(int64_t *days, const char *text, size_t len, struct gate_error *err);
/** "2026-01-31T08:09:10Z", with ".123" when `millis`. */
void gate_time_format(struct gate_buf *out, struct gate_time time, bool millis);

/** For people: "45 s", "12 min", "3 h 20 min", "2 d 4 h", "31 d"; what is smaller than that is cut off. */
void gate_duration_format(struct gate_buf *out, int64_t seconds);

int64_t gate_days_from_civil(int year, int month, int day);
struct gate_civil gate_civil_from_seconds(int64_t seconds);

struct gate_zone;
/**
 * Opens an IANA zone ("Europe/Berlin", "UTC") from TZDIR or the usual folders. A name that is no zone name (absolute, "..",
 * empty parts) is refused before a file is opened. "UTC" needs no file. GATE_ENOTFOUND names the zone; GATE_ECONFIG: the
 * file is damaged, or counts leap seconds.
 */
int gate_zone_open(struct gate_zone **out, const char *name, struct gate_error *err);
void gate_zone_free(struct gate_zone *zone);
GATE_DEFINE_AUTO(struct gate_zone *, gate_zone_free)

/* In what follows NULL is UTC. */

/** As it was opened. Borrowed. */
const char *gate_zone_name(const struct gate_zone *zone);
/** Offset from UTC in seconds at that instant, beyond the file's last transition by its POSIX rule. */
int32_t gate_zone_offset(const struct gate_zone *zone, int64_t seconds);
/**
 * The instant of a local time. In a gap (clocks forward): the instant after it by the offset before; ambiguous (clocks back): the
 * first of the two, or the second when `later`.
 */
int64_t gate_zone_instant(const struct gate_zone *zone, const struct gate_civil *local, bool later);
/** The local time with its offset, to the minute: "2026-01-31T09:09:10+01:00"; UTC, when it is NULL, as gate_time_format writes it. */
void gate_zone_format(struct gate_buf *out, const struct gate_zone *zone, int64_t seconds);

#endif
