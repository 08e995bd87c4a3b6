/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/escape.h"
#include "gate/cmd/cmd.h"
#include "gate/cmd/which.h"
#include "gate/flow/judge.h"

struct policy {
	struct gate_which which;
};

static const struct gate_option options[] = {
	GATE_WHICH_OPTIONS(struct policy),
	{ 0 },
};

#define ORIGIN_COLUMN 72

/* A scalar as YAML takes it back as text: plain where that is safe, else in single quotes. */
static void add_scalar(struct gate_buf *out, const struct gate_yaml *node)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_-+%";
	bool safe = node->len && node->text[0] != '-' && strspn(node->text, plain) == node->len;

	if (safe) {
		gate_escape_line(out, node->text, node->len);
		return;
	}
	gate_buf_putc(out, '\'');
	for (size_t i = 0; i < node->len; i++) {
		if (node->text[i] == '\'')
			gate_buf_putc(out, '\'');
		gate_buf_putc(out, node->text[i]);
	}
	gate_buf_putc(out, '\'');
}

/* A value in flow style, on one line. */
static void add_value(struct gate_buf *out, const struct gate_yaml *node)
{
	if (node->kind == GATE_YAML_SCALAR) {
		add_scalar(out, node);
		return;
	}
	if (node->kind == GATE_YAML_MAP && !node->n) {
		gate_buf_puts(out, "{}");
		return;
	}
	gate_buf_puts(out, node->kind == GATE_YAML_LIST ? "[" : "{ ");
	for (size_t i = 0; i < node->n; i++) {
		if (i)
			gate_buf_puts(out, ", ");
		if (node->kind == GATE_YAML_MAP) {
			add_scalar(out, node->keys[i]);
			gate_buf_puts(out, ": ");
		}
		add_value(out, node->values[i]);
	}
	gate_buf_puts(out, node->kind == GATE_YAML_LIST ? "]" : " }");
}

/* One line, and behind it where it was written. */
static void print_line(const char *indent, const char *key, const struct gate_yaml *value,
                       const struct gate_yaml *origin)
{
	GATE_AUTO(gate_buf_release) struct gate_buf line = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf safe = { 0 };

	gate_buf_printf(&line, "%s%s: ", indent, key);
	add_value(&line, value);
	gate_escape_line(&safe, gate_buf_text(&line), line.len);
	printf("%-*s  # ", ORIGIN_COLUMN, gate_buf_text(&safe));
	gate_buf_reset(&safe);
	gate_escape_line(&safe, origin->file, strlen(origin->file));
	printf("%s:%u\n", gate_buf_text(&safe), origin->line);
}

static void print_sets(const struct gate_scope *scope, const char *indent)
{
	for (size_t i = 0; i < scope->n_sets; i++)
		print_line(indent, scope->sets[i].name, scope->sets[i].node, scope->sets[i].node);
}

static void print_rule(const struct gate_rule_source *rule)
{
	print_line("- ", "id",
	           &(struct gate_yaml){
			   .kind = GATE_YAML_SCALAR, .text = rule->id, .len = strlen(rule->id) },
	           rule->node);
	for (size_t k = 0; k < GATE_RULE_KEYS; k++)
		if (rule->keys[k])
			print_line("  ", gate_rule_key_names[k], rule->keys[k], rule->keys[k]);
}

/* What only the log reads; nothing is printed of what is not given. */
static void print_log(const struct gate_config *config)
{
	bool any = false;

	if (config->repository_node)
		print_line("", "repository", config->repository_node, config->repository_node);
	if (config->n_environments)
		puts("environments:");
	for (size_t i = 0; i < config->n_environments; i++)
		print_line("  ", config->environments[i].name, config->environments[i].node,
		           config->environments[i].node);
	for (size_t k = 0; k < GATE_LOG_KEYS; k++) {
		const struct gate_yaml *value = config->log.keys[k];

		if (value && !any)
			puts("log:");
		if (value)
			print_line("  ", gate_log_key_names[k], value, value);
		any = any || value;
	}
}

static void print_flags(const struct gate_flags_config *flags)
{
	bool any = false;

	for (size_t k = 0; k < GATE_FLAGS_KEYS; k++) {
		if (flags->keys[k] && !any)
			puts("flags:");
		if (flags->keys[k])
			print_line("  ", gate_flags_key_names[k], flags->keys[k], flags->keys[k]);
		any = any || flags->keys[k];
	}
}

static int show(struct gate_context *context, const struct policy *policy, struct gate_error *err)
{
	GATE_AUTO(gate_judgement_release) struct gate_judgement judgement = { 0 };
	const struct gate_config *config;
	struct gate_change *change = NULL;
	int code = gate_which_change(&change, &policy->which, context->repo, err);

	if (code == GATE_OK)
		code = gate_judge_load(&judgement, change, NULL, err);
	if (code < 0)
		return code;
	config = judgement.config;
	printf("# judge: %s\n# digest: %s\n", change->judge_how ? change->judge_how : "none",
	       config->digest);
	printf("version: 1\nmode: %s\non-error: %s\n",
	       config->mode == GATE_MODE_SHADOW ? "shadow" : "enforce",
	       config->on_error_allow ? "allow" : "block");
	print_log(config);
	if (config->n_services)
		puts("services:");
	for (size_t i = 0; i < config->n_services; i++)
		print_line("  ", config->services[i].name, config->services[i].node,
		           config->services[i].node);
	puts("sets:");
	print_sets(&config->root, "  ");
	for (size_t i = 0; i < config->n_nested; i++) {
		print_line("# ", "sets of the folder",
		           &(struct gate_yaml){ .kind = GATE_YAML_SCALAR,
		                                .text = config->nested[i]->folder,
		                                .len = strlen(config->nested[i]->folder) },
		           &(struct gate_yaml){ .file = config->nested[i]->folder, .line = 1 });
		print_sets(config->nested[i], "#   ");
	}
	print_flags(&config->flags);
	puts("rules:");
	for (size_t i = 0; i < config->n_rules; i++)
		print_rule(&config->rules[i]);
	return GATE_EXIT_PASSED;
}

static int run(struct gate_context *context, void *opts, int n_args, char *args[],
               struct gate_error *err)
{
	if (n_args == 1 && !strcmp(args[0], "show"))
		return show(context, opts, err);
	return gate_fail(err, GATE_EUSAGE, "policy takes 'show'");
}

const struct gate_command gate_command_policy = {
	.name = "policy",
	.synopsis = "show",
	.summary = "show the merged policy, with the place each key is from",
	.options = options,
	.size = sizeof(struct policy),
	.needs_repo = true,
	.run = run,
};
