/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Errors: a code to branch on, a message to show, and where in a file it happened.
 *
 * Every function that can fail takes `struct gate_error *err` last and returns GATE_OK or a negative code.  `err` may
 * be NULL.  The message is set where the fact is known; callers pass it on untouched.  It starts in lower case, has no
 * full stop, and puts values from outside in '...'; it may hold any bytes, so whoever prints it escapes it
 * (gate/base/escape.h).  Nothing here allocates.
 *
 * A violated policy is not an error but a verdict (gate/policy/verdict.h).
 */
#ifndef GATE_BASE_ERROR_H
#define GATE_BASE_ERROR_H

#include <stddef.h>

#define GATE_PRINTF(fmt_at, args_at) __attribute__((format(printf, fmt_at, args_at)))

enum gate_code {
	GATE_OK = 0,
	GATE_EUSAGE = -1,    /* the call's words are wrong */
	GATE_ECONFIG = -2,   /* a configuration or input file is wrong; line and column say where */
	GATE_EGIT = -3,      /* the repository cannot be read as asked */
	GATE_EIO = -4,       /* the operating system refused */
	GATE_ENOMEM = -5,    /* out of memory */
	GATE_ENOTFOUND = -6, /* the thing asked for is not there */
	GATE_ECONFLICT = -7, /* somebody else changed or holds it */
	GATE_ELIMIT = -8,    /* a limit of gate/base/limits.h was reached */
};

struct gate_error {
	int code;
	unsigned line, column; /* from 1; 0: no place */
	char file[192];        /* "" when there is none; a longer name keeps its end */
	char message[384];     /* cut at the end when longer */
};

/** Sets `err` and returns `code`. The place is cleared. */
int gate_fail(struct gate_error *err, int code, const char *fmt, ...) GATE_PRINTF(3, 4);

/** As gate_fail, with code GATE_EIO and ": <strerror(errno)>" appended. errno is read first. */
int gate_fail_errno(struct gate_error *err, const char *fmt, ...) GATE_PRINTF(2, 3);

/** The one way to say that memory ran out. Returns GATE_ENOMEM. */
int gate_fail_memory(struct gate_error *err);

/** Adds the place to an error that was just set. `file` may be NULL; line and column count from 1, 0 is unknown. */
void gate_error_at(struct gate_error *err, const char *file, unsigned line, unsigned column);

#endif
