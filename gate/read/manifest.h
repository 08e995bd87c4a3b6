/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Files by which package managers know a package, and whether such a package is a program or a library.
 */
#ifndef GATE_READ_MANIFEST_H
#define GATE_READ_MANIFEST_H

#include "gate/read/outline.h"

/** True for a name, without folders, as package.json, go.mod, pom.xml, Cart.csproj. */
bool gate_manifest_is(const char *name);

/** The file beside the manifest that makes it a program whatever it says itself, as "main.go"; NULL: none does. */
const char *gate_manifest_main(const char *name);

/** True when what the manifest says makes a program. Where it cannot say, as requirements.txt, it is taken for one. */
bool gate_manifest_runs(const char *name, const char *bytes, size_t len);

#endif
