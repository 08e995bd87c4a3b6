/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes that nobody pushes at this moment: a range, one commit, the index.
 */
#include "gate/change/base.h"

/* "refs/heads/x" and "refs/remotes/<remote>/x" -> "x"; NULL: no branch. */
static const char *target_name(const struct gate_repo *repo, char *ref)
{
	static const char remotes[] = "refs/remotes/";
	const char *name = gate_branch_name(ref);

	if (name || strncmp(ref, remotes, sizeof(remotes) - 1) != 0)
		return name;
	/* A remote's name may hold a slash: take the longest that is one. */
	for (char *slash = ref + strlen(ref) - 1; slash > ref + sizeof(remotes) - 1; slash--) {
		bool found;

		if (*slash != '/')
			continue;
		*slash = '\0';
		found = gate_remote_exists(repo, ref + sizeof(remotes) - 1);
		*slash = '/';
		if (found)
			return slash + 1;
	}
	return NULL;
}

/* The branch that `rev` names, HEAD's where it is HEAD; NULL in *out: none. */
static int branch_of(char **out, const struct gate_repo *repo, const char *rev,
                     struct gate_error *err)
{
	if (!strcmp(rev, "HEAD"))
		return gate_ref_symbolic(out, repo, "HEAD", err);
	return gate_ref_full_name(out, repo, rev, err);
}

static int set_branch(struct gate_change *change, const char *rev, struct gate_error *err)
{
	GATE_AUTO(gate_free) char *ref = NULL;
	int code = branch_of(&ref, change->repo, rev, err);

	if (code == GATE_OK && gate_branch_name(ref))
		code = gate_change_say(&change->branch, err, "%s", gate_branch_name(ref));
	return code;
}

static int set_target(struct gate_change *change, const char *rev, struct gate_error *err)
{
	GATE_AUTO(gate_free) char *ref = NULL;
	int code = branch_of(&ref, change->repo, rev, err);
	const char *name = code == GATE_OK && ref ? target_name(change->repo, ref) : NULL;

	if (name)
		code = gate_change_say(&change->target, err, "%s", name);
	return code;
}

/* "a1b2c3d..e4f5a6b" */
static int name_range(struct gate_change *change, struct gate_error *err)
{
	char base[GATE_OID_HEX], head[GATE_OID_HEX];

	gate_oid_hex(head, &change->head);
	if (!change->has_base)
		return gate_change_say(&change->name, err, "%.7s", head);
	return gate_change_say(&change->name, err, "%.7s..%.7s", gate_oid_hex(base, &change->base),
	                       head);
}

/* What a push of this branch would send. */
static int from_branch(struct gate_change **out, const struct gate_repo *repo, const char *head,
                       struct gate_error *err)
{
	GATE_AUTO(gate_free) char *ref = NULL;
	GATE_AUTO(gate_free) char *remote = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	struct gate_push push = { 0 };
	const char *branch;
	int code = gate_rev_commit(&push.local_id, repo, head, err);

	if (code == GATE_OK)
		code = branch_of(&ref, repo, head, err);
	if (code == GATE_OK)
		code = gate_remote_for_push(&remote, repo, ref, err);
	if (code < 0)
		return code;
	branch = gate_branch_name(ref);
	push.remote_name = remote;
	push.local_ref = ref ? ref : head;
	push.remote_ref = branch ? ref : head;
	if (branch && remote) {
		gate_buf_printf(&buf, "refs/remotes/%s/%s", remote, branch);
		if (gate_buf_failed(&buf))
			return gate_fail_memory(err);
		code = gate_ref_lookup(&push.remote_id, repo, buf.ptr, err);
		if (code < 0 && code != GATE_ENOTFOUND)
			return code;
	}
	code = gate_change_from_push(out, repo, &push, err);
	/* Without a branch it is not known where this goes; only a push of a tag goes to no branch. */
	if (code == GATE_OK && !branch)
		(*out)->no_target = false;
	return code;
}

/* Nothing in common, or nothing that is here. */
static int no_merge_base(struct gate_change *change, const struct gate_oid *base, enum gate_cut cut,
                         struct gate_error *err)
{
	if (cut == GATE_CUT_NONE) {
		change->base_known.known = false;
		snprintf(change->base_known.why, sizeof(change->base_known.why),
		         "base and head have no commit in common");
		return gate_change_say(&change->base_how, err, "none: the histories are unrelated");
	}
	/* Two trees can always be compared; which commits lie between cannot be known. */
	change->has_base = true;
	change->base = *base;
	gate_known_cut(&change->commits_known, cut);
	change->commits_loaded = true;
	return gate_change_say(&change->base_how, err,
	                       "the base itself, since the merge base is not in this clone");
}

static int set_range_base(struct gate_change *change, const struct gate_oid *base,
                          struct gate_error *err)
{
	enum gate_cut cut = GATE_CUT_NONE;
	int code = gate_merge_base(&change->base, &cut, change->history, base, &change->head, err);

	if (code == GATE_ENOTFOUND)
		return no_merge_base(change, base, cut, err);
	if (code < 0)
		return code;
	change->has_base = true;
	code = gate_change_find_merged_in(change, err);
	if (code < 0)
		return code;
	if (gate_oid_equal(&change->base, base))
		return gate_change_say(&change->base_how, err, "as given");
	return gate_change_say(&change->base_how, err, "the merge base of the two");
}

int gate_change_from_range(struct gate_change **out, const struct gate_repo *repo, const char *base,
                           const char *head, struct gate_error *err)
{
	GATE_AUTO(gate_change_free) struct gate_change *change = NULL;
	struct gate_oid base_id, head_id;
	int code;

	if (!head)
		head = "HEAD";
	if (!base)
		return from_branch(out, repo, head, err);
	code = gate_rev_commit(&base_id, repo, base, err);
	if (code == GATE_OK)
		code = gate_rev_commit(&head_id, repo, head, err);
	if (code == GATE_OK)
		code = gate_change_new(&change, repo, GATE_STAGE_PUSH, err);
	if (code == GATE_OK)
		code = gate_change_set_head(change, &head_id, err);
	if (code == GATE_OK)
		code = gate_change_hide(change, &base_id, err);
	if (code == GATE_OK)
		code = set_range_base(change, &base_id, err);
	if (code == GATE_OK)
		code = set_branch(change, head, err);
	if (code == GATE_OK)
		code = set_target(change, base, err);
	if (code == GATE_OK)
		code = name_range(change, err);
	if (code < 0)
		return code;
	change->has_ref_update = true; /* known: no ref moves */
	*out = gate_steal(&change);
	return GATE_OK;
}

int gate_change_from_commit(struct gate_change **out, const struct gate_repo *repo, const char *rev,
                            struct gate_error *err)
{
	GATE_AUTO(gate_change_free) struct gate_change *change = NULL;
	const struct gate_commit *commit;
	struct gate_oid id;
	char hex[GATE_OID_HEX];
	int code = gate_rev_commit(&id, repo, rev, err);

	if (code == GATE_OK)
		code = gate_change_new(&change, repo, GATE_STAGE_PUSH, err);
	if (code == GATE_OK)
		code = gate_change_set_head(change, &id, err);
	if (code == GATE_OK)
		code = gate_history_commit(&commit, change->history, &id, err);
	if (code < 0)
		return code;
	if (commit->cut != GATE_CUT_NONE) {
		gate_known_cut(&change->base_known, commit->cut);
		code = gate_change_say(&change->base_how, err,
		                       "none: its parent is not in this clone");
	} else if (commit->n_parents) {
		change->has_base = true;
		change->base = commit->parents[0];
		code = gate_change_hide(change, &change->base, err);
		if (code == GATE_OK)
			code = gate_change_say(&change->base_how, err, "its first parent");
	} else {
		code = gate_change_say(&change->base_how, err, "none: a first commit");
	}
	if (code == GATE_OK)
		code = set_branch(change, "HEAD", err);
	if (code == GATE_OK)
		code = set_target(change, "HEAD", err);
	if (code == GATE_OK)
		code = gate_change_say(&change->name, err, "%.7s", gate_oid_hex(hex, &id));
	if (code < 0)
		return code;
	change->has_ref_update = true; /* known: no ref moves */
	*out = gate_steal(&change);
	return GATE_OK;
}

int gate_change_from_index(struct gate_change **out, const struct gate_repo *repo,
                           const char *message, size_t len, struct gate_error *err)
{
	GATE_AUTO(gate_change_free) struct gate_change *change = NULL;
	struct gate_change_commit *commit;
	struct gate_oid head;
	int code = gate_change_new(&change, repo, GATE_STAGE_COMMIT, err);

	if (code < 0)
		return code;
	code = gate_ref_lookup(&head, repo, "HEAD", err);
	if (code == GATE_OK) {
		change->has_base = true;
		change->base = head;
		change->head = head;
		code = gate_change_say(&change->base_how, err, "HEAD");
	} else if (code == GATE_ENOTFOUND) {
		code = gate_change_say(&change->base_how, err,
		                       "none: this will be the first commit");
	}
	if (code < 0)
		return code;
	change->has_head = true;
	change->head_files =
		(struct gate_snapshot){ .repo = repo, .trees = change->trees, .index = true };
	change->judge_files = change->head_files;
	change->has_judge = true;
	code = gate_change_say(&change->judge_how, err, "the index");
	if (code == GATE_OK)
		code = set_branch(change, "HEAD", err);
	if (code == GATE_OK)
		code = set_target(change, "HEAD", err);
	if (code == GATE_OK)
		code = gate_change_say(&change->name, err, "index");
	if (code < 0)
		return code;
	/* The commit that is being made is the only one. */
	commit = calloc(1, sizeof(*commit));
	if (!commit)
		return gate_fail_memory(err);
	change->commits = commit;
	change->n_commits = 1;
	change->commits_loaded = true;
	change->commits_known.known = true;
	commit->text_loaded = true;
	if (message) {
		code = gate_message_parse(&commit->text.message, message, len, err);
		if (code < 0)
			return code;
		commit->text_known.known = true;
	}
	*out = gate_steal(&change);
	return GATE_OK;
}
