/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/seen.h"

#include <stdint.h>

#define HASHES 4
#define DIGITS \
	8 /* of the key for each hash: a SHA-256 has enough of them, and they are random already */

static unsigned value_of(char digit)
{
	return (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* The i-th bit of a key. */
static size_t bit_of(const struct gate_seen *seen, const char *key, size_t i)
{
	uint64_t number = 0;

	for (size_t k = i * DIGITS; k < (i + 1) * DIGITS; k++)
		number = number << 4 | value_of(key[k]);
	return (size_t)(number % (seen->n_bytes * 8));
}

int gate_seen_init(struct gate_seen *seen, size_t most, struct gate_error *err)
{
	unsigned char *bits = calloc(most, 1);

	if (!bits)
		return gate_fail_memory(err);
	gate_seen_release(seen);
	*seen = (struct gate_seen){ .bits = bits, .n_bytes = most };
	return GATE_OK;
}

void gate_seen_release(struct gate_seen *seen)
{
	free(seen->bits);
	*seen = (struct gate_seen){ 0 };
}

bool gate_seen_has(const struct gate_seen *seen, const char *key)
{
	for (size_t i = 0; i < HASHES; i++) {
		const size_t bit = bit_of(seen, key, i);

		if (!(seen->bits[bit / 8] & 1u << bit % 8))
			return false;
	}
	return true;
}

void gate_seen_add(struct gate_seen *seen, const char *key)
{
	for (size_t i = 0; i < HASHES; i++) {
		const size_t bit = bit_of(seen, key, i);

		seen->bits[bit / 8] = (unsigned char)(seen->bits[bit / 8] | 1u << bit % 8);
	}
	seen->n++;
}

bool gate_seen_is_full(const struct gate_seen *seen)
{
	return seen->n > seen->n_bytes;
}

void gate_seen_write(struct gate_buf *out, const struct gate_seen *seen)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < seen->n_bytes; i++) {
		gate_buf_putc(out, digits[seen->bits[i] >> 4]);
		gate_buf_putc(out, digits[seen->bits[i] & 15]);
	}
}

bool gate_seen_read(struct gate_seen *out, const char *text, size_t n)
{
	const size_t len = strlen(text);

	if (!len || len % 2 || strspn(text, "0123456789abcdef") != len ||
	    gate_seen_init(out, len / 2, NULL) < 0)
		return false;
	for (size_t i = 0; i < len / 2; i++)
		out->bits[i] =
			(unsigned char)(value_of(text[2 * i]) << 4 | value_of(text[2 * i + 1]));
	out->n = n;
	return true;
}
