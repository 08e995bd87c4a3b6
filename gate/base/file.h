/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Files: read whole with a limit, written whole or not at all, and locks between processes.
 */
#ifndef GATE_BASE_FILE_H
#define GATE_BASE_FILE_H

#include "gate/base/buf.h"

#include <sys/types.h>

/** Reads a regular file (or "-": standard input). GATE_ENOTFOUND, GATE_EIO, GATE_ELIMIT when larger than `max`. Appends to `out`. */
int gate_file_read(struct gate_buf *out, const char *path, size_t max, struct gate_error *err);

/** Reads a descriptor to its end, retrying after signals. */
int gate_fd_read(struct gate_buf *out, int fd, const char *name, size_t max,
                 struct gate_error *err);

/**
 * Descriptors 0 to 2 that a caller has closed are opened so that using them fails: without it, the next file that is opened takes the number of
 * standard output, and what is meant for people goes into it. Programs call it first.
 */
void gate_fd_guard(void);

/** Writes all of it, retrying after signals and short writes. */
int gate_fd_write(int fd, const char *name, const char *bytes, size_t len, struct gate_error *err);

/**
 * Replaces or creates a file: a temporary file beside it, synced, renamed over it. Either the old or the new content is there
 * afterwards, whatever happens; no temporary file is left behind on failure. A symlink at `path` is replaced, not followed.
 * What is no file (a device, a pipe, /dev/stdout) stays what it is and is written to.
 */
int gate_file_write(const char *path, const char *bytes, size_t len, mode_t mode,
                    struct gate_error *err);

/**
 * Appends whole lines to a file that is made when it is not there: one write, one fdatasync. A torn last line (no newline at its end) is ended by a
 * newline in the same write, never cut. When it fails, what was written is taken off again where that can be done. The caller holds the lock that all writers
 * hold. GATE_ELIMIT: the file would be larger than `max`, and is as before; 0: no limit.
 */
int gate_file_append(const char *path, const char *bytes, size_t len, size_t max,
                     struct gate_error *err);

/** Makes names in the folder of `path` last: what was made, renamed or removed there. */
int gate_folder_sync(const char *path, struct gate_error *err);

/** Appends to a file, made when it is not there, in one write and without waiting for the disk: for what may be lost. */
int gate_file_note(const char *path, const char *bytes, size_t len, struct gate_error *err);

/** Makes the folder and those above it; existing ones are fine. */
int gate_mkdirs(const char *path, mode_t mode, struct gate_error *err);

/** Removes a folder with all that is in it; a symlink goes, and what it leads to stays. That there is none is fine. */
int gate_folder_remove(const char *path, struct gate_error *err);

/** An advisory lock on a file made for it. Released by gate_lock_release, or when the process ends. */
struct gate_lock {
	int fd;      /* -1: not held */
	bool record; /* by fcntl */
};
#define GATE_LOCK_INIT \
	{ \
		.fd = -1 \
	}
/** By flock. Waits up to `wait_ms`; GATE_ECONFLICT after that. */
int gate_lock_acquire(struct gate_lock *lock, const char *path, unsigned wait_ms,
                      struct gate_error *err);
/** By fcntl, which keeps out other machines on NFSv4 too; it knows nothing of flock. `shared`: together with others who only read. */
int gate_lock_acquire_record(struct gate_lock *lock, const char *path, bool shared,
                             unsigned wait_ms, struct gate_error *err);
void gate_lock_release(struct gate_lock *lock);
GATE_DEFINE_AUTO_STRUCT(struct gate_lock, gate_lock_release)

#endif
