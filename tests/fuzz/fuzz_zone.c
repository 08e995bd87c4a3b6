/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The bytes of a zone file. Offsets of a zone that was read stay within the format's bounds, and the instant of a local
 * time has that local time, unless the clocks jump over it.
 */
#include "gate/base/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool fact)
{
	if (!fact)
		abort();
}

static int32_t offset_at(const struct gate_zone *zone, int64_t seconds)
{
	int32_t offset = gate_zone_offset(zone, seconds);

	require(offset >= -100000 && offset <= 100000);
	return offset;
}

static void check_around(const struct gate_zone *zone, int64_t seconds)
{
	for (int64_t at = seconds - 7200; at <= seconds + 7200; at += 1800) {
		struct gate_civil local = gate_civil_from_seconds(at + offset_at(zone, at));
		int64_t first = gate_zone_instant(zone, &local, false);
		int64_t later = gate_zone_instant(zone, &local, true);

		require(first <= at && at <= later);
		require(first + offset_at(zone, first) == at + offset_at(zone, at));
		require(later + offset_at(zone, later) == at + offset_at(zone, at));
		/* Any local time has an instant, in a gap too. */
		local = gate_civil_from_seconds(at);
		first = gate_zone_instant(zone, &local, false);
		require(first - at <= 300000 && at - first <= 300000);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GATE_AUTO(gate_zone_free) struct gate_zone *zone = NULL;
	struct gate_error err = { 0 };
	const int64_t latest = gate_days_from_civil(9999, 1, 1) * 86400;
	int code = gate_zone_parse(&zone, "x", (const char *)data, size, &err);

	if (code < 0) {
		require(code == GATE_ECONFIG && err.message[0]);
		return 0;
	}
	for (size_t i = 0; i < zone->count && i < 20; i++)
		if (zone->at[i] > -latest && zone->at[i] < latest)
			check_around(zone, zone->at[i]);
	for (int64_t at = 0; at < latest; at += latest / 20)
		check_around(zone, at);
	return 0;
}
