/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside of gate/read/services.h: one search, and what the readers of each kind of file add to it.
 */
#ifndef GATE_READ_SERVICE_FINDER_H
#define GATE_READ_SERVICE_FINDER_H

#include "gate/read/service_files.h"
#include "gate/read/service_list.h"

struct gate_finder {
	struct gate_arena *arena; /* borrowed; what is found lives in it */
	struct gate_service_files files;
	struct gate_service_list list;
	size_t members;  /* of workspaces, so far */
	size_t searched; /* bytes of .env files, for variables */
	bool weak;       /* weak evidence makes services too */
	struct gate_error *err;
};

/** True when a folder can be a service's, whatever says so. */
bool gate_finder_may_hold(const struct gate_finder *finder, const char *folder);

/** True when the name of a folder says that it generates load. */
bool gate_finder_is_load(const char *folder);

/**
 * Evidence for the service of a folder; nothing when no service can be there. `make`: it is one from now on, unless it only
 * generates load.
 */
int gate_finder_add(struct gate_finder *finder, const char *folder, bool make,
                    const struct gate_service_evidence *evidence);

/** True when the package of a manifest is a program. */
int gate_finder_runs(bool *out, struct gate_finder *finder, const struct gate_service_file *file);

/** Whether there is a file or folder, by its mode; 0: none. */
int gate_finder_mode(uint16_t *mode, struct gate_oid *id, struct gate_finder *finder,
                     const char *path);

/** The readers of one file. */
int gate_finder_read_compose(struct gate_finder *finder, const struct gate_service_file *file,
                             const struct gate_blob *blob);
int gate_finder_read_workspace(struct gate_finder *finder, const struct gate_service_file *file,
                               const struct gate_blob *blob);

#endif
