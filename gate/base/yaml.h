/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A small, strict YAML: maps, lists and scalars with the place where each stands, read by libyaml's events.
 *
 * A scalar is text; its type is the one its reader asks for, never YAML's guess (`off`, `no` and `08` stay text).
 * Errors, each with line and column: anchors and aliases ("quote it"), tags ("quote it"), merge keys, duplicate keys
 * in one map, a key that is no scalar, a second document, directives, invalid UTF-8, NUL and other control bytes, and the
 * limits of gate/base/limits.h (bytes, depth, nodes). An encoding other than UTF-8 is never guessed; a UTF-8 byte order
 * mark is skipped. CRLF is read as LF.
 */
#ifndef GATE_BASE_YAML_H
#define GATE_BASE_YAML_H

#include "gate/base/memory.h"

#include <stdint.h>

enum gate_yaml_kind { GATE_YAML_SCALAR, GATE_YAML_LIST, GATE_YAML_MAP };

struct gate_yaml {
	enum gate_yaml_kind kind;
	unsigned line, column; /* from 1; column counts characters */
	const char *file;      /* borrowed: the name given to gate_yaml_parse */
	bool plain;            /* a scalar without quotes */
	const char *text;      /* scalar: NUL-terminated, holds no NUL itself; else NULL */
	size_t len;
	size_t n;                        /* list: items; map: pairs */
	struct gate_yaml *const *keys;   /* map: n scalars in the order written; else NULL */
	struct gate_yaml *const *values; /* map and list: n nodes; else NULL */
};

struct gate_yaml_doc;

/**
 * Parses one document. An empty file (or only comments and "---") gives a root that is a map with n = 0.
 * `file` is copied and used in messages. GATE_ECONFIG with place, GATE_ENOMEM.
 */
int gate_yaml_parse(struct gate_yaml_doc **out, const char *file, const char *bytes, size_t len,
                    struct gate_error *err);
const struct gate_yaml *gate_yaml_root(const struct gate_yaml_doc *doc);
void gate_yaml_free(struct gate_yaml_doc *doc);
GATE_DEFINE_AUTO(struct gate_yaml_doc *, gate_yaml_free)

/** The value of a key, or NULL; NULL too when `map` is no map. */
const struct gate_yaml *gate_yaml_get(const struct gate_yaml *map, const char *key);

/** gate_fail with the node's place. Returns `code`. */
int gate_yaml_fail(struct gate_error *err, const struct gate_yaml *node, int code, const char *fmt,
                   ...) GATE_PRINTF(4, 5);

/** "a map", "a list", "text" : for messages. */
const char *gate_yaml_kind_name(enum gate_yaml_kind kind);

/**
 * Fails at the first key that is not in `known` (NULL-terminated), naming the nearest: "unknown key 'requier' in a rule,
 * did you mean 'require'?". `what` names the map in the message: "a rule". Fails too when `map` is no map.
 */
int gate_yaml_only_keys(const struct gate_yaml *map, const char *what, const char *const known[],
                        struct gate_error *err);

/*
 * Readers of one scalar. Each fails with the node's place and says what was expected: "known: expected true or false,
 * got 'yes'". `what` is the key's name for the message. Quotes do not matter: "5" is a number where one is asked for.
 */

/** Text: any scalar that is not an empty plain one (`key:` with nothing behind it). Borrowed from the document. */
int gate_yaml_text(const char **out, const struct gate_yaml *node, const char *what,
                   struct gate_error *err);
/** Exactly `true` or `false`. */
int gate_yaml_bool(bool *out, const struct gate_yaml *node, const char *what,
                   struct gate_error *err);
/** A decimal number, 0 to INT64_MAX, no sign, leading zeros allowed (decimal all the same). */
int gate_yaml_number(int64_t *out, const struct gate_yaml *node, const char *what,
                     struct gate_error *err);
/** Bytes: a number, or with unit KiB, MiB, GiB (powers of 1024) or kB, MB, GB (of 1000). */
int gate_yaml_bytes(int64_t *out, const struct gate_yaml *node, const char *what,
                    struct gate_error *err);
/** Seconds: a number with unit s, m, h, d or w. */
int gate_yaml_duration(int64_t *out, const struct gate_yaml *node, const char *what,
                       struct gate_error *err);
/** Thousandths: `15%`, `0.5%`; at most one digit behind the point; 0% to 100%. */
int gate_yaml_percent(int64_t *out, const struct gate_yaml *node, const char *what,
                      struct gate_error *err);
/** One of the words (NULL-terminated); its index. Unknown: names the nearest. */
int gate_yaml_word(size_t *out, const struct gate_yaml *node, const char *what,
                   const char *const words[], struct gate_error *err);

/** An inclusive range; a missing end is open (min 0, max INT64_MAX). */
struct gate_range {
	int64_t min, max;
};
/** `{ min, max }`, at least one of them, min <= max; or a bare number n, which means exactly n. */
int gate_yaml_range(struct gate_range *out, const struct gate_yaml *node, const char *what,
                    struct gate_error *err);

#endif
