/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Every limit on input, in one place. Reaching one is an error or an unknown, never a pass.
 */
#ifndef GATE_BASE_LIMITS_H
#define GATE_BASE_LIMITS_H

#include <stddef.h>

#define GATE_MAX_YAML_BYTES ((size_t)1 << 20)  /* one .doragate.yml */
#define GATE_MAX_YAML_DEPTH 32                 /* nested maps and lists */
#define GATE_MAX_YAML_NODES 100000             /* scalars, lists and maps of one file */
#define GATE_MAX_JSON_BYTES ((size_t)32 << 20) /* one JSON document */
#define GATE_MAX_JSON_DEPTH 64
#define GATE_MAX_JSON_NODES 2000000              /* values of one document */
#define GATE_MAX_PATTERN_BYTES 4096              /* one path, name or text pattern */
#define GATE_MAX_PATTERNS 10000                  /* patterns of one set, after sets were put in */
#define GATE_MAX_CAPTURES 16                     /* {x} in one pattern */
#define GATE_MAX_PATH_BYTES 65535                /* one path in a tree */
#define GATE_MAX_TREE_DEPTH 2048                 /* folders in folders */
#define GATE_MAX_BLOB_BYTES ((size_t)50 << 20)   /* a file read to look at its lines */
#define GATE_MAX_BLOB_LINES 1000000              /* comparing takes a hundred bytes for each */
#define GATE_MAX_MESSAGE_BYTES ((size_t)4 << 20) /* a commit message; what is behind is not read */
#define GATE_MAX_HOOK_INPUT ((size_t)64 << 20)   /* standard input of a hook */
#define GATE_MAX_FLAG_KEY_BYTES 256              /* the key of a feature flag, or an alias */
#define GATE_MAX_FLAGS 100000                    /* registered ones, of all files */
#define GATE_MAX_FLAG_FILES 1000                 /* files of the registry */
#define GATE_MAX_FLAG_BYTES ((size_t)64 << 20)   /* all of them together */
#define GATE_MAX_FLAG_SEARCH ((size_t)50 << 20)  /* files read to see whether they read a flag */
#define GATE_MAX_SCAN_BYTES ((size_t)1 << 20)    /* a migration read for its way back */
#define GATE_MAX_SCAN_STEPS 200                  /* operations of a migration to look at */
#define GATE_MAX_LINE_BYTES ((size_t)256 << 10)  /* one line of the log */
#define GATE_MAX_EVENT_DEPTH 32                  /* maps and lists of an event in each other */
#define GATE_MAX_IDENTITY_BYTES 1024             /* the id of an event, and its source */
#define GATE_MAX_REPOSITORY_BYTES 512 /* its name in a source: '/doragate/<adapter>' follows */
#define GATE_MAX_REF_NAME \
	250 /* bytes between two slashes of a ref that we name: a file, and its '.lock' */
#define GATE_MAX_LOG_BLOB ((size_t)64 << 20)   /* one file of the log's tree */
#define GATE_MAX_SPOOL_BYTES ((size_t)1 << 30) /* one file of the spool, or a file to import */
#define GATE_MAX_COMMITS 5000                  /* commits judged one by one (DESIGN: max-commits) */
#define GATE_MAX_REVERT_FILES 100000           /* that commits differ in which are taken back */
#define GATE_MAX_REVERT_BYTES ((size_t)256 << 20)   /* of these, merged and kept */
#define GATE_MAX_EXTENDS_DEPTH 8                    /* files that extend files */
#define GATE_MAX_SET_DEPTH 100                      /* sets that name sets */
#define GATE_MAX_RULES 1000                         /* of one merged policy */
#define GATE_MAX_DISCOVERY_FILES 20000              /* that may tell of services */
#define GATE_MAX_DISCOVERY_BYTES ((size_t)64 << 20) /* of them in all */
#define GATE_MAX_SERVICES 1000                      /* found in one state */
#define GATE_MAX_RANGES 256                         /* recorded, compared with one change */
#define GATE_MAX_NESTING 5                          /* any, all, not, anywhere in each other */

/*
 * PCRE2 gives up after this many steps of one match, and 16 more for each byte of text: about a tenth of a second, and
 * a third for each MiB, at worst.
 */
#define GATE_TEXT_MATCH_LIMIT 1000000
#define GATE_TEXT_DEPTH_LIMIT 10000
#define GATE_TEXT_HEAP_KIB 20480

#endif
