/* SPDX-License-Identifier: Apache-2.0 */
/* The pattern is the first line, the text the rest. Errors point into the pattern; the same call has the same result. */
#include "gate/base/limits.h"
#include "gate/base/text.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GATE_AUTO(gate_text_free) struct gate_text *text = NULL;
	const char *bytes = (const char *)data;
	const char *end = size ? memchr(bytes, '\n', size) : NULL;
	size_t len = end ? (size_t)(end - bytes) : size;
	const char *rest = end ? end + 1 : NULL;
	size_t rest_len = end ? size - len - 1 : 0;
	GATE_AUTO(gate_free) char *pattern = malloc(len ? len : 1);
	struct gate_error err = { 0 };
	enum gate_match first, second;
	int code;

	assert(pattern);
	if (len)
		memcpy(pattern, bytes, len);
	code = gate_text_compile(&text, pattern, len, &err);
	if (code != GATE_OK) {
		assert(code == GATE_ECONFIG && !text && err.message[0]);
		assert(err.line == 0 && err.column >= 1 && err.column <= len + 1);
		return 0;
	}
	first = gate_text_match(text, rest, rest_len);
	second = gate_text_match(text, rest, rest_len);
	assert(first == second);
	assert(first == GATE_MATCH_NO || first == GATE_MATCH_YES || first == GATE_MATCH_LIMIT);
	return 0;
}
