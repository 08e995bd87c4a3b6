/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where feature flags are registered. As for the keys of the log, values are checked in every file, also in one that a later file replaces.
 */
#include "gate/config/merge.h"

const char *const gate_flags_key_names[GATE_FLAGS_KEYS + 1] = {
	[GATE_FLAGS_REGISTRY] = "registry",
	[GATE_FLAGS_OFF] = "off",
	[GATE_FLAGS_ALIASES] = "aliases",
};

/* Text, or a list of texts, each of which can be the key of a flag or the name of a variant. */
static int check_names(const struct gate_yaml *node, const char *what, struct gate_error *err)
{
	size_t n = node->kind == GATE_YAML_LIST ? node->n : 1;

	for (size_t i = 0; i < n; i++) {
		const struct gate_yaml *name =
			node->kind == GATE_YAML_LIST ? node->values[i] : node;
		const char *text;
		int code = gate_yaml_text(&text, name, what, err);

		if (code < 0)
			return code;
		if (!name->len)
			return gate_yaml_fail(err, name, GATE_ECONFIG,
			                      "%s: expected text, got nothing", what);
		if (name->len > GATE_MAX_FLAG_KEY_BYTES)
			return gate_yaml_fail(err, name, GATE_ECONFIG, "%s: longer than %d bytes",
			                      what, GATE_MAX_FLAG_KEY_BYTES);
	}
	return GATE_OK;
}

static int check_aliases(const struct gate_yaml *node, struct gate_error *err)
{
	int code = GATE_OK;

	if (node->kind != GATE_YAML_MAP)
		return gate_yaml_fail(err, node, GATE_ECONFIG,
		                      "aliases: expected a map of keys to names, got %s",
		                      gate_yaml_kind_name(node->kind));
	for (size_t i = 0; code == GATE_OK && i < node->n; i++) {
		code = check_names(node->keys[i], "the key of a flag", err);
		if (code == GATE_OK)
			code = check_names(node->values[i], "an alias", err);
	}
	return code;
}

int gate_config_merge_flags(struct gate_config *config, const struct gate_yaml *root,
                            struct gate_error *err)
{
	const struct gate_yaml *flags = gate_yaml_get(root, "flags");
	int code = flags ? gate_yaml_only_keys(flags, "flags", gate_flags_key_names, err) : GATE_OK;

	for (size_t k = 0; code == GATE_OK && flags && k < GATE_FLAGS_KEYS; k++) {
		const struct gate_yaml *value = gate_yaml_get(flags, gate_flags_key_names[k]);

		if (!value)
			continue;
		if (k == GATE_FLAGS_OFF)
			code = check_names(value, "off", err);
		else if (k == GATE_FLAGS_ALIASES)
			code = check_aliases(value, err);
		config->flags.keys[k] = value;
	}
	return code;
}

static bool is_text(const char *text, const char *bytes, size_t len)
{
	return strlen(text) == len && !memcmp(text, bytes, len);
}

bool gate_flags_name_is_off(const struct gate_flags_config *flags, const char *variant, size_t len)
{
	const struct gate_yaml *off = flags->keys[GATE_FLAGS_OFF];
	size_t n = off && off->kind == GATE_YAML_LIST ? off->n : 1;

	if (!off)
		return is_text("off", variant, len) || is_text("control", variant, len) ||
		       is_text("disabled", variant, len);
	for (size_t i = 0; i < n; i++)
		if (is_text(off->kind == GATE_YAML_LIST ? off->values[i]->text : off->text, variant,
		            len))
			return true;
	return false;
}
