/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/glob.h"

/* Ranges of ASCII, whatever the locale says. */
static const struct {
	const char *name;
	unsigned char ranges[8]; /* pairs, first and last */
} named_classes[] = {
	{ "alnum", { '0', '9', 'A', 'Z', 'a', 'z' } },
	{ "alpha", { 'A', 'Z', 'a', 'z' } },
	{ "blank", { '\t', '\t', ' ', ' ' } },
	{ "cntrl", { 1, 31, 127, 127 } },
	{ "digit", { '0', '9' } },
	{ "graph", { 33, 126 } },
	{ "lower", { 'a', 'z' } },
	{ "print", { 32, 126 } },
	{ "punct", { 33, 47, 58, 64, 91, 96, 123, 126 } },
	{ "space", { '\t', '\r', ' ', ' ' } },
	{ "upper", { 'A', 'Z' } },
	{ "xdigit", { '0', '9', 'A', 'F', 'a', 'f' } },
};

static void add_range(unsigned char *bits, unsigned first, unsigned last)
{
	for (unsigned c = first; bits && c <= last; c++)
		bits[c / 8] = (unsigned char)(bits[c / 8] | 1u << c % 8);
}

/* At "[:" inside a bracket: false when no ":]" ends the name, so that the '[' is a byte like others. */
static bool find_name(const char *text, size_t len, size_t at, size_t *end)
{
	const char *close = memchr(text + at + 2, ']', len - at - 2);

	if (!close || close[-1] != ':' || close < text + at + 3)
		return false;
	*end = (size_t)(close - text) + 1;
	return true;
}

static int add_named(unsigned char *bits, const char *text, size_t at, size_t end,
                     struct gate_error *err)
{
	const char *name = text + at + 2;
	size_t len = end - at - 4;

	for (size_t i = 0; i < GATE_COUNT(named_classes); i++) {
		const unsigned char *ranges = named_classes[i].ranges;

		if (strlen(named_classes[i].name) != len ||
		    memcmp(named_classes[i].name, name, len) != 0)
			continue;
		for (size_t k = 0; k < sizeof(named_classes[i].ranges) && ranges[k]; k += 2)
			add_range(bits, ranges[k], ranges[k + 1]);
		return GATE_OK;
	}
	return gate_glob_fail(err, at, "unknown class '%.*s'", (int)(end - at), text + at);
}

/* One byte of a class, which a backslash may protect. */
static bool next_byte(unsigned *byte, const char *text, size_t len, size_t *at)
{
	if (*at < len && text[*at] == '\\')
		++*at;
	if (*at >= len)
		return false;
	*byte = (unsigned char)text[(*at)++];
	return true;
}

static int not_closed(struct gate_error *err, size_t at)
{
	return gate_glob_fail(err, at, "'[' is not closed");
}

int gate_glob_class(unsigned char *bits, const char *text, size_t len, size_t *at,
                    struct gate_error *err)
{
	size_t open = *at, i = open + 1;
	bool negated = i < len && (text[i] == '!' || text[i] == '^');
	size_t first = negated ? i + 1 : i;

	if (bits)
		memset(bits, 0, 32);
	for (i = first; i < len && (text[i] != ']' || i == first);) {
		unsigned from, to;
		size_t end;

		if (text[i] == '[' && i + 1 < len && text[i + 1] == ':' &&
		    find_name(text, len, i, &end)) {
			int code = add_named(bits, text, i, end, err);

			if (code < 0)
				return code;
			i = end;
			continue;
		}
		if (!next_byte(&from, text, len, &i))
			return not_closed(err, open);
		to = from;
		if (i + 1 < len && text[i] == '-' && text[i + 1] != ']') {
			size_t dash = i++;

			if (!next_byte(&to, text, len, &i))
				return not_closed(err, open);
			if (to < from)
				return gate_glob_fail(err, dash, "the range '%c-%c' is backwards",
				                      (int)from, (int)to);
		}
		add_range(bits, from, to);
	}
	if (i >= len)
		return not_closed(err, open);
	for (size_t k = 0; bits && negated && k < 32; k++)
		bits[k] = (unsigned char)~bits[k];
	*at = i + 1;
	return GATE_OK;
}
