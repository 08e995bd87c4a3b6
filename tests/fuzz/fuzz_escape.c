/* SPDX-License-Identifier: Apache-2.0 */
/* Escaped text is UTF-8 that nothing needs escaping in; cut text keeps its width; a quoted word is the word again. */
#include "gate/base/escape.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* True when the text can stand on a line as it is. */
static bool is_safe(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t point = 0;
		size_t n = gate_utf8_next(bytes + i, len - i, &point);

		if (!n || gate_utf8_control(point) || gate_utf8_invisible(point))
			return false;
		i += n;
	}
	return true;
}

/* What a shell makes of a word of ours. */
static void unquote(struct gate_buf *out, const char *word)
{
	bool inside = false;

	for (; *word; word++) {
		if (*word == '\'')
			inside = !inside;
		else if (*word == '\\' && !inside)
			gate_buf_putc(out, *++word);
		else
			gate_buf_putc(out, *word);
	}
	assert(!inside);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GATE_AUTO(gate_buf_release) struct gate_buf line = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf again = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf cut = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf word = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf plain = { 0 };
	const char *bytes = (const char *)data;
	size_t width = size ? data[0] % 20 : 0;

	gate_escape_line(&line, bytes, size);
	assert(is_safe(gate_buf_text(&line), line.len));
	gate_escape_line(&again, gate_buf_text(&line), line.len);
	assert(strcmp(gate_buf_text(&line), gate_buf_text(&again)) == 0);

	gate_escape_cut(&cut, bytes, size, width);
	assert(is_safe(gate_buf_text(&cut), cut.len));
	assert(gate_utf8_count(gate_buf_text(&cut), cut.len) <= width);
	if (gate_utf8_count(gate_buf_text(&line), line.len) <= width)
		assert(strcmp(gate_buf_text(&cut), gate_buf_text(&line)) == 0);

	if (!gate_quote_shell(&word, bytes, size)) {
		assert(!is_safe(bytes, size) && word.len == 0);
		return 0;
	}
	assert(is_safe(bytes, size));
	unquote(&plain, gate_buf_text(&word));
	assert(plain.len == size);
	assert(size == 0 || memcmp(plain.ptr, bytes, size) == 0);
	return 0;
}
