/* SPDX-License-Identifier: Apache-2.0 */
/* Commit objects, as far as walking history reads them. */
#include "gate/git/graph.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read, written as git would write it, is read as the same. */
static void check_again(struct gate_history *history, const struct gate_commit *commit)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	struct gate_oid other = { { 1 } };
	struct node *again = graph_node(history, &other);
	char hex[GATE_OID_HEX];

	gate_buf_printf(&text, "tree %s\n", gate_oid_hex(hex, &commit->tree));
	for (size_t i = 0; i < commit->n_parents; i++)
		gate_buf_printf(&text, "parent %s\n", gate_oid_hex(hex, &commit->parents[i]));
	gate_buf_printf(&text, "author A <a@b> 1 +0000\ncommitter A <a@b> %lld +0000\n\n",
	                (long long)commit->time);
	assert(again && !gate_buf_failed(&text));
	assert(graph_parse(history, again, text.ptr, text.len, NULL) == GATE_OK);
	assert(gate_oid_equal(&again->commit.tree, &commit->tree));
	assert(again->commit.n_parents == commit->n_parents);
	assert(again->commit.time == commit->time);
	for (size_t i = 0; i < commit->n_parents; i++)
		assert(gate_oid_equal(&again->commit.parents[i], &commit->parents[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gate_history *history = calloc(1, sizeof(*history));
	struct node *node = history ? graph_node(history, &gate_oid_zero) : NULL;
	char *bytes =
		malloc(size ? size : 1); /* exactly as long, so that reading beyond it shows */

	if (node && bytes) {
		if (size)
			memcpy(bytes, data, size);
		if (graph_parse(history, node, bytes, size, NULL) == GATE_OK) {
			assert(node->commit.time >= 0);
			assert(node->commit.n_parents <= size / 48);
			for (size_t i = 0; i < node->commit.n_parents; i++)
				assert(gate_oid_equal(&node->parents[i]->commit.id,
				                      &node->commit.parents[i]));
			check_again(history, &node->commit);
		} else {
			assert(node->state == NODE_UNREAD);
		}
	}
	free(bytes);
	gate_history_free(history);
	return 0;
}
