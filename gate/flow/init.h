/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The first .doragate.yml of a repository.
 */
#ifndef GATE_FLOW_INIT_H
#define GATE_FLOW_INIT_H

#include "gate/git/repo.h"

/**
 * Writes .doragate.yml at the root of the work tree from a starter, for a preset, in shadow mode unless `enforce`. GATE_EUSAGE: there is one already, the
 * repository is bare, the preset is unknown. Nothing else is touched. `said` gets a line for what was done.
 */
int gate_init(const struct gate_repo *repo, const char *preset, bool enforce, struct gate_buf *said,
	      struct gate_error *err);

#endif
