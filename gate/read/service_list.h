/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside of gate/read/services.h: the services found so far, one for each folder, and how they get their names.
 */
#ifndef GATE_READ_SERVICE_LIST_H
#define GATE_READ_SERVICE_LIST_H

#include "gate/read/services.h"

/** A service on the way. */
struct gate_found {
	const char *folder; /* without a '/' at its end */
	const char *name;   /* as Compose has it; else NULL */
	size_t id;
};

struct gate_service_list {
	struct gate_arena *arena; /* borrowed; holds all strings */
	struct gate_found *items; /* own; by folder */
	size_t n, cap, next_id;
	struct gate_service_mark *marks; /* own; evidence */
	size_t n_marks, cap_marks;
};

void gate_service_list_release(struct gate_service_list *list);
GATE_DEFINE_AUTO_STRUCT(struct gate_service_list, gate_service_list_release)

/** The service of exactly this folder; NULL: none. Valid until the next is added. */
struct gate_found *gate_service_list_find(const struct gate_service_list *list, const char *folder);

/**
 * Adds evidence to the service of a folder, which is made if it is not there and `make` is set. Strings are borrowed from
 * the arena. `name` (a copy in the arena, or NULL) is what Compose calls it. GATE_ELIMIT, GATE_ENOMEM.
 */
int gate_service_list_add(struct gate_service_list *list, const char *folder, const char *name,
                          bool make, const struct gate_service_evidence *evidence,
                          struct gate_error *err);

/** Removes those within another's folder, which are parts of it: all but those that Compose names, or that stand in services/ and the like. */
void gate_service_list_drop_parts(struct gate_service_list *list);

/** Names them and hands them over, with their evidence; all in the arena. */
int gate_service_list_finish(struct gate_found_services *out, struct gate_service_list *list,
                             struct gate_error *err);

#endif
