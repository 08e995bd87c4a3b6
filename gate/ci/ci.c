/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One row for each system. GitHub: "Variables reference" of GitHub Actions; GitLab: "Predefined CI/CD variables reference". GitHub says the number only in
 * GITHUB_REF, "refs/pull/12/merge".
 */
#include "gate/ci/ci.h"

#include <stdlib.h>

static const struct {
	const char *run, *attempt, *job;
	const char *request;        /* holds the number */
	const char *before, *after; /* what stands around it there; NULL: nothing */
} systems[] = {
	{ "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB", "GITHUB_REF", "refs/pull/",
	  "/merge" },
	{ "CI_PIPELINE_ID", "CI_JOB_ID", "CI_JOB_NAME", "CI_MERGE_REQUEST_IID", NULL, NULL },
};

/* NULL: it is not set, or empty. */
static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

bool gate_ci_active(void)
{
	const char *ci = variable("CI");

	return ci && strcmp(ci, "false") != 0 && strcmp(ci, "0") != 0;
}

bool gate_ci_job(struct gate_buf *out)
{
	for (size_t i = 0; i < GATE_COUNT(systems); i++) {
		const char *run = variable(systems[i].run);
		const char *attempt = variable(systems[i].attempt);
		const char *job = variable(systems[i].job);

		if (!run || !attempt || !job)
			continue;
		gate_buf_printf(out, "%s/%s/%s", run, attempt, job);
		return true;
	}
	return false;
}

uint32_t gate_ci_request(void)
{
	for (size_t i = 0; i < GATE_COUNT(systems); i++) {
		const char *at = variable(systems[i].request);
		const char *before = systems[i].before ? systems[i].before : "";
		const char *after = systems[i].after ? systems[i].after : "";
		size_t len;

		if (!at || strncmp(at, before, strlen(before)) != 0)
			continue;
		at += strlen(before);
		len = strspn(at, "0123456789");
		if (len && len <= 9 && !strcmp(at + len, after))
			return (uint32_t)strtoul(at, NULL, 10);
	}
	return 0;
}
