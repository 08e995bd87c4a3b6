/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Commit messages: subject, body and trailers as git parses them.
 */
#ifndef GATE_GIT_MESSAGE_H
#define GATE_GIT_MESSAGE_H

#include "gate/git/repo.h"

struct gate_trailer {
	const char *key,
		*value; /* borrowed from the message; the lines of a folded value are joined by one space */
	size_t value_len; /* a value may hold NULs, a key cannot */
	unsigned line;    /* in the message, from 1 */
};

struct gate_message {
	const char *
		subject; /* the first paragraph's lines joined by a space, as `git log --format=%s` */
	size_t subject_len;
	const char *
		body; /* what follows it without leading blank lines, trailers included, as %b; NUL-terminated */
	size_t body_len;
	unsigned body_line; /* in the message, from 1; 0: no body */
	const struct gate_trailer *
		trailers; /* as `git interpret-trailers --parse --no-divider` gives them, whatever trailer.* is configured */
	size_t n_trailers;
	bool cut; /* longer than GATE_MAX_MESSAGE_BYTES: the rest was not read, and trailers were not looked for */
	struct gate_arena arena; /* own: all of the above */
};

/** Parses the message as it stands in a commit object. NULs end nothing; bytes stay bytes; encoding is not changed. */
int gate_message_parse(struct gate_message *out, const char *bytes, size_t len,
                       struct gate_error *err);
void gate_message_release(struct gate_message *message);
GATE_DEFINE_AUTO_STRUCT(struct gate_message, gate_message_release)

/**
 * The branch that a subject says was merged, as git, GitHub, GitLab and Bitbucket write it, without remote and owner. Borrowed, not NUL-terminated. False: it
 * names none, or several.
 */
bool gate_message_merged(const char **branch, size_t *len, const struct gate_message *message);

/**
 * What git would keep of a message file (commit-msg). `cleanup` is a word of commit.cleanup; NULL and "default" are "strip", what git does after
 * an editor (without one, when hooks see GIT_EDITOR=":", it means "whitespace"). `comment` is core.commentChar; NULL and "auto" are '#'.
 *
 * Every mode cuts at the scissors line, behind which `git commit -v` puts the diff. "verbatim" does no more. The others drop white space at the ends
 * of lines, blank lines at both ends, all but one of several in a row; "strip" drops comment lines too. Appends to `out`. GATE_ECONFIG: no such word.
 */
int gate_message_clean(struct gate_buf *out, const char *bytes, size_t len, const char *cleanup,
                       const char *comment, struct gate_error *err);

/** Who and when, of one commit, with its whole message. */
struct gate_commit_text {
	struct gate_message message;
	char *author_name, *author_email; /* own */
	int64_t author_time;              /* seconds since 1970 UTC */
	int author_offset;                /* minutes east of UTC */
};
/** GATE_ENOTFOUND: not here. */
int gate_commit_text_read(struct gate_commit_text *out, const struct gate_repo *repo,
                          const struct gate_oid *id, struct gate_error *err);
void gate_commit_text_release(struct gate_commit_text *text);
GATE_DEFINE_AUTO_STRUCT(struct gate_commit_text, gate_commit_text_release)

#endif
