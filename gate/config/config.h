/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The configuration: .doragate.yml, what it extends, presets, built-in sets and nested files, merged (POLICY: Merging).
 *
 * Values keep the YAML nodes they were written as, so that every later message can name file, line and column, and so
 * that this layer need not know what a predicate is: policy/ reads `when` and its kin.
 */
#ifndef GATE_CONFIG_CONFIG_H
#define GATE_CONFIG_CONFIG_H

#include "gate/base/digest.h"
#include "gate/base/pathset.h"
#include "gate/base/yaml.h"
#include "gate/git/snapshot.h"

#define GATE_CONFIG_FILE ".doragate.yml"

enum gate_mode { GATE_MODE_ENFORCE, GATE_MODE_SHADOW };

/** The keys of a rule, in the order in which `policy show` prints them. */
enum gate_rule_key {
	GATE_RULE_WHY,
	GATE_RULE_SEE,
	GATE_RULE_AT,
	GATE_RULE_EACH,
	GATE_RULE_WHEN,
	GATE_RULE_REQUIRE,
	GATE_RULE_FORBID,
	GATE_RULE_UNLESS,
	GATE_RULE_SEVERITY,
	GATE_RULE_MODE,
	GATE_RULE_WAIVE,
	GATE_RULE_FIX,
	GATE_RULE_DISABLED,
	GATE_RULE_KEYS
};
extern const char *const gate_rule_key_names[GATE_RULE_KEYS + 1]; /* NULL-terminated */

/**
 * Where patterns start and which sets are seen: the whole repository, or the folder of a nested file. A nested scope
 * sees its own sets first, then those of the root.
 */
struct gate_scope {
	const char *folder; /* "" or "sub/folder/" */
	const struct gate_scope *parent;
	struct gate_set *sets; /* own array */
	size_t n_sets, cap_sets;
};

/* Whether a set, or one that it names, holds a capture. Looked for once: sets that name sets twice would double the work each time. */
enum gate_set_captures { GATE_CAPTURES_UNSEEN, GATE_CAPTURES_NONE, GATE_CAPTURES_SOME };

struct gate_set {
	const char *name;
	const struct gate_yaml *node; /* a scalar or a list of scalars */
	const struct gate_scope
		*written; /* where its patterns start: the scope it was written in */
	struct gate_pathset
		*compiled; /* own; NULL: holds captures, and is compiled where they are known */
	bool busy;         /* being compiled: finds a set that holds itself */
	enum gate_set_captures captures;
};

struct gate_rule_source {
	const char *id; /* as shown: nested ids are "<folder>:<id>" */
	const struct gate_scope *scope;
	const struct gate_yaml *node; /* the id's scalar where the rule was first written */
	const struct gate_yaml
		*keys[GATE_RULE_KEYS]; /* NULL: not set; each from the last entry that sets it */
};

struct gate_service {
	const char *name;
	const struct gate_yaml *node;
	const struct gate_scope *scope;
	const char *tier, *owner;           /* NULL: not given */
	struct gate_pathset *paths, *tests; /* own; tests may be NULL */
	/* Own; NULL: not given. What it is built from with others: its changes are the service's in metrics, and no rule sees them as such. */
	struct gate_pathset *shared;
	bool is_new; /* only the change's own configuration has it */
};

/** What an environment is for. */
enum gate_tier { GATE_TIER_PRODUCTION, GATE_TIER_STAGING, GATE_TIER_TESTING, GATE_TIER_OTHER };
extern const char *const gate_tier_names[]; /* NULL-terminated */

struct gate_environment {
	const char *name;
	enum gate_tier tier; /* as given, else by the name */
	const struct gate_yaml *node;
};

/** The keys of `log`, in the order in which `policy show` prints them. */
enum gate_log_key {
	GATE_LOG_STORE,
	GATE_LOG_REMOTE,
	GATE_LOG_REF,
	GATE_LOG_SYNC,
	GATE_LOG_SHARE,
	GATE_LOG_DETAILS,
	GATE_LOG_KEYS
};
extern const char *const gate_log_key_names[GATE_LOG_KEYS + 1]; /* NULL-terminated */

enum gate_log_sync { GATE_LOG_SYNC_MANUAL, GATE_LOG_SYNC_PUSH };

/** Where the log is and what goes into it. All zero: nothing is given. */
struct gate_log_config {
	const char *store; /* a URL; NULL: "git:" */
	const char *
		remote; /* the name of a remote, never a URL or a path by its looks; NULL: "origin" */
	const char *ref; /* refs/doragate/log or below refs/heads/; NULL: refs/doragate/log */
	enum gate_log_sync sync; /* when a developer's events leave */
	bool share_hooks;        /* runs of hooks are shared too */
	bool details;            /* texts and URLs of incidents are kept */
	const struct gate_yaml
		*keys[GATE_LOG_KEYS]; /* NULL: not set; each from the last file that sets it */
};

/** The keys of `flags`, in the order in which `policy show` prints them. */
enum gate_flags_key { GATE_FLAGS_REGISTRY, GATE_FLAGS_OFF, GATE_FLAGS_ALIASES, GATE_FLAGS_KEYS };
extern const char *const gate_flags_key_names[GATE_FLAGS_KEYS + 1]; /* NULL-terminated */

/** Where feature flags are registered, and what counts as off and as the name of one. All zero: nothing is given. */
struct gate_flags_config {
	const struct gate_yaml
		*keys[GATE_FLAGS_KEYS]; /* NULL: not set; each from the last file that sets it */
	struct gate_pathset *registry;  /* own; NULL: not given */
};

/** Whether a variant of this name is off, of a flag whose value does not tell: `off`, else off, control, disabled. */
bool gate_flags_name_is_off(const struct gate_flags_config *flags, const char *variant, size_t len);

struct gate_embedded;

struct gate_config {
	struct gate_arena arena;
	struct gate_yaml_doc **docs; /* own */
	size_t n_docs, cap_docs;
	const struct gate_embedded **presets; /* own array: those that are merged */
	size_t n_presets, cap_presets;
	bool found; /* the judge has a .doragate.yml; else this is the preset `baseline` in shadow */
	enum gate_mode mode;
	bool on_error_allow;
	struct gate_scope root;
	struct gate_scope **nested; /* own */
	size_t n_nested, cap_nested;
	struct gate_rule_source *rules; /* own */
	size_t n_rules, cap_rules;
	struct gate_service *services; /* own, by name */
	size_t n_services, cap_services;
	const struct gate_yaml *repository_node; /* NULL: not given */
	const char *repository;                  /* as written; NULL: not given */
	struct gate_environment *environments;   /* own, by name */
	size_t n_environments, cap_environments;
	struct gate_flags_config flags;
	struct gate_log_config log;
	/* SHA-256 of the merged policy. What only the log reads is not in it: no verdict depends on that. */
	char digest[GATE_DIGEST_HEX];
};

/**
 * Loads the configuration that a snapshot holds. `text` (may be NULL) replaces the content of .doragate.yml, with
 * `text_name` for messages: `--try FILE` and `init`'s preview.
 *
 * GATE_ECONFIG and GATE_ELIMIT with file, line and column; GATE_EGIT: the file is there and cannot be read.
 */
int gate_config_load(struct gate_config **out, const struct gate_snapshot *snapshot,
                     const char *text_name, const char *text, size_t text_len,
                     struct gate_error *err);

/**
 * Adds the nested file of one folder ("sub/folder", no slash at the end) if the snapshot has one; call it for the
 * folders above changed files, then gate_config_seal.
 */
int gate_config_add_nested(struct gate_config *config, const struct gate_snapshot *snapshot,
                           const char *folder, size_t len, struct gate_error *err);

/** Compiles sets, services and checks what only the whole can show; computes the digest. Before this, nothing above may use it. */
int gate_config_seal(struct gate_config *config, struct gate_error *err);

void gate_config_free(struct gate_config *config);
GATE_DEFINE_AUTO(struct gate_config *, gate_config_free)

/** The set that `$name` means in a scope; NULL: none. */
struct gate_set *gate_scope_find(const struct gate_scope *scope, const char *name, size_t len);

/** True when a set, or a set it names, holds a capture. */
bool gate_paths_have_captures(const struct gate_scope *scope, const struct gate_yaml *node);

/**
 * Compiles a paths value (a scalar or a list of them) as seen from a scope. `captures` may be NULL. `temporary` owns sets that
 * had to be compiled for these captures; it must outlive the result. GATE_ECONFIG with the place of the pattern.
 */
struct gate_temporary_sets {
	struct gate_temporary_set {
		const struct gate_set *of;
		struct gate_pathset *compiled; /* own */
	} * items;                             /* own */
	size_t n, cap;
	unsigned depth; /* of sets that name sets, at the moment */
};
void gate_temporary_sets_release(struct gate_temporary_sets *sets);
GATE_DEFINE_AUTO_STRUCT(struct gate_temporary_sets, gate_temporary_sets_release)
int gate_paths_compile(struct gate_pathset **out, const struct gate_scope *scope,
                       const struct gate_yaml *node, const struct gate_captures *captures,
                       struct gate_temporary_sets *temporary, struct gate_error *err);

#endif
