/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/json_text.h"

#include "gate/base/json.h"
#include "gate/base/json_scan.h"

int gate_json_text_parse(struct gate_json_text *text, const char *file, const char *bytes,
                         size_t len, size_t max_depth, struct gate_error *err)
{
	const struct gate_json_scan_options options = {
		.max_depth = max_depth,
		.any_number = true,
		.nul = true,
		.record = text,
	};
	int code = gate_json_scan(&bytes, &len, file, &options, err);

	text->bytes = code == GATE_OK ? bytes : NULL;
	text->len = code == GATE_OK ? len : 0;
	if (code < 0)
		text->n = 0;
	return code;
}

void gate_json_text_release(struct gate_json_text *text)
{
	free(text->nodes);
	*text = (struct gate_json_text){ 0 };
}

/* `bytes` is what stands between the quotes. Allocates nothing, so that no memory never looks like no member. */
static bool means(const char *bytes, size_t len, const char *name, size_t name_len)
{
	struct gate_json_run run;

	for (size_t at = 0, step; at < len; at += step) {
		step = gate_json_scan_run(&run, bytes + at, len - at);
		if (run.len > name_len || memcmp(run.bytes, name, run.len) != 0)
			return false;
		name += run.len;
		name_len -= run.len;
	}
	return name_len == 0;
}

const struct gate_json_node *gate_json_member(const struct gate_json_text *text,
                                              const struct gate_json_node *map, const char *name)
{
	const size_t len = strlen(name);
	const struct gate_json_node *node, *end;

	if (!map || map->kind != GATE_JSON_MAP)
		return NULL;
	end = text->nodes + map->next;
	for (node = map + 1; node < end; node = text->nodes + node->next)
		/* Decoding never makes text longer. */
		if (node->name_len - 2 >= len &&
		    means(text->bytes + node->name_at + 1, node->name_len - 2, name, len))
			return node;
	return NULL;
}

void gate_json_decode(struct gate_buf *out, const struct gate_json_text *text,
                      const struct gate_json_node *node)
{
	if (node && node->kind == GATE_JSON_STRING)
		gate_json_scan_decode(out, text->bytes + node->at + 1, node->len - 2);
}

void gate_json_compact(struct gate_buf *out, const struct gate_json_text *text,
                       const struct gate_json_node *node)
{
	const char *bytes = text->bytes + node->at;
	size_t start = 0; /* of what is to be copied next */
	bool in_text = false;

	for (size_t i = 0; i < node->len; i++) {
		const char c = bytes[i];

		if (in_text && c == '\\') {
			i++;
		} else if (c == '"') {
			in_text = !in_text;
		} else if (!in_text && (c == ' ' || c == '\t' || c == '\r' || c == '\n')) {
			gate_buf_add(out, bytes + start, i - start);
			start = i + 1;
		}
	}
	gate_buf_add(out, bytes + start, node->len - start);
}

struct canonical {
	struct gate_buf *out;              /* borrowed */
	const struct gate_json_text *text; /* borrowed */
	/* own: the members of all maps we are in; those of the innermost on top; `at` is the node */
	struct gate_json_name *members;
	size_t n, cap;
	struct gate_arena arena; /* names that hold escapes */
	struct gate_buf scratch;
	struct gate_error *err; /* borrowed */
};

static void canonical_release(struct canonical *c)
{
	free(c->members);
	gate_arena_release(&c->arena);
	gate_buf_release(&c->scratch);
}

GATE_DEFINE_AUTO_STRUCT(struct canonical, canonical_release)

static void put_text(struct canonical *c, const char *bytes, size_t len)
{
	struct gate_json_writer w = { .buf = c->out };

	gate_json_bytes(&w, NULL, bytes, len);
}

static int put_string(struct canonical *c, const struct gate_json_node *node)
{
	gate_buf_reset(&c->scratch);
	gate_json_decode(&c->scratch, c->text, node);
	if (gate_buf_failed(&c->scratch))
		return gate_fail_memory(c->err);
	put_text(c, gate_buf_text(&c->scratch), c->scratch.len);
	return GATE_OK;
}

static int put_value(struct canonical *c, const struct gate_json_node *node);

static int put_list(struct canonical *c, const struct gate_json_node *list)
{
	const struct gate_json_node *node = list + 1;

	gate_buf_putc(c->out, '[');
	for (uint32_t i = 0; i < list->n; i++, node = c->text->nodes + node->next) {
		int code;

		if (i)
			gate_buf_putc(c->out, ',');
		code = put_value(c, node);
		if (code < 0)
			return code;
	}
	gate_buf_putc(c->out, ']');
	return GATE_OK;
}

/* Puts the members of the map on the stack, sorted. */
static int push_members(struct canonical *c, const struct gate_json_node *map)
{
	const struct gate_json_node *node = map + 1;
	const size_t first = c->n;
	int code = gate_grow(&c->members, &c->cap, c->n + map->n, sizeof(*c->members), c->err);

	if (code < 0)
		return code;
	for (uint32_t i = 0; i < map->n; i++, node = c->text->nodes + node->next) {
		struct gate_json_name *member = &c->members[c->n++];

		member->at = (size_t)(node - c->text->nodes);
		code = gate_json_name_decode(member, &c->arena, c->text->bytes + node->name_at + 1,
		                             node->name_len - 2, c->err);
		if (code < 0)
			return code;
	}
	if (map->n > 1)
		qsort(c->members + first, map->n, sizeof(*c->members), gate_json_name_compare);
	return GATE_OK;
}

static int put_map(struct canonical *c, const struct gate_json_node *map)
{
	const size_t first = c->n;
	int code = push_members(c, map);

	if (code < 0)
		return code;
	gate_buf_putc(c->out, '{');
	for (size_t i = 0; i < map->n; i++) {
		/* A copy: what is below moves the stack. */
		const struct gate_json_name member = c->members[first + i];

		if (i)
			gate_buf_putc(c->out, ',');
		put_text(c, member.text, member.len);
		gate_buf_putc(c->out, ':');
		code = put_value(c, c->text->nodes + member.at);
		if (code < 0)
			return code;
	}
	gate_buf_putc(c->out, '}');
	c->n = first;
	return GATE_OK;
}

/* Recursion ends at the depth that was parsed, GATE_MAX_JSON_DEPTH at most. */
static int put_value(struct canonical *c, const struct gate_json_node *node)
{
	switch (node->kind) {
	case GATE_JSON_MAP:
		return put_map(c, node);
	case GATE_JSON_LIST:
		return put_list(c, node);
	case GATE_JSON_STRING:
		return put_string(c, node);
	default:
		gate_buf_add(c->out, c->text->bytes + node->at, node->len);
		return GATE_OK;
	}
}

int gate_json_canonical(struct gate_buf *out, const struct gate_json_text *text,
                        const struct gate_json_node *node, struct gate_error *err)
{
	GATE_AUTO(canonical_release)
	struct canonical c = { .out = out, .text = text, .err = err };
	int code = put_value(&c, node);

	if (code < 0)
		return code;
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}
