#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What one record asks of the machine: one write and one fdatasync, in the right order under the lock, no network and no other program.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
if ! strace -o /dev/null true 2>/dev/null; then
	left_out 'strace cannot be used'
	exit 0
fi
remote origin.git
git clone -q origin.git a

traced() { # traced ID: records it, with its system calls in the file calls
	strace -f -qq -y -o calls doragate -C a record -q deployment --id "$1" --at 2026-01-31T08:00:00Z
	sed -i 's/^[0-9]* *//' calls
}

number() { # number PATTERN: of such calls
	grep -cE "$1" calls || true
}

line_of() { # line_of PATTERN: of the first such call; it must be there
	grep -nE -m 1 "$1" calls | cut -d: -f1 | grep . || die "no $1"
}

common() { # common WHICH: what holds for every record
	same "$1: writes to the spool" 1 "$(number '^p?writev?(64)?\([0-9]+<[^>]*/doragate/spool>')"
	# The cache of what record must know of the repository, which nobody waits for.
	same "$1: other writes" 1 "$(grep -E '^p?writev?(64)?\(' calls | grep -vc '/doragate/facts>')"
	same "$1: fdatasync" 1 "$(number '^fdatasync\(')"
	same "$1: of the spool" 1 "$(number '^fdatasync\([0-9]+<[^>]*/doragate/spool>')"
	same "$1: other programs" 0 "$(grep -E '^execve(at)?\(' calls | grep -vc 'doragate"')"
	same "$1: processes" 0 "$(number '^(fork|vfork|clone3?)\(')"
	same "$1: network" 0 "$(number '^(socket|connect|sendto)\(')"
	same "$1: renamed, removed, cut" 0 "$(number '^(rename|renameat2?|unlink|unlinkat|f?truncate|link)\(')"
	local lock open write sync unlock
	lock=$(line_of '^flock\([0-9]+<[^>]*/spool\.lock>, LOCK_EX')
	open=$(line_of '^openat\(.*/doragate/spool".*O_APPEND')
	write=$(line_of '^write\([0-9]+<[^>]*/doragate/spool>')
	sync=$(line_of '^fdatasync\(')
	unlock=$(line_of '^(flock\([0-9]+<[^>]*/spool\.lock>, LOCK_UN|close\([0-9]+<[^>]*/spool\.lock>|exit_group)')
	if [ "$lock" -gt "$open" ] || [ "$open" -gt "$write" ] || [ "$write" -gt "$sync" ] || [ "$sync" -gt "$unlock" ]; then
		die "$1: lock $lock, open $open, write $write, fdatasync $sync, unlock $unlock"
	fi
}

traced first
common 'the first record'
same 'the first record: the folder of the new spool' 1 "$(number '^fsync\([0-9]+<[^>]*/doragate>')"
traced second
common 'another record'
same 'another record: fsync' 0 "$(number '^fsync\(')"
printf 'torn' >>a/.git/doragate/spool
traced third
common 'a record behind a torn line'
same 'lines' 4 "$(wc -l <a/.git/doragate/spool)"

# Its time does not hang on the log: a sync holds sync.lock, not the one that record waits for.
exec 9>a/.git/doragate/sync.lock
flock 9
timeout 5 doragate -C a record -q deployment --id fourth --at 2026-01-31T08:00:00Z || die 'a record waits for a sync'
