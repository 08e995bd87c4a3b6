/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which identities were met before: a Bloom filter, for whoever goes on where an earlier run ended and cannot hold every identity of a log.
 *
 * "No" is sure. "Yes" may be wrong, once in 400 times when half full and once in 40 when full, so it must only cost time.
 */
#ifndef GATE_FLOW_SEEN_H
#define GATE_FLOW_SEEN_H

#include "gate/base/buf.h"
#include "gate/base/digest.h"

struct gate_seen {
	unsigned char *bits; /* own */
	size_t n_bytes;      /* also how many identities it is made for */
	size_t n;            /* how many were added */
};

/** Makes room for `most` identities (at least 1), none of them met. What was there before is released. GATE_ENOMEM. */
int gate_seen_init(struct gate_seen *seen, size_t most, struct gate_error *err);
void gate_seen_release(struct gate_seen *seen);
GATE_DEFINE_AUTO_STRUCT(struct gate_seen, gate_seen_release)

/** `key`: 64 hexadecimal digits, the SHA-256 of an identity. */
bool gate_seen_has(const struct gate_seen *seen, const char *key);
void gate_seen_add(struct gate_seen *seen, const char *key);
/** It has more than it was made for: make a larger one. */
bool gate_seen_is_full(const struct gate_seen *seen);

/** Appends its bits in hexadecimal digits. */
void gate_seen_write(struct gate_buf *out, const struct gate_seen *seen);
/** Takes what gate_seen_write wrote, with `n` identities in it. False: it is none, or memory ran out; `out` is as before. */
bool gate_seen_read(struct gate_seen *out, const char *text, size_t n);

#endif
