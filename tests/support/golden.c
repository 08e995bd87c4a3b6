/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include <errno.h>

#include "gate/base/buf.h"

static void complain(const char *path)
{
	print_error("%s: %s\n", path, strerror(errno));
}

/* False when the file cannot be read; a file that is not there reads as empty. */
static bool read_file(const char *path, struct gate_buf *out)
{
	FILE *file = fopen(path, "rb");
	char block[4096];
	size_t n;
	bool ok;

	if (!file && errno == ENOENT)
		return true;
	if (!file)
		return false;
	while ((n = fread(block, 1, sizeof(block), file)) > 0)
		gate_buf_add(out, block, n);
	ok = !ferror(file) && !gate_buf_failed(out);
	fclose(file);
	return ok;
}

static bool write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "wb");
	bool ok;

	if (!file)
		return false;
	ok = fputs(text, file) >= 0;
	return fclose(file) == 0 && ok;
}

/* Shows the first line in which the texts differ. */
static void show_difference(const char *path, const char *expected, const char *actual)
{
	unsigned line = 1;
	size_t start = 0;

	for (size_t i = 0; expected[i] && expected[i] == actual[i]; i++) {
		if (expected[i] == '\n') {
			line++;
			start = i + 1;
		}
	}
	print_error("%s:%u: differs from what was made\n-%.*s\n+%.*s\n"
	            "GATE_UPDATE_GOLDEN=1 writes what was made\n",
	            path, line, (int)strcspn(expected + start, "\n"), expected + start,
	            (int)strcspn(actual + start, "\n"), actual + start);
}

bool test_golden_matches(const char *path, const char *text, bool update)
{
	GATE_AUTO(gate_buf_release) struct gate_buf expected = { 0 };

	if (update) {
		if (write_file(path, text))
			return true;
		complain(path);
		return false;
	}
	if (!read_file(path, &expected)) {
		complain(path);
		return false;
	}
	if (!strcmp(gate_buf_text(&expected), text))
		return true;
	show_difference(path, gate_buf_text(&expected), text);
	return false;
}

void test_golden(const char *name, const char *text, const char *file, int line)
{
	const char *update = getenv("GATE_UPDATE_GOLDEN");
	char path[1024];
	bool same;

	snprintf(path, sizeof(path), "%s/%s", GATE_TEST_GOLDEN, name);
	same = test_golden_matches(path, text, update && !strcmp(update, "1"));
	if (!same)
		_fail(file, line);
}
