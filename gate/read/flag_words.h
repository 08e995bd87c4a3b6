/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Keys of feature flags in code: the key as it is, the ways in which languages spell it, and aliases.
 *
 * Of `pay-now` these are payNow, PayNow, pay_now, PAY_NOW and pay-now; of a key of one word, the key and its capitals. A word is
 * found where it stands alone: not next to a letter, a digit, `_`, a byte above 127, or a `-` with one of these behind it. So
 * `pay` is not in `prepay`, `pay_now` or `pay-now`, and it is in `flags.pay`, `$pay` and `pay->isOn()`. What stands at the
 * ends of a key and is none of these does not count. Comments and text are code too: nothing here knows a language.
 */
#ifndef GATE_READ_FLAG_WORDS_H
#define GATE_READ_FLAG_WORDS_H

#include "gate/base/yaml.h"

struct gate_flag_words;

int gate_flag_words_new(struct gate_flag_words **out, struct gate_error *err);
void gate_flag_words_free(struct gate_flag_words *words);
GATE_DEFINE_AUTO(struct gate_flag_words *, gate_flag_words_free)

/** Adds a key and its spellings; `which` is what gate_flag_words_find calls it. */
int gate_flag_words_add(struct gate_flag_words *words, const char *key, size_t which,
                        struct gate_error *err);

/** Adds one more name of a key, as it is. */
int gate_flag_words_add_name(struct gate_flag_words *words, const char *text, size_t len,
                             size_t which, struct gate_error *err);

/** Adds the names in a value of `flags.aliases`: one, or a list. */
int gate_flag_words_add_aliases(struct gate_flag_words *words, const struct gate_yaml *names,
                                size_t which, struct gate_error *err);

/** Once, when all are added. */
int gate_flag_words_ready(struct gate_flag_words *words, struct gate_error *err);

/** A word stands at the offset `at`. Non-zero stops the search and is returned. */
typedef int gate_flag_word_fn(size_t which, size_t at, void *payload);

/**
 * Calls `fn` for each word in a text, in order; for each key that is spelled so. Linear in the text, however many words there are: at most
 * GATE_MAX_FLAG_KEY_BYTES steps a byte, and one where no key holds a delimiter.
 */
int gate_flag_words_find(const struct gate_flag_words *words, const char *text, size_t len,
                         gate_flag_word_fn *fn, void *payload);

#endif
