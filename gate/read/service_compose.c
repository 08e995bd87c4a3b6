/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/read/compose.h"
#include "gate/read/place.h"
#include "gate/read/service_finder.h"

#include <sys/stat.h>

struct reading {
	struct gate_finder *finder;
	const struct gate_service_file *file;
	struct gate_blob env; /* own; the text of .env */
	bool env_read;
	size_t builds; /* services that are built here, but for those that generate load */
};

static void reading_release(struct reading *reading)
{
	gate_blob_release(&reading->env);
}
GATE_DEFINE_AUTO_STRUCT(struct reading, reading_release)

static int read_env(struct reading *reading)
{
	struct gate_finder *finder = reading->finder;
	struct gate_oid id;
	uint16_t mode;
	char *path;
	int code = gate_place_join(&path, finder->arena, reading->file->folder,
	                           (struct gate_span){ ".env", 4 }, finder->err);

	if (code == GATE_OK)
		code = gate_finder_mode(&mode, &id, finder, path);
	if (code < 0)
		return code;
	reading->env_read = true;
	if (!S_ISREG(mode))
		return GATE_OK;
	code = gate_service_files_read(&reading->env, &finder->files, &id, finder->err);
	return code == GATE_ENOTFOUND ? GATE_OK : code;
}

/* Each variable is looked for in all of .env. */
static bool is_over_limit(struct reading *reading, struct gate_span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.bytes[i] == '$')
			reading->finder->searched += reading->env.len;
	return reading->finder->searched > GATE_MAX_DISCOVERY_BYTES;
}

/* GATE_ENOTFOUND: a variable has no value. */
static int expand(struct gate_buf *out, struct reading *reading, struct gate_span text)
{
	int code = reading->env_read ? GATE_OK : read_env(reading);
	bool known;

	if (code < 0)
		return code;
	if (is_over_limit(reading, text))
		return GATE_ENOTFOUND;
	known = gate_compose_expand(out, text,
	                            (struct gate_span){ reading->env.bytes, reading->env.len });
	if (gate_buf_failed(out))
		return gate_fail_memory(reading->finder->err);
	return known ? GATE_OK : GATE_ENOTFOUND;
}

/* A path as Compose means it. GATE_ENOTFOUND: a variable has no value, or it is no path in here. */
static int resolve(char **out, struct reading *reading, const char *from, struct gate_span text)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };

	if (text.len && memchr(text.bytes, '$', text.len)) {
		int code = expand(&buf, reading, text);

		if (code < 0)
			return code;
		text = (struct gate_span){ gate_buf_text(&buf), buf.len };
	}
	return gate_place_join(out, reading->finder->arena, from, text, reading->finder->err);
}

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* The folder that a service is built from. GATE_ENOTFOUND: it is not in here, or does not tell services apart. */
static int find_built_from(const char **out, struct reading *reading,
                           const struct gate_compose_service *service)
{
	struct gate_span dockerfile = service->dockerfile;
	char *context, *path, *from;
	int code = resolve(&context, reading, reading->file->folder, service->context);

	if (code < 0)
		return code;
	if (!dockerfile.len)
		dockerfile = (struct gate_span){ "Dockerfile", 10 };
	code = resolve(&path, reading, context, dockerfile);
	if (code < 0)
		return code;
	from = gate_place_parent(reading->finder->arena, path);
	from = from ? gate_place_fold(reading->finder->arena, from) : NULL;
	context = gate_place_fold(reading->finder->arena, context);
	if (!from || !context)
		return gate_fail_memory(reading->finder->err);
	/* A folder of Dockerfiles beside the code is not the code. */
	*out = gate_place_is_home(context) || is_below(from, context) ? from : context;
	return gate_place_is_home(*out) ? GATE_ENOTFOUND : GATE_OK;
}

static int exists(bool *out, struct gate_finder *finder, const char *folder)
{
	struct gate_oid id;
	uint16_t mode;
	int code;

	*out = gate_service_files_program(&finder->files, folder);
	if (*out)
		return GATE_OK;
	code = gate_finder_mode(&mode, &id, finder, folder);
	if (code == GATE_OK)
		*out = S_ISDIR(mode);
	return code;
}

/* NULL: there is none in here. */
static int find_folder(const char **out, struct reading *reading,
                       const struct gate_compose_service *service)
{
	const struct gate_program *program;
	int code = GATE_ENOTFOUND;
	bool there = false;

	*out = NULL;
	if (service->build)
		code = find_built_from(out, reading, service);
	if (code == GATE_OK)
		code = exists(&there, reading->finder, *out);
	if (code < 0 && code != GATE_ENOTFOUND)
		return code;
	if (there)
		return GATE_OK;
	program = gate_service_files_named(&reading->finder->files, service->name.bytes,
	                                   service->name.len);
	*out = program ? program->place : NULL;
	return GATE_OK;
}

static int count_build(const struct gate_compose_service *service, void *payload)
{
	const char *name = service->name.bytes;
	size_t len = service->name.len;
	struct reading *reading = payload;

	reading->builds += service->build && !gate_place_is_load(name, len) &&
	                   !gate_place_is_infrastructure(name, len);
	return 0;
}

/* What generates load belongs to a system that is started together with it: other services are built in the same file. */
static int add_service(const struct gate_compose_service *service, void *payload)
{
	struct reading *reading = payload;
	struct gate_finder *finder = reading->finder;
	const struct gate_service_evidence evidence = { GATE_SERVICE_COMPOSE, reading->file->path,
		                                        service->line };
	const size_t len = service->name.len;
	const char *folder, *name;
	bool load;
	int code;

	if (!service->build && !service->image)
		return GATE_OK;
	name = gate_arena_copy(finder->arena, service->name.bytes, len);
	if (!name)
		return gate_fail_memory(finder->err);
	if (gate_place_is_aside(name) || gate_place_is_infrastructure(name, len))
		return GATE_OK;
	code = find_folder(&folder, reading, service);
	if (code < 0 || !folder || !gate_finder_may_hold(finder, folder))
		return code;
	load = gate_place_is_load(name, len) || gate_finder_is_load(folder);
	return gate_service_list_add(&finder->list, folder, name, !load || reading->builds > 0,
	                             &evidence, finder->err);
}

int gate_finder_read_compose(struct gate_finder *finder, const struct gate_service_file *file,
                             const struct gate_blob *blob)
{
	GATE_AUTO(reading_release) struct reading reading = { .finder = finder, .file = file };

	gate_compose_read(blob->bytes, blob->len, count_build, &reading);
	return gate_compose_read(blob->bytes, blob->len, add_service, &reading);
}
