/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

/* A descriptor we were handed may be non-blocking; then wait until it moves. */
static bool try_again(int fd, short events)
{
	struct pollfd wait = { .fd = fd, .events = events };

	if (errno == EAGAIN)
		poll(&wait, 1, -1);
	return errno == EINTR || errno == EAGAIN;
}

static int read_all(struct gate_buf *out, int fd, const char *name, size_t max,
                    struct gate_error *err)
{
	size_t start = out->len;
	char chunk[16384];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n == 0)
			return GATE_OK;
		if (n < 0 && try_again(fd, POLLIN))
			continue;
		if (n < 0)
			return gate_fail_errno(err, "cannot read '%s'", name);
		if ((size_t)n > max - (out->len - start))
			return gate_fail(err, GATE_ELIMIT, "'%s' is larger than %zu bytes", name,
			                 max);
		gate_buf_add(out, chunk, (size_t)n);
		if (gate_buf_failed(out))
			return gate_fail_memory(err);
	}
}

int gate_fd_read(struct gate_buf *out, int fd, const char *name, size_t max, struct gate_error *err)
{
	size_t start = out->len;
	int code = read_all(out, fd, name, max, err);

	if (code < 0 && out->len > start) {
		out->len = start;
		out->ptr[start] = '\0';
	}
	return code;
}

static int read_regular(struct gate_buf *out, int fd, const char *path, size_t max,
                        struct gate_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return gate_fail_errno(err, "cannot read '%s'", path);
	if (!S_ISREG(st.st_mode))
		return gate_fail(err, GATE_EIO, "cannot read '%s': it is %s", path,
		                 S_ISDIR(st.st_mode) ? "a folder" : "no regular file");
	return gate_fd_read(out, fd, path, max, err);
}

int gate_file_read(struct gate_buf *out, const char *path, size_t max, struct gate_error *err)
{
	int fd, code;

	if (!strcmp(path, "-"))
		return gate_fd_read(out, STDIN_FILENO, "standard input", max, err);
	/* Without O_NONBLOCK a FIFO would make us wait for whoever writes to it. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return gate_fail(err, GATE_ENOTFOUND, "no file '%s'", path);
	if (fd < 0)
		return gate_fail_errno(err, "cannot read '%s'", path);
	code = read_regular(out, fd, path, max, err);
	close(fd);
	return code;
}

int gate_fd_write(int fd, const char *name, const char *bytes, size_t len, struct gate_error *err)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && try_again(fd, POLLOUT))
			continue;
		if (n < 0)
			return gate_fail_errno(err, "cannot write '%s'", name);
		bytes += n;
		len -= (size_t)n;
	}
	return GATE_OK;
}

void gate_fd_guard(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			open("/dev/null", fd ? O_RDONLY : O_WRONLY);
}

/* The folder of a path, with the slash: "" is the current one. */
static size_t folder_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* A new file in the folder of `path`. Its name does not grow with that of `path`, which may be as long as allowed. */
static int create_beside(int *fd, struct gate_buf *name, const char *path, mode_t mode,
                         struct gate_error *err)
{
	for (unsigned i = 0; i < 1000; i++) {
		gate_buf_reset(name);
		gate_buf_add(name, path, folder_len(path));
		gate_buf_printf(name, ".doragate-%ld-%u.tmp", (long)getpid(), i);
		if (gate_buf_failed(name))
			return gate_fail_memory(err);
		*fd = open(name->ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (*fd >= 0)
			return GATE_OK;
		if (errno != EEXIST)
			break;
	}
	return gate_fail_errno(err, "cannot write '%s'", path);
}

static int write_synced(int fd, const char *path, const char *bytes, size_t len,
                        struct gate_error *err)
{
	int code = gate_fd_write(fd, path, bytes, len, err);

	if (code == GATE_OK && fsync(fd) < 0)
		code = gate_fail_errno(err, "cannot write '%s'", path);
	if (close(fd) < 0 && code == GATE_OK)
		code = gate_fail_errno(err, "cannot write '%s'", path);
	return code;
}

/* A file system that cannot sync folders says EINVAL, and nothing more can be done there. */
int gate_folder_sync(const char *path, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf folder = { 0 };
	int fd, code = GATE_OK;

	gate_buf_add(&folder, path, folder_len(path));
	gate_buf_putc(&folder, '.');
	if (gate_buf_failed(&folder))
		return gate_fail_memory(err);
	fd = open(folder.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		code = gate_fail_errno(err, "cannot sync the folder of '%s'", path);
	if (fd >= 0)
		close(fd);
	return code;
}

/* A device, a pipe, or a link of the system to what is open already: /dev/full, /dev/stdout. */
static bool is_special(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || S_ISDIR(st.st_mode))
		return false;
	return !S_ISREG(st.st_mode) ||
	       (!strncmp(path, "/dev/", 5) && lstat(path, &st) == 0 && S_ISLNK(st.st_mode));
}

/* What is no file is written to; a file in its place would be news to everybody else who uses it. */
static int write_special(const char *path, const char *bytes, size_t len, struct gate_error *err)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
	int code;

	if (fd < 0)
		return gate_fail_errno(err, "cannot write '%s'", path);
	code = gate_fd_write(fd, path, bytes, len, err);
	if (close(fd) < 0 && code == GATE_OK)
		code = gate_fail_errno(err, "cannot write '%s'", path);
	return code;
}

int gate_file_write(const char *path, const char *bytes, size_t len, mode_t mode,
                    struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf name = { 0 };
	int fd = -1;
	int code;

	if (is_special(path))
		return write_special(path, bytes, len, err);
	code = create_beside(&fd, &name, path, mode, err);
	if (code < 0)
		return code;
	code = write_synced(fd, path, bytes, len, err);
	if (code == GATE_OK && rename(name.ptr, path) < 0)
		code = gate_fail_errno(err, "cannot write '%s'", path);
	if (code < 0) {
		unlink(name.ptr);
		return code;
	}
	return gate_folder_sync(path, err);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int gate_mkdirs(const char *path, mode_t mode, struct gate_error *err)
{
	GATE_AUTO(gate_free) char *copy = gate_copy(path, strlen(path));
	size_t len = strlen(path);

	if (!copy)
		return gate_fail_memory(err);
	for (size_t at = path[0] == '/'; at <= len; at++) {
		int saved;

		if (path[at] != '/' && path[at] != '\0')
			continue;
		copy[at] = '\0';
		saved = mkdir(copy, mode) < 0 ? errno : 0;
		/* On a read-only system mkdir may say so before it says that the folder is there. */
		if (saved && !is_folder(copy)) {
			errno = saved == EEXIST ? ENOTDIR : saved;
			return gate_fail_errno(err, "cannot make the folder '%s'", copy);
		}
		copy[at] = path[at];
	}
	return GATE_OK;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
	(void)st;
	(void)kind;
	(void)place;
	return remove(path);
}

int gate_folder_remove(const char *path, struct gate_error *err)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) < 0 && errno != ENOENT)
		return errno == ENOMEM ? gate_fail_memory(err)
		                       : gate_fail_errno(err, "cannot remove '%s'", path);
	return GATE_OK;
}
