/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses the reader. What is found stands within the file. */
#include "gate/read/compose.h"
#include "gate/read/container.h"
#include "gate/read/manifest.h"
#include "gate/read/workspace.h"

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

static int check_member(struct gate_span member, unsigned line, void *payload)
{
	struct file *file = payload;

	check_span(file, member);
	assert(member.len && line >= file->last && line <= file->lines);
	file->last = line;
	return 0;
}

/* Variables: the first line is the text, the rest what it may use. */
static void check_expand(const char *bytes, size_t len)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	const char *end = len ? memchr(bytes, '\n', len) : NULL;
	size_t first = end ? (size_t)(end - bytes) : len;
	const struct gate_span text = { bytes, first };
	const struct gate_span env = { bytes + first, len - first };

	if (gate_compose_expand(&buf, text, env) && !memchr(text.bytes, '$', first))
		assert(buf.len == first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
		"package.json",    "pnpm-workspace.yaml", "go.work", "Cargo.toml",
		"settings.gradle", "settings.gradle.kts", "pom.xml",
	};
	static const char *const manifests[] = { "package.json", "pom.xml", "a.csproj", "go.mod" };
	struct file file = { .bytes = (const char *)data + 1, .lines = 1, .last = 1 };

	if (!size)
		return 0;
	file.len = size - 1;
	for (size_t i = 0; i < file.len; i++)
		file.lines += file.bytes[i] == '\n';
	gate_workspace_members(names[*data % GATE_COUNT(names)], file.bytes, file.len, check_member,
	                       &file);
	check_span(&file, gate_dockerfile_base(file.bytes, file.len));
	gate_manifest_runs(manifests[*data % GATE_COUNT(manifests)], file.bytes, file.len);
	if (file.len)
		check_expand(file.bytes, file.len);
	return 0;
}
