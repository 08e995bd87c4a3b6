/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/read/flags.h"

#include "gate/base/bisect.h"
#include "gate/base/limits.h"
#include "gate/base/typo.h"
#include "gate/read/flags_format.h"

#define MODE_TYPE 0170000
#define MODE_FILE 0100000

void gate_flags_release(struct gate_flags *flags)
{
	free(flags->items);
	gate_arena_release(&flags->arena);
	*flags = (struct gate_flags){ 0 };
}

/* A limit that this file went over. */
static int fail_limit(struct gate_error *err, const char *file, const char *what, size_t limit)
{
	gate_fail(err, GATE_ELIMIT, "more than %zu %s", limit, what);
	gate_error_at(err, file, 0, 0);
	return GATE_ELIMIT;
}

int gate_flags_append(struct gate_feature_flag **out, struct gate_flags *flags, const char *file,
                      struct gate_error *err)
{
	if (flags->n == GATE_MAX_FLAGS)
		return fail_limit(err, file, "flags are registered", GATE_MAX_FLAGS);
	if (gate_grow(&flags->items, &flags->cap, flags->n + 1, sizeof(*flags->items), err) < 0)
		return GATE_ENOMEM;
	*out = &flags->items[flags->n++];
	**out = (struct gate_feature_flag){ .file = file, .by_default = GATE_FLAG_UNSAID };
	return GATE_OK;
}

const char *gate_flag_key_fault(const char *key, size_t len)
{
	if (len > GATE_MAX_FLAG_KEY_BYTES)
		return "is too long for the key of a flag";
	if (memchr(key, '\0', len))
		return "holds a NUL";
	/* One without would be found in any text, or in none. */
	for (size_t i = 0; i < len; i++)
		if ((key[i] >= 'a' && key[i] <= 'z') || (key[i] >= 'A' && key[i] <= 'Z') ||
		    (key[i] >= '0' && key[i] <= '9') || (unsigned char)key[i] >= 0x80)
			return NULL;
	return "is no key of a flag: it has neither letter nor digit";
}

static bool is_zero(const char *number, size_t len)
{
	for (size_t i = 0; i < len && number[i] != 'e' && number[i] != 'E'; i++)
		if (number[i] >= '1' && number[i] <= '9')
			return false;
	return true;
}

enum gate_flag_default gate_flag_default_of(enum gate_json_kind kind, const char *text, size_t len,
                                            const char *name,
                                            const struct gate_flags_config *config)
{
	bool off = false;

	switch (kind) {
	case GATE_JSON_NULL:
	case GATE_JSON_FALSE:
		return GATE_FLAG_OFF;
	case GATE_JSON_TRUE:
		return GATE_FLAG_ON;
	case GATE_JSON_NUMBER:
		return is_zero(text, len) ? GATE_FLAG_OFF : GATE_FLAG_ON;
	case GATE_JSON_STRING:
		off = !len || (!name && gate_flags_name_is_off(config, text, len));
		break;
	case GATE_JSON_LIST:
	case GATE_JSON_MAP:
		break;
	}
	if (name)
		off = off || gate_flags_name_is_off(config, name, strlen(name));
	return off ? GATE_FLAG_OFF : GATE_FLAG_ON;
}

static bool is_yaml(const char *file)
{
	const char *dot = strrchr(file, '.');

	return dot && (!strcmp(dot, ".yml") || !strcmp(dot, ".yaml"));
}

int gate_flags_add(struct gate_flags *flags, const char *file, const char *bytes, size_t len,
                   const struct gate_flags_config *config, struct gate_error *err)
{
	const char *name = gate_arena_copy(&flags->arena, file, strlen(file));

	if (!name)
		return gate_fail_memory(err);
	if (flags->n_files == GATE_MAX_FLAG_FILES)
		return fail_limit(err, file, "files register flags", GATE_MAX_FLAG_FILES);
	flags->n_files++;
	flags->bytes += len;
	if (flags->bytes > GATE_MAX_FLAG_BYTES)
		return fail_limit(err, file, "bytes in the files that register flags",
		                  GATE_MAX_FLAG_BYTES);
	if (!flags->first)
		flags->first = name;
	return is_yaml(name) ? gate_flags_add_yaml(flags, name, bytes, len, config, err)
	                     : gate_flags_add_json(flags, name, bytes, len, config, err);
}

static int by_key(const void *a, const void *b)
{
	const struct gate_feature_flag *left = a, *right = b;
	int order = strcmp(left->key, right->key);

	/* Files come in the order of their paths, and each once. */
	if (!order)
		order = strcmp(left->file, right->file);
	if (!order && left->line != right->line)
		order = left->line < right->line ? -1 : 1;
	return order ? order : (left->column > right->column) - (left->column < right->column);
}

int gate_flags_sort(struct gate_flags *flags, struct gate_error *err)
{
	if (flags->n)
		qsort(flags->items, flags->n, sizeof(*flags->items), by_key);
	for (size_t i = 1; i < flags->n; i++) {
		const struct gate_feature_flag *first = &flags->items[i - 1];
		const struct gate_feature_flag *again = &flags->items[i];

		if (strcmp(first->key, again->key) != 0 || strcmp(first->file, again->file) != 0)
			continue;
		gate_fail(err, GATE_ECONFIG, "the flag '%s' stands already on line %u", again->key,
		          first->line);
		gate_error_at(err, again->file, again->line, again->column);
		return GATE_ECONFIG;
	}
	return GATE_OK;
}

struct loader {
	struct gate_flags *flags;
	const struct gate_snapshot *snapshot;
	const struct gate_flags_config *config;
	struct gate_error *err;
};

static int load_file(const struct gate_file *file, void *payload)
{
	const struct loader *to = payload;
	GATE_AUTO(gate_blob_release) struct gate_blob blob = { 0 };
	int code;

	if ((file->new_mode & MODE_TYPE) != MODE_FILE ||
	    !gate_pathset_match(to->config->registry, file->path, file->len))
		return GATE_OK;
	code = gate_blob_read(&blob, to->snapshot->repo, &file->new_id, GATE_MAX_JSON_BYTES,
	                      to->err);
	if (code == GATE_ELIMIT) {
		gate_fail(to->err, code, "file has %zu bytes, more than the limit of %zu", blob.len,
		          GATE_MAX_JSON_BYTES);
		gate_error_at(to->err, file->path, 0, 0);
	}
	return code < 0 ? code
	                : gate_flags_add(to->flags, file->path, blob.bytes, blob.len, to->config,
	                                 to->err);
}

int gate_flags_load(struct gate_flags *out, const struct gate_snapshot *snapshot,
                    const struct gate_flags_config *config, struct gate_error *err)
{
	struct loader to = { out, snapshot, config, err };
	int code = snapshot->index ? gate_index_list(snapshot->repo, load_file, &to, err)
	                           : gate_trees_compare(snapshot->trees, NULL, 0, &snapshot->tree,
	                                                load_file, &to, err);

	return code < 0 ? code : gate_flags_sort(out, err);
}

/* The first entry whose key is not less than `key`. */
static size_t lower_bound(const struct gate_flags *flags, const char *key)
{
	size_t low;

	GATE_BISECT(low, flags->n, strcmp(flags->items[low].key, key) < 0);
	return low;
}

const struct gate_feature_flag *gate_flags_find(size_t *n, const struct gate_flags *flags,
                                                const char *key)
{
	size_t first = lower_bound(flags, key), end = first;

	while (end < flags->n && !strcmp(flags->items[end].key, key))
		end++;
	*n = end - first;
	return *n ? &flags->items[first] : NULL;
}

int gate_flags_nearest(const char **out, const struct gate_flags *flags, const char *word,
                       struct gate_error *err)
{
	GATE_AUTO(gate_free) const char **names = calloc(flags->n + 1, sizeof(*names));

	if (!names)
		return gate_fail_memory(err);
	for (size_t i = 0; i < flags->n; i++)
		names[i] = flags->items[i].key;
	*out = gate_nearest(word, names);
	return GATE_OK;
}
