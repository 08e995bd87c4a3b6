# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Reports of `doragate metrics` in out/, one of each sort: nothing, little, much, inferred.
out=$CASE/out
mkdir "$out"
report() { # report NAME OPTION...
	name=$1
	shift
	doragate metrics --format json --now 2026-03-01T00:00:00Z "$@" >"$out/$name.json" || exit 99
}
new_repo empty
git remote add origin https://example.com/empty.git
report nothing
new_repo shop
cat >.doragate.yml <<'END'
version: 1
repository: https://example.com/shop
END
commit one
git tag v1.0
git tag x
report inferred --window all
for day in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15; do
	clock_at "$(date -u -d "2026-02-${day}T08:00:00Z" +%s)"
	echo "$day" | write "src/$day"
	commit "change $day"
	doragate record -q deployment -s shop -e production --id "d$day" --at "2026-02-${day}T10:00:00Z"
done
for day in 03 05 07 09 11; do
	doragate record -q incident -s shop -e production --id "i$day" --cause "d$day" --at "2026-02-${day}T11:00:00Z"
	[ $day = 11 ] || doragate record -q incident resolved --id "i$day" -e production --at "2026-02-${day}T15:00:00Z"
done
report much --window all
new_remote home
git push -q home main
doragate record -q deployment failed -s shop -e production --id none
doragate record -q deployment -s cart -e production --id c1 --at 2026-02-27T00:00:00Z
doragate record -q deployment -s cart -e production --id c2 --at 2026-02-28T00:00:00Z -c HEAD~2 # a rollback
commit 'waits'
doragate record -q deployment -s cart -e production --id c3 --at 2026-02-28T23:00:00Z -c HEAD --unplanned
doragate record -q deployment -s cart -e production --id c4 --at 2026-02-28T23:30:00Z -c 0123456789abcdef0123456789abcdef01234567
doragate log sync -q
report others
