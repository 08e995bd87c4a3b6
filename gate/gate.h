/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The public interface of libdoragate: what other programs may rely on.
 *
 * Nothing else of the library is exported; the headers in the folders beside this one are internal and change without
 * notice.  The interface grows only by what was asked for, and every function of it is marked GATE_API.
 */
#ifndef GATE_GATE_H
#define GATE_GATE_H

#include "gate/version.h"

#define GATE_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

/** The version of the library that runs, "MAJOR.MINOR.PATCH"; GATE_VERSION is the one compiled against. */
GATE_API const char *gate_version(void);

#ifdef __cplusplus
}
#endif

#endif
