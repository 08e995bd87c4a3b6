/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/redact.h"

#include <ctype.h>

static bool is_space(char c)
{
	return isspace((unsigned char)c) || !c;
}

/* The first of these bytes, else the end. */
static const char *find(const char *text, const char *end, const char *bytes)
{
	while (text < end && !strchr(bytes, *text))
		text++;
	return text;
}

static const char *last_at(const char *text, const char *end)
{
	while (end > text)
		if (*--end == '@')
			return end;
	return NULL;
}

/* No colon, but those of "[::1]": what follows is a path. Behind a colon there may be a port, or a password with a slash in it. */
static bool is_host(const char *text, const char *end)
{
	if (text < end && *text == '[')
		text = find(text, end, "]");
	return find(text, end, ":") == end;
}

/* The @ that ends user and password in what follows "//"; NULL: there are none. `last` is the last @ of the word. */
static const char *end_of_user(const char *text, const char *end, const char *last)
{
	const char *path = find(text, end, "/?#");
	const char *at = last_at(text, path);

	if (at)
		return at;
	/* Git itself finds no user there, and shows all of it. */
	return is_host(text, path) || last < path ? NULL : last;
}

static void redact_word(struct gate_buf *out, const char *word, const char *end)
{
	const char *last = last_at(word, end);

	while (last && word < last) {
		const char *slashes = memmem(word, (size_t)(last - word), "//", 2), *at;

		if (!slashes)
			break;
		gate_buf_add(out, word, (size_t)(slashes + 2 - word));
		word = slashes + 2;
		at = end_of_user(word, end, last);
		if (at) {
			gate_buf_puts(out, "***");
			word = at;
		}
	}
	gate_buf_add(out, word, (size_t)(end - word));
}

void gate_git_redact(struct gate_buf *out, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *stop = text;

		while (stop < end && !is_space(*stop))
			stop++;
		redact_word(out, text, stop);
		for (text = stop; stop < end && is_space(*stop); stop++)
			;
		gate_buf_add(out, text, (size_t)(stop - text));
		text = stop;
	}
}
