/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/flow/range.h"

#include "gate/ci/ci.h"
#include "gate/flow/event_json.h"
#include "gate/flow/talk.h"
#include "gate/git/refs.h"
#include "gate/log/spool.h"
#include "gate/metrics/range.h"

#include <sys/stat.h>

#define KIND GATE_EVENT_CHANGE_UPDATED
#define BRANCHES "refs/heads/"

/* What is said of a range, in the form of the event. */
struct written {
	char base[GATE_OID_HEX], tip[GATE_OID_HEX], id[GATE_DIGEST_HEX];
	char request[16]; /* "": not known */
	struct gate_buf source, repository;
};

static void written_release(struct written *written)
{
	gate_buf_release(&written->source);
	gate_buf_release(&written->repository);
}
GATE_DEFINE_AUTO_STRUCT(struct written, written_release)

static int fill(struct written *out, struct gate_log *log, const struct gate_branch_range *range,
                uint32_t request, struct gate_error *err)
{
	const struct gate_event_type *type = &gate_event_types[KIND];
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };
	int code = gate_log_source(&out->source, log, "ranges", err);

	if (code == GATE_OK)
		code = gate_log_source(&out->repository, log, NULL, err);
	if (code < 0)
		return code;
	if (request)
		snprintf(out->request, sizeof(out->request), "%u", request);
	gate_oid_hex(out->base, &range->base);
	gate_oid_hex(out->tip, &range->tip);
	gate_buf_printf(&text, "%s.%s%c%s%c%s%c%s", type->type, type->version, 0, out->base, 0,
	                out->tip, 0, out->request);
	if (gate_buf_failed(&text))
		return gate_fail_memory(err);
	gate_digest_hex(out->id, text.ptr, text.len);
	return GATE_OK;
}

static void write_event(struct gate_buf *json, const struct written *written,
                        const struct gate_branch_range *range)
{
	const struct gate_time time = { .seconds = range->time };
	struct gate_json_writer w = { .buf = json };

	gate_event_json_begin(&w, KIND, written->id, &written->source, time);
	gate_json_begin_map(&w, "subject");
	gate_json_text(&w, "id", written->request[0] ? written->request : written->tip);
	gate_json_begin_map(&w, "content");
	gate_json_begin_map(&w, "repository");
	gate_json_buf(&w, "id", &written->repository);
	gate_json_end_map(&w);
	gate_json_end_map(&w);
	gate_json_end_map(&w);
	gate_json_begin_map(&w, "customData");
	gate_json_begin_map(&w, "dora");
	gate_json_buf(&w, "repository", &written->repository);
	gate_json_text(&w, "commit", written->tip);
	gate_json_begin_map(&w, "range");
	gate_json_text(&w, "base", written->base);
	gate_json_text(&w, "tip", written->tip);
	gate_event_json_time(&w, "firstAuthor",
	                     (struct gate_time){ .seconds = range->first_author }, false);
	gate_json_number(&w, "commits", (int64_t)range->n_commits);
	gate_json_text(&w, "fingerprint", range->fingerprint);
	if (written->request[0])
		gate_json_text(&w, "request", written->request);
	gate_json_end_map(&w);
	gate_json_end_map(&w);
	gate_json_end_map(&w);
	gate_json_text(&w, "customDataContentType", "application/json");
	gate_json_end_map(&w);
}

int gate_range_record(struct gate_log *log, const struct gate_oid *trunk,
                      const struct gate_oid *tip, uint32_t request, struct gate_error *err)
{
	GATE_AUTO(written_release) struct written written = { 0 };
	GATE_AUTO(gate_buf_release) struct gate_buf json = { 0 };
	struct gate_branch_range range;
	struct gate_history *history;
	bool before = false;
	int code = gate_repo_history(&history, log->repo, err);

	if (code == GATE_OK)
		code = gate_branch_read(&range, history, trunk, tip, err);
	if (code == GATE_OK)
		code = range.n_commits ? gate_branch_print(&range, log->repo, err)
		                       : gate_fail(err, GATE_ENOTFOUND, "the trunk has all of it");
	if (code == GATE_OK)
		code = fill(&written, log, &range, request, err);
	if (code == GATE_OK)
		code = gate_spool_holds(&before, log->state_dir, written.id, err);
	if (code < 0 || before)
		return code;
	write_event(&json, &written, &range);
	return gate_buf_failed(&json) ? gate_fail_memory(err) : gate_log_record(log, &json, err);
}

/* What a forge checks is often a merge that nobody made, of the target and the head of the request: the head is what may be squashed. */
static int find_tip(struct gate_oid *out, const struct gate_change *change, struct gate_error *err)
{
	const struct gate_commit *head;
	int code = gate_history_commit(&head, change->history, &change->head, err);

	if (code < 0)
		return code;
	*out = head->n_parents == 2 && gate_oid_equal(&head->parents[0], &change->base)
	               ? head->parents[1]
	               : head->id;
	return GATE_OK;
}

void gate_range_of_request(const struct gate_change *change, const struct gate_time *now)
{
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	const uint32_t request = gate_ci_active() ? gate_ci_request() : 0;
	struct gate_error err = { 0 };
	struct gate_oid tip;
	int code;

	if (!request || !change->has_head || !change->has_base)
		return;
	code = find_tip(&tip, change, &err);
	if (code == GATE_OK)
		code = gate_log_open(&log, change->repo, now, &err);
	if (code == GATE_OK)
		code = gate_range_record(&log, &change->base, &tip, request, &err);
	if (code < 0 && code != GATE_ENOTFOUND)
		gate_talk("warning: the range of request %u was not recorded: %s", request,
		          err.message);
}

/* The default branch of a remote, as this clone knows it. */
static int find_trunk(struct gate_oid *out, char **ref, const struct gate_repo *repo,
                      const char *remote)
{
	static const char *const names[] = { "HEAD", "main", "master", "trunk", "develop" };
	int code = GATE_ENOTFOUND;

	for (size_t i = 0; code == GATE_ENOTFOUND && i < GATE_COUNT(names); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf name = { 0 };

		gate_buf_printf(&name, "refs/remotes/%s/%s", remote, names[i]);
		if (gate_buf_failed(&name))
			return GATE_ENOMEM;
		code = gate_ref_lookup(out, repo, name.ptr, NULL);
		if (code == GATE_OK && ref)
			code = i ? GATE_OK : gate_ref_symbolic(ref, repo, name.ptr, NULL);
		if (code == GATE_OK && ref && !*ref)
			*ref = gate_buf_take(&name);
	}
	return code;
}

/* True for the branch of a remote that changes are merged to: it is no branch of a request. */
static bool is_trunk(const struct gate_repo *repo, const char *remote, const char *branch)
{
	GATE_AUTO(gate_buf_release) struct gate_buf name = { 0 };
	GATE_AUTO(gate_free) char *trunk = NULL;
	struct gate_oid id;

	if (!remote || find_trunk(&id, &trunk, repo, remote) < 0 || !trunk)
		return false;
	gate_buf_printf(&name, "refs/remotes/%s/%s", remote, branch);
	return !gate_buf_failed(&name) && !strcmp(trunk, name.ptr);
}

void gate_pushed_add(struct gate_pushed *pushed, const struct gate_repo *repo, const char *remote,
                     const char *remote_ref, const struct gate_oid *tip)
{
	if (pushed->n == GATE_COUNT(pushed->tips) || gate_oid_is_zero(tip) ||
	    strncmp(remote_ref, BRANCHES, strlen(BRANCHES)) != 0 ||
	    is_trunk(repo, remote, remote_ref + strlen(BRANCHES)))
		return;
	pushed->tips[pushed->n++] = *tip;
}

static bool is_spooled(const struct gate_repo *repo)
{
	GATE_AUTO(gate_buf_release) struct gate_buf path = { 0 };
	struct stat st;

	gate_buf_printf(&path, "%s/doragate/spool", gate_repo_common_dir(repo));
	return !gate_buf_failed(&path) && stat(path.ptr, &st) == 0;
}

bool gate_pushed_is_worth(const struct gate_pushed *pushed, const struct gate_repo *repo,
                          const struct gate_config *config)
{
	struct gate_oid id;

	if (!pushed->n)
		return false;
	return (config && (config->log.sync == GATE_LOG_SYNC_PUSH || config->log.store)) ||
	       is_spooled(repo) || gate_ref_lookup(&id, repo, "refs/doragate/log", NULL) == GATE_OK;
}

void gate_pushed_record(const struct gate_pushed *pushed, const struct gate_repo *repo)
{
	GATE_AUTO(gate_log_release) struct gate_log log = { 0 };
	struct gate_oid trunk;

	if (gate_log_open(&log, repo, NULL, NULL) < 0 || !log.remote ||
	    find_trunk(&trunk, NULL, repo, log.remote) < 0)
		return;
	log.in_hook = true;
	for (size_t i = 0; i < pushed->n; i++)
		gate_range_record(&log, &trunk, &pushed->tips[i], 0, NULL);
}
