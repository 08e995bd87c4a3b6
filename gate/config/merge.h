/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reading one policy file into the configuration, on top of what is there. For this folder only.
 */
#ifndef GATE_CONFIG_MERGE_H
#define GATE_CONFIG_MERGE_H

#include "gate/base/limits.h"
#include "gate/config/config.h"

/** Parses a policy and merges what it extends, then itself. `file` names it in messages and says where relative `extends` start. */
int gate_config_merge_text(struct gate_config *config, const struct gate_snapshot *snapshot,
                           const char *file, const char *bytes, size_t len, struct gate_error *err);

/** Parses a file and keeps the document alive with the configuration. */
int gate_config_parse(const struct gate_yaml **root, struct gate_config *config, const char *file,
                      const char *bytes, size_t len, struct gate_error *err);

/** The `sets`, `services` and `rules` of a file, into a scope. A nested scope adds and never replaces. */
int gate_config_merge_sets(struct gate_scope *scope, const struct gate_yaml *root,
                           struct gate_error *err);
int gate_config_merge_services(struct gate_config *config, struct gate_scope *scope,
                               const struct gate_yaml *root, struct gate_error *err);
int gate_config_merge_rules(struct gate_config *config, const struct gate_scope *scope,
                            const struct gate_yaml *root, const char *preset,
                            struct gate_error *err);

/** The `repository`, `environments` and `log` of a file: what records need, and no verdict. */
int gate_config_merge_log(struct gate_config *config, const struct gate_yaml *root,
                          struct gate_error *err);

/** The `flags` of a file. */
int gate_config_merge_flags(struct gate_config *config, const struct gate_yaml *root,
                            struct gate_error *err);

/** What services and environments are called: [A-Za-z0-9][A-Za-z0-9._-]* */
bool gate_config_is_name(const char *name);

#endif
