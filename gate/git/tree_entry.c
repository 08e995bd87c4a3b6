/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/tree_entry.h"

#include <string.h>
#include <sys/stat.h>

#define ID_BYTES 20
#define MAX_MODE 0777777

/** Trees of old programs hold modes like 0100664; git reads them as the nearest of its own. */
static uint16_t canonical(unsigned mode)
{
	if (S_ISREG(mode))
		return mode & 0100 ? GATE_MODE_PROGRAM : GATE_MODE_FILE;
	if (S_ISLNK(mode))
		return GATE_MODE_SYMLINK;
	if (S_ISDIR(mode))
		return GATE_MODE_FOLDER;
	return GATE_MODE_SUBMODULE;
}

bool gate_tree_entry_parse(struct gate_tree_entry *out, const uint8_t *at, const uint8_t *end)
{
	const uint8_t *digits = at, *name, *nul;
	unsigned mode = 0;

	for (; at < end && *at >= '0' && *at <= '7' && mode <= MAX_MODE; at++)
		mode = mode * 8 + (*at - (unsigned)'0');
	if (at == digits || at == end || *at != ' ' || mode > MAX_MODE)
		return false;
	name = at + 1;
	nul = memchr(name, '\0', (size_t)(end - name));
	if (!nul || nul == name || end - nul <= ID_BYTES || memchr(name, '/', (size_t)(nul - name)))
		return false;
	out->name = (const char *)name;
	out->len = (size_t)(nul - name);
	out->id = nul + 1;
	out->next = nul + 1 + ID_BYTES;
	out->mode = canonical(mode);
	return true;
}

int gate_tree_entry_order(const struct gate_tree_entry *a, const struct gate_tree_entry *b)
{
	size_t common = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->name, b->name, common);
	unsigned char next_a, next_b;

	if (order)
		return order;
	next_a = (unsigned char)a->name[common];
	next_b = (unsigned char)b->name[common];
	if (!next_a && a->mode == GATE_MODE_FOLDER)
		next_a = '/';
	if (!next_b && b->mode == GATE_MODE_FOLDER)
		next_b = '/';
	return next_a - next_b;
}

/** How many bytes two blocks have in common at their start. */
static size_t common_bytes(const uint8_t *a, const uint8_t *b, size_t len)
{
	enum { CHUNK = 128 };
	size_t i = 0;

	while (len - i >= CHUNK && memcmp(a + i, b + i, CHUNK) == 0)
		i += CHUNK;
	while (i < len && a[i] == b[i])
		i++;
	return i;
}

void gate_tree_skip_equal(const uint8_t **a, const uint8_t *a_end, const uint8_t **b,
                          const uint8_t *b_end)
{
	size_t a_len = (size_t)(a_end - *a), b_len = (size_t)(b_end - *b);
	size_t common = common_bytes(*a, *b, a_len < b_len ? a_len : b_len);
	const uint8_t *at = *a, *end = *a + common;

	if (common == a_len && common == b_len) {
		at = end; /* the rest of both: most comparisons end here */
	} else {
		/* Only from the start can one tell where entries end. */
		while (at < end) {
			const uint8_t *nul = memchr(at, '\0', (size_t)(end - at));

			if (!nul || end - nul <= ID_BYTES)
				break;
			at = nul + 1 + ID_BYTES;
		}
	}
	*b += at - *a;
	*a = at;
}
