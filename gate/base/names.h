/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Sets of name globs, for branches, tags, labels, services and users (POLICY: Values, names).
 *
 * `*` and `?` stop at `/`, `**` does not, `\` takes the next byte as it is; there are no brackets. Any of a list
 * matches; `!p` takes out: the last that matches decides. Case counts.
 */
#ifndef GATE_BASE_NAMES_H
#define GATE_BASE_NAMES_H

#include "gate/base/pathset.h"

struct gate_nameset;

/** GATE_ECONFIG: `*bad` (may be NULL) is the index of the pattern. A set of only `!` is an error, as for paths. */
int gate_nameset_compile(struct gate_nameset **out, const struct gate_pattern patterns[], size_t n,
                         size_t *bad, struct gate_error *err);
bool gate_nameset_match(const struct gate_nameset *set, const char *name, size_t len);
void gate_nameset_free(struct gate_nameset *set);
GATE_DEFINE_AUTO(struct gate_nameset *, gate_nameset_free)

#endif
