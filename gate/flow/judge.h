/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Judging a change: the policy is read where the judge is, compiled, and run. For hooks and commands alike.
 */
#ifndef GATE_FLOW_JUDGE_H
#define GATE_FLOW_JUDGE_H

#include "gate/policy/engine.h"
#include "gate/report/report.h"

/** A change with its policy and its verdict. Zero-initialise. */
struct gate_judgement {
	struct gate_change *change; /* own */
	struct gate_config *config; /* own */
	struct gate_rules rules;
	struct gate_verdict verdict;
	char *note; /* own; NULL: none */
	bool note_matters;
	bool nested_missing; /* nested policies could not be looked for: inconclusive, unless something fails */
};
void gate_judgement_release(struct gate_judgement *judgement);
GATE_DEFINE_AUTO_STRUCT(struct gate_judgement, gate_judgement_release)

struct gate_judge_options {
	const char *const *only, *const *skip; /* rule ids; NULL: none; NULL-terminated */
	const struct gate_explainer *explainer;
	const char *policy;  /* a file that stands in for the judge's .doragate.yml; NULL: none */
	bool warnings_block; /* --fail-on warning */
};

/**
 * Takes the change. `options` may be NULL. On failure of the policy's text: GATE_ECONFIG with place. An id in `only` or `skip` that
 * names no rule is GATE_EUSAGE with the nearest.
 */
int gate_judge(struct gate_judgement *out, struct gate_change *change,
               const struct gate_judge_options *options, struct gate_error *err);

/** The policy of a change, without judging. For `policy show`. `policy` as in the options. */
int gate_judge_load(struct gate_judgement *out, struct gate_change *change, const char *policy,
                    struct gate_error *err);

/** Fills in one row of a report; borrowed from the judgement. */
struct gate_judged gate_judgement_view(const struct gate_judgement *judgement);

#endif
