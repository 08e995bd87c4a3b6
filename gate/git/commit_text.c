/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/commit_text.h"

#include "gate/git/internal.h"
#include "gate/git/message_text.h"

/*
 * Commits of other programs and other times have odd author lines; git shows what it can make of them, and so does this. Only a commit
 * without an author line is damaged.
 */

/** Digits to a number; 0 when there are none or too many. */
static int64_t parse_number(const char *at, const char *end)
{
	int64_t number = 0;

	for (; at < end && *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, *at - '0', &number))
			return 0;
	return number;
}

/** What stands behind the address: seconds, a space, and a sign with four digits. */
static void parse_date(struct gate_commit_text *out, const char *at, const char *end)
{
	int64_t zone;

	while (at < end && gate_message_is_space(*at))
		at++;
	out->author_time = parse_number(at, end);
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	while (at < end && gate_message_is_space(*at))
		at++;
	if (at == end || (*at != '+' && *at != '-'))
		return;
	zone = parse_number(at + 1, end);
	if (zone > 9999)
		return;
	out->author_offset = (int)(zone / 100 * 60 + zone % 100) * (*at == '-' ? -1 : 1);
}

static char *copy_trimmed(const char *at, const char *end)
{
	while (at < end && gate_message_is_space(*at))
		at++;
	return gate_copy(at, gate_message_trimmed(at, (size_t)(end - at)));
}

/** "Name <address> seconds zone". The date is behind the last '>', for an address may hold anything. */
static int parse_author(struct gate_commit_text *out, const char *at, const char *end,
                        struct gate_error *err)
{
	const char *left = memchr(at, '<', (size_t)(end - at));
	const char *right = left ? memchr(left, '>', (size_t)(end - left)) : NULL;
	const char *last = right ? memrchr(at, '>', (size_t)(end - at)) : NULL;

	out->author_name = copy_trimmed(at, left ? left : end);
	out->author_email = right ? copy_trimmed(left + 1, right) : gate_copy("", 0);
	if (!out->author_name || !out->author_email)
		return gate_fail_memory(err);
	if (last)
		parse_date(out, last + 1, end);
	return GATE_OK;
}

int gate_commit_text_parse(struct gate_commit_text *out, const char *bytes, size_t len,
                           struct gate_error *err)
{
	static const char author[] = "author ";
	GATE_AUTO(gate_commit_text_release) struct gate_commit_text text = { 0 };
	const char *at = bytes, *end = bytes + len, *next;
	int code;

	for (; at < end && *at != '\n'; at = next) {
		next = gate_message_next_line(at, end);
		if (text.author_name || !gate_message_starts(at, next, author, sizeof(author) - 1))
			continue;
		code = parse_author(&text, at + sizeof(author) - 1,
		                    next[-1] == '\n' ? next - 1 : next, err);
		if (code < 0)
			return code;
	}
	if (!text.author_name)
		return gate_fail(err, GATE_EGIT, "a commit has no author line");
	if (at < end)
		at++;
	code = gate_message_parse(&text.message, at, (size_t)(end - at), err);
	if (code < 0)
		return code;
	*out = text;
	text = (struct gate_commit_text){ 0 };
	return GATE_OK;
}

int gate_commit_text_read(struct gate_commit_text *out, const struct gate_repo *repo,
                          const struct gate_oid *id, struct gate_error *err)
{
	GATE_AUTO(git_odb_object_free) git_odb_object *object = NULL;
	git_oid oid = gate_oid_to_git(id);
	char hex[GATE_OID_HEX];
	int code = git_odb_read(&object, repo->odb, &oid);

	if (code == GIT_ENOTFOUND)
		return gate_fail(err, GATE_ENOTFOUND, "commit %s is not in this repository",
		                 gate_oid_hex(hex, id));
	if (code < 0)
		return gate_fail_git(err, "cannot read commit %s", gate_oid_hex(hex, id));
	if (git_odb_object_type(object) != GIT_OBJECT_COMMIT)
		return gate_fail(err, GATE_ENOTFOUND, "object %s is not a commit",
		                 gate_oid_hex(hex, id));
	code = gate_commit_text_parse(out, git_odb_object_data(object), git_odb_object_size(object),
	                              err);
	if (code == GATE_EGIT)
		return gate_fail(err, GATE_EGIT, "commit %s has no author line",
		                 gate_oid_hex(hex, id));
	return code;
}

void gate_commit_text_release(struct gate_commit_text *text)
{
	gate_message_release(&text->message);
	free(text->author_name);
	free(text->author_email);
	*text = (struct gate_commit_text){ 0 };
}
