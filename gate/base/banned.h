/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Functions that must not be used, turned into compile errors.  Included before every source file by the build.
 *
 * The system headers that declare them come first, since a poisoned name may not be declared any more.
 */
#ifndef GATE_BASE_BANNED_H
#define GATE_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * strcpy and its kin: no bounds.  strtok, gmtime, localtime: one hidden buffer for the whole process.  atoi: no
 * errors.  system, popen: a shell.
 */
#pragma GCC poison strcpy strcat sprintf vsprintf strtok gmtime localtime atoi system popen

#endif
