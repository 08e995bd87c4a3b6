#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is forgotten goes everywhere and never comes back: from a spool, an inbox, a clone that was away, or a home that rewound.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
remote origin.git
for clone in a b c; do git clone -q origin.git $clone; done
event_id() { doragate -C "$1" log export | sed -n "s/.*\"id\":\"\([0-9a-f]*\)\",\"source\".*\"deploymentId\":\"$2\".*/\1/p"; }
record a keep
record a secret
record c other
for clone in a b c a b; do doragate -C $clone log sync -q; done
secret=$(event_id a secret)
[ -n "$secret" ] || die 'no id'
line=$(doragate -C a log export | grep '"deploymentId":"secret"')

# Refused: without a reason, without an event, when it is not clear which.
for args in "$secret" 'ffff --reason x' "${secret:0:7} --reason x"; do
	# shellcheck disable=SC2086 # words
	! doragate -C a log forget $args 2>said || die "taken: $args"
done
! doragate -C a log forget '' --reason x 2>said || die 'taken: an empty id'
grep -q 'needs the id of an event' said || die "of an empty id it says: $(cat said)"
# One id of two sources, and one that begins as another: those that may be meant are named.
for id in cafe0123 cafe01234 cafe01235; do
	for source in one two; do
		printf '{"context":{"specversion":"0.5.1","id":"%s","source":"%s","type":"t","timestamp":"2026-01-30T08:00:00Z"}}\n' $id $source
	done
done | doragate -C a log import -q -
status=0
doragate -C a log forget cafe0123 --reason x >said 2>&1 || status=$?
same 'which one is not clear' 2 $status
same 'those it may be' 'one cafe0123
two cafe0123' "$(grep -v '^doragate: ' said)"
doragate -C a log forget -q cafe0123 --source one --reason 'a whole id, though others begin so'
same 'the others stay' 5 "$(doragate -C a log export | grep -c '"id":"cafe')"
for id in cafe01234 cafe01235; do for source in one two; do doragate -C a log forget -q $id --source $source --reason x; done; done
doragate -C a log forget -q cafe0123 --source two --reason x
same 'all of them' 0 "$(doragate -C a log export | grep -c '"id":"cafe' || true)"

doragate -C a log forget "${secret:0:12}" --reason 'holds a name' >said
grep -q '^forgotten: ' said || die "it says: $(cat said)"
same 'here at once' 'keep other' "$(ids a | tr '\n' ' ' | sed 's/ $//')"
whole a
doragate -C a log sync -q
same 'the home' "$(tree a)" "$(tree origin.git)"
! git -C origin.git ls-tree -r refs/doragate/log | cut -c 1-200 | grep -q "$secret" || die 'its id is in the tree'
for blob in $(git -C origin.git ls-tree -r refs/doragate/log | cut -d' ' -f3 | cut -f1); do
	! git -C origin.git cat-file blob "$blob" | grep -q '"secret"' || die 'a file of the tree has it'
done
# b had it, and was away.
same 'not yet' 'keep other secret' "$(ids b | tr '\n' ' ' | sed 's/ $//')"
record b new
doragate -C b log sync -q
same 'at b' 'keep new other' "$(ids b | tr '\n' ' ' | sed 's/ $//')"
whole b
# A new clone sends it to an inbox, and c has it in its spool again.
same 'imported where it is forgotten' 'nothing new, 1 forgotten, and left out' "$(printf '%s\n' "$line" | doragate -C a log import -)"
git clone -q origin.git d
same 'imported where nobody knows it' '1 event imported' "$(printf '%s\n' "$line" | doragate -C d log import -)"
doragate -C d log sync -q --send
same 'inboxes' 1 "$(git -C origin.git for-each-ref refs/doragate/inbox | wc -l)"
printf '%s\n' "$line" >>c/.git/doragate/spool
doragate -C a log sync -q
same 'behind an inbox' 'keep new other' "$(ids a | tr '\n' ' ' | sed 's/ $//')"
doragate -C c log sync -q
same 'behind a spool' 'keep new other' "$(ids c | tr '\n' ' ' | sed 's/ $//')"
# Known only by name: it never comes.
doragate -C a log forget never --source somebody --reason 'it never comes' >said
doragate -C a log sync -q
printf '{"context":{"specversion":"0.5.1","id":"never","source":"somebody","type":"t","timestamp":"2026-01-31T08:00:00Z"}}' | doragate -C b log import -q -
doragate -C b log sync -q
doragate -C c log sync -q
for clone in a b c; do
	whole $clone
	same "$clone: the same tree" "$(tree a)" "$(tree $clone)"
	! doragate -C $clone log export | grep -q '"never"\|"secret"' || die "$clone has it"
done
# Dropped from history too, as the format says: everybody follows.
git -C a push -q --force origin "$(git -C a commit-tree 'refs/doragate/log^{tree}' -m log </dev/null):refs/doragate/log"
for clone in a b c; do doragate -C $clone log sync -q; done
same 'commits of the log' 1 "$(git -C b rev-list --count refs/doragate/log)"
same 'the same tree' "$(tree a)" "$(tree origin.git)"
# A file is written anew: nothing of it is left, in the spool of another machine neither.
printf 'version: 1\nrepository: https://example.com/shop\nenvironments: { production: { tier: production } }\nservices: { cart: { paths: [cart/] } }\nlog: { store: "file:%s/log" }\n' "$top" >a/.doragate.yml
git -C a commit -qam file
git clone -q a f
for clone in a f; do record $clone filed; done
record a stays
doragate -C a log sync -q
doragate -C a log forget "$(event_id a filed)" --reason 'holds a name' >said
same 'of a file it says' 1 "$(wc -l <said)"
same 'what is left' 'stays' "$(ids a)"
! grep -q filed log log.forgotten || die 'the file has it'
grep -q 'holds a name' log.forgotten || die 'the reason is lost'
doragate -C f log sync -q
! grep -q filed log || die 'it came back'
same 'elsewhere' 'stays' "$(ids f)"
whole f
