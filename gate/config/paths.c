/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/config/config.h"

#include "gate/base/limits.h"
#include "gate/base/typo.h"

struct gate_set *gate_scope_find(const struct gate_scope *scope, const char *name, size_t len)
{
	for (; scope; scope = scope->parent)
		for (size_t i = 0; i < scope->n_sets; i++)
			if (!strncmp(scope->sets[i].name, name, len) && !scope->sets[i].name[len])
				return &scope->sets[i];
	return NULL;
}

void gate_temporary_sets_release(struct gate_temporary_sets *sets)
{
	for (size_t i = 0; i < sets->n; i++)
		gate_pathset_free(sets->items[i].compiled);
	free(sets->items);
	*sets = (struct gate_temporary_sets){ 0 };
}

/* The i-th pattern of a paths value: a scalar is a list of one. */
static const struct gate_yaml *pattern_at(const struct gate_yaml *node, size_t i)
{
	return node->kind == GATE_YAML_LIST ? node->values[i] : node;
}

static size_t pattern_count(const struct gate_yaml *node)
{
	return node->kind == GATE_YAML_LIST ? node->n : 1;
}

/* The name in "$name" or "!$name"; NULL when the pattern names no set. */
static const char *set_name(const struct gate_yaml *pattern)
{
	const char *text = pattern->text;

	if (pattern->kind != GATE_YAML_SCALAR)
		return NULL;
	if (text[0] == '!')
		text++;
	return text[0] == '$' ? text + 1 : NULL;
}

static bool have_captures(const struct gate_scope *scope, const struct gate_yaml *node,
                          unsigned depth);

static bool set_has_captures(struct gate_set *set, unsigned depth)
{
	/* A set that holds itself, or too many, is found when it is compiled; here it only must come to an end. */
	if (set->captures == GATE_CAPTURES_UNSEEN) {
		set->captures = GATE_CAPTURES_NONE;
		if (depth < GATE_MAX_SET_DEPTH && have_captures(set->written, set->node, depth + 1))
			set->captures = GATE_CAPTURES_SOME;
	}
	return set->captures == GATE_CAPTURES_SOME;
}

static bool have_captures(const struct gate_scope *scope, const struct gate_yaml *node,
                          unsigned depth)
{
	if (node->kind == GATE_YAML_MAP)
		return false;
	for (size_t i = 0; i < pattern_count(node); i++) {
		const struct gate_yaml *pattern = pattern_at(node, i);
		const char *name = set_name(pattern), *capture;
		size_t at = 0, capture_len;

		if (name) {
			struct gate_set *set = gate_scope_find(scope, name, strlen(name));

			if (set && set_has_captures(set, depth))
				return true;
		} else if (pattern->kind == GATE_YAML_SCALAR &&
		           gate_pattern_next_capture(pattern->text, pattern->len, &at, &capture,
		                                     &capture_len)) {
			return true;
		}
	}
	return false;
}

bool gate_paths_have_captures(const struct gate_scope *scope, const struct gate_yaml *node)
{
	return have_captures(scope, node, 0);
}

struct finder {
	const struct gate_scope *scope;
	const struct gate_captures *captures;
	struct gate_temporary_sets *temporary;
	struct gate_error error; /* why a set that is there could not be had */
};

static const struct gate_pathset *find_set(const char *name, size_t len, void *payload)
{
	struct finder *finder = payload;
	struct gate_set *set = gate_scope_find(finder->scope, name, len);
	struct gate_pathset *compiled = NULL;
	bool passing;
	int code;

	if (!set)
		return NULL;
	if (set->compiled)
		return set->compiled;
	if (set->busy) {
		gate_yaml_fail(&finder->error, set->node, GATE_ECONFIG, "the set '%s' holds itself",
		               set->name);
		return NULL;
	}
	if (finder->temporary->depth >= GATE_MAX_SET_DEPTH) {
		gate_yaml_fail(&finder->error, set->node, GATE_ECONFIG,
		               "sets name each other more than %d deep", GATE_MAX_SET_DEPTH);
		return NULL;
	}
	for (size_t i = 0; i < finder->temporary->n; i++)
		if (finder->temporary->items[i].of == set)
			return finder->temporary->items[i].compiled;
	passing = set_has_captures(set, 0);
	set->busy = true;
	finder->temporary->depth++;
	code = gate_paths_compile(&compiled, set->written, set->node, finder->captures,
	                          finder->temporary, &finder->error);
	finder->temporary->depth--;
	set->busy = false;
	if (code < 0)
		return NULL;
	if (!passing)
		return set->compiled = compiled;
	if (gate_grow(&finder->temporary->items, &finder->temporary->cap, finder->temporary->n + 1,
	              sizeof(*finder->temporary->items), &finder->error) < 0) {
		gate_pathset_free(compiled);
		return NULL;
	}
	finder->temporary->items[finder->temporary->n++] =
		(struct gate_temporary_set){ set, compiled };
	return compiled;
}

/* Adds "did you mean" where the pattern names a set that is not there. */
static int unknown_set(const struct gate_scope *scope, const struct gate_yaml *pattern,
                       struct gate_error *err)
{
	GATE_AUTO(gate_free) const char **names = NULL;
	const char *name = set_name(pattern), *near;
	size_t n = 0, cap = 0;

	for (; scope; scope = scope->parent)
		for (size_t i = 0; i < scope->n_sets; i++) {
			if (gate_grow(&names, &cap, n + 2, sizeof(*names), err) < 0)
				return GATE_ENOMEM;
			names[n++] = scope->sets[i].name;
		}
	if (n)
		names[n] = NULL;
	near = n ? gate_nearest(name, names) : NULL;
	if (near)
		return gate_yaml_fail(err, pattern, GATE_ECONFIG,
		                      "unknown set '$%s', did you mean '$%s'?", name, near);
	return gate_yaml_fail(err, pattern, GATE_ECONFIG, "unknown set '$%s'", name);
}

int gate_paths_compile(struct gate_pathset **out, const struct gate_scope *scope,
                       const struct gate_yaml *node, const struct gate_captures *captures,
                       struct gate_temporary_sets *temporary, struct gate_error *err)
{
	struct finder finder = { .scope = scope, .captures = captures, .temporary = temporary };
	GATE_AUTO(gate_free) struct gate_pattern *patterns = NULL;
	struct gate_error why = { 0 };
	size_t n, bad = 0;
	int code;

	if (node->kind == GATE_YAML_MAP)
		return gate_yaml_fail(err, node, GATE_ECONFIG,
		                      "expected a path pattern or a list of them, got a map");
	n = pattern_count(node);
	if (!n)
		return gate_yaml_fail(err, node, GATE_ECONFIG,
		                      "an empty list of paths matches nothing");
	patterns = calloc(n, sizeof(*patterns));
	if (!patterns)
		return gate_fail_memory(err);
	for (size_t i = 0; i < n; i++) {
		const struct gate_yaml *pattern = pattern_at(node, i);
		const char *text;

		code = gate_yaml_text(&text, pattern, "a path pattern", err);
		if (code < 0)
			return code;
		patterns[i] = (struct gate_pattern){ text, pattern->len };
	}
	code = gate_pathset_compile(out, scope->folder, patterns, n, find_set, &finder, captures,
	                            &bad, &why);
	if (code == GATE_OK)
		return GATE_OK;
	if (finder.error.code) {
		if (err)
			*err = finder.error;
		return finder.error.code;
	}
	if (code != GATE_ECONFIG) {
		if (err)
			*err = why;
		return code;
	}
	if (set_name(pattern_at(node, bad)) &&
	    !gate_scope_find(scope, set_name(pattern_at(node, bad)),
	                     strlen(set_name(pattern_at(node, bad)))))
		return unknown_set(scope, pattern_at(node, bad), err);
	return gate_yaml_fail(err, pattern_at(node, bad), GATE_ECONFIG, "%s", why.message);
}
