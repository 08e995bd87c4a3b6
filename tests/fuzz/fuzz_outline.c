/* SPDX-License-Identifier: Apache-2.0 */
/* Entries stand within the file, in order, and paths keep the limit; so do the readers that are built on it. */
#include "gate/read/compose.h"
#include "gate/read/container.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct file {
	const char *bytes;
	size_t len;
	unsigned lines, last;
};

static void check_span(const struct file *file, struct gate_span span)
{
	if (span.len)
		assert(span.bytes >= file->bytes && span.len <= file->len &&
		       span.bytes - file->bytes <= (long)(file->len - span.len));
}

static int check_name(struct gate_span name, unsigned line, void *payload)
{
	const struct file *file = payload;

	check_span(file, name);
	assert(name.len && line >= 1 && line <= file->lines);
	return 0;
}

static int check_service(const struct gate_compose_service *service, void *payload)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	struct file *file = payload;

	check_name(service->name, service->line, payload);
	check_span(file, service->context);
	check_span(file, service->dockerfile);
	assert(service->line >= file->last);
	file->last = service->line;
	gate_compose_expand(&buf, service->context, service->dockerfile);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct file file = { .bytes = (const char *)data, .len = size, .lines = 1 };
	struct gate_outline outline;
	unsigned last = 1, document = 0;
	size_t entries = 0;

	for (size_t i = 0; i < size; i++)
		file.lines += data[i] == '\n';
	gate_outline_init(&outline, file.bytes, size);
	while (gate_outline_next(&outline)) {
		assert(outline.depth >= 1 && outline.depth <= GATE_MAX_YAML_DEPTH);
		assert(outline.line >= last && outline.line <= file.lines);
		assert(outline.document >= document);
		for (size_t i = 0; i < outline.depth; i++)
			check_span(&file, outline.levels[i].key);
		check_span(&file, outline.value);
		last = outline.line;
		document = outline.document;
		entries++;
	}
	assert(entries <= size);
	gate_compose_read(file.bytes, size, check_service, &file);
	gate_workloads_read(file.bytes, size, check_name, &file);
	return 0;
}
