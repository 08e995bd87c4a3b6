/* SPDX-License-Identifier: Apache-2.0 */
/**
 * libgit2's types, released by scope: GATE_AUTO(git_tree_free) git_tree *tree = NULL;
 *
 * Only for the sources of gate/git/.
 */
#ifndef GATE_GIT_AUTO_H
#define GATE_GIT_AUTO_H

#include "gate/base/memory.h"

#include <git2.h>

GATE_DEFINE_AUTO(git_blob *, git_blob_free)
GATE_DEFINE_AUTO(git_commit *, git_commit_free)
GATE_DEFINE_AUTO(git_config *, git_config_free)
GATE_DEFINE_AUTO(git_config_entry *, git_config_entry_free)
GATE_DEFINE_AUTO(git_config_iterator *, git_config_iterator_free)
GATE_DEFINE_AUTO(git_index *, git_index_free)
GATE_DEFINE_AUTO(git_object *, git_object_free)
GATE_DEFINE_AUTO(git_odb *, git_odb_free)
GATE_DEFINE_AUTO(git_odb_object *, git_odb_object_free)
GATE_DEFINE_AUTO(git_patch *, git_patch_free)
GATE_DEFINE_AUTO(git_reference *, git_reference_free)
GATE_DEFINE_AUTO(git_reference_iterator *, git_reference_iterator_free)
GATE_DEFINE_AUTO(git_remote *, git_remote_free)
GATE_DEFINE_AUTO(git_repository *, git_repository_free)
GATE_DEFINE_AUTO(git_tag *, git_tag_free)
GATE_DEFINE_AUTO(git_tree *, git_tree_free)

GATE_DEFINE_AUTO_STRUCT(git_buf, git_buf_dispose)
GATE_DEFINE_AUTO_STRUCT(git_strarray, git_strarray_dispose)

#endif
