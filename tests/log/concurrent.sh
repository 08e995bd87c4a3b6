#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sixteen processes record while one seals and syncs; clones sync at once; machines of one job send at once; git collects garbage meanwhile.
# LOG_TESTS_ALL=1 takes the full numbers.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
each=${LOG_TESTS_ALL:+625}
each=${each:-25}
senders=${LOG_TESTS_ALL:+64}
senders=${senders:-16}
remote origin.git
# Whoever pushed by force would be refused, and that is no reason to come back: the sync fails.
git -C origin.git config receive.denyNonFastForwards true
git clone -q origin.git a

writers=()
for w in $(seq 16); do
	(for i in $(seq "$each"); do record a "w$w-$i" || exit 1; done) &
	writers+=($!)
done
(while [ ! -e stop ]; do git -C a gc -q 2>/dev/null; git -C a pack-refs --all; sleep 0.2; done) &
collector=$!
(while [ ! -e stop ]; do doragate -C a log sync -q || echo "sync failed" >>problems; done) &
syncer=$!
for pid in "${writers[@]}"; do
	wait "$pid" || die 'a record fails'
done
touch stop
wait "$syncer" "$collector"
[ ! -e problems ] || die "$(sort problems | uniq -c)"
doragate -C a log sync -q
same 'lines of sixteen writers' $((16 * each)) "$(ids a | wc -l)"
same 'different ones' $((16 * each)) "$(ids a | uniq | wc -l)"
whole a

# Eight clones at once, until all agree.
syncers=()
for c in $(seq 8); do
	git clone -q origin.git "c$c"
	record "c$c" "clone-$c"
done
for c in $(seq 8); do
	doragate -C "c$c" log sync -q &
	syncers+=($!)
done
for pid in "${syncers[@]}"; do
	wait "$pid" || die 'a sync beside seven others fails'
done
for round in 1 2; do
	for c in $(seq 8); do doragate -C "c$c" log sync -q; done
done
for c in $(seq 8); do
	same "clone $c after $round rounds" "$(tree origin.git)" "$(tree "c$c")"
	same "lines of clone $c" $((16 * each + 8)) "$(ids "c$c" | wc -l)"
done

# Machines of one job.
for s in $(seq "$senders"); do
	git clone -q --depth 1 "file://$top/origin.git" "s$s"
	record "s$s" "job-$s"
done
sending=()
for s in $(seq "$senders"); do
	doragate -C "s$s" log sync -q --send --strict &
	sending+=($!)
done
for pid in "${sending[@]}"; do
	wait "$pid" || die 'a send fails'
done
same 'inboxes' "$senders" "$(git -C origin.git for-each-ref refs/doragate/inbox | wc -l)"
doragate -C c1 log sync -q
same 'inboxes that are left' 0 "$(git -C origin.git for-each-ref refs/doragate/inbox | wc -l)"
same 'lines at last' $((16 * each + 8 + senders)) "$(ids c1 | wc -l)"
same 'shallow' "$(git -C origin.git rev-parse main)" "$(cat s1/.git/shallow)"
whole c1
# One line of commits from one root, in the order of time.
same 'merges' '' "$(git -C origin.git rev-list --merges refs/doragate/log)"
same 'roots' 1 "$(git -C origin.git rev-list --max-parents=0 refs/doragate/log | wc -l)"
