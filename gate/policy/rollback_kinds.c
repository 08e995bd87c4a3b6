/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/policy/migration.h"
#include "gate/policy/rollback.h"

/* Files of both sets, each once: both lists are in the order of paths. */
static size_t unite(struct gate_change_file **into, const struct gate_matched *a,
                    const struct gate_matched *b)
{
	size_t n = 0, i = 0, k = 0;

	while (i < a->n || k < b->n) {
		int order = i == a->n   ? 1
		            : k == b->n ? -1
		                        : strcmp(a->files[i]->file.path, b->files[k]->file.path);

		into[n++] = order <= 0 ? a->files[i] : b->files[k];
		i += order <= 0;
		k += order >= 0;
	}
	return n;
}

static int say_touched(struct gate_result *result, const struct gate_item *item,
                       const struct gate_matched *migrations,
                       const struct gate_matched *irreversible, struct gate_error *err)
{
	size_t most = migrations->n + irreversible->n, n;
	struct gate_change_file **files =
		gate_arena_alloc(item->arena, most * sizeof(struct gate_change_file *));
	int code = GATE_OK;

	if (!files)
		return gate_fail_memory(err);
	n = unite(files, migrations, irreversible);
	result->truth = GATE_FALSE;
	if (n == 1)
		snprintf(result->detail, sizeof(result->detail),
		         "going back to the old code does not undo %.200s", files[0]->file.path);
	else
		snprintf(result->detail, sizeof(result->detail),
		         "going back to the old code does not undo %.160s and %zu more file%s",
		         files[0]->file.path, GATE_PLURAL(n - 1));
	for (size_t i = 0; code == GATE_OK && i < n; i++)
		code = gate_result_add_place(result, files[i]->file.path, 0, err);
	return code;
}

int gate_rollback_revert(struct gate_result *result, const struct gate_item *item,
                         struct gate_error *err)
{
	GATE_AUTO(gate_result_clear) struct gate_result defaults = { 0 };
	struct gate_matched migrations, irreversible;
	int code = gate_match_set(&migrations, result, item, "migrations", err);

	if (code == GATE_OK && result->truth != GATE_UNKNOWN)
		code = gate_match_set(&irreversible, result, item, "irreversible", err);
	if (code < 0 || result->truth == GATE_UNKNOWN)
		return code;
	if (migrations.n || irreversible.n)
		return say_touched(result, item, &migrations, &irreversible, err);
	code = gate_rollback_flag_defaults(&defaults, item, err);
	if (code < 0)
		return code;
	if (defaults.truth != GATE_FALSE) {
		gate_result_clear(result);
		*result = defaults;
		defaults = (struct gate_result){ 0 };
		if (result->truth == GATE_TRUE)
			result->truth = GATE_FALSE;
		return GATE_OK;
	}
	result->truth = GATE_TRUE;
	snprintf(result->detail, sizeof(result->detail),
	         "going back to the old code undoes all of it");
	return GATE_OK;
}

int gate_rollback_down_migration(struct gate_result *result, const struct gate_item *item,
                                 struct gate_error *err)
{
	const struct gate_paths by_set = { 0 };
	struct gate_matched migrations;
	int code = gate_migrations_of(&migrations, result, item, &by_set, err);

	if (code < 0 || result->truth == GATE_UNKNOWN)
		return code;
	if (migrations.n)
		return gate_migrations_judge(result, item, &migrations, NULL, err);
	/* Nothing that goes back is no way back. */
	result->truth = GATE_FALSE;
	snprintf(result->detail, sizeof(result->detail), "it adds no migration");
	return GATE_OK;
}

void gate_rollback_manual(struct gate_result *result, const char *text, size_t len, size_t min)
{
	char fault[96];

	result->truth = gate_plan_says_how(fault, text, len, min) ? GATE_TRUE : GATE_FALSE;
	snprintf(result->detail, sizeof(result->detail), "%s",
	         result->truth == GATE_TRUE ? "it says what to do" : fault);
}
