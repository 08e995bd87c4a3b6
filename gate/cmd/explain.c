/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/explain.h"

#include "gate/base/escape.h"
#include "gate/flow/judge.h"

static const struct gate_option options[] = {
	GATE_WHICH_OPTIONS(struct gate_explain),
	GATE_MEASURED_OPTIONS(struct gate_explain),
	{ 0 },
};

static void print_escaped(const char *text)
{
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };

	gate_escape_line(&out, text, strlen(text));
	fputs(gate_buf_text(&out), stdout);
}

static void print_row(const char *label, const char *value)
{
	printf("%-9s ", label);
	print_escaped(value);
	putchar('\n');
}

/* The truth table, printed as the engine goes; a node's line comes after those of its kids, so that the last is the whole. */
struct table {
	bool any;
};

static void print_item(const char *label, void *payload)
{
	struct table *table = payload;

	table->any = true;
	putchar('\n');
	print_escaped(label);
	putchar('\n');
}

static void print_part(const char *name, void *payload)
{
	(void)payload;
	printf("  %s\n", name);
}

static void print_node(const struct gate_expr *expr, unsigned depth,
                       const struct gate_result *result, void *payload)
{
	static const char *const truths[] = { "false", "true", "unknown" };
	bool unknown = result->truth == GATE_UNKNOWN;

	(void)payload;
	printf("    %*s%-8s %s: ", (int)depth * 2, "", truths[result->truth], gate_expr_name(expr));
	print_escaped(unknown ? result->why : result->detail);
	if (unknown)
		printf(" (missing: %s)", gate_fact_names[result->missing]);
	putchar('\n');
	for (size_t i = 0; i < result->n_places && i < 5 && expr->kind == GATE_EXPR_PREDICATE;
	     i++) {
		printf("    %*s         - ", (int)depth * 2, "");
		print_escaped(result->places[i].path);
		if (result->places[i].line)
			printf(":%u", result->places[i].line);
		putchar('\n');
	}
	if (result->n_places > 5 && expr->kind == GATE_EXPR_PREDICATE)
		printf("    %*s         - and %zu more\n", (int)depth * 2, "",
		       result->n_places - 5);
}

static void print_outcome(enum gate_outcome outcome, const char *reason, void *payload)
{
	(void)payload;
	printf("  = %s", gate_outcome_names[outcome]);
	if (outcome == GATE_DEFERRED || outcome == GATE_INCONCLUSIVE) {
		fputs(": ", stdout);
		print_escaped(reason);
	}
	putchar('\n');
}

static void print_stages(const struct gate_rule *rule)
{
	const char *between = "";

	printf("%-9s ", "at");
	for (int stage = 0; stage < GATE_STAGES; stage++)
		if (rule->at & GATE_BIT(stage)) {
			printf("%s%s", between, gate_stage_names[stage]);
			between = ", ";
		}
	putchar('\n');
}

static void print_rule(const struct gate_rule *rule)
{
	print_row("rule", rule->id);
	if (rule->why)
		print_row("why", rule->why);
	if (rule->see)
		print_row("see", rule->see);
	printf("%-9s ", "written");
	print_escaped(rule->source->node->file);
	printf(":%u\n", rule->source->node->line);
	print_row("severity", gate_severity_names[rule->severity]);
	print_row("mode", rule->mode == GATE_MODE_SHADOW ? "shadow" : "enforce");
	print_row("each", gate_each_names[rule->each]);
	print_stages(rule);
}

static int explain_rule(struct gate_context *context, const struct gate_explain *explain,
                        const char *id, struct gate_error *err)
{
	GATE_AUTO(gate_judgement_release) struct gate_judgement judgement = { 0 };
	struct table table = { 0 };
	const struct gate_explainer explainer = { .item = print_item,
		                                  .part = print_part,
		                                  .node = print_node,
		                                  .outcome = print_outcome,
		                                  .payload = &table };
	const char *only[] = { id, NULL };
	struct gate_judge_options how = { .only = only };
	struct gate_change *change = NULL;
	const struct gate_rule *rule;
	struct gate_rules one;
	int code = gate_which_change(&change, &explain->which, context->repo, err);

	if (code == GATE_OK)
		code = gate_judge(&judgement, change, &how, err);
	if (code < 0)
		return code;
	rule = &judgement.rules.items[0]; /* the only one selected comes first */
	print_rule(rule);
	print_row("change", change->name);
	if (!judgement.verdict.n_outcomes) {
		printf("\nnot judged at the stage %s\n", gate_stage_names[change->stage]);
		return GATE_EXIT_PASSED;
	}
	gate_verdict_release(&judgement.verdict);
	one = (struct gate_rules){ .items = judgement.rules.items, .n = 1 };
	code = gate_engine_run(&judgement.verdict, &one, judgement.config, change, &explainer, err);
	if (code < 0)
		return code;
	if (!table.any)
		printf("\nnothing to look at: %s\n", judgement.verdict.outcomes[0].reason);
	printf("\n%s", gate_outcome_names[judgement.verdict.outcomes[0].outcome]);
	if (judgement.verdict.shadow)
		fputs(" (shadow: nothing is blocked)", stdout);
	putchar('\n');
	return GATE_EXIT_PASSED;
}

static int explain_base(struct gate_context *context, const struct gate_explain *explain,
                        struct gate_error *err)
{
	GATE_AUTO(gate_change_free) struct gate_change *change = NULL;
	char hex[GATE_OID_HEX];
	int code = gate_which_change(&change, &explain->which, context->repo, err);

	if (code == GATE_OK)
		code = gate_change_load_commits(change, err);
	if (code == GATE_OK)
		code = gate_change_load_files(change, err);
	if (code < 0)
		return code;
	print_row("change", change->name);
	print_row("stage", gate_stage_names[change->stage]);
	if (change->branch)
		print_row("branch", change->branch);
	if (change->target)
		print_row("target", change->target);
	print_row("base", change->has_base ? gate_oid_hex(hex, &change->base) : "(nothing)");
	if (change->base_how)
		print_row("", change->base_how);
	for (size_t i = 0; i < change->n_merged_in; i++)
		print_row("merged in", gate_oid_hex(hex, &change->merged_in[i]));
	if (change->has_head && !change->head_files.index)
		print_row("head", gate_oid_hex(hex, &change->head));
	print_row("judge", change->judge_how ? change->judge_how : "(none)");
	if (change->commits_known.known)
		printf("%-9s %zu\n", "commits", change->n_commits);
	else
		print_row("commits", change->commits_known.why);
	if (change->files.known.known)
		printf("%-9s %zu\n", "files", change->files.n);
	else
		print_row("files", change->files.known.why);
	return GATE_EXIT_PASSED;
}

static int run(struct gate_context *context, void *opts, int n_args, char *args[],
               struct gate_error *err)
{
	const struct gate_explain *explain = opts;

	if (n_args == 2 && !strcmp(args[0], "rule"))
		return explain_rule(context, explain, args[1], err);
	if (n_args == 1 && !strcmp(args[0], "base"))
		return explain_base(context, explain, err);
	if (n_args == 2 && !strcmp(args[0], "metric"))
		return gate_explain_metric(context, explain, args[1], err);
	if (n_args == 2 && !strcmp(args[0], "event"))
		return gate_explain_event(context, explain, args[1], err);
	return gate_fail(err, GATE_EUSAGE,
	                 "explain takes 'rule ID', 'base', 'metric NAME' or 'event ID'");
}

const struct gate_command gate_command_explain = {
	.name = "explain",
	.synopsis = "rule ID | base | metric NAME | event ID",
	.summary = "show why: a rule, where a change starts, a metric, an event",
	.options = options,
	.size = sizeof(struct gate_explain),
	.needs_repo = true,
	.run = run,
};
