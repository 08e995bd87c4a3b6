/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/read/service_files.h"

#include "gate/base/bisect.h"
#include "gate/base/limits.h"
#include "gate/read/container.h"
#include "gate/read/manifest.h"
#include "gate/read/place.h"
#include "gate/read/workspace.h"

#include <sys/stat.h>

/* A name that means a program: that of its folder, or the end of it behind a '-'. */
struct program_name {
	const char *name;
	size_t program; /* in programs */
	bool whole;
	size_t depth;
};

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len >= end_len && strcasecmp(name + len - end_len, end) == 0;
}

static unsigned kinds_of(const char *path)
{
	const char *name = gate_place_name(path);
	unsigned kinds = 0;

	if (strcasecmp(name, "Dockerfile") == 0 || strcasecmp(name, "Containerfile") == 0)
		kinds |= GATE_FILE_DOCKERFILE;
	if (gate_workspace_is_root(name))
		kinds |= GATE_FILE_WORKSPACE;
	if (gate_manifest_is(name))
		kinds |= GATE_FILE_MANIFEST;
	if (!ends_with(name, ".yaml") && !ends_with(name, ".yml"))
		return kinds;
	if (strcasestr(name, "compose"))
		kinds |= GATE_FILE_COMPOSE;
	else if (strcmp(name, "Chart.yaml") == 0)
		kinds |= GATE_FILE_CHART;
	else if (gate_place_is_deployment(path))
		kinds |= GATE_FILE_DEPLOYMENT;
	return kinds;
}

static size_t depth_of(const char *path)
{
	size_t depth = 0;

	for (; *path; path++)
		depth += *path == '/';
	return depth;
}

static int add_file(struct gate_service_files *files, const struct gate_file *from, unsigned kinds,
                    struct gate_error *err)
{
	struct gate_service_file *file;

	if (gate_grow(&files->items, &files->cap, files->n + 1, sizeof(*files->items), err) < 0)
		return GATE_ENOMEM;
	file = &files->items[files->n];
	file->path = gate_arena_copy(files->arena, from->path, from->len);
	file->folder = file->path ? gate_place_parent(files->arena, file->path) : NULL;
	file->place = file->folder ? gate_place_fold(files->arena, file->folder) : NULL;
	if (!file->place)
		return gate_fail_memory(err);
	file->kinds = kinds;
	file->depth = depth_of(file->path);
	file->id = from->new_id;
	files->n++;
	return GATE_OK;
}

struct listing {
	struct gate_service_files *files;
	struct gate_error *err;
};

static int take_file(const struct gate_file *file, void *payload)
{
	struct listing *listing = payload;
	struct gate_service_files *files = listing->files;
	unsigned kinds;

	if (!S_ISREG(file->new_mode) || memchr(file->path, '\n', file->len))
		return GATE_OK;
	kinds = kinds_of(file->path);
	if (!kinds || gate_place_is_aside(file->path))
		return GATE_OK;
	if (files->n == GATE_MAX_DISCOVERY_FILES) {
		files->skipped++;
		return GATE_OK;
	}
	return add_file(files, file, kinds, listing->err);
}

static int compare_files(const void *a, const void *b)
{
	const struct gate_service_file *left = a, *right = b;

	if (left->depth != right->depth)
		return left->depth < right->depth ? -1 : 1;
	return strcmp(left->path, right->path);
}

static int list_files(struct gate_service_files *files, struct gate_error *err)
{
	const struct gate_snapshot *snapshot = files->snapshot;
	struct listing listing = { files, err };
	int code;

	if (snapshot->index)
		code = gate_index_list(snapshot->repo, take_file, &listing, err);
	else
		code = gate_trees_compare(snapshot->trees, NULL, 0, &snapshot->tree, take_file,
		                          &listing, err);
	if (code < 0)
		return code;
	if (files->n)
		qsort(files->items, files->n, sizeof(*files->items), compare_files);
	return GATE_OK;
}

int gate_service_files_read(struct gate_blob *blob, struct gate_service_files *files,
                            const struct gate_oid *id, struct gate_error *err)
{
	int code;

	if (files->bytes > GATE_MAX_DISCOVERY_BYTES) {
		files->skipped++;
		return GATE_ENOTFOUND;
	}
	code = gate_blob_read(blob, files->snapshot->repo, id, GATE_MAX_YAML_BYTES, NULL);
	if (code == GATE_ENOMEM)
		return gate_fail_memory(err);
	if (code < 0 || memchr(blob->bytes, '\0', blob->len)) {
		files->skipped++;
		return GATE_ENOTFOUND;
	}
	files->read++;
	files->bytes += blob->len;
	return GATE_OK;
}

static int compare_programs(const void *a, const void *b)
{
	const struct gate_program *left = a, *right = b;

	return strcmp(left->place, right->place);
}

static int read_base(bool *infrastructure, struct gate_service_files *files,
                     const struct gate_service_file *file, struct gate_error *err)
{
	GATE_AUTO(gate_blob_release) struct gate_blob blob = { 0 };
	int code = gate_service_files_read(&blob, files, &file->id, err);
	struct gate_span base;

	*infrastructure = false;
	if (code == GATE_ENOTFOUND)
		return GATE_OK;
	if (code < 0)
		return code;
	base = gate_dockerfile_base(blob.bytes, blob.len);
	*infrastructure = gate_place_is_infrastructure(base.bytes, base.len);
	return GATE_OK;
}

/* A place is a database's when nothing in it says otherwise: another Dockerfile, or a manifest. */
static int add_programs(struct gate_service_files *files, struct gate_error *err)
{
	size_t n = 0;

	files->programs = calloc(files->n + 1, sizeof(*files->programs));
	if (!files->programs)
		return gate_fail_memory(err);
	for (size_t i = 0; i < files->n; i++) {
		const struct gate_service_file *file = &files->items[i];
		struct gate_program *program = &files->programs[n];

		if (!*file->place || !(file->kinds & (GATE_FILE_DOCKERFILE | GATE_FILE_MANIFEST)))
			continue;
		program->place = file->place;
		if (file->kinds & GATE_FILE_DOCKERFILE) {
			int code = read_base(&program->infrastructure, files, file, err);

			if (code < 0)
				return code;
		}
		n++;
	}
	qsort(files->programs, n, sizeof(*files->programs), compare_programs);
	for (size_t i = 0; i < n; i++) {
		const struct gate_program program = files->programs[i];
		size_t last = files->n_programs;

		if (last && strcmp(files->programs[last - 1].place, program.place) == 0)
			files->programs[last - 1].infrastructure &= program.infrastructure;
		else
			files->programs[files->n_programs++] = program;
	}
	return GATE_OK;
}

static int compare_names(const void *a, const void *b)
{
	const struct program_name *left = a, *right = b;
	int order = strcasecmp(left->name, right->name);

	if (order)
		return order;
	if (left->whole != right->whole)
		return left->whole ? -1 : 1;
	if (left->depth != right->depth)
		return left->depth < right->depth ? -1 : 1;
	return (left->program > right->program) - (left->program < right->program);
}

static int add_names(struct gate_service_files *files, struct gate_error *err)
{
	for (size_t i = 0; i < files->n_programs; i++) {
		const char *place = files->programs[i].place;
		const char *whole = gate_place_name(place), *name = whole;

		while (name) {
			const char *dash = strchr(name, '-');

			if (gate_grow(&files->names, &files->cap_names, files->n_names + 1,
			              sizeof(*files->names), err) < 0)
				return GATE_ENOMEM;
			if (name == whole || dash)
				files->names[files->n_names++] =
					(struct program_name){ name, i, name == whole,
					                       depth_of(place) };
			name = dash ? dash + 1 : NULL;
		}
	}
	if (files->n_names)
		qsort(files->names, files->n_names, sizeof(*files->names), compare_names);
	return GATE_OK;
}

int gate_service_files_find(struct gate_service_files *files, struct gate_error *err)
{
	int code = list_files(files, err);

	if (code == GATE_OK)
		code = add_programs(files, err);
	if (code == GATE_OK)
		code = add_names(files, err);
	return code;
}

void gate_service_files_release(struct gate_service_files *files)
{
	free(files->items);
	free(files->programs);
	free(files->names);
	*files = (struct gate_service_files){ 0 };
}

const struct gate_program *gate_service_files_program(const struct gate_service_files *files,
                                                      const char *place)
{
	const struct gate_program key = { .place = place };

	return bsearch(&key, files->programs, files->n_programs, sizeof(key), compare_programs);
}

/* As strcasecmp, for a name without a NUL. */
static int compare_name(const char *known, const char *name, size_t len)
{
	int order = strncasecmp(known, name, len);

	return order ? order : known[len] != '\0';
}

const struct gate_program *gate_service_files_named(const struct gate_service_files *files,
                                                    const char *name, size_t len)
{
	size_t low;

	if (memchr(name, '\0', len))
		return NULL;
	GATE_BISECT(low, files->n_names, compare_name(files->names[low].name, name, len) < 0);
	if (low == files->n_names || compare_name(files->names[low].name, name, len) != 0)
		return NULL;
	return &files->programs[files->names[low].program];
}
