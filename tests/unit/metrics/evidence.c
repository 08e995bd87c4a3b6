/* SPDX-License-Identifier: Apache-2.0 */
/* When a change began whose branch is gone, on real squashes, rebases and picks. */
#include "tests/support/git.h"
#include "tests/support/test.h"

#include "gate/base/limits.h"
#include "gate/metrics/fingerprint.h"
#include "gate/metrics/memo.h"
#include "gate/metrics/range.h"
#include "gate/metrics/units.h"

#include <stdio.h>
#include <unistd.h>

#define SHOP "https://example.com/shop"

static char *scratch;
static unsigned n_repos;

static int group_setup(void **state)
{
	(void)state;
	scratch = test_scratch();
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	test_scratch_remove(scratch);
	return 0;
}

/* A trunk of one commit, and what the log knows. */
struct shop {
	char *dir;
	struct gate_repo *repo;
	struct gate_live_log log;
	struct gate_memo memo;
	struct gate_units *units;
	struct gate_unit_list list; /* of main, without its first commit */
};

static struct gate_oid id_of(const struct shop *shop, const char *rev)
{
	GATE_AUTO(gate_free) char *hex = test_git_out(shop->dir, "rev-parse", rev);
	struct gate_oid id;

	assert_ok(gate_oid_parse(&id, hex, strlen(hex), err));
	return id;
}

static int64_t date_of(const struct shop *shop, const char *rev)
{
	GATE_AUTO(gate_free)
	char *date = test_git_out(shop->dir, "log", "-1", "--format=%at", rev);

	return strtoll(date, NULL, 10);
}

/* Twenty lines, of which one can be changed without the next noticing. */
static void write_lines(const struct shop *shop, const char *name, int changed, const char *to)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	for (int i = 0; i < 20; i++)
		gate_buf_printf(&text, "%s %d\n", i == changed ? to : "line", i);
	test_write(shop->dir, name, gate_buf_text(&text));
}

static void commit(const struct shop *shop, const char *message)
{
	test_git(shop->dir, "add", "-A");
	test_git(shop->dir, "commit", "-q", "--allow-empty", "-m", message);
}

static void setup(struct shop *shop)
{
	char name[16];

	*shop = (struct shop){ 0 };
	snprintf(name, sizeof(name), "shop%u", n_repos++);
	shop->dir = test_repo(scratch, name);
	write_lines(shop, "a", -1, "");
	write_lines(shop, "b", -1, "");
	commit(shop, "first");
	test_git(shop->dir, "tag", "start");
}

static void teardown(struct shop *shop)
{
	gate_unit_list_release(&shop->list);
	gate_units_free(shop->units);
	gate_memo_release(&shop->memo);
	gate_live_release(&shop->log);
	gate_repo_free(shop->repo);
	free(shop->dir);
}
GATE_DEFINE_AUTO_STRUCT(struct shop, teardown)

/* A topic of three commits on file a, of which the trunk knows nothing. */
static void work(const struct shop *shop)
{
	test_git(shop->dir, "checkout", "-q", "-b", "topic");
	for (int i = 1; i <= 3; i++) {
		char text[8];

		snprintf(text, sizeof(text), "t%d", i);
		write_lines(shop, "a", 3 * i, text);
		commit(shop, text);
	}
	test_git(shop->dir, "checkout", "-q", "main");
}

static void squash(const struct shop *shop, const char *message)
{
	test_git(shop->dir, "merge", "-q", "--squash", "topic");
	commit(shop, message);
}

static void open_repo(struct shop *shop)
{
	if (!shop->repo)
		assert_ok(gate_repo_open(&shop->repo, shop->dir, err));
}

/* The range that main..topic is now, as the hook would record it. */
static struct gate_branch_range range_of(struct shop *shop, const char *trunk, const char *tip)
{
	const struct gate_oid base = id_of(shop, trunk), head = id_of(shop, tip);
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	struct gate_history *history;
	struct gate_branch_range range;

	assert_ok(gate_repo_open(&repo, shop->dir, err));
	assert_ok(gate_repo_history(&history, repo, err));
	assert_ok(gate_branch_read(&range, history, &base, &head, err));
	assert_ok(gate_branch_print(&range, repo, err));
	return range;
}

static void log_event(struct shop *shop, const char *repository, int64_t time, const char *range)
{
	static unsigned n;
	GATE_AUTO(gate_buf_release) struct gate_buf json = { 0 };
	struct gate_log_line line;

	gate_buf_printf(&json,
	                "{\"context\":{\"specversion\":\"0.5.1\",\"id\":\"%u\",\"source\":\"s\","
	                "\"type\":\"dev.cdevents.change.updated.0.3.0\",\"timestamp\":\"",
	                n++);
	gate_time_format(&json, (struct gate_time){ .seconds = time }, true);
	gate_buf_printf(&json,
	                "\"},\"subject\":{\"id\":\"x\",\"content\":{}},\"customData\":{\"dora\":{"
	                "\"repository\":\"%s\",\"range\":%s}}}",
	                repository, range);
	line = (struct gate_log_line){ json.ptr, json.len };
	assert_ok(gate_live_add(&shop->log, &line, true, err));
}

static char *range_json(const struct gate_branch_range *range, const char *request)
{
	GATE_AUTO(gate_buf_release) struct gate_buf json = { 0 };
	char base[GATE_OID_HEX], tip[GATE_OID_HEX];

	gate_buf_printf(&json, "{\"base\":\"%s\",\"tip\":\"%s\",\"firstAuthor\":\"",
	                gate_oid_hex(base, &range->base), gate_oid_hex(tip, &range->tip));
	gate_time_format(&json, (struct gate_time){ .seconds = range->first_author }, false);
	gate_buf_printf(&json, "\",\"commits\":%zu,\"fingerprint\":\"%s\"", range->n_commits,
	                range->fingerprint);
	if (request)
		gate_buf_printf(&json, ",\"request\":\"%s\"", request);
	gate_buf_puts(&json, "}");
	return gate_buf_take(&json);
}

static void log_range(struct shop *shop, const struct gate_branch_range *range, const char *request)
{
	GATE_AUTO(gate_free) char *json = range_json(range, request);

	log_event(shop, SHOP, range->time, json);
}

/* The same units asked for another list. */
static void look_at(struct shop *shop, const char *from, const char *to)
{
	const struct gate_oid base = id_of(shop, from), tip = id_of(shop, to);
	bool cut = false;

	gate_unit_list_release(&shop->list);
	assert_ok(gate_units_between(&shop->list, &cut, shop->units, &base, &tip, err));
}

/* Looks at main from its first commit on, with what is remembered. */
static void look_unless(struct shop *shop, bool *cut)
{
	struct gate_metrics_input input = { .log = &shop->log,
		                            .repository = SHOP,
		                            .remote = "origin" };
	const struct gate_oid base = id_of(shop, "start"), tip = id_of(shop, "main");

	open_repo(shop);
	gate_unit_list_release(&shop->list);
	gate_units_free(shop->units);
	shop->units = NULL;
	input.repo = shop->repo;
	assert_ok(gate_live_settle(&shop->log, err));
	assert_ok(gate_units_new(&shop->units, &input, err));
	gate_units_remember(shop->units, &shop->memo);
	assert_ok(gate_units_between(&shop->list, cut, shop->units, &base, &tip, err));
}

static void look(struct shop *shop)
{
	bool cut = false;

	look_unless(shop, &cut);
	assert_false(cut);
}

/* The same from what was saved, and once more without: equal. */
static void look_again(struct shop *shop)
{
	GATE_AUTO(gate_unit_list_release) struct gate_unit_list before = shop->list;
	GATE_AUTO(gate_units_free) struct gate_units *units = shop->units;
	GATE_AUTO(gate_buf_release) struct gate_buf saved = { 0 };

	gate_memo_save(&saved, &shop->memo, 0);
	(void)units;
	/* The old list points into it. */
	GATE_AUTO(gate_memo_release) struct gate_memo old = shop->memo;
	(void)old;
	shop->memo = (struct gate_memo){ 0 };
	shop->list = (struct gate_unit_list){ 0 };
	shop->units = NULL;
	assert_true(gate_memo_load(&shop->memo, saved.ptr, saved.len, 0));
	look(shop);
	assert_int_equal(shop->list.n, before.n);
	for (size_t i = 0; i < before.n; i++) {
		const struct gate_unit *a = before.items[i], *b = shop->list.items[i];

		assert_true(gate_oid_equal(&a->id, &b->id));
		assert_int_equal(a->t0, b->t0);
		assert_int_equal(a->authored, b->authored);
		assert_int_equal(a->n_commits, b->n_commits);
		assert_int_equal(a->n_branch, b->n_branch);
		assert_int_equal(a->request, b->request);
		assert_int_equal(a->evidence, b->evidence);
		assert_int_equal(a->approximate, b->approximate);
	}
	assert_false(shop->memo.changed);
}

static void expect(const struct shop *shop, size_t i, enum gate_evidence_kind kind,
                   const char *began)
{
	assert_true(i < shop->list.n);
	assert_int_equal(shop->list.items[i]->evidence, kind);
	assert_int_equal(shop->list.items[i]->approximate, kind == GATE_EVIDENCE_NONE);
	assert_int_equal(shop->list.items[i]->t0, date_of(shop, began));
}

static void head_of_its_request(void **state)
{
	/* A ref of the forge's own, and the copies that people and `log sync --changes` make. */
	static const char *const refs[] = { "refs/pull/7/head",
		                            "refs/merge-requests/7/head",
		                            "refs/doragate/remotes/origin/pull/7",
		                            "refs/doragate/remotes/origin/merge-requests/7",
		                            "refs/remotes/origin/pr/7",
		                            "refs/remotes/origin/pull/7/head" };
	static const char *const subjects[] = { "all of it (#7)", "all of it (!7)",
		                                "all of it (pull request #7)",
		                                "Merged PR 7: all of it" };

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(refs); i++) {
		GATE_AUTO(teardown) struct shop shop;

		print_message("%s\n", refs[i]);
		setup(&shop);
		work(&shop);
		squash(&shop, subjects[i % GATE_COUNT(subjects)]);
		test_git(shop.dir, "update-ref", refs[i], "topic");
		test_git(shop.dir, "update-ref", "refs/remotes/other/pr/7", "start");
		look(&shop);
		assert_int_equal(shop.list.n, 1);
		expect(&shop, 0, GATE_EVIDENCE_HEAD, "topic~2");
		assert_int_equal(shop.list.items[0]->n_branch, 3);
		assert_int_equal(shop.list.items[0]->n_commits, 1);
		assert_int_equal(shop.list.items[0]->request, 7);
		assert_int_equal(shop.list.items[0]->authored, date_of(&shop, "main"));
		look_again(&shop);
	}
}

static void number_of_something_else(void **state)
{
	GATE_AUTO(teardown) struct shop shop;

	(void)state;
	setup(&shop);
	work(&shop);
	write_lines(&shop, "b", 1, "other");
	commit(&shop, "other files (#7)");
	test_git(shop.dir, "update-ref", "refs/pull/7/head", "topic");
	write_lines(&shop, "a", 1, "x");
	commit(&shop, "a head that is the trunk (#8)");
	test_git(shop.dir, "update-ref", "refs/pull/8/head", "main~1");
	/* One of three files in common is not half of them. */
	write_lines(&shop, "a", 2, "x");
	write_lines(&shop, "c", 2, "x");
	write_lines(&shop, "d", 2, "x");
	commit(&shop, "more than that (#9)");
	test_git(shop.dir, "update-ref", "refs/pull/9/head", "topic");
	look(&shop);
	assert_int_equal(shop.list.n, 3);
	expect(&shop, 0, GATE_EVIDENCE_NONE, "main");
	expect(&shop, 1, GATE_EVIDENCE_NONE, "main~1");
	expect(&shop, 2, GATE_EVIDENCE_NONE, "main~2");
	look_again(&shop);
}

static void recorded_range_of_its_request(void **state)
{
	GATE_AUTO(teardown) struct shop shop;
	struct gate_branch_range range;

	(void)state;
	setup(&shop);
	work(&shop);
	range = range_of(&shop, "main", "topic");
	squash(&shop, "all of it (#7)");
	/* A review changed it on the way in, so that it does not do the same. */
	write_lines(&shop, "a", 3, "reviewed");
	test_git(shop.dir, "commit", "-q", "-a", "--amend", "--no-edit");
	log_range(&shop, &range, "7");
	look(&shop);
	expect(&shop, 0, GATE_EVIDENCE_REQUEST, "topic~2");
	look_again(&shop);
}

/* The tip of a recorded range is on no branch any more, and git takes it away: what is remembered of it does not count then. */
static void recorded_range_whose_commits_went(void **state)
{
	GATE_AUTO(teardown) struct shop shop;
	struct gate_branch_range range;
	struct gate_refs_read before, after;
	GATE_AUTO(gate_buf_release) struct gate_buf saved = { 0 };

	(void)state;
	setup(&shop);
	work(&shop);
	range = range_of(&shop, "main", "topic");
	squash(&shop, "all of it (#7)");
	write_lines(&shop, "a", 3, "reviewed");
	test_git(shop.dir, "commit", "-q", "-a", "--amend", "--no-edit");
	log_range(&shop, &range, "7");
	look(&shop);
	expect(&shop, 0, GATE_EVIDENCE_REQUEST, "topic~2");
	assert_ok(gate_units_requests(&before, shop.units, err));
	test_git(shop.dir, "branch", "-q", "-D", "topic");
	test_git(shop.dir, "reflog", "expire", "--expire=now", "--all");
	test_git(shop.dir, "gc", "-q", "--prune=now");
	gate_memo_save(&saved, &shop.memo, 0);
	gate_unit_list_release(&shop.list);
	gate_units_free(shop.units);
	shop.units = NULL;
	gate_memo_release(&shop.memo);
	gate_repo_free(shop.repo);
	shop.repo = NULL;
	assert_true(gate_memo_load(&shop.memo, saved.ptr, saved.len, 0));
	look(&shop);
	expect(&shop, 0, GATE_EVIDENCE_NONE, "main");
	assert_ok(gate_units_requests(&after, shop.units, err));
	assert_int_equal(before.n, 1);
	assert_int_equal(after.n, 0);
}

/* As in a clone that left out what is in the files. */
static void lines_that_are_not_here(void **state)
{
	GATE_AUTO(teardown) struct shop shop;
	GATE_AUTO(gate_free) char *blob = NULL;
	struct gate_branch_range range;
	GATE_AUTO(gate_buf_release) struct gate_buf object = { 0 };
	bool cut = false;

	(void)state;
	setup(&shop);
	work(&shop);
	range = range_of(&shop, "main", "topic");
	squash(&shop, "all of it");
	log_range(&shop, &range, "7");
	blob = test_git_out(shop.dir, "rev-parse", "main:a");
	gate_buf_printf(&object, "%s/.git/objects/%.2s/%.38s", shop.dir, blob, blob + 2);
	assert_int_equal(unlink(gate_buf_text(&object)), 0);
	look_unless(&shop, &cut);
	assert_true(cut);
	expect(&shop, 0, GATE_EVIDENCE_NONE, "main");
}

static void recorded_range_that_does_the_same(void **state)
{
	GATE_AUTO(teardown) struct shop shop;
	struct gate_branch_range range, older, younger;

	(void)state;
	setup(&shop);
	work(&shop);
	range = range_of(&shop, "main", "topic");
	/* The trunk goes on, in a line next to one of them. */
	write_lines(&shop, "a", 4, "trunk");
	commit(&shop, "trunk");
	squash(&shop, "all of it");
	test_git(shop.dir, "branch", "-q", "-D", "topic");
	/* Of several the newest counts that is not younger than the commit. */
	older = range;
	older.time -= 10;
	older.first_author -= 1000;
	younger = range;
	younger.time = date_of(&shop, "main") + 1;
	younger.first_author -= 2000;
	log_range(&shop, &younger, NULL);
	log_range(&shop, &range, "12");
	log_range(&shop, &older, NULL);
	look(&shop);
	assert_int_equal(shop.list.n, 2);
	assert_int_equal(shop.list.items[0]->evidence, GATE_EVIDENCE_RANGE);
	assert_int_equal(shop.list.items[0]->t0, range.first_author);
	assert_int_equal(shop.list.items[0]->n_branch, 3);
	assert_int_equal(shop.list.items[0]->request, 12);
	expect(&shop, 1, GATE_EVIDENCE_NONE, "main~1");
	look_again(&shop);
}

static void ranges_that_prove_nothing(void **state)
{
	GATE_AUTO(teardown) struct shop shop;
	struct gate_branch_range range, empty;
	static const struct {
		const char *from, *to;
	} faults[] = { { "\"tip\":\"", "\"tip\":\"x" },
		       { "\"commits\":3", "\"commits\":-3" },
		       { "\"commits\":3", "\"commits\":0" },
		       { "\"firstAuthor\":\"2", "\"firstAuthor\":\"x" },
		       { "\"base\"", "\"bass\"" },
		       { "\"fingerprint\":\"", "\"fingerprint\":\"0" },
		       { "\"commits\":3", "\"commits\":99999999999" } };

	(void)state;
	setup(&shop);
	work(&shop);
	range = range_of(&shop, "main", "topic");
	squash(&shop, "all of it");
	commit(&shop, "nothing");
	for (size_t i = 0; i < GATE_COUNT(faults); i++) {
		GATE_AUTO(gate_free) char *json = range_json(&range, NULL);
		GATE_AUTO(gate_buf_release) struct gate_buf bad = { 0 };
		const char *at = strstr(json, faults[i].from);

		assert_non_null(at);
		gate_buf_printf(&bad, "%.*s%s%s", (int)(at - json), json, faults[i].to,
		                at + strlen(faults[i].from));
		log_event(&shop, SHOP, range.time, gate_buf_text(&bad));
	}
	{
		GATE_AUTO(gate_free) char *json = range_json(&range, NULL);

		log_event(&shop, "https://example.com/other", range.time, json);
	}
	log_event(&shop, SHOP, range.time, "[]");
	empty = range;
	gate_digest_hex(empty.fingerprint, "", 0);
	log_range(&shop, &empty, NULL);
	look(&shop);
	assert_int_equal(shop.list.n, 2);
	expect(&shop, 0, GATE_EVIDENCE_NONE, "main");
	expect(&shop, 1, GATE_EVIDENCE_NONE, "main~1");
}

static void rebase(const struct shop *shop)
{
	write_lines(shop, "b", 4, "trunk");
	commit(shop, "trunk");
	test_git(shop->dir, "checkout", "-q", "topic");
	test_git(shop->dir, "rebase", "-q", "main");
	test_git(shop->dir, "checkout", "-q", "main");
	test_git(shop->dir, "merge", "-q", "--ff-only", "topic");
}

static void rebased_request_is_one_change(void **state)
{
	GATE_AUTO(teardown) struct shop shop;
	struct gate_branch_range range;

	(void)state;
	setup(&shop);
	work(&shop);
	range = range_of(&shop, "main", "topic");
	rebase(&shop);
	write_lines(&shop, "b", 5, "trunk");
	commit(&shop, "more trunk");
	log_range(&shop, &range, "7");
	look(&shop);
	assert_int_equal(shop.list.n, 3);
	expect(&shop, 0, GATE_EVIDENCE_NONE, "main");
	expect(&shop, 1, GATE_EVIDENCE_RANGE, "main~3");
	assert_int_equal(shop.list.items[1]->n_commits, 3);
	assert_int_equal(shop.list.items[1]->request, 7);
	expect(&shop, 2, GATE_EVIDENCE_NONE, "main~4");
	/* Whichever of its commits somebody takes back, it is a part of this change. */
	assert_int_equal(gate_unit_parts(shop.list.items[1]), 3);
	for (int i = 1; i <= 3; i++) {
		char rev[8];
		struct gate_oid id;

		snprintf(rev, sizeof(rev), "main~%d", i);
		id = id_of(&shop, rev);
		assert_ptr_equal(gate_units_of(shop.units, &id),
		                 gate_unit_part(shop.list.items[1], (size_t)i - 1));
	}
	/* A list that ends in the middle of it is the same whether or not somebody saw all of it before. */
	look_at(&shop, "start", "main~2");
	assert_int_equal(shop.list.n, 3);
	look_at(&shop, "start", "main");
	assert_int_equal(shop.list.n, 3);
	assert_int_equal(gate_unit_parts(shop.list.items[1]), 3);
	look_again(&shop);
}

/* One that is younger than what the trunk has cannot have become that; and of too many the newest are looked at. */
static void rebased_request_is_not_found(void **state)
{
	(void)state;
	for (int many = 0; many <= 1; many++) {
		GATE_AUTO(teardown) struct shop shop;
		struct gate_branch_range range, other;

		setup(&shop);
		work(&shop);
		range = range_of(&shop, "main", "topic");
		rebase(&shop);
		other = range;
		memset(other.fingerprint, 'a', sizeof(other.fingerprint) - 1);
		other.time++;
		for (int i = 0; many && i < GATE_MAX_RANGES; i++)
			log_range(&shop, &other, "7");
		if (!many)
			range.time += 1000000;
		log_range(&shop, &range, "7");
		look(&shop);
		assert_int_equal(shop.list.n, 4);
		for (size_t i = 0; i < 4; i++)
			assert_int_equal(shop.list.items[i]->evidence, GATE_EVIDENCE_NONE);
	}
}

static void rebased_branch_without_request(void **state)
{
	GATE_AUTO(teardown) struct shop shop;
	struct gate_branch_range range;

	(void)state;
	setup(&shop);
	work(&shop);
	range = range_of(&shop, "main", "topic");
	rebase(&shop);
	log_range(&shop, &range, NULL);
	look(&shop);
	assert_int_equal(shop.list.n, 4);
	expect(&shop, 0, GATE_EVIDENCE_RANGE, "main");
	expect(&shop, 1, GATE_EVIDENCE_RANGE, "main~1");
	expect(&shop, 2, GATE_EVIDENCE_RANGE, "main~2");
	expect(&shop, 3, GATE_EVIDENCE_NONE, "main~3");
	look_again(&shop);
}

static void commits_of_one_number_are_one_change(void **state)
{
	GATE_AUTO(teardown) struct shop shop;

	(void)state;
	setup(&shop);
	test_git(shop.dir, "checkout", "-q", "-b", "topic");
	for (int i = 1; i <= 3; i++) {
		write_lines(&shop, i == 2 ? "b" : "a", 3 * i, "t");
		commit(&shop, "part (#7)");
	}
	test_git(shop.dir, "update-ref", "refs/pull/7/head", "topic");
	test_git(shop.dir, "checkout", "-q", "main");
	rebase(&shop);
	/* Weeks later, and not next to them. */
	write_lines(&shop, "b", 9, "x");
	commit(&shop, "between");
	write_lines(&shop, "c", 9, "x");
	commit(&shop, "what was left (#7)");
	look(&shop);
	assert_int_equal(shop.list.n, 4);
	expect(&shop, 0, GATE_EVIDENCE_NONE, "main");
	expect(&shop, 1, GATE_EVIDENCE_NONE, "main~1");
	expect(&shop, 2, GATE_EVIDENCE_HEAD, "main~4");
	assert_int_equal(shop.list.items[2]->n_commits, 3);
	expect(&shop, 3, GATE_EVIDENCE_NONE, "main~5");
	look_again(&shop);
}

/* What somebody adds to it on the trunk is not of the branch, and takes nothing from the squash. */
static void squash_with_something_behind(void **state)
{
	GATE_AUTO(teardown) struct shop shop;

	(void)state;
	setup(&shop);
	work(&shop);
	squash(&shop, "all of it (#7)");
	test_git(shop.dir, "update-ref", "refs/pull/7/head", "topic");
	write_lines(&shop, "b", 9, "x");
	write_lines(&shop, "c", 9, "x");
	commit(&shop, "forgotten (#7)");
	look(&shop);
	assert_int_equal(shop.list.n, 2);
	expect(&shop, 0, GATE_EVIDENCE_NONE, "main");
	expect(&shop, 1, GATE_EVIDENCE_HEAD, "topic~2");
	look_again(&shop);
}

static void change_id_is_the_change(void **state)
{
	GATE_AUTO(teardown) struct shop shop;

	(void)state;
	setup(&shop);
	write_lines(&shop, "a", 1, "x");
	commit(&shop, "gerrit\n\nChange-Id: I0123456789012345678901234567890123456789");
	look(&shop);
	expect(&shop, 0, GATE_EVIDENCE_CHANGE_ID, "main");
	look_again(&shop);
}

/* A branch that was merged as it is needs no evidence, and gets none. */
static void merges_are_left_alone(void **state)
{
	GATE_AUTO(teardown) struct shop shop;
	struct gate_branch_range range;

	(void)state;
	setup(&shop);
	work(&shop);
	range = range_of(&shop, "main", "topic");
	test_git(shop.dir, "merge", "-q", "--no-ff", "-m", "merge (#7)", "topic");
	test_git(shop.dir, "update-ref", "refs/pull/7/head", "topic");
	log_range(&shop, &range, "7");
	look(&shop);
	assert_int_equal(shop.list.n, 1);
	assert_int_equal(shop.list.items[0]->evidence, GATE_EVIDENCE_NONE);
	assert_false(shop.list.items[0]->approximate);
	assert_int_equal(shop.list.items[0]->t0, date_of(&shop, "topic~2"));
	assert_int_equal(shop.list.items[0]->n_commits, 3);
}

/* Trunk that was merged into the topic is not part of it. */
static void trunk_in_the_branch(void **state)
{
	GATE_AUTO(teardown) struct shop shop;
	struct gate_branch_range range;

	(void)state;
	setup(&shop);
	write_lines(&shop, "b", 4, "older than the topic");
	commit(&shop, "trunk");
	test_git(shop.dir, "branch", "-q", "later");
	test_git(shop.dir, "reset", "-q", "--hard", "start");
	work(&shop);
	test_git(shop.dir, "reset", "-q", "--hard", "later");
	test_git(shop.dir, "checkout", "-q", "topic");
	test_git(shop.dir, "merge", "-q", "--no-edit", "main");
	test_git(shop.dir, "checkout", "-q", "main");
	range = range_of(&shop, "main", "topic");
	assert_int_equal(range.n_commits, 3);
	assert_int_equal(range.first_author, date_of(&shop, "topic~3"));
	squash(&shop, "all of it");
	log_range(&shop, &range, NULL);
	look(&shop);
	expect(&shop, 0, GATE_EVIDENCE_RANGE, "topic~3");
	assert_int_equal(shop.list.items[0]->n_branch, 3);
}

static void ranges_say_what_is_missing(void **state)
{
	GATE_AUTO(teardown) struct shop shop;
	struct gate_history *history;
	struct gate_branch_range range;
	struct gate_oid main, missing = { .bytes = { 1 } };
	struct gate_error why = { 0 };

	(void)state;
	setup(&shop);
	test_git(shop.dir, "checkout", "-q", "--orphan", "other");
	commit(&shop, "no history in common");
	main = id_of(&shop, "main");
	open_repo(&shop);
	assert_ok(gate_repo_history(&history, shop.repo, err));
	assert_ok(gate_branch_read(&range, history, &main, &main, err));
	assert_int_equal(range.n_commits, 0);
	missing = id_of(&shop, "other");
	assert_ok(gate_branch_read(&range, history, &main, &missing, err));
	assert_int_equal(range.n_commits, 0);
	missing = (struct gate_oid){ .bytes = { 1 } };
	assert_int_equal(gate_branch_read(&range, history, &main, &missing, &why), GATE_ENOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head_of_its_request),
		cmocka_unit_test(number_of_something_else),
		cmocka_unit_test(recorded_range_of_its_request),
		cmocka_unit_test(recorded_range_whose_commits_went),
		cmocka_unit_test(recorded_range_that_does_the_same),
		cmocka_unit_test(lines_that_are_not_here),
		cmocka_unit_test(ranges_that_prove_nothing),
		cmocka_unit_test(rebased_request_is_one_change),
		cmocka_unit_test(rebased_request_is_not_found),
		cmocka_unit_test(rebased_branch_without_request),
		cmocka_unit_test(commits_of_one_number_are_one_change),
		cmocka_unit_test(squash_with_something_behind),
		cmocka_unit_test(change_id_is_the_change),
		cmocka_unit_test(merges_are_left_alone),
		cmocka_unit_test(trunk_in_the_branch),
		cmocka_unit_test(ranges_say_what_is_missing),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
