/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/exchange.h"

#include "gate/base/process.h"
#include "gate/git/internal.h"
#include "gate/git/push_report.h"
#include "gate/git/redact.h"

#define MAX_OUTPUT ((size_t)16 << 20)

/* What `git rev-parse --local-env-vars` names: variables that bind git to another repository. */
const char *const gate_git_local_variables[] = {
	"GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_CONFIG",
	"GIT_CONFIG_PARAMETERS",
	"GIT_CONFIG_COUNT",
	"GIT_OBJECT_DIRECTORY",
	"GIT_DIR",
	"GIT_WORK_TREE",
	"GIT_IMPLICIT_WORK_TREE",
	"GIT_GRAFT_FILE",
	"GIT_INDEX_FILE",
	"GIT_NO_REPLACE_OBJECTS",
	"GIT_REPLACE_REF_BASE",
	"GIT_PREFIX",
	"GIT_SHALLOW_FILE",
	"GIT_COMMON_DIR",
	"GIT_INTERNAL_SUPER_PREFIX",
	"GIT_QUARANTINE_PATH",
	NULL,
};

/* Words of one command, in order; they are borrowed, but for those that are made. */
struct command {
	const char **words; /* own */
	size_t n, cap;
	struct gate_arena made; /* own */
	bool failed;
};

static void command_release(struct command *command)
{
	free(command->words);
	gate_arena_release(&command->made);
}
GATE_DEFINE_AUTO_STRUCT(struct command, command_release)

static void add(struct command *command, const char *word)
{
	if (gate_grow(&command->words, &command->cap, command->n + 2, sizeof(*command->words),
	              NULL) < 0) {
		command->failed = true;
		return;
	}
	command->words[command->n++] = word;
	command->words[command->n] = NULL;
}

static void add_all(struct command *command, const char *const words[])
{
	for (; words && *words; words++)
		add(command, *words);
}

/* The three in a row as one word. */
static void add_made(struct command *command, const char *a, const char *b, const char *c)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	char *word;

	gate_buf_printf(&text, "%s%s%s", a, b, c);
	word = gate_buf_failed(&text) ? NULL : gate_arena_copy(&command->made, text.ptr, text.len);
	if (word)
		add(command, word);
	else
		command->failed = true;
}

/* A setting that a remote of the configuration has. A URL has none, nor has a path; an '=' in the name would end the key. */
static void add_setting(struct command *command, const struct gate_exchange *exchange,
                        const char *key_and_value)
{
	if (strpbrk(exchange->remote, ":=") || strchr("./", exchange->remote[0]))
		return;
	add(command, "-c");
	add_made(command, "remote.", exchange->remote, key_and_value);
}

/* The first word of a command for a shell, without the folders: "ssh", as git itself looks at it. */
static bool runs_ssh(const char *command)
{
	const char *word = command + strspn(command, " \t");
	const char quote[2] = { *word == '"' || *word == '\'' ? *word : '\0', '\0' };
	size_t len;

	word += quote[0] != '\0';
	len = strcspn(word, quote[0] ? quote : " \t");
	for (size_t i = len; i > 0; i--)
		if (word[i - 1] == '/') {
			word += i;
			len -= i;
			break;
		}
	return (len == 3 && !memcmp(word, "ssh", 3)) || (len == 7 && !memcmp(word, "ssh.exe", 7));
}

/* What the user says of it goes before how it is called: "auto" says nothing, and all that git does not know is OpenSSH. */
static int is_openssh(bool *out, const char *command, const struct gate_exchange *exchange,
                      struct gate_error *err)
{
	static const char *const others[] = { "plink", "putty", "tortoiseplink", "simple" };
	const char *variant = getenv("GIT_SSH_VARIANT");
	GATE_AUTO(gate_free) char *configured = NULL;
	int code = variant ? GATE_OK
	                   : gate_repo_config(&configured, exchange->repo, "ssh.variant", err);

	if (code < 0)
		return code;
	if (!variant)
		variant = configured ? configured : "auto";
	*out = strcmp(variant, "auto") != 0 || runs_ssh(command);
	for (size_t i = 0; i < GATE_COUNT(others); i++)
		if (!strcmp(variant, others[i]))
			*out = false;
	return GATE_OK;
}

/*
 * The transport that the user chose must not ask. Only OpenSSH is told so: what is called otherwise may know no options, and git finds out by itself.
 * GIT_SSH names a program and takes no options, so it stays what it is.
 */
static int ssh_variable(struct gate_buf *out, const struct gate_exchange *exchange,
                        struct gate_error *err)
{
	const char *given = getenv("GIT_SSH_COMMAND");
	GATE_AUTO(gate_free) char *configured = NULL;
	const char *command;
	bool openssh = false;
	int code = given ? GATE_OK
	                 : gate_repo_config(&configured, exchange->repo, "core.sshcommand", err);

	if (code < 0)
		return code;
	command = given ? given : configured ? configured : "ssh";
	if (!given && !configured && getenv("GIT_SSH"))
		return GATE_OK;
	code = is_openssh(&openssh, command, exchange, err);
	if (code == GATE_OK && openssh)
		gate_buf_printf(out, "GIT_SSH_COMMAND=%s -oBatchMode=yes", command);
	return code;
}

static int run_git(struct gate_process_result *result, const struct gate_exchange *exchange,
                   const struct command *command, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf dir = { 0 }, ssh = { 0 };
	const char *set[] = { NULL, "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", NULL, NULL };
	struct gate_process process = { .argv = command->words,
		                        .unset = gate_git_local_variables,
		                        .set = set,
		                        .max_output = MAX_OUTPUT,
		                        .timeout_ms = exchange->timeout_ms };
	const char *work_dir = gate_repo_work_dir(exchange->repo);
	int code = GATE_OK;

	/* As git itself would stand there: a URL may be a path from here, and a linked worktree has configuration of its own. */
	process.dir = exchange->dir ? exchange->dir
	              : work_dir    ? work_dir
	                            : gate_repo_git_dir(exchange->repo);
	gate_buf_printf(&dir, "GIT_DIR=%s", gate_repo_git_dir(exchange->repo));
	if (exchange->in_hook)
		code = ssh_variable(&ssh, exchange, err);
	if (code < 0)
		return code;
	if (command->failed || gate_buf_failed(&dir) || gate_buf_failed(&ssh))
		return gate_fail_memory(err);
	set[0] = dir.ptr;
	if (ssh.len)
		set[3] = ssh.ptr;
	return gate_process_run(result, &process, err);
}

static bool is_reason(const char *line)
{
	static const char *const marks[] = { "fatal: ", "error: ", "ERROR: " };

	for (size_t i = 0; i < GATE_COUNT(marks); i++)
		if (!strncmp(line, marks[i], strlen(marks[i])))
			/* That it failed says nothing. */
			return strncmp(line, "error: failed to push some refs", 31) != 0;
	return false;
}

/* The line of git's talk that says why: the first that is marked as an error (hosts mark theirs in capitals), else the last one. */
static void reason(const char **line, size_t *len, const struct gate_buf *talk)
{
	const char *at = gate_buf_text(talk);

	*line = "it says nothing";
	*len = strlen(*line);
	for (bool found = false; *at && !found; at += *at == '\n') {
		size_t n = strcspn(at, "\n");

		found = is_reason(at);
		if (n) {
			*line = at;
			*len = n;
		}
		at += n;
	}
	if (!strncmp(*line, "fatal: ", 7) || !strncmp(*line, "error: ", 7)) {
		*line += 7;
		*len -= 7;
	}
}

static int fail_talk(const char *what, const struct gate_exchange *exchange,
                     const struct gate_buf *talk, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf said = { 0 }, remote = { 0 };
	const char *line;
	size_t len;

	reason(&line, &len, talk);
	gate_git_redact(&said, line, len);
	gate_git_redact(&remote, exchange->remote, strlen(exchange->remote));
	if (gate_buf_failed(&said) || gate_buf_failed(&remote))
		return gate_fail_memory(err);
	return gate_fail(err, GATE_EGIT, "cannot %s '%s': %.200s", what, gate_buf_text(&remote),
	                 gate_buf_text(&said));
}

static int check_remote(const struct gate_exchange *exchange, struct gate_error *err)
{
	if (exchange->remote[0] == '-' || !exchange->remote[0])
		return gate_fail(err, GATE_EUSAGE, "'%s' is no remote", exchange->remote);
	return GATE_OK;
}

int gate_git_fetch(const struct gate_exchange *exchange, const char *const refspecs[], bool prune,
                   struct gate_error *err)
{
	/*
	 * --no-filter: a partial clone would leave out what it has just asked for. What a user's configuration could add (tags, pruning of
	 * other refs, a commit-graph, bundles, the remote's HEAD) is off.
	 */
	static const char *const options[] = {
		"-c",
		"gc.auto=0",
		"-c",
		"maintenance.auto=false",
		"-c",
		"fetch.writeCommitGraph=false",
		"-c",
		"fetch.pruneTags=false",
		"-c",
		"fetch.bundleURI=",
		"-c",
		"core.logAllRefUpdates=false",
		"-c",
		"core.hooksPath=/dev/null",
		"fetch",
		"--quiet",
		"--no-tags",
		"--no-write-fetch-head",
		"--no-auto-maintenance",
		"--no-recurse-submodules",
		"--no-filter",
		"--refmap=",
		NULL,
	};
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	GATE_AUTO(command_release) struct command command = { 0 };
	int code = check_remote(exchange, err);

	if (code < 0)
		return code;
	add(&command, "git");
	/* From git 2.48 on, fetching makes refs/remotes/<name>/HEAD by itself. */
	add_setting(&command, exchange, ".followRemoteHEAD=never");
	add_all(&command, options);
	add(&command, prune ? "--prune" : "--no-prune");
	add(&command, "--");
	add(&command, exchange->remote);
	add_all(&command, refspecs);
	code = run_git(&result, exchange, &command, err);
	if (code < 0)
		return code;
	return result.status ? fail_talk("fetch from", exchange, &result.err, err) : GATE_OK;
}

static int read_push(enum gate_push_result *out, const struct gate_exchange *exchange,
                     const struct gate_process_result *result, bool atomic, struct gate_buf *why,
                     struct gate_error *err)
{
	const char *talk = gate_buf_text(&result->err);

	*out = gate_push_report_read(why, gate_buf_text(&result->out), result->out.len);
	if (result->status && atomic && strstr(talk, "does not support --atomic"))
		*out = GATE_PUSH_NO_ATOMIC;
	else if (result->status && *out == GATE_PUSH_DONE &&
	         strstr(talk, "remote ref does not exist"))
		*out = GATE_PUSH_BEHIND; /* somebody else took it away first */
	else if (*out == GATE_PUSH_BROKEN || (result->status && *out == GATE_PUSH_DONE))
		return fail_talk("push to", exchange, &result->err, err);
	return why && gate_buf_failed(why) ? gate_fail_memory(err) : GATE_OK;
}

int gate_git_push(enum gate_push_result *out, const struct gate_exchange *exchange,
                  const char *const refspecs[], const char *const leases[], bool atomic,
                  struct gate_buf *why, struct gate_error *err)
{
	static const char *const options[] = {
		"-c",
		"push.pushOption=",
		"-c",
		"core.hooksPath=/dev/null",
		"push",
		"--quiet",
		"--porcelain",
		"--no-verify",
		"--no-follow-tags",
		"--no-signed",
		"--recurse-submodules=no",
		NULL,
	};
	GATE_AUTO(gate_process_result_release) struct gate_process_result result = { 0 };
	GATE_AUTO(command_release) struct command command = { 0 };
	int code = check_remote(exchange, err);

	*out = GATE_PUSH_DONE;
	if (code < 0 || !refspecs || !refspecs[0])
		return code;
	add(&command, "git");
	add_setting(&command, exchange, ".mirror=false");
	add_all(&command, options);
	if (atomic)
		add(&command, "--atomic");
	for (; leases && *leases; leases++)
		add_made(&command, "--force-with-lease=", *leases, "");
	add(&command, "--");
	add(&command, exchange->remote);
	add_all(&command, refspecs);
	code = run_git(&result, exchange, &command, err);
	return code < 0 ? code : read_push(out, exchange, &result, atomic, why, err);
}
