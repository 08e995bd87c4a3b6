/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A policy case: a small repository, what is pushed or committed there, and what each rule says to it.
 * docs/policy-cases.md is the format.
 */
#ifndef GATE_TESTS_POLICIES_CASE_H
#define GATE_TESTS_POLICIES_CASE_H

#include "gate/flow/judge.h"

enum case_outcome {
	CASE_PASS,
	CASE_FAIL,
	CASE_SKIP,
	CASE_EXCEPTED,
	CASE_DEFERRED,
	CASE_INCONCLUSIVE,
};
extern const char *const case_outcome_names[]; /* NULL-terminated */

struct policy_case {
	struct gate_yaml_doc *doc; /* own */
	const char *preset;        /* borrowed: whose case it is */
	const char *about;
	const struct gate_yaml *base, *policy, *commits; /* NULL: not given */
	const struct gate_yaml *expect;
	enum gate_stage stage; /* COMMIT or PUSH */
	const char *branch, *target;
	bool forced, created, deleted;
};

/** Reads a case of a preset; `file` is for messages. GATE_ECONFIG with place. */
int policy_case_load(struct policy_case *out, const char *preset, const char *file,
                     const char *text, size_t len, struct gate_error *err);
void policy_case_release(struct policy_case *c);
GATE_DEFINE_AUTO_STRUCT(struct policy_case, policy_case_release)

/** The outcome that entry `i` of `expect` asks for. */
int policy_case_expects(enum case_outcome *out, const struct policy_case *c, size_t i,
                        struct gate_error *err);

/** The whole id of entry `i`: "subject" in a case of baseline is "baseline/subject". */
int policy_case_rule_id(struct gate_buf *out, const struct policy_case *c, size_t i,
                        struct gate_error *err);

/** The text of .doragate.yml. */
void policy_case_policy(struct gate_buf *out, const struct policy_case *c);

/** Makes the repository in the new folder `<dir>/<name>`; its path, to be freed. */
int policy_case_build(char **path, const struct policy_case *c, const char *dir, const char *name,
                      struct gate_error *err);

/** What is pushed or committed in that repository. */
int policy_case_change(struct gate_change **out, const struct policy_case *c,
                       const struct gate_repo *repo, struct gate_error *err);

/**
 * Builds, judges and compares. One line in `complaints` for each rule that says something else than the case expects;
 * none: it holds.
 */
int policy_case_run(struct gate_buf *complaints, const struct policy_case *c, const char *dir,
                    struct gate_error *err);

#endif
