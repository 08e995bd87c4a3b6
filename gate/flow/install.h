/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Hooks in and out of a repository. Installing stands beside what was there and never overwrites; uninstalling restores it byte for byte.
 *
 * The hook file becomes a shim (a short POSIX shell script that says whose it is); what was there is renamed to `<hook>.before-doragate` and
 * called by the shim with the same arguments and standard input. Nothing outside the repository's own hooks folder is touched: where
 * core.hooksPath leads elsewhere, the lines to add by hand are given instead.
 */
#ifndef GATE_FLOW_INSTALL_H
#define GATE_FLOW_INSTALL_H

#include "gate/git/repo.h"

/** The folder of the programs that users do not call by name, this one too: "<prefix>/libexec/doragate". Appends to `out`. */
int gate_exec_path(struct gate_buf *out, struct gate_error *err);

/**
 * Installs every hook. `said` gets a line for each thing done, and what the user should know. GATE_EUSAGE: core.hooksPath leads out of the
 * repository's own folder; the message says so and `said` holds the lines to add.
 */
int gate_hooks_install(const struct gate_repo *repo, struct gate_buf *said, struct gate_error *err);

/** Takes out what install put in. A file that is not ours any more is left alone, and said. */
int gate_hooks_uninstall(const struct gate_repo *repo, struct gate_buf *said,
                         struct gate_error *err);

#endif
