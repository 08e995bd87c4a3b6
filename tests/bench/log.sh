#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/log.sh BUILD [N]: what the log costs, with the programs of BUILD. record against `git rev-parse HEAD`, one sync of 10 000 events, and N
# (default 10 000) syncs of one event each: the last hundred against the first hundred.
set -eu
PATH=$(cd "$1" && pwd)/bin:$PATH
n=${2:-10000}
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
export HOME=$top
cd "$top"
git config --global user.name bench
git config --global user.email bench@example.com
git config --global init.defaultBranch main

events() { # events FIRST COUNT: bare events of one minute each
	awk -v first="$1" -v n="$2" 'BEGIN {
		for (i = first; i < first + n; i++)
			printf "{\"context\":{\"specversion\":\"0.5.1\",\"id\":\"e%d\",\"source\":\"https://example.com/shop/doragate/bench\"," \
				"\"type\":\"dev.cdevents.service.deployed.0.3.0\",\"timestamp\":\"2026-01-%02dT%02d:%02d:00Z\"}," \
				"\"subject\":{\"id\":\"cart\",\"content\":{\"environment\":{\"id\":\"production\"}," \
				"\"artifactId\":\"pkg:generic/cart@0123456789012345678901234567890123456789\"}}," \
				"\"customData\":{\"dora\":{\"repository\":\"https://example.com/shop\"," \
				"\"commit\":\"0123456789012345678901234567890123456789\",\"deploymentId\":\"d%d\",\"service\":\"cart\"}}}\n", \
				i, 1 + int(i / 1440) % 28, int(i / 60) % 24, i % 60, i
	}'
}

clone() { # clone NAME: an empty repository with its remote
	git init -q --bare "$1.git"
	git clone -q "$1.git" "$1" 2>/dev/null
	git -C "$1" commit -q --allow-empty -m one
	git -C "$1" push -q origin HEAD
}

clone one
cd one
echo '== record against git rev-parse HEAD'
hyperfine -N -w 10 -r 200 'git rev-parse HEAD' "doragate record deployment --service cart --environment production --commit $(git rev-parse HEAD)"
cd ..

clone batch
cd batch
events 0 10000 | doragate log import -
echo '== one sync of 10 000 events'
time doragate log sync
git count-objects -vH
cd ..

clone single
cd single
syncs() { # syncs FIRST COUNT: milliseconds
	local begin end i
	begin=$(date +%s%N)
	for ((i = $1; i < $1 + $2; i++)); do
		events "$i" 1 | doragate log import -q -
		doragate log sync -q
	done
	end=$(date +%s%N)
	echo $(((end - begin) / 1000000))
}
echo "== $n syncs of one event: milliseconds for the first and the last hundred"
first=$(syncs 0 100)
syncs 100 $((n - 200)) >/dev/null
last=$(syncs $((n - 100)) 100)
echo "$first $last, ratio $(awk -v a="$last" -v b="$first" 'BEGIN { printf "%.2f", a / b }')"
git count-objects -vH
