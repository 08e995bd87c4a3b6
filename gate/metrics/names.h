/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What deployments of a stream are called by, for looking them up. For this folder only.
 */
#ifndef GATE_METRICS_NAMES_H
#define GATE_METRICS_NAMES_H

#include "gate/metrics/metrics.h"

/** Zero-initialise. Places are those in stream->deployments. */
struct gate_names {
	struct gate_name {
		const char *text; /* borrowed from the deployment */
		size_t at;
	} * exact; /* own: ids and artifacts, by bytes, then place */
	struct gate_commit_name {
		struct gate_oid id;
		size_t at;
	} * commits; /* own: by id, then place */
	size_t n_exact, n_commits;
};

/** Of the deployments that succeeded; they must stay where they are. GATE_ENOMEM. */
int gate_names_read(struct gate_names *out, const struct gate_stream *stream,
                    struct gate_error *err);
void gate_names_release(struct gate_names *names);
GATE_DEFINE_AUTO_STRUCT(struct gate_names, gate_names_release)

/** Non-zero stops and is returned. */
typedef int gate_name_fn(size_t at, void *payload);
/** Calls `fn` with each deployment that a cause names: by its id, its artifact, or 7 digits or more of its commit. Repeats allowed, in no order. */
int gate_names_find(const struct gate_names *names, const char *cause, gate_name_fn *fn,
                    void *payload);

/** The same for one deployment. */
bool gate_is_named(const struct gate_deployment *deployment, const char *cause);

#endif
