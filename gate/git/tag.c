/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/tag.h"

#include "gate/git/history.h"
#include "gate/git/internal.h"

/* Tags of the year 2005 have no tagger: then the commit's time is the best there is. */
static int64_t time_of(const struct gate_repo *repo, const struct gate_oid *id, int64_t otherwise)
{
	GATE_AUTO(git_tag_free) git_tag *tag = NULL;
	const git_oid oid = gate_oid_to_git(id);
	const git_signature *tagger;

	if (git_tag_lookup(&tag, repo->git, &oid) < 0)
		return otherwise;
	tagger = git_tag_tagger(tag);
	return tagger ? tagger->when.time : otherwise;
}

int gate_tag_read(struct gate_oid *commit, int64_t *time, const struct gate_repo *repo,
                  const struct gate_oid *id, struct gate_error *err)
{
	struct gate_history *history;
	const struct gate_commit *found;
	struct gate_oid peeled;
	int code = gate_peel_commit(&peeled, repo, id, err);

	if (code == GATE_OK)
		code = gate_repo_history(&history, repo, err);
	if (code == GATE_OK)
		code = gate_history_commit(&found, history, &peeled, err);
	if (code < 0)
		return code;
	*commit = peeled;
	*time = gate_oid_equal(&peeled, id) ? found->time : time_of(repo, id, found->time);
	return GATE_OK;
}
