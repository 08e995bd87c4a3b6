/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/base/digest.h"

#include <nettle/sha2.h>
#include <stdint.h>

void gate_digest_hex(char hex[GATE_DIGEST_HEX], const char *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, len, (const uint8_t *)bytes);
	sha256_digest(&ctx, sizeof(digest), digest);
	/* By hand: an event has its digest made, and there may be a million. */
	for (size_t i = 0; i < sizeof(digest); i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[2 * sizeof(digest)] = '\0';
}
