/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/policy/expr.h"

static int eval(struct gate_result *result, const struct gate_expr *expr,
                const struct gate_item *item, struct gate_tracer *tracer, unsigned depth,
                struct gate_error *err);

void gate_result_clear(struct gate_result *result)
{
	free(result->places);
	*result = (struct gate_result){ 0 };
}

int gate_result_add_place(struct gate_result *result, const char *path, unsigned line,
                          struct gate_error *err)
{
	if (result->n_places < GATE_MAX_PLACES) {
		int code = gate_grow(&result->places, &result->cap_places, result->n_places + 1,
		                     sizeof(*result->places), err);

		if (code < 0)
			return code;
		result->places[result->n_places] = (struct gate_place){ path, line };
	}
	result->n_places++;
	return GATE_OK;
}

void gate_result_unknown(struct gate_result *result, enum gate_fact missing, bool accident,
                         const struct gate_known *why)
{
	gate_result_clear(result);
	result->truth = GATE_UNKNOWN;
	result->missing = missing;
	result->accident = accident;
	if (why) {
		memcpy(result->why, why->why, sizeof(result->why));
		memcpy(result->mend, why->mend, sizeof(result->mend));
	}
}

/* A fact that this stage cannot have makes a predicate unknown before it is asked. */
static int eval_predicate(struct gate_result *result, const struct gate_expr *expr,
                          const struct gate_item *item, struct gate_error *err)
{
	for (int fact = 0; fact < GATE_FACTS; fact++)
		if ((expr->predicate->facts & GATE_BIT(fact)) &&
		    !(gate_fact_stages((enum gate_fact)fact) & GATE_BIT(item->change->stage))) {
			gate_result_unknown(result, (enum gate_fact)fact, false, NULL);
			snprintf(result->why, sizeof(result->why),
			         "the %s is not known at this stage", gate_fact_names[fact]);
			return GATE_OK;
		}
	return expr->predicate->eval(result, item, expr->params, err);
}

static void take(struct gate_result *to, struct gate_result *from)
{
	gate_result_clear(to);
	*to = *from;
	*from = (struct gate_result){ 0 };
}

/* Places of a second true predicate are added to those of the first. */
static int join(struct gate_result *to, const struct gate_result *from, struct gate_error *err)
{
	size_t used = strlen(to->detail);

	for (size_t i = 0; i < from->n_places && i < GATE_MAX_PLACES; i++) {
		int code =
			gate_result_add_place(to, from->places[i].path, from->places[i].line, err);

		if (code < 0)
			return code;
	}
	if (from->detail[0])
		snprintf(to->detail + used, sizeof(to->detail) - used, "%s%s", used ? "; " : "",
		         from->detail);
	return GATE_OK;
}

/*
 * all and any are each other's dual: `decides` is the truth of a kid that settles the whole. An unknown is kept over what does not decide,
 * and one by accident over one that a later stage will know: the first can only be mended, the second waits.
 */
static int eval_kids(struct gate_result *result, const struct gate_expr *expr,
                     const struct gate_item *item, struct gate_tracer *tracer, unsigned depth,
                     enum gate_truth decides, struct gate_error *err)
{
	bool settled = false;

	result->truth = decides == GATE_FALSE ? GATE_TRUE : GATE_FALSE;
	for (size_t i = 0; i < expr->n_kids; i++) {
		GATE_AUTO(gate_result_clear) struct gate_result kid = { 0 };
		int code = eval(&kid, &expr->kids[i], item, tracer, depth + 1, err);

		if (code < 0)
			return code;
		if (settled)
			continue;
		if (kid.truth == decides) {
			take(result, &kid);
			settled = true;
			if (!tracer || !tracer->fn)
				return GATE_OK;
		} else if (kid.truth == GATE_UNKNOWN) {
			if (result->truth != GATE_UNKNOWN || (kid.accident && !result->accident))
				take(result, &kid);
		} else if (result->truth != GATE_UNKNOWN) {
			code = join(result, &kid, err);
			if (code < 0)
				return code;
		}
	}
	return GATE_OK;
}

static int eval(struct gate_result *result, const struct gate_expr *expr,
                const struct gate_item *item, struct gate_tracer *tracer, unsigned depth,
                struct gate_error *err)
{
	struct gate_item wide = *item;
	int code = GATE_OK;

	switch (expr->kind) {
	case GATE_EXPR_PREDICATE:
		code = eval_predicate(result, expr, item, err);
		break;
	case GATE_EXPR_ALL:
		code = eval_kids(result, expr, item, tracer, depth, GATE_FALSE, err);
		break;
	case GATE_EXPR_ANY:
		code = eval_kids(result, expr, item, tracer, depth, GATE_TRUE, err);
		break;
	case GATE_EXPR_NOT:
		code = eval(result, &expr->kids[0], item, tracer, depth + 1, err);
		if (result->truth != GATE_UNKNOWN)
			result->truth = result->truth == GATE_TRUE ? GATE_FALSE : GATE_TRUE;
		break;
	case GATE_EXPR_ANYWHERE:
		wide.wide = true;
		code = eval(result, &expr->kids[0], &wide, tracer, depth + 1, err);
		break;
	}
	if (code == GATE_OK && tracer && tracer->fn)
		tracer->fn(expr, tracer->depth + depth, result, tracer->payload);
	return code;
}

int gate_expr_eval(struct gate_result *result, const struct gate_expr *expr,
                   const struct gate_item *item, struct gate_tracer *tracer, struct gate_error *err)
{
	return eval(result, expr, item, tracer, 0, err);
}
