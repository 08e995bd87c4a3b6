#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Refs that stand where the log wants to be: git keeps refs as files in folders, so one cannot stand below another. It is said which, and nothing is lost.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
remote origin.git
git clone -q origin.git a
commit=$(git -C a rev-parse HEAD)
git -C a update-ref refs/heads/kept "$commit"

# in_the_way REF ID: a ref is there, loose or packed, and the log cannot be made. The event stays, and is shared once the ref is gone.
in_the_way() {
	local status=0 id=$2
	record a "$id"
	doragate -C a log sync >said 2>&1 || status=$?
	same "$1: status" 4 $status
	grep -q "cannot make 'refs/doragate/log', for there is '$1'" said || die "$1: it says $(cat said)"
	ids a | grep -qx "$id" || die "$1: an event is lost"
	same "$1: is as it was" "$commit" "$(git -C a rev-parse "$1")"
	same "$1: beside it" "$commit" "$(git -C a rev-parse refs/heads/kept)"
	if git -C a rev-parse -q --verify refs/doragate/log >/dev/null; then die "$1: there is a log beside it"; fi
	git -C a update-ref -d "$1"
	doragate -C a log sync -q || die "$1: gone, and the log cannot be made"
	same "$1: gone" "$(tree a)" "$(tree origin.git)"
	git -C a update-ref -d refs/doragate/log
	complete a <(seq "$id")
}
git -C a update-ref refs/doragate/log/x "$commit"
in_the_way refs/doragate/log/x 1
git -C a update-ref refs/doragate/log/y/z "$commit"
git -C a pack-refs --all
in_the_way refs/doragate/log/y/z 2
git -C a for-each-ref --format='delete %(refname)' refs/doragate | git -C a update-ref --stdin
git -C a update-ref refs/doragate "$commit"
git -C a pack-refs --all
in_the_way refs/doragate 3

# The home's copy here: what is in its way is a copy too, and goes.
doragate -C a log sync -q
git -C a update-ref -d refs/doragate/remotes/origin/log
git -C a update-ref refs/doragate/remotes/origin/log/x "$commit"
git -C a pack-refs --all
record a 4
doragate -C a log sync -q || die 'a copy of what the home has not stops a sync'
same 'copies' "$(tree a)" "$(tree origin.git)"
same 'copies' "$(tree a)" "$(tree a refs/doragate/remotes/origin/log)"
git -C a fsck --strict --no-dangling
same 'beside it' "$commit" "$(git -C a rev-parse refs/heads/kept)"
