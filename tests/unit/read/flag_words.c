/* SPDX-License-Identifier: Apache-2.0 */
/* Where keys of flags stand in code, however they are spelled, and where they do not. */
#include "gate/read/flag_words.h"

#include "gate/base/buf.h"
#include "tests/support/oom.h"
#include "tests/support/test.h"

#include <time.h>

struct found {
	struct gate_buf text;
	const char *const *keys;
};

static int note(size_t which, size_t at, void *payload)
{
	struct found *found = payload;

	gate_buf_printf(&found->text, "%s%s:%zu", found->text.len ? " " : "", found->keys[which],
	                at);
	return 0;
}

/* The keys that a text holds, as "key:offset". */
static void find(struct found *found, const char *const keys[], const char *text)
{
	GATE_AUTO(gate_flag_words_free) struct gate_flag_words *words = NULL;

	found->keys = keys;
	assert_ok(gate_flag_words_new(&words, err));
	for (size_t i = 0; keys[i]; i++)
		assert_ok(gate_flag_words_add(words, keys[i], i, err));
	assert_ok(gate_flag_words_ready(words, err));
	assert_int_equal(gate_flag_words_find(words, text, strlen(text), note, found), 0);
}

static const struct {
	const char *key, *text, *found;
} cases[] = {
	/* spellings */
	{ "pay-now", "if (flags.payNow)", "pay-now:10" },
	{ "pay-now", "x = pay-now", "pay-now:4" },
	{ "pay-now", "pay_now PAY_NOW PayNow", "pay-now:0 pay-now:8 pay-now:16" },
	{ "payNow", "pay-now pay_now PAY_NOW PayNow payNow",
	  "payNow:0 payNow:8 payNow:16 payNow:24 payNow:31" },
	{ "pay-now", "PAY-NOW Pay-Now paynow pAyNow Pay_Now", "" },
	{ "checkout.pay-now", "checkoutPayNow checkout_pay_now \"checkout.pay-now\"",
	  "checkout.pay-now:0 checkout.pay-now:15 checkout.pay-now:33" },
	{ "pay now", "'pay now' payNow", "pay now:1 pay now:10" },
	{ "pay", "pay PAY Pay", "pay:0 pay:4" },
	{ "loadVUs", "load_vus LOAD_VUS load_v_us LoadVus LoadVUs",
	  "loadVUs:0 loadVUs:9 loadVUs:18 loadVUs:28 loadVUs:36" },
	{ "HTTPServer", "http_server httpserver HTTP_SERVER httpServer",
	  "HTTPServer:0 HTTPServer:12 HTTPServer:23 HTTPServer:35" },
	{ "v2Api", "v2_api V2_API v2-api", "v2Api:0 v2Api:7 v2Api:14" },
	{ "\xc3\xa9t\xc3\xa9-on", "\xc3\xa9t\xc3\xa9_on", "\xc3\xa9t\xc3\xa9-on:0" },
	/* delimiters */
	{ "pay", "prepay payer pay_now _pay pay1 \xc3\xa9pay pay\xc3\xa9", "" },
	{ "pay", "pre-pay pay-now a-pay-b", "" },
	{ "pay", "$pay->isOn() -pay pay- --pay (pay) \"pay\" pay",
	  "pay:1 pay:14 pay:18 pay:25 pay:30 pay:36 pay:41" },
	{ "pay-now", "repay-now pay-now-and-later", "" },
	{ "payNow", "payNow--; x-payNow", "payNow:0" },
	{ "a.b", "a.b xa.b a.bc a.b.c x.a.b", "a.b:0 a.b:14 a.b:22" },
	{ "a.b", "a.b-c a.b-", "a.b:6" },
	{ "a/b c", "a/b c", "a/b c:0" },
	{ "a/b c", "a/b  c a/b", "" },
	{ "/a/", "a /a/", "/a/:0 /a/:3" },
	{ "a", "", "" },
};

static void finds_each_spelling_that_stands_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		const char *const keys[] = { cases[i].key, NULL };
		struct found found = { 0 };

		print_message("%s in %s\n", cases[i].key, cases[i].text);
		find(&found, keys, cases[i].text);
		assert_string_equal(gate_buf_text(&found.text), cases[i].found);
		gate_buf_release(&found.text);
	}
}

static void keys_do_not_hide_each_other(void **state)
{
	static const char *const keys[] = { "a", "a.b", "a.b.c", "a-b", "aB", "a.b.x.y", NULL };
	struct found found = { 0 };

	(void)state;
	find(&found, keys, "a.b.c aB a.b.x");
	assert_string_equal(gate_buf_text(&found.text),
	                    "a:0 a.b:0 a.b.c:0 a.b:6 aB:6 a-b:6 a:9 a.b:9");
	gate_buf_release(&found.text);
}

static void a_key_has_other_names(void **state)
{
	GATE_AUTO(gate_flag_words_free) struct gate_flag_words *words = NULL;
	static const char *const keys[] = { "pay-now", "buy" };
	static const char text[] = "VOUCHER isOn(x).y pay_now buy";
	struct found found = { .keys = keys };

	(void)state;
	assert_ok(gate_flag_words_new(&words, err));
	assert_ok(gate_flag_words_add(words, "pay-now", 0, err));
	assert_ok(gate_flag_words_add(words, "buy", 1, err));
	assert_ok(gate_flag_words_add_name(words, "VOUCHER", 7, 0, err));
	assert_ok(gate_flag_words_add_name(words, "isOn(x).y", 9, 1, err));
	assert_ok(gate_flag_words_add_name(words, "()", 2, 1, err));
	assert_ok(gate_flag_words_ready(words, err));
	assert_int_equal(gate_flag_words_find(words, text, strlen(text), note, &found), 0);
	assert_string_equal(gate_buf_text(&found.text), "pay-now:0 buy:8 pay-now:18 buy:26");
	gate_buf_release(&found.text);
}

static int stop(size_t which, size_t at, void *payload)
{
	(void)which;
	*(size_t *)payload += 1;
	return at == 4 ? 77 : 0;
}

static void stops_when_told(void **state)
{
	GATE_AUTO(gate_flag_words_free) struct gate_flag_words *words = NULL;
	size_t calls = 0;

	(void)state;
	assert_ok(gate_flag_words_new(&words, err));
	assert_ok(gate_flag_words_add(words, "pay", 0, err));
	assert_ok(gate_flag_words_ready(words, err));
	assert_int_equal(gate_flag_words_find(words, "pay pay pay", 11, stop, &calls), 77);
	assert_int_equal(calls, 2);
}

static void no_words_are_found_nowhere(void **state)
{
	static const char *const keys[] = { NULL };
	struct found found = { 0 };

	(void)state;
	find(&found, keys, "pay now");
	assert_string_equal(gate_buf_text(&found.text), "");
}

static int count(size_t which, size_t at, void *payload)
{
	(void)which;
	(void)at;
	*(size_t *)payload += 1;
	return 0;
}

/* 10000 keys, many with the same start and many with the same spelling, in 10 MB of text that holds them all. */
static void many_keys_take_no_time(void **state)
{
	GATE_AUTO(gate_flag_words_free) struct gate_flag_words *words = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	size_t calls = 0;
	clock_t start;
	double seconds;

	(void)state;
	start = clock();
	assert_ok(gate_flag_words_new(&words, err));
	for (size_t i = 0; i < 10000; i++) {
		char key[64];

		snprintf(key, sizeof(key), i % 2 ? "checkout.flag-%zu" : "flag-%zu-on", i);
		assert_ok(gate_flag_words_add(words, key, i, err));
		assert_ok(gate_flag_words_add_name(words, "SAME", 4, i, err));
	}
	assert_ok(gate_flag_words_ready(words, err));
	for (size_t i = 0; text.len < 10000000; i++)
		gate_buf_printf(&text, "if (checkout.flag-%zu || checkout.other(flag_%zu_on)) {\n",
		                i % 10000, i % 10000);
	assert_int_equal(gate_flag_words_find(words, text.ptr, text.len, count, &calls), 0);
	seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	print_message("%zu bytes, %zu found, in %.3f s\n", text.len, calls, seconds);
	assert_true(calls > 100000);
	assert_true(seconds < 10);
}

static int use(struct gate_error *err)
{
	GATE_AUTO(gate_flag_words_free) struct gate_flag_words *words = NULL;
	int code = gate_flag_words_new(&words, err);
	size_t calls = 0;

	for (size_t i = 0; code == GATE_OK && i < GATE_COUNT(cases); i++)
		code = gate_flag_words_add(words, cases[i].key, i, err);
	if (code == GATE_OK)
		code = gate_flag_words_ready(words, err);
	return code == GATE_OK ? gate_flag_words_find(words, "pay-now", 7, count, &calls) : code;
}

static void every_allocation_may_fail(void **state)
{
	bool failed = true;
	unsigned n = 0;

	(void)state;
	for (; failed; n++) {
		struct gate_error err = { 0 };
		int code;

		test_oom_arm(n);
		code = use(&err);
		failed = test_oom_disarm();
		if (code != (failed ? GATE_ENOMEM : GATE_OK))
			fail_msg("allocation %u: %d, '%s'", n, code, err.message);
	}
	assert_true(n > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each_spelling_that_stands_alone),
		cmocka_unit_test(keys_do_not_hide_each_other),
		cmocka_unit_test(a_key_has_other_names),
		cmocka_unit_test(stops_when_told),
		cmocka_unit_test(no_words_are_found_nowhere),
		cmocka_unit_test(many_keys_take_no_time),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
