#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/check-docs.sh MAN [PROGRAM [GRAMMAR]]: the man pages in the folder MAN are well formed; given the program, each
# of its commands has a page that says everything its -h says; given the program GRAMMAR (tests/docs/grammar.c), the
# page doragate-policy(5) has every predicate with its parameters, no other, and names every word of the grammar, and
# doragate(1) has the exit codes.
#
# It relies on two forms: `PROGRAM help` prints '  <command>  <summary>' a line, and `PROGRAM <command> -h` prints
# options as '  -x, --long ARG  <text>', with either name alone as well.  An option that every command has stands
# in doragate(1) and need not be repeated.
set -u

man=$1
program=${2:-}
grammar=${3:-}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bad=0

complain() {
	echo "$*"
	bad=1
}

backspace=$(printf '\b')

# The page as one reads it, without the overstriking that makes bold and underlined.
plain() {
	mandoc -T ascii -O width=200 "$1" | LC_ALL=C sed "s/.$backspace//g"
}

# The options that -h prints: the words that start with a dash, before the gap of two spaces.
options() {
	sed -n 's/^ \{1,\}\(-.*\)/\1/p' | sed 's/  .*//' | grep -oE '(^|[ ,])--?[[:alnum:]][[:alnum:]-]*' | tr -d ' ,' | sort -u
}

says() { # says FILE OPTION: as a whole word
	grep -qE -e "(^|[^[:alnum:]-])$2([^[:alnum:]-]|\$)" "$1"
}

command -v mandoc >/dev/null || {
	echo 'mandoc is missing: ./bootstrap test installs it'
	exit 1
}

set -- "$man"/*.[157]
if [ -e "$1" ]; then
	mandoc -T lint -W warning "$@" || bad=1
fi
[ -n "$program" ] || exit $bad

"$program" help >"$scratch/help" || complain "doragate help failed"
commands=$(sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p' "$scratch/help")
[ -n "$commands" ] || complain "doragate help names no command"
main=$man/doragate.1
if [ -e "$main" ]; then
	plain "$main" >"$scratch/main"
else
	complain "$main: missing"
	: >"$scratch/main"
fi
for command in $commands; do
	page=$man/doragate-$command.1
	says "$scratch/main" "$command" || complain "$main: does not name the command '$command'"
	if [ ! -e "$page" ]; then
		complain "$page: missing"
		continue
	fi
	plain "$page" >"$scratch/page"
	"$program" "$command" -h >"$scratch/usage" || complain "doragate $command -h failed"
	# The summary is the same in both, so that nothing is said twice in two ways.
	summary=$(sed -n "s/^  $command  *//p" "$scratch/help")
	grep -qF -e "$summary" "$scratch/page" || complain "$page: does not say '$summary'"
	for option in $(options <"$scratch/usage"); do
		says "$scratch/page" "$option" || says "$scratch/main" "$option" ||
			complain "$page: does not name the option '$option'"
	done
done

# A page of a command that is gone.
for page in "$man"/doragate-*.1; do
	[ -e "$page" ] || continue
	command=${page##*/doragate-}
	command=${command%.1}
	echo "$commands" | grep -qx -e "$command" || complain "$page: there is no command '$command'"
done
[ -n "$grammar" ] || exit $bad

# What doragate-policy.5 documents, in the words of GRAMMAR: items `.It Ic PREDICATE`, and behind each, up to the next,
# `.It Cm PARAMETER Ar TYPE Pq FLAG, FLAG`.
documented() {
	sed -nE -e 's/^\.It Ic ([a-z-]+)$/predicate \1/p' \
		-e 's/^\.It Cm ([a-z-]+) Ar ([a-z]+)$/param \1 \2/p' \
		-e 's/^\.It Cm ([a-z-]+) Ar ([a-z]+) Pq ([a-z, ]+)$/param \1 \2 \3/p' "$1" | tr -d ,
}

# Each line behind its predicate's name, sorted: the page may have them in any order.
by_predicate() {
	awk '$1 == "predicate" { name = $2 } $1 == "predicate" || $1 == "param" { print name ": " $0 }' | LC_ALL=C sort
}

page=$man/doragate-policy.5
if [ ! -e "$page" ]; then
	complain "$page: missing"
	exit $bad
fi
"$grammar" >"$scratch/grammar" || complain "$grammar failed"
[ -s "$scratch/grammar" ] || complain "$grammar names nothing"
by_predicate <"$scratch/grammar" >"$scratch/wanted"
documented "$page" | by_predicate >"$scratch/found"
diff -u --label 'the program' --label "$page" "$scratch/wanted" "$scratch/found" || bad=1
plain "$page" >"$scratch/page"
sed -n 's/^word //p' "$scratch/grammar" | LC_ALL=C sort -u >"$scratch/words"
while read -r word; do
	says "$scratch/page" "$word" || complain "$page: does not name '$word'"
done <"$scratch/words"

sed -n 's/^exit //p' "$scratch/grammar" >"$scratch/wanted"
sed -nE 's/^ +([0-9]) +(.*)/\1 \2/p' "$scratch/main" >"$scratch/found"
diff -u --label 'the program' --label "$main" "$scratch/wanted" "$scratch/found" || bad=1
exit $bad
