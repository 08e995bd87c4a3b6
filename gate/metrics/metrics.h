/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The DORA metrics: events and history in, deployments with all that is known of them, and figures out.
 *
 * gate_metrics_build makes one table of deployments, in which every later number is a count or a quantile: what `metrics` prints, `explain metric`
 * lists and `last-good` looks up are views of it. docs/metrics.md has the definitions, each with its id.
 *
 * All times are UTC seconds; durations are whole seconds.
 */
#ifndef GATE_METRICS_METRICS_H
#define GATE_METRICS_METRICS_H

#include "gate/base/digest.h"
#include "gate/base/pathset.h"
#include "gate/git/history.h"
#include "gate/git/tree.h"
#include "gate/log/live.h"

/** A service as it is measured: whose changes are whose. */
struct gate_metrics_service {
	const char *name;                  /* borrowed */
	const struct gate_pathset *paths;  /* borrowed; NULL: every file */
	const struct gate_pathset *shared; /* borrowed; NULL: none. Built into others too */
};

struct gate_metrics_input {
	const struct gate_repo *repo;
	const struct gate_live_log *log; /* settled */
	/* The name of this repository in events; commits of others are not here. */
	const char *repository;
	const struct gate_metrics_service *services; /* by name */
	size_t n_services;
	/* Where changes are merged to; has_trunk false: nothing is merged yet. */
	struct gate_oid trunk;
	bool has_trunk;
	const char
		*remote; /* whose copies of heads of requests are looked at; NULL: there is none */
	int64_t now;
	/* What was found before, of the same services, trunk and shallow boundary; what is found is added. It must outlive the metrics. NULL: nothing. */
	struct gate_memo *memo;
};

/** What happened when a deployment was made, in the order in which the first that holds is taken. */
enum gate_kind {
	GATE_KIND_BASELINE, /* the first one: what was shipped before is not known */
	GATE_KIND_ROLLBACK,
	GATE_KIND_REDEPLOY,
	GATE_KIND_UNKNOWN, /* its commit, or that of the one before, is not in this clone */
	GATE_KIND_HOTFIX,
	GATE_KIND_DIVERGED, /* no descendant of the one before */
	GATE_KIND_FORWARD,
	GATE_KINDS
};
extern const char *const gate_kind_names[GATE_KINDS];

enum gate_deployment_state {
	GATE_DEPLOYMENT_RUNNING,
	GATE_DEPLOYMENT_SUCCEEDED,
	GATE_DEPLOYMENT_FAILED
};
extern const char *const gate_deployment_state_names[];

/** Whether somebody said that a deployment was planned. */
enum gate_planned {
	GATE_PLANNED_UNSAID,
	GATE_PLANNED_NO,
	GATE_PLANNED_YES,
};

/** What makes a deployment a hotfix or a rollback. */
enum gate_rework {
	GATE_REWORK_NONE,
	GATE_REWORK_SAID,     /* its record */
	GATE_REWORK_INCIDENT, /* inferred: its cause is an incident */
	GATE_REWORK_BRANCH,   /* inferred: all that it ships came from branches for hotfixes */
	GATE_REWORK_OLDER,    /* inferred: its commit is older, or ran there before */
};
bool gate_rework_is_inferred(enum gate_rework rework);

/** Why a deployment counts as failed. */
enum gate_failure {
	GATE_FAILURE_NONE,
	GATE_FAILURE_NAMED,    /* an incident or a rollback names it */
	GATE_FAILURE_ROLLBACK, /* a rollback passed over it */
	GATE_FAILURE_FIX, /* a revert or a fix of what it shipped was deployed soon, or unplanned */
	GATE_FAILURE_LATE_FIX, /* the same, later: heuristic */
	GATE_FAILURE_INCIDENT, /* an incident without a cause came within a day: heuristic */
};
extern const char *const gate_failure_names[];
bool gate_failure_is_proven(enum gate_failure failure);

/** What told when a change began, where its commit may be all that is left of a branch; in the order in which the first that holds is taken. */
enum gate_evidence_kind {
	GATE_EVIDENCE_NONE,      /* its own commits */
	GATE_EVIDENCE_HEAD,      /* the head of its request is here */
	GATE_EVIDENCE_REQUEST,   /* a range of its request was recorded, and is here */
	GATE_EVIDENCE_RANGE,     /* a range that does the same was recorded */
	GATE_EVIDENCE_CHANGE_ID, /* Gerrit's: the commit is the change */
};

/** One change: a commit of a first-parent chain with what only it brings in, or the commits there of one request that was rebased. */
struct gate_unit {
	struct gate_oid id; /* of its newest commit on the chain */
	int64_t t0; /* when it began: the smallest author date of its commits, without merges */
	int64_t authored; /* the same of its commits as history has them: that of a squash is younger than its t0 */
	int64_t time;     /* committer date of `id` */
	size_t n_commits; /* without merges; at least 1 */
	bool approximate; /* t0 is that of a commit that may be a squash */
	bool change_id;   /* its commit has a Change-Id */
	uint32_t request; /* the number of its pull or merge request; 0: not known */
	enum gate_evidence_kind evidence;
	size_t n_branch;         /* commits that its branch had, by the evidence; 0: not known */
	bool revert;             /* it takes another change back, and is none itself */
	bool hotfix;             /* it says that it merged a branch for hotfixes */
	struct gate_oid *undoes; /* the commits that it takes back, or says to fix */
	size_t n_undoes;
	bool *touches; /* for each service */
	/* Of several commits that are one change, or of a squash: what history has, newest first. NULL: it is that itself. */
	const struct gate_unit **parts;
	size_t n_parts;
};

/** A change in the deployment that shipped it first. */
struct gate_shipped {
	const struct gate_unit *unit;
	int64_t lead; /* seconds; clocks that differ by up to 5 minutes give 0 */
	bool skewed;  /* t0 is later than that: it is in no figure */
};

struct gate_deployment {
	const char *service, *environment;
	const char *id;       /* its deployment id; of an inferred one the tag */
	const char *artifact; /* NULL: not said */
	const char *
		cause; /* what a rollback is about, or the incident that it answers; NULL: not said */
	struct gate_oid commit;
	bool has_commit, here; /* a commit is known; it is in this clone */
	bool inferred;         /* from a tag */
	bool says_rollback;
	enum gate_planned planned; /* as the last record that speaks of it says */
	enum gate_deployment_state state;
	int64_t started;                  /* as said, else the finish */
	struct gate_time finish;          /* of the last record that decides */
	const struct gate_event *last;    /* that record; NULL: inferred */
	const struct gate_event **events; /* all of its records, in order */
	size_t n_events;

	/* Of those that succeeded: */
	const struct gate_deployment *previous; /* NULL: none */
	enum gate_kind kind;
	enum gate_rework rework; /* of a hotfix or a rollback: what makes it one */
	bool diverged;           /* no descendant of the previous one, whatever its kind */
	bool shipped_before;     /* all that it brings was deployed there before */
	struct gate_shipped *ships;
	size_t n_ships;

	enum gate_failure failure;
	const char *failed_by; /* the event id, deployment id or commit that says so */
	size_t ambiguous;      /* a rollback passed over so many, and named none; 0: sure */
	int64_t impact;        /* when the failure began */
	bool recovered;
	int64_t recovery;         /* when it ended */
	const char *recovered_by; /* the incident or deployment that says so */
	/* What that follows from. */
	const struct gate_deployment *removed_by; /* took back, or fixed, what failed; NULL: none */
	size_t n_incidents, n_open;               /* linked to it, those that are open */
	const struct gate_incident *last_incident; /* that was resolved last */
	bool has_impact;                           /* an incident says when it began */
	bool named; /* an incident or a rollback names it, also where its kind does not count as failed */
	bool commit_failed; /* this one, or another deployment of its commit there, failed or was named */
};

/** All deployments of one service in one environment, in the total order. */
struct gate_stream {
	const char *service, *environment;
	size_t service_index;             /* SIZE_MAX: not among the services of the input */
	const struct gate_pathset *paths; /* NULL: every file */
	struct gate_deployment **deployments;
	size_t n, cap;
	/* What is merged to the trunk, concerns the service and is not deployed there, newest first. */
	struct gate_unit **waiting;
	size_t n_waiting;
	bool waiting_known; /* there is a deployment, and its commit is here */
};

struct gate_incident {
	const char *id, *service, *environment; /* the last two NULL: not said */
	const char *cause, *artifact;
	bool detected, resolved;
	int64_t begin;  /* impact start if said, else when it was detected or reported first */
	int64_t impact; /* 0: not said */
	int64_t end;
	const struct gate_event *first, *last;
	struct gate_deployment *blamed; /* NULL: none */
};

/** Refs of this clone that the numbers hang on: another clone may have others. */
struct gate_refs_read {
	size_t n;                     /* 0: none were read */
	char digest[GATE_DIGEST_HEX]; /* of their names and ids */
};

struct gate_metrics {
	struct gate_arena arena;
	struct gate_stream *streams; /* by environment, then service */
	size_t n_streams, cap_streams;
	struct gate_incident *incidents; /* by their first event */
	size_t n_incidents, cap_incidents;
	size_t n_missing;       /* deployed commits that are not in this clone */
	size_t n_tags_left_out; /* tags that are no versions, or pre-releases, or lead to no commit */
	bool inferred;          /* there was no deployment in the log: from tags */
	struct gate_refs_read tags;     /* that are versions; where it is inferred */
	struct gate_refs_read requests; /* heads of requests; where a change asked for one */
	bool cut;                       /* history ends in this clone in a place that matters */
	struct gate_units *units;       /* own; deployments point into it */
};

/** True when an incident may be of a service there: it names neither, or no other. */
bool gate_incident_concerns(const struct gate_incident *incident, const char *service,
                            const char *environment);

/** A place to go back to: it succeeded, its commit is known, and nothing says, not even as a guess, that this commit failed there. */
bool gate_deployment_is_good(const struct gate_deployment *deployment);
/** The newest of these; `previous`: not of the commit that runs now. NULL: none. *running: what was deployed last with success; NULL: nothing. */
const struct gate_deployment *gate_stream_last_good(const struct gate_deployment **running,
                                                    const struct gate_stream *stream,
                                                    bool previous);

/** "https://example.com/shop/cart" -> "cart": what the one service of a repository without services is called. Borrows. */
const char *gate_repository_service(const char *repository);

/** GATE_ENOMEM, GATE_EGIT. What is missing in the clone is a fact, not an error. */
int gate_metrics_build(struct gate_metrics *out, const struct gate_metrics_input *input,
                       struct gate_error *err);
void gate_metrics_release(struct gate_metrics *metrics);
GATE_DEFINE_AUTO_STRUCT(struct gate_metrics, gate_metrics_release)

#endif
