/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/read/service_list.h"

#include "gate/base/bisect.h"
#include "gate/base/limits.h"
#include "gate/read/place.h"

#include <ctype.h>

/* One piece of evidence; `at` keeps the order in which it was found. */
struct gate_service_mark {
	size_t id, at;
	struct gate_service_evidence evidence;
};

void gate_service_list_release(struct gate_service_list *list)
{
	free(list->items);
	free(list->marks);
	*list = (struct gate_service_list){ 0 };
}

/* As strcmp, for a text that ends after `len` bytes. */
static int compare_folder(const char *known, const char *folder, size_t len)
{
	int order = strncmp(known, folder, len);

	return order ? order : known[len] != '\0';
}

/* The first whose folder is not before this one. */
static size_t lower_bound(const struct gate_service_list *list, const char *folder, size_t len)
{
	size_t low;

	GATE_BISECT(low, list->n, compare_folder(list->items[low].folder, folder, len) < 0);
	return low;
}

static struct gate_found *find(const struct gate_service_list *list, const char *folder, size_t len)
{
	size_t at = lower_bound(list, folder, len);

	if (at == list->n || compare_folder(list->items[at].folder, folder, len) != 0)
		return NULL;
	return &list->items[at];
}

struct gate_found *gate_service_list_find(const struct gate_service_list *list, const char *folder)
{
	return find(list, folder, strlen(folder));
}

static int insert(struct gate_service_list *list, const char *folder, struct gate_error *err)
{
	size_t at = lower_bound(list, folder, strlen(folder));

	if (list->n == GATE_MAX_SERVICES)
		return gate_fail(err, GATE_ELIMIT, "more than %d services", GATE_MAX_SERVICES);
	if (gate_grow(&list->items, &list->cap, list->n + 1, sizeof(*list->items), err) < 0)
		return GATE_ENOMEM;
	memmove(list->items + at + 1, list->items + at, (list->n - at) * sizeof(*list->items));
	list->items[at] = (struct gate_found){ .folder = folder, .id = list->next_id++ };
	list->n++;
	return GATE_OK;
}

/* Of several names the folder's own is the best, else the first. */
static void take_name(struct gate_found *found, const char *name)
{
	if (name && (!found->name || strcasecmp(name, gate_place_name(found->folder)) == 0))
		found->name = name;
}

int gate_service_list_add(struct gate_service_list *list, const char *folder, const char *name,
                          bool make, const struct gate_service_evidence *evidence,
                          struct gate_error *err)
{
	struct gate_found *found = gate_service_list_find(list, folder);

	if (!found) {
		int code = make ? insert(list, folder, err) : GATE_OK;

		if (code < 0 || !make)
			return code;
		found = gate_service_list_find(list, folder);
	}
	take_name(found, name);
	if (gate_grow(&list->marks, &list->cap_marks, list->n_marks + 1, sizeof(*list->marks),
	              err) < 0)
		return GATE_ENOMEM;
	list->marks[list->n_marks] =
		(struct gate_service_mark){ found->id, list->n_marks, *evidence };
	list->n_marks++;
	return GATE_OK;
}

static bool is_part(const struct gate_service_list *list, const char *folder)
{
	for (const char *slash = strchr(folder, '/'); slash; slash = strchr(slash + 1, '/'))
		if (find(list, folder, (size_t)(slash - folder)))
			return true;
	return false;
}

void gate_service_list_drop_parts(struct gate_service_list *list)
{
	/* From the end, where the parts are, so that what they are parts of is still there. */
	for (size_t i = list->n; i-- > 0;) {
		struct gate_found *found = &list->items[i];

		if (found->name || gate_place_in_sure_home(found->folder) ||
		    !is_part(list, found->folder))
			continue;
		memmove(found, found + 1, (list->n - i - 1) * sizeof(*found));
		list->n--;
	}
}

/* The bytes that a name may have, with '-' for each run of others; NULL: none is left, or memory ran out. */
static char *clean_name(struct gate_arena *arena, const char *name)
{
	char *clean = gate_arena_copy(arena, name, strlen(name));
	size_t n = 0;

	for (size_t i = 0; clean && name[i]; i++) {
		bool first = isalnum((unsigned char)name[i]);

		if (first || (n && strchr("._-", name[i])))
			clean[n++] = name[i];
		else if (n && clean[n - 1] != '-')
			clean[n++] = '-';
	}
	if (clean) {
		while (n && clean[n - 1] == '-')
			n--;
		clean[n] = '\0';
	}
	return clean;
}

static bool is_taken(const struct gate_found_service *items, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(items[i].name, name) == 0)
			return true;
	return false;
}

/* How many of the first `n` want a name. */
static size_t count_name(const struct gate_service_list *list, size_t n, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += strcasecmp(list->items[i].name, name) == 0;
	return count;
}

/* Without a name that can stand, "service". */
static int want_name(struct gate_found *found, struct gate_arena *arena, const char *name,
                     struct gate_error *err)
{
	found->name = clean_name(arena, name);
	if (!found->name)
		return gate_fail_memory(err);
	if (!*found->name)
		found->name = "service";
	return GATE_OK;
}

/* What several want becomes, for each of them, the whole folder with '-' between its names. */
static int want_names(struct gate_service_list *list, struct gate_error *err)
{
	GATE_AUTO(gate_free) bool *shared = calloc(list->n + 1, sizeof(*shared));
	int code = shared ? GATE_OK : gate_fail_memory(err);

	for (size_t i = 0; i < list->n && code == GATE_OK; i++) {
		struct gate_found *found = &list->items[i];

		code = want_name(found, list->arena,
		                 found->name ? found->name : gate_place_name(found->folder), err);
	}
	for (size_t i = 0; i < list->n && code == GATE_OK; i++)
		shared[i] = count_name(list, list->n, list->items[i].name) > 1;
	for (size_t i = 0; i < list->n && code == GATE_OK; i++)
		if (shared[i])
			code = want_name(&list->items[i], list->arena, list->items[i].folder, err);
	return code;
}

/* The i-th gets the name it wants, with a number behind it when another has that. */
static int choose_name(struct gate_found_service *items, const struct gate_service_list *list,
                       size_t i, struct gate_error *err)
{
	const char *name = list->items[i].name;
	size_t number = count_name(list, i, name) + 1, size = strlen(name) + 24;
	char *numbered;

	items[i].name = name;
	while (is_taken(items, i, items[i].name)) {
		numbered = gate_arena_alloc(list->arena, size);
		if (!numbered)
			return gate_fail_memory(err);
		snprintf(numbered, size, "%s-%zu", name, number > 1 ? number : 2);
		items[i].name = numbered;
		number++;
	}
	return GATE_OK;
}

static int compare_marks(const void *a, const void *b)
{
	const struct gate_service_mark *left = a, *right = b;

	if (left->id != right->id)
		return left->id < right->id ? -1 : 1;
	if (left->evidence.kind != right->evidence.kind)
		return left->evidence.kind < right->evidence.kind ? -1 : 1;
	return (left->at > right->at) - (left->at < right->at);
}

static int compare_services(const void *a, const void *b)
{
	const struct gate_found_service *left = a, *right = b;

	return strcmp(left->name, right->name);
}

/* The marks are sorted by id. */
static void give_evidence(struct gate_found_service *service, const struct gate_service_list *list,
                          const struct gate_service_evidence *evidence, size_t id)
{
	size_t low;

	GATE_BISECT(low, list->n_marks, list->marks[low].id < id);
	service->evidence = evidence + low;
	while (low < list->n_marks && list->marks[low++].id == id)
		service->n_evidence++;
}

static int copy_evidence(struct gate_service_evidence **out, struct gate_service_list *list,
                         struct gate_error *err)
{
	struct gate_service_evidence *evidence =
		gate_arena_alloc(list->arena, (list->n_marks + 1) * sizeof(*evidence));

	if (!evidence)
		return gate_fail_memory(err);
	if (list->n_marks)
		qsort(list->marks, list->n_marks, sizeof(*list->marks), compare_marks);
	for (size_t i = 0; i < list->n_marks; i++)
		evidence[i] = list->marks[i].evidence;
	*out = evidence;
	return GATE_OK;
}

int gate_service_list_finish(struct gate_found_services *out, struct gate_service_list *list,
                             struct gate_error *err)
{
	struct gate_service_evidence *evidence;
	struct gate_found_service *items =
		gate_arena_alloc(list->arena, (list->n + 1) * sizeof(*items));
	int code = items ? want_names(list, err) : gate_fail_memory(err);

	if (code == GATE_OK)
		code = copy_evidence(&evidence, list, err);
	for (size_t i = 0; i < list->n && code == GATE_OK; i++) {
		const struct gate_found *found = &list->items[i];
		size_t len = strlen(found->folder);
		char *folder = gate_arena_alloc(list->arena, len + 2);

		if (!folder)
			return gate_fail_memory(err);
		memcpy(folder, found->folder, len);
		folder[len] = '/';
		items[i].folder = folder;
		give_evidence(&items[i], list, evidence, found->id);
		code = choose_name(items, list, i, err);
	}
	if (code < 0)
		return code;
	qsort(items, list->n, sizeof(*items), compare_services);
	out->items = items;
	out->n = list->n;
	return GATE_OK;
}
