/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going back to what ran before. The log says what that was; its commit has to be here, for it may have to be built again.
 */
#include "gate/policy/rollback.h"

/* Of one service: something to go back to, whose commit is here. */
struct search {
	const char *service;
	bool logged; /* something ran */
	const struct gate_deployed
		*missing; /* of that, what cannot be looked at: not here, or history is cut */
	bool found;
};

/* What has the change in it is nothing to go back to. *sure false: that is not known. */
static int is_before(bool *out, bool *sure, const struct gate_change *change,
                     const struct gate_deployed *item, struct gate_error *err)
{
	enum gate_cut cut = GATE_CUT_NONE;
	bool contains = false;
	int code = GATE_OK;

	if (change->has_head && !change->head_files.index)
		code = gate_is_ancestor(&contains, &cut, change->history, &change->head,
		                        &item->commit, err);
	*sure = contains || cut == GATE_CUT_NONE;
	*out = !contains && *sure;
	return code;
}

static int look_for(struct search *search, const struct gate_change *change, struct gate_error *err)
{
	const struct gate_change_deployed *deployed = &change->deployed;

	for (size_t i = 0; !search->found && i < deployed->n; i++) {
		const struct gate_deployed *item = &deployed->items[i];
		bool sure = item->here;
		int code = GATE_OK;

		if (strcmp(item->service, search->service) != 0)
			continue;
		search->logged = true;
		if (item->here)
			code = is_before(&search->found, &sure, change, item, err);
		if (code < 0)
			return code;
		if (!sure)
			search->missing = item;
	}
	return GATE_OK;
}

static void say_nothing(struct gate_result *result, const struct gate_change *change,
                        const struct search *search)
{
	struct gate_known known = { 0 };
	char hex[GATE_OID_HEX];

	if (!search->missing) {
		result->truth = GATE_FALSE;
		snprintf(result->detail, sizeof(result->detail),
		         "the log has nothing of '%.80s' that ran in production before%s",
		         search->service, search->logged ? " this change" : "");
		return;
	}
	snprintf(known.why, sizeof(known.why),
	         "what ran of '%.80s' in production, %.7s, or its history is not in this clone",
	         search->service, gate_oid_hex(hex, &search->missing->commit));
	snprintf(known.mend, sizeof(known.mend), "%s",
	         gate_repo_is_shallow(change->repo) ? "git fetch --unshallow"
	                                            : "doragate log sync");
	gate_result_unknown(result, GATE_FACT_COMMITS, true, &known);
}

/* False in *ok: the result is unknown. */
static int load(bool *ok, struct gate_matched *files, struct gate_result *result,
                const struct gate_item *item, struct gate_error *err)
{
	const struct gate_paths all = { 0 };
	struct gate_change *change = item->change;
	int code = gate_match_files(files, result, item, &all, err);

	*ok = false;
	if (code == GATE_OK && result->truth != GATE_UNKNOWN)
		code = gate_change_load_deployed(change, err);
	if (code < 0 || result->truth == GATE_UNKNOWN)
		return code;
	*ok = change->deployed.known.known;
	if (!*ok)
		gate_result_unknown(result, GATE_FACT_COMMITS, true, &change->deployed.known);
	return GATE_OK;
}

int gate_rollback_previous_artifact(struct gate_result *result, const struct gate_item *item,
                                    struct gate_error *err)
{
	bool of_one = item->service && !item->wide, ok;
	struct gate_matched files;
	size_t n = 0;
	int code = load(&ok, &files, result, item, err);

	for (size_t i = 0; code == GATE_OK && ok && i < item->n_services; i++) {
		const struct gate_service *service = &item->services[i];
		struct search search = { .service = service->name };

		if (of_one ? item->service != service : !gate_service_touched(service, &files))
			continue;
		n++;
		code = look_for(&search, item->change, err);
		if (code == GATE_OK && !search.found) {
			say_nothing(result, item->change, &search);
			return GATE_OK;
		}
	}
	if (code < 0 || !ok)
		return code;
	result->truth = n ? GATE_TRUE : GATE_FALSE;
	snprintf(result->detail, sizeof(result->detail), "%s",
	         n ? "what ran in production before is known, and its commit is here"
	           : "it touches no service, so nothing says what ran before");
	return GATE_OK;
}
