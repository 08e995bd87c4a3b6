/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/log_lines.h"

void gate_line_array_release(struct gate_line_array *lines)
{
	free(lines->items);
	*lines = (struct gate_line_array){ 0 };
}

int gate_line_array_split(struct gate_line_array *lines, const char *bytes, size_t len,
                          struct gate_error *err)
{
	for (const char *at = bytes, *end = bytes + len; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((newline ? newline : end) - at);

		if (gate_grow(&lines->items, &lines->cap, lines->n + 1, sizeof(*lines->items),
		              err) < 0)
			return GATE_ENOMEM;
		if (n)
			lines->items[lines->n++] = (struct gate_log_line){ at, n };
		at += n + 1;
	}
	return GATE_OK;
}

void gate_forgotten_release(struct gate_forgotten *keys)
{
	free(keys->items);
	*keys = (struct gate_forgotten){ 0 };
}

static int add_key(const struct gate_log_line *key, void *payload)
{
	struct gate_forgotten *keys = payload;

	if (key->len != GATE_DIGEST_HEX - 1)
		return GATE_OK;
	if (gate_grow(&keys->items, &keys->cap, keys->n + 1, sizeof(*keys->items), keys->err) < 0)
		return GATE_ENOMEM;
	memcpy(keys->items[keys->n], key->bytes, key->len);
	keys->items[keys->n++][key->len] = '\0';
	return GATE_OK;
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Each once, for this clone and the home may both have it. */
int gate_forgotten_read(struct gate_forgotten *out, struct gate_store *store,
                        struct gate_error *err)
{
	size_t kept = 0;
	int code;

	out->err = err;
	code = gate_store_forgotten(store, add_key, out, err);
	if (code < 0 || !out->n)
		return code;
	qsort(out->items, out->n, sizeof(*out->items), compare_keys);
	for (size_t i = 1; i < out->n; i++)
		if (compare_keys(out->items[kept], out->items[i]) != 0)
			memmove(out->items[++kept], out->items[i], sizeof(*out->items));
	out->n = kept + 1;
	return GATE_OK;
}

int gate_live_add_known(struct gate_live_log *live, const struct gate_forgotten *forgotten,
                        const struct gate_log_line *line, bool bare, struct gate_error *err)
{
	const size_t before = live->n;
	int code = gate_live_add(live, line, bare, err);

	if (code == GATE_OK && live->n > before && forgotten->n &&
	    bsearch(live->events[before].event.key, forgotten->items, forgotten->n,
	            sizeof(*forgotten->items), compare_keys))
		live->n = before;
	return code;
}
