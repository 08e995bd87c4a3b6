/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/internal.h"
#include "gate/git/tree.h"

/* As far as git looks for a NUL. */
#define BINARY_PROBE 8000

static int fail_read(struct gate_error *err, int code, const struct gate_oid *id)
{
	char hex[GATE_OID_HEX];

	if (code == GIT_ENOTFOUND)
		return gate_fail(err, GATE_ENOTFOUND, "blob %s is not in this repository",
		                 gate_oid_hex(hex, id));
	return gate_fail_git(err, "cannot read blob %s", gate_oid_hex(hex, id));
}

int gate_blob_read(struct gate_blob *out, const struct gate_repo *repo, const struct gate_oid *id,
                   size_t max, struct gate_error *err)
{
	GATE_AUTO(git_odb_object_free) git_odb_object *object = NULL;
	git_oid oid = gate_oid_to_git(id);
	git_object_t type;
	char hex[GATE_OID_HEX];
	char *bytes;
	size_t len;
	int code = git_odb_read_header(&len, &type, repo->odb, &oid);

	if (code < 0)
		return fail_read(err, code, id);
	if (type != GIT_OBJECT_BLOB)
		return gate_fail(err, GATE_EGIT, "object %s is not a blob", gate_oid_hex(hex, id));
	if (len > max) {
		out->len = len;
		return gate_fail(err, GATE_ELIMIT, "blob %s has %zu bytes, more than %zu",
		                 gate_oid_hex(hex, id), len, max);
	}
	code = git_odb_read(&object, repo->odb, &oid);
	if (code < 0)
		return fail_read(err, code, id);
	len = git_odb_object_size(object);
	bytes = gate_copy(git_odb_object_data(object), len);
	if (!bytes)
		return gate_fail_memory(err);
	*out = (struct gate_blob){ .bytes = bytes, .len = len };
	return GATE_OK;
}

bool gate_bytes_are_binary(const char *bytes, size_t len)
{
	return len && memchr(bytes, '\0', len < BINARY_PROBE ? len : BINARY_PROBE);
}

void gate_blob_release(struct gate_blob *blob)
{
	free(blob->bytes);
	*blob = (struct gate_blob){ 0 };
}
