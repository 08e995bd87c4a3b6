/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys that only the log reads. They are checked in every file, also in one whose values a later file replaces.
 */
#include "gate/base/escape.h"
#include "gate/config/merge.h"
#include "gate/git/refs.h"

#define LOG_REF "refs/doragate/log"
#define BRANCHES "refs/heads/"

const char *const gate_tier_names[] = {
	[GATE_TIER_PRODUCTION] = "production",
	[GATE_TIER_STAGING] = "staging",
	[GATE_TIER_TESTING] = "testing",
	[GATE_TIER_OTHER] = "other",
	NULL,
};

const char *const gate_log_key_names[GATE_LOG_KEYS + 1] = {
	[GATE_LOG_STORE] = "store", [GATE_LOG_REMOTE] = "remote", [GATE_LOG_REF] = "ref",
	[GATE_LOG_SYNC] = "sync",   [GATE_LOG_SHARE] = "share",   [GATE_LOG_DETAILS] = "details",
};

/* Text without white space, control bytes and what cannot be seen. */
static int read_word(const char **out, const struct gate_yaml *node, const char *what,
                     struct gate_error *err)
{
	const char *text;
	int code = gate_yaml_text(&text, node, what, err);

	if (code < 0)
		return code;
	if (!*text)
		return gate_yaml_fail(err, node, GATE_ECONFIG, "%s: expected text, got nothing",
		                      what);
	for (size_t at = 0, n; at < node->len; at += n) {
		uint32_t point;

		n = gate_utf8_next(text + at, node->len - at, &point);
		if (!n || point == ' ' || gate_utf8_control(point) || gate_utf8_invisible(point))
			return gate_yaml_fail(err, node, GATE_ECONFIG,
			                      "%s: white space and control bytes are not allowed",
			                      what);
	}
	*out = text;
	return GATE_OK;
}

static int merge_repository(struct gate_config *config, const struct gate_yaml *node,
                            struct gate_error *err)
{
	const char *text;
	int code = read_word(&text, node, "repository", err);

	if (code < 0)
		return code;
	if (node->len > GATE_MAX_REPOSITORY_BYTES)
		return gate_yaml_fail(err, node, GATE_ECONFIG, "repository: longer than %d bytes",
		                      GATE_MAX_REPOSITORY_BYTES);
	config->repository = text;
	config->repository_node = node;
	return GATE_OK;
}

static int read_environment(struct gate_environment *out, const struct gate_yaml *key,
                            const struct gate_yaml *node, struct gate_error *err)
{
	static const char *const keys[] = { "tier", NULL };
	const struct gate_yaml *tier;
	size_t word;
	int code;

	if (!gate_config_is_name(key->text))
		return gate_yaml_fail(
			err, key, GATE_ECONFIG,
			"'%s' is no environment name: use letters, digits, '.', '_' and '-'",
			key->text);
	code = gate_yaml_only_keys(node, "an environment", keys, err);
	if (code < 0)
		return code;
	tier = gate_yaml_get(node, "tier");
	word = !strcmp(key->text, "production") || !strcmp(key->text, "prod") ? GATE_TIER_PRODUCTION
	                                                                      : GATE_TIER_OTHER;
	code = tier ? gate_yaml_word(&word, tier, "tier", gate_tier_names, err) : GATE_OK;
	if (code < 0)
		return code;
	*out = (struct gate_environment){ key->text, (enum gate_tier)word, node };
	return GATE_OK;
}

static int merge_environments(struct gate_config *config, const struct gate_yaml *node,
                              struct gate_error *err)
{
	if (node->kind != GATE_YAML_MAP)
		return gate_yaml_fail(err, node, GATE_ECONFIG,
		                      "environments: expected a map, got %s",
		                      gate_yaml_kind_name(node->kind));
	for (size_t i = 0; i < node->n; i++) {
		struct gate_environment environment;
		size_t at = 0;
		int code = read_environment(&environment, node->keys[i], node->values[i], err);

		if (code < 0)
			return code;
		while (at < config->n_environments &&
		       strcmp(config->environments[at].name, environment.name) != 0)
			at++;
		if (gate_grow(&config->environments, &config->cap_environments, at + 1,
		              sizeof(*config->environments), err) < 0)
			return GATE_ENOMEM;
		config->environments[at] = environment;
		if (at == config->n_environments)
			config->n_environments++;
	}
	return GATE_OK;
}

/*
 * The policy comes with a clone, and git takes a URL or an option where it takes the name of a remote: nothing that looks
 * like either gets through.
 */
static int read_remote(const char **out, const struct gate_yaml *node, struct gate_error *err)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/";
	const char *text;
	int code = read_word(&text, node, "remote", err);

	if (code < 0)
		return code;
	if (strspn(text, allowed) != node->len || strchr("-./", text[0]))
		return gate_yaml_fail(err, node, GATE_ECONFIG,
		                      "remote: expected the name of a remote, got '%s'", text);
	*out = text;
	return GATE_OK;
}

static int read_ref(const char **out, const struct gate_yaml *node, struct gate_error *err)
{
	const char *text;
	int code = read_word(&text, node, "ref", err);

	if (code < 0)
		return code;
	if (strcmp(text, LOG_REF) != 0 && strncmp(text, BRANCHES, strlen(BRANCHES)) != 0)
		return gate_yaml_fail(
			err, node, GATE_ECONFIG,
			"ref: must be " LOG_REF " or begin with " BRANCHES ", got '%s'", text);
	if (!gate_ref_is_name(text))
		return gate_yaml_fail(err, node, GATE_ECONFIG, "ref: '%s' is no name of a branch",
		                      text);
	*out = text;
	return GATE_OK;
}

static int read_log_key(struct gate_log_config *log, enum gate_log_key key,
                        const struct gate_yaml *node, struct gate_error *err)
{
	static const char *const sync[] = { "manual", "push", NULL };
	static const char *const share[] = { "hooks", NULL };
	size_t word = 0;
	int code;

	switch (key) {
	case GATE_LOG_STORE:
		return read_word(&log->store, node, "store", err);
	case GATE_LOG_REMOTE:
		return read_remote(&log->remote, node, err);
	case GATE_LOG_REF:
		return read_ref(&log->ref, node, err);
	case GATE_LOG_SYNC:
		code = gate_yaml_word(&word, node, "sync", sync, err);
		if (code == GATE_OK)
			log->sync = (enum gate_log_sync)word;
		return code;
	case GATE_LOG_SHARE:
		code = gate_yaml_word(&word, node, "share", share, err);
		if (code == GATE_OK)
			log->share_hooks = true;
		return code;
	case GATE_LOG_DETAILS:
		return gate_yaml_bool(&log->details, node, "details", err);
	case GATE_LOG_KEYS:
		break;
	}
	return GATE_OK;
}

int gate_config_merge_log(struct gate_config *config, const struct gate_yaml *root,
                          struct gate_error *err)
{
	const struct gate_yaml *repository = gate_yaml_get(root, "repository");
	const struct gate_yaml *environments = gate_yaml_get(root, "environments");
	const struct gate_yaml *log = gate_yaml_get(root, "log");
	int code = repository ? merge_repository(config, repository, err) : GATE_OK;

	if (code == GATE_OK && environments)
		code = merge_environments(config, environments, err);
	if (code == GATE_OK && log)
		code = gate_yaml_only_keys(log, "log", gate_log_key_names, err);
	for (size_t k = 0; code == GATE_OK && log && k < GATE_LOG_KEYS; k++) {
		const struct gate_yaml *value = gate_yaml_get(log, gate_log_key_names[k]);

		if (!value)
			continue;
		code = read_log_key(&config->log, (enum gate_log_key)k, value, err);
		config->log.keys[k] = value;
	}
	return code;
}
