/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Plans for going back, as people write them (POLICY: rollback-plan).
 *
 *     revert | down-migration | previous-artifact        alone, or with a remark behind one of : , ; . ( -
 *     flag:KEY                                           the switch that turns it off
 *     manual: WORDS, or any other words                  what somebody does
 */
#ifndef GATE_READ_PLAN_H
#define GATE_READ_PLAN_H

#include "gate/base/memory.h"

/** In the order of the alphabet, in which they are listed. */
enum gate_plan_kind {
	GATE_PLAN_DOWN_MIGRATION,
	GATE_PLAN_FLAG,
	GATE_PLAN_MANUAL,
	GATE_PLAN_PREVIOUS_ARTIFACT,
	GATE_PLAN_REVERT,
	GATE_PLAN_KINDS
};
extern const char *const gate_plan_kind_names[GATE_PLAN_KINDS + 1]; /* NULL-terminated */

/** A part of the text that was read. */
struct gate_plan {
	enum gate_plan_kind kind;
	const char *
		text; /* borrowed; of a flag its key, of a manual one its words, else a remark; not terminated */
	size_t len;
};

/** Reads one plan. Nothing is refused: what has no other form is MANUAL. The case of a kind does not count. */
void gate_plan_read(struct gate_plan *out, const char *text, size_t len);

/** The plan that a line "Rollback: PLAN" of a file holds, behind what Markdown puts in front of it. False: it is no such line. */
bool gate_plan_read_line(struct gate_plan *out, const char *line, size_t len);

/**
 * Whether words say what to do. False: `fault` says why not, a sentence part: fewer than `min` words, "TBD" and its kin, or no step: neither a verb of
 * doing (English), nor a command in backquotes, nor an item of a list. Headings and comments of Markdown do not count. Of text without spaces two
 * characters count as a word.
 */
bool gate_plan_says_how(char fault[96], const char *text, size_t len, size_t min);

#endif
