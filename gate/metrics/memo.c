/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The form is that of this machine and this version, for nobody else reads it: numbers as they lie in memory, ids as bytes. The count of
 * everything is checked against what is left, so that no damage makes it ask for more memory than the file has bytes for.
 */
#include "gate/metrics/memo.h"

#define MAGIC "doragate memo 2\n"

enum { APPROXIMATE = 1, REVERT = 2, CHANGE_ID = 4, HOTFIX = 8 };

void gate_memo_release(struct gate_memo *memo)
{
	gate_idmap_release(&memo->ranges);
	gate_idmap_release(&memo->ancestries);
	gate_idmap_release(&memo->prints);
	gate_idmap_release(&memo->matches);
	free(memo->print_list);
	free(memo->match_list);
	free(memo->range_list);
	free(memo->ancestry_list);
	gate_arena_release(&memo->arena);
	*memo = (struct gate_memo){ 0 };
}

/* One id for two, in their order. That two pairs get the same one is not likely, and is seen. */
struct gate_oid gate_memo_key(const struct gate_oid *a, const struct gate_oid *b)
{
	struct gate_oid key;

	for (size_t i = 0; i < sizeof(key.bytes); i++)
		key.bytes[i] = (uint8_t)(a->bytes[i] ^ b->bytes[(i + 1) % sizeof(key.bytes)]);
	return key;
}

const struct gate_memo_range *gate_memo_find(const struct gate_memo *memo,
                                             const struct gate_oid *base,
                                             const struct gate_oid *tip)
{
	const struct gate_oid *from = base ? base : &gate_oid_zero;
	const struct gate_oid key = gate_memo_key(from, tip);
	const struct gate_memo_range *range = gate_idmap_get(&memo->ranges, &key);

	return range && gate_oid_equal(&range->base, from) && gate_oid_equal(&range->tip, tip)
	               ? range
	               : NULL;
}

int gate_memo_add(struct gate_memo_range **out, struct gate_memo *memo, const struct gate_oid *base,
                  const struct gate_oid *tip, size_t n_units, size_t n_commits,
                  struct gate_error *err)
{
	struct gate_memo_range *range = gate_arena_alloc(&memo->arena, sizeof(*range));
	int code;

	if (!range)
		return gate_fail_memory(err);
	range->base = base ? *base : gate_oid_zero;
	range->tip = *tip;
	range->key = gate_memo_key(&range->base, tip);
	range->units = gate_arena_alloc(&memo->arena, (n_units + 1) * sizeof(struct gate_unit *));
	range->commits = gate_arena_alloc(&memo->arena, (n_commits + 1) * sizeof(*range->commits));
	if (!range->units || !range->commits)
		return gate_fail_memory(err);
	code = gate_grow(&memo->range_list, &memo->cap_ranges, memo->n_ranges + 1,
	                 sizeof(struct gate_memo_range *), err);
	if (code == GATE_OK)
		code = gate_idmap_set(&memo->ranges, &range->key, range, err);
	if (code < 0)
		return code;
	memo->range_list[memo->n_ranges++] = range;
	memo->changed = true;
	*out = range;
	return GATE_OK;
}

bool gate_memo_ancestry(bool *is, const struct gate_memo *memo, const struct gate_oid *ancestor,
                        const struct gate_oid *descendant)
{
	const struct gate_oid key = gate_memo_key(ancestor, descendant);
	const struct gate_memo_ancestry *known = gate_idmap_get(&memo->ancestries, &key);

	if (!known || !gate_oid_equal(&known->ancestor, ancestor) ||
	    !gate_oid_equal(&known->descendant, descendant))
		return false;
	*is = known->is;
	return true;
}

int gate_memo_add_ancestry(struct gate_memo *memo, const struct gate_oid *ancestor,
                           const struct gate_oid *descendant, bool is, struct gate_error *err)
{
	struct gate_memo_ancestry *known = gate_arena_alloc(&memo->arena, sizeof(*known));
	int code;

	if (!known)
		return gate_fail_memory(err);
	*known = (struct gate_memo_ancestry){ *ancestor, *descendant,
		                              gate_memo_key(ancestor, descendant), is };
	code = gate_grow(&memo->ancestry_list, &memo->cap_ancestries, memo->n_ancestries + 1,
	                 sizeof(struct gate_memo_ancestry *), err);
	if (code == GATE_OK)
		code = gate_idmap_set(&memo->ancestries, &known->key, known, err);
	if (code < 0)
		return code;
	memo->ancestry_list[memo->n_ancestries++] = known;
	memo->changed = true;
	return GATE_OK;
}

const char *gate_memo_print(const struct gate_memo *memo, const struct gate_oid *commit)
{
	const struct gate_memo_print *print = gate_idmap_get(&memo->prints, commit);

	return print ? print->hex : NULL;
}

int gate_memo_add_print(struct gate_memo *memo, const struct gate_oid *commit, const char *hex,
                        struct gate_error *err)
{
	struct gate_memo_print *print = gate_arena_alloc(&memo->arena, sizeof(*print));
	int code;

	if (!print)
		return gate_fail_memory(err);
	print->id = *commit;
	memcpy(print->hex, hex, sizeof(print->hex));
	code = gate_grow(&memo->print_list, &memo->cap_prints, memo->n_prints + 1,
	                 sizeof(struct gate_memo_print *), err);
	if (code == GATE_OK)
		code = gate_idmap_set(&memo->prints, &print->id, print, err);
	if (code < 0)
		return code;
	memo->print_list[memo->n_prints++] = print;
	memo->changed = true;
	return GATE_OK;
}

static struct gate_oid match_key(const struct gate_oid *oldest, const struct gate_oid *newest,
                                 const struct gate_oid *head)
{
	const struct gate_oid changes = gate_memo_key(oldest, newest);

	return gate_memo_key(&changes, head);
}

const struct gate_memo_match *gate_memo_match(const struct gate_memo *memo,
                                              const struct gate_oid *oldest,
                                              const struct gate_oid *newest,
                                              const struct gate_oid *head)
{
	const struct gate_oid key = match_key(oldest, newest, head);
	const struct gate_memo_match *match = gate_idmap_get(&memo->matches, &key);

	return match && gate_oid_equal(&match->oldest, oldest) &&
	                       gate_oid_equal(&match->newest, newest) &&
	                       gate_oid_equal(&match->head, head)
	               ? match
	               : NULL;
}

int gate_memo_add_match(struct gate_memo *memo, const struct gate_memo_match *match,
                        struct gate_error *err)
{
	struct gate_memo_match *copy = gate_arena_alloc(&memo->arena, sizeof(*copy));
	int code;

	if (!copy)
		return gate_fail_memory(err);
	*copy = *match;
	copy->key = match_key(&copy->oldest, &copy->newest, &copy->head);
	code = gate_grow(&memo->match_list, &memo->cap_matches, memo->n_matches + 1,
	                 sizeof(struct gate_memo_match *), err);
	if (code == GATE_OK)
		code = gate_idmap_set(&memo->matches, &copy->key, copy, err);
	if (code < 0)
		return code;
	memo->match_list[memo->n_matches++] = copy;
	memo->changed = true;
	return GATE_OK;
}

static void put(struct gate_buf *out, const void *bytes, size_t len)
{
	gate_buf_add(out, bytes, len);
}

static void put_count(struct gate_buf *out, size_t n)
{
	const uint32_t count = (uint32_t)n;

	put(out, &count, sizeof(count));
}

static void put_unit(struct gate_buf *out, const struct gate_unit *unit, size_t n_services)
{
	const uint8_t flags =
		(uint8_t)((unit->approximate ? APPROXIMATE : 0) | (unit->revert ? REVERT : 0) |
	                  (unit->change_id ? CHANGE_ID : 0) | (unit->hotfix ? HOTFIX : 0));

	put(out, unit->id.bytes, sizeof(unit->id.bytes));
	put(out, &unit->t0, sizeof(unit->t0));
	put(out, &unit->time, sizeof(unit->time));
	put_count(out, unit->n_commits);
	put_count(out, unit->request);
	put(out, &flags, 1);
	put_count(out, unit->n_undoes);
	for (size_t i = 0; i < unit->n_undoes; i++)
		put(out, unit->undoes[i].bytes, sizeof(unit->undoes[i].bytes));
	for (size_t i = 0; i < n_services; i++)
		put(out, unit->touches[i] ? "\1" : "\0", 1);
}

static void put_match(struct gate_buf *out, const struct gate_memo_match *match)
{
	put(out, match->oldest.bytes, sizeof(match->oldest.bytes));
	put(out, match->newest.bytes, sizeof(match->newest.bytes));
	put(out, match->head.bytes, sizeof(match->head.bytes));
	put(out, match->matches ? "\1" : "\0", 1);
	put(out, &match->first_author, sizeof(match->first_author));
	put_count(out, match->n_commits);
}

void gate_memo_save(struct gate_buf *out, const struct gate_memo *memo, size_t n_services)
{
	put(out, MAGIC, sizeof(MAGIC) - 1);
	put_count(out, n_services);
	put_count(out, memo->n_ranges);
	for (size_t i = 0; i < memo->n_ranges; i++) {
		const struct gate_memo_range *range = memo->range_list[i];

		put(out, range->base.bytes, sizeof(range->base.bytes));
		put(out, range->tip.bytes, sizeof(range->tip.bytes));
		put_count(out, range->n_units);
		for (size_t k = 0; k < range->n_units; k++)
			put_unit(out, range->units[k], n_services);
		put_count(out, range->n_commits);
		for (size_t k = 0; k < range->n_commits; k++) {
			put(out, range->commits[k].id.bytes, sizeof(range->commits[k].id.bytes));
			put_count(out, range->commits[k].unit);
		}
	}
	put_count(out, memo->n_ancestries);
	for (size_t i = 0; i < memo->n_ancestries; i++) {
		const struct gate_memo_ancestry *known = memo->ancestry_list[i];

		put(out, known->ancestor.bytes, sizeof(known->ancestor.bytes));
		put(out, known->descendant.bytes, sizeof(known->descendant.bytes));
		put(out, known->is ? "\1" : "\0", 1);
	}
	put_count(out, memo->n_prints);
	for (size_t i = 0; i < memo->n_prints; i++) {
		put(out, memo->print_list[i]->id.bytes, sizeof(memo->print_list[i]->id.bytes));
		put(out, memo->print_list[i]->hex, GATE_DIGEST_HEX - 1);
	}
	put_count(out, memo->n_matches);
	for (size_t i = 0; i < memo->n_matches; i++)
		put_match(out, memo->match_list[i]);
}

/* What is still to be read. `ok` false: something was not there. */
struct reader {
	const char *at;
	size_t left;
	bool ok;
};

static void take(void *to, struct reader *reader, size_t len)
{
	if (!reader->ok || len > reader->left) {
		reader->ok = false;
		memset(to, 0, len);
		return;
	}
	memcpy(to, reader->at, len);
	reader->at += len;
	reader->left -= len;
}

/* A count of things that have at least `size` bytes each. */
static size_t take_count(struct reader *reader, size_t size)
{
	uint32_t count;

	take(&count, reader, sizeof(count));
	if (size && count > reader->left / size)
		reader->ok = false;
	return reader->ok ? count : 0;
}

static bool take_bool(struct reader *reader)
{
	char byte;

	take(&byte, reader, 1);
	if (byte != 0 && byte != 1)
		reader->ok = false;
	return byte == 1;
}

static struct gate_unit *take_unit(struct gate_memo *memo, struct reader *reader, size_t n_services)
{
	struct gate_unit *unit = gate_arena_alloc(&memo->arena, sizeof(*unit));
	uint8_t flags;

	if (!unit)
		return NULL;
	take(unit->id.bytes, reader, sizeof(unit->id.bytes));
	take(&unit->t0, reader, sizeof(unit->t0));
	unit->authored = unit->t0;
	take(&unit->time, reader, sizeof(unit->time));
	unit->n_commits = take_count(reader, 0);
	unit->request = (uint32_t)take_count(reader, 0);
	take(&flags, reader, 1);
	unit->approximate = flags & APPROXIMATE;
	unit->revert = flags & REVERT;
	unit->change_id = flags & CHANGE_ID;
	unit->hotfix = flags & HOTFIX;
	unit->n_undoes = take_count(reader, sizeof(unit->id.bytes));
	unit->undoes = gate_arena_alloc(&memo->arena, (unit->n_undoes + 1) * sizeof(*unit->undoes));
	unit->touches = gate_arena_alloc(&memo->arena, n_services + 1);
	if (!unit->undoes || !unit->touches)
		return NULL;
	for (size_t i = 0; i < unit->n_undoes; i++)
		take(unit->undoes[i].bytes, reader, sizeof(unit->undoes[i].bytes));
	for (size_t i = 0; i < n_services; i++)
		unit->touches[i] = take_bool(reader);
	return unit;
}

static bool take_range(struct gate_memo *memo, struct reader *reader, size_t n_services)
{
	struct gate_memo_range *range;
	struct gate_oid base, tip;
	size_t n_units, n_commits;

	take(base.bytes, reader, sizeof(base.bytes));
	take(tip.bytes, reader, sizeof(tip.bytes));
	n_units = take_count(reader, sizeof(base.bytes));
	if (!reader->ok || gate_memo_add(&range, memo, &base, &tip, n_units, 0, NULL) < 0)
		return false;
	for (size_t i = 0; i < n_units && reader->ok; i++) {
		range->units[i] = take_unit(memo, reader, n_services);
		if (!range->units[i])
			return false;
		range->n_units++;
	}
	n_commits = take_count(reader, sizeof(base.bytes));
	range->commits = gate_arena_alloc(&memo->arena, (n_commits + 1) * sizeof(*range->commits));
	if (!range->commits)
		return false;
	for (size_t i = 0; i < n_commits && reader->ok; i++) {
		take(range->commits[i].id.bytes, reader, sizeof(range->commits[i].id.bytes));
		take(&range->commits[i].unit, reader, sizeof(range->commits[i].unit));
		if (range->commits[i].unit >= n_units)
			reader->ok = false;
		range->n_commits++;
	}
	return reader->ok;
}

static bool take_ancestry(struct gate_memo *memo, struct reader *reader)
{
	struct gate_oid ancestor, descendant;
	bool is;

	take(ancestor.bytes, reader, sizeof(ancestor.bytes));
	take(descendant.bytes, reader, sizeof(descendant.bytes));
	is = take_bool(reader);
	return reader->ok &&
	       gate_memo_add_ancestry(memo, &ancestor, &descendant, is, NULL) == GATE_OK;
}

static bool take_print(struct gate_memo *memo, struct reader *reader)
{
	struct gate_oid id;
	char hex[GATE_DIGEST_HEX] = "";

	take(id.bytes, reader, sizeof(id.bytes));
	take(hex, reader, GATE_DIGEST_HEX - 1);
	return reader->ok && strlen(hex) == GATE_DIGEST_HEX - 1 &&
	       gate_memo_add_print(memo, &id, hex, NULL) == GATE_OK;
}

static bool take_match(struct gate_memo *memo, struct reader *reader)
{
	struct gate_memo_match match = { 0 };

	take(match.oldest.bytes, reader, sizeof(match.oldest.bytes));
	take(match.newest.bytes, reader, sizeof(match.newest.bytes));
	take(match.head.bytes, reader, sizeof(match.head.bytes));
	match.matches = take_bool(reader);
	take(&match.first_author, reader, sizeof(match.first_author));
	match.n_commits = (uint32_t)take_count(reader, 0);
	return reader->ok && gate_memo_add_match(memo, &match, NULL) == GATE_OK;
}

static bool take_all(struct gate_memo *memo, struct reader *reader, size_t n_services)
{
	char magic[sizeof(MAGIC) - 1];
	size_t n;

	take(magic, reader, sizeof(magic));
	if (!reader->ok || memcmp(magic, MAGIC, sizeof(magic)) != 0 ||
	    take_count(reader, 0) != n_services)
		return false;
	n = take_count(reader, 1);
	for (size_t i = 0; i < n; i++)
		if (!take_range(memo, reader, n_services))
			return false;
	n = take_count(reader, 1);
	for (size_t i = 0; i < n; i++)
		if (!take_ancestry(memo, reader))
			return false;
	n = take_count(reader, 1);
	for (size_t i = 0; i < n; i++)
		if (!take_print(memo, reader))
			return false;
	n = take_count(reader, 1);
	for (size_t i = 0; i < n; i++)
		if (!take_match(memo, reader))
			return false;
	return reader->ok && !reader->left;
}

bool gate_memo_load(struct gate_memo *memo, const char *bytes, size_t len, size_t n_services)
{
	struct reader reader = { bytes, len, true };
	const bool ok = take_all(memo, &reader, n_services);

	if (!ok)
		gate_memo_release(memo);
	memo->changed = false;
	return ok;
}
