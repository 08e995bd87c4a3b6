/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/log/store.h"

int gate_store_git_open(struct gate_store **out, const char *rest,
                        const struct gate_store_context *context, struct gate_error *err)
{
	(void)out;
	(void)rest;
	(void)context;
	return gate_fail(err, GATE_EUSAGE, "'git:' is not there yet");
}
