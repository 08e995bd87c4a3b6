/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GATE_VERSION_H
#define GATE_VERSION_H

/** The version of this program; CMakeLists.txt reads it from here. */
#define GATE_VERSION "0.1.0"

#endif
