/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/change/stage.h"

const char *const gate_stage_names[GATE_STAGES + 1] = {
	[GATE_STAGE_COMMIT] = "commit",
	[GATE_STAGE_PUSH] = "push",
	[GATE_STAGE_RECEIVE] = "receive",
	[GATE_STAGE_PULL_REQUEST] = "pull-request",
	[GATE_STAGE_MERGE_QUEUE] = "merge-queue",
	[GATE_STAGE_DEPLOY] = "deploy",
	[GATE_STAGE_AUDIT] = "audit",
};

const char *const gate_fact_names[GATE_FACTS + 1] = {
	[GATE_FACT_FILES] = "files",           [GATE_FACT_LINES] = "lines",
	[GATE_FACT_COMMITS] = "commits",       [GATE_FACT_MESSAGE] = "message",
	[GATE_FACT_BRANCH] = "branch",         [GATE_FACT_TARGET] = "target",
	[GATE_FACT_REF_UPDATE] = "ref-update",
};

#define ALL (GATE_BIT(GATE_STAGES) - 1)

unsigned gate_fact_stages(enum gate_fact fact)
{
	switch (fact) {
	case GATE_FACT_REF_UPDATE:
		return GATE_BIT(GATE_STAGE_PUSH) | GATE_BIT(GATE_STAGE_RECEIVE);
	case GATE_FACT_COMMITS:
	case GATE_FACT_MESSAGE:
		return ALL & ~GATE_BIT(GATE_STAGE_AUDIT);
	case GATE_FACT_BRANCH:
	case GATE_FACT_TARGET:
		return ALL & ~GATE_BIT(GATE_STAGE_AUDIT) & ~GATE_BIT(GATE_STAGE_DEPLOY);
	default:
		return ALL;
	}
}
