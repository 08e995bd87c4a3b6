/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/zone.h"

#include "gate/base/bisect.h"
#include "gate/base/file.h"

#define MAX_ZONE_FILE ((size_t)1 << 20)
#define MAX_NAME 255

void gate_zone_free(struct gate_zone *zone)
{
	if (!zone)
		return;
	free(zone->name);
	free(zone->at);
	free(zone->offset);
	free(zone->offsets);
	free(zone);
}

/* Letters, digits and "_+-." in parts between slashes; no part is "", "." or "..". */
static bool is_zone_name(const char *name)
{
	size_t len = strlen(name), part = 0;

	if (len > MAX_NAME || strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                                   "0123456789_+-./") != len)
		return false;
	for (size_t at = 0; at <= len; at++) {
		if (name[at] != '/' && name[at] != '\0') {
			part++;
			continue;
		}
		if (!part || (part <= 2 && !memcmp(name + at - part, "..", part)))
			return false;
		part = 0;
	}
	return true;
}

/* GATE_ENOTFOUND: not in this folder. */
static int open_below(struct gate_zone **out, const char *folder, const char *name,
                      struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 }, bytes = { 0 };
	int code;

	gate_buf_printf(&path, "%s/%s", folder, name);
	if (gate_buf_failed(&path))
		return gate_fail_memory(err);
	code = gate_file_read(&bytes, path.ptr, MAX_ZONE_FILE, err);
	if (code == GATE_EIO)
		return GATE_ENOTFOUND; /* a folder of zones, or a file that is not ours to read */
	if (code == GATE_ELIMIT)
		return gate_fail(err, GATE_ECONFIG, "the file of the time zone '%s' is damaged",
		                 name);
	if (code < 0)
		return code;
	return gate_zone_parse(out, name, gate_buf_text(&bytes), bytes.len, err);
}

static int open_utc(struct gate_zone **out, struct gate_error *err)
{
	/* Version 1, one type: offset 0, called "U". */
	static const char bytes[] = "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\2"
				    "\0\0\0\0\0\0U";

	return gate_zone_parse(out, "UTC", bytes, sizeof(bytes), err);
}

int gate_zone_open(struct gate_zone **out, const char *name, struct gate_error *err)
{
	const char *const folders[] = { getenv("TZDIR"), "/usr/share/zoneinfo", "/usr/lib/zoneinfo",
		                        "/usr/share/lib/zoneinfo", "/etc/zoneinfo" };

	if (!is_zone_name(name))
		return gate_fail(err, GATE_ENOTFOUND, "'%s' is no name of a time zone", name);
	/* A machine without zone files knows UTC all the same. */
	if (!strcmp(name, "UTC"))
		return open_utc(out, err);
	for (size_t i = 0; i < GATE_COUNT(folders); i++) {
		int code;

		if (!folders[i] || !*folders[i])
			continue;
		code = open_below(out, folders[i], name, err);
		if (code != GATE_ENOTFOUND)
			return code;
	}
	return gate_fail(err, GATE_ENOTFOUND, "no time zone '%s'", name);
}

const char *gate_zone_name(const struct gate_zone *zone)
{
	return zone ? zone->name : "UTC";
}

int32_t gate_zone_offset(const struct gate_zone *zone, int64_t seconds)
{
	size_t low; /* how many transitions were */

	if (!zone)
		return 0;
	GATE_BISECT(low, zone->count, zone->at[low] <= seconds);
	if (low == zone->count && zone->rule.given)
		return gate_zone_rule_offset(&zone->rule, seconds);
	return low ? zone->offset[low - 1] : zone->first_offset;
}

/*
 * The local time is in no instant: the clocks jumped over it. A day and more to both sides they were before it and are
 * behind it, so between there is a second at which they jump.
 */
static int64_t instant_in_gap(const struct gate_zone *zone, int64_t local)
{
	int64_t before = local - INT64_C(2) * 86400, after = local + INT64_C(2) * 86400;

	while (after - before > 1) {
		int64_t middle = before + (after - before) / 2;

		if (middle + gate_zone_offset(zone, middle) < local)
			before = middle;
		else
			after = middle;
	}
	return local - gate_zone_offset(zone, before);
}

int64_t gate_zone_instant(const struct gate_zone *zone, const struct gate_civil *local, bool later)
{
	int64_t wall = gate_days_from_civil(local->year, local->month, local->day) * 86400 +
	               INT64_C(3600) * local->hour + INT64_C(60) * local->minute + local->second;
	int64_t best = 0;
	bool found = false;

	if (!zone)
		return wall;
	for (size_t i = 0; i < zone->offset_count; i++) {
		int64_t instant = wall - zone->offsets[i];

		if (gate_zone_offset(zone, instant) != zone->offsets[i])
			continue;
		if (!found || (later ? instant > best : instant < best))
			best = instant;
		found = true;
	}
	return found ? best : instant_in_gap(zone, wall);
}

void gate_zone_format(struct gate_buf *out, const struct gate_zone *zone, int64_t seconds)
{
	const int32_t offset = gate_zone_offset(zone, seconds);
	const int minutes = (offset < 0 ? -offset : offset) / 60;
	const struct gate_civil local = gate_civil_from_seconds(seconds + offset);

	if (!zone) {
		gate_time_format(out, (struct gate_time){ .seconds = seconds }, false);
		return;
	}
	gate_buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", local.year, local.month,
	                local.day, local.hour, local.minute, local.second, offset < 0 ? '-' : '+',
	                minutes / 60, minutes % 60);
}
