/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted stays valid when white space goes or members are sorted, and doing so again changes nothing. */
#include "gate/base/json.h"
#include "gate/base/json_text.h"
#include "gate/base/limits.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_nodes(const struct gate_json_text *text)
{
	assert(text->n > 0 && text->nodes[0].next == text->n);
	for (size_t i = 0; i < text->n; i++) {
		const struct gate_json_node *node = &text->nodes[i];
		size_t child = i + 1;

		assert(node->len > 0 && node->at + node->len <= text->len);
		for (uint32_t k = 0; k < node->n; k++) {
			assert(child < node->next);
			assert(text->nodes[child].at > node->at);
			assert((text->nodes[child].name_len > 0) == (node->kind == GATE_JSON_MAP));
			child = text->nodes[child].next;
		}
		assert(child == node->next);
	}
}

static void canonical(struct gate_buf *out, const struct gate_json_text *text)
{
	struct gate_error err = { 0 };
	int code = gate_json_canonical(out, text, text->nodes, &err);

	assert(code == GATE_OK);
}

static void parse_again(struct gate_json_text *text, const struct gate_buf *buf)
{
	struct gate_error err = { 0 };
	int code = gate_json_text_parse(text, "again.json", buf->ptr, buf->len, GATE_MAX_JSON_DEPTH,
	                                &err);

	assert(code == GATE_OK);
	check_nodes(text);
}

static void assert_same(const struct gate_buf *a, const struct gate_buf *b)
{
	assert(a->len == b->len && memcmp(a->ptr, b->ptr, a->len) == 0);
}

static void check_forms(const struct gate_json_text *text)
{
	GATE_AUTO(gate_json_text_release) struct gate_json_text again = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf compact = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf sorted = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf twice = { 0 };

	gate_json_compact(&compact, text, text->nodes);
	parse_again(&again, &compact);
	assert(again.n == text->n);
	gate_json_compact(&twice, &again, again.nodes);
	assert_same(&compact, &twice);

	canonical(&sorted, text);
	gate_buf_reset(&twice);
	canonical(&twice, &again);
	assert_same(&sorted, &twice);
	parse_again(&again, &sorted);
	gate_buf_reset(&twice);
	canonical(&twice, &again);
	assert_same(&sorted, &twice);
	gate_buf_reset(&twice);
	gate_json_compact(&twice, &again, again.nodes);
	assert_same(&sorted, &twice);
}

/* Each member is found by its name, unless that holds a NUL, which no name to look for can. */
static void check_members(const struct gate_json_text *text)
{
	const struct gate_json_node *root = text->nodes, *node = root + 1;

	for (uint32_t i = 0; i < root->n && root->kind == GATE_JSON_MAP && i < 100; i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf name = { 0 };
		const struct gate_json_node as_text = {
			.kind = GATE_JSON_STRING,
			.at = node->name_at,
			.len = node->name_len,
		};

		gate_json_decode(&name, text, &as_text);
		if (!name.len || !memchr(name.ptr, '\0', name.len))
			assert(gate_json_member(text, root, gate_buf_text(&name)) == node);
		node = text->nodes + node->next;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GATE_AUTO(gate_json_text_release) struct gate_json_text text = { 0 };
	GATE_AUTO(gate_json_free) cJSON *json = NULL;
	const char *bytes = (const char *)data;
	struct gate_error err = { 0 };
	int code = gate_json_text_parse(&text, "fuzz.json", bytes, size, GATE_MAX_JSON_DEPTH, &err);

	if (code != GATE_OK) {
		assert(code == GATE_ECONFIG && err.code == code && text.n == 0);
		assert(err.message[0] && strcmp(err.file, "fuzz.json") == 0);
		assert(err.line >= 1 && err.column >= 1);
		/* What is refused here is refused by the stricter reader. */
		code = gate_json_parse(&json, "fuzz.json", bytes, size, NULL);
		assert(code == GATE_ECONFIG);
		return 0;
	}
	check_nodes(&text);
	check_forms(&text);
	check_members(&text);
	return 0;
}
