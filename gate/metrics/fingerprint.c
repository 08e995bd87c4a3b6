/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/metrics/fingerprint.h"

#include "gate/git/history.h"
#include "gate/git/lines.h"
#include "gate/metrics/memo.h"

/* Each file adds one digest, so that memory stays small; a NUL ends a path. */
struct print {
	const struct gate_repo *repo;
	struct gate_buf digests;
	struct gate_error *err;
};

static void add_lines(struct gate_buf *buf, char sign, const struct gate_line *lines, size_t n,
                      const struct gate_blob *blob)
{
	for (size_t i = 0; i < n; i++) {
		gate_buf_putc(buf, sign);
		gate_buf_add(buf, blob->bytes + lines[i].offset, lines[i].len);
		gate_buf_putc(buf, '\n');
	}
}

static int add_file(const struct gate_file *file, void *payload)
{
	struct print *print = payload;
	GATE_AUTO(gate_lines_release) struct gate_lines lines = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	char old[GATE_OID_HEX], new[GATE_OID_HEX], hex[GATE_DIGEST_HEX];
	int code = gate_lines_read(&lines, print->repo, file, print->err);

	if (code < 0)
		return code;
	gate_buf_add(&text, file->path, file->len);
	gate_buf_putc(&text, '\0');
	if (lines.n_added || lines.n_deleted) {
		add_lines(&text, '-', lines.deleted, lines.n_deleted, &lines.old_blob);
		add_lines(&text, '+', lines.added, lines.n_added, &lines.new_blob);
	} else {
		gate_buf_printf(&text, "%s %o %s %o\n", gate_oid_hex(old, &file->old_id),
		                (unsigned)file->old_mode, gate_oid_hex(new, &file->new_id),
		                (unsigned)file->new_mode);
	}
	if (gate_buf_failed(&text))
		return gate_fail_memory(print->err);
	gate_digest_hex(hex, text.ptr, text.len);
	gate_buf_printf(&print->digests, "%s\n", hex);
	return gate_buf_failed(&print->digests) ? gate_fail_memory(print->err) : GATE_OK;
}

int gate_fingerprint_trees(char hex[GATE_DIGEST_HEX], const struct gate_repo *repo,
                           const struct gate_oid *old_tree, const struct gate_oid *new_tree,
                           struct gate_error *err)
{
	struct print print = { .repo = repo, .err = err };
	struct gate_trees *trees;
	int code = gate_repo_trees(&trees, repo, err);

	if (code == GATE_OK)
		code = gate_trees_compare(trees, old_tree, 1, new_tree, add_file, &print, err);
	if (code == GATE_OK)
		gate_digest_hex(hex, gate_buf_text(&print.digests), print.digests.len);
	gate_buf_release(&print.digests);
	return code;
}

/* What a commit changes, as the trees before and behind it. */
static int trees_of(struct gate_oid *old_tree, struct gate_oid *new_tree,
                    const struct gate_repo *repo, const struct gate_oid *id, struct gate_error *err)
{
	struct gate_history *history;
	const struct gate_commit *commit, *parent = NULL;
	int code = gate_repo_history(&history, repo, err);

	if (code == GATE_OK)
		code = gate_history_commit(&commit, history, id, err);
	if (code == GATE_OK && commit->n_parents)
		code = gate_history_commit(&parent, history, &commit->parents[0], err);
	if (code < 0)
		return code;
	*old_tree = parent ? parent->tree : gate_oid_empty_tree;
	*new_tree = commit->tree;
	return GATE_OK;
}

static int fingerprint(char hex[GATE_DIGEST_HEX], const struct gate_repo *repo,
                       const struct gate_oid *commit, struct gate_error *err)
{
	struct gate_oid from, to;
	int code = trees_of(&from, &to, repo, commit, err);

	return code == GATE_OK ? gate_fingerprint_trees(hex, repo, &from, &to, err) : code;
}

static int add_path(const struct gate_file *file, void *payload)
{
	struct gate_buf *paths = payload;

	gate_buf_add(paths, file->path, file->len);
	gate_buf_putc(paths, '\0');
	return 0;
}

static int digest_paths(char hex[GATE_DIGEST_HEX], const struct gate_repo *repo,
                        const struct gate_oid *commit, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf paths = { 0 };
	struct gate_trees *trees;
	struct gate_oid from, to;
	int code = gate_repo_trees(&trees, repo, err);

	if (code == GATE_OK)
		code = trees_of(&from, &to, repo, commit, err);
	if (code == GATE_OK)
		code = gate_trees_compare(trees, &from, 1, &to, add_path, &paths, err);
	if (code == GATE_OK && gate_buf_failed(&paths))
		return gate_fail_memory(err);
	if (code == GATE_OK)
		gate_digest_hex(hex, gate_buf_text(&paths), paths.len);
	return code;
}

typedef int digest_fn(char hex[GATE_DIGEST_HEX], const struct gate_repo *repo,
                      const struct gate_oid *commit, struct gate_error *err);

/* What is remembered under a key, else made of a commit and remembered. */
static int recall(char hex[GATE_DIGEST_HEX], struct gate_memo *memo, const struct gate_oid *key,
                  digest_fn *make, const struct gate_repo *repo, const struct gate_oid *commit,
                  struct gate_error *err)
{
	const char *known = memo ? gate_memo_print(memo, key) : NULL;
	int code;

	if (known) {
		memcpy(hex, known, GATE_DIGEST_HEX);
		return GATE_OK;
	}
	code = make(hex, repo, commit, err);
	return code == GATE_OK && memo ? gate_memo_add_print(memo, key, hex, err) : code;
}

int gate_fingerprint_recall(char hex[GATE_DIGEST_HEX], struct gate_memo *memo,
                            const struct gate_repo *repo, const struct gate_oid *commit,
                            struct gate_error *err)
{
	return recall(hex, memo, commit, fingerprint, repo, commit, err);
}

int gate_fingerprint_paths(char hex[GATE_DIGEST_HEX], struct gate_memo *memo,
                           const struct gate_repo *repo, const struct gate_oid *commit,
                           struct gate_error *err)
{
	const struct gate_oid key = gate_memo_key(&gate_oid_zero, commit);

	return recall(hex, memo, &key, digest_paths, repo, commit, err);
}

bool gate_fingerprint_is_empty(const char *hex)
{
	char nothing[GATE_DIGEST_HEX];

	gate_digest_hex(nothing, "", 0);
	return !strcmp(hex, nothing);
}
