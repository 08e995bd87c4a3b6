/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/log/source.h"

#include "gate/base/file.h"
#include "gate/base/limits.h"
#include "gate/base/uuid.h"
#include "gate/git/refs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

/* Some bytes of a longer text. */
struct part {
	const char *ptr;
	size_t len;
};

static const char *find_last(struct part part, char c)
{
	return part.len ? memrchr(part.ptr, c, part.len) : NULL;
}

static void cut_front(struct part *part, size_t n)
{
	part->ptr += n;
	part->len -= n;
}

/* User and password say who asks, and are nobody else's business. */
static void cut_user(struct part *host)
{
	const char *at = find_last(*host, '@');

	if (at)
		cut_front(host, (size_t)(at - host->ptr) + 1);
}

/* The port belongs to the way there; colons in brackets are those of an IPv6 address. */
static void cut_port(struct part *host)
{
	const char *colon = find_last(*host, ':');
	const char *bracket = find_last(*host, ']');

	if (colon && (!bracket || colon > bracket))
		host->len = (size_t)(colon - host->ptr);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void add_byte(struct gate_buf *out, unsigned char byte)
{
	static const char kept[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:@!$&'()*+,;=";

	if (byte && strchr(kept, byte))
		gate_buf_putc(out, (char)byte);
	else
		gate_buf_printf(out, "%%%02X", byte);
}

/*
 * `escaped`: a "%41" stands for a byte, as in every URL; the scp form has no such thing. What is escaped needlessly is not
 * any more, but a slash stays: "%2F" is part of a name.
 */
static void add_path(struct gate_buf *out, struct part path, bool escaped)
{
	for (size_t i = 0; i < path.len; i++) {
		unsigned char byte = (unsigned char)path.ptr[i];

		if (escaped && byte == '%' && i + 2 < path.len) {
			int high = hex_value(path.ptr[i + 1]), low = hex_value(path.ptr[i + 2]);

			if (high >= 0 && low >= 0) {
				byte = (unsigned char)(high * 16 + low);
				i += 2;
				if (byte == '/') {
					gate_buf_puts(out, "%2F");
					continue;
				}
			}
		}
		add_byte(out, byte);
	}
}

static void cut_slashes(struct part *path)
{
	while (path->len && path->ptr[path->len - 1] == '/')
		path->len--;
}

static int add_name(char **out, struct part host, struct part path, bool escaped,
                    struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf name = { 0 };

	*out = NULL;
	if (!host.len)
		return GATE_OK;
	while (path.len && *path.ptr == '/')
		cut_front(&path, 1);
	cut_slashes(&path);
	if (path.len >= 4 && !memcmp(path.ptr + path.len - 4, ".git", 4))
		path.len -= 4;
	cut_slashes(&path);
	gate_buf_puts(&name, "https://");
	for (size_t i = 0; i < host.len; i++) {
		char c = host.ptr[i];

		if (c == '[' || c == ']')
			gate_buf_putc(&name, c);
		else
			add_byte(&name, (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
	}
	if (path.len)
		gate_buf_putc(&name, '/');
	add_path(&name, path, escaped);
	if (gate_buf_failed(&name))
		return gate_fail_memory(err);
	if (name.len <= GATE_MAX_REPOSITORY_BYTES)
		*out = gate_buf_take(&name);
	return GATE_OK;
}

/* `rest` stands behind "://". What asks a web server in the query may be a password. */
static int name_of_url(char **out, struct part scheme, const char *rest, struct gate_error *err)
{
	static const char *const shared[] = { "https", "http", "ssh",     "git",
		                              "ftps",  "ftp",  "git+ssh", "ssh+git" };
	struct part host = { rest, strcspn(rest, "/") }, path;

	for (size_t i = 0; i < GATE_COUNT(shared); i++) {
		bool web = strchr("hf", shared[i][0]) != NULL;

		if (strlen(shared[i]) != scheme.len ||
		    strncasecmp(shared[i], scheme.ptr, scheme.len) != 0)
			continue;
		if (web)
			host.len = strcspn(rest, "/?#");
		path.ptr = host.ptr + host.len;
		path.len = web ? strcspn(path.ptr, "?#") : strlen(path.ptr);
		cut_user(&host);
		cut_port(&host);
		return add_name(out, host, path, true, err);
	}
	*out = NULL;
	return GATE_OK;
}

/* What stands in the brackets of an scp form: "[user@]host:port", or with more colons an address. */
static int name_of_brackets(char **out, struct part inside, struct part path,
                            struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf address = { 0 };

	cut_user(&inside);
	if (inside.len && find_last(inside, ':') == memchr(inside.ptr, ':', inside.len)) {
		cut_port(&inside);
		return add_name(out, inside, path, false, err);
	}
	gate_buf_printf(&address, "[%.*s]", (int)inside.len, inside.ptr);
	if (gate_buf_failed(&address))
		return gate_fail_memory(err);
	return inside.len
	               ? add_name(out, (struct part){ address.ptr, address.len }, path, false, err)
	               : GATE_OK;
}

/* "[user@]host:path", "[user@][::1]:path" and "[host:port]:path", the last two with brackets that are written. */
static int name_of_scp(char **out, const char *url, struct gate_error *err)
{
	const char *open = strchr(url, '['), *colon = strchr(url, ':'), *close = NULL;
	struct part host, path;

	*out = NULL;
	if (open && (open == url || open[-1] == '@') && (!colon || open < colon))
		close = strchr(open, ']');
	if (close && close[1] == ':')
		colon = close + 1;
	if (!colon || (size_t)(colon - url) > strcspn(url, "/"))
		return GATE_OK;
	path = (struct part){ colon + 1, strlen(colon + 1) };
	if (close && colon == close + 1)
		return name_of_brackets(out, (struct part){ open + 1, (size_t)(close - open) - 1 },
		                        path, err);
	host = (struct part){ url, (size_t)(colon - url) };
	cut_user(&host);
	return add_name(out, host, path, false, err);
}

int gate_log_url_name(char **out, const char *url, struct gate_error *err)
{
	size_t scheme = strspn(url, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                            "0123456789+.-");

	if (scheme && !strncmp(url + scheme, "://", 3))
		return name_of_url(out, (struct part){ url, scheme }, url + scheme + 3, err);
	*out = NULL;
	/* "ext::command": what it leads to only its helper knows. */
	if (scheme && !strncmp(url + scheme, "::", 2))
		return GATE_OK;
	return name_of_scp(out, url, err);
}

static int read_clone(char out[GATE_UUID], const char *path, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	int code = gate_file_read(&text, path, 4096, err);

	if (code < 0)
		return code;
	if (text.len != GATE_UUID || text.ptr[GATE_UUID - 1] != '\n' ||
	    !gate_uuid_is(text.ptr, GATE_UUID - 1))
		return gate_fail(err, GATE_EIO, "'%s' holds no UUID and a newline: remove it",
		                 path);
	memcpy(out, text.ptr, GATE_UUID - 1);
	out[GATE_UUID - 1] = '\0';
	return GATE_OK;
}

/*
 * The file gets its name by link(), which fails where another process was first: whoever comes, reads what the first one
 * wrote, and never half of it. A file system without hard links gets a rename; there two that are the first may disagree
 * once.
 */
static int make_clone(const char *dir, const char *path, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf beside = { 0 };
	char uuid[GATE_UUID];
	int code = gate_mkdirs(dir, 0777, err);

	if (code == GATE_OK)
		code = gate_uuid(uuid, err);
	if (code < 0)
		return code;
	gate_buf_printf(&beside, "%s.%s", path, uuid);
	if (gate_buf_failed(&beside))
		return gate_fail_memory(err);
	uuid[GATE_UUID - 1] = '\n'; /* in place of the NUL */
	code = gate_file_write(beside.ptr, uuid, sizeof(uuid), 0666, err);
	if (code == GATE_OK && link(beside.ptr, path) < 0 && errno != EEXIST &&
	    ((errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS) ||
	     rename(beside.ptr, path) < 0))
		code = gate_fail_errno(err, "cannot write '%s'", path);
	unlink(beside.ptr);
	return code;
}

static int clone_name(char **out, const struct gate_repo *repo, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf dir = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	char uuid[GATE_UUID];
	int code;

	gate_buf_printf(&dir, "%s/doragate", gate_repo_common_dir(repo));
	gate_buf_printf(&text, "%s/clone", gate_buf_text(&dir));
	if (gate_buf_failed(&dir) || gate_buf_failed(&text))
		return gate_fail_memory(err);
	code = read_clone(uuid, text.ptr, err);
	if (code == GATE_ENOTFOUND) {
		code = make_clone(dir.ptr, text.ptr, err);
		if (code == GATE_OK)
			code = read_clone(uuid, text.ptr, err);
	}
	if (code < 0)
		return code;
	gate_buf_reset(&text);
	gate_buf_printf(&text, "urn:uuid:%s", uuid);
	*out = gate_buf_take(&text);
	return *out ? GATE_OK : gate_fail_memory(err);
}

int gate_log_repository(char **out, const struct gate_repo *repo, const char *configured,
                        const char *remote, struct gate_error *err)
{
	GATE_AUTO(gate_free) char *url = NULL;
	char *name = NULL;
	int code;

	if (configured) {
		name = gate_copy(configured, strlen(configured));
		if (!name)
			return gate_fail_memory(err);
		*out = name;
		return GATE_OK;
	}
	code = gate_remote_url(&url, repo, remote ? remote : "origin", err);
	if (code == GATE_OK && url)
		code = gate_log_url_name(&name, url, err);
	if (code < 0)
		return code;
	if (!name)
		return clone_name(out, repo, err);
	*out = name;
	return GATE_OK;
}
