/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/redact.h"

#include "tests/support/test.h"

static const struct {
	const char *text, *wanted;
} cases[] = {
	{ "", "" },
	{ "origin", "origin" },
	{ "//", "//" },
	{ "////", "////" },
	{ "https://host/x.git", "https://host/x.git" },
	{ "https://me:secret@host/x.git", "https://***@host/x.git" },
	{ "https://token@host/x.git", "https://***@host/x.git" },
	{ "https://:secret@host", "https://***@host" },
	{ "ssh://git@host:22/x", "ssh://***@host:22/x" },
	{ "//me:secret@host/x", "//***@host/x" },
	{ "git@host:x.git", "git@host:x.git" },
	{ "HTTPS://me:a%40b@host/", "HTTPS://***@host/" },
	{ "fatal: unable to access 'https://me:secret@host/': Could not resolve host: host",
	  "fatal: unable to access 'https://***@host/': Could not resolve host: host" },

	/* Bytes that should have been escaped. */
	{ "https://me:s@c@r@t@host/", "https://***@host/" },
	{ "'https://me:it's@host/'", "'https://***@host/'" },
	{ "https://me:\"q\"@host/", "https://***@host/" },
	{ "https://me:se/cret@host/", "https://***@host/" },
	{ "https://me:1/cret@host/", "https://***@host/" },
	{ "https://me:se?c#ret@host/", "https://***@host/" },
	{ "https://me:\xff@host/", "https://***@host/" },

	/* An @ in a path is none of a user. */
	{ "https://host/me@x", "https://host/me@x" },
	{ "https://host:8443/me", "https://host:8443/me" },
	{ "https://[::1]/me@x", "https://[::1]/me@x" },
	{ "https://me:secret@[::1]:80/me@x", "https://***@[::1]:80/me@x" },

	/* More than one, and what stands between them. */
	{ "https://a:b@h/ and\thttps://c:d@h/\n", "https://***@h/ and\thttps://***@h/\n" },
	{ "https://proxy//me:secret@host/", "https://proxy//***@host/" },
	{ "https://a:b@proxy/https://c:d@h/", "https://***@proxy/https://***@h/" },
	{ "mail me@host", "mail me@host" },
	{ "https://host me@host", "https://host me@host" },
};

static void takes_out_what_is_before_the_host(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 }, twice = { 0 };

		gate_git_redact(&out, cases[i].text, strlen(cases[i].text));
		assert_string_equal(gate_buf_text(&out), cases[i].wanted);
		gate_git_redact(&twice, gate_buf_text(&out), out.len);
		assert_string_equal(gate_buf_text(&twice), cases[i].wanted);
	}
}

/* A remote decides how long its talk is; a line of slashes and ats takes no long time. */
static void takes_time_in_proportion(void **state)
{
	static const char part[] = "//:a/@";
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 }, out = { 0 };

	(void)state;
	while (text.len < ((size_t)4 << 20))
		gate_buf_puts(&text, part);
	gate_git_redact(&out, text.ptr, text.len);
	assert_int_not_equal(out.len, 0);
	assert_true(!memmem(out.ptr, out.len, ":a/@", 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_out_what_is_before_the_host),
		cmocka_unit_test(takes_time_in_proportion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
