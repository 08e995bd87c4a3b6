/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/history.h"

#include "gate/git/graph.h"
#include "gate/git/internal.h"

#include <errno.h>

static size_t slot_of(const struct gate_history *history, const struct gate_oid *id)
{
	size_t mask = history->size - 1;
	size_t slot;

	/* An id is a hash already. */
	memcpy(&slot, id->bytes, sizeof(slot));
	for (slot &= mask; history->table[slot]; slot = (slot + 1) & mask) {
		if (gate_oid_equal(&history->table[slot]->commit.id, id))
			break;
	}
	return slot;
}

static bool grow_table(struct gate_history *history)
{
	struct node **old = history->table;
	size_t old_size = history->size;
	size_t size = old_size ? old_size * 2 : 1024;
	struct node **table = calloc(size, sizeof(struct node *));

	if (!table)
		return false;
	history->table = table;
	history->size = size;
	for (size_t i = 0; i < old_size; i++) {
		if (old[i])
			table[slot_of(history, &old[i]->commit.id)] = old[i];
	}
	free(old);
	return true;
}

struct node *graph_node(struct gate_history *history, const struct gate_oid *id)
{
	struct node *node;
	size_t slot;

	if (history->n >= history->size / 2 && !grow_table(history))
		return NULL;
	slot = slot_of(history, id);
	if (history->table[slot])
		return history->table[slot];
	node = gate_arena_alloc(&history->arena, sizeof(*node));
	if (!node)
		return NULL;
	node->commit.id = *id;
	history->table[slot] = node;
	history->n++;
	return node;
}

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct gate_oid));
}

static bool is_shallow(const struct gate_history *history, const struct gate_oid *id)
{
	return history->n_shallow && bsearch(id, history->shallow, history->n_shallow,
	                                     sizeof(*history->shallow), compare_ids);
}

/* The header of a commit object that is still to be parsed. */
struct header {
	const char *at, *end;
};

/* Takes "<name> <40 digits>\n" off the header. */
static bool take_id(struct header *header, const char *name, struct gate_oid *out)
{
	size_t name_len = strlen(name);
	size_t len = name_len + 1 + GATE_OID_HEX - 1;

	if ((size_t)(header->end - header->at) <= len || header->at[len] != '\n' ||
	    memcmp(header->at, name, name_len) != 0 || header->at[name_len] != ' ' ||
	    gate_oid_parse(out, header->at + name_len + 1, GATE_OID_HEX - 1, NULL) < 0)
		return false;
	header->at += len + 1;
	return true;
}

/* The time in the line "<name> Somebody <address> seconds zone" of a header; 0 where git reads none either. */
static int64_t parse_time(const struct header *header, const char *name)
{
	const size_t name_len = strlen(name);
	const char *line = header->at;
	const char *eol, *at;
	int64_t time = 0;

	for (;; line = eol + 1) {
		eol = memchr(line, '\n', (size_t)(header->end - line));
		if (!eol || eol == line)
			return 0;
		if ((size_t)(eol - line) > name_len && memcmp(line, name, name_len) == 0)
			break;
	}
	at = memrchr(line, '>', (size_t)(eol - line));
	if (!at)
		return 0;
	for (at++; at < eol && *at == ' '; at++)
		;
	for (; at < eol && *at >= '0' && *at <= '9'; at++) {
		if (time > (INT64_MAX - 9) / 10)
			return 0;
		time = time * 10 + (*at - '0');
	}
	return time;
}

/* The words of `git revert`, of a Fixes trailer, and of the names of branches: whoever wants to know more reads the message of these few. */
static bool mentions(const struct header *header)
{
	static const char *const words[] = { "This reverts commit ",
		                             "\nFixes: ", "\nfixes: ", "hotfix" };

	for (size_t i = 0; i < GATE_COUNT(words); i++)
		if (memmem(header->at, (size_t)(header->end - header->at), words[i],
		           strlen(words[i])))
			return true;
	return false;
}

/* Digits up to `end`, which all of them are; 0: something else, or too large. */
static uint32_t parse_number(const char *at, const char *end)
{
	uint32_t n = 0;

	if (end - at < 1 || end - at > 9)
		return 0;
	for (; at < end; at++) {
		if (*at < '0' || *at > '9')
			return 0;
		n = n * 10 + (uint32_t)(*at - '0');
	}
	return n;
}

/* What GitHub, GitLab, Bitbucket and Azure write into the subject of a squash. */
static uint32_t parse_request(const char *message, const char *end)
{
	static const char azure[] = "Merged PR ", bitbucket[] = "pull request ";
	const char *eol = memchr(message, '\n', (size_t)(end - message)), *open;

	if (!eol)
		eol = end;
	if ((size_t)(eol - message) > sizeof(azure) && !memcmp(message, azure, sizeof(azure) - 1)) {
		const char *number = message + sizeof(azure) - 1;
		const char *colon = memchr(number, ':', (size_t)(eol - number));

		return colon ? parse_number(number, colon) : 0;
	}
	while (eol > message && (eol[-1] == ' ' || eol[-1] == '\r'))
		eol--;
	if (eol == message || eol[-1] != ')')
		return 0;
	open = memrchr(message, '(', (size_t)(eol - message));
	if (!open)
		return 0;
	open++;
	if ((size_t)(eol - open) > sizeof(bitbucket) &&
	    !memcmp(open, bitbucket, sizeof(bitbucket) - 1))
		open += sizeof(bitbucket) - 1;
	return *open == '#' || *open == '!' ? parse_number(open + 1, eol - 1) : 0;
}

/* What the message tells, looked at while its bytes are here. */
static void read_message(struct gate_commit *commit, const struct header *header)
{
	static const char change_id[] = "\nChange-Id: ";
	const size_t len = (size_t)(header->end - header->at);
	const char *message = memmem(header->at, len, "\n\n", 2);

	commit->mentions = mentions(header);
	commit->change_id = memmem(header->at, len, change_id, sizeof(change_id) - 1) != NULL;
	if (message)
		commit->request = parse_request(message + 2, header->end);
}

static size_t count_parents(struct header header)
{
	struct gate_oid id;
	size_t n = 0;

	while (take_id(&header, "parent", &id))
		n++;
	return n;
}

int graph_parse(struct gate_history *history, struct node *node, const char *bytes, size_t len,
                struct gate_error *err)
{
	struct header header = { bytes, bytes + len };
	char hex[GATE_OID_HEX];
	struct gate_oid tree, *ids = NULL;
	struct node **parents = NULL;
	size_t n;

	if (!take_id(&header, "tree", &tree))
		return gate_fail(err, GATE_EGIT, "commit %s is damaged",
		                 gate_oid_hex(hex, &node->commit.id));
	n = count_parents(header);
	if (n) {
		ids = gate_arena_alloc(&history->arena, n * sizeof(*ids));
		parents = gate_arena_alloc(&history->arena, n * sizeof(struct node *));
		if (!ids || !parents)
			return gate_fail_memory(err);
	}
	for (size_t i = 0; i < n; i++) {
		take_id(&header, "parent", &ids[i]);
		parents[i] = graph_node(history, &ids[i]);
		if (!parents[i])
			return gate_fail_memory(err);
	}
	node->commit.tree = tree;
	node->commit.parents = ids;
	node->commit.n_parents = n;
	node->commit.time = parse_time(&header, "committer ");
	node->commit.author_time = parse_time(&header, "author ");
	read_message(&node->commit, &header);
	if (n && is_shallow(history, &node->commit.id))
		node->commit.cut = GATE_CUT_SHALLOW;
	node->parents = parents;
	node->state = NODE_READ;
	return GATE_OK;
}

int graph_read(struct gate_history *history, struct node *node, struct gate_error *err)
{
	GATE_AUTO(git_odb_object_free) git_odb_object *object = NULL;
	git_oid id;
	char hex[GATE_OID_HEX];
	int code;

	if (node->state != NODE_UNREAD)
		return GATE_OK;
	id = gate_oid_to_git(&node->commit.id);
	code = git_odb_read(&object, history->repo->odb, &id);
	if (code == GIT_ENOTFOUND) {
		node->state = NODE_MISSING;
		return GATE_OK;
	}
	if (code < 0)
		return gate_fail_git(err, "cannot read commit %s",
		                     gate_oid_hex(hex, &node->commit.id));
	if (git_odb_object_type(object) != GIT_OBJECT_COMMIT)
		return gate_fail(err, GATE_EGIT, "object %s is not a commit",
		                 gate_oid_hex(hex, &node->commit.id));
	return graph_parse(history, node, git_odb_object_data(object), git_odb_object_size(object),
	                   err);
}

int graph_get(struct node **out, struct gate_history *history, const struct gate_oid *id,
              struct gate_error *err)
{
	enum gate_object_kind kind;
	struct node *node;
	char hex[GATE_OID_HEX];
	int code = GATE_OK;

	node = graph_node(history, id);
	if (!node)
		return gate_fail_memory(err);
	if (node->state == NODE_UNREAD) {
		code = gate_object_kind(&kind, history->repo, id, err);
		if (code == GATE_OK && kind != GATE_OBJECT_COMMIT)
			return gate_fail(err, GATE_ENOTFOUND, "object %s is not a commit",
			                 gate_oid_hex(hex, id));
		if (code < 0 && code != GATE_ENOTFOUND)
			return code;
		code = graph_read(history, node, err);
		if (code < 0)
			return code;
	}
	if (node->state == NODE_MISSING)
		return gate_fail(err, GATE_ENOTFOUND, "commit %s is not here",
		                 gate_oid_hex(hex, id));
	*out = node;
	return GATE_OK;
}

size_t graph_parents(const struct node *node)
{
	return node->commit.cut == GATE_CUT_SHALLOW ? 0 : node->commit.n_parents;
}

int graph_link(struct gate_history *history, struct node *node, struct gate_error *err)
{
	if (node->linked)
		return GATE_OK;
	for (size_t i = 0; i < graph_parents(node); i++) {
		int code = graph_read(history, node->parents[i], err);

		if (code < 0)
			return code;
	}
	for (size_t i = 0; i < graph_parents(node); i++) {
		if (node->parents[i]->state == NODE_MISSING)
			node->commit.cut = GATE_CUT_MISSING;
	}
	node->linked = true;
	return GATE_OK;
}

/* One id a line, as git writes it. */
static int read_shallow(struct gate_history *history, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };
	GATE_AUTO(gate_free) char *line = NULL;
	size_t line_cap = 0, cap = 0;
	int code = GATE_OK;
	FILE *file;

	gate_buf_printf(&path, "%s/shallow", gate_repo_common_dir(history->repo));
	if (gate_buf_failed(&path))
		return gate_fail_memory(err);
	file = fopen(gate_buf_text(&path), "re");
	if (!file && errno == ENOENT)
		return GATE_OK;
	if (!file)
		return gate_fail_errno(err, "cannot read '%s'", gate_buf_text(&path));
	while (code == GATE_OK) {
		ssize_t len = getline(&line, &line_cap, file);

		if (len < 0)
			break;
		while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
			len--;
		code = gate_grow(&history->shallow, &cap, history->n_shallow + 1,
		                 sizeof(*history->shallow), err);
		if (code < 0)
			break;
		code = gate_oid_parse(&history->shallow[history->n_shallow], line, (size_t)len,
		                      NULL);
		if (code < 0)
			code = gate_fail(err, GATE_EGIT, "'%s' is damaged", gate_buf_text(&path));
		else
			history->n_shallow++;
	}
	if (code == GATE_OK && ferror(file))
		code = gate_fail_errno(err, "cannot read '%s'", gate_buf_text(&path));
	fclose(file);
	if (code == GATE_OK && history->n_shallow > 1)
		qsort(history->shallow, history->n_shallow, sizeof(*history->shallow), compare_ids);
	return code;
}

int gate_history_new(struct gate_history **out, const struct gate_repo *repo,
                     struct gate_error *err)
{
	GATE_AUTO(gate_history_free) struct gate_history *history = calloc(1, sizeof(*history));
	int code;

	if (!history)
		return gate_fail_memory(err);
	history->repo = repo;
	code = read_shallow(history, err);
	if (code < 0)
		return code;
	*out = gate_steal(&history);
	return GATE_OK;
}

void gate_history_free(struct gate_history *history)
{
	if (!history)
		return;
	gate_arena_release(&history->arena);
	free(history->table);
	free(history->shallow);
	free(history);
}

int gate_history_commit(const struct gate_commit **out, struct gate_history *history,
                        const struct gate_oid *id, struct gate_error *err)
{
	struct node *node;
	int code = graph_get(&node, history, id, err);

	if (code < 0)
		return code;
	code = graph_link(history, node, err);
	if (code < 0)
		return code;
	*out = &node->commit;
	return GATE_OK;
}
