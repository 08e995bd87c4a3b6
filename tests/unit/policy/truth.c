/* SPDX-License-Identifier: Apache-2.0 */
/* Kleene's three values, on predicates that are made up: F, T, U by accident, and D, an unknown that a later stage knows. */
#include "gate/policy/expr.h"
#include "tests/support/test.h"

static int say_false(struct gate_result *result, const struct gate_item *item, const void *params,
                     struct gate_error *err)
{
	(void)item;
	(void)params;
	result->truth = GATE_FALSE;
	snprintf(result->detail, sizeof(result->detail), "no");
	return gate_result_add_place(result, "false.c", 1, err);
}

static int say_true(struct gate_result *result, const struct gate_item *item, const void *params,
                    struct gate_error *err)
{
	(void)item;
	(void)params;
	result->truth = GATE_TRUE;
	snprintf(result->detail, sizeof(result->detail), "yes");
	return gate_result_add_place(result, "true.c", 2, err);
}

static int say_unknown(struct gate_result *result, const struct gate_item *item, const void *params,
                       struct gate_error *err)
{
	const struct gate_known why = { .why = "nobody knows" };

	(void)item;
	(void)params;
	(void)err;
	gate_result_unknown(result, GATE_FACT_LINES, true, &why);
	return GATE_OK;
}

static int say_later(struct gate_result *result, const struct gate_item *item, const void *params,
                     struct gate_error *err)
{
	const struct gate_known why = { .why = "known later" };

	(void)item;
	(void)params;
	(void)err;
	gate_result_unknown(result, GATE_FACT_MESSAGE, false, &why);
	return GATE_OK;
}

static const struct gate_predicate predicates[] = {
	{ .name = "F", .eval = say_false },
	{ .name = "T", .eval = say_true },
	{ .name = "U", .eval = say_unknown },
	{ .name = "D", .eval = say_later },
};

static struct gate_expr leaf(char letter)
{
	for (size_t i = 0; i < GATE_COUNT(predicates); i++)
		if (predicates[i].name[0] == letter)
			return (struct gate_expr){ .kind = GATE_EXPR_PREDICATE,
				                   .predicate = &predicates[i] };
	return (struct gate_expr){ 0 };
}

static unsigned traced;

static void trace(const struct gate_expr *expr, unsigned depth, const struct gate_result *result,
                  void *payload)
{
	(void)expr;
	(void)depth;
	(void)result;
	(void)payload;
	traced++;
}

/* Evaluates `kind` over the letters, with nobody looking and with somebody. */
static char eval(struct gate_result *result, enum gate_expr_kind kind, const char *letters)
{
	struct gate_expr kids[8];
	struct gate_expr expr = { .kind = kind, .kids = kids, .n_kids = strlen(letters) };
	GATE_AUTO(gate_result_clear) struct gate_result explained = { 0 };
	const struct gate_item item = { 0 };
	struct gate_tracer tracer = { .fn = trace };

	for (size_t i = 0; letters[i]; i++)
		kids[i] = leaf(letters[i]);
	assert_ok(gate_expr_eval(result, &expr, &item, NULL, err));
	traced = 0;
	assert_ok(gate_expr_eval(&explained, &expr, &item, &tracer, err));
	assert_int_equal(explained.truth, result->truth);
	assert_string_equal(explained.detail, result->detail);
	assert_string_equal(explained.why, result->why);
	assert_int_equal(explained.n_places, result->n_places);
	/* Who asks why sees every predicate. */
	assert_int_equal(traced, strlen(letters) + 1);
	return "FTU"[result->truth];
}

static char truth_of(enum gate_expr_kind kind, const char *letters)
{
	GATE_AUTO(gate_result_clear) struct gate_result result = { 0 };

	return eval(&result, kind, letters);
}

static void tables_of_kleene(void **state)
{
	static const struct {
		const char *letters;
		char all, any;
	} rows[] = {
		{ "FF", 'F', 'F' },  { "FT", 'F', 'T' },  { "FU", 'F', 'U' },  { "TF", 'F', 'T' },
		{ "TT", 'T', 'T' },  { "TU", 'U', 'T' },  { "UF", 'F', 'U' },  { "UT", 'U', 'T' },
		{ "UU", 'U', 'U' },  { "F", 'F', 'F' },   { "T", 'T', 'T' },   { "U", 'U', 'U' },
		{ "UTF", 'F', 'T' }, { "TUT", 'U', 'T' }, { "FUF", 'F', 'U' },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		print_message("%s\n", rows[i].letters);
		assert_int_equal(truth_of(GATE_EXPR_ALL, rows[i].letters), rows[i].all);
		assert_int_equal(truth_of(GATE_EXPR_ANY, rows[i].letters), rows[i].any);
	}
	assert_int_equal(truth_of(GATE_EXPR_NOT, "F"), 'T');
	assert_int_equal(truth_of(GATE_EXPR_NOT, "T"), 'F');
	assert_int_equal(truth_of(GATE_EXPR_NOT, "U"), 'U');
}

/* De Morgan, on all triples. */
static void all_and_any_are_dual(void **state)
{
	static const char letters[] = "FTU", turned[] = "TFU";

	(void)state;
	for (size_t i = 0; i < 27; i++) {
		size_t a = i / 9, b = i / 3 % 3, c = i % 3;
		char one[] = { letters[a], letters[b], letters[c], 0 };
		char other[] = { turned[a], turned[b], turned[c], 0 };
		char all = truth_of(GATE_EXPR_ALL, one), any = truth_of(GATE_EXPR_ANY, other);

		assert_int_equal(all, turned[strchr(letters, any) - letters]);
	}
}

static void what_decides_says_why(void **state)
{
	static const struct {
		enum gate_expr_kind kind;
		const char *letters, *detail;
		size_t n_places;
		const char *first_path;
	} rows[] = {
		{ GATE_EXPR_ALL, "TF", "no", 1, "false.c" },
		{ GATE_EXPR_ALL, "UF", "no", 1, "false.c" },
		{ GATE_EXPR_ALL, "TT", "yes; yes", 2, "true.c" },
		{ GATE_EXPR_ANY, "FT", "yes", 1, "true.c" },
		{ GATE_EXPR_ANY, "UT", "yes", 1, "true.c" },
		{ GATE_EXPR_ANY, "FF", "no; no", 2, "false.c" },
		{ GATE_EXPR_NOT, "T", "yes", 1, "true.c" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		GATE_AUTO(gate_result_clear) struct gate_result result = { 0 };

		eval(&result, rows[i].kind, rows[i].letters);
		assert_string_equal(result.detail, rows[i].detail);
		assert_int_equal(result.n_places, rows[i].n_places);
		assert_string_equal(result.places[0].path, rows[i].first_path);
	}
}

static void what_can_only_be_mended_is_kept_over_what_waits(void **state)
{
	static const struct {
		const char *letters, *why;
	} rows[] = {
		{ "D", "known later" },  { "DU", "nobody knows" },  { "UD", "nobody knows" },
		{ "DD", "known later" }, { "TDU", "nobody knows" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(rows); i++) {
		GATE_AUTO(gate_result_clear) struct gate_result result = { 0 };

		assert_int_equal(eval(&result, GATE_EXPR_ALL, rows[i].letters), 'U');
		assert_string_equal(result.why, rows[i].why);
	}
}

static void nesting_keeps_the_truth(void **state)
{
	/* all: [T, not: { any: [F, U] }] */
	struct gate_expr inner[] = { leaf('F'), leaf('U') };
	struct gate_expr any = { .kind = GATE_EXPR_ANY, .kids = inner, .n_kids = 2 };
	struct gate_expr outer[] = { leaf('T'),
		                     { .kind = GATE_EXPR_NOT, .kids = &any, .n_kids = 1 } };
	struct gate_expr all = { .kind = GATE_EXPR_ALL, .kids = outer, .n_kids = 2 };
	GATE_AUTO(gate_result_clear) struct gate_result result = { 0 };
	const struct gate_item item = { 0 };

	(void)state;
	assert_ok(gate_expr_eval(&result, &all, &item, NULL, err));
	assert_int_equal(result.truth, GATE_UNKNOWN);
	inner[1] = leaf('T');
	gate_result_clear(&result);
	assert_ok(gate_expr_eval(&result, &all, &item, NULL, err));
	assert_int_equal(result.truth, GATE_FALSE);
	inner[1] = leaf('F');
	gate_result_clear(&result);
	assert_ok(gate_expr_eval(&result, &all, &item, NULL, err));
	assert_int_equal(result.truth, GATE_TRUE);
}

static void a_hundred_places_are_kept_and_all_are_counted(void **state)
{
	GATE_AUTO(gate_result_clear) struct gate_result result = { 0 };

	(void)state;
	for (unsigned i = 1; i <= 250; i++)
		assert_ok(gate_result_add_place(&result, "a.c", i, err));
	assert_int_equal(result.n_places, 250);
	assert_int_equal(result.places[GATE_MAX_PLACES - 1].line, 100);
	assert_true(result.cap_places < 250);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_of_kleene),
		cmocka_unit_test(all_and_any_are_dual),
		cmocka_unit_test(what_decides_says_why),
		cmocka_unit_test(what_can_only_be_mended_is_kept_over_what_waits),
		cmocka_unit_test(nesting_keeps_the_truth),
		cmocka_unit_test(a_hundred_places_are_kept_and_all_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
