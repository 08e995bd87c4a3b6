/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/clock.h"
struct gate_time gate_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (struct gate_time){ t.tv_sec, (int32_t)t.tv_nsec };
}
int gate_time_parse(struct gate_time *out, const char *text, size_t len, struct gate_error *err)
{
	(void)text;
	(void)len;
	(void)err;
	out->seconds = 0;
	out->nanos = 0;
	return 0;
}
void gate_time_format(struct gate_buf *out, struct gate_time time, bool millis)
{
	(void)millis;
	gate_buf_printf(out, "%ld", (long)time.seconds);
}
