/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a way back hangs on feature flags: whether one turns the change off, and whether the change alters what one is by default, which
 * going back to the old code alters again for those who have relied on it since.
 */
#include "gate/base/limits.h"
#include "gate/policy/flags.h"
#include "gate/policy/rollback.h"

/* A flag that is not registered: the one that is meant is what to write, where it turns the change off. */
static int propose_meant(struct gate_result *result, const struct gate_item *item, const char *key,
                         struct gate_error *err)
{
	GATE_AUTO(gate_result_clear) struct gate_result of_meant = { 0 };
	const struct gate_change_flags *flags = &item->change->flags;
	const char *meant = NULL;
	size_t n;
	int code = GATE_OK;

	if (!gate_flags_find(&n, &flags->list, key))
		code = gate_flag_suggest(&meant, flags, key, err);
	if (code == GATE_OK && meant)
		code = gate_flag_judge_key(&of_meant, item, meant, err);
	if (code < 0 || of_meant.truth != GATE_TRUE ||
	    strlen(meant) >= sizeof(result->lacks) - strlen(GATE_ROLLBACK_TRAILER ": flag:"))
		return code;
	snprintf(result->lacks, sizeof(result->lacks), GATE_ROLLBACK_TRAILER ": flag:%s", meant);
	result->fix = NULL;
	return GATE_OK;
}

int gate_rollback_flag(struct gate_result *result, const struct gate_item *item, const char *key,
                       size_t len, struct gate_error *err)
{
	const char *copy;
	int code;

	if (!len) {
		result->truth = GATE_FALSE;
		snprintf(result->detail, sizeof(result->detail), "it names no flag: 'flag:KEY'");
		return GATE_OK;
	}
	copy = gate_arena_copy(item->arena, key, len);
	if (!copy)
		return gate_fail_memory(err);
	code = gate_flag_judge_key(result, item, copy, err);
	return code == GATE_OK && result->truth == GATE_FALSE
	               ? propose_meant(result, item, copy, err)
	               : code;
}

/* The flags of one side of a registry file. False in *ok: it is not there, or cannot be read as one. */
static int read_side(struct gate_flags *out, bool *ok, const struct gate_item *item,
                     const struct gate_file *file, const struct gate_oid *id,
                     struct gate_error *err)
{
	GATE_AUTO(gate_blob_release) struct gate_blob blob = { 0 };
	struct gate_error why = { 0 };
	int code;

	*ok = false;
	if (gate_oid_is_zero(id))
		return GATE_OK;
	code = gate_blob_read(&blob, item->change->repo, id, GATE_MAX_FLAG_BYTES, &why);
	if (code == GATE_OK)
		code = gate_flags_add(out, file->path, blob.bytes, blob.len, item->flags, &why);
	if (code == GATE_OK)
		code = gate_flags_sort(out, &why);
	if (code == GATE_ENOMEM)
		return gate_fail_memory(err);
	*ok = code == GATE_OK;
	return GATE_OK;
}

static bool same_default(const struct gate_feature_flag *a, const struct gate_feature_flag *b)
{
	if (a->by_default != b->by_default || a->disabled != b->disabled)
		return false;
	return !a->variant || !b->variant ? a->variant == b->variant
	                                  : !strcmp(a->variant, b->variant);
}

/* The first flag that both sides have and that is something else by default now. */
static const struct gate_feature_flag *find_altered(const struct gate_flags *old,
                                                    const struct gate_flags *new)
{
	for (size_t i = 0; i < new->n; i++) {
		size_t n;
		const struct gate_feature_flag *before =
			gate_flags_find(&n, old, new->items[i].key);

		if (before && !same_default(before, &new->items[i]))
			return &new->items[i];
	}
	return NULL;
}

static int judge_file(struct gate_result *result, const struct gate_item *item,
                      const struct gate_file *file, struct gate_error *err)
{
	GATE_AUTO(gate_flags_release) struct gate_flags old = { 0 }, new = { 0 };
	const struct gate_known unreadable = {
		.why = "a registry of flags cannot be read, so it is not known what it alters"
	};
	const struct gate_feature_flag *altered;
	bool has_old, has_new;
	int code = read_side(&old, &has_old, item, file, &file->old_id, err);

	if (code == GATE_OK)
		code = read_side(&new, &has_new, item, file, &file->new_id, err);
	if (code < 0)
		return code;
	if ((!has_old && file->status != GATE_FILE_ADDED) ||
	    (!has_new && file->status != GATE_FILE_DELETED)) {
		gate_result_unknown(result, GATE_FACT_FILES, true, &unreadable);
		return GATE_OK;
	}
	altered = find_altered(&old, &new);
	if (!altered)
		return GATE_OK;
	result->truth = GATE_TRUE;
	snprintf(result->detail, sizeof(result->detail),
	         "it changes what the flag '%.80s' is by default", altered->key);
	return gate_result_add_place(result, file->path, altered->line, err);
}

int gate_rollback_flag_defaults(struct gate_result *result, const struct gate_item *item,
                                struct gate_error *err)
{
	const struct gate_pathset *registry = item->flags ? item->flags->registry : NULL;
	const struct gate_known *known;
	struct gate_change_file **files;
	struct gate_item wide = *item;
	size_t n;
	int code;

	result->truth = GATE_FALSE;
	if (!registry)
		return GATE_OK;
	/* Registries lie beside the services. */
	wide.wide = !wide.commit;
	code = gate_item_files(&files, &n, &known, &wide, err);
	if (code == GATE_OK && !known->known)
		gate_result_unknown(result, GATE_FACT_FILES, true, known);
	for (size_t i = 0; code == GATE_OK && known->known && result->truth == GATE_FALSE && i < n;
	     i++)
		if (gate_pathset_match(registry, files[i]->file.path, files[i]->file.len))
			code = judge_file(result, item, &files[i]->file, err);
	return code;
}
