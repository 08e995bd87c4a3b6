/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refs/doragate/deployed/... and keep/... after every sync of a random stream: they are what the whole log gives, though most syncs read a few lines of it. A
 * stream records ids again with another content, corrects what is there and what comes later, comes late by less than a second, forgets, and goes back.
 */
#include "gate/flow/deployed.h"

#include "gate/git/history.h"
#include "gate/git/refs.h"
#include "tests/support/git.h"
#include "tests/support/test.h"

#include <unistd.h>

#define START 1767225600 /* 2026-01-01 */
#define COMMITS 6
#define IDS 14

/* A clone, with where its random stream is. */
struct world {
	char *dir, *state; /* own */
	struct gate_repo *repo;
	uint64_t random;
	unsigned step;
	unsigned ids;                /* where those of its own begin */
	unsigned reads, whole_reads; /* of the store, and those from the beginning */
};

static char *scratch;
static char *commits[COMMITS + 1]; /* own; the last one is in no clone */

static unsigned draw(struct world *world, unsigned below)
{
	world->random = world->random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(world->random >> 33) % below;
}

static struct gate_time now_of(const struct world *world)
{
	return (struct gate_time){ .seconds = START + 100 * (int64_t)world->step };
}

static void open_log(struct gate_log *log, const struct world *world)
{
	const struct gate_time now = now_of(world);

	assert_ok(gate_log_open(log, world->repo, &now, err));
}

/* Mostly later than everything before, else a little or much earlier. */
static struct gate_time some_time(struct world *world)
{
	struct gate_time time = now_of(world);

	if (!draw(world, 6))
		time.seconds -= draw(world, 400);
	if (!draw(world, 3))
		time.nanos = (int32_t)draw(world, 1000) * 1000000;
	return time;
}

static void add_event(struct gate_buf *out, struct world *world)
{
	static const char *const types[] = {
		"dev.cdevents.service.deployed.0.3.0",
		"dev.cdevents.service.upgraded.0.3.0",
		"dev.cdevents.service.rolledback.0.3.0",
		"dev.cdevents.service.deployed.0.3.0",
		"dev.cdevents.service.deployed.0.3.0",
		"dev.cdeventsx.doragate-deployment.failed.0.1.0",
	};
	const bool corrects = !draw(world, 8);
	/* New ones mostly, and sometimes one that was there or was corrected before. */
	const unsigned id = draw(world, 3) ? world->ids + world->step : draw(world, IDS);
	struct gate_time time = some_time(world);

	gate_buf_printf(
		out, "{\"context\":{\"specversion\":\"0.5.1\",\"id\":\"%u\",\"source\":\"s\",", id);
	gate_buf_printf(out, "\"type\":\"%s\",\"timestamp\":\"",
	                types[draw(world, GATE_COUNT(types))]);
	gate_time_format(out, time, true);
	gate_buf_printf(
		out,
		"\"},\"subject\":{\"id\":\"%s\",\"content\":{\"environment\":{\"id\":\"%s\"}}},",
		draw(world, 2) ? "cart" : "Pay.Ment", draw(world, 4) ? "production" : "test");
	gate_buf_printf(out, "\"customData\":{\"dora\":{\"commit\":\"%s\"",
	                commits[draw(world, COMMITS + 1)]);
	if (corrects)
		gate_buf_printf(out, ",\"supersedes\":[{\"source\":\"s\",\"id\":\"%u\"}]",
		                draw(world, 2) ? draw(world, IDS)
		                               : world->ids + world->step - draw(world, 5));
	gate_buf_puts(out, "}}}\n");
}

/* Counts the lines of the trace "read 3 lines since ''...", without those that only ask for the position. */
static void count_reads(struct world *world, const struct gate_log *log)
{
	for (const char *at = gate_buf_text(&log->trace); (at = strstr(at, " since '")); at++) {
		const char *stopped = strstr(at, ": stopped");

		if (stopped && stopped < at + strcspn(at, "\n"))
			continue;
		world->reads++;
		world->whole_reads += at[8] == '\'';
	}
}

static void share(struct world *world, const char *events, size_t len)
{
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	struct gate_log_imported imported;
	struct gate_log_shared shared;

	open_log(&log, world);
	if (len)
		assert_ok(gate_log_import(&imported, &log, "events", events, len, err));
	gate_buf_reset(&log.trace);
	assert_ok(gate_log_share(&shared, &log, GATE_SYNC_FULL, err));
	assert_null(strstr(gate_buf_text(&log.said), "not up to date"));
	count_reads(world, &log);
	gate_buf_reset(&log.trace);
}

/* What the whole log says, without gate/flow/deployed.c. */
struct expected {
	struct place {
		char name[80];
		struct gate_oid commit;
	} places[8];
	size_t n;
	struct gate_buf keeps; /* names of refs, a line each */
};

static struct place *place_of(struct expected *expected, const char *name)
{
	for (size_t i = 0; i < expected->n; i++)
		if (!strcmp(expected->places[i].name, name))
			return &expected->places[i];
	return NULL;
}

static bool is_here(const struct world *world, const struct gate_oid *id)
{
	struct gate_oid out;

	return gate_peel_commit(&out, world->repo, id, NULL) == GATE_OK;
}

static void expect_keep(struct expected *expected, const struct world *world,
                        const struct gate_oid *before, const struct gate_oid *now)
{
	struct gate_history *history;
	enum gate_cut cut;
	char hex[GATE_OID_HEX];
	bool brought;

	if (!is_here(world, before) || !is_here(world, now))
		return;
	assert_ok(gate_repo_history(&history, world->repo, err));
	assert_ok(gate_is_ancestor(&brought, &cut, history, before, now, err));
	if (!brought)
		gate_buf_printf(&expected->keeps, "refs/doragate/keep/%s\n",
		                gate_oid_hex(hex, before));
}

static void expect_event(struct expected *expected, const struct world *world,
                         const struct gate_event *event)
{
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	GATE_AUTO(gate_buf_release)
	struct gate_buf id = { 0 }, environment = { 0 }, service = { 0 };
	struct gate_oid commit;
	struct gate_event again;
	struct place *place;
	char name[80];

	assert_ok(gate_event_read(&again, &reader, event->line.ptr, event->line.len, true, err));
	gate_event_dora(&id, &reader, "commit");
	gate_event_subject(&service, &reader);
	gate_event_content(&environment, &reader, "environment");
	assert_ok(gate_oid_parse(&commit, id.ptr, id.len, err));
	snprintf(name, sizeof(name), "refs/doragate/deployed/%s/%s", environment.ptr,
	         strcmp(service.ptr, "cart") ? "%50ay%2E%4Dent" : "cart");
	place = place_of(expected, name);
	if (place) {
		expect_keep(expected, world, &place->commit, &commit);
	} else {
		assert_true(expected->n < GATE_COUNT(expected->places));
		place = &expected->places[expected->n++];
		snprintf(place->name, sizeof(place->name), "%s", name);
	}
	place->commit = commit;
}

static void expect(struct expected *expected, const struct world *world)
{
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	GATE_AUTO(gate_live_release) struct gate_live_log live = { 0 };

	open_log(&log, world);
	assert_ok(gate_log_read(&live, &log, err));
	gate_buf_reset(&log.trace);
	for (size_t i = 0; i < live.n; i++)
		if (live.events[i].state == GATE_LIVE_COUNTS &&
		    (live.events[i].event.kind == GATE_EVENT_SERVICE_DEPLOYED ||
		     live.events[i].event.kind == GATE_EVENT_SERVICE_UPGRADED ||
		     live.events[i].event.kind == GATE_EVENT_SERVICE_ROLLEDBACK))
			expect_event(expected, world, &live.events[i].event);
}

struct found {
	struct expected *expected;
	const struct world *world;
	size_t n;
};

static int check_ref(const char *name, const struct gate_oid *id, void *payload)
{
	struct found *found = payload;
	const struct place *place = place_of(found->expected, name);
	char hex[GATE_OID_HEX], other[GATE_OID_HEX];

	if (!place || !gate_oid_equal(&place->commit, id))
		fail_msg("step %u: '%s' is at %s, and not at %s", found->world->step, name,
		         gate_oid_hex(hex, id),
		         place ? gate_oid_hex(other, &place->commit) : "nothing");
	found->n++;
	return GATE_OK;
}

static void check(const struct world *world)
{
	struct expected expected = { 0 };
	struct found found = { &expected, world, 0 };
	size_t n = 0;

	expect(&expected, world);
	assert_ok(gate_ref_each(world->repo, "refs/doragate/deployed/", check_ref, &found, err));
	for (size_t i = 0; i < expected.n; i++)
		n += is_here(world, &expected.places[i].commit);
	if (found.n != n)
		fail_msg("step %u: %zu refs instead of %zu", world->step, found.n, n);
	for (char *at = expected.keeps.ptr, *end; at && *at; at = end + 1) {
		struct gate_oid id;

		end = strchr(at, '\n');
		*end = '\0';
		assert_ok(gate_ref_lookup(&id, world->repo, at, err));
		assert_string_equal(gate_oid_hex((char[GATE_OID_HEX]){ 0 }, &id),
		                    strrchr(at, '/') + 1);
	}
	gate_buf_release(&expected.keeps);
}

static void forget(struct world *world)
{
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	char id[16];

	snprintf(id, sizeof(id), "%u",
	         draw(world, 2) ? draw(world, IDS) : world->ids + world->step - draw(world, 5));
	open_log(&log, world);
	assert_ok(gate_log_forget(&log, id, "s", "test", err));
	gate_buf_reset(&log.trace);
}

/* One step: some events, or something that takes lines away. */
static void go(struct world *world, bool forgets)
{
	GATE_AUTO(gate_buf_release) struct gate_buf events = { 0 };
	const unsigned what = draw(world, 20);

	world->step++;
	if (what == 0 && forgets)
		forget(world);
	else
		for (unsigned n = what < 15 ? 1 : draw(world, 4); n; n--)
			add_event(&events, world);
	share(world, gate_buf_text(&events), events.len);
	check(world);
}

static void enter(struct world *world, const char *name, const char *config)
{
	world->dir = test_path(scratch, name);
	test_git(scratch, "clone", "-q", "origin", name);
	if (config) {
		test_write(world->dir, ".doragate.yml", config);
		test_git(world->dir, "commit", "-qam", "config");
		test_git(world->dir, "remote", "remove", "origin");
	}
	world->state = test_path(world->dir, ".git/doragate/deployed");
	assert_ok(gate_repo_open(&world->repo, world->dir, err));
}

static void leave(struct world *world)
{
	gate_repo_free(world->repo);
	free(world->dir);
	free(world->state);
}

#define CONFIG \
	"version: 1\nrepository: https://example.com/shop\n" \
	"services: { cart: { paths: [cart/] } }\n" \
	"environments: { production: { tier: production } }\n"

static void is_what_the_log_says(void **state)
{
	struct world world = { .random = 1, .ids = 1000 };

	(void)state;
	enter(&world, "alone", CONFIG "# alone\n");
	for (unsigned i = 0; i < 40; i++)
		go(&world, true);
	/* Two refreshes a sync: reading all of it stays the exception. */
	assert_true(world.reads > 80);
	assert_true(world.whole_reads > 0 && world.whole_reads < world.reads / 2);
	leave(&world);
}

static void is_what_a_file_says(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf config = { 0 };
	struct world world = { .random = 7, .ids = 1000 };

	(void)state;
	gate_buf_printf(&config, CONFIG "log: { store: \"file:%s/events?unsafe=1\" }\n", scratch);
	enter(&world, "filed", config.ptr);
	for (unsigned i = 0; i < 25; i++)
		go(&world, true);
	assert_true(world.whole_reads < world.reads / 2);
	/* Another log, as when somebody moved the old one away. */
	test_write(scratch, "events", "");
	share(&world, "", 0);
	check(&world);
	go(&world, true);
	leave(&world);
}

static void is_what_two_clones_say(void **state)
{
	struct world worlds[2] = { { .random = 11, .ids = 1000 }, { .random = 12, .ids = 2000 } };

	(void)state;
	enter(&worlds[0], "a", NULL);
	enter(&worlds[1], "b", NULL);
	for (unsigned i = 0; i < 8; i++)
		for (unsigned k = 0; k < 2; k++)
			go(&worlds[k], true);
	for (unsigned k = 0; k < 2; k++) {
		share(&worlds[k], "", 0);
		check(&worlds[k]);
		assert_true(worlds[k].whole_reads < worlds[k].reads / 2);
		leave(&worlds[k]);
	}
}

/* What comes late by less than a second comes late, though the one before was read in an earlier sync. */
static void counts_parts_of_a_second(void **state)
{
	static const struct {
		const char *id, *time;
		unsigned commit;
	} events[] = { { "1", "08:00:00.5", 0 },
		       { "2", "08:00:00.2", 1 },
		       { "3", "08:00:00.500000001", 2 },
		       { "4", "08:00:00.500000000", 3 } };
	struct world world = { .random = 1, .ids = 1000 };

	(void)state;
	enter(&world, "parts", CONFIG "# parts\n");
	for (size_t i = 0; i < GATE_COUNT(events); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

		gate_buf_printf(&text,
		                "{\"context\":{\"specversion\":\"0.5.1\",\"id\":\"%s\",\"source\":"
		                "\"s\",\"type\":\"dev.cdevents.service.deployed.0.3.0\","
		                "\"timestamp\":\"2026-01-01T%sZ\"},\"subject\":{\"id\":\"cart\","
		                "\"content\":{\"environment\":{\"id\":\"production\"}}},"
		                "\"customData\":{\"dora\":{\"commit\":\"%s\"}}}\n",
		                events[i].id, events[i].time, commits[events[i].commit]);
		world.step++;
		share(&world, text.ptr, text.len);
		check(&world);
	}
	leave(&world);
}

/* A log that was moved back by hand, one that is gone, and a state that belongs to another one. */
static void goes_back_with_the_log(void **state)
{
	struct world world = { .random = 21, .ids = 1000 };

	(void)state;
	enter(&world, "back", CONFIG "# back\n");
	for (unsigned i = 0; i < 8; i++)
		go(&world, false);
	test_git(world.dir, "update-ref", "refs/doragate/log", "refs/doragate/log~5");
	share(&world, "", 0);
	check(&world);
	test_git(world.dir, "update-ref", "-d", "refs/doragate/log");
	share(&world, "", 0);
	check(&world);
	for (unsigned i = 0; i < 5; i++)
		go(&world, false);
	leave(&world);
}

static void make_commits(const char *dir)
{
	for (size_t i = 0; i < COMMITS; i++) {
		if (i == 4)
			test_git(dir, "checkout", "-q", "-b", "side", commits[1]);
		commits[i] = test_commit(dir, "some");
	}
	commits[COMMITS] = gate_copy("0123456789abcdef0123456789abcdef01234567", 40);
	test_git(dir, "checkout", "-q", "main");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_what_the_log_says),
		cmocka_unit_test(is_what_a_file_says),
		cmocka_unit_test(is_what_two_clones_say),
		cmocka_unit_test(counts_parts_of_a_second),
		cmocka_unit_test(goes_back_with_the_log),
	};
	char *origin;
	int failed;

	scratch = test_scratch();
	setenv("DORAGATE_TRACE", "log", 1);
	origin = test_repo(scratch, "origin");
	test_write(origin, ".doragate.yml", CONFIG);
	test_git(origin, "add", ".");
	test_git(origin, "commit", "-q", "-m", "one");
	make_commits(origin);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	for (size_t i = 0; i <= COMMITS; i++)
		free(commits[i]);
	free(origin);
	test_scratch_remove(scratch);
	return failed;
}
