/* SPDX-License-Identifier: Apache-2.0 */
/**
 * SHA-256 (FIPS 180-4), by Nettle.
 */
#ifndef GATE_BASE_DIGEST_H
#define GATE_BASE_DIGEST_H

#include <stddef.h>

#define GATE_DIGEST_HEX 65 /* 64 hexadecimal digits and a NUL */

/** Lower-case hexadecimal SHA-256 of the bytes. */
void gate_digest_hex(char hex[GATE_DIGEST_HEX], const char *bytes, size_t len);

#endif
