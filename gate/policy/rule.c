/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/policy/rule.h"

#include "gate/base/typo.h"
#include "gate/policy/fix.h"
#include "gate/policy/predicates.h"

const char *const gate_each_names[] = {
	"change", "commit", "all-commits", "service", "file", NULL
};
const char *const gate_severity_names[] = { "error", "warning", "info", NULL };
static const char *const mode_names[] = { "enforce", "shadow", NULL };
static const char *const status_names[] = { "added", "modified", "deleted", NULL };

static int read_word(unsigned *out, unsigned fallback, const struct gate_rule_source *source,
                     enum gate_rule_key key, const char *const words[], struct gate_error *err)
{
	const struct gate_yaml *node = source->keys[key];
	size_t word = fallback;
	int code =
		node ? gate_yaml_word(&word, node, gate_rule_key_names[key], words, err) : GATE_OK;

	*out = (unsigned)word;
	return code;
}

static int read_text(const char **out, const struct gate_rule_source *source,
                     enum gate_rule_key key, struct gate_error *err)
{
	const struct gate_yaml *node = source->keys[key];

	return node ? gate_yaml_text(out, node, gate_rule_key_names[key], err) : GATE_OK;
}

/* One word or a list of words, as bits. */
static int read_bits(unsigned *out, const struct gate_yaml *node, const char *what,
                     const char *const words[], struct gate_error *err)
{
	size_t n = node->kind == GATE_YAML_LIST ? node->n : 1;

	for (size_t i = 0; i < n; i++) {
		const struct gate_yaml *item =
			node->kind == GATE_YAML_LIST ? node->values[i] : node;
		size_t word;
		int code = gate_yaml_word(&word, item, what, words, err);

		if (code < 0)
			return code;
		*out |= GATE_BIT(word);
	}
	return n ? GATE_OK
	         : gate_yaml_fail(err, node, GATE_ECONFIG, "%s: an empty list means never", what);
}

static int read_each_file(struct gate_rule *rule, const struct gate_yaml *node,
                          struct gate_error *err)
{
	static const char *const keys[] = { "file", "status", NULL };
	const struct gate_yaml *file, *status;
	struct gate_error why = { 0 };
	const char *pattern;
	int code = gate_yaml_only_keys(node, "each", keys, err);

	if (code < 0)
		return code;
	file = gate_yaml_get(node, "file");
	status = gate_yaml_get(node, "status");
	if (!file)
		return gate_yaml_fail(err, node, GATE_ECONFIG, "each: 'file' is missing");
	code = gate_yaml_text(&pattern, file, "file", err);
	if (code < 0)
		return code;
	code = gate_glob_compile(&rule->file, rule->scope->folder, pattern, file->len, &why);
	if (code == GATE_ECONFIG)
		return gate_yaml_fail(err, file, code, "file: %s", why.message);
	if (code < 0)
		return gate_fail_memory(err);
	rule->each = GATE_EACH_FILE;
	rule->statuses = 0;
	if (status)
		return read_bits(&rule->statuses, status, "status", status_names, err);
	/* A file that is gone needs nothing beside it. */
	rule->statuses = GATE_BIT(GATE_FILE_ADDED) | GATE_BIT(GATE_FILE_MODIFIED);
	return GATE_OK;
}

static int read_each(struct gate_rule *rule, const struct gate_yaml *node, struct gate_error *err)
{
	static const char *const words[] = { "change", "commit", "all-commits", "service", NULL };
	size_t word;
	int code;

	if (!node)
		return GATE_OK;
	if (node->kind == GATE_YAML_MAP)
		return read_each_file(rule, node, err);
	code = gate_yaml_word(&word, node, "each", words, err);
	if (code == GATE_OK)
		rule->each = (enum gate_each)word;
	return code;
}

static bool per_commit(const struct gate_rule *rule)
{
	return rule->each == GATE_EACH_COMMIT || rule->each == GATE_EACH_ALL_COMMITS;
}

static int read_at(struct gate_rule *rule, const struct gate_yaml *node, struct gate_error *err)
{
	if (node)
		return read_bits(&rule->at, node, "at", gate_stage_names, err);
	rule->at = GATE_BIT(GATE_STAGE_PUSH) | GATE_BIT(GATE_STAGE_RECEIVE) |
	           GATE_BIT(GATE_STAGE_PULL_REQUEST);
	rule->at |=
		per_commit(rule) ? GATE_BIT(GATE_STAGE_COMMIT) : GATE_BIT(GATE_STAGE_MERGE_QUEUE);
	return GATE_OK;
}

/* `waive: never`, or limits that a waiver must keep. This version knows no waivers, so nothing is ever waived. */
static int check_waive(const struct gate_yaml *node, const struct gate_expr_context *context,
                       struct gate_error *err)
{
	static const char *const keys[] = { "max", "when", "inline", NULL };
	struct gate_expr when = { 0 };
	const struct gate_yaml *value;
	int64_t seconds;
	bool flag;
	int code;

	if (!node)
		return GATE_OK;
	if (node->kind != GATE_YAML_MAP) {
		if (node->kind == GATE_YAML_SCALAR && !strcmp(node->text, "never"))
			return GATE_OK;
		return gate_yaml_fail(err, node, GATE_ECONFIG,
		                      "waive: expected 'never' or a map of max, when and inline");
	}
	code = gate_yaml_only_keys(node, "waive", keys, err);
	value = gate_yaml_get(node, "max");
	if (code == GATE_OK && value)
		code = gate_yaml_duration(&seconds, value, "max", err);
	value = gate_yaml_get(node, "inline");
	if (code == GATE_OK && value)
		code = gate_yaml_bool(&flag, value, "inline", err);
	value = gate_yaml_get(node, "when");
	if (code == GATE_OK && value) {
		code = gate_expr_compile(&when, context, value, false, err);
		gate_expr_release(&when);
	}
	return code;
}

/* The captures a rule offers to its patterns, with values that stand for any. */
static void offered_captures(struct gate_captures *out, const struct gate_rule *rule)
{
	out->n = 0;
	for (size_t i = 0;
	     rule->file && gate_glob_capture_name(rule->file, i) && i < GATE_COUNT(out->items); i++)
		out->items[out->n++] =
			(struct gate_capture){ gate_glob_capture_name(rule->file, i), "x", 1 };
	if (rule->each == GATE_EACH_SERVICE)
		out->items[out->n++] = (struct gate_capture){ "service", "x", 1 };
}

static int compile_rule(struct gate_rule *rule, const struct gate_rule_source *source,
                        struct gate_error *err)
{
	const struct gate_yaml *const *keys = source->keys;
	struct gate_captures captures = { 0 };
	struct gate_expr_context context = { .scope = source->scope, .names = &captures };
	unsigned word = 0;
	int code;

	*rule = (struct gate_rule){ .id = source->id, .source = source, .scope = source->scope };
	rule->forbids = keys[GATE_RULE_FORBID] != NULL;
	code = read_each(rule, keys[GATE_RULE_EACH], err);
	if (code == GATE_OK)
		code = read_at(rule, keys[GATE_RULE_AT], err);
	if (code == GATE_OK)
		code = read_word(&word, GATE_SEVERITY_ERROR, source, GATE_RULE_SEVERITY,
		                 gate_severity_names, err);
	rule->severity = (enum gate_severity)word;
	if (code == GATE_OK)
		code = read_word(&word, GATE_MODE_ENFORCE, source, GATE_RULE_MODE, mode_names, err);
	rule->mode = (enum gate_mode)word;
	if (code == GATE_OK)
		code = read_text(&rule->why, source, GATE_RULE_WHY, err);
	if (code == GATE_OK)
		code = read_text(&rule->see, source, GATE_RULE_SEE, err);
	if (code == GATE_OK)
		code = read_text(&rule->fix, source, GATE_RULE_FIX, err);
	if (code == GATE_OK && rule->fix)
		code = gate_fix_check(keys[GATE_RULE_FIX], err);
	if (code < 0)
		return code;
	offered_captures(&captures, rule);
	context.per_commit = per_commit(rule);
	code = check_waive(keys[GATE_RULE_WAIVE], &context, err);
	rule->has_when = keys[GATE_RULE_WHEN] != NULL;
	if (code == GATE_OK && rule->has_when)
		code = gate_expr_compile(&rule->when, &context, keys[GATE_RULE_WHEN], false, err);
	rule->has_unless = keys[GATE_RULE_UNLESS] != NULL;
	if (code == GATE_OK && rule->has_unless)
		code = gate_expr_compile(&rule->unless, &context, keys[GATE_RULE_UNLESS], true,
		                         err);
	if (code == GATE_OK)
		code = gate_expr_compile(&rule->demand, &context,
		                         keys[rule->forbids ? GATE_RULE_FORBID : GATE_RULE_REQUIRE],
		                         rule->forbids, err);
	return code;
}

static int unknown_service(const struct gate_config *config, const struct gate_yaml *name,
                           struct gate_error *err)
{
	GATE_AUTO(gate_free) const char **names = calloc(config->n_services + 1, sizeof(*names));
	const char *near;

	if (!names)
		return gate_fail_memory(err);
	for (size_t i = 0; i < config->n_services; i++) {
		if (!strcmp(config->services[i].name, name->text))
			return GATE_OK;
		names[i] = config->services[i].name;
	}
	near = gate_nearest(name->text, names);
	if (near)
		return gate_yaml_fail(err, name, GATE_ECONFIG,
		                      "there is no service '%s', did you mean '%s'?", name->text,
		                      near);
	return gate_yaml_fail(err, name, GATE_ECONFIG, "there is no service '%s'", name->text);
}

/* A name that no service has would keep its rule silent for ever. A pattern may wait for services to come. */
static int check_services(const struct gate_expr *expr, const struct gate_config *config,
                          struct gate_error *err)
{
	const struct gate_yaml *names = expr->predicate ? gate_service_names(expr) : NULL;
	size_t n = !names ? 0 : names->kind == GATE_YAML_LIST ? names->n : 1;
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < n; i++) {
		const struct gate_yaml *name =
			names->kind == GATE_YAML_LIST ? names->values[i] : names;

		if (!strpbrk(name->text, "*?!\\"))
			code = unknown_service(config, name, err);
	}
	for (size_t i = 0; code == GATE_OK && i < expr->n_kids; i++)
		code = check_services(&expr->kids[i], config, err);
	return code;
}

int gate_rules_compile(struct gate_rules *out, const struct gate_config *config,
                       struct gate_error *err)
{
	GATE_AUTO(gate_rules_release) struct gate_rules rules = { 0 };

	rules.items = calloc(config->n_rules + 1, sizeof(*rules.items));
	if (!rules.items)
		return gate_fail_memory(err);
	for (size_t i = 0; i < config->n_rules; i++) {
		const struct gate_rule_source *source = &config->rules[i];
		const char *reason;
		int code;

		if (source->keys[GATE_RULE_DISABLED]) {
			/* A rule goes only with a reason. */
			code = read_text(&reason, source, GATE_RULE_DISABLED, err);
			if (code == GATE_OK && !reason[strspn(reason, " ")])
				code = gate_yaml_fail(err, source->keys[GATE_RULE_DISABLED],
				                      GATE_ECONFIG,
				                      "disabled: expected the reason");
			if (code < 0)
				return code;
			continue;
		}
		code = compile_rule(&rules.items[rules.n++], source, err);
		if (code == GATE_OK)
			code = check_services(&rules.items[rules.n - 1].when, config, err);
		if (code == GATE_OK)
			code = check_services(&rules.items[rules.n - 1].unless, config, err);
		if (code == GATE_OK)
			code = check_services(&rules.items[rules.n - 1].demand, config, err);
		if (code < 0)
			return code;
	}
	*out = rules;
	memset(&rules, 0, sizeof(rules)); /* handed over */
	return GATE_OK;
}

static bool uses(const struct gate_expr *expr, const char *predicate)
{
	bool found = expr->predicate && !strcmp(expr->predicate->name, predicate);

	for (size_t i = 0; !found && i < expr->n_kids; i++)
		found = uses(&expr->kids[i], predicate);
	return found;
}

bool gate_rules_use(const struct gate_rules *rules, const char *predicate)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct gate_rule *rule = &rules->items[i];

		if (uses(&rule->when, predicate) || uses(&rule->unless, predicate) ||
		    uses(&rule->demand, predicate))
			return true;
	}
	return false;
}

void gate_rules_release(struct gate_rules *rules)
{
	for (size_t i = 0; i < rules->n; i++) {
		struct gate_rule *rule = &rules->items[i];

		gate_glob_free(rule->file);
		gate_expr_release(&rule->when);
		gate_expr_release(&rule->unless);
		gate_expr_release(&rule->demand);
	}
	free(rules->items);
	*rules = (struct gate_rules){ 0 };
}
