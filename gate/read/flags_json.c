/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flagd's JSON, and the OpenFeature manifest, which has `defaultValue` where flagd has variants.
 *
 * Places are counted along the file, from one flag to the next: from the start for each would be quadratic.
 */
#include "gate/base/escape.h"
#include "gate/base/limits.h"
#include "gate/read/flags_format.h"

struct reader {
	struct gate_flags *flags;
	const char *file;
	const struct gate_flags_config *config;
	struct gate_json_text text;
	const struct gate_json_node *metadata; /* of the file; NULL: none */
	struct gate_buf scratch;
	size_t at; /* where line and column are known */
	unsigned line, column;
	struct gate_error *err;
};

static void reader_release(struct reader *r)
{
	gate_json_text_release(&r->text);
	gate_buf_release(&r->scratch);
}
GATE_DEFINE_AUTO_STRUCT(struct reader, reader_release)

/* Fails at an offset. */
static int fail_at(struct reader *r, size_t at, const char *what)
{
	unsigned line, column;

	gate_utf8_place(&line, &column, r->text.bytes, r->text.len, at);
	gate_fail(r->err, GATE_ECONFIG, "%s", what);
	gate_error_at(r->err, r->file, line, column);
	return GATE_ECONFIG;
}

/* The place of an offset that is not before the last one. */
static void find_place(struct reader *r, size_t at)
{
	unsigned line, column;

	gate_utf8_place(&line, &column, r->text.bytes + r->at, at - r->at, at - r->at);
	r->column = line > 1 ? column : r->column + column - 1;
	r->line += line - 1;
	r->at = at;
}

/* The text of a string, or of a name, in the arena. */
static int keep(const char **out, size_t *len, struct reader *r, size_t at, size_t size)
{
	const struct gate_json_node node = { .kind = GATE_JSON_STRING,
		                             .at = (uint32_t)at,
		                             .len = (uint32_t)size };

	gate_buf_reset(&r->scratch);
	gate_json_decode(&r->scratch, &r->text, &node);
	*len = r->scratch.len;
	*out = gate_arena_copy(&r->flags->arena, gate_buf_text(&r->scratch), *len);
	return gate_buf_failed(&r->scratch) || !*out ? gate_fail_memory(r->err) : GATE_OK;
}

/* A piece of metadata as text: what a string means, a number or a truth as it is written. */
static int read_metadata(const char **out, struct reader *r, const struct gate_json_node *own,
                         const char *name)
{
	const struct gate_json_node *node = gate_json_member(&r->text, own, name);
	size_t len;

	if (!node)
		node = gate_json_member(&r->text, r->metadata, name);
	if (!node || node->kind == GATE_JSON_NULL)
		return GATE_OK;
	if (node->kind == GATE_JSON_LIST || node->kind == GATE_JSON_MAP)
		return fail_at(r, node->at, "metadata is text, a number, true or false");
	if (node->kind == GATE_JSON_STRING)
		return keep(out, &len, r, node->at, node->len);
	*out = gate_arena_copy(&r->flags->arena, r->text.bytes + node->at, node->len);
	return *out ? GATE_OK : gate_fail_memory(r->err);
}

static int read_state(struct gate_feature_flag *flag, struct reader *r,
                      const struct gate_json_node *node)
{
	const char *state = "";
	size_t len;
	int code;

	if (!node)
		return GATE_OK;
	code = node->kind == GATE_JSON_STRING ? keep(&state, &len, r, node->at, node->len)
	                                      : GATE_OK;
	if (code < 0)
		return code;
	flag->disabled = !strcmp(state, "DISABLED");
	return flag->disabled || !strcmp(state, "ENABLED")
	               ? GATE_OK
	               : fail_at(r, node->at, "state: expected ENABLED or DISABLED");
}

/* What a value is by default; `name` is that of its variant, NULL: it has none, and is its own name. */
static int set_default(struct gate_feature_flag *flag, struct reader *r,
                       const struct gate_json_node *value, const char *name)
{
	const char *text = r->text.bytes + value->at;
	size_t len = value->len;
	int code = GATE_OK;

	if (value->kind == GATE_JSON_STRING)
		code = keep(&text, &len, r, value->at, value->len);
	if (code < 0)
		return code;
	flag->by_default = gate_flag_default_of(value->kind, text, len, name, r->config);
	if (!name && value->kind == GATE_JSON_LIST)
		name = "a list";
	else if (!name && value->kind == GATE_JSON_MAP)
		name = "a map";
	flag->variant = name ? name : gate_arena_copy(&r->flags->arena, text, len);
	return flag->variant ? GATE_OK : gate_fail_memory(r->err);
}

static int read_default(struct gate_feature_flag *flag, struct reader *r,
                        const struct gate_json_node *node)
{
	const struct gate_json_node *variants = gate_json_member(&r->text, node, "variants");
	const struct gate_json_node *which = gate_json_member(&r->text, node, "defaultVariant");
	const struct gate_json_node *value = gate_json_member(&r->text, node, "defaultValue");
	const char *name;
	size_t len;
	int code;

	if (variants && variants->kind != GATE_JSON_MAP)
		return fail_at(r, variants->at, "variants: expected a map");
	if (!variants && value)
		return set_default(flag, r, value, NULL);
	if (!which || which->kind == GATE_JSON_NULL)
		return GATE_OK;
	if (which->kind != GATE_JSON_STRING)
		return fail_at(r, which->at, "defaultVariant: expected the name of a variant");
	code = keep(&name, &len, r, which->at, which->len);
	if (code < 0)
		return code;
	value = strlen(name) == len ? gate_json_member(&r->text, variants, name) : NULL;
	if (!value)
		return fail_at(r, which->at, "defaultVariant: there is no such variant");
	return set_default(flag, r, value, name);
}

/* One flag, whose key stands at `at`, with its quotes. */
static int add_flag(struct reader *r, const struct gate_json_node *node, size_t at, size_t size)
{
	const struct gate_json_node *metadata;
	struct gate_feature_flag *flag;
	const char *fault;
	size_t len;
	int code = gate_flags_append(&flag, r->flags, r->file, r->err);

	if (code == GATE_OK)
		code = keep(&flag->key, &len, r, at, size);
	if (code < 0)
		return code;
	fault = gate_flag_key_fault(flag->key, len);
	if (fault) {
		GATE_AUTO(gate_buf_release) struct gate_buf what = { 0 };

		gate_buf_printf(&what, "'%.40s' %s", flag->key, fault);
		return fail_at(r, at, gate_buf_text(&what));
	}
	if (node->kind != GATE_JSON_MAP)
		return fail_at(r, node->at, "a flag: expected a map");
	find_place(r, at);
	flag->line = r->line;
	flag->column = r->column;
	code = read_state(flag, r, gate_json_member(&r->text, node, "state"));
	if (code == GATE_OK)
		code = read_default(flag, r, node);
	metadata = gate_json_member(&r->text, node, "metadata");
	if (code == GATE_OK)
		code = read_metadata(&flag->owner, r, metadata, "owner");
	if (code == GATE_OK)
		code = read_metadata(&flag->expires, r, metadata, "expires");
	if (code == GATE_OK)
		code = read_metadata(&flag->type, r, metadata, "type");
	return code;
}

/* One of a list: the key stands inside. */
static int add_listed(struct reader *r, const struct gate_json_node *node)
{
	const struct gate_json_node *key = gate_json_member(&r->text, node, "key");

	if (!key || key->kind != GATE_JSON_STRING)
		return fail_at(r, key ? key->at : node->at, "a flag: expected a map with a 'key'");
	return add_flag(r, node, key->at, key->len);
}

int gate_flags_add_json(struct gate_flags *flags, const char *file, const char *bytes, size_t len,
                        const struct gate_flags_config *config, struct gate_error *err)
{
	GATE_AUTO(reader_release)
	struct reader r = {
		.flags = flags, .file = file, .config = config, .line = 1, .column = 1, .err = err
	};
	const struct gate_json_node *all, *node;
	int code = gate_json_text_parse(&r.text, file, bytes, len, GATE_MAX_JSON_DEPTH, err);

	if (code < 0)
		return code;
	all = gate_json_member(&r.text, r.text.nodes, "flags");
	if (!all || (all->kind != GATE_JSON_MAP && all->kind != GATE_JSON_LIST))
		return fail_at(&r, all ? all->at : r.text.nodes[0].at,
		               "registers no flags: expected a map with 'flags', a map or a list");
	r.metadata = gate_json_member(&r.text, r.text.nodes, "metadata");
	node = all + 1;
	for (uint32_t i = 0; code == GATE_OK && i < all->n; i++) {
		code = all->kind == GATE_JSON_MAP
		               ? add_flag(&r, node, node->name_at, node->name_len)
		               : add_listed(&r, node);
		node = r.text.nodes + node->next;
	}
	return code;
}
