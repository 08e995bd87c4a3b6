/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/write.h"

#include "gate/base/process.h"
#include "gate/git/internal.h"
#include "gate/git/refs.h"

#include <fcntl.h>
#include <unistd.h>

#define WRITES 5 /* tries at writing one object */
#define WAIT_MS 2000
#define LONGEST_NAP_MS 64
#define OWN_REFS "refs/doragate/"

void gate_tree_items_release(struct gate_tree_items *items)
{
	free(items->items);
	gate_arena_release(&items->arena);
	*items = (struct gate_tree_items){ 0 };
}

int gate_tree_items(struct gate_tree_items *out, const struct gate_repo *repo,
                    const struct gate_oid *tree, struct gate_error *err)
{
	GATE_AUTO(git_tree_free) git_tree *git = NULL;
	const git_oid id = gate_oid_to_git(tree);
	char hex[GATE_OID_HEX];
	size_t n;
	int code;

	if (gate_oid_equal(tree, &gate_oid_empty_tree))
		return GATE_OK;
	code = git_tree_lookup(&git, repo->git, &id);
	if (code == GIT_ENOTFOUND)
		return gate_fail(err, GATE_ENOTFOUND, "tree %s is not in this repository",
		                 gate_oid_hex(hex, tree));
	if (code < 0)
		return gate_fail_git(err, "cannot read tree %s", gate_oid_hex(hex, tree));
	n = git_tree_entrycount(git);
	if (gate_grow(&out->items, &out->cap, out->n + n + 1, sizeof(*out->items), err) < 0)
		return GATE_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(git, i);
		const char *name = git_tree_entry_name(entry);
		struct gate_tree_item item = {
			.name = gate_arena_copy(&out->arena, name, strlen(name)),
			.mode = (uint16_t)git_tree_entry_filemode_raw(entry),
			.id = gate_oid_from_git(git_tree_entry_id(entry)),
		};

		if (!item.name)
			return gate_fail_memory(err);
		out->items[out->n++] = item;
	}
	return GATE_OK;
}

int gate_git_durable(bool on, struct gate_error *err)
{
	int code = gate_git_start(err);

	if (code == GATE_OK && git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, (int)on) < 0)
		return gate_fail_git(err, "cannot set how libgit2 writes");
	return code;
}

int gate_git_verify_hashes(bool on, struct gate_error *err)
{
	int code = gate_git_start(err);

	if (code == GATE_OK &&
	    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, (int)on) < 0)
		return gate_fail_git(err, "cannot set how libgit2 reads");
	return code;
}

int gate_repo_flush(const struct gate_repo *repo, struct gate_error *err)
{
	int fd = open(repo->common_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int code = GATE_OK;

	if (fd < 0 || syncfs(fd) < 0)
		code = gate_fail_errno(err, "cannot sync '%s'", repo->common_dir);
	if (fd >= 0)
		close(fd);
	return code;
}

static int write_object(struct gate_oid *out, const struct gate_repo *repo, const char *bytes,
                        size_t len, git_object_t type, struct gate_error *err)
{
	git_oid id;
	int code = -1;

	/* `git gc` takes away folders of objects that it finds empty, also between the making of one and the use of it. */
	for (unsigned i = 0; code < 0 && i < WRITES; i++)
		code = git_odb_write(&id, repo->odb, bytes ? bytes : "", len, type);
	if (code < 0)
		return gate_fail_git(err, "cannot write to the repository '%s'", repo->common_dir);
	*out = gate_oid_from_git(&id);
	return GATE_OK;
}

int gate_blob_write(struct gate_oid *out, const struct gate_repo *repo, const char *bytes,
                    size_t len, struct gate_error *err)
{
	return write_object(out, repo, bytes, len, GIT_OBJECT_BLOB, err);
}

/* Git sorts a folder as if its name ended with a slash. */
static int by_name(const void *a, const void *b)
{
	const struct gate_tree_item *left = *(const struct gate_tree_item *const *)a;
	const struct gate_tree_item *right = *(const struct gate_tree_item *const *)b;
	size_t n = strlen(left->name), m = strlen(right->name);
	int order = memcmp(left->name, right->name, n < m ? n : m);
	int x, y;

	if (order)
		return order;
	x = n > m ? (unsigned char)left->name[m] : left->mode == 0040000 ? '/' : 0;
	y = m > n ? (unsigned char)right->name[n] : right->mode == 0040000 ? '/' : 0;
	if (n == m)
		return 0;
	return x - y;
}

static bool is_entry_name(const char *name)
{
	return name[0] && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	       strcasecmp(name, ".git") != 0;
}

int gate_tree_write(struct gate_oid *out, const struct gate_repo *repo,
                    const struct gate_tree_item items[], size_t n, struct gate_error *err)
{
	GATE_AUTO(gate_free) const struct gate_tree_item **sorted = calloc(n + 1, sizeof(*sorted));
	GATE_AUTO(gate_buf_release) struct gate_buf bytes = { 0 };

	if (!sorted)
		return gate_fail_memory(err);
	for (size_t i = 0; i < n; i++) {
		if (!is_entry_name(items[i].name))
			return gate_fail(err, GATE_EUSAGE, "'%s' is no name in a tree",
			                 items[i].name);
		sorted[i] = &items[i];
	}
	if (n)
		qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; i < n; i++) {
		if (i && !strcmp(sorted[i]->name, sorted[i - 1]->name))
			return gate_fail(err, GATE_EUSAGE, "'%s' stands twice in a tree",
			                 sorted[i]->name);
		gate_buf_printf(&bytes, "%o %s", (unsigned)sorted[i]->mode, sorted[i]->name);
		gate_buf_putc(&bytes, '\0');
		gate_buf_add(&bytes, (const char *)sorted[i]->id.bytes,
		             sizeof(sorted[i]->id.bytes));
	}
	if (gate_buf_failed(&bytes))
		return gate_fail_memory(err);
	return write_object(out, repo, bytes.ptr, bytes.len, GIT_OBJECT_TREE, err);
}

int gate_commit_write(struct gate_oid *out, const struct gate_repo *repo,
                      const struct gate_oid *tree, const struct gate_oid *parent, int64_t seconds,
                      const char *message, struct gate_error *err)
{
	static const char who[] = "doragate <doragate@localhost>";
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	char hex[GATE_OID_HEX];

	gate_buf_printf(&text, "tree %s\n", gate_oid_hex(hex, tree));
	if (parent)
		gate_buf_printf(&text, "parent %s\n", gate_oid_hex(hex, parent));
	/* Git's times begin in 1970. */
	if (seconds < 0)
		seconds = 0;
	gate_buf_printf(&text, "author %s %lld +0000\ncommitter %s %lld +0000\n\n%s", who,
	                (long long)seconds, who, (long long)seconds, message);
	if (gate_buf_failed(&text))
		return gate_fail_memory(err);
	return write_object(out, repo, text.ptr, text.len, GIT_OBJECT_COMMIT, err);
}

int gate_commit_read(struct gate_oid *tree, struct gate_oid *parent, int64_t *seconds,
                     const struct gate_repo *repo, const struct gate_oid *id,
                     struct gate_error *err)
{
	GATE_AUTO(git_commit_free) git_commit *commit = NULL;
	const git_oid git = gate_oid_to_git(id);
	const git_oid *first;
	char hex[GATE_OID_HEX];
	int code = git_commit_lookup(&commit, repo->git, &git);

	if (code == GIT_ENOTFOUND)
		return gate_fail(err, GATE_ENOTFOUND, "commit %s is not in this repository",
		                 gate_oid_hex(hex, id));
	if (code < 0)
		return gate_fail_git(err, "cannot read commit %s", gate_oid_hex(hex, id));
	first = git_commit_parent_id(commit, 0);
	if (tree)
		*tree = gate_oid_from_git(git_commit_tree_id(commit));
	if (parent)
		*parent = first ? gate_oid_from_git(first) : gate_oid_zero;
	if (seconds)
		*seconds = git_commit_time(commit);
	return GATE_OK;
}

static int current(struct gate_oid *out, const struct gate_repo *repo, const char *name)
{
	git_oid id;
	int code = git_reference_name_to_id(&id, repo->git, name);

	*out = code == 0 ? gate_oid_from_git(&id) : gate_oid_zero;
	return code == GIT_ENOTFOUND ? 0 : code;
}

/* 0, or libgit2's code; GIT_EDIRECTORY: another ref is in the way. */
static int may_make(const struct gate_repo *repo, const char *name)
{
	GATE_AUTO(gate_free) char *other = NULL;
	int code = gate_ref_in_the_way(&other, repo, name, NULL);

	return code < 0 ? GIT_ERROR : other ? GIT_EDIRECTORY : 0;
}

/*
 * Under the ref's lock: looks, and sets or removes. Returns libgit2's code; GIT_EMODIFIED: it is not at `old`. libgit2 looks for refs in the way itself,
 * but not for packed ones when it has the lock already.
 */
static int swap_locked(const struct gate_repo *repo, const char *name, const struct gate_oid *id,
                       const struct gate_oid *old)
{
	/* Given, so that the user's name is not asked for; our refs have no reflog to put it in. */
	const git_signature who = { .name = (char[]){ "doragate" },
		                    .email = (char[]){ "doragate@localhost" } };
	const git_oid to = gate_oid_to_git(id);
	git_transaction *transaction = NULL;
	struct gate_oid now;
	int code = git_transaction_new(&transaction, repo->git);

	if (code == 0)
		code = git_transaction_lock_ref(transaction, name);
	if (code == 0)
		code = current(&now, repo, name);
	if (code == 0 && !gate_oid_equal(&now, old))
		code = GIT_EMODIFIED;
	if (code == 0 && gate_oid_is_zero(old) && !gate_oid_is_zero(id))
		code = may_make(repo, name);
	/* From nothing to nothing there is nothing to write. */
	if (code == 0 && !gate_oid_is_zero(id))
		code = git_transaction_set_target(transaction, name, &to, &who, NULL);
	if (code == 0)
		code = git_transaction_commit(transaction);
	git_transaction_free(transaction);
	/* With core.logAllRefUpdates = always libgit2 keeps one all the same. */
	if (code == 0 && git_reference_has_log(repo->git, name) == 1)
		git_reflog_delete(repo->git, name);
	return code;
}

static int fail_swap(int code, const struct gate_repo *repo, const char *name,
                     struct gate_error *err)
{
	GATE_AUTO(gate_free) char *other = NULL;

	if (code == GIT_EMODIFIED)
		return gate_fail(err, GATE_ECONFLICT, "'%s' was moved by somebody else", name);
	if (code == GIT_ELOCKED)
		return gate_fail(err, GATE_EIO,
		                 "'%s/%s.lock' is there: another process writes this ref, or one "
		                 "that was killed left it",
		                 repo->common_dir, name);
	if (gate_ref_in_the_way(&other, repo, name, NULL) == GATE_OK && other)
		return gate_fail(err, GATE_EGIT, "cannot make '%s', for there is '%s'", name,
		                 other);
	return gate_fail_git(err, "cannot move '%s'", name);
}

/*
 * A deletion must hold packed-refs.lock while it reads packed-refs. libgit2 1.5 reads it before, and loses what `git pack-refs` puts in between, also
 * refs that are not ours. So the git program deletes.
 */
static int delete_ref(const struct gate_repo *repo, const char *name, const struct gate_oid *old,
                      struct gate_error *err)
{
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	char hex[GATE_OID_HEX];
	const char *const argv[] = { "git",
		                     "-c",
		                     "core.hooksPath=/dev/null",
		                     "-c",
		                     "core.filesRefLockTimeout=2000",
		                     "-c",
		                     "core.packedRefsTimeout=2000",
		                     "--git-dir",
		                     repo->common_dir,
		                     "update-ref",
		                     "--no-deref",
		                     "-d",
		                     name,
		                     gate_oid_hex(hex, old),
		                     NULL };
	const char *const set[] = { "LC_ALL=C", NULL };
	const struct gate_process process = { .argv = argv,
		                              .unset = gate_git_local_variables,
		                              .set = set,
		                              .max_output = 65536,
		                              .timeout_ms = 30000 };
	const char *said;
	int code = gate_process_run(&result, &process, err);

	if (code < 0 || !result.status)
		return code;
	said = gate_buf_text(&result.err);
	if (strstr(said, "but expected") || strstr(said, "unable to resolve reference"))
		return gate_fail(err, GATE_ECONFLICT, "'%s' was moved by somebody else", name);
	return gate_fail(err, GATE_EIO, "cannot delete '%s': %.200s", name, said);
}

int gate_ref_swap(const struct gate_repo *repo, const char *name, const struct gate_oid *id,
                  const struct gate_oid *old, struct gate_error *err)
{
	unsigned waited = 0, nap = 1;
	int code;

	if (strncmp(name, OWN_REFS, strlen(OWN_REFS)) != 0)
		return gate_fail(err, GATE_EUSAGE, "'%s' is not ours to move", name);
	if (gate_oid_is_zero(id) && !gate_oid_is_zero(old))
		return delete_ref(repo, name, old, err);
	for (;;) {
		struct timespec time = { .tv_nsec = (long)nap * 1000000 };

		code = swap_locked(repo, name, id, old);
		if (code != GIT_ELOCKED || waited >= WAIT_MS)
			break;
		nanosleep(&time, NULL);
		waited += nap;
		nap = nap < LONGEST_NAP_MS ? nap * 2 : LONGEST_NAP_MS;
	}
	return code == 0 ? GATE_OK : fail_swap(code, repo, name, err);
}
