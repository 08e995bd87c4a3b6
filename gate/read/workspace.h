/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The members that the root file of a workspace names: npm and yarn, pnpm, Go, Cargo, Gradle, Maven.
 *
 * The readers know no more of a format than where the names stand. Nothing is an error: what is not understood is no member.
 */
#ifndef GATE_READ_WORKSPACE_H
#define GATE_READ_WORKSPACE_H

#include "gate/read/outline.h"

/**
 * A member as written: a folder, often a pattern ("packages/?"), relative to the file's folder; Gradle parts folders by ':'.
 * The bytes are borrowed from the file. Non-zero stops the reading and is returned.
 */
typedef int gate_member_fn(struct gate_span member, unsigned line, void *payload);

/** True when files of this name, without folders, can be the root of a workspace. */
bool gate_workspace_is_root(const char *name);

/** Calls `fn` for each member that the file names. Zero for a name that gate_workspace_is_root does not know. */
int gate_workspace_members(const char *name, const char *bytes, size_t len, gate_member_fn *fn,
                           void *payload);

#endif
