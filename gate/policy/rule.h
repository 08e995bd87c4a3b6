/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Rules, compiled (POLICY: Rule, Each, Stages, Blocking).
 */
#ifndef GATE_POLICY_RULE_H
#define GATE_POLICY_RULE_H

#include "gate/policy/expr.h"

enum gate_each {
	GATE_EACH_CHANGE,
	GATE_EACH_COMMIT,
	GATE_EACH_ALL_COMMITS,
	GATE_EACH_SERVICE,
	GATE_EACH_FILE
};
enum gate_severity { GATE_SEVERITY_ERROR, GATE_SEVERITY_WARNING, GATE_SEVERITY_INFO };

extern const char *const gate_each_names[];     /* NULL-terminated */
extern const char *const gate_severity_names[]; /* NULL-terminated */

struct gate_rule {
	const char *id;
	const struct gate_rule_source *source; /* borrowed from the configuration */
	const struct gate_scope *scope;
	unsigned at; /* GATE_BIT(stage) */
	enum gate_each each;
	struct gate_glob *file; /* own; GATE_EACH_FILE */
	unsigned statuses;      /* GATE_BIT(enum gate_file_status) */
	bool has_when, has_unless, forbids;
	struct gate_expr when, unless, demand; /* demand: require or forbid */
	enum gate_severity severity;
	enum gate_mode mode;
	const char *why, *see, *fix; /* NULL: none */
};

struct gate_rules {
	struct gate_rule *items; /* own; disabled ones are left out */
	size_t n;
};

/** Compiles every rule of a sealed configuration, which must outlive them. GATE_ECONFIG with place. */
int gate_rules_compile(struct gate_rules *out, const struct gate_config *config,
                       struct gate_error *err);
/** True when a rule asks this predicate. */
bool gate_rules_use(const struct gate_rules *rules, const char *predicate);
void gate_rules_release(struct gate_rules *rules);
GATE_DEFINE_AUTO_STRUCT(struct gate_rules, gate_rules_release)

#endif
