#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Locks that somebody holds or left, and remotes that are slow: a sync waits, says what is in the way or goes round it; a record is held up by
# neither; nothing is lost. What is left in the user's refs is the user's.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
remote origin.git

# fails CLONE PATTERN SECONDS: a sync exits with 4 after that at the most, and says so.
fails() {
	local status=0
	timeout "$3" doragate -C "$1" log sync >"$1.said" 2>&1 || status=$?
	same "$1: a sync behind a lock" 4 $status
	grep -q "$2" "$1.said" || die "$1: it says $(cat "$1.said")"
}

# A young lock of our ref: not removed, said; nothing is lost.
young() {
	git clone -q origin.git young
	record young y1
	mkdir -p young/.git/refs/doragate
	touch young/.git/refs/doragate/log.lock
	touch -d '11 minutes ago' young/.git/refs/heads/main.lock
	fails young 'refs/doragate/log\.lock' 9
	timeout 1 doragate -C young record -q deployment --id y2 --at 2026-01-31T08:00:00Z || die 'a record waits for the lock of a ref'
	same 'behind a young lock' "$(printf 'y1\ny2')" "$(ids young)"
	[ -e young/.git/refs/doragate/log.lock ] || die 'a young lock was removed'
	# It goes while we wait.
	(sleep 0.5 && rm young/.git/refs/doragate/log.lock) &
	timeout 5 doragate -C young log sync -q || die 'a sync does not wait for a lock that goes'
	wait $!
	# The home's copy, old.
	touch -d '11 minutes ago' young/.git/refs/doragate/remotes/origin/log.lock
	record young y3
	timeout 5 doragate -C young log sync >young.said || die 'an old lock of the copy stops a sync'
	grep -q 'remotes/origin/log\.lock.*left long ago' young.said || die "it says $(cat young.said)"
	[ -e young/.git/refs/heads/main.lock ] || die 'a lock of the user was removed'
	rm young/.git/refs/heads/main.lock
}

# Somebody packs refs, or was killed there: that lock is never ours to remove.
packing() {
	git clone -q origin.git packing
	record packing p1
	doragate -C packing log sync -q
	git -C packing pack-refs --all
	touch -d '11 minutes ago' packing/.git/packed-refs.lock
	record packing p2
	timeout 15 doragate -C packing log sync >/dev/null 2>&1 || true
	[ -e packing/.git/packed-refs.lock ] || die 'packed-refs.lock was removed'
	printf 'p1\np2\n' >packing.ids
	complete packing packing.ids
	rm packing/.git/packed-refs.lock
	doragate -C packing log sync -q
	complete packing packing.ids
}

# Whoever holds the lock of the spool holds up a record for ten seconds, and then it says so rather than hang or lose.
spool() {
	local status=0
	git clone -q origin.git spool
	record spool s1
	(
		flock 9
		timeout 15 doragate -C spool record -q deployment --id s2 2>spool.said || status=$?
		same 'a record behind the lock of the spool' 4 $status
		[ -s spool.said ] || die 'it says nothing'
	) 9>spool/.git/doragate/spool.lock
	same 'behind the lock of the spool' s1 "$(ids spool)"
	# Held by whoever was killed it is free.
	(
		exec 9>spool/.git/doragate/spool.lock
		flock 9
		exec sleep 20
	) &
	sleep 0.3
	{ kill -KILL $! && wait $!; } 2>/dev/null || true
	timeout 2 doragate -C spool record -q deployment --id s3 || die 'a lock outlives who held it'
}

# The lock of the log on the remote was left: what is new goes to the inbox.
left_there() {
	git clone -q --mirror origin.git locked.git
	git clone -q locked.git sender
	git clone -q locked.git folder
	mkdir -p locked.git/refs/doragate
	touch locked.git/refs/doragate/log.lock
	record sender l1
	doragate -C sender log sync >sender.said || die "a lock on the remote stops a sync: $(cat sender.said)"
	grep -q inbox sender.said || die "it says $(cat sender.said)"
	[ -z "$(find sender/.git/doragate -name 'spool*' ! -name spool.lock)" ] || die 'what is in the inbox is still in the spool'
	same 'inboxes' 1 "$(git -C locked.git for-each-ref refs/doragate/inbox | wc -l)"
	rm locked.git/refs/doragate/log.lock
	doragate -C folder log sync -q
	same 'from the inbox' l1 "$(ids folder)"
	same 'inboxes that are left' '' "$(git -C locked.git for-each-ref refs/doragate/inbox)"
	doragate -C sender log sync -q
	same 'after the inbox' "$(tree locked.git)" "$(tree sender)"
	same 'after the inbox' "$(git -C locked.git rev-parse refs/doragate/log)" "$(git -C sender rev-parse refs/doragate/log)"
	whole sender
}

# A slow remote: records go on, a second sync waits for its turn, readers read.
slow() {
	git clone -q origin.git slow
	printf '#!/bin/sh\nsleep 1\nexec git-upload-pack "$@"\n' >slow-upload
	printf '#!/bin/sh\nsleep 1\nexec git-receive-pack "$@"\n' >slow-receive
	chmod +x slow-upload slow-receive
	git -C slow config remote.origin.uploadpack "$top/slow-upload"
	git -C slow config remote.origin.receivepack "$top/slow-receive"
	record slow w1
	doragate -C slow log sync -q &
	local first=$!
	sleep 0.5
	kill -0 $first 2>/dev/null || die 'the slow sync is over already'
	timeout 1 doragate -C slow record -q deployment --id w2 --at 2026-01-31T08:00:00Z || die 'a record waits for a slow remote'
	same 'while a remote is slow' "$(printf 'w1\nw2')" "$(ids slow | grep w)"
	doragate -C slow log sync -q || die 'a sync beside a slow one fails'
	wait $first || die 'a slow sync fails'
	printf 'w1\nw2\n' >slow.ids
	complete slow slow.ids
	[ -z "$(find slow/.git/doragate -name 'spool*' ! -name spool.lock)" ] || die 'the spool is still there'
}

# Shallow stays shallow, partial stays partial, and both have all of the log.
thin() {
	git clone -q --bare origin.git thin.git
	git clone -q thin.git other
	for i in 1 2 3; do
		git -C other commit -q --allow-empty -m "$i"
		record other "t$i"
		doragate -C other log sync -q
	done
	git -C other push -q
	git -C thin.git config uploadpack.allowFilter true
	git clone -q --depth 1 "file://$top/thin.git" shallow
	git clone -q --filter=blob:none "file://$top/thin.git" partial
	for c in shallow partial; do
		cp $c/.git/config $c.config
		record $c t-$c
		doragate -C $c log sync -q || die "a sync of a $c clone fails"
		cmp -s $c/.git/config $c.config || die "the configuration of a $c clone was changed: $(diff $c/.git/config $c.config)"
		whole $c
	done
	doragate -C shallow log sync -q
	same 'a thin clone' "$(tree thin.git)" "$(tree shallow)"
	same 'shallow' "$(git -C thin.git rev-parse HEAD)" "$(cat shallow/.git/shallow)"
	same 'commits of a shallow clone' 1 "$(git -C shallow rev-list --count HEAD)"
	same 'commits of its log' 5 "$(git -C shallow rev-list --count refs/doragate/log)"
	same 'events of a shallow clone' 5 "$(ids shallow | wc -l)"
}

running=()
for part in young packing spool left_there slow thin; do
	(
		trap - EXIT
		$part
	) &
	running+=($!)
done
for pid in "${running[@]}"; do
	wait "$pid" || die 'see above'
done
