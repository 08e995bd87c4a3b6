/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/git/internal.h"

bool gate_repo_ignores(const struct gate_repo *repo, const char *path)
{
	int ignored = 0;

	return git_ignore_path_is_ignored(&ignored, repo->git, path) == 0 && ignored;
}
