/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/log/spool.h"

#include "gate/base/file.h"
#include "gate/base/limits.h"
#include "gate/log/event.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_WAIT_MS 10000
#define MOST_DIGITS 18
#define MOST_SEARCHED ((off_t)1 << 20) /* of one file: what was recorded lately */

/* "<dir>/<name>"; NULL when memory ran out. */
static char *path_in(const char *dir, const char *name)
{
	struct gate_buf buf = { 0 };

	gate_buf_printf(&buf, "%s/%s", dir, name);
	return gate_buf_take(&buf);
}

static int lock_dir(struct gate_lock *lock, const char *dir, struct gate_error *err)
{
	GATE_AUTO(gate_free) char *path = path_in(dir, "spool.lock");

	if (!path)
		return gate_fail_memory(err);
	return gate_lock_acquire(lock, path, LOCK_WAIT_MS, err);
}

static int make_dir(const char *dir, struct gate_error *err)
{
	struct stat st;
	int code;

	if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
		return GATE_OK;
	code = gate_mkdirs(dir, 0777, err);
	return code < 0 ? code : gate_folder_sync(dir, err);
}

int gate_spool_append(const char *dir, const char *bytes, size_t len, struct gate_error *err)
{
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	GATE_AUTO(gate_free) char *path = path_in(dir, "spool");
	int code;

	if (!path)
		return gate_fail_memory(err);
	if (len == 0)
		return GATE_OK;
	code = make_dir(dir, err);
	if (code == GATE_OK)
		code = lock_dir(&lock, dir, err);
	if (code < 0)
		return code;
	return gate_file_append(path, bytes, len, GATE_MAX_SPOOL_BYTES, err);
}

int gate_spool_event(const char *dir, const struct gate_time *recorded, const char *json,
                     size_t len, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf line = { 0 };
	int code = gate_event_line(&line, recorded, "event", json, len, err);

	return code < 0 ? code : gate_spool_append(dir, line.ptr, line.len, err);
}

/* The number of a sealed file; -1 when the name is none that we give. */
static int64_t sealed_number(const char *name)
{
	static const char prefix[] = "spool.";
	const char *digits = name + sizeof(prefix) - 1;
	size_t len;

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return -1;
	len = strspn(digits, "0123456789");
	if (len == 0 || len > MOST_DIGITS || digits[len] || (digits[0] == '0' && len > 1))
		return -1;
	return strtoll(digits, NULL, 10);
}

struct numbers {
	int64_t *list; /* own; ascending */
	size_t n, cap;
};

static void numbers_release(struct numbers *numbers)
{
	free(numbers->list);
}
GATE_DEFINE_AUTO_STRUCT(struct numbers, numbers_release)

static void close_dir(DIR *dir)
{
	if (dir)
		closedir(dir);
}
GATE_DEFINE_AUTO(DIR *, close_dir)

static int compare_numbers(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static int add_number(struct numbers *numbers, int64_t number, struct gate_error *err)
{
	int code = gate_grow(&numbers->list, &numbers->cap, numbers->n + 1, sizeof(*numbers->list),
	                     err);

	if (code == GATE_OK)
		numbers->list[numbers->n++] = number;
	return code;
}

/* The numbers of the sealed files; none when there is no folder. */
static int list_sealed(struct numbers *numbers, const char *dir, struct gate_error *err)
{
	GATE_AUTO(close_dir) DIR *list = opendir(dir);
	int code = GATE_OK;

	if (!list && (errno == ENOENT || errno == ENOTDIR))
		return GATE_OK;
	if (!list)
		return gate_fail_errno(err, "cannot read the folder '%s'", dir);
	while (code == GATE_OK) {
		const struct dirent *entry;
		int64_t number;

		errno = 0;
		entry = readdir(list);
		if (!entry)
			break;
		number = sealed_number(entry->d_name);
		if (number >= 0)
			code = add_number(numbers, number, err);
	}
	if (code < 0)
		return code;
	if (errno)
		return gate_fail_errno(err, "cannot read the folder '%s'", dir);
	if (numbers->n)
		qsort(numbers->list, numbers->n, sizeof(*numbers->list), compare_numbers);
	return GATE_OK;
}

static char *sealed_path(const char *dir, int64_t number)
{
	struct gate_buf buf = { 0 };

	gate_buf_printf(&buf, "%s/spool.%lld", dir, (long long)number);
	return gate_buf_take(&buf);
}

static int has_lines(bool *has, const char *path, struct gate_error *err)
{
	struct stat st = { 0 };

	if (stat(path, &st) < 0 && errno != ENOENT)
		return gate_fail_errno(err, "cannot read '%s'", path);
	*has = st.st_size > 0;
	return GATE_OK;
}

static int seal_locked(const char *dir, const char *path, struct gate_error *err)
{
	GATE_AUTO(numbers_release) struct numbers numbers = { 0 };
	GATE_AUTO(gate_free) char *sealed = NULL;
	int code = list_sealed(&numbers, dir, err);

	if (code < 0)
		return code;
	sealed = sealed_path(dir, numbers.n ? numbers.list[numbers.n - 1] + 1 : 1);
	if (!sealed)
		return gate_fail_memory(err);
	if (rename(path, sealed) < 0)
		return gate_fail_errno(err, "cannot rename '%s'", path);
	return gate_folder_sync(sealed, err);
}

int gate_spool_seal(const char *dir, struct gate_error *err)
{
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	GATE_AUTO(gate_free) char *path = path_in(dir, "spool");
	bool has = false;
	int code;

	if (!path)
		return gate_fail_memory(err);
	/* First without the lock: where nothing was ever recorded, no lock file is made. */
	code = has_lines(&has, path, err);
	if (code < 0 || !has)
		return code;
	code = lock_dir(&lock, dir, err);
	if (code == GATE_OK)
		code = has_lines(&has, path, err);
	if (code < 0 || !has)
		return code;
	return seal_locked(dir, path, err);
}

static void file_release(struct gate_spool_file *file)
{
	free(file->path);
	free(file->bytes);
}
GATE_DEFINE_AUTO_STRUCT(struct gate_spool_file, file_release)

void gate_spool_release(struct gate_spool *spool)
{
	for (size_t i = 0; i < spool->n; i++)
		file_release(&spool->files[i]);
	free(spool->files);
	*spool = (struct gate_spool){ 0 };
}

static size_t len_of_whole_lines(const char *bytes, size_t len)
{
	while (len && bytes[len - 1] != '\n')
		len--;
	return len;
}

/* Reads one file; `out->bytes` stays NULL when it is not there (any more). Takes `path`. */
static int read_file(struct gate_spool_file *out, char *path, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	int code;

	out->path = path;
	if (!path)
		return gate_fail_memory(err);
	code = gate_file_read(&buf, path, GATE_MAX_SPOOL_BYTES, err);
	if (code == GATE_ENOTFOUND)
		return GATE_OK;
	if (code < 0)
		return code;
	out->len = buf.len;
	gate_buf_puts(&buf, ""); /* "" rather than NULL for an empty file */
	out->bytes = gate_buf_take(&buf);
	return out->bytes ? GATE_OK : gate_fail_memory(err);
}

/* What was not there is left out. Takes what is in `file`. */
static int add_file(struct gate_spool *spool, struct gate_spool_file *file, struct gate_error *err)
{
	int code;

	if (!file->bytes)
		return GATE_OK;
	code = gate_grow(&spool->files, &spool->cap, spool->n + 1, sizeof(*spool->files), err);
	if (code < 0)
		return code;
	spool->files[spool->n++] = *file;
	*file = (struct gate_spool_file){ 0 };
	return GATE_OK;
}

static int read_sealed(struct gate_spool *spool, const char *dir, struct gate_error *err)
{
	GATE_AUTO(numbers_release) struct numbers numbers = { 0 };
	int code = list_sealed(&numbers, dir, err);

	for (size_t i = 0; code == GATE_OK && i < numbers.n; i++) {
		GATE_AUTO(file_release) struct gate_spool_file file = { 0 };

		code = read_file(&file, sealed_path(dir, numbers.list[i]), err);
		if (code == GATE_OK)
			code = add_file(spool, &file, err);
	}
	return code;
}

int gate_spool_read(struct gate_spool *out, const char *dir, bool open, struct gate_error *err)
{
	GATE_AUTO(gate_spool_release) struct gate_spool spool = { 0 };
	GATE_AUTO(file_release) struct gate_spool_file last = { 0 };
	int code = GATE_OK;

	/* Before the sealed ones are listed: should it be sealed meanwhile, its lines are given twice rather than not at all. */
	if (open)
		code = read_file(&last, path_in(dir, "spool"), err);
	if (code == GATE_OK)
		code = read_sealed(&spool, dir, err);
	if (code < 0)
		return code;
	last.len = len_of_whole_lines(last.bytes, last.len);
	if (last.len)
		code = add_file(&spool, &last, err);
	if (code < 0)
		return code;
	*out = spool;
	spool = (struct gate_spool){ 0 };
	return GATE_OK;
}

/* Numbers are used again, so the file of this name may be another one by now, with lines that are nowhere else. */
static int is_as_read(bool *same, const struct gate_spool_file *file, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf now = { 0 };
	int code = gate_file_read(&now, file->path, file->len, err);

	*same = code == GATE_OK && now.len == file->len &&
	        (file->len == 0 || !memcmp(now.ptr, file->bytes, file->len));
	return code == GATE_ENOTFOUND || code == GATE_ELIMIT ? GATE_OK : code;
}

static int remove_file(const struct gate_spool_file *file, struct gate_error *err)
{
	bool same;
	int code = is_as_read(&same, file, err);

	if (code == GATE_OK && same && unlink(file->path) < 0 && errno != ENOENT)
		code = gate_fail_errno(err, "cannot remove '%s'", file->path);
	return code;
}

static int lock_folder_of(struct gate_lock *lock, const char *path, struct gate_error *err)
{
	GATE_AUTO(gate_free) char *dir = gate_copy(path, (size_t)(strrchr(path, '/') - path));

	return dir ? lock_dir(lock, dir, err) : gate_fail_memory(err);
}

int gate_spool_remove(const struct gate_spool *spool, struct gate_error *err)
{
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	int code;

	if (spool->n == 0)
		return GATE_OK;
	/* Nothing is sealed between the look at a file and its removal. */
	code = lock_folder_of(&lock, spool->files[0].path, err);
	for (size_t i = 0; code == GATE_OK && i < spool->n; i++)
		code = remove_file(&spool->files[i], err);
	return code;
}

/* Sets *out when the text is in the newest bytes of a file. A block is searched together with the end of the one before it. */
static int search_file(bool *out, const char *path, const char *text, struct gate_error *err)
{
	char block[1 << 16];
	const size_t len = strlen(text);
	off_t at;
	size_t kept = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int code = GATE_OK;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR
		               ? GATE_OK
		               : gate_fail_errno(err, "cannot read '%s'", path);
	at = lseek(fd, 0, SEEK_END);
	if (at > MOST_SEARCHED)
		lseek(fd, at - MOST_SEARCHED, SEEK_SET);
	else
		lseek(fd, 0, SEEK_SET);
	while (!*out) {
		ssize_t n = read(fd, block + kept, sizeof(block) - kept);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			code = gate_fail_errno(err, "cannot read '%s'", path);
		if (n <= 0)
			break;
		*out = memmem(block, kept + (size_t)n, text, len) != NULL;
		at = (off_t)kept + n;
		kept = (size_t)at < len ? (size_t)at : len;
		memmove(block, block + at - kept, kept);
	}
	close(fd);
	return code;
}

int gate_spool_holds(bool *out, const char *dir, const char *text, struct gate_error *err)
{
	GATE_AUTO(numbers_release) struct numbers numbers = { 0 };
	GATE_AUTO(gate_free) char *path = path_in(dir, "spool");
	int code;

	*out = false;
	if (!path)
		return gate_fail_memory(err);
	code = search_file(out, path, text, err);
	if (code == GATE_OK && !*out)
		code = list_sealed(&numbers, dir, err);
	for (size_t i = 0; code == GATE_OK && !*out && i < numbers.n; i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf sealed = { 0 };

		gate_buf_printf(&sealed, "%s.%lld", path, (long long)numbers.list[i]);
		code = gate_buf_failed(&sealed) ? gate_fail_memory(err)
		                                : search_file(out, sealed.ptr, text, err);
	}
	return code;
}
