/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/lines.h"

#include "gate/base/limits.h"
#include "gate/git/internal.h"
#include "gate/git/lines_find.h"
#include "gate/git/tree_entry.h"

#include <sys/stat.h>

static bool is_binary(const struct gate_blob *blob)
{
	return gate_bytes_are_binary(blob->bytes, blob->len);
}

static size_t count_lines(const struct gate_blob *blob)
{
	const char *at = blob->bytes, *end;
	size_t n = 0;

	if (!at)
		return 0;
	for (end = at + blob->len; at < end; n++) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));

		at = lf ? lf + 1 : end;
	}
	return n;
}

/** A line without what ends it. */
static struct gate_line line_at(const char *bytes, size_t offset, size_t len, size_t number)
{
	if (len && bytes[offset + len - 1] == '\n')
		len--;
	if (len && bytes[offset + len - 1] == '\r')
		len--;
	return (struct gate_line){ .number = (unsigned)number,
		                   .offset = (uint32_t)offset,
		                   .len = (uint32_t)len };
}

/** Every line of a blob: the other side has none of them. */
static int take_all(struct gate_line **out, size_t *n, const struct gate_blob *blob,
                    struct gate_error *err)
{
	size_t count = count_lines(blob), offset = 0;
	struct gate_line *lines;

	if (!count)
		return GATE_OK;
	lines = calloc(count, sizeof(*lines));
	if (!lines)
		return gate_fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		const char *at = blob->bytes + offset;
		const char *lf = memchr(at, '\n', blob->len - offset);
		size_t len = lf ? (size_t)(lf - at) + 1 : blob->len - offset;

		lines[i] = line_at(blob->bytes, offset, len, i + 1);
		offset += len;
	}
	*out = lines;
	*n = count;
	return GATE_OK;
}

/** A symlink is one line, its target, whatever bytes that holds. */
static int take_target(struct gate_line **out, size_t *n, const struct gate_blob *blob,
                       struct gate_error *err)
{
	if (!blob->len)
		return GATE_OK;
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return gate_fail_memory(err);
	**out = (struct gate_line){ .number = 1, .len = (uint32_t)blob->len };
	*n = 1;
	return GATE_OK;
}

struct diff {
	struct gate_lines *lines;
	size_t cap_added, cap_deleted;
	struct gate_error *err;
	int code;
};

static int on_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
                   const git_diff_line *line, void *payload)
{
	struct diff *diff = payload;
	struct gate_lines *lines = diff->lines;
	size_t offset = (size_t)line->content_offset;

	(void)delta;
	(void)hunk;
	if (line->origin == GIT_DIFF_LINE_ADDITION) {
		diff->code = gate_grow(&lines->added, &diff->cap_added, lines->n_added + 1,
		                       sizeof(*lines->added), diff->err);
		if (diff->code == GATE_OK)
			lines->added[lines->n_added++] =
				line_at(lines->new_blob.bytes, offset, line->content_len,
			                (size_t)line->new_lineno);
	} else if (line->origin == GIT_DIFF_LINE_DELETION) {
		diff->code = gate_grow(&lines->deleted, &diff->cap_deleted, lines->n_deleted + 1,
		                       sizeof(*lines->deleted), diff->err);
		if (diff->code == GATE_OK)
			lines->deleted[lines->n_deleted++] =
				line_at(lines->old_blob.bytes, offset, line->content_len,
			                (size_t)line->old_lineno);
	}
	return diff->code;
}

static int diff_blobs(struct gate_lines *lines, struct gate_error *err)
{
	git_diff_options options = GIT_DIFF_OPTIONS_INIT;
	struct diff diff = { .lines = lines, .err = err };
	int code;

	options.context_lines = 0;
	options.flags = GIT_DIFF_FORCE_TEXT; /* libgit2 calls other things binary than git does */
	code = git_diff_buffers(lines->old_blob.bytes, lines->old_blob.len, NULL,
	                        lines->new_blob.bytes, lines->new_blob.len, NULL, &options, NULL,
	                        NULL, NULL, on_line, &diff);
	if (diff.code < 0)
		return diff.code;
	return code < 0 ? gate_fail_git(err, "cannot compare two blobs") : GATE_OK;
}

/** Reads a side that has lines. */
static int read_side(struct gate_blob *out, bool *too_large, const struct gate_repo *repo,
                     const struct gate_oid *id, uint16_t mode, struct gate_error *err)
{
	struct gate_blob blob = { 0 };
	int code;

	if (!mode || mode == GATE_MODE_SUBMODULE)
		return GATE_OK;
	code = gate_blob_read(&blob, repo, id, GATE_MAX_BLOB_BYTES, err);
	if (code == GATE_ELIMIT) {
		*too_large = true;
		return GATE_OK;
	}
	if (code < 0)
		return code;
	*out = blob;
	if (count_lines(out) > GATE_MAX_BLOB_LINES)
		*too_large = true;
	return GATE_OK;
}

int gate_lines_find(struct gate_lines *lines, uint16_t old_mode, uint16_t new_mode,
                    struct gate_error *err)
{
	bool old_link = old_mode == GATE_MODE_SYMLINK, new_link = new_mode == GATE_MODE_SYMLINK;
	int code;

	lines->binary = is_binary(&lines->old_blob) || is_binary(&lines->new_blob);
	if (is_binary(&lines->new_blob))
		return GATE_OK;
	/* Text in place of what was binary is new in every line: nobody may hide it behind a NUL that goes away. */
	if (lines->binary)
		return (new_link ? take_target : take_all)(&lines->added, &lines->n_added,
		                                           &lines->new_blob, err);
	if (lines->old_blob.len && lines->new_blob.len && !old_link && !new_link)
		return diff_blobs(lines, err);
	code = (old_link ? take_target : take_all)(&lines->deleted, &lines->n_deleted,
	                                           &lines->old_blob, err);
	if (code < 0)
		return code;
	return (new_link ? take_target : take_all)(&lines->added, &lines->n_added, &lines->new_blob,
	                                           err);
}

int gate_lines_read(struct gate_lines *out, const struct gate_repo *repo,
                    const struct gate_file *file, struct gate_error *err)
{
	GATE_AUTO(gate_lines_release) struct gate_lines lines = { 0 };
	bool too_large = false;
	int code = GATE_OK;

	/* A change of mode alone; between a file and a symlink it is more than that. */
	if (gate_oid_equal(&file->old_id, &file->new_id) &&
	    S_ISREG(file->old_mode) == S_ISREG(file->new_mode)) {
		*out = lines;
		return GATE_OK;
	}
	code = read_side(&lines.old_blob, &too_large, repo, &file->old_id, file->old_mode, err);
	if (code == GATE_OK)
		code = read_side(&lines.new_blob, &too_large, repo, &file->new_id, file->new_mode,
		                 err);
	if (code < 0)
		return code;
	if (too_large) {
		*out = (struct gate_lines){ .too_large = true };
		return GATE_OK;
	}
	code = gate_lines_find(&lines, file->old_mode, file->new_mode, err);
	if (code < 0)
		return code;
	*out = lines;
	lines = (struct gate_lines){ 0 };
	return GATE_OK;
}

void gate_lines_release(struct gate_lines *lines)
{
	free(lines->added);
	free(lines->deleted);
	gate_blob_release(&lines->old_blob);
	gate_blob_release(&lines->new_blob);
	*lines = (struct gate_lines){ 0 };
}
