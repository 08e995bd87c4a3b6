/* SPDX-License-Identifier: Apache-2.0 */
/*
 * services DIR [REV [-v]]: prints the services of a repository, each with its folder and how much evidence of which kind there is; -v: all of it.
 * To be run by hand on real repositories.
 */
#include "gate/read/services.h"
#include "gate/git/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int open_snapshot(struct gate_snapshot *files, const struct gate_repo *repo, const char *rev,
                         struct gate_error *err)
{
	GATE_AUTO(gate_history_free) struct gate_history *history = NULL;
	const struct gate_commit *commit;
	struct gate_oid id;
	int code = gate_rev_commit(&id, repo, rev, err);

	*files = (struct gate_snapshot){ .repo = repo };
	if (code == GATE_OK)
		code = gate_history_new(&history, repo, err);
	if (code == GATE_OK)
		code = gate_history_commit(&commit, history, &id, err);
	if (code == GATE_OK)
		code = gate_repo_trees(&files->trees, repo, err);
	if (code == GATE_OK)
		files->tree = commit->tree;
	return code;
}

static void print(const struct gate_found_services *services, bool all)
{
	for (size_t i = 0; i < services->n; i++) {
		const struct gate_found_service *service = &services->items[i];

		printf("%-24s %s\n", service->name, service->folder);
		for (size_t j = 0; j < service->n_evidence && (all || j == 0); j++)
			printf("    %-10s %s:%u\n",
			       gate_service_evidence_name(service->evidence[j].kind),
			       service->evidence[j].path, service->evidence[j].line);
	}
	printf("%zu services, %zu files read, %zu skipped\n", services->n, services->read,
	       services->skipped);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int main(int argc, char *argv[])
{
	GATE_AUTO(gate_found_services_free) struct gate_found_services *services = NULL;
	GATE_AUTO(gate_repo_free) struct gate_repo *repo = NULL;
	struct gate_snapshot files;
	struct gate_error err;
	double start;
	int code;

	if (argc < 2) {
		fputs("usage: services DIR [REV [-v]]\n", stderr);
		return 2;
	}
	code = gate_repo_open(&repo, argv[1], &err);
	if (code == GATE_OK)
		code = open_snapshot(&files, repo, argc > 2 ? argv[2] : "HEAD", &err);
	start = now();
	if (code == GATE_OK)
		code = gate_services_find(&services, &files, &err);
	if (code < 0) {
		fprintf(stderr, "services: %s\n", err.message);
		return 1;
	}
	print(services, argc > 3);
	printf("%.1f ms\n", now() - start);
	return 0;
}
