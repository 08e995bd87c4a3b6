/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/record.h"

#include "gate/cmd/lines.h"

static int run(struct gate_context *context, void *opts, int n_args, char *args[],
               struct gate_error *err)
{
	struct gate_record *record = opts;
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	GATE_AUTO(gate_facts_release) struct gate_facts facts = { 0 };
	GATE_AUTO(gate_plain_release) struct gate_plain before = { 0 }, after = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf said = { 0 };
	int code = gate_record_kind(&record->kind, n_args, args, err);

	if (code == GATE_OK)
		gate_plain_read(&before, context->common.dir);
	if (code == GATE_OK)
		code = gate_repo_open(&context->repo, context->common.dir, err);
	if (code == GATE_OK)
		code = gate_log_open(&log, context->repo, &context->now, err);
	if (code == GATE_OK)
		code = gate_facts_read(&facts, &log, err);
	if (code == GATE_OK)
		code = gate_record(&said, &facts, &context->now, record, err);
	/* Kept is only what did not change while it was read. */
	if (code == GATE_OK && before.common_dir && gate_plain_read(&after, context->common.dir) &&
	    !strcmp(before.config, after.config))
		gate_facts_keep(&facts, &before);
	return gate_print_lines(context, &said, code, err);
}

const struct gate_command gate_command_record = {
	.name = "record",
	.synopsis = "deployment|rollback|incident|withdrawal [STATE]",
	.summary = "record what happened in the log",
	.options = gate_record_options,
	.size = sizeof(struct gate_record),
	.run = run,
};
