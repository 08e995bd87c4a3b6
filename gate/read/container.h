/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a Dockerfile says of what it builds, and a Kubernetes manifest of what it runs. Nothing is an error.
 */
#ifndef GATE_READ_CONTAINER_H
#define GATE_READ_CONTAINER_H

#include "gate/read/outline.h"

/**
 * The name of the image that the last stage of a Dockerfile starts from, through stages that are named in the file, without
 * registry, tag and digest: "mysql" for "docker.io/library/mysql:8". Empty when there is none. Borrowed from the file.
 */
struct gate_span gate_dockerfile_base(const char *bytes, size_t len);

/** Non-zero stops the reading and is returned. */
typedef int gate_workload_fn(struct gate_span name, unsigned line, void *payload);

/**
 * Calls `fn` with the name of each Deployment, StatefulSet and Rollout. Names that a template makes are left out.
 */
int gate_workloads_read(const char *bytes, size_t len, gate_workload_fn *fn, void *payload);

#endif
