/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Name globs are matched by following all places in the pattern at once, a byte of the name at a time: `*` and `**` may
 * stand anywhere, and no pattern takes longer than pattern times name.
 */
#include "gate/base/names.h"

#include "gate/base/limits.h"

enum op { BYTE, ANY, STAR, DEEP_STAR };

struct token {
	unsigned char op, byte;
};

struct name {
	struct token *tokens; /* in the arena */
	size_t n;
	size_t literal; /* how many tokens are bytes before the first that is not */
	bool out;       /* written with '!' */
};

struct gate_nameset {
	struct gate_arena arena;
	struct name *names; /* in the arena */
	size_t n;
};

static int fail_at(struct gate_error *err, size_t at, const char *message)
{
	gate_fail(err, GATE_ECONFIG, "%s", message);
	gate_error_at(err, NULL, 0, (unsigned)at + 1);
	return GATE_ECONFIG;
}

static int check_text(const char *text, size_t len, size_t start, struct gate_error *err)
{
	const char *nul = len ? memchr(text, '\0', len) : NULL;

	if (len == start)
		return fail_at(err, start, "the pattern is empty");
	if (nul)
		return fail_at(err, (size_t)(nul - text), "a pattern holds no NUL");
	if (text[start] == '!' && start)
		return fail_at(err, start, "a second '!'; write '\\!' for the byte");
	if (len <= GATE_MAX_PATTERN_BYTES)
		return GATE_OK;
	gate_fail(err, GATE_ECONFIG, "the pattern is longer than %d bytes", GATE_MAX_PATTERN_BYTES);
	gate_error_at(err, NULL, 0, GATE_MAX_PATTERN_BYTES + 1);
	return GATE_ECONFIG;
}

static struct token read_stars(const char *text, size_t len, size_t *at)
{
	size_t first = *at;

	while (*at < len && text[*at] == '*')
		++*at;
	return (struct token){ .op = *at - first > 1 ? DEEP_STAR : STAR };
}

static int compile_name(struct gate_nameset *set, struct name *name,
                        const struct gate_pattern *pattern, struct gate_error *err)
{
	const char *text = pattern->text;
	size_t at = pattern->len && text[0] == '!';
	int code = check_text(text, pattern->len, at, err);

	if (code < 0)
		return code;
	name->out = at > 0;
	name->tokens = gate_arena_alloc(&set->arena, pattern->len * sizeof(*name->tokens));
	if (!name->tokens)
		return gate_fail_memory(err);
	while (at < pattern->len) {
		struct token token = { .op = BYTE };

		if (text[at] == '*') {
			token = read_stars(text, pattern->len, &at);
		} else if (text[at] == '?') {
			token.op = ANY;
			at++;
		} else {
			if (text[at] == '\\' && ++at == pattern->len)
				return fail_at(err, at - 1, "nothing follows the last '\\'");
			token.byte = (unsigned char)text[at++];
		}
		name->literal += token.op == BYTE && name->literal == name->n;
		name->tokens[name->n++] = token;
	}
	return GATE_OK;
}

static int compile_names(struct gate_nameset *set, const struct gate_pattern patterns[], size_t n,
                         size_t *bad, struct gate_error *err)
{
	bool only_out = n > 0;

	set->names = gate_arena_alloc(&set->arena, n * sizeof(*set->names));
	if (!set->names)
		return gate_fail_memory(err);
	set->n = n;
	for (size_t i = 0; i < n; i++) {
		int code = compile_name(set, &set->names[i], &patterns[i], err);

		if (code < 0) {
			*bad = i;
			return code;
		}
		only_out = only_out && set->names[i].out;
	}
	*bad = 0;
	return only_out ? fail_at(err, 0, "a set of only '!' holds nothing") : GATE_OK;
}

int gate_nameset_compile(struct gate_nameset **out, const struct gate_pattern patterns[], size_t n,
                         size_t *bad, struct gate_error *err)
{
	GATE_AUTO(gate_nameset_free) struct gate_nameset *set = calloc(1, sizeof(*set));
	size_t at = 0;
	int code;

	if (!set)
		return gate_fail_memory(err);
	code = compile_names(set, patterns, n, &at, err);
	if (code == GATE_ECONFIG && bad)
		*bad = at;
	if (code < 0)
		return code;
	*out = gate_steal(&set);
	return GATE_OK;
}

void gate_nameset_free(struct gate_nameset *set)
{
	if (!set)
		return;
	gate_arena_release(&set->arena);
	free(set);
}

/* A star may take nothing: whoever stands before one stands behind it too. */
static void reach(bool *here, const struct token *tokens, size_t n, size_t i)
{
	here[i] = true;
	while (i < n && tokens[i].op >= STAR)
		here[++i] = true;
}

static bool takes(struct token token, unsigned char c)
{
	return token.op == BYTE ? token.byte == c : token.op == DEEP_STAR || c != '/';
}

/* `here[i]`: what was read so far brings us before token i. */
static bool match_rest(const struct token *tokens, size_t n, const char *name, size_t len)
{
	bool here[GATE_MAX_PATTERN_BYTES + 1] = { false };

	reach(here, tokens, n, 0);
	for (size_t at = 0; at < len; at++) {
		unsigned char c = (unsigned char)name[at];

		here[n] = false;
		for (size_t i = n; i-- > 0;) {
			bool taken = here[i] && takes(tokens[i], c);

			here[i] = taken && tokens[i].op >= STAR;
			if (taken)
				reach(here, tokens, n, here[i] ? i : i + 1);
		}
	}
	return here[n];
}

static bool match_one(const struct name *name, const char *text, size_t len)
{
	if (len < name->literal)
		return false;
	for (size_t i = 0; i < name->literal; i++)
		if (name->tokens[i].byte != (unsigned char)text[i])
			return false;
	if (name->literal == name->n)
		return len == name->literal;
	return match_rest(name->tokens + name->literal, name->n - name->literal,
	                  text + name->literal, len - name->literal);
}

bool gate_nameset_match(const struct gate_nameset *set, const char *name, size_t len)
{
	for (size_t i = set->n; i-- > 0;)
		if (match_one(&set->names[i], name, len))
			return !set->names[i].out;
	return false;
}
