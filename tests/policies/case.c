/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/policies/case.h"

#include "gate/base/typo.h"

const char *const case_outcome_names[] = {
	[CASE_PASS] = "pass",
	[CASE_FAIL] = "fail",
	[CASE_SKIP] = "skip",
	[CASE_EXCEPTED] = "excepted",
	[CASE_DEFERRED] = "deferred",
	[CASE_INCONCLUSIVE] = "inconclusive",
	NULL,
};

static int read_text(const char **out, const struct gate_yaml *map, const char *key,
                     struct gate_error *err)
{
	const struct gate_yaml *node = gate_yaml_get(map, key);

	return node ? gate_yaml_text(out, node, key, err) : GATE_OK;
}

static int read_flag(bool *out, const struct gate_yaml *map, const char *key,
                     struct gate_error *err)
{
	const struct gate_yaml *node = gate_yaml_get(map, key);

	return node ? gate_yaml_bool(out, node, key, err) : GATE_OK;
}

static int read_push(struct policy_case *c, const struct gate_yaml *push, struct gate_error *err)
{
	static const char *const keys[] = { "branch", "target", "new", "force", "delete", NULL };
	int code = gate_yaml_only_keys(push, "a push", keys, err);

	if (code == GATE_OK)
		code = read_text(&c->target, push, "target", err);
	c->branch = c->target;
	if (code == GATE_OK)
		code = read_text(&c->branch, push, "branch", err);
	if (code == GATE_OK)
		code = read_flag(&c->created, push, "new", err);
	if (code == GATE_OK)
		code = read_flag(&c->forced, push, "force", err);
	if (code == GATE_OK)
		code = read_flag(&c->deleted, push, "delete", err);
	if (code == GATE_OK && c->created + c->forced + c->deleted > 1)
		return gate_yaml_fail(err, push, GATE_ECONFIG,
		                      "a push is one of 'new', 'force' and 'delete'");
	return code;
}

static int read_stage(struct policy_case *c, const struct gate_yaml *root, struct gate_error *err)
{
	static const char *const stages[] = { "commit", "push", NULL };
	const struct gate_yaml *stage = gate_yaml_get(root, "stage");
	const struct gate_yaml *push = gate_yaml_get(root, "push");
	size_t word = 1;
	int code = stage ? gate_yaml_word(&word, stage, "stage", stages, err) : GATE_OK;

	if (code < 0)
		return code;
	c->stage = word ? GATE_STAGE_PUSH : GATE_STAGE_COMMIT;
	c->branch = c->target = "main";
	if (push && c->stage == GATE_STAGE_COMMIT)
		return gate_yaml_fail(err, push, GATE_ECONFIG,
		                      "at the stage 'commit' nothing is pushed");
	return push ? read_push(c, push, err) : GATE_OK;
}

static int expect_kind(const struct gate_yaml *node, enum gate_yaml_kind kind, const char *key,
                       struct gate_error *err)
{
	if (node && node->kind == kind && node->n)
		return GATE_OK;
	return gate_yaml_fail(err, node, GATE_ECONFIG, "%s: expected %s that is not empty", key,
	                      gate_yaml_kind_name(kind));
}

static int read_case(struct policy_case *c, const struct gate_yaml *root, struct gate_error *err)
{
	static const char *const keys[] = { "about", "policy", "base",   "commits",
		                            "stage", "push",   "expect", NULL };
	static const char *const needed[] = { "about", "expect" };
	int code = gate_yaml_only_keys(root, "a case", keys, err);

	for (size_t i = 0; code == GATE_OK && i < GATE_COUNT(needed); i++)
		if (!gate_yaml_get(root, needed[i]))
			return gate_yaml_fail(err, root, GATE_ECONFIG, "a case without '%s'",
			                      needed[i]);
	c->base = gate_yaml_get(root, "base");
	c->policy = gate_yaml_get(root, "policy");
	c->commits = gate_yaml_get(root, "commits");
	c->expect = gate_yaml_get(root, "expect");
	if (code == GATE_OK)
		code = read_text(&c->about, root, "about", err);
	if (code == GATE_OK)
		code = read_stage(c, root, err);
	if (code == GATE_OK && c->commits)
		code = expect_kind(c->commits, GATE_YAML_LIST, "commits", err);
	if (code == GATE_OK)
		code = expect_kind(c->expect, GATE_YAML_MAP, "expect", err);
	for (size_t i = 0; code == GATE_OK && i < c->expect->n; i++) {
		enum case_outcome outcome;

		code = policy_case_expects(&outcome, c, i, err);
	}
	return code;
}

int policy_case_load(struct policy_case *out, const char *preset, const char *file,
                     const char *text, size_t len, struct gate_error *err)
{
	GATE_AUTO(policy_case_release) struct policy_case c = { .preset = preset };
	int code = gate_yaml_parse(&c.doc, file, text, len, err);

	if (code == GATE_OK)
		code = read_case(&c, gate_yaml_root(c.doc), err);
	if (code < 0)
		return code;
	*out = c;
	c.doc = NULL;
	return GATE_OK;
}

void policy_case_release(struct policy_case *c)
{
	gate_yaml_free(c->doc);
	*c = (struct policy_case){ 0 };
}

int policy_case_expects(enum case_outcome *out, const struct policy_case *c, size_t i,
                        struct gate_error *err)
{
	size_t word;
	int code = gate_yaml_word(&word, c->expect->values[i], c->expect->keys[i]->text,
	                          case_outcome_names, err);

	if (code == GATE_OK)
		*out = (enum case_outcome)word;
	return code;
}

int policy_case_rule_id(struct gate_buf *out, const struct policy_case *c, size_t i,
                        struct gate_error *err)
{
	const char *id = c->expect->keys[i]->text;

	gate_buf_reset(out);
	if (!strchr(id, '/'))
		gate_buf_printf(out, "%s/", c->preset);
	gate_buf_puts(out, id);
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}

void policy_case_policy(struct gate_buf *out, const struct policy_case *c)
{
	gate_buf_printf(out, "version: 1\nextends: [doragate/%s]\n", c->preset);
	if (c->policy && c->policy->kind == GATE_YAML_SCALAR)
		gate_buf_puts(out, c->policy->text);
}

static enum case_outcome outcome_of(const struct gate_rule_outcome *outcome)
{
	switch (outcome->outcome) {
	case GATE_PASS:
		return CASE_PASS;
	case GATE_FAIL:
		return CASE_FAIL;
	case GATE_DEFERRED:
		return CASE_DEFERRED;
	case GATE_INCONCLUSIVE:
		return CASE_INCONCLUSIVE;
	default:
		return outcome->excepted ? CASE_EXCEPTED : CASE_SKIP;
	}
}

static const struct gate_rule_outcome *find_outcome(const struct gate_verdict *verdict,
                                                    const char *id)
{
	for (size_t i = 0; i < verdict->n_outcomes; i++)
		if (!strcmp(verdict->outcomes[i].rule->id, id))
			return &verdict->outcomes[i];
	return NULL;
}

static int unknown_rule(const struct policy_case *c, size_t i, const char *id,
                        const struct gate_verdict *verdict, struct gate_error *err)
{
	GATE_AUTO(gate_free) const char **names = calloc(verdict->n_outcomes + 1, sizeof(*names));
	const char *near;

	if (!names)
		return gate_fail_memory(err);
	for (size_t k = 0; k < verdict->n_outcomes; k++)
		names[k] = verdict->outcomes[k].rule->id;
	near = gate_nearest(id, names);
	return gate_yaml_fail(err, c->expect->keys[i], GATE_ECONFIG,
	                      "no rule '%s' is judged here%s%s%s", id,
	                      near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* What a rule found, else why it says what it says. */
static const char *because(const struct gate_verdict *verdict,
                           const struct gate_rule_outcome *outcome)
{
	for (size_t i = 0; i < verdict->n_findings; i++)
		if (verdict->findings[i].rule == outcome->rule)
			return verdict->findings[i].message;
	return outcome->reason;
}

static int compare_expected(struct gate_buf *complaints, const struct policy_case *c,
                            const struct gate_verdict *verdict, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf id = { 0 };

	for (size_t i = 0; i < c->expect->n; i++) {
		const struct gate_yaml *node = c->expect->values[i];
		const struct gate_rule_outcome *outcome;
		enum case_outcome wanted, got;
		int code = policy_case_expects(&wanted, c, i, err);

		if (code == GATE_OK)
			code = policy_case_rule_id(&id, c, i, err);
		if (code < 0)
			return code;
		outcome = find_outcome(verdict, id.ptr);
		if (!outcome)
			return unknown_rule(c, i, id.ptr, verdict, err);
		got = outcome_of(outcome);
		if (got != wanted)
			gate_buf_printf(complaints, "%s:%u:%u: %s: expected %s, got %s: %s\n",
			                node->file, node->line, node->column, id.ptr,
			                case_outcome_names[wanted], case_outcome_names[got],
			                because(verdict, outcome));
	}
	return GATE_OK;
}

static bool is_named(bool *named, const struct policy_case *c, const char *id,
                     struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf wanted = { 0 };

	*named = false;
	for (size_t i = 0; !*named && i < c->expect->n; i++) {
		if (policy_case_rule_id(&wanted, c, i, err) < 0)
			return false;
		*named = !strcmp(wanted.ptr, id);
	}
	return true;
}

/* A rule that a case does not name may say anything but no: what nobody expected is a false alarm. */
static int compare_others(struct gate_buf *complaints, const struct policy_case *c,
                          const struct gate_verdict *verdict, struct gate_error *err)
{
	for (size_t i = 0; i < verdict->n_outcomes; i++) {
		const struct gate_rule_outcome *outcome = &verdict->outcomes[i];
		bool named;

		if (outcome->outcome < GATE_INCONCLUSIVE)
			continue;
		if (!is_named(&named, c, outcome->rule->id, err))
			return GATE_ENOMEM;
		if (!named)
			gate_buf_printf(complaints, "%s:%u:%u: %s: not expected, got %s: %s\n",
			                c->expect->file, c->expect->line, c->expect->column,
			                outcome->rule->id, gate_outcome_names[outcome->outcome],
			                because(verdict, outcome));
	}
	return GATE_OK;
}

int policy_case_run(struct gate_buf *complaints, const struct policy_case *c, const char *dir,
                    struct gate_error *err)
{
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	GATE_AUTO(gate_judgement_release) struct gate_judgement judgement = { 0 };
	GATE_AUTO(gate_free) char *path = NULL;
	struct gate_change *change = NULL;
	int code = policy_case_build(&path, c, dir, "case", err);

	if (code == GATE_OK)
		code = gate_repo_open(&repo, path, err);
	if (code == GATE_OK)
		code = policy_case_change(&change, c, repo, err);
	if (code == GATE_OK)
		code = gate_judge(&judgement, change, NULL, err);
	if (code == GATE_OK)
		code = compare_expected(complaints, c, &judgement.verdict, err);
	if (code == GATE_OK)
		code = compare_others(complaints, c, &judgement.verdict, err);
	if (code == GATE_OK && gate_buf_failed(complaints))
		return gate_fail_memory(err);
	return code;
}
