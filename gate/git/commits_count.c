/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/buf.h"
#include "gate/base/process.h"
#include "gate/git/history.h"

/* One line for each revision, as `git rev-list --stdin` reads them. */
static void write_revisions(struct gate_buf *buf, const struct gate_oid *tip,
                            const struct gate_oid hidden[], size_t n_hidden)
{
	char hex[GATE_OID_HEX];

	gate_buf_printf(buf, "%s\n", gate_oid_hex(hex, tip));
	for (size_t i = 0; i < n_hidden; i++)
		gate_buf_printf(buf, "^%s\n", gate_oid_hex(hex, &hidden[i]));
}

int gate_commits_count(size_t *out, const struct gate_repo *repo, const struct gate_oid *tip,
                       const struct gate_oid hidden[], size_t n_hidden, struct gate_error *err)
{
	const char *const argv[] = { "git",
		                     "--no-replace-objects",
		                     "--git-dir",
		                     gate_repo_git_dir(repo),
		                     "rev-list",
		                     "--count",
		                     "--ignore-missing",
		                     "--stdin",
		                     NULL };
	GATE_AUTO(gate_buf_release) struct gate_buf input = { 0 };
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	struct gate_process process = { .argv = argv, .max_output = 4096, .timeout_ms = 30000 };
	unsigned long count;
	char *end;
	int code;

	write_revisions(&input, tip, hidden, n_hidden);
	if (gate_buf_failed(&input))
		return gate_fail_memory(err);
	process.input = input.ptr;
	process.input_len = input.len;
	code = gate_process_run(&result, &process, err);
	if (code < 0)
		return code;
	count = strtoul(gate_buf_text(&result.out), &end, 10);
	if (result.status || !result.out.len || *end != '\n')
		return gate_fail(err, GATE_EGIT, "git cannot count commits: %.200s",
		                 gate_buf_text(&result.err));
	*out = count;
	return GATE_OK;
}
