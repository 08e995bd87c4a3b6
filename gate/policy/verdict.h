/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The verdict on a change: an outcome per rule, findings, and what follows for the exit code (POLICY: Blocking).
 */
#ifndef GATE_POLICY_VERDICT_H
#define GATE_POLICY_VERDICT_H

#include "gate/policy/rule.h"

/** From harmless to grave: of several items the worst counts. */
enum gate_outcome {
	GATE_SKIP,
	GATE_PASS,
	GATE_DEFERRED,
	GATE_INCONCLUSIVE,
	GATE_FAIL,
	GATE_OUTCOMES
};
extern const char *const gate_outcome_names[GATE_OUTCOMES + 1]; /* NULL-terminated */

/** All strings live in the verdict's arena or longer. */
struct gate_finding {
	const struct gate_rule *rule;
	enum gate_outcome outcome; /* FAIL or INCONCLUSIVE */
	const char *predicate;     /* which of the rule's predicates */
	const char *message;       /* what was found; bytes from outside: escape when printed */
	const char *path;  /* NULL: no file; then the commit, the ref or the rule is the place */
	unsigned line;     /* 0: the whole file */
	bool policy_place; /* path and line are those of the rule itself */
	const struct gate_place *places; /* all of them, at most GATE_MAX_PLACES */
	size_t n_places, n_all_places;
	const char *commit;  /* full id; NULL: not about one commit */
	size_t age;          /* of that commit in the change: 0 is the newest */
	const char *subject; /* of that commit; NULL: unknown */
	const char *service; /* NULL */
	const char *missing; /* what to add, for a fix; NULL: nothing is known to be */
	const char *fix;     /* a command; NULL: none */
};

struct gate_rule_outcome {
	const struct gate_rule *rule;
	enum gate_outcome outcome;
	size_t n_items;     /* how many items were looked at */
	bool excepted;      /* skipped by `unless` */
	const char *reason; /* of skip, deferred and inconclusive; "" else */
	const char *mend;   /* of inconclusive; "" else */
	bool silent;        /* shadow: counted, never blocks */
};

struct gate_verdict {
	struct gate_arena arena;            /* own */
	struct gate_rule_outcome *outcomes; /* own; the rules of this stage, by id */
	size_t n_outcomes;
	struct gate_finding *findings; /* own; sorted: path, line, rule, commit */
	size_t n_findings, cap_findings;
	size_t errors, warnings, infos; /* findings of enforced rules that fail */
	size_t inconclusive, deferred,
		shadow;  /* rules; shadow: rules that would have failed or been inconclusive */
	bool shadow_all; /* the whole policy is in shadow mode */
	enum gate_outcome result; /* PASS, FAIL or INCONCLUSIVE: what blocks */
};

void gate_verdict_release(struct gate_verdict *verdict);
GATE_DEFINE_AUTO_STRUCT(struct gate_verdict, gate_verdict_release)

#endif
