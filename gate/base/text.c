/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCRE2 counts steps for each place at which a match is tried, so that a text of n bytes may cost n times the limit,
 * and it does not count how far one item runs. An automatic callout before each item of the pattern counts both, over
 * the whole call. The interpreter is used, not JIT: for the few lines of a change compiling costs more than it saves,
 * and the steps of JIT code are counted differently, so that a verdict would depend on the machine.
 */
#include "gate/base/text.h"

#include "gate/base/limits.h"

#include <stdint.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Bytes that one item may run over at the price of a step; and the steps granted for each byte of text. */
#define BYTES_PER_STEP 16
#define STEPS_PER_BYTE 16

struct gate_text {
	pcre2_code *code;             /* own */
	pcre2_match_context *context; /* own */
	pcre2_match_data *data;       /* own */
	uint64_t steps, max_steps;    /* of the match that runs now */
	size_t at;                    /* where the last callout was */
};

GATE_DEFINE_AUTO(pcre2_code *, pcre2_code_free)
GATE_DEFINE_AUTO(pcre2_compile_context *, pcre2_compile_context_free)

static int compile(pcre2_code **out, const char *pattern, size_t len, uint32_t options,
                   struct gate_error *err)
{
	const uint32_t fixed = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C;
	GATE_AUTO(pcre2_compile_context_free)
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	unsigned char message[128];
	PCRE2_SIZE offset = 0;
	int code = 0;

	if (!context)
		return gate_fail_memory(err);
	/* The defaults of these two are the distribution's. */
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	pcre2_set_bsr(context, PCRE2_BSR_ANYCRLF);
	*out = pcre2_compile((PCRE2_SPTR)pattern, len, fixed | options, &code, &offset, context);
	if (*out)
		return GATE_OK;
	if (code == PCRE2_ERROR_HEAP_FAILED)
		return gate_fail_memory(err);
	pcre2_get_error_message(code, message, sizeof(message));
	gate_fail(err, GATE_ECONFIG, "no valid pattern: %s", (const char *)message);
	gate_error_at(err, NULL, 0, (unsigned)offset + 1);
	return GATE_ECONFIG;
}

static int note_callout(pcre2_callout_enumerate_block *block, void *payload)
{
	size_t *at = payload;

	/* Of a callout with text the place of that is known, of one with a number the item behind it. */
	*at = block->callout_string ? block->callout_string_offset - 1 : block->pattern_position;
	return 1;
}

static int refuse_callouts(const pcre2_code *code, const char *pattern, size_t len,
                           struct gate_error *err)
{
	size_t at = 0;

	if (pcre2_callout_enumerate(code, note_callout, &at) == 0)
		return GATE_OK;
	while (at > 0 && (at + 3 > len || memcmp(pattern + at, "(?C", 3) != 0))
		at--;
	gate_fail(err, GATE_ECONFIG, "no valid pattern: callouts are not allowed");
	gate_error_at(err, NULL, 0, (unsigned)at + 1);
	return GATE_ECONFIG;
}

static int count_step(pcre2_callout_block *block, void *payload)
{
	struct gate_text *text = payload;
	size_t now = block->current_position;
	size_t ran = now > text->at ? now - text->at : text->at - now;

	text->at = now;
	text->steps += 1 + ran / BYTES_PER_STEP;
	return text->steps > text->max_steps ? PCRE2_ERROR_MATCHLIMIT : 0;
}

int gate_text_compile(struct gate_text **out, const char *pattern, size_t len,
                      struct gate_error *err)
{
	GATE_AUTO(gate_text_free) struct gate_text *text = NULL;
	GATE_AUTO(pcre2_code_free) pcre2_code *plain = NULL;
	int code;

	if (len > GATE_MAX_PATTERN_BYTES) {
		gate_fail(err, GATE_ECONFIG, "pattern has %zu bytes, more than the limit of %d",
		          len, GATE_MAX_PATTERN_BYTES);
		gate_error_at(err, NULL, 0, 1);
		return GATE_ECONFIG;
	}
	/* Once without automatic callouts, to see whether the pattern has its own. */
	code = compile(&plain, pattern, len, 0, err);
	if (code < 0)
		return code;
	code = refuse_callouts(plain, pattern, len, err);
	if (code < 0)
		return code;
	text = calloc(1, sizeof(*text));
	if (!text)
		return gate_fail_memory(err);
	code = compile(&text->code, pattern, len, PCRE2_AUTO_CALLOUT, err);
	if (code < 0)
		return code;
	text->context = pcre2_match_context_create(NULL);
	text->data = pcre2_match_data_create(1, NULL);
	if (!text->context || !text->data)
		return gate_fail_memory(err);
	pcre2_set_match_limit(text->context, GATE_TEXT_MATCH_LIMIT);
	pcre2_set_depth_limit(text->context, GATE_TEXT_DEPTH_LIMIT);
	pcre2_set_heap_limit(text->context, GATE_TEXT_HEAP_KIB);
	pcre2_set_callout(text->context, count_step, text);
	*out = gate_steal(&text);
	return GATE_OK;
}

void gate_text_free(struct gate_text *text)
{
	if (!text)
		return;
	pcre2_match_data_free(text->data);
	pcre2_match_context_free(text->context);
	pcre2_code_free(text->code);
	free(text);
}

enum gate_match gate_text_match(struct gate_text *text, const char *bytes, size_t len)
{
	int code;

	text->steps = 0;
	text->max_steps = GATE_TEXT_MATCH_LIMIT + (uint64_t)len * STEPS_PER_BYTE;
	text->at = 0;
	code = pcre2_match(text->code, (PCRE2_SPTR)(bytes ? bytes : ""), len, 0, 0, text->data,
	                   text->context);
	if (code == PCRE2_ERROR_NOMATCH)
		return GATE_MATCH_NO;
	/* Whatever else went wrong (limits, memory) leaves the answer unknown. */
	return code < 0 ? GATE_MATCH_LIMIT : GATE_MATCH_YES;
}
