/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree is built from libyaml's events without recursion. Children of open lists and maps wait on one stack,
 * `pending`; those of the innermost are on top, so that closing it moves them into an array of the arena. In a map they
 * are key, value, key, value.
 */
#include "gate/base/yaml.h"

#include "gate/base/escape.h"
#include "gate/base/limits.h"

#include <assert.h>
#include <yaml.h>

struct gate_yaml_doc {
	struct gate_arena arena; /* holds all that follows */
	const char *file;
	struct gate_yaml *root;
};

struct reader {
	struct gate_yaml_doc *doc;
	const char *bytes; /* valid UTF-8, without a byte order mark */
	size_t len, characters;
	yaml_parser_t parser;
	struct gate_yaml **pending; /* own */
	size_t n_pending, cap;
	struct {
		struct gate_yaml *node;
		size_t first; /* its first child in pending */
	} open[GATE_MAX_YAML_DEPTH];
	size_t depth, nodes, documents;
};

static void reader_release(struct reader *r)
{
	yaml_parser_delete(&r->parser);
	free(r->pending);
}

GATE_DEFINE_AUTO_STRUCT(struct reader, reader_release)
GATE_DEFINE_AUTO_STRUCT(yaml_event_t, yaml_event_delete)

/* At the end libyaml counts one line more than there is. */
static void find_place(unsigned *line, unsigned *column, const struct reader *r, yaml_mark_t mark)
{
	if (mark.index >= r->characters) {
		gate_utf8_place(line, column, r->bytes, r->len, r->len);
		return;
	}
	*line = (unsigned)mark.line + 1;
	*column = (unsigned)mark.column + 1;
}

/* Gives an error that was just set its place. Returns its code. */
static int at_mark(const struct reader *r, yaml_mark_t mark, struct gate_error *err)
{
	unsigned line, column;

	find_place(&line, &column, r, mark);
	gate_error_at(err, r->doc->file, line, column);
	return GATE_ECONFIG;
}

static int at_offset(const struct gate_yaml_doc *doc, const char *bytes, size_t len, size_t offset,
                     struct gate_error *err)
{
	unsigned line, column;

	gate_utf8_place(&line, &column, bytes, len, offset);
	gate_error_at(err, doc->file, line, column);
	return GATE_ECONFIG;
}

/* Before libyaml sees them, since it gives no line for what it cannot decode. */
static int check_bytes(const struct gate_yaml_doc *doc, const char *bytes, size_t len,
                       struct gate_error *err)
{
	if (len > GATE_MAX_YAML_BYTES) {
		gate_fail(err, GATE_ECONFIG, "file has %zu bytes, more than the limit of %zu", len,
		          GATE_MAX_YAML_BYTES);
		return at_offset(doc, bytes, len, 0, err);
	}
	if (len >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0)) {
		gate_fail(err, GATE_ECONFIG, "file is UTF-16: save it as UTF-8");
		return at_offset(doc, bytes, len, 0, err);
	}
	for (size_t i = 0; i < len;) {
		uint32_t point = 0;
		size_t n = gate_utf8_next(bytes + i, len - i, &point);

		if (!n) {
			gate_fail(err, GATE_ECONFIG, "invalid UTF-8: byte 0x%02x",
			          (unsigned char)bytes[i]);
			return at_offset(doc, bytes, len, i, err);
		}
		/* What YAML 1.1 calls printable. */
		if ((gate_utf8_control(point) && !(point && strchr("\t\n\r", (int)point)) &&
		     point != 0x85) ||
		    point == 0xfffe || point == 0xffff) {
			gate_fail(err, GATE_ECONFIG, "character U+%04X is not allowed", point);
			return at_offset(doc, bytes, len, i, err);
		}
		i += n;
	}
	return GATE_OK;
}

/* The bytes at a mark; marks count characters. */
static size_t mark_offset(const struct reader *r, yaml_mark_t mark)
{
	size_t offset = 0;

	for (size_t i = 0; i < mark.index && offset < r->len; i++)
		offset += gate_utf8_next(r->bytes + offset, r->len - offset, NULL);
	return offset;
}

/* How far a word goes that somebody forgot to quote, as "*.{c,h}" or "!src/x" in "[!src/x, y]". */
static size_t word_length(const char *bytes, size_t len)
{
	const size_t longest = 100;
	size_t open = 0, i = 0;

	while (i < len && i < longest) {
		size_t n = gate_utf8_next(bytes + i, len - i, NULL);
		char c = bytes[i];

		if (strchr(" \t\r\n", c) || (open == 0 && strchr(",]}", c)))
			break;
		if (c == '{' || c == '[')
			open++;
		if (c == '}' || c == ']')
			open--;
		i += n;
	}
	return i;
}

/* Fails when a mark is at a character by which YAML means something that people do not: they meant text. */
static int refuse_indicator(const struct reader *r, yaml_mark_t mark, struct gate_error *err)
{
	static const struct {
		char c;
		const char *text;
	} indicators[] = {
		{ '*', "is a YAML alias: quote it" },
		{ '&', "is a YAML anchor: quote it" },
		{ '!', "is a YAML tag: quote it" },
		{ '@', "starts with a character that YAML reserves: quote it" },
		{ '`', "starts with a character that YAML reserves: quote it" },
		{ '%', "starts with a character that YAML reserves: quote it" },
	};
	size_t offset = mark_offset(r, mark);
	const char *word = r->bytes + offset;
	int len = (int)word_length(word, r->len - offset);

	if (len == 0)
		return GATE_OK;
	if (*word == '%' && mark.column == 0) {
		gate_fail(err, GATE_ECONFIG, "'%.*s' is a YAML directive: not supported", len,
		          word);
		return at_mark(r, mark, err);
	}
	for (size_t i = 0; i < GATE_COUNT(indicators); i++)
		if (*word == indicators[i].c) {
			gate_fail(err, GATE_ECONFIG, "'%.*s' %s", len, word, indicators[i].text);
			return at_mark(r, mark, err);
		}
	return GATE_OK;
}

/* What libyaml says is wrong is what it waited for; this is what people did. */
static const char *mend_of(const char *problem)
{
	static const struct {
		const char *problem, *mend;
	} known[] = {
		{ "mapping values are not allowed in this context",
		  "; mend the indentation, or quote text that holds ': '" },
		{ "did not find expected key",
		  "; mend the indentation, or quote the whole of the value" },
		{ "did not find expected '-' indicator", "; mend the indentation" },
		{ "did not find expected ',' or '}'",
		  "; close it, or quote a value that holds one of , : [ ] { }" },
		{ "did not find expected ',' or ']'",
		  "; close it, or quote a value that holds one of , : [ ] { }" },
		{ "found unknown escape character",
		  "; a pattern with '\\' goes between single quotes" },
	};

	for (size_t i = 0; i < GATE_COUNT(known); i++)
		if (!strcmp(problem, known[i].problem))
			return known[i].mend;
	return "";
}

/* A tab where the line starts, or where libyaml says so. */
static bool is_tab(const struct reader *r, size_t start, size_t problem)
{
	return !strcmp(r->parser.problem, "found a tab character that violates indentation") ||
	       (start == problem && start < r->len && r->bytes[start] == '\t');
}

/* libyaml has refused the text. */
static int syntax_error(const struct reader *r, struct gate_error *err)
{
	const yaml_parser_t *parser = &r->parser;
	bool scanner = parser->error == YAML_SCANNER_ERROR;
	size_t start = mark_offset(r, parser->context_mark);
	size_t problem = mark_offset(r, parser->problem_mark);
	int code;

	if (parser->error == YAML_MEMORY_ERROR)
		return gate_fail_memory(err);
	code = refuse_indicator(r, scanner ? parser->context_mark : parser->problem_mark, err);
	if (code < 0)
		return code;
	if (scanner && is_tab(r, start, problem)) {
		gate_fail(err, GATE_ECONFIG, "a tab cannot indent: use spaces");
		return at_mark(r, parser->problem_mark, err);
	}
	if (scanner && problem == r->len && start < r->len &&
	    (r->bytes[start] == '"' || r->bytes[start] == '\'')) {
		gate_fail(err, GATE_ECONFIG, "quoted text is not closed");
		return at_mark(r, parser->context_mark, err);
	}
	gate_fail(err, GATE_ECONFIG, "no valid YAML: %s%s", parser->problem,
	          mend_of(parser->problem));
	return at_mark(r, parser->problem_mark, err);
}

static bool at_key(const struct reader *r)
{
	return r->depth > 0 && r->open[r->depth - 1].node->kind == GATE_YAML_MAP &&
	       (r->n_pending - r->open[r->depth - 1].first) % 2 == 0;
}

/* A new node as the next child of the innermost open one, or as the root. */
static int add_node(struct gate_yaml **out, struct reader *r, enum gate_yaml_kind kind,
                    yaml_mark_t mark, struct gate_error *err)
{
	struct gate_yaml *node;

	if (kind != GATE_YAML_SCALAR && at_key(r)) {
		gate_fail(err, GATE_ECONFIG, "a key must be text, not %s",
		          gate_yaml_kind_name(kind));
		return at_mark(r, mark, err);
	}
	if (++r->nodes > GATE_MAX_YAML_NODES) {
		gate_fail(err, GATE_ECONFIG, "more than %d nodes", GATE_MAX_YAML_NODES);
		return at_mark(r, mark, err);
	}
	if (gate_grow(&r->pending, &r->cap, r->n_pending + 1, sizeof(*r->pending), err) < 0)
		return GATE_ENOMEM;
	node = gate_arena_alloc(&r->doc->arena, sizeof(*node));
	if (!node)
		return gate_fail_memory(err);
	node->kind = kind;
	find_place(&node->line, &node->column, r, mark);
	node->file = r->doc->file;
	if (r->depth == 0)
		r->doc->root = node;
	else
		r->pending[r->n_pending++] = node;
	*out = node;
	return GATE_OK;
}

static int add_scalar(struct reader *r, const yaml_event_t *event, struct gate_error *err)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	struct gate_yaml *node;
	int code;

	if (memchr(text, '\0', len)) {
		gate_fail(err, GATE_ECONFIG, "text holds a NUL");
		return at_mark(r, event->start_mark, err);
	}
	if (plain && at_key(r) && strcmp(text, "<<") == 0) {
		gate_fail(err, GATE_ECONFIG, "'<<' is a YAML merge key: write the keys out");
		return at_mark(r, event->start_mark, err);
	}
	code = add_node(&node, r, GATE_YAML_SCALAR, event->start_mark, err);
	if (code < 0)
		return code;
	/* "---" with nothing behind it is an empty file as well. */
	if (r->depth == 0 && plain && len == 0) {
		node->kind = GATE_YAML_MAP;
		return GATE_OK;
	}
	node->text = gate_arena_copy(&r->doc->arena, text, len);
	if (!node->text)
		return gate_fail_memory(err);
	node->len = len;
	node->plain = plain;
	return GATE_OK;
}

static int open_node(struct reader *r, enum gate_yaml_kind kind, yaml_mark_t mark,
                     struct gate_error *err)
{
	struct gate_yaml *node;
	int code = add_node(&node, r, kind, mark, err);

	if (code < 0)
		return code;
	if (r->depth == GATE_MAX_YAML_DEPTH) {
		gate_fail(err, GATE_ECONFIG, "nested deeper than %d", GATE_MAX_YAML_DEPTH);
		return at_mark(r, mark, err);
	}
	r->open[r->depth].node = node;
	r->open[r->depth].first = r->n_pending;
	r->depth++;
	return GATE_OK;
}

static int compare_places(const struct gate_yaml *a, const struct gate_yaml *b)
{
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->column > b->column) - (a->column < b->column);
}

static int compare_keys(const void *a, const void *b)
{
	const struct gate_yaml *const *left = a, *const *right = b;
	int order = strcmp((*left)->text, (*right)->text);

	return order ? order : compare_places(*left, *right);
}

/* Sorts the keys on top of the stack, where they are forgotten, so that a map of many keys is no trap. */
static int refuse_duplicates(struct reader *r, const struct gate_yaml *map, struct gate_error *err)
{
	const struct gate_yaml *again = NULL, *first = NULL;
	struct gate_yaml **sorted;

	if (gate_grow(&r->pending, &r->cap, r->n_pending + map->n, sizeof(*r->pending), err) < 0)
		return GATE_ENOMEM;
	sorted = r->pending + r->n_pending;
	if (map->n)
		memcpy(sorted, map->keys, map->n * sizeof(*sorted));
	qsort(sorted, map->n, sizeof(*sorted), compare_keys);
	for (size_t i = 1; i < map->n; i++) {
		if (strcmp(sorted[i - 1]->text, sorted[i]->text) != 0)
			continue;
		if (!again || compare_places(sorted[i], again) < 0) {
			again = sorted[i];
			first = sorted[i - 1];
		}
	}
	if (!again)
		return GATE_OK;
	return gate_yaml_fail(err, again, GATE_ECONFIG, "duplicate key '%s', first on line %u",
	                      again->text, first->line);
}

static int close_node(struct reader *r, struct gate_error *err)
{
	struct gate_yaml *node = r->open[--r->depth].node;
	struct gate_yaml **children = r->pending + r->open[r->depth].first;
	const size_t step = node->kind == GATE_YAML_MAP ? 2 : 1;
	const size_t n = (r->n_pending - r->open[r->depth].first) / step;
	struct gate_yaml **keys, **values;

	r->n_pending = r->open[r->depth].first;
	if (n == 0)
		return GATE_OK;
	keys = gate_arena_alloc(&r->doc->arena, n * step * sizeof(struct gate_yaml *));
	if (!keys)
		return gate_fail_memory(err);
	values = keys + n * (step - 1);
	for (size_t i = 0; i < n; i++) {
		keys[i] = children[i * step];
		values[i] = children[i * step + step - 1];
	}
	node->n = n;
	node->values = values;
	if (node->kind == GATE_YAML_LIST)
		return GATE_OK;
	node->keys = keys;
	return refuse_duplicates(r, node, err);
}

/* For an event that starts with an indicator for sure. */
static int refuse_property(const struct reader *r, yaml_mark_t mark, struct gate_error *err)
{
	int code = refuse_indicator(r, mark, err);

	assert(code < 0);
	return code;
}

static int start_document(struct reader *r, const yaml_event_t *event, struct gate_error *err)
{
	if (r->documents++) {
		gate_fail(err, GATE_ECONFIG, "a second document: a file holds one");
		return at_mark(r, event->start_mark, err);
	}
	if (event->data.document_start.version_directive ||
	    event->data.document_start.tag_directives.start !=
	            event->data.document_start.tag_directives.end)
		return refuse_property(r, event->start_mark, err);
	return GATE_OK;
}

static int take_event(struct reader *r, const yaml_event_t *event, struct gate_error *err)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return start_document(r, event, err);
	case YAML_ALIAS_EVENT:
		return refuse_property(r, event->start_mark, err);
	case YAML_SCALAR_EVENT:
		if (event->data.scalar.anchor || event->data.scalar.tag)
			return refuse_property(r, event->start_mark, err);
		return add_scalar(r, event, err);
	case YAML_SEQUENCE_START_EVENT:
		if (event->data.sequence_start.anchor || event->data.sequence_start.tag)
			return refuse_property(r, event->start_mark, err);
		return open_node(r, GATE_YAML_LIST, event->start_mark, err);
	case YAML_MAPPING_START_EVENT:
		if (event->data.mapping_start.anchor || event->data.mapping_start.tag)
			return refuse_property(r, event->start_mark, err);
		return open_node(r, GATE_YAML_MAP, event->start_mark, err);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_node(r, err);
	default:
		return GATE_OK;
	}
}

static int read_events(struct reader *r, struct gate_error *err)
{
	for (;;) {
		GATE_AUTO(yaml_event_delete) yaml_event_t event = { 0 };
		int code;

		if (!yaml_parser_parse(&r->parser, &event))
			return syntax_error(r, err);
		if (event.type == YAML_STREAM_END_EVENT)
			return GATE_OK;
		code = take_event(r, &event, err);
		if (code < 0)
			return code;
	}
}

static int read_root(struct gate_yaml_doc *doc, const char *bytes, size_t len,
                     struct gate_error *err)
{
	GATE_AUTO(reader_release)
	struct reader r = { .doc = doc, .bytes = bytes, .len = len };
	const yaml_mark_t start = { 0 };
	struct gate_yaml *empty;
	int code;

	r.characters = gate_utf8_count(bytes, len);
	if (!yaml_parser_initialize(&r.parser))
		return gate_fail_memory(err);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, len);
	code = read_events(&r, err);
	if (code < 0 || doc->root)
		return code;
	return add_node(&empty, &r, GATE_YAML_MAP, start, err);
}

int gate_yaml_parse(struct gate_yaml_doc **out, const char *file, const char *bytes, size_t len,
                    struct gate_error *err)
{
	GATE_AUTO(gate_yaml_free) struct gate_yaml_doc *doc = calloc(1, sizeof(*doc));
	int code;

	if (!doc)
		return gate_fail_memory(err);
	doc->file = gate_arena_copy(&doc->arena, file, strlen(file));
	if (!doc->file)
		return gate_fail_memory(err);
	code = check_bytes(doc, bytes, len, err);
	if (code < 0)
		return code;
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		len -= 3;
	}
	code = read_root(doc, len ? bytes : "", len, err);
	if (code < 0)
		return code;
	*out = gate_steal(&doc);
	return GATE_OK;
}

const struct gate_yaml *gate_yaml_root(const struct gate_yaml_doc *doc)
{
	return doc->root;
}

void gate_yaml_free(struct gate_yaml_doc *doc)
{
	if (!doc)
		return;
	gate_arena_release(&doc->arena);
	free(doc);
}
