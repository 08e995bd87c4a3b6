/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/push_report.h"

#include "gate/git/redact.h"

/* How bad it is, so that the worst of several refs is the greatest. ALONG: only because of another ref of the same push. */
enum rank { FINE, ALONG, BEHIND, REFUSED, BROKEN };

static const struct {
	const char *kind;
	const char *reason; /* how it begins; "": all others */
	enum rank rank;
} answers[] = {
	/* Found here, by looking at what the remote has. */
	{ "[rejected]", "atomic push failed", ALONG },
	{ "[rejected]", "fetch first", BEHIND },
	{ "[rejected]", "non-fast-forward", BEHIND },
	{ "[rejected]", "stale info", BEHIND },
	{ "[rejected]", "remote ref updated since checkout", BEHIND },
	{ "[rejected]", "", REFUSED },
	/* Said by the remote: by git itself... */
	{ "[remote rejected]", "atomic push failure", ALONG },
	{ "[remote rejected]", "atomic transaction failed", BEHIND },
	{ "[remote rejected]", "transaction failed to start", BEHIND },
	{ "[remote rejected]", "failed to update ref", BEHIND },
	{ "[remote rejected]", "cannot lock ref", BEHIND },
	{ "[remote rejected]", "incorrect old value provided", BEHIND },
	{ "[remote rejected]", "reference already exists", BEHIND },
	{ "[remote rejected]", "reference does not exist", BEHIND },
	{ "[remote rejected]", "non-fast-forward", BEHIND },
	{ "[remote rejected]", "unpacker error", BROKEN },
	{ "[remote rejected]", "missing necessary objects", BROKEN },
	/* ... and by JGit. */
	{ "[remote rejected]", "transaction aborted", ALONG },
	{ "[remote rejected]", "failed to lock", BEHIND },
	{ "[remote rejected]", "lock failure", BEHIND },
	{ "[remote rejected]", "non-fast forward", BEHIND },
	{ "[remote rejected]", "internal server error", BROKEN },
	{ "[remote rejected]", "", REFUSED },
	/* It went away, or does not say what it did. */
	{ "[remote failure]", "", BROKEN },
};

static bool begins(const char *text, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && !memcmp(text, with, n);
}

/* "[kind] (reason)". What is neither known as worth another try nor as a failure counts as refused. */
static enum rank rank_of(const char *summary, size_t len)
{
	for (size_t i = 0; i < GATE_COUNT(answers); i++) {
		size_t kind = strlen(answers[i].kind);
		const char *reason = summary + kind;

		if (!begins(summary, len, answers[i].kind))
			continue;
		if (begins(reason, len - kind, " ("))
			reason += 2;
		if (begins(reason, (size_t)(summary + len - reason), answers[i].reason))
			return answers[i].rank;
	}
	return REFUSED;
}

/* The third field of a line; NULL: it is no line of a ref that went wrong. */
static const char *bad_summary(const char *line, size_t len)
{
	const char *tab;

	if (!begins(line, len, "!\t"))
		return NULL;
	tab = memchr(line + 2, '\t', len - 2);
	return tab ? tab + 1 : NULL;
}

enum gate_push_result gate_push_report_read(struct gate_buf *why, const char *text, size_t len)
{
	static const enum gate_push_result results[] = {
		[FINE] = GATE_PUSH_DONE,     [ALONG] = GATE_PUSH_BEHIND,
		[BEHIND] = GATE_PUSH_BEHIND, [REFUSED] = GATE_PUSH_REFUSED,
		[BROKEN] = GATE_PUSH_BROKEN,
	};
	const char *end = text + len;
	enum rank worst = FINE;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;
		const char *summary = bad_summary(text, (size_t)(stop - text));
		enum rank rank = summary ? rank_of(summary, (size_t)(stop - summary)) : FINE;

		if (rank > worst && why) {
			gate_buf_reset(why);
			gate_git_redact(why, summary, (size_t)(stop - summary));
		}
		if (rank > worst)
			worst = rank;
		text = newline ? newline + 1 : end;
	}
	return results[worst];
}
