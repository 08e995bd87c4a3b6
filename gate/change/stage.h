/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Stages and facts: where a change is judged, and what can be known there (POLICY: Stages).
 */
#ifndef GATE_CHANGE_STAGE_H
#define GATE_CHANGE_STAGE_H

/** In the order in which a change meets them. */
enum gate_stage {
	GATE_STAGE_COMMIT,
	GATE_STAGE_PUSH,
	GATE_STAGE_RECEIVE,
	GATE_STAGE_PULL_REQUEST,
	GATE_STAGE_MERGE_QUEUE,
	GATE_STAGE_DEPLOY,
	GATE_STAGE_AUDIT,
	GATE_STAGES
};
extern const char *const gate_stage_names[GATE_STAGES + 1]; /* "commit", ...; NULL-terminated */

/** What a predicate needs to know. */
enum gate_fact {
	GATE_FACT_FILES,      /* which files changed: two trees */
	GATE_FACT_LINES,      /* which lines: the content of both sides */
	GATE_FACT_COMMITS,    /* which commits the change consists of */
	GATE_FACT_MESSAGE,    /* the message of a commit */
	GATE_FACT_BRANCH,     /* the branch the change comes from */
	GATE_FACT_TARGET,     /* the branch it goes to */
	GATE_FACT_REF_UPDATE, /* what happens to a ref */
	GATE_FACTS
};
extern const char *const gate_fact_names[GATE_FACTS + 1]; /* "files", ...; NULL-terminated */

#define GATE_BIT(n) (1u << (n))

/** The stages at which a fact can exist at all, as a set of GATE_BIT(stage). */
unsigned gate_fact_stages(enum gate_fact fact);

#endif
