/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text is cut into identifiers, and each is looked up in a hash table of all words. A key may hold delimiters (`checkout.pay`,
 * `pay now`): its first identifier is in a second table with the length of the longest word that starts so, and from such
 * an identifier on, every longer piece that ends at a delimiter is looked up too.
 */
#include "gate/read/flag_words.h"

#include "gate/base/buf.h"

#include <stdint.h>

struct word {
	const char *text; /* in the arena */
	size_t len;
	size_t which; /* in `starts`: how long the longest word is */
	uint64_t hash;
	const struct word *next; /* the same word, of another key */
};

/* Open addressing; at most half full. Of equal words only the first has a slot, so that many are no trap. */
struct table {
	struct word *items; /* own, in the order added */
	size_t n, cap;
	struct word **slots; /* own */
	size_t mask;
};

struct gate_flag_words {
	struct gate_arena arena;
	struct table words, starts;
};

int gate_flag_words_new(struct gate_flag_words **out, struct gate_error *err)
{
	*out = calloc(1, sizeof(**out));
	return *out ? GATE_OK : gate_fail_memory(err);
}

void gate_flag_words_free(struct gate_flag_words *words)
{
	if (!words)
		return;
	free(words->words.items);
	free(words->words.slots);
	free(words->starts.items);
	free(words->starts.slots);
	gate_arena_release(&words->arena);
	free(words);
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_letter_or_digit(char c)
{
	return is_upper(c) || is_lower(c) || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static bool is_identifier(char c)
{
	return is_letter_or_digit(c) || c == '_';
}

/* Whether the identifier before `at` goes on there. */
static bool goes_on(const char *text, size_t len, size_t at)
{
	return at < len && (is_identifier(text[at]) ||
	                    (text[at] == '-' && at + 1 < len && is_identifier(text[at + 1])));
}

static size_t identifier_end(const char *text, size_t len, size_t at)
{
	while (goes_on(text, len, at))
		at++;
	return at;
}

/* FNV-1a. */
#define HASH_START 0xcbf29ce484222325u
#define HASH_PRIME 0x100000001b3u

static uint64_t hash_more(uint64_t hash, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * HASH_PRIME;
	return hash;
}

/* The low bits of FNV depend on the low bits of each byte only. */
static size_t slot_of(const struct table *table, uint64_t hash)
{
	return (size_t)(hash ^ hash >> 32) & table->mask;
}

static bool is_word(const struct word *word, const char *text, size_t len, uint64_t hash)
{
	return word->hash == hash && word->len == len && !memcmp(word->text, text, len);
}

static int table_add(struct table *table, const struct word *word, struct gate_error *err)
{
	if (gate_grow(&table->items, &table->cap, table->n + 1, sizeof(*table->items), err) < 0)
		return GATE_ENOMEM;
	table->items[table->n++] = *word;
	return GATE_OK;
}

static struct word *table_find(const struct table *table, const char *text, size_t len,
                               uint64_t hash)
{
	size_t slot = slot_of(table, hash);

	while (table->slots[slot] && !is_word(table->slots[slot], text, len, hash))
		slot = (slot + 1) & table->mask;
	return table->slots[slot];
}

static int table_ready(struct table *table, struct gate_error *err)
{
	size_t size = 2;

	while (size < table->n * 2)
		size *= 2;
	table->slots = calloc(size, sizeof(struct word *));
	if (!table->slots)
		return gate_fail_memory(err);
	table->mask = size - 1;
	return GATE_OK;
}

static void table_put(struct table *table, struct word *word)
{
	size_t slot = slot_of(table, word->hash);

	while (table->slots[slot])
		slot = (slot + 1) & table->mask;
	table->slots[slot] = word;
}

int gate_flag_words_add_name(struct gate_flag_words *words, const char *text, size_t len,
                             size_t which, struct gate_error *err)
{
	struct word word = { .which = which };
	size_t end;

	while (len && !is_identifier(text[0])) {
		text++;
		len--;
	}
	while (len && !is_identifier(text[len - 1]))
		len--;
	if (!len)
		return GATE_OK;
	word.hash = hash_more(HASH_START, text, len);
	word.text = gate_arena_copy(&words->arena, text, len);
	if (!word.text)
		return gate_fail_memory(err);
	word.len = len;
	if (table_add(&words->words, &word, err) < 0)
		return GATE_ENOMEM;
	end = identifier_end(text, len, 0);
	if (end == len)
		return GATE_OK;
	word.which = len;
	word.len = end;
	word.hash = hash_more(HASH_START, text, end);
	return table_add(&words->starts, &word, err);
}

/*
 * Whether a part of a key starts at `at`. Of `loadVUs` and `HTTPServer` nobody can say where the capitals end: `acronyms` cuts the last of them off.
 */
static bool starts_part(const char *key, size_t at, bool acronyms)
{
	if (!at || !is_letter_or_digit(key[at - 1]))
		return true;
	if (!is_upper(key[at]))
		return false;
	return !is_upper(key[at - 1]) || (acronyms && is_lower(key[at + 1]));
}

enum style { CAMEL, PASCAL, SNAKE, UPPER, KEBAB, STYLES };

static char letter_of(char c, enum style style, size_t part, bool first)
{
	bool up = style == UPPER || (first && (style == PASCAL || (style == CAMEL && part)));

	if (up)
		return is_lower(c) ? (char)(c - 'a' + 'A') : c;
	return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

/* The key in one style; returns how many parts it has. */
static size_t spell(struct gate_buf *out, const char *key, enum style style, bool acronyms)
{
	size_t parts = 0;

	gate_buf_reset(out);
	for (size_t i = 0; key[i]; i++) {
		bool first;

		if (!is_letter_or_digit(key[i]))
			continue;
		first = starts_part(key, i, acronyms);
		if (first && parts && (style == SNAKE || style == UPPER || style == KEBAB))
			gate_buf_putc(out, style == KEBAB ? '-' : '_');
		gate_buf_putc(out, letter_of(key[i], style, parts, first));
		parts += first;
		/* Letters behind the first belong to a part that was counted. */
	}
	return parts;
}

int gate_flag_words_add(struct gate_flag_words *words, const char *key, size_t which,
                        struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	int code = gate_flag_words_add_name(words, key, strlen(key), which, err);

	for (int acronyms = 0; acronyms < 2; acronyms++)
		for (enum style style = CAMEL; code == GATE_OK && style < STYLES; style++) {
			size_t parts = spell(&text, key, style, acronyms);

			if (gate_buf_failed(&text))
				return gate_fail_memory(err);
			/* `Checkout` is any class of that name. */
			if (parts > 1 || style != PASCAL)
				code = gate_flag_words_add_name(words, gate_buf_text(&text),
				                                text.len, which, err);
		}
	return code;
}

int gate_flag_words_add_aliases(struct gate_flag_words *words, const struct gate_yaml *names,
                                size_t which, struct gate_error *err)
{
	int code = GATE_OK;

	if (names->kind == GATE_YAML_SCALAR)
		return gate_flag_words_add_name(words, names->text, names->len, which, err);
	for (size_t i = 0; code == GATE_OK && i < names->n; i++)
		code = gate_flag_words_add_aliases(words, names->values[i], which, err);
	return code;
}

int gate_flag_words_ready(struct gate_flag_words *words, struct gate_error *err)
{
	int code = table_ready(&words->words, err);

	if (code == GATE_OK)
		code = table_ready(&words->starts, err);
	for (size_t i = 0; code == GATE_OK && i < words->words.n; i++) {
		struct word *word = &words->words.items[i];
		struct word *same = table_find(&words->words, word->text, word->len, word->hash);

		if (!same) {
			table_put(&words->words, word);
		} else if (same->which != word->which &&
		           (!same->next || same->next->which != word->which)) {
			/* Spellings of one key come together, so these two are where it would be. */
			word->next = same->next;
			same->next = word;
		}
	}
	for (size_t i = 0; code == GATE_OK && i < words->starts.n; i++) {
		struct word *word = &words->starts.items[i];
		struct word *same = table_find(&words->starts, word->text, word->len, word->hash);

		if (!same)
			table_put(&words->starts, word);
		else if (same->which < word->which)
			same->which = word->which;
	}
	return code;
}

/* Calls `fn` for each key that is spelled so. */
static int look_up(const struct gate_flag_words *words, const char *text, size_t at, size_t len,
                   uint64_t hash, gate_flag_word_fn *fn, void *payload)
{
	const struct word *word = table_find(&words->words, text + at, len, hash);

	for (; word; word = word->next) {
		int code = fn(word->which, at, payload);

		if (code)
			return code;
	}
	return 0;
}

int gate_flag_words_find(const struct gate_flag_words *words, const char *text, size_t len,
                         gate_flag_word_fn *fn, void *payload)
{
	size_t end;

	for (size_t at = 0; at < len; at = end) {
		const struct word *start;
		uint64_t hash;
		int code;

		end = at + 1;
		if (!is_identifier(text[at]))
			continue;
		end = identifier_end(text, len, at);
		hash = hash_more(HASH_START, text + at, end - at);
		code = look_up(words, text, at, end - at, hash, fn, payload);
		start = words->starts.n ? table_find(&words->starts, text + at, end - at, hash)
		                        : NULL;
		for (size_t i = end; code == 0 && start && i < len && i - at < start->which; i++) {
			hash = hash_more(hash, text + i, 1);
			if (is_identifier(text[i]) && !goes_on(text, len, i + 1))
				code = look_up(words, text, at, i + 1 - at, hash, fn, payload);
		}
		if (code)
			return code;
	}
	return 0;
}
