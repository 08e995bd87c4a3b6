/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/lines.h"

#include "gate/base/escape.h"

/* Lines keep their ends; what is in them is escaped. */
static void print_lines(const struct gate_buf *said)
{
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
	const char *at = gate_buf_text(said);

	while (*at) {
		size_t len = strcspn(at, "\n");

		gate_escape_line(&out, at, len);
		gate_buf_putc(&out, '\n');
		at += len;
		at += *at == '\n';
	}
	fputs(gate_buf_text(&out), stdout);
}

int gate_print_lines(const struct gate_context *context, const struct gate_buf *said, int code, struct gate_error *err)
{
	if (!context->common.quiet || code < 0)
		print_lines(said);
	if (gate_buf_failed(said))
		return gate_fail_memory(err);
	return code < 0 ? code : GATE_EXIT_PASSED;
}
