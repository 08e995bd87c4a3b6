/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What names of folders and services tell by custom: where services live, what only builds them, and what is none. The
 * words are in one table for each, in place.c. Case does not count.
 */
#ifndef GATE_READ_PLACE_H
#define GATE_READ_PLACE_H

#include "gate/base/memory.h"
#include "gate/read/outline.h"

/** The last name of a path: "cart" of "src/cart". Borrowed. */
const char *gate_place_name(const char *path);

/** The folder that `path` is in, in the arena: "src" of "src/cart", "" for the root. NULL when memory ran out. */
char *gate_place_parent(struct gate_arena *arena, const char *path);

/**
 * `rel` as seen from the folder `from`, without "." and ".."; "" is the root. GATE_ENOTFOUND: it is absolute, an address, or
 * leaves the repository; `err` is left alone. GATE_ENOMEM.
 */
int gate_place_join(char **out, struct gate_arena *arena, const char *from, struct gate_span rel,
                    struct gate_error *err);

/** True for a folder that holds services, by its last name (src, services, apps, ...), and for the root. */
bool gate_place_is_home(const char *path);
/** True when the folder that a path is in is one where what has a manifest is a service: services, apps, cmd, ... */
bool gate_place_in_sure_home(const char *path);
/** True when it is a folder src, which holds services or only the code of one program. */
bool gate_place_in_source(const char *path);

/**
 * The folder of the program that `path` belongs to: without last names that only say how it is built or shipped ("src/cart"
 * for "src/cart/src", "src/cart/chart", "src/cart/docker"). In the arena; NULL when memory ran out.
 */
char *gate_place_fold(struct gate_arena *arena, const char *path);

/** True when a name on the path says test, documentation, example, vendored, generated or tool, or is hidden by a dot. */
bool gate_place_is_aside(const char *path);

/** True for generators of load: part of the system only where it is started together with it. */
bool gate_place_is_load(const char *name, size_t len);
/** True for databases, brokers and tools of observability: of others, even when their image is built here. */
bool gate_place_is_infrastructure(const char *name, size_t len);

/** True when manifests of Kubernetes may be at this path of a YAML file, by its names. */
bool gate_place_is_deployment(const char *path);

#endif
