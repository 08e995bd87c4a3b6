/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A path, a newline, and the text of that migration. Whatever it is, the answer has its words and a line of the text; what is blanked
 * is as long as before.
 */
#include "gate/base/limits.h"
#include "gate/read/code.h"
#include "gate/read/migrations.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_blank(const char *text, size_t len)
{
	for (int language = 0; language <= GATE_LANGUAGE_SQL; language++) {
		GATE_AUTO(gate_free) char *code = NULL;
		int status = gate_code_blank(&code, text, len, (enum gate_language)language, NULL);

		assert(status == GATE_OK && strlen(code) == len);
		for (size_t i = 0; i < len; i++)
			assert(code[i] == text[i] || code[i] == ' ');
	}
}

static void check_path(const char *path)
{
	GATE_AUTO(gate_buf_release) struct gate_buf other = { 0 };
	size_t any_len;
	int code;

	if (gate_migration_form(path) != GATE_MIGRATION_PAIR)
		return;
	code = gate_migration_other(&other, &any_len, path, NULL);
	assert(code == GATE_OK && any_len <= other.len && strcmp(other.ptr, path) != 0);
	assert(gate_migration_form(other.ptr) == GATE_MIGRATION_COMPANION);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *newline = size ? memchr(data, '\n', size) : NULL;
	size_t len = newline ? (size_t)(newline - (const char *)data) : size;
	GATE_AUTO(gate_free) char *path = gate_copy((const char *)data, len);
	const char *text = newline ? newline + 1 : "";
	struct gate_migration_scan scan;
	unsigned lines = 1;
	bool works;
	int code;

	size = newline ? size - len - 1 : 0;
	assert(path);
	check_path(path);
	check_blank(text, size);
	code = gate_migration_works(&works, path, text, size, NULL);
	assert(code == GATE_OK);
	code = gate_migration_scan(&scan, path, text, size, NULL);
	assert(code == GATE_OK);
	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	assert(scan.line <= lines);
	assert(!scan.what[0] == (scan.back == GATE_WAY_BACK_THERE));
	return 0;
}
