/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Options of commands, as tables: one row gives parsing, `-h` and completion.
 *
 * GNU style: `-C DIR`, `-CDIR`, `--base REV`, `--base=REV`; `--` ends options. A long option may not be shortened.
 */
#ifndef GATE_CMD_OPTIONS_H
#define GATE_CMD_OPTIONS_H

#include "gate/base/memory.h"

enum gate_option_type {
	GATE_OPTION_FLAG, /* bool */
	GATE_OPTION_TEXT, /* const char *; the last one counts */
	GATE_OPTION_KEPT, /* the same, for what is written down: not empty, and UTF-8 */
	GATE_OPTION_LIST, /* struct gate_option_list */
};

#define GATE_OPTION_LIST_MAX 32

/** Values of an option that may be repeated; NULL-terminated. */
struct gate_option_list {
	const char *items[GATE_OPTION_LIST_MAX + 1];
	size_t n;
};

struct gate_option {
	char letter;       /* 0: none */
	const char *name;  /* without the dashes */
	const char *value; /* name of its value for -h; NULL: a flag */
	enum gate_option_type type;
	size_t offset;
	const char *help;
};

/** One table with the struct it writes to. */
struct gate_option_group {
	const struct gate_option *options; /* ends with a row without name */
	void *to;
};

/**
 * Parses argv[1..]. What is no option is moved to the front of argv, from argv[1] on; `*rest` counts them. GATE_EUSAGE: unknown (with the nearest), a value
 * missing or not wanted, empty or not UTF-8 where it is kept, too many. `groups` ends with one without options.
 */
int gate_options_parse(int *rest, int argc, char *argv[], const struct gate_option_group groups[],
                       struct gate_error *err);

/** "  -C, --directory DIR   help" */
void gate_option_print(FILE *out, const struct gate_option *option);
/** A line each. */
void gate_options_print(FILE *out, const struct gate_option *options);

#endif
