#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/metrics.sh BUILD REPOSITORY [RUNS]: metrics without events, from the tags of a large repository, without and with what the cache remembers,
# against GITLOG: `git log --no-merges --no-renames --format= --name-only HEAD`.
set -eu
PATH=$(cd "$1" && pwd)/bin:$PATH
repository=$(cd "$2" && pwd)
runs=${3:-5}
cache=$(cd "$repository" && cd "$(git rev-parse --git-common-dir)" && pwd)/doragate/metrics
hyperfine -N -w 1 -r "$runs" --prepare "rm -f '$cache'" \
	-n GITLOG "git -C '$repository' log --no-merges --no-renames --format= --name-only HEAD" \
	-n cold "doragate -C '$repository' metrics --window all"
hyperfine -N -w 1 -r "$runs" \
	-n GITLOG "git -C '$repository' log --no-merges --no-renames --format= --name-only HEAD" \
	-n warm "doragate -C '$repository' metrics --window all"
