/* SPDX-License-Identifier: Apache-2.0 */
/* Messages, as they stand in a commit, as an editor leaves them, and behind the headers of a commit. */
#include "gate/git/commit_text.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const char *bytes, size_t size)
{
	GATE_AUTO(gate_message_release) struct gate_message message = { 0 };
	unsigned lines = 1, before = 0;
	const char *branch;
	size_t len;

	assert(gate_message_parse(&message, bytes, size, NULL) == GATE_OK);
	for (size_t i = 0; i < size; i++)
		lines += bytes[i] == '\n';
	assert(message.subject_len + message.body_len <= size);
	assert(message.subject[message.subject_len] == '\0');
	assert(!memchr(message.subject, '\n', message.subject_len));
	assert(message.body[message.body_len] == '\0');
	assert(message.body_line <= lines && !message.body_line == !message.body_len);
	if (gate_message_merged(&branch, &len, &message)) {
		assert(len && branch > message.subject);
		assert(branch + len <= message.subject + message.subject_len);
		assert(!memchr(branch, '\0', len));
	}
	for (size_t i = 0; i < message.n_trailers; i++) {
		const struct gate_trailer *trailer = &message.trailers[i];

		assert(*trailer->key && !strpbrk(trailer->key, ":\n"));
		assert(trailer->value[trailer->value_len] == '\0');
		assert(!memchr(trailer->value, '\n', trailer->value_len));
		assert(trailer->line > before && trailer->line <= lines);
		before = trailer->line;
	}
}

static void clean(const char *bytes, size_t size)
{
	GATE_AUTO(gate_buf_release) struct gate_buf once = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf twice = { 0 };

	assert(gate_message_clean(&once, bytes, size, "strip", NULL, NULL) == GATE_OK);
	assert(once.len <= size + 1);
	assert(gate_message_clean(&twice, gate_buf_text(&once), once.len, "strip", NULL, NULL) ==
	       GATE_OK);
	assert(once.len == twice.len);
	assert(memcmp(gate_buf_text(&once), gate_buf_text(&twice), once.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GATE_AUTO(gate_commit_text_release) struct gate_commit_text text = { 0 };
	GATE_AUTO(gate_free) char *bytes = gate_copy((const char *)data, size);

	parse(bytes, size);
	clean(bytes, size);
	if (gate_commit_text_parse(&text, bytes, size, NULL) == GATE_OK) {
		assert(text.author_name && text.author_email && text.author_time >= 0);
		assert(text.author_offset > -6060 && text.author_offset < 6060);
	}
	return 0;
}
