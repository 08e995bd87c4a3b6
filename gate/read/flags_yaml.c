/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain list or map of flags, and flagd's own shape:
 *
 *     - pay-now                                       - { key: pay-now, default: off, owner: shop }
 *     pay-now: off                                    pay-now: { default: off, expires: 2026-12-01 }
 *     flags: { pay-now: { state: ENABLED, variants: { on: true, off: false }, defaultVariant: off } }
 *
 * Here too a scalar is text and quotes do not matter: what is written as false, 0, null or nothing is off.
 */
#include "gate/read/flags_format.h"

struct reader {
	struct gate_flags *flags;
	const char *file;
	const struct gate_flags_config *config;
	const struct gate_yaml *metadata; /* of the file; NULL: none */
	struct gate_error *err;
};

static const struct gate_yaml *member(const struct gate_yaml *map, const char *key)
{
	return map ? gate_yaml_get(map, key) : NULL;
}

static const char *keep(struct reader *r, const struct gate_yaml *node)
{
	return gate_arena_copy(&r->flags->arena, node->text, node->len);
}

static enum gate_json_kind kind_of(const struct gate_yaml *node)
{
	static const char digits[] = "0123456789";

	if (node->kind != GATE_YAML_SCALAR)
		return node->kind == GATE_YAML_LIST ? GATE_JSON_LIST : GATE_JSON_MAP;
	if (!strcmp(node->text, "false"))
		return GATE_JSON_FALSE;
	if (!strcmp(node->text, "true"))
		return GATE_JSON_TRUE;
	if (!strcmp(node->text, "null") || !strcmp(node->text, "~"))
		return GATE_JSON_NULL;
	if (strpbrk(node->text, digits) && strspn(node->text, "0123456789.+-eE") == node->len)
		return GATE_JSON_NUMBER;
	return GATE_JSON_STRING;
}

/* `name` is that of the variant; NULL: the value is its own name. */
static int set_default(struct gate_feature_flag *flag, struct reader *r,
                       const struct gate_yaml *value, const struct gate_yaml *name)
{
	const struct gate_yaml *shown = name ? name : value;

	flag->variant =
		shown->kind == GATE_YAML_SCALAR ? keep(r, shown) : gate_yaml_kind_name(shown->kind);
	if (!flag->variant)
		return gate_fail_memory(r->err);
	flag->by_default = gate_flag_default_of(kind_of(value), value->text, value->len,
	                                        name ? name->text : NULL, r->config);
	return GATE_OK;
}

static int read_variant(struct gate_feature_flag *flag, struct reader *r,
                        const struct gate_yaml *variants, const struct gate_yaml *which)
{
	const struct gate_yaml *value;
	const char *name;
	int code;

	if (variants->kind != GATE_YAML_MAP)
		return gate_yaml_fail(r->err, variants, GATE_ECONFIG,
		                      "variants: expected a map, got %s",
		                      gate_yaml_kind_name(variants->kind));
	if (!which || (which->plain && (!which->len || !strcmp(which->text, "null"))))
		return GATE_OK;
	code = gate_yaml_text(&name, which, "defaultVariant", r->err);
	if (code < 0)
		return code;
	value = gate_yaml_get(variants, name);
	if (!value)
		return gate_yaml_fail(r->err, which, GATE_ECONFIG,
		                      "defaultVariant: there is no variant '%s'", name);
	return set_default(flag, r, value, which);
}

static int read_state(struct gate_feature_flag *flag, struct reader *r,
                      const struct gate_yaml *node)
{
	static const char *const states[] = { "ENABLED", "DISABLED", NULL };
	size_t word = 0;
	int code = node ? gate_yaml_word(&word, node, "state", states, r->err) : GATE_OK;

	flag->disabled = code == GATE_OK && word == 1;
	return code;
}

/* Beside the default, or in `metadata` as flagd has it, or in that of the file. */
static int read_metadata(const char **out, struct reader *r, const struct gate_yaml *map,
                         const char *name)
{
	const struct gate_yaml *node = gate_yaml_get(map, name);
	const char *text;
	int code;

	if (!node)
		node = member(gate_yaml_get(map, "metadata"), name);
	if (!node)
		node = member(r->metadata, name);
	if (!node || (node->plain && !node->len))
		return GATE_OK;
	code = gate_yaml_text(&text, node, name, r->err);
	if (code < 0)
		return code;
	*out = keep(r, node);
	return *out ? GATE_OK : gate_fail_memory(r->err);
}

static int read_map(struct gate_feature_flag *flag, struct reader *r, const struct gate_yaml *map)
{
	const struct gate_yaml *variants = gate_yaml_get(map, "variants");
	const struct gate_yaml *value = gate_yaml_get(map, "default");
	int code = read_state(flag, r, gate_yaml_get(map, "state"));

	if (!value)
		value = gate_yaml_get(map, "defaultValue");
	if (code == GATE_OK && variants)
		code = read_variant(flag, r, variants, gate_yaml_get(map, "defaultVariant"));
	else if (code == GATE_OK && value)
		code = set_default(flag, r, value, NULL);
	if (code == GATE_OK)
		code = read_metadata(&flag->owner, r, map, "owner");
	if (code == GATE_OK)
		code = read_metadata(&flag->expires, r, map, "expires");
	if (code == GATE_OK)
		code = read_metadata(&flag->type, r, map, "type");
	return code;
}

/* `value` is a map of what is known of it, a default, or NULL: nothing is. */
static int add_flag(struct reader *r, const struct gate_yaml *key, const struct gate_yaml *value)
{
	struct gate_feature_flag *flag;
	const char *text, *fault;
	int code = gate_yaml_text(&text, key, "the key of a flag", r->err);

	if (code < 0)
		return code;
	fault = gate_flag_key_fault(text, key->len);
	if (fault)
		return gate_yaml_fail(r->err, key, GATE_ECONFIG, "'%.40s' %s", text, fault);
	code = gate_flags_append(&flag, r->flags, r->file, r->err);
	if (code < 0)
		return code;
	flag->line = key->line;
	flag->column = key->column;
	flag->key = keep(r, key);
	if (!flag->key)
		return gate_fail_memory(r->err);
	if (!value || (value->kind == GATE_YAML_SCALAR && value->plain && !value->len))
		return GATE_OK;
	return value->kind == GATE_YAML_MAP ? read_map(flag, r, value)
	                                    : set_default(flag, r, value, NULL);
}

static int add_listed(struct reader *r, const struct gate_yaml *node)
{
	const struct gate_yaml *key = gate_yaml_get(node, "key");

	if (node->kind == GATE_YAML_SCALAR)
		return add_flag(r, node, NULL);
	if (!key)
		return gate_yaml_fail(r->err, node, GATE_ECONFIG,
		                      "a flag: expected a key, or a map with 'key'");
	return add_flag(r, key, node);
}

int gate_flags_add_yaml(struct gate_flags *flags, const char *file, const char *bytes, size_t len,
                        const struct gate_flags_config *config, struct gate_error *err)
{
	GATE_AUTO(gate_yaml_free) struct gate_yaml_doc *doc = NULL;
	struct reader r = { .flags = flags, .file = file, .config = config, .err = err };
	const struct gate_yaml *all, *inside;
	int code = gate_yaml_parse(&doc, file, bytes, len, err);

	if (code < 0)
		return code;
	all = gate_yaml_root(doc);
	inside = gate_yaml_get(all, "flags");
	if (inside && inside->kind != GATE_YAML_SCALAR) {
		r.metadata = gate_yaml_get(all, "metadata");
		all = inside;
	}
	if (all->kind == GATE_YAML_SCALAR)
		return gate_yaml_fail(err, all, GATE_ECONFIG,
		                      "registers no flags: expected a list or a map");
	for (size_t i = 0; code == GATE_OK && i < all->n; i++)
		code = all->kind == GATE_YAML_MAP ? add_flag(&r, all->keys[i], all->values[i])
		                                  : add_listed(&r, all->values[i]);
	return code;
}
