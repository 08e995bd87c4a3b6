/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/detach.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_FDS 1024

/*
 * Whoever waits for the end of a push waits for what it was given, too: its streams, a pipe on another number, a file that is locked as long as it is open. What this
 * program opened itself, the packs of libgit2 among it, is all closed on exec; what has that not is not ours.
 */
static bool let_go(void)
{
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; null >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	for (int fd = STDERR_FILENO + 1; fd < MOST_FDS; fd++) {
		const int flags = fcntl(fd, F_GETFD);

		if (flags >= 0 && !(flags & FD_CLOEXEC))
			close(fd);
	}
	return null >= 0;
}

/* Forked twice, so that it is nobody's child to wait for. */
bool gate_detach(void)
{
	pid_t pid = fork();

	if (pid > 0)
		waitpid(pid, NULL, 0);
	if (pid != 0)
		return false;
	setsid();
	if (fork() != 0 || !let_go())
		_exit(0);
	return true;
}
