#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `record` remembers of a repository: it need not start libgit2 again, and is never wrong, whatever moves or breaks.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
unset GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL # unusual, and so never quick
facts=a/.git/doragate/facts
remote origin.git
git clone -q origin.git a
n=0

# source_of ARGS...: the source of the event that a record with these options writes, and whether libgit2 was loaded for it.
source_of() {
	n=$((n + 1))
	strace -qq -f -o calls -e trace=openat doragate "$@" record -q deployment -s cart -e production --id "r$n" || die "record $* fails"
	quick=yes
	! grep -q 'libgit2.*= [0-9]' calls || quick=no
	doragate "$@" log export | grep "\"deploymentId\":\"r$n\"" | sed 's/.*"source":"\([^"]*\)".*"commit":"\([^"]*\)".*/\1 \2/'
}
# record_is WHAT QUICK SOURCE COMMIT ARGS...
record_is() {
	local what=$1 wanted=$2 source=$3 commit=$4
	shift 4
	source_of "$@" >said
	same "$what" "https://example.com/$source/doragate/flags $commit" "$(cat said)"
	same "$what: without libgit2" "$wanted" "$quick"
}
head_of() { git -C "$1" rev-parse HEAD; }

if ! strace -o /dev/null true 2>/dev/null; then
	left_out 'strace cannot be used'
	exit 0
fi
one=$(head_of a)
record_is 'the first' no shop "$one" -C a
record_is 'the second' yes shop "$one" -C a
mkdir -p a/cart/deep
record_is 'from a folder below' yes shop "$one" -C a/cart/deep

# Another configuration is another commit.
sed -i s,example.com/shop,example.com/store, a/.doragate.yml
record_is 'a work tree that is not committed' yes shop "$one" -C a
git -C a commit -qam two
two=$(head_of a)
record_is 'a new commit' no store "$two" -C a
record_is 'a new commit, again' yes store "$two" -C a
git -C a pack-refs --all
record_is 'packed refs' yes store "$two" -C a
git -C a checkout -q --detach "$one"
record_is 'a detached HEAD' no shop "$one" -C a
record_is 'a detached HEAD, again' yes shop "$one" -C a
git -C a checkout -q main
record_is 'back on the branch' no store "$two" -C a

# The name of the home: git's configuration.
git -C a rm -q .doragate.yml
git -C a commit -qm three
git -C a remote set-url origin https://example.com/x.git
three=$(head_of a)
record_is 'named by its home' no x "$three" -C a
record_is 'named by its home, again' yes x "$three" -C a
git -C a remote set-url origin https://example.com/y.git
record_is 'another home' no y "$three" -C a
git config --global url.https://example.com/z.insteadOf https://example.com/y.git
record_is 'another home by the user' no z "$three" -C a
git config --global --unset url.https://example.com/z.insteadOf
record_is 'the home again' no y "$three" -C a
echo '[remote "origin"]' >included && echo '	url = https://example.com/more.git' >>included
git -C a config include.path "$top/included"
record_is 'configuration that includes a file' no y "$three" -C a
git -C a config --unset include.path
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0=x
record_is 'configuration in the environment' no y "$three" -C a
unset GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0
# An empty XDG_CONFIG_HOME is none: the folder "git" of wherever somebody stands is no configuration.
mkdir git && printf '[url "https://example.com/forged"]\n\tinsteadOf = https://example.com/y\n' >git/config
rm $facts
XDG_CONFIG_HOME='' record_is 'an empty XDG_CONFIG_HOME' no y "$three" -C a
XDG_CONFIG_HOME='' record_is 'an empty XDG_CONFIG_HOME, again' yes y "$three" -C a
rm -r git

# A clone without a home has a name of its own, which goes with the file that holds it.
git -C a remote set-url origin "$top/origin.git"
source_of -C a >first
source_of -C a >said
same 'named by itself' "$(cat first)" "$(cat said)"
same 'named by itself: without libgit2' yes "$quick"
rm a/.git/doragate/clone
source_of -C a >said
same 'named anew: without libgit2' no "$quick"
[ "$(cat first)" != "$(cat said)" ] || die 'the name is still that of a file that is gone'
git -C a remote set-url origin https://example.com/y.git

# What is not whole is not used: each byte of the cache changed, one after the other, and it cut everywhere.
git -C a checkout -q --detach "$two"
record_is 'a cache to break' no store "$two" -C a
cp $facts whole
size=$(wc -c <whole)
for at in $(seq 0 "${LOG_TESTS_ALL:-7}" "$((size - 1))"); do
	cp whole $facts
	printf '\1' | dd of=$facts bs=1 seek="$at" conv=notrunc status=none
	record_is "byte $at of the cache is broken" no store "$two" -C a
	head -c "$at" whole >$facts
	record_is "the cache is cut at $at" no store "$two" -C a
	[ -n "${LOG_TESTS_ALL:-}" ] || [ "$at" -lt 150 ] || break
done
cmp -s whole $facts || die 'the cache is not mended'
mkfifo fifo && cp whole kept && rm $facts && ln -s "$top/fifo" $facts
record_is 'a pipe in place of the cache' no store "$two" -C a
rm $facts && mkdir $facts
record_is 'a folder in place of the cache' no store "$two" -C a
rmdir $facts
record_is 'no cache' no store "$two" -C a

# Where only git can tell.
git -C a worktree add -q "$top/linked" "$one"
record_is 'a linked worktree' no shop "$one" -C linked
record_is 'a linked worktree, again' no shop "$one" -C linked
git clone -q --bare origin.git bare.git
record_is 'a bare repository' no shop "$one" -C bare.git
record_is 'a bare repository, again' no shop "$one" -C bare.git
(cd "$top" && GIT_DIR=$top/bare.git record_is 'GIT_DIR' no shop "$one")
git -C a/cart init -q
git -C a/cart commit -q --allow-empty -m inner
git -C a/cart remote add origin https://example.com/inner.git
record_is 'a repository in a repository' no inner "$(head_of a/cart)" -C a/cart
# What git takes for no repository is none, though it was one: what holds it is meant.
git -C a worktree prune
git clone -q origin.git a/half
record_is 'a repository below another' no shop "$one" -C a/half
record_is 'a repository below another, again' yes shop "$one" -C a/half
mv a/half/.git/objects objects
record_is 'a repository without objects' no store "$two" -C a/half
mv objects a/half/.git/objects
# The folder of another one may be said to be in common.
git clone -q origin.git b
printf '%s\n' "$top/b/.git" >a/half/.git/commondir
record_is 'a folder in common' no shop "$one" -C a/half
record_is 'a folder in common, again' no shop "$one" -C a/half
same 'recorded in common' 2 "$(wc -l <b/.git/doragate/spool)"
rm a/half/.git/commondir

if [ "$(id -u)" -eq 0 ] && chown -R 12345 a/cart/.git 2>/dev/null; then
	! doragate -C a/cart record -q deployment -s cart -e production 2>said || die 'somebody else owns it, and it is recorded'
	grep -q safe.directory said || die "of another owner it says: $(cat said)"
fi

# What fails is tried once, and said once.
mv a/half/.git/doragate/spool kept.spool && mkdir a/half/.git/doragate/spool
status=0
strace -qq -f -o calls -e trace=openat,execve doragate -C a/half record deployment -s cart -e production >said 2>&1 || status=$?
same 'a spool that cannot be read' '4 doragate: cannot read' "$status $(cut -d' ' -f1-3 said)"
same 'programs that were run' 1 "$(grep -c execve calls)"
rmdir a/half/.git/doragate/spool
doragate -C a/half record deployment -s cart -e production >/dev/full 2>said && die 'standard output is full, and nobody says so'
grep -q '^doragate: recorded, but' said || die "of a full output it says: $(cat said)"
# Line by line, as to a terminal; a program with a sanitizer cannot be told so.
if stdbuf -oL doragate version >said 2>&1; then
	for words in 'record deployment -s cart -e production' 'record deployment -s cart -e production -c main' version; do
		status=0
		# shellcheck disable=SC2086 # words
		stdbuf -oL doragate -C a/half $words >/dev/full 2>said || status=$?
		same "a full output, line by line: $words" 4 $status
	done
fi
# The program trusts its caller's words about where it is; for somebody else it does nothing.
if [ "$(id -u)" -eq 0 ]; then
	mkdir -p suid/bin suid/libexec/doragate && cp "$build/bin/doragate" suid/bin
	cp "$(command -v id)" suid/libexec/doragate/doragate
	chown 12345 suid/bin/doragate && chmod 4755 suid/bin/doragate && chmod a+x "$top"
	# Where file systems or the kernel ignore that bit, it is its caller's, and runs.
	! suid/bin/doragate -u >said 2>&1 || same 'for another user' 0 "$(cat said)"
fi

# A step that a pipeline runs twice has one id and two times: it is one record.
export CI_PIPELINE_ID=7 CI_JOB_ID=8 CI_JOB_NAME=deploy
git clone -q origin.git twice
doragate -C twice record deployment >said
sleep 0.01
doragate -C twice record deployment >>said
doragate -C twice record deployment -c main >>said # asks libgit2
same 'recorded twice' 'recorded recorded before recorded before' "$(cut -d: -f1 said | tr '\n' ' ' | sed 's/ $//')"
same 'lines' 1 "$(doragate -C twice log export | wc -l)"
doragate -C twice log sync -q
same 'verified' 'the log is whole' "$(doragate -C twice log verify)"
# Shared meanwhile, both are kept; the first counts, and nothing is wrong with the log.
doragate -C twice record -q deployment
same 'that count' 1 "$(doragate -C twice log show | wc -l)"
doragate -C twice log verify >said || die 'other content of one identity is no damage'
grep -q 'recorded again with other content' said || die "of another content it says: $(cat said)"

# Services that the files show are remembered too: from both a name near to one gets the same warning.
git clone -q origin.git near
git -C near remote set-url origin https://example.com/near.git
git -C near rm -q .doragate.yml
for service in basket ordering; do
	mkdir -p near/src/$service
	echo 'FROM scratch' >near/src/$service/Dockerfile
done
git -C near add . && git -C near commit -q -m 'services'
for quick in no yes; do
	status=0
	strace -qq -f -o calls -e trace=openat doragate -C near record -q deployment -s baskt -e production 2>said || status=$?
	same 'a name near to a service that was found' "0 doragate: warning: the files show no service 'baskt', did you mean 'basket'?" "$status $(cut -d'?' -f1 said)?"
	loaded=yes
	grep -q 'libgit2.*= [0-9]' calls || loaded=no
	[ $loaded != $quick ] || die "libgit2 was loaded: $loaded"
done
