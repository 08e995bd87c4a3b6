/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/policy/items.h"

void gate_items_release(struct gate_items *items)
{
	free(items->list);
	*items = (struct gate_items){ 0 };
}

int gate_item_label(struct gate_buf *out, const struct gate_item *item)
{
	char hex[GATE_OID_HEX];

	if (item->commit && item->commit->commit)
		gate_buf_printf(out, "commit %.7s", gate_oid_hex(hex, &item->commit->commit->id));
	else if (item->commit)
		gate_buf_puts(out, "the commit to be");
	else if (item->service)
		gate_buf_printf(out, "service %s", item->service->name);
	else if (item->file)
		gate_buf_printf(out, "file %s", item->file->file.path);
	else
		gate_buf_puts(out, "change");
	return GATE_OK;
}

static bool in_folder(const struct gate_scope *scope, const struct gate_file *file)
{
	size_t len = strlen(scope->folder);

	return file->len >= len && !memcmp(file->path, scope->folder, len);
}

static bool of_service(const struct gate_service *service, const struct gate_file *file)
{
	return gate_pathset_match(service->paths, file->path, file->len) ||
	       (service->tests && gate_pathset_match(service->tests, file->path, file->len));
}

static bool sees(const struct gate_item *item, const struct gate_file *file)
{
	if (!in_folder(item->scope, file))
		return false;
	return !item->service || item->wide || of_service(item->service, file);
}

int gate_item_files(struct gate_change_file ***out, size_t *n, const struct gate_known **known,
                    const struct gate_item *item, struct gate_error *err)
{
	bool of_commit = item->commit && !item->wide;
	struct gate_files *files = of_commit ? &item->commit->files : &item->change->files;
	int code = of_commit ? gate_commit_load_files(item->change, item->commit, err)
	                     : gate_change_load_files(item->change, err);
	struct gate_change_file **list;

	if (code < 0)
		return code;
	*known = &files->known;
	*n = 0;
	*out = NULL;
	if (!files->known.known || !files->n)
		return GATE_OK;
	list = gate_arena_alloc(item->arena, files->n * sizeof(struct gate_change_file *));
	if (!list)
		return gate_fail_memory(err);
	for (size_t i = 0; i < files->n; i++)
		if (sees(item, &files->items[i].file))
			list[(*n)++] = &files->items[i];
	*out = list;
	return GATE_OK;
}

static int add(struct gate_item **added, struct gate_items *items, const struct gate_item *like,
               struct gate_error *err)
{
	if (gate_grow(&items->list, &items->cap, items->n + 1, sizeof(*items->list), err) < 0)
		return GATE_ENOMEM;
	*added = &items->list[items->n++];
	**added = *like;
	return GATE_OK;
}

/* A nested policy sees the commits that touch its folder. */
static int sees_commit(bool *out, const struct gate_item *item, struct gate_error *err)
{
	struct gate_change_file **files;
	const struct gate_known *known;
	size_t n;
	int code;

	*out = true;
	if (!item->scope->folder[0])
		return GATE_OK;
	code = gate_item_files(&files, &n, &known, item, err);
	if (code == GATE_OK)
		*out = n > 0 || !known->known;
	return code;
}

static int list_commits(struct gate_items *out, const struct gate_rule *rule,
                        const struct gate_item *like, struct gate_error *err)
{
	struct gate_change *change = like->change;
	int code = gate_change_load_commits(change, err);

	if (code < 0)
		return code;
	out->known = change->commits_known;
	out->missing = GATE_FACT_COMMITS;
	/* Oldest first, as they were made. */
	for (size_t i = change->n_commits; i-- > 0;) {
		struct gate_change_commit *commit = &change->commits[i];
		struct gate_item item = *like;
		struct gate_item *added;
		bool seen;

		if (rule->each == GATE_EACH_COMMIT && commit->commit &&
		    commit->commit->n_parents > 1)
			continue;
		item.commit = commit;
		code = sees_commit(&seen, &item, err);
		if (code == GATE_OK && seen)
			code = add(&added, out, &item, err);
		if (code < 0)
			return code;
	}
	return GATE_OK;
}

static int list_services(struct gate_items *out, const struct gate_item *like,
                         struct gate_error *err)
{
	for (size_t i = 0; i < like->n_services; i++) {
		const struct gate_service *service = &like->services[i];
		struct gate_item item = *like, *added;
		struct gate_change_file **files;
		const struct gate_known *known;
		size_t n;
		int code;

		item.service = service;
		item.captures.items[0] =
			(struct gate_capture){ "service", service->name, strlen(service->name) };
		item.captures.n = 1;
		code = gate_item_files(&files, &n, &known, &item, err);
		if (code < 0)
			return code;
		if (!known->known) {
			out->known = *known;
			out->missing = GATE_FACT_FILES;
			return GATE_OK;
		}
		code = n ? add(&added, out, &item, err) : GATE_OK;
		if (code < 0)
			return code;
	}
	return GATE_OK;
}

static int list_files(struct gate_items *out, const struct gate_rule *rule,
                      const struct gate_item *like, struct gate_error *err)
{
	struct gate_change_file **files;
	const struct gate_known *known;
	size_t n;
	int code = gate_item_files(&files, &n, &known, like, err);

	if (code < 0)
		return code;
	out->known = *known;
	out->missing = GATE_FACT_FILES;
	for (size_t i = 0; i < n; i++) {
		struct gate_item item = *like, *added;

		if (!(rule->statuses & GATE_BIT(files[i]->file.status)) ||
		    !gate_glob_match(rule->file, files[i]->file.path, files[i]->file.len,
		                     &item.captures))
			continue;
		item.file = files[i];
		code = add(&added, out, &item, err);
		if (code < 0)
			return code;
	}
	return GATE_OK;
}

int gate_items_list(struct gate_items *out, const struct gate_rule *rule,
                    const struct gate_config *config, struct gate_change *change,
                    struct gate_arena *arena, struct gate_error *err)
{
	const struct gate_item like = { .change = change,
		                        .scope = rule->scope,
		                        .services = config->services,
		                        .n_services = config->n_services,
		                        .flags = &config->flags,
		                        .arena = arena };
	struct gate_item *added;

	out->known.known = true;
	switch (rule->each) {
	case GATE_EACH_COMMIT:
	case GATE_EACH_ALL_COMMITS:
		return list_commits(out, rule, &like, err);
	case GATE_EACH_SERVICE:
		return list_services(out, &like, err);
	case GATE_EACH_FILE:
		return list_files(out, rule, &like, err);
	case GATE_EACH_CHANGE:
		break;
	}
	return add(&added, out, &like, err);
}
