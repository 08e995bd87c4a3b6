/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/clock.h"

/*
 * Days are counted in years that begin in March, so that the leap day is the last of a year, and in cycles of 400 years,
 * which all have the same number of days.
 */
#define DAYS_PER_CYCLE 146097
#define CYCLE_OF_1970 719468 /* days from 0000-03-01 to 1970-01-01 */

struct gate_time gate_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (struct gate_time){ .seconds = now.tv_sec, .nanos = (int32_t)now.tv_nsec };
}

int64_t gate_days_from_civil(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t cycle = (y >= 0 ? y : y - 399) / 400;
	int64_t in_cycle = y - cycle * 400;
	int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return cycle * DAYS_PER_CYCLE + in_cycle * 365 + in_cycle / 4 - in_cycle / 100 + in_year -
	       CYCLE_OF_1970;
}

struct gate_civil gate_civil_from_seconds(int64_t seconds)
{
	int64_t days = seconds / 86400 - (seconds % 86400 < 0);
	int rest = (int)(seconds - days * 86400);
	int64_t shifted = days + CYCLE_OF_1970;
	int64_t cycle = (shifted >= 0 ? shifted : shifted - (DAYS_PER_CYCLE - 1)) / DAYS_PER_CYCLE;
	int64_t in_cycle = shifted - cycle * DAYS_PER_CYCLE;
	int64_t year = (in_cycle - in_cycle / 1460 + in_cycle / 36524 - in_cycle / 146096) / 365;
	int in_year = (int)(in_cycle - (365 * year + year / 4 - year / 100));
	int march = (5 * in_year + 2) / 153; /* months since March */

	return (struct gate_civil){
		.year = (int)(year + cycle * 400 + (march >= 10)),
		.month = march < 10 ? march + 3 : march - 9,
		.day = in_year - (153 * march + 2) / 5 + 1,
		.hour = rest / 3600,
		.minute = rest / 60 % 60,
		.second = rest % 60,
		.weekday = (int)((days % 7 + 7 + 4) % 7), /* 1970-01-01 was a Thursday */
	};
}

struct reader {
	const char *text;
	size_t len, at;
	struct gate_error *err;
};

static int fail_at(struct reader *r, size_t at, const char *message)
{
	gate_fail(r->err, GATE_EUSAGE, "%s", message);
	gate_error_at(r->err, NULL, 0, (unsigned)at + 1);
	return GATE_EUSAGE;
}

/* Exactly `digits` digits with a value from `min` to `max`. */
static int read_number(struct reader *r, int *out, size_t digits, int min, int max,
                       const char *message)
{
	size_t start = r->at;
	int number = 0;

	for (; r->at < start + digits; r->at++) {
		if (r->at >= r->len || r->text[r->at] < '0' || r->text[r->at] > '9')
			return fail_at(r, r->at, message);
		number = number * 10 + r->text[r->at] - '0';
	}
	if (number < min || number > max)
		return fail_at(r, start, message);
	*out = number;
	return GATE_OK;
}

static int expect(struct reader *r, char c, const char *message)
{
	if (r->at >= r->len || r->text[r->at] != c)
		return fail_at(r, r->at, message);
	r->at++;
	return GATE_OK;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

static int read_date(struct reader *r, int64_t *days)
{
	static const char form[] = "expected a date as in 2026-01-31";
	int year, month, day;
	int code = read_number(r, &year, 4, 1, 9999, form);

	if (code == GATE_OK)
		code = expect(r, '-', form);
	if (code == GATE_OK)
		code = read_number(r, &month, 2, 1, 12, "a month is 01 to 12");
	if (code == GATE_OK)
		code = expect(r, '-', form);
	if (code == GATE_OK)
		code = read_number(r, &day, 2, 1, 31, "a day is 01 to 31");
	if (code < 0)
		return code;
	if (day > days_in_month(year, month))
		return fail_at(r, r->at - 2, "that month has fewer days");
	*days = gate_days_from_civil(year, month, day);
	return GATE_OK;
}

/* Nine digits count; more are read and dropped. */
static int read_fraction(struct reader *r, int32_t *nanos)
{
	int32_t unit = 100000000;
	size_t start = ++r->at;

	for (; r->at < r->len && r->text[r->at] >= '0' && r->text[r->at] <= '9'; r->at++) {
		*nanos += unit * (r->text[r->at] - '0');
		unit /= 10;
	}
	return r->at > start ? GATE_OK : fail_at(r, r->at, "expected digits behind the point");
}

static int read_clock(struct reader *r, struct gate_time *time)
{
	static const char form[] = "expected a time as in 2026-01-31T08:09:10Z";
	int hour, minute, second;
	int code = read_number(r, &hour, 2, 0, 23, "an hour is 00 to 23");

	if (code == GATE_OK)
		code = expect(r, ':', form);
	if (code == GATE_OK)
		code = read_number(r, &minute, 2, 0, 59, "a minute is 00 to 59");
	if (code == GATE_OK)
		code = expect(r, ':', form);
	if (code == GATE_OK)
		code = read_number(r, &second, 2, 0, 60, "a second is 00 to 60");
	if (code < 0)
		return code;
	time->seconds += hour * 3600 + minute * 60 + (second == 60 ? 59 : second);
	if (r->at < r->len && r->text[r->at] == '.')
		return read_fraction(r, &time->nanos);
	return GATE_OK;
}

static int read_offset(struct reader *r, int64_t *seconds)
{
	static const char form[] = "expected 'Z' or an offset as in +01:00";
	char sign = r->at < r->len ? r->text[r->at] : '\0';
	int hours, minutes, code;

	r->at++;
	*seconds = 0;
	if (sign == 'Z' || sign == 'z')
		return GATE_OK;
	if (sign != '+' && sign != '-')
		return fail_at(r, r->at - 1, form);
	code = read_number(r, &hours, 2, 0, 23, form);
	if (code == GATE_OK)
		code = expect(r, ':', form);
	if (code == GATE_OK)
		code = read_number(r, &minutes, 2, 0, 59, form);
	if (code == GATE_OK)
		*seconds = (hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
	return code;
}

static int expect_end(struct reader *r)
{
	return r->at == r->len ? GATE_OK : fail_at(r, r->at, "nothing may follow here");
}

int gate_date_parse(int64_t *days, const char *text, size_t len, struct gate_error *err)
{
	struct reader r = { .text = text, .len = len, .err = err };
	int64_t date;
	int code = read_date(&r, &date);

	if (code == GATE_OK)
		code = expect_end(&r);
	if (code == GATE_OK)
		*days = date;
	return code;
}

static bool in_range(int64_t seconds)
{
	return seconds >= gate_days_from_civil(1, 1, 1) * 86400 &&
	       seconds < gate_days_from_civil(10000, 1, 1) * 86400;
}

int gate_time_parse(struct gate_time *out, const char *text, size_t len, struct gate_error *err)
{
	struct reader r = { .text = text, .len = len, .err = err };
	struct gate_time time = { 0 };
	int64_t days, offset = 0;
	int code = read_date(&r, &days);

	if (code < 0)
		return code;
	time.seconds = days * 86400;
	if (r.at < len) {
		if (text[r.at] != 'T' && text[r.at] != 't')
			return fail_at(&r, r.at, "expected 'T' and a time behind the date");
		r.at++;
		code = read_clock(&r, &time);
		if (code == GATE_OK)
			code = read_offset(&r, &offset);
		if (code == GATE_OK)
			code = expect_end(&r);
		if (code < 0)
			return code;
	}
	time.seconds -= offset;
	if (!in_range(time.seconds))
		return fail_at(&r, 0, "a time lies in the years 0001 to 9999 of UTC");
	*out = time;
	return GATE_OK;
}

void gate_time_format(struct gate_buf *out, struct gate_time time, bool millis)
{
	struct gate_civil civil = gate_civil_from_seconds(time.seconds);

	gate_buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d", civil.year, civil.month, civil.day,
	                civil.hour, civil.minute, civil.second);
	if (millis)
		gate_buf_printf(out, ".%03d", (int)(time.nanos / 1000000));
	gate_buf_putc(out, 'Z');
}

void gate_duration_format(struct gate_buf *out, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	size_t i = 0;
	int64_t rest;

	if (seconds < 0) {
		gate_buf_putc(out, '-');
		seconds = -seconds;
	}
	while (i + 1 < GATE_COUNT(units) && seconds < units[i].seconds)
		i++;
	gate_buf_printf(out, "%lld %s", (long long)(seconds / units[i].seconds), units[i].name);
	rest = seconds % units[i].seconds;
	/* A second unit where it still says something. */
	if (i < 2 && seconds / units[i].seconds < 10 && rest >= units[i + 1].seconds)
		gate_buf_printf(out, " %lld %s", (long long)(rest / units[i + 1].seconds),
		                units[i + 1].name);
}
