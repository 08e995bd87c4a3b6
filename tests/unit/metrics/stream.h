/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Streams of deployments that a test says line by line, as gate_metrics_build would have left them.
 */
#ifndef GATE_TESTS_UNIT_METRICS_STREAM_H
#define GATE_TESTS_UNIT_METRICS_STREAM_H

#include "gate/metrics/figures.h"

#define TEST_DEPLOYMENTS 512
#define TEST_SHIPPED 1024

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/** Large: make it static, and start with test_stream_init. */
struct test_stream {
	struct gate_stream stream;
	struct gate_deployment items[TEST_DEPLOYMENTS];
	struct gate_deployment *list[TEST_DEPLOYMENTS];
	struct gate_shipped shipped[TEST_SHIPPED];
	struct gate_unit units[TEST_SHIPPED];
	struct gate_unit *waiting[TEST_SHIPPED];
	size_t n_shipped, n_units;
	const struct gate_zone *zone; /* borrowed; of the windows; NULL: UTC */
};
void test_stream_init(struct test_stream *out);

/** "2026-01-05T10:00:00Z"; the test fails when it is no time. */
int64_t test_at(const char *time);

/** One that succeeded, after all that were added before. */
struct gate_deployment *test_deploy(struct test_stream *to, int64_t finish, enum gate_kind kind);
/** What the deployment that was added last ships. */
struct gate_shipped *test_ship(struct test_stream *to, int64_t lead);
/** It failed when it finished; `lasted` negative: it has not recovered. */
void test_failed(struct gate_deployment *deployment, enum gate_failure failure, int64_t lasted);
/** A change that is merged and not deployed. */
void test_wait(struct test_stream *to, int64_t t0);

/** The figures from `from` to `to`, by the clock at `now`; the test fails when there are none. */
struct gate_figures test_figures(const struct test_stream *of, int64_t from, int64_t to,
                                 int64_t now);

#endif
