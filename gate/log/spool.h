/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The spool: events of this machine that the home of the log does not have yet. One folder, used by many processes.
 *
 *     spool         lines are appended here
 *     spool.<n>     sealed: nobody appends any more, a sync shares it and then removes it
 *     spool.lock    held (flock) to append and to seal
 *
 * Appending is one write and one fdatasync. A torn last line (a killed writer, a full disk) is ended by a newline before the next append, never
 * cut: what it was is kept as an odd line. docs/event-log-format.md has the whole.
 */
#ifndef GATE_LOG_SPOOL_H
#define GATE_LOG_SPOOL_H

#include "gate/base/buf.h"
#include "gate/base/clock.h"

/**
 * Appends lines (`bytes` holds whole lines, each with its newline) to `<dir>/spool`. `dir` is made when it is not there. Durable when it returns GATE_OK. When
 * the disk is full nothing of it counts: what was written is taken off again where that can be done. GATE_EIO, GATE_ECONFLICT: the lock was not to be had in 10 s.
 */
int gate_spool_append(const char *dir, const char *bytes, size_t len, struct gate_error *err);

/** Appends one event (JSON text of any layout) as its line. GATE_ECONFIG: it is no event. */
int gate_spool_event(const char *dir, const struct gate_time *recorded, const char *json,
                     size_t len, struct gate_error *err);

/** Whether any file of the spool, sealed or not, has this text (at most 4 KiB) in its newest MiB. No folder: no. */
int gate_spool_holds(bool *out, const char *dir, const char *text, struct gate_error *err);

/** Renames `spool` to the next free `spool.<n>`. GATE_OK too when there is nothing to seal. */
int gate_spool_seal(const char *dir, struct gate_error *err);

/** The text of one file of the spool. */
struct gate_spool_file {
	char *path;  /* own */
	char *bytes; /* own */
	size_t len;
};
struct gate_spool {
	struct gate_spool_file
		*files; /* own; sealed ones by number, then `spool` itself where asked for */
	size_t n, cap;
};

/** Reads the sealed files; `open` too: what is still appended to, up to the last newline. No folder: none. */
int gate_spool_read(struct gate_spool *out, const char *dir, bool open, struct gate_error *err);
void gate_spool_release(struct gate_spool *spool);
GATE_DEFINE_AUTO_STRUCT(struct gate_spool, gate_spool_release)

/** Removes the files that were read; one that is gone already is fine. Call it only when their lines are safe elsewhere. */
int gate_spool_remove(const struct gate_spool *spool, struct gate_error *err);

#endif
