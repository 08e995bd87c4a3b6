/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/cmd.h"

const struct gate_option gate_common_options[] = {
	{ 'h', "help", NULL, GATE_OPTION_FLAG, offsetof(struct gate_common, help),
	  "show this help" },
	{ 'C', "directory", "DIR", GATE_OPTION_TEXT, offsetof(struct gate_common, dir),
	  "run as if started in DIR" },
	{ 0, "format", "F", GATE_OPTION_TEXT, offsetof(struct gate_common, format),
	  "text (default) or json" },
	{ 0, "output", "F=FILE", GATE_OPTION_LIST, offsetof(struct gate_common, outputs),
	  "write format F to FILE too; may be repeated" },
	{ 0, "color", "WHEN", GATE_OPTION_TEXT, offsetof(struct gate_common, color),
	  "auto (default), always or never" },
	{ 'q', "quiet", NULL, GATE_OPTION_FLAG, offsetof(struct gate_common, quiet),
	  "say only what blocks" },
	{ 0, "now", "TIME", GATE_OPTION_TEXT, offsetof(struct gate_common, now),
	  "the time to judge by, as 2026-01-31T08:00:00Z" },
	{ 0 },
};

/* "-C" and "--format", but not "-Cdir" and "--format=json". */
static bool next_is_value(const char *word)
{
	for (const struct gate_option *option = gate_common_options; option->name; option++) {
		const char letter[] = { '-', option->letter, '\0' };

		if (option->value && ((option->letter && !strcmp(word, letter)) ||
		                      (word[1] == '-' && !strcmp(word + 2, option->name))))
			return true;
	}
	return false;
}

int gate_command_at(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-')
			return i;
		i += next_is_value(argv[i]);
	}
	return 0;
}
