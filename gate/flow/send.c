/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/send.h"

#include "gate/base/clock.h"
#include "gate/flow/detach.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECONDS_BETWEEN 600

/* True for the one process that may start a send now. The stamp's time is that of the last start. */
static bool is_due(const char *stamp)
{
	struct stat st;
	int fd;

	if (stat(stamp, &st) == 0 && st.st_mtime > gate_now().seconds - SECONDS_BETWEEN &&
	    st.st_mtime <= gate_now().seconds)
		return false;
	fd = open(stamp, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	if (fd < 0 || futimens(fd, NULL) < 0) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	close(fd);
	return true;
}

static void run_detached(const char *program, const char *dir)
{
	const char *const argv[] = {
		"doragate", "-C", dir, "log", "sync", "--send", "--quiet", NULL
	};

	if (!gate_detach())
		return;
	setenv("DORAGATE_UNATTENDED", "1", 1);
	execv(program, (char *const *)(uintptr_t)argv);
	_exit(127);
}

/* A hook runs as "<prefix>/libexec/doragate/<hook>"; the program is "<prefix>/bin/doragate". */
static void add_program(struct gate_buf *out)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[len > 0 ? len : 0] = '\0';
	for (int i = 0; i < 3; i++) {
		char *slash = strrchr(path, '/');

		if (slash)
			*slash = '\0';
	}
	gate_buf_printf(out, "%s/bin/doragate", path);
}

void gate_send_later(const struct gate_repo *repo)
{
	GATE_AUTO(gate_buf_release) struct gate_buf spool = { 0 }, stamp = { 0 }, program = { 0 };
	const char *common = gate_repo_common_dir(repo);
	struct stat st;

	gate_buf_printf(&spool, "%s/doragate/spool", common);
	gate_buf_printf(&stamp, "%s/doragate/sent", common);
	add_program(&program);
	if (gate_buf_failed(&spool) || gate_buf_failed(&stamp) || gate_buf_failed(&program))
		return;
	if (stat(spool.ptr, &st) == 0 && st.st_size > 0 && access(program.ptr, X_OK) == 0 &&
	    is_due(stamp.ptr))
		run_detached(program.ptr, gate_repo_git_dir(repo));
}
