/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/judge.h"

#include "gate/base/file.h"
#include "gate/base/limits.h"
#include "gate/base/typo.h"
#include "gate/flow/production.h"
#include "gate/git/tree.h"

#include <unistd.h>

void gate_judgement_release(struct gate_judgement *judgement)
{
	gate_verdict_release(&judgement->verdict);
	gate_rules_release(&judgement->rules);
	gate_config_free(judgement->config);
	gate_change_free(judgement->change);
	free(judgement->note);
	*judgement = (struct gate_judgement){ 0 };
}

struct gate_judged gate_judgement_view(const struct gate_judgement *judgement)
{
	return (struct gate_judged){ .change = judgement->change,
		                     .config = judgement->config,
		                     .verdict = &judgement->verdict,
		                     .note = judgement->note,
		                     .note_matters = judgement->note_matters };
}

static bool is_nested(const struct gate_config *config, const char *folder, size_t len)
{
	for (size_t i = 0; i < config->n_nested; i++)
		if (strlen(config->nested[i]->folder) == len + 1 &&
		    !memcmp(config->nested[i]->folder, folder, len))
			return true;
	return false;
}

/* Nested policies are looked up only in the folders above changed files. */
static int add_nested_above(struct gate_config *config, const struct gate_change *change,
                            const struct gate_files *files, struct gate_error *err)
{
	const char *last = "";
	size_t last_len = 0;
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < files->n; i++) {
		const char *path = files->items[i].file.path;

		for (const char *slash = strchr(path, '/'); code == GATE_OK && slash;
		     slash = strchr(slash + 1, '/')) {
			size_t len = (size_t)(slash - path);

			/* Files come in order of paths: a folder that the last file lay in was looked at. */
			if (last_len > len && !memcmp(last, path, len) && last[len] == '/')
				continue;
			if (is_nested(config, path, len))
				continue;
			code = gate_config_add_nested(config, &change->judge_files, path, len, err);
		}
		last = path;
		last_len = strlen(path);
	}
	return code;
}

/* Which files changed is not known, so every nested policy may have a say. */
struct nested_search {
	struct gate_config *config;
	const struct gate_change *change;
	struct gate_error *err;
};

static int add_if_nested(const struct gate_file *file, void *payload)
{
	static const char name[] = "/" GATE_CONFIG_FILE;
	const struct nested_search *search = payload;
	size_t size = sizeof(name) - 1;

	if (file->len <= size || memcmp(file->path + file->len - size, name, size) != 0 ||
	    is_nested(search->config, file->path, file->len - size))
		return GATE_OK;
	return gate_config_add_nested(search->config, &search->change->judge_files, file->path,
	                              file->len - size, search->err);
}

static int add_every_nested(struct gate_config *config, const struct gate_change *change,
                            struct gate_error *err)
{
	struct nested_search search = { config, change, err };

	if (change->judge_files.index)
		return gate_index_list(change->repo, add_if_nested, &search, err);
	return gate_trees_compare(change->trees, NULL, 0, &change->judge_files.tree, add_if_nested,
	                          &search, err);
}

/* What one commit adds and the next removes is no file of the change, but of its commits. */
static int add_nested(struct gate_config *config, struct gate_change *change,
                      struct gate_error *err)
{
	int code = gate_change_load_files(change, err);

	if (code < 0)
		return code;
	if (!change->files.known.known)
		return add_every_nested(config, change, err);
	code = add_nested_above(config, change, &change->files, err);
	if (code == GATE_OK && change->has_head && !change->head_files.index)
		code = gate_change_load_commits(change, err);
	for (size_t i = 0; code == GATE_OK && change->n_commits > 1 && i < change->n_commits; i++) {
		code = gate_commit_load_files(change, &change->commits[i], err);
		if (code == GATE_OK && !change->commits[i].files.known.known)
			return add_every_nested(config, change, err);
		if (code == GATE_OK)
			code = add_nested_above(config, change, &change->commits[i].files, err);
	}
	return code;
}

/* The services that a state's own policy names; none where it has no policy that can be read. */
static struct gate_config *load_before(const struct gate_snapshot *snapshot,
                                       const struct gate_config *config)
{
	GATE_AUTO(gate_config_free) struct gate_config *before = NULL;

	if (gate_config_load(&before, snapshot, NULL, NULL, 0, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < config->n_nested; i++) {
		const char *folder = config->nested[i]->folder;

		if (gate_config_add_nested(before, snapshot, folder, strlen(folder) - 1, NULL) < 0)
			return NULL;
	}
	return gate_steal(&before);
}

/*
 * A service is new when the policy at the change's base does not name it. (Where another judge than the change itself reads the
 * policy, that one is what was known before; the stages of this program have none yet.)
 */
static void mark_new_services(struct gate_config *config, struct gate_change *change)
{
	GATE_AUTO(gate_config_free) struct gate_config *before = NULL;
	struct gate_snapshot snapshot = { .repo = change->repo,
		                          .trees = change->trees,
		                          .tree = gate_oid_empty_tree };
	const struct gate_commit *base;

	if (change->has_base &&
	    gate_history_commit(&base, change->history, &change->base, NULL) == GATE_OK)
		snapshot.tree = base->tree;
	before = load_before(&snapshot, config);
	for (size_t i = 0; i < config->n_services; i++) {
		bool known = false;

		for (size_t k = 0; before && k < before->n_services; k++)
			known |= !strcmp(before->services[k].name, config->services[i].name);
		config->services[i].is_new = !known;
	}
}

static bool same_name(const char *id, const char *const *names)
{
	for (; names && *names; names++)
		if (!strcmp(id, *names))
			return true;
	return false;
}

static int check_ids(const struct gate_rules *rules, const char *const *ids, struct gate_error *err)
{
	for (; ids && *ids; ids++) {
		GATE_AUTO(gate_free) const char **names = calloc(rules->n + 1, sizeof(*names));
		const char *near;
		bool found = false;

		if (!names)
			return gate_fail_memory(err);
		for (size_t i = 0; i < rules->n; i++) {
			names[i] = rules->items[i].id;
			found |= !strcmp(names[i], *ids);
		}
		if (found)
			continue;
		near = gate_nearest_in(*ids, names);
		if (near)
			return gate_fail(err, GATE_EUSAGE,
			                 "there is no rule '%s', did you mean '%s'?", *ids, near);
		return gate_fail(err, GATE_EUSAGE, "there is no rule '%s'", *ids);
	}
	return GATE_OK;
}

/* Keeps the rules that --only and --skip leave. The others stay in the list's tail, so that they are released. */
static size_t select_rules(struct gate_rules *rules, const struct gate_judge_options *options)
{
	size_t kept = 0;

	for (size_t i = 0; i < rules->n; i++) {
		struct gate_rule rule = rules->items[i];

		if ((options->only && !same_name(rule.id, options->only)) ||
		    same_name(rule.id, options->skip))
			continue;
		rules->items[i] = rules->items[kept];
		rules->items[kept++] = rule;
	}
	return kept;
}

/* True when the change starts from a policy and ends without: whoever pushes it should know what that means. */
static bool removes_policy(const struct gate_change *change)
{
	struct gate_snapshot before = { .repo = change->repo, .trees = change->trees };
	const struct gate_commit *base;
	struct gate_oid id;
	uint16_t mode;

	if (!change->has_base ||
	    gate_history_commit(&base, change->history, &change->base, NULL) < 0)
		return false;
	before.tree = base->tree;
	return gate_snapshot_find(&id, &mode, &before, GATE_CONFIG_FILE, NULL) == GATE_OK;
}

/* Why there is no policy where there could be one. A tag or notes are not where one would look for it. */
static const char *missing_policy(bool *matters, const struct gate_change *change, const char *path)
{
	const struct gate_snapshot index = { .repo = change->repo,
		                             .trees = change->trees,
		                             .index = true };
	struct gate_oid id;
	uint16_t mode;

	*matters = true;
	if (removes_policy(change))
		return "this change removes " GATE_CONFIG_FILE
		       ", so nothing is blocked here any more";
	*matters = access(path, F_OK) == 0;
	if (!*matters)
		return "there is no " GATE_CONFIG_FILE
		       ", so the preset baseline only watches; 'doragate init' writes one";
	if (gate_snapshot_find(&id, &mode, &index, GATE_CONFIG_FILE, NULL) == GATE_OK)
		return "what is judged has no " GATE_CONFIG_FILE ", so nothing is blocked";
	if (gate_repo_ignores(change->repo, GATE_CONFIG_FILE))
		return GATE_CONFIG_FILE " is ignored by git: git add -f " GATE_CONFIG_FILE
					" && git commit";
	return GATE_CONFIG_FILE " is not in what is judged: git add " GATE_CONFIG_FILE
				" && git commit";
}

static int set_note(struct gate_judgement *to, struct gate_error *err)
{
	const struct gate_change *change = to->change;
	const char *work_dir = gate_repo_work_dir(change->repo);
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };

	if (to->config->found || to->note || !work_dir || !change->has_head || change->no_target)
		return GATE_OK;
	gate_buf_printf(&path, "%s/" GATE_CONFIG_FILE, work_dir);
	if (gate_buf_failed(&path))
		return gate_fail_memory(err);
	to->note = strdup(missing_policy(&to->note_matters, change, path.ptr));
	return to->note ? GATE_OK : gate_fail_memory(err);
}

static int load_config(struct gate_config **out, struct gate_change *change, const char *policy,
                       struct gate_error *err)
{
	const struct gate_snapshot nothing = { .repo = change->repo,
		                               .trees = change->trees,
		                               .tree = gate_oid_empty_tree };
	const struct gate_snapshot *judge = change->has_judge ? &change->judge_files : &nothing;
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	int code;

	if (!policy)
		return gate_config_load(out, judge, NULL, NULL, 0, err);
	code = gate_file_read(&text, policy, GATE_MAX_YAML_BYTES, err);
	if (code == GATE_ENOTFOUND)
		return gate_fail(err, GATE_EUSAGE, "--try: there is no file '%s'", policy);
	if (code < 0)
		return code;
	free(change->judge_how);
	change->judge_how = strdup("a file in its place, by --try");
	if (!change->judge_how)
		return gate_fail_memory(err);
	return gate_config_load(out, judge, policy, gate_buf_text(&text), text.len, err);
}

/* Where folders are not in this clone, a policy in one of them may have a say: that is a fact that is missing. */
static int find_nested(struct gate_judgement *to, struct gate_error *err)
{
	struct gate_error why = { 0 };
	int code = add_nested(to->config, to->change, &why);

	if (code == GATE_ENOTFOUND) {
		to->nested_missing = to->note_matters = true;
		if (asprintf(&to->note, "nested policies cannot be looked for: %s", why.message) <
		    0) {
			to->note = NULL;
			return gate_fail_memory(err);
		}
		return GATE_OK;
	}
	if (code < 0 && err)
		*err = why;
	return code;
}

int gate_judge_load(struct gate_judgement *out, struct gate_change *change, const char *policy,
                    struct gate_error *err)
{
	int code;

	out->change = change;
	change->read_deployed = gate_production_read;
	code = load_config(&out->config, change, policy, err);
	if (code == GATE_OK && out->config->found)
		code = find_nested(out, err);
	if (code == GATE_OK)
		code = gate_config_seal(out->config, err);
	if (code == GATE_OK)
		code = gate_rules_compile(&out->rules, out->config, err);
	if (code == GATE_OK && gate_rules_use(&out->rules, "service"))
		mark_new_services(out->config, change);
	return code == GATE_OK ? set_note(out, err) : code;
}

int gate_judge(struct gate_judgement *out, struct gate_change *change,
               const struct gate_judge_options *options, struct gate_error *err)
{
	static const struct gate_judge_options none = { 0 };
	struct gate_rules selected;
	int code;

	if (!options)
		options = &none;
	code = gate_judge_load(out, change, options->policy, err);
	if (code == GATE_OK)
		code = check_ids(&out->rules, options->only, err);
	if (code == GATE_OK)
		code = check_ids(&out->rules, options->skip, err);
	if (code < 0)
		return code;
	selected.items = out->rules.items;
	selected.n = select_rules(&out->rules, options);
	code = gate_engine_run(&out->verdict, &selected, out->config, change, options->explainer,
	                       err);
	if (code == GATE_OK && out->nested_missing && out->verdict.result == GATE_PASS &&
	    out->config->mode == GATE_MODE_ENFORCE)
		out->verdict.result = GATE_INCONCLUSIVE;
	if (code == GATE_OK && options->warnings_block && out->verdict.warnings &&
	    out->verdict.result != GATE_FAIL)
		out->verdict.result = GATE_FAIL;
	return code;
}
