/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The log as its readers see it: every line once, in order, with what counts and what does not, and why not.
 */
#ifndef GATE_LOG_LIVE_H
#define GATE_LOG_LIVE_H

#include "gate/log/event.h"
#include "gate/log/store.h"

enum gate_live {
	GATE_LIVE_COUNTS,
	GATE_LIVE_OTHER_CONTENT, /* another line of this identity was recorded first */
	GATE_LIVE_SUPERSEDED,    /* an event names it */
	GATE_LIVE_OUTDONE,       /* a later event supersedes the same identity */
};
/** For people: "counts", "superseded", ... */
extern const char *const gate_live_names[];

struct gate_live_event {
	struct gate_event event;
	enum gate_live state;
};

/** Zero-initialise; add lines in any order, then settle. */
struct gate_live_log {
	struct gate_event_reader reader;
	struct gate_live_event *events; /* own; after settling in the total order */
	size_t n, cap;
	struct gate_log_line *odd; /* own array: lines that are no event; by bytes after settling */
	size_t n_odd, cap_odd;
};

/** Takes a copy. `bare` as in gate_event_read. */
int gate_live_add(struct gate_live_log *log, const struct gate_log_line *line, bool bare,
                  struct gate_error *err);
/** Sorts, drops repeats, and says of each event whether it counts. */
int gate_live_settle(struct gate_live_log *log, struct gate_error *err);
void gate_live_release(struct gate_live_log *log);
GATE_DEFINE_AUTO_STRUCT(struct gate_live_log, gate_live_release)

#endif
