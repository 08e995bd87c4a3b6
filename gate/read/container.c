/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/read/container.h"

#include "gate/base/memory.h"

#define MAX_STAGES 64

struct stage {
	struct gate_span image, name;
};

static bool same_name(struct gate_span a, struct gate_span b)
{
	return a.len && a.len == b.len && strncasecmp(a.bytes, b.bytes, a.len) == 0;
}

static bool is_word(struct gate_span word, const char *text)
{
	return same_name(word, (struct gate_span){ text, strlen(text) });
}

/* The next word of a line; empty at its end. Moves `*at` behind it. */
static struct gate_span next_word(const char **at, const char *end)
{
	const char *from;

	while (*at < end && strchr(" \t\r", **at))
		(*at)++;
	from = *at;
	while (*at < end && !strchr(" \t\r", **at))
		(*at)++;
	return (struct gate_span){ from, (size_t)(*at - from) };
}

/* A line; true: it is FROM. */
static bool read_from(struct stage *stage, const char *line, const char *end)
{
	struct gate_span word = next_word(&line, end);

	if (!is_word(word, "FROM"))
		return false;
	do
		word = next_word(&line, end);
	while (word.len > 1 && memcmp(word.bytes, "--", 2) == 0);
	*stage = (struct stage){ .image = word };
	if (is_word(next_word(&line, end), "AS"))
		stage->name = next_word(&line, end);
	return word.len > 0;
}

static struct gate_span image_name(struct gate_span image)
{
	const char *at = image.bytes, *slash;
	size_t len = image.len;

	while (len && (slash = memchr(at, '/', len)) != NULL) {
		len -= (size_t)(slash + 1 - at);
		at = slash + 1;
	}
	for (size_t i = 0; i < len; i++)
		if (at[i] == ':' || at[i] == '@')
			len = i;
	return (struct gate_span){ at, len };
}

struct gate_span gate_dockerfile_base(const char *bytes, size_t len)
{
	const char *at = bytes, *end = bytes + len;
	struct stage stages[MAX_STAGES] = { 0 };
	struct gate_span image = { 0 };
	size_t n = 0;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		/* Of more stages than we know, the last one is still the last. */
		if (read_from(&stages[n], at, stop ? stop : end) && n + 1 < MAX_STAGES)
			n++;
		at = stop ? stop + 1 : end;
	}
	if (n + 1 == MAX_STAGES && stages[n].image.len)
		n++;
	if (n)
		image = stages[n - 1].image;
	for (size_t i = n ? n - 1 : 0; i > 0; i--)
		if (same_name(stages[i - 1].name, image))
			image = stages[i - 1].image;
	return image_name(image);
}

/* What is known of one document. */
struct workload {
	bool runs;
	struct gate_span name;
	unsigned line, document;
};

static int say(const struct workload *workload, gate_workload_fn *fn, void *payload)
{
	const struct gate_span name = workload->name;

	if (!workload->runs || !name.len || memchr(name.bytes, '{', name.len))
		return 0;
	return fn(name, workload->line, payload);
}

static bool is_kind(struct gate_span kind)
{
	return gate_span_is(kind, "Deployment") || gate_span_is(kind, "StatefulSet") ||
	       gate_span_is(kind, "Rollout");
}

int gate_workloads_read(const char *bytes, size_t len, gate_workload_fn *fn, void *payload)
{
	struct workload workload = { 0 };
	struct gate_outline outline;

	gate_outline_init(&outline, bytes, len);
	while (gate_outline_next(&outline)) {
		if (outline.document != workload.document) {
			int code = say(&workload, fn, payload);

			if (code)
				return code;
			workload = (struct workload){ .document = outline.document };
		}
		if (gate_outline_at(&outline, "kind")) {
			workload.runs = is_kind(outline.value);
		} else if (gate_outline_at(&outline, "metadata/name")) {
			workload.name = outline.value;
			workload.line = outline.line;
		}
	}
	return say(&workload, fn, payload);
}
