/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What `record` must know of a repository, and a cache of it, so that most records need not start libgit2.
 *
 * It follows from the commit of HEAD and from git's configuration, and the cache is of exactly these: `<git common dir>/doragate/facts`, a SHA-256 of what
 * is behind it on the first line. Safe to delete; what is not whole or of other commits is not used.
 */
#ifndef GATE_FLOW_FACTS_H
#define GATE_FLOW_FACTS_H

#include "gate/flow/log.h"
#include "gate/git/plain.h"

struct gate_facts {
	struct gate_arena arena;
	const char *state_dir;  /* "<git common dir>/doragate" */
	const char *repository; /* the first part of an event's source */
	const char **services;  /* own array; those of the configuration, by name */
	size_t n_services;
	/* Own array; where the configuration has none: those that the files show, by name. For advice only. */
	const char **found;
	size_t n_found;
	const char **production; /* own array; environments of that tier, by name */
	size_t n_production;
	bool details;                 /* texts and URLs of incidents are kept */
	char head[GATE_OID_HEX];      /* the commit of HEAD that they are of; "": none yet */
	const struct gate_repo *repo; /* borrowed; NULL: it was not opened */
	/* gate_rev_commit where the repository is open: what asks the cache must link without libgit2. */
	int (*resolve)(struct gate_oid *out, const struct gate_repo *repo, const char *rev,
	               struct gate_error *err);
};

/** Takes them from an open log, which must outlive them. */
int gate_facts_read(struct gate_facts *out, struct gate_log *log, struct gate_error *err);

/** From the cache. False: it has none for this repository as it is now. */
bool gate_facts_recall(struct gate_facts *out, const struct gate_plain *plain);

/** Writes the cache, where that can be done and `plain` is what the facts belong to; the next record does without when it cannot. */
void gate_facts_keep(const struct gate_facts *facts, const struct gate_plain *plain);

void gate_facts_release(struct gate_facts *facts);
GATE_DEFINE_AUTO_STRUCT(struct gate_facts, gate_facts_release)

#endif
