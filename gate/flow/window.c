/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/window.h"

#define WINDOW "90d"
/* 0001-01-01: what is before it has no form as text. */
#define FIRST INT64_C(-62135596800)

int gate_window_zone(struct gate_zone **out, const char *name, struct gate_error *err)
{
	struct gate_error why = { 0 };
	int code;

	if (!name || !strcmp(name, "UTC")) {
		*out = NULL;
		return GATE_OK;
	}
	code = gate_zone_open(out, name, &why);
	if (code == GATE_ENOTFOUND)
		return gate_fail(err, GATE_EUSAGE,
		                 "%s: --zone takes a name such as Europe/Berlin, of those that "
		                 "this machine knows",
		                 why.message);
	if (code < 0 && err)
		*err = why;
	return code;
}

int gate_window_time(struct gate_time *out, const char *text, const struct gate_zone *zone,
                     const char *option, struct gate_error *err)
{
	int64_t days;

	if (gate_date_parse(&days, text, strlen(text), NULL) == GATE_OK) {
		const struct gate_civil midnight = gate_civil_from_seconds(days * GATE_DAY);

		*out = (struct gate_time){ .seconds = gate_zone_instant(zone, &midnight, false) };
		return GATE_OK;
	}
	if (gate_time_parse(out, text, strlen(text), NULL) == GATE_OK)
		return GATE_OK;
	return gate_fail(err, GATE_EUSAGE, "%s takes a time such as 2026-01-31, got '%s'", option,
	                 text);
}

/* The local time of so many days before. */
static int64_t days_before(int64_t seconds, int64_t days, const struct gate_zone *zone)
{
	const int64_t local = seconds + gate_zone_offset(zone, seconds);
	const struct gate_civil then = gate_civil_from_seconds(local - days * GATE_DAY);

	return gate_zone_instant(zone, &then, false);
}

static int parse_from(struct gate_window *window, const char *text, struct gate_error *err)
{
	static const struct {
		char letter;
		int64_t days;
	} units[] = { { 'd', 1 }, { 'w', 7 }, { 'y', 365 } };
	const size_t digits = strspn(text, "0123456789");
	struct gate_time time;

	if (!strcmp(text, "all")) {
		window->from = INT64_MIN;
		return GATE_OK;
	}
	for (size_t i = 0; i < GATE_COUNT(units) && digits >= 1 && digits <= 4; i++)
		if (text[digits] == units[i].letter && !text[digits + 1]) {
			const int64_t days = strtoll(text, NULL, 10) * units[i].days;

			window->from = days_before(window->to, days, window->zone);
			return days ? GATE_OK : gate_fail(err, GATE_EUSAGE, "an empty window");
		}
	if (gate_window_time(&time, text, window->zone, "", NULL) < 0)
		return gate_fail(err, GATE_EUSAGE,
		                 "a window is 90d, 12w, 1y, all, or a day such as 2026-01-31 from "
		                 "which, not '%s'",
		                 text);
	window->from = time.seconds;
	return GATE_OK;
}

int gate_window_parse(struct gate_window *out, const char *window, const char *to,
                      const struct gate_zone *zone, struct gate_time now, struct gate_error *err)
{
	struct gate_window parsed = { .zone = zone };
	int code = to ? gate_window_time(&now, to, zone, "--to", err) : GATE_OK;

	parsed.to = now.seconds;
	if (code == GATE_OK)
		code = parse_from(&parsed, window ? window : WINDOW, err);
	if (code == GATE_OK && parsed.from < FIRST && parsed.from != INT64_MIN)
		code = gate_fail(err, GATE_EUSAGE, "the window begins before the year 1");
	if (code == GATE_OK && parsed.from >= parsed.to)
		code = gate_fail(err, GATE_EUSAGE, "the window ends before it begins");
	if (code == GATE_OK)
		*out = parsed;
	return code;
}
