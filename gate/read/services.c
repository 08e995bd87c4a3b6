/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/read/services.h"

#include "gate/read/container.h"
#include "gate/read/manifest.h"
#include "gate/read/place.h"
#include "gate/read/service_finder.h"

/* With fewer than these by strong evidence, the weak makes services as well. */
#define ENOUGH 2

static void finder_release(struct gate_finder *finder)
{
	gate_service_list_release(&finder->list);
	gate_service_files_release(&finder->files);
}
GATE_DEFINE_AUTO_STRUCT(struct gate_finder, finder_release)

bool gate_finder_may_hold(const struct gate_finder *finder, const char *folder)
{
	const struct gate_program *program = gate_service_files_program(&finder->files, folder);
	const char *name = gate_place_name(folder);

	return !gate_place_is_home(folder) && !gate_place_is_aside(folder) &&
	       !gate_place_is_infrastructure(name, strlen(name)) &&
	       !(program && program->infrastructure);
}

bool gate_finder_is_load(const char *folder)
{
	const char *name = gate_place_name(folder);

	return gate_place_is_load(name, strlen(name));
}

int gate_finder_add(struct gate_finder *finder, const char *folder, bool make,
                    const struct gate_service_evidence *evidence)
{
	if (!gate_finder_may_hold(finder, folder))
		return GATE_OK;
	return gate_service_list_add(&finder->list, folder, NULL,
	                             make && !gate_finder_is_load(folder), evidence, finder->err);
}

int gate_finder_mode(uint16_t *mode, struct gate_oid *id, struct gate_finder *finder,
                     const char *path)
{
	int code = gate_snapshot_find(id, mode, finder->files.snapshot, path, NULL);

	if (code == GATE_ENOMEM)
		return gate_fail_memory(finder->err);
	if (code < 0)
		*mode = 0;
	return GATE_OK;
}

int gate_finder_runs(bool *out, struct gate_finder *finder, const struct gate_service_file *file)
{
	GATE_AUTO(gate_blob_release) struct gate_blob blob = { 0 };
	const char *name = gate_place_name(file->path), *beside = gate_manifest_main(name);
	struct gate_oid id;
	uint16_t mode = 0;
	char *path;
	int code = GATE_OK;

	if (beside)
		code = gate_place_join(&path, finder->arena, file->folder,
		                       (struct gate_span){ beside, strlen(beside) }, finder->err);
	if (beside && code == GATE_OK)
		code = gate_finder_mode(&mode, &id, finder, path);
	*out = mode;
	if (code < 0 || *out)
		return code;
	code = gate_service_files_read(&blob, &finder->files, &file->id, finder->err);
	if (code == GATE_OK)
		*out = gate_manifest_runs(name, blob.bytes, blob.len);
	return code == GATE_ENOTFOUND ? GATE_OK : code;
}

/* A file that is a workload's or a chart's. */
struct reading {
	struct gate_finder *finder;
	const struct gate_service_file *file;
};

static int add_named(struct reading *reading, struct gate_span name,
                     enum gate_service_evidence_kind kind, unsigned line)
{
	const struct gate_service_evidence evidence = { kind, reading->file->path, line };
	const struct gate_program *program =
		gate_service_files_named(&reading->finder->files, name.bytes, name.len);

	if (!program)
		return GATE_OK;
	return gate_finder_add(reading->finder, program->place, true, &evidence);
}

static int add_workload(struct gate_span name, unsigned line, void *payload)
{
	return add_named(payload, name, GATE_SERVICE_WORKLOAD, line);
}

static int read_deployment(struct gate_finder *finder, const struct gate_service_file *file,
                           const struct gate_blob *blob)
{
	struct reading reading = { finder, file };

	return gate_workloads_read(blob->bytes, blob->len, add_workload, &reading);
}

/* A chart stands within the service's folder, or has its name. */
static int read_chart(struct gate_finder *finder, const struct gate_service_file *file,
                      const struct gate_blob *blob)
{
	struct gate_service_evidence evidence = { GATE_SERVICE_CHART, file->path, 1 };
	struct reading reading = { finder, file };
	struct gate_outline outline;

	gate_outline_init(&outline, blob->bytes, blob->len);
	while (gate_outline_next(&outline)) {
		if (!gate_outline_at(&outline, "name"))
			continue;
		evidence.line = outline.line;
		if (gate_service_files_program(&finder->files, file->place))
			return gate_finder_add(finder, file->place, true, &evidence);
		return add_named(&reading, outline.value, GATE_SERVICE_CHART, outline.line);
	}
	return GATE_OK;
}

static int take_dockerfile(struct gate_finder *finder, const struct gate_service_file *file)
{
	const struct gate_service_evidence evidence = { GATE_SERVICE_DOCKERFILE, file->path, 1 };

	return gate_finder_add(finder, file->place, true, &evidence);
}

/* Evidence for what is there already too, so that one sees what it is made of. */
static int take_manifest(struct gate_finder *finder, const struct gate_service_file *file)
{
	const struct gate_service_evidence evidence = { GATE_SERVICE_MANIFEST, file->path, 1 };
	bool make = gate_place_in_sure_home(file->place);
	int code = GATE_OK;

	if (!make && finder->weak && gate_place_in_source(file->place) &&
	    !gate_service_list_find(&finder->list, file->place))
		code = gate_finder_runs(&make, finder, file);
	if (code < 0)
		return code;
	return gate_finder_add(finder, file->place, make, &evidence);
}

/* One kind of file; has either reader. */
struct step {
	enum gate_service_file_kind kind;
	int (*read)(struct gate_finder *finder, const struct gate_service_file *file,
	            const struct gate_blob *blob);
	int (*take)(struct gate_finder *finder, const struct gate_service_file *file);
};

static const struct step strong[] = {
	{ GATE_FILE_COMPOSE, .read = gate_finder_read_compose },
	{ GATE_FILE_DOCKERFILE, .take = take_dockerfile },
	{ GATE_FILE_DEPLOYMENT, .read = read_deployment },
	{ GATE_FILE_CHART, .read = read_chart },
};

static const struct step rest[] = {
	{ GATE_FILE_WORKSPACE, .read = gate_finder_read_workspace },
	{ GATE_FILE_MANIFEST, .take = take_manifest },
};

static int take_file(struct gate_finder *finder, const struct step *step,
                     const struct gate_service_file *file)
{
	GATE_AUTO(gate_blob_release) struct gate_blob blob = { 0 };
	int code;

	if (!step->read)
		return step->take(finder, file);
	code = gate_service_files_read(&blob, &finder->files, &file->id, finder->err);
	if (code < 0)
		return code == GATE_ENOTFOUND ? GATE_OK : code;
	return step->read(finder, file, &blob);
}

static int take_steps(struct gate_finder *finder, const struct step steps[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < finder->files.n; j++) {
			const struct gate_service_file *file = &finder->files.items[j];
			int code = GATE_OK;

			if (file->kinds & steps[i].kind)
				code = take_file(finder, &steps[i], file);
			if (code < 0)
				return code;
		}
	gate_service_list_drop_parts(&finder->list);
	return GATE_OK;
}

static int search(struct gate_found_services *services, const struct gate_snapshot *files,
                  struct gate_error *err)
{
	GATE_AUTO(finder_release)
	struct gate_finder finder = { .arena = &services->arena, .err = err };
	int code;

	finder.files = (struct gate_service_files){ .snapshot = files, .arena = &services->arena };
	finder.list = (struct gate_service_list){ .arena = &services->arena };
	code = gate_service_files_find(&finder.files, err);
	if (code == GATE_OK)
		code = take_steps(&finder, strong, GATE_COUNT(strong));
	finder.weak = finder.list.n < ENOUGH;
	if (code == GATE_OK)
		code = take_steps(&finder, rest, GATE_COUNT(rest));
	if (code == GATE_OK)
		code = gate_service_list_finish(services, &finder.list, err);
	services->read = finder.files.read;
	services->skipped = finder.files.skipped;
	return code;
}

int gate_services_find(struct gate_found_services **out, const struct gate_snapshot *files,
                       struct gate_error *err)
{
	GATE_AUTO(gate_found_services_free)
	struct gate_found_services *services = calloc(1, sizeof(*services));
	int code = services ? search(services, files, err) : gate_fail_memory(err);

	if (code == GATE_OK)
		*out = gate_steal(&services);
	return code;
}

void gate_found_services_free(struct gate_found_services *services)
{
	if (!services)
		return;
	gate_arena_release(&services->arena);
	free(services);
}

const char *gate_service_evidence_name(enum gate_service_evidence_kind kind)
{
	static const char *const names[] = {
		[GATE_SERVICE_COMPOSE] = "compose",     [GATE_SERVICE_DOCKERFILE] = "dockerfile",
		[GATE_SERVICE_WORKLOAD] = "workload",   [GATE_SERVICE_CHART] = "chart",
		[GATE_SERVICE_WORKSPACE] = "workspace", [GATE_SERVICE_MANIFEST] = "manifest",
	};

	return names[kind];
}
