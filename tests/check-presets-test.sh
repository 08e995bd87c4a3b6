#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proves that check-presets.sh finds a rule without a row, a row without a rule, and another severity.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

mkdir -p policies/shop policies/sets
echo 'version: 1' >policies/sets/policy.yml
cat >policies/shop/policy.yml <<'END'
rules:
- id: first
  forbid: { changed: a }

- id: second
  severity: warning
  mode: shadow
  forbid: { changed: b }

- id: other/third
  disabled: second is better
END
row() { # row RULE SEVERITY...
	while [ $# -gt 0 ]; do
		# shellcheck disable=SC2016 # the backquotes are Markdown's
		printf '| `%s` | asks | why | %s | so |\n' "$1" "$2"
		shift 2
	done
}

row shop/second 'warning, shadow' shop/first error other/third '' >policies/shop/README.md
"$here/check-presets.sh" policies

row shop/first error shop/second warning shop/gone error >policies/shop/README.md
if "$here/check-presets.sh" policies >actual; then
	echo 'check-presets.sh passed a README that is wrong' >&2
	exit 1
fi
diff -u - actual <<'END'
--- policies/shop/policy.yml
+++ policies/shop/README.md
@@ -1,3 +1,3 @@
-other/third: 
 shop/first: error
-shop/second: warning, shadow
+shop/gone: error
+shop/second: warning
END

rm policies/shop/README.md
if "$here/check-presets.sh" policies >actual; then
	echo 'check-presets.sh passed a preset without README' >&2
	exit 1
fi
grep -qx 'policies/shop/README.md: missing' actual
