#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/check-presets.sh POLICIES: the README.md of each preset has a row for each rule of its policy.yml, with the
# severity and mode it has there, and no other.
#
# It relies on how policy.yml is laid out: a rule starts with '- id:', its keys follow one a line.  A row starts with
# '| `RULE` |', and its cell before the last is the severity, ', shadow' behind it; empty for a rule that is disabled.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bad=0

rules() { # rules PRESET FILE
	awk -v preset="$1" '
	function flush() {
		if (id != "")
			print id ": " (disabled ? "" : severity mode)
	}
	/^- id: / {
		flush()
		id = $3 ~ "/" ? $3 : preset "/" $3
		severity = "error"
		mode = disabled = ""
	}
	/^  severity: / { severity = $2 }
	/^  mode: shadow/ { mode = ", shadow" }
	/^  disabled: / { disabled = 1 }
	END { flush() }' "$2" | LC_ALL=C sort
}

rows() { # rows FILE
	awk -F ' *[|] *' '/^[|] `[a-z-]+\/[a-z-]+` [|]/ {
		gsub("`", "", $2)
		print $2 ": " $(NF - 2)
	}' "$1" | LC_ALL=C sort
}

for policy in "$1"/*/policy.yml; do
	folder=${policy%/*}
	preset=${folder##*/}
	[ "$preset" != sets ] || continue
	if [ ! -e "$folder/README.md" ]; then
		echo "$folder/README.md: missing"
		bad=1
		continue
	fi
	rules "$preset" "$policy" >"$scratch/rules"
	rows "$folder/README.md" >"$scratch/rows"
	[ -s "$scratch/rules" ] || {
		echo "$policy: no rule found"
		bad=1
	}
	diff -u --label "$policy" --label "$folder/README.md" "$scratch/rules" "$scratch/rows" || bad=1
done
exit $bad
