# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What a tests/cli/<case>/cmd may call; tests/cli/run.sh reads this before the case.
#
# Every commit is made by the same person, one second after the one before, the first at 2024-01-01T00:00:01Z, so that
# object ids are the same on every run and may stand in an expectation.  A step that fails ends the case with status 99.

# $HOME/clock holds the seconds since 1970, so that subshells share one clock.
tick() {
	clock_at $(($(cat "$HOME/clock") + 1))
}

# clock_at SECONDS: the time of what is made next, in seconds since 1970; commit goes on one second later.
clock_at() {
	echo "$1" >"$HOME/clock"
	GIT_AUTHOR_DATE="@$1 +0000"
	GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
}

must() {
	"$@" && return
	echo "repo.sh: failed: $*" >&2
	exit 99
}

# new_repo NAME: an empty repository on branch main below the scratch folder; the case goes on in it.
new_repo() {
	must git init -q "$SCRATCH/$1"
	must cd "$SCRATCH/$1"
}

# new_remote NAME: a bare repository NAME.git beside this one, added as remote NAME.
new_remote() {
	must git init -q --bare "$SCRATCH/$1.git"
	must git remote add "$1" "$SCRATCH/$1.git"
}

# write FILE: standard input becomes the file; its folder is made.
write() {
	must mkdir -p "$(dirname "$1")"
	must cat >"$1"
}

# commit MESSAGE [OPTION...]: everything in the work tree, even when nothing changed; options are those of git commit.
commit() {
	tick
	commit_message=$1
	shift
	must git add -A
	must git commit -q --allow-empty -m "$commit_message" "$@"
}

# merge BRANCH MESSAGE: always makes a merge commit.
merge() {
	tick
	must git merge -q --no-ff -m "$2" "$1"
}

# tag NAME MESSAGE: an annotated tag of HEAD.
tag() {
	tick
	must git tag -m "$2" "$1"
}

clock_at 1704067200
