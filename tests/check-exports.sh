#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/check-exports.sh LIBRARY HEADER: the library exports the functions that the header marks GATE_API, no more and
# no fewer.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A declaration may go over several lines: `GATE_API`, words and stars, the name, `(`.
grep -v '^ *#' "$2" | tr '\n\t' '  ' | grep -oE 'GATE_API [^;(]*\(' | sed -E 's/ *\($//; s/.*[ *]//' | sort >"$scratch/declared"
nm -D --defined-only --format=posix "$1" | awk '$2 != "A" { sub(/@.*/, "", $1); print $1 }' | sort >"$scratch/exported"
[ -s "$scratch/declared" ] || {
	echo "$2: no function is marked GATE_API" >&2
	exit 1
}
diff -u --label "marked GATE_API in $2" --label "exported by $1" "$scratch/declared" "$scratch/exported"
