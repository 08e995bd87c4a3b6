/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/metrics/stream.h"

#include "tests/support/test.h"

#include "gate/base/clock.h"

void test_stream_init(struct test_stream *out)
{
	*out = (struct test_stream){ .stream = { .service = "shop", .environment = "live" } };
	out->stream.deployments = out->list;
	out->stream.waiting = out->waiting;
}

int64_t test_at(const char *time)
{
	struct gate_time out = { 0 };

	assert_ok(gate_time_parse(&out, time, strlen(time), err));
	return out.seconds;
}

struct gate_deployment *test_deploy(struct test_stream *to, int64_t finish, enum gate_kind kind)
{
	const size_t i = to->stream.n++;

	assert_true(i < TEST_DEPLOYMENTS);
	assert_true(i == 0 || to->list[i - 1]->finish.seconds <= finish);
	to->list[i] = &to->items[i];
	to->items[i].state = GATE_DEPLOYMENT_SUCCEEDED;
	to->items[i].finish.seconds = finish;
	to->items[i].kind = kind;
	return to->list[i];
}

struct gate_shipped *test_ship(struct test_stream *to, int64_t lead)
{
	struct gate_deployment *deployment = to->list[to->stream.n - 1];
	struct gate_shipped *shipped = &to->shipped[to->n_shipped++];

	assert_true(to->n_shipped <= TEST_SHIPPED && to->n_units < TEST_SHIPPED);
	if (!deployment->n_ships++)
		deployment->ships = shipped;
	shipped->unit = &to->units[to->n_units++];
	shipped->lead = lead;
	return shipped;
}

void test_failed(struct gate_deployment *deployment, enum gate_failure failure, int64_t lasted)
{
	deployment->failure = failure;
	deployment->impact = deployment->finish.seconds;
	deployment->recovered = lasted >= 0;
	deployment->recovery = deployment->recovered ? deployment->impact + lasted : 0;
}

void test_wait(struct test_stream *to, int64_t t0)
{
	struct gate_unit *unit = &to->units[to->n_units++];

	assert_true(to->n_units <= TEST_SHIPPED);
	unit->t0 = t0;
	to->waiting[to->stream.n_waiting++] = unit;
}

struct gate_figures test_figures(const struct test_stream *of, int64_t from, int64_t to,
                                 int64_t now)
{
	const struct gate_window window = { from, to, of->zone };
	struct gate_figures out = { 0 };

	assert_ok(gate_figures_compute(&out, &of->stream, &window, now, err));
	return out;
}
