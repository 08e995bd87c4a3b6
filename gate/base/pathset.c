/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/pathset.h"

#include "gate/base/glob.h"

struct entry {
	struct gate_glob glob;
	const struct gate_pathset *set; /* borrowed; in place of `glob` unless NULL */
	bool out;                       /* written with '!' */
};

struct gate_pathset {
	struct gate_arena arena;
	struct entry *entries; /* in the arena */
	size_t n;
	size_t total; /* patterns, with those of the sets that are named */
};

int gate_glob_compile(struct gate_glob **out, const char *folder, const char *pattern, size_t len,
                      struct gate_error *err)
{
	const struct gate_glob_source source = { .folder = folder, .text = pattern, .len = len };
	GATE_AUTO(gate_glob_free) struct gate_glob *glob = calloc(1, sizeof(*glob));
	int code;

	if (!glob)
		return gate_fail_memory(err);
	if (len && (pattern[0] == '!' || pattern[0] == '$'))
		return gate_glob_fail(
			err, 0, "one pattern cannot begin with '%c'; write '\\%c' for the byte",
			pattern[0], pattern[0]);
	code = gate_glob_build(glob, &glob->arena, &source, err);
	if (code < 0)
		return code;
	*out = gate_steal(&glob);
	return GATE_OK;
}

void gate_glob_free(struct gate_glob *glob)
{
	if (!glob)
		return;
	gate_arena_release(&glob->arena);
	free(glob);
}

const char *gate_glob_capture_name(const struct gate_glob *glob, size_t i)
{
	return i < glob->name_count ? glob->names[i] : NULL;
}

struct compile {
	struct gate_pathset *set;
	const char *folder;
	gate_pathset_find_fn *find;
	void *payload;
	const struct gate_captures *captures;
	struct gate_error *err;
};

/* `name` stands behind the '$' at the offset `at`. */
static int compile_set_name(struct compile *c, struct entry *entry, const char *name, size_t len,
                            size_t at)
{
	if (!len)
		return gate_glob_fail(c->err, at, "no name follows '$'");
	entry->set = c->find ? c->find(name, len, c->payload) : NULL;
	if (!entry->set)
		return gate_glob_fail(c->err, at, "unknown set '$%.*s'", (int)len, name);
	c->set->total += entry->set->total;
	return GATE_OK;
}

static int compile_entry(struct compile *c, struct entry *entry, const struct gate_pattern *pattern)
{
	const struct gate_glob_source source = {
		.folder = c->folder,
		.text = pattern->text,
		.len = pattern->len,
		.start = pattern->len && pattern->text[0] == '!',
		.below = true,
		.puts = c->captures,
	};
	size_t at = source.start;

	entry->out = at > 0;
	if (pattern->len > at && pattern->text[at] == '$')
		return compile_set_name(c, entry, pattern->text + at + 1, pattern->len - at - 1,
		                        at);
	if (at && pattern->len > at && pattern->text[at] == '!')
		return gate_glob_fail(c->err, at, "a second '!'; write '\\!' for the byte");
	c->set->total++;
	return gate_glob_build(&entry->glob, &c->set->arena, &source, c->err);
}

static int compile_entries(struct compile *c, const struct gate_pattern patterns[], size_t n,
                           size_t *bad)
{
	struct gate_pathset *set = c->set;
	bool only_out = n > 0;

	set->entries = gate_arena_alloc(&set->arena, n * sizeof(*set->entries));
	if (!set->entries)
		return gate_fail_memory(c->err);
	for (size_t i = 0; i < n; i++) {
		int code = compile_entry(c, &set->entries[i], &patterns[i]);

		if (code == GATE_OK && set->total > GATE_MAX_PATTERNS)
			code = gate_glob_fail(c->err, 0,
			                      "more than %d patterns, with those of the sets named",
			                      GATE_MAX_PATTERNS);
		if (code == GATE_ECONFIG && bad)
			*bad = i;
		if (code < 0)
			return code;
		only_out = only_out && set->entries[i].out;
	}
	set->n = n;
	if (only_out && bad)
		*bad = 0;
	return only_out ? gate_glob_fail(c->err, 0, "a set of only '!' holds nothing") : GATE_OK;
}

int gate_pathset_compile(struct gate_pathset **out, const char *folder,
                         const struct gate_pattern patterns[], size_t n, gate_pathset_find_fn *find,
                         void *payload, const struct gate_captures *captures, size_t *bad,
                         struct gate_error *err)
{
	GATE_AUTO(gate_pathset_free) struct gate_pathset *set = calloc(1, sizeof(*set));
	struct compile c = { .set = set,
		             .folder = folder,
		             .find = find,
		             .payload = payload,
		             .captures = captures,
		             .err = err };
	int code;

	if (!set)
		return gate_fail_memory(err);
	code = compile_entries(&c, patterns, n, bad);
	if (code < 0)
		return code;
	*out = gate_steal(&set);
	return GATE_OK;
}

void gate_pathset_free(struct gate_pathset *set)
{
	if (!set)
		return;
	gate_arena_release(&set->arena);
	free(set);
}

bool gate_pathset_match(const struct gate_pathset *set, const char *path, size_t len)
{
	/* The last that matches decides, so the search starts there. */
	for (size_t i = set->n; i-- > 0;) {
		const struct entry *entry = &set->entries[i];

		if (entry->set ? gate_pathset_match(entry->set, path, len)
		               : gate_glob_match(&entry->glob, path, len, NULL))
			return !entry->out;
	}
	return false;
}
