/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Migrations of a database, and whether they have their way back (POLICY: migration).
 *
 * The path says which tool a file is of. Some tools keep the way back in a second file: that one is named here and the caller looks for it. Others keep
 * it in the same file, as a function or a section: that is found by a line scanner, which knows comments and strings and is no
 * parser. What only looks like a way back (nothing but comments, `pass`, `raise`, a no-op) is none.
 *
 * | form | files | way back |
 * |---|---|---|
 * | PAIR | N.up.EXT (golang-migrate) | N.down.EXT |
 * | | VN__NAME.sql (Flyway) | UN__*.sql in that folder |
 * | | migration.sql (Prisma), up.sql (Diesel) | down.sql beside it |
 * | CODE | .py | downgrade() of Alembic; the reverse of each RunPython and RunSQL of Django |
 * | | .rb | down, or a change that Rails can reverse |
 * | | .js .cjs .mjs .ts .cts .mts | down of knex, Sequelize, TypeORM |
 * | | .cs | Down() of Entity Framework |
 * | | .php | down() of Laravel, Doctrine, Phinx |
 * | | .sql | the section of goose, dbmate, sql-migrate |
 * | COMPANION | the second file of a pair, *.Designer.cs, *ModelSnapshot.cs, __init__.py | is no migration by itself |
 */
#ifndef GATE_READ_MIGRATIONS_H
#define GATE_READ_MIGRATIONS_H

#include "gate/base/buf.h"

enum gate_migration_form {
	GATE_MIGRATION_NONE, /* no convention is known for such a file */
	GATE_MIGRATION_PAIR,
	GATE_MIGRATION_CODE,
	GATE_MIGRATION_COMPANION,
};

/** What the path says. */
enum gate_migration_form gate_migration_form(const char *path);

/**
 * Appends the path of the other file of a PAIR. *any_len is how much of it decides: of a tool that looks at the version only, a file that begins with these
 * bytes and has the same folder and extension is the other file too; 0: the whole path. GATE_ENOMEM.
 */
int gate_migration_other(struct gate_buf *out, size_t *any_len, const char *path,
                         struct gate_error *err);

/**
 * Whether the text of the other file, of this path, does something: not so when it is empty, or, in SQL, has only comments, white space and an empty
 * transaction. GATE_ENOMEM.
 */
int gate_migration_works(bool *out, const char *path, const char *text, size_t len,
                         struct gate_error *err);

enum gate_way_back {
	GATE_WAY_BACK_THERE,
	GATE_WAY_BACK_NONE,    /* `what` says what is missing or empty, `line` where */
	GATE_WAY_BACK_UNKNOWN, /* of no tool that is known, or too much to look at: `what` says it */
};

struct gate_migration_scan {
	enum gate_way_back back;
	unsigned line;  /* from 1; 0: the file as a whole */
	char what[128]; /* a sentence part: "downgrade() only raises" */
};

/**
 * Looks for the way back in the text of a CODE migration, of at most GATE_MAX_SCAN_BYTES: more is UNKNOWN, and so is what has more than
 * GATE_MAX_SCAN_STEPS operations to look at. GATE_ENOMEM.
 */
int gate_migration_scan(struct gate_migration_scan *out, const char *path, const char *text,
                        size_t len, struct gate_error *err);

#endif
