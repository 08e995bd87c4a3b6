/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Walking history, with missing parts as facts.
 *
 * libgit2 1.5 cannot walk past a shallow boundary, and knows neither that a partial clone leaves objects out nor how to say it; so commits are
 * read here from the object database, and the boundary from the `shallow` file. Replace refs and the info/grafts file are not followed: what is
 * judged is what is pushed. A commit whose object is missing cuts history like a shallow boundary does.
 *
 * Every answer says whether it is whole: `cut` is set when the walk met the end of what this clone has in a place that matters, so that
 * the true answer may differ.
 */
#ifndef GATE_GIT_HISTORY_H
#define GATE_GIT_HISTORY_H

#include "gate/git/repo.h"

enum gate_cut {
	GATE_CUT_NONE = 0,
	GATE_CUT_SHALLOW, /* a shallow boundary */
	GATE_CUT_MISSING, /* an object is not here: a partial clone, a graft, or damage */
};

struct gate_commit {
	struct gate_oid id, tree;
	const struct gate_oid
		*parents; /* borrowed from the history; as recorded, also where they are not here */
	size_t n_parents;
	int64_t time;        /* committer's, seconds since 1970 UTC */
	int64_t author_time; /* likewise; where git reads none, 0 */
	/* Its message may say that it takes back or fixes another commit, or is of a hotfix. */
	bool mentions;
	bool change_id; /* its message may have a Change-Id */
	/* The number of the request that its subject says it was merged by: "(#12)" or "(!12)" at the end, "Merged PR 12:". 0: none. */
	uint32_t request;
	enum gate_cut cut; /* its parents are not here */
};

/** A cache of commits over one repository. One thread. */
struct gate_history;
int gate_history_new(struct gate_history **out, const struct gate_repo *repo,
                     struct gate_error *err);
void gate_history_free(struct gate_history *history);
GATE_DEFINE_AUTO(struct gate_history *, gate_history_free)

/** The one that belongs to the repository, made at the first call. Borrowed. */
int gate_repo_history(struct gate_history **out, const struct gate_repo *repo,
                      struct gate_error *err);

/** Borrowed from the history. GATE_ENOTFOUND: not here, or no commit. */
int gate_history_commit(const struct gate_commit **out, struct gate_history *history,
                        const struct gate_oid *id, struct gate_error *err);

/**
 * The best common ancestor, as `git merge-base` gives it (of several, the first that git would print). GATE_ENOTFOUND: there is none; then `*cut`
 * says whether that is because history is cut here. On success `*cut` is set only where a better one could lie behind the cut.
 */
int gate_merge_base(struct gate_oid *out, enum gate_cut *cut, struct gate_history *history,
                    const struct gate_oid *a, const struct gate_oid *b, struct gate_error *err);

/** *out = `ancestor` is reachable from `descendant` (or equal). When false, `*cut` says whether the answer is sure. */
int gate_is_ancestor(bool *out, enum gate_cut *cut, struct gate_history *history,
                     const struct gate_oid *ancestor, const struct gate_oid *descendant,
                     struct gate_error *err);

/** Commits reachable from one tip and from none of the hidden ones: `git rev-list --topo-order tip --not hidden...`. */
struct gate_commits {
	const struct gate_commit **
		items; /* own array of borrowed commits; newest first: no parent before its children */
	size_t n;
	bool more;    /* `max` was reached: there are more; `items` holds the first `max` */
	size_t total; /* how many there are, when `more` */
	enum gate_cut cut;
	/*
	 * Parents of these commits that are hidden: where the change leaves what is already known. The first is the parent that
	 * first-parent history meets, if it meets one. Without duplicates; own.
	 */
	struct gate_oid *boundary;
	size_t n_boundary;
};

/**
 * `max` 0: no limit. Hidden ids that are not here are left out and counted by `*unknown` (may be NULL); those of tags count as their commits.
 *
 * Not all of the hidden history is read, so a commit may be listed though it is hidden when clocks were wrong by more than a day in a way that shows
 * nowhere near; merge bases and ancestors are exact. `cut` takes the order of times as right.
 */
int gate_commits_list(struct gate_commits *out, struct gate_history *history,
                      const struct gate_oid *tip, const struct gate_oid hidden[], size_t n_hidden,
                      size_t max, size_t *unknown, struct gate_error *err);
void gate_commits_release(struct gate_commits *commits);
GATE_DEFINE_AUTO_STRUCT(struct gate_commits, gate_commits_release)

/**
 * How many commits gate_commits_list would find (the tip is here), by the git program, which need not read what its commit-graph knows. Worth its start (a few
 * milliseconds) where much is hidden. It may count too many where clocks are wrong, never too few. GATE_EGIT: git does not say.
 */
int gate_commits_count(size_t *out, const struct gate_repo *repo, const struct gate_oid *tip,
                       const struct gate_oid hidden[], size_t n_hidden, struct gate_error *err);

#endif
