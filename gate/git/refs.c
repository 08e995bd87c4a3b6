/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/refs.h"

#include "gate/git/internal.h"

#define MAX_SYMBOLIC_DEPTH 5 /* as git */

int gate_ref_lookup(struct gate_oid *out, const struct gate_repo *repo, const char *name,
                    struct gate_error *err)
{
	git_oid id;
	int code = git_reference_name_to_id(&id, repo->git, name);

	if (code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC)
		return gate_fail(err, GATE_ENOTFOUND, "there is no ref '%s'", name);
	if (code < 0)
		return gate_fail_git(err, "cannot read ref '%s'", name);
	*out = gate_oid_from_git(&id);
	return GATE_OK;
}

/* One step: a copy of what `name` points to as a symbolic ref, NULL when it is none. */
static int read_symbolic(char **out, const struct gate_repo *repo, const char *name,
                         struct gate_error *err)
{
	GATE_AUTO(git_reference_free) git_reference *ref = NULL;
	const char *target;
	int code = git_reference_lookup(&ref, repo->git, name);

	*out = NULL;
	if (code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC)
		return GATE_OK;
	if (code < 0)
		return gate_fail_git(err, "cannot read ref '%s'", name);
	target = git_reference_symbolic_target(ref);
	if (!target)
		return GATE_OK;
	*out = gate_copy(target, strlen(target));
	return *out ? GATE_OK : gate_fail_memory(err);
}

int gate_ref_symbolic(char **out, const struct gate_repo *repo, const char *name,
                      struct gate_error *err)
{
	GATE_AUTO(gate_free) char *at = NULL;

	for (int depth = 0; depth <= MAX_SYMBOLIC_DEPTH; depth++) {
		char *next;
		int code = read_symbolic(&next, repo, at ? at : name, err);

		if (code < 0)
			return code;
		if (!next) {
			*out = gate_steal(&at);
			return GATE_OK;
		}
		gate_free(at);
		at = next;
	}
	return gate_fail(err, GATE_EGIT, "ref '%s' points to itself, or through too many refs",
	                 name);
}

int gate_ref_full_name(char **out, const struct gate_repo *repo, const char *shorthand,
                       struct gate_error *err)
{
	GATE_AUTO(git_reference_free) git_reference *ref = NULL;
	const char *name;
	char *copy;
	int code = git_reference_dwim(&ref, repo->git, shorthand);

	if (code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC) {
		*out = NULL;
		return GATE_OK;
	}
	if (code < 0)
		return gate_fail_git(err, "cannot find what '%s' means", shorthand);
	name = git_reference_name(ref);
	copy = gate_copy(name, strlen(name));
	if (!copy)
		return gate_fail_memory(err);
	*out = copy;
	return GATE_OK;
}

struct listed_ref {
	const char *name; /* in the arena */
	struct gate_oid id;
};

struct ref_list {
	struct listed_ref *items; /* own */
	size_t n, cap;
	struct gate_arena arena; /* own */
};

static void ref_list_release(struct ref_list *list)
{
	free(list->items);
	gate_arena_release(&list->arena);
}

GATE_DEFINE_AUTO_STRUCT(struct ref_list, ref_list_release)

static int by_name(const void *a, const void *b)
{
	const struct listed_ref *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static int add_ref(struct ref_list *list, const struct gate_repo *repo, const git_reference *ref,
                   struct gate_error *err)
{
	const char *name = git_reference_name(ref);
	const git_oid *target = git_reference_target(ref);
	git_oid resolved;
	struct listed_ref *item;
	int code;

	if (!target) {
		if (git_reference_name_to_id(&resolved, repo->git, name) < 0)
			return GATE_OK;
		target = &resolved;
	}
	code = gate_grow(&list->items, &list->cap, list->n + 1, sizeof(*list->items), err);
	if (code < 0)
		return code;
	item = &list->items[list->n];
	item->id = gate_oid_from_git(target);
	item->name = gate_arena_copy(&list->arena, name, strlen(name));
	if (!item->name)
		return gate_fail_memory(err);
	list->n++;
	return GATE_OK;
}

static int read_refs(struct ref_list *list, const struct gate_repo *repo, const char *prefix,
                     struct gate_error *err)
{
	GATE_AUTO(git_reference_iterator_free) git_reference_iterator *refs = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf glob = { 0 };
	size_t prefix_len = strlen(prefix);

	gate_buf_printf(&glob, "%s*", prefix);
	if (gate_buf_failed(&glob))
		return gate_fail_memory(err);
	if (git_reference_iterator_glob_new(&refs, repo->git, gate_buf_text(&glob)) < 0)
		return gate_fail_git(err, "cannot list the refs below '%s'", prefix);
	for (;;) {
		GATE_AUTO(git_reference_free) git_reference *ref = NULL;
		int code = git_reference_next(&ref, refs);

		if (code == GIT_ITEROVER)
			return GATE_OK;
		if (code < 0)
			return gate_fail_git(err, "cannot list the refs below '%s'", prefix);
		/* A prefix that holds '*' matches more than itself. */
		if (strncmp(git_reference_name(ref), prefix, prefix_len) != 0)
			continue;
		code = add_ref(list, repo, ref, err);
		if (code < 0)
			return code;
	}
}

int gate_ref_each(const struct gate_repo *repo, const char *prefix, gate_ref_fn *fn, void *payload,
                  struct gate_error *err)
{
	GATE_AUTO(ref_list_release) struct ref_list list = { 0 };
	int code = read_refs(&list, repo, prefix, err);

	if (code < 0)
		return code;
	if (list.n > 1)
		qsort(list.items, list.n, sizeof(*list.items), by_name);
	for (size_t i = 0; i < list.n; i++) {
		code = fn(list.items[i].name, &list.items[i].id, payload);
		if (code)
			return code;
	}
	return GATE_OK;
}

/* Copies the first one. */
static int stop_at_first(const char *name, const struct gate_oid *id, void *payload)
{
	char **first = payload;

	(void)id;
	*first = gate_copy(name, strlen(name));
	return 1;
}

static int find_below(char **out, const struct gate_repo *repo, const char *name,
                      struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf prefix = { 0 };
	int code;

	gate_buf_printf(&prefix, "%s/", name);
	if (gate_buf_failed(&prefix))
		return gate_fail_memory(err);
	code = gate_ref_each(repo, prefix.ptr, stop_at_first, out, err);
	if (code < 0)
		return code;
	return code && !*out ? gate_fail_memory(err) : GATE_OK;
}

int gate_ref_in_the_way(char **out, const struct gate_repo *repo, const char *name,
                        struct gate_error *err)
{
	GATE_AUTO(gate_free) char *above = gate_copy(name, strlen(name)), *below = NULL;
	int code;

	if (!above)
		return gate_fail_memory(err);
	/* "refs" itself is no name of a ref. */
	for (char *slash = strrchr(above, '/');
	     slash && memchr(above, '/', (size_t)(slash - above)); slash = strrchr(above, '/')) {
		GATE_AUTO(git_reference_free) git_reference *ref = NULL;

		*slash = '\0';
		if (git_reference_lookup(&ref, repo->git, above) == 0) {
			*out = gate_steal(&above);
			return GATE_OK;
		}
	}
	code = find_below(&below, repo, name, err);
	if (code == GATE_OK)
		*out = gate_steal(&below);
	return code;
}

bool gate_ref_is_name(const char *name)
{
	int valid = 0;

	return gate_git_start(NULL) == GATE_OK && git_reference_name_is_valid(&valid, name) == 0 &&
	       valid;
}
