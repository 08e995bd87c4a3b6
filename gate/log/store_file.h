/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the files of the store `file:` share: store_file.c has the store, store_file_forget.c what it forgets.
 */
#ifndef GATE_LOG_STORE_FILE_H
#define GATE_LOG_STORE_FILE_H

#include "gate/base/file.h"
#include "gate/log/store.h"

struct store_file {
	struct gate_store base;
	char *path;      /* own; without symlinks, so that everybody finds the same lock */
	char *lock;      /* own */
	char *forgotten; /* own; "<path>.forgotten" */
};

/** The lock that all who write hold; `shared`: who only looks how long the file is. */
int store_file_lock(struct gate_lock *lock, const struct store_file *file, bool shared,
                    struct gate_error *err);

/** Appends the lines as they stand in the file, each with its newline, without those of forgotten identities. With the lock held. */
int store_file_add_known(struct gate_buf *out, const struct store_file *file,
                         const struct gate_log_line lines[], size_t n, struct gate_error *err);

/** The slots of struct gate_store_ops. */
int store_file_forget(struct gate_store *store, const char *key, const char *text,
                      struct gate_error *err);
int store_file_forgotten(struct gate_store *store, gate_line_fn *fn, void *payload,
                         struct gate_error *err);

#endif
