/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/base/clock.h"
#include "gate/base/zone.h"
#include "tests/support/oom.h"

#include <unistd.h>

static const char *const zones[] = { "Europe/Berlin",     "America/New_York",
	                             "Asia/Kolkata",      "Australia/Lord_Howe",
	                             "America/Sao_Paulo", "Pacific/Apia",
	                             "Africa/Casablanca", "Europe/Dublin",
	                             "Asia/Gaza",         "UTC" };

static void days_and_civil_are_inverse(void **state)
{
	int64_t days = gate_days_from_civil(1, 1, 1);
	int year = 1, month = 1, day = 1, weekday = 1;

	(void)state;
	assert_int_equal(gate_days_from_civil(1970, 1, 1), 0);
	assert_int_equal(gate_days_from_civil(2000, 2, 29), 11016);
	/* A calendar kept by hand, day by day. */
	for (; year < 10000; days++) {
		static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
		bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
		struct gate_civil civil = gate_civil_from_seconds(days * 86400 + 86399);

		if (civil.year != year || civil.month != month || civil.day != day ||
		    civil.weekday != weekday || civil.hour != 23 || civil.second != 59 ||
		    gate_days_from_civil(year, month, day) != days)
			fail_msg("%d-%d-%d", year, month, day);
		weekday = (weekday + 1) % 7;
		if (++day > lengths[month - 1] + (month == 2 && leap)) {
			day = 1;
			year += month == 12;
			month = month % 12 + 1;
		}
	}
}

static void now_is_now(void **state)
{
	struct gate_time now = gate_now();

	(void)state;
	assert_true(now.seconds - time(NULL) <= 1 && time(NULL) - now.seconds <= 1);
	assert_in_range(now.nanos, 0, 999999999);
}

static void times_are_read(void **state)
{
	static const struct {
		const char *text, *written; /* written with milliseconds */
		int32_t nanos;
	} cases[] = {
		{ "2026-01-31T08:09:10Z", "2026-01-31T08:09:10.000Z", 0 },
		{ "2026-01-31t08:09:10z", "2026-01-31T08:09:10.000Z", 0 },
		{ "2026-01-31", "2026-01-31T00:00:00.000Z", 0 },
		{ "2026-01-31T08:09:10.123456789Z", "2026-01-31T08:09:10.123Z", 123456789 },
		{ "2026-01-31T08:09:10.5+01:00", "2026-01-31T07:09:10.500Z", 500000000 },
		{ "2026-01-31T08:09:10.0000000019-00:30", "2026-01-31T08:39:10.000Z", 1 },
		{ "2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z", 0 },
		{ "2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z", 0 },
		{ "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z", 0 },
		{ "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z", 0 },
		{ "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", 999000000 },
		{ "1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.250Z", 250000000 },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
		struct gate_time time = { 0 };

		print_message("%s\n", cases[i].text);
		assert_ok(gate_time_parse(&time, cases[i].text, strlen(cases[i].text), err));
		assert_int_equal(time.nanos, cases[i].nanos);
		gate_time_format(&buf, time, true);
		assert_string_equal(gate_buf_text(&buf), cases[i].written);
		gate_buf_reset(&buf);
		gate_time_format(&buf, time, false);
		assert_int_equal(buf.len, 20);
		assert_memory_equal(buf.ptr, cases[i].written, 19);
	}
}

static void time_errors_name_the_byte(void **state)
{
	static const char date[] = "expected a date as in 2026-01-31",
			  clock[] = "expected a time as in 2026-01-31T08:09:10Z",
			  zone[] = "expected 'Z' or an offset as in +01:00";
	static const struct {
		const char *text;
		unsigned column;
		const char *message;
	} cases[] = {
		{ "", 1, date },
		{ "26-01-31", 3, date },
		{ "0000-01-31", 1, date },
		{ "2026/01/31", 5, date },
		{ "2026-1-31", 7, "a month is 01 to 12" },
		{ "2026-13-01", 6, "a month is 01 to 12" },
		{ "2026-00-01", 6, "a month is 01 to 12" },
		{ "2026-01", 8, date },
		{ "2026-01-32", 9, "a day is 01 to 31" },
		{ "2026-01-00", 9, "a day is 01 to 31" },
		{ "2026-04-31", 9, "that month has fewer days" },
		{ "2026-02-29", 9, "that month has fewer days" },
		{ "1900-02-29", 9, "that month has fewer days" },
		{ "2026-01-31 08:09:10Z", 11, "expected 'T' and a time behind the date" },
		{ "2026-01-31T24:00:00Z", 12, "an hour is 00 to 23" },
		{ "2026-01-31T08.09", 14, clock },
		{ "2026-01-31T08:60:10Z", 15, "a minute is 00 to 59" },
		{ "2026-01-31T08:09Z", 17, clock },
		{ "2026-01-31T08:09:61Z", 18, "a second is 00 to 60" },
		{ "2026-01-31T08:09:10", 20, zone },
		{ "2026-01-31T08:09:10.Z", 21, "expected digits behind the point" },
		{ "2026-01-31T08:09:10X", 20, zone },
		{ "2026-01-31T08:09:10+1:00", 22, zone },
		{ "2026-01-31T08:09:10+0100", 23, zone },
		{ "2026-01-31T08:09:10+24:00", 21, zone },
		{ "2026-01-31T08:09:10Zx", 21, "nothing may follow here" },
		{ "0001-01-01T00:00:00+01:00", 1, "a time lies in the years 0001 to 9999 of UTC" },
		{ "9999-12-31T23:59:59-01:00", 1, "a time lies in the years 0001 to 9999 of UTC" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_error err = { 0 };
		struct gate_time time = { 77, 7 };

		print_message("%s\n", cases[i].text);
		assert_int_equal(gate_time_parse(&time, cases[i].text, strlen(cases[i].text), &err),
		                 GATE_EUSAGE);
		assert_string_equal(err.message, cases[i].message);
		assert_int_equal(err.column, cases[i].column);
		assert_int_equal(time.seconds, 77);
	}
}

static void dates_are_read_alone(void **state)
{
	struct gate_error refused = { 0 };
	int64_t days = 0;

	(void)state;
	assert_ok(gate_date_parse(&days, "1970-01-02", 10, err));
	assert_int_equal(days, 1);
	assert_int_equal(gate_date_parse(&days, "1970-01-03T", 11, &refused), GATE_EUSAGE);
	assert_string_equal(refused.message, "nothing may follow here");
	assert_int_equal(refused.column, 11);
	assert_int_equal(days, 1);
}

static void names_that_are_none_are_refused(void **state)
{
	static const char *const names[] = { "",         "/UTC", "../UTC", "Europe/../UTC",
		                             "a//b",     "a/",   ".",      "..",
		                             "./UTC",    "a b",  "a\nb",   "a\\b",
		                             "\xc3\xa9", "a:b" };

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(names); i++) {
		struct gate_zone *zone = NULL;
		struct gate_error err = { 0 };
		char message[64];

		assert_int_equal(gate_zone_open(&zone, names[i], &err), GATE_ENOTFOUND);
		assert_null(zone);
		snprintf(message, sizeof(message), "'%s' is no name of a time zone", names[i]);
		assert_string_equal(err.message, message);
	}
}

static void an_unknown_zone_is_named(void **state)
{
	struct gate_zone *zone = NULL;
	struct gate_error err = { 0 };

	(void)state;
	assert_int_equal(gate_zone_open(&zone, "Europe/Atlantis", &err), GATE_ENOTFOUND);
	assert_string_equal(err.message, "no time zone 'Europe/Atlantis'");
	/* A folder of zones is none. */
	assert_int_equal(gate_zone_open(&zone, "Europe", &err), GATE_ENOTFOUND);
	assert_string_equal(err.message, "no time zone 'Europe'");
}

static void utc_needs_no_file(void **state)
{
	GATE_AUTO(gate_zone_free) struct gate_zone *zone = NULL;

	(void)state;
	setenv("TZDIR", "/none", 1);
	assert_ok(gate_zone_open(&zone, "UTC", err));
	unsetenv("TZDIR");
	assert_int_equal(gate_zone_offset(zone, 0), 0);
	assert_int_equal(gate_zone_offset(zone, 4102444800), 0);
}

static void tzdir_comes_first(void **state)
{
	GATE_AUTO(gate_zone_free) struct gate_zone *zone = NULL;
	char folder[] = "/tmp/doragate-zone-XXXXXX", path[64];
	struct gate_error err = { 0 };
	FILE *file;
	int code;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/Own", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("no zone", file);
	fclose(file);
	setenv("TZDIR", folder, 1);
	code = gate_zone_open(&zone, "Own", &err);
	unsetenv("TZDIR");
	unlink(path);
	rmdir(folder);
	assert_int_equal(code, GATE_ECONFIG);
	assert_string_equal(err.message, "the file of the time zone 'Own' is damaged");
}

/* False, or a failure in CI, when this machine has no zone files. */
static bool open_zone(struct gate_zone **zone, const char *name)
{
	struct gate_error err = { 0 };

	if (gate_zone_open(zone, name, &err) == GATE_OK) {
		setenv("TZ", name, 1);
		tzset();
		return true;
	}
	print_message("skipped: %s\n", err.message);
	if (getenv("CI"))
		fail_msg("%s, and CI has to have it", err.message);
	return false;
}

static void a_local_time_has_its_offset(void **state)
{
	static const struct {
		const char *zone; /* NULL: none */
		const char *utc, *local;
	} cases[] = {
		{ NULL, "2026-01-31T08:09:10Z", "2026-01-31T08:09:10Z" },
		{ "UTC", "2026-01-31T08:09:10Z", "2026-01-31T08:09:10+00:00" },
		{ "Europe/Berlin", "2026-01-31T23:09:10Z", "2026-02-01T00:09:10+01:00" },
		{ "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00" },
		{ "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00" },
		{ "America/St_Johns", "2026-01-31T03:00:00Z", "2026-01-30T23:30:00-03:30" },
		{ "Asia/Kolkata", "2026-01-31T00:00:00Z", "2026-01-31T05:30:00+05:30" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_zone_free) struct gate_zone *zone = NULL;
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
		struct gate_time time;

		if (cases[i].zone && !open_zone(&zone, cases[i].zone))
			skip();
		assert_string_equal(gate_zone_name(zone), cases[i].zone ? cases[i].zone : "UTC");
		assert_ok(gate_time_parse(&time, cases[i].utc, strlen(cases[i].utc), err));
		gate_zone_format(&text, zone, time.seconds);
		assert_string_equal(text.ptr, cases[i].local);
		/* Which is read as the same instant. */
		assert_ok(gate_time_parse(&time, text.ptr, text.len, err));
		gate_buf_release(&text);
		gate_time_format(&text, time, false);
		assert_string_equal(text.ptr, cases[i].utc);
	}
	unsetenv("TZ");
	tzset();
}

static void no_zone_is_utc(void **state)
{
	const struct gate_civil civil = gate_civil_from_seconds(1234567890);

	(void)state;
	assert_int_equal(gate_zone_offset(NULL, 1234567890), 0);
	assert_int_equal(gate_zone_instant(NULL, &civil, false), 1234567890);
	assert_int_equal(gate_zone_instant(NULL, &civil, true), 1234567890);
}

static int32_t libc_offset(int64_t seconds)
{
	time_t time = (time_t)seconds;
	struct tm local;

	assert_non_null(localtime_r(&time, &local));
	return (int32_t)local.tm_gmtoff;
}

static void check_instant(const struct gate_zone *zone, int64_t wall, int64_t first, int64_t later)
{
	struct gate_civil civil = gate_civil_from_seconds(wall);

	assert_int_equal(gate_zone_instant(zone, &civil, false), first);
	assert_int_equal(gate_zone_instant(zone, &civil, true), later);
}

/* At `at` the offset changes from `before` to `after`. */
static void check_change(const struct gate_zone *zone, int64_t at, int32_t before, int32_t after)
{
	assert_int_equal(gate_zone_offset(zone, at - 1), before);
	assert_int_equal(gate_zone_offset(zone, at), after);
	assert_int_equal(gate_zone_offset(zone, at + 1), after);
	if (before < after) {
		check_instant(zone, at - 1 + before, at - 1, at - 1);
		for (int64_t wall = at + before; wall < at + after; wall += 599)
			check_instant(zone, wall, wall - before, wall - before);
		check_instant(zone, at + after - 1, at + after - 1 - before,
		              at + after - 1 - before);
		check_instant(zone, at + after, at, at);
	} else {
		check_instant(zone, at + after - 1, at + after - 1 - before,
		              at + after - 1 - before);
		for (int64_t wall = at + after; wall < at + before; wall += 599)
			check_instant(zone, wall, wall - before, wall - after);
		check_instant(zone, at + before - 1, at - 1, at + before - 1 - after);
		check_instant(zone, at + before, at + before - after, at + before - after);
	}
}

static void offsets_are_those_of_the_c_library(void **state)
{
	const int64_t end = gate_days_from_civil(2101, 1, 1) * 86400, step = 7 * 3600;

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(zones); i++) {
		GATE_AUTO(gate_zone_free) struct gate_zone *zone = NULL;
		size_t changes = 0;

		print_message("%s\n", zones[i]);
		if (!open_zone(&zone, zones[i]))
			skip();
		for (int64_t at = 0; at < end; at += step) {
			int32_t offset = libc_offset(at), next = libc_offset(at + step);
			int64_t low = at, high = at + step;

			assert_int_equal(gate_zone_offset(zone, at), offset);
			if (offset == next)
				continue;
			while (high - low > 1) {
				int64_t middle = low + (high - low) / 2;

				if (libc_offset(middle) == offset)
					low = middle;
				else
					high = middle;
			}
			check_change(zone, high, offset, next);
			changes++;
		}
		print_message("    %zu changes\n", changes);
		assert_true(changes > 0 || !strcmp(zones[i], "UTC") ||
		            !strcmp(zones[i], "Asia/Kolkata"));
	}
	unsetenv("TZ");
	tzset();
}

static void rules_are_read_as_posix_writes_them(void **state)
{
	static const struct {
		const char *rule;
		const char *time; /* UTC */
		int32_t offset;
	} cases[] = {
		{ "UTC0", "2026-07-01", 0 },
		{ "<+0330>-3:30", "2026-07-01", 12600 },
		{ "EST5", "2026-07-01", -18000 },
		{ "XXX1:02:03", "2026-07-01", -3723 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T00:59:59Z", 3600 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z", 7200 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T00:59:59Z", 7200 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T01:00:00Z", 3600 },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01", 0 },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01", 3600 },
		/* The southern summer goes over new year. */
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-12-31T23:00:00Z", 39600 },
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-07-01", 36000 },
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-01-01", 39600 },
		/* Summer all year. */
		{ "XXX3EDT4,0/0,J365/23", "2026-01-01T03:00:00Z", -14400 },
		{ "XXX3EDT4,0/0,J365/23", "2026-07-01", -14400 },
		/* J60 is 1 March in every year, 59 is 29 February in a leap year. */
		{ "A1B0,J60,J300", "2026-07-01", 99 },
		{ "AAA0BBB-1,J60/0,J300/0", "2024-02-29T23:59:59Z", 0 },
		{ "AAA0BBB-1,J60/0,J300/0", "2024-03-01T00:00:00Z", 3600 },
		{ "AAA0BBB-1,59/0,J300/0", "2024-02-28T23:59:59Z", 0 },
		{ "AAA0BBB-1,59/0,J300/0", "2024-02-29T00:00:00Z", 3600 },
		{ "AAA0BBB-1,59/0,J300/0", "2025-03-01T00:00:00Z", 3600 },
		/* Times before the day and far behind it. */
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7200 },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3600 },
		{ "EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-28T00:00:00Z", 10800 },
		{ "EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-27T23:59:59Z", 7200 },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_zone_rule rule = { 0 };
		struct gate_time time = { 0 };
		bool good = gate_zone_rule_parse(&rule, cases[i].rule, strlen(cases[i].rule));

		print_message("%s at %s\n", cases[i].rule, cases[i].time);
		assert_int_equal(good, cases[i].offset != 99);
		if (!good)
			continue;
		assert_ok(gate_time_parse(&time, cases[i].time, strlen(cases[i].time), err));
		assert_int_equal(gate_zone_rule_offset(&rule, time.seconds), cases[i].offset);
	}
}

static void what_is_no_rule_is_refused(void **state)
{
	static const char *const rules[] = {
		"",
		"UTC",
		"UT0",
		"<UTC0",
		"UTC25",
		"UTC0:60",
		"UTC0:",
		"UTC0x",
		"CET-1CEST",
		"CET-1CEST,M3.5.0",
		"CET-1CEST,M3.5.0,M10.5.0x",
		"CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M3.6.0,M10.5.0",
		"CET-1CEST,M3.5.7,M10.5.0",
		"CET-1CEST,M3.5,M10.5.0",
		"CET-1CEST,J0,J300",
		"CET-1CEST,J366,J300",
		"CET-1CEST,366,J300",
		"CET-1CEST,99999999999,J300",
		"CET-1CEST,M3.5.0/168,M10.5.0",
		"CET-1CEST,M3.5.0/,M10.5.0",
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(rules); i++) {
		struct gate_zone_rule rule = { .standard = 77 };

		print_message("%s\n", rules[i]);
		assert_false(gate_zone_rule_parse(&rule, rules[i], strlen(rules[i])));
		assert_int_equal(rule.standard, 77);
	}
}

static void put32(char *at, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		at[i] = (char)(number >> (24 - 8 * i));
}

/* Version 1: at 1000 from offset 0 to 3600, at 2000 back to 0. */
static size_t small_zone(char bytes[128])
{
	memset(bytes, 0, 128);
	memcpy(bytes, "TZif", 4);
	put32(bytes + 32, 2); /* transitions */
	put32(bytes + 36, 2); /* types */
	put32(bytes + 40, 2); /* bytes of names */
	put32(bytes + 44, 1000);
	put32(bytes + 48, 2000);
	bytes[52] = 1;
	put32(bytes + 60, 3600);
	memcpy(bytes + 66, "U", 2);
	return 68;
}

static void version_1_has_no_rule(void **state)
{
	GATE_AUTO(gate_zone_free) struct gate_zone *zone = NULL;
	char bytes[128];
	size_t len = small_zone(bytes);

	(void)state;
	assert_ok(gate_zone_parse(&zone, "Own", bytes, len, err));
	assert_int_equal(gate_zone_offset(zone, -1), 0);
	assert_int_equal(gate_zone_offset(zone, 999), 0);
	assert_int_equal(gate_zone_offset(zone, 1000), 3600);
	assert_int_equal(gate_zone_offset(zone, 1999), 3600);
	assert_int_equal(gate_zone_offset(zone, 2000), 0);
	assert_int_equal(gate_zone_offset(zone, 4102444800), 0);
}

static void damaged_files_are_refused(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint32_t number;
	} cases[] = {
		{ "another magic", 0, 0 },
		{ "more transitions than bytes", 32, 3 },
		{ "many transitions", 32, UINT32_MAX },
		{ "no types", 36, 0 },
		{ "many types", 36, UINT32_MAX },
		{ "many names", 40, UINT32_MAX },
		{ "marks for another number of types", 20, 1 },
		{ "transitions backwards", 44, 3000 },
		{ "the same transition twice", 44, 2000 },
		{ "a type that is not there", 52, 0x02000000 },
		{ "an offset of days", 60, 93600 },
		{ "an offset of minus days", 60, (uint32_t)-90000 },
		{ "version 2 without its second part", 4, 0x32000000 },
	};
	char bytes[128];
	struct gate_error err = { 0 };
	struct gate_zone *zone = NULL;
	size_t len = small_zone(bytes);

	(void)state;
	for (size_t i = 0; i < len; i++) {
		assert_int_equal(gate_zone_parse(&zone, "Own", bytes, i, &err), GATE_ECONFIG);
		assert_string_equal(err.message, "the file of the time zone 'Own' is damaged");
	}
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		print_message("%s\n", cases[i].name);
		small_zone(bytes);
		put32(bytes + cases[i].at, cases[i].number);
		assert_int_equal(gate_zone_parse(&zone, "Own", bytes, len, &err), GATE_ECONFIG);
		assert_string_equal(err.message, "the file of the time zone 'Own' is damaged");
	}
	small_zone(bytes);
	put32(bytes + 28, 1);
	assert_int_equal(gate_zone_parse(&zone, "Own", bytes, sizeof(bytes), &err), GATE_ECONFIG);
	assert_string_equal(err.message, "the time zone 'Own' counts leap seconds");
	assert_null(zone);
}

static void each_allocation_may_fail(void **state)
{
	char bytes[128];
	size_t len = small_zone(bytes);
	int code;

	(void)state;
	for (unsigned i = 0;; i++) {
		GATE_AUTO(gate_zone_free) struct gate_zone *zone = NULL;

		test_oom_arm(i);
		code = gate_zone_parse(&zone, "Own", bytes, len, NULL);
		if (!test_oom_disarm())
			break;
		assert_int_equal(code, GATE_ENOMEM);
		assert_null(zone);
	}
	assert_int_equal(code, GATE_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_and_civil_are_inverse),
		cmocka_unit_test(now_is_now),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(time_errors_name_the_byte),
		cmocka_unit_test(dates_are_read_alone),
		cmocka_unit_test(names_that_are_none_are_refused),
		cmocka_unit_test(an_unknown_zone_is_named),
		cmocka_unit_test(utc_needs_no_file),
		cmocka_unit_test(tzdir_comes_first),
		cmocka_unit_test(a_local_time_has_its_offset),
		cmocka_unit_test(no_zone_is_utc),
		cmocka_unit_test(offsets_are_those_of_the_c_library),
		cmocka_unit_test(rules_are_read_as_posix_writes_them),
		cmocka_unit_test(what_is_no_rule_is_refused),
		cmocka_unit_test(version_1_has_no_rule),
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(damaged_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
