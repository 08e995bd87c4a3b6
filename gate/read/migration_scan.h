/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The scanners of migrations that are code. For this folder only.
 *
 * Each gets the text as gate_code_blank leaves it, and sets the answer.
 */
#ifndef GATE_READ_MIGRATION_SCAN_H
#define GATE_READ_MIGRATION_SCAN_H

#include "gate/read/code.h"
#include "gate/read/migrations.h"

void gate_migration_scan_python(struct gate_migration_scan *out, const char *code, size_t len);
void gate_migration_scan_ruby(struct gate_migration_scan *out, const char *code, size_t len);
/** Languages with braces. `up` and `down` are the names of the functions. */
void gate_migration_scan_braces(struct gate_migration_scan *out, const char *code, size_t len,
                                const char *up, const char *down);
/** `text` is as it was, for sections begin with comments. */
void gate_migration_scan_sql(struct gate_migration_scan *out, const char *text, const char *code,
                             size_t len);
/** False: there is no statement, or none but those of an empty transaction. */
bool gate_migration_sql_works(struct gate_code_span code);

/** What the statements of a function do. */
enum gate_body { GATE_BODY_EMPTY, GATE_BODY_RAISES, GATE_BODY_WORKS };

/** Sets the answer for a function of that body: "downgrade() is empty". */
void gate_migration_say_body(struct gate_migration_scan *out, enum gate_body body, const char *name,
                             unsigned line);
/** Sets NONE. */
void gate_migration_say(struct gate_migration_scan *out, unsigned line, const char *fmt, ...)
	GATE_PRINTF(3, 4);

#endif
