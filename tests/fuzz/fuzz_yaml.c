/* SPDX-License-Identifier: Apache-2.0 */
/* Errors have a place within the file and leave nothing behind; trees keep the limits and their keys are unique. */
#include "gate/base/escape.h"
#include "gate/base/limits.h"
#include "gate/base/yaml.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A tree has a place within the file, so that a wrong one would show. */
struct file {
	unsigned lines;
	size_t len, nodes;
};

static void check(const struct gate_yaml *node, struct file *file, unsigned depth)
{
	assert(node->line >= 1 && node->line <= file->lines);
	assert(node->column >= 1 && node->column <= file->len + 1);
	file->nodes++;
	assert(file->nodes <= GATE_MAX_YAML_NODES);
	if (node->kind == GATE_YAML_SCALAR) {
		assert(strlen(node->text) == node->len);
		for (size_t i = 0; i < node->len;) {
			size_t n = gate_utf8_next(node->text + i, node->len - i, NULL);

			assert(n > 0);
			i += n;
		}
		return;
	}
	assert(depth < GATE_MAX_YAML_DEPTH);
	for (size_t i = 0; i < node->n; i++) {
		if (node->kind == GATE_YAML_MAP) {
			assert(node->keys[i]->kind == GATE_YAML_SCALAR);
			assert(gate_yaml_get(node, node->keys[i]->text) == node->values[i]);
			check(node->keys[i], file, depth + 1);
		}
		check(node->values[i], file, depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GATE_AUTO(gate_yaml_free) struct gate_yaml_doc *doc = NULL;
	struct file file = { .lines = 1, .len = size };
	struct gate_error err = { 0 };
	int code = gate_yaml_parse(&doc, "fuzz.yml", (const char *)data, size, &err);

	/* Any byte that may be part of a line break of YAML 1.1. */
	for (size_t i = 0; i < size; i++)
		file.lines += data[i] == '\n' || data[i] == '\r' || data[i] == 0x85 ||
		              data[i] == 0xa8 || data[i] == 0xa9;
	if (code == GATE_OK) {
		check(gate_yaml_root(doc), &file, 0);
		return 0;
	}
	assert(code == GATE_ECONFIG && err.code == code && !doc);
	assert(err.message[0] && strcmp(err.file, "fuzz.yml") == 0);
	assert(err.line >= 1 && err.line <= file.lines);
	assert(err.column >= 1 && err.column <= size + 1);
	return 0;
}
