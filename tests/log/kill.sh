#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Kills record and sync at their system calls, one after the other: nothing that was recorded is lost, nothing stands twice, and the next run goes
# on. LOG_TESTS_ALL=1 takes every call, else a part of them.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
step=${LOG_TESTS_ALL:+1}
step=${step:-4}
remote origin.git
git clone -q origin.git a

# killed CALLS N COMMAND...: runs it and kills it at the N-th of these calls. False: it ended before that.
killed() {
	local calls=$1 n=$2 status=0
	shift 2
	{ strace -qq -o /dev/null -e trace="$calls" -e inject="$calls":signal=KILL:when="$n" "$@" >/dev/null 2>&1; } 2>/dev/null || status=$?
	[ $status -eq 137 ]
}

writes=write,pwrite64,rename,renameat,renameat2,unlink,link,fdatasync,fsync,ftruncate,flock,openat,mkdir
: >acknowledged
n=1
while killed $writes $n doragate -C a record deployment --id "r$n" --at 2026-01-31T08:00:00Z; do
	# The next one must work, and be there.
	record a "after-r$n" || die "after a kill at call $n record fails"
	echo "after-r$n" >>acknowledged
	n=$((n + 1))
done
[ $n -gt 10 ] || die "record has only $n such calls"
ids a >known
sort acknowledged | comm -23 - known >lost
[ ! -s lost ] || die "lost: $(cat lost)"

# Processes too, for a sync waits for git.
calls=$writes,clone,vfork,clone3
n=1
while :; do
	record a "s$n"
	echo "s$n" >>acknowledged
	killed $calls $n doragate -C a log sync || break
	find a/.git/refs/doragate -name '*.lock' -exec touch -d '11 minutes ago' {} + 2>/dev/null || true
	# What a kill left is mended by the next sync, whatever it was.
	doragate -C a log sync >/dev/null || die "after a kill at call $n sync fails"
	n=$((n + step))
done
[ $n -gt 10 ] || die "sync has only $n such calls"
doragate -C a log sync >/dev/null || die 'the last sync fails'
whole a
ids a >known
same 'doubled' '' "$(uniq -d known | grep -v '"event"' | head -n 3)"
sort acknowledged | comm -23 - known >lost
[ ! -s lost ] || die "lost: $(cat lost)"
same 'both logs' "$(tree a)" "$(tree origin.git)"
[ -z "$(find a/.git/doragate -name 'spool*' ! -name spool.lock)" ] || die 'the spool is still there'
git -C a fsck --no-dangling >/dev/null 2>&1 || die 'git fsck'
