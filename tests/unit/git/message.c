/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/shell.h"

#include "gate/base/limits.h"
#include "gate/git/message.h"

#include <stdio.h>
#include <stdlib.h>

#define SCISSORS "# ------------------------ >8 ------------------------\n"

/* Every message here is put before git, too: what we find must be what it finds. */
static const struct {
	const char *name, *text;
} messages[] = {
	{ "empty", "" },
	{ "one line", "subject\n" },
	{ "no line end", "subject" },
	{ "subject of two lines", "sub\nject  \n\nbody\n" },
	{ "blank lines first", "\n \n\t\nsubject\n\n\n\nbody\n\nend\n\n" },
	{ "indented subject", "  subject\n\n  body\n" },
	{ "plain trailers", "subject\n\nbody\n\nRollback: revert\nFeature-Flag: x\n" },
	{ "no trailer block", "subject\n\nbody\n\nsee: there\nand here\n" },
	{ "subject that looks like a trailer", "Fix: thing\n" },
	{ "first paragraph that looks like a block", "Fix: thing\nRollback: revert\n" },
	{ "block after blank lines only", "\n\nRollback: revert\n" },
	{ "no line end behind a trailer", "subject\n\nRollback: revert" },
	{ "blank lines behind trailers", "subject\n\nRollback: revert\n\n\n" },
	{ "blanks behind trailers", "subject\n\nRollback: revert\n  \n\t\n" },
	{ "folded", "subject\n\nRollback: first\n second\n\tthird\nOther: x\n" },
	{ "folded, blanks before the break", "subject\n\nRollback: first \n   second \n" },
	{ "folded first line empty", "subject\n\nRollback:\n second\n" },
	{ "indented text that follows nothing", "subject\n\n second\nRollback: x\n" },
	{ "indented text behind a comment", "subject\n\nRollback: x\n# c\n second\n" },
	{ "only indented text", "subject\n\n  Rollback: x\n" },
	{ "comment in the block", "subject\n\nA: 1\n# comment\nB: 2\n" },
	{ "comment behind the block", "subject\n\nA: 1\n\n# comment\n#\n" },
	{ "comment before the subject", "# hello\nsubject\n\nA: 1\n" },
	{ "comment looks like a trailer", "subject\n\n#A: 1\nB: 2\n" },
	{ "only comments", "# a\n# b\n" },
	{ "mixed, git's own line, one of four", "s\n\nx\ny\nz\nSigned-off-by: A <a@b>\n" },
	{ "mixed, git's own line, one of five", "s\n\nw\nx\ny\nz\nSigned-off-by: A <a@b>\n" },
	{ "mixed, two of seven", "s\n\nt\nu\nv\nw\nx\nSigned-off-by: A <a@b>\nB: 1\n" },
	{ "mixed, picked", "s\n\ntext\n(cherry picked from commit 1234)\nA: 1\n" },
	{ "only picked", "s\n\n(cherry picked from commit 1234)\n" },
	{ "sign-off without a space", "s\n\ntext\nSigned-off-by:A\n" },
	{ "sign-off in lower case", "s\n\ntext\nsigned-off-by: A\n" },
	{ "mixed, nothing of git's", "s\n\ntext\nA: 1\nB: 2\nC: 3\n" },
	{ "indented counts as text", "s\n\nx\n y\n z\n q\nSigned-off-by: A\n" },
	{ "indented counts as trailer", "s\n\nx\nSigned-off-by: A\n y\n z\n q\n" },
	{ "blank before the colon", "s\n\nkey : value\n" },
	{ "tab before the colon", "s\n\nkey\t: value\n" },
	{ "blank in the key", "s\n\ntwo words: value\n" },
	{ "blank in the key, then a colon", "s\n\nkey  : a\nanother\n" },
	{ "key with an underscore", "s\n\nmy_key: value\n" },
	{ "key with digits", "s\n\n1-2: value\n" },
	{ "key with a dot", "s\n\na.b: value\n" },
	{ "no key", "s\n\n: value\n" },
	{ "no value", "s\n\nA:\nB: \n" },
	{ "colon in the value", "s\n\nA: b: c\n" },
	{ "no blank behind the colon", "s\n\nA:b\n" },
	{ "equals sign", "s\n\nA=b\n" },
	{ "address", "s\n\nhttps://example.org\n" },
	{ "conflicts list", "s\n\nA: 1\n\nConflicts:\n\ta.c\n\tb.c\n" },
	{ "conflicts list in comments", "s\n\nA: 1\n\n# Conflicts:\n#\ta.c\n" },
	{ "conflicts list, then text", "s\n\nA: 1\n\nConflicts:\n\ta.c\ntext\n" },
	{ "conflicts list first", "Conflicts:\n\ta.c\n\nA: 1\n# c\n\tx\n" },
	{ "scissors", "s\n\nA: 1\n" SCISSORS "diff\n\nB: 2\n" },
	{ "scissors first", SCISSORS "s\n\nA: 1\n" },
	{ "scissors not at the start of a line", "s\n\nx " SCISSORS "\nB: 2\n" },
	{ "scissors with a blank behind", "s\n\nA: 1\n# ------------------------ >8 "
	                                  "------------------------ \nB: 2\n" },
	{ "divider", "s\n\nA: 1\n---\n\nB: 2\n" },
	{ "divider last", "s\n\nA: 1\n---\n a.c | 2\n" },
	{ "CRLF", "subject\r\n\r\nbody\r\n\r\nA: 1\r\nB: 2\r\n  3\r\n" },
	{ "CR alone", "subject\n\rA: 1\n\r\nB: 2\n" },
	{ "vertical tab is no blank", "s\n\v\nA: 1\n" },
	{ "form feed in a value", "s\n\nA: \f1\f\n" },
	{ "invalid UTF-8", "s\xff\n\nA: \xfe\x80\n" },
	{ "invalid UTF-8 in a key", "s\n\n\xc3\x28: x\n" },
	{ "two blocks", "s\n\nA: 1\n\nB: 2\n" },
	{ "same key twice", "s\n\nA: 1\nA: 1\nA: 2\n" },
};

static char *scratch;

static int setup(void **state)
{
	(void)state;
	scratch = test_scratch();
	test_sh(scratch, "git init -q");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	test_scratch_remove(scratch);
	return 0;
}

static void finds_the_trailers_that_git_finds(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(messages); i++) {
		GATE_AUTO(gate_message_release) struct gate_message message = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };
		GATE_AUTO(gate_free) char *gits = NULL;
		size_t len = strlen(messages[i].text);

		print_message("%s\n", messages[i].name);
		assert_ok(gate_message_parse(&message, messages[i].text, len, err));
		for (size_t j = 0; j < message.n_trailers; j++)
			gate_buf_printf(&ours, "%s: %s\n", message.trailers[j].key,
			                message.trailers[j].value);
		gits = test_shell(NULL, scratch, "exec git interpret-trailers --parse --no-divider",
		                  messages[i].text, len);
		assert_string_equal(gate_buf_text(&ours), gits);
	}
}

static void splits_subject_and_body_as_git_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < GATE_COUNT(messages); i++) {
		GATE_AUTO(gate_message_release) struct gate_message message = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf commit = { 0 };
		GATE_AUTO(gate_free) char *gits = NULL;
		const char *text = messages[i].text;

		print_message("%s\n", messages[i].name);
		assert_ok(gate_message_parse(&message, text, strlen(text), err));
		gate_buf_printf(&commit,
		                "author A <a> 0 +0000\ncommitter A <a> 0 +0000\n"
		                "encoding x-none\n\n%s",
		                text);
		gits = test_shell(NULL, scratch,
		                  "{ echo tree $(git mktree </dev/null); cat; } >commit\n"
		                  "git -c i18n.logOutputEncoding=x-none log -1 --format='%s<%b>'"
		                  " $(git hash-object -w --literally -t commit commit)",
		                  commit.ptr, commit.len);
		gate_buf_reset(&commit);
		gate_buf_printf(&commit, "%s<%s>\n", message.subject, message.body);
		assert_string_equal(commit.ptr, gits);
		assert_int_equal(message.subject_len, strlen(message.subject));
		assert_int_equal(message.body_len, strlen(message.body));
	}
}

static void says_in_which_line_things_stand(void **state)
{
	static const char text[] = "\nsub\nject\n\n\nbody\n\nA: 1\n  2\n# c\nB: 3\ntext\n"
				   "Signed-off-by: C\n";
	GATE_AUTO(gate_message_release) struct gate_message message = { 0 };

	(void)state;
	assert_ok(gate_message_parse(&message, text, sizeof(text) - 1, err));
	assert_string_equal(message.subject, "sub ject");
	assert_int_equal(message.body_line, 6);
	assert_int_equal(message.n_trailers, 3);
	assert_int_equal(message.trailers[0].line, 8);
	assert_string_equal(message.trailers[0].value, "1 2");
	assert_int_equal(message.trailers[1].line, 11);
	assert_int_equal(message.trailers[2].line, 13);
}

static void no_body_has_no_line(void **state)
{
	GATE_AUTO(gate_message_release) struct gate_message message = { 0 };

	(void)state;
	assert_ok(gate_message_parse(&message, "subject\n\n\n", 10, err));
	assert_int_equal(message.body_line, 0);
	assert_int_equal(message.body_len, 0);
	assert_string_equal(message.body, "");
}

static void a_nul_ends_nothing(void **state)
{
	static const char text[] = "sub\0ject\n\nbo\0dy\n\nA: x\0y\nB: 2\n";
	GATE_AUTO(gate_message_release) struct gate_message message = { 0 };

	(void)state;
	assert_ok(gate_message_parse(&message, text, sizeof(text) - 1, err));
	assert_int_equal(message.subject_len, 8);
	assert_memory_equal(message.subject, "sub\0ject", 9);
	assert_memory_equal(message.body, "bo\0dy\n\nA: x\0y\nB: 2\n", message.body_len + 1);
	assert_int_equal(message.n_trailers, 2);
	assert_int_equal(message.trailers[0].value_len, 3);
	assert_memory_equal(message.trailers[0].value, "x\0y", 4);
}

static void a_message_at_the_limit_is_read_whole_and_no_more(void **state)
{
	static const char head[] = "s\n\nA: ";
	size_t len = GATE_MAX_MESSAGE_BYTES;
	GATE_AUTO(gate_free) char *text = malloc(len + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len + 1);
	memcpy(text, head, sizeof(head) - 1);
	for (size_t over = 0; over < 2; over++) {
		GATE_AUTO(gate_message_release) struct gate_message message = { 0 };

		assert_ok(gate_message_parse(&message, text, len + over, err));
		assert_int_equal(message.cut, over);
		assert_int_equal(message.body_len, len - 3);
		assert_int_equal(message.n_trailers, over ? 0 : 1);
		if (!over)
			assert_int_equal(message.trailers[0].value_len, len - sizeof(head) + 1);
	}
}

static const char edited[] =
	"\n\n  subject  \t\r\n\n\n# comment\n\n#two\nbody # not\n ; x\n; semi\n"
	"\n\n# c\n\n" SCISSORS "# below\ndiff --git\n";

static void cleans_as_git_stripspace_does(void **state)
{
	static const struct {
		const char *cleanup, *comment, *script;
	} cases[] = {
		{ "strip", "#", "git stripspace -s" },
		{ "default", "auto", "git stripspace -s" },
		{ NULL, NULL, "git stripspace -s" },
		{ "whitespace", "#", "git stripspace" },
		{ "scissors", "#", "git stripspace" },
		{ "verbatim", "#", "cat" },
		{ "strip", ";", "git -c core.commentChar=';' stripspace -s" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++)
		for (size_t j = 0; j <= GATE_COUNT(messages); j++) {
			const char *text = j ? messages[j - 1].text : edited;
			size_t len = strlen(text), cut_len;
			GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };
			GATE_AUTO(gate_buf_release) struct gate_buf cut = { 0 };
			GATE_AUTO(gate_free) char *gits = NULL;

			/* Cutting is tried with git commit below. */
			assert_ok(gate_message_clean(&cut, text, len, "verbatim", cases[i].comment,
			                             err));
			gits = test_shell(&cut_len, scratch, cases[i].script, gate_buf_text(&cut),
			                  cut.len);
			assert_ok(gate_message_clean(&ours, text, len, cases[i].cleanup,
			                             cases[i].comment, err));
			assert_int_equal(ours.len, cut_len);
			assert_string_equal(gate_buf_text(&ours), gits);
		}
}

/* What a commit-msg hook gets against what git then commits. */
static void keeps_what_git_commit_keeps(void **state)
{
	static const struct {
		const char *cleanup, *comment, *options, *edit;
	} cases[] = {
		{ "default", "#", "", "printf 's\\n\\n# c\\nb\\n%s'" },
		{ "default", "#", "-v", "printf 's  \\n\\n# c\\nA: 1\\n%s'" },
		{ "strip", "#", "-v", "printf '\\n\\ns\\n# c\\n\\n\\n\\nb\\n%s'" },
		{ "scissors", "#", "", "printf 's\\n\\n# kept\\nb\\n%s'" },
		{ "scissors", "#", "-v", "printf 's\\n\\n# kept\\nb\\n\\n\\n%s'" },
		{ "whitespace", "#", "-v", "printf 's\\n\\n# kept \\nb\\n\\n\\n%s'" },
		{ "verbatim", "#", "-v", "printf ' s \\n\\n\\n# kept\\nb\\n\\n\\n%s'" },
		{ "strip", ";", "-v", "printf 's\\n\\n; c\\n# kept\\nb\\n%s'" },
		{ "scissors", ";", "-v", "printf 's\\n\\n; c\\n# kept\\nb\\n%s'" },
	};

	(void)state;
	test_sh(scratch, "printf '#!/bin/sh\\ncp \"$1\" \"$HOME/got\"\\n' >.git/hooks/commit-msg\n"
	                 "chmod +x .git/hooks/commit-msg; echo x >file; git add file");
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf script = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf ours = { 0 };
		GATE_AUTO(gate_free) char *got = NULL, *kept = NULL;
		size_t len;

		gate_buf_printf(
			&script,
			"echo %zu >>file\n"
			"cat >edit <<'END'\nold=$(cat \"$1\"; echo .)\n"
			"%s \"${old%%.}\" >\"$1\"\nEND\n"
			"EDITOR='sh ./edit' git -c commit.cleanup=%s -c core.commentChar='%s'"
			" commit -q -a %s; cat got",
			i, cases[i].edit, cases[i].cleanup, cases[i].comment, cases[i].options);
		print_message("%s %s\n", cases[i].cleanup, cases[i].options);
		got = test_shell(&len, scratch, script.ptr, NULL, 0);
		kept = test_shell(NULL, scratch, "git cat-file commit HEAD | sed '1,/^$/d'", NULL,
		                  0);
		assert_ok(gate_message_clean(&ours, got, len, cases[i].cleanup, cases[i].comment,
		                             err));
		assert_string_equal(gate_buf_text(&ours), kept);
	}
}

static void a_comment_may_start_with_several_characters(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
	static const char text[] = "s\n//no\n/yes\n"
				   "// ------------------------ >8 ------------------------\nx\n";

	(void)state;
	assert_ok(gate_message_clean(&out, text, sizeof(text) - 1, "strip", "//", err));
	assert_string_equal(out.ptr, "s\n/yes\n");
}

static void refuses_what_git_does_not_know(void **state)
{
	struct gate_error err = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };

	(void)state;
	assert_int_equal(gate_message_clean(&out, "x", 1, "stripp", "#", &err), GATE_ECONFIG);
	assert_string_equal(err.message, "commit.cleanup is 'stripp', which git does not know");
	assert_int_equal(gate_message_clean(&out, "x", 1, "strip", "", &err), GATE_ECONFIG);
	assert_string_equal(err.message, "core.commentChar is empty");
	assert_int_equal(out.len, 0);
}

static void parse_id(struct gate_oid *id, const char *hex)
{
	assert_ok(gate_oid_parse(id, hex, strcspn(hex, "\n"), err));
}

static void reads_who_and_when(void **state)
{
	static const struct {
		const char *line, *name, *email;
		int64_t time;
		int offset;
	} cases[] = {
		{ "author A B <a@b> 1700000000 +0530", "A B", "a@b", 1700000000, 330 },
		{ "author A <a> 5 -0130", "A", "a", 5, -90 },
		{ "author  <> 0 +0000", "", "", 0, 0 },
		{ "author A < a b > 7 +0100", "A", "a b", 7, 60 },
		{ "author A <a>> 7 +0100", "A", "a", 7, 60 },
		{ "author A <a", "A", "", 0, 0 },
		{ "author nobody", "nobody", "", 0, 0 },
		{ "author A <a>", "A", "a", 0, 0 },
		{ "author A <a> 99999999999999999999 +0000", "A", "a", 0, 0 },
		{ "author A <a> 1 +99999", "A", "a", 1, 0 },
		{ "author A <a> 1", "A", "a", 1, 0 },
		{ "author A <a> 1 0100", "A", "a", 1, 0 },
		{ "author \xff <\xfe> 1 +0000", "\xff", "\xfe", 1, 0 },
		{ "gpgsig x\n author B <b> 9 +0000\nauthor A <a> 1 +0000\nauthor C <c> 2 +0000",
		  "A", "a", 1, 0 },
	};
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;

	(void)state;
	assert_ok(gate_repo_open(&repo, scratch, err));
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_commit_text_release) struct gate_commit_text text = { 0 };
		GATE_AUTO(gate_buf_release) struct gate_buf commit = { 0 };
		GATE_AUTO(gate_free) char *hex = NULL;
		struct gate_oid id;

		print_message("%s\n", cases[i].line);
		gate_buf_printf(&commit,
		                "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n%s\n"
		                "committer C <c> 3 +0000\n\nsubject\n\nA: 1\n",
		                cases[i].line);
		hex = test_shell(NULL, scratch, "git hash-object -w --literally -t commit --stdin",
		                 commit.ptr, commit.len);
		parse_id(&id, hex);
		assert_ok(gate_commit_text_read(&text, repo, &id, err));
		assert_string_equal(text.author_name, cases[i].name);
		assert_string_equal(text.author_email, cases[i].email);
		assert_int_equal(text.author_time, cases[i].time);
		assert_int_equal(text.author_offset, cases[i].offset);
		assert_string_equal(text.message.subject, "subject");
		assert_int_equal(text.message.n_trailers, 1);
	}
}

static void names_the_commit_that_cannot_be_read(void **state)
{
	static const struct {
		const char *script, *message;
		int code;
	} cases[] = {
		{ "echo 1111111111111111111111111111111111111111",
		  "commit 1111111111111111111111111111111111111111 is not in this repository",
		  GATE_ENOTFOUND },
		{ "echo x | git hash-object -w --stdin",
		  "object 587be6b4c3f93f93c489c0111bba5596147a26cb is not a commit",
		  GATE_ENOTFOUND },
		{ "printf 'tree x\\n\\nauthor A <a> 1 +0000\\n' |"
		  " git hash-object -w --literally -t commit --stdin",
		  "commit 3465100528dcc5b9a6b05df8c2499b5190782170 has no author line", GATE_EGIT },
	};
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;

	(void)state;
	assert_ok(gate_repo_open(&repo, scratch, err));
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_commit_text text;
		struct gate_error err = { 0 };
		GATE_AUTO(gate_free)
		char *hex = test_shell(NULL, scratch, cases[i].script, NULL, 0);
		struct gate_oid id;

		parse_id(&id, hex);
		assert_int_equal(gate_commit_text_read(&text, repo, &id, &err), cases[i].code);
		assert_string_equal(err.message, cases[i].message);
	}
}

static void finds_the_branch_that_was_merged(void **state)
{
	static const struct {
		const char *subject, *branch; /* NULL: none */
	} cases[] = {
		{ "Merge branch 'hotfix/x'", "hotfix/x" },
		{ "Merge branch 'hotfix/x' into 'main'", "hotfix/x" },
		{ "Merge branch 'x' into release/1", "x" },
		{ "Merge branch 'x' of https://example.com/shop", "x" },
		{ "Merge remote-tracking branch 'origin/hotfix/x'", "hotfix/x" },
		{ "Merge remote-tracking branch 'x'", NULL },
		{ "Merge remote-tracking branch 'x/'", NULL },
		{ "Merge pull request #1 from owner/hotfix/x", "hotfix/x" },
		{ "Merge pull request #12 from hotfix/x", "x" }, /* an owner of that name */
		{ "Merge pull request #12 from owner/x a title", "x" },
		{ "Merge pull request #12 from owner", NULL },
		{ "Merge pull request # from owner/x", NULL },
		{ "Merge pull request #1", NULL },
		{ "Merged in hotfix/x (pull request #1)", "hotfix/x" },
		{ "Merged in hotfix/x (pull request #1) again", "hotfix/x" },
		{ "Merged in hotfix/x", NULL },
		{ "Merged in hotfix/x (pull request #)", NULL },
		{ "Merged in  (pull request #1)", NULL },
		{ "Merge branches 'a' and 'b'", NULL },
		{ "Merge tag 'v1'", NULL },
		{ "Merge commit '1234567'", NULL },
		{ "Merge branch ''", NULL },
		{ "Merge branch 'x", NULL },
		{ "Merge branch '", NULL },
		{ "Revert \"Merge branch 'x'\"", NULL },
		{ "merge branch 'x'", NULL },
		{ " and Merge branch 'x'", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_message_release) struct gate_message message = { 0 };
		const char *branch = "as it was";
		size_t len = 7;
		/* What stands first in a message is its subject, blanks or not. */
		const bool found = gate_message_parse(&message, cases[i].subject,
		                                      strlen(cases[i].subject), NULL) == GATE_OK &&
		                   gate_message_merged(&branch, &len, &message);

		print_message("%s\n", cases[i].subject);
		assert_int_equal(found, cases[i].branch != NULL);
		assert_int_equal(len, found ? strlen(cases[i].branch) : 7);
		assert_memory_equal(branch, found ? cases[i].branch : "as it was", len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_trailers_that_git_finds),
		cmocka_unit_test(splits_subject_and_body_as_git_does),
		cmocka_unit_test(says_in_which_line_things_stand),
		cmocka_unit_test(no_body_has_no_line),
		cmocka_unit_test(a_nul_ends_nothing),
		cmocka_unit_test(finds_the_branch_that_was_merged),
		cmocka_unit_test(a_message_at_the_limit_is_read_whole_and_no_more),
		cmocka_unit_test(cleans_as_git_stripspace_does),
		cmocka_unit_test(keeps_what_git_commit_keeps),
		cmocka_unit_test(a_comment_may_start_with_several_characters),
		cmocka_unit_test(refuses_what_git_does_not_know),
		cmocka_unit_test(reads_who_and_when),
		cmocka_unit_test(names_the_commit_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
