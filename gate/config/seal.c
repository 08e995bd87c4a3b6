/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be done only when every file is merged: a set may be redefined after a service used it.
 */
#include "gate/config/config.h"

#include "gate/base/buf.h"

static int read_text(const char **out, const struct gate_yaml *map, const char *key,
                     struct gate_error *err)
{
	const struct gate_yaml *node = gate_yaml_get(map, key);

	return node ? gate_yaml_text(out, node, key, err) : GATE_OK;
}

static int read_paths(struct gate_pathset **out, const struct gate_service *service,
                      const char *key, struct gate_error *err)
{
	GATE_AUTO(gate_temporary_sets_release) struct gate_temporary_sets none = { 0 };
	const struct gate_yaml *node = gate_yaml_get(service->node, key);

	/* Without captures nothing temporary is made. */
	return node ? gate_paths_compile(out, service->scope, node, NULL, &none, err) : GATE_OK;
}

static int seal_service(struct gate_service *service, struct gate_error *err)
{
	static const char *const keys[] = { "paths", "shared", "tests", "tier", "owner", NULL };
	int code;

	if (service->node->kind != GATE_YAML_MAP)
		return gate_yaml_fail(err, service->node, GATE_ECONFIG,
		                      "a service: expected a map, got %s",
		                      gate_yaml_kind_name(service->node->kind));
	code = gate_yaml_only_keys(service->node, "a service", keys, err);
	if (code < 0)
		return code;
	if (!gate_yaml_get(service->node, "paths"))
		return gate_yaml_fail(err, service->node, GATE_ECONFIG,
		                      "the service '%s' has no 'paths'", service->name);
	code = read_paths(&service->paths, service, "paths", err);
	if (code == GATE_OK)
		code = read_paths(&service->tests, service, "tests", err);
	if (code == GATE_OK)
		code = read_paths(&service->shared, service, "shared", err);
	if (code == GATE_OK)
		code = read_text(&service->tier, service->node, "tier", err);
	if (code == GATE_OK)
		code = read_text(&service->owner, service->node, "owner", err);
	return code;
}

static int seal_sets(struct gate_scope *scope, struct gate_error *err)
{
	for (size_t i = 0; i < scope->n_sets; i++) {
		GATE_AUTO(gate_temporary_sets_release) struct gate_temporary_sets none = { 0 };
		struct gate_set *set = &scope->sets[i];
		int code;

		if (set->compiled || gate_paths_have_captures(scope, set->node))
			continue;
		set->busy = true;
		code = gate_paths_compile(&set->compiled, set->written, set->node, NULL, &none,
		                          err);
		set->busy = false;
		if (code < 0)
			return code;
	}
	return GATE_OK;
}

static int seal_flags(struct gate_config *config, struct gate_error *err)
{
	GATE_AUTO(gate_temporary_sets_release) struct gate_temporary_sets none = { 0 };
	const struct gate_yaml *registry = config->flags.keys[GATE_FLAGS_REGISTRY];

	return registry ? gate_paths_compile(&config->flags.registry, &config->root, registry, NULL,
	                                     &none, err)
	                : GATE_OK;
}

static int by_name(const void *a, const void *b)
{
	const struct gate_service *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static int environment_by_name(const void *a, const void *b)
{
	const struct gate_environment *left = a, *right = b;

	return strcmp(left->name, right->name);
}

/* Every value with its kind and length, so that different policies never give the same bytes. */
static void digest_node(struct gate_buf *buf, const struct gate_yaml *node)
{
	switch (node->kind) {
	case GATE_YAML_SCALAR:
		gate_buf_printf(buf, "s%zu:", node->len);
		gate_buf_add(buf, node->text, node->len);
		break;
	case GATE_YAML_LIST:
		gate_buf_printf(buf, "l%zu:", node->n);
		for (size_t i = 0; i < node->n; i++)
			digest_node(buf, node->values[i]);
		break;
	case GATE_YAML_MAP:
		gate_buf_printf(buf, "m%zu:", node->n);
		for (size_t i = 0; i < node->n; i++) {
			digest_node(buf, node->keys[i]);
			digest_node(buf, node->values[i]);
		}
		break;
	}
}

static void digest_scope(struct gate_buf *buf, const struct gate_scope *scope)
{
	gate_buf_printf(buf, "scope%zu:%s", strlen(scope->folder), scope->folder);
	for (size_t i = 0; i < scope->n_sets; i++) {
		gate_buf_printf(buf, "set%zu:%s", strlen(scope->sets[i].name), scope->sets[i].name);
		digest_node(buf, scope->sets[i].node);
	}
}

static int digest(struct gate_config *config, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };

	gate_buf_printf(&buf, "doragate policy 1 mode%d allow%d", (int)config->mode,
	                config->on_error_allow);
	digest_scope(&buf, &config->root);
	for (size_t i = 0; i < config->n_nested; i++)
		digest_scope(&buf, config->nested[i]);
	for (size_t i = 0; i < config->n_services; i++) {
		gate_buf_printf(&buf, "service%zu:%s", strlen(config->services[i].name),
		                config->services[i].name);
		digest_node(&buf, config->services[i].node);
	}
	for (size_t i = 0; i < config->n_rules; i++) {
		gate_buf_printf(&buf, "rule%zu:%s", strlen(config->rules[i].id),
		                config->rules[i].id);
		for (size_t k = 0; k < GATE_RULE_KEYS; k++)
			if (config->rules[i].keys[k]) {
				gate_buf_printf(&buf, "key:%s=", gate_rule_key_names[k]);
				digest_node(&buf, config->rules[i].keys[k]);
			}
	}
	for (size_t k = 0; k < GATE_FLAGS_KEYS; k++)
		if (config->flags.keys[k]) {
			gate_buf_printf(&buf, "flags:%s=", gate_flags_key_names[k]);
			digest_node(&buf, config->flags.keys[k]);
		}
	if (gate_buf_failed(&buf))
		return gate_fail_memory(err);
	gate_digest_hex(config->digest, buf.ptr, buf.len);
	return GATE_OK;
}

int gate_config_seal(struct gate_config *config, struct gate_error *err)
{
	int code = seal_sets(&config->root, err);

	for (size_t i = 0; code == GATE_OK && i < config->n_nested; i++)
		code = seal_sets(config->nested[i], err);
	for (size_t i = 0; code == GATE_OK && i < config->n_services; i++)
		code = seal_service(&config->services[i], err);
	if (code == GATE_OK)
		code = seal_flags(config, err);
	if (code < 0)
		return code;
	if (config->n_services)
		qsort(config->services, config->n_services, sizeof(*config->services), by_name);
	if (config->n_environments)
		qsort(config->environments, config->n_environments, sizeof(*config->environments),
		      environment_by_name);
	return digest(config, err);
}
