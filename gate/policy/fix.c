/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/policy/fix.h"

#include "gate/base/escape.h"
#include "gate/base/typo.h"
#include "gate/git/refs.h"

/* {path} stands for every place; see add_paths. */
static const char *const placeholders[] = { "base",   "branch",  "commit", "missing", "path",
	                                    "remote", "service", "target", NULL };

/* The value of a placeholder; NULL: unknown name, or no value here. */
static const char *value_of(const char *name, size_t len, const struct gate_item *item,
                            const struct gate_finding *finding, char hex[GATE_OID_HEX])
{
	const struct gate_change *change = item->change;
	const struct {
		const char *name, *value;
	} values[] = {
		{ "service", finding->service },
		{ "commit", finding->commit },
		{ "missing", finding->missing },
		{ "base", change->has_base ? gate_oid_hex(hex, &change->base) : NULL },
		{ "branch", change->branch },
		{ "target", change->target },
		{ "remote", change->remote },
	};

	for (size_t i = 0; i < GATE_COUNT(values); i++)
		if (strlen(values[i].name) == len && !strncmp(values[i].name, name, len))
			return values[i].value;
	return NULL;
}

/* {name}, or {} braces that are no placeholder of ours. */
static size_t placeholder(const char *text)
{
	size_t len = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz");

	return len && text[1 + len] == '}' ? len : 0;
}

/*
 * A value as one word. What a command would take for an option gets a folder in front, or is no word at all; so are
 * patterns, which git takes file names for, and which may match more than that file.
 */
static bool add_word(struct gate_buf *out, const char *value, bool path)
{
	GATE_AUTO(gate_buf_release) struct gate_buf safe = { 0 };

	if (path && (strpbrk(value, "*?[\\") || value[0] == ':'))
		return false;
	if (value[0] == '-' && !path)
		return false;
	gate_buf_printf(&safe, "%s%s", value[0] == '-' ? "./" : "", value);
	out->failed |= gate_buf_failed(&safe);
	return !gate_buf_failed(&safe) && gate_quote_shell(out, safe.ptr, safe.len);
}

/* Every file of the finding, so that the command mends it whole. */
static bool add_paths(struct gate_buf *out, const struct gate_finding *finding)
{
	if (finding->policy_place || !finding->path || finding->n_places < finding->n_all_places)
		return false;
	if (!finding->n_places)
		return add_word(out, finding->path, true);
	for (size_t i = 0; i < finding->n_places; i++) {
		if (i && !strcmp(finding->places[i].path, finding->places[i - 1].path))
			continue;
		if (i)
			gate_buf_putc(out, ' ');
		if (!add_word(out, finding->places[i].path, true))
			return false;
	}
	return true;
}

int gate_fix_check(const struct gate_yaml *node, struct gate_error *err)
{
	for (const char *text = strchr(node->text, '{'); text; text = strchr(text + 1, '{')) {
		size_t len = placeholder(text);
		char name[32];
		const char *near;
		bool known = !len;

		snprintf(name, sizeof(name), "%.*s", (int)len, text + 1);
		for (size_t i = 0; !known && placeholders[i]; i++)
			known = !strcmp(name, placeholders[i]);
		if (known)
			continue;
		near = gate_nearest(name, placeholders);
		if (near)
			return gate_yaml_fail(err, node, GATE_ECONFIG,
			                      "fix: unknown '{%s}', did you mean '{%s}'?", name,
			                      near);
		return gate_yaml_fail(err, node, GATE_ECONFIG, "fix: unknown '{%s}'", name);
	}
	return GATE_OK;
}

/* False: a value is missing, or cannot stand in a command. */
static bool fill(struct gate_buf *out, const char *text, size_t size, const struct gate_item *item,
                 const struct gate_finding *finding)
{
	for (const char *end = text + size; text < end; text++) {
		size_t len = *text == '{' ? placeholder(text) : 0;
		char hex[GATE_OID_HEX];
		const char *value;

		if (!len) {
			gate_buf_putc(out, *text);
			continue;
		}
		if (len == 4 && !strncmp(text + 1, "path", len)) {
			if (!add_paths(out, finding))
				return false;
		} else {
			value = value_of(text + 1, len, item, finding, hex);
			if (!value || !add_word(out, value, false))
				return false;
		}
		text += len + 1;
	}
	return true;
}

static bool has_merges(const struct gate_change *change)
{
	for (size_t i = 0; i < change->n_commits; i++)
		if (change->commits[i].commit && change->commits[i].commit->n_parents > 1)
			return true;
	return false;
}

/* The commit is not the newest: the rebase that leads to it. One that finds merges must be told to keep them. */
static void wrap_rebase(struct gate_buf *out, const struct gate_item *item, const char *command)
{
	const struct gate_commit *commit = item->commit->commit;
	const char *keep = has_merges(item->change) ? "--rebase-merges " : "";
	char hex[GATE_OID_HEX];

	gate_oid_hex(hex, &commit->id);
	if (commit->n_parents)
		gate_buf_printf(out, "git rebase -i %s%.12s^", keep, hex);
	else
		gate_buf_printf(out, "git rebase -i %s--root", keep);
	if (commit->n_parents > 1)
		gate_buf_printf(out, "   # put 'break' below the line of %.7s", hex);
	else
		gate_buf_printf(out, "   # mark %.7s as edit", hex);
	gate_buf_printf(out, ", then: %s && git rebase --continue", command);
}

/* Whether a ref is at the change's head. */
static bool is_head(struct gate_buf *out, const struct gate_change *change, const char *ref)
{
	struct gate_oid id;
	int code = gate_ref_lookup(&id, change->repo, ref, NULL);

	out->failed |= code == GATE_ENOMEM;
	return code == GATE_OK && gate_oid_equal(&id, &change->head);
}

/*
 * What amends or rebases works where HEAD stands. Where that is not the change's head, the branch is switched to first; false:
 * there is none to switch to.
 */
static bool add_switch(struct gate_buf *out, const struct gate_change *change)
{
	GATE_AUTO(gate_buf_release) struct gate_buf ref = { 0 };

	if (!change->has_head || change->head_files.index || is_head(out, change, "HEAD"))
		return true;
	if (!change->branch)
		return false;
	gate_buf_printf(&ref, "refs/heads/%s", change->branch);
	out->failed |= gate_buf_failed(&ref);
	if (gate_buf_failed(&ref) || !is_head(out, change, ref.ptr))
		return false;
	gate_buf_puts(out, "git switch ");
	if (!add_word(out, change->branch, false))
		return false;
	gate_buf_puts(out, " && ");
	return true;
}

/* The `git commit` that amends; NULL: none. Looked for before values are put in, which may hold any text. */
static const char *find_amend(const char *text)
{
	const char *at = strstr(text, "git commit ");

	return at && strstr(at, " --amend") ? at : NULL;
}

/* Before the commit is made there is nothing to amend: what comes before, without the `&&`. */
static size_t length_before(const char *text, const char *amend)
{
	size_t len = (size_t)(amend - text);

	while (len && strchr(" &;", text[len - 1]))
		len--;
	return len;
}

/* The predicate whose default applies: the first one below. */
static const char *default_fix(const struct gate_expr *expr)
{
	while (expr->kind != GATE_EXPR_PREDICATE && expr->n_kids)
		expr = &expr->kids[0];
	return expr->predicate ? expr->predicate->fix : NULL;
}

int gate_fix_make(const char **out, const struct gate_rule *rule, const struct gate_expr *expr,
                  const char *instead, const struct gate_item *item,
                  const struct gate_finding *finding, struct gate_arena *arena,
                  struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf command = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf whole = { 0 };
	const char *text = rule->fix       ? rule->fix
	                   : rule->forbids ? NULL
	                   : instead       ? instead
	                                   : default_fix(expr);
	const struct gate_commit *commit = item->commit ? item->commit->commit : NULL;
	const char *amend = text ? find_amend(text) : NULL;
	bool to_be = item->change->stage == GATE_STAGE_COMMIT && amend;
	size_t len = !text ? 0 : to_be ? length_before(text, amend) : strlen(text);

	*out = NULL;
	if (!len || !fill(&command, text, len, item, finding))
		return gate_buf_failed(&command) ? gate_fail_memory(err) : GATE_OK;
	if (amend && !add_switch(&whole, item->change))
		return gate_buf_failed(&whole) ? gate_fail_memory(err) : GATE_OK;
	if (amend && commit && !gate_oid_equal(&commit->id, &item->change->head))
		wrap_rebase(&whole, item, gate_buf_text(&command));
	else
		gate_buf_puts(&whole, gate_buf_text(&command));
	if (gate_buf_failed(&command) || gate_buf_failed(&whole))
		return gate_fail_memory(err);
	*out = gate_arena_copy(arena, whole.ptr, whole.len);
	return *out ? GATE_OK : gate_fail_memory(err);
}
