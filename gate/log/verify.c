/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/log/verify.h"

#include "gate/base/escape.h"
#include "gate/git/refs.h"
#include "gate/git/write.h"
#include "gate/log/event.h"
#include "gate/log/tree.h"

#define MOST_SAID 1000 /* bytes of one name in what is said */

struct check {
	const struct gate_repo *repo;
	struct gate_buf *said;
	struct gate_event_reader reader;
	struct gate_log_line *lines; /* own array */
	size_t n, cap;
	struct gate_error *err;
};

static void check_release(struct check *check)
{
	gate_event_reader_release(&check->reader);
	free(check->lines);
}
GATE_DEFINE_AUTO_STRUCT(struct check, check_release)

static int check_line(const struct gate_log_line *line, void *payload)
{
	struct check *check = payload;
	char *copy = gate_arena_copy(&check->reader.arena, line->bytes, line->len);
	struct gate_error why = { 0 };
	struct gate_event event;
	char digest[GATE_DIGEST_HEX];
	int code;

	if (!copy || gate_grow(&check->lines, &check->cap, check->n + 1, sizeof(*check->lines),
	                       check->err) < 0)
		return gate_fail_memory(check->err);
	check->lines[check->n++] = (struct gate_log_line){ copy, line->len };
	code = gate_event_read(&event, &check->reader, copy, line->len, false, &why);
	if (code == GATE_ENOMEM)
		return gate_fail_memory(check->err);
	if (code == GATE_OK)
		return GATE_OK;
	gate_digest_hex(digest, copy, line->len);
	gate_escape_printf(check->said, "odd/%s: no event: %s", digest, why.message);
	return GATE_OK;
}

static void say_problem(const char *place, const char *what, void *payload)
{
	struct check *check = payload;

	gate_escape_printf(check->said, "%.*s: %s", MOST_SAID, place, what);
}

static int check_newest(struct check *check, const struct gate_oid *tree)
{
	struct gate_tree_items items = { 0 };
	struct gate_oid built, again;
	int code = gate_log_tree_read(check->repo, tree, NULL, check_line, say_problem, check,
	                              check->err);

	/* What is no line (forgotten identities, entries of later versions) comes from the tree itself. */
	if (code == GATE_OK)
		code = gate_tree_items(&items, check->repo, tree, check->err);
	for (size_t i = 0, n = items.n; code == GATE_OK && i < n; i++) {
		size_t k = n - 1 - i;
		const char *name = items.items[k].name;

		if (!strcmp(name, "odd") || (strlen(name) == 4 && strspn(name, "0123456789") == 4))
			items.items[k] = items.items[--items.n];
	}
	if (code == GATE_OK)
		code = gate_tree_write(&again, check->repo, items.items, items.n, check->err);
	gate_tree_items_release(&items);
	if (code == GATE_OK)
		code = gate_log_tree_unite(&built, check->repo, &again, NULL, check->lines,
		                           check->n, check->err);
	if (code == GATE_OK && !gate_oid_equal(&built, tree))
		gate_buf_puts(check->said, "the tree is not the one that its lines give: "
		                           "'doragate log sync' mends what it writes next\n");
	return code;
}

struct missing {
	size_t n;
};

static int count_missing(const struct gate_log_line *line, void *payload)
{
	(void)line;
	((struct missing *)payload)->n++;
	return GATE_OK;
}

/* Lines of the parent that the commit has not. Forgetting is the one way to lose some, and shows in the tree. */
static int check_commit(struct check *check, const struct gate_oid *commit,
                        const struct gate_oid *tree, const struct gate_oid *parent, int64_t time)
{
	struct missing missing = { 0 };
	struct gate_oid old, united;
	char hex[GATE_OID_HEX];
	int64_t before;
	int code = gate_commit_read(&old, NULL, &before, check->repo, parent, check->err);

	if (code == GATE_OK && before > time)
		gate_escape_printf(check->said, "commit %s is older than its parent",
		                   gate_oid_hex(hex, commit));
	if (code == GATE_OK)
		code = gate_log_tree_read(check->repo, &old, tree, count_missing, NULL, &missing,
		                          check->err);
	if (code < 0 || !missing.n)
		return code;
	/* A line may move to another file, and one of two equal ones may go: what counts is that joining the parent brings nothing. */
	code = gate_log_tree_unite(&united, check->repo, tree, &old, NULL, 0, check->err);
	if (code == GATE_OK && !gate_oid_equal(&united, tree))
		gate_escape_printf(check->said, "commit %s lost lines of its parent",
		                   gate_oid_hex(hex, commit));
	return code;
}

static int check_history(struct check *check, const struct gate_oid *tip)
{
	struct gate_oid commit = *tip;
	int code = GATE_OK;

	while (code == GATE_OK) {
		struct gate_oid tree, parent;
		int64_t time;

		code = gate_commit_read(&tree, &parent, &time, check->repo, &commit, check->err);
		if (code < 0 || gate_oid_is_zero(&parent))
			break;
		code = check_commit(check, &commit, &tree, &parent, time);
		commit = parent;
	}
	return code;
}

int gate_log_verify(const struct gate_repo *repo, const char *ref, struct gate_buf *said,
                    struct gate_error *err)
{
	GATE_AUTO(check_release) struct check check = { .repo = repo, .said = said, .err = err };
	struct gate_oid tip, tree;
	int code = gate_ref_lookup(&tip, repo, ref, err);

	if (code == GATE_ENOTFOUND)
		return GATE_OK;
	if (code == GATE_OK)
		code = gate_git_verify_hashes(true, err);
	if (code == GATE_OK)
		code = gate_commit_read(&tree, NULL, NULL, repo, &tip, err);
	if (code == GATE_OK)
		code = check_newest(&check, &tree);
	if (code == GATE_OK)
		code = check_history(&check, &tip);
	gate_git_verify_hashes(false, NULL);
	return code;
}
