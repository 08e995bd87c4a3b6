#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/check-exports-test.sh CC: proves that check-exports.sh finds what is exported too much and too little.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cat >"$scratch/gate.h" <<'END'
#define GATE_API __attribute__((visibility("default")))
GATE_API const char *
gate_one(void);
GATE_API int gate_two(int a,
	int b);
int gate_inner(void);
END
printf 'int gate_one, gate_two;\n' >"$scratch/right.c"
printf 'int gate_one, gate_inner;\n' >"$scratch/wrong.c"
for name in right wrong; do
	"$1" -shared -fPIC -nostdlib -o "$scratch/$name.so" "$scratch/$name.c"
done

"$here/check-exports.sh" "$scratch/right.so" "$scratch/gate.h"
if "$here/check-exports.sh" "$scratch/wrong.so" "$scratch/gate.h" >"$scratch/log"; then
	echo 'check-exports.sh passed a library that exports something else' >&2
	exit 1
fi
grep -qx -e '-gate_two' "$scratch/log"
grep -qx -e '+gate_inner' "$scratch/log"
