/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Migrations in SQL: whether a text does something, and sections that begin with a comment:
 *
 *     -- +goose Up      -- +migrate Up      -- migrate:up
 *     -- +goose Down    -- +migrate Down    -- migrate:down
 */
#include "gate/read/migration_scan.h"

#include <strings.h>

/* Statements that change nothing. */
static const char *const idle[] = {
	"BEGIN",  "BEGIN TRANSACTION",  "BEGIN WORK",  "START TRANSACTION",
	"COMMIT", "COMMIT TRANSACTION", "COMMIT WORK", "SELECT 1",
};

static bool is_idle(struct gate_code_span statement)
{
	statement = gate_span_trim(statement);
	for (size_t i = 0; i < GATE_COUNT(idle); i++)
		if (strlen(idle[i]) == statement.len &&
		    !strncasecmp(idle[i], statement.at, statement.len))
			return true;
	return !statement.len;
}

bool gate_migration_sql_works(struct gate_code_span code)
{
	while (code.len) {
		const char *end = memchr(code.at, ';', code.len);
		struct gate_code_span statement = { code.at,
			                            end ? (size_t)(end - code.at) : code.len };

		if (!is_idle(statement))
			return true;
		code.at += statement.len + (end ? 1 : 0);
		code.len -= statement.len + (end ? 1 : 0);
	}
	return false;
}

enum marker { MARKER_NONE, MARKER_UP, MARKER_DOWN };

static enum marker marker_of(struct gate_code_span line)
{
	static const struct {
		const char *text;
		enum marker marker;
	} markers[] = {
		{ "+goose Up", MARKER_UP },       { "+migrate Up", MARKER_UP },
		{ "migrate:up", MARKER_UP },      { "+goose Down", MARKER_DOWN },
		{ "+migrate Down", MARKER_DOWN }, { "migrate:down", MARKER_DOWN },
	};

	line = gate_span_trim(line);
	if (line.len < 2 || memcmp(line.at, "--", 2) != 0)
		return MARKER_NONE;
	line = gate_span_trim((struct gate_code_span){ line.at + 2, line.len - 2 });
	for (size_t i = 0; i < GATE_COUNT(markers); i++) {
		size_t n = strlen(markers[i].text);

		if (line.len >= n && !strncasecmp(line.at, markers[i].text, n) &&
		    (line.len == n || line.at[n] == ' '))
			return markers[i].marker;
	}
	return MARKER_NONE;
}

void gate_migration_scan_sql(struct gate_migration_scan *out, const char *text, const char *code,
                             size_t len)
{
	struct gate_code_span left = { text, len }, line;
	unsigned number = 0, up = 0, down = 0;
	size_t from = 0, to = len;

	while (gate_span_line(&line, &left)) {
		enum marker marker = marker_of(line);

		number++;
		if (marker == MARKER_UP && !up)
			up = number;
		if (marker == MARKER_DOWN && !down) {
			down = number;
			from = (size_t)(line.at - text) + line.len;
		} else if (marker == MARKER_UP && down && to == len) {
			to = (size_t)(line.at - text);
		}
	}
	if (!up && !down)
		return;
	if (!down)
		gate_migration_say(out, up, "there is an up section and no down section");
	else
		gate_migration_say_body(
			out,
			gate_migration_sql_works((struct gate_code_span){ code + from, to - from })
				? GATE_BODY_WORKS
				: GATE_BODY_EMPTY,
			"the down section", down);
}
