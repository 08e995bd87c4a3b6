/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract of every store: each case runs for each backend. Another store joins by a row.
 */
#include "gate/log/store.h"

#include "gate/log/live.h"
#include "tests/support/git.h"
#include "tests/support/oom.h"
#include "tests/unit/log/lines.h"

struct place {
	char *dir;
	struct gate_repo *repo;
	char *state_dir, *file;
};

typedef int open_fn(struct gate_store **out, struct place *place, struct gate_error *err);

static int open_url(struct gate_store **out, struct place *place, const char *url,
                    struct gate_error *err)
{
	const struct gate_store_context context = { .repo = place->repo,
		                                    .state_dir = place->state_dir };

	return gate_store_open(out, url, &context, err);
}

static int open_git(struct gate_store **out, struct place *place, struct gate_error *err)
{
	return open_url(out, place, "git:", err);
}

static int open_file(struct gate_store **out, struct place *place, struct gate_error *err)
{
	return open_url(out, place, place->file, err);
}

static int open_mem(struct gate_store **out, struct place *place, struct gate_error *err)
{
	(void)place;
	return gate_store_mem_open(out, err);
}

struct backend {
	const char *name;
	open_fn *open;
	bool shared; /* two handles see the same lines */
	bool past;   /* keeps what it was */
};

static struct backend backends[] = {
	{ "git", open_git, true, true },
	{ "file", open_file, true, false },
	{ "mem", open_mem, false, false },
};

static char *scratch;

static struct place make_place(void)
{
	static unsigned n;
	GATE_AUTO(gate_buf_release) struct gate_buf name = { 0 }, text = { 0 };
	struct place place = { 0 };

	gate_buf_printf(&name, "r%u", n++);
	place.dir = test_repo(scratch, name.ptr);
	assert_ok(gate_repo_open(&place.repo, place.dir, err));
	place.state_dir = test_path(place.dir, ".git/doragate");
	gate_buf_printf(&text, "file:%s/events", place.dir);
	place.file = gate_buf_take(&text);
	return place;
}

static void leave(struct place *place)
{
	gate_repo_free(place->repo);
	free(place->dir);
	free(place->state_dir);
	free(place->file);
}

static int add_live(const struct gate_log_line *line, void *payload)
{
	return gate_live_add(payload, line, false, NULL);
}

static int add_text(const struct gate_log_line *line, void *payload)
{
	gate_buf_add(payload, line->bytes, line->len);
	return GATE_OK;
}

/* The identities of what was read, each once: "a b c ". */
static const char *identities(struct gate_live_log *log)
{
	static char text[1000];
	size_t at = 0;

	assert_ok(gate_live_settle(log, err));
	text[0] = '\0';
	for (size_t i = 0; i < log->n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%.*s ",
		                       (int)log->events[i].event.identity.id.len,
		                       log->events[i].event.identity.id.ptr);
	return text;
}

static const char *seen(struct gate_store *store, const char *since, char *position)
{
	GATE_AUTO(gate_live_release) struct gate_live_log log = { 0 };
	char here[GATE_MAX_POSITION + 1];

	assert_ok(gate_store_read(store, since, position ? position : here, add_live, &log, err));
	return identities(&log);
}

static const char *seen_at(struct gate_store *store, const char *position)
{
	GATE_AUTO(gate_live_release) struct gate_live_log log = { 0 };

	assert_ok(gate_store_read_at(store, position, add_live, &log, err));
	return identities(&log);
}

/* Appends the letters as events. */
static int append(struct gate_store *store, const char *letters, struct gate_error *err)
{
	struct gate_log_line lines[26];
	size_t n = strlen(letters);
	int code;

	for (size_t i = 0; i < n; i++) {
		const char id[] = { letters[i], '\0' };

		lines[i].bytes = test_line(id, (unsigned)letters[i], (unsigned)letters[i], "");
		lines[i].len = strlen(lines[i].bytes);
	}
	code = gate_store_append(store, lines, n, err);
	for (size_t i = 0; i < n; i++)
		free((void *)(uintptr_t)lines[i].bytes);
	return code;
}

static void keeps_lines(void **state)
{
	const struct backend *backend = *state;
	struct place place = make_place();
	struct gate_store *store;

	assert_ok(backend->open(&store, &place, err));
	assert_string_equal(seen(store, "", NULL), "");
	assert_ok(append(store, "bc", err));
	assert_ok(append(store, "", err));
	assert_ok(append(store, "a", err));
	assert_string_equal(seen(store, "", NULL), "a b c ");
	gate_store_free(store);
	leave(&place);
}

static void repeats_change_nothing(void **state)
{
	const struct backend *backend = *state;
	struct place place = make_place();
	struct gate_store *store;

	assert_ok(backend->open(&store, &place, err));
	assert_ok(append(store, "ab", err));
	assert_ok(append(store, "ab", err));
	assert_ok(append(store, "bab", err));
	assert_string_equal(seen(store, "", NULL), "a b ");
	gate_store_free(store);
	leave(&place);
}

static void takes_two_writers(void **state)
{
	const struct backend *backend = *state;
	struct place place;
	struct gate_store *one, *two;

	if (!backend->shared)
		return;
	place = make_place();
	assert_ok(backend->open(&one, &place, err));
	assert_ok(backend->open(&two, &place, err));
	assert_ok(append(one, "a", err));
	assert_ok(append(two, "b", err));
	assert_ok(append(one, "c", err));
	assert_string_equal(seen(one, "", NULL), "a b c ");
	assert_string_equal(seen(two, "", NULL), "a b c ");
	gate_store_free(one);
	gate_store_free(two);
	leave(&place);
}

static int stop(const struct gate_log_line *line, void *payload)
{
	(void)line;
	(void)payload;
	return 1;
}

static void a_reading_that_is_stopped_misses_nothing(void **state)
{
	const struct backend *backend = *state;
	struct place place = make_place();
	char position[GATE_MAX_POSITION + 1] = "";
	struct gate_store *store;

	assert_ok(backend->open(&store, &place, err));
	assert_ok(gate_store_read(store, "", position, stop, NULL, err));
	assert_string_equal(seen(store, position, NULL), "");
	assert_ok(append(store, "ab", err));
	position[0] = '\0';
	assert_int_equal(gate_store_read(store, "", position, stop, NULL, NULL), 1);
	/* Where the store says it knew already, that is all of it. */
	assert_string_equal(seen(store, position, NULL), *position ? "" : "a b ");
	assert_ok(append(store, "c", err));
	assert_string_equal(seen(store, position, NULL), *position ? "c " : "a b c ");
	gate_store_free(store);
	leave(&place);
}

static void reads_since_a_position(void **state)
{
	const struct backend *backend = *state;
	struct place place = make_place();
	char position[GATE_MAX_POSITION + 1], later[GATE_MAX_POSITION + 1];
	struct gate_store *store;

	assert_ok(backend->open(&store, &place, err));
	assert_ok(append(store, "ab", err));
	seen(store, "", position);
	assert_string_equal(seen(store, position, later), "");
	assert_ok(append(store, "c", err));
	assert_string_equal(seen(store, position, later), "c ");
	assert_string_equal(seen(store, later, NULL), "");
	/* What means nothing here: everything, rather than nothing. */
	assert_string_equal(seen(store, "0123456789012345678901234567890123456789:x", NULL),
	                    "a b c ");
	gate_store_free(store);
	leave(&place);
}

static bool holds(struct gate_store *store, const char *since)
{
	bool out = false;

	assert_ok(gate_store_holds(&out, store, since, err));
	return out;
}

static void says_what_holds(void **state)
{
	const struct backend *backend = *state;
	struct place place = make_place();
	char position[GATE_MAX_POSITION + 1];
	struct gate_store *store;

	assert_ok(backend->open(&store, &place, err));
	assert_false(holds(store, ""));
	assert_ok(append(store, "ab", err));
	seen(store, "", position);
	/* A store in memory cannot say. */
	assert_int_equal(holds(store, position), backend->shared);
	assert_ok(append(store, "c", err));
	assert_int_equal(holds(store, position), backend->shared);
	assert_false(holds(store, ""));
	assert_false(holds(store, "0123456789012345678901234567890123456789"));
	assert_false(holds(store, "1:1"));
	gate_store_free(store);
	leave(&place);
}

static void does_not_hold_what_is_gone(void **state)
{
	const struct backend *backend = *state;
	char position[GATE_MAX_POSITION + 1];
	struct gate_store *store;
	struct place place;

	if (!backend->shared)
		return;
	place = make_place();
	assert_ok(backend->open(&store, &place, err));
	assert_ok(append(store, "ab", err));
	seen(store, "", position);
	if (!strcmp(backend->name, "file"))
		test_write(place.dir, "events", "{}\n");
	else
		test_git(place.dir, "update-ref", "-d", "refs/doragate/log");
	assert_false(holds(store, position));
	assert_ok(append(store, "b", err));
	assert_false(holds(store, position));
	gate_store_free(store);
	leave(&place);
}

static int add_key(const struct gate_log_line *key, void *payload)
{
	gate_buf_add(payload, key->bytes, key->len);
	gate_buf_putc(payload, '\n');
	return 0;
}

static void forgets_for_good(void **state)
{
	static const struct gate_identity identity = { { "test", 4 }, { "b", 1 } };
	const struct backend *backend = *state;
	GATE_AUTO(gate_buf_release) struct gate_buf keys = { 0 };
	struct place place = make_place();
	char key[GATE_DIGEST_HEX], position[GATE_MAX_POSITION + 1];
	struct gate_store *store, *other;
	struct gate_error why = { 0 };

	assert_ok(backend->open(&store, &place, err));
	assert_ok(gate_identity_key(key, &identity, err));
	assert_ok(append(store, "abc", err));
	seen(store, "", position);
	if (!backend->shared) {
		assert_int_equal(gate_store_forget(store, key, "{}\n", &why), GATE_EUSAGE);
		assert_ok(gate_store_forgotten(store, add_key, &keys, err));
		assert_int_equal(keys.len, 0);
		gate_store_free(store);
		leave(&place);
		return;
	}
	assert_ok(gate_store_forget(store, key, "{}\n", err));
	assert_string_equal(seen(store, "", NULL), "a c ");
	assert_false(holds(store, position));
	assert_ok(append(store, "bd", err));
	assert_ok(backend->open(&other, &place, err));
	assert_ok(append(other, "b", err));
	assert_string_equal(seen(other, "", NULL), "a c d ");
	/* Again, and of what was never there. */
	assert_ok(gate_store_forget(other, key, "{}\n", err));
	key[0] = key[0] == '0' ? '1' : '0';
	assert_ok(gate_store_forget(other, key, "{}\n", err));
	assert_string_equal(seen(store, "", NULL), "a c d ");
	assert_ok(gate_store_forgotten(store, add_key, &keys, err));
	assert_int_equal(keys.len, 2 * GATE_DIGEST_HEX);
	assert_non_null(strstr(keys.ptr, key));
	gate_store_free(store);
	gate_store_free(other);
	leave(&place);
}

/* Opened at another time: what is appended is of that time. */
static int open_git_at(struct gate_store **out, struct place *place, int64_t seconds,
                       struct gate_error *err)
{
	const struct gate_store_context context = { .repo = place->repo,
		                                    .state_dir = place->state_dir,
		                                    .now = { .seconds = seconds },
		                                    .has_now = true };

	return gate_store_open(out, "git:", &context, err);
}

static void reads_its_past(void **state)
{
	static const struct gate_identity identity = { { "test", 4 }, { "b", 1 } };
	const struct backend *backend = *state;
	struct place place = make_place();
	char key[GATE_DIGEST_HEX], first[GATE_MAX_POSITION + 1], second[GATE_MAX_POSITION + 1];
	struct gate_store *store;
	struct gate_error why = { 0 };
	int64_t seconds = INT64_MAX;

	assert_ok(backend->open(&store, &place, err));
	assert_ok(append(store, "ab", err));
	if (!backend->past) {
		assert_int_equal(gate_store_find(store, NULL, first, &seconds, &why), GATE_EUSAGE);
		assert_int_equal(gate_store_find(store, "x", first, &seconds, NULL), GATE_EUSAGE);
		assert_int_equal(gate_store_read_at(store, "1", add_live, NULL, NULL), GATE_EUSAGE);
		assert_non_null(strstr(why.message, "keeps no past"));
		gate_store_free(store);
		leave(&place);
		return;
	}
	assert_ok(gate_store_find(store, NULL, first, &seconds, err));
	assert_ok(append(store, "c", err));
	assert_ok(gate_identity_key(key, &identity, err));
	assert_ok(gate_store_forget(store, key, "{}\n", err));
	seconds = INT64_MAX;
	assert_ok(gate_store_find(store, NULL, second, &seconds, err));
	assert_string_equal(seen_at(store, first), "a b ");
	assert_string_equal(seen_at(store, second), "a c ");
	assert_string_equal(seen(store, "", NULL), "a c ");
	gate_store_free(store);
	leave(&place);
}

static void finds_a_commit_of_the_log(void **state)
{
	struct place place = make_place();
	struct gate_store *store;
	char position[GATE_MAX_POSITION + 1], first[GATE_MAX_POSITION + 1];
	struct gate_error why = { 0 };
	int64_t seconds = 99;
	char message[200];

	(void)state;
	assert_ok(open_git_at(&store, &place, 100, err));
	assert_int_equal(gate_store_find(store, NULL, position, &seconds, &why), GATE_EUSAGE);
	assert_string_equal(why.message,
	                    "the log has no commit yet: 'doragate log sync' makes the first one");
	for (int64_t at = 100; at <= 300; at += 100) {
		const char letter[] = { (char)('a' + at / 100 - 1), '\0' };

		gate_store_free(store);
		assert_ok(open_git_at(&store, &place, at, err));
		assert_ok(append(store, letter, err));
	}
	for (seconds = 100; seconds < 400; seconds += 50) {
		int64_t got = seconds;

		assert_ok(gate_store_find(store, NULL, position, &got, err));
		assert_int_equal(got, seconds / 100 * 100);
		assert_string_equal(seen_at(store, position), got == 100   ? "a "
		                                              : got == 200 ? "a b "
		                                                           : "a b c ");
		if (seconds == 100)
			snprintf(first, sizeof(first), "%s", position);
	}
	seconds = 99;
	assert_int_equal(gate_store_find(store, NULL, position, &seconds, &why), GATE_EUSAGE);
	snprintf(message, sizeof(message),
	         "the log begins later, with commit %.12s of 1970-01-01T00:01:40Z", first);
	assert_string_equal(why.message, message);
	assert_int_equal(seconds, 99);
	assert_ok(gate_store_find(store, "refs/doragate/log~2", position, &seconds, err));
	assert_int_equal(seconds, 100);
	assert_string_equal(position, first);
	first[9] = '\0';
	assert_ok(gate_store_find(store, first, position, &seconds, err));
	assert_string_equal(seen_at(store, position), "a ");
	assert_int_equal(gate_store_find(store, "refs/doragate/log~3", position, &seconds, NULL),
	                 GATE_EUSAGE);
	test_write(place.dir, "a", "1\n");
	test_git(place.dir, "add", ".");
	test_git(place.dir, "commit", "-q", "-m", "one");
	assert_int_equal(gate_store_find(store, "HEAD", position, &seconds, &why), GATE_EUSAGE);
	assert_non_null(strstr(why.message, " is of no log: its tree has no file 'format'"));
	gate_store_free(store);
	leave(&place);
}

static void survives_faults(void **state)
{
	const struct backend *backend = *state;

	for (int fault = GATE_FAULT_REFUSE; fault <= GATE_FAULT_NO_ACK; fault++) {
		struct place place = make_place();
		struct gate_store *store;
		struct gate_error why = { 0 };

		assert_ok(backend->open(&store, &place, err));
		assert_ok(gate_store_fault(&store, store, 2, (enum gate_fault)fault, err));
		assert_ok(append(store, "a", err));
		assert_int_equal(append(store, "bcde", &why), GATE_EIO);
		assert_ok(append(store, "bcde", err));
		assert_string_equal(seen(store, "", NULL), "a b c d e ");
		gate_store_free(store);
		leave(&place);
	}
}

static void is_traced(void **state)
{
	const struct backend *backend = *state;
	GATE_AUTO(gate_buf_release) struct gate_buf trace = { 0 }, said = { 0 };
	struct place place = make_place();
	struct gate_store *store;

	assert_ok(backend->open(&store, &place, err));
	assert_ok(gate_store_trace(&store, store, &trace, err));
	assert_ok(append(store, "ab", err));
	assert_ok(gate_store_sync(store, GATE_SYNC_FULL, err));
	assert_ok(gate_store_verify(store, &said, err));
	assert_string_equal(gate_buf_text(&trace),
	                    "append 2 lines: ok\nsync full: ok\nverify: ok\n");
	assert_string_equal(gate_buf_text(&said), "");
	if (backend->past) {
		char position[GATE_MAX_POSITION + 1], line[GATE_MAX_POSITION + 50];
		int64_t seconds = INT64_MAX;

		assert_ok(gate_store_find(store, NULL, position, &seconds, err));
		seen_at(store, position);
		snprintf(line, sizeof(line), "read 2 lines at '%s': ok\n", position);
		assert_string_equal(strstr(gate_buf_text(&trace), "read"), line);
	}
	gate_store_free(store);
	leave(&place);
}

static void refuses_what_is_no_store(void **state)
{
	static const struct {
		const char *url, *message;
	} cases[] = {
		{ "gti:", "no store 'gti:'; did you mean 'git:'?" },
		{ "postgresql://x", "no store 'postgresql:'; there are 'git:', 'file:'" },
		{ "git", "'git' is no store: one begins with 'git:' or 'file:'" },
		{ "file:", "'file:' takes the path of a file" },
		{ "git:#main", "'main' is no full name of a ref" },
	};
	struct place place = make_place();

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		const struct gate_store_context context = { .repo = place.repo,
			                                    .state_dir = place.state_dir };
		struct gate_store *store = NULL;
		struct gate_error err = { 0 };

		assert_int_equal(gate_store_open(&store, cases[i].url, &context, &err),
		                 GATE_EUSAGE);
		assert_string_equal(err.message, cases[i].message);
		assert_null(store);
	}
	leave(&place);
}

/* A store that is opened anew for each run. */
struct use {
	const struct backend *backend;
	struct place place;
	unsigned n;
};

/* Every run appends a line of another day, so that later ones have no more to do. */
static int append_another(void *payload, struct gate_error *err)
{
	struct use *use = payload;
	GATE_AUTO(gate_store_free) struct gate_store *store = NULL;
	char text[300];
	struct gate_log_line lines[2] = { { text, 0 }, { "odd", 3 } };
	int code = use->backend->open(&store, &use->place, err);

	lines[0].len = (size_t)snprintf(
		text, sizeof(text),
		"{\"recorded\":\"2026-01-01T00:00:00Z\",\"event\":{\"context\":{\"id\":\"%u\","
		"\"source\":\"s\",\"type\":\"t\",\"timestamp\":\"%u-%02u-01T00:00:00Z\"}}}",
		use->n, 1900 + use->n / 12, 1 + use->n % 12);
	use->n++;
	if (code == GATE_OK)
		code = gate_store_append(store, lines, 2, err);
	return code == GATE_OK ? gate_store_sync(store, GATE_SYNC_FULL, err) : code;
}

static int read_all(void *payload, struct gate_error *err)
{
	struct use *use = payload;
	GATE_AUTO(gate_store_free) struct gate_store *store = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf lines = { 0 }, wrong = { 0 };
	char position[GATE_MAX_POSITION + 1];
	int64_t seconds = INT64_MAX;
	int code = use->backend->open(&store, &use->place, err);

	if (code == GATE_OK)
		code = gate_store_read(store, "", position, add_text, &lines, err);
	if (code == GATE_OK && use->backend->past)
		code = gate_store_find(store, NULL, position, &seconds, err);
	if (code == GATE_OK && use->backend->past)
		code = gate_store_read_at(store, position, add_text, &lines, err);
	if (code == GATE_OK)
		code = gate_store_verify(store, &wrong, err);
	if (code == GATE_OK && (gate_buf_failed(&lines) || gate_buf_failed(&wrong)))
		code = gate_fail_memory(err);
	return code;
}

/* Every run forgets another identity: one that is forgotten already would be less to do. */
static int forget_another(void *payload, struct gate_error *err)
{
	struct use *use = payload;
	GATE_AUTO(gate_store_free) struct gate_store *store = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf keys = { 0 };
	char position[GATE_MAX_POSITION + 1] = "", key[GATE_DIGEST_HEX];
	bool out;
	int code = use->backend->open(&store, &use->place, err);

	snprintf(key, sizeof(key), "%064u", use->n++);
	if (code == GATE_OK)
		code = gate_store_read(store, "", position, add_text, &keys, err);
	if (code == GATE_OK)
		code = gate_store_forget(store, key, "{}\n", err);
	if (code == GATE_OK)
		code = gate_store_holds(&out, store, position, err);
	if (code == GATE_OK)
		code = gate_store_forgotten(store, add_key, &keys, err);
	return code == GATE_OK && gate_buf_failed(&keys) ? gate_fail_memory(err) : code;
}

static void says_that_memory_ran_out(void **state)
{
	struct use use = { .backend = *state, .place = make_place() };
	struct gate_store *store;

	assert_ok(use.backend->open(&store, &use.place, err));
	assert_ok(append(store, "abc", err));
	gate_store_free(store);
	assert_true(test_oom_sweep(read_all, &use) > 0);
	/* `git:` looks for locks that were left, where it can. */
	assert_true(test_oom_sweep_tolerant(append_another, &use) > 0);
	if (use.backend->shared)
		assert_true(test_oom_sweep_tolerant(forget_another, &use) > 0);
	leave(&use.place);
}

static int setup(void **state)
{
	(void)state;
	scratch = test_scratch();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	test_scratch_remove(scratch);
	return 0;
}

#define EACH(test) \
	{ .name = #test "/git", .test_func = test, .initial_state = &backends[0] }, \
		{ .name = #test "/file", .test_func = test, .initial_state = &backends[1] }, \
	{ \
		.name = #test "/mem", .test_func = test, .initial_state = &backends[2] \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(keeps_lines),
		EACH(repeats_change_nothing),
		EACH(takes_two_writers),
		EACH(reads_since_a_position),
		EACH(a_reading_that_is_stopped_misses_nothing),
		EACH(says_what_holds),
		EACH(does_not_hold_what_is_gone),
		EACH(forgets_for_good),
		EACH(reads_its_past),
		EACH(survives_faults),
		EACH(is_traced),
		EACH(says_that_memory_ran_out),
		cmocka_unit_test(finds_a_commit_of_the_log),
		cmocka_unit_test(refuses_what_is_no_store),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
