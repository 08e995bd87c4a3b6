/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/policy/predicates.h"

const struct gate_predicate *const gate_predicates[] = {
	&gate_predicate_added,         &gate_predicate_added_lines,
	&gate_predicate_added_text,    &gate_predicate_body,
	&gate_predicate_branch,        &gate_predicate_changed,
	&gate_predicate_commits,       &gate_predicate_deleted,
	&gate_predicate_diff,          &gate_predicate_flag,
	&gate_predicate_migration,     &gate_predicate_modified,
	&gate_predicate_only_changed,  &gate_predicate_ref_update,
	&gate_predicate_rollback_plan, &gate_predicate_service,
	&gate_predicate_subject,       &gate_predicate_target,
	&gate_predicate_trailer,       NULL,
};

const struct gate_predicate *gate_predicate_find(const char *name)
{
	for (size_t i = 0; gate_predicates[i]; i++)
		if (!strcmp(gate_predicates[i]->name, name))
			return gate_predicates[i];
	return NULL;
}
