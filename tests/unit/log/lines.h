/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Lines of the log for tests.
 */
#ifndef GATE_TESTS_UNIT_LOG_LINES_H
#define GATE_TESTS_UNIT_LOG_LINES_H

#include "gate/log/store.h"
#include "tests/support/test.h"

/** A line of an event with this id, at second `at` of 2026-01-01, recorded at second `recorded`; `more` (may be "") goes into customData.dora. To be freed. */
static inline char *test_line(const char *id, unsigned at, unsigned recorded, const char *more)
{
	struct gate_buf buf = { 0 };

	gate_buf_printf(
		&buf,
		"{\"recorded\":\"2026-02-01T00:%02u:%02u.000Z\",\"event\":{\"context\":{"
		"\"specversion\":\"0.5.1\",\"id\":\"%s\",\"source\":\"test\",\"type\":"
		"\"dev.cdevents.service.deployed.0.3.0\",\"timestamp\":"
		"\"2026-01-%02uT%02u:%02u:%02uZ\"},\"subject\":{\"id\":\"cart\",\"content\":{}},"
		"\"customData\":{\"dora\":{%s}}}}",
		recorded / 60 % 60, recorded % 60, id, 1 + at / 86400 % 28, at / 3600 % 24,
		at / 60 % 60, at % 60, more);
	return gate_buf_take(&buf);
}

#endif
