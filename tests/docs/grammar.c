/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of the policy grammar, from the tables that the program itself reads them by, for tests/check-docs.sh:
 *
 *     predicate NAME
 *     param NAME TYPE[ required][ alone]     of the predicate before it; alone: a value in place of the map means this one
 *     word WORD                              any other word that stands in a policy or in a verdict
 *     exit CODE MEANING
 */
#include "gate/config/preset.h"
#include "gate/policy/predicate.h"
#include "gate/report/exit.h"

#include <stdio.h>

static const char *const types[] = {
	[GATE_PARAM_PATHS] = "paths", [GATE_PARAM_NAMES] = "names",   [GATE_PARAM_TEXT] = "text",
	[GATE_PARAM_TEXTS] = "texts", [GATE_PARAM_NUMBER] = "number", [GATE_PARAM_RANGE] = "range",
	[GATE_PARAM_BOOL] = "bool",   [GATE_PARAM_WORDS] = "words",
};

static void print_words(const char *const words[])
{
	for (size_t i = 0; words && words[i]; i++)
		printf("word %s\n", words[i]);
}

static void print_predicate(const struct gate_predicate *predicate)
{
	printf("predicate %s\n", predicate->name);
	for (const struct gate_param *param = predicate->params; param->name; param++) {
		printf("param %s %s%s%s\n", param->name, types[param->type],
		       param->required ? " required" : "", param->shorthand ? " alone" : "");
		print_words(param->words);
	}
}

int main(void)
{
	for (size_t i = 0; gate_predicates[i]; i++)
		print_predicate(gate_predicates[i]);
	print_words(gate_rule_key_names);
	print_words(gate_log_key_names);
	print_words(gate_tier_names);
	print_words(gate_each_names);
	print_words(gate_severity_names);
	print_words(gate_stage_names);
	print_words(gate_outcome_names);
	print_words(gate_fact_names);
	for (size_t i = 0; i < gate_embedded_count; i++) {
		char name[GATE_PRESET_NAME];

		if (sscanf(gate_embedded_files[i].name, "policies/%63[a-z-]/policy.yml", name) ==
		            1 &&
		    gate_preset_find(name))
			printf("word doragate/%s\n", name);
	}
#define GATE_EXIT(name, code, meaning) printf("exit %d %s\n", code, meaning);
	GATE_EXIT_TABLE(GATE_EXIT)
#undef GATE_EXIT
	return 0;
}
