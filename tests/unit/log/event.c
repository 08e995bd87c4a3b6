/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/log/event.h"

#include "gate/base/limits.h"
#include "tests/support/oom.h"
#include "tests/unit/log/lines.h"

#define CONTEXT(id, source, type, time) \
	"{\"context\":{\"id\":" id ",\"source\":" source ",\"type\":" type ",\"timestamp\":" time \
	"}}"
#define LINE(event) "{\"recorded\":\"2026-01-01T00:00:00.000Z\",\"event\":" event "}"
#define TIME "\"2026-01-01T00:00:00Z\""

/* Why a line is odd, and at which byte. */
static const struct {
	const char *line, *message;
	unsigned column;
} odd[] = {
	{ "", "expected a value, got the end", 1 },
	{ "garbage", "expected a value, got 'g'", 1 },
	{ "[]", "the line has no map 'event'", 1 },
	{ "{\"event\":{}}", "the event has no 'recorded'", 1 },
	{ LINE("7"), "the line has no map 'event'", 48 },
	{ LINE("{}"), "the event has no map 'context'", 48 },
	{ LINE("{\"context\":[]}"), "the event has no map 'context'", 48 },
	{ LINE("{\"context\":{}}"), "the event has no 'id'", 59 },
	{ LINE(CONTEXT("1", "\"s\"", "\"t\"", TIME)), "'id' is no text, or empty", 65 },
	{ LINE(CONTEXT("\"\"", "\"s\"", "\"t\"", TIME)), "'id' is no text, or empty", 65 },
	{ LINE(CONTEXT("\"i\"", "\"s\"", "\"t\"", "\"yesterday\"")),
	  "'timestamp' is no time: 'yesterday'", 105 },
	{ LINE(CONTEXT("\"i\"", "\"s\"", "\"t\"", "\"0000-01-01T00:00:00Z\"")),
	  "'timestamp' is no time: '0000-01-01T00:00:00Z'", 105 },
	{ "{\"recorded\":\"now\",\"event\":" CONTEXT("\"i\"", "\"s\"", "\"t\"", TIME) "}",
	  "'recorded' is no time: 'now'", 13 },
	{ LINE("{\"context\":{\"id\":\"a\",\"id\":\"b\"}}"),
	  "duplicate member 'id', first on line 1", 69 },
};

static void says_why_a_line_is_odd(void **state)
{
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	struct gate_event event;

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(odd); i++) {
		struct gate_error err = { 0 };

		print_message("%s\n", odd[i].line);
		assert_int_equal(gate_event_read(&event, &reader, odd[i].line, strlen(odd[i].line),
		                                 false, &err),
		                 GATE_ECONFIG);
		assert_string_equal(err.message, odd[i].message);
		assert_int_equal(err.column, odd[i].column);
	}
}

static void has_limits(void **state)
{
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	struct gate_event event;

	(void)state;
	for (unsigned over = 0; over < 2; over++) {
		GATE_AUTO(gate_buf_release) struct gate_buf line = { 0 };
		int code;

		gate_buf_puts(&line, "{\"recorded\":" TIME ",\"event\":{\"context\":{\"id\":\"");
		for (unsigned i = 0; i < GATE_MAX_IDENTITY_BYTES + over; i++)
			gate_buf_putc(&line, 'x');
		gate_buf_puts(&line,
		              "\",\"source\":\"s\",\"type\":\"t\",\"timestamp\":" TIME "}}}");
		code = gate_event_read(&event, &reader, line.ptr, line.len, false, NULL);
		assert_int_equal(code, over ? GATE_ECONFIG : GATE_OK);
		gate_buf_reset(&line);
		gate_buf_puts(&line, LINE(CONTEXT("\"i\"", "\"s\"", "\"t\"", TIME)));
		while (line.len < GATE_MAX_LINE_BYTES + over)
			gate_buf_putc(&line, ' ');
		code = gate_event_read(&event, &reader, line.ptr, line.len, false, NULL);
		assert_int_equal(code, over ? GATE_ECONFIG : GATE_OK);
	}
}

/* What was received is given back to the byte, without the white space between tokens. */
static void makes_a_line(void **state)
{
	static const char event[] =
		" { \"context\" : { \"id\":\"\\u0041\", \"source\":\"s\", "
		"\"type\":\"dev.cdevents.incident."
		"resolved.0.2.0\",\n\"timestamp\": \"2026-01-01T01:00:00+01:00\" }, \"n\": "
		"[ 9007199254740993 , 1e999,1.0 ] } ";
	const struct gate_time recorded = { .seconds = 1767225600, .nanos = 5000000 };
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf line = { 0 };
	struct gate_event read;

	(void)state;
	assert_ok(gate_event_line(&line, &recorded, "f", event, strlen(event), err));
	assert_string_equal(
		line.ptr,
		"{\"recorded\":\"2026-01-01T00:00:00.005Z\",\"event\":{\"context\":{\"id\":"
		"\"\\u0041\","
		"\"source\":\"s\",\"type\":\"dev.cdevents.incident.resolved.0.2.0\",\"timestamp\":"
		"\"2026-01-01T01:00:00+01:00\"},\"n\":[9007199254740993,1e999,1.0]}}\n");
	assert_ok(gate_event_read(&read, &reader, line.ptr, line.len - 1, false, err));
	assert_int_equal(read.identity.id.len, 1);
	assert_memory_equal(read.identity.id.ptr, "A", 1);
	assert_int_equal(read.time.seconds, 1767225600);
	assert_int_equal(read.kind, GATE_EVENT_INCIDENT_RESOLVED);
}

/* The names are stored in logs: none may change, and new ones come last. */
static void names_never_change(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < GATE_EVENT_KINDS; i++)
		gate_buf_printf(&text, "%s.%s %d\n", gate_event_types[i].type,
		                gate_event_types[i].version, (int)gate_event_types[i].phase);
	assert_golden("events.txt", gate_buf_text(&text));
}

static int make_and_read(void *payload, struct gate_error *err)
{
	static const char event[] =
		"{ "
		"\"context\":{\"id\":\"\\u0041\",\"source\":\"s\\/"
		"\",\"type\":\"t\",\"timestamp\":" TIME
		"},\"subject\":{\"id\":\"\\u0042\",\"content\":{\"environment\":{\"id\":\"e\"}}},"
		"\"customData\":{\"dora\":{\"service\":\"\\u0043\",\"supersedes\":["
		"{\"source\":\"\\u0073\",\"id\":\"\\u0069\"},7,{\"source\":\"s\",\"id\":\"i\"}]}}}";
	const struct gate_time recorded = { .seconds = 1767225600 };
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	GATE_AUTO(gate_buf_release)
	struct gate_buf line = { 0 }, other = { 0 }, text = { 0 };
	struct gate_event read, again, *pair[2] = { &read, &again };
	size_t n = 2;
	int code = gate_event_line(&line, &recorded, "f", event, strlen(event), err);

	(void)payload;
	if (code == GATE_OK)
		code = gate_event_read(&read, &reader, line.ptr, line.len - 1, false, err);
	if (code < 0)
		return code;
	gate_event_dora(&text, &reader, "service");
	gate_event_content(&text, &reader, "environment");
	gate_event_subject(&text, &reader);
	gate_event_context(&text, &reader, "id");
	if (gate_buf_failed(&text))
		return gate_fail_memory(err);
	assert_string_equal(text.ptr, "CeBA");
	assert_int_equal(read.n_supersedes, 2);
	/* Another line of the same event. */
	gate_buf_add(&other, line.ptr, line.len - 1);
	gate_buf_putc(&other, ' ');
	if (gate_buf_failed(&other))
		return gate_fail_memory(err);
	code = gate_event_read(&again, &reader, other.ptr, other.len, false, err);
	return code < 0 ? code : gate_events_unite(pair, &n, err);
}

static void says_what_it_is_about(void **state)
{
	static const struct {
		const char *name, *type, *subject, *dora, *service, *about;
	} cases[] = {
		{ "a deployment as we write it", "dev.cdevents.service.deployed.0.3.0",
		  "\"id\":\"x\"", "\"service\":\"cart\",\"deploymentId\":\"d3\"", "cart", "d3" },
		{ "of others", "dev.cdevents.service.deployed.0.3.0", "\"id\":\"cart\"", "", "cart",
		  "chain" },
		{ "an incident as we write it", "dev.cdevents.incident.detected.0.3.0",
		  "\"id\":\"INC\"", "\"service\":\"cart\",\"deploymentId\":\"INC\"", "cart",
		  "INC" },
		{ "of others, of a service", "dev.cdevents.incident.resolved.0.3.0",
		  "\"id\":\"INC\",\"content\":{\"service\":{\"id\":\"web\"}}", "", "web", "INC" },
		{ "of none", "dev.cdevents.incident.resolved.0.3.0", "\"id\":\"INC\"", "", "",
		  "INC" },
		{ "neither", "dev.cdevents.build.finished.0.3.0", "\"id\":\"b\"",
		  "\"deploymentId\":\"d3\"", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
		GATE_AUTO(gate_buf_release)
		struct gate_buf line = { 0 }, service = { 0 }, about = { 0 };
		struct gate_event event;

		print_message("%s\n", cases[i].name);
		gate_buf_printf(&line,
		                "{\"context\":{\"id\":\"i\",\"source\":\"s\",\"chainId\":\"chain\","
		                "\"type\":\"%s\",\"timestamp\":" TIME
		                "},\"subject\":{%s},\"customData\":{\"dora\":{%s}}}",
		                cases[i].type, cases[i].subject, cases[i].dora);
		assert_ok(gate_event_read(&event, &reader, line.ptr, line.len, true, err));
		gate_event_service(&service, &reader, &event);
		gate_event_about(&about, &reader, &event);
		assert_string_equal(gate_buf_text(&service), cases[i].service);
		assert_string_equal(gate_buf_text(&about), cases[i].about);
	}
}

static void tells_false_from_not_said(void **state)
{
	static const struct {
		const char *name, *member;
		bool said, value;
	} cases[] = {
		{ "true", "\"planned\":true", true, true },
		{ "false", "\"planned\":false", true, false },
		{ "not there", "\"plan\":true", false, false },
		{ "null", "\"planned\":null", false, false },
		{ "a text", "\"planned\":\"true\"", false, false },
		{ "a number", "\"planned\":1", false, false },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
		struct gate_event event;
		bool value = !cases[i].value;

		print_message("%s\n", cases[i].name);
		gate_buf_printf(&text,
		                "{\"context\":{\"id\":\"a\",\"source\":\"s\",\"type\":\"t\","
		                "\"timestamp\":%s},\"customData\":{\"dora\":{%s}}}",
		                TIME, cases[i].member);
		assert_ok(gate_event_read(&event, &reader, text.ptr, text.len, true, err));
		assert_int_equal(gate_event_dora_bool(&value, &reader, "planned"), cases[i].said);
		/* What is not said changes nothing. */
		assert_int_equal(value, cases[i].said ? cases[i].value : !cases[i].value);
	}
}

static void says_that_memory_ran_out(void **state)
{
	(void)state;
	assert_true(test_oom_sweep(make_and_read, NULL) > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_why_a_line_is_odd),
		cmocka_unit_test(has_limits),
		cmocka_unit_test(makes_a_line),
		cmocka_unit_test(names_never_change),
		cmocka_unit_test(tells_false_from_not_said),
		cmocka_unit_test(says_what_it_is_about),
		cmocka_unit_test(says_that_memory_ran_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
