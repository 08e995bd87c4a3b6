/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/log/store.h"

struct store_wrap {
	struct gate_store base;
	struct gate_store *inner; /* own */
	struct gate_buf *trace;   /* borrowed */
	unsigned appends;
	unsigned nth; /* the append that goes wrong */
	enum gate_fault fault;
};

static void wrap_free(struct gate_store *store)
{
	struct store_wrap *wrap = (struct store_wrap *)store;

	gate_store_free(wrap->inner);
	free(wrap);
}

/* NULL when memory ran out; `inner` is freed then, as a wrapper takes it in any case. */
static struct store_wrap *new_wrap(const struct gate_store_ops *ops, struct gate_store *inner,
                                   struct gate_error *err)
{
	struct store_wrap *wrap = calloc(1, sizeof(*wrap));

	if (!wrap) {
		gate_store_free(inner);
		gate_fail_memory(err);
		return NULL;
	}
	wrap->base.ops = ops;
	wrap->inner = inner;
	return wrap;
}

/* Ends the line of a call by how it went, and hands its error over. */
static int trace_end(struct store_wrap *wrap, int code, const struct gate_error *why,
                     struct gate_error *err)
{
	if (code == GATE_OK)
		gate_buf_puts(wrap->trace, ": ok\n");
	else if (code > 0)
		gate_buf_printf(wrap->trace, ": stopped with %d\n", code);
	else
		gate_buf_printf(wrap->trace, ": %s\n", why->message);
	if (code < 0 && err)
		*err = *why;
	return code;
}

static void trace_lines(struct store_wrap *wrap, const char *verb, size_t n)
{
	gate_buf_printf(wrap->trace, "%s %zu line%s", verb, n, n == 1 ? "" : "s");
}

static int trace_append(struct gate_store *store, const struct gate_log_line lines[], size_t n,
                        struct gate_error *err)
{
	struct store_wrap *wrap = (struct store_wrap *)store;
	struct gate_error why = { 0 };
	int code = gate_store_append(wrap->inner, lines, n, &why);

	trace_lines(wrap, "append", n);
	return trace_end(wrap, code, &why, err);
}

struct counted {
	gate_line_fn *fn;
	void *payload;
	size_t n;
};

static int count_line(const struct gate_log_line *line, void *payload)
{
	struct counted *counted = payload;

	counted->n++;
	return counted->fn(line, counted->payload);
}

static int trace_read(struct gate_store *store, const char *since, char *position, gate_line_fn *fn,
                      void *payload, struct gate_error *err)
{
	struct store_wrap *wrap = (struct store_wrap *)store;
	struct counted counted = { .fn = fn, .payload = payload };
	char reached[GATE_MAX_POSITION + 1] = "";
	struct gate_error why = { 0 };
	int code = gate_store_read(wrap->inner, since, reached, count_line, &counted, &why);

	trace_lines(wrap, "read", counted.n);
	gate_buf_printf(wrap->trace, " since '%s'", since);
	if (code == GATE_OK || (code > 0 && *reached)) {
		gate_buf_printf(wrap->trace, " to '%s'", reached);
		snprintf(position, sizeof(reached), "%s", reached);
	}
	return trace_end(wrap, code, &why, err);
}

/* A part of reading, and not worth a line of its own. */
static int inner_holds(bool *out, struct gate_store *store, const char *since,
                       struct gate_error *err)
{
	return gate_store_holds(out, ((struct store_wrap *)store)->inner, since, err);
}

/* The reading that follows has the position on its line. */
static int inner_find(struct gate_store *store, const char *name, char *position, int64_t *seconds,
                      struct gate_error *err)
{
	return gate_store_find(((struct store_wrap *)store)->inner, name, position, seconds, err);
}

static int trace_read_at(struct gate_store *store, const char *position, gate_line_fn *fn,
                         void *payload, struct gate_error *err)
{
	struct store_wrap *wrap = (struct store_wrap *)store;
	struct counted counted = { .fn = fn, .payload = payload };
	struct gate_error why = { 0 };
	int code = gate_store_read_at(wrap->inner, position, count_line, &counted, &why);

	trace_lines(wrap, "read", counted.n);
	gate_buf_printf(wrap->trace, " at '%s'", position);
	return trace_end(wrap, code, &why, err);
}

static int trace_sync(struct gate_store *store, enum gate_sync_mode mode, struct gate_error *err)
{
	struct store_wrap *wrap = (struct store_wrap *)store;
	struct gate_error why = { 0 };
	int code = gate_store_sync(wrap->inner, mode, &why);

	gate_buf_printf(wrap->trace, "sync %s", mode == GATE_SYNC_SEND ? "send" : "full");
	return trace_end(wrap, code, &why, err);
}

static int trace_verify(struct gate_store *store, struct gate_buf *said, struct gate_error *err)
{
	struct store_wrap *wrap = (struct store_wrap *)store;
	struct gate_error why = { 0 };
	int code = gate_store_verify(wrap->inner, said, &why);

	gate_buf_puts(wrap->trace, "verify");
	return trace_end(wrap, code, &why, err);
}

static int trace_forget(struct gate_store *store, const char *key, const char *text,
                        struct gate_error *err)
{
	struct store_wrap *wrap = (struct store_wrap *)store;
	struct gate_error why = { 0 };
	int code = gate_store_forget(wrap->inner, key, text, &why);

	gate_buf_printf(wrap->trace, "forget %s", key);
	return trace_end(wrap, code, &why, err);
}

/* A part of reading, and not worth a line of its own. */
static int inner_forgotten(struct gate_store *store, gate_line_fn *fn, void *payload,
                           struct gate_error *err)
{
	return gate_store_forgotten(((struct store_wrap *)store)->inner, fn, payload, err);
}

static const struct gate_store_ops trace_ops = {
	.scheme = "trace",
	.append = trace_append,
	.read = trace_read,
	.holds = inner_holds,
	.find = inner_find,
	.read_at = trace_read_at,
	.sync = trace_sync,
	.verify = trace_verify,
	.forget = trace_forget,
	.forgotten = inner_forgotten,
	.free = wrap_free,
};

int gate_store_trace(struct gate_store **out, struct gate_store *inner, struct gate_buf *trace,
                     struct gate_error *err)
{
	struct store_wrap *wrap = new_wrap(&trace_ops, inner, err);

	if (!wrap)
		return GATE_ENOMEM;
	wrap->trace = trace;
	*out = &wrap->base;
	return GATE_OK;
}

static const char *const fault_messages[] = {
	[GATE_FAULT_REFUSE] = "refused on purpose",
	[GATE_FAULT_TEAR] = "torn on purpose",
	[GATE_FAULT_NO_ACK] = "not acknowledged on purpose",
};

static size_t lines_kept(enum gate_fault fault, size_t n)
{
	if (fault == GATE_FAULT_REFUSE)
		return 0;
	return fault == GATE_FAULT_TEAR ? n / 2 : n;
}

static int fault_append(struct gate_store *store, const struct gate_log_line lines[], size_t n,
                        struct gate_error *err)
{
	struct store_wrap *wrap = (struct store_wrap *)store;
	int code;

	if (++wrap->appends != wrap->nth)
		return gate_store_append(wrap->inner, lines, n, err);
	code = gate_store_append(wrap->inner, lines, lines_kept(wrap->fault, n), err);
	return code < 0 ? code : gate_fail(err, GATE_EIO, "%s", fault_messages[wrap->fault]);
}

static int fault_read(struct gate_store *store, const char *since, char *position, gate_line_fn *fn,
                      void *payload, struct gate_error *err)
{
	struct store_wrap *wrap = (struct store_wrap *)store;

	return gate_store_read(wrap->inner, since, position, fn, payload, err);
}

static int fault_read_at(struct gate_store *store, const char *position, gate_line_fn *fn,
                         void *payload, struct gate_error *err)
{
	return gate_store_read_at(((struct store_wrap *)store)->inner, position, fn, payload, err);
}

static int fault_sync(struct gate_store *store, enum gate_sync_mode mode, struct gate_error *err)
{
	return gate_store_sync(((struct store_wrap *)store)->inner, mode, err);
}

static int fault_verify(struct gate_store *store, struct gate_buf *said, struct gate_error *err)
{
	return gate_store_verify(((struct store_wrap *)store)->inner, said, err);
}

static int fault_forget(struct gate_store *store, const char *key, const char *text,
                        struct gate_error *err)
{
	return gate_store_forget(((struct store_wrap *)store)->inner, key, text, err);
}

static const struct gate_store_ops fault_ops = {
	.scheme = "fault",
	.append = fault_append,
	.read = fault_read,
	.holds = inner_holds,
	.find = inner_find,
	.read_at = fault_read_at,
	.sync = fault_sync,
	.verify = fault_verify,
	.forget = fault_forget,
	.forgotten = inner_forgotten,
	.free = wrap_free,
};

int gate_store_fault(struct gate_store **out, struct gate_store *inner, unsigned n,
                     enum gate_fault fault, struct gate_error *err)
{
	struct store_wrap *wrap = new_wrap(&fault_ops, inner, err);

	if (!wrap)
		return GATE_ENOMEM;
	wrap->nth = n;
	wrap->fault = fault;
	*out = &wrap->base;
	return GATE_OK;
}
