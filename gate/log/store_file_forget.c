/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `file:` forgets: a line "<key> <reason>" in PATH.forgotten first, so that readers drop the lines of the identity and nobody appends them, and then the
 * file without them. After a kill between the two, forgetting again does the rest.
 */
#include "gate/log/store_file.h"

#include "gate/base/limits.h"
#include "gate/log/event.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_LEN (GATE_DIGEST_HEX - 1)

/* The next line of a text, without its newline. False: there is none. `*whole`: it has one. */
static bool next_line(struct gate_log_line *line, bool *whole, const char **at, const char *end)
{
	const char *newline;

	if (*at >= end)
		return false;
	newline = memchr(*at, '\n', (size_t)(end - *at));
	*line = (struct gate_log_line){ *at, (size_t)((newline ? newline : end) - *at) };
	*whole = newline;
	*at += line->len + *whole;
	return true;
}

/* Whatever begins with a key. */
static bool has_key(const struct gate_log_line *line)
{
	if (line->len <= KEY_LEN || line->bytes[KEY_LEN] != ' ')
		return false;
	for (size_t i = 0; i < KEY_LEN; i++)
		if (!line->bytes[i] || !strchr("0123456789abcdef", line->bytes[i]))
			return false;
	return true;
}

static int each_key(const struct store_file *file, gate_line_fn *fn, void *payload,
                    struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	struct gate_error why = { 0 };
	struct gate_log_line line;
	const char *at, *end;
	bool whole;
	int code = gate_file_read(&text, file->forgotten, GATE_MAX_LOG_BLOB, &why);

	if (code == GATE_ENOTFOUND)
		return GATE_OK;
	if (code < 0 && err)
		*err = why;
	at = gate_buf_text(&text);
	end = at + text.len;
	while (code == GATE_OK && next_line(&line, &whole, &at, end))
		if (has_key(&line))
			code = fn(&(struct gate_log_line){ line.bytes, KEY_LEN }, payload);
	return code;
}

int store_file_forgotten(struct gate_store *store, gate_line_fn *fn, void *payload,
                         struct gate_error *err)
{
	return each_key((const struct store_file *)store, fn, payload, err);
}

/* The keys, in a row. */
static int add_key(const struct gate_log_line *key, void *payload)
{
	gate_buf_add(payload, key->bytes, key->len);
	return GATE_OK;
}

static int read_keys(struct gate_buf *out, const struct store_file *file, struct gate_error *err)
{
	int code = each_key(file, add_key, out, err);

	return code == GATE_OK && gate_buf_failed(out) ? gate_fail_memory(err) : code;
}

/* Is it one of those that are in a row? */
static bool is_among(const struct gate_buf *keys, const char *key)
{
	for (size_t i = 0; i < keys->len; i += KEY_LEN)
		if (!memcmp(keys->ptr + i, key, KEY_LEN))
			return true;
	return false;
}

/* *out = the line is an event of one of the identities. */
static int is_forgotten(bool *out, const struct gate_log_line *line, const struct gate_buf *keys,
                        struct gate_error *err)
{
	GATE_AUTO(gate_event_reader_release) struct gate_event_reader reader = { 0 };
	struct gate_error why = { 0 };
	struct gate_event event;
	int code = gate_event_read(&event, &reader, line->bytes, line->len, true, &why);

	if (code == GATE_ENOMEM)
		return gate_fail_memory(err);
	*out = code == GATE_OK && is_among(keys, event.key);
	return GATE_OK;
}

int store_file_add_known(struct gate_buf *out, const struct store_file *file,
                         const struct gate_log_line lines[], size_t n, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf keys = { 0 };
	int code = read_keys(&keys, file, err);

	for (size_t i = 0; code == GATE_OK && i < n; i++) {
		bool forgotten = false;

		if (keys.len)
			code = is_forgotten(&forgotten, &lines[i], &keys, err);
		if (code < 0 || forgotten)
			continue;
		gate_buf_add(out, lines[i].bytes, lines[i].len);
		gate_buf_putc(out, '\n');
	}
	return code == GATE_OK && gate_buf_failed(out) ? gate_fail_memory(err) : code;
}

/* What is left of a text without the lines of an identity, byte for byte. */
static int take_out(struct gate_buf *out, const struct gate_buf *text, const struct gate_buf *key,
                    struct gate_error *err)
{
	const char *at = gate_buf_text(text), *end = at + text->len;
	struct gate_log_line line;
	bool whole;
	int code = GATE_OK;

	while (code == GATE_OK && next_line(&line, &whole, &at, end)) {
		bool forgotten;

		code = is_forgotten(&forgotten, &line, key, err);
		if (code == GATE_OK && !forgotten)
			gate_buf_add(out, line.bytes, line.len + whole);
	}
	return code == GATE_OK && gate_buf_failed(out) ? gate_fail_memory(err) : code;
}

/* Owner, group and mode of the file that is replaced: the others who write there must be able to go on. */
static int write_like(int fd, const char *path, const struct gate_buf *text, struct gate_error *err)
{
	struct stat st, own;
	int code = GATE_OK;

	if (stat(path, &st) < 0 || fstat(fd, &own) < 0)
		return gate_fail_errno(err, "cannot write '%s'", path);
	/* Only root gives a file away; who may write through the group still does. */
	if (st.st_uid != own.st_uid && fchown(fd, st.st_uid, (gid_t)-1) < 0 && errno != EPERM)
		code = gate_fail_errno(err, "cannot write '%s'", path);
	if (code == GATE_OK && st.st_gid != own.st_gid && fchown(fd, (uid_t)-1, st.st_gid) < 0)
		code = gate_fail_errno(err, "cannot keep the group of '%s'", path);
	if (code == GATE_OK && fchmod(fd, st.st_mode & 07777) < 0)
		code = gate_fail_errno(err, "cannot write '%s'", path);
	if (code == GATE_OK)
		code = gate_fd_write(fd, path, gate_buf_text(text), text->len, err);
	if (code == GATE_OK && fsync(fd) < 0)
		code = gate_fail_errno(err, "cannot write '%s'", path);
	return code;
}

/* The lock is held, so one name is enough; what a killed process left there goes. */
static int replace(const struct store_file *file, const struct gate_buf *text,
                   struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf name = { 0 };
	int fd, code;

	gate_buf_printf(&name, "%s.new", file->path);
	if (gate_buf_failed(&name))
		return gate_fail_memory(err);
	unlink(name.ptr);
	fd = open(name.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return gate_fail_errno(err, "cannot write '%s'", name.ptr);
	code = write_like(fd, file->path, text, err);
	if (close(fd) < 0 && code == GATE_OK)
		code = gate_fail_errno(err, "cannot write '%s'", name.ptr);
	if (code == GATE_OK && rename(name.ptr, file->path) < 0)
		code = gate_fail_errno(err, "cannot write '%s'", file->path);
	if (code < 0)
		unlink(name.ptr);
	return code < 0 ? code : gate_folder_sync(file->path, err);
}

static int rewrite(const struct store_file *file, const char *key, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 }, kept = { 0 }, keys = { 0 };
	struct gate_error why = { 0 };
	int code = gate_file_read(&text, file->path, GATE_MAX_SPOOL_BYTES, &why);

	if (code == GATE_ENOTFOUND)
		return GATE_OK;
	if (code < 0) {
		if (err)
			*err = why;
		return code;
	}
	gate_buf_puts(&keys, key);
	code = gate_buf_failed(&keys) ? gate_fail_memory(err) : take_out(&kept, &text, &keys, err);
	return code < 0 || kept.len == text.len ? code : replace(file, &kept, err);
}

int store_file_forget(struct gate_store *store, const char *key, const char *text,
                      struct gate_error *err)
{
	const struct store_file *file = (const struct store_file *)store;
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	GATE_AUTO(gate_buf_release) struct gate_buf keys = { 0 }, line = { 0 };
	int code = store_file_lock(&lock, file, false, err);

	if (code == GATE_OK)
		code = read_keys(&keys, file, err);
	gate_buf_printf(&line, "%s %s", key, text);
	if (code == GATE_OK && gate_buf_failed(&line))
		code = gate_fail_memory(err);
	if (code == GATE_OK && !is_among(&keys, key))
		code = gate_file_append(file->forgotten, line.ptr, line.len, GATE_MAX_LOG_BLOB,
		                        err);
	return code < 0 ? code : rewrite(file, key, err);
}
