/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/merge.h"

#include "gate/base/limits.h"
#include "gate/git/internal.h"
#include "gate/git/tree.h"

GATE_DEFINE_AUTO_STRUCT(git_merge_file_result, git_merge_file_result_free)

/* What is read for one merge: its bytes, where they had to come from the repository. */
struct side {
	struct gate_blob blob; /* own */
	const char *bytes;
	size_t len;
};

static void side_release(struct side *side)
{
	gate_blob_release(&side->blob);
}
GATE_DEFINE_AUTO_STRUCT(struct side, side_release)

bool gate_version_equal(const struct gate_version *a, const struct gate_version *b)
{
	return a->mode == b->mode && gate_oid_equal(&a->id, &b->id);
}

static bool is_regular(const struct gate_version *version)
{
	return S_ISREG(version->mode);
}

static int read_side(struct side *out, const struct gate_repo *repo,
                     const struct gate_version *version, struct gate_error *err)
{
	int code = GATE_OK;

	*out = (struct side){ .bytes = version->bytes, .len = version->len };
	if (version->bytes || !is_regular(version))
		return GATE_OK;
	code = gate_blob_read(&out->blob, repo, &version->id, GATE_MAX_BLOB_BYTES, err);
	out->bytes = out->blob.bytes;
	out->len = out->blob.len;
	return code;
}

static bool is_binary(const struct side *side)
{
	return gate_bytes_are_binary(side->bytes, side->len);
}

static git_merge_file_input input_of(const struct side *side)
{
	git_merge_file_input input = GIT_MERGE_FILE_INPUT_INIT;

	input.ptr = side->bytes ? side->bytes : "";
	input.size = side->len;
	return input;
}

static int keep(struct gate_version *out, struct gate_arena *arena,
                const git_merge_file_result *result, struct gate_error *err)
{
	git_oid id;

	if (git_odb_hash(&id, result->ptr, result->len, GIT_OBJECT_BLOB) < 0)
		return gate_fail_git(err, "cannot hash a merged file");
	out->bytes = gate_arena_copy(arena, result->len ? result->ptr : "", result->len);
	if (!out->bytes)
		return gate_fail_memory(err);
	out->len = result->len;
	out->id = gate_oid_from_git(&id);
	return GATE_OK;
}

/* A base that is no regular file has no lines. */
static int merge_lines(struct gate_version *out, bool *clean, struct gate_arena *arena,
                       const struct gate_repo *repo, const struct gate_version *base,
                       const struct gate_version *ours, const struct gate_version *theirs,
                       struct gate_error *err)
{
	GATE_AUTO(side_release) struct side old = { 0 };
	GATE_AUTO(side_release) struct side left = { 0 };
	GATE_AUTO(side_release) struct side right = { 0 };
	GATE_AUTO(git_merge_file_result_free) git_merge_file_result result = { 0 };
	git_merge_file_input inputs[3];
	int code = read_side(&old, repo, base, err);

	if (code == GATE_OK)
		code = read_side(&left, repo, ours, err);
	if (code == GATE_OK)
		code = read_side(&right, repo, theirs, err);
	if (code < 0)
		return code;
	*clean = !is_binary(&old) && !is_binary(&left) && !is_binary(&right);
	if (!*clean)
		return GATE_OK;
	inputs[0] = input_of(&old);
	inputs[1] = input_of(&left);
	inputs[2] = input_of(&right);
	if (git_merge_file(&result, &inputs[0], &inputs[1], &inputs[2], NULL) < 0)
		return gate_fail_git(err, "cannot merge a file");
	*clean = result.automergeable != 0;
	return *clean ? keep(out, arena, &result, err) : GATE_OK;
}

/* The side that alone changed the mode decides; whether there is one is *clean. */
static uint16_t merge_modes(bool *clean, const struct gate_version *base,
                            const struct gate_version *ours, const struct gate_version *theirs)
{
	*clean = true;
	if (ours->mode == theirs->mode || ours->mode == base->mode)
		return theirs->mode;
	*clean = theirs->mode == base->mode;
	return ours->mode;
}

int gate_version_merge(struct gate_version *out, bool *clean, struct gate_arena *arena,
                       const struct gate_repo *repo, const struct gate_version *base,
                       const struct gate_version *ours, const struct gate_version *theirs,
                       struct gate_error *err)
{
	struct gate_version merged = { 0 };
	int code = GATE_OK;

	*clean = true;
	if (gate_version_equal(ours, theirs) || gate_version_equal(base, theirs)) {
		*out = *ours;
		return GATE_OK;
	}
	if (gate_version_equal(ours, base)) {
		*out = *theirs;
		return GATE_OK;
	}
	/* Gone on one side and changed on the other, or no text: a link, a submodule. */
	*clean = is_regular(ours) && is_regular(theirs);
	if (!*clean)
		return GATE_OK;
	if (gate_oid_equal(&ours->id, &theirs->id) || gate_oid_equal(&ours->id, &base->id))
		merged = *theirs;
	else if (gate_oid_equal(&theirs->id, &base->id))
		merged = *ours;
	else
		code = merge_lines(&merged, clean, arena, repo, base, ours, theirs, err);
	if (code < 0 || !*clean)
		return code;
	merged.mode = merge_modes(clean, base, ours, theirs);
	if (*clean)
		*out = merged;
	return GATE_OK;
}
