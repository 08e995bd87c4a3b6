#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Races, each made to happen: a record that is slow between opening the spool and writing, a sync that ends after its sealed file became another
# one, somebody who pushes between our fetch and our push, and who folds our inbox meanwhile.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
remote origin.git
git -C origin.git config receive.denyNonFastForwards true
git clone -q origin.git a
git clone -q origin.git b

until_there() { # until_there FILE: for ten seconds
	for _ in $(seq 200); do
		[ ! -e "$1" ] || return 0
		sleep 0.05
	done
	die "$1 does not come"
}

# A record that has opened the spool and not written: it must not be renamed and removed under it.
if strace -o /dev/null true 2>/dev/null; then
	record a early
	strace -qq -o /dev/null -e trace=write -e inject=write:delay_enter=1000000 doragate -C a record -q deployment --id slow &
	slow=$!
	sleep 0.4
	doragate -C a log sync -q
	wait $slow || die 'a slow record fails'
	same 'a slow record' "$(printf 'early\nslow')" "$(ids a)"
	doragate -C a log sync -q
	# A sync that is slow in sealing: what is recorded meanwhile is in the old file or in the new one.
	record a before
	strace -qq -o /dev/null -e trace=rename -e inject=rename:delay_enter=500000:when=1 doragate -C a log sync -q &
	slow=$!
	sleep 0.2
	record a during
	wait $slow || die 'a slow sync fails'
	doragate -C a log sync -q
	same 'a slow sync' "$(printf 'before\nduring\nearly\nslow')" "$(ids a)"
else
	left_out 'strace cannot be used: slow system calls'
fi
ids a >all

# One waits with what it read of spool.1. Meanwhile that was shared and removed, and the name given again to new lines, by one that was killed.
record a first
exec 9>a/.git/doragate/sync.lock
flock 9
doragate -C a log sync -q 9>&- &
waiting=$!
until_there a/.git/doragate/spool.1
sleep 0.3
rm a/.git/doragate/spool.1
record a second
doragate -C a log sync -q 9>&- &
killed=$!
until_there a/.git/doragate/spool.1
{ kill -KILL $killed && wait $killed; } 2>/dev/null || true
exec 9>&-
wait $waiting || die 'a sync that waited fails'
printf 'first\nsecond\n' >>all
complete a all
doragate -C a log sync -q
complete a all
same 'the remote' "$(tree a)" "$(tree origin.git)"

# Two that both want to seal the same spool: the second finds it gone.
record a third
exec 9>a/.git/doragate/spool.lock
flock 9
doragate -C a log sync -q 9>&- &
one=$!
doragate -C a log sync -q 9>&- &
two=$!
sleep 0.3
exec 9>&-
wait $one || die 'the first of two syncs fails'
wait $two || die 'the second of two syncs fails'
echo third >>all
complete a all

# Somebody else pushes after our fetch: they keep what they have, and we come again.
cat >meanwhile <<-END
	#!/bin/sh
	if mkdir "$top/once" 2>/dev/null; then
		(unset \$(git rev-parse --local-env-vars); cd "$top/b" && doragate log sync -q) >"$top/meanwhile.said" 2>&1 || touch "$top/failed"
	fi
	exec git-receive-pack "\$@"
END
chmod +x meanwhile
git -C a config remote.origin.receivepack "$top/meanwhile"
record a ours
record b theirs
doragate -C a log sync >said || die "somebody was faster: $(cat said)"
[ -d once ] || die 'nobody was faster'
[ ! -e failed ] || die "the other sync: $(cat meanwhile.said)"
printf 'ours\ntheirs\n' >>all
complete a all
same 'where somebody was faster' "$(tree a)" "$(tree origin.git)"
same 'inboxes' '' "$(git -C origin.git for-each-ref refs/doragate/inbox)"

# We fold an inbox that somebody else folds too before we push.
record b sent
doragate -C b log sync -q --send --strict
rmdir once
git clone -q origin.git c
sed -i "s,$top/b,$top/c," meanwhile
doragate -C a log sync >said || die "an inbox that went: $(cat said)"
[ -d once ] || die 'nobody was faster at the inbox'
[ ! -e failed ] || die "the other sync: $(cat meanwhile.said)"
echo sent >>all
complete a all
complete c all
same 'an inbox folded twice' "$(tree a)" "$(tree origin.git)"
same 'inboxes that are left' '' "$(git -C origin.git for-each-ref refs/doragate/inbox)"
doragate -C c log sync -q
same 'commits' "$(git -C a rev-parse refs/doragate/log)" "$(git -C origin.git rev-parse refs/doragate/log)"
same 'merges' '' "$(git -C origin.git rev-list --merges refs/doragate/log)"
same 'roots' 1 "$(git -C origin.git rev-list --max-parents=0 refs/doragate/log | wc -l)"
