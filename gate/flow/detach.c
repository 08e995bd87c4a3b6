/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/detach.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Forked twice, so that it is nobody's child to wait for. Whoever waits for the end of a push waits for its streams too: they are let go. */
bool gate_detach(void)
{
	pid_t pid = fork();
	int null;

	if (pid > 0)
		waitpid(pid, NULL, 0);
	if (pid != 0)
		return false;
	setsid();
	if (fork() != 0)
		_exit(0);
	null = open("/dev/null", O_RDWR);
	for (int fd = 0; null >= 0 && fd <= 2; fd++)
		dup2(null, fd);
	return true;
}
