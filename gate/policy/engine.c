/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For each item of a rule: `when` false: skip. `unless` true: skip, excepted. The demand holds: pass. Else fail. An unknown counts only
 * where it decides: a demand that holds either way passes, whatever `when` would have said.
 */
#include "gate/policy/engine.h"

#include "gate/policy/fix.h"
#include "gate/policy/items.h"

const char *const gate_outcome_names[GATE_OUTCOMES + 1] = {
	[GATE_SKIP] = "skip",         [GATE_PASS] = "pass",
	[GATE_DEFERRED] = "deferred", [GATE_INCONCLUSIVE] = "inconclusive",
	[GATE_FAIL] = "fail",
};

struct run {
	struct gate_verdict *verdict;
	const struct gate_config *config;
	struct gate_change *change;
	const struct gate_explainer *explainer; /* NULL: nobody looks */
	struct gate_error *err;
};

void gate_verdict_release(struct gate_verdict *verdict)
{
	free(verdict->outcomes);
	free(verdict->findings);
	gate_arena_release(&verdict->arena);
	*verdict = (struct gate_verdict){ 0 };
}

static const char *keep(struct run *run, const char *text)
{
	return gate_arena_copy(&run->verdict->arena, text, strlen(text));
}

static int eval_part(struct gate_result *result, struct run *run, const char *name,
                     const struct gate_expr *expr, const struct gate_item *item)
{
	struct gate_tracer tracer = { 0 };

	if (run->explainer) {
		run->explainer->part(name, run->explainer->payload);
		tracer.fn = run->explainer->node;
		tracer.payload = run->explainer->payload;
	}
	return gate_expr_eval(result, expr, item, &tracer, run->err);
}

/* The outcome that a missing fact has, if it decides. */
static enum gate_outcome missing_outcome(const struct gate_rule *rule,
                                         const struct gate_change *change, enum gate_fact fact,
                                         bool accident)
{
	unsigned later = ~(GATE_BIT(change->stage + 1) - 1);

	if (accident)
		return GATE_INCONCLUSIVE;
	return rule->at & later & gate_fact_stages(fact) ? GATE_DEFERRED : GATE_INCONCLUSIVE;
}

/* Of a rule: its worst item, with the reason of the first such. */
static int record_outcome(struct run *run, struct gate_rule_outcome *to, enum gate_outcome outcome,
                          const char *reason, const char *mend, bool excepted)
{
	if (run->explainer)
		run->explainer->outcome(outcome, reason, run->explainer->payload);
	if (to->n_items++ && outcome <= to->outcome)
		return GATE_OK;
	to->outcome = outcome;
	to->excepted = excepted;
	to->reason = keep(run, reason);
	to->mend = keep(run, mend);
	return to->reason && to->mend ? GATE_OK : gate_fail_memory(run->err);
}

static int set_places(struct run *run, struct gate_finding *finding,
                      const struct gate_result *result)
{
	size_t n = result->n_places < GATE_MAX_PLACES ? result->n_places : GATE_MAX_PLACES;
	struct gate_place *copy;

	if (!n)
		return GATE_OK;
	copy = gate_arena_alloc(&run->verdict->arena, n * sizeof(*copy));
	if (!copy)
		return gate_fail_memory(run->err);
	for (size_t i = 0; i < n; i++) {
		copy[i].path = keep(run, result->places[i].path);
		copy[i].line = result->places[i].line;
		if (!copy[i].path)
			return gate_fail_memory(run->err);
	}
	finding->places = copy;
	finding->n_places = n;
	finding->n_all_places = result->n_places;
	finding->path = copy[0].path;
	finding->line = copy[0].line;
	return GATE_OK;
}

/* The rule's own line, where it stands in a file of the repository: a preset's rule, "<preset>/<name>", does not. */
static void place_at_rule(struct gate_finding *finding)
{
	const struct gate_yaml *node = finding->rule->source->node;

	if (finding->commit || (strchr(finding->rule->id, '/') && !finding->rule->scope->parent))
		return;
	finding->path = node->file;
	finding->line = node->line;
	finding->policy_place = true;
}

static int describe_commit(struct run *run, struct gate_finding *finding,
                           const struct gate_item *item)
{
	struct gate_change_commit *commit = item->commit;
	char hex[GATE_OID_HEX];
	int code;

	if (!commit || !commit->commit)
		return GATE_OK;
	finding->commit = keep(run, gate_oid_hex(hex, &commit->commit->id));
	finding->age = (size_t)(commit - run->change->commits);
	code = gate_commit_load_text(run->change, commit, run->err);
	if (code < 0)
		return code;
	if (commit->text_known.known) {
		finding->subject = keep(run, commit->text.message.subject);
		if (!finding->subject)
			return gate_fail_memory(run->err);
	}
	return finding->commit ? GATE_OK : gate_fail_memory(run->err);
}

static int add_finding(struct run *run, const struct gate_rule *rule, const struct gate_item *item,
                       const struct gate_expr *expr, const struct gate_result *result,
                       const struct gate_result *when, enum gate_outcome outcome)
{
	struct gate_verdict *verdict = run->verdict;
	struct gate_finding finding = { .rule = rule, .outcome = outcome };
	int code;

	finding.predicate = gate_expr_name(expr);
	if (result->lacks[0])
		finding.missing = keep(run, result->lacks);
	finding.message = keep(run, result->detail);
	finding.service = item->service ? item->service->name : NULL;
	if (!finding.message || (result->lacks[0] && !finding.missing))
		return gate_fail_memory(run->err);
	code = describe_commit(run, &finding, item);
	if (code == GATE_OK)
		code = set_places(run, &finding, result);
	if (code == GATE_OK && !finding.path && item->file) {
		finding.path = keep(run, item->file->file.path);
		if (!finding.path)
			return gate_fail_memory(run->err);
	} else if (code == GATE_OK && !finding.path && when) {
		code = set_places(run, &finding, when);
	}
	if (code == GATE_OK && !finding.path)
		place_at_rule(&finding);
	if (code == GATE_OK)
		code = gate_fix_make(&finding.fix, rule, expr, result->fix, item, &finding,
		                     &verdict->arena, run->err);
	if (code == GATE_OK)
		code = gate_grow(&verdict->findings, &verdict->cap_findings,
		                 verdict->n_findings + 1, sizeof(*verdict->findings), run->err);
	if (code == GATE_OK)
		verdict->findings[verdict->n_findings++] = finding;
	return code;
}

/* One finding for each predicate of `require` that fails; a predicate that holds has none. */
static int add_require_findings(struct run *run, const struct gate_rule *rule,
                                const struct gate_item *item, const struct gate_expr *expr,
                                const struct gate_result *when)
{
	GATE_AUTO(gate_result_clear) struct gate_result result = { 0 };
	int code;

	if (expr->kind == GATE_EXPR_ALL) {
		for (size_t i = 0; i < expr->n_kids; i++) {
			code = add_require_findings(run, rule, item, &expr->kids[i], when);
			if (code < 0)
				return code;
		}
		return GATE_OK;
	}
	code = gate_expr_eval(&result, expr, item, NULL, run->err);
	if (code < 0 || result.truth != GATE_FALSE)
		return code;
	return add_finding(run, rule, item, expr, &result, when, GATE_FAIL);
}

static int unknown(struct run *run, const struct gate_rule *rule, struct gate_rule_outcome *to,
                   const struct gate_result *result)
{
	return record_outcome(run, to,
	                      missing_outcome(rule, run->change, result->missing, result->accident),
	                      result->why, result->mend, false);
}

static int judge_item(struct run *run, const struct gate_rule *rule, struct gate_rule_outcome *to,
                      const struct gate_item *item)
{
	GATE_AUTO(gate_result_clear) struct gate_result when = { .truth = GATE_TRUE };
	GATE_AUTO(gate_result_clear) struct gate_result unless = { .truth = GATE_FALSE };
	GATE_AUTO(gate_result_clear) struct gate_result demand = { 0 };
	enum gate_truth fails = rule->forbids ? GATE_TRUE : GATE_FALSE;
	int code = GATE_OK;

	if (run->explainer) {
		GATE_AUTO(gate_buf_release) struct gate_buf label = { 0 };

		gate_item_label(&label, item);
		run->explainer->item(gate_buf_text(&label), run->explainer->payload);
	}
	if (rule->has_when)
		code = eval_part(&when, run, "when", &rule->when, item);
	if (code < 0)
		return code;
	if (when.truth == GATE_FALSE)
		return record_outcome(run, to, GATE_SKIP, when.detail, "", false);
	if (rule->has_unless)
		code = eval_part(&unless, run, "unless", &rule->unless, item);
	if (code < 0)
		return code;
	if (unless.truth == GATE_TRUE)
		return record_outcome(run, to, GATE_SKIP, unless.detail, "", true);
	code = eval_part(&demand, run, rule->forbids ? "forbid" : "require", &rule->demand, item);
	if (code < 0)
		return code;
	if (demand.truth != GATE_UNKNOWN && demand.truth != fails)
		return record_outcome(run, to, GATE_PASS, demand.detail, "", false);
	/* What may have to fail hangs on the unknown ones; a thing that can be mended is named first. */
	if (when.truth == GATE_UNKNOWN && (when.accident || demand.truth != GATE_UNKNOWN))
		return unknown(run, rule, to, &when);
	if (demand.truth == GATE_UNKNOWN)
		return unknown(run, rule, to, &demand);
	if (unless.truth == GATE_UNKNOWN)
		return unknown(run, rule, to, &unless);
	code = record_outcome(run, to, GATE_FAIL, demand.detail, "", false);
	if (code < 0)
		return code;
	if (rule->forbids)
		return add_finding(run, rule, item, &rule->demand, &demand, &when, GATE_FAIL);
	return add_require_findings(run, rule, item, &rule->demand, &when);
}

/* An inconclusive rule has one finding, so that reports show it where they show failures. */
static int add_inconclusive(struct run *run, const struct gate_rule *rule,
                            const struct gate_rule_outcome *outcome)
{
	struct gate_finding finding = { .rule = rule,
		                        .outcome = GATE_INCONCLUSIVE,
		                        .predicate = "",
		                        .message = outcome->reason,
		                        .fix = outcome->mend[0] ? outcome->mend : NULL };
	struct gate_verdict *verdict = run->verdict;
	int code;

	place_at_rule(&finding);
	code = gate_grow(&verdict->findings, &verdict->cap_findings, verdict->n_findings + 1,
	                 sizeof(*verdict->findings), run->err);
	if (code == GATE_OK)
		verdict->findings[verdict->n_findings++] = finding;
	return code;
}

static int judge_rule(struct run *run, const struct gate_rule *rule, struct gate_rule_outcome *to)
{
	GATE_AUTO(gate_items_release) struct gate_items items = { 0 };
	int code;

	*to = (struct gate_rule_outcome){
		.rule = rule, .outcome = GATE_SKIP, .reason = "", .mend = ""
	};
	to->silent = rule->mode == GATE_MODE_SHADOW || run->config->mode == GATE_MODE_SHADOW;
	code = gate_items_list(&items, rule, run->config, run->change, &run->verdict->arena,
	                       run->err);
	for (size_t i = 0; code == GATE_OK && i < items.n; i++)
		code = judge_item(run, rule, to, &items.list[i]);
	if (code < 0)
		return code;
	if (!items.known.known)
		code = record_outcome(run, to,
		                      missing_outcome(rule, run->change, items.missing, true),
		                      items.known.why, items.known.mend, false);
	else if (!items.n)
		to->reason = rule->each == GATE_EACH_SERVICE ? "no service of the policy is touched"
		             : rule->each == GATE_EACH_FILE  ? "no changed file matches"
		                                             : "there are no commits";
	if (code == GATE_OK && to->outcome == GATE_INCONCLUSIVE)
		code = add_inconclusive(run, rule, to);
	return code;
}

static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int by_place(const void *a, const void *b)
{
	const struct gate_finding *left = a, *right = b;
	int order = compare_text(left->path, right->path);

	if (!order && left->line != right->line)
		order = left->line < right->line ? -1 : 1;
	if (!order)
		order = strcmp(left->rule->id, right->rule->id);
	if (!order && left->age != right->age)
		order = left->age > right->age ? -1 : 1; /* as they were made */
	if (!order)
		order = compare_text(left->service, right->service);
	if (!order)
		order = strcmp(left->predicate, right->predicate);
	return order ? order : strcmp(left->message, right->message);
}

static int by_id(const void *a, const void *b)
{
	const struct gate_rule_outcome *left = a, *right = b;

	return strcmp(left->rule->id, right->rule->id);
}

static void count(struct gate_verdict *verdict)
{
	verdict->result = GATE_PASS;
	for (size_t i = 0; i < verdict->n_findings; i++) {
		const struct gate_finding *finding = &verdict->findings[i];
		bool silent = verdict->shadow_all || finding->rule->mode == GATE_MODE_SHADOW;

		if (silent || finding->outcome != GATE_FAIL)
			continue;
		verdict->errors += finding->rule->severity == GATE_SEVERITY_ERROR;
		verdict->warnings += finding->rule->severity == GATE_SEVERITY_WARNING;
		verdict->infos += finding->rule->severity == GATE_SEVERITY_INFO;
	}
	for (size_t i = 0; i < verdict->n_outcomes; i++) {
		const struct gate_rule_outcome *outcome = &verdict->outcomes[i];

		verdict->deferred += outcome->outcome == GATE_DEFERRED;
		if (outcome->outcome < GATE_INCONCLUSIVE)
			continue;
		if (outcome->silent) {
			verdict->shadow++;
			continue;
		}
		verdict->inconclusive += outcome->outcome == GATE_INCONCLUSIVE;
		if (outcome->rule->severity == GATE_SEVERITY_ERROR &&
		    outcome->outcome > verdict->result)
			verdict->result = outcome->outcome;
	}
}

int gate_engine_run(struct gate_verdict *verdict, const struct gate_rules *rules,
                    const struct gate_config *config, struct gate_change *change,
                    const struct gate_explainer *explainer, struct gate_error *err)
{
	struct run run = { verdict, config, change, explainer, err };

	verdict->shadow_all = config->mode == GATE_MODE_SHADOW;
	verdict->outcomes = calloc(rules->n + 1, sizeof(*verdict->outcomes));
	if (!verdict->outcomes)
		return gate_fail_memory(err);
	for (size_t i = 0; i < rules->n; i++) {
		int code;

		if (!(rules->items[i].at & GATE_BIT(change->stage)))
			continue;
		code = judge_rule(&run, &rules->items[i],
		                  &verdict->outcomes[verdict->n_outcomes++]);
		if (code < 0)
			return code;
	}
	if (verdict->n_findings)
		qsort(verdict->findings, verdict->n_findings, sizeof(*verdict->findings), by_place);
	qsort(verdict->outcomes, verdict->n_outcomes, sizeof(*verdict->outcomes), by_id);
	count(verdict);
	return GATE_OK;
}
