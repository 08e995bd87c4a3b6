#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/check-console.sh BUILD FILE...: runs the examples in Markdown files and compares what they print.
#
# An example is a block fenced as ```console.  Its lines are commands after '$ ', which go on after '> ', and between them
# what they print, on both streams as on a terminal.  A block starts in an empty folder, or, when the line before it is
# <!-- console: NAME -->, after tests/console/NAME.sh, whose output is not shown, or, when it is <!-- console: NAME goes on -->,
# where the last block of that name ended: then both are one example.  The scratch folder of run.sh is written /home/you in what is
# printed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# One case for run.sh a block, in a folder named after its place.  What is expected is the block itself, so the case
# prints its commands too.
awk -v scratch="$scratch" -v setups="$here/console" '
function flush_command() {
	if (command != "") {
		printf "cat <<\"END OF COMMAND\"\n%sEND OF COMMAND\n%s", shown, command >>cmd
		command = shown = ""
	}
}
FNR == 1 { delete folders }
!inside && /^```console$/ {
	inside = 1
	split(before, words, " ")
	if (before ~ /^<!-- console: [a-z-]+ goes on -->$/ && words[3] in folders) {
		cmd = folders[words[3]] "/cmd"
		out = folders[words[3]] "/stdout"
		next
	}
	name = FILENAME ":" FNR
	gsub("/", "-", name)
	folder = scratch "/" name
	system("mkdir \"" folder "\"")
	cmd = folder "/cmd"
	out = folder "/stdout"
	printf "exec 2>&1\n" >>cmd
	if (before ~ /^<!-- console: [a-z-]+ -->$/) {
		folders[words[3]] = folder
		printf "setups=\"%s\"\n. \"$setups/%s.sh\" >/dev/null\n", setups, words[3] >>cmd
	}
	printf "" >>out
	next
}
inside && /^```$/ {
	flush_command()
	# The exit code of the last command is no mistake.
	print ":" >>cmd
	close(cmd)
	close(out)
	inside = 0
}
inside {
	shown_as = $0
	if (!/^[$>] /)
		gsub("/home/you/", "/SCRATCH/", shown_as)
	print shown_as >>out
	if (/^\$ /) {
		flush_command()
		shown = $0 "\n"
		command = substr($0, 3) "\n"
	} else if (/^> / && command != "") {
		shown = shown $0 "\n"
		command = command substr($0, 3) "\n"
	} else {
		flush_command()
	}
}
{ before = $0 }' "$@"

set -- "$scratch"/*
[ -e "$1" ] || exit 0
GATE_UPDATE_GOLDEN='' "$here/cli/run.sh" "$build" "$@"
