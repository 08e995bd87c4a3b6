/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One event from what a person or a pipeline says: identity, defaults and content by docs/event-log-format.md.
 */
#ifndef GATE_FLOW_RECORD_H
#define GATE_FLOW_RECORD_H

#include "gate/flow/facts.h"

/** What was said; NULL: not said. All borrowed. */
struct gate_record {
	enum gate_event_kind kind;
	const char *service, *environment;
	const char *commit;   /* a revision; default HEAD, for deployments */
	const char *id;       /* of the deployment, or of the incident */
	const char *at;       /* when it happened: RFC 3339; default now */
	const char *started;  /* when the deployment or the impact began */
	const char *previous; /* a revision: what ran before */
	const char *artifact; /* default pkg:generic/<service>@<commit> */
	const char *part, *cause, *reason;
	const char *description, *url; /* of an incident; kept only with `log: { details: true }` */
	const char *source, *event;    /* withdrawal: whose identity it takes back */
	bool planned, unplanned;       /* neither: not said */
};

/** True when a revision was said that only the repository can resolve: neither a full id nor HEAD. */
bool gate_record_needs_repo(const struct gate_record *record);

/**
 * Checks, fills in and spools; durable when it returns GATE_OK. `said` gets a line for people. What the spool has already is not written again.
 * GATE_EUSAGE names the option that is missing or wrong.
 */
int gate_record(struct gate_buf *said, const struct gate_facts *facts, const struct gate_time *now,
                const struct gate_record *record, struct gate_error *err);

#endif
