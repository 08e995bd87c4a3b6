/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three kinds of named entries. Sets and services are replaced whole by a later file; rules key by key.
 */
#include "gate/base/typo.h"
#include "gate/config/merge.h"

const char *const gate_rule_key_names[GATE_RULE_KEYS + 1] = {
	[GATE_RULE_WHY] = "why",
	[GATE_RULE_SEE] = "see",
	[GATE_RULE_AT] = "at",
	[GATE_RULE_EACH] = "each",
	[GATE_RULE_WHEN] = "when",
	[GATE_RULE_REQUIRE] = "require",
	[GATE_RULE_FORBID] = "forbid",
	[GATE_RULE_UNLESS] = "unless",
	[GATE_RULE_SEVERITY] = "severity",
	[GATE_RULE_MODE] = "mode",
	[GATE_RULE_WAIVE] = "waive",
	[GATE_RULE_FIX] = "fix",
	[GATE_RULE_DISABLED] = "disabled",
};

static int expect(const struct gate_yaml *node, enum gate_yaml_kind kind, const char *what,
                  struct gate_error *err)
{
	if (node->kind == kind)
		return GATE_OK;
	return gate_yaml_fail(err, node, GATE_ECONFIG, "%s: expected %s, got %s", what,
	                      gate_yaml_kind_name(kind), gate_yaml_kind_name(node->kind));
}

/* Kebab-case: [a-z0-9][a-z0-9-]* */
static bool is_kebab(const char *name)
{
	return name[0] && name[0] != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

int gate_config_merge_sets(struct gate_scope *scope, const struct gate_yaml *root,
                           struct gate_error *err)
{
	const struct gate_yaml *sets = gate_yaml_get(root, "sets");
	int code;

	if (!sets)
		return GATE_OK;
	code = expect(sets, GATE_YAML_MAP, "sets", err);
	if (code < 0)
		return code;
	for (size_t i = 0; i < sets->n; i++) {
		const char *name = sets->keys[i]->text;
		struct gate_set *set = NULL;

		if (!is_kebab(name))
			return gate_yaml_fail(
				err, sets->keys[i], GATE_ECONFIG,
				"'%s' is no set name: use lower-case letters, digits and '-'",
				name);
		for (size_t k = 0; k < scope->n_sets; k++)
			if (!strcmp(scope->sets[k].name, name))
				set = &scope->sets[k];
		if (!set) {
			if (gate_grow(&scope->sets, &scope->cap_sets, scope->n_sets + 1,
			              sizeof(*scope->sets), err) < 0)
				return GATE_ENOMEM;
			set = &scope->sets[scope->n_sets++];
		}
		*set = (struct gate_set){ .name = name, .node = sets->values[i], .written = scope };
	}
	return GATE_OK;
}

static struct gate_service *find_service(struct gate_config *config, const char *name)
{
	for (size_t i = 0; i < config->n_services; i++)
		if (!strcmp(config->services[i].name, name))
			return &config->services[i];
	return NULL;
}

int gate_config_merge_services(struct gate_config *config, struct gate_scope *scope,
                               const struct gate_yaml *root, struct gate_error *err)
{
	const struct gate_yaml *services = gate_yaml_get(root, "services");
	int code;

	if (!services)
		return GATE_OK;
	code = expect(services, GATE_YAML_MAP, "services", err);
	if (code < 0)
		return code;
	for (size_t i = 0; i < services->n; i++) {
		const struct gate_yaml *key = services->keys[i];
		struct gate_service *service = find_service(config, key->text);

		if (!gate_config_is_name(key->text))
			return gate_yaml_fail(
				err, key, GATE_ECONFIG,
				"'%s' is no service name: use letters, digits, '.', '_' and '-'",
				key->text);
		if (service && scope->parent)
			return gate_yaml_fail(err, key, GATE_ECONFIG,
			                      "the service '%s' stands in a file above; a nested "
			                      "policy adds only",
			                      key->text);
		if (!service) {
			if (gate_grow(&config->services, &config->cap_services,
			              config->n_services + 1, sizeof(*config->services), err) < 0)
				return GATE_ENOMEM;
			service = &config->services[config->n_services++];
		}
		*service = (struct gate_service){ .name = key->text,
			                          .node = services->values[i],
			                          .scope = scope };
	}
	return GATE_OK;
}

static struct gate_rule_source *find_rule(struct gate_config *config, const char *id)
{
	for (size_t i = 0; i < config->n_rules; i++)
		if (!strcmp(config->rules[i].id, id))
			return &config->rules[i];
	return NULL;
}

/* The id as the whole configuration knows it: "<preset>/<name>" and "<folder>:<id>". */
static int full_id(const char **out, struct gate_config *config, const struct gate_scope *scope,
                   const struct gate_yaml *id, const char *preset, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf buf = { 0 };
	const char *slash = strchr(id->text, '/');
	const char *name = slash ? slash + 1 : id->text;

	if (!is_kebab(name) || (slash && (slash == id->text || scope->parent)))
		return gate_yaml_fail(err, id, GATE_ECONFIG,
		                      "'%s' is no rule id: use lower-case letters, digits and '-'",
		                      id->text);
	if (preset && !slash)
		gate_buf_printf(&buf, "%s/", preset);
	if (scope->parent)
		gate_buf_printf(&buf, "%.*s:", (int)strlen(scope->folder) - 1, scope->folder);
	gate_buf_puts(&buf, id->text);
	*out = gate_buf_failed(&buf) ? NULL : gate_arena_copy(&config->arena, buf.ptr, buf.len);
	return *out ? GATE_OK : gate_fail_memory(err);
}

/* An id that only changes a rule must name one. */
static int unknown_rule(const struct gate_config *config, const struct gate_scope *scope,
                        const struct gate_yaml *id, struct gate_error *err)
{
	GATE_AUTO(gate_free) const char **names = calloc(config->n_rules + 1, sizeof(*names));
	const char *near;

	if (!names)
		return gate_fail_memory(err);
	if (scope->parent)
		return gate_yaml_fail(err, id, GATE_ECONFIG,
		                      "the rule '%s' needs 'require' or 'forbid': a nested policy "
		                      "adds only",
		                      id->text);
	for (size_t i = 0; i < config->n_rules; i++)
		names[i] = config->rules[i].id;
	near = gate_nearest_in(id->text, names);
	if (near)
		return gate_yaml_fail(err, id, GATE_ECONFIG,
		                      "there is no rule '%s' to change, did you mean '%s'?",
		                      id->text, near);
	return gate_yaml_fail(err, id, GATE_ECONFIG, "there is no rule '%s' to change, and %s",
	                      id->text,
	                      strchr(id->text, '/') ? "the id of a new rule has no slash"
	                                            : "a new rule needs 'require' or 'forbid'");
}

static int merge_rule(struct gate_config *config, const struct gate_scope *scope,
                      const struct gate_yaml *entry, const char *preset, struct gate_error *err)
{
	const struct gate_yaml *id = gate_yaml_get(entry, "id");
	const struct gate_yaml *require = gate_yaml_get(entry, "require");
	const struct gate_yaml *forbid = gate_yaml_get(entry, "forbid");
	struct gate_rule_source *rule;
	const char *name;
	int code;

	code = gate_yaml_text(&name, id, "id", err);
	if (code < 0)
		return code;
	code = full_id(&name, config, scope, id, preset, err);
	if (code < 0)
		return code;
	if (require && forbid)
		return gate_yaml_fail(err, forbid, GATE_ECONFIG,
		                      "a rule has 'require' or 'forbid', not both");
	rule = find_rule(config, name);
	if (!rule) {
		if ((!require && !forbid) || (strchr(id->text, '/') && !preset))
			return unknown_rule(config, scope, id, err);
		if (gate_grow(&config->rules, &config->cap_rules, config->n_rules + 1,
		              sizeof(*config->rules), err) < 0)
			return GATE_ENOMEM;
		rule = &config->rules[config->n_rules++];
		*rule = (struct gate_rule_source){ .id = name, .scope = scope, .node = id };
	}
	for (size_t k = 0; k < GATE_RULE_KEYS; k++) {
		const struct gate_yaml *value = gate_yaml_get(entry, gate_rule_key_names[k]);

		if (value)
			rule->keys[k] = value;
	}
	/* A rule has one of the two: what a later entry asks for replaces what an earlier one asked. */
	if (require)
		rule->keys[GATE_RULE_FORBID] = NULL;
	if (forbid)
		rule->keys[GATE_RULE_REQUIRE] = NULL;
	return GATE_OK;
}

static int check_entry(const struct gate_yaml *rules, size_t i, struct gate_error *err)
{
	const char *known[GATE_RULE_KEYS + 2] = { "id" };
	const struct gate_yaml *entry = rules->values[i], *id;
	int code = expect(entry, GATE_YAML_MAP, "a rule", err);

	if (code < 0)
		return code;
	memcpy(known + 1, gate_rule_key_names, sizeof(gate_rule_key_names));
	code = gate_yaml_only_keys(entry, "a rule", known, err);
	if (code < 0)
		return code;
	id = gate_yaml_get(entry, "id");
	if (!id)
		return gate_yaml_fail(err, entry, GATE_ECONFIG, "a rule without 'id'");
	return expect(id, GATE_YAML_SCALAR, "id", err);
}

int gate_config_merge_rules(struct gate_config *config, const struct gate_scope *scope,
                            const struct gate_yaml *root, const char *preset,
                            struct gate_error *err)
{
	const struct gate_yaml *rules = gate_yaml_get(root, "rules");
	int code;

	if (!rules)
		return GATE_OK;
	code = expect(rules, GATE_YAML_LIST, "rules", err);
	if (code == GATE_OK && rules->n > GATE_MAX_RULES - config->n_rules)
		code = gate_yaml_fail(err, rules, GATE_ECONFIG, "a policy has at most %d rules",
		                      GATE_MAX_RULES);
	for (size_t i = 0; code == GATE_OK && i < rules->n; i++) {
		code = check_entry(rules, i, err);
		for (size_t k = 0; code == GATE_OK && k < i; k++) {
			const struct gate_yaml *id = gate_yaml_get(rules->values[i], "id");
			const struct gate_yaml *earlier = gate_yaml_get(rules->values[k], "id");

			if (!strcmp(id->text, earlier->text))
				return gate_yaml_fail(err, id, GATE_ECONFIG,
				                      "the rule '%s' stands already on line %u",
				                      id->text, earlier->line);
		}
		if (code == GATE_OK)
			code = merge_rule(config, scope, rules->values[i], preset, err);
	}
	return code;
}
