/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports of figures that stand here. Each is a text and a JSON in tests/golden/metrics; check/metrics holds the JSON against the schema.
 */
#include "tests/support/test.h"

#include "gate/base/escape.h"
#include "gate/base/json.h"
#include "gate/report/metrics.h"
#include "tests/support/oom.h"

#define HOUR 3600
#define DAY (24 * HOUR)
#define NOW 1775001600 /* 2026-04-01T00:00:00Z */
#define FROM (NOW - 90 * DAY)

static const struct gate_metrics_head shop = {
	.repository = "https://example.com/shop",
	.service = "cart",
	.environment = "production",
	.log = "3f786850e387550fdab836ed7e6dc881de23001b",
	.config_commit = "89e6c98d92887913cadf06b2adb97f26cde4849b",
	.config_digest = "2b66fd261ee5c6cfc8de7fa466bab600bcfe4f69000000000000000000000000",
	.window = { FROM, NOW },
	.now = NOW,
};

/* A service that deploys about every day and fails now and then. */
#define ORDER \
	{ \
		.window = { FROM, NOW }, \
		.by_kind = { [GATE_KIND_FORWARD] = 58, \
			     [GATE_KIND_HOTFIX] = 3, \
			     [GATE_KIND_ROLLBACK] = 2, \
			     [GATE_KIND_REDEPLOY] = 4, \
			     [GATE_KIND_DIVERGED] = 1 }, \
		.n_failed_jobs = 6, .n_running = 1, .n_deployments = 62, .seconds = 90 * DAY, \
		.has_weeks = true, .days_a_week = 4, \
		.weeks = { 2, 4, 4, 5, 6, 5, 0, 3, 5, 6, 7, 8, 5, 2 }, .n_weeks = 14, \
		.lead = { .n = 140, .p50 = 20 * HOUR, .p90 = 3 * DAY + 5 * HOUR }, \
		.n_approximate = 12, .n_skewed = 2, .fail_proven = { 4, 62, 65, 25, 155 }, \
		.fail_heuristic = { 7, 62, 113, 56, 214 }, .n_maturing = 2, \
		.recovery = { .n = 7, \
			      .n_open = 1, \
			      .has_p50 = true, \
			      .p50 = 40 * 60, \
			      .longest_open = 9 * HOUR }, \
		.rework = { 5, 64, 78, 34, 170 }, .waiting_known = true, .n_waiting = 3, \
		.oldest_waiting = 2 * DAY + 3 * HOUR, .steps = { 5, 5, 0, 6, 0 }, .score = 90, \
		.n_scores = 5, \
	}

/* As good as it gets. */
#define CART \
	{ \
		.window = { FROM, NOW }, \
		.by_kind = { [GATE_KIND_FORWARD] = 270, [GATE_KIND_UNKNOWN] = 1 }, \
		.n_deployments = 271, .seconds = 90 * DAY, .has_weeks = true, .days_a_week = 5, \
		.weeks = { 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 11 }, \
		.n_weeks = 14, .lead = { .n = 1400, .p50 = 1800, .p90 = 3 * HOUR + 60 }, \
		.fail_proven = { 0, 271, 0, 0, 14 }, .fail_heuristic = { 0, 271, 0, 0, 14 }, \
		.rework = { 0, 271, 0, 0, 14 }, .waiting_known = true, .steps = { 6, 6, 0, 0, 0 }, \
		.score = 100, .n_scores = 4, \
	}

/* Seldom, late, often broken, and nobody mends it. */
#define PRODUCT \
	{ \
		.window = { FROM + 10 * DAY, NOW }, \
		.by_kind = { [GATE_KIND_BASELINE] = 1, \
			     [GATE_KIND_FORWARD] = 2, \
			     [GATE_KIND_HOTFIX] = 8, \
			     [GATE_KIND_ROLLBACK] = 1 }, \
		.n_deployments = 10, .seconds = 80 * DAY, .has_weeks = true, .days_a_week = 0, \
		.weeks = { 1, 0, 0, 0, 9 }, .n_weeks = 5, \
		.lead = { .n = 31, .p50 = 200 * DAY, .p90 = 400 * DAY }, .n_approximate = 1, \
		.fail_proven = { 7, 10, 700, 397, 892 }, \
		.fail_heuristic = { 7, 10, 700, 397, 892 }, \
		.recovery = { .n = 7, .n_open = 6, .longest_open = 11 * DAY }, \
		.rework = { 9, 11, 818, 523, 949 }, .n_inferred_rework = 2, .waiting_known = true, \
		.n_waiting = 1, .oldest_waiting = 60, .steps = { 3, 1, 0, 0, 0 }, .score = 22, \
		.n_scores = 4, \
	}

/* Of a commit that this clone does not have. */
static const struct gate_deployment gone = { .has_commit = true };

/* Began last week. */
#define SEGMENTATION \
	{ \
		.window = { NOW - 6 * DAY, NOW }, \
		.by_kind = { [GATE_KIND_BASELINE] = 1, [GATE_KIND_FORWARD] = 2 }, \
		.n_deployments = 2, .seconds = 6 * DAY, .weeks = { 1, 1 }, .n_weeks = 2, \
		.lead = { .n = 4, .p50 = 59, .p90 = DAY }, .n_approximate = 4, \
		.fail_proven = { 0, 2, 0, 0, 658 }, .fail_heuristic = { 1, 2, 500, 95, 905 }, \
		.n_maturing = 1, .recovery = { .n = 1, .n_open = 1, .longest_open = 90 * 60 }, \
		.rework = { 0, 2, 0, 0, 658 }, .last = &gone, \
	}

/* Nothing in this window, but for changes by a clock that goes wrong. */
#define LOYALTY \
	{ \
		.window = { FROM, NOW }, .seconds = 90 * DAY, .has_weeks = true, .weeks = { 0 }, \
		.n_weeks = 14, .n_skewed = 3, .waiting_known = true, \
	}

static const struct gate_figures five[] = { ORDER, CART, PRODUCT, SEGMENTATION, LOYALTY };
static const char *const five_names[] = { "order", "cart", "product", "segmentation", "loyalty" };

/* Three releases of one service. */
static const struct gate_figures inferred = {
	.window = { FROM, NOW },
	.inferred = true,
	.by_kind = { [GATE_KIND_FORWARD] = 12, [GATE_KIND_REDEPLOY] = 1 },
	.n_deployments = 12,
	.seconds = 90 * DAY,
	.has_weeks = true,
	.days_a_week = 1,
	.weeks = { 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 2, 1, 0 },
	.n_weeks = 14,
	.lead = { .n = 40, .p50 = 3 * DAY, .p90 = 20 * DAY },
	.n_approximate = 40,
	.n_squashes = 40,
	.fail_proven = { 0, 12, 0, 0, 243 },
	.fail_heuristic = { 0, 12, 0, 0, 243 },
	.rework = { 0, 12, 0, 0, 243 },
	.waiting_known = true,
	.steps = { 3, 4, 0, 0, 0 },
};

#define MOST 8

/* A report that owns what it points to. */
struct made {
	struct gate_metrics_head head;
	struct gate_stream streams[MOST];
	struct gate_figures figures[MOST];
	struct gate_metrics_report report;
};

static void add(struct made *made, const char *service, const char *environment,
                const struct gate_figures *figures)
{
	const size_t i = made->report.n++;

	assert_true(i < MOST);
	made->streams[i].service = service;
	made->streams[i].environment = environment;
	made->figures[i] = *figures;
	made->figures[i].stream = &made->streams[i];
	made->report.head = &made->head;
	made->report.figures = made->figures;
}

/* The parts of the head that a note is about, all at once. */
static void note_everything(struct made *made)
{
	made->head.n_unshared = 2;
	made->head.n_missing = 3;
	made->head.cut = true;
}

static void make_empty(struct made *out)
{
	out->head = shop;
	out->head.log = NULL;
	out->head.config_commit[0] = '\0';
	out->head.window.from = INT64_MIN;
	out->head.n_tags_left_out = 1;
	out->head.inferred = true;
	out->report.head = &out->head;
	out->report.figures = out->figures;
}

static void make_one(struct made *out)
{
	out->head = shop;
	out->head.window.from += HOUR;
	out->head.as_of = true;
	out->head.n_unshared = 1;
	out->head.n_missing = 1;
	add(out, "order", "production", &five[0]);
}

static void make_five(struct made *out)
{
	out->head = shop;
	note_everything(out);
	out->head.shallow = true;
	for (size_t i = 0; i < GATE_COUNT(five); i++)
		add(out, five_names[i], "production", &five[i]);
}

static void make_inferred(struct made *out)
{
	struct gate_figures failed = inferred;

	out->head = shop;
	out->head.inferred = true;
	out->head.guessed = true;
	out->head.n_tags_left_out = 4;
	add(out, "shop", "production", &inferred);
	/* A release that takes back what one before it shipped. */
	failed.fail_proven = failed.fail_heuristic = (struct gate_rate){ 1, 12, 83, 15, 354 };
	failed.recovery = (struct gate_recovery){
		.n = 1, .has_p50 = true, .has_p90 = true, .p50 = DAY, .p90 = DAY
	};
	add(out, "till", "production", &failed);
}

/* Whoever may write to the log may write anything: colors, lines, directions, no UTF-8, a megabyte. */
static void make_hostile(struct made *out)
{
	static char lengthy[2000];

	memset(lengthy, 'x', sizeof(lengthy) - 1);
	out->head = shop;
	out->head.repository = "https://example.com/\033]0;owned\a\n= 0";
	out->head.log = "file:\r/srv/\xff%s%n";
	out->head.inferred = true;
	out->head.service = "$(touch owned)";
	out->head.environment = "a\nb";
	note_everything(out);
	add(out, "\033[31mred\nDORA metrics of me",
	    "\xe2\x80\xae"
	    "evil",
	    &five[0]);
	add(out, "\xff\xfe", "", &five[3]);
	add(out, lengthy, lengthy, &five[4]);
	add(out, "%s%n\"}]", "\t\\", &five[4]);
}

static const struct {
	const char *name;
	void (*make)(struct made *out);
} cases[] = {
	{ "empty", make_empty },       { "one", make_one },         { "five", make_five },
	{ "inferred", make_inferred }, { "hostile", make_hostile },
};

enum format { TEXT, COLOR, JSON };

static int write_report(struct gate_buf *out, size_t i, enum format format, struct gate_error *err)
{
	const struct gate_report_style style = { .color = format == COLOR };
	static struct made made;

	made = (struct made){ 0 };
	cases[i].make(&made);
	return format == JSON ? gate_metrics_json(out, &made.report, err)
	                      : gate_metrics_text(out, &made.report, &style, err);
}

static void check_golden(enum format format, const char *ending)
{
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 }, again = { 0 };
		char name[64];

		snprintf(name, sizeof(name), "metrics/%s.%s", cases[i].name, ending);
		assert_ok(write_report(&out, i, format, err));
		assert_golden(name, gate_buf_text(&out));
		assert_ok(write_report(&again, i, format, err));
		assert_int_equal(out.len, again.len);
		assert_memory_equal(out.ptr, again.ptr, out.len);
	}
}

/* The second line of a report, between midnights, and between other times. */
static void bounds_are_those_of_the_zone(void **state)
{
	static const struct {
		const char *zone; /* NULL: none */
		int64_t from, to;
		const char *line;
	} bounds[] = {
		{ NULL, FROM, NOW, "2026-01-01 to 2026-04-01 UTC, now 2026-04-01T00:00:00Z\n" },
		{ NULL, FROM + 1, NOW - 1,
		  "2026-01-01T00:00:01 to 2026-03-31T23:59:59 UTC, now 2026-04-01T00:00:00Z\n" },
		{ "Europe/Berlin", FROM - HOUR, NOW - 2 * HOUR,
		  "2026-01-01 to 2026-04-01 Europe/Berlin, now 2026-04-01T00:00:00Z\n" },
		{ "Europe/Berlin", FROM, NOW,
		  "2026-01-01T01:00:00+01:00 to 2026-04-01T02:00:00+02:00 Europe/Berlin, "
		  "now 2026-04-01T00:00:00Z\n" },
		{ "Europe/Berlin", INT64_MIN, NOW - 2 * HOUR,
		  "from the first deployment to 2026-04-01 Europe/Berlin, "
		  "now 2026-04-01T00:00:00Z\n" },
	};
	const struct gate_report_style style = { 0 };

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(bounds); i++) {
		GATE_AUTO(gate_zone_free) struct gate_zone *zone = NULL;
		GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
		struct gate_metrics_head head = shop;
		const char *line;

		if (bounds[i].zone && gate_zone_open(&zone, bounds[i].zone, NULL) != GATE_OK) {
			if (getenv("CI"))
				fail_msg("CI has to have time zones");
			skip();
		}
		head.window = (struct gate_window){ bounds[i].from, bounds[i].to, zone };
		gate_metrics_head_text(&out, "this", GATE_METRIC_REWORK, &head, &style);
		line = strchr(gate_buf_text(&out), '\n') + 1;
		if (strncmp(line, bounds[i].line, strlen(bounds[i].line)) != 0)
			fail_msg("%s", line);
		assert_non_null(strstr(line, "\ndefinition deployment-rework-rate/1\n"));
	}
}

static void as_text(void **state)
{
	(void)state;
	check_golden(TEXT, "txt");
}

static void as_json(void **state)
{
	(void)state;
	check_golden(JSON, "json");
}

/* No line is longer than a page, but for the names of others, and none ends in blanks; no byte of theirs moves a terminal. */
static void fits_a_page(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
		const char *line, *end;

		assert_ok(write_report(&out, i, TEXT, err));
		for (line = out.ptr; *line; line = end + 1) {
			end = strchr(line, '\n');
			assert_non_null(end);
			assert_true(end == line || end[-1] != ' ');
			assert_true(gate_utf8_count(line, (size_t)(end - line)) <=
			            (cases[i].make == make_hostile ? 180 : 100));
			for (const char *at = line; at < end; at++)
				assert_true((unsigned char)*at >= ' ' && *at != 0x7f);
		}
	}
}

static void strip_colors(struct gate_buf *out, const struct gate_buf *in)
{
	for (size_t i = 0; i < in->len; i++) {
		if (in->ptr[i] == '\033')
			i += strcspn(in->ptr + i, "m");
		else
			gate_buf_putc(out, in->ptr[i]);
	}
}

/* What stands in a column stands there in color too. */
static void colors_take_no_room(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release)
		struct gate_buf plain = { 0 }, colored = { 0 }, stripped = { 0 };

		assert_ok(write_report(&plain, i, TEXT, err));
		assert_ok(write_report(&colored, i, COLOR, err));
		assert_null(memchr(plain.ptr, '\033', plain.len));
		assert_non_null(memchr(colored.ptr, '\033', colored.len));
		strip_colors(&stripped, &colored);
		assert_string_equal(stripped.ptr, plain.ptr);
	}
}

/* Each level has a color; what is not known is dim. */
static void levels_have_colors(void **state)
{
	static const char *const wanted[] = {
		"\033[32melite\033[0m", "\033[32mhigh\033[0m",      "\033[33mmedium\033[0m",
		"\033[31mlow\033[0m",   "\033[2mstill open\033[0m", "\033[2mtoo few to tell\033[0m",
	};
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };

	(void)state;
	assert_ok(write_report(&out, 2, COLOR, err));
	for (size_t i = 0; i < GATE_COUNT(wanted); i++)
		if (!strstr(out.ptr, wanted[i]))
			fail_msg("there is no '%s'", wanted[i] + 4);
}

/* Where n is 0 there is no number, in both forms. */
static void nothing_is_no_value(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
	const cJSON *service, *part;
	GATE_AUTO(gate_json_free) cJSON *json = NULL;

	(void)state;
	assert_ok(write_report(&out, 2, JSON, err));
	assert_ok(gate_json_parse(&json, "report", out.ptr, out.len, err));
	service = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(json, "services"), 4);
	cJSON_ArrayForEach(part, service)
	{
		const cJSON *member;

		cJSON_ArrayForEach(member, part)
		{
			if (strstr(member->string, "seconds") &&
			    strcmp(member->string, "seconds") &&
			    strcmp(member->string, "oldest-seconds"))
				assert_true(cJSON_IsNull(member));
			if (strstr(member->string, "per-mille") || !strcmp(member->string, "level"))
				assert_true(cJSON_IsNull(member));
		}
	}
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	for (enum format format = TEXT; format <= JSON; format++) {
		GATE_AUTO(gate_buf_release) struct gate_buf wanted = { 0 };
		bool failed = true;
		unsigned n = 0;

		assert_ok(write_report(&wanted, 2, format, err));
		for (; failed; n++) {
			GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
			struct gate_error err = { 0 };
			int code;

			test_oom_arm(n);
			code = write_report(&out, 2, format, &err);
			failed = test_oom_disarm();
			if (failed && (code != GATE_ENOMEM || err.code != GATE_ENOMEM))
				fail_msg("format %d, allocation %u: %d", format, n, code);
			if (!failed)
				assert_string_equal(out.ptr, wanted.ptr);
		}
		assert_true(n > 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_are_those_of_the_zone),
		cmocka_unit_test(as_text),
		cmocka_unit_test(as_json),
		cmocka_unit_test(fits_a_page),
		cmocka_unit_test(colors_take_no_room),
		cmocka_unit_test(levels_have_colors),
		cmocka_unit_test(nothing_is_no_value),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
