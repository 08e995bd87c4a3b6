/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What changed inside one file: added and deleted lines (libgit2's Myers, no context, no white-space options).
 */
#ifndef GATE_GIT_LINES_H
#define GATE_GIT_LINES_H

#include "gate/git/tree.h"

struct gate_line {
	unsigned
		number; /* from 1: in the new file for an added line, in the old one for a deleted line */
	uint32_t offset, len; /* into `text`, without LF and without CR before it */
};

struct gate_lines {
	struct gate_line *added; /* own */
	size_t n_added;
	struct gate_line *deleted; /* own */
	size_t n_deleted;
	bool binary; /* git would say "Binary files differ": one side at least; a side that is has no lines */
	bool too_large; /* above GATE_MAX_BLOB_BYTES or GATE_MAX_BLOB_LINES: no lines, unknown */
	struct gate_blob old_blob, new_blob; /* own: what the offsets point into */
};

/**
 * Compares the two sides of a file. Equal blobs (a mode change) have no lines and are not read; a submodule has none either; a symlink is one line.
 * A file that becomes a symlink, or the reverse, loses all lines and gets all of the other. Binary as git decides
 * without attributes: a NUL among the first 8000 bytes. GATE_ENOTFOUND: a blob is not here.
 */
int gate_lines_read(struct gate_lines *out, const struct gate_repo *repo,
                    const struct gate_file *file, struct gate_error *err);
void gate_lines_release(struct gate_lines *lines);
GATE_DEFINE_AUTO_STRUCT(struct gate_lines, gate_lines_release)

#endif
