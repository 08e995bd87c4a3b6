/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Without a log the tags of releases are the best that a repository knows of its deployments. What comes of them is marked as inferred
 * wherever it is printed.
 */
#include "gate/git/refs.h"
#include "gate/git/tag.h"
#include "gate/metrics/records.h"

#define TAGS "refs/tags/"
#define ENVIRONMENT "production"

/* "1.2", "1.2.3.4": two to four numbers, and nothing behind them but build metadata ("+abc"). */
static bool is_version(const char *text)
{
	size_t n = 0;

	for (;;) {
		size_t digits = strspn(text, "0123456789");

		if (!digits || digits > 9)
			return false;
		n++;
		text += digits;
		if (*text != '.')
			break;
		text++;
	}
	return n >= 2 && n <= 4 && (!*text || *text == '+');
}

static const char *skip(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) ? text : text + len;
}

/* The version of a tag behind "v" or "release-"; NULL: it has none. */
static const char *version_of(const char *name)
{
	const char *text = skip(skip(name, "release-"), "release/");

	text = text[0] == 'v' || text[0] == 'V' ? text + 1 : text;
	return is_version(text) ? text : NULL;
}

/* The service whose name stands in front: "cart-v1.2", "cart/1.2", "cart@1.2". */
static const char *service_of(const char *name, const struct gate_metrics_input *input)
{
	for (size_t i = 0; i < input->n_services; i++) {
		const char *service = input->services[i].name;
		size_t len = strlen(service);

		if (!strncmp(name, service, len) && name[len] && strchr("-/@_", name[len]) &&
		    version_of(name + len + 1))
			return service;
	}
	return NULL;
}

const char *gate_repository_service(const char *repository)
{
	const char *slash = strrchr(repository, '/');

	return slash && slash[1] ? slash + 1 : "repository";
}

struct adding {
	struct gate_metrics *metrics;
	const struct gate_metrics_input *input;
	struct gate_buf *refs; /* a line for each that is a version */
	struct gate_error *err;
};

static int add(const struct adding *adding, const char *service, const char *tag,
               const struct gate_oid *commit, int64_t time)
{
	struct gate_stream *stream;
	struct gate_deployment *deployment;
	int code = gate_metrics_stream(&stream, adding->metrics, adding->input, service,
	                               ENVIRONMENT, adding->err);

	if (code == GATE_OK)
		code = gate_stream_add(&deployment, adding->metrics, stream, adding->err);
	if (code < 0)
		return code;
	deployment->id = gate_arena_copy(&adding->metrics->arena, tag, strlen(tag));
	if (!deployment->id)
		return gate_fail_memory(adding->err);
	deployment->commit = *commit;
	deployment->has_commit = deployment->here = deployment->inferred = true;
	deployment->state = GATE_DEPLOYMENT_SUCCEEDED;
	deployment->started = time;
	deployment->finish.seconds = time;
	return GATE_OK;
}

static int add_tag(const char *name, const struct gate_oid *id, void *payload)
{
	const struct adding *adding = payload;
	const struct gate_metrics_input *input = adding->input;
	const char *tag = name + strlen(TAGS), *service = service_of(tag, input);
	const bool whole = !service && version_of(tag);
	struct gate_oid commit;
	struct gate_error why = { 0 };
	char hex[GATE_OID_HEX];
	int64_t time;
	int code = service || whole ? gate_tag_read(&commit, &time, input->repo, id, &why)
	                            : GATE_ENOTFOUND;

	/* A tag on a blob, or on a commit that is not here, deployed nothing that we know. */
	if (code == GATE_ENOMEM)
		return gate_fail_memory(adding->err);
	if (code < 0) {
		adding->metrics->n_tags_left_out++;
		return GATE_OK;
	}
	gate_buf_printf(adding->refs, "%s %s\n", gate_oid_hex(hex, id), tag);
	adding->metrics->tags.n++;
	if (time > input->now + GATE_METRICS_SKEW)
		return GATE_OK;
	if (service)
		return add(adding, service, tag, &commit, time);
	/* One version for everything: each service went out with it. */
	for (size_t i = 0; code == GATE_OK && i < input->n_services; i++)
		code = add(adding, input->services[i].name, tag, &commit, time);
	return code == GATE_OK && !input->n_services
	               ? add(adding, gate_repository_service(input->repository), tag, &commit, time)
	               : code;
}

int gate_metrics_add_tags(struct gate_metrics *metrics, const struct gate_metrics_input *input,
                          struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf refs = { 0 };
	struct adding adding = { metrics, input, &refs, err };
	int code;

	metrics->inferred = true;
	code = gate_ref_each(input->repo, TAGS, add_tag, &adding, err);
	if (code == GATE_OK && gate_buf_failed(&refs))
		return gate_fail_memory(err);
	gate_digest_hex(metrics->tags.digest, gate_buf_text(&refs), refs.len);
	return code;
}
