/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/config/config.h"

#include "gate/base/embed.h"
#include "gate/config/merge.h"

#define SETS_FILE "policies/sets/policy.yml"

/* What stands in for a .doragate.yml that is not there. */
static const char no_policy[] = "version: 1\n"
				"mode: shadow\n"
				"extends: [doragate/baseline]\n";

int gate_config_load(struct gate_config **out, const struct gate_snapshot *snapshot,
                     const char *text_name, const char *text, size_t text_len,
                     struct gate_error *err)
{
	GATE_AUTO(gate_config_free) struct gate_config *config = calloc(1, sizeof(*config));
	GATE_AUTO(gate_blob_release) struct gate_blob blob = { 0 };
	const struct gate_embedded *sets = gate_embed_find(SETS_FILE);
	int code;

	if (!config)
		return gate_fail_memory(err);
	config->root.folder = "";
	config->found = true;
	if (!text) {
		code = gate_snapshot_read(&blob, snapshot, GATE_CONFIG_FILE, GATE_MAX_YAML_BYTES,
		                          err);
		text_name = GATE_CONFIG_FILE;
		text = blob.bytes;
		text_len = blob.len;
		if (code == GATE_ENOTFOUND) {
			config->found = false;
			text_name = "(no " GATE_CONFIG_FILE ")";
			text = no_policy;
			text_len = sizeof(no_policy) - 1;
		} else if (code < 0) {
			return code;
		}
	}
	code = gate_config_merge_text(config, snapshot, "doragate/sets", sets->bytes, sets->len,
	                              err);
	if (code < 0)
		return code;
	code = gate_config_merge_text(config, snapshot, text_name, text, text_len, err);
	if (code < 0)
		return code;
	*out = gate_steal(&config);
	return GATE_OK;
}

static void scope_release(struct gate_scope *scope)
{
	for (size_t i = 0; i < scope->n_sets; i++)
		gate_pathset_free(scope->sets[i].compiled);
	free(scope->sets);
}

void gate_config_free(struct gate_config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < config->n_services; i++) {
		gate_pathset_free(config->services[i].paths);
		gate_pathset_free(config->services[i].tests);
		gate_pathset_free(config->services[i].shared);
	}
	free(config->services);
	for (size_t i = 0; i < config->n_nested; i++) {
		scope_release(config->nested[i]);
		free(config->nested[i]);
	}
	free(config->nested);
	scope_release(&config->root);
	gate_pathset_free(config->flags.registry);
	free(config->rules);
	free(config->environments);
	for (size_t i = 0; i < config->n_docs; i++)
		gate_yaml_free(config->docs[i]);
	free(config->docs);
	free(config->presets);
	gate_arena_release(&config->arena);
	free(config);
}
