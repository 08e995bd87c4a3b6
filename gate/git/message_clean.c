/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/message.h"

#include "gate/git/message_text.h"

enum cleanup { CLEANUP_STRIP, CLEANUP_WHITESPACE, CLEANUP_SCISSORS, CLEANUP_VERBATIM };

static const struct {
	const char *word;
	enum cleanup cleanup;
} words[] = {
	{ "default", CLEANUP_STRIP },         { "strip", CLEANUP_STRIP },
	{ "whitespace", CLEANUP_WHITESPACE }, { "scissors", CLEANUP_SCISSORS },
	{ "verbatim", CLEANUP_VERBATIM },
};

size_t gate_message_before_scissors(const char *bytes, size_t len, const char *comment)
{
	static const char scissors[] = " ------------------------ >8 ------------------------\n";
	const char *end = bytes + len, *at = bytes;
	size_t comment_len = strlen(comment);

	for (; at < end; at = gate_message_next_line(at, end))
		if (gate_message_starts(at, end, comment, comment_len) &&
		    gate_message_starts(at + comment_len, end, scissors, sizeof(scissors) - 1))
			break;
	return (size_t)(at - bytes);
}

static int parse_cleanup(enum cleanup *out, const char *word, struct gate_error *err)
{
	for (size_t i = 0; i < GATE_COUNT(words); i++)
		if (strcmp(words[i].word, word) == 0) {
			*out = words[i].cleanup;
			return GATE_OK;
		}
	return gate_fail(err, GATE_ECONFIG, "commit.cleanup is '%s', which git does not know",
	                 word);
}

static void strip(struct gate_buf *out, const char *bytes, size_t len, const char *comment)
{
	const char *end = bytes + len, *next;
	size_t comment_len = comment ? strlen(comment) : 0;
	bool blank = false, any = false;

	for (const char *at = bytes; at < end; at = next) {
		size_t kept;

		next = gate_message_next_line(at, end);
		if (comment && gate_message_starts(at, next, comment, comment_len))
			continue;
		kept = gate_message_trimmed(at, (size_t)(next - at));
		if (!kept) {
			blank = true;
			continue;
		}
		if (blank && any)
			gate_buf_putc(out, '\n');
		gate_buf_add(out, at, kept);
		gate_buf_putc(out, '\n');
		blank = false;
		any = true;
	}
}

int gate_message_clean(struct gate_buf *out, const char *bytes, size_t len, const char *cleanup,
                       const char *comment, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf clean = { 0 };
	enum cleanup mode;
	int code = parse_cleanup(&mode, cleanup ? cleanup : "default", err);

	if (code < 0)
		return code;
	if (!comment || strcmp(comment, "auto") == 0)
		comment = "#";
	if (!*comment)
		return gate_fail(err, GATE_ECONFIG, "core.commentChar is empty");
	len = gate_message_before_scissors(bytes, len, comment);
	if (mode == CLEANUP_VERBATIM)
		gate_buf_add(&clean, bytes, len);
	else
		strip(&clean, bytes, len, mode == CLEANUP_STRIP ? comment : NULL);
	gate_buf_add(out, gate_buf_text(&clean), clean.len);
	if (gate_buf_failed(&clean) || gate_buf_failed(out))
		return gate_fail_memory(err);
	return GATE_OK;
}
