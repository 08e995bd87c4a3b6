/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/cmd.h"
#include "gate/cmd/which.h"
#include "gate/flow/decided.h"
#include "gate/flow/judge.h"
#include "gate/flow/range.h"

struct check {
	struct gate_which which;
	const char *fail_on, *policy;
	struct gate_option_list only, skip;
};

static const struct gate_option options[] = {
	GATE_WHICH_OPTIONS(struct check),
	{ 0, "only", "RULE", GATE_OPTION_LIST, offsetof(struct check, only),
	  "only this rule; may be repeated" },
	{ 0, "skip", "RULE", GATE_OPTION_LIST, offsetof(struct check, skip),
	  "not this rule; may be repeated" },
	{ 0, "try", "FILE", GATE_OPTION_TEXT, offsetof(struct check, policy),
	  "judge by FILE in place of the change's .doragate.yml" },
	{ 0, "fail-on", "LEVEL", GATE_OPTION_TEXT, offsetof(struct check, fail_on),
	  "warning: warnings block too" },
	{ 0 },
};

static int check_words(const struct check *check, int n_args, char *args[], struct gate_error *err)
{
	if (n_args)
		return gate_fail(err, GATE_EUSAGE,
		                 "check takes no argument '%s'; a range is --base and --head",
		                 args[0]);
	if (check->fail_on && strcmp(check->fail_on, "warning") != 0 &&
	    strcmp(check->fail_on, "error") != 0)
		return gate_fail(err, GATE_EUSAGE, "--fail-on takes error or warning, got '%s'",
		                 check->fail_on);
	return GATE_OK;
}

static int run(struct gate_context *context, void *opts, int n_args, char *args[],
               struct gate_error *err)
{
	const struct check *check = opts;
	GATE_AUTO(gate_judgement_release) struct gate_judgement judgement = { 0 };
	struct gate_judge_options how = { .only = check->only.n ? check->only.items : NULL,
		                          .skip = check->skip.n ? check->skip.items : NULL,
		                          .policy = check->policy };
	const struct gate_time *now = context->common.now ? &context->now : NULL;
	struct gate_change *change = NULL;
	struct gate_judged view;
	struct gate_report report = { .items = &view, .n = 1, .now = context->now };
	int code = check_words(check, n_args, args, err);

	how.warnings_block = check->fail_on && !strcmp(check->fail_on, "warning");
	if (code == GATE_OK)
		code = gate_which_change(&change, &check->which, context->repo, err);
	if (code == GATE_OK)
		code = gate_judge(&judgement, change, &how, err);
	if (code < 0)
		return code;
	view = gate_judgement_view(&judgement);
	report.exit = gate_exit_of_verdict(&judgement.verdict);
	gate_decided(&view, now, false);
	gate_range_of_request(change, now);
	code = gate_write_report(context, &report, err);
	return code < 0 ? code : (int)report.exit;
}

const struct gate_command gate_command_check = {
	.name = "check",
	.synopsis = "[--base REV] [--head REV] | --staged | --commit REV",
	.summary = "judge a change; without options, what a push would send",
	.options = options,
	.size = sizeof(struct check),
	.needs_repo = true,
	.reports = true,
	.to_files = true,
	.run = run,
};
