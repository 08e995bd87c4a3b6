/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stores around a store: one that says what is asked of it, one that fails on purpose.
 */
#include "gate/log/store.h"

struct wrapped_store {
	struct gate_store store;
	struct gate_store *inner; /* own */
	struct gate_buf *trace;   /* borrowed */
	unsigned appends, faulty; /* how many there were; which one goes wrong */
	enum gate_fault fault;
};

static struct wrapped_store *wrapped(struct gate_store *store)
{
	return (struct wrapped_store *)store;
}

static int trace_result(struct wrapped_store *store, int code)
{
	gate_buf_puts(store->trace, code == GATE_OK ? ": ok\n" : ": failed\n");
	return code;
}

static int trace_append(struct gate_store *base, const struct gate_log_line lines[], size_t n,
                        struct gate_error *err)
{
	struct wrapped_store *store = wrapped(base);

	gate_buf_printf(store->trace, "append %zu lines", n);
	return trace_result(store, gate_store_append(store->inner, lines, n, err));
}

static int trace_read(struct gate_store *base, const char *since, char *position, gate_line_fn *fn,
                      void *payload, struct gate_error *err)
{
	struct wrapped_store *store = wrapped(base);
	int code = gate_store_read(store->inner, since, position, fn, payload, err);

	gate_buf_printf(store->trace, "read from '%s' to '%s'", since, position);
	return trace_result(store, code);
}

static int trace_sync(struct gate_store *base, enum gate_sync_mode mode, struct gate_error *err)
{
	struct wrapped_store *store = wrapped(base);

	gate_buf_puts(store->trace, mode == GATE_SYNC_SEND ? "send" : "sync");
	return trace_result(store, gate_store_sync(store->inner, mode, err));
}

static int trace_verify(struct gate_store *base, struct gate_buf *said, struct gate_error *err)
{
	struct wrapped_store *store = wrapped(base);

	gate_buf_puts(store->trace, "verify");
	return trace_result(store, gate_store_verify(store->inner, said, err));
}

static void wrapped_free(struct gate_store *base)
{
	gate_store_free(wrapped(base)->inner);
	free(base);
}

static const struct gate_store_ops trace_ops = {
	.scheme = "trace",
	.append = trace_append,
	.read = trace_read,
	.sync = trace_sync,
	.verify = trace_verify,
	.free = wrapped_free,
};

static int fault_append(struct gate_store *base, const struct gate_log_line lines[], size_t n,
                        struct gate_error *err)
{
	struct wrapped_store *store = wrapped(base);
	int code = GATE_OK;

	if (++store->appends != store->faulty)
		return gate_store_append(store->inner, lines, n, err);
	if (store->fault == GATE_FAULT_TEAR)
		code = gate_store_append(store->inner, lines, n / 2, err);
	else if (store->fault == GATE_FAULT_NO_ACK)
		code = gate_store_append(store->inner, lines, n, err);
	return code < 0 ? code : gate_fail(err, GATE_EIO, "append %u fails", store->appends);
}

static int fault_read(struct gate_store *base, const char *since, char *position, gate_line_fn *fn,
                      void *payload, struct gate_error *err)
{
	return gate_store_read(wrapped(base)->inner, since, position, fn, payload, err);
}

static int fault_sync(struct gate_store *base, enum gate_sync_mode mode, struct gate_error *err)
{
	return gate_store_sync(wrapped(base)->inner, mode, err);
}

static int fault_verify(struct gate_store *base, struct gate_buf *said, struct gate_error *err)
{
	return gate_store_verify(wrapped(base)->inner, said, err);
}

static const struct gate_store_ops fault_ops = {
	.scheme = "fault",
	.append = fault_append,
	.read = fault_read,
	.sync = fault_sync,
	.verify = fault_verify,
	.free = wrapped_free,
};

static int wrap(struct wrapped_store **out, struct gate_store *inner,
                const struct gate_store_ops *ops, struct gate_error *err)
{
	struct wrapped_store *store = calloc(1, sizeof(*store));

	if (!store) {
		gate_store_free(inner);
		return gate_fail_memory(err);
	}
	store->store.ops = ops;
	store->inner = inner;
	*out = store;
	return GATE_OK;
}

int gate_store_trace(struct gate_store **out, struct gate_store *inner, struct gate_buf *trace,
                     struct gate_error *err)
{
	struct wrapped_store *store = NULL;
	int code = wrap(&store, inner, &trace_ops, err);

	if (code < 0)
		return code;
	store->trace = trace;
	*out = &store->store;
	return GATE_OK;
}

int gate_store_fault(struct gate_store **out, struct gate_store *inner, unsigned n,
                     enum gate_fault fault, struct gate_error *err)
{
	struct wrapped_store *store = NULL;
	int code = wrap(&store, inner, &fault_ops, err);

	if (code < 0)
		return code;
	store->faulty = n;
	store->fault = fault;
	*out = &store->store;
	return GATE_OK;
}
