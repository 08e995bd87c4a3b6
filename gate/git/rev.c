/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From names to objects.
 */
#include "gate/git/internal.h"

#include "gate/base/limits.h"

static const char *type_word(git_object_t type)
{
	switch (type) {
	case GIT_OBJECT_COMMIT:
		return "a commit";
	case GIT_OBJECT_TREE:
		return "a tree";
	case GIT_OBJECT_BLOB:
		return "a file";
	case GIT_OBJECT_TAG:
		return "a tag";
	default:
		return "of an unknown type";
	}
}

static int read_type(git_object_t *out, const struct gate_repo *repo, const struct gate_oid *id,
                     struct gate_error *err)
{
	git_oid wanted = gate_oid_to_git(id);
	char hex[GATE_OID_HEX];
	size_t size;
	int code = git_odb_read_header(&size, out, repo->odb, &wanted);

	if (code == GIT_ENOTFOUND)
		return gate_fail(err, GATE_ENOTFOUND, "object %s is not here",
		                 gate_oid_hex(hex, id));
	if (code < 0)
		return gate_fail_git(err, "cannot read object %s", gate_oid_hex(hex, id));
	return GATE_OK;
}

int gate_object_kind(enum gate_object_kind *out, const struct gate_repo *repo,
                     const struct gate_oid *id, struct gate_error *err)
{
	git_object_t type;
	char hex[GATE_OID_HEX];
	int code = read_type(&type, repo, id, err);

	if (code < 0)
		return code;
	switch (type) {
	case GIT_OBJECT_COMMIT:
		*out = GATE_OBJECT_COMMIT;
		return GATE_OK;
	case GIT_OBJECT_TREE:
		*out = GATE_OBJECT_TREE;
		return GATE_OK;
	case GIT_OBJECT_BLOB:
		*out = GATE_OBJECT_BLOB;
		return GATE_OK;
	case GIT_OBJECT_TAG:
		*out = GATE_OBJECT_TAG;
		return GATE_OK;
	default:
		return gate_fail(err, GATE_EGIT, "object %s is of an unknown type",
		                 gate_oid_hex(hex, id));
	}
}

/* The object a tag points to. */
static int follow_tag(struct gate_oid *id, const struct gate_repo *repo, struct gate_error *err)
{
	GATE_AUTO(git_tag_free) git_tag *tag = NULL;
	git_oid wanted = gate_oid_to_git(id);
	char hex[GATE_OID_HEX];

	if (git_tag_lookup(&tag, repo->git, &wanted) < 0)
		return gate_fail_git(err, "cannot read tag %s", gate_oid_hex(hex, id));
	*id = gate_oid_from_git(git_tag_target_id(tag));
	return GATE_OK;
}

int gate_peel_commit(struct gate_oid *out, const struct gate_repo *repo, const struct gate_oid *id,
                     struct gate_error *err)
{
	struct gate_oid at = *id;
	char hex[GATE_OID_HEX];

	for (;;) {
		git_object_t type;
		int code = read_type(&type, repo, &at, err);

		if (code < 0)
			return code;
		if (type == GIT_OBJECT_COMMIT) {
			*out = at;
			return GATE_OK;
		}
		if (type != GIT_OBJECT_TAG)
			return gate_fail(err, GATE_ENOTFOUND, "object %s is %s, not a commit",
			                 gate_oid_hex(hex, &at), type_word(type));
		code = follow_tag(&at, repo, err);
		if (code < 0)
			return code;
	}
}

/* What can be refused by its looks: libgit2 would search all of history for it, or read a part of it only. */
static int check_words(const char *rev, struct gate_error *err)
{
	if (strlen(rev) > GATE_MAX_PATH_BYTES)
		return gate_fail(err, GATE_EUSAGE, "a revision of %zu bytes is too long",
		                 strlen(rev));
	if (!*rev)
		return gate_fail(err, GATE_EUSAGE, "a revision is empty");
	if (strncmp(rev, ":/", 2) == 0 || strstr(rev, "^{/"))
		return gate_fail(err, GATE_EUSAGE,
		                 "'%s' searches messages: name the commit instead", rev);
	if (strstr(rev, ".."))
		return gate_fail(err, GATE_EUSAGE, "'%s' means several commits", rev);
	return GATE_OK;
}

/*
 * The object a ref leads to. Found first, since libgit2 1.5 leaks a ref whose object is missing; and the ref of a damaged repository is another
 * thing than a word that means nothing. Whole ids are no refs.
 */
static int find_ref(struct gate_oid *out, const struct gate_repo *repo, const char *rev,
                    struct gate_error *err)
{
	GATE_AUTO(git_reference_free) git_reference *ref = NULL;
	const git_oid *target;

	if (gate_oid_parse(out, rev, strlen(rev), NULL) == GATE_OK ||
	    git_reference_dwim(&ref, repo->git, rev) < 0)
		return GATE_ENOTFOUND;
	target = git_reference_target(ref);
	if (!target)
		return GATE_ENOTFOUND;
	if (!git_odb_exists(repo->odb, target))
		return gate_fail(err, GATE_EGIT,
		                 "'%s' leads to an object that is missing or damaged: 'git fsck' "
		                 "says more",
		                 rev);
	*out = gate_oid_from_git(target);
	return GATE_OK;
}

static int find_rev(struct gate_oid *out, const struct gate_repo *repo, const char *rev,
                    struct gate_error *err)
{
	GATE_AUTO(git_object_free) git_object *object = NULL;
	int code = git_revparse_single(&object, repo->git, rev);

	if (code == GIT_EAMBIGUOUS)
		return gate_fail(err, GATE_EUSAGE, "'%s' is ambiguous", rev);
	if (code == GIT_EINVALIDSPEC)
		return gate_fail(err, GATE_EUSAGE, "'%s' is not how a revision is written", rev);
	if (code < 0 && !strcmp(rev, "HEAD") && git_repository_head_unborn(repo->git) == 1)
		return gate_fail(err, GATE_EUSAGE, "there is no commit yet");
	if (code < 0)
		return gate_fail(err, GATE_EUSAGE, "'%s' names nothing that is here", rev);
	*out = gate_oid_from_git(git_object_id(object));
	return GATE_OK;
}

int gate_rev_commit(struct gate_oid *out, const struct gate_repo *repo, const char *rev,
                    struct gate_error *err)
{
	struct gate_error why = { 0 };
	struct gate_oid id;
	int code = check_words(rev, err);

	if (code < 0)
		return code;
	code = find_ref(&id, repo, rev, err);
	if (code == GATE_ENOTFOUND)
		code = find_rev(&id, repo, rev, err);
	if (code < 0)
		return code;
	code = gate_peel_commit(out, repo, &id, &why);
	if (code == GATE_ENOTFOUND)
		return gate_fail(err, GATE_EUSAGE, "'%s' means no commit: %s", rev, why.message);
	if (code < 0 && err)
		*err = why;
	return code;
}
