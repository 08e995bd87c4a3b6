/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int check(int fd, const char *path, size_t len, size_t max, struct stat *st,
                 struct gate_error *err)
{
	if (fstat(fd, st) < 0)
		return gate_fail_errno(err, "cannot write '%s'", path);
	if (!S_ISREG(st->st_mode))
		return gate_fail(err, GATE_EIO, "cannot write '%s': it is no regular file", path);
	/* One byte for the newline that may have to end a torn line. */
	if (max && (len >= max || (size_t)st->st_size >= max - len))
		return gate_fail(err, GATE_ELIMIT, "'%s' would be larger than %zu bytes", path,
		                 max);
	return GATE_OK;
}

static int is_torn(bool *torn, int fd, const char *path, off_t size, struct gate_error *err)
{
	char last = '\n';

	if (size > 0 && pread(fd, &last, 1, size - 1) < 0)
		return gate_fail_errno(err, "cannot read '%s'", path);
	*torn = last != '\n';
	return GATE_OK;
}

static int write_ending_torn(int fd, const char *path, const char *bytes, size_t len, bool torn,
                             struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf whole = { 0 };

	if (!torn)
		return gate_fd_write(fd, path, bytes, len, err);
	gate_buf_putc(&whole, '\n');
	gate_buf_add(&whole, bytes, len);
	if (gate_buf_failed(&whole))
		return gate_fail_memory(err);
	return gate_fd_write(fd, path, whole.ptr, whole.len, err);
}

static int append_to(int fd, const char *path, const char *bytes, size_t len, size_t max,
                     struct gate_error *err)
{
	bool torn = false;
	struct stat st;
	int code = check(fd, path, len, max, &st, err);

	if (code == GATE_OK)
		code = is_torn(&torn, fd, path, st.st_size, err);
	/*
	 * The name of a new file is made to last before anything is in it: whoever finds the file empty, because we were killed here, does it
	 * again. Afterwards there would be nobody to notice.
	 */
	if (code == GATE_OK && st.st_size == 0)
		code = gate_folder_sync(path, err);
	if (code < 0)
		return code;
	code = write_ending_torn(fd, path, bytes, len, torn, err);
	/* Some file systems say only here that the disk is full. */
	if (code == GATE_OK && fdatasync(fd) < 0)
		code = gate_fail_errno(err, "cannot write '%s'", path);
	/* When this fails too a torn line stays, which the next append ends. */
	if (code < 0 && ftruncate(fd, st.st_size) < 0)
		return code;
	return code;
}

int gate_file_append(const char *path, const char *bytes, size_t len, size_t max,
                     struct gate_error *err)
{
	/* Without O_NONBLOCK a FIFO in place of the file would make us wait. */
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
	int code;

	if (fd < 0)
		return gate_fail_errno(err, "cannot write '%s'", path);
	code = append_to(fd, path, bytes, len, max, err);
	close(fd);
	return code;
}

int gate_file_note(const char *path, const char *bytes, size_t len, struct gate_error *err)
{
	int fd =
		open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
	int code;

	if (fd < 0)
		return gate_fail_errno(err, "cannot write '%s'", path);
	code = gate_fd_write(fd, path, bytes, len, err);
	close(fd);
	return code;
}
