/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/cmd/way_back.h"

/* Paths that are named; the rest is counted. */
#define NAMED_IN_TEXT 5
#define NAMED_IN_JSON 100
/* Digits of a commit in talk. */
#define SHORT_ID 12

void gate_way_back_release(struct gate_way_back *way)
{
	gate_revert_release(&way->revert);
	*way = (struct gate_way_back){ 0 };
}

/* Those in the service's paths come first; both parts stay sorted. */
static int put_own_first(struct gate_revert *revert, const struct gate_pathset *paths,
                         struct gate_error *err)
{
	const char **sorted = calloc(revert->n_conflicts + 1, sizeof(char *));
	size_t n = 0;

	if (!sorted)
		return gate_fail_memory(err);
	for (int own = 1; own >= 0; own--)
		for (size_t i = 0; i < revert->n_conflicts; i++) {
			const char *path = revert->conflicts[i];

			if (gate_pathset_match(paths, path, strlen(path)) == (own == 1))
				sorted[n++] = path;
		}
	free(revert->conflicts);
	revert->conflicts = sorted;
	return GATE_OK;
}

int gate_way_back_find(struct gate_way_back *out, const struct gate_measurement *all,
                       const struct gate_stream *stream, const struct gate_deployment *good,
                       const struct gate_deployment *running, struct gate_error *err)
{
	GATE_AUTO(gate_way_back_release) struct gate_way_back way = { 0 };
	int code;

	if (!running || !running->has_commit || !all->input.has_trunk ||
	    gate_oid_equal(&good->commit, &running->commit))
		return GATE_OK;
	way.exists = true;
	way.good = good->commit;
	way.running = running->commit;
	way.onto = all->input.trunk;
	code = gate_revert_try(&way.revert, all->input.repo, &way.good, &way.running, &way.onto,
	                       err);
	if (code == GATE_OK && stream->paths)
		code = put_own_first(&way.revert, stream->paths, err);
	if (code < 0)
		return code;
	*out = way;
	way = (struct gate_way_back){ 0 };
	return GATE_OK;
}

/* There is one where it does what it says: git would stop at a commit that changes nothing any more, unless it makes no commits. */
static bool add_command(struct gate_buf *out, const struct gate_way_back *way)
{
	const struct gate_revert *revert = &way->revert;
	char good[GATE_OID_HEX], running[GATE_OID_HEX];

	if (!revert->known || revert->n_conflicts || !revert->n_files)
		return false;
	gate_buf_printf(out, "git revert %s%s %.12s..%.12s%s",
	                revert->has_empty ? "--no-commit" : "--no-edit",
	                revert->has_merges ? " -m 1 --first-parent" : "",
	                gate_oid_hex(good, &way->good), gate_oid_hex(running, &way->running),
	                revert->has_empty ? " && git commit" : "");
	return true;
}

static void add_conflicts(struct gate_buf *out, const struct gate_revert *revert)
{
	const size_t n = revert->n_conflicts;
	const size_t shown = n > NAMED_IN_TEXT ? NAMED_IN_TEXT : n;

	for (size_t i = 0; i < shown; i++)
		gate_buf_printf(out, "%s%s",
		                !i           ? ""
		                : i + 1 == n ? " and "
		                             : ", ",
		                revert->conflicts[i]);
	if (n > shown)
		gate_buf_printf(out, " and %zu more", n - shown);
}

void gate_way_back_text(struct gate_buf *out, const struct gate_way_back *way)
{
	const struct gate_revert *revert = &way->revert;
	const bool one = revert->n_changes == 1;
	char onto[GATE_OID_HEX];

	if (!way->exists)
		return;
	gate_oid_hex(onto, &way->onto);
	onto[SHORT_ID] = '\0';
	if (!revert->known) {
		gate_buf_printf(out, "whether a revert on %s is clean is not known: %s", onto,
		                revert->why);
		return;
	}
	gate_buf_printf(out, "%zu change%s since then; ", revert->n_changes, one ? "" : "s");
	if (revert->n_conflicts) {
		gate_buf_printf(out, "reverting %s on %s conflicts in ", one ? "it" : "them", onto);
		add_conflicts(out, revert);
	} else if (!revert->n_files) {
		gate_buf_printf(out, "%s does not have %s any more", onto, one ? "it" : "them");
	} else {
		gate_buf_printf(out, "on %s %s cleanly: ", onto,
		                one ? "it reverts" : "they revert");
		add_command(out, way);
	}
}

/* 0 is what is not known. */
static void add_number(struct gate_json_writer *w, const char *key, size_t n)
{
	if (n)
		gate_json_number(w, key, (int64_t)n);
	else
		gate_json_null(w, key);
}

void gate_way_back_json(struct gate_json_writer *w, const struct gate_way_back *way)
{
	const struct gate_revert *revert = &way->revert;
	GATE_AUTO(gate_buf_release) struct gate_buf command = { 0 };
	char hex[GATE_OID_HEX];

	if (!way->exists) {
		gate_json_null(w, "revert");
		return;
	}
	gate_json_begin_map(w, "revert");
	gate_json_text(w, "onto", gate_oid_hex(hex, &way->onto));
	add_number(w, "changes", revert->n_changes);
	add_number(w, "commits", revert->n_commits);
	if (revert->known) {
		gate_json_bool(w, "clean", !revert->n_conflicts);
		gate_json_number(w, "n-conflicts", (int64_t)revert->n_conflicts);
	} else {
		gate_json_null(w, "clean");
		gate_json_text(w, "why", revert->why);
		gate_json_null(w, "n-conflicts");
	}
	gate_json_begin_list(w, "conflicts");
	for (size_t i = 0; i < revert->n_conflicts && i < NAMED_IN_JSON; i++)
		gate_json_text(w, NULL, revert->conflicts[i]);
	gate_json_end_list(w);
	if (add_command(&command, way))
		gate_json_buf(w, "command", &command);
	gate_json_end_map(w);
}
