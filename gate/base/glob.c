/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Matches a compiled pattern. Twice the same walk, over the names of a path and over the bytes of a name: at a star
 * remember where it stands and try what follows; when that fails, let the star take one more and try again. Only the
 * last star is ever tried again: what stands between two stars fits best where it fits first. So time is at most
 * pattern times path, and stars and captures from the left take as little as possible.
 */
#include "gate/base/glob.h"

#include <stdint.h>

static void note(struct gate_captures *found, unsigned capture, const char *value, size_t len)
{
	if (capture == GATE_GLOB_NO_CAPTURE)
		return;
	found->items[capture].value = value;
	found->items[capture].len = len;
}

/* How many bytes the token takes at the front of a name of `len` bytes; 0: it does not match. */
static size_t token_takes(const struct gate_glob_token *token, const char *name, size_t len)
{
	unsigned char c;

	if (token->op == GATE_GLOB_BYTES)
		return token->len <= len && !memcmp(token->bytes, name, token->len) ? token->len
		                                                                    : 0;
	if (!len)
		return 0;
	c = (unsigned char)name[0];
	return token->op == GATE_GLOB_ANY || token->class[c / 8] >> c % 8 & 1;
}

static bool match_name(const struct gate_glob_token *tokens, size_t count, const char *name,
                       size_t len, struct gate_captures *found)
{
	const struct gate_glob_token *star = NULL;
	size_t i = 0, at = 0, star_from = 0, star_to = 0;

	for (;;) {
		size_t taken;

		if (i < count && tokens[i].op == GATE_GLOB_STAR) {
			star = &tokens[i++];
			star_from = at;
			star_to = at + star->len;
			/* The last literal can only stand at the end. */
			if (i + 1 == count && tokens[i].op == GATE_GLOB_BYTES &&
			    star_to + tokens[i].len < len)
				star_to = len - tokens[i].len;
			if (i == count && star_to < len)
				star_to = len;
		} else if (i == count && at == len) {
			return true;
		} else {
			taken = i < count ? token_takes(&tokens[i], name + at, len - at) : 0;
			if (taken) {
				i++;
				at += taken;
				continue;
			}
			/* With nothing left, a longer star leaves even less. */
			if (!star || at == len)
				return false;
			i = (size_t)(star - tokens) + 1;
			star_to++;
		}
		if (star_to > len)
			return false;
		at = star_to;
		note(found, star->capture, name + star_from, star_to - star_from);
	}
}

static size_t name_end(const char *path, size_t len, size_t at)
{
	const char *slash = at < len ? memchr(path + at, '/', len - at) : NULL;

	return slash ? (size_t)(slash - path) : len;
}

/* `at` is where the next name starts; len + 1 when there is none left. */
static bool match_names(const struct gate_glob *glob, const char *path, size_t len, size_t at,
                        struct gate_captures *found)
{
	const struct gate_glob_segment *segments = glob->segments, *star = NULL;
	size_t i = 0, star_from = 0, star_to = 0;

	for (;;) {
		if (i < glob->segment_count && segments[i].folders) {
			star = &segments[i++];
			star_from = star_to = at;
			if (i == glob->segment_count)
				return true;
		} else if (at > len) {
			return i == glob->segment_count;
		} else {
			size_t end = name_end(path, len, at);

			if (i < glob->segment_count &&
			    match_name(glob->tokens + segments[i].first, segments[i].count,
			               path + at, end - at, found)) {
				i++;
				at = end + 1;
				continue;
			}
			if (!star)
				return false;
			i = (size_t)(star - segments) + 1;
			star_to = name_end(path, len, star_to) + 1;
			at = star_to;
		}
		/* Without the slash behind the last folder. */
		note(found, star->capture, path + (star_from < len ? star_from : len),
		     star_to > star_from ? star_to - star_from - 1 : 0);
	}
}

bool gate_glob_match(const struct gate_glob *glob, const char *path, size_t len,
                     struct gate_captures *captures)
{
	struct gate_captures found;
	size_t at = glob->prefix_len;

	if (!len || at > len || memcmp(path, glob->prefix, at) != 0)
		return false;
	if (at && at < len && path[at] != '/')
		return false;
	if (!match_names(glob, path, len, at ? at + 1 : 0, &found))
		return false;
	if (captures) {
		for (size_t i = 0; i < glob->name_count; i++) {
			captures->items[i] = found.items[i];
			captures->items[i].name = glob->names[i];
			captures->items[i].folders = glob->folders[i];
		}
		captures->n = glob->name_count;
	}
	return true;
}
