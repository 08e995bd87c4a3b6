/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/policy/flags.h"

#include "gate/base/limits.h"

#define MODE_TYPE 0170000
#define MODE_FILE 0100000

void gate_flag_search_release(struct gate_flag_search *search)
{
	free(search->first);
	gate_result_clear(&search->unknown);
}

/* The text that is looked at, and how far its lines are counted. */
struct text {
	struct gate_flag_search *search;
	const char *path, *bytes;
	unsigned line;
	size_t counted;
	bool keep_path; /* it is borrowed for this file only */
	struct gate_error *err;
};

static int note(size_t which, size_t at, void *payload)
{
	struct text *text = payload;
	struct gate_flag_search *search = text->search;
	struct gate_place *first = &search->first[which];

	if (first->path)
		return 0;
	if (text->keep_path) {
		text->path = gate_arena_copy(search->item->arena, text->path, strlen(text->path));
		if (!text->path)
			return gate_fail_memory(text->err);
		text->keep_path = false;
	}
	for (; text->counted < at; text->counted++)
		text->line += text->bytes[text->counted] == '\n';
	*first = (struct gate_place){ text->path, text->line };
	if (search->counts && !search->counts(which, search))
		return 0;
	search->n_read++;
	return search->enough && search->n_read >= search->enough;
}

static bool registers_flags(const struct gate_item *item, const struct gate_file *file)
{
	return item->flags->registry &&
	       gate_pathset_match(item->flags->registry, file->path, file->len);
}

int gate_flag_search_added(size_t *n_lines, struct gate_flag_search *search,
                           const struct gate_matched *files, struct gate_error *err)
{
	*n_lines = 0;
	for (size_t i = 0; i < files->n; i++) {
		struct gate_change_file *file = files->files[i];
		bool ok;
		int code;

		if (file->file.status == GATE_FILE_DELETED ||
		    registers_flags(search->item, &file->file))
			continue;
		code = gate_need_lines(&ok, &search->unknown, search->item, file, err);
		for (size_t k = 0; code == GATE_OK && ok && k < file->lines.n_added; k++) {
			const struct gate_line *line = &file->lines.added[k];
			struct text text = { .search = search,
				             .path = file->file.path,
				             .bytes = file->lines.new_blob.bytes + line->offset,
				             .line = line->number,
				             .err = err };

			code = gate_flag_words_find(search->words, text.bytes, line->len, note,
			                            &text);
		}
		if (code)
			return code < 0 ? code : GATE_OK;
		*n_lines += ok ? file->lines.n_added : 0;
	}
	return GATE_OK;
}

/* What is looked at, of all files at head. */
struct walk {
	struct gate_flag_search *search;
	const struct gate_pathset *in, *tests, *docs; /* NULL in `in`: all files; else: none */
	const struct gate_service **services;         /* own */
	size_t n_services, cap_services;
	bool of_service; /* the item's only */
	size_t bytes;    /* read so far */
	struct gate_error *err;
};

static void walk_release(struct walk *walk)
{
	free(walk->services);
}
GATE_DEFINE_AUTO_STRUCT(struct walk, walk_release)

static bool matches(const struct gate_pathset *set, const struct gate_file *file)
{
	return set && gate_pathset_match(set, file->path, file->len);
}

static bool is_policy(const struct gate_file *file)
{
	static const char name[] = GATE_CONFIG_FILE;
	size_t len = sizeof(name) - 1;

	return file->len >= len && !strcmp(file->path + file->len - len, name) &&
	       (file->len == len || file->path[file->len - len - 1] == '/');
}

static bool is_looked_at(const struct walk *walk, const struct gate_file *file)
{
	const char *folder = walk->search->item->scope->folder;

	if ((file->new_mode & MODE_TYPE) != MODE_FILE ||
	    strncmp(file->path, folder, strlen(folder)) || matches(walk->tests, file) ||
	    matches(walk->docs, file) || is_policy(file) ||
	    registers_flags(walk->search->item, file))
		return false;
	for (size_t i = 0; i < walk->n_services; i++)
		if (matches(walk->services[i]->tests, file))
			return false;
	if (!walk->of_service && (!walk->in || matches(walk->in, file)))
		return true;
	for (size_t i = 0; i < walk->n_services; i++)
		if (matches(walk->services[i]->paths, file))
			return true;
	return false;
}

static int too_much(struct gate_flag_search *search)
{
	struct gate_known known = { .mend = "name a flag that the added lines read" };

	snprintf(known.why, sizeof(known.why),
	         "the files that may read a flag have more than %zu bytes", GATE_MAX_FLAG_SEARCH);
	gate_result_unknown(&search->unknown, GATE_FACT_LINES, true, &known);
	return 1;
}

static void not_here(struct gate_flag_search *search)
{
	const struct gate_known known = { .why = "the content of a file is not in this clone",
		                          .mend = "git fetch --refetch --no-filter" };

	gate_result_unknown(&search->unknown, GATE_FACT_LINES, true, &known);
}

static int look_at(const struct gate_file *file, void *payload)
{
	struct walk *walk = payload;
	struct gate_flag_search *search = walk->search;
	GATE_AUTO(gate_blob_release) struct gate_blob blob = { 0 };
	struct text text = {
		.search = search, .path = file->path, .line = 1, .keep_path = true, .err = walk->err
	};
	struct gate_error why = { 0 };
	int code;

	if (!is_looked_at(walk, file))
		return 0;
	code = gate_blob_read(&blob, search->item->change->repo, &file->new_id,
	                      GATE_MAX_FLAG_SEARCH - walk->bytes, &why);
	if (code == GATE_ELIMIT)
		return too_much(search);
	if (code == GATE_ENOTFOUND) {
		not_here(search);
		return 0;
	}
	if (code < 0) {
		if (walk->err)
			*walk->err = why;
		return code;
	}
	walk->bytes += blob.len;
	if (gate_bytes_are_binary(blob.bytes, blob.len))
		return 0;
	text.bytes = blob.bytes;
	return gate_flag_words_find(search->words, blob.bytes, blob.len, note, &text);
}

static const struct gate_pathset *builtin(const struct gate_item *item, const char *name)
{
	const struct gate_set *set = gate_scope_find(item->scope, name, strlen(name));

	return set ? set->compiled : NULL;
}

/* The item's service; else those that changed files belong to. */
static int find_services(struct walk *walk, const struct gate_matched *matched)
{
	const struct gate_item *item = walk->search->item;

	for (size_t i = 0; i < item->n_services; i++) {
		const struct gate_service *service = &item->services[i];
		bool wanted = walk->of_service && item->service == service;

		for (size_t k = 0; !wanted && !walk->of_service && k < matched->n; k++)
			wanted = matches(service->paths, &matched->files[k]->file);
		if (!wanted)
			continue;
		if (gate_grow(&walk->services, &walk->cap_services, walk->n_services + 1,
		              sizeof(const struct gate_service *), walk->err) < 0)
			return GATE_ENOMEM;
		walk->services[walk->n_services++] = service;
	}
	return GATE_OK;
}

int gate_flag_search_head(struct gate_flag_search *search, const struct gate_paths *in,
                          const struct gate_matched *matched, struct gate_error *err)
{
	GATE_AUTO(gate_temporary_sets_release) struct gate_temporary_sets temporary = { 0 };
	GATE_AUTO(gate_pathset_free) struct gate_pathset *own = NULL;
	const struct gate_snapshot *head = &search->item->change->head_files;
	const struct gate_known cut = { .why = "a folder is not in this clone",
		                        .mend = "git fetch --refetch --no-filter" };
	GATE_AUTO(walk_release)
	struct walk walk = { .search = search,
		             .tests = builtin(search->item, "tests"),
		             .docs = builtin(search->item, "docs"),
		             .of_service = search->item->service && !search->item->wide,
		             .err = err };
	int code = gate_paths_for_item(&walk.in, in, search->item, &own, &temporary, err);

	if (code == GATE_OK)
		code = find_services(&walk, matched);
	if (code < 0)
		return code;
	code = head->index
	               ? gate_index_list(head->repo, look_at, &walk, err)
	               : gate_trees_compare(head->trees, NULL, 0, &head->tree, look_at, &walk, err);
	if (code == GATE_ENOTFOUND) {
		gate_result_unknown(&search->unknown, GATE_FACT_FILES, true, &cut);
		return GATE_OK;
	}
	return code < 0 ? code : GATE_OK;
}
