/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/policy/expr.h"

#include "gate/base/limits.h"
#include "gate/base/typo.h"
#include "gate/version.h"

static const char *const kind_names[] = {
	[GATE_EXPR_ALL] = "all",
	[GATE_EXPR_ANY] = "any",
	[GATE_EXPR_NOT] = "not",
	[GATE_EXPR_ANYWHERE] = "anywhere",
};

const char *gate_expr_name(const struct gate_expr *expr)
{
	return expr->kind == GATE_EXPR_PREDICATE ? expr->predicate->name : kind_names[expr->kind];
}

void gate_expr_release(struct gate_expr *expr)
{
	for (size_t i = 0; i < expr->n_kids; i++)
		gate_expr_release(&expr->kids[i]);
	free(expr->kids);
	if (expr->predicate)
		gate_params_release(expr->params, expr->predicate);
	free(expr->params);
	*expr = (struct gate_expr){ 0 };
}

static int compile_map(struct gate_expr *out, const struct gate_expr_context *context,
                       const struct gate_yaml *node, unsigned depth, struct gate_error *err);

static int too_deep(const struct gate_yaml *node, struct gate_error *err)
{
	return gate_yaml_fail(err, node, GATE_ECONFIG,
	                      "any, all, not and anywhere nest at most %d deep", GATE_MAX_NESTING);
}

/* any: [..], all: [..]: a list of maps; each map means all of it. */
static int compile_list(struct gate_expr *out, const struct gate_expr_context *context,
                        const struct gate_yaml *key, const struct gate_yaml *node, unsigned depth,
                        struct gate_error *err)
{
	int code = GATE_OK;

	if (node->kind != GATE_YAML_LIST || !node->n)
		return gate_yaml_fail(err, node, GATE_ECONFIG, "%s: expected a list of predicates",
		                      key->text);
	out->kids = calloc(node->n, sizeof(*out->kids));
	if (!out->kids)
		return gate_fail_memory(err);
	out->n_kids = node->n;
	for (size_t i = 0; code == GATE_OK && i < node->n; i++)
		code = compile_map(&out->kids[i], context, node->values[i], depth, err);
	return code;
}

/* Predicates of the grammar that are not in this version: a rule that asks one must not seem to work. */
static const char *const later[] = { "added-file",
	                             "approvals",
	                             "author",
	                             "bot",
	                             "closed",
	                             "conflict-marker",
	                             "conventional",
	                             "coverage",
	                             "deploy-kind",
	                             "draft",
	                             "error-budget",
	                             "exists",
	                             "flags",
	                             "generated",
	                             "label",
	                             "manifest",
	                             "owned",
	                             "pinned",
	                             "readiness",
	                             "rollback-target",
	                             "run",
	                             "secret",
	                             "signature",
	                             "tag",
	                             "tests",
	                             "text",
	                             "title",
	                             "verdict",
	                             NULL };

static int unknown_predicate(const struct gate_yaml *key, struct gate_error *err)
{
	const char *names[64] = { "all", "any", "not", "anywhere" };
	const char *near;
	size_t n = 4;

	for (size_t i = 0; later[i]; i++)
		if (!strcmp(key->text, later[i]))
			return gate_yaml_fail(
				err, key, GATE_ECONFIG,
				"the predicate '%s' needs a newer doragate; this is " GATE_VERSION,
				key->text);
	for (size_t i = 0; gate_predicates[i] && n < 63; i++)
		names[n++] = gate_predicates[i]->name;
	near = gate_nearest(key->text, names);
	if (near)
		return gate_yaml_fail(err, key, GATE_ECONFIG,
		                      "unknown predicate '%s', did you mean '%s'?", key->text,
		                      near);
	return gate_yaml_fail(err, key, GATE_ECONFIG, "unknown predicate '%s'", key->text);
}

/* Patterns with captures are compiled for each item; that they will compile is seen here, with made-up values. */
static int try_captures(const struct gate_expr *expr, const struct gate_expr_context *context,
                        struct gate_error *err)
{
	for (const struct gate_param *param = expr->predicate->params; param->name; param++) {
		GATE_AUTO(gate_temporary_sets_release) struct gate_temporary_sets temporary = { 0 };
		GATE_AUTO(gate_pathset_free) struct gate_pathset *set = NULL;
		const struct gate_paths *paths =
			(const void *)((const char *)expr->params + param->offset);
		int code;

		if (param->type != GATE_PARAM_PATHS || !paths->node || paths->set)
			continue;
		code = gate_paths_compile(&set, paths->scope, paths->node, context->names,
		                          &temporary, err);
		if (code < 0)
			return code;
	}
	return GATE_OK;
}

static int compile_predicate(struct gate_expr *out, const struct gate_expr_context *context,
                             const struct gate_yaml *key, const struct gate_yaml *value,
                             struct gate_error *err)
{
	int code;

	out->kind = GATE_EXPR_PREDICATE;
	out->predicate = gate_predicate_find(key->text);
	if (!out->predicate)
		return unknown_predicate(key, err);
	if (out->predicate->per_commit && !context->per_commit)
		return gate_yaml_fail(err, key, GATE_ECONFIG,
		                      "'%s' needs 'each: commit' or 'each: all-commits'",
		                      key->text);
	out->params = calloc(1, out->predicate->size);
	if (!out->params)
		return gate_fail_memory(err);
	code = gate_params_read(out->params, out->predicate, context->scope, value, err);
	return code < 0 ? code : try_captures(out, context, err);
}

static int compile_entry(struct gate_expr *out, const struct gate_expr_context *context,
                         const struct gate_yaml *key, const struct gate_yaml *value, unsigned depth,
                         struct gate_error *err)
{
	bool all = !strcmp(key->text, "all"), any = !strcmp(key->text, "any");
	bool negated = !strcmp(key->text, "not"), anywhere = !strcmp(key->text, "anywhere");

	out->node = key;
	if (!all && !any && !negated && !anywhere)
		return compile_predicate(out, context, key, value, err);
	if (depth >= GATE_MAX_NESTING)
		return too_deep(key, err);
	if (all || any) {
		out->kind = all ? GATE_EXPR_ALL : GATE_EXPR_ANY;
		return compile_list(out, context, key, value, depth + 1, err);
	}
	out->kind = negated ? GATE_EXPR_NOT : GATE_EXPR_ANYWHERE;
	out->kids = calloc(1, sizeof(*out->kids));
	if (!out->kids)
		return gate_fail_memory(err);
	out->n_kids = 1;
	return compile_map(&out->kids[0], context, value, depth + 1, err);
}

/* A map means all of its predicates. */
static int compile_map(struct gate_expr *out, const struct gate_expr_context *context,
                       const struct gate_yaml *node, unsigned depth, struct gate_error *err)
{
	int code = GATE_OK;

	if (node->kind == GATE_YAML_LIST)
		return gate_yaml_fail(err, node, GATE_ECONFIG,
		                      "a list of predicates stands only under 'any' or 'all'");
	if (node->kind != GATE_YAML_MAP || !node->n)
		return gate_yaml_fail(
			err, node, GATE_ECONFIG, "expected a map of predicates, got %s",
			node->kind == GATE_YAML_MAP ? "an empty one"
						    : gate_yaml_kind_name(node->kind));
	if (node->n == 1)
		return compile_entry(out, context, node->keys[0], node->values[0], depth, err);
	out->kind = GATE_EXPR_ALL;
	out->node = node;
	out->kids = calloc(node->n, sizeof(*out->kids));
	if (!out->kids)
		return gate_fail_memory(err);
	out->n_kids = node->n;
	for (size_t i = 0; code == GATE_OK && i < node->n; i++)
		code = compile_entry(&out->kids[i], context, node->keys[i], node->values[i], depth,
		                     err);
	return code;
}

int gate_expr_compile(struct gate_expr *out, const struct gate_expr_context *context,
                      const struct gate_yaml *node, bool single, struct gate_error *err)
{
	if (single && node->kind == GATE_YAML_MAP && node->n > 1)
		return gate_yaml_fail(
			err, node->keys[1], GATE_ECONFIG,
			"exactly one predicate stands here: write 'any: [...]' or 'all: [...]'");
	return compile_map(out, context, node, 0, err);
}
