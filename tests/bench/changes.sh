#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Judges the last changes of a branch one by one, and counts what each rule found: what a policy would have said of the past.
# usage: changes.sh BUILD_FOLDER REPOSITORY POLICY [COUNT]
set -eu

gate="$1/bin/doragate"
repo=$2
policy=$3
count=${4-200}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

git -C "$repo" rev-list --first-parent -n "$count" HEAD >"$dir/revisions"
while read -r revision; do
	start=$(date +%s%N)
	# 1 and 3 are verdicts.
	"$gate" -C "$repo" check --commit "$revision" --try "$policy" --format json >"$dir/verdict" || [ $? -ne 2 ]
	echo "$((($(date +%s%N) - start) / 1000)) $revision" >>"$dir/times"
	grep -o '^ *"rule": "[^"]*"' "$dir/verdict" | sort -u >>"$dir/rules" || true
done <"$dir/revisions"

echo "changes with a finding, by rule, of $(wc -l <"$dir/times"):"
sed 's/.*: "\(.*\)"/\1/' "$dir/rules" | sort | uniq -c | sort -rn
sort -n "$dir/times" | awk '{ t[NR] = $1; r[NR] = $2 }
	END { printf "milliseconds: median %.1f, most %.1f (%.9s)\n", t[int((NR + 1) / 2)] / 1000, t[NR] / 1000, r[NR] }'
