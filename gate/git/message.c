/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/message.h"

#include "gate/base/limits.h"
#include "gate/git/message_text.h"

#include <stdint.h>

/*
 * Trailers are found as git finds them, quirks included: the last paragraph that is not the first one, when all its lines are trailers, or
 * when one of them is of git's own making and a quarter of them are trailers. Comments and a conflicts list at the end are passed over.
 */

#define COMMENT '#' /* core.commentChar matters while a message is edited, not in a commit */

static bool is_blank(const char *at, const char *end)
{
	return gate_message_trimmed(at, (size_t)(end - at)) == 0;
}

static const char *skip_blank_lines(const char *at, const char *end)
{
	while (at < end) {
		const char *next = gate_message_next_line(at, end);

		if (!is_blank(at, next))
			break;
		at = next;
	}
	return at;
}

/** The length of the key that `line` starts with, up to the colon; 0: this is no trailer. */
static size_t key_len(const char *line, const char *end)
{
	bool gap = false;

	for (const char *at = line; at < end; at++) {
		bool word = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
		            (*at >= '0' && *at <= '9') || *at == '-';

		if (*at == ':')
			return (size_t)(at - line);
		if (word && !gap)
			continue;
		if (at == line || (*at != ' ' && *at != '\t'))
			break;
		gap = true;
	}
	return 0;
}

/** Lines that git itself appends: one of them makes a mixed paragraph a block of trailers. */
static bool is_generated(const char *line, const char *end)
{
	static const char signed_off[] = "Signed-off-by: ",
			  picked[] = "(cherry picked from commit ";

	return gate_message_starts(line, end, signed_off, sizeof(signed_off) - 1) ||
	       gate_message_starts(line, end, picked, sizeof(picked) - 1);
}

/** The end of the message without the scissors line and without the comments, blank lines and conflicts list at the end. */
static const char *text_end(const char *text, const char *end)
{
	static const char conflicts[] = "Conflicts:\n";
	const char comment[] = { COMMENT, '\0' };
	const char *cut = text + gate_message_before_scissors(text, (size_t)(end - text), comment);
	const char *run = NULL, *next;
	bool in_conflicts = false;

	for (const char *at = text; at < cut; at = next) {
		bool starts_conflicts =
			gate_message_starts(at, end, conflicts, sizeof(conflicts) - 1);

		next = gate_message_next_line(at, cut);
		if (*at == COMMENT || *at == '\n' || starts_conflicts) {
			/* A run never starts with the message itself: git's own oddity. */
			if (!run && at > text)
				run = at;
			in_conflicts |= starts_conflicts && *at != COMMENT;
		} else if (run && !(in_conflicts && *at == '\t')) {
			run = NULL;
			in_conflicts = false;
		}
	}
	return run ? run : cut;
}

static const char *title_end(const char *text, const char *end)
{
	const char *at = text;

	while (at < end) {
		const char *next = gate_message_next_line(at, end);

		if (*at != COMMENT && is_blank(at, next))
			break;
		at = next;
	}
	return at;
}

static const char *line_before(const char *text, const char *at)
{
	at--;
	while (at > text && at[-1] != '\n')
		at--;
	return at;
}

/** Counts of the lines of a paragraph that may be a block of trailers, read from its end. */
struct tally {
	size_t trailers, others;
	size_t indented; /* below a line not seen yet: they go on with it if it is a trailer */
	bool generated;
};

static void tally_line(struct tally *tally, const char *line, const char *end)
{
	if (*line == COMMENT) {
		tally->others += tally->indented;
	} else if (is_generated(line, end)) {
		tally->trailers++;
		tally->generated = true;
	} else if (gate_message_is_space(*line)) {
		tally->indented++;
		return;
	} else if (key_len(line, end)) {
		tally->trailers++;
	} else {
		tally->others += 1 + tally->indented;
	}
	tally->indented = 0;
}

static bool is_trailer_block(const struct tally *tally)
{
	size_t others = tally->others + tally->indented;

	if (tally->generated && tally->trailers * 3 >= others)
		return true;
	return tally->trailers && !others;
}

/** Where the trailers start; `end`: there are none. */
static const char *block_start(const char *text, const char *end)
{
	const char *title = title_end(text, end);
	const char *at = end;
	struct tally tally = { 0 };
	bool only_blank = true;

	while (at > title) {
		const char *next = at;

		at = line_before(text, at);
		if (*at == COMMENT || !is_blank(at, next)) {
			only_blank = only_blank && *at == COMMENT;
			tally_line(&tally, at, next);
		} else if (!only_blank) {
			return is_trailer_block(&tally) ? next : end;
		}
	}
	return end;
}

/** Copies a value without white space around it; every LF and the white space behind it become one space. */
static int unfold(struct gate_trailer *trailer, struct gate_arena *arena, const char *at,
                  const char *end, struct gate_error *err)
{
	char *value;
	size_t len = 0;

	while (at < end && gate_message_is_space(*at))
		at++;
	end = at + gate_message_trimmed(at, (size_t)(end - at));
	value = gate_arena_alloc(arena, (size_t)(end - at) + 1);
	if (!value)
		return gate_fail_memory(err);
	while (at < end) {
		char c = *at++;

		if (c == '\n')
			while (at < end && gate_message_is_space(*at))
				at++;
		value[len++] = c == '\n' ? ' ' : c;
	}
	trailer->value = value;
	trailer->value_len = len;
	return GATE_OK;
}

static unsigned count_lines(const char *at, const char *end)
{
	unsigned n = 0;

	for (; at < end; at = gate_message_next_line(at, end))
		n++;
	return n;
}

static int parse_trailers(struct gate_message *out, const char *text, const char *end,
                          struct gate_error *err)
{
	GATE_AUTO(gate_free) struct gate_trailer *trailers = NULL;
	const char *stop = text_end(text, end);
	const char *at = block_start(text, stop);
	unsigned line = 1 + count_lines(text, at);
	size_t n = 0, cap = 0;

	while (at < stop) {
		struct gate_trailer trailer = { .line = line };
		size_t key = key_len(at, stop);
		const char *value = at + key + 1;
		int code;

		do {
			at = gate_message_next_line(at, stop);
			line++;
		} while (key && at < stop && gate_message_is_space(*at));
		if (!key)
			continue;
		trailer.key = gate_arena_copy(&out->arena, value - key - 1,
		                              gate_message_trimmed(value - key - 1, key));
		if (!trailer.key)
			return gate_fail_memory(err);
		code = unfold(&trailer, &out->arena, value, at, err);
		if (code < 0)
			return code;
		code = gate_grow(&trailers, &cap, n + 1, sizeof(*trailers), err);
		if (code < 0)
			return code;
		trailers[n++] = trailer;
	}
	if (n) {
		struct gate_trailer *kept = gate_arena_alloc(&out->arena, n * sizeof(*kept));

		if (!kept)
			return gate_fail_memory(err);
		memcpy(kept, trailers, n * sizeof(*kept));
		out->trailers = kept;
		out->n_trailers = n;
	}
	return GATE_OK;
}

/** Fills in the subject. Returns where it ends, NULL when memory ran out. */
static const char *parse_subject(struct gate_message *out, const char *at, const char *end)
{
	const char *start = at, *next;
	char *subject;
	size_t len = 0;

	for (; at < end; at = next) {
		next = gate_message_next_line(at, end);
		if (is_blank(at, next))
			break;
	}
	subject = gate_arena_alloc(&out->arena, (size_t)(at - start) + 1);
	if (!subject)
		return NULL;
	for (const char *line = start; line < at; line = next) {
		size_t trimmed;

		next = gate_message_next_line(line, at);
		trimmed = gate_message_trimmed(line, (size_t)(next - line));
		if (len)
			subject[len++] = ' ';
		memcpy(subject + len, line, trimmed);
		len += trimmed;
	}
	subject[len] = '\0';
	out->subject = subject;
	out->subject_len = len;
	return at;
}

int gate_message_parse(struct gate_message *out, const char *bytes, size_t len,
                       struct gate_error *err)
{
	GATE_AUTO(gate_message_release) struct gate_message message = { 0 };
	const char *end, *at;
	int code;

	if (len > GATE_MAX_MESSAGE_BYTES) {
		message.cut = true;
		len = GATE_MAX_MESSAGE_BYTES;
	}
	end = bytes + len;
	at = parse_subject(&message, skip_blank_lines(bytes, end), end);
	if (!at)
		return gate_fail_memory(err);
	at = skip_blank_lines(at, end);
	message.body = gate_arena_copy(&message.arena, at, (size_t)(end - at));
	if (!message.body)
		return gate_fail_memory(err);
	message.body_len = (size_t)(end - at);
	if (at < end)
		message.body_line = 1 + count_lines(bytes, at);
	if (!message.cut) {
		code = parse_trailers(&message, bytes, end, err);
		if (code < 0)
			return code;
	}
	*out = message;
	message.arena = (struct gate_arena){ 0 };
	return GATE_OK;
}

void gate_message_release(struct gate_message *message)
{
	gate_arena_release(&message->arena);
	*message = (struct gate_message){ 0 };
}
