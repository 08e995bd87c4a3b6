/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which file systems a log file may be on: locks must keep out every writer, also those on other machines, and an append must not be lost to another.
 */
#ifndef GATE_LOG_FILESYSTEM_H
#define GATE_LOG_FILESYSTEM_H

#include "gate/base/error.h"

#include <sys/types.h>

/** GATE_EUSAGE naming the file system of `path`, which is there, when it is none to rely on. */
int gate_filesystem_check(const char *path, struct gate_error *err);

/**
 * What gate_filesystem_check decides by. `type` is f_type of statfs, `mountinfo` the text of /proc/self/mountinfo, where the version of NFS on `dev` is looked up.
 * NULL: good; else the name of what it is, valid until the next call.
 */
const char *gate_filesystem_doubt(unsigned long type, dev_t dev, const char *mountinfo);

#endif
