/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/push_report.h"

#include "tests/support/test.h"

#define ONE "!\t6d0f9dac:refs/doragate/log\t"
#define OTHER "!\t(delete):refs/doragate/inbox/x\t"

static const struct {
	const char *text;
	enum gate_push_result result;
	const char *why;
} cases[] = {
	{ "", GATE_PUSH_DONE, "" },
	{ "Done\n", GATE_PUSH_DONE, "" },
	{ "To ../o.git\n*\ta:b\t[new reference]\n \ta:b\ta..b\n-\t:b\t[deleted]\n=\ta:b\t[up to "
	  "date]\nDone\n",
	  GATE_PUSH_DONE, "" },

	{ ONE "[rejected] (fetch first)\n", GATE_PUSH_BEHIND, "[rejected] (fetch first)" },
	{ ONE "[rejected] (non-fast-forward)\n", GATE_PUSH_BEHIND,
	  "[rejected] (non-fast-forward)" },
	{ OTHER "[rejected] (stale info)\n", GATE_PUSH_BEHIND, "[rejected] (stale info)" },
	{ ONE "[rejected] (remote ref updated since checkout)\n", GATE_PUSH_BEHIND,
	  "[rejected] (remote ref updated since checkout)" },
	{ ONE "[remote rejected] (failed to update ref)\n", GATE_PUSH_BEHIND,
	  "[remote rejected] (failed to update ref)" },
	{ ONE "[remote rejected] (cannot lock ref 'refs/doragate/log': is at 1 but expected 2)\n",
	  GATE_PUSH_BEHIND,
	  "[remote rejected] (cannot lock ref 'refs/doragate/log': is at 1 but expected 2)" },
	{ ONE "[remote rejected] (atomic transaction failed)\n", GATE_PUSH_BEHIND,
	  "[remote rejected] (atomic transaction failed)" },
	{ ONE "[remote rejected] (lock failure)", GATE_PUSH_BEHIND,
	  "[remote rejected] (lock failure)" },

	/* What came of another ref says less than that ref. */
	{ ONE "[rejected] (atomic push failed)\n" OTHER "[rejected] (stale info)\n",
	  GATE_PUSH_BEHIND, "[rejected] (stale info)" },
	{ ONE "[remote rejected] (atomic push failure)\n" OTHER "[remote rejected] (hook "
	      "declined)\n",
	  GATE_PUSH_REFUSED, "[remote rejected] (hook declined)" },
	{ ONE "[remote rejected] (atomic push failure)\n", GATE_PUSH_BEHIND,
	  "[remote rejected] (atomic push failure)" },

	{ ONE "[remote rejected] (pre-receive hook declined)\nDone\n", GATE_PUSH_REFUSED,
	  "[remote rejected] (pre-receive hook declined)" },
	{ ONE "[remote rejected] (deny updating a hidden ref)\n", GATE_PUSH_REFUSED,
	  "[remote rejected] (deny updating a hidden ref)" },
	{ ONE "[rejected] (needs force)\n", GATE_PUSH_REFUSED, "[rejected] (needs force)" },
	{ ONE "[rejected] (already exists)\n", GATE_PUSH_REFUSED, "[rejected] (already exists)" },
	{ OTHER "[rejected] (remote does not support deleting refs)\n", GATE_PUSH_REFUSED,
	  "[rejected] (remote does not support deleting refs)" },
	/* Only what stands first counts: the rest may be anybody's words. */
	{ ONE "[remote rejected] (our rule: failed to update ref)\n", GATE_PUSH_REFUSED,
	  "[remote rejected] (our rule: failed to update ref)" },
	{ ONE "[rejected] (fetch first)\n" OTHER "[remote rejected] (hook declined)\n",
	  GATE_PUSH_REFUSED, "[remote rejected] (hook declined)" },

	{ ONE "[remote failure] (remote failed to report status)\n", GATE_PUSH_BROKEN,
	  "[remote failure] (remote failed to report status)" },
	{ ONE "[remote rejected] (unpacker error)\n", GATE_PUSH_BROKEN,
	  "[remote rejected] (unpacker error)" },
	{ ONE "[remote rejected] (hook declined)\n" OTHER "[remote failure]\n", GATE_PUSH_BROKEN,
	  "[remote failure]" },

	/* Newer than we are, or not whole. */
	{ ONE "[something new] (fetch first)\n", GATE_PUSH_REFUSED,
	  "[something new] (fetch first)" },
	{ ONE "[rejected]\n", GATE_PUSH_REFUSED, "[rejected]" },
	{ ONE "\n", GATE_PUSH_REFUSED, "" },
	{ "!\n!\t\n!\ta:b\n! a:b [rejected]\n", GATE_PUSH_DONE, "" },

	{ ONE "[remote rejected] (see https://me:s3cret@example.com/x)\n", GATE_PUSH_REFUSED,
	  "[remote rejected] (see https://***@example.com/x)" },
};

static void reads_each_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf why = { 0 };
		size_t len = strlen(cases[i].text);

		print_message("%s\n", cases[i].text);
		assert_int_equal(gate_push_report_read(&why, cases[i].text, len), cases[i].result);
		assert_string_equal(gate_buf_text(&why), cases[i].why);
		assert_int_equal(gate_push_report_read(NULL, cases[i].text, len), cases[i].result);
	}
}

/* The length counts, not a NUL. */
static void reads_bytes(void **state)
{
	static const char text[] = "a\0b\n" ONE "[rejected] (fetch first)\n";

	(void)state;
	assert_int_equal(gate_push_report_read(NULL, text, sizeof(text) - 1), GATE_PUSH_BEHIND);
	assert_int_equal(gate_push_report_read(NULL, text, 4), GATE_PUSH_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_each_answer),
		cmocka_unit_test(reads_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
