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

# gated_repo: a repository `shop` with a remote `origin`, the hook, and standard input as its policy, pushed.  The
# policy of a case that is not about rules is plain_policy.
gated_repo() {
	new_repo shop
	new_remote origin
	must cat >.doragate.yml
	[ -s .doragate.yml ] || plain_policy >.doragate.yml
	commit 'judge pushes'
	must git push -q origin main
	must doragate install --quiet
}

# plain_policy: prints a policy that blocks what adds bad.txt.
plain_policy() {
	cat <<-'END'
		version: 1
		mode: enforce
		rules:
		- id: no-bad-file
		  why: it breaks the build
		  forbid: { added: bad.txt }
	END
}

# fingerprint DIR: every file of it with its content, mode and time, and every link; but what doragate itself keeps.
fingerprint() {
	find "$1" -path '*/.git/doragate' -prune -o -printf '%p %y %m %T@ %l\n' -type f -exec sha256sum {} + |
		LC_ALL=C sort | sha256sum
}

# hook LINE...: the hook itself, with these lines on standard input, as git starts it for the remote origin.
hook() {
	printf '%s\n' "$@" | sh .git/hooks/pre-push origin "$SCRATCH/origin.git"
}

clock_at 1704067200
