/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/cmd.h"

#include "gate/base/file.h"
#include "gate/flow/judge.h"

struct check {
	const char *base, *head, *commit, *fail_on;
	bool staged;
	struct gate_option_list only, skip;
};

static const struct gate_option options[] = {
	{ 0, "base", "REV", GATE_OPTION_TEXT, offsetof(struct check, base),
	  "judge what HEAD adds to REV" },
	{ 0, "head", "REV", GATE_OPTION_TEXT, offsetof(struct check, head),
	  "judge REV instead of HEAD" },
	{ 0, "staged", NULL, GATE_OPTION_FLAG, offsetof(struct check, staged),
	  "judge what a commit would take" },
	{ 0, "commit", "REV", GATE_OPTION_TEXT, offsetof(struct check, commit),
	  "judge one commit" },
	{ 0, "only", "RULE", GATE_OPTION_LIST, offsetof(struct check, only),
	  "only this rule; may be repeated" },
	{ 0, "skip", "RULE", GATE_OPTION_LIST, offsetof(struct check, skip),
	  "not this rule; may be repeated" },
	{ 0, "fail-on", "LEVEL", GATE_OPTION_TEXT, offsetof(struct check, fail_on),
	  "warning: warnings block too" },
	{ 0 },
};

static int check_words(const struct check *check, int n_args, char *args[], struct gate_error *err)
{
	bool range = check->base || check->head;

	if (n_args)
		return gate_fail(err, GATE_EUSAGE,
		                 "check takes no argument '%s'; a range is --base and --head",
		                 args[0]);
	if (range + check->staged + (check->commit != NULL) > 1)
		return gate_fail(err, GATE_EUSAGE,
		                 "--staged, --commit and --base/--head exclude each other");
	if (check->fail_on && strcmp(check->fail_on, "warning") != 0 &&
	    strcmp(check->fail_on, "error") != 0)
		return gate_fail(err, GATE_EUSAGE, "--fail-on takes error or warning, got '%s'",
		                 check->fail_on);
	return GATE_OK;
}

static int make_change(struct gate_change **change, const struct check *check,
                       const struct gate_repo *repo, struct gate_error *err)
{
	if (check->staged)
		return gate_change_from_index(change, repo, NULL, 0, err);
	if (check->commit)
		return gate_change_from_commit(change, repo, check->commit, err);
	return gate_change_from_range(change, repo, check->base, check->head, err);
}

static int run(struct gate_context *context, void *opts, int n_args, char *args[],
               struct gate_error *err)
{
	const struct check *check = opts;
	GATE_AUTO(gate_judgement_release) struct gate_judgement judgement = { 0 };
	struct gate_judge_options how = { .only = check->only.n ? check->only.items : NULL,
		                          .skip = check->skip.n ? check->skip.items : NULL };
	struct gate_change *change = NULL;
	struct gate_judged view;
	struct gate_report report = { .items = &view, .n = 1, .now = context->now };
	int code = check_words(check, n_args, args, err);

	how.warnings_block = check->fail_on && !strcmp(check->fail_on, "warning");
	if (code == GATE_OK)
		code = make_change(&change, check, context->repo, err);
	if (code == GATE_OK)
		code = gate_judge(&judgement, change, &how, err);
	if (code < 0)
		return code;
	view = gate_judgement_view(&judgement);
	report.exit = gate_exit_of_verdict(&judgement.verdict);
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
	.run = run,
};
