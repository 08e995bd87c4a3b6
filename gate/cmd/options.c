/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/options.h"

#include "gate/base/escape.h"
#include "gate/base/typo.h"

#define MAX_OPTIONS 64

static int unknown(const char *word, const struct gate_option_group groups[],
                   struct gate_error *err)
{
	const char *names[MAX_OPTIONS + 1] = { NULL };
	const char *near;
	size_t n = 0;

	for (; groups->options; groups++)
		for (const struct gate_option *option = groups->options;
		     option->name && n < MAX_OPTIONS; option++)
			names[n++] = option->name;
	near = word[1] == '-' ? gate_nearest(word + 2, names) : NULL;
	if (near)
		return gate_fail(err, GATE_EUSAGE, "unknown option '%s', did you mean '--%s'?",
		                 word, near);
	return gate_fail(err, GATE_EUSAGE, "unknown option '%s'", word);
}

/* JSON would get U+FFFD in place of what is no UTF-8, and nobody would be told. */
static int check_kept(const struct gate_option *option, const char *value, struct gate_error *err)
{
	const size_t len = strlen(value);

	if (!len)
		return gate_fail(err, GATE_EUSAGE, "--%s is empty: it takes %s", option->name,
		                 option->value);
	for (size_t at = 0, n; at < len; at += n) {
		n = gate_utf8_next(value + at, len - at, NULL);
		if (!n)
			return gate_fail(err, GATE_EUSAGE, "--%s is no UTF-8 at byte %zu: '%s'",
			                 option->name, at + 1, value);
	}
	return GATE_OK;
}

static int store(const struct gate_option *option, void *to, const char *value,
                 struct gate_error *err)
{
	void *at = (char *)to + option->offset;
	struct gate_option_list *list = at;
	int code;

	switch (option->type) {
	case GATE_OPTION_FLAG:
		*(bool *)at = true;
		break;
	case GATE_OPTION_TEXT:
		*(const char **)at = value;
		break;
	case GATE_OPTION_KEPT:
		code = check_kept(option, value, err);
		if (code < 0)
			return code;
		*(const char **)at = value;
		break;
	case GATE_OPTION_LIST:
		if (list->n == GATE_OPTION_LIST_MAX)
			return gate_fail(err, GATE_EUSAGE, "--%s is given more than %d times",
			                 option->name, GATE_OPTION_LIST_MAX);
		list->items[list->n++] = value;
		break;
	}
	return GATE_OK;
}

static const struct gate_option *find(const struct gate_option_group groups[], char letter,
                                      const char *name, size_t len, void **to)
{
	for (; groups->options; groups++)
		for (const struct gate_option *option = groups->options; option->name; option++)
			if (name ? strlen(option->name) == len && !strncmp(option->name, name, len)
			         : option->letter == letter) {
				*to = groups->to;
				return option;
			}
	return NULL;
}

/* One option; `next` is the word behind it, *used says whether it was its value. */
static int parse_one(const char *word, const char *next, bool *used,
                     const struct gate_option_group groups[], struct gate_error *err)
{
	bool is_long = word[1] == '-';
	const char *equals = is_long ? strchr(word, '=') : NULL;
	const char *value = equals ? equals + 1 : !is_long && word[2] ? word + 2 : NULL;
	const struct gate_option *option;
	void *to = NULL;

	*used = false;
	if (is_long)
		option = find(groups, 0, word + 2,
		              equals ? (size_t)(equals - word) - 2 : strlen(word + 2), &to);
	else
		option = find(groups, word[1], NULL, 0, &to);
	if (!option)
		return unknown(word, groups, err);
	if (option->type == GATE_OPTION_FLAG) {
		if (value)
			return gate_fail(err, GATE_EUSAGE, "--%s takes no value", option->name);
		return store(option, to, NULL, err);
	}
	if (!value) {
		if (!next)
			return gate_fail(err, GATE_EUSAGE, "--%s needs a value: %s", option->name,
			                 option->value);
		value = next;
		*used = true;
	}
	return store(option, to, value, err);
}

int gate_options_parse(int *rest, int argc, char *argv[], const struct gate_option_group groups[],
                       struct gate_error *err)
{
	int n = 0;

	for (int i = 1; i < argc; i++) {
		bool used;
		int code;

		if (!strcmp(argv[i], "--")) {
			while (++i < argc)
				argv[1 + n++] = argv[i];
			break;
		}
		if (argv[i][0] != '-' || !argv[i][1]) {
			argv[1 + n++] = argv[i];
			continue;
		}
		code = parse_one(argv[i], i + 1 < argc ? argv[i + 1] : NULL, &used, groups, err);
		if (code < 0)
			return code;
		i += used;
	}
	*rest = n;
	return GATE_OK;
}

void gate_option_print(FILE *out, const struct gate_option *option)
{
	char left[64];

	snprintf(left, sizeof(left), "%c%c%s--%s%s%s", option->letter ? '-' : ' ',
	         option->letter ? option->letter : ' ', option->letter ? ", " : "  ", option->name,
	         option->value ? " " : "", option->value ? option->value : "");
	fprintf(out, "  %-28s%s%s\n", left, strlen(left) > 27 ? " " : "", option->help);
}

void gate_options_print(FILE *out, const struct gate_option *options)
{
	for (const struct gate_option *option = options; option->name; option++)
		gate_option_print(out, option);
}
