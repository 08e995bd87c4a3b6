#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/cli/run.sh BUILD CASE...: runs the cases, which are folders, with the programs of the build folder BUILD.
#
# CASE/cmd      a POSIX sh script; the functions of tests/support/repo.sh are there, `doragate` is on PATH, and it
#               starts in an empty folder $SCRATCH; $CASE is the case's folder, for files of its own
# CASE/stdout   what it must print; no file: nothing
# CASE/stderr   the same
# CASE/exit     its exit code; no file: 0
#
# Nothing of the caller's environment comes through but what sanitizers and coverage read.  In what was printed, the
# scratch folder is written /SCRATCH, $HOME /HOME, the build folder /BUILD and the case's folder /CASE.
#
# GATE_UPDATE_GOLDEN=1 writes the expectations from what happened: read the diff before you commit it.
set -u

support=$(cd "$(dirname "$0")/../support" && pwd)

quote() { # for the left side of sed's s|||
	printf '%s' "$1" | sed 's/[][\\.*^$|]/\\&/g'
}

neutral() {
	LC_ALL=C sed -e "s|$(quote "$scratch")|/SCRATCH|g" -e "s|$(quote "$home")|/HOME|g" \
		-e "s|$(quote "$build")|/BUILD|g" -e "s|$(quote "$dir")|/CASE|g" "$1"
}

# shellcheck disable=SC2016 # it is the inner shell that expands
run_case() {
	mkdir "$scratch" "$home" "$home/tmp"
	cat >"$home/.gitconfig" <<-END
		[user]
			name = A Developer
			email = dev@example.com
		[init]
			defaultBranch = main
		[advice]
			detachedHead = false
		[gc]
			auto = 0
	END
	(cd "$scratch" && exec env -i PATH="$build/bin:$PATH" HOME="$home" SCRATCH="$scratch" CASE="$dir" \
		TMPDIR="$home/tmp" TZ=UTC LC_ALL=C TERM=dumb \
		GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$home/.gitconfig" GIT_CEILING_DIRECTORIES="$top" \
		GIT_TERMINAL_PROMPT=0 GIT_EDITOR=: GIT_PAGER=cat \
		${ASAN_OPTIONS:+"ASAN_OPTIONS=$ASAN_OPTIONS"} ${UBSAN_OPTIONS:+"UBSAN_OPTIONS=$UBSAN_OPTIONS"} \
		${TSAN_OPTIONS:+"TSAN_OPTIONS=$TSAN_OPTIONS"} \
		LSAN_OPTIONS="${LSAN_OPTIONS:-suppressions=$support/lsan.supp:print_suppressions=0}" \
		sh -c '. "$1"; . "$2"' cmd "$support/repo.sh" "$dir/cmd") \
		</dev/null >"$actual/stdout.raw" 2>"$actual/stderr.raw"
	echo $? >"$actual/exit"
	neutral "$actual/stdout.raw" >"$actual/stdout"
	neutral "$actual/stderr.raw" >"$actual/stderr"
}

# What is expected where the case says nothing.
expected() {
	if [ -e "$dir/$1" ]; then
		cat "$dir/$1"
	elif [ "$1" = exit ]; then
		echo 0
	fi
}

update() {
	for part in stdout stderr exit; do
		rm -f "$dir/$part"
		expected $part | cmp -s - "$actual/$part" || cp "$actual/$part" "$dir/$part"
	done
}

compare() {
	same=0
	for part in stdout stderr exit; do
		expected $part | diff -u --label "expected $part" --label "actual $part" - "$actual/$part" || same=1
	done
	return $same
}

[ $# -ge 2 ] || {
	echo 'usage: tests/cli/run.sh BUILD CASE...' >&2
	exit 2
}
build=$(cd "$1" && pwd -P) || exit 2
shift
top=$(mktemp -d) && top=$(cd "$top" && pwd -P) || exit 2
trap 'rm -rf "$top"' EXIT
failed=0
for dir; do
	dir=$(cd "$dir" && pwd -P) || exit 2
	[ -f "$dir/cmd" ] || {
		echo "$dir: no file 'cmd'" >&2
		exit 2
	}
	scratch=$top/scratch
	home=$top/home
	actual=$top/actual
	rm -rf "$scratch" "$home" "$actual"
	mkdir "$actual"
	run_case
	if [ "${GATE_UPDATE_GOLDEN:-}" = 1 ]; then
		update
	elif ! compare; then
		echo "FAILED: $dir"
		failed=1
	fi
done
exit $failed
