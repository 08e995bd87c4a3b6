/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/policy/predicates.h"

#include <inttypes.h>

int gate_match_files(struct gate_matched *out, struct gate_result *result,
                     const struct gate_item *item, const struct gate_paths *paths,
                     struct gate_error *err)
{
	GATE_AUTO(gate_temporary_sets_release) struct gate_temporary_sets temporary = { 0 };
	GATE_AUTO(gate_pathset_free) struct gate_pathset *own = NULL;
	const struct gate_pathset *set;
	const struct gate_known *known;
	size_t kept = 0;
	int code;

	*out = (struct gate_matched){ 0 };
	code = gate_item_files(&out->files, &out->of, &known, item, err);
	if (code < 0)
		return code;
	if (!known->known) {
		gate_result_unknown(result, GATE_FACT_FILES, true, known);
		return GATE_OK;
	}
	code = gate_paths_for_item(&set, paths, item, &own, &temporary, err);
	if (code < 0)
		return code;
	for (size_t i = 0; i < out->of; i++)
		if (!set ||
		    gate_pathset_match(set, out->files[i]->file.path, out->files[i]->file.len))
			out->files[kept++] = out->files[i];
	out->n = kept;
	return GATE_OK;
}

int gate_match_set(struct gate_matched *out, struct gate_result *result,
                   const struct gate_item *item, const char *name, struct gate_error *err)
{
	const struct gate_set *set = gate_scope_find(item->scope, name, strlen(name));
	const struct gate_paths paths = { .node = set->node,
		                          .scope = set->written,
		                          .set = set->compiled };

	return gate_match_files(out, result, item, &paths, err);
}

void gate_keep_status(struct gate_matched *matched, unsigned statuses)
{
	size_t kept = 0;

	for (size_t i = 0; i < matched->n; i++)
		if (statuses & GATE_BIT(matched->files[i]->file.status))
			matched->files[kept++] = matched->files[i];
	matched->n = kept;
}

int gate_need_lines(bool *ok, struct gate_result *result, const struct gate_item *item,
                    struct gate_change_file *file, struct gate_error *err)
{
	int code = gate_file_load_lines(item->change, file, err);

	if (code < 0)
		return code;
	*ok = file->lines_known.known;
	if (!*ok) {
		gate_result_unknown(result, GATE_FACT_LINES, true, &file->lines_known);
		code = gate_result_add_place(result, file->file.path, 0, err);
	}
	return code;
}

/* The capture that `{name}` or `{name**}` at `text` means; NULL: none. */
static const struct gate_capture *capture_at(const char *text, size_t *len,
                                             const struct gate_item *item)
{
	for (size_t i = 0; i < item->captures.n; i++) {
		const struct gate_capture *capture = &item->captures.items[i];
		size_t name = strlen(capture->name);

		if (text[0] != '{' || strncmp(text + 1, capture->name, name) != 0)
			continue;
		*len = name + 2 + (strncmp(text + 1 + name, "**", 2) ? 0 : 2);
		if (text[*len - 1] == '}')
			return capture;
	}
	return NULL;
}

const char *gate_paths_text(char buf[96], const struct gate_paths *paths,
                            const struct gate_item *item)
{
	char written[96];
	size_t used = 0, len;

	if (!paths->node) {
		snprintf(buf, 96, "all files");
		return buf;
	}
	gate_yaml_inline(written, paths->node);
	for (const char *at = written; *at && used < 95;) {
		const struct gate_capture *capture = capture_at(at, &len, item);
		const char *from = capture ? capture->value : at;
		size_t size = capture ? capture->len : 1;

		size = size < 95 - used ? size : 95 - used;
		memcpy(buf + used, from, size);
		used += size;
		at += capture ? len : 1;
	}
	buf[used] = '\0';
	return buf;
}

bool gate_outside(char *detail, size_t size, int64_t value, const char *unit,
                  const struct gate_number *min, const struct gate_number *max)
{
	const char *plural = value == 1 ? "" : "s";

	if (max->given && value > max->value) {
		snprintf(detail, size, "%" PRId64 " %s%s, at most %" PRId64, value, unit, plural,
		         max->value);
		return true;
	}
	if (min->given && value < min->value) {
		snprintf(detail, size, "%" PRId64 " %s%s, at least %" PRId64, value, unit, plural,
		         min->value);
		return true;
	}
	snprintf(detail, size, "%" PRId64 " %s%s", value, unit, plural);
	return false;
}
