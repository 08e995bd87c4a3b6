/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rows of the predicate table, one file for each kind of fact. For this folder only.
 */
#ifndef GATE_POLICY_PREDICATES_H
#define GATE_POLICY_PREDICATES_H

#include "gate/policy/expr.h"

/* files.c: which files changed */
extern const struct gate_predicate gate_predicate_changed, gate_predicate_added,
	gate_predicate_modified, gate_predicate_deleted, gate_predicate_only_changed,
	gate_predicate_service;
/* lines.c: how much, and what the added lines say */
extern const struct gate_predicate gate_predicate_added_lines, gate_predicate_added_text,
	gate_predicate_diff;
/* messages.c: what the commits say */
extern const struct gate_predicate gate_predicate_subject, gate_predicate_body,
	gate_predicate_trailer;
/* flags.c: what a switch turns off */
extern const struct gate_predicate gate_predicate_flag;
/* migration.c, rollback.c: how it is undone */
extern const struct gate_predicate gate_predicate_migration, gate_predicate_rollback_plan;
/* refs.c: where it comes from and goes to */
extern const struct gate_predicate gate_predicate_branch, gate_predicate_target,
	gate_predicate_ref_update, gate_predicate_commits;

/** The names that a `service` asks for, as written; NULL: another predicate, or no names. */
const struct gate_yaml *gate_service_names(const struct gate_expr *expr);

/** What mends a change that lacks a file, often a new one: whoever runs it names it, for `--all` leaves a new one out and takes in what lies around. */
#define GATE_AMEND_FILE "git add FILE && git commit --amend --no-edit"

/** "2 files", "1 file". */
#define GATE_PLURAL(n) (n), (n) == 1 ? "" : "s"

/** The files of an item that a paths parameter matches. GATE_OK with result unknown when they cannot be known. */
struct gate_matched {
	struct gate_change_file **files; /* in the item's arena */
	size_t n;                        /* matched */
	size_t of;                       /* seen */
};
int gate_match_files(struct gate_matched *out, struct gate_result *result,
                     const struct gate_item *item, const struct gate_paths *paths,
                     struct gate_error *err);

/** The same by the set `$name` of the policy, as the item's scope sees it: a built-in one, or the one that replaces it. */
int gate_match_set(struct gate_matched *out, struct gate_result *result,
                   const struct gate_item *item, const char *name, struct gate_error *err);

/** True when one of these files belongs to the service, as its code or as its tests. */
bool gate_service_touched(const struct gate_service *service, const struct gate_matched *files);

/** Files whose status is one of these bits (GATE_BIT(enum gate_file_status)) are kept. */
void gate_keep_status(struct gate_matched *matched, unsigned statuses);

/** Loads lines; false in *ok, and the result is unknown, when they are not to be had. */
int gate_need_lines(bool *ok, struct gate_result *result, const struct gate_item *item,
                    struct gate_change_file *file, struct gate_error *err);

/** "src/, !src/gen/": what a paths parameter says, with the captures of the item put in; "all files" when it is not given. */
const char *gate_paths_text(char buf[96], const struct gate_paths *paths,
                            const struct gate_item *item);

/**
 * Calls `fn` for each trailer of a name (case does not count) of a commit `each`, else of all commits of the change. Non-zero
 * stops and is returned. A message, or commits, that are not to be had make `unknown` so; the others are looked at all the same.
 */
typedef int gate_trailer_fn(const struct gate_trailer *trailer, void *payload);
int gate_each_trailer(struct gate_result *unknown, const struct gate_item *item, const char *name,
                      gate_trailer_fn *fn, void *payload, struct gate_error *err);

/** Finds fault with a number outside [min, max]: "91 characters, at most 72". False: it lies inside. */
bool gate_outside(char *detail, size_t size, int64_t value, const char *unit,
                  const struct gate_number *min, const struct gate_number *max);

#endif
