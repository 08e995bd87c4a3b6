#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# refs/doragate/deployed/... says what runs where, whatever came in which order; refs/doragate/keep/... keeps what ran and nothing else brings along.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
remote origin.git
git clone -q origin.git a
one=$(git -C a rev-parse HEAD)
git -C a commit -q --allow-empty -m two
two=$(git -C a rev-parse HEAD)
git -C a checkout -q -b side "$one"
git -C a commit -q --allow-empty -m hotfix
side=$(git -C a rev-parse HEAD)
git -C a checkout -q main
git -C a push -q origin main

deployed() { # deployed CLONE [ENVIRONMENT/SERVICE]
	git -C "$1" rev-parse -q --verify "refs/doragate/deployed/${2:-production/cart}" || true
}
runs() { # runs WHAT CLONE COMMIT [ENVIRONMENT/SERVICE]
	same "$1" "$3" "$(deployed "$2" "${4:-}")"
	# The same as when nothing was remembered.
	rm -f "$2/.git/doragate/deployed"
	doragate -C "$2" log sync -q
	same "$1, read anew" "$3" "$(deployed "$2" "${4:-}")"
}
deploy() { # deploy CLONE COMMIT TIME OPTION...
	local clone=$1 commit=$2 time=$3
	shift 3
	doragate -C "$clone" record -q deployment -c "$commit" --at "2026-01-31T$time:00Z" "$@"
}
keeps() { git -C "$1" for-each-ref --format='%(refname:lstrip=3)' refs/doragate/keep; }

deploy a "$one" 08:00
same 'before a sync' '' "$(deployed a)"
doragate -C a log sync -q
runs 'the first' a "$one"
deploy a "$two" 09:00
doragate -C a log sync -q
runs 'the second' a "$two"
same 'an ancestor needs nobody' '' "$(keeps a)"
deploy a "$side" 10:00
doragate -C a log sync -q
runs 'another line' a "$side"
same 'what it left' "$two" "$(keeps a)"
doragate -C a record -q rollback -c "$two" --at 2026-01-31T11:00:00Z
doragate -C a log sync -q
runs 'a rollback' a "$two"
same 'both lines' "$(printf '%s\n' "$two" "$side" | sort)" "$(keeps a)"
# Late, taken back, failed, not here.
deploy a "$one" 08:30
doragate -C a log sync -q
runs 'what comes late' a "$two"
doragate -C a record -q deployment failed -c "$one" --at 2026-01-31T12:00:00Z
doragate -C a log sync -q
runs 'what failed' a "$two"
deploy a "$one" 13:00 --id wrong
doragate -C a log sync -q
runs 'a mistake' a "$one"
doragate -C a record -q withdrawal --reason slip --source https://example.com/shop/doragate/flags \
	--event "$(doragate -C a log export | sed -n 's/.*"id":"\([0-9a-f]*\)","source".*"deploymentId":"wrong".*/\1/p')"
doragate -C a log sync -q
runs 'taken back' a "$two"
deploy a 0123456789abcdef0123456789abcdef01234567 14:00
doragate -C a log sync -q
runs 'not in this clone' a ''
deploy a "$two" 15:00
deploy a "$one" 15:00 -e 'Pre.Prod' -s 'Some.Service'
doragate -C a log sync -q
runs 'again' a "$two"
runs 'odd names' a "$one" '%50re%2E%50rod/%53ome%2E%53ervice'

# A job that runs again records the same id later: the first line counts, and what came between runs.
id_of() { doragate -C a log export | sed -n "s/.*\"id\":\"\([0-9a-f]*\)\",\"source\".*\"deploymentId\":\"$1\".*/\1/p"; }
deploy a "$one" 15:10 --id job
doragate -C a log sync -q
deploy a "$two" 15:20
doragate -C a log sync -q
deploy a "$one" 15:30 --id job
doragate -C a log sync -q
runs 'a job that ran again' a "$two"
# What is forgotten did not happen; what was alone leaves nothing.
deploy a "$one" 15:40 --id secret
deploy a "$one" 15:40 --id alone -s alone
doragate -C a log sync -q
runs 'before it is forgotten' a "$one"
same 'alone' "$one" "$(deployed a production/alone)"
for id in secret alone; do doragate -C a log forget -q "$(id_of $id)" --reason test; done
doragate -C a log sync -q
same 'nothing is there any more' '' "$(deployed a production/alone)"
runs 'forgotten' a "$two"
# Taken back before it came.
event() { # event ID SERVICE SECOND
	printf '{"context":{"specversion":"0.5.1","id":"%s","source":"s","type":"dev.cdevents.service.deployed.0.3.0","timestamp":"2026-01-31T15:50:%sZ"},"subject":{"id":"%s","content":{"environment":{"id":"production"}}},"customData":{"dora":{"commit":"%s"}}}\n' "$1" "$3" "$2" "$one"
}
doragate -C a record -q withdrawal --reason slip --source s --event early
doragate -C a log sync -q
event early cart 01 | doragate -C a log import -q -
doragate -C a log sync -q
runs 'taken back before it came' a "$two"
# A name that no file may have has no ref, and is in nobody's way.
long=$(printf '%0251d' 0)
{ event long "$long" 02 && event short "${long:1}" 02 && event late z 02; } | doragate -C a log import -q -
doragate -C a log sync >said
! grep -q 'not up to date' said || die "of a long name it says: $(cat said)"
same 'too long' '' "$(deployed a "production/$long")"
same 'just as long' "$one" "$(deployed a "production/${long:1}")"
same 'behind it' "$one" "$(deployed a production/z)"

# Kept from gc, here and elsewhere, and deployed refs never leave.
git -C a branch -qD side
git -C a reflog expire --expire=now --all
git -C a gc -q --prune=now
git -C a cat-file -e "$side" || die 'what ran is gone'
same 'at the home' "$(keeps a)" "$(keeps origin.git)"
same 'deployed at the home' '' "$(git -C origin.git for-each-ref refs/doragate/deployed)"
git clone -q origin.git b
git -C b for-each-ref --format='%(refname) %(objectname)' refs/heads refs/tags refs/remotes >before
doragate -C b log sync -q
runs 'in another clone' b "$two"
same 'kept there' "$(keeps a)" "$(keeps b)"
git -C b cat-file -e "$side" || die 'what ran is not in another clone'
git -C b for-each-ref --format='%(refname) %(objectname)' refs/heads refs/tags refs/remotes | cmp - before || die 'refs of the user'
# The home lost them: they come back. Nothing new: nothing is sent.
git -C origin.git update-ref -d "refs/doragate/keep/$side"
doragate -C b log sync -q
same 'back at the home' "$(keeps a)" "$(keeps origin.git)"
GIT_TRACE=$top/trace doragate -C b log sync -q
! grep -q 'push' trace || die 'something is pushed though nothing is new'
# A shallow clone stays shallow, and gets none.
git clone -q --depth 1 "file://$top/origin.git" s
cp s/.git/shallow shallow
doragate -C s log sync -q
cmp -s shallow s/.git/shallow || die 'the shallow clone changed'
same 'kept in a shallow clone' '' "$(keeps s)"
# A home that does not take them takes the log.
cat >origin.git/hooks/update <<'END'
#!/bin/sh
case $1 in refs/doragate/keep/*) exit 1 ;; esac
END
chmod +x origin.git/hooks/update
git -C a checkout -q --orphan other
git -C a commit -q --allow-empty -m other
deploy a HEAD 16:00
deploy a "$two" 17:00
doragate -C a log sync >said || die 'the log is not shared'
grep -q 'does not take refs/doragate/keep' said || die "of a home without kept commits it says: $(cat said)"
same 'the log' "$(tree a)" "$(tree origin.git)"
rm origin.git/hooks/update

# What is remembered is never wrong: broken anywhere, a sync gives the same.
runs 'before it is broken' a "$two"
cp a/.git/doragate/deployed whole
for at in $(seq 0 101 "$(($(wc -c <whole) - 1))"); do
	cp whole a/.git/doragate/deployed
	printf '\1' | dd of=a/.git/doragate/deployed bs=1 seek="$at" conv=notrunc status=none
	git -C a update-ref refs/doragate/deployed/production/cart "$one"
	doragate -C a log sync -q
	same "broken at $at" "$two" "$(deployed a)"
done
# A few events in a long log: only these are read.
for i in $(seq 1 400); do printf '{"context":{"specversion":"0.5.1","id":"x%d","source":"s","type":"t","timestamp":"2025-01-01T00:00:00Z"}}\n' "$i"; done | doragate -C a log import -q -
doragate -C a log sync -q
deploy a "$one" 18:00
DORAGATE_TRACE=log doragate -C a log sync -q 2>trace
same 'read from the beginning' '' "$(grep "since ''" trace | grep -v ': stopped' || true)"
same 'lines read' 'read 1 line' "$(sed -n 's/^\(read [0-9]* lines\{0,1\}\) .*/\1/p' trace | head -n 1)"
same 'the newest' "$one" "$(deployed a)"
