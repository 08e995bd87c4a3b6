/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/install.h"

#include "gate/base/escape.h"
#include "gate/base/file.h"
#include "gate/base/process.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHIM_MARK "# doragate shim 1"
#define MADE_FOLDER "# The folder was made for it."
#define BEFORE ".before-doragate"
#define MAX_HOOK_BYTES ((size_t)1 << 20)

static const char *const hooks[] = { "pre-push", NULL };

/* Tools that manage hooks themselves, by the file that configures them, and the lines that make them call us. */
static const struct {
	const char *file, *name, *lines;
} managers[] = {
	{ "lefthook.yml", "lefthook",
	  "pre-push:\n  commands:\n    doragate:\n      use_stdin: true\n"
	  "      run: '\"$(doragate --exec-path)\"/doragate-pre-push {0}'\n" },
	{ ".husky", "husky", "\"$(doragate --exec-path)\"/doragate-pre-push \"$@\"\n" },
	{ ".overcommit.yml", "overcommit",
	  "PrePush:\n  Doragate:\n    enabled: true\n"
	  "    command: ['sh', '-c', '\"$(doragate --exec-path)\"/doragate-pre-push \"$@\"', "
	  "doragate]\n" },
};

int gate_exec_path(struct gate_buf *out, struct gate_error *err)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (len < 0)
		return gate_fail_errno(err, "cannot find this program's own file");
	path[len] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	gate_buf_puts(out, path);
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}

/* Git's own answer to where hooks are: it knows every scope of the configuration and the environment. */
static int hooks_folder(struct gate_buf *out, const struct gate_repo *repo, struct gate_error *err)
{
	const char *dir =
		gate_repo_work_dir(repo) ? gate_repo_work_dir(repo) : gate_repo_git_dir(repo);
	const char *const argv[] = { "git", "rev-parse", "--git-path", "hooks", NULL };
	const struct gate_process process = {
		.argv = argv, .dir = dir, .max_output = PATH_MAX, .timeout_ms = 30000
	};
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	int code = gate_process_run(&result, &process, err);
	size_t len = result.out.len;

	if (code < 0)
		return code;
	while (len && result.out.ptr[len - 1] == '\n')
		len--;
	if (result.status || !len)
		return gate_fail(err, GATE_EGIT, "git does not say where its hooks are: %.200s",
		                 gate_buf_text(&result.err));
	if (result.out.ptr[0] != '/')
		gate_buf_printf(out, "%s/", dir);
	gate_buf_add(out, result.out.ptr, len);
	return gate_buf_failed(out) ? gate_fail_memory(err) : GATE_OK;
}

/* True when a folder is the repository's own, whatever symlinks lead there. A folder that does not exist is judged by the one above. */
static bool is_own(const char *folder, const struct gate_repo *repo)
{
	GATE_AUTO(gate_free) char *common = realpath(gate_repo_common_dir(repo), NULL);
	GATE_AUTO(gate_free) char *real = realpath(folder, NULL);
	GATE_AUTO(gate_free) char *above = NULL;
	size_t len;

	/* errno is that of the folder: nothing stands between. */
	if (!real && errno == ENOENT) {
		const char *slash = strrchr(folder, '/');

		above = slash ? gate_copy(folder, (size_t)(slash - folder)) : NULL;
		real = above ? realpath(above, NULL) : NULL;
	}
	if (!real || !common)
		return false;
	len = strlen(common);
	return !strncmp(real, common, len) && (real[len] == '/' || !real[len]);
}

static int write_shim(const char *path, const char *hook, bool made_folder, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf exec = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf shim = { 0 };
	int code = gate_exec_path(&exec, err);

	if (code < 0)
		return code;
	gate_buf_printf(&exec, "/doragate-%s", hook);
	gate_buf_printf(&shim,
	                "#!/bin/sh\n" SHIM_MARK
	                ": %s. 'doragate uninstall' puts back what was here before.\n%s"
	                "before=${0%%/*}/%s" BEFORE "\n"
	                "program=",
	                hook, made_folder ? MADE_FOLDER "\n" : "", hook);
	/* A path that cannot stand in a script is looked for on PATH only. */
	if (!gate_quote_shell(&shim, gate_buf_text(&exec), exec.len))
		gate_buf_puts(&shim, "''");
	gate_buf_printf(
		&shim,
		"\n"
		"status=0\n"
		"if [ -x \"$before\" ]; then\n"
		"\tinput=$(cat; echo .) input=${input%%.}\n"
		"\tprintf '%%s' \"$input\" | \"$before\" \"$@\" || status=$?\n"
		"fi\n"
		"[ \"${DORAGATE-}\" != 0 ] || exit \"$status\"\n"
		"if [ ! -x \"$program\" ]; then\n"
		"\tprogram=$(doragate --exec-path 2>/dev/null)/doragate-%s\n"
		"fi\n"
		"if [ ! -x \"$program\" ]; then\n"
		"\techo \"doragate: the hook's program is missing, so nothing was judged\" >&2\n"
		"\techo \"doragate: mend: install doragate again, then 'doragate install'; skip "
		"once: DORAGATE=0 git ...\" >&2\n"
		"\texit 1\n"
		"fi\n"
		"[ -x \"$before\" ] || exec \"$program\" \"$@\"\n"
		"printf '%%s' \"$input\" | \"$program\" \"$@\" || exit $?\n"
		"exit \"$status\"\n",
		hook);
	if (gate_buf_failed(&exec) || gate_buf_failed(&shim))
		return gate_fail_memory(err);
	return gate_file_write(path, shim.ptr, shim.len, 0755, err);
}

enum whose { NOBODYS, OURS, OURS_WITH_FOLDER, SOMEBODYS };

/* Whose the hook file is. A symlink is somebody's, whatever it leads to. */
static int find_whose(enum whose *out, const char *path, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	struct stat st;
	int code;

	*out = SOMEBODYS;
	if (lstat(path, &st) < 0) {
		*out = NOBODYS;
		return errno == ENOENT || errno == ENOTDIR
		               ? GATE_OK
		               : gate_fail_errno(err, "cannot look at '%s'", path);
	}
	if (S_ISDIR(st.st_mode))
		return gate_fail(err, GATE_EUSAGE, "'%s' is a folder", path);
	if (!S_ISREG(st.st_mode))
		return GATE_OK;
	code = gate_file_read(&text, path, MAX_HOOK_BYTES, err);
	if (code == GATE_ELIMIT)
		return GATE_OK;
	if (code < 0)
		return code;
	if (strncmp(gate_buf_text(&text), "#!/bin/sh\n" SHIM_MARK,
	            strlen("#!/bin/sh\n" SHIM_MARK)) != 0)
		return GATE_OK;
	*out = strstr(text.ptr, MADE_FOLDER) ? OURS_WITH_FOLDER : OURS;
	return GATE_OK;
}

static int install_hook(const char *folder, const char *hook, bool made_folder,
                        struct gate_buf *said, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf before = { 0 };
	enum whose whose;
	struct stat st;
	int code;

	gate_buf_printf(&path, "%s/%s", folder, hook);
	gate_buf_printf(&before, "%s" BEFORE, gate_buf_text(&path));
	if (gate_buf_failed(&path) || gate_buf_failed(&before))
		return gate_fail_memory(err);
	code = find_whose(&whose, path.ptr, err);
	if (code < 0)
		return code;
	if (whose == SOMEBODYS) {
		/* Both there: somebody replaced our shim since. Which of the two is wanted, only the user knows. */
		if (!lstat(before.ptr, &st))
			return gate_fail(
				err, GATE_ECONFLICT,
				"both '%s' and '%s' are there: remove the one you do not want",
				path.ptr, before.ptr);
		if (rename(path.ptr, before.ptr) < 0)
			return gate_fail_errno(err, "cannot move '%s' aside", path.ptr);
	}
	code = write_shim(path.ptr, hook, made_folder || whose == OURS_WITH_FOLDER, err);
	if (code < 0) {
		if (whose == SOMEBODYS && rename(before.ptr, path.ptr) < 0)
			return gate_fail_errno(err, "cannot put '%s' back", path.ptr);
		return code;
	}
	if (whose == OURS || whose == OURS_WITH_FOLDER)
		gate_buf_printf(said, "%s: renewed in %s\n", hook, path.ptr);
	else
		gate_buf_printf(said, "%s: installed in %s\n", hook, path.ptr);
	if (!lstat(before.ptr, &st))
		gate_buf_printf(said, "%s: runs the hook that was there first: %s\n", hook,
		                before.ptr);
	return GATE_OK;
}

/* What the user must do where hooks are not ours to write. */
static int refuse(const char *folder, const struct gate_repo *repo, struct gate_buf *said,
                  struct gate_error *err)
{
	const char *work_dir = gate_repo_work_dir(repo);
	bool husky = work_dir && strstr(folder, "/.husky");

	gate_buf_printf(
		said,
		"hooks of this repository are in %s (core.hooksPath), which is not ours to write\n"
		"%s/pre-push, a script that may be executed, needs this line:\n\n"
		"    \"$(doragate --exec-path)\"/doragate-pre-push \"$@\" || exit $?\n\n",
		folder, husky ? ".husky" : folder);
	return gate_fail(err, GATE_EUSAGE, "not installed: core.hooksPath leads to '%s'", folder);
}

static void say_managers(const struct gate_repo *repo, struct gate_buf *said)
{
	const char *work_dir = gate_repo_work_dir(repo);

	for (size_t i = 0; work_dir && i < GATE_COUNT(managers); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };

		gate_buf_printf(&path, "%s/%s", work_dir, managers[i].file);
		if (gate_buf_failed(&path) || access(path.ptr, F_OK) < 0)
			continue;
		gate_buf_printf(said,
		                "%s manages hooks here and may replace this one; to keep both, add "
		                "to %s:\n%s",
		                managers[i].name, managers[i].file, managers[i].lines);
	}
}

static int take_lock(struct gate_lock *lock, const struct gate_repo *repo, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };
	int code;

	gate_buf_printf(&path, "%s/doragate", gate_repo_common_dir(repo));
	if (gate_buf_failed(&path))
		return gate_fail_memory(err);
	code = gate_mkdirs(path.ptr, 0777, err);
	if (code < 0)
		return code;
	gate_buf_puts(&path, "/install.lock");
	if (gate_buf_failed(&path))
		return gate_fail_memory(err);
	return gate_lock_acquire(lock, path.ptr, 5000, err);
}

int gate_hooks_install(const struct gate_repo *repo, struct gate_buf *said, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf folder = { 0 };
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	bool made_folder;
	int code = hooks_folder(&folder, repo, err);

	if (code < 0)
		return code;
	if (!is_own(folder.ptr, repo))
		return refuse(folder.ptr, repo, said, err);
	code = take_lock(&lock, repo, err);
	if (code < 0)
		return code;
	made_folder = access(folder.ptr, F_OK) < 0;
	code = gate_mkdirs(folder.ptr, 0777, err);
	for (size_t i = 0; code == GATE_OK && hooks[i]; i++)
		code = install_hook(folder.ptr, hooks[i], made_folder, said, err);
	if (code == GATE_OK)
		say_managers(repo, said);
	return code;
}

static int uninstall_hook(const char *folder, const char *hook, struct gate_buf *said,
                          struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf before = { 0 };
	enum whose whose;
	struct stat st;
	int code;

	gate_buf_printf(&path, "%s/%s", folder, hook);
	gate_buf_printf(&before, "%s" BEFORE, gate_buf_text(&path));
	if (gate_buf_failed(&path) || gate_buf_failed(&before))
		return gate_fail_memory(err);
	code = find_whose(&whose, path.ptr, err);
	if (code < 0)
		return code;
	if (whose == SOMEBODYS) {
		gate_buf_printf(said, "%s: %s is not ours and stays\n", hook, path.ptr);
		return GATE_OK;
	}
	if (!lstat(before.ptr, &st)) {
		if (rename(before.ptr, path.ptr) < 0)
			return gate_fail_errno(err, "cannot put '%s' back", path.ptr);
		gate_buf_printf(said, "%s: what was there before is back in %s\n", hook, path.ptr);
		return GATE_OK;
	}
	if (whose == NOBODYS) {
		gate_buf_printf(said, "%s: was not installed\n", hook);
		return GATE_OK;
	}
	if (unlink(path.ptr) < 0)
		return gate_fail_errno(err, "cannot remove '%s'", path.ptr);
	/* Not empty: somebody has put other hooks there since. */
	if (whose == OURS_WITH_FOLDER && rmdir(folder) < 0 && errno != ENOTEMPTY && errno != EEXIST)
		return gate_fail_errno(err, "cannot remove '%s'", folder);
	gate_buf_printf(said, "%s: removed from %s\n", hook, path.ptr);
	return GATE_OK;
}

int gate_hooks_uninstall(const struct gate_repo *repo, struct gate_buf *said,
                         struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf folder = { 0 };
	GATE_AUTO(gate_lock_release) struct gate_lock lock = GATE_LOCK_INIT;
	int code = hooks_folder(&folder, repo, err);

	if (code < 0)
		return code;
	if (!is_own(folder.ptr, repo))
		return gate_fail(err, GATE_EUSAGE,
		                 "nothing to take out: core.hooksPath leads to '%s'", folder.ptr);
	code = take_lock(&lock, repo, err);
	for (size_t i = 0; code == GATE_OK && hooks[i]; i++)
		code = uninstall_hook(folder.ptr, hooks[i], said, err);
	return code;
}
