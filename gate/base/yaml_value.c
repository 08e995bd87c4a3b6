/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the tree that yaml.c builds: keys and typed scalars. */
#include "gate/base/yaml.h"

#include "gate/base/typo.h"

#include <stdarg.h>

const struct gate_yaml *gate_yaml_get(const struct gate_yaml *map, const char *key)
{
	if (map->kind != GATE_YAML_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++)
		if (strcmp(map->keys[i]->text, key) == 0)
			return map->values[i];
	return NULL;
}

int gate_yaml_fail(struct gate_error *err, const struct gate_yaml *node, int code, const char *fmt,
                   ...)
{
	char message[sizeof(err->message)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	gate_fail(err, code, "%s", message);
	gate_error_at(err, node->file, node->line, node->column);
	return code;
}

const char *gate_yaml_kind_name(enum gate_yaml_kind kind)
{
	static const char *const names[] = {
		[GATE_YAML_SCALAR] = "text",
		[GATE_YAML_LIST] = "a list",
		[GATE_YAML_MAP] = "a map",
	};

	return names[kind];
}

static bool is_nothing(const struct gate_yaml *node)
{
	return node->kind == GATE_YAML_SCALAR && node->plain && node->len == 0;
}

static int expected(struct gate_error *err, const struct gate_yaml *node, const char *what,
                    const char *wanted)
{
	if (is_nothing(node))
		return gate_yaml_fail(err, node, GATE_ECONFIG, "%s: expected %s, got nothing", what,
		                      wanted);
	if (node->kind != GATE_YAML_SCALAR)
		return gate_yaml_fail(err, node, GATE_ECONFIG, "%s: expected %s, got %s", what,
		                      wanted, gate_yaml_kind_name(node->kind));
	return gate_yaml_fail(err, node, GATE_ECONFIG, "%s: expected %s, got '%s'", what, wanted,
	                      node->text);
}

int gate_yaml_only_keys(const struct gate_yaml *map, const char *what, const char *const known[],
                        struct gate_error *err)
{
	if (map->kind != GATE_YAML_MAP)
		return expected(err, map, what, "a map");
	for (size_t i = 0; i < map->n; i++) {
		const char *key = map->keys[i]->text;
		const char *nearest;
		size_t k = 0;

		while (known[k] && strcmp(known[k], key) != 0)
			k++;
		if (known[k])
			continue;
		nearest = gate_nearest(key, known);
		if (nearest)
			return gate_yaml_fail(err, map->keys[i], GATE_ECONFIG,
			                      "unknown key '%s' in %s, did you mean '%s'?", key,
			                      what, nearest);
		return gate_yaml_fail(err, map->keys[i], GATE_ECONFIG, "unknown key '%s' in %s",
		                      key, what);
	}
	return GATE_OK;
}

int gate_yaml_text(const char **out, const struct gate_yaml *node, const char *what,
                   struct gate_error *err)
{
	if (node->kind != GATE_YAML_SCALAR || is_nothing(node))
		return expected(err, node, what, "text");
	*out = node->text;
	return GATE_OK;
}

int gate_yaml_bool(bool *out, const struct gate_yaml *node, const char *what,
                   struct gate_error *err)
{
	bool yes = node->kind == GATE_YAML_SCALAR && strcmp(node->text, "true") == 0;

	if (!yes && (node->kind != GATE_YAML_SCALAR || strcmp(node->text, "false") != 0))
		return expected(err, node, what, "true or false");
	*out = yes;
	return GATE_OK;
}

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit no_unit[] = { { "", 1 }, { NULL } };

/* Digits and one of the units behind them. */
static int read_scaled(int64_t *out, const struct gate_yaml *node, const char *what,
                       const struct unit *unit, const char *wanted, struct gate_error *err)
{
	bool large = false;
	int64_t number = 0;
	const char *p;

	if (node->kind != GATE_YAML_SCALAR)
		return expected(err, node, what, wanted);
	for (p = node->text; *p >= '0' && *p <= '9'; p++)
		large = large || __builtin_mul_overflow(number, 10, &number) ||
		        __builtin_add_overflow(number, *p - '0', &number);
	while (unit->name && strcmp(unit->name, p) != 0)
		unit++;
	if (p == node->text || !unit->name)
		return expected(err, node, what, wanted);
	if (large || __builtin_mul_overflow(number, unit->factor, &number))
		return gate_yaml_fail(err, node, GATE_ECONFIG, "%s: '%s' is too large", what,
		                      node->text);
	*out = number;
	return GATE_OK;
}

int gate_yaml_number(int64_t *out, const struct gate_yaml *node, const char *what,
                     struct gate_error *err)
{
	return read_scaled(out, node, what, no_unit, "a number", err);
}

int gate_yaml_bytes(int64_t *out, const struct gate_yaml *node, const char *what,
                    struct gate_error *err)
{
	static const struct unit units[] = {
		{ "", 1 },      { "KiB", 1 << 10 }, { "MiB", 1 << 20 },   { "GiB", 1 << 30 },
		{ "kB", 1000 }, { "MB", 1000000 },  { "GB", 1000000000 }, { NULL },
	};

	return read_scaled(out, node, what, units, "bytes, as 500, 64KiB or 1MiB", err);
}

int gate_yaml_duration(int64_t *out, const struct gate_yaml *node, const char *what,
                       struct gate_error *err)
{
	static const struct unit units[] = {
		{ "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 }, { "w", 604800 }, { NULL },
	};

	return read_scaled(out, node, what, units, "a duration, as 30s, 10m, 12h, 90d or 2w", err);
}

int gate_yaml_percent(int64_t *out, const struct gate_yaml *node, const char *what,
                      struct gate_error *err)
{
	const char *p = node->kind == GATE_YAML_SCALAR ? node->text : "";
	const char *start = p;
	int64_t thousandths = 0;
	bool valid;

	for (; *p >= '0' && *p <= '9'; p++)
		thousandths = thousandths > 1000 ? thousandths : thousandths * 10 + (*p - '0');
	valid = p > start;
	thousandths *= 10;
	if (valid && *p == '.') {
		valid = p[1] >= '0' && p[1] <= '9';
		if (valid) {
			thousandths += p[1] - '0';
			p += 2;
		}
	}
	if (!valid || strcmp(p, "%") != 0 || thousandths > 1000)
		return expected(err, node, what, "0% to 100%, as 15% or 0.5%");
	*out = thousandths;
	return GATE_OK;
}

/* "one of a, b, c" */
static void list_words(char *out, size_t size, const char *const words[])
{
	size_t used = (size_t)snprintf(out, size, "one of ");

	for (size_t i = 0; words[i] && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "", words[i]);
}

int gate_yaml_word(size_t *out, const struct gate_yaml *node, const char *what,
                   const char *const words[], struct gate_error *err)
{
	const char *nearest;
	char wanted[256];

	for (size_t i = 0; node->kind == GATE_YAML_SCALAR && words[i]; i++)
		if (strcmp(words[i], node->text) == 0) {
			*out = i;
			return GATE_OK;
		}
	nearest = node->kind == GATE_YAML_SCALAR ? gate_nearest(node->text, words) : NULL;
	if (nearest)
		return gate_yaml_fail(err, node, GATE_ECONFIG,
		                      "%s: unknown '%s', did you mean '%s'?", what, node->text,
		                      nearest);
	list_words(wanted, sizeof(wanted), words);
	return expected(err, node, what, wanted);
}

int gate_yaml_range(struct gate_range *out, const struct gate_yaml *node, const char *what,
                    struct gate_error *err)
{
	static const char *const known[] = { "min", "max", NULL };
	static const char wanted[] = "a number or { min, max }";
	struct gate_range range = { 0, INT64_MAX };
	const struct gate_yaml *min, *max;
	int code;

	if (node->kind == GATE_YAML_SCALAR) {
		code = read_scaled(&range.min, node, what, no_unit, wanted, err);
		if (code < 0)
			return code;
		*out = (struct gate_range){ range.min, range.min };
		return GATE_OK;
	}
	if (node->kind != GATE_YAML_MAP || node->n == 0)
		return expected(err, node, what, wanted);
	code = gate_yaml_only_keys(node, what, known, err);
	if (code < 0)
		return code;
	min = gate_yaml_get(node, "min");
	max = gate_yaml_get(node, "max");
	if (min)
		code = gate_yaml_number(&range.min, min, "min", err);
	if (code == GATE_OK && max)
		code = gate_yaml_number(&range.max, max, "max", err);
	if (code < 0)
		return code;
	if (range.min > range.max)
		return gate_yaml_fail(err, min, GATE_ECONFIG, "%s: min %s is more than max %s",
		                      what, min->text, max->text);
	*out = range;
	return GATE_OK;
}
