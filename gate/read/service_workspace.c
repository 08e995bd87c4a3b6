/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/pathset.h"
#include "gate/read/place.h"
#include "gate/read/service_finder.h"
#include "gate/read/workspace.h"

/* Members that are looked for, each among all manifests; those that are patterns take longer. */
#define MAX_MEMBERS 5000
#define MAX_PATTERNS 200

struct reading {
	struct gate_finder *finder;
	const struct gate_service_file *file;
	size_t patterns;
};

static int add_member(struct reading *reading, const struct gate_service_file *manifest,
                      unsigned line)
{
	const struct gate_service_evidence evidence = { GATE_SERVICE_WORKSPACE, reading->file->path,
		                                        line };
	struct gate_finder *finder = reading->finder;
	bool program = false;

	if (finder->weak && !gate_service_list_find(&finder->list, manifest->place)) {
		int code = gate_finder_runs(&program, finder, manifest);

		if (code < 0)
			return code;
	}
	return gate_finder_add(finder, manifest->place, program, &evidence);
}

/* `glob` NULL: the member is the folder itself. */
static int add_members(struct reading *reading, const char *folder, const struct gate_glob *glob,
                       unsigned line)
{
	const struct gate_service_files *files = &reading->finder->files;
	int code = GATE_OK;

	for (size_t i = 0; i < files->n && code == GATE_OK; i++) {
		const struct gate_service_file *file = &files->items[i];

		if (!(file->kinds & GATE_FILE_MANIFEST))
			continue;
		if (glob ? gate_glob_match(glob, file->folder, strlen(file->folder), NULL)
		         : strcmp(file->folder, folder) == 0)
			code = add_member(reading, file, line);
	}
	return code;
}

/* The folder or pattern as seen from the root, with a '/' in front. GATE_ENOTFOUND: it is none. */
static int resolve(char **out, struct reading *reading, struct gate_span member)
{
	struct gate_finder *finder = reading->finder;
	char *written = gate_arena_copy(finder->arena, member.bytes, member.len), *path;
	int code;

	if (!written)
		return gate_fail_memory(finder->err);
	for (char *p = written; *p; p++)
		if (*p == ':')
			*p = '/';
	while (*written == '/')
		written++;
	code = gate_place_join(&path, finder->arena, reading->file->folder,
	                       (struct gate_span){ written, strlen(written) }, finder->err);
	if (code < 0 || !*path)
		return code < 0 ? code : GATE_ENOTFOUND;
	*out = gate_arena_alloc(finder->arena, strlen(path) + 2);
	if (!*out)
		return gate_fail_memory(finder->err);
	**out = '/';
	memcpy(*out + 1, path, strlen(path));
	return GATE_OK;
}

/* Members that are taken out again ("!packages/old") are not known: a program is one there too. */
static int take_member(struct gate_span member, unsigned line, void *payload)
{
	GATE_AUTO(gate_glob_free) struct gate_glob *glob = NULL;
	struct reading *reading = payload;
	struct gate_finder *finder = reading->finder;
	char *path;
	int code;

	if (*member.bytes == '!')
		return GATE_OK;
	code = finder->members++ < MAX_MEMBERS ? resolve(&path, reading, member) : GATE_ENOTFOUND;
	if (code < 0)
		return code == GATE_ENOTFOUND ? GATE_OK : code;
	if (!strpbrk(path, "*?[{\\"))
		return add_members(reading, path + 1, NULL, line);
	if (reading->patterns++ >= MAX_PATTERNS)
		return GATE_OK;
	code = gate_glob_compile(&glob, "", path, strlen(path), NULL);
	if (code == GATE_ENOMEM)
		return gate_fail_memory(finder->err);
	return code < 0 ? GATE_OK : add_members(reading, NULL, glob, line);
}

int gate_finder_read_workspace(struct gate_finder *finder, const struct gate_service_file *file,
                               const struct gate_blob *blob)
{
	struct reading reading = { .finder = finder, .file = file };

	return gate_workspace_members(gate_place_name(file->path), blob->bytes, blob->len,
	                              take_member, &reading);
}
