/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/read/workspace.h"

#include "gate/base/memory.h"

#include <ctype.h>

/* Where a reader stands. */
struct cursor {
	const char *at, *end;
	unsigned line;
	gate_member_fn *fn;
	void *payload;
};

static bool starts(const struct cursor *c, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(c->end - c->at) >= len && memcmp(c->at, text, len) == 0;
}

static void step(struct cursor *c, size_t n)
{
	for (; n && c->at < c->end; n--, c->at++)
		c->line += *c->at == '\n';
}

/* Behind the next `text`, or to the end. */
static void skip_past(struct cursor *c, const char *text)
{
	while (c->at < c->end && !starts(c, text))
		step(c, 1);
	step(c, strlen(text));
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* As starts, where the word ends there. */
static bool starts_word(const struct cursor *c, const char *text)
{
	const char *behind = c->at + strlen(text);

	return starts(c, text) && (behind == c->end || !is_word(*behind));
}

/* Comments as in C; true: one was skipped. */
static bool skip_comment(struct cursor *c)
{
	if (starts(c, "//"))
		skip_past(c, "\n");
	else if (starts(c, "/*"))
		skip_past(c, "*/");
	else
		return false;
	return true;
}

/* Text between quotes on one line, at its first quote. */
static struct gate_span take_quoted(struct cursor *c)
{
	const char quote = *c->at, *from = ++c->at;

	while (c->at < c->end && *c->at != quote && *c->at != '\n')
		c->at++;
	return (struct gate_span){ from, (size_t)(c->at - from) };
}

static int say(struct cursor *c, struct gate_span member)
{
	return member.len ? c->fn(member, c->line, c->payload) : 0;
}

static int outline_members(struct cursor *c, const char *const paths[])
{
	struct gate_outline outline;

	gate_outline_init(&outline, c->at, (size_t)(c->end - c->at));
	while (gate_outline_next(&outline))
		for (size_t i = 0; paths[i]; i++)
			if (gate_outline_at(&outline, paths[i]) && outline.value.len) {
				int code = c->fn(outline.value, outline.line, c->payload);

				if (code)
					return code;
			}
	return 0;
}

static int npm_members(struct cursor *c)
{
	return outline_members(
		c, (const char *const[]){ "workspaces/-", "workspaces/packages/-", NULL });
}

static int pnpm_members(struct cursor *c)
{
	return outline_members(c, (const char *const[]){ "packages/-", NULL });
}

/* A word without blanks, quoted or not, up to a comment. */
static struct gate_span take_go_path(struct cursor *c)
{
	const char *from = c->at;

	if (*from == '"' || *from == '`')
		return take_quoted(c);
	while (c->at < c->end && !isspace((unsigned char)*c->at) && *c->at != ')' &&
	       !starts(c, "//"))
		c->at++;
	return (struct gate_span){ from, (size_t)(c->at - from) };
}

/* `use ./a`, or `use (` and a path on each line. */
static int go_members(struct cursor *c)
{
	bool block = false, fresh = true;

	while (c->at < c->end) {
		if (*c->at == '\n')
			fresh = true;
		if (isspace((unsigned char)*c->at)) {
			step(c, 1);
		} else if (starts(c, "//")) {
			skip_past(c, "\n");
			fresh = true;
		} else if (*c->at == ')') {
			block = false;
			step(c, 1);
		} else if (fresh && (block || starts_word(c, "use"))) {
			int code;

			if (!block)
				step(c, 3);
			while (c->at < c->end && (*c->at == ' ' || *c->at == '\t'))
				c->at++;
			fresh = false;
			if (c->at < c->end && *c->at == '(') {
				block = fresh = true;
				step(c, 1);
				continue;
			}
			code = c->at < c->end ? say(c, take_go_path(c)) : 0;
			if (code)
				return code;
		} else {
			fresh = false;
			step(c, 1);
		}
	}
	return 0;
}

/* The strings of a TOML list, behind its key; comments start with '#'. */
static int toml_list(struct cursor *c)
{
	while (c->at < c->end && *c->at != '[' && *c->at != '\n')
		c->at++;
	while (c->at < c->end && *c->at != ']') {
		if (*c->at == '#')
			skip_past(c, "\n");
		else if (*c->at == '"' || *c->at == '\'') {
			int code = say(c, take_quoted(c));

			if (code)
				return code;
			step(c, 1);
		} else {
			step(c, 1);
		}
	}
	return 0;
}

/* `members` of the table [workspace]. */
static int cargo_members(struct cursor *c)
{
	bool workspace = false;

	while (c->at < c->end) {
		while (c->at < c->end && (*c->at == ' ' || *c->at == '\t'))
			c->at++;
		if (starts(c, "["))
			workspace = starts(c, "[workspace]");
		else if (workspace && starts_word(c, "members")) {
			int code = toml_list(c);

			if (code)
				return code;
		}
		skip_past(c, "\n");
	}
	return 0;
}

/* The strings behind `include`, in parentheses or not, parted by commas. */
static int gradle_list(struct cursor *c)
{
	while (c->at < c->end) {
		if (skip_comment(c))
			continue;
		if (*c->at == '\'' || *c->at == '"') {
			int code = say(c, take_quoted(c));

			if (code)
				return code;
		} else if (!isspace((unsigned char)*c->at) && *c->at != ',' && *c->at != '(') {
			return 0;
		}
		step(c, 1);
	}
	return 0;
}

static int gradle_members(struct cursor *c)
{
	static const char word[] = "include";
	const size_t len = sizeof(word) - 1;

	while (c->at < c->end) {
		size_t n = 0;

		if (skip_comment(c))
			continue;
		if (*c->at == '\'' || *c->at == '"')
			take_quoted(c);
		while ((size_t)(c->end - c->at) > n && is_word(c->at[n]))
			n++;
		if (n == len && starts(c, word)) {
			int code;

			step(c, n);
			code = gradle_list(c);
			if (code)
				return code;
			continue;
		}
		step(c, n ? n : 1);
	}
	return 0;
}

static int maven_members(struct cursor *c)
{
	static const char tag[] = "<module>";

	while (c->at < c->end) {
		struct gate_span member;
		int code;

		if (starts(c, "<!--")) {
			skip_past(c, "-->");
			continue;
		}
		if (!starts(c, tag)) {
			step(c, 1);
			continue;
		}
		step(c, sizeof(tag) - 1);
		while (c->at < c->end && isspace((unsigned char)*c->at))
			step(c, 1);
		member.bytes = c->at;
		while (c->at < c->end && *c->at != '<' && !isspace((unsigned char)*c->at))
			c->at++;
		member.len = (size_t)(c->at - member.bytes);
		code = say(c, member);
		if (code)
			return code;
	}
	return 0;
}

static const struct root {
	const char *name;
	int (*read)(struct cursor *c);
} roots[] = {
	{ "package.json", npm_members },
	{ "pnpm-workspace.yaml", pnpm_members },
	{ "go.work", go_members },
	{ "Cargo.toml", cargo_members },
	{ "settings.gradle", gradle_members },
	{ "settings.gradle.kts", gradle_members },
	{ "pom.xml", maven_members },
};

static const struct root *find_root(const char *name)
{
	for (size_t i = 0; i < GATE_COUNT(roots); i++)
		if (strcmp(roots[i].name, name) == 0)
			return &roots[i];
	return NULL;
}

bool gate_workspace_is_root(const char *name)
{
	return find_root(name);
}

int gate_workspace_members(const char *name, const char *bytes, size_t len, gate_member_fn *fn,
                           void *payload)
{
	const struct root *root = find_root(name);
	struct cursor c = { bytes, bytes + len, 1, fn, payload };

	return root ? root->read(&c) : 0;
}
