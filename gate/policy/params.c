/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/policy/predicate.h"

#include "gate/base/limits.h"

#define MAX_PARAMS 16

static void *at(void *params, const struct gate_param *param)
{
	return (char *)params + param->offset;
}

/* Scalars of a value that is one scalar or a list of them. */
static int scalar_at(const struct gate_yaml **out, const char **text, const struct gate_yaml *node,
                     size_t i, const char *what, struct gate_error *err)
{
	*out = node->kind == GATE_YAML_LIST ? node->values[i] : node;
	return gate_yaml_text(text, *out, what, err);
}

static size_t scalar_count(const struct gate_yaml *node)
{
	return node->kind == GATE_YAML_LIST ? node->n : 1;
}

static int read_paths(struct gate_paths *out, const struct gate_scope *scope,
                      const struct gate_yaml *node, struct gate_error *err)
{
	GATE_AUTO(gate_temporary_sets_release) struct gate_temporary_sets none = { 0 };

	out->node = node;
	out->scope = scope;
	if (gate_paths_have_captures(scope, node))
		return GATE_OK;
	return gate_paths_compile(&out->set, scope, node, NULL, &none, err);
}

static int read_names(struct gate_names *out, const struct gate_yaml *node, const char *what,
                      struct gate_error *err)
{
	size_t n = scalar_count(node), bad = 0;
	GATE_AUTO(gate_free) struct gate_pattern *patterns = calloc(n + 1, sizeof(*patterns));
	struct gate_error why = { 0 };
	int code = GATE_OK;

	if (!patterns)
		return gate_fail_memory(err);
	if (!n)
		return gate_yaml_fail(err, node, GATE_ECONFIG, "%s: an empty list matches nothing",
		                      what);
	for (size_t i = 0; code == GATE_OK && i < n; i++) {
		const struct gate_yaml *scalar;

		code = scalar_at(&scalar, &patterns[i].text, node, i, what, err);
		patterns[i].len = scalar->len;
	}
	if (code < 0)
		return code;
	out->node = node;
	code = gate_nameset_compile(&out->set, patterns, n, &bad, &why);
	if (code == GATE_ECONFIG)
		return gate_yaml_fail(err, node->kind == GATE_YAML_LIST ? node->values[bad] : node,
		                      code, "%s: %s", what, why.message);
	return code < 0 ? gate_fail_memory(err) : code;
}

static int read_text(struct gate_text_param *out, const struct gate_yaml *node, const char *what,
                     struct gate_error *err)
{
	struct gate_error why = { 0 };
	const char *text;
	int code = gate_yaml_text(&text, node, what, err);

	if (code < 0)
		return code;
	out->node = node;
	code = gate_text_compile(&out->text, text, node->len, &why);
	if (code == GATE_ECONFIG)
		return gate_yaml_fail(err, node, code, "%s: %s", what, why.message);
	return code < 0 ? gate_fail_memory(err) : code;
}

/* Git reads no other name as that of a trailer, so a rule on it could never be kept. */
static int check_token(const struct gate_yaml *name, const char *what, struct gate_error *err)
{
	static const char token[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

	if (name->len && strspn(name->text, token) == name->len)
		return GATE_OK;
	return gate_yaml_fail(err, name, GATE_ECONFIG,
	                      "%s: '%s' is no name of a trailer: use letters, digits and '-'", what,
	                      name->text);
}

/* `{ Ticket: '^A-\d+$' }`, `Ticket`, or `[Ticket, Reviewed-by]`. */
static int read_texts(struct gate_text_params *out, const struct gate_yaml *node, const char *what,
                      struct gate_error *err)
{
	size_t n = node->kind == GATE_YAML_MAP ? node->n : scalar_count(node);
	int code = GATE_OK;

	if (!n)
		return gate_yaml_fail(err, node, GATE_ECONFIG, "%s: expected at least one name",
		                      what);
	out->node = node;
	out->items = calloc(n, sizeof(*out->items));
	if (!out->items)
		return gate_fail_memory(err);
	out->n = n;
	for (size_t i = 0; code == GATE_OK && i < n; i++) {
		const struct gate_yaml *scalar = node;

		if (node->kind == GATE_YAML_MAP) {
			scalar = node->keys[i];
			out->items[i].name = scalar->text;
			code = read_text(&out->items[i].pattern, node->values[i],
			                 out->items[i].name, err);
		} else {
			code = scalar_at(&scalar, &out->items[i].name, node, i, what, err);
		}
		if (code == GATE_OK)
			code = check_token(scalar, what, err);
	}
	return code;
}

static int read_words(unsigned *out, const struct gate_param *param, const struct gate_yaml *node,
                      const char *what, struct gate_error *err)
{
	for (size_t i = 0; i < scalar_count(node); i++) {
		const struct gate_yaml *scalar =
			node->kind == GATE_YAML_LIST ? node->values[i] : node;
		size_t word;
		int code = gate_yaml_word(&word, scalar, what, param->words, err);

		if (code < 0)
			return code;
		*out |= GATE_BIT(word);
	}
	if (!*out)
		return gate_yaml_fail(err, node, GATE_ECONFIG, "%s: an empty list matches nothing",
		                      what);
	return GATE_OK;
}

/* `what` is the key as written: of a value in place of the map, the predicate's. */
static int read_param(void *params, const struct gate_param *param, const char *what,
                      const struct gate_scope *scope, const struct gate_yaml *node,
                      struct gate_error *err)
{
	void *to = at(params, param);

	switch (param->type) {
	case GATE_PARAM_PATHS:
		return read_paths(to, scope, node, err);
	case GATE_PARAM_NAMES:
		return read_names(to, node, what, err);
	case GATE_PARAM_TEXT:
		return read_text(to, node, what, err);
	case GATE_PARAM_TEXTS:
		return read_texts(to, node, what, err);
	case GATE_PARAM_NUMBER:
		((struct gate_number *)to)->given = true;
		return gate_yaml_number(&((struct gate_number *)to)->value, node, what, err);
	case GATE_PARAM_RANGE:
		((struct gate_range_param *)to)->given = true;
		return gate_yaml_range(&((struct gate_range_param *)to)->range, node, what, err);
	case GATE_PARAM_BOOL:
		((struct gate_flag *)to)->given = true;
		return gate_yaml_bool(&((struct gate_flag *)to)->value, node, what, err);
	case GATE_PARAM_WORDS:
		return read_words(to, param, node, what, err);
	}
	return GATE_OK;
}

/* True when one parameter takes the whole value: `changed: $app`, `trailer: { Ticket: .. }`. */
static const struct gate_param *shorthand(const struct gate_predicate *predicate,
                                          const struct gate_yaml *node)
{
	for (const struct gate_param *param = predicate->params; param->name; param++)
		if (param->shorthand &&
		    (node->kind != GATE_YAML_MAP || param->type == GATE_PARAM_TEXTS))
			return param;
	return NULL;
}

int gate_params_read(void *params, const struct gate_predicate *predicate,
                     const struct gate_scope *scope, const struct gate_yaml *node,
                     struct gate_error *err)
{
	const struct gate_param *only = shorthand(predicate, node);
	const char *names[MAX_PARAMS + 1] = { NULL };
	size_t n = 0;
	int code;

	if (only)
		return read_param(params, only, predicate->name, scope, node, err);
	if (node->kind != GATE_YAML_MAP)
		return gate_yaml_fail(err, node, GATE_ECONFIG, "%s: expected a map, got %s",
		                      predicate->name, gate_yaml_kind_name(node->kind));
	for (const struct gate_param *param = predicate->params; param->name && n < MAX_PARAMS;
	     param++)
		names[n++] = param->name;
	code = gate_yaml_only_keys(node, predicate->name, names, err);
	if (code < 0)
		return code;
	if (!node->n)
		return gate_yaml_fail(err, node, GATE_ECONFIG, "%s: asks for nothing",
		                      predicate->name);
	for (const struct gate_param *param = predicate->params; param->name; param++) {
		const struct gate_yaml *value = gate_yaml_get(node, param->name);

		if (!value && param->required)
			return gate_yaml_fail(err, node, GATE_ECONFIG, "%s: '%s' is missing",
			                      predicate->name, param->name);
		code = value ? read_param(params, param, param->name, scope, value, err) : GATE_OK;
		if (code < 0)
			return code;
	}
	return GATE_OK;
}

void gate_params_release(void *params, const struct gate_predicate *predicate)
{
	for (const struct gate_param *param = predicate->params; params && param->name; param++) {
		void *from = at(params, param);
		struct gate_text_params *texts = from;

		if (param->type == GATE_PARAM_PATHS)
			gate_pathset_free(((struct gate_paths *)from)->set);
		else if (param->type == GATE_PARAM_NAMES)
			gate_nameset_free(((struct gate_names *)from)->set);
		else if (param->type == GATE_PARAM_TEXT)
			gate_text_free(((struct gate_text_param *)from)->text);
		else if (param->type == GATE_PARAM_TEXTS) {
			for (size_t i = 0; i < texts->n; i++)
				gate_text_free(texts->items[i].pattern.text);
			free(texts->items);
		}
	}
}

int gate_paths_for_item(const struct gate_pathset **out, const struct gate_paths *paths,
                        const struct gate_item *item, struct gate_pathset **own,
                        struct gate_temporary_sets *temporary, struct gate_error *err)
{
	int code;

	*out = paths->set;
	if (!paths->node || paths->set)
		return GATE_OK;
	code = gate_paths_compile(own, paths->scope, paths->node, &item->captures, temporary, err);
	if (code == GATE_OK)
		*out = *own;
	return code;
}

const char *gate_yaml_inline(char buf[96], const struct gate_yaml *node)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < scalar_count(node) && used < 95; i++) {
		const struct gate_yaml *item =
			node->kind == GATE_YAML_LIST ? node->values[i] : node;
		int len = snprintf(buf + used, 96 - used, "%s%s", i ? ", " : "",
		                   item->text ? item->text : "...");

		if (len < 0)
			break;
		used += (size_t)len;
	}
	if (used >= 96)
		memcpy(buf + 92, "...", 4);
	return buf;
}
