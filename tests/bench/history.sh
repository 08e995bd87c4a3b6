#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Changed files of all history: ours against git log, on one core, cold in the sense that nothing is cached between runs.
# usage: history.sh BUILD_FOLDER REPOSITORY
set -eu

ours="$1/tests/bench/bench_history_files"
repo=$2
log='--no-merges --no-renames --format= --name-only HEAD'
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# The same result first; git's default order depends on clocks, so ours is compared with the one that does not.
# shellcheck disable=SC2086
git -C "$repo" -c core.quotePath=false log --topo-order $log >"$dir/git"
"$ours" "$repo" >"$dir/ours"
cmp "$dir/git" "$dir/ours"
echo "the same $(wc -l <"$dir/git") lines"

taskset -c 0 hyperfine --warmup 1 --runs 5 --export-json "$dir/times.json" \
	-n git "git -C '$repo' log $log" -n ours "'$ours' '$repo'"
sed -n 's/^ *"median": \([0-9.]*\).*/\1/p' "$dir/times.json" |
	awk 'NR == 1 { git = $1 } NR == 2 { printf "ratio %.2f\n", $1 / git }'
