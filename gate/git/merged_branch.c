/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/message.h"

/* What is left of a text. */
struct rest {
	const char *at;
	size_t len;
};

static bool take(struct rest *rest, const char *word)
{
	const size_t len = strlen(word);

	if (rest->len < len || memcmp(rest->at, word, len) != 0)
		return false;
	rest->at += len;
	rest->len -= len;
	return true;
}

static bool take_digits(struct rest *rest)
{
	const char *first = rest->at;

	while (rest->len && *rest->at >= '0' && *rest->at <= '9') {
		rest->at++;
		rest->len--;
	}
	return rest->at > first;
}

/* Up to the first slash: the remote, or the owner of a fork. False: there is none, or nothing behind it. */
static bool drop_first_part(struct rest *rest)
{
	const char *slash = memchr(rest->at, '/', rest->len);

	if (!slash)
		return false;
	rest->len -= (size_t)(slash + 1 - rest->at);
	rest->at = slash + 1;
	return rest->len > 0;
}

/* No branch has a blank or a colon in its name, so what ends it is sure where it has no quotes. */
static bool take_branch(struct rest *branch, const struct rest *rest, const char *ends)
{
	branch->at = rest->at;
	branch->len = 0;
	while (branch->len < rest->len && rest->at[branch->len] &&
	       !strchr(ends, rest->at[branch->len]))
		branch->len++;
	return branch->len > 0;
}

/* "Merge branch 'x'", "... into y", "... of <URL>"; GitLab writes the same. */
static bool by_git(struct rest *branch, struct rest rest)
{
	const bool remote = take(&rest, "Merge remote-tracking branch '");

	if (!remote && !take(&rest, "Merge branch '"))
		return false;
	return take_branch(branch, &rest, "'") && branch->len < rest.len &&
	       rest.at[branch->len] == '\'' && (!remote || drop_first_part(branch));
}

/* "Merge pull request #1 from owner/x". */
static bool by_github(struct rest *branch, struct rest rest)
{
	return take(&rest, "Merge pull request #") && take_digits(&rest) && take(&rest, " from ") &&
	       take_branch(branch, &rest, " ") && drop_first_part(branch);
}

/* "Merged in x (pull request #1)", also of a squash. */
static bool by_bitbucket(struct rest *branch, struct rest rest)
{
	if (!take(&rest, "Merged in ") || !take_branch(branch, &rest, " "))
		return false;
	rest.at += branch->len;
	rest.len -= branch->len;
	return take(&rest, " (pull request #") && take_digits(&rest) && take(&rest, ")");
}

bool gate_message_merged(const char **branch, size_t *len, const struct gate_message *message)
{
	const struct rest subject = { message->subject, message->subject_len };
	struct rest found;

	if (!by_git(&found, subject) && !by_github(&found, subject) &&
	    !by_bitbucket(&found, subject))
		return false;
	*branch = found.at;
	*len = found.len;
	return true;
}
