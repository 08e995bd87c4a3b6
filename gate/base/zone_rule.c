/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/zone.h"

struct reader {
	const char *at, *end;
};

static bool accept(struct reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "CET" or "<+0330>": only its form matters here. */
static bool read_name(struct reader *r)
{
	bool quoted = accept(r, '<');
	const char *start = r->at;

	while (r->at < r->end && (is_letter(*r->at) ||
	                          (quoted && (is_digit(*r->at) || *r->at == '+' || *r->at == '-'))))
		r->at++;
	return r->at - start >= 3 && (!quoted || accept(r, '>'));
}

static bool read_number(struct reader *r, int *out, int min, int max)
{
	const char *start = r->at;
	int number = 0;

	for (; r->at < r->end && is_digit(*r->at) && r->at - start < 4; r->at++)
		number = number * 10 + *r->at - '0';
	*out = number;
	return r->at > start && number >= min && number <= max;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(struct reader *r, int32_t *seconds, int max_hours)
{
	int sign = accept(r, '-') ? -1 : 1;
	int hours, minutes = 0, rest = 0;

	if (sign > 0)
		accept(r, '+');
	if (!read_number(r, &hours, 0, max_hours))
		return false;
	if (accept(r, ':') &&
	    (!read_number(r, &minutes, 0, 59) || (accept(r, ':') && !read_number(r, &rest, 0, 59))))
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60 + rest);
	return true;
}

/* POSIX counts west of Greenwich as positive. */
static bool read_offset(struct reader *r, int32_t *offset)
{
	int32_t west;

	if (!read_time(r, &west, 24))
		return false;
	*offset = -west;
	return true;
}

static bool read_change(struct reader *r, struct gate_zone_change *change)
{
	bool good;

	*change = (struct gate_zone_change){ .time = 7200 };
	if (accept(r, 'M')) {
		change->kind = GATE_ZONE_WEEKDAY;
		good = read_number(r, &change->month, 1, 12) && accept(r, '.') &&
		       read_number(r, &change->week, 1, 5) && accept(r, '.') &&
		       read_number(r, &change->day, 0, 6);
	} else if (accept(r, 'J')) {
		change->kind = GATE_ZONE_JULIAN;
		good = read_number(r, &change->day, 1, 365);
	} else {
		change->kind = GATE_ZONE_NTH;
		good = read_number(r, &change->day, 0, 365);
	}
	return good && (!accept(r, '/') || read_time(r, &change->time, 167));
}

bool gate_zone_rule_parse(struct gate_zone_rule *out, const char *text, size_t len)
{
	struct reader r = { .at = text, .end = text + len };
	struct gate_zone_rule rule = { .given = true };

	if (!read_name(&r) || !read_offset(&r, &rule.standard))
		return false;
	rule.summer = rule.standard + 3600;
	if (r.at < r.end) {
		rule.has_summer = true;
		if (!read_name(&r))
			return false;
		if (r.at < r.end && *r.at != ',' && !read_offset(&r, &rule.summer))
			return false;
		if (!accept(&r, ',') || !read_change(&r, &rule.start) || !accept(&r, ',') ||
		    !read_change(&r, &rule.end) || r.at != r.end)
			return false;
	}
	*out = rule;
	return true;
}

static int64_t day_of_change(const struct gate_zone_change *change, int year)
{
	int64_t new_year = gate_days_from_civil(year, 1, 1), first, next, day;
	int64_t march = gate_days_from_civil(year, 3, 1);

	if (change->kind == GATE_ZONE_NTH)
		return new_year + change->day;
	if (change->kind == GATE_ZONE_JULIAN)
		return change->day < 60 ? new_year + change->day - 1 : march + change->day - 60;
	first = gate_days_from_civil(year, change->month, 1);
	next = gate_days_from_civil(year + change->month / 12, change->month % 12 + 1, 1);
	day = first + (change->day - gate_civil_from_seconds(first * 86400).weekday + 7) % 7 +
	      (change->week - 1) * 7;
	return day < next ? day : day - 7;
}

int32_t gate_zone_rule_offset(const struct gate_zone_rule *rule, int64_t seconds)
{
	int year = gate_civil_from_seconds(seconds).year;
	int64_t latest = INT64_MIN;
	int32_t offset = rule->standard;

	if (!rule->has_summer)
		return offset;
	/* The latest change that was decides. Where one ends as the next begins, it is summer all year. */
	for (int y = year - 1; y <= year + 1; y++) {
		int64_t end = day_of_change(&rule->end, y) * 86400 + rule->end.time - rule->summer;
		int64_t start =
			day_of_change(&rule->start, y) * 86400 + rule->start.time - rule->standard;

		if (end <= seconds && end > latest) {
			latest = end;
			offset = rule->standard;
		}
		if (start <= seconds && start >= latest) {
			latest = start;
			offset = rule->summer;
		}
	}
	return offset;
}
