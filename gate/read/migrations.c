/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/read/migrations.h"

#include "gate/base/limits.h"
#include "gate/read/migration_scan.h"

#include <stdarg.h>

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool ends(const char *text, const char *with)
{
	size_t len = strlen(text), n = strlen(with);

	return len >= n && !strcmp(text + len - n, with);
}

/* "V1_2__add.sql": the length up to the "__" behind the version, for V and U; 0: it is no such name. */
static size_t flyway_version(const char *name, char letter)
{
	const char *end = name[0] == letter ? strstr(name, "__") : NULL;
	size_t len = end ? (size_t)(end - name) : 0;

	return len > 1 && strspn(name + 1, "0123456789._") >= len - 1 && ends(name, ".sql") ? len
	                                                                                    : 0;
}

/* Where ".up." stands in "7_vouchers.up.sql", with something before it and one extension behind it; NULL: nowhere. */
static const char *find_direction(const char *name, const char *direction)
{
	const char *found = NULL;

	for (const char *at = strstr(name, direction); at; at = strstr(at + 1, direction))
		found = at;
	if (!found || found == name || !found[strlen(direction)] ||
	    strchr(found + strlen(direction), '.'))
		return NULL;
	return found;
}

struct extension {
	const char *text;
	enum gate_language language;
};

static const struct extension extensions[] = {
	{ ".py", GATE_LANGUAGE_PYTHON },      { ".rb", GATE_LANGUAGE_RUBY },
	{ ".js", GATE_LANGUAGE_JAVASCRIPT },  { ".cjs", GATE_LANGUAGE_JAVASCRIPT },
	{ ".mjs", GATE_LANGUAGE_JAVASCRIPT }, { ".ts", GATE_LANGUAGE_JAVASCRIPT },
	{ ".cts", GATE_LANGUAGE_JAVASCRIPT }, { ".mts", GATE_LANGUAGE_JAVASCRIPT },
	{ ".cs", GATE_LANGUAGE_CSHARP },      { ".php", GATE_LANGUAGE_PHP },
	{ ".sql", GATE_LANGUAGE_SQL },
};

static const struct extension *find_extension(const char *name)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < GATE_COUNT(extensions); i++)
		if (!strcmp(dot, extensions[i].text))
			return &extensions[i];
	return NULL;
}

static bool is_companion(const char *name)
{
	return !strcmp(name, "down.sql") || !strcmp(name, "__init__.py") ||
	       ends(name, ".Designer.cs") || ends(name, "ModelSnapshot.cs") ||
	       flyway_version(name, 'U') || find_direction(name, ".down.");
}

enum gate_migration_form gate_migration_form(const char *path)
{
	const char *name = base_name(path);

	if (is_companion(name))
		return GATE_MIGRATION_COMPANION;
	if (!strcmp(name, "migration.sql") || !strcmp(name, "up.sql") ||
	    flyway_version(name, 'V') || find_direction(name, ".up."))
		return GATE_MIGRATION_PAIR;
	return find_extension(name) ? GATE_MIGRATION_CODE : GATE_MIGRATION_NONE;
}

int gate_migration_other(struct gate_buf *out, size_t *any_len, const char *path,
                         struct gate_error *err)
{
	const char *name = base_name(path), *up = find_direction(name, ".up.");
	size_t version = flyway_version(name, 'V');

	*any_len = 0;
	gate_buf_add(out, path, (size_t)(name - path));
	if (version) {
		gate_buf_printf(out, "U%s", name + 1);
		*any_len = (size_t)(name - path) + version + 2;
	} else if (up) {
		gate_buf_add(out, name, (size_t)(up - name));
		gate_buf_printf(out, ".down.%s", up + strlen(".up."));
	} else {
		gate_buf_puts(out, "down.sql");
	}
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}

int gate_migration_works(bool *out, const char *path, const char *text, size_t len,
                         struct gate_error *err)
{
	const struct extension *extension = find_extension(base_name(path));
	const struct gate_code_span whole = { text, len };
	GATE_AUTO(gate_free) char *code = NULL;
	int status;

	if (!extension) {
		*out = gate_span_trim(whole).len > 0;
		return GATE_OK;
	}
	status = gate_code_blank(&code, text, len, extension->language, err);
	if (status == GATE_OK)
		*out = extension->language == GATE_LANGUAGE_SQL
		               ? gate_migration_sql_works((struct gate_code_span){ code, len })
		               : gate_span_trim((struct gate_code_span){ code, len }).len > 0;
	return status;
}

void gate_migration_say(struct gate_migration_scan *out, unsigned line, const char *fmt, ...)
{
	va_list args;

	out->back = GATE_WAY_BACK_NONE;
	out->line = line;
	va_start(args, fmt);
	vsnprintf(out->what, sizeof(out->what), fmt, args);
	va_end(args);
}

void gate_migration_say_body(struct gate_migration_scan *out, enum gate_body body, const char *name,
                             unsigned line)
{
	if (body == GATE_BODY_WORKS)
		*out = (struct gate_migration_scan){ .back = GATE_WAY_BACK_THERE, .line = line };
	else
		gate_migration_say(out, line, "%s %s", name,
		                   body == GATE_BODY_RAISES ? "only raises" : "does nothing");
}

static void scan(struct gate_migration_scan *out, enum gate_language language, const char *text,
                 const char *code, size_t len)
{
	switch (language) {
	case GATE_LANGUAGE_PYTHON:
		gate_migration_scan_python(out, code, len);
		break;
	case GATE_LANGUAGE_RUBY:
		gate_migration_scan_ruby(out, code, len);
		break;
	case GATE_LANGUAGE_JAVASCRIPT:
	case GATE_LANGUAGE_PHP:
		gate_migration_scan_braces(out, code, len, "up", "down");
		break;
	case GATE_LANGUAGE_CSHARP:
		gate_migration_scan_braces(out, code, len, "Up", "Down");
		break;
	case GATE_LANGUAGE_SQL:
		gate_migration_scan_sql(out, text, code, len);
		break;
	}
}

int gate_migration_scan(struct gate_migration_scan *out, const char *path, const char *text,
                        size_t len, struct gate_error *err)
{
	const struct extension *extension = find_extension(base_name(path));
	GATE_AUTO(gate_free) char *code = NULL;
	int status;

	*out = (struct gate_migration_scan){ .back = GATE_WAY_BACK_UNKNOWN };
	snprintf(out->what, sizeof(out->what), "is of no tool whose way back is known");
	if (len > GATE_MAX_SCAN_BYTES) {
		snprintf(out->what, sizeof(out->what), "has %zu bytes, more than the limit of %zu",
		         len, GATE_MAX_SCAN_BYTES);
		return GATE_OK;
	}
	if (!extension)
		return GATE_OK;
	status = gate_code_blank(&code, text, len, extension->language, err);
	if (status == GATE_OK)
		scan(out, extension->language, text, code, len);
	return status;
}
