/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Compiles a path pattern. Bytes are collected behind each other and tokens point into them by offset, since both
 * still grow; `finish` copies all of it to its last place.
 */
#include "gate/base/glob.h"

#include <stdarg.h>
#include <stdint.h>

struct builder {
	const struct gate_glob_source *source;
	struct gate_glob *glob; /* names only, until finish */
	struct gate_arena *arena;
	struct gate_error *err;

	struct gate_buf bytes;
	struct gate_glob_token *tokens; /* own; `bytes` is NULL, the offset is in offsets[] */
	size_t *offsets;                /* own */
	size_t token_count, token_cap, offset_cap;
	struct gate_glob_segment *segments; /* own */
	size_t segment_count, segment_cap;

	size_t segment_start; /* first token of the open segment */
	bool put;             /* a captured value, maybe an empty one, stands in the open segment */
	bool anchored;        /* starts at `folder`, not at any depth */
	bool only_folders;    /* a '/' is last */
};

static void builder_release(struct builder *b)
{
	gate_buf_release(&b->bytes);
	free(b->tokens);
	free(b->offsets);
	free(b->segments);
}
GATE_DEFINE_AUTO_STRUCT(struct builder, builder_release)

int gate_glob_fail(struct gate_error *err, size_t at, const char *fmt, ...)
{
	char message[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	gate_fail(err, GATE_ECONFIG, "%s", message);
	gate_error_at(err, NULL, 0, (unsigned)at + 1);
	return GATE_ECONFIG;
}

static int add_token(struct builder *b, struct gate_glob_token token)
{
	int code = gate_grow(&b->tokens, &b->token_cap, b->token_count + 1, sizeof(*b->tokens),
	                     b->err);

	if (code == GATE_OK)
		code = gate_grow(&b->offsets, &b->offset_cap, b->token_count + 1,
		                 sizeof(*b->offsets), b->err);
	if (code < 0)
		return code;
	b->offsets[b->token_count] = b->bytes.len;
	b->tokens[b->token_count++] = token;
	return GATE_OK;
}

/* The last token of the open segment, or NULL. */
static struct gate_glob_token *last_token(const struct builder *b)
{
	return b->token_count > b->segment_start ? &b->tokens[b->token_count - 1] : NULL;
}

/* Bytes that stand for themselves; they join the ones before. */
static int add_bytes(struct builder *b, const char *bytes, size_t len)
{
	struct gate_glob_token *last = last_token(b);
	int code = GATE_OK;

	if (!len)
		return GATE_OK;
	if (last && last->op == GATE_GLOB_BYTES)
		last->len += len;
	else
		code = add_token(b, (struct gate_glob_token){ .op = GATE_GLOB_BYTES, .len = len });
	gate_buf_add(&b->bytes, bytes, len);
	return gate_buf_failed(&b->bytes) ? gate_fail_memory(b->err) : code;
}

static int add_star(struct builder *b, unsigned capture, size_t least)
{
	const struct gate_glob_token *last = last_token(b);

	if (capture == GATE_GLOB_NO_CAPTURE && last && last->op == GATE_GLOB_STAR &&
	    last->capture == GATE_GLOB_NO_CAPTURE)
		return GATE_OK;
	return add_token(b, (struct gate_glob_token){
				    .op = GATE_GLOB_STAR, .capture = capture, .len = least });
}

static int add_class(struct builder *b, size_t *at)
{
	const struct gate_glob_source *source = b->source;
	unsigned char *bits = gate_arena_alloc(b->arena, 32);
	size_t open = *at;
	int code;

	if (!bits)
		return gate_fail_memory(b->err);
	code = gate_glob_class(bits, source->text, source->len, at, b->err);
	if (code < 0)
		return code;
	/* As gitignore does: a slash counts where it stands, though a class never takes one. */
	if (memchr(source->text + open, '/', *at - open))
		b->anchored = true;
	return add_token(b, (struct gate_glob_token){ .op = GATE_GLOB_CLASS, .class = bits });
}

static int add_segment(struct builder *b, struct gate_glob_segment segment)
{
	int code = gate_grow(&b->segments, &b->segment_cap, b->segment_count + 1,
	                     sizeof(*b->segments), b->err);

	if (code == GATE_OK)
		b->segments[b->segment_count++] = segment;
	return code;
}

static int add_folders(struct builder *b, unsigned capture)
{
	const struct gate_glob_segment *last =
		b->segment_count ? &b->segments[b->segment_count - 1] : NULL;

	if (capture == GATE_GLOB_NO_CAPTURE && last && last->folders && last->capture == capture)
		return GATE_OK;
	return add_segment(b, (struct gate_glob_segment){ .folders = true, .capture = capture });
}

/* A whole name that may be any. */
static int add_any_name(struct builder *b)
{
	int code;

	b->segment_start = b->token_count;
	code = add_star(b, GATE_GLOB_NO_CAPTURE, 0);
	if (code < 0)
		return code;
	b->segment_start = b->token_count;
	return add_segment(b,
	                   (struct gate_glob_segment){ .first = b->token_count - 1, .count = 1 });
}

static bool segment_is_open(const struct builder *b)
{
	return b->put || last_token(b);
}

/*
 * Ends the name that stands before the byte `at`. A name of which a captured value is all, and which is empty, is
 * none: with `{d**}` empty, "{d**}/x" means "/x" and "a/{d**}/x" means "a/x".
 */
static int end_segment(struct builder *b, size_t at)
{
	size_t first = b->segment_start, count = b->token_count - first;
	const char *bytes = gate_buf_text(&b->bytes) + (count ? b->offsets[first] : 0);
	bool put = b->put;

	b->segment_start = b->token_count;
	b->put = false;
	if (!count)
		return put ? GATE_OK
		           : gate_glob_fail(b->err, at, "a folder's name is missing before '/'");
	if (!put && count == 1 && b->tokens[first].op == GATE_GLOB_BYTES &&
	    b->tokens[first].len <= 2 && !memcmp(bytes, "..", b->tokens[first].len))
		return gate_glob_fail(b->err, at - b->tokens[first].len,
		                      "no path holds '.' or '..' as a name");
	return add_segment(b, (struct gate_glob_segment){ .first = first, .count = count });
}

/* What `{name}` captured; its slashes part names. */
static int put_value(struct builder *b, const struct gate_capture *value, size_t at)
{
	size_t from = 0;

	b->put = true;
	if (value->folders)
		b->anchored = true;
	for (size_t i = 0; i < value->len; i++) {
		int code;

		if (value->value[i] != '/')
			continue;
		code = add_bytes(b, value->value + from, i - from);
		if (code == GATE_OK)
			code = end_segment(b, at);
		if (code < 0)
			return code;
		from = i + 1;
		b->put = true;
		b->anchored = true;
	}
	return add_bytes(b, value->value + from, value->len - from);
}

struct capture_text {
	const char *name;
	size_t len;
	bool folders;
};

/* True when a capture stands at `at`; then `*end` is behind it. */
static bool read_capture(struct capture_text *out, const char *text, size_t len, size_t at,
                         size_t *end)
{
	size_t i = at + 1;
	bool folders;

	if (text[at] != '{' || i >= len || text[i] < 'a' || text[i] > 'z')
		return false;
	while (i < len && ((text[i] >= 'a' && text[i] <= 'z') || text[i] == '-' ||
	                   (text[i] >= '0' && text[i] <= '9')))
		i++;
	*out = (struct capture_text){ .name = text + at + 1, .len = i - at - 1 };
	folders = len - i > 2 && text[i] == '*' && text[i + 1] == '*';
	i += folders ? 2 : 0;
	if (i >= len || text[i] != '}')
		return false;
	out->folders = folders;
	*end = i + 1;
	return true;
}

/* Whether a name ends before `at`: there is the end, or a slash, which a backslash may precede. */
static bool name_ends(const struct gate_glob_source *source, size_t at)
{
	const char *text = source->text;

	return at == source->len || text[at] == '/' ||
	       (text[at] == '\\' && at + 1 < source->len && text[at + 1] == '/');
}

/* A capture in the pattern of an `each`: from now on the name is known. */
static int take_capture(struct builder *b, const struct capture_text *capture, size_t at,
                        size_t end)
{
	struct gate_glob *glob = b->glob;
	unsigned index = (unsigned)glob->name_count;

	for (size_t i = 0; i < glob->name_count; i++)
		if (strlen(glob->names[i]) == capture->len &&
		    !memcmp(glob->names[i], capture->name, capture->len))
			return gate_glob_fail(b->err, at, "'{%s}' stands twice in the pattern",
			                      glob->names[i]);
	if (index == GATE_MAX_CAPTURES)
		return gate_glob_fail(b->err, at, "more than %d captures in the pattern",
		                      GATE_MAX_CAPTURES);
	if (capture->folders &&
	    (segment_is_open(b) || !name_ends(b->source, end) || end == b->source->len))
		return gate_glob_fail(b->err, at,
		                      "'{%.*s**}' takes whole folders: only '/' may "
		                      "stand before it, and '/' must follow",
		                      (int)capture->len, capture->name);
	glob->names[index] = gate_arena_copy(b->arena, capture->name, capture->len);
	if (!glob->names[index])
		return gate_fail_memory(b->err);
	glob->folders[index] = capture->folders;
	glob->name_count++;
	return capture->folders ? add_folders(b, index) : add_star(b, index, 1);
}

static int add_capture(struct builder *b, const struct capture_text *capture, size_t at, size_t end)
{
	const struct gate_captures *puts = b->source->puts;

	if (!b->source->below)
		return take_capture(b, capture, at, end);
	for (size_t i = 0; puts && i < puts->n; i++)
		if (strlen(puts->items[i].name) == capture->len &&
		    !memcmp(puts->items[i].name, capture->name, capture->len))
			return put_value(b, &puts->items[i], at);
	return gate_glob_fail(b->err, at, "unknown capture '%.*s'", (int)(end - at),
	                      b->source->text + at);
}

/* At a '*'. A run of two or more that is a whole name stands for folders. */
static int add_stars(struct builder *b, size_t *at, bool *whole)
{
	const struct gate_glob_source *source = b->source;
	size_t first = *at;

	while (*at < source->len && source->text[*at] == '*')
		++*at;
	*whole = *at - first > 1 && !segment_is_open(b) && name_ends(source, *at);
	return *whole ? add_folders(b, GATE_GLOB_NO_CAPTURE) : add_star(b, GATE_GLOB_NO_CAPTURE, 0);
}

/* One thing that is no slash. `*whole`: it was a segment of its own. */
static int read_one(struct builder *b, size_t *at, bool *whole)
{
	const char *text = b->source->text;
	struct capture_text capture;
	size_t start = *at, end;

	*whole = false;
	switch (text[start]) {
	case '?':
		++*at;
		return add_token(b, (struct gate_glob_token){ .op = GATE_GLOB_ANY });
	case '*':
		return add_stars(b, at, whole);
	case '[':
		return add_class(b, at);
	case '\\':
		if (start + 1 == b->source->len)
			return gate_glob_fail(b->err, start, "nothing follows the last '\\'");
		*at += 2;
		return add_bytes(b, text + start + 1, 1);
	case '{':
		if (read_capture(&capture, text, b->source->len, start, &end)) {
			*at = end;
			*whole = capture.folders && !b->source->below;
			return add_capture(b, &capture, start, end);
		}
	}
	++*at;
	return add_bytes(b, text + start, 1);
}

static int read_pattern(struct builder *b)
{
	const struct gate_glob_source *source = b->source;
	size_t at = source->start;
	bool whole = false; /* the last thing was a segment, and `end_segment` has nothing to do */

	if (at < source->len && source->text[at] == '/') {
		b->anchored = true;
		at++;
	}
	while (at < source->len) {
		bool escaped = source->text[at] == '\\' && at + 1 < source->len &&
		               source->text[at + 1] == '/';
		int code = GATE_OK;

		at += escaped;
		if (source->text[at] != '/') {
			code = read_one(b, &at, &whole);
		} else {
			if (!whole)
				code = end_segment(b, at - escaped);
			whole = false;
			at++;
			if (at < source->len)
				b->anchored = true;
			else
				b->only_folders = true;
		}
		if (code < 0)
			return code;
	}
	if (whole || b->only_folders)
		return GATE_OK;
	/* A name made of an empty value, and last: the folder before is meant. */
	b->only_folders = b->put && !last_token(b);
	return end_segment(b, at);
}

/* Writes out as segments what slashes at the ends mean. */
static int frame(struct builder *b)
{
	int code = GATE_OK;

	if (b->segment_count && b->segments[b->segment_count - 1].folders)
		code = add_any_name(b);
	if (code == GATE_OK && b->source->below && b->only_folders)
		code = add_any_name(b);
	if (code == GATE_OK && b->source->below)
		code = add_folders(b, GATE_GLOB_NO_CAPTURE);
	if (code < 0 || b->anchored)
		return code;
	code = add_segment(b, b->segments[0]);
	if (code < 0)
		return code;
	memmove(b->segments + 1, b->segments, (b->segment_count - 1) * sizeof(*b->segments));
	b->segments[0] =
		(struct gate_glob_segment){ .folders = true, .capture = GATE_GLOB_NO_CAPTURE };
	return GATE_OK;
}

/* The folder and the literal names that come first: compared at once. Returns how many segments it covers. */
static size_t build_prefix(struct builder *b, struct gate_buf *prefix)
{
	size_t n = 0;

	gate_buf_puts(prefix, b->source->folder);
	for (; n < b->segment_count; n++) {
		const struct gate_glob_segment *segment = &b->segments[n];
		size_t first = segment->first;

		if (segment->folders || segment->count != 1 ||
		    b->tokens[first].op != GATE_GLOB_BYTES)
			break;
		gate_buf_add(prefix, b->bytes.ptr + b->offsets[first], b->tokens[first].len);
		gate_buf_putc(prefix, '/');
	}
	if (prefix->len)
		prefix->len--;
	return n;
}

static void *arena_dup(struct gate_arena *arena, const void *from, size_t size)
{
	void *copy = gate_arena_alloc(arena, size);

	if (copy && size)
		memcpy(copy, from, size);
	return copy;
}

static int finish(struct builder *b)
{
	GATE_AUTO(gate_buf_release) struct gate_buf prefix = { 0 };
	size_t skip = build_prefix(b, &prefix), rest = b->segment_count - skip;
	char *bytes = gate_arena_copy(b->arena, gate_buf_text(&b->bytes), b->bytes.len);
	struct gate_glob_token *tokens =
		arena_dup(b->arena, b->tokens, b->token_count * sizeof(*tokens));
	struct gate_glob_segment *segments =
		arena_dup(b->arena, b->segments + (rest ? skip : 0), rest * sizeof(*segments));
	char *text = gate_arena_copy(b->arena, gate_buf_text(&prefix), prefix.len);

	if (gate_buf_failed(&prefix) || !bytes || !tokens || !segments || !text)
		return gate_fail_memory(b->err);
	for (size_t i = 0; i < b->token_count; i++)
		if (tokens[i].op == GATE_GLOB_BYTES)
			tokens[i].bytes = bytes + b->offsets[i];
	b->glob->prefix = text;
	b->glob->prefix_len = prefix.len;
	b->glob->segments = segments;
	b->glob->segment_count = rest;
	b->glob->tokens = tokens;
	return GATE_OK;
}

static int check_text(const struct gate_glob_source *source, struct gate_error *err)
{
	const char *text = source->text,
		   *nul = source->len ? memchr(text, '\0', source->len) : NULL;
	size_t len = source->len - source->start;

	if (!len)
		return gate_glob_fail(err, source->start, "the pattern is empty");
	if (source->len > GATE_MAX_PATTERN_BYTES)
		return gate_glob_fail(err, GATE_MAX_PATTERN_BYTES,
		                      "the pattern is longer than %d bytes",
		                      GATE_MAX_PATTERN_BYTES);
	if (nul)
		return gate_glob_fail(err, (size_t)(nul - text), "a pattern holds no NUL");
	if (len == 1 && text[source->start] == '/')
		return gate_glob_fail(err, source->start,
		                      "'/' alone names nothing: all files are '/**'");
	if (!source->below && text[source->len - 1] == '/')
		return gate_glob_fail(err, source->len - 1,
		                      "a pattern for files does not end in '/'");
	return GATE_OK;
}

int gate_glob_build(struct gate_glob *glob, struct gate_arena *arena,
                    const struct gate_glob_source *source, struct gate_error *err)
{
	GATE_AUTO(builder_release)
	struct builder b = { .source = source, .glob = glob, .arena = arena, .err = err };
	int code = check_text(source, err);

	if (code == GATE_OK)
		code = read_pattern(&b);
	if (code == GATE_OK)
		code = frame(&b);
	return code == GATE_OK ? finish(&b) : code;
}

bool gate_pattern_next_capture(const char *pattern, size_t len, size_t *at, const char **name,
                               size_t *name_len)
{
	size_t i = *at;

	while (i < len) {
		struct capture_text capture;
		size_t end;

		if (read_capture(&capture, pattern, len, i, &end)) {
			*at = end;
			*name = capture.name;
			*name_len = capture.len;
			return true;
		}
		if (pattern[i] == '\\')
			i += 2;
		else if (pattern[i] != '[' || gate_glob_class(NULL, pattern, len, &i, NULL) < 0)
			i++;
	}
	return false;
}
