/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include <unistd.h>

static int make_file(void **state)
{
	static char path[64];
	int fd;

	snprintf(path, sizeof(path), "/tmp/doragate-golden-XXXXXX");
	fd = mkstemp(path);
	*state = path;
	return fd < 0 || write(fd, "one\ntwo\n", 8) != 8 || close(fd) < 0;
}

static int remove_file(void **state)
{
	return unlink(*state);
}

static void accepts_only_the_same_text(void **state)
{
	const char *path = *state;

	assert_true(test_golden_matches(path, "one\ntwo\n", false));
	assert_false(test_golden_matches(path, "one\ntwo", false));
	assert_false(test_golden_matches(path, "one\ntwo\nthree\n", false));
	assert_false(test_golden_matches(path, "", false));
}

static void updates_only_when_told(void **state)
{
	const char *path = *state;

	assert_true(test_golden_matches(path, "three\n", true));
	assert_false(test_golden_matches(path, "one\ntwo\n", false));
	assert_true(test_golden_matches(path, "three\n", false));
}

static void missing_file_is_empty(void **state)
{
	(void)state;
	assert_true(test_golden_matches("/nowhere/at/all", "", false));
	assert_false(test_golden_matches("/nowhere/at/all", "x", false));
	assert_false(test_golden_matches("/nowhere/at/all", "x", true));
}

static void reads_the_folder_of_the_sources(void **state)
{
	(void)state;
	assert_golden("support/hello.txt", "hello\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(accepts_only_the_same_text, make_file, remove_file),
		cmocka_unit_test_setup_teardown(updates_only_when_told, make_file, remove_file),
		cmocka_unit_test(missing_file_is_empty),
		cmocka_unit_test(reads_the_folder_of_the_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
