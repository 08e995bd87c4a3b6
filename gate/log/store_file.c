/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `file:`: a file of lines that several machines of one file system append to.
 *
 * The lock is an fcntl lock of the open file description on a file of its own: unlike flock it holds over NFSv4, and unlike a classic fcntl lock it is
 * not lost when another descriptor of this process is closed.
 */
#include "gate/log/store.h"

#include "gate/base/file.h"
#include "gate/base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define WAIT_MS 10000
#define NAP_MS 10

struct file_store {
	struct gate_store store;
	char *path, *lock; /* own */
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
GATE_DEFINE_AUTO_STRUCT(int, close_fd)

/* Closing the descriptor gives the lock back. */
static int take_lock(int *fd, const struct file_store *store, struct gate_error *err)
{
	const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	*fd = open(store->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
	if (*fd < 0)
		return gate_fail_errno(err, "cannot lock '%s'", store->lock);
	for (unsigned waited = 0; fcntl(*fd, F_OFD_SETLK, &lock) < 0; waited += NAP_MS) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return gate_fail_errno(err, "cannot lock '%s'", store->lock);
		if (waited >= WAIT_MS)
			return gate_fail(err, GATE_ECONFLICT, "'%s' is locked by another process",
			                 store->lock);
		nanosleep(&nap, NULL);
	}
	return GATE_OK;
}

static int file_append(struct gate_store *base, const struct gate_log_line lines[], size_t n,
                       struct gate_error *err)
{
	const struct file_store *store = (const struct file_store *)base;
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	GATE_AUTO(close_fd) int fd = -1;
	int code;

	for (size_t i = 0; i < n; i++) {
		gate_buf_add(&text, lines[i].bytes, lines[i].len);
		gate_buf_putc(&text, '\n');
	}
	if (gate_buf_failed(&text))
		return gate_fail_memory(err);
	code = take_lock(&fd, store, err);
	if (code == GATE_OK)
		code = gate_file_append(store->path, text.ptr, text.len, GATE_MAX_SPOOL_BYTES, err);
	return code;
}

/* "<inode>:<offset>"; the start of the file where it means another file, or more than there is. */
static off_t start_of(const char *since, const struct stat *st)
{
	unsigned long long inode, offset;
	char *end;

	errno = 0;
	inode = strtoull(since, &end, 10);
	if (errno || end == since || *end != ':' || inode != st->st_ino)
		return 0;
	offset = strtoull(end + 1, NULL, 10);
	return errno || offset > (unsigned long long)st->st_size ? 0 : (off_t)offset;
}

static int give_lines(size_t *done, const struct gate_buf *text, gate_line_fn *fn, void *payload)
{
	const char *at = gate_buf_text(text), *end = at + text->len;
	int code = GATE_OK;

	while (code == GATE_OK && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const struct gate_log_line line = { at, newline ? (size_t)(newline - at) : 0 };

		/* A line that is being written; it is there the next time. */
		if (!newline)
			break;
		if (line.len)
			code = fn(&line, payload);
		at = newline + 1;
	}
	*done = (size_t)(at - gate_buf_text(text));
	return code;
}

static int file_read(struct gate_store *base, const char *since, char *position, gate_line_fn *fn,
                     void *payload, struct gate_error *err)
{
	const struct file_store *store = (const struct file_store *)base;
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	GATE_AUTO(close_fd)
	int fd = open(store->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	size_t done;
	off_t start;
	int code;

	*position = '\0';
	if (fd < 0 && errno == ENOENT)
		return GATE_OK;
	if (fd < 0 || fstat(fd, &st) < 0)
		return gate_fail_errno(err, "cannot read '%s'", store->path);
	if (!S_ISREG(st.st_mode))
		return gate_fail(err, GATE_EIO, "'%s' is no regular file", store->path);
	start = start_of(since, &st);
	if (lseek(fd, start, SEEK_SET) < 0)
		return gate_fail_errno(err, "cannot read '%s'", store->path);
	code = gate_fd_read(&text, fd, store->path, GATE_MAX_SPOOL_BYTES, err);
	if (code == GATE_OK)
		code = give_lines(&done, &text, fn, payload);
	if (code == GATE_OK)
		snprintf(position, GATE_MAX_POSITION + 1, "%llu:%llu",
		         (unsigned long long)st.st_ino, (unsigned long long)start + done);
	return code;
}

static void file_free(struct gate_store *base)
{
	struct file_store *store = (struct file_store *)base;

	free(store->path);
	free(store->lock);
	free(store);
}

static const struct gate_store_ops file_ops = {
	.scheme = "file",
	.append = file_append,
	.read = file_read,
	.free = file_free,
};

/*
 * File systems on which an fcntl lock is known not to keep others out, or whose writes other machines see late. Numbers from linux/magic.h and
 * from statfs(2).
 */
static const struct {
	unsigned long magic;
	const char *name;
} remote_systems[] = {
	{ 0x6969, "nfs" },      { 0x517b, "smb" },      { 0xff534d42, "cifs" },
	{ 0xfe534d42, "smb2" }, { 0x65735546, "fuse" }, { 0x01021997, "9p" },
	{ 0x5346414f, "afs" },  { 0x6b414653, "kafs" }, { 0x73757245, "coda" },
	{ 0x00c36400, "ceph" }, { 0x47504653, "gpfs" }, { 0x0bd00bd0, "lustre" },
};

/* The options of the mount that holds a path: "4.2" of "vers=4.2". */
static bool is_nfs4(const char *path)
{
	GATE_AUTO(gate_buf_release) struct gate_buf mounts = { 0 };
	GATE_AUTO(gate_free) char *real = realpath(path, NULL);
	size_t longest = 0;
	bool found = false;

	if (!real || gate_file_read(&mounts, "/proc/self/mounts", 1 << 20, NULL) < 0)
		return false;
	for (const char *line = gate_buf_text(&mounts); *line;) {
		size_t len = strcspn(line, "\n"), at = strcspn(line, " ") + 1;
		size_t point = strcspn(line + at, " ");

		if (point >= longest && !strncmp(real, line + at, point)) {
			longest = point;
			found = !strncmp(line + at + point, " nfs4 ", 6);
		}
		line += len + (line[len] == '\n');
	}
	return found;
}

/* The folder decides: the file need not be there. */
static int check_system(const char *path, struct gate_error *err)
{
	const char *slash = strrchr(path, '/');
	GATE_AUTO(gate_free)
	char *folder = slash ? gate_copy(path, (size_t)(slash - path) + 1) : gate_copy(".", 1);
	struct statfs fs;

	if (!folder)
		return gate_fail_memory(err);
	if (statfs(folder, &fs) < 0)
		return gate_fail_errno(err, "cannot use the folder '%s'", folder);
	for (size_t i = 0; i < GATE_COUNT(remote_systems); i++)
		if ((unsigned long)fs.f_type == remote_systems[i].magic &&
		    !(i == 0 && is_nfs4(folder)))
			return gate_fail(err, GATE_EUSAGE,
			                 "'%s' is on %s, where locks cannot be trusted; "
			                 "'file:%s?unsafe=1' uses it all the same",
			                 path, remote_systems[i].name, path);
	return GATE_OK;
}

int gate_store_file_open(struct gate_store **out, const char *rest,
                         const struct gate_store_context *context, struct gate_error *err)
{
	static const char unsafe[] = "?unsafe=1";
	size_t len = strlen(rest), tail = sizeof(unsafe) - 1;
	bool trusted = len > tail && !strcmp(rest + len - tail, unsafe);
	GATE_AUTO(gate_buf_release) struct gate_buf lock = { 0 };
	struct file_store *store;
	int code;

	(void)context;
	len -= trusted ? tail : 0;
	if (!len)
		return gate_fail(err, GATE_EUSAGE, "'file:' needs a path: file:/srv/events");
	store = calloc(1, sizeof(*store));
	if (!store)
		return gate_fail_memory(err);
	store->store.ops = &file_ops;
	store->path = gate_copy(rest, len);
	gate_buf_printf(&lock, "%.*s.lock", (int)len, rest);
	store->lock = gate_buf_take(&lock);
	code = !store->path || !store->lock ? gate_fail_memory(err)
	       : trusted                    ? GATE_OK
	                                    : check_system(store->path, err);
	if (code < 0) {
		file_free(&store->store);
		return code;
	}
	*out = &store->store;
	return GATE_OK;
}
