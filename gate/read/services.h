/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The services of any repository, found in the files of one state of it, without configuration.
 *
 * A service is a folder with a program that is shipped on its own. What says so, from strong to weak: a Compose file builds
 * it; it has a Dockerfile; a Kubernetes manifest or a Helm chart has its name; it stands with a manifest of a package
 * manager in a folder such as services/ or apps/. Only where these find no two, members of workspaces and folders of src/
 * that are programs and not libraries count as well. The root is no service, so that a repository of one program has none;
 * tests, documentation, examples, vendored and generated code, databases, brokers and what generates load are none.
 */
#ifndef GATE_READ_SERVICES_H
#define GATE_READ_SERVICES_H

#include "gate/git/snapshot.h"

/** What says that a service is there, the strongest first. */
enum gate_service_evidence_kind {
	GATE_SERVICE_COMPOSE,    /* a Compose file has it */
	GATE_SERVICE_DOCKERFILE, /* it has a Dockerfile */
	GATE_SERVICE_WORKLOAD,   /* a Deployment, StatefulSet or Rollout */
	GATE_SERVICE_CHART,      /* a Helm chart */
	GATE_SERVICE_WORKSPACE,  /* the member of a workspace */
	GATE_SERVICE_MANIFEST,   /* package.json, go.mod, pom.xml, ... */
};

struct gate_service_evidence {
	enum gate_service_evidence_kind kind;
	const char *path; /* of the file that says so, from the root */
	unsigned line;    /* from 1 */
};

struct gate_found_service {
	const char *name; /* [A-Za-z0-9][A-Za-z0-9._-]*, unique even where case does not count */
	const char
		*folder; /* from the root, with a '/' at its end; unique, may be within another's */
	const struct gate_service_evidence
		*evidence; /* by kind, then in the order found; at least one */
	size_t n_evidence;
};

struct gate_found_services {
	const struct gate_found_service *items; /* by name */
	size_t n;
	size_t read; /* files that were read */
	size_t skipped; /* files that were not: too large, no text, not in this clone, or over a limit */
	struct gate_arena arena;
};

/** "compose", "dockerfile", ... */
const char *gate_service_evidence_name(enum gate_service_evidence_kind kind);

/**
 * Reads only files that may say something, by their names, and never the work tree. What cannot be read or understood is
 * skipped; over the limits of gate/base/limits.h, files are counted as skipped. GATE_EGIT: a tree is damaged;
 * GATE_ENOTFOUND: one is not in this clone; GATE_ELIMIT: more services than a limit; GATE_ENOMEM.
 */
int gate_services_find(struct gate_found_services **out, const struct gate_snapshot *files,
                       struct gate_error *err);
void gate_found_services_free(struct gate_found_services *services);
GATE_DEFINE_AUTO(struct gate_found_services *, gate_found_services_free)

#endif
