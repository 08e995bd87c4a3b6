/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/judge.h"

#include "tests/support/test.h"

void test_judged_release(struct test_judged *judged)
{
	gate_verdict_release(&judged->verdict);
	gate_rules_release(&judged->rules);
	gate_config_free(judged->config);
	gate_change_free(judged->change);
	gate_repo_free(judged->repo);
	*judged = (struct test_judged){ 0 };
}

static void open_repo(struct test_judged *out, const char *dir)
{
	*out = (struct test_judged){ 0 };
	assert_ok(gate_repo_open(&out->repo, dir, err));
}

void test_change_range(struct test_judged *out, const char *dir, const char *base, const char *head)
{
	open_repo(out, dir);
	assert_ok(gate_change_from_range(&out->change, out->repo, base, head, err));
}

void test_change_commit(struct test_judged *out, const char *dir, const char *rev)
{
	open_repo(out, dir);
	assert_ok(gate_change_from_commit(&out->change, out->repo, rev, err));
}

void test_change_index(struct test_judged *out, const char *dir, const char *message)
{
	open_repo(out, dir);
	assert_ok(gate_change_from_index(&out->change, out->repo, message,
	                                 message ? strlen(message) : 0, err));
}

/* 40 digits may name what is not here, or no commit: they are taken as they are. */
static void find_id(struct gate_oid *out, const struct gate_repo *repo, const char *rev)
{
	if (!rev)
		return;
	if (strlen(rev) == 40)
		assert_ok(gate_oid_parse(out, rev, 40, err));
	else
		assert_ok(gate_rev_commit(out, repo, rev, err));
}

void test_change_push(struct test_judged *out, const char *dir, const char *remote,
                      const char *local_ref, const char *local, const char *remote_ref,
                      const char *old)
{
	struct gate_push push = { .remote_name = remote,
		                  .local_ref = local_ref,
		                  .remote_ref = remote_ref };

	open_repo(out, dir);
	find_id(&push.local_id, out->repo, local);
	find_id(&push.remote_id, out->repo, old);
	assert_ok(gate_change_from_push(&out->change, out->repo, &push, err));
}

void test_judge(struct test_judged *judged, const char *policy,
                const struct gate_explainer *explainer)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	gate_buf_printf(&text, "version: 1\n%s", policy);
	assert_ok(gate_config_load(&judged->config, &judged->change->judge_files, "p.yml", text.ptr,
	                           text.len, err));
	assert_ok(gate_config_seal(judged->config, err));
	assert_ok(gate_rules_compile(&judged->rules, judged->config, err));
	assert_ok(gate_engine_run(&judged->verdict, &judged->rules, judged->config, judged->change,
	                          explainer, err));
}

static void ignore_text(const char *text, void *payload)
{
	(void)text;
	(void)payload;
}

static void ignore_outcome(enum gate_outcome outcome, const char *reason, void *payload)
{
	(void)outcome;
	(void)reason;
	(void)payload;
}

static void keep_answer(const struct gate_expr *expr, unsigned depth,
                        const struct gate_result *result, void *payload)
{
	struct test_answer *answer = payload;
	size_t used = 0;

	(void)expr;
	if (depth)
		return;
	answer->truth = result->truth;
	snprintf(answer->detail, sizeof(answer->detail), "%s",
	         result->truth == GATE_UNKNOWN ? result->why : result->detail);
	snprintf(answer->mend, sizeof(answer->mend), "%s", result->mend);
	answer->places[0] = '\0';
	for (size_t i = 0; i < result->n_places; i++)
		used += (size_t)snprintf(answer->places + used, sizeof(answer->places) - used,
		                         "%s%s:%u", i ? " " : "", result->places[i].path,
		                         result->places[i].line);
}

void test_ask(struct test_answer *out, struct test_judged *judged, const char *policy)
{
	const struct gate_explainer explainer = { .item = ignore_text,
		                                  .part = ignore_text,
		                                  .node = keep_answer,
		                                  .outcome = ignore_outcome,
		                                  .payload = out };

	test_judge(judged, policy, &explainer);
}

const struct gate_rule_outcome *test_outcome(const struct test_judged *judged, const char *id)
{
	const struct gate_verdict *verdict = &judged->verdict;

	for (size_t i = 0; i < verdict->n_outcomes; i++)
		if (!strcmp(verdict->outcomes[i].rule->id, id))
			return &verdict->outcomes[i];
	fail_msg("the rule '%s' was not judged", id);
	return NULL;
}

const char *test_says(const struct test_judged *judged, const char *id)
{
	static char text[512];
	const struct gate_rule_outcome *outcome = test_outcome(judged, id);
	const struct gate_verdict *verdict = &judged->verdict;
	const char *why = outcome->outcome == GATE_PASS ? "" : outcome->reason;

	for (size_t i = verdict->n_findings; i-- > 0;)
		if (verdict->findings[i].rule == outcome->rule)
			why = verdict->findings[i].message;
	snprintf(text, sizeof(text), "%s%s%s", gate_outcome_names[outcome->outcome],
	         why[0] ? ": " : "", why);
	return text;
}
