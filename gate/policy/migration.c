/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The predicate on migrations. What is looked for is read at the change's head, so a way back that was there before counts.
 */
#include "gate/policy/migration.h"

#include "gate/base/limits.h"
#include "gate/read/migrations.h"

#define MODE_TYPE 0170000
#define MODE_FILE 0100000

struct migration {
	struct gate_paths of, back;
};

static const struct gate_param migration_params[] = {
	{ "of", GATE_PARAM_PATHS, offsetof(struct migration, of),
	  "migrations that count; default: $migrations", .shorthand = true },
	{ "back", GATE_PARAM_PATHS, offsetof(struct migration, back),
	  "the file that goes back; default: as the tool has it" },
	{ 0 },
};

/* What one migration has. */
struct answer {
	enum gate_truth truth;
	unsigned line;
	char text[256]; /* of a false one: what is missing; of an unknown: why */
	char mend[128];
};

static bool is_file(uint16_t mode)
{
	return (mode & MODE_TYPE) == MODE_FILE;
}

static void say_unknown(struct answer *answer, const char *path, const char *what)
{
	answer->truth = GATE_UNKNOWN;
	snprintf(answer->text, sizeof(answer->text), "%.120s %s", path, what);
}

/* False in *ok: the answer is that it is not to be had. */
static int read_text(bool *ok, struct gate_blob *out, struct answer *answer,
                     const struct gate_repo *repo, const char *path, const struct gate_oid *id,
                     struct gate_error *err)
{
	struct gate_error why = { 0 };
	int code = gate_blob_read(out, repo, id, GATE_MAX_SCAN_BYTES, &why);

	*ok = code == GATE_OK;
	if (code == GATE_ENOTFOUND) {
		say_unknown(answer, path, "is not in this clone");
		snprintf(answer->mend, sizeof(answer->mend), "git fetch --refetch --no-filter");
		return GATE_OK;
	}
	if (code == GATE_ELIMIT) {
		say_unknown(answer, path, "is too large to be looked at");
		return GATE_OK;
	}
	if (code < 0 && err)
		*err = why;
	return code;
}

/* A search for the file that goes back. */
struct search {
	const struct gate_item *item;
	const char *of;                 /* the migration, which is not its own way back */
	const struct gate_pathset *set; /* NULL: what begins with `prefix`, in its folder */
	const char *prefix;
	size_t prefix_len;
	struct answer *answer;
	struct gate_error *err;
};

/* The walk may end: a way back was found. */
#define FOUND 1

static bool is_wanted(const struct search *search, const struct gate_file *file)
{
	if (!is_file(file->new_mode) || !strcmp(file->path, search->of))
		return false;
	if (search->set)
		return gate_pathset_match(search->set, file->path, file->len);
	return file->len > search->prefix_len + 4 &&
	       !memcmp(file->path, search->prefix, search->prefix_len) &&
	       !strchr(file->path + search->prefix_len, '/') &&
	       !strcmp(file->path + file->len - 4, ".sql");
}

/* What does nothing is kept as the answer, unless another file does something. */
static int look_at(const char *path, const struct gate_oid *id, struct search *search)
{
	GATE_AUTO(gate_blob_release) struct gate_blob blob = { 0 };
	struct answer *answer = search->answer;
	bool ok, works;
	int code = read_text(&ok, &blob, answer, search->item->change->repo, path, id, search->err);

	if (code < 0 || !ok)
		return code;
	code = gate_migration_works(&works, path, blob.bytes, blob.len, search->err);
	if (code < 0)
		return code;
	if (works) {
		answer->truth = GATE_TRUE;
		return FOUND;
	}
	if (answer->truth == GATE_FALSE)
		snprintf(answer->text, sizeof(answer->text), "%.200s does nothing", path);
	return GATE_OK;
}

static int look_if_wanted(const struct gate_file *file, void *payload)
{
	struct search *search = payload;

	return is_wanted(search, file) ? look_at(file->path, &file->new_id, search) : GATE_OK;
}

/* What came along with the migration is looked at first: then the tree need not be listed. */
static int search_head(struct search *search, struct gate_error *err)
{
	struct gate_change *change = search->item->change;
	const struct gate_snapshot *head = &change->head_files;
	struct gate_error why = { 0 };
	int code = GATE_OK;

	search->err = &why;
	for (size_t i = 0; code == GATE_OK && i < change->files.n; i++)
		code = look_if_wanted(&change->files.items[i].file, search);
	if (code == GATE_OK && head->index)
		code = gate_index_list(change->repo, look_if_wanted, search, &why);
	else if (code == GATE_OK)
		code = gate_trees_compare(head->trees, NULL, 0, &head->tree, look_if_wanted, search,
		                          &why);
	if (code == GATE_ENOTFOUND) {
		say_unknown(search->answer, search->of, "may have a way back that is not here");
		return GATE_OK;
	}
	if (code < 0 && err)
		*err = why;
	return code < 0 ? code : GATE_OK;
}

static int judge_pair(struct answer *answer, const struct gate_item *item,
                      const struct gate_change_file *file, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf other = { 0 };
	struct search search = {
		.item = item, .of = file->file.path, .answer = answer, .err = err
	};
	struct gate_error why = { 0 };
	struct gate_oid id;
	uint16_t mode;
	int code = gate_migration_other(&other, &search.prefix_len, file->file.path, err);

	if (code < 0)
		return code;
	answer->truth = GATE_FALSE;
	snprintf(answer->text, sizeof(answer->text), "there is no %.200s", other.ptr);
	code = gate_snapshot_find(&id, &mode, &item->change->head_files, other.ptr, &why);
	if (code == GATE_OK && is_file(mode)) {
		code = look_at(other.ptr, &id, &search);
		return code < 0 ? code : GATE_OK;
	}
	if (code < 0 && code != GATE_ENOTFOUND) {
		if (err)
			*err = why;
		return code;
	}
	search.prefix = other.ptr;
	return search.prefix_len ? search_head(&search, err) : GATE_OK;
}

static int judge_back(struct answer *answer, const struct gate_item *item,
                      const struct gate_change_file *file, const struct gate_paths *back,
                      struct gate_error *err)
{
	GATE_AUTO(gate_temporary_sets_release) struct gate_temporary_sets temporary = { 0 };
	GATE_AUTO(gate_pathset_free) struct gate_pathset *own = NULL;
	struct search search = { .item = item, .of = file->file.path, .answer = answer };
	char paths[96];
	int code = gate_paths_for_item(&search.set, back, item, &own, &temporary, err);

	if (code < 0)
		return code;
	answer->truth = GATE_FALSE;
	snprintf(answer->text, sizeof(answer->text), "no file matches %s",
	         gate_paths_text(paths, back, item));
	return search_head(&search, err);
}

static int judge_code(struct answer *answer, const struct gate_item *item,
                      const struct gate_change_file *file, struct gate_error *err)
{
	GATE_AUTO(gate_blob_release) struct gate_blob blob = { 0 };
	struct gate_migration_scan scan;
	bool ok;
	int code = read_text(&ok, &blob, answer, item->change->repo, file->file.path,
	                     &file->file.new_id, err);

	if (code == GATE_OK && ok)
		code = gate_migration_scan(&scan, file->file.path, blob.bytes, blob.len, err);
	if (code < 0 || !ok)
		return code;
	if (scan.back == GATE_WAY_BACK_UNKNOWN) {
		say_unknown(answer, file->file.path, scan.what);
		return GATE_OK;
	}
	answer->truth = scan.back == GATE_WAY_BACK_THERE ? GATE_TRUE : GATE_FALSE;
	answer->line = scan.line;
	memcpy(answer->text, scan.what, sizeof(scan.what));
	return GATE_OK;
}

static int judge_one(struct answer *answer, const struct gate_item *item,
                     const struct gate_change_file *file, const struct gate_paths *back,
                     struct gate_error *err)
{
	if (!is_file(file->file.new_mode)) {
		say_unknown(answer, file->file.path, "is no regular file");
		return GATE_OK;
	}
	if (back && back->node)
		return judge_back(answer, item, file, back, err);
	switch (gate_migration_form(file->file.path)) {
	case GATE_MIGRATION_COMPANION:
		answer->truth = GATE_TRUE;
		return GATE_OK;
	case GATE_MIGRATION_PAIR:
		return judge_pair(answer, item, file, err);
	case GATE_MIGRATION_CODE:
	case GATE_MIGRATION_NONE:
		break;
	}
	return judge_code(answer, item, file, err);
}

int gate_migrations_of(struct gate_matched *out, struct gate_result *result,
                       const struct gate_item *item, const struct gate_paths *of,
                       struct gate_error *err)
{
	size_t kept = 0;
	int code = of->node ? gate_match_files(out, result, item, of, err)
	                    : gate_match_set(out, result, item, "migrations", err);

	if (code < 0 || result->truth == GATE_UNKNOWN)
		return code;
	for (size_t i = 0; i < out->n; i++) {
		const struct gate_file *file = &out->files[i]->file;

		if (file->status == GATE_FILE_ADDED &&
		    gate_migration_form(file->path) != GATE_MIGRATION_COMPANION)
			out->files[kept++] = out->files[i];
	}
	out->n = kept;
	return GATE_OK;
}

static void say_true(struct gate_result *result, size_t n)
{
	result->truth = GATE_TRUE;
	if (!n)
		snprintf(result->detail, sizeof(result->detail), "no migration is added");
	else if (n == 1)
		snprintf(result->detail, sizeof(result->detail), "the migration has its way back");
	else
		snprintf(result->detail, sizeof(result->detail),
		         "all %zu migrations have their way back", n);
}

/* The first one says what is wrong; the places are all of them. */
static void say_false(struct gate_result *result, const struct answer *first, size_t bad, size_t n)
{
	result->truth = GATE_FALSE;
	if (n == 1)
		snprintf(result->detail, sizeof(result->detail), "has no way back: %s",
		         first->text);
	else
		snprintf(result->detail, sizeof(result->detail),
		         "%zu of %zu migrations have no way back: %s", bad, n, first->text);
}

static void say_missing(struct gate_result *result, const struct answer *unknown)
{
	struct gate_known known = { 0 };

	memcpy(known.why, unknown->text, sizeof(known.why));
	memcpy(known.mend, unknown->mend, sizeof(known.mend));
	gate_result_unknown(result, GATE_FACT_LINES, true, &known);
}

int gate_migrations_judge(struct gate_result *result, const struct gate_item *item,
                          const struct gate_matched *migrations, const struct gate_paths *back,
                          struct gate_error *err)
{
	struct answer first = { 0 }, unknown = { 0 };
	size_t bad = 0;

	for (size_t i = 0; i < migrations->n; i++) {
		const struct gate_change_file *file = migrations->files[i];
		struct answer answer = { 0 };
		int code = judge_one(&answer, item, file, back, err);

		if (code == GATE_OK && answer.truth == GATE_FALSE)
			code = gate_result_add_place(result, file->file.path, answer.line, err);
		if (code < 0)
			return code;
		if (answer.truth == GATE_UNKNOWN)
			unknown = answer;
		else if (answer.truth == GATE_FALSE && !bad++)
			first = answer;
	}
	if (bad)
		say_false(result, &first, bad, migrations->n);
	else if (unknown.truth == GATE_UNKNOWN)
		say_missing(result, &unknown);
	else
		say_true(result, migrations->n);
	return GATE_OK;
}

static int eval_migration(struct gate_result *result, const struct gate_item *item,
                          const void *params, struct gate_error *err)
{
	const struct migration *wanted = params;
	struct gate_change_file *one = item->file;
	struct gate_matched migrations = { &one, 1, 1 };
	int code = GATE_OK;

	if (!one)
		code = gate_migrations_of(&migrations, result, item, &wanted->of, err);
	else if (one->file.status == GATE_FILE_DELETED)
		migrations.n = 0;
	if (code < 0 || result->truth == GATE_UNKNOWN)
		return code;
	return gate_migrations_judge(result, item, &migrations, &wanted->back, err);
}

const struct gate_predicate gate_predicate_migration = {
	.name = "migration",
	.summary = "added migrations have their way back, and it does something",
	.facts = GATE_BIT(GATE_FACT_FILES) | GATE_BIT(GATE_FACT_LINES),
	.size = sizeof(struct migration),
	.params = migration_params,
	.eval = eval_migration,
	.fix = GATE_AMEND_FILE,
};
