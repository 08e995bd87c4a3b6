#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/fuzz/run.sh SECONDS [TARGET...]: fuzzes each target of the preset 'fuzz' (build it first) for so long.
#
# What it finds on the way goes to a scratch folder, never into the source tree.  An input that fails is kept in
# build/fuzz/found/<target>-*; once mended it belongs into tests/fuzz/corpus/<target>/ under a name that says what it is.
set -u

here=$(cd "$(dirname "$0")" && pwd)
build=$here/../../build/fuzz
seconds=${1:?seconds for each target}
shift
if [ $# -eq 0 ]; then
	for source in "$here"/fuzz_*.c; do
		name=${source##*/fuzz_}
		set -- "$@" "${name%.c}"
	done
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$build/found"
passed=0
failed=0
for name in "$@"; do
	mkdir "$scratch/$name"
	if "$build/fuzzers/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
		-print_final_stats=1 -artifact_prefix="$build/found/$name-" \
		"$scratch/$name" "$here/corpus/$name" >"$scratch/log" 2>&1; then
		passed=$((passed + 1))
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$scratch/log")
		echo "fuzz $name: ${runs:-?} runs in $seconds s"
	else
		failed=$((failed + 1))
		cat "$scratch/log"
		echo "fuzz $name: FAILED"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
