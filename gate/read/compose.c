/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/read/compose.h"

#include <ctype.h>

static void take_entry(struct gate_compose_service *service, const struct gate_outline *outline)
{
	if (gate_outline_at(outline, "services/*/image")) {
		service->image = true;
	} else if (gate_outline_at(outline, "services/*/build")) {
		service->build = true;
		service->context = outline->value;
	} else if (gate_outline_at(outline, "services/*/build/context")) {
		service->context = outline->value;
	} else if (gate_outline_at(outline, "services/*/build/dockerfile")) {
		service->dockerfile = outline->value;
	}
}

int gate_compose_read(const char *bytes, size_t len, gate_compose_fn *fn, void *payload)
{
	struct gate_compose_service service = { 0 };
	struct gate_outline outline;

	gate_outline_init(&outline, bytes, len);
	while (gate_outline_next(&outline)) {
		if (!gate_outline_at(&outline, "services/*")) {
			take_entry(&service, &outline);
			continue;
		}
		if (service.name.len) {
			int code = fn(&service, payload);

			if (code)
				return code;
		}
		service = (struct gate_compose_service){ .line = outline.line };
		service.name = outline.levels[outline.depth - 1].key;
	}
	return service.name.len ? fn(&service, payload) : 0;
}

static size_t name_length(const char *bytes, size_t len)
{
	size_t n = 0;

	while (n < len && (isalnum((unsigned char)bytes[n]) || bytes[n] == '_'))
		n++;
	return n;
}

/* The value behind "NAME=" on the line from `line` to `end`, without quotes and comments. */
static struct gate_span env_value(const char *line, const char *end)
{
	if (line < end && (*line == '"' || *line == '\'')) {
		const char *close = memchr(line + 1, *line, (size_t)(end - line - 1));

		if (close)
			return (struct gate_span){ line + 1, (size_t)(close - line - 1) };
	}
	for (const char *p = line; p < end; p++)
		if (*p == '#' && p > line && isspace((unsigned char)p[-1]))
			end = p;
	while (end > line && isspace((unsigned char)end[-1]))
		end--;
	return (struct gate_span){ line, (size_t)(end - line) };
}

/* The last line that sets a variable counts. */
static bool env_find(struct gate_span *value, struct gate_span env, struct gate_span name)
{
	const char *at = env.bytes, *end;
	bool found = false;

	if (!env.len)
		return false;
	end = at + env.len;
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		const char *line_end = stop ? stop : end;
		size_t left;

		if (line_end - at > 7 && memcmp(at, "export ", 7) == 0)
			at += 7;
		left = (size_t)(line_end - at);
		if (left > name.len && at[name.len] == '=' &&
		    memcmp(at, name.bytes, name.len) == 0) {
			*value = env_value(at + name.len + 1, line_end);
			found = true;
		}
		at = line_end + 1;
		if (!stop)
			break;
	}
	return found;
}

/* At the '$'. Moves `*at` behind the variable. */
static bool expand_one(struct gate_buf *out, struct gate_span text, size_t *at,
                       struct gate_span env)
{
	struct gate_span name, value = { "", 0 };
	const char *rest = text.bytes + *at + 1, *end = text.bytes + text.len, *close = NULL;
	bool found;

	if (rest < end && *rest == '{') {
		rest++;
		close = memchr(rest, '}', (size_t)(end - rest));
		if (!close)
			return false;
	}
	name = (struct gate_span){ rest, name_length(rest, (size_t)(end - rest)) };
	if (!name.len)
		return false;
	rest += name.len;
	found = env_find(&value, env, name);
	if (close && rest < close) {
		rest += *rest == ':';
		if (rest == close || *rest != '-')
			return false;
		if (!found || !value.len)
			value = (struct gate_span){ rest + 1, (size_t)(close - rest - 1) };
		found = true;
	}
	*at = (size_t)((close ? close + 1 : rest) - text.bytes);
	gate_buf_add(out, value.bytes, value.len);
	return found;
}

bool gate_compose_expand(struct gate_buf *out, struct gate_span text, struct gate_span env)
{
	size_t at = 0;

	while (at < text.len) {
		if (text.bytes[at] != '$') {
			gate_buf_putc(out, text.bytes[at++]);
			continue;
		}
		if (!expand_one(out, text, &at, env))
			return false;
	}
	return true;
}
