/* SPDX-License-Identifier: Apache-2.0 */
/* Two texts, apart at the first byte 0xff: what is left of the old without its deleted lines is the new without its added ones. */
#include "gate/git/internal.h"
#include "gate/git/lines_find.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void without(struct gate_buf *out, const struct gate_blob *blob,
                    const struct gate_line lines[], size_t n)
{
	const char *at = blob->bytes, *end = at + blob->len;
	size_t next = 0;

	for (unsigned number = 1; at < end; number++) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		const char *after = lf ? lf + 1 : end;

		if (next < n && lines[next].number == number) {
			assert(blob->bytes + lines[next].offset == at);
			assert(lines[next].len <= (size_t)(after - at));
			next++;
		} else {
			gate_buf_add(out, at, (size_t)(after - at));
		}
		at = after;
	}
	assert(next == n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *mark = size ? memchr(data, 0xff, size) : NULL;
	size_t old_len = mark ? (size_t)(mark - data) : size;
	size_t new_len = mark ? size - old_len - 1 : 0;
	GATE_AUTO(gate_lines_release) struct gate_lines lines = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf old_rest = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf new_rest = { 0 };

	assert(gate_git_start(NULL) == GATE_OK);
	lines.old_blob.bytes = gate_copy((const char *)data, old_len);
	lines.old_blob.len = old_len;
	lines.new_blob.bytes = gate_copy(mark ? (const char *)mark + 1 : "", new_len);
	lines.new_blob.len = new_len;
	assert(gate_lines_find(&lines, 0100644, 0100644, NULL) == GATE_OK);
	if (lines.binary) {
		assert(memchr(data, '\0', size) && !lines.n_deleted);
		return 0;
	}
	without(&old_rest, &lines.old_blob, lines.deleted, lines.n_deleted);
	without(&new_rest, &lines.new_blob, lines.added, lines.n_added);
	assert(old_rest.len == new_rest.len);
	assert(memcmp(gate_buf_text(&old_rest), gate_buf_text(&new_rest), old_rest.len) == 0);
	return 0;
}
