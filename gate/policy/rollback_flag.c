/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a way back hangs on feature flags. This version reads no registry of flags, so that a flag turns the change off is unknown, and no
 * default is known to be altered.
 */
#include "gate/policy/rollback.h"

int gate_rollback_flag(struct gate_result *result, const struct gate_item *item, const char *key,
                       size_t len, struct gate_error *err)
{
	struct gate_known known = { 0 };

	(void)item;
	(void)err;
	if (!len) {
		result->truth = GATE_FALSE;
		snprintf(result->detail, sizeof(result->detail), "it names no flag: 'flag:KEY'");
		return GATE_OK;
	}
	snprintf(known.why, sizeof(known.why),
	         "no flag registry is read, so it is not known what the flag '%.*s' does",
	         (int)(len < 80 ? len : 80), key);
	gate_result_unknown(result, GATE_FACT_FILES, true, &known);
	return GATE_OK;
}

int gate_rollback_flag_defaults(struct gate_result *result, const struct gate_item *item,
                                struct gate_error *err)
{
	(void)item;
	(void)err;
	result->truth = GATE_FALSE;
	return GATE_OK;
}
