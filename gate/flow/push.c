/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/push.h"

#include "gate/base/escape.h"
#include "gate/base/file.h"
#include "gate/base/limits.h"
#include "gate/flow/decided.h"
#include "gate/flow/detach.h"
#include "gate/flow/judge.h"
#include "gate/flow/range.h"
#include "gate/flow/send.h"
#include "gate/flow/talk.h"
#include "gate/git/refs.h"

#include <unistd.h>

/* Refs that are ours: what travels there was judged when it was written. */
#define OWN_REFS "refs/doragate/"

/* Cuts off the last field of a line; NULL: there is only one left. */
static char *last_field(char *line, size_t *len)
{
	char *space = memrchr(line, ' ', *len);

	if (!space)
		return NULL;
	*space = '\0';
	*len = (size_t)(space - line);
	return space + 1;
}

int gate_push_parse(struct gate_push *push, char *line, size_t len, struct gate_error *err)
{
	struct gate_push parsed = { 0 };
	char *remote_id, *remote_ref, *local_id;
	GATE_AUTO(gate_buf_release) struct gate_buf shown = { 0 };
	size_t left = len;

	gate_escape_cut(&shown, line, len, 80);
	if (memchr(line, '\0', len))
		return gate_fail(err, GATE_EUSAGE, "a line of pre-push holds a NUL");
	line[len] = '\0';
	remote_id = last_field(line, &left);
	remote_ref = remote_id ? last_field(line, &left) : NULL;
	local_id = remote_ref ? last_field(line, &left) : NULL;
	if (!local_id || !left || !remote_ref[0] ||
	    gate_oid_parse(&parsed.local_id, local_id, strlen(local_id), NULL) < 0 ||
	    gate_oid_parse(&parsed.remote_id, remote_id, strlen(remote_id), NULL) < 0)
		return gate_fail(err, GATE_EUSAGE, "this is no line of pre-push: '%s'",
		                 gate_buf_text(&shown));
	parsed.local_ref = line;
	parsed.remote_ref = remote_ref;
	*push = parsed;
	return GATE_OK;
}

struct hook {
	const struct gate_repo *repo;
	const char *remote; /* NULL: pushed by URL */
	enum gate_exit exit;
	bool sends; /* a policy that was pushed says log: { sync: push } */
	bool logs;  /* there is a log that ranges are recorded in */
	struct gate_pushed pushed;
};

/* What one ref line comes to, with the report written. */
static int judge_push(enum gate_exit *exit, struct gate_judgement *judgement,
                      const struct hook *hook, const struct gate_push *push, struct gate_error *err)
{
	const struct gate_report_style style = { .color = gate_talk_color(2), .brief = true };
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	struct gate_change *change = NULL;
	struct gate_judged view;
	struct gate_report report = { .items = &view, .n = 1 };
	int code = gate_change_from_push(&change, hook->repo, push, err);

	if (code == GATE_OK)
		code = gate_judge(judgement, change, NULL, err);
	if (code < 0)
		return code;
	view = gate_judgement_view(judgement);
	report.exit = gate_exit_of_verdict(&judgement->verdict);
	code = gate_report_text(&text, &report, &style, err);
	if (code == GATE_OK)
		code = gate_fd_write(2, "standard error", gate_buf_text(&text), text.len, err);
	gate_decided(&view, NULL, true);
	/* What is blocked stays blocked, though nobody could be told: 'on-error' must not let it through. */
	if (code == GATE_OK || report.exit == GATE_EXIT_BLOCKED)
		*exit = report.exit;
	return *exit == GATE_EXIT_BLOCKED ? GATE_OK : code;
}

/* One ref line. A failure of one does not keep the others from being judged. */
static enum gate_exit judge_line(struct hook *hook, char *line, size_t len)
{
	GATE_AUTO(gate_judgement_release) struct gate_judgement judgement = { 0 };
	enum gate_exit exit = GATE_EXIT_PASSED;
	struct gate_error err = { 0 };
	struct gate_push push = { 0 };
	int code = gate_push_parse(&push, line, len, &err);

	if (code == GATE_OK && !strncmp(push.remote_ref, OWN_REFS, strlen(OWN_REFS)))
		return GATE_EXIT_PASSED;
	push.remote_name = hook->remote;
	if (code == GATE_OK)
		code = judge_push(&exit, &judgement, hook, &push, &err);
	if (code < 0) {
		gate_talk_error(&err);
		exit = gate_exit_of_error(&err);
	}
	if (code == GATE_OK)
		gate_pushed_add(&hook->pushed, hook->repo, hook->remote, push.remote_ref,
		                &push.local_id);
	if (judgement.config && judgement.config->log.sync == GATE_LOG_SYNC_PUSH)
		hook->sends = true;
	hook->logs |= gate_pushed_is_worth(&hook->pushed, hook->repo, judgement.config);
	if (judgement.config && judgement.config->on_error_allow &&
	    (exit == GATE_EXIT_INCONCLUSIVE || exit == GATE_EXIT_FAILED)) {
		gate_talk("warning: %s is let through by 'on-error: allow'", push.remote_ref);
		return GATE_EXIT_PASSED;
	}
	return exit;
}

static void judge_lines(struct hook *hook, struct gate_buf *input)
{
	char *at = input->ptr, *end = input->ptr + input->len;

	while (at < end) {
		char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline ? newline : end) - at);

		if (len)
			hook->exit = gate_exit_worse(hook->exit, judge_line(hook, at, len));
		at += len + 1;
	}
}

/* What the push need not wait for. Ranges first, so that they leave with what is sent. */
static void leave_behind(const struct hook *hook)
{
	if (!hook->logs) {
		if (hook->sends)
			gate_send_later(hook->repo);
		return;
	}
	if (!gate_detach())
		return;
	gate_pushed_record(&hook->pushed, hook->repo);
	if (hook->sends)
		gate_send_later(hook->repo);
	_exit(0);
}

static enum gate_exit run_hook(int argc, char *argv[], struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf input = { 0 };
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	struct hook hook = { .exit = GATE_EXIT_PASSED };

	if (gate_fd_read(&input, 0, "standard input", GATE_MAX_HOOK_INPUT, err) < 0)
		return GATE_EXIT_FAILED;
	/* Everything is up to date. */
	if (!input.len)
		return GATE_EXIT_PASSED;
	if (gate_repo_open(&repo, NULL, err) < 0)
		return gate_exit_of_error(err);
	hook.repo = repo;
	/* Pushed by URL, Git gives the URL as the name. */
	if (argc > 1 && gate_remote_exists(repo, argv[1]))
		hook.remote = argv[1];
	judge_lines(&hook, &input);
	if (hook.exit == GATE_EXIT_PASSED)
		leave_behind(&hook);
	return hook.exit;
}

int gate_push_hook(int argc, char *argv[])
{
	struct gate_error err = { 0 };
	const char *skip = getenv("DORAGATE");
	enum gate_exit code;

	gate_fd_guard();
	if (skip && !strcmp(skip, "0"))
		return GATE_EXIT_PASSED;
	code = run_hook(argc, argv, &err);
	if (err.code)
		gate_talk_error(&err);
	return (int)code;
}
