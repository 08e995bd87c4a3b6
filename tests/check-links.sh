#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/check-links.sh FILE...: what Markdown files link to in this repository is there.
set -eu

bad=0
for file; do
	# One link a line; those with a scheme lead elsewhere, those that start with '#' into the file itself.
	links=$(grep -oE '\]\([^) ]+\)' "$file" | sed 's/^](//; s/)$//; s/#.*//' | grep -vE '^([a-z]+:|$)' || :)
	for link in $links; do
		[ -e "$(dirname "$file")/$link" ] || {
			echo "$file: there is no '$link'"
			bad=1
		}
	done
done
exit $bad
