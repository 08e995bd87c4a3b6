/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside of gate/base/pathset.h: how a compiled path pattern looks, and the one function that compiles all kinds.
 *
 * A pattern is a literal prefix and a list of segments. A segment is one folder or file name, described by tokens, or
 * `folders`: zero or more whole names. What gitignore says about slashes is written out as segments when the pattern
 * is compiled (a pattern for any depth begins with `folders`, one that holds all below ends with it), so that
 * matching knows nothing of it.
 */
#ifndef GATE_BASE_GLOB_H
#define GATE_BASE_GLOB_H

#include "gate/base/limits.h"
#include "gate/base/pathset.h"

#define GATE_GLOB_NO_CAPTURE GATE_MAX_CAPTURES

enum gate_glob_op {
	GATE_GLOB_BYTES, /* exactly these */
	GATE_GLOB_ANY,   /* one byte */
	GATE_GLOB_CLASS, /* one byte of a class */
	GATE_GLOB_STAR,  /* `len` bytes or more */
};

struct gate_glob_token {
	enum gate_glob_op op;
	unsigned capture;           /* STAR: where to note it, or GATE_GLOB_NO_CAPTURE */
	size_t len;                 /* BYTES: how many; STAR: at least that many */
	const char *bytes;          /* BYTES */
	const unsigned char *class; /* CLASS: a bit for each byte, 32 bytes */
};

struct gate_glob_segment {
	bool folders;
	unsigned capture;    /* folders: as in a token */
	size_t first, count; /* else: its tokens */
};

struct gate_glob {
	struct gate_arena arena; /* only of a glob made by gate_glob_compile */
	const char *prefix;      /* whole names joined by '/', no '/' at the end */
	size_t prefix_len;
	const struct gate_glob_segment *segments;
	size_t segment_count;
	const struct gate_glob_token *tokens;
	const char *names[GATE_MAX_CAPTURES]; /* of the captures */
	bool folders[GATE_MAX_CAPTURES];      /* which of them are `{x**}` */
	size_t name_count;
};

struct gate_glob_source {
	const char *folder;
	const char *text;
	size_t len;
	size_t start;                     /* offset behind a '!' */
	bool below;                       /* hold what is below too, as in a set */
	const struct gate_captures *puts; /* what `{x}` stands for when `below`; NULL: nothing */
};

/** Compiles into `glob`, whose arena is not touched: what it points to lives in `arena`. */
int gate_glob_build(struct gate_glob *glob, struct gate_arena *arena,
                    const struct gate_glob_source *source, struct gate_error *err);

/** Fails with GATE_ECONFIG at the byte offset `at`. Returns the code. */
int gate_glob_fail(struct gate_error *err, size_t at, const char *fmt, ...) GATE_PRINTF(3, 4);

/**
 * Reads a bracket expression at `text[*at]` ('[') into 32 bytes of bits and moves `*at` behind it. `bits` may be NULL:
 * then it only looks for the end.
 */
int gate_glob_class(unsigned char *bits, const char *text, size_t len, size_t *at,
                    struct gate_error *err);

#endif
