/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside of gate/read/services.h: the files of a state that may tell of services, and the folders of programs among them.
 */
#ifndef GATE_READ_SERVICE_FILES_H
#define GATE_READ_SERVICE_FILES_H

#include "gate/git/snapshot.h"

/** What a file may be, by its name and place; one may be several. */
enum gate_service_file_kind {
	GATE_FILE_COMPOSE = 1,
	GATE_FILE_DOCKERFILE = 2,
	GATE_FILE_DEPLOYMENT = 4,
	GATE_FILE_CHART = 8,
	GATE_FILE_WORKSPACE = 16,
	GATE_FILE_MANIFEST = 32,
};

struct gate_service_file {
	const char *path, *folder, *place; /* place: its folder, folded (gate/read/place.h) */
	unsigned kinds;
	size_t depth; /* folders that it is in */
	struct gate_oid id;
};

/** A folder, not the root, that has a Dockerfile or a manifest. */
struct gate_program {
	const char *place;
	bool infrastructure; /* its image is that of a database or the like */
};

struct gate_service_files {
	const struct gate_snapshot *snapshot; /* borrowed */
	struct gate_arena *arena;             /* borrowed; holds the paths */
	struct gate_service_file *items;      /* own; those in few folders first, then by path */
	size_t n, cap;
	struct gate_program *programs; /* own; by place */
	size_t n_programs;
	struct program_name *names; /* own */
	size_t n_names, cap_names;
	size_t read, skipped, bytes;
};

/** Lists them, and reads the Dockerfiles. */
int gate_service_files_find(struct gate_service_files *files, struct gate_error *err);
void gate_service_files_release(struct gate_service_files *files);
GATE_DEFINE_AUTO_STRUCT(struct gate_service_files, gate_service_files_release)

/** Reads one. GATE_ENOTFOUND, with `err` left alone: it cannot be read, which is counted. GATE_ENOMEM, GATE_EGIT. */
int gate_service_files_read(struct gate_blob *blob, struct gate_service_files *files,
                            const struct gate_oid *id, struct gate_error *err);

/** The program at a place; NULL: none. */
const struct gate_program *gate_service_files_program(const struct gate_service_files *files,
                                                      const char *place);

/**
 * The program that a name means: its folder has that name, or ends with '-' and it, for a name that has a '-' itself
 * ("customers-service" is "petclinic-customers-service"). Of several the one in few folders. NULL: none.
 */
const struct gate_program *gate_service_files_named(const struct gate_service_files *files,
                                                    const char *name, size_t len);

#endif
