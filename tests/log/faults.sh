#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# System calls that fail, one after the other, as on a disk that is full or broken: whoever returns 0 has kept the promise, whoever does not says
# why, and the next run goes on with nothing lost, doubled or torn. LOG_TESTS_ALL=1 takes every call, else a part of them.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
if ! strace -o /dev/null true 2>/dev/null; then
	left_out 'strace cannot be used'
	exit 0
fi
step=${LOG_TESTS_ALL:+1}
step=${step:-5}
remote origin.git
git clone -q origin.git a
: >acknowledged

# fault CALLS ERROR N COMMAND...: the N-th of these calls fails. The exit status is in $status, what was said in the file said. False: it was not called so often.
fault() {
	local calls=$1 error=$2 n=$3
	shift 3
	status=0
	strace -qq -o calls -e trace="$calls" -e inject="$calls":error="$error":when="$n" "$@" >said 2>&1 || status=$?
	case $status in
	0) ;;
	3 | 4) [ -s said ] || die "$calls $n, $error: exit $status without a word" ;;
	127) grep -q 'loading shared libraries' said || die "$calls $n, $error: exit 127: $(cat said)" ;;
	*) die "$calls $n, $error: exit $status: $(cat said)" ;;
	esac
	grep -q INJECTED calls
}

records() { # records CALLS ERROR
	local n=1
	while fault "$1" "$2" $n doragate -C a record deployment --id "$1-$2-$n" --at 2026-01-31T08:00:00Z; do
		[ $status -ne 0 ] || echo "$1-$2-$n" >>acknowledged
		record a "after-$1-$2-$n"
		echo "after-$1-$2-$n" >>acknowledged
		n=$((n + 1))
	done
	[ $n -gt 1 ] || die "no $1 in a record"
	echo "$1-$2-$n" >>acknowledged
	complete a acknowledged
}

records write ENOSPC
records write EIO
records fdatasync EIO
records flock ENOLCK
records pread64 EIO
records openat EMFILE

syncs() { # syncs CALLS ERROR STEP
	local n=1
	record a "sync-$1-$2"
	echo "sync-$1-$2" >>acknowledged
	while fault "$1" "$2" $n doragate -C a log sync; do
		complete a acknowledged
		[ $status -ne 0 ] || [ "$(tree a)" = "$(tree origin.git)" ] || [ -n "$(git -C origin.git for-each-ref refs/doragate/inbox)" ] ||
			die "$1 $n, $2: exit 0, and the remote has less"
		record a "sync-$1-$2-$n"
		echo "sync-$1-$2-$n" >>acknowledged
		n=$((n + $3))
	done
	[ $n -gt 1 ] || die "no $1 in a sync"
	doragate -C a log sync -q
	complete a acknowledged
	same "$1, $2: both logs" "$(tree a)" "$(tree origin.git)"
}

syncs write ENOSPC 1
syncs fsync EIO "$((step - step / 2))"
syncs link,rename,renameat,renameat2 EIO 1
syncs unlink EACCES 1
syncs mkdir ENOSPC "$((step - step / 2))"
syncs clone,clone3,vfork EAGAIN 1
syncs pipe,pipe2 EMFILE 1
syncs openat EMFILE "$((step * 3 - 2))"
[ -z "$(find a/.git/doragate -name 'spool*' ! -name spool.lock)" ] || die 'the spool is still there'
git -C a fsck --no-dangling >/dev/null 2>&1 || die 'git fsck'
