/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/repo.h"

const struct gate_oid gate_oid_zero;

const struct gate_oid gate_oid_empty_tree = { {
	0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60,
	0xe5, 0x4b, 0xf8, 0xd6, 0x92, 0x88, 0xfb, 0xee, 0x49, 0x04,
} };

bool gate_oid_equal(const struct gate_oid *a, const struct gate_oid *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool gate_oid_is_zero(const struct gate_oid *id)
{
	return gate_oid_equal(id, &gate_oid_zero);
}

const char *gate_oid_hex(char hex[GATE_OID_HEX], const struct gate_oid *id)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof(id->bytes); i++) {
		hex[2 * i] = digits[id->bytes[i] >> 4];
		hex[2 * i + 1] = digits[id->bytes[i] & 15];
	}
	hex[GATE_OID_HEX - 1] = '\0';
	return hex;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool all_zeros(const char *hex, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (hex[i] != '0')
			return false;
	}
	return true;
}

int gate_oid_parse(struct gate_oid *out, const char *hex, size_t len, struct gate_error *err)
{
	struct gate_oid id = gate_oid_zero;
	int shown = len > 80 ? 80 : (int)len;

	if (len == 64 && all_zeros(hex, len)) {
		*out = id;
		return GATE_OK;
	}
	if (len != GATE_OID_HEX - 1)
		return gate_fail(err, GATE_EUSAGE,
		                 "'%.*s' is no object id: %zu characters instead of 40", shown, hex,
		                 len);
	for (size_t i = 0; i < len; i++) {
		int value = digit(hex[i]);

		if (value < 0)
			return gate_fail(err, GATE_EUSAGE,
			                 "'%.*s' is no object id: not hexadecimal", shown, hex);
		id.bytes[i / 2] = (uint8_t)(id.bytes[i / 2] << 4 | value);
	}
	*out = id;
	return GATE_OK;
}
