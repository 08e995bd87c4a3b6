/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A push of one ref. What the remote has is known only by what this clone remembers of it: the value that git names on the
 * ref line, and the remote-tracking refs. First the few refs that usually say it all are hidden; only when commits remain
 * that another ref of the remote might hold, all of them.
 */
#include "gate/change/base.h"

static int hide_ref(struct gate_change *change, const char *ref, struct gate_error *err)
{
	struct gate_oid id, commit;
	int code = gate_ref_lookup(&id, change->repo, ref, err);

	if (code == GATE_OK)
		code = gate_peel_commit(&commit, change->repo, &id, err);
	if (code == GATE_ENOTFOUND)
		return GATE_OK;
	return code < 0 ? code : gate_change_hide(change, &commit, err);
}

/*
 * True for a branch that moves to where its namesake here is. What goes to another branch that exists, as in
 * `git push origin topic:main`, is new to that branch, whatever refs the commits have been pushed to before.
 */
static bool is_namesake(const struct gate_change *change)
{
	return change->target && change->branch && !strcmp(change->target, change->branch);
}

/* The remote's HEAD, the branch itself there, and the upstream of the local branch. */
static int hide_likely(struct gate_change *change, const struct gate_push *push,
                       struct gate_error *err)
{
	GATE_AUTO(gate_free) char *upstream = NULL;
	GATE_AUTO(gate_buf_release) struct gate_buf ref = { 0 };
	const char *target = gate_branch_name(push->remote_ref);
	int code = GATE_OK;

	if (push->remote_name) {
		gate_buf_printf(&ref, "refs/remotes/%s/HEAD", push->remote_name);
		if (gate_buf_failed(&ref))
			return gate_fail_memory(err);
		code = hide_ref(change, ref.ptr, err);
		if (code == GATE_OK && target) {
			gate_buf_reset(&ref);
			gate_buf_printf(&ref, "refs/remotes/%s/%s", push->remote_name, target);
			if (gate_buf_failed(&ref))
				return gate_fail_memory(err);
			code = hide_ref(change, ref.ptr, err);
		}
	}
	if (code == GATE_OK && gate_branch_name(push->local_ref) &&
	    (gate_oid_is_zero(&push->remote_id) || is_namesake(change)))
		code = gate_branch_upstream(&upstream, change->repo, push->local_ref, err);
	/* A local branch as upstream says nothing of the remote. */
	if (code == GATE_OK && upstream && !gate_branch_name(upstream))
		code = hide_ref(change, upstream, err);
	return code;
}

/* Every commit that a ref names would have to be read; above so many, git is asked, which has its commit-graph for it. */
#define MANY_REFS 500

struct tips {
	struct gate_oid *ids; /* own */
	size_t n, cap;
	struct gate_error *err;
};

static void tips_release(struct tips *tips)
{
	free(tips->ids);
}

GATE_DEFINE_AUTO_STRUCT(struct tips, tips_release)

static int add_tip(const char *name, const struct gate_oid *id, void *payload)
{
	struct tips *tips = payload;
	int code = gate_grow(&tips->ids, &tips->cap, tips->n + 1, sizeof(*tips->ids), tips->err);

	(void)name;
	if (code == GATE_OK)
		tips->ids[tips->n++] = *id;
	return code;
}

/* What is hidden already, and every ref that this clone has of the remote. */
static int list_tips(struct tips *tips, const struct gate_change *change,
                     const struct gate_push *push)
{
	GATE_AUTO(gate_buf_release) struct gate_buf prefix = { 0 };
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < change->n_hidden; i++)
		code = add_tip("", &change->hidden[i], tips);
	if (code < 0)
		return code;
	gate_buf_puts(&prefix, "refs/remotes/");
	/* Pushed by URL: no ref is known to be that remote's, so all remotes count. */
	if (push->remote_name)
		gate_buf_printf(&prefix, "%s/", push->remote_name);
	if (gate_buf_failed(&prefix))
		return gate_fail_memory(tips->err);
	return gate_ref_each(change->repo, prefix.ptr, add_tip, tips, tips->err);
}

/* Some of the `n` commits found so far may be in other refs of the remote: hides them all, and says whether that can matter. */
static int hide_all(bool *matters, struct gate_change *change, const struct gate_push *push,
                    size_t n, struct gate_error *err)
{
	GATE_AUTO(tips_release) struct tips tips = { .err = err };
	size_t left;
	int code = list_tips(&tips, change, push);

	if (code < 0)
		return code;
	*matters = tips.n > change->n_hidden;
	if (tips.n > MANY_REFS && gate_commits_count(&left, change->repo, &change->head, tips.ids,
	                                             tips.n, NULL) == GATE_OK)
		*matters = left != n;
	if (!*matters)
		return GATE_OK;
	free(change->hidden);
	change->hidden = gate_steal(&tips.ids);
	change->n_hidden = tips.n;
	return GATE_OK;
}

/* Names, and what happens to the ref. */
static int describe(struct gate_change *change, const struct gate_push *push, bool contains,
                    struct gate_error *err)
{
	const char *target = gate_branch_name(push->remote_ref);
	const char *branch = gate_branch_name(push->local_ref);
	GATE_AUTO(gate_free) char *head = NULL;
	int code = GATE_OK;

	change->has_ref_update = true;
	if (gate_oid_is_zero(&push->local_id))
		change->ref_update = GATE_REF_DELETE;
	else if (gate_oid_is_zero(&push->remote_id))
		change->ref_update = GATE_REF_CREATE;
	else
		change->ref_update = (contains ? GATE_REF_UPDATE : GATE_REF_FORCE) |
		                     (unsigned)(target ? GATE_REF_DIRECT : 0);
	change->no_target = !target;
	if (!branch && !strcmp(push->local_ref, "HEAD")) {
		code = gate_ref_symbolic(&head, change->repo, "HEAD", err);
		branch = gate_branch_name(head);
	}
	/* `git push origin HEAD~1:refs/heads/x`: what arrives is the only name there is. */
	if (!branch)
		branch = target;
	if (code == GATE_OK)
		code = gate_change_say(&change->name, err, "%s", push->remote_ref);
	if (code == GATE_OK && target)
		code = gate_change_say(&change->target, err, "%s", target);
	if (code == GATE_OK && branch)
		code = gate_change_say(&change->branch, err, "%s", branch);
	if (code == GATE_OK && push->remote_name)
		code = gate_change_say(&change->remote, err, "%s", push->remote_name);
	return code;
}

/* A deletion, or a tag on a tree: only rules on refs can say something, and they are read where HEAD is. */
static int judge_by_head(struct gate_change *change, struct gate_error *err)
{
	struct gate_oid id;
	int code = gate_ref_lookup(&id, change->repo, "HEAD", err);

	if (code == GATE_ENOTFOUND)
		return GATE_OK;
	if (code == GATE_OK)
		code = gate_change_set_head(change, &id, err);
	change->has_head = false;
	if (code == GATE_OK)
		code = gate_change_say(&change->judge_how, err, "HEAD, since no commit is pushed");
	return code;
}

/* True in *out when the push goes to the branch that the remote's HEAD names. */
static int goes_to_default(bool *out, const struct gate_change *change,
                           const struct gate_push *push, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf ref = { 0 };
	GATE_AUTO(gate_free) char *head = NULL;
	size_t len;
	int code;

	*out = false;
	if (!push->remote_name || !change->target)
		return GATE_OK;
	gate_buf_printf(&ref, "refs/remotes/%s/HEAD", push->remote_name);
	if (gate_buf_failed(&ref))
		return gate_fail_memory(err);
	code = gate_ref_symbolic(&head, change->repo, ref.ptr, err);
	if (code < 0)
		return code;
	len = ref.len - strlen("HEAD");
	*out = head && !strncmp(head, ref.ptr, len) && !strcmp(head + len, change->target);
	return GATE_OK;
}

/*
 * Whether commits that any ref of the remote has are no part of the change: those of a new ref, and of a branch that was
 * rebased. A default branch is rebased on nothing: what other branches have is new to it.
 */
static int others_count(bool *out, const struct gate_change *change, const struct gate_push *push,
                        struct gate_error *err)
{
	bool to_default;
	int code;

	*out = true;
	if (gate_oid_is_zero(&push->remote_id) || !change->target)
		return GATE_OK;
	code = goes_to_default(&to_default, change, push, err);
	*out = is_namesake(change) && !to_default;
	return code;
}

static int find_base(struct gate_change *change, const struct gate_push *push,
                     const struct gate_oid *remote, bool contains, struct gate_error *err)
{
	bool matters;
	size_t n;
	int code;

	if (remote) {
		code = gate_change_hide(change, remote, err);
		if (code < 0)
			return code;
	}
	code = hide_likely(change, push, err);
	if (code < 0)
		return code;
	if (contains) {
		change->has_base = true;
		change->base = *remote;
		code = gate_change_find_merged_in(change, err);
		return code < 0 ? code
		                : gate_change_say(&change->base_how, err,
		                                  "the remote's value of the ref");
	}
	code = gate_change_find_fork(change, &n, err);
	if (code < 0 || !n)
		return code;
	code = others_count(&matters, change, push, err);
	if (code < 0 || !matters)
		return code;
	code = hide_all(&matters, change, push, n, err);
	if (code < 0 || !matters)
		return code;
	return gate_change_find_fork(change, &n, err);
}

int gate_change_from_push(struct gate_change **out, const struct gate_repo *repo,
                          const struct gate_push *push, struct gate_error *err)
{
	GATE_AUTO(gate_change_free) struct gate_change *change = NULL;
	struct gate_oid head, remote;
	enum gate_cut cut = GATE_CUT_NONE;
	bool contains = false, remote_here = false;
	int code = gate_change_new(&change, repo, GATE_STAGE_PUSH, err);

	if (code < 0)
		return code;
	code = gate_oid_is_zero(&push->local_id)
	               ? GATE_ENOTFOUND
	               : gate_peel_commit(&head, repo, &push->local_id, err);
	if (code < 0 && code != GATE_ENOTFOUND)
		return code;
	if (code == GATE_ENOTFOUND) {
		code = describe(change, push, false, err);
		if (code == GATE_OK)
			code = judge_by_head(change, err);
		if (code == GATE_OK)
			*out = gate_steal(&change);
		return code;
	}
	code = gate_change_set_head(change, &head, err);
	if (code < 0)
		return code;
	/* Somebody else may have pushed what this clone does not have: then it is not contained, as git itself decides. */
	if (!gate_oid_is_zero(&push->remote_id) &&
	    gate_peel_commit(&remote, repo, &push->remote_id, NULL) == GATE_OK) {
		remote_here = true;
		code = gate_is_ancestor(&contains, &cut, change->history, &remote, &head, err);
		if (code < 0)
			return code;
	}
	code = describe(change, push, contains, err);
	/* What the remote has may lie behind the cut: then nobody here can say whether it is thrown away. */
	if (!contains && cut != GATE_CUT_NONE)
		change->has_ref_update = false;
	if (code == GATE_OK)
		code = find_base(change, push, remote_here ? &remote : NULL, contains, err);
	if (code == GATE_OK)
		*out = gate_steal(&change);
	return code;
}
