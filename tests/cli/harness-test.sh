#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/cli/harness-test.sh BUILD: proves that run.sh fails when it must, says why, and can mend an expectation.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
	echo "harness-test: $*" >&2
	cat "$scratch/log" >&2
	exit 1
}

run() {
	"$here/run.sh" "$build" "$scratch/harness" >"$scratch/log" 2>&1
}

refused() { # refused WHAT LINE: run fails and shows LINE
	if run; then
		fail "passed with $1"
	fi
	grep -qxF -e "$2" "$scratch/log" || fail "did not show '$2' for $1"
}

fresh() {
	rm -rf "$scratch/harness"
	cp -R "$here/harness" "$scratch/"
}

fresh
run || fail 'failed on what is right'

# The caller's environment must not matter.
GIT_DIR=/nowhere GIT_AUTHOR_NAME=Somebody DORAGATE=0 CI=true TZ=Asia/Tokyo run || fail 'the environment came through'

echo 'one more' >>"$scratch/harness/stdout"
refused 'a line missing on stdout' '-one more'

fresh
rm "$scratch/harness/stderr"
refused 'a line not expected on stderr' '+talk of /HOME and /CASE'

fresh
rm "$scratch/harness/exit"
refused 'another exit code' '+3'

fresh
rm "$scratch/harness/stdout" "$scratch/harness/exit"
echo wrong >"$scratch/harness/stderr"
GATE_UPDATE_GOLDEN=1 run || fail 'could not update'
diff -r "$here/harness" "$scratch/harness" || fail 'did not restore the expectations'

# Expectations that would say nothing are not written.
printf 'true\n' >"$scratch/harness/cmd"
GATE_UPDATE_GOLDEN=1 run
[ "$(ls "$scratch/harness")" = cmd ] || fail 'wrote empty expectations'

printf 'must false\necho not reached\n' >"$scratch/harness/cmd"
refused 'a step that failed' '+99'
