/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The restricted edit distance (optimal string alignment), computed only where it can be at most MAX_EDITS: in row i of
 * the table, the columns i - MAX_EDITS to i + MAX_EDITS. Cell k of a row is column i + k - MAX_EDITS.
 */
#include "gate/base/typo.h"

#include <string.h>

#define MAX_EDITS 4
#define BAND (2 * MAX_EDITS + 1)
#define FAR (MAX_EDITS + 1)

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Row i from the row above and the one above that. */
static void fill_row(unsigned row[BAND], const unsigned above[BAND], const unsigned above2[BAND],
                     const char *a, const char *b, size_t i, size_t b_len)
{
	for (size_t k = 0; k < BAND; k++) {
		size_t j = i + k - MAX_EDITS;
		unsigned best = FAR;

		row[k] = FAR;
		if (i + k < MAX_EDITS || j > b_len)
			continue;
		if (j == 0) {
			row[k] = least((unsigned)i, FAR);
			continue;
		}
		if (k > 0)
			best = least(best, row[k - 1] + 1);
		if (i > 0 && k + 1 < BAND)
			best = least(best, above[k + 1] + 1);
		if (i > 0)
			best = least(best, above[k] + (a[i - 1] != b[j - 1]));
		if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
			best = least(best, above2[k] + 1);
		row[k] = best;
	}
}

/* Edits from a to b; FAR when more than MAX_EDITS. */
static unsigned edits(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][BAND] = { { 0 } };

	if (a_len > b_len + MAX_EDITS || b_len > a_len + MAX_EDITS)
		return FAR;
	for (size_t i = 0; i <= a_len; i++)
		fill_row(rows[i % 3], rows[(i + 2) % 3], rows[(i + 1) % 3], a, b, i, b_len);
	return rows[a_len % 3][b_len + MAX_EDITS - a_len];
}

const char *gate_nearest(const char *word, const char *const names[])
{
	const size_t word_len = strlen(word);
	const char *nearest = NULL;
	unsigned best = FAR;

	for (; *names; names++) {
		size_t len = strlen(*names);
		unsigned n = edits(word, word_len, *names, len);

		if (n < best && (size_t)n * 3 <= (len > word_len ? len : word_len)) {
			best = n;
			nearest = *names;
		}
	}
	return nearest;
}

const char *gate_nearest_in(const char *word, const char *const names[])
{
	for (size_t i = 0; names[i]; i++) {
		const char *slash = strrchr(names[i], '/');

		if (slash && !strcmp(slash + 1, word))
			return names[i];
	}
	return gate_nearest(word, names);
}
