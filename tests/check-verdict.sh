#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/check-verdict.sh BUILD SCHEMA [NAME [FILE...]]: what NAME (verdict, or metrics) prints as JSON, made by tests/docs/NAME-cases.sh, against
# the JSON schema that is documented; so are FILE...
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
schema=$2
name=${3:-verdict}
if [ $# -gt 3 ]; then shift 3; else set --; fi

# Debian's package serves the system's python3, which need not be the first on PATH.
python=
for candidate in python3 /usr/bin/python3; do
	if [ -z "$python" ] && "$candidate" -c 'from jsonschema import Draft202012Validator' 2>/dev/null; then
		python=$candidate
	fi
done
[ -n "$python" ] || {
	echo 'python3-jsonschema is missing: ./bootstrap test installs it'
	exit 1
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/case"
cp "$here/docs/$name-cases.sh" "$scratch/case/cmd"
GATE_UPDATE_GOLDEN='' "$here/cli/run.sh" "$build" "$scratch/case"
PYTHONDONTWRITEBYTECODE=1 "$python" "$here/docs/$name.py" "$schema" "$scratch"/case/out/*.json "$@"
