/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The repository of a case, made by one run of git fast-import. Names and dates are fixed, so ids are equal on every run.
 *
 *     refs/heads/<branch>                 the commits of the case, on top of its base
 *     refs/remotes/origin/<target>        what the remote has: the base, or, for a forced push, something else on it
 *     refs/doragate/staged                at the stage commit: the last commit of the case, which is in the index only
 */
#include "tests/policies/case.h"
#include "tests/support/git.h"

#include <inttypes.h>

#define REMOTE "origin"
#define STAGED "refs/doragate/staged"
#define CLOCK 1700000000

static void add_data(struct gate_buf *out, const char *text)
{
	gate_buf_printf(out, "data %zu\n%s\n", strlen(text), text);
}

static int add_commit(struct gate_buf *out, const char *ref, unsigned number, unsigned parent,
                      const char *message)
{
	gate_buf_printf(out, "commit %s\nmark :%u\n", ref, number);
	gate_buf_printf(out, "committer Ada Author <ada@example.com> %u +0000\n", CLOCK + number);
	add_data(out, message);
	if (parent)
		gate_buf_printf(out, "from :%u\n", parent);
	return GATE_OK;
}

/* The content of a file: its text, or as many lines as asked for. */
static int add_content(struct gate_buf *out, const char *path, const struct gate_yaml *node,
                       struct gate_error *err)
{
	static const char *const keys[] = { "lines", NULL };
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	int64_t lines = 0;
	int code = GATE_OK;

	if (node->kind == GATE_YAML_SCALAR) {
		gate_buf_puts(&text, node->text);
	} else {
		const struct gate_yaml *value = gate_yaml_get(node, "lines");

		code = gate_yaml_only_keys(node, "a file", keys, err);
		if (code == GATE_OK && !value)
			return gate_yaml_fail(err, node, GATE_ECONFIG,
			                      "a file: expected its text, or 'lines'");
		if (code == GATE_OK)
			code = gate_yaml_number(&lines, value, "lines", err);
	}
	for (int64_t i = 1; code == GATE_OK && i <= lines; i++)
		gate_buf_printf(&text, "line %" PRId64 "\n", i);
	gate_buf_printf(out, "M 100644 inline %s\n", path);
	add_data(out, gate_buf_text(&text));
	return gate_buf_failed(&text) ? gate_fail_memory(err) : code;
}

static int add_files(struct gate_buf *out, const struct gate_yaml *files, struct gate_error *err)
{
	int code = GATE_OK;

	if (files && files->kind != GATE_YAML_MAP)
		return gate_yaml_fail(err, files, GATE_ECONFIG, "files: expected a map, got %s",
		                      gate_yaml_kind_name(files->kind));
	for (size_t i = 0; files && code == GATE_OK && i < files->n; i++)
		code = add_content(out, files->keys[i]->text, files->values[i], err);
	return code;
}

static int add_deletions(struct gate_buf *out, const struct gate_yaml *paths,
                         struct gate_error *err)
{
	if (paths && paths->kind != GATE_YAML_LIST)
		return gate_yaml_fail(err, paths, GATE_ECONFIG, "delete: expected a list, got %s",
		                      gate_yaml_kind_name(paths->kind));
	for (size_t i = 0; paths && i < paths->n; i++) {
		const char *path;
		int code = gate_yaml_text(&path, paths->values[i], "a path to delete", err);

		if (code < 0)
			return code;
		gate_buf_printf(out, "D %s\n", path);
	}
	return GATE_OK;
}

/* What was there before, with the policy. It is the first commit. */
static int add_base(struct gate_buf *out, const char *ref, const struct policy_case *c,
                    struct gate_error *err)
{
	static const char *const keys[] = { "files", NULL };
	GATE_AUTO(gate_buf_release) struct gate_buf policy = { 0 };
	int code = c->base ? gate_yaml_only_keys(c->base, "base", keys, err) : GATE_OK;

	if (code < 0)
		return code;
	policy_case_policy(&policy, c);
	add_commit(out, ref, 1, 0, "Start here\n");
	gate_buf_puts(out, "M 100644 inline " GATE_CONFIG_FILE "\n");
	add_data(out, gate_buf_text(&policy));
	return c->base ? add_files(out, gate_yaml_get(c->base, "files"), err) : GATE_OK;
}

static int add_commits(struct gate_buf *out, const char *ref, const struct policy_case *c,
                       struct gate_error *err)
{
	static const char *const keys[] = { "message", "files", "delete", NULL };
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && c->commits && i < c->commits->n; i++) {
		const struct gate_yaml *node = c->commits->values[i];
		const struct gate_yaml *message = gate_yaml_get(node, "message");
		bool staged = c->stage == GATE_STAGE_COMMIT && i + 1 == c->commits->n;
		const char *text = "";
		unsigned number = (unsigned)i + 2;

		code = gate_yaml_only_keys(node, "a commit", keys, err);
		if (code == GATE_OK && message)
			code = gate_yaml_text(&text, message, "message", err);
		if (code == GATE_OK && !message && !staged)
			return gate_yaml_fail(err, node, GATE_ECONFIG,
			                      "a commit without 'message'");
		add_commit(out, staged ? STAGED : ref, number, number - 1, text);
		if (code == GATE_OK)
			code = add_files(out, gate_yaml_get(node, "files"), err);
		if (code == GATE_OK)
			code = add_deletions(out, gate_yaml_get(node, "delete"), err);
	}
	return code;
}

/* What the remote has, as far as this clone remembers it. */
static void add_remote(struct gate_buf *out, const struct policy_case *c)
{
	char ref[300];

	snprintf(ref, sizeof(ref), "refs/remotes/" REMOTE "/%s", c->created ? "main" : c->target);
	if (c->forced) {
		add_commit(out, ref, 1000000, 1, "What the push throws away\n");
		gate_buf_puts(out, "M 100644 inline thrown-away\n");
		add_data(out, "gone\n");
	} else {
		gate_buf_printf(out, "reset %s\nfrom :1\n\n", ref);
	}
}

int policy_case_build(char **path, const struct policy_case *c, const char *dir, const char *name,
                      struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf stream = { 0 };
	GATE_AUTO(gate_free) char *repo = test_path(dir, name);
	char ref[300];
	int code;

	snprintf(ref, sizeof(ref), "refs/heads/%s", c->branch);
	code = add_base(&stream, ref, c, err);
	if (code == GATE_OK)
		code = add_commits(&stream, ref, c, err);
	if (code < 0)
		return code;
	add_remote(&stream, c);
	if (gate_buf_failed(&stream))
		return gate_fail_memory(err);
	test_git(dir, "init", "-q", "-b", c->branch, name);
	test_git_input(repo, stream.ptr, "fast-import", "--quiet", "--date-format=raw");
	if (c->stage == GATE_STAGE_COMMIT)
		test_git(repo, "read-tree", c->commits ? STAGED : "HEAD");
	*path = gate_steal(&repo);
	return GATE_OK;
}

static int from_index(struct gate_change **out, const struct policy_case *c,
                      const struct gate_repo *repo, struct gate_error *err)
{
	const struct gate_yaml *last = c->commits ? c->commits->values[c->commits->n - 1] : NULL;
	const struct gate_yaml *message = last ? gate_yaml_get(last, "message") : NULL;

	return gate_change_from_index(out, repo, message ? message->text : NULL,
	                              message ? message->len : 0, err);
}

int policy_case_change(struct gate_change **out, const struct policy_case *c,
                       const struct gate_repo *repo, struct gate_error *err)
{
	char local[300], remote[300], tracking[300];
	struct gate_push push = { .remote_name = REMOTE,
		                  .local_ref = c->deleted ? "(delete)" : local,
		                  .remote_ref = remote };
	int code = GATE_OK;

	if (c->stage == GATE_STAGE_COMMIT)
		return from_index(out, c, repo, err);
	snprintf(local, sizeof(local), "refs/heads/%s", c->branch);
	snprintf(remote, sizeof(remote), "refs/heads/%s", c->target);
	snprintf(tracking, sizeof(tracking), "refs/remotes/" REMOTE "/%s", c->target);
	if (!c->deleted)
		code = gate_rev_commit(&push.local_id, repo, local, err);
	if (code == GATE_OK && !c->created)
		code = gate_rev_commit(&push.remote_id, repo, tracking, err);
	return code < 0 ? code : gate_change_from_push(out, repo, &push, err);
}
