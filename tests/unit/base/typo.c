/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "gate/base/typo.h"

static const char *const names[] = { "require", "forbid",        "unless", "when",   "id",
	                             "label",   "rollback-plan", "labels", "tables", NULL };

static void nearest_of_several(void **state)
{
	static const struct {
		const char *word, *expected;
	} cases[] = {
		{ "require", "require" },  /* equal */
		{ "requier", "require" },  /* neighbours swapped: one edit */
		{ "reqire", "require" },   /* deleted */
		{ "requuire", "require" }, /* inserted */
		{ "forbit", "forbid" },    /* replaced */
		{ "hwen", "when" },        /* one edit in four letters */
		{ "hwne", NULL },          /* two edits in four letters */
		{ "ids", "id" },
		{ "di", NULL }, /* one edit, but of two letters */
		{ "labels", "labels" },
		{ "lables", "labels" }, /* before tables, which is one edit away as well */
		{ "Require", "require" },
		{ "rollbackplan", "rollback-plan" },
		{ "rolbakpan", "rollback-plan" }, /* four edits of thirteen letters */
		{ "rolbakpn", NULL },             /* five */
		{ "plan-rollback", NULL },
		{ "", NULL },
		{ "x", NULL },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		const char *nearest = gate_nearest(cases[i].word, names);

		print_message("%s\n", cases[i].word);
		if (cases[i].expected) {
			assert_non_null(nearest);
			assert_string_equal(nearest, cases[i].expected);
		} else {
			assert_null(nearest);
		}
	}
}

static void behind_the_slash(void **state)
{
	static const char *const rules[] = { "baseline/subject", "shop/way-back", "shop/subject",
		                             "subjects", NULL };

	(void)state;
	assert_string_equal(gate_nearest_in("way-back", rules), "shop/way-back");
	assert_string_equal(gate_nearest_in("subject", rules), "baseline/subject");
	assert_string_equal(gate_nearest_in("shop/way-bak", rules), "shop/way-back");
	assert_string_equal(gate_nearest_in("sujects", rules), "subjects");
	assert_null(gate_nearest_in("shop", rules));
	assert_null(gate_nearest_in("", rules));
}

static void the_first_of_equals(void **state)
{
	static const char *const equals[] = { "abcdx", "abcdy", "abcdz", NULL };
	static const char *const none[] = { NULL };

	(void)state;
	assert_string_equal(gate_nearest("abcd", equals), "abcdx");
	assert_string_equal(gate_nearest("abcdz", equals), "abcdz");
	assert_null(gate_nearest("abcd", none));
}

static void long_words_with_few_edits(void **state)
{
	char word[1001], name[1003];
	const char *const one[] = { name, NULL };

	(void)state;
	memset(word, 'a', 1000);
	word[1000] = '\0';
	memset(name, 'a', 1002);
	name[1002] = '\0';
	name[0] = 'b';
	name[600] = 'c';
	assert_ptr_equal(gate_nearest(word, one), name);
	name[700] = 'd';
	name[800] = 'e';
	assert_ptr_equal(gate_nearest(word, one), name);
	name[900] = 'f';
	assert_null(gate_nearest(word, one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearest_of_several),
		cmocka_unit_test(behind_the_slash),
		cmocka_unit_test(the_first_of_equals),
		cmocka_unit_test(long_words_with_few_edits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
