/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `file:`: one file of lines. Those who append hold PATH.lock; those who read hold it, shared, only to learn the size: what is behind it may be
 * taken back, when the disk is full, and a position in it would then skip what comes to stand there.
 */
#include "gate/log/store_file.h"

#include "gate/base/limits.h"
#include "gate/log/filesystem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_WAIT_MS 10000
#define CHUNK ((size_t)16384)

int store_file_lock(struct gate_lock *lock, const struct store_file *file, bool shared,
                    struct gate_error *err)
{
	return gate_lock_acquire_record(lock, file->lock, shared, LOCK_WAIT_MS, err);
}

static int file_append(struct gate_store *store, const struct gate_log_line lines[], size_t n,
                       struct gate_error *err)
{
	const struct store_file *file = (const struct store_file *)store;
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	GATE_AUTO(gate_buf_release) struct gate_buf bytes = { 0 };
	int code = store_file_lock(&lock, file, false, err);

	/* With the lock held: what is forgotten from here on is taken out of the file. */
	if (code == GATE_OK)
		code = store_file_add_known(&bytes, file, lines, n, err);
	if (code < 0 || !bytes.len)
		return code;
	return gate_file_append(file->path, bytes.ptr, bytes.len, 0, err);
}

/* Digits only: strtoull would take blanks and a sign too. */
static bool parse_number(uint64_t *out, const char **at)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	*out = strtoull(*at, &end, 10);
	*at = end;
	return errno == 0;
}

/* The offset to read from: 0, unless `since` is the end of a line of this file. */
static uint64_t start_of(const char *since, int fd, const struct stat *st)
{
	uint64_t inode, offset;
	char last;

	if (!parse_number(&inode, &since) || *since++ != ':' || !parse_number(&offset, &since) ||
	    *since || inode != (uint64_t)st->st_ino || offset > (uint64_t)st->st_size ||
	    offset == 0)
		return 0;
	return pread(fd, &last, 1, (off_t)offset - 1) == 1 && last == '\n' ? offset : 0;
}

/* Reads on behind what is in `buf`, up to `end`. 0: there is no more. */
static ssize_t read_more(struct gate_buf *buf, int fd, uint64_t at, uint64_t end)
{
	char chunk[CHUNK];
	size_t want = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
	ssize_t got;

	do
		got = want ? pread(fd, chunk, want, (off_t)at) : 0;
	while (got < 0 && errno == EINTR);
	if (got > 0)
		gate_buf_add(buf, chunk, (size_t)got);
	return got;
}

/* Gives the whole lines of `buf` and takes them out of it. */
static int give_lines(struct gate_buf *buf, gate_line_fn *fn, void *payload)
{
	size_t done = 0;
	int code = 0;

	while (code == 0) {
		const char *end = memchr(buf->ptr + done, '\n', buf->len - done);
		struct gate_log_line line;

		if (!end)
			break;
		line = (struct gate_log_line){ buf->ptr + done, (size_t)(end - buf->ptr) - done };
		done += line.len + 1;
		code = fn(&line, payload);
	}
	buf->len -= done;
	memmove(buf->ptr, buf->ptr + done, buf->len);
	return code;
}

/* `*at` is where to start, and then the end of the last whole line. */
static int read_lines(uint64_t *at, const struct store_file *file, int fd, uint64_t end,
                      gate_line_fn *fn, void *payload, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };

	for (;;) {
		ssize_t got = read_more(&buf, fd, *at + buf.len, end);
		size_t had = buf.len;
		int code;

		if (got < 0)
			return gate_fail_errno(err, "cannot read '%s'", file->path);
		if (got == 0)
			return GATE_OK;
		if (gate_buf_failed(&buf))
			return gate_fail_memory(err);
		code = give_lines(&buf, fn, payload);
		if (code)
			return code;
		*at += had - buf.len;
		if (buf.len > GATE_MAX_LOG_BLOB)
			return gate_fail(err, GATE_ELIMIT,
			                 "a line of '%s' is longer than %zu bytes", file->path,
			                 GATE_MAX_LOG_BLOB);
	}
}

/* Opens the file and says how long it was when nobody was writing. `*fd` is -1 when there is none yet. */
static int open_to_read(int *fd, struct stat *st, const struct store_file *file,
                        struct gate_error *err)
{
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	int code = store_file_lock(&lock, file, true, err);

	/* GATE_EIO: a folder that we cannot write to, and no lock in it; reading is possible all the same. */
	if (code < 0 && code != GATE_EIO)
		return code;
	*fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0 && errno == ENOENT)
		return GATE_OK;
	if (*fd < 0 || fstat(*fd, st) < 0)
		return gate_fail_errno(err, "cannot read '%s'", file->path);
	if (!S_ISREG(st->st_mode))
		return gate_fail(err, GATE_EIO, "cannot read '%s': it is no regular file",
		                 file->path);
	return GATE_OK;
}

static int file_read(struct gate_store *store, const char *since, char *position, gate_line_fn *fn,
                     void *payload, struct gate_error *err)
{
	const struct store_file *file = (const struct store_file *)store;
	struct stat st = { 0 };
	uint64_t at = 0;
	int fd = -1;
	int code = open_to_read(&fd, &st, file, err);

	if (code == GATE_OK && fd >= 0) {
		at = start_of(since, fd, &st);
		code = read_lines(&at, file, fd, (uint64_t)st.st_size, fn, payload, err);
	}
	if (code == GATE_OK && fd < 0)
		position[0] = '\0';
	else if (code == GATE_OK)
		snprintf(position, GATE_MAX_POSITION + 1, "%" PRIu64 ":%" PRIu64,
		         (uint64_t)st.st_ino, at);
	if (fd >= 0)
		close(fd);
	return code;
}

static int file_holds(bool *out, struct gate_store *store, const char *since,
                      struct gate_error *err)
{
	const struct store_file *file = (const struct store_file *)store;
	struct stat st = { 0 };
	int fd = -1;
	int code = open_to_read(&fd, &st, file, err);

	if (code == GATE_OK)
		*out = fd >= 0 && start_of(since, fd, &st) > 0;
	if (fd >= 0)
		close(fd);
	return code;
}

static void file_free(struct gate_store *store)
{
	struct store_file *file = (struct store_file *)store;

	free(file->path);
	free(file->lock);
	free(file->forgotten);
	free(file);
}

static const struct gate_store_ops file_ops = {
	.scheme = "file",
	.append = file_append,
	.read = file_read,
	.holds = file_holds,
	.forget = store_file_forget,
	.forgotten = store_file_forgotten,
	.free = file_free,
};

/* Splits "<path>[?unsafe=1]". */
static int parse_rest(char **path, bool *unsafe, const char *rest, struct gate_error *err)
{
	const char *mark = strrchr(rest, '?');
	size_t len = mark ? (size_t)(mark - rest) : strlen(rest);

	if (mark && strcmp(mark + 1, "unsafe=1") != 0)
		return gate_fail(err, GATE_EUSAGE,
		                 "'file:' has no option '%s'; there is 'unsafe=1'", mark + 1);
	if (len == 0)
		return gate_fail(err, GATE_EUSAGE, "'file:' takes the path of a file");
	if (rest[0] == '/' && rest[1] == '/' && rest[2] != '/')
		return gate_fail(err, GATE_EUSAGE,
		                 "'file:%s' names a host; 'file:' takes the path of a file", rest);
	*path = gate_copy(rest, len);
	*unsafe = mark;
	return *path ? GATE_OK : gate_fail_memory(err);
}

static int check_type(const char *path, const struct stat *st, struct gate_error *err)
{
	if (S_ISREG(st->st_mode))
		return GATE_OK;
	return gate_fail(err, GATE_EUSAGE, "the log cannot be in '%s': it is %s", path,
	                 S_ISDIR(st->st_mode) ? "a folder" : "no regular file");
}

/* The file is made by the first append; until then its folder counts, in `*where`. */
static int resolve_new(char **full, char **where, const char *path, struct gate_error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	GATE_AUTO(gate_free)
	char *folder = slash ? gate_copy(path, (size_t)(name - path)) : gate_copy(".", 1);
	struct gate_buf buf = { 0 };
	struct stat st;

	if (!folder)
		return gate_fail_memory(err);
	/* What is no link was made by somebody else just now. */
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		return gate_fail(err, GATE_EIO, "the log cannot be in '%s': the link leads nowhere",
		                 path);
	*where = realpath(folder, NULL);
	if (!*where)
		return gate_fail_errno(err, "the log cannot be in '%s'", path);
	if (!*name)
		return gate_fail(err, GATE_EUSAGE, "the log cannot be in '%s': it is a folder",
		                 path);
	gate_buf_printf(&buf, "%s/%s", strcmp(*where, "/") ? *where : "", name);
	*full = gate_buf_take(&buf);
	return *full ? GATE_OK : gate_fail_memory(err);
}

static int resolve(char **full, const char *path, bool unsafe, struct gate_error *err)
{
	GATE_AUTO(gate_free) char *where = NULL;
	struct stat st;
	int code;

	if (stat(path, &st) == 0) {
		code = check_type(path, &st, err);
		if (code < 0)
			return code;
		*full = realpath(path, NULL);
		if (!*full)
			return gate_fail_errno(err, "the log cannot be in '%s'", path);
	} else if (errno == ENOENT) {
		code = resolve_new(full, &where, path, err);
		if (code < 0)
			return code;
	} else {
		return gate_fail_errno(err, "the log cannot be in '%s'", path);
	}
	return unsafe ? GATE_OK : gate_filesystem_check(where ? where : *full, err);
}

int gate_store_file_open(struct gate_store **out, const char *rest,
                         const struct gate_store_context *context, struct gate_error *err)
{
	GATE_AUTO(gate_store_free) struct gate_store *store = NULL;
	GATE_AUTO(gate_free) char *path = NULL;
	struct gate_buf lock = { 0 }, forgotten = { 0 };
	struct store_file *file;
	bool unsafe = false;
	int code = parse_rest(&path, &unsafe, rest, err);

	(void)context;
	if (code < 0)
		return code;
	file = calloc(1, sizeof(*file));
	if (!file)
		return gate_fail_memory(err);
	file->base.ops = &file_ops;
	store = &file->base;
	code = resolve(&file->path, path, unsafe, err);
	if (code < 0)
		return code;
	gate_buf_printf(&lock, "%s.lock", file->path);
	file->lock = gate_buf_take(&lock);
	gate_buf_printf(&forgotten, "%s.forgotten", file->path);
	file->forgotten = gate_buf_take(&forgotten);
	if (!file->lock || !file->forgotten)
		return gate_fail_memory(err);
	*out = gate_steal(&store);
	return GATE_OK;
}
