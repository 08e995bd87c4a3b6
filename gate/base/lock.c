/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONGEST_NAP_MS 16

enum kind {
	FLOCK,
	RECORD,
	RECORD_SHARED,
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void nap(int64_t ms)
{
	const struct timespec time = { .tv_nsec = (long)ms * 1000000 };

	nanosleep(&time, NULL);
}

/* False when the file was deleted or replaced meanwhile: a lock on it keeps nobody out. */
static bool still_there(int fd, const char *path)
{
	struct stat held, named;

	return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev &&
	       held.st_ino == named.st_ino;
}

/* The lock belongs to the open file: closing another descriptor of it, as with F_SETLK, does not drop it. */
static int set_record(int fd, short type)
{
	struct flock all = { .l_type = type, .l_whence = SEEK_SET };

	return fcntl(fd, F_OFD_SETLK, &all);
}

static int set_lock(int fd, enum kind kind)
{
	if (kind == FLOCK)
		return flock(fd, LOCK_EX | LOCK_NB);
	return set_record(fd, kind == RECORD_SHARED ? F_RDLCK : F_WRLCK);
}

/* On GATE_OK `*fd` is the lock, or -1 when somebody else has it, or when the file went away while we took it. */
static int try_lock(int *fd, const char *path, enum kind kind, struct gate_error *err)
{
	int code = GATE_OK;

	/* Whoever only reads may not be allowed to write the file. */
	*fd = open(path,
	           (kind == RECORD_SHARED ? O_RDONLY : O_RDWR) | O_CREAT | O_CLOEXEC | O_NONBLOCK |
	                   O_NOCTTY,
	           0666);
	if (*fd < 0)
		return gate_fail_errno(err, "cannot lock '%s'", path);
	if (set_lock(*fd, kind) == 0) {
		if (still_there(*fd, path))
			return GATE_OK;
	} else if (errno != EWOULDBLOCK && errno != EACCES && errno != EINTR) {
		code = gate_fail_errno(err, "cannot lock '%s'", path);
	}
	close(*fd);
	*fd = -1;
	return code;
}

static int acquire(struct gate_lock *lock, const char *path, enum kind kind, unsigned wait_ms,
                   struct gate_error *err)
{
	int64_t until = now_ms() + wait_ms;
	int64_t pause = 1;

	assert(lock->fd < 0);
	for (;;) {
		int64_t left;
		int fd = -1;
		int code = try_lock(&fd, path, kind, err);

		if (code < 0)
			return code;
		if (fd >= 0) {
			lock->fd = fd;
			lock->record = kind != FLOCK;
			return GATE_OK;
		}
		left = until - now_ms();
		if (left <= 0)
			return gate_fail(err, GATE_ECONFLICT, "'%s' is locked by another process",
			                 path);
		nap(pause < left ? pause : left);
		pause = pause < LONGEST_NAP_MS ? pause * 2 : LONGEST_NAP_MS;
	}
}

int gate_lock_acquire(struct gate_lock *lock, const char *path, unsigned wait_ms,
                      struct gate_error *err)
{
	return acquire(lock, path, FLOCK, wait_ms, err);
}

int gate_lock_acquire_record(struct gate_lock *lock, const char *path, bool shared,
                             unsigned wait_ms, struct gate_error *err)
{
	return acquire(lock, path, shared ? RECORD_SHARED : RECORD, wait_ms, err);
}

void gate_lock_release(struct gate_lock *lock)
{
	if (lock->fd < 0)
		return;
	/* A child that was forked and runs no other program yet has the descriptor too: closing ours is not enough. */
	if (lock->record)
		set_record(lock->fd, F_UNLCK);
	else
		flock(lock->fd, LOCK_UN);
	close(lock->fd);
	lock->fd = -1;
}
