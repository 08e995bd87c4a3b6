#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every store of `log: { store: }` end to end: recorded in one clone, synced, seen in another. And what check records in CI and at a desk.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
git init -q --bare elsewhere.git
for url in "file:$top/events" "git:$top/elsewhere.git" 'git:#refs/heads/doragate-log'; do
	rm -rf origin.git a b
	remote origin.git
	git clone -q origin.git a
	printf 'log: { store: "%s" }\n' "$url" >>a/.doragate.yml
	git -C a commit -qam store
	git -C a push -q origin HEAD
	git clone -q origin.git b
	record a 1
	record b 2
	for clone in a b a; do doragate -C $clone log sync -q; done
	same "$url" "$(printf '1\n2')" "$(ids a)"
	same "$url" "$(ids a)" "$(ids b)"
	whole a
	same 'branches of the user' main "$(git -C a for-each-ref --format='%(refname:short)' refs/heads)"
	DORAGATE_TRACE=log doragate -C a log sync -q --send 2>trace
	grep -q '^sync send: ok' trace || die "the trace says: $(cat trace)"
done
same 'a branch of the home' 'log: 1 event [skip ci]' "$(git -C origin.git log -1 --format=%s doragate-log)"

# A rule that blocks.
git clone -q origin.git c
printf 'rules: [{ id: no-bad, at: [push, pull-request], forbid: { added: bad.txt } }]\n' >>c/.doragate.yml
touch c/bad.txt
git -C c add .
git -C c commit -qm 'add a bad file'
decisions() { doragate -C c log export | grep -c doragate-gate.decided || true; }
doragate -C c check --commit HEAD >/dev/null && die 'nothing is blocked'
same 'decisions of a check at a desk' 0 "$(decisions)"
CI=true doragate -C c check --commit HEAD >/dev/null && die 'nothing is blocked in CI'
same 'decisions of a check in CI' 1 "$(decisions)"
CI=true doragate -C c check --commit HEAD~1 >/dev/null || die 'what is good is blocked'
same 'decisions of a check that passes' 1 "$(decisions)"
doragate -C c log export | grep doragate-gate.decided | grep -q '"rules":\[{"id":"no-bad","outcome":"fail"}\]' || die 'the decision names no rule'
# A hook notes locally what it did.
doragate -C c install >/dev/null
git -C c push -q origin HEAD 2>/dev/null && die 'the hook blocks nothing'
same 'decisions of a hook' 1 "$(decisions)"
same 'notes of a hook' 1 "$(wc -l <c/.git/doragate/hooks)"
grep -q '@' c/.git/doragate/hooks && die 'a note names a person'
sed -i 's/^log: {/log: { share: hooks,/' c/.doragate.yml
git -C c commit -qam 'share hooks'
git -C c push -q origin HEAD 2>/dev/null && die 'the hook blocks nothing'
same 'decisions of a hook that are shared' 2 "$(decisions)"
# With `sync: push` a push sends what is in the spool, once in ten minutes, and does not wait for it.
remote home.git
git clone -q home.git d
printf 'log: { sync: push }\n' >>d/.doragate.yml
git -C d commit -qam 'send with a push'
doragate -C d install >/dev/null
record d 1
git -C d push -q origin HEAD
n=0
while [ -z "$(git -C home.git for-each-ref refs/doragate/inbox)" ]; do
	n=$((n + 1))
	[ $n -lt 100 ] || die 'a push sends nothing'
	sleep 0.1
done
while [ -e d/.git/doragate/spool.1 ]; do
	n=$((n + 1))
	[ $n -lt 200 ] || die 'what was sent stays in the spool'
	sleep 0.1
done
record d 2
git -C d commit -q --allow-empty -m more
git -C d push -q origin HEAD
sleep 0.5
[ -s d/.git/doragate/spool ] || die 'a second push sends at once'

# No log: no build fails because of it.
rm -rf c/.git/doragate
touch c/.git/doragate
status=0
CI=true doragate -C c check --commit HEAD~1 >/dev/null 2>said || status=$?
same 'without a place for the log' 1 $status
grep -q 'warning: the decision was not recorded' said || die "it says: $(cat said)"
