#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tree is a function of the set of lines: the same events in other batches, orders and clones, some of them twice and with another time of
# recording, give one tree id, which is that of format 1 for good.
# shellcheck source=tests/log/lib.sh
. "$(dirname "$0")/lib.sh"
tree_of_format_1=5dc659d8c97e70febc64b8bb82c4d9d7740f99b2
# 270 on one day, which is more than a file holds, and 30 on others, over new year.
awk 'BEGIN {
	for (i = 0; i < 300; i++) {
		day = i < 270 ? "2026-01-31" : sprintf("202%d-%02d-%02d", 5 + i % 2, 1 + i % 12, 1 + i % 28)
		printf "{\"recorded\":\"2026-02-01T00:00:%02d.%03dZ\",\"event\":{\"context\":{\"version\":\"0.5.0\",\"id\":\"e%d\"," \
			"\"source\":\"https://example.com/shop/doragate/test\",\"type\":\"dev.cdevents.service.deployed.0.3.0\"," \
			"\"timestamp\":\"%sT%02d:%02d:00Z\"},\"subject\":{\"id\":\"cart\",\"content\":{}},\"customData\":" \
			"{\"dora\":{\"deploymentId\":\"d%d\",\"service\":\"cart\"}}}}\n", i % 60, i, i, day, i % 7, i % 60, i
	}
}' >lines
# Recorded once more, later: the earlier line counts, whichever comes first.
sed 's/"recorded":"2026-02/"recorded":"2026-03/' lines >later

alone() { # alone NAME: a repository without a remote
	git init -q "$1"
	git -C "$1" commit -q --allow-empty -m one
}

batches() { # batches CLONE N FILE [OPTION...]: imports and syncs N lines at a time
	local clone=$1 n=$2 file=$3
	shift 3
	rm -f batch.*
	split -l "$n" -a 3 "$file" batch.
	for batch in batch.*; do
		doragate -C "$clone" log import -q "$batch"
		doragate -C "$clone" log sync -q "$@"
	done
}

is_whole() { # is_whole WHAT REPOSITORY
	same "$1" "$tree_of_format_1" "$(tree "$2")"
	whole "$2"
	same "lines of $1" 300 "$(doragate -C "$2" log export | wc -l)"
}

alone once
batches once 300 lines
is_whole 'all at once' once

alone backwards
tac lines >reversed
batches backwards 37 reversed
is_whole 'backwards' backwards

alone twice
batches twice 100 later
batches twice 110 lines
is_whole 'the later line first' twice
batches twice 300 later
is_whole 'the later line again' twice

alone exported
doragate -C twice log export | doragate -C exported log import -q -
doragate -C exported log sync -q
is_whole 'an export' exported

# Four clones, each with every second line of an order of its own; one of them only sends.
remote origin.git
for c in 1 2 3 4; do
	git clone -q origin.git "c$c"
	awk -v c="$c" '{ print (NR * 7919 * (c + 1)) % 10007 "\t" $0 }' lines | sort -n | cut -f2- |
		awk -v c="$c" 'NR % 2 == c % 2' >"part$c"
done
cat part1 part2 part3 part4 | sort -u >all
sort -u lines | comm -23 - all >rest
cat rest >>part2
batches c1 70 part1
batches c2 90 part2
batches c4 60 part4 --send --strict
batches c3 80 part3
for c in 1 2 3 4 1 2 3 4; do doragate -C "c$c" log sync -q; done
for c in 1 2 3 4; do is_whole "clone $c" "c$c"; done
same 'the remote' "$tree_of_format_1" "$(tree origin.git)"
same 'inboxes that are left' '' "$(git -C origin.git for-each-ref refs/doragate/inbox)"
