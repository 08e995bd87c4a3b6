#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a remote and a disk can do to a log: refuse, rewind, delete, go away, be full; and what a sync must leave alone.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
remote origin.git
git clone -q origin.git a
git clone -q origin.git b

# Nothing of the user's is touched.
printf '#!/bin/sh\nexit 1\n' >a/.git/hooks/pre-push
chmod +x a/.git/hooks/pre-push
git -C a tag v1
git -C a config push.followTags true
git -C a config fetch.prune true
git -C a config core.logAllRefUpdates always
config=$(cat a/.git/config)
refs=$(git -C a for-each-ref --format='%(refname) %(objectname)' | grep -v refs/doragate)
record a 1
doragate -C a log sync -q
same 'the configuration' "$config" "$(cat a/.git/config)"
same 'refs of the user' "$refs" "$(git -C a for-each-ref --format='%(refname) %(objectname)' | grep -v refs/doragate)"
[ ! -e a/.git/FETCH_HEAD ] || die 'there is a FETCH_HEAD'
[ -z "$(git -C origin.git tag)" ] || die 'a tag was pushed'
[ -z "$(git -C a status --porcelain)" ] || die 'the work tree was touched'
[ ! -e a/.git/shallow ] || die 'a full clone became shallow'
[ -z "$(find a/.git/logs/refs/doragate -type f 2>/dev/null)" ] || die 'there is a reflog'
record b 2
doragate -C b log sync -q
doragate -C a log sync -q
same 'both' "$(ids a)" "$(printf '1\n2')"

# Rewound, then deleted: everything comes back.
first=$(git -C origin.git rev-list refs/doragate/log | tail -n 1)
git -C origin.git update-ref refs/doragate/log "$first"
doragate -C a log sync -q
same 'after a rewind' "$(tree a)" "$(tree origin.git)"
git -C origin.git update-ref -d refs/doragate/log
doragate -C b log sync -q
same 'after a deletion' "$(tree a)" "$(tree origin.git)"
whole b

# Refused: said, kept, and shared as soon as it may be.
printf '#!/bin/sh\nexit 1\n' >origin.git/hooks/pre-receive
chmod +x origin.git/hooks/pre-receive
record a 3
status=0
said=$(doragate -C a log sync 2>&1) || status=$?
same 'refused' 4 $status
case $said in *refuses*) ;; *) die "refused, but it says: $said" ;; esac
doragate -C a log sync --send >/dev/null 2>said || die 'send fails the build'
grep -q 'warning: 1 event not shared' said || die "send says: $(cat said)"
rm origin.git/hooks/pre-receive
doragate -C a log sync -q
same 'after a refusal' "$(tree a)" "$(tree origin.git)"

# Away.
mv origin.git away.git
record a 4
status=0
doragate -C a log sync >/dev/null 2>&1 || status=$?
same 'away' 4 $status
doragate -C a log sync --send >/dev/null 2>&1 || die 'send to nowhere fails the build'
status=0
doragate -C a log sync --send --strict >/dev/null 2>&1 || status=$?
same 'strict' 4 $status
mv away.git origin.git
doragate -C a log sync -q
same 'after an absence' "$(printf '1\n2\n3\n4')" "$(ids a)"
same 'after an absence' "$(tree a)" "$(tree origin.git)"

# A mirror shares its log and nothing else.
git clone -q --mirror origin.git mirror.git
git -C mirror.git update-ref refs/heads/mine HEAD
record mirror.git 5
doragate -C mirror.git log sync -q
git -C origin.git rev-parse -q --verify refs/heads/mine >/dev/null && die 'a mirror pushed a branch'
same 'a mirror' "$(tree mirror.git)" "$(tree origin.git)"

# A remote that takes no inbox with the log in one step.
git -C origin.git config receive.advertiseAtomic false
record b 6
doragate -C b log sync -q --send --strict
doragate -C a log sync -q
same 'no atomic push' 0 "$(git -C origin.git for-each-ref refs/doragate/inbox | wc -l)"
same 'no atomic push' "$(tree a)" "$(tree origin.git)"

# A linked worktree has the log of its repository.
git -C a worktree add -q ../linked
record linked 7
same 'a worktree' "$(ids a)" "$(ids linked)"
doragate -C linked log sync -q
same 'a worktree' "$(tree a)" "$(tree origin.git)"

# Clocks that go backwards.
doragate -C a record -q deployment --id 8 --now 2001-01-01T00:00:00Z
doragate -C a log sync -q --now 2001-01-01T00:00:00Z
whole a

# A torn line costs no other one.
record a 9
printf '{"recorded":"2026-' >>a/.git/doragate/spool
record a 10
doragate -C a log sync -q
ids a | grep -qx 9 || die 'the line before a torn one is lost'
ids a | grep -qx 10 || die 'the line behind a torn one is lost'
status=0
doragate -C a log verify >said || status=$?
same 'a torn line is named' 4 $status
grep -q 'no event' said || die "verify says: $(cat said)"

# A lock that somebody left.
head=$(tree a)
record a 11
mkdir -p a/.git/refs/doragate
touch -d '11 minutes ago' a/.git/refs/doragate/log.lock
doragate -C a log sync >said || die 'an old lock stops a sync'
grep -q 'which somebody left long ago' said || die "of an old lock it says: $(cat said)"
[ "$head" != "$(tree a)" ] || die 'nothing was shared behind an old lock'

# Slow: it takes as long as it takes.
git -C a config remote.origin.uploadpack 'sleep 1; git-upload-pack'
record a 12
doragate -C a log sync -q || die 'a slow remote is given up'
same 'a slow remote' "$(tree a)" "$(tree origin.git)"
git -C a config --unset remote.origin.uploadpack

# One write of the line, and one wait for the disk.
record a 13
strace -qq -o calls -e trace=write,pwrite64,writev,fdatasync,fsync,execve doragate -C a record deployment --id 14 >/dev/null
same 'waits for the disk' 1 "$(grep -cE '^(fdatasync|fsync)' calls)"
same 'writes of a line' 1 "$(grep -c '^write([0-9]*, "{' calls)"
same 'other programs that run' 0 "$(grep '^execve' calls | grep -vc 'doragate"')"

# A folder that cannot be written is said, and nothing else happens.
mv a/.git/doragate kept
touch a/.git/doragate
status=0
record a 15 2>said || status=$?
same 'no place for the spool' 4 $status
grep -q "cannot make the folder" said || die "without a place for the spool it says: $(cat said)"
rm a/.git/doragate
mv kept a/.git/doragate
doragate -C a log sync -q

# A full disk, and a folder that nobody may write.
if small_disk small size=256k; then
	git clone -q origin.git full
	mv full/.git/doragate full/.git/doragate.old 2>/dev/null || true
	mkdir small/doragate
	ln -s "$top/small/doragate" full/.git/doragate
	record full 12
	dd if=/dev/zero of=small/filler bs=1k count=1000 2>/dev/null || true
	before=$(cat small/doragate/spool)
	n=0
	while record full "x$n" 2>/dev/null && [ $n -lt 20 ]; do n=$((n + 1)); done
	[ $n -lt 20 ] || die 'a full disk was not full'
	tail -c 1 small/doragate/spool | od -c | grep -q '\\n' || die 'a full disk leaves a torn line'
	[ "$(head -n 1 small/doragate/spool)" = "$(echo "$before" | head -n 1)" ] || die 'a full disk changes what was there'
	rm small/filler
	record full 13
	doragate -C full log sync -q
	ids full | grep -qx 12 || die 'what was recorded before the disk was full is lost'
	ids full | grep -qx 13 || die 'what was recorded after the disk was full is lost'

	# Read-only: said, and what is there is read.
	record full 14
	mount -o remount,ro small
	status=0
	record full 15 2>said || status=$?
	same 'read-only' 4 $status
	[ -s said ] || die 'nothing is said of a read-only folder'
	ids full | grep -qx 14 || die 'a read-only spool is not read'
	status=0
	doragate -C full log sync >/dev/null 2>&1 || status=$?
	same 'a sync where nothing can be written' 4 $status
	mount -o remount,rw small
	doragate -C full log sync -q
	ids full | grep -qx 14 || die 'a read-only folder loses an event'
	if ids full | grep -qx 15; then die 'what was not recorded is there'; fi
else
	left_out 'no tmpfs can be mounted: a full disk, a read-only folder'
fi
