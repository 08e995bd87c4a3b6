# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For .ci/run and .ci/full: named steps, all of which run whatever fails, and one closing line for them all.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 4
exec </dev/null
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0
failed=0
failures=()

# suite NAME COMMAND...: a command that closes with 'N passed, N failed'.  Without that line it counts as one failure.
suite() {
	local name=$1 status
	shift
	printf '\n== %s: %s\n' "$name" "$*"
	"$@" 2>&1 | tee "$log"
	status=${PIPESTATUS[0]}
	local good=0 bad=0
	if [[ $(tail -n 1 "$log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
		good=${BASH_REMATCH[1]}
		bad=${BASH_REMATCH[2]}
	fi
	[[ $status -eq 0 || $bad -gt 0 ]] || bad=1
	[[ $status -eq 0 && $good -eq 0 ]] && bad=1
	passed=$((passed + good))
	failed=$((failed + bad))
	[[ $bad -eq 0 ]] || failures+=("$name")
}

# step NAME COMMAND...: a command that passes or fails as a whole.
step() {
	local name=$1
	shift
	printf '\n== %s: %s\n' "$name" "$*"
	if "$@" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		failures+=("$name")
	fi
}

preset() { # configures and builds
	cmake --preset "$1" && cmake --build --preset "$1"
}

# Last in a script: its status is the script's.
close() {
	printf '\n'
	[[ $failed -eq 0 ]] || printf 'failed: %s\n' "${failures[*]}"
	echo "$passed passed, $failed failed"
	[[ $failed -eq 0 && $passed -gt 0 ]]
}
