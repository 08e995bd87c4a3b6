/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/config/merge.h"

#include "gate/base/typo.h"
#include "gate/config/preset.h"
#include "gate/version.h"

#define PRESET_PREFIX "doragate/"

static const char *const root_keys[] = { "version",    "needs",        "extends", "mode",
	                                 "on-error",   "services",     "sets",    "rules",
	                                 "repository", "environments", "flags",   "log",
	                                 NULL };
/* Keys of the grammar whose features are not in this version: a policy that relies on them must not seem to work. */
static const char *const later_keys[] = { "evidence", "calendars", "waivers", NULL };

/* The files that are being merged, innermost first: for cycles and depth. */
struct chain {
	const struct chain *outer;
	const char *file;
	unsigned depth;
};

static int merge_file(struct gate_config *config, const struct gate_snapshot *snapshot,
                      const char *file, const char *bytes, size_t len, const char *preset,
                      const struct chain *outer, struct gate_error *err);

int gate_config_parse(const struct gate_yaml **root, struct gate_config *config, const char *file,
                      const char *bytes, size_t len, struct gate_error *err)
{
	GATE_AUTO(gate_yaml_free) struct gate_yaml_doc *doc = NULL;
	int code = gate_yaml_parse(&doc, file, bytes, len, err);

	if (code < 0)
		return code;
	if (gate_grow(&config->docs, &config->cap_docs, config->n_docs + 1,
	              sizeof(struct gate_yaml_doc *), err) < 0)
		return GATE_ENOMEM;
	*root = gate_yaml_root(doc);
	config->docs[config->n_docs++] = gate_steal(&doc);
	if ((*root)->kind != GATE_YAML_MAP)
		return gate_yaml_fail(err, *root, GATE_ECONFIG, "expected a map of keys, got %s",
		                      gate_yaml_kind_name((*root)->kind));
	return GATE_OK;
}

/* One number of a version "1.2.3"; what is missing is 0. */
static int version_part(const char **text)
{
	int part = 0;

	while (**text >= '0' && **text <= '9' && part < 100000)
		part = part * 10 + (*(*text)++ - '0');
	if (**text == '.')
		(*text)++;
	return part;
}

static int check_needs(const struct gate_yaml *node, struct gate_error *err)
{
	const char *needs, *wanted, *have = GATE_VERSION;
	int code = gate_yaml_text(&needs, node, "needs", err);

	if (code < 0)
		return code;
	if (!needs[0] || strspn(needs, "0123456789.") != strlen(needs) || needs[0] == '.')
		return gate_yaml_fail(err, node, GATE_ECONFIG,
		                      "expected a version such as '0.3', got '%s'", needs);
	wanted = needs;
	for (int i = 0; i < 3; i++) {
		int want = version_part(&wanted), got = version_part(&have);

		if (got > want)
			return GATE_OK;
		if (got < want)
			return gate_yaml_fail(err, node, GATE_ECONFIG,
			                      "needs doragate %s or newer; this is %s", needs,
			                      GATE_VERSION);
	}
	return GATE_OK;
}

/* `version` and `needs` come first: an older program must say so before it stumbles over a key it does not know. */
static int check_head(const struct gate_yaml *root, struct gate_error *err)
{
	const struct gate_yaml *version = gate_yaml_get(root, "version");
	const struct gate_yaml *needs = gate_yaml_get(root, "needs");
	int64_t number;
	int code;

	if (!root->n)
		return gate_yaml_fail(err, root, GATE_ECONFIG,
		                      "file is empty: a policy starts with 'version: 1'");
	if (needs) {
		code = check_needs(needs, err);
		if (code < 0)
			return code;
	}
	if (!version)
		return gate_yaml_fail(err, root, GATE_ECONFIG, "'version: 1' is missing");
	code = gate_yaml_number(&number, version, "version", err);
	if (code < 0)
		return code;
	if (number != 1)
		return gate_yaml_fail(err, version, GATE_ECONFIG,
		                      "version %s is unknown; this program reads version 1",
		                      version->text);
	for (size_t i = 0; i < root->n; i++)
		for (size_t k = 0; later_keys[k]; k++)
			if (!strcmp(root->keys[i]->text, later_keys[k]))
				return gate_yaml_fail(err, root->keys[i], GATE_ECONFIG,
				                      "'%s' needs a newer doragate; this is %s",
				                      later_keys[k], GATE_VERSION);
	return gate_yaml_only_keys(root, "a policy", root_keys, err);
}

static int extend_preset(struct gate_config *config, const struct gate_snapshot *snapshot,
                         const struct gate_yaml *node, const struct chain *chain,
                         struct gate_error *err)
{
	const char *name = node->text + strlen(PRESET_PREFIX);
	const struct gate_embedded *preset = gate_preset_find(name);
	char near[GATE_PRESET_NAME];

	if (!preset) {
		if (gate_preset_nearest(near, name))
			return gate_yaml_fail(err, node, GATE_ECONFIG,
			                      "unknown preset '%s', did you mean '" PRESET_PREFIX
			                      "%s'?",
			                      node->text, near);
		return gate_yaml_fail(err, node, GATE_ECONFIG, "unknown preset '%s'", node->text);
	}
	/* Merged once, where it is first named: a second time would take back what came in between. */
	for (size_t i = 0; i < config->n_presets; i++)
		if (config->presets[i] == preset)
			return GATE_OK;
	if (gate_grow(&config->presets, &config->cap_presets, config->n_presets + 1,
	              sizeof(const struct gate_embedded *), err) < 0)
		return GATE_ENOMEM;
	config->presets[config->n_presets++] = preset;
	return merge_file(config, snapshot, preset->name, preset->bytes, preset->len, name, chain,
	                  err);
}

/* "./policies/team.yml" as written in `from` becomes a path in the tree; no way leads out of it. */
static int resolve_path(struct gate_buf *out, const char *from, const struct gate_yaml *node,
                        struct gate_error *err)
{
	const char *slash = strrchr(from, '/');
	const char *part = node->text;

	if (slash)
		gate_buf_add(out, from, (size_t)(slash - from));
	while (*part) {
		size_t len = strcspn(part, "/");

		if (len == 2 && !strncmp(part, "..", 2)) {
			char *last = out->len ? strrchr(out->ptr, '/') : NULL;

			if (!out->len)
				return gate_yaml_fail(err, node, GATE_ECONFIG,
				                      "'%s' leads out of the repository",
				                      node->text);
			out->len = last ? (size_t)(last - out->ptr) : 0;
			out->ptr[out->len] = '\0';
		} else if (len && !(len == 1 && part[0] == '.')) {
			if (out->len)
				gate_buf_putc(out, '/');
			gate_buf_add(out, part, len);
		}
		part += len;
		part += *part == '/';
	}
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}

static int extend_file(struct gate_config *config, const struct gate_snapshot *snapshot,
                       const struct gate_yaml *node, const struct chain *chain,
                       struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };
	GATE_AUTO(gate_blob_release) struct gate_blob blob = { 0 };
	int code = resolve_path(&path, chain->file, node, err);

	if (code < 0)
		return code;
	for (const struct chain *outer = chain; outer; outer = outer->outer)
		if (!strcmp(outer->file, gate_buf_text(&path)))
			return gate_yaml_fail(err, node, GATE_ECONFIG, "'%s' extends itself",
			                      gate_buf_text(&path));
	code = gate_snapshot_read(&blob, snapshot, gate_buf_text(&path), GATE_MAX_YAML_BYTES, err);
	if (code == GATE_ENOTFOUND)
		return gate_yaml_fail(err, node, GATE_ECONFIG, "there is no file '%s'",
		                      gate_buf_text(&path));
	if (code < 0)
		return code;
	return merge_file(config, snapshot, gate_buf_text(&path), blob.bytes, blob.len, NULL, chain,
	                  err);
}

static int merge_extends(struct gate_config *config, const struct gate_snapshot *snapshot,
                         const struct gate_yaml *extends, const char *preset,
                         const struct chain *chain, struct gate_error *err)
{
	size_t n = extends->kind == GATE_YAML_LIST ? extends->n : 1;

	for (size_t i = 0; i < n; i++) {
		const struct gate_yaml *node =
			extends->kind == GATE_YAML_LIST ? extends->values[i] : extends;
		const char *name;
		int code = gate_yaml_text(&name, node, "a preset or a file to extend", err);

		if (code < 0)
			return code;
		if (chain->depth >= GATE_MAX_EXTENDS_DEPTH)
			return gate_yaml_fail(err, node, GATE_ECONFIG,
			                      "files extend each other more than %d deep",
			                      GATE_MAX_EXTENDS_DEPTH);
		if (!strncmp(name, PRESET_PREFIX, strlen(PRESET_PREFIX)))
			code = extend_preset(config, snapshot, node, chain, err);
		else if (!preset && (!strncmp(name, "./", 2) || !strncmp(name, "../", 3)))
			code = extend_file(config, snapshot, node, chain, err);
		else if (gate_preset_find(name))
			code = gate_yaml_fail(err, node, GATE_ECONFIG,
			                      "unknown preset '%s', did you mean '" PRESET_PREFIX
			                      "%s'?",
			                      name, name);
		else
			code = gate_yaml_fail(err, node, GATE_ECONFIG,
			                      "'%s' is neither a preset ('" PRESET_PREFIX
			                      "<name>') nor a file ('./<path>')",
			                      name);
		if (code < 0)
			return code;
	}
	return GATE_OK;
}

static int merge_modes(struct gate_config *config, const struct gate_yaml *root,
                       struct gate_error *err)
{
	static const char *const modes[] = { "enforce", "shadow", NULL };
	static const char *const on_error[] = { "block", "allow", NULL };
	const struct gate_yaml *mode = gate_yaml_get(root, "mode");
	const struct gate_yaml *error = gate_yaml_get(root, "on-error");
	size_t word;
	int code;

	if (mode) {
		code = gate_yaml_word(&word, mode, "mode", modes, err);
		if (code < 0)
			return code;
		config->mode = word ? GATE_MODE_SHADOW : GATE_MODE_ENFORCE;
	}
	if (error) {
		code = gate_yaml_word(&word, error, "on-error", on_error, err);
		if (code < 0)
			return code;
		config->on_error_allow = word == 1;
	}
	return GATE_OK;
}

static int merge_file(struct gate_config *config, const struct gate_snapshot *snapshot,
                      const char *file, const char *bytes, size_t len, const char *preset,
                      const struct chain *outer, struct gate_error *err)
{
	/* Whatever the outermost is called, it stands in place of .doragate.yml. */
	const struct chain chain = { outer, outer ? file : GATE_CONFIG_FILE,
		                     outer ? outer->depth + 1 : 0 };
	const struct gate_yaml *root, *extends;
	int code = gate_config_parse(&root, config, file, bytes, len, err);

	if (code < 0)
		return code;
	code = check_head(root, err);
	if (code < 0)
		return code;
	extends = gate_yaml_get(root, "extends");
	if (extends) {
		code = merge_extends(config, snapshot, extends, preset, &chain, err);
		if (code < 0)
			return code;
	}
	code = merge_modes(config, root, err);
	if (code < 0)
		return code;
	code = gate_config_merge_log(config, root, err);
	if (code < 0)
		return code;
	code = gate_config_merge_flags(config, root, err);
	if (code < 0)
		return code;
	code = gate_config_merge_sets(&config->root, root, err);
	if (code < 0)
		return code;
	code = gate_config_merge_services(config, &config->root, root, err);
	if (code < 0)
		return code;
	return gate_config_merge_rules(config, &config->root, root, preset, err);
}

int gate_config_merge_text(struct gate_config *config, const struct gate_snapshot *snapshot,
                           const char *file, const char *bytes, size_t len, struct gate_error *err)
{
	return merge_file(config, snapshot, file, bytes, len, NULL, NULL, err);
}

int gate_config_add_nested(struct gate_config *config, const struct gate_snapshot *snapshot,
                           const char *folder, size_t len, struct gate_error *err)
{
	static const char *const keys[] = { "services", "sets", "rules", NULL };
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };
	GATE_AUTO(gate_blob_release) struct gate_blob blob = { 0 };
	struct gate_scope *scope;
	const struct gate_yaml *root;
	int code;

	gate_buf_add(&path, folder, len);
	gate_buf_puts(&path, "/" GATE_CONFIG_FILE);
	if (gate_buf_failed(&path))
		return gate_fail_memory(err);
	code = gate_snapshot_read(&blob, snapshot, gate_buf_text(&path), GATE_MAX_YAML_BYTES, err);
	if (code == GATE_ENOTFOUND)
		return GATE_OK;
	if (code < 0)
		return code;
	code = gate_config_parse(&root, config, gate_buf_text(&path), blob.bytes, blob.len, err);
	if (code < 0)
		return code;
	code = gate_yaml_only_keys(root, "a nested policy", keys, err);
	if (code < 0)
		return code;
	if (gate_grow(&config->nested, &config->cap_nested, config->n_nested + 1,
	              sizeof(struct gate_scope *), err) < 0)
		return GATE_ENOMEM;
	scope = calloc(1, sizeof(*scope));
	if (!scope)
		return gate_fail_memory(err);
	config->nested[config->n_nested++] = scope;
	scope->parent = &config->root;
	path.len = len + 1;
	scope->folder = gate_arena_copy(&config->arena, path.ptr, path.len);
	if (!scope->folder)
		return gate_fail_memory(err);
	code = gate_config_merge_sets(scope, root, err);
	if (code < 0)
		return code;
	code = gate_config_merge_services(config, scope, root, err);
	if (code < 0)
		return code;
	return gate_config_merge_rules(config, scope, root, NULL, err);
}
