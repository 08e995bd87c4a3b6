/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A change: what every rule sees. Where it starts and ends is settled when it is made; its parts are loaded when a
 * rule asks, and each part can be missing, with a reason and the line that mends it.
 *
 * Terms: `base` is where the change starts, `head` where it ends. The files of a change are those in which head differs
 * from base, and, where the change merged in commits that were known before, from those too: what came in with the
 * merge is not this change's (docs/decisions/002-merged-in.md).
 */
#ifndef GATE_CHANGE_CHANGE_H
#define GATE_CHANGE_CHANGE_H

#include "gate/change/stage.h"
#include "gate/git/history.h"
#include "gate/git/lines.h"
#include "gate/git/message.h"
#include "gate/git/snapshot.h"
#include "gate/read/flag_words.h"
#include "gate/read/flags.h"

/** Why a part is not there. `known` false: `why` is a sentence part, `mend` a command or "" . */
struct gate_known {
	bool known;
	char why[256];
	char mend[128];
};

/** What happens to a ref; bits. Zero: nothing, or the stage has no ref update. */
enum gate_ref_update {
	GATE_REF_CREATE = 1 << 0,
	GATE_REF_UPDATE = 1 << 1, /* moved forward */
	GATE_REF_FORCE = 1 << 2,  /* moved to where the old value is not contained */
	GATE_REF_DELETE = 1 << 3,
	GATE_REF_DIRECT = 1 << 4, /* an existing branch moves by this push: with UPDATE or FORCE */
};

struct gate_change_file {
	struct gate_file file; /* path owned by the change */
	struct gate_lines lines;
	bool lines_loaded;
	struct gate_known lines_known;
};

struct gate_files {
	struct gate_change_file *items; /* own; in git's order of paths */
	size_t n, cap;
	bool loaded;
	struct gate_known known;
};

struct gate_change_commit {
	const struct gate_commit
		*commit;         /* borrowed; NULL: the commit that is being made (stage commit) */
	struct gate_files files; /* what differs from every parent */
	struct gate_commit_text text;
	bool text_loaded;
	struct gate_known text_known;
};

/** The flags that the files of head register. */
struct gate_change_flags {
	struct gate_flags list;
	struct gate_flag_words
		*words; /* own; `which` is the index of a key's first entry in the list */
	bool loaded;
	struct gate_known known;
};

/** What ran in production before: deployments that succeeded, and of which nothing says that they failed. */
struct gate_deployed {
	const char *service; /* in the change's arena */
	struct gate_oid commit;
	bool here; /* the commit is in this clone */
};

struct gate_change_deployed {
	struct gate_deployed *items; /* own; of each service the newest first */
	size_t n, cap;
	bool loaded;
	struct gate_known known;
};

struct gate_change;

/**
 * Fills in change->deployed from the log, `known` included; set where a log may be opened, which is above this layer. GATE_OK also when there is no log to
 * be had.
 */
typedef int gate_deployed_fn(struct gate_change *change, struct gate_error *err);

struct gate_change {
	const struct gate_repo *repo; /* borrowed */
	struct gate_trees *trees;     /* borrowed from the repository */
	struct gate_history *history; /* borrowed from the repository */
	struct gate_arena arena;

	enum gate_stage stage;
	char *name; /* own: what is judged, for people: "refs/heads/main", "a1b2c3d..e4f5a6b", "index" */
	char *branch, *target; /* own; NULL: unknown, or there is none (a tag) */
	bool no_target; /* what is pushed is no branch: `target` and `branch` are false, not unknown */
	unsigned ref_update; /* enum gate_ref_update */
	bool has_ref_update;
	char *remote; /* own: the remote a push goes to; NULL: none */

	bool has_head;        /* false: a deletion, or a tag on something that is no commit */
	struct gate_oid head; /* commit; of the stage commit: HEAD, or zero when unborn */
	struct gate_snapshot head_files;
	bool has_base; /* false: starts from nothing (the empty tree) */
	struct gate_oid base;
	struct gate_oid *merged_in; /* own: other commits known before that the change merged */
	size_t n_merged_in;
	struct gate_known base_known;
	char *base_how;                   /* own: how the base was found, a sentence part */
	struct gate_snapshot judge_files; /* where the policy is read */
	char *judge_how;                  /* own */
	bool has_judge;

	struct gate_files files;
	struct gate_change_flags flags;
	struct gate_change_deployed deployed;
	gate_deployed_fn *read_deployed;    /* NULL: nobody has a log */
	struct gate_change_commit *commits; /* own; newest first; merges included */
	size_t n_commits;
	bool commits_loaded;
	struct gate_known commits_known;
	struct gate_oid
		*hidden; /* own: commits of this change are those not reachable from these */
	size_t n_hidden;
	size_t max_commits;
};

/** What a push sends, one ref line of pre-push. Names are borrowed. */
struct gate_push {
	const char *remote_name;   /* NULL: pushed by URL */
	const char *local_ref;     /* as git wrote it; "(delete)" for a deletion */
	const char *remote_ref;    /* full name */
	struct gate_oid local_id;  /* zero: deletion */
	struct gate_oid remote_id; /* zero: the remote has no such ref */
};

/** A push of one ref. */
int gate_change_from_push(struct gate_change **out, const struct gate_repo *repo,
                          const struct gate_push *push, struct gate_error *err);

/**
 * base..head, both revisions. `base` NULL: what a push of `head` would send; `head` NULL: HEAD. With a base, the change starts at the merge base
 * (as a pull request does), unless the base is an ancestor of head.
 */
int gate_change_from_range(struct gate_change **out, const struct gate_repo *repo, const char *base,
                           const char *head, struct gate_error *err);

/** One commit against its first parent. */
int gate_change_from_commit(struct gate_change **out, const struct gate_repo *repo, const char *rev,
                            struct gate_error *err);

/** HEAD..index, stage commit. `message` is that of the commit to be; NULL: not known yet. */
int gate_change_from_index(struct gate_change **out, const struct gate_repo *repo,
                           const char *message, size_t len, struct gate_error *err);

void gate_change_free(struct gate_change *change);
GATE_DEFINE_AUTO(struct gate_change *, gate_change_free)

/*
 * Parts. GATE_OK also when the part is not to be had here: see `known`. Other codes mean that the repository or memory failed.
 */
int gate_change_load_files(struct gate_change *change, struct gate_error *err);
int gate_change_load_commits(struct gate_change *change, struct gate_error *err);
int gate_commit_load_files(struct gate_change *change, struct gate_change_commit *commit,
                           struct gate_error *err);
int gate_commit_load_text(struct gate_change *change, struct gate_change_commit *commit,
                          struct gate_error *err);
int gate_file_load_lines(struct gate_change *change, struct gate_change_file *file,
                         struct gate_error *err);
/** `config` is that of the first call for this change. A registry that cannot be read as one is not known; head must be there. */
int gate_change_load_flags(struct gate_change *change, const struct gate_flags_config *config,
                           struct gate_error *err);
int gate_change_load_deployed(struct gate_change *change, struct gate_error *err);

#endif
