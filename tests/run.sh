#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/run.sh PRESET [CTEST-OPTION...]: configures and builds a preset and runs its tests.  The last line is
# 'N passed, N failed', with ', N skipped' when there were any; with CI=true a skipped test has failed.
set -eu

cd "$(dirname "$0")/.."
preset=$1
shift
report=$PWD/build/$preset/junit.xml

cmake --preset "$preset"
cmake --build --preset "$preset"
rm -f "$report"
status=0
ctest --preset "$preset" -j "$(nproc)" --output-junit "$report" "$@" || status=$?
[ -e "$report" ] || exit 1

# ctest writes one test case a line: run, fail, notrun or disabled.  A test whose program is missing did not run, and
# only its message tells it from one that chose to be skipped.
count() {
	tr '\n' ' ' <"$report" | sed 's/<testcase /\n&/g' | grep -cE "$1" || :
}
total=$(count '^<testcase ')
passed=$(count '^<testcase .*status="run"')
skipped=$(count '^<testcase .*<skipped message="SKIP_')
failed=$((total - passed - skipped))
if [ "${CI:-}" = true ]; then
	failed=$((failed + skipped))
fi
[ "$failed" -eq 0 ] || status=1
[ "$passed" -gt 0 ] || status=1
if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
exit $status
