/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is known of a log after it was read: what runs where, and up to which position. Kept in `<git common dir>/doragate/deployed`, which may be deleted.
 */
#ifndef GATE_FLOW_DEPLOYED_STATE_H
#define GATE_FLOW_DEPLOYED_STATE_H

#include "gate/flow/seen.h"
#include "gate/git/repo.h"
#include "gate/log/event.h"
#include "gate/log/store.h"

/** The last record of one service in one environment. */
struct gate_running {
	const char *environment, *service; /* in the arena */
	struct gate_event event; /* its time, phase and identity, for the order; in the arena */
	struct gate_oid commit;
};

struct gate_deployed {
	struct gate_arena arena;
	struct gate_running *items; /* own array */
	size_t n, cap;
	char position[GATE_MAX_POSITION + 1]; /* "": of nothing */
	char forgotten[GATE_DIGEST_HEX];      /* log->forgotten */
	struct gate_seen
		seen; /* every identity that the log has, or that a line of it supersedes */
};
void gate_deployed_release(struct gate_deployed *deployed);
GATE_DEFINE_AUTO_STRUCT(struct gate_deployed, gate_deployed_release)

/** What runs there; NULL: nothing. Borrowed until something is added. */
struct gate_running *gate_deployed_find(const struct gate_deployed *deployed,
                                        const char *environment, const char *service);
/** Sets what runs there. `event` is copied as far as the order needs it. GATE_ENOMEM. */
int gate_deployed_set(struct gate_deployed *deployed, const char *environment, const char *service,
                      const struct gate_oid *commit, const struct gate_event *event,
                      struct gate_error *err);

/**
 * Reads what was kept below `state_dir`. False: nothing that could be gone on from (none, damaged, of another version); `out` is empty then. `digest` gets
 * that of the content, for gate_deployed_keep.
 */
bool gate_deployed_recall(struct gate_deployed *out, char digest[GATE_DIGEST_HEX],
                          const char *state_dir);
/** Keeps it, unless it is what `digest` ("": unknown) stands for. A cache: that it cannot be written costs time, and nothing else. */
void gate_deployed_keep(const struct gate_deployed *deployed, const char *digest,
                        const char *state_dir);

#endif
