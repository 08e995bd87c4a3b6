#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Kills record and sync at their system calls, one after the other, and sync with its git at any moment: nothing that was recorded is lost, nothing
# stands twice, and the next run goes on. LOG_TESTS_ALL=1 takes every call, else a part of them.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
if ! strace -o /dev/null true 2>/dev/null; then
	left_out 'strace cannot be used'
	exit 0
fi
step=${LOG_TESTS_ALL:+1}
step=${step:-6}
remote origin.git
git clone -q origin.git a

# killed CALLS N COMMAND...: runs it and kills it at the N-th of these calls. False: it ended well before that.
killed() {
	local calls=$1 n=$2 status=0
	shift 2
	{ strace -qq -o /dev/null -e trace="$calls" -e inject="$calls":signal=KILL:when="$n" "$@" >said 2>&1; } 2>/dev/null || status=$?
	[ $status -eq 137 ] || [ $status -eq 0 ] || die "at call $n: exit $status: $(cat said)"
	[ $status -eq 137 ]
}

# What is left of a killed process is old after a while.
age_locks() {
	find a/.git/refs/doragate -name '*.lock' -exec touch -d '11 minutes ago' {} + 2>/dev/null || true
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
echo "r$n" >>acknowledged
[ $n -gt 10 ] || die "record has only $n such calls"
complete a acknowledged

# The first time in a repository too, where folder and spool are made.
m=1
while git clone -q origin.git "new$m" && killed fsync,fdatasync,write,mkdir,openat,flock $((n - m)) \
	doragate -C "new$m" record deployment --id first --at 2026-01-31T08:00:00Z && [ $m -lt 6 ]; do
	record "new$m" second
	ids "new$m" | grep -qx second || die "a new repository, killed at call $((n - m))"
	m=$((m + 1))
done

# each_kill CALLS FIRST STEP COMMAND...: kills it at every such call; after each kill everything is there, and the next sync goes on.
each_kill() {
	local calls=$1 n=$2 step=$3 sends=0
	shift 3
	while :; do
		record a "${calls%%,*} $*-$n"
		echo "${calls%%,*} $*-$n" >>acknowledged
		killed "$calls" "$n" "$@" || break
		complete a acknowledged
		age_locks
		if [ $((sends++ % 2)) -eq 0 ]; then
			doragate -C a log sync >said 2>&1 || die "after a kill at call $n of $*: $(cat said)"
			complete a acknowledged
		fi
		n=$((n + step))
	done
	[ "$n" -gt 10 ] || die "$* has only $n such calls"
}

# Processes too, for a sync waits for git.
changes=write,pwrite64,rename,renameat,renameat2,unlink,link,fdatasync,fsync,ftruncate,mkdir,clone,vfork,clone3
each_kill $changes 1 $((step > 1 ? 2 : 1)) doragate -C a log sync
each_kill openat,flock 2 $((step * 2)) doragate -C a log sync
each_kill $changes 1 "$step" doragate -C a log sync --send --strict

# With its git, as when a machine of one job is taken away. What that leaves on the remote is the remote's.
for ms in $(seq 2 "$((step * 2))" 150); do
	record a "g$ms"
	echo "g$ms" >>acknowledged
	{ timeout -s KILL "$(printf '0.%03d' "$ms")" doragate -C a log sync >/dev/null 2>&1 || true; } 2>/dev/null
	complete a acknowledged
	age_locks
	doragate -C a log sync >said 2>&1 || die "after a kill at $ms ms: $(cat said)"
	complete a acknowledged
done
find origin.git -name '*.lock' -delete
doragate -C a log sync >/dev/null || die 'the last sync fails'
complete a acknowledged
same 'both logs' "$(tree a)" "$(tree origin.git)"
[ -z "$(find a/.git/doragate -name 'spool*' ! -name spool.lock)" ] || die 'the spool is still there'
git clone -q origin.git b
doragate -C b log sync -q
complete b acknowledged
git -C a fsck --no-dangling >/dev/null 2>&1 || die 'git fsck'
git -C origin.git fsck --no-dangling >/dev/null 2>&1 || die 'git fsck of the remote'
