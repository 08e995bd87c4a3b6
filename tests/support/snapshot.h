/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The files of a revision of a fixture repository, opened as the program opens them.
 */
#ifndef GATE_TESTS_SUPPORT_SNAPSHOT_H
#define GATE_TESTS_SUPPORT_SNAPSHOT_H

#include "gate/git/snapshot.h"

struct test_snapshot {
	struct gate_repo *repo;   /* own */
	struct gate_trees *trees; /* own */
	struct gate_snapshot files;
};

/** `rev` NULL: the index. The test fails when it cannot be opened. */
void test_snapshot_open(struct test_snapshot *out, const char *dir, const char *rev);
void test_snapshot_close(struct test_snapshot *snapshot);
GATE_DEFINE_AUTO_STRUCT(struct test_snapshot, test_snapshot_close)

#endif
