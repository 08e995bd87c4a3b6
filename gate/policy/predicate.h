/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Predicates: what a rule can ask of a change. One row and one function each.
 *
 * A predicate is true, false or unknown (Kleene). It names places: when true what matched, when false what it knows is
 * missing or at fault. It never decides an outcome; the engine does (gate/policy/engine.h).
 *
 * The table of parameters drives validation, `explain`, the editor schema and the manual.
 */
#ifndef GATE_POLICY_PREDICATE_H
#define GATE_POLICY_PREDICATE_H

#include "gate/base/names.h"
#include "gate/base/text.h"
#include "gate/change/change.h"
#include "gate/config/config.h"

enum gate_truth { GATE_FALSE, GATE_TRUE, GATE_UNKNOWN };

struct gate_place {
	const char *path; /* borrowed from the change or the policy */
	unsigned line;    /* from 1; 0: the file as a whole */
};

/** At most so many places of one predicate are kept; `n_places` goes on counting. */
#define GATE_MAX_PLACES 100

struct gate_result {
	enum gate_truth truth;
	struct gate_place *places; /* own */
	size_t n_places, cap_places;
	char detail[320]; /* what was found, a sentence part: "no changed file matches $tests" */
	char lacks
		[96]; /* of a false one: what to add, as a command wants it: "Rollback: TEXT"; "" else */
	const char *fix; /* of a false one: in place of the predicate's; static; NULL: that */
	/* Of an unknown: */
	enum gate_fact missing;
	bool accident; /* this stage could know it, but not here: shallow, too large, match limit */
	char why[256], mend[128];
};
void gate_result_clear(struct gate_result *result);
GATE_DEFINE_AUTO_STRUCT(struct gate_result, gate_result_clear)

int gate_result_add_place(struct gate_result *result, const char *path, unsigned line,
                          struct gate_error *err);
/** Makes it unknown because a part of the change is missing. */
void gate_result_unknown(struct gate_result *result, enum gate_fact missing, bool accident,
                         const struct gate_known *why);

/** What a rule is evaluated on: the change, one commit, one service, or one file. */
struct gate_item {
	struct gate_change *change;
	const struct gate_scope *scope;      /* files outside its folder are not seen */
	struct gate_change_commit *commit;   /* NULL: not per commit */
	const struct gate_service *service;  /* NULL: not per service */
	struct gate_change_file *file;       /* NULL: not per file */
	struct gate_captures captures;       /* of the file, and {service} */
	const struct gate_service *services; /* all of the configuration */
	size_t n_services;
	const struct gate_flags_config *flags;
	bool wide;                /* inside `anywhere` */
	struct gate_arena *arena; /* lives as long as the verdict */
};

/**
 * The files this item sees, in order. GATE_OK with *known->known false when they cannot be known. Frees nothing: the array is in the
 * item's arena.
 */
int gate_item_files(struct gate_change_file ***files, size_t *n, const struct gate_known **known,
                    const struct gate_item *item, struct gate_error *err);

/* Types of parameters, and what each stores at its offset. */
enum gate_param_type {
	GATE_PARAM_PATHS, /* struct gate_paths */
	GATE_PARAM_NAMES, /* struct gate_names */
	GATE_PARAM_TEXT,  /* struct gate_text_param */
	GATE_PARAM_TEXTS, /* struct gate_text_params: a map of names to text patterns, or names alone */
	GATE_PARAM_NUMBER, /* struct gate_number */
	GATE_PARAM_RANGE,  /* struct gate_range_param */
	GATE_PARAM_BOOL,   /* struct gate_flag */
	GATE_PARAM_WORDS,  /* unsigned: GATE_BIT(index of the word in `words`) */
};

struct gate_paths {
	const struct gate_yaml *node; /* NULL: not given */
	const struct gate_scope *scope;
	struct gate_pathset *set; /* own; NULL: has captures, compiled for each item */
};
struct gate_names {
	const struct gate_yaml *node;
	struct gate_nameset *set; /* own */
};
struct gate_text_param {
	const struct gate_yaml *node;
	struct gate_text *text; /* own */
};
struct gate_text_params {
	const struct gate_yaml *node;
	struct gate_text_entry {
		const char *name;
		struct gate_text_param pattern; /* text NULL: any value */
	} * items;                              /* own */
	size_t n;
};
struct gate_number {
	bool given;
	int64_t value;
};
struct gate_range_param {
	bool given;
	struct gate_range range;
};
struct gate_flag {
	bool given, value;
};

struct gate_param {
	const char *name;
	enum gate_param_type type;
	size_t offset;
	const char *help;
	const char *const *words; /* GATE_PARAM_WORDS: NULL-terminated */
	bool shorthand;           /* a scalar or list in place of the map means this one */
	bool required;
};

struct gate_predicate {
	const char *name, *summary;
	unsigned facts;                  /* GATE_BIT(enum gate_fact) */
	bool per_commit;                 /* needs `each: commit` or `all-commits` */
	size_t size;                     /* of the struct that holds the parameters */
	const struct gate_param *params; /* ends with a row without name */
	/** Sets result->truth, places and detail; `params` is that struct. Result is empty when called. */
	int (*eval)(struct gate_result *result, const struct gate_item *item, const void *params,
	            struct gate_error *err);
	const char *
		fix; /* default command that mends a failed requirement; {x} as in a rule's `fix`; NULL: none */
};

/** The row of a name; NULL: none. */
const struct gate_predicate *gate_predicate_find(const char *name);
/** All rows, by name; ends with NULL. */
extern const struct gate_predicate *const gate_predicates[];

/** Reads parameters as the table says into zeroed storage. GATE_ECONFIG with place. */
int gate_params_read(void *params, const struct gate_predicate *predicate,
                     const struct gate_scope *scope, const struct gate_yaml *node,
                     struct gate_error *err);
void gate_params_release(void *params, const struct gate_predicate *predicate);

/**
 * The set that a paths parameter means for an item. NULL in *out: not given, all files. Sets made for the item's captures go to `temporary` and *own.
 */
int gate_paths_for_item(const struct gate_pathset **out, const struct gate_paths *paths,
                        const struct gate_item *item, struct gate_pathset **own,
                        struct gate_temporary_sets *temporary, struct gate_error *err);

/** A value as it is written in the policy, on one line, cut to fit: "$tests", "src/, !src/gen/". */
const char *gate_yaml_inline(char buf[96], const struct gate_yaml *node);

#endif
