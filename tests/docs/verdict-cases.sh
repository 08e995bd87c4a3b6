# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Real verdicts of every kind, for tests/check-verdict.sh: $CASE/out/NAME.json and NAME.exit.

must mkdir -p "$CASE/out"

check() { # check NAME [OPTION...]
	out=$CASE/out/$1
	shift
	doragate check --format json --now 2026-01-31T08:00:00Z "$@" >"$out.json"
	echo $? >"$out.exit"
}

new_repo shop
check unborn --staged
write .doragate.yml <<-'YML'
	version: 1
	services: { checkout: { paths: [src/checkout/], tests: [test/], tier: critical } }
	rules:
	- { id: subject, why: short, see: "docs/style.md", each: commit, require: { subject: { max: 12 } } }
	- { id: text, each: all-commits, forbid: { added-text: 'eval\(' }, fix: "git checkout {base} -- {path}" }
	- { id: size, severity: warning, require: { diff: { files: { max: 3 } } } }
	- { id: note, severity: info, when: { changed: "*.js" }, require: { changed: "*.md" } }
	- { id: own-tests, each: service, require: { changed: $tests } }
	- { id: way-down, each: { file: "db/{n}.up.sql" }, require: { changed: "db/{n}.down.sql" } }
	- { id: both, require: { any: [{ changed: a }, { changed: b }] } }
	- { id: excepted, forbid: { changed: "**" }, unless: { target: [main, "feature/*"] } }
	- { id: many, mode: shadow, forbid: { changed: "**" } }
	- { id: later, at: [commit, push], forbid: { ref-update: force } }
	- { id: never-here, severity: warning, at: [commit], forbid: { ref-update: force } }
YML
check index --staged
git add .
check index-with-policy --staged
commit 'Add a gate'
check first-commit
write src/checkout/pay.js <<-'JS'
	pay();
	eval(order);
JS
write db/1.up.sql </dev/null
commit 'Pay for what was ordered'
check blocked --base HEAD~1
check one-commit --commit HEAD
check range-is-empty --base HEAD
check by-a-file --commit HEAD~1 --try .doragate.yml
check only-warnings --only size --commit HEAD
for n in 0 1 2 3 4 5 6 7 8 9 a b; do
	for m in 0 1 2 3 4 5 6 7 8 9; do
		echo . | write "many/$n$m"
	done
done
commit 'Many'
check many-places --only size --only many --commit HEAD --fail-on warning

# What a terminal, a parser of JSON or a shell might take amiss.
tick
hostile=$(printf 'x\033[31m\n"\\\377\342\200\256.js')
echo 'eval(1)' | write "$hostile"
echo 'eval(1)' | write "$(printf 'tab\tand\177.js')"
must git checkout -q -b "feature/é\"'\$(x)"
must git add -A
must git commit -q -m "$(printf 'Say \033]0;title\007 "and" \342\200\256\377 more')" 2>/dev/null
check hostile --base HEAD~1

must git clone -q --depth 1 "file://$SCRATCH/shop" "$SCRATCH/shallow"
must cd "$SCRATCH/shallow"
check shallow
check shallow-commit --commit HEAD

# No policy: the preset watches.
new_repo bare-of-policy
echo x | write id_rsa
commit 'x'
check no-policy
