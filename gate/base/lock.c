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

/* On GATE_OK `*fd` is the lock, or -1 when somebody else has it, or when the file went away while we took it. */
static int try_lock(int *fd, const char *path, struct gate_error *err)
{
	int code = GATE_OK;

	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
	if (*fd < 0)
		return gate_fail_errno(err, "cannot lock '%s'", path);
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0) {
		if (still_there(*fd, path))
			return GATE_OK;
	} else if (errno != EWOULDBLOCK && errno != EINTR) {
		code = gate_fail_errno(err, "cannot lock '%s'", path);
	}
	close(*fd);
	*fd = -1;
	return code;
}

int gate_lock_acquire(struct gate_lock *lock, const char *path, unsigned wait_ms,
                      struct gate_error *err)
{
	int64_t until = now_ms() + wait_ms;
	int64_t pause = 1;

	assert(lock->fd < 0);
	for (;;) {
		int64_t left;
		int fd = -1;
		int code = try_lock(&fd, path, err);

		if (code < 0)
			return code;
		if (fd >= 0) {
			lock->fd = fd;
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

void gate_lock_release(struct gate_lock *lock)
{
	if (lock->fd < 0)
		return;
	/* A child that was forked and runs no other program yet has the descriptor too: closing ours is not enough. */
	flock(lock->fd, LOCK_UN);
	close(lock->fd);
	lock->fd = -1;
}
