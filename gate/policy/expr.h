/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Expressions of predicates: what stands under `when`, `require`, `forbid` and `unless` (POLICY: Combining, Truth).
 */
#ifndef GATE_POLICY_EXPR_H
#define GATE_POLICY_EXPR_H

#include "gate/policy/predicate.h"

enum gate_expr_kind {
	GATE_EXPR_ALL,
	GATE_EXPR_ANY,
	GATE_EXPR_NOT,
	GATE_EXPR_ANYWHERE,
	GATE_EXPR_PREDICATE
};

struct gate_expr {
	enum gate_expr_kind kind;
	const struct gate_yaml *node; /* the key's scalar, or the map */
	struct gate_expr *kids;       /* own */
	size_t n_kids;
	const struct gate_predicate *predicate; /* PREDICATE */
	void *params;                           /* own */
};

/** What `each` allows the predicates of a rule. */
struct gate_expr_context {
	const struct gate_scope *scope;
	bool per_commit;
	const struct gate_captures
		*names; /* captures that exist, with any value: to check `{x}` in patterns */
};

/**
 * Compiles a value. `single`: exactly one predicate, or `any`/`all`/`not`/`anywhere` (forbid and unless). GATE_ECONFIG with place: unknown predicate (with
 * the nearest), a list that is not under any/all, nesting deeper than five, a predicate that needs a commit `each`, an unknown capture.
 */
int gate_expr_compile(struct gate_expr *out, const struct gate_expr_context *context,
                      const struct gate_yaml *node, bool single, struct gate_error *err);
void gate_expr_release(struct gate_expr *expr);

/** One evaluated node, for `explain`; called in the order of evaluation, `depth` from 0. */
typedef void gate_trace_fn(const struct gate_expr *expr, unsigned depth,
                           const struct gate_result *result, void *payload);
struct gate_tracer {
	gate_trace_fn *fn; /* NULL: nobody looks, and evaluation may stop early */
	void *payload;
	unsigned depth;
};

/**
 * Evaluates. all: false if any is false, else unknown if any is unknown; any: the dual; not: swaps. With a tracer every node is evaluated.
 * `result` gets the places of what made it so: of the first deciding node, or of all for a true `all`.
 */
int gate_expr_eval(struct gate_result *result, const struct gate_expr *expr,
                   const struct gate_item *item, struct gate_tracer *tracer,
                   struct gate_error *err);

/** The name to show: the predicate's, or "any", "all", "not", "anywhere". */
const char *gate_expr_name(const struct gate_expr *expr);

#endif
