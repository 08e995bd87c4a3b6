/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/uuid.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

static bool is_dash(size_t at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

int gate_uuid(char out[GATE_UUID], struct gate_error *err)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[16];
	ssize_t got;

	/* So few bytes come at once or not at all; only waiting for the first entropy can be interrupted. */
	do {
		got = getrandom(bytes, sizeof(bytes), 0);
	} while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(bytes))
		return gate_fail_errno(err, "cannot get random numbers");
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	for (size_t i = 0, at = 0; i < sizeof(bytes); i++) {
		if (is_dash(at))
			out[at++] = '-';
		out[at++] = digits[bytes[i] >> 4];
		out[at++] = digits[bytes[i] & 0x0f];
	}
	out[GATE_UUID - 1] = '\0';
	return GATE_OK;
}

bool gate_uuid_is(const char *text, size_t len)
{
	if (len != GATE_UUID - 1)
		return false;
	for (size_t at = 0; at < len; at++)
		if (is_dash(at) ? text[at] != '-'
		                : !text[at] || !strchr("0123456789abcdef", text[at]))
			return false;
	return true;
}
