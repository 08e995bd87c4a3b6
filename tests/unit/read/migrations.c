/* SPDX-License-Identifier: Apache-2.0 */
/* Which tool a migration is of, by its path, and whether its way back does something, by its text. */
#include "gate/read/migrations.h"

#include "gate/base/limits.h"
#include "tests/support/oom.h"
#include "tests/support/test.h"

static const struct {
	const char *path;
	enum gate_migration_form form;
	const char *other; /* of a pair; what decides alone before a '|' */
} paths[] = {
	{ "db/7_vouchers.up.sql", GATE_MIGRATION_PAIR, "db/7_vouchers.down.sql" },
	{ "7.up.json", GATE_MIGRATION_PAIR, "7.down.json" },
	{ "a.up.x/7.up.cql", GATE_MIGRATION_PAIR, "a.up.x/7.down.cql" },
	{ "db/7.a.up.b.up.sql", GATE_MIGRATION_PAIR, "db/7.a.up.b.down.sql" },
	{ "db/V1__add.sql", GATE_MIGRATION_PAIR, "db/U1__|add.sql" },
	{ "db/V1.2_3__2020_add__x.sql", GATE_MIGRATION_PAIR, "db/U1.2_3__|2020_add__x.sql" },
	{ "prisma/migrations/2020_init/migration.sql", GATE_MIGRATION_PAIR,
	  "prisma/migrations/2020_init/down.sql" },
	{ "migration.sql", GATE_MIGRATION_PAIR, "down.sql" },
	{ "migrations/2020_init/up.sql", GATE_MIGRATION_PAIR, "migrations/2020_init/down.sql" },
	{ "db/7_vouchers.down.sql", GATE_MIGRATION_COMPANION, NULL },
	{ "db/U1__add.sql", GATE_MIGRATION_COMPANION, NULL },
	{ "migrations/1/down.sql", GATE_MIGRATION_COMPANION, NULL },
	{ "shop/migrations/__init__.py", GATE_MIGRATION_COMPANION, NULL },
	{ "Migrations/1_Add.Designer.cs", GATE_MIGRATION_COMPANION, NULL },
	{ "Migrations/ShopContextModelSnapshot.cs", GATE_MIGRATION_COMPANION, NULL },
	{ "db/1.sql", GATE_MIGRATION_CODE, NULL },
	{ "db/V__add.sql", GATE_MIGRATION_CODE, NULL },
	{ "db/Vouchers__add.sql", GATE_MIGRATION_CODE, NULL },
	{ "db/V1_add.sql", GATE_MIGRATION_CODE, NULL },
	{ "db/R__view.sql", GATE_MIGRATION_CODE, NULL },
	{ ".up.sql", GATE_MIGRATION_CODE, NULL },
	{ "db/V1__add.java", GATE_MIGRATION_NONE, NULL },
	{ "7.up.", GATE_MIGRATION_NONE, NULL },
	{ "7.up.tar.gz", GATE_MIGRATION_NONE, NULL },
	{ "changelog.xml", GATE_MIGRATION_NONE, NULL },
	{ "migrate", GATE_MIGRATION_NONE, NULL },
};

static void paths_say_which_tool(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(paths); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf other = { 0 }, said = { 0 };
		size_t any_len;

		print_message("%s\n", paths[i].path);
		assert_int_equal(gate_migration_form(paths[i].path), paths[i].form);
		if (!paths[i].other)
			continue;
		assert_ok(gate_migration_other(&other, &any_len, paths[i].path, err));
		gate_buf_add(&said, other.ptr, any_len);
		gate_buf_printf(&said, "%s%s", any_len ? "|" : "", other.ptr + any_len);
		assert_string_equal(gate_buf_text(&said), paths[i].other);
	}
}

static const struct {
	const char *path, *text;
	bool works;
} others[] = {
	{ "1.down.sql", "DROP TABLE a;\n", true },
	{ "1.down.sql", "drop table a", true },
	{ "1.down.sql", "BEGIN;\n-- back\nDROP TABLE a;\nCOMMIT;\n", true },
	{ "1.down.sql", "SELECT '--';", true },
	{ "1.down.sql", "SELECT ';' || $$;$$", true },
	{ "1.down.sql", "", false },
	{ "1.down.sql", " \r\n\t\n", false },
	{ "1.down.sql", ";;\n;", false },
	{ "1.down.sql", "-- DROP TABLE a;\n", false },
	{ "1.down.sql", "# DROP TABLE a;\n", false },
	{ "1.down.sql", "/* DROP TABLE a;\n DROP TABLE b; */\n", false },
	{ "1.down.sql", "/* not closed: DROP TABLE a;", false },
	{ "1.down.sql", "begin;\n-- nothing\ncommit;\n", false },
	{ "1.down.sql", "select 1;\n", false },
	{ "1.down.sql", "select 12;\n", true },
	{ "1.down.json", "[{}]", true },
	{ "1.down.json", "\n \n", false },
	{ "1.down.py", "# nothing\n", false },
	{ "1.down.py", "x()\n", true },
};

static void a_file_may_do_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(others); i++) {
		bool works;

		print_message("%s\n", others[i].text);
		assert_ok(gate_migration_works(&works, others[i].path, others[i].text,
		                               strlen(others[i].text), err));
		assert_int_equal(works, others[i].works);
	}
}

#define UNKNOWN "unknown: is of no tool whose way back is known"
#define DJANGO "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
#define KNEX_UP "exports.up = function (knex) {\n  return knex.schema.createTable('a');\n};\n"
#define RAILS "class AddA < ActiveRecord::Migration[7.1]\n"

struct row {
	const char *path, *text;
	const char *said; /* "there 3", "none 3: downgrade() does nothing", "unknown: ..." */
};

static const struct row python[] = {
	{ "a.py", "def upgrade():\n    op.x()\n\ndef downgrade():\n    op.drop_table('a')\n",
	  "there 4" },
	{ "a.py", "def downgrade() -> None:\n    \"\"\"Goes\n    back.\"\"\"\n\n    op.x()\n",
	  "there 1" },
	{ "a.py", "def downgrade(\n    engine_name,\n):\n    globals()[f'down_{engine_name}']()\n",
	  "there 1" },
	{ "a.py", "def downgrade(): op.x()\n", "there 1" },
	{ "a.py", "def downgrade():\r\n    op.x()\r\n", "there 1" },
	{ "a.py", "def downgrade():\n    if offline():\n        raise X()\n    op.x()\n",
	  "there 1" },
	{ "a.py", "def upgrade():\n    op.x()\n\ndef downgrade():\n    pass\n",
	  "none 4: downgrade() does nothing" },
	{ "a.py", "def downgrade():\n    # op.drop_table('a')\n    pass\n\nx = 1\n",
	  "none 1: downgrade() does nothing" },
	{ "a.py", "def downgrade(): pass\nx()\n", "none 1: downgrade() does nothing" },
	{ "a.py", "def downgrade():\n    \"\"\"\n    op.drop_table('a')\n    \"\"\"\n",
	  "none 1: downgrade() does nothing" },
	{ "a.py", "def downgrade():\n    ...\n", "none 1: downgrade() does nothing" },
	{ "a.py", "def downgrade():\n    return None\n", "none 1: downgrade() does nothing" },
	{ "a.py", "def downgrade():\n", "none 1: downgrade() does nothing" },
	{ "a.py", "def downgrade():\n    raise NotImplementedError(\n        'no'\n    )\n",
	  "none 1: downgrade() only raises" },
	{ "a.py", "def downgrade():\n    '''No.'''\n    raise X\n    op.x()\n",
	  "none 1: downgrade() only raises" },
	{ "a.py", "def upgrade():\n    op.x()\n", "none 1: there is upgrade() and no downgrade()" },
	{ "a.py", "def upgrade():\n    '''\ndef downgrade():\n    op.x()\n'''\n",
	  "none 1: there is upgrade() and no downgrade()" },
	{ "a.py", "# def downgrade(): op.x()\n", UNKNOWN },
	{ "a.py", "class X:\n    def downgrade(self):\n        op.x()\n", UNKNOWN },
	{ "a.py", "def downgrade(", UNKNOWN },
	{ "a.py", "def downgrade()", UNKNOWN },
	{ "a.py", "", UNKNOWN },
	/* Django */
	{ "a.py", DJANGO "    operations = [migrations.CreateModel('A')]\n", "there 0" },
	{ "a.py", DJANGO "    operations = []\n", "there 0" },
	{ "a.py", DJANGO "    operations = [migrations.RunPython(forth, back)]\n", "there 0" },
	{ "a.py", DJANGO "    operations = [RunPython(forth, reverse_code=back)]\n", "there 0" },
	{ "a.py", DJANGO "    operations = [RunPython(code=forth, reverse_code = X.back)]\n",
	  "there 0" },
	{ "a.py",
	  DJANGO "    operations = [\n        migrations.RunSQL(\n            'A, B',\n"
	         "            'DROP (A',\n        ),\n    ]\n",
	  "there 0" },
	{ "a.py", DJANGO "    operations = [RunSQL([('a', [1])], reverse_sql=[('b', [1])])]\n",
	  "there 0" },
	{ "a.py", DJANGO "    operations = [migrations.RunPython(forth)]\n",
	  "none 5: RunPython has no reverse_code" },
	{ "a.py", DJANGO "    operations = [migrations.RunPython(forth, atomic=True)]\n",
	  "none 5: RunPython has no reverse_code" },
	{ "a.py", DJANGO "    operations = [\n  RunPython(forth, None)]\n",
	  "none 6: RunPython has no reverse_code" },
	{ "a.py", DJANGO "    operations = [RunSQL('a, b', hints={'c': 1, 'd': 2})]\n",
	  "none 5: RunSQL has no reverse_sql" },
	{ "a.py", DJANGO "    operations = [RunSQL('a', reverse_sql=migrations.RunSQL.noop)]\n",
	  "none 5: the reverse_sql of RunSQL does nothing" },
	{ "a.py", DJANGO "    operations = [RunSQL('a', '')]\n",
	  "none 5: the reverse_sql of RunSQL does nothing" },
	{ "a.py", DJANGO "    operations = [RunPython(f, lambda apps, editor: None)]\n",
	  "none 5: the reverse_code of RunPython does nothing" },
	{ "a.py",
	  "def back(apps, schema_editor):\n    pass\n\n\n" DJANGO
	  "    operations = [RunPython(forth, back)]\n",
	  "none 1: back does nothing" },
	{ "a.py",
	  "def back(apps, schema_editor):\n    apps.x()\n\n\n" DJANGO
	  "    operations = [RunPython(forth, back)]\n",
	  "there 0" },
	{ "a.py", DJANGO "    operations = [RunPython(forth, back), RunSQL('x')]\n",
	  "none 5: RunSQL has no reverse_sql" },
	{ "a.py", DJANGO "    operations = [RunSQL('x'\n", "none 5: RunSQL is not closed" },
	{ "a.py", DJANGO "    # RunSQL('x')\n", "there 0" },
};

static const struct row ruby[] = {
	{ "a.rb", RAILS "  def up\n    x\n  end\n\n  def down\n    drop_table :a\n  end\nend\n",
	  "there 6" },
	{ "a.rb", RAILS "  def self.down\n    drop_table :a\n  end\nend\n", "there 2" },
	{ "a.rb", RAILS "  def down = drop_table(:a)\nend\n", "there 2" },
	{ "a.rb", RAILS "  def down; drop_table :a; end\nend\n", "there 2" },
	{ "a.rb", RAILS "  def down; end\nend\n", "none 2: down does nothing" },
	{ "a.rb", RAILS "  def down\n  end\n  def x\n    y\n  end\nend\n",
	  "none 2: down does nothing" },
	{ "a.rb", RAILS "  def down\n    # drop_table :a\n    nil\n  end\nend\n",
	  "none 2: down does nothing" },
	{ "a.rb", RAILS "  def down\n    raise ActiveRecord::IrreversibleMigration, 'no'\n  end\n",
	  "none 2: down only raises" },
	{ "a.rb", RAILS "=begin\n  def down\n    x\n  end\n=end\n  def up\n    x\n  end\nend\n",
	  "none 7: there is up and no down" },
	{ "a.rb", RAILS "  def up\n    x\n  end\nend\n", "none 2: there is up and no down" },
	{ "a.rb",
	  RAILS "  def change\n    create_table :a do |t|\n      t.text :b\n    end\n  end\n",
	  "there 2" },
	{ "a.rb", RAILS "  def change\n  end\nend\n", "none 2: change does nothing" },
	{ "a.rb", RAILS "  def change\n    add_x\n    execute 'DROP x'\n  end\nend\n",
	  "none 4: execute in change cannot be reversed" },
	{ "a.rb", RAILS "  def change\n    change_column :a, :b, :text\n  end\nend\n",
	  "none 3: change_column in change cannot be reversed" },
	{ "a.rb", RAILS "  def change\n    change_column_null :a, :b, false\n  end\nend\n",
	  "there 2" },
	{ "a.rb", RAILS "  def change\n    drop_table :a\n  end\nend\n",
	  "none 3: drop_table without a block cannot be reversed" },
	{ "a.rb", RAILS "  def change\n    drop_table :a do |t|\n      t.x\n    end\n  end\nend\n",
	  "there 2" },
	{ "a.rb", RAILS "  def change\n    remove_column :a, :b\n  end\nend\n",
	  "none 3: remove_column without a type cannot be reversed" },
	{ "a.rb", RAILS "  def change\n    remove_column :a, :b, :text\n  end\nend\n", "there 2" },
	{ "a.rb",
	  RAILS "  def change\n    reversible do |dir|\n      dir.up do\n        execute 'a'\n"
	        "      end\n      dir.down { execute 'b' }\n    end\n  end\nend\n",
	  "there 2" },
	{ "a.rb",
	  RAILS "  def change\n    reversible do |dir|\n      dir.up { execute 'a' }\n    end\n"
	        "  end\nend\n",
	  "none 3: reversible has up and no down" },
	{ "a.rb", RAILS "  def change\n    reversible { |d| d.up { execute 'a' } }\n  end\nend\n",
	  "none 3: reversible has up and no down" },
	{ "a.rb", RAILS "  def change\n    up_only { execute 'a' }\n  end\nend\n",
	  "none 3: up_only has no way back" },
	{ "a.rb", "puts 'def down'\n", UNKNOWN },
};

static const struct row braces[] = {
	{ "a.js", KNEX_UP "\nexports.down = function (knex) {\n  return knex.x('a');\n};\n",
	  "there 5" },
	{ "a.js", "exports.down = knex => knex.schema.dropTable('a');\n", "there 1" },
	{ "a.js", "exports.down = async (knex) => {\n  await knex.x();\n};\n", "there 1" },
	{ "a.mjs", "export async function down(knex) {\n  await knex.x();\n}\n", "there 1" },
	{ "a.ts", "export async function down(knex: Knex): Promise<void> {\n  await knex.x();\n}\n",
	  "there 1" },
	{ "a.ts",
	  "export const down: Migration = async ({ context: q }) => {\n  await q.x();\n};\n",
	  "there 1" },
	{ "a.js",
	  "module.exports = {\n  up: (q, s) => q.x(),\n  async down (q, s) {\n    q.y();\n  "
	  "}\n};\n",
	  "there 3" },
	{ "a.js", "module.exports = { up: f, down: function (q) { return q.y(); } };\n",
	  "there 1" },
	{ "a.js",
	  "module.exports = { up, down };\nfunction up() { x(); }\nfunction down() { y(); }\n",
	  "there 3" },
	{ "a.js", "exports.down = back;\n", "there 1" },
	{ "a.ts",
	  "export class A implements MigrationInterface {\n  up(q: Q): Promise<void> { x(); }\n"
	  "  public async down(q: Q): Promise<void> {\n    await q.x(`a ${b}`);\n  }\n}\n",
	  "there 3" },
	{ "a.ts", "interface M { down(): void; }\nfunction down(): void { x(); }\n", "there 2" },
	{ "a.js", KNEX_UP "exports.down = function (knex) {};\n", "none 4: down() does nothing" },
	{ "a.js", "exports.down = function () {\n  // return x();\n  /* y(); */\n};\nz();\n",
	  "none 1: down() does nothing" },
	{ "a.js", "exports.down = async () => Promise.resolve();\n",
	  "none 1: down() does nothing" },
	{ "a.js", "exports.down = () => ({});\n", "none 1: down() does nothing" },
	{ "a.js", "exports.down = false;\n", "none 1: down() does nothing" },
	{ "a.js", "module.exports = { up: f, down: null };\n", "none 1: down() does nothing" },
	{ "a.js", "exports.down = function () {\n  return Promise.resolve();\n};\n",
	  "none 1: down() does nothing" },
	{ "a.js", "function down() {\n  'use strict';\n  throw new Error('no');\n}\n",
	  "none 1: down() only raises" },
	{ "a.js", KNEX_UP "down(1);\nthis.down();\nif (down == 1) {}\n",
	  "none 1: there is up() and no down()" },
	{ "a.js", KNEX_UP "const s = 'function down() { x(); }';\n",
	  "none 1: there is up() and no down()" },
	{ "a.js", "const down_x = 1, $down = 2;\n", UNKNOWN },
	{ "a.js", "function down(((((", UNKNOWN },
	{ "a.js", "x = down", UNKNOWN },
	{ "a.js", "x = { down:", UNKNOWN },
	{ "a.cs",
	  "class A : Migration {\n  protected override void Up(M b)\n  {\n    b.X();\n  }\n\n"
	  "  protected override void Down(M b)\n  {\n    b.Sql(@\"DROP \"\"x\"\" }\n\");\n  }\n}\n",
	  "there 7" },
	{ "a.cs",
	  "protected override void Up(M b) { b.X(); }\n"
	  "protected override void Down(M b)\n{\n\n}\n",
	  "none 2: Down() does nothing" },
	{ "a.cs", "void Down(M b) => throw new NotSupportedException();\n",
	  "none 1: Down() only raises" },
	{ "a.cs", "void Down(M b) => b.DropTable(\"a\");\n", "there 1" },
	{ "a.cs", "void Up(M b) { b.X(); }\nvoid down(M b) { b.Y(); }\n",
	  "none 1: there is Up() and no Down()" },
	{ "a.php",
	  "<?php\nreturn new class extends Migration {\n    public function up(): void {\n"
	  "        x();\n    }\n    public function down(): void\n    {\n        "
	  "Schema::drop('a');\n"
	  "    }\n};\n",
	  "there 6" },
	{ "a.php", "<?php\nclass A {\n  public function down()\n  {\n    # later\n    //\n  }\n}\n",
	  "none 3: down() does nothing" },
	{ "a.php", "<?php\nfunction down() { $this->addSql('DROP TABLE a'); }\n", "there 2" },
};

static const struct row sql[] = {
	{ "1.sql", "-- +goose Up\nCREATE TABLE a;\n\n-- +goose Down\nDROP TABLE a;\n", "there 4" },
	{ "1.sql", "-- +migrate Up\nx;\n-- +migrate Down notransaction\ny;\n", "there 3" },
	{ "1.sql", "-- migrate:down transaction:false\nDROP TABLE a;\n-- migrate:up\nx;\n",
	  "there 1" },
	{ "1.sql", "-- migrate:up\nCREATE TABLE a;\n\n-- migrate:down\n\n",
	  "none 4: the down section does nothing" },
	{ "1.sql", "-- migrate:down\n-- DROP\n-- migrate:up\nCREATE TABLE a;\n",
	  "none 1: the down section does nothing" },
	{ "1.sql", "x;\n-- +goose Up\nCREATE TABLE a;\n",
	  "none 2: there is an up section and no down section" },
	{ "1.sql", "-- +goose Upwards\nCREATE TABLE a;\n", UNKNOWN },
	{ "1.sql", "CREATE TABLE a;\n-- and back: DROP TABLE a;\n", UNKNOWN },
	{ "1.xml", "<changeSet/>", UNKNOWN },
};

static void describe(struct gate_buf *out, const struct gate_migration_scan *scan)
{
	static const char *const names[] = { "there", "none", "unknown" };

	gate_buf_puts(out, names[scan->back]);
	if (scan->back != GATE_WAY_BACK_UNKNOWN)
		gate_buf_printf(out, " %u", scan->line);
	if (scan->back != GATE_WAY_BACK_THERE)
		gate_buf_printf(out, ": %s", scan->what);
}

static void check(const struct row *rows, size_t n)
{
	size_t bad = 0;

	for (size_t i = 0; i < n; i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf said = { 0 };
		struct gate_migration_scan scan;

		assert_ok(gate_migration_scan(&scan, rows[i].path, rows[i].text,
		                              strlen(rows[i].text), err));
		describe(&said, &scan);
		if (!strcmp(said.ptr, rows[i].said))
			continue;
		print_error("%s\n%s  expected '%s'\n  got      '%s'\n", rows[i].path, rows[i].text,
		            rows[i].said, said.ptr);
		bad++;
	}
	assert_int_equal(bad, 0);
}

static void scans_python(void **state)
{
	(void)state;
	check(python, GATE_COUNT(python));
}

static void scans_ruby(void **state)
{
	(void)state;
	check(ruby, GATE_COUNT(ruby));
}

static void scans_braces(void **state)
{
	(void)state;
	check(braces, GATE_COUNT(braces));
}

static void scans_sql(void **state)
{
	(void)state;
	check(sql, GATE_COUNT(sql));
}

static void repeat(struct gate_buf *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gate_buf_puts(out, text);
	assert_false(gate_buf_failed(out));
}

static void assert_unknown(const char *path, const struct gate_buf *text, const char *why)
{
	struct gate_migration_scan scan;

	assert_ok(gate_migration_scan(&scan, path, text->ptr, text->len, err));
	assert_int_equal(scan.back, GATE_WAY_BACK_UNKNOWN);
	assert_string_equal(scan.what, why);
}

static void limits_are_unknown(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf large = { 0 }, many = { 0 }, nested = { 0 };

	(void)state;
	repeat(&large, "def downgrade(): x()\n", GATE_MAX_SCAN_BYTES / 21 + 1);
	assert_unknown("a.py", &large, "has 1048593 bytes, more than the limit of 1048576");
	gate_buf_puts(&many, DJANGO);
	repeat(&many, "RunPython(forth, X.back)\n", GATE_MAX_SCAN_STEPS + 1);
	assert_unknown("a.py", &many, "has more than 200 operations with a reverse to look at");
	/* Each has to be followed to the end: this must not take a second. */
	repeat(&nested, "down(", GATE_MAX_SCAN_BYTES / 5);
	assert_unknown("a.js", &nested, "is of no tool whose way back is known");
}

static int all_of_it(bool *works, const char *path, const char *text, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf other = { 0 };
	struct gate_migration_scan scan;
	size_t any_len;
	int code = gate_migration_other(&other, &any_len, "db/1.up.sql", err);

	if (code == GATE_OK)
		code = gate_migration_works(works, other.ptr, text, strlen(text), err);
	if (code == GATE_OK)
		code = gate_migration_scan(&scan, path, text, strlen(text), err);
	return code;
}

static void every_allocation_may_fail(void **state)
{
	bool failed = true, works = false;
	unsigned n = 0;

	(void)state;
	for (; failed; n++) {
		struct gate_error err = { 0 };
		int code;

		test_oom_arm(n);
		code = all_of_it(&works, "a.py", "def downgrade(): x()\n", &err);
		failed = test_oom_disarm();
		assert_int_equal(code, failed ? GATE_ENOMEM : GATE_OK);
	}
	assert_true(works);
	assert_true(n > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_say_which_tool), cmocka_unit_test(a_file_may_do_nothing),
		cmocka_unit_test(scans_python),         cmocka_unit_test(scans_ruby),
		cmocka_unit_test(scans_braces),         cmocka_unit_test(scans_sql),
		cmocka_unit_test(limits_are_unknown),   cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
