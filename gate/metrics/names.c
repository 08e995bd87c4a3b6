/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/metrics/names.h"

#include "gate/base/bisect.h"

#define SHORTEST_ID 7

void gate_names_release(struct gate_names *names)
{
	free(names->exact);
	free(names->commits);
	*names = (struct gate_names){ 0 };
}

static int by_text(const void *a, const void *b)
{
	const struct gate_name *left = a, *right = b;
	int order = strcmp(left->text, right->text);

	return order ? order : (left->at > right->at) - (left->at < right->at);
}

static int by_id(const void *a, const void *b)
{
	const struct gate_commit_name *left = a, *right = b;
	int order = memcmp(&left->id, &right->id, sizeof(left->id));

	return order ? order : (left->at > right->at) - (left->at < right->at);
}

int gate_names_read(struct gate_names *out, const struct gate_stream *stream,
                    struct gate_error *err)
{
	GATE_AUTO(gate_names_release) struct gate_names names = { 0 };

	names.exact = calloc(2 * stream->n + 1, sizeof(*names.exact));
	names.commits = calloc(stream->n + 1, sizeof(*names.commits));
	if (!names.exact || !names.commits)
		return gate_fail_memory(err);
	for (size_t i = 0; i < stream->n; i++) {
		const struct gate_deployment *deployment = stream->deployments[i];

		if (deployment->state != GATE_DEPLOYMENT_SUCCEEDED)
			continue;
		names.exact[names.n_exact++] = (struct gate_name){ deployment->id, i };
		if (deployment->artifact)
			names.exact[names.n_exact++] =
				(struct gate_name){ deployment->artifact, i };
		if (deployment->has_commit)
			names.commits[names.n_commits++] =
				(struct gate_commit_name){ deployment->commit, i };
	}
	qsort(names.exact, names.n_exact, sizeof(*names.exact), by_text);
	qsort(names.commits, names.n_commits, sizeof(*names.commits), by_id);
	*out = names;
	names = (struct gate_names){ 0 };
	return GATE_OK;
}

/* The digits of an id at the front of `text`, the rest zero: no id that begins with them is smaller. False: it is no beginning of an id. */
static bool least_id(struct gate_oid *out, const char *text, size_t len)
{
	char hex[GATE_OID_HEX];

	if (len < SHORTEST_ID || len >= GATE_OID_HEX)
		return false;
	memset(hex, '0', sizeof(hex) - 1);
	hex[sizeof(hex) - 1] = '\0';
	memcpy(hex, text, len);
	return gate_oid_parse(out, hex, sizeof(hex) - 1, NULL) == GATE_OK;
}

static bool begins_with(const struct gate_oid *id, const char *text, size_t len)
{
	char hex[GATE_OID_HEX];

	return len >= SHORTEST_ID && len < GATE_OID_HEX &&
	       !strncasecmp(gate_oid_hex(hex, id), text, len);
}

static size_t first_exact(const struct gate_names *names, const char *cause)
{
	size_t low;

	GATE_BISECT(low, names->n_exact, strcmp(names->exact[low].text, cause) < 0);
	return low;
}

static size_t first_commit(const struct gate_names *names, const struct gate_oid *least)
{
	size_t low;

	GATE_BISECT(low, names->n_commits,
	            memcmp(&names->commits[low].id, least, sizeof(*least)) < 0);
	return low;
}

int gate_names_find(const struct gate_names *names, const char *cause, gate_name_fn *fn,
                    void *payload)
{
	const size_t len = strlen(cause);
	struct gate_oid least;
	int code = 0;

	for (size_t i = first_exact(names, cause);
	     !code && i < names->n_exact && !strcmp(names->exact[i].text, cause); i++)
		code = fn(names->exact[i].at, payload);
	if (code || !least_id(&least, cause, len))
		return code;
	for (size_t i = first_commit(names, &least);
	     !code && i < names->n_commits && begins_with(&names->commits[i].id, cause, len); i++)
		code = fn(names->commits[i].at, payload);
	return code;
}

bool gate_is_named(const struct gate_deployment *deployment, const char *cause)
{
	return !strcmp(cause, deployment->id) ||
	       (deployment->artifact && !strcmp(cause, deployment->artifact)) ||
	       (deployment->has_commit && begins_with(&deployment->commit, cause, strlen(cause)));
}
