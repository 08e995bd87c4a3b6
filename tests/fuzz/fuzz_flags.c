/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A registry of feature flags, as JSON and as YAML. What is refused has a place in the file; what is read has keys that are found
 * again in text that holds nothing else.
 */
#include "gate/base/limits.h"
#include "gate/read/flag_words.h"
#include "gate/read/flags.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	size_t which;
	bool found;
};

static int look(size_t which, size_t at, void *payload)
{
	struct seen *seen = payload;

	seen->found |= which == seen->which;
	(void)at;
	return 0;
}

static void check_words(const struct gate_flags *flags)
{
	GATE_AUTO(gate_flag_words_free) struct gate_flag_words *words = NULL;
	size_t n = flags->n < 50 ? flags->n : 50;
	int code = gate_flag_words_new(&words, NULL);

	assert(code == GATE_OK);
	for (size_t i = 0; i < n; i++) {
		code = gate_flag_words_add(words, flags->items[i].key, i, NULL);
		assert(code == GATE_OK);
	}
	code = gate_flag_words_ready(words, NULL);
	assert(code == GATE_OK);
	for (size_t i = 0; i < n; i++) {
		const char *key = flags->items[i].key;
		struct seen seen = { .which = i };

		code = gate_flag_words_find(words, key, strlen(key), look, &seen);
		assert(code == 0 && seen.found);
	}
}

static void check(const struct gate_flags *flags)
{
	for (size_t i = 0; i < flags->n; i++) {
		const struct gate_feature_flag *flag = &flags->items[i], *found;
		size_t len = strlen(flag->key), n;

		assert(len > 0 && len <= GATE_MAX_FLAG_KEY_BYTES);
		assert(flag->line >= 1 && flag->column >= 1);
		assert(!flag->variant == (flag->by_default == GATE_FLAG_UNSAID));
		found = gate_flags_find(&n, flags, flag->key);
		assert(n == 1 && found == flag);
	}
	check_words(flags);
}

static void read_as(const char *file, const uint8_t *data, size_t size)
{
	GATE_AUTO(gate_flags_release) struct gate_flags flags = { 0 };
	const struct gate_flags_config config = { 0 };
	struct gate_error err = { 0 };
	int code = gate_flags_add(&flags, file, (const char *)data, size, &config, &err);

	if (code == GATE_OK)
		code = gate_flags_sort(&flags, &err);
	if (code == GATE_OK) {
		check(&flags);
		return;
	}
	assert((code == GATE_ECONFIG || code == GATE_ELIMIT) && err.code == code);
	assert(err.message[0] && !strcmp(err.file, file));
	assert(code == GATE_ELIMIT || (err.line >= 1 && err.column >= 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as("fuzz.json", data, size);
	read_as("fuzz.yml", data, size);
	return 0;
}
