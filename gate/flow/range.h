/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Recording what a branch is while it is there: once it is squashed, only that tells since when it was worked on.
 *
 * The event (`change.updated`, with `customData.dora.range`) follows from the commits alone, its time too, so that whoever records the same range records the same
 * event. No name of a person is in it.
 */
#ifndef GATE_FLOW_RANGE_H
#define GATE_FLOW_RANGE_H

#include "gate/change/change.h"
#include "gate/flow/log.h"

/**
 * Spools what `tip` has beyond the trunk; nothing when the spool has it already. `request`: its number; 0: not known. GATE_ENOTFOUND: it has nothing, or not
 * all of it is in this clone.
 */
int gate_range_record(struct gate_log *log, const struct gate_oid *trunk,
                      const struct gate_oid *tip, uint32_t request, struct gate_error *err);

/** In a CI job for a pull or merge request: records its range. A failure is said as a warning; history that is not here is none. `now` NULL: the clock. */
void gate_range_of_request(const struct gate_change *change, const struct gate_time *now);

/** Branches that a push sends. Zero-initialise. */
struct gate_pushed {
	struct gate_oid tips[32]; /* more are left out: nobody works on so many at once */
	size_t n;
};
/** Adds a branch. `remote_ref`: its full name there; what is no branch, or the default branch of `remote`, is left out. */
void gate_pushed_add(struct gate_pushed *pushed, const struct gate_repo *repo, const char *remote,
                     const char *remote_ref, const struct gate_oid *tip);

/**
 * Records their ranges, where a log is in use here: it is in this clone, something is spooled, or `config` says where it is or that pushes send it. For a detached
 * process: takes as long as it takes.
 */
bool gate_pushed_is_worth(const struct gate_pushed *pushed, const struct gate_repo *repo,
                          const struct gate_config *config);
void gate_pushed_record(const struct gate_pushed *pushed, const struct gate_repo *repo);

#endif
