/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Changes of a fixture repository, judged by a policy that stands in the test. The test fails when judging does.
 */
#ifndef GATE_TESTS_SUPPORT_JUDGE_H
#define GATE_TESTS_SUPPORT_JUDGE_H

#include "gate/policy/engine.h"

struct test_judged {
	struct gate_repo *repo;     /* own */
	struct gate_change *change; /* own */
	struct gate_config *config; /* own */
	struct gate_rules rules;
	struct gate_verdict verdict;
};
void test_judged_release(struct test_judged *judged);
GATE_DEFINE_AUTO_STRUCT(struct test_judged, test_judged_release)

/*
 * What is judged. Each opens the repository and makes the change; revisions are git's, NULL as in gate/change/change.h.
 */
void test_change_range(struct test_judged *out, const char *dir, const char *base,
                       const char *head);
void test_change_commit(struct test_judged *out, const char *dir, const char *rev);
void test_change_index(struct test_judged *out, const char *dir, const char *message);
/** `remote` NULL: pushed by URL; `local` NULL: a deletion; `old`, what the remote has, NULL: nothing. Both revisions or 40 digits. */
void test_change_push(struct test_judged *out, const char *dir, const char *remote,
                      const char *local_ref, const char *local, const char *remote_ref,
                      const char *old);

/** Judges it by "version: 1" and `policy`; `explainer` may be NULL. */
void test_judge(struct test_judged *judged, const char *policy,
                const struct gate_explainer *explainer);

/** What the demand of a policy's last rule said of its last item: `detail` of an unknown is why; places are "path:line path:line". */
struct test_answer {
	enum gate_truth truth;
	char detail[512], places[512];
	char mend[160]; /* of an unknown */
};

/** Judges as test_judge, and keeps what the demand said. */
void test_ask(struct test_answer *out, struct test_judged *judged, const char *policy);

/** The outcome of a rule; the test fails when it was not judged. */
const struct gate_rule_outcome *test_outcome(const struct test_judged *judged, const char *id);

/** "pass", or "fail: <message>", or "skip: <reason>": what a rule says, in one line, valid until the next call. */
const char *test_says(const struct test_judged *judged, const char *id);

#endif
