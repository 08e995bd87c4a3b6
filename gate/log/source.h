/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What records call the repository they are of: the first part of `context.source`.
 */
#ifndef GATE_LOG_SOURCE_H
#define GATE_LOG_SOURCE_H

#include "gate/git/repo.h"

/**
 * The name of the repository: `configured` (`repository:`, may be NULL) as it is; else the URL of the home remote (NULL: "origin") as
 * "https://host/path", the same for whatever way leads there, and without user, password, port and query; else, where that leads to
 * no other machine or is too long, "urn:uuid:" of this clone, which is made once and kept in its git folder. At most
 * GATE_MAX_REPOSITORY_BYTES, unless `configured` is longer. To be freed.
 */
int gate_log_repository(char **out, const struct gate_repo *repo, const char *configured,
                        const char *remote, struct gate_error *err);

/** "https://host/path" of a URL in any form that git takes; to be freed. NULL: it is no name that others share. */
int gate_log_url_name(char **out, const char *url, struct gate_error *err);

#endif
