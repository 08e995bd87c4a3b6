/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/metrics/requests.h"

#include "gate/base/bisect.h"
#include "gate/git/refs.h"

/* "%s" stands for the remote. */
static const char *const prefixes[] = {
	"refs/pull/",
	"refs/merge-requests/",
	"refs/doragate/remotes/%s/pull/",
	"refs/doragate/remotes/%s/merge-requests/",
	"refs/remotes/%s/pr/",
	"refs/remotes/%s/pull/",
	"refs/remotes/%s/merge-requests/",
};

void gate_requests_release(struct gate_requests *requests)
{
	free(requests->items);
	*requests = (struct gate_requests){ 0 };
}

struct listing {
	struct gate_requests *out;
	size_t prefix; /* bytes of the name in front of the number */
	struct gate_error *err;
};

/* "12" or "12/head"; "12/merge" is what the forge tried, and no head. */
static int add(const char *name, const struct gate_oid *id, void *payload)
{
	struct listing *listing = payload;
	struct gate_requests *out = listing->out;
	const char *number = name + listing->prefix;
	const size_t len = strspn(number, "0123456789");
	int code;

	if (!len || len > 9 || (number[len] && strcmp(number + len, "/head") != 0))
		return 0;
	code = gate_grow(&out->items, &out->cap, out->n + 1, sizeof(*out->items), listing->err);
	if (code < 0)
		return code;
	out->items[out->n++] =
		(struct gate_request_head){ (uint32_t)strtoul(number, NULL, 10), *id };
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct gate_request_head *left = a, *right = b;

	if (left->number != right->number)
		return left->number < right->number ? -1 : 1;
	return memcmp(&left->head, &right->head, sizeof(left->head));
}

static void drop_repeats(struct gate_requests *requests)
{
	size_t kept = 0;

	for (size_t i = 0; i < requests->n; i++)
		if (!kept || by_number(&requests->items[kept - 1], &requests->items[i]) != 0)
			requests->items[kept++] = requests->items[i];
	requests->n = kept;
}

int gate_requests_list(struct gate_requests *out, const struct gate_repo *repo, const char *remote,
                       struct gate_error *err)
{
	GATE_AUTO(gate_requests_release) struct gate_requests all = { 0 };
	int code = GATE_OK;

	for (size_t i = 0; code == GATE_OK && i < GATE_COUNT(prefixes); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf prefix = { 0 };
		const char *place = strstr(prefixes[i], "%s");
		struct listing listing = { &all, 0, err };

		if (place && !remote)
			continue;
		if (place)
			gate_buf_printf(&prefix, "%.*s%s%s", (int)(place - prefixes[i]),
			                prefixes[i], remote, place + 2);
		else
			gate_buf_puts(&prefix, prefixes[i]);
		if (gate_buf_failed(&prefix))
			return gate_fail_memory(err);
		listing.prefix = prefix.len;
		code = gate_ref_each(repo, prefix.ptr, add, &listing, err);
	}
	if (code < 0)
		return code;
	if (all.n)
		qsort(all.items, all.n, sizeof(*all.items), by_number);
	drop_repeats(&all);
	*out = all;
	all = (struct gate_requests){ 0 };
	return GATE_OK;
}

size_t gate_requests_find(const struct gate_requests *requests, uint32_t number)
{
	size_t low;

	GATE_BISECT(low, requests->n, requests->items[low].number < number);
	return low < requests->n && requests->items[low].number == number ? low : requests->n;
}
